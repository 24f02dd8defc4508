"""Where a request of several acts is cut that no grammar reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..english.imperative import verb_of
from ..english.politeness import plain
from ..intents import LIKELY
from ..request.data import load
from ..request.quoting import blanked_names, masked
from .words import says_nothing, words_of

_AFTER = (
    r"(?:then|afterwards?|after\s+(?:that|this|merge|merging|joining|copying|moving|renaming)|thereafter|finally|lastly|after(?!\s+(?:the|my|a|all)\b)|"
    r"(?<!the\s)(?<!my\s)next(?!\s+(?:week|month|year|day|time|to|hour|mon|tue|wed|thu|fri|sat|sun)))"
)
_SURE = re.compile(
    rf"\s*(?:;|\n)\s*(?:and\s+)?(?:{_AFTER}\b,?)?\s*|[,.]?\s+(?:and\s+|n\s+|&\s+)?{_AFTER}\b,?\s+|"
    rf"[.!?]\s+(?:and\s+)?(?:{_AFTER}\b,?\s+)?(?=[A-Z])",
    re.I,
)
_MAYBE = re.compile(r"\s*,?\s+(?:and|n|&|plus)\s+(?:also\s+|please\s+)?|\s*,\s+(?:also\s+)?", re.I)


def surely_cut(text: str) -> list[str]:
    """The steps that are told apart by "then", a full stop or the like; those that say nothing are
    left out."""
    return _parts(text, [match.span() for match in _SURE.finditer(masked(text))])


def maybe_cut(text: str) -> list[str]:
    """The steps where "and" or a comma is followed by a word that leads an act."""
    bare = masked(text)
    spans = [match.span() for match in _MAYBE.finditer(bare) if _leads(text[match.end() :])]
    return _parts(text, spans)


def in_turn(text: str) -> list[str]:
    """ "Sling a.txt into old and b.txt into new" as two steps: the second takes over the verb."""
    bare = blanked_names(text)
    first = bare.find("\0")
    lead, rest = text[: max(first, 0)], text[max(first, 0) :]
    parts = _between(rest, [match.span() for match in _JOINT.finditer(blanked_names(rest))])
    hows = [_HOW.findall(blanked_names(part)) for part in parts]
    makes = _MAKES.search(lead) is not None and not any(hows)
    if not lead.strip() or len(parts) < 2 or not (makes or all(len(how) == 1 for how in hows)):
        return [text]
    return [f"{lead}{part}" for part in parts]


_MAKES = re.compile(r"\b(?:mkdir|(?:folders|directories)[\s:]*)\s*$", re.I)
_HOW = re.compile(r"\s(?:to|into|in|as|under)\s", re.I)
_JOINT = re.compile(r"\s*,?\s+(?:and|n|&)\s+|\s*,\s+", re.I)


def uncourteous(text: str) -> str:
    """The request without courtesies, shortened words and what else says nothing of the act."""
    text = _DOT.sub(".", text)
    asked = False
    while True:
        shorter = text
        for pattern in _patterns("patterns"):
            shorter = pattern.sub(" ", shorter).strip()
        for pattern in _patterns("asking"):
            asked = asked or pattern.match(shorter) is not None
            shorter = pattern.sub(" ", shorter).strip()
        if shorter == text:
            break
        text = shorter
    if asked and (mark := re.search(r"\?(?=\s)", masked(text))):
        text = f"{text[: mark.start()]}.{text[mark.end() :]}"
    text = text.strip(" ,.;?" if asked else " ,.;")
    text = re.sub(r"\s*,(?:\s*,)+|\s*,\s*(?=as\s)", " ", text)
    return _INSIDE.sub(" into it", _THERE.sub(r"\1 \2 there", text))


_DOT = re.compile(r"(?<=\w) dot (?=(?:txt|md|pdf|docx?|xlsx?|pptx?|jpe?g|png|py|csv)\b)", re.I)


_THERE = re.compile(
    r"(\b(?:copy|put|move|place|drop|stick|store))\s+(?:in\s+)?there\s+(?!is\b|are\b)([^,;]+)$",
    re.I,
)
_INSIDE = re.compile(r"\s+(?:inside|in\s+there|in\s+it)\W*$", re.I)


@lru_cache(maxsize=2)
def _patterns(name: str) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.I) for pattern in load("likely")["courtesies"][name]]


def _parts(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The steps between spans; what is only a name belongs to the step before it."""
    steps: list[str] = []
    for step in _between(text, spans):
        before = text[: text.find(step, len("".join(steps)))]
        is_listed = re.search(r"[;\n]\W*$", before) is not None
        if steps and is_listed and not re.search(r"\w", blanked_names(step)):
            steps[-1] += f", {step.strip(' -*•')}"
        elif not says_nothing(blanked_names(step)):
            steps.append(step)
    return steps


def _between(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    found = [text[a:b].strip(" ,;") for a, b in zip(starts, ends, strict=True)]
    return [part for part in found if part]


def _leads(rest: str) -> bool:
    rest = plain(rest)
    first = re.match(r"[\w'’-]+(?=\s)", rest)
    return verb_of(rest) is not None or (first is not None and first[0].casefold() in _leading())


@lru_cache(maxsize=1)
def _leading() -> frozenset[str]:
    """The words that begin examples of acts."""
    firsts = (plain(text).split(None, 1)[0].casefold() for text, intent in LIKELY.examples())
    other = words_of("said") | words_of("grammar") | words_of("nouns") | words_of("limits")
    return frozenset(word for word in firsts if word.isalpha() and len(word) > 2) - other
