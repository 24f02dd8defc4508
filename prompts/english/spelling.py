"""Slips of the pen in the working words of a request. Pure functions, any thread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..request.data import load
from ..request.quoting import QUOTED
from .imperative import table, words_of


def spelt(text: str) -> str:
    """The request with slips in its working words mended ("abuot", "serach", "delte").

    Only letters swapped, doubled or left out; names, paths and quotes stay as they are.
    """
    fixed = [text[m.start() : m.end()] for m in QUOTED.finditer(text)]
    masked = _COMPARED.sub(r"\1 than", QUOTED.sub("\x00", text))
    masked = re.sub(
        r"(?:\b(?:called|named|titled|to|into|as)\s+)?(?<![\w./-])[a-z]{3,14}(?![\w/-]|\.\w)",
        lambda m: _SLIPS.get(m[0], m[0]),
        masked,
    )
    for quote in fixed:
        masked = masked.replace("\x00", quote, 1)
    return masked


_COMPARED = re.compile(
    r"\b((?:old|new|young|larg|bigg|small|heavi|light|lat|earli|long|short)er|more|less)\s+as\b",
    re.I,
)
""" "Older as 2024", as in other languages."""


def _slips(words: Iterable[str]) -> dict[str, str]:
    known = set(words)
    slips: dict[str, str] = {}
    for word in sorted(known):
        for i in range(len(word)):
            swapped = word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :]
            for slip in (swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]):
                if slip not in known and slip[:1] == word[:1] and len(slip) > 4:
                    slips.setdefault(slip, word)
    return {slip: word for slip, word in slips.items() if slip not in _REAL_WORDS}


_WORKING_WORDS = (
    "mails sentences about related regarding files folder directory search locate delete "
    "remove rename "
    "summarize summarise summary yesterday spreadsheet spreadsheets presentation "
    "presentations photos pictures documents papers containing mention restore version "
    "versions history create append replace translate share append please months weeks newest "
    "latest largest oldest similar email emails video videos image images everything between "
    "looking bigger smaller larger"
).split()


_REAL_WORDS = frozenset(
    "abut bout moths crate pleas paper document photo picture month week mentions share resume "
    "relate created large".split()
)


_SLIPS = _slips(_WORKING_WORDS) | {
    "fnid": "find", "fidn": "find", "shwo": "show", "lsit": "list",
    "wher": "where", "whre": "where", "whcih": "which", "serch": "search", "seach": "search",
    "fiel": "file", "fiels": "files",
    "thsi": "this",
}  # fmt: skip


# -- of orders -------------------------------------------------------------------------------------

_NEIGHBOURS = {
    key: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, key in enumerate(row)
}
"""The keys left and right of each."""


@lru_cache(maxsize=1)
def verb_slips() -> dict[str, str]:
    """Slips of the verbs of acts: "mov", "lokc", "mergge", "copt". Some are sure only where what
    they are on follows."""
    verbs = (verb for verb, acts in table("verbs").items() if acts and len(verb) > 3)
    slips = _one_off({verb for verb in verbs if verb.isalpha()} | _OFTEN)
    known = {*table("verbs"), *table("aliases"), *words_of("no_slips")}
    return {slip: verb for slip, verb in slips.items() if slip not in known}


@lru_cache(maxsize=1)
def word_slips() -> dict[str, str]:
    """Slips of the words that hold an order together: "bakc", "verison", "caled"."""
    slips = _one_off(words_of("held"))
    return {slip: word for slip, word in slips.items() if slip not in _known() and len(slip) > 2}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """The words of all lists of orders."""
    orders = " ".join(text for lists in load("orders").values() for text in lists.values())
    verbs = (*table("verbs"), *table("aliases"), *table("participles"))
    return frozenset(orders.casefold().split()) | {word for verb in verbs for word in verb.split()}


@lru_cache(maxsize=1)
def unit_slips() -> dict[str, str]:
    """Slips of what is said after a number: "3 dyas"."""
    return _one_off("days weeks months hours minutes years day week month hour year".split())


def is_sure(slip: str) -> bool:
    """Whether it can be nothing but a slip of that verb: long, or with two letters swapped."""
    verb = verb_slips()[slip]
    return len(slip) > 4 or (verb in _OFTEN and sorted(slip) == sorted(verb))


_OFTEN = frozenset("move copy lock share unlock merge write trash erase change".split())


def _one_off(words: Iterable[str]) -> dict[str, str]:
    """What is one letter off: swapped, left out, doubled, or the key beside it; never the first."""
    slips: dict[str, str] = {}
    for word in sorted(words):
        for i in range(1, len(word)):
            before, letter, after = word[:i], word[i], word[i + 1 :]
            beside = (before + key + after for key in _NEIGHBOURS.get(letter, ""))
            swapped = before + after[:1] + letter + after[1:]
            for slip in (swapped, before + after, before + letter + letter + after, *beside):
                slips.setdefault(slip, word)
    return slips
