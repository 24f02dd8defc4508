"""Text that is read as it stands: plain text, Markdown, tables, data files, source code.

Every span carries its line range, and holds exactly those lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from lsfs.records import Place

from .decoding import decode
from .extracted import Extracted, Span, failed

ROWS_A_SPAN = 10
"""Rows of a table, or lines of a data file, that make one span."""


def read_text(file: BinaryIO, type_: str | None) -> Extracted:
    """Paragraphs; the title is a short first line with a blank line after it."""
    lines = decode(file.read()).split("\n")
    spans = tuple(Span(text, Place(start, end)) for text, start, end in _paragraphs(lines))
    first = spans[0].text.strip() if spans else ""
    is_title = bool(first) and "\n" not in first and len(first) <= 80 and len(spans) > 1
    return Extracted(type_, spans, title=first if is_title else None)


def _paragraphs(lines: list[str], offset: int = 0) -> Iterator[tuple[str, int, int]]:
    """(text, first line, last line) of each run of lines that are not blank."""
    start: int | None = None
    for index, line in enumerate([*lines, ""]):
        if line.strip():
            start = index if start is None else start
        elif start is not None:
            yield "\n".join(lines[start:index]), offset + start + 1, offset + index
            start = None


def read_lines(file: BinaryIO, type_: str | None) -> Extracted:
    """Data files: a fixed count of lines to a span, blank lines and all."""
    lines = decode(file.read()).rstrip("\n").split("\n")
    spans = []
    for start in range(0, len(lines), ROWS_A_SPAN):
        block = lines[start : start + ROWS_A_SPAN]
        if any(line.strip() for line in block):
            spans.append(Span("\n".join(block), Place(start + 1, start + len(block))))
    return Extracted(type_, tuple(spans))


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^(=+|-+)\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_FRONT_FIELD = re.compile(
    r"^(title|author|authors|date|lang|language)\s*:\s*(.+?)\s*$", re.IGNORECASE
)


def read_markdown(file: BinaryIO, type_: str | None) -> Extracted:
    """Paragraphs under their headings; title, author, date from front matter, or first heading."""
    lines = decode(file.read()).split("\n")
    front = _front_matter(lines)
    spans: list[Span] = []
    heading = title = None
    for start, end, found in _sections(lines):
        heading = found or heading
        title = title or found
        for text, first, last in _paragraphs(lines[start:end], start):
            spans.append(Span(text, Place(first, last, heading=heading)))
    return Extracted(
        type_, tuple(spans),
        title=front.get("title") or title,
        author=front.get("author") or front.get("authors"),
        created=front.get("date"),
        language=front.get("lang") or front.get("language"),
    )  # fmt: skip


def _front_matter(lines: list[str]) -> dict[str, str]:
    if (
        not lines
        or lines[0].strip() != "---"
        or "---" not in (line.strip() for line in lines[1:60])
    ):
        return {}
    end = next(i for i, line in enumerate(lines[1:60], start=1) if line.strip() == "---")
    found = (_FRONT_FIELD.match(line) for line in lines[1:end])
    return {match[1].lower(): match[2].strip("\"'") for match in found if match}


def _sections(lines: list[str]) -> Iterator[tuple[int, int, str | None]]:
    """(first, past the last, heading) of each section, in order, as indexes into `lines`."""
    start, heading, is_fenced = 0, None, False
    for index, line in enumerate(lines):
        if _FENCE.match(line):
            is_fenced = not is_fenced
        found = None if is_fenced else _heading_at(lines, index)
        if found:
            yield start, index, heading
            start, heading = index, found
    yield start, len(lines), heading


def _heading_at(lines: list[str], index: int) -> str | None:
    match = _HEADING.match(lines[index])
    if match:
        return match[2][:200] or None
    below = lines[index + 1] if index + 1 < len(lines) else ""
    above = lines[index - 1] if index else ""
    is_underlined = _UNDERLINE.match(below) and len(below.strip()) >= 3 and not above.strip()
    text = lines[index].strip()
    return text[:200] if is_underlined and text and not _UNDERLINE.match(text) else None


_DEFINITION = re.compile(
    r"^\s{0,4}(?:export\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|pub(?:\([^)]*\))?\s+|abstract\s+)*"
    r"(?:def|class|function|func|fn|struct|enum|trait|impl|interface|type|module|sub|proc)\s+"
    r"(?:\([^)]*\)\s*)?([A-Za-z_$][\w$.]*(?:::[\w$]+)*)"
)
_C_FUNCTION = re.compile(r"^[A-Za-z_][\w\s*&<>:,]*?\b([A-Za-z_]\w*)\s*\([^;]*$")
_NOT_FUNCTIONS = frozenset({"if", "for", "while", "switch", "return", "else", "sizeof", "catch"})


def read_code(file: BinaryIO, type_: str | None) -> Extracted:
    """Runs of lines, each under the definition it stands in; a new definition starts a new span."""
    lines = decode(file.read()).split("\n")
    spans: list[Span] = []
    symbol = None
    for text, first, last in _paragraphs(lines):
        for block, start in _at_definitions(text.split("\n"), first):
            symbol = _symbol(block[0]) or symbol
            spans.append(
                Span("\n".join(block), Place(start, start + len(block) - 1, symbol=symbol))
            )
        if last < len(lines) and spans and lines[last : last + 1] == [""] and symbol:
            symbol = symbol if _continues(lines, last) else None
    return Extracted(type_, tuple(spans))


def _at_definitions(block: list[str], first: int) -> Iterator[tuple[list[str], int]]:
    start = 0
    for index in range(1, len(block)):
        if _symbol(block[index]):
            yield block[start:index], first + start
            start = index
    yield block[start:], first + start


def _continues(lines: list[str], index: int) -> bool:
    """Whether what follows the blank lines at `index` is indented: the same definition goes on."""
    following = next((line for line in lines[index:] if line.strip()), "")
    return following[:1] in (" ", "\t")


def _symbol(line: str) -> str | None:
    match = _DEFINITION.match(line) or _C_FUNCTION.match(line)
    return match[1] if match and match[1] not in _NOT_FUNCTIONS else None


def read_notebook(file: BinaryIO, type_: str | None) -> Extracted:
    """The cells of a Jupyter notebook; `page` counts them from 1."""
    try:
        cells = json.loads(decode(file.read()))["cells"]
        sources = [(number, "".join(cell["source"])) for number, cell in enumerate(cells, start=1)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return failed(type_, "not a notebook of version 4: no cells")
    return Extracted(
        type_, tuple(Span(text, Place(page=number)) for number, text in sources if text.strip())
    )
