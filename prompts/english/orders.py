"""How many, and in which order: "the newest seven", "sorted by size", "top 4 results". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsfs.selector import SortKey

from ..request.data import load
from ..request.nouns import COUNTED as _NOUNS
from ..request.nouns import HITS as _HITS
from ..request.spoken import CUT, Spoken
from ..times.numbers import NUMBER, value

MOST = 1000
"""What a search lists at most."""
_EXTREMES: dict[SortKey, str] = {
    "newest": r"newest|latest|freshest|youngest|"
    r"(?:most|more)\s+recent(?:ly\s+(?:changed|edited|modified|"
    r"created|added|saved|used|opened|touched|updated))?|last\s+(?:changed|edited|modified)|"
    r"recent(?:ly\s+(?:changed|edited|modified|added|created|saved|touched|updated))?",
    "oldest": r"oldest|earliest|least\s+recent(?:ly\s+(?:changed|edited|modified|used))?",
    "largest": r"largest|biggest|heaviest|hugest|bulkiest",
    "smallest": r"smallest|tiniest|lightest|littlest",
}  # fmt: skip
_KEYS: dict[str, tuple[SortKey, SortKey]] = {
    "size": ("largest", "smallest"), "file size": ("largest", "smallest"),
    "date": ("newest", "oldest"), "time": ("newest", "oldest"),
    "modification date": ("newest", "oldest"), "modification time": ("newest", "oldest"),
    "date modified": ("newest", "oldest"), "last modified": ("newest", "oldest"),
    "last change": ("newest", "oldest"), "recency": ("newest", "oldest"),
    "age": ("newest", "oldest"), "day": ("newest", "oldest"),
    "name": ("name", "name"), "names": ("name", "name"), "file name": ("name", "name"),
    "filename": ("name", "name"), "title": ("name", "name"), "alphabet": ("name", "name"),
    "relevance": ("relevance", "relevance"),
}  # fmt: skip
"""What is sorted by: in the usual direction, and rising."""
_DONE = frozenset(load("asking")["done"]["verbs"].split())
_KEY = "|".join(sorted(_KEYS, key=len, reverse=True)).replace(" ", r"\s+")
_RISING = r"ascending|increasing|rising|asc\b"
_WAYS = rf"(?P<rising>{_RISING})|descending|decreasing|falling|desc\b"
_SORTED = (
    r"(?:(?:and\s+)?(?:please\s+)?(?:sort(?:ed|ing)?|order(?:ed|ing)?|arranged?|ranked?|listed?)"
    r"(?:\s+(?:it|them|these|those|the\s+results?))?\s+)"
)
_BY_KEY = re.compile(
    rf"\s*\b{_SORTED}?(?:by|after|according\s+to|in\s+order\s+of)\s+(?:the\s+|their\s+)?(?P<key>{_KEY})\b"
    rf"(?:\s*,?\s*(?:in\s+)?(?:an?\s+)?(?:{_WAYS})(?:\s+order)?)?",
    re.I,
)
_ALPHABETIC = re.compile(
    rf"\s*\b{_SORTED}?(?:in\s+(?:an?\s+)?)?alphabetic(?:al(?:ly)?)?(?:\s+order)?\b|"
    rf"\s*\b{_SORTED}?(?:from\s+)?a\s*(?:to|-)\s*z\b",
    re.I,
)
EXTREME = "|".join(_EXTREMES.values())
"""A superlative: "newest", "most recent", "biggest"."""
_ANY_EXTREME = "|".join(f"(?P<{key}>{words})" for key, words in _EXTREMES.items())
_FIRST = re.compile(
    rf"\s*\b{_SORTED}?(?:with\s+)?(?:from\s+)?(?:the\s+)?(?:{_ANY_EXTREME})(?:\s+(?:ones?|files|documents|pdfs|photos|emails))?\s+"
    r"(?:first|(?:up)?on\s+top|at\s+the\s+(?:top|start|beginning)|to\s+(?:the\s+)?"
    r"(?:newest|latest|oldest|earliest|largest|biggest|smallest|most\s+recent))\b",
    re.I,
)
_FIRST_THE = re.compile(
    r"\s*,?\s*\b(?:first|beginning\s+with)\s+the\s+(?:most\s+)?(?:(?P<newest>new(?:est)?|recent|latest)|(?P<oldest>old(?:est)?)|"
    r"(?P<largest>big(?:gest)?|larg(?:e|est))|(?P<smallest>small(?:est)?))(?:\s+ones?)?(?=\s*[.?!]*$)",
    re.I,
)
""" "First the most recent", at the end."""
_EXTREME = re.compile(rf"(?<![\w-])(?:{_ANY_EXTREME})(?=$|[\s,.{CUT}\u3400-\u9fff])", re.I)
_BIG = re.compile(
    r"\b(?:very\s+|really\s+)?(?:big|large|huge)\s+(?=(?:pdfs?|files|documents|photos|pictures|images|videos|"
    r"presentations|spreadsheets|archives|recordings|attachments|things|stuff)\b)",
    re.I,
)
_YEARS = r"(?!(?:19|20)\d\d\b)"
_LABELS = (
    "lecture chapter unit lesson week part volume vol no number version exercise grade class year "
    "phase step task level module section room day quarter episode season session figure table "
    "homework assignment problem round group floor building line route"
).split()
"""Words whose number is their own: "lecture 7 slides"."""
_COUNTS = (
    re.compile(rf"(?<=,)\s*{_YEARS}({NUMBER})\s*(?:please|pls)?\s*[.?!]*$", re.I),
    re.compile(
        rf"(?:^|(?<=[,;{CUT}])|(?<=\s)(?:of\s+)?)\s*{_YEARS}({NUMBER})\s+(?:(?:{_HITS}|of\s+them)\s+)?(?:max(?:imum)?|at\s+(?:the\s+)?most|tops|"
        r"(?:is|are|will\s+be|would\s+be)\s+(?:enough|fine|plenty)|(?:will|would)\s+do)\s*"
        rf"(?=$|[,;.{CUT}])",
        re.I,
    ),
    re.compile(
        rf"\b(?:at\s+(?:the\s+)?most|no(?:t)?\s+more\s+than|up\s+to|max(?:imum)?(?:\s+of)?|only|just)\s+{_YEARS}({NUMBER})\s+"
        rf"(?:of\s+(?:them|those|these)\b|(?=(?:\w+\s+)?{_NOUNS}\b))",
        re.I,
    ),
    re.compile(
        rf"\s*\b(?:(?:limit(?:ed)?\s*(?:it\s+)?(?:to|:)?|max(?:imum)?(?:\s+of)?:?|at\s+most|no\s+more\s+than|"
        rf"not\s+more\s+than|up\s+to|only|just)\s+){_YEARS}({NUMBER})(?:\s+{_HITS})?"
        rf"(?=$|\s*[,;.{CUT}]|\s+(?:of|about|on|from|in|for|please|with|that|which)\b|(?<=results))",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:the|my)\s+)?(?:top|best|first|topmost)[\s-]+{_YEARS}({NUMBER})(?:\s+{_HITS})?\b",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:the|my)\s+)?(?<!than )(?<!under )(?<!over )(?<!above )(?<!below )(?<!least )"
        rf"{_YEARS}({NUMBER})\s+(?:(?:best|top)\s+(?:fitting\s+|matching\s+)?)?(?=(?:most|closest|nearest|newest|latest|"
        rf"largest|biggest|oldest|earliest|smallest|heaviest|tiniest|recent|best|top|(?:\w+\s+)?{_NOUNS})"
        rf"(?:\b|$))",
        re.I,
    ),
    re.compile(r"(?:\b(?:the|give me|"
    rf"show me)\s+){_YEARS}(?!one\b)({NUMBER})\s+(?=(?:\w+\s+){{1,2}}\w+s\b)", re.I),
)  # fmt: skip
_SINGLE = re.compile(r"\b(?:the|a|one)\s+single\s+(?:best\s+)?(?=\w)", re.I)
_LAST_FEW = re.compile(
    r"\b(?:the\s+|my\s+)?(?:last|"
    rf"most\s+recent)\s+{_YEARS}({NUMBER})\s+(?=(?:\w+\s+)?{_NOUNS}\b)", re.I
)  # fmt: skip
_EXTREME_COUNT = re.compile(rf"\s+(?:of\s+the\s+)?{_YEARS}({NUMBER})\b", re.I)
_DONE_LAST = re.compile(
    r"\s*\b(?P<do>did\s+)?(?:i|we)(?:\s+have)?\s+(?P<verb>\w+)\s+(?:most\s+recently|last)(?=$|[\s,.?]*$)",
    re.I,
)
""" "The photo I took last", "which file did I edit most recently"."""
_LAST_ONE = re.compile(
    rf"\b(?:the|my)\s+last\s+(?=(?:\w+\s+)?{_NOUNS}\b(?!\s+(?:versions?|changes?)))", re.I
)
_MANY = re.compile(rf"\b{_NOUNS}(?<=s)\b", re.I)
_ONE_IS = re.compile(rf"\b{_NOUNS}(?<!s)\s+(?:is|was)\s+(?:the\s+)?$", re.I)
_MASS = frozenset("music code stuff audio mail material data work content everything".split())
_HEAD = re.compile(
    rf"(?:[^\S{CUT}]*(?!(?:of|from|in|on|about|with|by|that|which|i|we|for|under|inside|and|or|to|"
    r"first|containing|mentioning|named|called)\b)[\w.'-]+)+",
    re.I,
)


def take_order(spoken: Spoken) -> tuple[SortKey, int | None]:
    """The order and the number of files that a request asks for, taken out of it."""
    if match := spoken.take(_LAST_FEW):
        return "newest", _limited(match[1])
    if match := spoken.search(_LAST_ONE):
        limit = 1 if _is_one(spoken.rest[match.end() :], "last") else None
        spoken.cut(*match.span())
        return "newest", limit
    if (match := spoken.search(_DONE_LAST)) and match["verb"].casefold() in _DONE:
        noun = " ".join(spoken.rest[: match.start()].split()[-1:])
        limit = 1 if _is_one(noun, "last") else None
        spoken.cut(*match.span())
        return "newest", limit
    limit = None
    sort = _whole_order(spoken)
    if (count := _count(spoken)) is not None:
        limit = _limited(count)
    if sort is None and spoken.take(_BIG):
        sort = "largest"
    elif sort is None and (match := spoken.search(_EXTREME)):
        sort, number = _extreme(match), _EXTREME_COUNT.match(spoken.rest, match.end())
        if number is not None and limit is None:
            limit = _limited(number[1])
        elif _ONE_IS.search(spoken.rest[: match.start()]) or (
            limit is None and _is_one(spoken.rest[match.end() :], match[0])
        ):
            limit = 1
        spoken.cut(match.start(), number.end() if number else match.end())
    return sort or "relevance", limit


_LAST_COUNT = re.compile(
    r"[,;.?!:]\s*(?:(?:please\s+)?(?:give|show|list|get|send)\s+(?:me\s+|us\s+)?|(?:max(?:imum)?|at\s+most|no\s+more\s+than|"
    rf"up\s+to|limit)\.?\s*)(?:only\s+|just\s+)?({NUMBER})(?:\s+of\s+(?:them|those|these))?(?:\s+please)?[.?!]*$",
    re.I,
)


def last_count(text: str) -> int | None:
    """How many, where that is said at the end by itself: "..., give me five", "..., max. 5"."""
    match = _LAST_COUNT.search(text)
    return _limited(match[1]) if match else None


def _count(spoken: Spoken) -> str | None:
    """The number that is said first and is not another word's own."""
    if spoken.take(_SINGLE):
        return "one"
    for pattern in _COUNTS:
        for match in pattern.finditer(spoken.rest):
            before = spoken.rest[: match.start(1)].split()
            if not before or before[-1].casefold() not in _LABELS:
                spoken.cut(*match.span())
                return match[1]
    return None


def _limited(number: str) -> int:
    return min(max(value(number), 1), MOST)


def _whole_order(spoken: Spoken) -> SortKey | None:
    """What is said of the order alone: "sorted by size", "newest first"."""
    first, key = spoken.take(_FIRST), spoken.take(_BY_KEY)
    first = first or spoken.take(_FIRST_THE)
    if first is not None:
        return _extreme(first)
    if spoken.take(_ALPHABETIC):
        return "name"
    if key is None:
        return None
    usual, rising = _KEYS[" ".join(key["key"].casefold().split())]
    return rising if key["rising"] else usual


def _extreme(match: re.Match[str]) -> SortKey:
    return next(key for key in _EXTREMES if match[key])


def _is_one(after: str, extreme: str) -> bool:
    """Whether one file is meant: "the newest invoice", not "the newest invoices"."""
    head = _HEAD.match(after)
    if re.match("recent", extreme, re.I) or head is None:
        return False
    if _MANY.search(head[0]):
        return False
    last = list(_words(head[0]))[-1]
    return last.casefold() not in _MASS and (not last.endswith("s") or last.endswith("ss"))


def _words(text: str) -> Iterator[str]:
    return (match[0] for match in re.finditer(r"[\w'-]+", text))
