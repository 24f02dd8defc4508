"""Connections to the catalog, one a thread.

The daemon owns the database's life: it made and migrated it before the worker starts. Writes are
short IMMEDIATE transactions; readers never wait for them (WAL).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lsfs.database import BUSY_TIMEOUT_S, begin, connect
from lsfs.errors import NotARootError
from lsfs.schema import MIGRATIONS


class Connections:
    """Hands each thread its own connection. `close` closes them all; call it when no thread uses
    them any more."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []

    def get(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode.

        Raises:
            NotARootError: there is no catalog, or one of another version.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _opened(self._file)
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            connections, self._all = self._all, []
        for connection in connections:
            connection.close()
        self._local = threading.local()


def _opened(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise NotARootError(f"no catalog at {file}", path=str(file), hint="run `lsfs init` first")
    connection = connect(file)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < len(MIGRATIONS):
        connection.close()
        raise NotARootError(f"{file}: its schema is version {version}, not {len(MIGRATIONS)}")
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One IMMEDIATE transaction: committed at the end, rolled back when an exception leaves it."""
    begin(connection, BUSY_TIMEOUT_S)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def meta(connection: sqlite3.Connection, key: str) -> str | None:
    """A value the index keeps about itself in the catalog."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Keep one, within a transaction."""
    connection.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, value))
