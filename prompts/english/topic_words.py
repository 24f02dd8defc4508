"""The words of a request to find, and what tells which of them say what it is about.

Each word has features: itself, its neighbours, their classes, where it stands. `topics` weighs them
by `data/topics.toml`, which scripts/train_topics.py makes with the same features. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..request.nouns import COUNTED, GENERIC
from ..request.spoken import CUT, QUOTE
from .lead_ins import any_of

_WORD = re.compile(rf"{CUT}|{QUOTE}|\w[\w.'’/&+#*-]*[\w*+#]|\w|[^\w\s]")
_AROUND = (-2, -1, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a mark, a quoted text or a `CUT`, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def is_cut(self) -> bool:
        """Whether something understood was taken out here."""
        return self.text == CUT

    @property
    def is_quoted(self) -> bool:
        """Whether it is a whole quoted text."""
        return re.fullmatch(QUOTE, self.text) is not None


def words_in(text: str) -> list[Word]:
    """The words of what is left of a request."""
    return [Word(match[0], *match.span()) for match in _WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of each word: of being within the topic, the first and the last of it."""

    within: list[list[str]]
    first: list[list[str]]
    last: list[list[str]]


def features_of(words: Sequence[Word]) -> Features:
    """What tells, of each word, whether the topic holds it, begins or ends with it."""
    shown = ["<begin>", *map(_shown, words), "<end>"]
    classes = [_classes_of(word) for word in shown]
    places = range(1, len(shown) - 1)
    before = _beside(classes[1:-1], "before")
    after = _beside(classes[-2:0:-1], "after")[::-1]
    return Features(
        [
            [*_around(shown, classes, at), *_shape(words[at - 1], at - 1)]
            + before[at - 1]
            + after[at - 1]
            for at in places
        ],
        [[*_edge("first", shown, classes, at, at - 1)] for at in places],
        [[*_edge("last", shown, classes, at, at + 1)] for at in places],
    )


def best_run(within: Sequence[float], first: Sequence[float], last: Sequence[float]) -> slice:
    """The run of words with the greatest sum of its words' and its two ends' weights; empty where
    none is above 0 (after Kadane)."""
    best, found = 0.0, slice(0, 0)
    total, start = -math.inf, 0
    for at, weight in enumerate(within):
        if first[at] > total:
            total, start = first[at], at
        total += weight
        if total + last[at] > best:
            best, found = total + last[at], slice(start, at + 1)
    return found


def _shown(word: Word) -> str:
    if word.is_cut:
        return "<cut>"
    return "<quoted>" if word.is_quoted else word.text.casefold()


def _around(shown: Sequence[str], classes: Sequence[frozenset[str]], at: int) -> Iterator[str]:
    yield "any"
    for offset in _AROUND:
        there = at + offset
        if 0 <= there < len(shown):
            yield f"{offset} {shown[there]}"
            yield from (f"{offset} {name}" for name in classes[there])
    yield f"-1+0 {shown[at - 1]} {shown[at]}"
    yield f"0+1 {shown[at]} {shown[at + 1]}"


def _edge(
    which: str, shown: Sequence[str], classes: Sequence[frozenset[str]], at: int, beside: int
) -> Iterator[str]:
    yield which
    yield f"{which} {shown[at]}"
    yield f"{which} beside {shown[beside]}"
    for name in classes[at]:
        yield f"{which} {name}"
        yield from (f"{which} {name} beside {other}" for other in classes[beside])
    yield from (f"{which} beside {name}" for name in classes[beside])


def _beside(classes: Sequence[frozenset[str]], side: str) -> list[list[str]]:
    """Of each word, which of the telling classes are among those passed before it."""
    seen: dict[str, None] = {}
    found: list[list[str]] = []
    for known in classes:
        found.append(list(seen))
        seen |= {f"{name} {side}": None for name in _TELLING if name in known}
    return found


_TELLING = ("<mark>", "<cut>", "<seeking>", "<other>")


def _shape(word: Word, at: int) -> Iterator[str]:
    if at > 0 and word.text[:1].isupper():
        yield "is capital"
    if word.text[:1].isdigit():
        yield "is number"


@lru_cache(maxsize=1)
def _class_patterns() -> dict[str, re.Pattern[str]]:
    sources = {
        "mark": "about|on|regarding|re|concerning|with|for|of",
        "seeking": rf"{any_of('seeking', 'verbs')}(?:ing|es|s)?",
        "done": any_of("done", "verbs"),
        "person": any_of("persons"),
        "thing": GENERIC,
        "counted": COUNTED,
        "article": "a|an|the|my|our|some|any|all|every|this|that|these|those|your|his|her|their",
        "preposition": "of|on|about|in|from|for|with|by|to|at|re|regarding|concerning|under|since|"
        "between|into|over",
        "auxiliary": "is|are|was|were|be|been|do|does|did|has|have|had|can|could|would|will|"
        "should|may|might|must|got|get|i['’]ve|i['’]m|it['’]s",
        "pronoun": "it|they|them|em|me|us|i|we|you|u|he|she|him|her",
        "question": "what|which|where|who|whose|how|when|why|(?:what|where)['’]?(?:s|ve)",
        "thought": any_of("thoughts", "verbs"),
        "softener": any_of("softeners"),
        "address": any_of("addresses"),
    }
    return {name: re.compile(source, re.I) for name, source in sources.items()}


@lru_cache(maxsize=4096)
def _classes_of(word: str) -> frozenset[str]:
    """The classes of a word; "other" is one that says something itself."""
    if word.startswith("<"):
        return frozenset({word})
    found = {f"<{name}>" for name, known in _class_patterns().items() if known.fullmatch(word)}
    if not found:
        found = {"<other>" if word[:1].isalnum() else "<sign>"}
    return frozenset(found)
