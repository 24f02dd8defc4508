"""Writing with headings: Markdown, reStructuredText, Org, AsciiDoc, LaTeX.

Each dialect says where a heading stands and which lines tell of the document; the rest is the same:
paragraphs, as they stand, under their headings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lsfs.records import Place

from .extracted import About, Extracted, Span
from .plain import blocks_of
from .source import Source

HEAD_LINES = 80
"""Lines at the start in which a document tells of itself."""
LONGEST_HEADING = 400
"""Characters of a line that are looked at."""
_NAMES = {
    "authors": "author", "lang": "language", "created": "created", "date": "created",
    "title": "title", "author": "author", "language": "language",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """`heading` gives the text of a heading at a line (an index), `field` matches (name, value) of
    a line about the document, `fence` the start and end of what is not looked into."""

    heading: Callable[[list[str], int], str | None]
    field: re.Pattern[str]
    fence: re.Pattern[str] | None = None


def read_sections(source: Source) -> Extracted:
    """Paragraphs under their headings, in the dialect that `source.kind` names. The title is what
    the document says, or its first heading where that is the only one of its level: among several
    chapters the first names itself, not the whole."""
    dialect = DIALECTS[source.kind]
    lines = source.lines()
    about = _about(lines[:HEAD_LINES], dialect)
    spans: list[Span] = []
    heading = None
    sections = _sections(lines, dialect)
    for start, end, found in sections:
        heading = found or heading
        for text, first, last in blocks_of(lines[start:end], start):
            spans.append(Span(text, Place(first, last, heading=heading)))
    headed = [(_mark(lines, start), found) for start, _, found in sections if found]
    if headed and [mark for mark, _ in headed].count(headed[0][0]) == 1:
        about["title"] = about.get("title") or headed[0][1]
    return Extracted(source.type, tuple(spans), **about)


def _about(lines: list[str], dialect: Dialect) -> About:
    found: dict[str, str] = {}
    for line in _front_matter(lines) if dialect is DIALECTS["markdown"] else lines:
        match = dialect.field.match(line)
        name = _NAMES.get(match[1].lower()) if match else None
        if match and name and match[2].strip():
            found.setdefault(name, match[2].strip().strip("\"'"))
    return About(
        title=found.get("title"), author=found.get("author"), created=found.get("created"),
        language=found.get("language"),
    )  # fmt: skip


def _front_matter(lines: list[str]) -> list[str]:
    """The lines between the two `---` at the very start."""
    if not lines or lines[0].strip() != "---":
        return []
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    return lines[1:end] if end else []


def _sections(lines: list[str], dialect: Dialect) -> list[tuple[int, int, str | None]]:
    """(first, past the last, heading) of each section, in order, as indexes into `lines`."""
    lines = [line[:LONGEST_HEADING] for line in lines]
    sections: list[tuple[int, int, str | None]] = []
    start, heading, is_fenced = 0, None, False
    for index, line in enumerate(lines):
        if dialect.fence and dialect.fence.match(line):
            is_fenced = not is_fenced
        found = None if is_fenced else dialect.heading(lines, index)
        if found:
            sections.append((start, index, heading))
            start, heading = index, found[:200]
    sections.append((start, len(lines), heading))
    return sections


_MARK = re.compile(r"\s*(\\\w+|[#*=]+(?=\s))")


def _mark(lines: list[str], index: int) -> str:
    """What shows the level of the heading at a line: what it begins with, or its underline."""
    match = _MARK.match(lines[index])
    if match:
        return match[1]
    line = lines[index].strip()
    return f"over{line[0]}" if _ADORNMENT.match(line) else _line(lines, index + 1).strip()[:1]


def _line(lines: list[str], index: int) -> str:
    return lines[index] if 0 <= index < len(lines) else ""


_ATX = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_SETEXT = re.compile(r"^(=+|-+)\s*$")


def _markdown_heading(lines: list[str], index: int) -> str | None:
    match = _ATX.match(lines[index])
    if match:
        return match[2] or None
    below, above = _line(lines, index + 1), _line(lines, index - 1)
    is_underlined = _SETEXT.match(below) and len(below.strip()) >= 3 and not above.strip()
    text = lines[index].strip()
    return text if is_underlined and text and not _SETEXT.match(text) else None


_ADORNMENT = re.compile(r"^([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")


def _rst_heading(lines: list[str], index: int) -> str | None:
    """Underlined over its length, or nearly; what is overlined too begins at the line above."""
    text, below, above = lines[index].strip(), _line(lines, index + 1), _line(lines, index - 1)
    if _ADORNMENT.match(lines[index]) and _ADORNMENT.match(_line(lines, index + 2)):
        inner = below.strip()
        is_alike = lines[index].strip()[0] == _line(lines, index + 2).strip()[0]
        return inner if is_alike and inner and not _ADORNMENT.match(below) else None
    if not text or _ADORNMENT.match(text) or not _ADORNMENT.match(below):
        return None
    return text if not above.strip() and len(below.strip()) + 2 >= len(text) else None


def _matched(pattern: str) -> Callable[[list[str], int], str | None]:
    compiled = re.compile(pattern)

    def heading(lines: list[str], index: int) -> str | None:
        match = compiled.match(lines[index])
        return match[1].strip() or None if match else None

    return heading


_COMMAND = re.compile(r"\\[a-zA-Z]+\*?\s?|[{}]")
_LATEX_HEADING = re.compile(
    r"^\s*\\(?:part|chapter|(?:sub){0,2}section|paragraph)\*?\s*(?:\[[^\]]*\])?\{(.*)"
)


def _latex_heading(lines: list[str], index: int) -> str | None:
    match = _LATEX_HEADING.match(lines[index])
    return (
        " ".join(_COMMAND.sub("", match[1].split("\\label")[0]).split()) or None if match else None
    )


DIALECTS: dict[str, Dialect] = {
    "markdown": Dialect(
        _markdown_heading, re.compile(r"^(\w+)\s*:\s*(.+)"), re.compile(r"^\s*(```|~~~)")
    ),
    "rst": Dialect(_rst_heading, re.compile(r"^:(\w+):\s*(.+)")),
    "org": Dialect(
        _matched(r"^\*+\s+(?:TODO\s+|DONE\s+)?(.*?)(?:\s+:[\w:@]+:)?\s*$"),
        re.compile(r"^#\+(\w+):\s*(.+)"),
        re.compile(r"^\s*#\+(?:begin|end)_(?:src|example)", re.IGNORECASE),
    ),
    "asciidoc": Dialect(
        _matched(r"^={1,6}\s+(.+?)\s*=*$"), re.compile(r"^:(\w+):\s*(.+)"),
        re.compile(r"^(-{4,}|\.{4,})\s*$"),
    ),
    "latex": Dialect(
        _latex_heading, re.compile(r"^\s*\\(title|author|date)\{([^{}]+)"),
        re.compile(r"^\s*\\(?:begin|end)\{(?:verbatim|lstlisting)\}"),
    ),
}  # fmt: skip
