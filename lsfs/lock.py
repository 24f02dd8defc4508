"""One writer a root: a lock on STATE/lock that names its holder's pid.

The kernel drops the lock with the process, so one left by a crash never stands in the way.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from lsfs.errors import LockedError


class RootLock:
    """Holds the root's lock from construction to `release`.

    Raises:
        LockedError: another process has it.
    """

    def __init__(self, state: Path, root: Path) -> None:
        self._fd = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise LockedError(
                f"{root} is in use by another lsfs process (pid {holder})", path=str(root),
                hint="`lsfs stop` ends a daemon; a command in progress ends by itself",
            ) from error  # fmt: skip
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let go of the root."""
        os.close(self._fd)
