"""Reading the index tables: chunks, text, coverage, failures. No writes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lsfs.records import Chunk, Coverage, Place

from .filters import PRESENT, among_condition


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


def coverage(connection: sqlite3.Connection) -> Coverage:
    """Counts of entries: there, read, read with all vectors, waiting, failed."""

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    alive = f"FROM documents d JOIN entries e ON e.id = d.entry WHERE {PRESENT}"
    indexed = count(f"SELECT count(*) {alive} AND d.status <> 'failed'")
    without = count(
        "SELECT count(DISTINCT c.entry) FROM chunks c JOIN entries e ON e.id = c.entry"
        f" WHERE c.embedded = 0 AND {PRESENT}"
    )
    return Coverage(
        entries=count(f"SELECT count(*) FROM entries e WHERE {PRESENT}"),
        indexed=indexed,
        embedded=indexed - without,
        pending=count(
            f"SELECT count(*) FROM queue q JOIN entries e ON e.id = q.entry WHERE {PRESENT}"
        ),
        failed=count(f"SELECT count(*) {alive} AND d.status = 'failed'"),
    )


def unread(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Files without text and why: {"path", "status": "failed" | "skipped", "reason"}, failed first."""
    rows = connection.execute(
        "SELECT e.path, d.status, d.reason FROM documents d JOIN entries e ON e.id = d.entry"
        f" WHERE d.status <> 'ok' AND {PRESENT} ORDER BY d.status, e.path"
    )
    return [
        {"path": os.fsdecode(path), "status": status, "reason": reason}
        for path, status, reason in rows
    ]


def progress(connection: sqlite3.Connection) -> dict[str, int]:
    """What is left to do: {"files", "chunks"} waiting, and how many {"files_done", "chunks_done"}."""

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    chunks = count("SELECT count(*) FROM chunks")
    waiting = count("SELECT count(*) FROM chunks WHERE embedded = 0")
    return {
        "files": count("SELECT count(*) FROM queue"),
        "files_done": count("SELECT count(*) FROM documents"),
        "chunks": waiting,
        "chunks_done": chunks - waiting,
    }
