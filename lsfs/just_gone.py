"""Entries found missing a moment ago, of which the spool may tell yet who removed them.

To remove a large file takes the filesystem a second in which its name is gone already, and the
mount, which waits for that, can tell nothing. So it is, for a moment, with what is in a folder that
was renamed.
"""

from __future__ import annotations

import time

from lsfs.records import Entry

REMEMBERED_S = 10.0


class JustGone:
    """By the path they had."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[Entry, float]] = {}

    def copy(self) -> JustGone:
        """One that goes on by itself."""
        other = JustGone()
        other._entries = dict(self._entries)
        return other

    def add(self, entry: Entry) -> None:
        """It was found missing now."""
        self._forget()
        self._entries.pop(entry.path, None)
        self._entries[entry.path] = entry, time.monotonic()

    def take(self, path: str) -> Entry | None:
        """The entry that vanished from `path`; it is told only once."""
        self._forget()
        entry, _ = self._entries.pop(path, (None, 0))
        return entry

    def take_below(self, folder: str) -> list[Entry]:
        """The entries that vanished from below a folder; they are told only once."""
        self._forget()
        paths = [path for path in self._entries if path.startswith(f"{folder}/")]
        return [self._entries.pop(path)[0] for path in paths]

    def _forget(self) -> None:
        while self._entries:
            path, (_, at) = next(iter(self._entries.items()))
            if time.monotonic() - at < REMEMBERED_S:
                return
            del self._entries[path]
