"""The database file: how every process opens it, and how a full disk shows."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from lsfs.errors import NO_ROOM, ConfigurationError, LsfsError

BUSY_TIMEOUT_S = 30.0
LOOK_S = 0.002


def connect(file: Path) -> sqlite3.Connection:
    """A connection as every process of lsfs opens it: WAL, foreign keys, manual transactions.

    Raises:
        ConfigurationError: the file is not a database, or is damaged.
        sqlite3.OperationalError: it cannot be opened now.
    """
    connection = sqlite3.connect(
        file, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):  # the disk is full, or the file is locked
            raise
        raise ConfigurationError(
            f"{file}: {error}", path=str(file),
            hint=f"put it back from a backup, or move {file.parent} away and run `lsfs init` again"
            " (its history is then lost); your files are not affected",
        ) from error  # fmt: skip
    return connection


def is_for_want_of_room(error: Exception) -> bool:
    """Whether something failed because a disk is full: it can be done when there is room again."""
    if isinstance(error, sqlite3.Error):
        return "disk is full" in str(error)
    return isinstance(error, OSError | LsfsError) and error.errno in NO_ROOM


@contextlib.contextmanager
def as_room_allows() -> Iterator[None]:
    """What fails within because a disk is full is done without."""
    try:
        yield
    except (LsfsError, OSError, sqlite3.Error) as error:
        if not is_for_want_of_room(error):
            raise


def begin(connection: sqlite3.Connection, timeout_s: float) -> None:
    """BEGIN IMMEDIATE, within a moment after another process lets go of the database. SQLite itself
    looks again ever more seldom, ten times a second at last: beside one that writes nearly all the
    time it would seldom look at the right moment.

    Raises:
        sqlite3.OperationalError: it is still locked after `timeout_s`, or cannot be written.
    """
    deadline = time.monotonic() + timeout_s
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(LOOK_S)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(timeout_s * 1000)}")
