"""Makes lists of names survive a power cut: fsync(2) of folders."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


class FolderSync:
    """Syncs folders, at once or several changes of one together; for one thread at a time."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, int], int] | None = None

    def sync(self, folder: int) -> None:
        """Of an open folder; within `together` at its end."""
        if self._waiting is None:
            os.fsync(folder)
            return
        state = os.fstat(folder)
        if (state.st_dev, state.st_ino) not in self._waiting:
            self._waiting[state.st_dev, state.st_ino] = os.dup(folder)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Each folder changed within is synced once, whether or not all went well."""
        self._waiting = {}
        try:
            yield
        finally:
            waiting, self._waiting = self._waiting, None
            with contextlib.ExitStack() as stack:
                for folder in waiting.values():
                    stack.callback(os.close, folder)
                for folder in waiting.values():
                    os.fsync(folder)
