"""Tables kept as text: CSV, TSV and their like."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from lsfs.records import Place

from .extracted import Extracted, Span
from .plain import LINES_A_SPAN, line_spans
from .sheets import header_of
from .source import Source

_SAMPLE_LINES = 50
_SAMPLE_CHARACTERS = 8_000
_DELIMITERS = ",;\t|"


def read_table(source: Source) -> Extracted:
    """Some records to a span, as they stand, under the names of the columns where the first record
    gives them. A record may take several lines."""
    lines = source.lines()
    while lines and not lines[-1].strip():
        lines.pop()
    csv.field_size_limit(sys.maxsize)
    dialect = _dialect(lines[:_SAMPLE_LINES])
    first = next(csv.reader(lines[:1], dialect), [])
    heading = header_of([" ".join(cell.split()) for cell in first])
    try:
        spans = tuple(_spans(lines, dialect, heading))
    except csv.Error:  # a quote that is never closed, a zero byte: lines are as good
        spans = tuple(line_spans(lines, [heading] * len(lines)))
    return Extracted(source.type, spans)


@dataclass(frozen=True, slots=True)
class _Records:
    first: int
    last: int


def _spans(lines: list[str], dialect: type[csv.Dialect], heading: str | None) -> Iterator[Span]:
    for run in _runs(lines, dialect):
        text = "\n".join(lines[run.first - 1 : run.last])
        if text.strip():
            yield Span(text, Place(run.first, run.last, heading=heading))


def _runs(lines: list[str], dialect: type[csv.Dialect]) -> Iterator[_Records]:
    """Whole records of about LINES_A_SPAN lines."""
    reader = csv.reader((line + "\n" for line in lines), dialect)
    first = 1
    for _ in reader:
        if reader.line_num - first + 1 >= LINES_A_SPAN:
            yield _Records(first, reader.line_num)
            first = reader.line_num + 1
    if first <= len(lines):
        yield _Records(first, len(lines))


def _dialect(sample: list[str]) -> type[csv.Dialect]:
    """What parts the cells: sniffed, else the commonest of the usual ones."""
    text = "\n".join(sample)[:_SAMPLE_CHARACTERS]
    try:
        return csv.Sniffer().sniff(text, _DELIMITERS)
    except csv.Error:
        counts = {mark: text.count(mark) for mark in _DELIMITERS}

        class Usual(csv.excel):
            delimiter = max(counts, key=lambda mark: counts[mark])

        return Usual
