"""How names, places and passages look on a terminal and on a pipe: safe, and on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from click import style

from lsfs.paths import for_pipe, for_terminal, path_from_fields
from lsfs.times import clock

Json = Mapping[str, Any]

HEADING = 40  # characters


@dataclass(frozen=True, slots=True)
class Look:
    """Where the text goes. `shown` turns a tree path into what the user would type."""

    terminal: bool
    color: bool
    width: int
    shown: Callable[[str], str]

    def name(self, fields: Json, key: str = "path") -> str:
        """The path in `fields`, as `path`."""
        return self.path(path_from_fields(dict(fields), key))

    def path(self, path: str) -> str:
        """A tree path, safe to print and, on a pipe, for other programs to use."""
        safe = for_terminal if self.terminal else for_pipe
        return safe(self.shown(path))

    def paint(self, text: str, **how: Any) -> str:
        """`text` in a click style, when colour is wanted."""
        return style(text, **how) if self.color else text


def short_place(match: Json, line: int | None) -> str:
    """`12:` for a line, `p3:` for a page, `Sheet1!B3:D4:` for cells, `12:30:` for a time in a
    recording, nothing when unknown."""
    if match.get("seconds") is not None:
        return f"{clock(match['seconds'])}:"
    if match.get("page"):
        return f"p{match['page']}:"
    if match.get("sheet"):
        return f"{_cells(match)}:"
    return f"{line}:" if line else ""


def place(match: Json, line: int | None) -> str:
    """The same in words, with the heading."""
    at = f"line {line}" if line else ""
    if match.get("page") or match.get("sheet"):
        at = f"page {match['page']}" if match.get("page") else f"sheet {_cells(match)}"
    if match.get("seconds") is not None:
        at = clock(match["seconds"])
    parts = [part for part in (at, clipped(match.get("heading") or "", HEADING)) if part]
    return ", ".join(parts) + ": " if parts else ""


def _cells(match: Json) -> str:
    """A sheet, with the cells where they are known."""
    sheet, lines = for_terminal(match["sheet"]), match.get("lines")
    if not lines or not match.get("columns"):
        return sheet
    first, _, last = match["columns"].partition(":")
    return f"{sheet}!{first}{lines[0]}:{last or first}{lines[1]}"


def clipped(text: str, most: int) -> str:
    """Text on one line, safe to print, at most so many characters."""
    joined = for_terminal(" ".join(text.split()))
    return joined if len(joined) <= most else joined[: most - 1].rstrip() + "…"
