"""Large files that changed and are still to be read for a version.

To read one takes seconds or minutes, and nobody shall wait for the observer's lock that long. So
what is large is written down here and left alone until its bytes are in the store
(`SpoolReader.read_large`); then it is looked at like any other file. A row a path: a daemon that
dies in the middle goes on with it after its next start.

Threading: under the observer's lock, but for `first`.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from typing import NamedTuple

from lsfs.catalog import below
from lsfs.history import History
from lsfs.spool import SpoolLine

LARGE_BYTES = 16 << 20


class PutOff(NamedTuple):
    """A file to be read, by whom it was changed, and the spool's line that told of it (None: an
    event from outside, or a folder above it)."""

    path: str
    actor: str
    line: SpoolLine | None


class Unread:
    """The files of one root."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._catalog = history.catalog
        self.on_put_off: Callable[[], None] = lambda: None

    def is_waiting(self, path: str, state: os.stat_result) -> bool:
        """Whether what is at `path` shall be left alone until it is read."""
        return self._is_large(path, state) and self._is_there(path)

    def put_off(
        self, path: str, state: os.stat_result, actor: str, line: SpoolLine | None = None
    ) -> bool:
        """Leave what is at `path` alone until it is read, if it is large; whether it is."""
        if not self._is_large(path, state):
            return False
        if not self._is_there(path):  # the first to tell of it knows best who made it
            self._catalog.execute(
                "INSERT INTO unread(path, actor, line) VALUES(?, ?, ?)",
                (os.fsencode(path), actor, None if line is None else json.dumps(line)),
            )
            self.on_put_off()
        return True

    def first(self) -> PutOff | None:
        """The one that has waited longest."""
        found = self._catalog.row("SELECT path, actor, line FROM unread ORDER BY rowid LIMIT 1")
        if found is None:
            return None
        path, actor, line = found
        return PutOff(
            os.fsdecode(path), actor, None if line is None else SpoolLine(*json.loads(line))
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

    def count(self) -> int:
        """How many wait."""
        return int(self._catalog.row("SELECT count(*) FROM unread")[0])

    def _is_large(self, path: str, state: os.stat_result) -> bool:
        is_large = stat.S_ISREG(state.st_mode) and state.st_size >= LARGE_BYTES
        return is_large and not self._history.need_not_read(path, state)

    def _is_there(self, path: str) -> bool:
        sql = "SELECT 1 FROM unread WHERE path = ?"
        return self._catalog.row(sql, (os.fsencode(path),)) is not None
