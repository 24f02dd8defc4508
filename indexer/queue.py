"""The durable queue of entries to look at: rows that the daemon inserts and the worker removes.

What changed last is looked at first: somebody may be waiting for it, while thousands of older ones
are still to be read.

A row is removed in the transaction that stores its result, and only if it was not renewed
meanwhile: a crash at any point loses nothing.

An attempt is counted while the worker itself has an entry's text in hand, not while another process
reads the file: a worker that is killed then (at the end of a session, say) dies over no entry.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .connection import writing

MAX_ATTEMPTS = 3
"""After this many attempts that ended in a crash of the worker, or could not be stored, an entry is
given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """An entry to look at, as the catalog knows it now."""

    entry: int
    at_ns: int
    attempts: int
    path: str
    kind: str
    size: int
    mtime_ns: int
    ctime_ns: int
    is_gone: bool

    @property
    def is_document(self) -> bool:
        """Whether there is something that may be found."""
        return not self.is_gone and self.kind not in ("directory", "other")


def take(
    connection: sqlite3.Connection, limit: int, *, but: Collection[int] = (), since_ns: int = 0
) -> list[Job]:
    """The next jobs, of entries that changed last first. Without the entries in `but` (in hand
    already), and what was queued before `since_ns`.

    An entry whose attempt before did not end is taken alone, lest its neighbours share the blame.
    """
    rows = connection.execute(
        "SELECT q.entry, q.at_ns, q.attempts, e.path, e.kind, e.size, e.mtime_ns, e.ctime_ns,"
        " e.gone_ns IS NOT NULL FROM queue q JOIN entries e ON e.id = q.entry"
        " WHERE q.entry NOT IN (SELECT value FROM json_each(?)) AND q.at_ns >= ?"
        " ORDER BY q.attempts, q.at_ns DESC, q.entry LIMIT ?",
        (json.dumps(list(but)), since_ns, limit),
    ).fetchall()
    jobs = [_job(*row) for row in rows]
    if jobs and jobs[0].attempts:
        del jobs[0 if but else 1 :]
    return [job for job in jobs if job.attempts == jobs[0].attempts]


def newcomers(connection: sqlite3.Connection, after: int, limit: int) -> list[Job]:
    """Files that wait and have no document yet, of the entries after one, in their order."""
    rows = connection.execute(
        "SELECT q.entry, q.at_ns, q.attempts, e.path, e.kind, e.size, e.mtime_ns, e.ctime_ns, 0"
        " FROM queue q JOIN entries e ON e.id = q.entry LEFT JOIN documents d ON d.entry = q.entry"
        " WHERE q.entry > ? AND d.entry IS NULL AND e.gone_ns IS NULL"
        " AND e.kind IN ('file', 'symlink') ORDER BY q.entry LIMIT ?",
        (after, limit),
    ).fetchall()
    return [_job(*row) for row in rows]


def _job(*row: Any) -> Job:
    entry, at_ns, attempts, path, kind, size, mtime_ns, ctime_ns, is_gone = row
    name = os.fsdecode(path)
    return Job(entry, at_ns, attempts, name, kind, size, mtime_ns, ctime_ns, bool(is_gone))


def finish(connection: sqlite3.Connection, job: Job) -> None:
    """Remove the job's row, unless the entry was queued again since. Within a transaction."""
    connection.execute("DELETE FROM queue WHERE entry = ? AND at_ns = ?", (job.entry, job.at_ns))


def count_attempt(connection: sqlite3.Connection, jobs: list[Job], by: int = 1) -> None:
    """These are about to be stored; by -1: they were not, through no fault of theirs."""
    with writing(connection):
        connection.executemany(
            "UPDATE queue SET attempts = max(attempts + ?, 0) WHERE entry = ? AND at_ns = ?",
            [(by, job.entry, job.at_ns) for job in jobs],
        )


def length(connection: sqlite3.Connection) -> int:
    """How many entries wait."""
    (count,) = connection.execute("SELECT count(*) FROM queue").fetchone()
    return int(count)
