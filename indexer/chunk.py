"""Text to chunks with places.

A chunk is a run of whole spans under one heading (page, sheet, time), of at most LIMIT tokens as
estimated here: the packaged model reads 256. Chunks tile the text: none overlaps another, none is
left out, so that their texts in order are the file's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blake3 import blake3

from lsfs.records import Place

from .extract.extracted import Span

VERSION = "1"
"""Part of the index's fingerprint."""

LIMIT = 200
SMALL = 60
"""A chunk below this many tokens takes in the next section too, rather than stand alone."""

_WIDE = 6
"""Characters of a word to a token: a rough mean of word-piece vocabularies."""
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(f"[{_CJK}]|[^\\W{_CJK}]{{1,{_WIDE}}}|[^\\w\\s]")
_ASCII_TOKEN = re.compile(f"\\w{{1,{_WIDE}}}|[^\\w\\s]", re.ASCII)
"""The same of ASCII, three times as fast."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk about to be stored. `hash` is of what is embedded: equal hash, equal vector."""

    text: str
    place: Place
    hash: bytes


def chunked(spans: Iterable[Span], title: str | None) -> list[Piece]:
    """The chunks of a file's spans, in order; `title` is the document's own."""
    pieces: list[Piece] = []
    current: Span | None = None
    size = 0
    for span, tokens, is_whole in _small_spans(_with_headings(spans)):
        fits = size + tokens <= LIMIT
        if current is not None and fits and _belongs(current, span, is_whole and size < SMALL):
            current = _merged(current, span)
            size += tokens
        else:
            if current is not None:
                pieces.append(_piece(current, title))
            current, size = span, tokens
    if current is not None:
        pieces.append(_piece(current, title))
    return pieces


def estimate(text: str) -> int:
    """About how many tokens a word-piece model makes of the text."""
    return len((_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text))


def embedded_text(text: str, place: Place, title: str | None) -> str:
    """What is embedded of a chunk: what it stands under first (title, sheet, heading), unless its
    own first lines say so. Not the file's name: a rename must not cost a new vector."""
    opening = text[:300]
    context: list[str] = []
    for part in (title, place.sheet, place.heading):
        if part and part not in opening and part not in context:
            context.append(part)
    return "\n".join([*context, text])


def _piece(span: Span, title: str | None) -> Piece:
    told = embedded_text(span.text, span.place, title)
    return Piece(span.text, span.place, blake3(told.encode("utf-8")).digest(16))


def _belongs(current: Span, following: Span, may_cross: bool) -> bool:
    """Whether the two may share a chunk; `may_cross` lets sections share one."""
    here, there = current.place, following.place
    if (here.page, here.sheet, here.seconds) != (there.page, there.sheet, there.seconds):
        return False
    return may_cross or (here.heading, here.symbol) == (there.heading, there.symbol)


def _with_headings(spans: Iterable[Span]) -> Iterator[Span]:
    """A heading goes with what it stands over, never with what was before it."""
    held: Span | None = None
    for span in spans:
        if held is not None and _belongs(held, span, may_cross=False):
            span, held = _merged(held, span), None
        elif held is not None:
            yield held
            held = None
        if span.text.strip("#=- \n") == span.place.heading:
            held = span
        else:
            yield span
    if held is not None:
        yield held


def _merged(first: Span, second: Span) -> Span:
    a, b = first.place, second.place
    gap = b.line_from - a.line_to if b.line_from is not None and a.line_to is not None else 2
    place = _reaching(a, a.line_from, b.line_to) if a.line_from is not None else a
    return Span(first.text + ("\n" * gap or " ") + second.text, place)


def _reaching(place: Place, first: int, last: int | None) -> Place:
    """The place with other lines; `dataclasses.replace` takes four times as long."""
    return Place(first, last, place.page, place.sheet, place.heading, place.symbol, place.columns)


def _small_spans(spans: Iterable[Span]) -> Iterator[tuple[Span, int, bool]]:
    """Spans of at most LIMIT tokens, their tokens, and whether each is whole. What is cut is cut
    evenly."""
    for span in spans:
        tokens = estimate(span.text)
        if tokens <= LIMIT:
            yield span, tokens, True
        else:
            share = tokens // -(-tokens // LIMIT) + 8
            for part in _split(span, min(share, LIMIT)):
                yield part, estimate(part.text), False


def _split(span: Span, limit: int) -> Iterator[Span]:
    """Cut a long span at line ends, a long line at sentences, a long sentence at spaces."""
    start = span.place.line_from
    held: list[str] = []
    size = 0
    number = 0
    for line in span.text.split("\n"):
        tokens = estimate(line)
        if held and size + tokens > limit:
            yield _lines(span, held, start, number - len(held))
            held, size = [], 0
        if tokens > limit:
            for part in _cut(line, limit):
                yield _lines(span, [part], start, number)
        else:
            held.append(line)
            size += tokens
        number += 1
    if held:
        yield _lines(span, held, start, number - len(held))


def _lines(span: Span, lines: list[str], start: int | None, index: int) -> Span:
    if start is None:
        return Span("\n".join(lines), span.place)
    place = _reaching(span.place, start + index, start + index + len(lines) - 1)
    return Span("\n".join(lines), place)


def _cut(line: str, limit: int) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for part in _parts(line, limit):
        tokens = estimate(part)
        if held and size + tokens > limit:
            yield " ".join(held)
            held, size = [], 0
        held.append(part)
        size += tokens
    if held:
        yield " ".join(held)


def _parts(line: str, limit: int) -> Iterator[str]:
    """Sentences; one over the limit as words; a word over it as runs of characters."""
    for sentence in _SENTENCE_END.split(line):
        if estimate(sentence) <= limit:
            yield from (sentence,) if sentence.strip() else ()
            continue
        for word in sentence.split():
            yield from (word[at : at + limit] for at in range(0, len(word), limit))
