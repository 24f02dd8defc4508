"""Data files (JSON, YAML, TOML, INI, XML) as they stand, under the path of keys at each place; and
notebooks, which are JSON of a kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from lsfs.records import Place

from .decoding import decode
from .extracted import Extracted, Span, failed
from .plain import line_spans
from .source import Source

MAX_DEPTH = 40
"""Keys of a path that are followed; what is nested deeper stands under the path so far."""
MANY = 2_000_000
"""Characters of a file whose paths are followed; in a larger one lines stand for themselves."""


def read_data(source: Source) -> Extracted:
    """Some lines to a span, under the path of keys its first line stands in."""
    lines = source.lines()
    paths = _PATHS[source.kind]
    is_small = sum(map(len, lines)) <= MANY
    headings: list[str | None] = paths(lines) if is_small else [None] * len(lines)
    return Extracted(source.type, tuple(line_spans(lines, headings)))


_JSON = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}\[\],:]')


def _json_paths(lines: list[str]) -> list[str | None]:
    """By its brackets and keys, so that a broken file or one with comments will do too."""
    headings: list[str | None] = []
    stack: list[str] = []
    last = key = ""
    for line in lines:
        headings.append(_joined(stack))
        for token in _JSON.findall(line):
            if token == ":":
                key = last
            elif token in "{[":
                stack.append(key)
                key = ""
            elif token in "}]":
                if stack:
                    stack.pop()
                key = ""
            elif token == ",":
                key = ""
            else:
                last = token[1:-1]
    return headings


def _joined(keys: list[str]) -> str | None:
    return ".".join(key for key in keys[:MAX_DEPTH] if key)[:200] or None


_YAML_KEY = re.compile(r"^(\s*(?:- +)*)([\w.\-/$\"' ]{1,80}?)\s*:(?:\s|$)")


def _yaml_paths(lines: list[str]) -> list[str | None]:
    """By indentation."""
    headings: list[str | None] = []
    stack: list[tuple[int, str]] = []
    for line in lines:
        match = _YAML_KEY.match(line)
        indent = len(match[1]) if match else len(line) - len(line.lstrip())
        if line.strip():
            while stack and stack[-1][0] >= indent:
                stack.pop()
        headings.append(_joined([key for _, key in stack]))
        if match:
            stack.append((indent, match[2].strip("\"' ")))
    return headings


_INI_SECTION = re.compile(r"^\s*\[+\s*([^\[\]#;]+?)\s*\]+\s*(?:[#;].*)?$")


def _ini_paths(lines: list[str]) -> list[str | None]:
    """By sections, of TOML and INI alike."""
    headings: list[str | None] = []
    section: str | None = None
    for line in lines:
        match = _INI_SECTION.match(line)
        section = match[1].strip("\"'")[:200] if match else section
        headings.append(section)
    return headings


_XML_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([A-Za-z_][\w:.-]*)[^<>]*?(/?)>", re.DOTALL
)


def _xml_paths(lines: list[str]) -> list[str | None]:
    """By its tags alone: no entity, no reference is ever followed."""
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    headings: list[str | None] = []
    stack: list[str] = []
    for match in _XML_TAG.finditer(text):
        while len(headings) < len(lines) and starts[len(headings)] <= match.start():
            headings.append(_joined(stack))
        if match[2] and match[1]:
            if stack:
                stack.pop()
        elif match[2] and not match[3]:
            stack.append(match[2])
    return headings + [_joined(stack)] * (len(lines) - len(headings))


_PATHS: dict[str, Callable[[list[str]], list[str | None]]] = {
    "json": _json_paths, "yaml": _yaml_paths, "ini": _ini_paths, "xml": _xml_paths,
}  # fmt: skip


def read_notebook(source: Source) -> Extracted:
    """The cells of a Jupyter notebook, with what they printed; `page` counts them from 1, `heading`
    is the last heading in a text cell."""
    try:
        book = json.loads(decode(source.file.read()))
        cells = book["cells"] if "cells" in book else book["worksheets"][0]["cells"]
        spans = []
        heading: str | None = None
        for number, cell in enumerate(cells, start=1):
            text = _joined_text(cell.get("source", cell.get("input", "")))
            found = re.search(r"^#{1,6}\s+(.+?)\s*$", text, re.MULTILINE)
            if found and cell["cell_type"] == "markdown":
                heading = found[1][:200]
            texts = (text, *map(_output, cell.get("outputs", ())))
            spans += [Span(part, Place(page=number, heading=heading)) for part in texts if part]
        language = book.get("metadata", {}).get("title")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return failed(source.type, "not a notebook: no cells")
    return Extracted(source.type, tuple(spans), title=language or heading_of(spans))


def heading_of(spans: list[Span]) -> str | None:
    """The first heading there is."""
    return next((span.place.heading for span in spans if span.place.heading), None)


def _joined_text(lines: object) -> str:
    return ("".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")).strip()


def _output(output: object) -> str:
    """What a cell printed, as text; no pictures, no HTML."""
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    plain = data.get("text/plain") if isinstance(data, dict) else None
    return _joined_text(output.get("text") or plain)[:10_000]
