"""Reading the index tables: chunks, text, coverage, failures. No writes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lsfs.filetypes import type_of
from lsfs.paths import below, name
from lsfs.records import About, Chunk, Coverage, Place
from lsfs.selector import Filters

from . import undescribed
from .extract.extracted import NAMED
from .filters import PRESENT, Shown, allowed, among_condition
from .rendition import rendition


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk of an entry that is there."""

    entry: int
    text: str
    place: Place


def chunk_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, ChunkRow]:
    """The chunks with these ids, of entries that are there."""
    condition, values = among_condition("c.id", list(ids))
    rows = connection.execute(
        "SELECT c.id, c.entry, c.text, c.place FROM chunks c JOIN entries e ON e.id = c.entry"
        f" WHERE {PRESENT}{condition}",
        values,
    )
    return {
        id_: ChunkRow(entry, text, Place(**json.loads(place))) for id_, entry, text, place in rows
    }


def entry_rows(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, tuple[str, int, int]]:
    """(path, size, mtime_ns) of the entries that are there."""
    condition, values = among_condition("e.id", list(ids))
    rows = connection.execute(
        f"SELECT e.id, e.path, e.size, e.mtime_ns FROM entries e WHERE {PRESENT}{condition}", values
    )
    return {id_: (os.fsdecode(path), size, mtime_ns) for id_, path, size, mtime_ns in rows}


def text_of(connection: sqlite3.Connection, path: str) -> list[Chunk]:
    """The chunks of the entry at `path`, in order; empty when it has none."""
    rows = connection.execute(
        "SELECT c.sequence, c.text, c.place FROM chunks c JOIN entries e ON e.id = c.entry"
        " WHERE e.path = ? AND e.gone_ns IS NULL ORDER BY c.sequence",
        (os.fsencode(path),),
    )
    return [Chunk(sequence, text, Place(**json.loads(place))) for sequence, text, place in rows]


def rendered(connection: sqlite3.Connection, path: str) -> str | None:
    """The text of the entry at `path` as one; None when it has none."""
    row = connection.execute(
        "SELECT d.type FROM documents d JOIN entries e ON e.id = d.entry"
        " WHERE e.path = ? AND e.gone_ns IS NULL", (os.fsencode(path),),
    ).fetchone()  # fmt: skip
    if row is None:
        return None
    return rendition(((chunk.text, chunk.place) for chunk in text_of(connection, path)), row[0])


def files(connection: sqlite3.Connection, filters: Filters) -> dict[str, About]:
    """See `ports.Index.files`."""
    condition, values = among_condition("e.id", allowed(connection, filters))
    rows = connection.execute(
        "SELECT e.path, e.mtime_ns, d.type, d.author, d.language"
        " FROM entries e JOIN documents d ON d.entry = e.id"
        " WHERE e.gone_ns IS NULL AND e.kind = 'file'"
        f" AND d.status NOT IN ('secret', 'excluded'){condition} ORDER BY e.path",
        values,
    )
    may_show = Shown(filters)
    return {
        path: About(mtime_ns, kind or type_of(path), author, language)
        for path, mtime_ns, kind, author, language in ((os.fsdecode(r[0]), *r[1:]) for r in rows)
        if may_show(path)
    }


def with_text(connection: sqlite3.Connection, folder: str) -> list[tuple[str, int, int]]:
    """(name, bytes of its text, mtime_ns) of the files in a folder that have text, and of the
    folders in it, whose number of bytes is -1."""
    rows = connection.execute(
        "SELECT e.path, CASE e.kind WHEN 'directory' THEN -1 ELSE d.text_bytes END, e.mtime_ns"
        " FROM entries e LEFT JOIN documents d ON d.entry = e.id"
        " WHERE e.parent = ? AND e.gone_ns IS NULL"
        " AND (e.kind = 'directory' OR d.text_bytes > 0) ORDER BY e.path",
        (os.fsencode(folder),),
    )
    return [(name(os.fsdecode(path)), size, mtime_ns) for path, size, mtime_ns in rows]


