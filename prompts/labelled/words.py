"""The words of a request, and what tells which slot they fill. Pure but for asking `Names`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..likely.parts import Part
from ..likely.words import asked_by, words_of
from ..request.data import load
from ..request.quoting import looks_like_file, quotes

_WORD = re.compile(
    r"[\u3400-\u9fff]|[^\W\u3400-\u9fff][^\W\u3400-\u9fff.'’/&+#*@-]*(?:[.'’/&+#*@-]+[^\W\u3400-\u9fff]+)*[*+#/]*|[^\w\s]"
)
_AROUND = (-3, -2, -1, 0, 1, 2)
_EDGE = "<edge>"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a sign, or a whole quoted text, and where it stands."""

    text: str
    start: int
    end: int
    is_quoted: bool = False

    @property
    def shown(self) -> str:
        """As the features have it."""
        return "<quoted>" if self.is_quoted else self.text.casefold()


def words_in(text: str) -> list[Word]:
    """The words of a request; a quoted text is one, and each Chinese sign."""
    words: list[Word] = []
    end = 0
    for quote in quotes(text):
        words += _bare(text, end, quote.start)
        words.append(Word(quote.text, quote.start, quote.end, is_quoted=True))
        end = quote.end
    return words + _bare(text, end, len(text))


def _bare(text: str, start: int, end: int) -> list[Word]:
    return [Word(match[0], *match.span()) for match in _WORD.finditer(text, start, end)]


def features_of(words: Sequence[Word], intent: str, mentions: Sequence[Part]) -> list[list[str]]:
    """Of each word: itself and its neighbours, their classes, what the tree knows of them."""
    kinds = _kinds(words, mentions)
    shown = [_shown(word, kind) for word, kind in zip(words, kinds, strict=True)]
    classes = [list(_classes(word, kind)) for word, kind in zip(words, kinds, strict=True)]
    before, after = _beside(kinds), _beside(kinds[::-1])[::-1]
    return [
        [
            *_around(shown, classes, at),
            *_with_intent(shown, kinds, at, intent),
            *(f"before {kind} {kinds[at][1:]} {intent}" for kind in before[at]),
            *(f"after {kind} {kinds[at][1:]} {intent}" for kind in after[at]),
        ]
        for at in range(len(words))
    ]


def _kinds(words: Sequence[Word], mentions: Sequence[Part]) -> list[str]:
    """What is mentioned: "B" or "I" (it begins, is inside) and of which kind, else "-"."""
    kinds = ["-"] * len(words)
    for part in mentions:
        inside = [
            at for at, word in enumerate(words) if part.start <= word.start and word.end <= part.end
        ]
        for number, at in enumerate(inside):
            kinds[at] = f"{'I' if number else 'B'}{_kind(part)}"
    return kinds


def _kind(part: Part) -> str:
    if part.is_text:
        return "text"
    if part.doubt is not None:
        return "doubt"
    if part.path is None:
        return "new"
    return "folder" if part.is_folder else "file"


def _shown(word: Word, kind: str) -> str:
    """A name is as good as another."""
    if kind != "-" and not word.is_quoted and word.shown not in _common():
        return "<name>"
    return "<file>" if looks_like_file(word.text) and not word.is_quoted else word.shown


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return (
        words_of("nouns") | words_of("said") | words_of("grammar") | words_of("limits")
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _known(word: str) -> tuple[str, ...]:
    """The classes of a word by itself."""
    lists = {"said": "said", "noun": "nouns", "limit": "limits", "grammar": "grammar"}
    found = [name for name, table in lists.items() if word in words_of(table)]
    found += [
        f"to {role}"
        for role, known in load("likely")["prepositions"].items()
        if word in known.split()
    ]
    if asked_by(word):
        found.append("verb")
    return tuple(found)


def _classes(word: Word, kind: str) -> Iterator[str]:
    yield f"kind {kind}"
    if kind != "-":
        yield f"of {kind[1:]}"
    if word.is_quoted:
        yield "quoted"
        if looks_like_file(word.text):
            yield "ending"
        return
    if looks_like_file(word.text):
        yield "ending"
    if word.text[:1].isupper():
        yield "capital"
    if word.text[:1].isdigit():
        yield "number"
    if not word.text[:1].isalnum():
        yield "sign"
    yield from _known(word.shown)


def _around(shown: Sequence[str], classes: Sequence[Sequence[str]], at: int) -> Iterator[str]:
    yield "any"
    for offset in _AROUND:
        there = at + offset
        if 0 <= there < len(shown):
            yield f"{offset} {shown[there]}"
            yield from (f"{offset} {name}" for name in classes[there])
        else:
            yield f"{offset} {_EDGE}"
    yield f"-1+0 {_at(shown, at - 1)} {shown[at]}"
    yield f"-2-1 {_at(shown, at - 2)} {_at(shown, at - 1)}"
    yield f"0+1 {shown[at]} {_at(shown, at + 1)}"


def _with_intent(shown: Sequence[str], kinds: Sequence[str], at: int, intent: str) -> Iterator[str]:
    kind, last = kinds[at], _at(shown, at - 1)
    yield f"for {intent}"
    yield f"for {intent} {kind}"
    yield f"for {intent} {shown[at]}"
    yield f"for {intent} -1 {last}"
    yield f"for {intent} -1 {last} {kind}"
    yield f"-1 {last} {kind}"
    yield f"-2 {_at(shown, at - 2)} {kind}"
    yield f"+1 {_at(shown, at + 1)} {kind}"


def _at(shown: Sequence[str], at: int) -> str:
    return shown[at] if 0 <= at < len(shown) else _EDGE


def _beside(kinds: Sequence[str]) -> list[list[str]]:
    """The kinds of what is mentioned before each word."""
    seen: dict[str, None] = {}
    found: list[list[str]] = []
    for kind in kinds:
        found.append(list(seen))
        if kind != "-":
            seen[kind[1:]] = None
    return found
