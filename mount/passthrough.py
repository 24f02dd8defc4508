"""FUSE_PASSTHROUGH: for a file it is switched on for, the kernel reads and writes the real file
itself, and this process hears of open and release only.

The kernel wants all handles of a file that are open at a time to go one way, cached or passed
through, and those passed through to name one backing file. So the first open decides for as long
as any is left.

Linux 6.9, libfuse 3.17 and CAP_SYS_ADMIN in the first user namespace
(https://docs.kernel.org/filesystems/fuse-passthrough.html).

Threading: from any thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from . import libc

log = logging.getLogger(__name__)

Inode = tuple[int, int]
"""Device and inode number."""

# ioctls of /dev/fuse: _IOW(229, 1, struct fuse_backing_map), _IOW(229, 2, uint32_t)
BACKING_OPEN, BACKING_CLOSE = 0x4010E501, 0x4004E502
_CAP_SYS_ADMIN = 1 << 21
_ALL_IDS = 2**32 - 1


class _BackingMap(ctypes.Structure):
    _fields_ = (("fd", ctypes.c_int32), ("flags", ctypes.c_uint32), ("padding", ctypes.c_uint64))


@dataclass(slots=True)
class _Backing:
    id: int
    handles: int = 0


class Passthrough:
    """Which open handles the kernel passes through. Off until `start`."""

    def __init__(self) -> None:
        self.is_on = False
        self._session_fd = -1
        self._lock = threading.Lock()
        self._backings: dict[Inode, _Backing] = {}
        self._cached: dict[Inode, int] = {}
        self._handles: dict[int, Inode] = {}

    def start(self, session_fd: int) -> None:
        """The kernel has agreed to it."""
        self._session_fd = session_fd
        self.is_on = True

    def opened(self, fd: int, inode: Inode, *, wanted: bool) -> int:
        """Decide for a handle, once; its backing id, 0 when it is not passed through."""
        with self._lock:
            self._handles[fd] = inode
            backing = self._backings.get(inode)
            if backing is None and wanted and inode not in self._cached:
                backing = self._begin(fd, inode)
            if backing is None:
                self._cached[inode] = self._cached.get(inode, 0) + 1
                return 0
            backing.handles += 1
            return backing.id

    def released(self, fd: int) -> None:
        """Forget a handle before its descriptor is closed."""
        with self._lock:
            inode = self._handles.pop(fd, None)
            if inode is None:
                return
            backing = self._backings.get(inode)
            if backing is None:
                others = self._cached.pop(inode) - 1
                if others:
                    self._cached[inode] = others
                return
            backing.handles -= 1
            if backing.handles == 0:
                del self._backings[inode]
                number = ctypes.c_uint32(backing.id)
                libc.ioctl(self._session_fd, BACKING_CLOSE, ctypes.addressof(number))

    def _begin(self, fd: int, inode: Inode) -> _Backing | None:
        asked = _BackingMap(fd, 0, 0)
        number = libc.ioctl(self._session_fd, BACKING_OPEN, ctypes.addressof(asked))
        if number <= 0:
            failure = os.strerror(-libc.failure())
            log.warning("a file is not passed through: %s", failure)
            return None
        self._backings[inode] = _Backing(number)
        return self._backings[inode]


def is_privileged() -> bool:
    """Whether this process may ask the kernel to pass files through."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        effective = int(status.partition("CapEff:")[2].split()[0], 16)
        ids = [int(field) for field in Path("/proc/self/uid_map").read_text("ascii").split()]
        return bool(effective & _CAP_SYS_ADMIN) and ids == [0, 0, _ALL_IDS]
    return False