def coverage(connection: sqlite3.Connection) -> Coverage:
    """Counts of entries: there (less what is left out on purpose), read, read with all vectors,
    waiting, failed, read but not seen or heard."""

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    by_status: Counter[str] = Counter(
        dict(
            connection.execute(
                "SELECT d.status, count(*) FROM documents d JOIN entries e ON e.id = d.entry"
                f" WHERE {PRESENT} GROUP BY d.status"
            )
        )
    )
    left_out = sum(by_status[status] for status in ("excluded", "secret", "link"))
    indexed = sum(by_status[status] for status in ("ok", "skipped", "large"))
    without = count(
        "SELECT count(DISTINCT c.entry) FROM chunks c JOIN entries e ON e.id = c.entry"
        f" WHERE c.embedded = 0 AND {PRESENT}"
    )
    waiting = f"SELECT count(*) FROM queue q JOIN entries e ON e.id = q.entry WHERE {PRESENT}"
    return Coverage(
        entries=count(f"SELECT count(*) FROM entries e WHERE {PRESENT}") - left_out,
        indexed=indexed,
        embedded=indexed - without,
        pending=count(waiting),
        failed=by_status["failed"],
        undescribed=undescribed.count(connection),
    )


_UNREAD = {
    "failed": "failed", "large": "too large", "skipped": "without a reader", "ok": "read in part",
}  # fmt: skip


def unread(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """See `ports.Workshop.failed`; in the order in which it names them."""
    rows = connection.execute(
        "SELECT e.path, d.status, d.reason FROM documents d JOIN entries e ON e.id = d.entry"
        " WHERE (d.status IN ('failed', 'large', 'skipped')"
        " OR (d.status = 'ok' AND d.reason IS NOT NULL AND d.text_bytes > 0))"
        f" AND {PRESENT} ORDER BY d.status = 'ok', d.status, e.path"
    )
    return [(os.fsdecode(path), _UNREAD[status], reason or "") for path, status, reason in rows]


def standing(connection: sqlite3.Connection, path: str) -> dict[str, Any] | None:
    """How a file stands: {"status" (see `extracted.Status`; None: not looked at yet), "reason",
    "type", "title", "author", "created", "language", "passages", "embedded" (of them), "waiting",
    "described" (by which model; None: by none), "undescribed" (whether it waits for one)}; None
    when the catalog knows no such entry."""
    row = connection.execute(
        f"SELECT e.id, nullif(d.status, '{NAMED}'), d.reason,"
        " d.type, d.title, d.author, d.created, d.language,"
        " EXISTS (SELECT 1 FROM queue q WHERE q.entry = e.id) FROM entries e"
        " LEFT JOIN documents d ON d.entry = e.id WHERE e.path = ? AND e.gone_ns IS NULL",
        (os.fsencode(path),),
    ).fetchone()
    if row is None:
        return None
    entry, *about, waiting = row
    passages, embedded = connection.execute(
        "SELECT count(*), coalesce(sum(embedded), 0) FROM chunks WHERE entry = ?", (entry,)
    ).fetchone()
    names = ("status", "reason", "type", "title", "author", "created", "language")
    return {
        **dict(zip(names, about, strict=True)),
        "passages": passages, "embedded": embedded, "waiting": bool(waiting),
        **undescribed.standing(connection, entry),
    }  # fmt: skip


def standing_below(connection: sqlite3.Connection, folder: str) -> dict[str, int]:
    """How many files below a folder have each status; "waiting": not looked at yet."""
    low, high = below(folder)
    rows = connection.execute(
        f"SELECT coalesce(nullif(d.status, '{NAMED}'), 'waiting'), count(*) FROM entries e"
        " LEFT JOIN documents d ON d.entry = e.id"
        f" WHERE {PRESENT} AND e.path > ? AND e.path < ? GROUP BY 1", (low, high),
    )  # fmt: skip
    return dict(rows.fetchall())


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits and what is done: files for their text, chunks for their vectors, pictures and
    recordings for a model that can be used."""

    files: int
    files_done: int
    chunks: int
    chunks_done: int
    undescribed: int
    described: int


def backlog(connection: sqlite3.Connection) -> Backlog:
    """Counted now."""

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    chunks = count("SELECT count(*) FROM chunks")
    waiting = count("SELECT count(*) FROM chunks WHERE embedded = 0")
    return Backlog(
        files=count("SELECT count(*) FROM queue"),
        files_done=count(
            f"SELECT count(*) FROM documents WHERE status <> '{NAMED}'"
            " AND entry NOT IN (SELECT entry FROM queue)"
        ),
        chunks=waiting,
        chunks_done=chunks - waiting,
        undescribed=undescribed.count(connection, usable=True),
        described=undescribed.done(connection),
    )
