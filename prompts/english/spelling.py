"""Slips of the pen in the working words of a request. Pure functions, any thread."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..request.quoting import QUOTED
from .imperative import table, words_of


def spelt(text: str) -> str:
    """The request with slips in its working words mended ("abuot", "serach", "delte").

    Only letters swapped, doubled or left out; names, paths and quotes stay as they are.
    """
    text = _VERB_SLIP.sub(lambda m: _VERB_SLIPS[m[0]], text, count=1)
    text = _SURE_SLIP.sub(lambda m: _SURE_SLIPS[m[0].casefold()], text, count=1)
    fixed = [text[m.start() : m.end()] for m in QUOTED.finditer(text)]
    masked = QUOTED.sub("\x00", text)
    masked = re.sub(
        r"(?:\b(?:called|named|titled)\s+)?(?<![\w./-])[a-z]{3,14}(?![\w/-]|\.\w)",
        lambda m: _SLIPS.get(m[0], m[0]),
        masked,
    )
    for quote in fixed:
        masked = masked.replace("\x00", quote, 1)
    return masked


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
    "about related regarding files folder directory search locate delete remove rename "
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
    "fnid": "find", "fidn": "find", "shwo": "show", "lsit": "list", "teh": "the", "hte": "the",
    "wher": "where", "whre": "where", "abot": "about", "adn": "and", "wich": "which",
    "whcih": "which", "serch": "search", "seach": "search", "fiel": "file", "fiels": "files",
    "thsi": "this",
}  # fmt: skip


_ACTS = "move copy lock share unlock merge write trash erase change".split()
_VERB_SLIPS = {
    slip: verb
    for verb in _ACTS
    for slip in (verb[:i] + verb[i + 1] + verb[i] + verb[i + 2 :] for i in range(1, len(verb) - 1))
    if slip != verb
}


_HEADS = r"(?=\s+(?:the|my|our|all|every|each|both|this|that|name|[\"'“‘`]|[\w./-]+\.\w{1,5}\b))"
"""What an order goes on with: there more slips of its verb are sure."""


def _verb_slips() -> dict[str, str]:
    """Slips of the verbs of acts, of four letters and more: "mov", "lokc", "mergge"."""
    verbs = [
        verb for verb, acts in table("verbs").items() if acts and verb.isalpha() and len(verb) > 3
    ]
    slips: dict[str, str] = {}
    for verb in verbs:
        for i in range(1, len(verb)):
            swapped = verb[:i] + verb[i + 1 : i + 2] + verb[i] + verb[i + 2 :]
            for slip in (swapped, verb[:i] + verb[i + 1 :], verb[:i] + verb[i] + verb[i:]):
                slips.setdefault(slip, verb)
    known = {*table("verbs"), *table("aliases"), *words_of("no_slips")}
    return {slip: verb for slip, verb in slips.items() if slip not in known}


_SURE_SLIPS = _verb_slips()
_SURE_SLIP = re.compile(rf"^(?:{'|'.join(sorted(_SURE_SLIPS))}){_HEADS}", re.I)
_VERB_SLIP = re.compile(rf"^(?:{'|'.join(sorted(_VERB_SLIPS))})(?=\s)")
