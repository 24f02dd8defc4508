"""Whether words of a described set say what its files are about. Pure functions, any thread."""

from __future__ import annotations

import re

_NOUN = (
    r"(?:files?|documents?|docs?|papers?|articles?|notes?|texts?|letters?|reports?|e-?mails?|"
    r"messages?|photos?|pictures?|images?|pics?|videos?|clips?|recordings?|songs?|music|audio|"
    r"spreadsheets?|tables?|presentations?|slides|decks?|pdfs?|scripts?|code|pages?|recipes?|"
    r"invoices?|bills?|contracts?|drafts?|stuff|things|\.?[a-z0-9]{2,4} files?)"
)
_NO_TOPIC = re.compile(
    r"\b(?:empty|duplicates?|duplicated|unused|useless|unneeded|unnecessary|unimportant|important|"
    r"temporary|temp|broken|corrupt\w*|blurry|blurred|bad|good|best|worst|nice|ugly|boring|old|new|"
    r"recent|latest|big|small|large|huge|tiny|long|short|identical|same|similar|redundant|obsolete|"
    r"outdated|stale|finished|unfinished|done|unread|read|hidden|locked|unlocked|shared|private|"
    r"public|secret|favou?rite|half|some|few|several|many|most|other|others|rest|remaining|"
    r"first|second|third|last|next|previous|random|certain|various|different|relevant|"
    r"should|must|can|could|would|will|may|might|need|needs|is|are|was|were|be|been|being|has|have|"
    r"had|do|does|did|not|and|or|but|then|also|that|which|who|whose|where|when|what|if|it|them|"
    r"there|here|this|these|those|to|into|onto|as|with|by|move|put|go|goes|copy|delete|remove|"
    r"rename|lock|share|merge|\d+)\b|[^\w\s.'’&-]",
    re.I,
)
_UNREAD_KINDS = re.compile(
    r"\b(?:screen\s?shots?|screen\s?grabs?|selfies|duplicates?|(?:empty|unused|blank|broken|corrupt"
    r"(?:ed)?|temporary|identical)\s+(?:files?|folders?|documents?|ones?))\b",
    re.I,
)


def is_kind_of(query: str, said: str) -> bool:
    """Whether the topic stands before a noun ("tax documents") or after "of" and the like
    ("emails from the bank", "photos of Rome") and holds nothing else."""
    if _NO_TOPIC.search(query) or len(query.split()) > 4:
        return False
    topic = re.escape(query).replace(r"\ ", r"\s+")
    return bool(
        re.search(rf"(?<![\w-]){topic}['’]?s?\s+{_NOUN}\b", said, re.I)
        or re.search(rf"\b{_NOUN}\s+(?:of|for|showing)\s+(?:(?:the|my|our|a)\s+)?{topic}$", said, re.I)
        or re.search(rf"\be-?mails\s+(?:from|by|of)\s+(?:(?:the|my|our)\s+)?{topic}$", said, re.I)
        or re.fullmatch(r"notes|papers|articles|letters|texts|writings", query, re.I)
        or re.fullmatch(rf"(?:(?:all|every|each|the|my|our|of)\s+)*{topic}", said, re.I)
    )


def is_unread_kind(said: str) -> bool:
    """Whether a set is described by what no filter holds ("screenshots", "empty files")."""
    return _UNREAD_KINDS.search(said) is not None
