"""Words that tell that something else than finding is asked for: an act, a history. Pure."""

from __future__ import annotations

import re

from ..request.quoting import QUOTED

OTHERWISE = re.compile(
    r"\b(?:similar|(?<!named )(?<!called )like|likes|resembl\w*|akin|comparable|neighbou?rs?|"
    r"duplicates?|groups?|grouped|clusters?|"
    r"clustered|categori\w+|versions?|revisions?|history|timeline|differ\w*|diff|changes?\s+(?:in|to|of|between)|actions?|"
    r"operations?|commands?|journal|activity|shares?|links?|shared|locked|unlock\w*|folders?\s+by|summar\w+|gist|"
    r"outline|main\s+points|key\s+points|translat\w+|undo\w*|you\s+(?:did|do|have|changed|moved|deleted)|did\s+you|"
    r"have\s+you|were\s+done|was\s+done|copy\s+of|rid\s+of|permissions?|properties|metadata|"
    r"what\s+changed|has\s+changed|in\s+\S+(?:\s+\S+)?\s+(?:words|sentences)|what(?:['’]s|\s+has)?\s+happened|going\s+on|became\s+of|new\s+(?:file|folder|directory|document|note)|contents?\s+of)\b",
    re.I,
)
_ACTED_ON = (
    r"(?:go|deleted|removed|moved|copied|renamed|archived|erased|trashed|merged|locked|shared|"
    r"translated|gone)"
)
_WANTED = re.compile(
    rf"\b(?:want|need|like|wish)\s+(?:\S+\s+){{0,6}}?{_ACTED_ON}\b|\b(?:want|need|get|have)\b.*\bback$",
    re.I,
)
_ACTS = re.compile(
    r"\b(?:change|replace|substitute|swap)\s+x\s+(?:to|into|by|with|for)\b|"
    r"\b(?:should|must|shall|ought\s+to|needs?\s+to|ha(?:s|ve)\s+to|to\s+be|into|onto|instead|"
    r"(?:and|then|to|,)\s+(?:then\s+)?(?:delete|remove|move|copy|rename|put|lock|share|group|merge|join|replace|"
    r"translate|summari[sz]e|read|open|append|archive|erase|trash|link)|"
    rf"(?:can|could|may|to|will|be|get|gets|have|want|need)\s+(?:\S+\s+){{0,4}}?{_ACTED_ON})\b",
    re.I,
)
TOPIC_MARK = re.compile(
    r"\b(?:about|on|regarding|concerning|covering|discussing|mentioning|containing|"
    r"(?:related|relevant|correlated|associated|connected|linked|closest|pertinent|similar\s+in\s+\w+)\s+(?:to|with))\b",
    re.I,
)
"""Where the words of a topic begin."""


def orders_act(text: str) -> bool:
    """Whether words of it order an act: "photos into archive", "files that should be deleted"."""
    return _ACTS.search(QUOTED.sub(" x ", text)) is not None


_OTHER_NOUNS = re.compile(
    r"(?:(?:history|version|translation|similar|order|call|print|diff)\s+(?!(?:of|for|to|in|on|with|from|by|and|the|a|"
    r"my|all|this|that)\b)[a-z][\w'-]+|(?:copy|note|record)\s+(?:of|from))(?:\s+[\w'-]+){1,4}$",
    re.I,
)
_TOWARDS = re.compile(r"\b(?:to|into|as|onto)\b", re.I)


def begins_as_noun(text: str) -> bool:
    """Whether its first word is a noun there: "history essay", "copy of my licence"."""
    return _OTHER_NOUNS.match(text) is not None and _TOWARDS.search(text) is None


def wants_act(text: str) -> bool:
    """Whether it wishes that something be done: "I want all photos moved to old"."""
    return _WANTED.search(QUOTED.sub(" x ", text)) is not None


def asks_otherwise(text: str) -> bool:
    """Whether words before its topic ask for something else than to find."""
    return OTHERWISE.search(TOPIC_MARK.split(QUOTED.sub(" x ", text), maxsplit=1)[0]) is not None
