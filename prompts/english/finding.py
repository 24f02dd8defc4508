"""Requests that can only ask to find: "archives over 1 GB", "which slides are about X", "got
anything on Y". They are told by their form, not by nearness to examples, and never change a file.

Pure but for asking `Targets`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lsfs.errors import NotUnderstoodError

from ..names.context import Context
from ..request.hints import Hints
from ..request.kinds import words_before_kind
from ..request.nouns import GENERIC, MASS
from ..request.quoting import PATH, QUOTED
from ..request.selection import Selection
from ..request.spoken import Spoken
from ..times.dates import find_span
from .contents import take_quoted_content
from .imperative import verb_of
from .mood import has_condition, tells_of_past
from .selection import select
from .wishes import OTHERWISE, TOPIC_MARK, begins_as_noun, orders_act

_WE = r"(?:i|we|you)"
_SEEKS = (
    rf"(?:(?:how\s+(?:(?:can|do|could)\s+)?{_WE}\s+(?:can\s+)?|{_WE}\s+|to\s+|let\s+me\s+|"
    r"let\s+us\s+)?(?:(?:want|need|like|wish|try|would like)\s+(?:to\s+)?)?"
    r"(?:look(?:ing)?\s+(?:only\s+|just\s+)?(?:in|through|inside|under)\b(?=.+\bfor\b)|find(?:ing)?|grep|search(?:ing)?|locate|look(?:ing)?\s+(?:for|up)|dig\s+(?:up|out)|hunt\s+(?:down|for|up)|"
    r"track\s+down|seek|retrieve|fetch|pull\s+up|bring\s+up)\b|"
    r"i(?:'m|\s+am|m)\s+(?:\w+\s+)?(?:looking|searching|after|trying\s+to\s+find)\b)"
)
_SHOWS = (
    rf"(?:(?:(?:{_WE}\s+)?(?:want|need)(?:\s+to\s+(?:see|have|get))?|show|list|display|give|get|grab|bring|"
    r"sort|order|rank|arrange|tell|see|enumerate|pick|provide|identify|supply|compile|return|present)(?:\s+(?:me|us|up|out))*(?!\s+(?:rid|into|to)\b)|"
    rf"(?:do|have|did)\s+{_WE}\b(?:\s+\w+)?|(?:got|have|has|does|do)(?=\s+any)|i\s+(?:think|guess|believe|know)\s+(?:that\s+)?i\s+(?:had|have|saw|wrote|made|kept|saved)|is\s+there|are\s+there|there\s+(?:is|was|are|were)|"
    r"where(?:'s|\s+(?:is|are|did|do|can|have|was|were))|how\s+many|count|(?:the\s+)?(?:total\s+)?number\s+of|what(?:'s|\s+(?:is|are|was|were))|(?:in\s+)?(?:which|what)(?:\s+of)?|whose|"
    r"whats)"
)
_LEADING = (
    r"(?:(?:in|under|from|inside|within|since|before|after|between|of|by|on|during)\b[^,]{1,60},\s*)?"
    r"(?:(?:please\s+)?(?:limit|restrict|confine)\s+(?:it|that|this|the\s+search)\s+to\s[^:,]{1,40}[:,]\s*)?"
    r"(?:[^,?]{1,60},\s*(?=which|what|find|show|list|search))?"
)
_DETERMINED = (
    r"(?:(?:at\s+most|no\s+more\s+than|not\s+more\s+than|up\s+to|all|any|every|each|some|the|my|our|a|an|this|these|those|of|only|just|more|other|\d{1,3}|one|two|"
    r"three|four|five|six|seven|eight|nine|ten|twelve|twenty|top|first|best|last|single|closest|nearest|closely|highly|strongly|matching|fitting|suitable|related|pertinent|important|interesting|useful|newest|latest|oldest|largest|"
    r"biggest|smallest|earliest|most|recent|recently|relevant|changed|edited|modified|old|big|large|small|"
    r"unread|whole|empty|all)\s+)*"
)
_THINGS = (
    rf"(?:(?=\w+s\b|{MASS}\b)(?:{GENERIC}|letters|reports|invoices|recipes)|(?:file)?names(?=\s+(?:containing|starting|with|like|beginning|ending)))\b|"
    r"(?:(?<=any )|(?<=every )|(?<=the )|(?<=each )|(?<=my )|(?<=a )|(?<=est )|(?<=which )|"
    rf"(?<=what )|(?<=that )|(?<=last ))(?:{GENERIC}|letter|report|invoice|recipe)\b"
)
_OPENING = re.compile(
    rf"^{_LEADING}(?:(?P<seeks>{_SEEKS})|(?P<shows>{_SHOWS}))?(?:\s+(?:for|up|out|through))*\s*(?:{_DETERMINED})",
    re.I,
)
_MANY_THINGS = re.compile(
    r"(?:(?:all|any|some|the|my|our)\s+)*(?:files|documents|docs|papers|articles|notes|letters|reports|invoices|recipes|texts)\s+"
    r"(?:for|from|in|about|on|with|to|by|of|regarding)\s+\S",
    re.I,
)
_THING = re.compile(_THINGS, re.I)
_WORKING = re.compile(
    r"^(?:what(?:ever)?|which(?:\s+(?:ones?|files?))?|everything|anything|all)(?:\s+that)?\s+(?:(?:do|have|had|did|was|"
    r"were|am|are)\s+)?(?:i|we)\b|^(?:what(?:ever)?|anything|everything|stuff)\s+(?:that\s+)?(?:came\s+in|arrived|was\s+added)\b",
    re.I,
)
_ASKED_WORDS = re.compile(r"^(?:is|are|does|do)\s+x\s+(?:mentioned|used|found|appear|occur)", re.I)
_UNREADABLE = re.compile(
    r"\b(?:could\s*(?:not|n'?t)|can\s*(?:not|'?t)|failed\s+to|were\s+not|was\s+not|weren'?t|are\s+not|aren'?t|"
    r"not\s+be)\s+(?:be\s+|yet\s+)?(?:read|indexed|parsed|extracted|searchable|opened|understood)\b|"
    r"\bnot\s+(?:yet\s+)?(?:indexed|searchable)\b|\bfailed\s+(?:to\s+)?(?:index\w*|extract\w*|files)|\b(?:unreadable|unindexed)\b",
    re.I,
)
_FILES = re.compile(r"\b(?:files?|documents?|which|what|ones|pdfs?)\b", re.I)
_NO_ACTS = frozenset({"#^search", "#^none"})
_IMPERATIVE = re.compile(
    r"(?:organi[sz]e|arrange|divide|split|separate|classify|categori[sz]e|e?-?mail|forward|print|send|tidy|clean|clear|"
    r"file|store|keep|convert|compress|zip|unzip|close|upload|download|attach|encrypt|hide|set|"
    r"turn|use|swap|reorder|symlink)\b(?=\s+(?:x|it|them|the|my|all|every|each|this|those|these|[A-Z])\b)",
)
_TERSE = 6
_WHAT_IS_IN = re.compile(
    r"^(?:(?:show|list|see)\s+(?:me\s+)?)?(?:(?:the\s+)?contents?\s+of|what(?:'s|s|\s+is|\s+files\s+are)\s+in(?:side)?|go\s+to|browse|"
    r"look\s+in(?:to|side)?|ls|dir|list|enumerate)\s+(?:the\s+|my\s+)?(?:(?:folder|directory)\s+)?(?P<name>\S+?)(?:\s+"
    r"(?:folder|directory))?$",
    re.I,
)


def asked_for(text: str, context: Context) -> Selection | None:
    """The selection of a request that only asks to find, None when it may be another.

    Raises:
        NotUnderstoodError: it asks which files could not be read, and no plan tells that.
    """
    bare = QUOTED.sub(" x ", text)
    if _UNREADABLE.search(bare) and _FILES.search(bare):
        raise NotUnderstoodError(
            "which files could not be read is no search", hint="`lsfs status --failed` lists them"
        )
    if (inside := _WHAT_IS_IN.match(text)) and (
        folder := context.targets.directory(inside["name"], loose=False)
    ):
        return Selection(filters={"under": folder})
    if OTHERWISE.search(_before_topic(bare)) or orders_act(bare) or tells_of_past(text):
        return None
    if _names_file(bare, context) or _IMPERATIVE.match(bare):
        return None
    bare = _after_place(_after_leading_time(bare, context), context)
    opening = _OPENING.match(bare)
    sure = opening is not None and bool(opening["seeks"])
    sure = sure or TOPIC_MARK.match(bare) is not None or _LIST_OF.match(bare) is not None
    sure = sure or (verb_of(text) is None and take_quoted_content(Spoken(text))[0] is not None)
    if not sure and not _opens(bare, opening):
        return _terse(text, bare, context)
    return _found(text, context, sure=sure or _MANY_THINGS.match(bare) is not None)


def _after_leading_time(bare: str, context: Context) -> str:
    """ "On 28.10.2026 edited files" begins with the files."""
    span = find_span(bare, context.now)
    return bare if span is None or span.start else bare[span.end :].lstrip(" ,:")


def only_looks(text: str) -> bool:
    """Whether it begins like a look and orders no act after that."""
    bare = QUOTED.sub(" x ", text)
    return bool(_LOOKS.match(bare)) and not orders_act(text) and not _GROUPS.search(bare)


def seeks(text: str) -> bool:
    """Whether it begins as nothing but a search does: "find", "look for"."""
    return re.match(_SEEKS, text, re.I) is not None


_LOOKS = re.compile(
    r"(?:find|search|locate|look\s+for|list|show|see|display|view|where(?:'s)?|which|who|whose|how\s+many)\b",
    re.I,
)
_GROUPS = re.compile(r"\b(?:group|cluster|sort|organi[sz]e|replace|substitute)\w*\b", re.I)


def _after_place(bare: str, context: Context) -> str:
    """ "In the archive folder, about pensions" begins with the topic."""
    match = _LEADING_PLACE.match(bare)
    folder = context.targets.directory(match["name"], loose=False) if match else None
    return bare[match.end() :] if match and folder else bare


_LEADING_PLACE = re.compile(
    r"(?:in|under|from|inside|within|below)\s+(?:the\s+|my\s+)?(?:(?:folder|directory)\s+)?(?P<name>[\w./-]+)"
    r"(?:\s+(?:folder|directory))?\s*(?:[,:]|\band\b)?\s+",
    re.I,
)
_LIST_OF = re.compile(
    rf"(?:(?:the|an?|my|our)\s+)?list\s+of\s+(?!(?:(?:all|every|the|my)\b|{GENERIC}\b))", re.I
)


def _before_topic(bare: str) -> str:
    """The words before "about", of a request that names files or a search there."""
    head = TOPIC_MARK.split(bare, maxsplit=1)[0]
    opening = _OPENING.match(bare)
    begins = opening and (opening["seeks"] or _THING.match(bare, opening.end()))
    return head if begins else bare


def _names_file(bare: str, context: Context) -> bool:
    return any(
        "*" not in match[0]
        and not match[0].startswith(".")
        and context.targets.directory(match[0]) is None
        for match in PATH.finditer(bare)
    )


def _opens(bare: str, opening: re.Match[str] | None) -> bool:
    """Whether it begins with files: "archives over ...", "which slides ...", "all I edited"."""
    if opening is None:
        return False
    if _THING.match(bare, opening.end()) or _WORKING.match(bare) or _ASKED_WORDS.match(bare):
        return True
    rest = bare[opening.end() :]
    before = words_before_kind(rest)
    return before == "" or (before is not None and " " not in before and not starts_otherwise(rest))


def _found(text: str, context: Context, *, sure: bool) -> Selection | None:
    found = select(text, context.targets, context.now)
    if re.match(r"(?:to|into|as|back)\b", found.query or "", re.I):
        return None
    place = _TO_PLACE.search(found.query or "")
    if place is not None and context.targets.directory(place[1], loose=False):
        return None
    if _SORTS.match(text) and found.sort == "relevance":
        return None
    narrow = (
        bool(found.filters or found.containing or found.limit or found.is_marked)
        or found.sort != "relevance"
        or re.search(r'(?<!\S)[-+"]', found.query or "") is not None
    )
    return found if narrow or (sure and not found.is_empty()) else None


_TO_PLACE = re.compile(r"\bto\s+(?:the\s+)?(\S+)(?:\s+folder)?$", re.I)
_SORTS = re.compile(r"(?:sort|order|rank|arrange)\b", re.I)


def _terse(text: str, bare: str, context: Context) -> Selection | None:
    """Keywords: "budget xlsx 2024", where nothing begins like an act."""
    if len(bare.split()) > _TERSE or starts_otherwise(bare):
        return None
    found = select(text, context.targets, context.now)
    return (
        found
        if found.filters.keys() & {"types", "extensions", "author", "size_min", "size_max", "name"}
        else None
    )


def starts_otherwise(bare: str) -> bool:
    """Whether it begins as something else than a search does."""
    return bool(_IMPERATIVE.match(bare)) or any(
        hint[1] == "^" and hint not in _NO_ACTS for hint in _hints().of(bare)
    )


def names_things(text: str) -> bool:
    """Whether it is the name of things to find, though its words might be an order's."""
    if orders_act(text) or has_condition(text):
        return False
    if begins_as_noun(text):
        return True
    if _IS_IMPERATIVE.match(text):
        return False
    return verb_of(text) is None and not starts_otherwise(text) and is_noun_phrase(text)


_IS_IMPERATIVE = re.compile(
    r"\w+\s+(?:the|my|our|an?|all|every|each|this|that|these|those|it|them|back)\b|"
    r".*\b(?:link|share|version|step|action)\s+\d+$",
    re.I,
)
""" "Stop the ...", "disable shared link 6": whatever verb it is."""


def is_noun_phrase(text: str) -> bool:
    """Whether it is a few words that neither order nor ask anything."""
    if len(text.split()) > _NOUN_PHRASE or PATH.search(_DAY.sub(" ", text)):
        return False
    hints = _hints().of(text.casefold())
    talks = "#none" in hints or any(hint.startswith("#^") for hint in hints)
    return not talks and _SENTENCE.search(text) is None


_DAY = re.compile(r"(?<![\w/])(?:19|20)\d\d/\d{1,2}/\d{1,2}(?![\w/])")
_NOUN_PHRASE = 8
"""Words, at most."""
_SENTENCE = re.compile(
    r"\b(?:you|i|me|he|she|how|why|is|are|was|am|should|can|could|it|this|that|there|into)\b", re.I
)


@lru_cache(maxsize=1)
def _hints() -> Hints:
    return Hints()
