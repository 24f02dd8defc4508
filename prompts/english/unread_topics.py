"""What is left of a described set of files: what they are about, or not understood. Pure."""

from __future__ import annotations

import re

from lsfs.errors import NotUnderstoodError

from ..request.nouns import COUNTED
from ..request.selection import Selection

_NOUN = rf"(?:{COUNTED}|music|audio|code|tables?|stuff|\.?[a-z0-9]{{2,4}} files?)"
_NO_TOPIC = re.compile(
    r"\b(?:everything|anything|whatever|empty|duplicates?|duplicated|unused|useless|unneeded|unnecessary|unimportant|important|"
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


_TWO_KINDS = re.compile(
    r"\b(?:pdfs?|photos|pictures|images|videos|songs|e-?mails|spreadsheets|presentations|slides)\s*"
    r"(?:,|and|or|&)\s*(?:docs?|documents|papers|notes|texts|articles|letters)\b",
    re.I,
)
_CLAUSE = re.compile(r"^(?:what|how|why|who|when|where|whether|which)\b|\b(?:must|should)\b", re.I)

_WANTED = re.compile(r"\b(?:wants?|needs?|kept)\b", re.I)
""" "That my boss wants kept" says which files, and no filter holds it."""


def refuse_unread(found: Selection, said: str) -> None:
    """What is left of a described set is what the files are about, or not understood.

    Raises:
        NotUnderstoodError: it is neither marked as that ("about X") nor stands where that stands
            ("tax documents", "emails from the bank"), or what the set is no filter holds.
    """
    unread = _UNREAD_KINDS.search(said)
    query = found.query or ""
    unread = unread or _TWO_KINDS.search(said) or _CLAUSE.search(query) or _WANTED.search(said)
    if unread or (query and not found.is_marked and not _is_topic(query, said)):
        raise NotUnderstoodError(
            f"I did not understand what {unread[0] if unread else query!r} is to mean there",
            hint="say which files by name, type, folder, time, author or size, or by 'about ...'",
        )


def _is_topic(query: str, said: str) -> bool:
    """Whether the topic stands before a noun ("tax documents") or after "of" and the like
    ("emails from the bank", "photos of Rome") and holds nothing else."""
    if _NO_TOPIC.search(query) or len(query.split()) > 4:
        return False
    topic = re.escape(query).replace(r"\ ", r"\s+")
    return bool(
        re.search(rf"(?<![\w-]){topic}['’]?s?\s+{_NOUN}\b", said, re.I)
        or re.search(
            rf"\b{_NOUN}\s+(?:of|for|showing)\s+(?:(?:the|my|our|a)\s+)?{topic}$", said, re.I
        )
        or re.search(rf"\be-?mails\s+(?:from|by|of)\s+(?:(?:the|my|our)\s+)?{topic}$", said, re.I)
        or re.fullmatch(r"notes|papers|articles|letters|texts|writings", query, re.I)
        or re.fullmatch(rf"(?:(?:all|every|each|the|my|our|of)\s+)*{topic}", said, re.I)
    )
