"""Text that is read as it stands. Every span has its line range, and holds exactly those lines."""

from __future__ import annotations

from collections.abc import Iterator

from lsfs.records import Place

from .extracted import Extracted, Span
from .source import Source

LINES_A_SPAN = 10
"""Rows of a table, or lines of a data file, that make one span."""


def read_text(source: Source) -> Extracted:
    """Paragraphs; the title is a short first line with a blank line after it."""
    spans = tuple(Span(text, Place(start, end)) for text, start, end in blocks_of(source.lines()))
    first = spans[0].text.strip() if spans else ""
    is_title = bool(first) and "\n" not in first and len(first) <= 80 and len(spans) > 1
    return Extracted(source.type, spans, title=first if is_title else None)


def blocks_of(lines: list[str], offset: int = 0) -> Iterator[tuple[str, int, int]]:
    """(text, first line, last line) of each run of lines that are not blank."""
    start: int | None = None
    for index, line in enumerate([*lines, ""]):
        if line.strip():
            start = index if start is None else start
        elif start is not None:
            yield "\n".join(lines[start:index]), offset + start + 1, offset + index
            start = None


def read_lines(source: Source) -> Extracted:
    """A fixed count of lines to a span, blank lines and all."""
    lines = source.lines()
    return Extracted(source.type, tuple(line_spans(lines, [None] * len(lines))))


def line_spans(lines: list[str], headings: list[str | None]) -> Iterator[Span]:
    """A fixed count of lines to a span, under the heading of its first line; `headings` has one a
    line. Blank lines at the end are left out, a span of nothing but blank ones too."""
    for start in range(0, len(lines), LINES_A_SPAN):
        block = lines[start : start + LINES_A_SPAN]
        while block and not block[-1].strip():
            block.pop()
        if block:
            yield Span("\n".join(block), Place(start + 1, start + len(block),
                                               heading=headings[start]))  # fmt: skip
