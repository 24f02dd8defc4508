"""Sizes in words: "over 1 GB", "between 2 and 5 MB", "10 kb or less", "empty files". Pure."""

from __future__ import annotations

import re

from ..request.nouns import COUNTED
from ..request.spoken import Spoken
from ..times.numbers import NUMBER, value

_AMOUNT = rf"(?:\d+(?:[.,]\d+)?|half\s+an?|{NUMBER}|an?)"
_UNIT = (
    r"(?:bytes?|[kmgt]i?bs?\b|(?:kilo|mega|giga|tera|kibi|mebi|gibi)bytes?|megs?|gigs?|kbytes?|"
    r"mbytes?|gbytes?|[kmg])(?![\w])"
)
_THAT = (
    r"(?:(?:that|which|who)(?:'s|\s+(?:are|is|have|has|take|takes|weigh|weighs))?\s+(?:up\s+)?)?"
    r"(?:(?:with\s+)?(?:an?\s+|their\s+|the\s+)?(?:file\s*)?sizes?\s+(?:is\s+|are\s+)?(?:of\s+)?)?"
    r"(?:weighing\s+(?:in\s+at\s+)?|sized\s+|taking\s+(?:up\s+)?)?"
)
_LESS = (
    r"(?:(?:not|no)\s+(?:bigger|larger|greater|more|heavier|over|above|exceeding)|isn'?t\s+more|"
    r"smaller|less(?!\s+(?:big|large|heavy))|lower|lighter|fewer|under|below|less\s+(?:big|large|heavy)|at\s+most|up\s+to|beneath|max(?:imum)?(?:\s+of)?|"
    r"within|<=?)"
)
_MORE = (
    r"(?:(?:not|no)\s+(?:smaller|less|lower|lighter|under|below)|bigger|larger|greater|more(?!\s+(?:big|large|heavy))|heavier|"
    r"more\s+(?:big|large|heavy)|over|above|at\s+least|beyond|exceed(?:s|ing)?|min(?:imum)?(?:\s+of)?|upwards?\s+of|"
    r"in\s+excess\s+of|>=?)"
)
_END = r"(?:\s+(?:in\s+size|big|large|each))?"
_BETWEEN = re.compile(
    rf"\s*\b{_THAT}(?:(?:between|from)\s+|(?=\d[\d.,]*\s*[kmgt]i?b\b))({_AMOUNT})\s*({_UNIT})?\s*(?:and|to|-|–)\s*({_AMOUNT})\s*"
    rf"({_UNIT}){_END}",
    re.I,
)
_OVER = re.compile(
    rf"\s*(?:\b|(?<=\s)){_THAT}(?<!not )(?<!no ){_MORE}\s*(?:than|"
    rf"then)?\s*({_AMOUNT})\s*({_UNIT}){_END}",
    re.I,
)
_UNDER = re.compile(
    rf"\s*(?:\b|(?<=\s)){_THAT}(?<!not )(?<!no ){_LESS}\s*(?:than|"
    rf"then)?\s*({_AMOUNT})\s*({_UNIT}){_END}",
    re.I,
)
_OR_MORE = re.compile(
    rf"\s*\b{_THAT}({_AMOUNT})\s*({_UNIT})\s*(?:(?:or|and)\s+(?:more|larger|bigger|above|over|up|"
    r"upwards?|greater|heavier)\b|\+|plus\b)",
    re.I,
)
_OR_LESS = re.compile(
    rf"\s*\b{_THAT}({_AMOUNT})\s*({_UNIT})\s*(?:(?:or|and)\s+(?:less|smaller|below|under|lower|"
    r"lighter)\b|at\s+most\b|max(?:imum)?\b)",
    re.I,
)
_EXACT = re.compile(rf"\s*\b{_THAT}(?:exactly|precisely)\s+({_AMOUNT})\s*({_UNIT}){_END}", re.I)
_EMPTY = re.compile(
    r"\s*\b(?:(?:that|which)\s+(?:are|is)\s+)?(?:empty(?=\s+(?:\w+\s+)?(?:files?|documents?|notes?|"
    r"texts?))|(?<=are )empty|(?:0|zero)[\s-]+bytes?(?:\s+long)?)\b",
    re.I,
)


def take_size(spoken: Spoken) -> dict[str, int]:
    """The filters `size_min` and `size_max` that a request asks for, taken out of it."""
    if match := spoken.take(_BETWEEN):
        low, high, unit = match[1], match[3], match[4]
        return {"size_min": _bytes(low, match[2] or unit), "size_max": _bytes(high, unit)}
    if match := spoken.take(_EXACT):
        return dict.fromkeys(("size_min", "size_max"), _bytes(match[1], match[2]))
    if spoken.take(_EMPTY):
        return {"size_max": 0}
    found: dict[str, int] = {}
    for key, patterns in (("size_max", (_OR_LESS, _UNDER)), ("size_min", (_OR_MORE, _OVER))):
        match = next((taken for p in patterns if (taken := spoken.take(p))), None)
        if match is not None:
            found[key] = _bytes(match[1], match[2])
    if found:
        spoken.take(_SAID_TWICE)
    return found


_SAID_TWICE = re.compile(rf"\b(?:small|tiny|little|big|large|huge)(?=\s+{COUNTED}\b)", re.I)
""" "Small pictures, less than 100 kb"."""


def _bytes(amount: str, unit: str) -> int:
    word = amount.casefold()
    number = 0.5 if word.startswith("half") else _number(word)
    unit = unit.casefold()
    power = "bkmgt".index(unit[0])
    is_binary = bool(re.match(r"[kmgt]ib|kibi|mebi|gibi", unit))
    return int(number * (1024 if is_binary else 1000) ** power)


def _number(word: str) -> float:
    if word[0].isdigit():
        return float(word.replace(",", "."))
    return value(word)
