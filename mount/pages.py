"""Whether the pages the kernel has of a file are still those of the real file, asked at each open.

libfuse's own `auto_cache` asks the filesystem once more for what an open handle tells anyway, looks
away for as long as attributes are cached, and cannot be had together with FUSE_PASSTHROUGH.

Threading: from any thread; a race costs a needless read at most.
"""

from __future__ import annotations

import os

from lsfs.seen import is_quiet

_MOST = 16_384


class Pages:
    """The states in which files were last opened, by path: hard links have pages apart."""

    def __init__(self) -> None:
        self._states: dict[bytes, tuple[int, int, int, int]] = {}

    def are_fresh(self, path: bytes, state: os.stat_result) -> bool:
        """Whether the file has not changed since it was last opened; `state` is that of now."""
        now = state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
        if self._states.get(path) == now:
            return True
        if is_quiet(state):
            if len(self._states) >= _MOST:
                self._states.clear()
            self._states[path] = now
        return False
