"""What was where at a moment: the tree as the catalog remembers it. It only reads.

An entry was at a path from when it came there until it was seen gone or elsewhere, and was then
what its newest version up to the moment says. Of what was never captured nothing is known but that
it was there; unless it has not changed since, it cannot be shown.

Times are nanoseconds since the epoch. Before lsfs first saw a file it knows the time of its last
change alone: what the file was before that is not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from lsfs.catalog import Catalog
from lsfs.records import EntryKind, Version
from lsfs.rows import VERSION_COLUMNS, version_from


@dataclass(frozen=True, slots=True)
class Was:
    """What was at a path. `version` is None where nothing was captured; what is at `now` is it all
    the same, where that is not None."""

    path: str
    entry: int
    kind: EntryKind
    version: Version | None
    now: str | None = None


_COLUMNS = ", ".join(f"v.{column.strip()}" for column in VERSION_COLUMNS.split(","))
_THERE = """
WITH there AS (
    SELECT id AS entry, path, kind, CASE WHEN {unchanged} THEN path END AS now
    FROM entries WHERE {where} AND gone_ns IS NULL AND since_ns <= :at
    UNION ALL
    SELECT entry, places.path, kind, CASE WHEN {unchanged} THEN entries.path END
    FROM places JOIN entries ON id = places.entry
    WHERE places.{where} AND places.since_ns <= :at AND until_ns > :at
)
SELECT there.path, there.entry, there.kind, now, {columns} FROM there
LEFT JOIN versions AS v ON v.id = coalesce(
    (SELECT id FROM versions WHERE entry = there.entry AND at_ns <= :at ORDER BY id DESC LIMIT 1),
    CASE there.kind WHEN 'directory'
    THEN (SELECT id FROM versions WHERE entry = there.entry ORDER BY id LIMIT 1) END
)
ORDER BY there.path
"""
_UNCHANGED = "captured = 0 AND gone_ns IS NULL AND bytes_since_ns <= :at"


class Past:
    """The trees that were, over one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def at(self, path: str, at_ns: int) -> Was | None:
        """What was at `path`, None when nothing was. The root always was."""
        if path == "":
            return Was("", 0, "directory", None)
        return next(self._there("path = :place", path, at_ns), None)

    def has_been_at(self, entry: int, path: str) -> bool:
        """Whether the entry is, or ever was, at this path."""
        place = os.fsencode(path)
        return bool(
            self._catalog.row(
                "SELECT 1 FROM entries WHERE id = ?1 AND path = ?2"
                " UNION ALL SELECT 1 FROM places WHERE entry = ?1 AND path = ?2",
                (entry, place),
            )
        )

    def place_of(self, entry: int, at_ns: int) -> str | None:
        """Where an entry was at a moment; None when it was nowhere."""
        found = self._catalog.row(
            "SELECT path FROM entries WHERE id = ?1 AND gone_ns IS NULL AND since_ns <= ?2"
            " UNION ALL SELECT path FROM places"
            " WHERE entry = ?1 AND since_ns <= ?2 AND until_ns > ?2", (entry, at_ns),
        )  # fmt: skip
        return os.fsdecode(found[0]) if found else None

    def was_gone(self, entry: int, at_ns: int) -> bool:
        """Whether an entry that had been there was nowhere at a moment."""
        left = "SELECT 1 FROM places WHERE entry = ? AND until_ns <= ? LIMIT 1"
        has_left = self._catalog.row(left, (entry, at_ns)) is not None
        return has_left and self.place_of(entry, at_ns) is None

    def names(self, folder: str, at_ns: int) -> Iterator[Was]:
        """What was in a folder, in the order of the names' bytes."""
        return self._there("parent = :place", folder, at_ns)

    def below(self, path: str, at_ns: int) -> Iterator[Was]:
        """What was at `path` and below it (but not the root), a folder before what was in it."""
        was = self.at(path, at_ns)
        if was is not None and path:
            yield was
        if was is not None and was.kind == "directory":
            yield from self._below(path, at_ns)

    def _below(self, folder: str, at_ns: int) -> Iterator[Was]:
        for was in self.names(folder, at_ns):
            yield was
            if was.kind == "directory":
                yield from self._below(was.path, at_ns)

    def _there(self, where: str, place: str, at_ns: int) -> Iterator[Was]:
        sql = _THERE.format(where=where, columns=_COLUMNS, unchanged=_UNCHANGED)
        last = None
        for row in self._catalog.rows(sql, {"place": os.fsencode(place), "at": at_ns}):
            path, entry, kind, now, *version = row
            if path != last:  # an entry came as another went: for a moment both may be known there
                seen = version_from(version) if version[0] is not None else None
                yield Was(os.fsdecode(path), entry, kind, seen, now and os.fsdecode(now))
            last = path
