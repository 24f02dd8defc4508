"""Large files that changed and are still to be read for a version.

To read one takes seconds or minutes, and nobody shall wait for the observer's lock that long. So
what is large is written down here and left alone until its bytes are in the store
(`SpoolReader.read_large`); then it is looked at like any other file. A row a path: a daemon that
dies in the middle goes on with it after its next start.

Threading: what changes rows is called under the observer's lock.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from typing import NamedTuple

from lsfs.history import History
from lsfs.paths import below
from lsfs.seen import signed
from lsfs.spool import SpoolLine

LARGE_BYTES = 16 << 20
_COLUMNS = "path, actor, line, journal"


class PutOff(NamedTuple):
    """A file to be read, by whom it was changed, the spool's line that told of it (None: an event
    from outside, or a folder above it), and the row of the journal that its change belongs to."""

    path: str
    actor: str
    line: SpoolLine | None
    journal: int | None


class Unread:
    """The files of one root."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._catalog = history.catalog
        self.on_put_off: Callable[[], None] = lambda: None

    def is_waiting(self, path: str, state: os.stat_result) -> bool:
        """Whether what is at `path` shall be left alone until it is read. What waited under another
        name, and is here now, goes on waiting here."""
        if not self._is_large(path, state):
            return False
        if self.at(path) is None:
            self._follow(path, state)
        return self.at(path) is not None

    def put_off(
        self, path: str, state: os.stat_result, actor: str, line: SpoolLine | None = None,
        journal: Callable[[], int] | None = None,
    ) -> bool:  # fmt: skip
        """Leave what is at `path` alone until it is read, if it is large; whether it is. `journal`
        makes the row that what is found shall stand in: its place in the log is now."""
        if not self._is_large(path, state):
            return False
        if self.at(path) is None:  # the first to tell of a state knows best who made it
            self._catalog.execute(
                f"INSERT INTO unread({_COLUMNS}, device, inode) VALUES(?, ?, ?, ?, ?, ?)",
                (
                    os.fsencode(path), actor, None if line is None else json.dumps(line),
                    journal() if journal else None, signed(state.st_dev), signed(state.st_ino),
                ),
            )  # fmt: skip
        self.on_put_off()
        return True

    def at(self, path: str) -> PutOff | None:
        """What waits at a path."""
        sql = f"SELECT {_COLUMNS} FROM unread WHERE path = ?"
        found = self._catalog.row(sql, (os.fsencode(path),))
        return _put_off(found) if found else None

    def all(self) -> list[PutOff]:
        """All that wait, the longest first."""
        return list(
            map(_put_off, self._catalog.rows(f"SELECT {_COLUMNS} FROM unread ORDER BY rowid"))
        )

    def drop(self, path: str) -> None:
        """It waits no more."""
        self._catalog.execute("DELETE FROM unread WHERE path = ?", (os.fsencode(path),))

    def moved(self, path: str, to: str) -> None:
        """What was at `path`, or below it, is at `to`."""
        self._catalog.execute(
            "UPDATE OR REPLACE unread SET path = CAST(?1 || substr(path, ?2) AS BLOB)"
            " WHERE path = ?3 OR (path > ?4 AND path < ?5)",
            (os.fsencode(to), len(os.fsencode(path)) + 1, os.fsencode(path), *below(path)),
        )

    def _follow(self, path: str, state: os.stat_result) -> None:
        rows = self._catalog.rows(
            "SELECT path FROM unread WHERE device = ? AND inode = ?",
            (signed(state.st_dev), signed(state.st_ino)),
        )
        for (origin,) in rows:
            there = self._history.tree.there(os.fsdecode(origin))
            if there is None or there.st_ino != state.st_ino:
                self.moved(os.fsdecode(origin), path)

    def _is_large(self, path: str, state: os.stat_result) -> bool:
        is_large = stat.S_ISREG(state.st_mode) and state.st_size >= LARGE_BYTES
        return is_large and not self._history.need_not_read(path, state)


def _put_off(row: tuple[bytes, str, str | None, int | None]) -> PutOff:
    path, actor, line, journal = row
    told = None if line is None else SpoolLine(*json.loads(line))
    return PutOff(os.fsdecode(path), actor, told, journal)
