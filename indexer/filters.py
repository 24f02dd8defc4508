"""Filters to the set of entries that may be found, before anything is ranked.

Pure SQLite and standard library: the daemon uses it when the worker is away.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import unicodedata
from datetime import datetime

from lsfs import filetypes, paths
from lsfs.errors import UsageError
from lsfs.selector import Filters

PRESENT = "e.gone_ns IS NULL AND e.kind IN ('file', 'symlink')"
"""What a search may return: entries that are there. Folders are listed, not searched."""


def allowed(connection: sqlite3.Connection, filters: Filters) -> list[int] | None:
    """Ids of the entries that meet all filters; None when nothing is filtered."""
    if filters.is_empty():
        return None
    conditions, values = _conditions(filters)
    rows = connection.execute(
        "SELECT e.id, e.path, d.type, d.author FROM entries e"
        " LEFT JOIN documents d ON d.entry = e.id"
        f" WHERE {PRESENT}{conditions}",
        values,
    )
    meets = _Test(filters)
    return [id_ for id_, path, type_, author in rows if meets(os.fsdecode(path), type_, author)]


def every(connection: sqlite3.Connection) -> list[int]:
    """Ids of all entries that may be found."""
    return [id_ for (id_,) in connection.execute(f"SELECT e.id FROM entries e WHERE {PRESENT}")]


def but_for_case(connection: sqlite3.Connection, filters: Filters) -> str | None:
    """Of filters that nothing meets: a remark on a folder, path or name that is there in other
    letters, capitals or small ones."""
    told = [
        ("folder", filters.under and re.escape(filters.under), "directory"),
        ("path", filters.path and glob_pattern(filters.path).pattern, "file"),
        ("name", filters.name and glob_pattern(filters.name).pattern, "file"),
    ]
    for what, pattern, kind in told:
        if not pattern:
            continue
        meant, alike = re.compile(pattern, re.DOTALL), re.compile(pattern, re.DOTALL | re.I)
        rows = connection.execute(
            "SELECT path FROM entries WHERE gone_ns IS NULL AND kind = ? ORDER BY path", (kind,)
        )
        found = [os.fsdecode(path) for (path,) in rows]
        named = [paths.name(path) if what == "name" else path for path in found]
        if not any(map(meant.fullmatch, named)):
            for path, name in zip(found, named, strict=True):
                if alike.fullmatch(name):
                    return f"no {what} is written so, but {paths.percent_escaped(path)} is there"
    return None


def _conditions(filters: Filters) -> tuple[str, list[object]]:
    bounds: list[tuple[str, object | None]] = [
        ("e.mtime_ns >= ?", nanoseconds(filters.after)),
        ("e.mtime_ns < ?", nanoseconds(filters.before)),
        ("e.size >= ?", filters.size_min),
        ("e.size <= ?", filters.size_max),
    ]
    if filters.under:
        prefix = os.fsencode(filters.under) + b"/"
        bounds += [("e.path >= ?", prefix), ("e.path < ?", prefix[:-1] + b"0")]  # "0" follows "/"
    chosen = [(condition, value) for condition, value in bounds if value is not None]
    return "".join(f" AND {c}" for c, _ in chosen), [value for _, value in chosen]


def nanoseconds(moment: datetime | None) -> int | None:
    """Nanoseconds since the epoch of a zone-aware moment; exact, without a float in between."""
    if moment is None:
        return None
    return int(moment.timestamp() // 1) * 10**9 + moment.microsecond * 1000


class _Test:
    """The filters that SQL cannot say: types, extensions, globs, author, a list of paths."""

    def __init__(self, filters: Filters) -> None:
        self._types = frozenset(filters.types)
        self._extensions = frozenset(e.lower().lstrip(".") for e in filters.extensions)
        self._name = glob_pattern(filters.name) if filters.name else None
        self._path = glob_pattern(filters.path) if filters.path else None
        self._author = folded(filters.author) if filters.author else None
        self._among = frozenset(filters.among)
        self._without = filters.without

    def __call__(self, path: str, type_: str | None, author: str | None) -> bool:
        if self._among and path not in self._among:
            return False
        if any(paths.is_under(path, left) for left in self._without):
            return False
        if self._types and (type_ or filetypes.type_of(path)) not in self._types:
            return False
        if self._extensions and filetypes.extension(path) not in self._extensions:
            return False
        if self._name and not self._name.fullmatch(paths.name(path)):
            return False
        if self._path and not self._path.fullmatch(path):
            return False
        return self._author is None or self._author in folded(author or "")


class Shown:
    """Whether a path is among those that a search shows: hidden ones where they are named, by a
    filter or by a word of the query, or asked for. Pure."""

    def __init__(self, filters: Filters, words: str = "") -> None:
        self._hidden = filters.hidden
        self._under = filters.under or ""
        self._is_named = bool(filters.path and paths.hidden_parts(filters.path))
        self._name = (filters.name or "").strip("*")
        self._words = frozenset(word.rstrip(".-") for word in _WORD.findall(folded(words)))

    def __call__(self, path: str) -> bool:
        if self._hidden == "too" or self._is_named:
            return True
        inside = path[len(self._under) :] if paths.is_under(path, self._under) else path
        hidden = paths.hidden_parts(inside)
        if self._hidden == "only":
            return bool(hidden)
        file = paths.name(path)
        return all(
            self._says(part) or (part == file and (self._globs(file) or self._says(file[1:])))
            for part in hidden
        )

    def _globs(self, name: str) -> bool:
        return self._name.startswith(".") and name.startswith(self._name)

    def _says(self, name: str) -> bool:
        return folded(name) in self._words


_WORD = re.compile(r"[\w.-]+")


def glob_pattern(glob: str) -> re.Pattern[str]:
    """A shell glob: `*` and `?` stay within a folder, `**/` spans any number of them. The case of
    letters counts.

    Raises:
        UsageError: a range in brackets runs backwards.
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", glob)
    try:
        return re.compile("".join(_GLOB.get(part) or _literal(part) for part in parts), re.DOTALL)
    except re.error as error:
        hint = "a range in brackets goes from the lower character to the higher"
        raise UsageError(f"{glob}: not a pattern: {error.msg}", hint=hint) from error


_GLOB = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _literal(part: str) -> str:
    if not (part.startswith("[") and part.endswith("]") and len(part) > 2):
        return re.escape(part)
    inside = part[1:-1]
    negated = inside[0] in "!^"
    inside = (inside[1:] if negated else inside).replace("\\", "\\\\").replace("[", "\\[")
    return f"[{'^/' if negated else ''}{inside}]" if inside else re.escape(part)


def folded(text: str) -> str:
    """Text for comparing what people type: case, width and runs of white space do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def among_condition(column: str, among: list[int] | None) -> tuple[str, list[object]]:
    """SQL that keeps rows of the given entries (one JSON parameter, however many they are)."""
    if among is None:
        return "", []
    return f" AND {column} IN (SELECT value FROM json_each(?))", [json.dumps(among)]
