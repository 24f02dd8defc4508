"""The durable queue of entries to look at: rows that the daemon inserts and the worker removes.

A row is removed in the transaction that stores its result, and only if it was not renewed
meanwhile: a crash at any point loses nothing.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from typing import Any

from .connection import writing

MAX_ATTEMPTS = 3
"""After this many crashes of the worker over an entry it is given up."""


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


def take(connection: sqlite3.Connection, limit: int) -> list[Job]:
    """The next jobs, in the order they came; each counts as an attempt until it is `finish`ed.

    An entry whose attempt before did not end is taken alone, lest its neighbours share the blame.
    """
    rows = connection.execute(
        "SELECT q.entry, q.at_ns, q.attempts, e.path, e.kind, e.size, e.mtime_ns, e.ctime_ns,"
        " e.gone_ns IS NOT NULL FROM queue q JOIN entries e ON e.id = q.entry"
        " ORDER BY q.attempts, q.at_ns, q.entry LIMIT ?",
        (limit,),
    ).fetchall()
    jobs = [_job(*row) for row in rows]
    if jobs and jobs[0].attempts:
        del jobs[1:]
    jobs = [job for job in jobs if job.attempts == jobs[0].attempts]
    with writing(connection):
        connection.executemany(
            "UPDATE queue SET attempts = attempts + 1 WHERE entry = ? AND at_ns = ?",
            [(job.entry, job.at_ns) for job in jobs],
        )
    return jobs


def _job(*row: Any) -> Job:
    entry, at_ns, attempts, path, kind, size, mtime_ns, ctime_ns, is_gone = row
    name = os.fsdecode(path)
    return Job(entry, at_ns, attempts, name, kind, size, mtime_ns, ctime_ns, bool(is_gone))


def finish(connection: sqlite3.Connection, job: Job) -> None:
    """Remove the job's row, unless the entry was queued again since. Within a transaction."""
    connection.execute("DELETE FROM queue WHERE entry = ? AND at_ns = ?", (job.entry, job.at_ns))


def put_back(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    """Take the attempts of jobs back that were not begun (a stop in good order)."""
    with writing(connection):
        connection.executemany(
            "UPDATE queue SET attempts = max(attempts - 1, 0) WHERE entry = ? AND at_ns = ?",
            [(job.entry, job.at_ns) for job in jobs],
        )


def length(connection: sqlite3.Connection) -> int:
    """How many entries wait."""
    (count,) = connection.execute("SELECT count(*) FROM queue").fetchone()
    return int(count)
