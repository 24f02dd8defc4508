"""Room held back for the day the disk is full: a file in the state whose bytes mean nothing.

Opening a root, and saying of versions that they are let go, takes a little room itself; without any
the one tool that makes room could not run. The file is made where there is plenty, given up for as
long as something needs its room, and made again.

Threading: from any thread; at worst two give it up together.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

RESERVE_NAME = "reserve"
RESERVE_BYTES = 512 << 10
_PLENTY = 16
"""It is first made where so many times as much is free."""
LITTLE_BYTES = 64 << 10
"""With less than this free a disk is full."""


class Reserve:
    """That of one state directory."""

    def __init__(self, state: Path) -> None:
        self._file = state / RESERVE_NAME

    def hold(self) -> None:
        """Have it, where there is plenty of room."""
        if (
            self._held_bytes() < RESERVE_BYTES
            and free_bytes(self._file.parent) > _PLENTY * RESERVE_BYTES
        ):
            self._take(RESERVE_BYTES)

    @contextlib.contextmanager
    def spent(self) -> Iterator[None]:
        """Its room is free meanwhile; what is left of it is taken back."""
        held = self._held_bytes()
        self._file.unlink(missing_ok=True)
        try:
            yield
        finally:
            left = min(held, free_bytes(self._file.parent))
            if left >= LITTLE_BYTES:
                self._take(left)
            self.hold()

    def is_needed(self) -> bool:
        """Whether what failed may have failed for want of the room that it holds: SQLite has
        several names for a full disk, among them those of a broken one."""
        return self._held_bytes() > 0 and not has_room(self._file.parent)

    def _held_bytes(self) -> int:
        with contextlib.suppress(OSError):
            return self._file.stat().st_blocks * 512
        return 0

    def _take(self, size: int) -> None:
        """As much, or less: it helps nobody to fail here."""
        with contextlib.suppress(OSError):
            fd = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(fd, 0, size)
            finally:
                os.close(fd)


def has_room(state: Path) -> bool:
    """Whether the state's disk is not full."""
    return free_bytes(state) >= LITTLE_BYTES


def free_bytes(state: Path) -> int:
    """What may still be written to the disk of a state directory."""
    found = os.statvfs(state)
    return found.f_bavail * found.f_frsize
