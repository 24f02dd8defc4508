"""System calls that Python does not offer, or not with all their flags. They raise OSError."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AT_FDCWD = -100
AT_SYMLINK_FOLLOW = 0x400
RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT = 1, 2, 4
UTIME_NOW, UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2
KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16
FS_IOC_GETFLAGS = 0x80086601

_libc = ctypes.CDLL(None, use_errno=True)


class _Entry(ctypes.Structure):
    _fields_ = (
        ("inode", ctypes.c_uint64), ("position", ctypes.c_int64), ("size", ctypes.c_ushort),
        ("type", ctypes.c_ubyte), ("name", ctypes.c_char * 256),
    )  # fmt: skip


_libc.fdopendir.restype = ctypes.c_void_p
_libc.telldir.restype = ctypes.c_long
_libc.readdir64.restype = ctypes.POINTER(_Entry)


def _call(name: str, *arguments: Any) -> int:
    ctypes.set_errno(0)
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def renameat2(path: Path, to: Path, flags: int) -> None:
    """rename(2) with flags."""
    _call("renameat2", AT_FDCWD, bytes(path), AT_FDCWD, bytes(to), flags)


def set_times(path: Path, *nanoseconds: int) -> None:
    """utimensat(2) with UTIME_NOW or UTIME_OMIT, or nanoseconds of second 7, for each time."""
    times = (ctypes.c_long * 4)(7, nanoseconds[0], 7, nanoseconds[1])
    _call("utimensat", AT_FDCWD, bytes(path), times, 0)


def set_times_of(fd: int, *nanoseconds: int) -> None:
    """The same for an open file."""
    _call("futimens", fd, (ctypes.c_long * 4)(7, nanoseconds[0], 7, nanoseconds[1]))


def link_descriptor(fd: int, to: Path) -> None:
    """linkat(2) of what is open."""
    source = b"/proc/self/fd/%d" % fd
    _call("linkat", AT_FDCWD, source, AT_FDCWD, bytes(to), AT_SYMLINK_FOLLOW)


def fallocate(fd: int, how: int, offset: int, size: int) -> None:
    """fallocate(2) with any mode."""
    _call("fallocate64", fd, how, ctypes.c_int64(offset), ctypes.c_int64(size))


class Listing:
    """readdir(3) with its positions."""

    def __init__(self, stream: int) -> None:
        self._stream = ctypes.c_void_p(stream)

    def next(self) -> str | None:
        """The next name but "." and "..", or None at the end."""
        while entry := _libc.readdir64(self._stream):
            name = os.fsdecode(entry.contents.name)
            if name not in (".", ".."):
                return name
        return None

    def rest(self) -> list[str]:
        """All names from here to the end."""
        return list(iter(self.next, None))

    def tell(self) -> int:
        return int(_libc.telldir(self._stream))

    def seek(self, position: int) -> None:
        _libc.seekdir(self._stream, ctypes.c_long(position))

    def rewind(self) -> None:
        _libc.rewinddir(self._stream)


@contextmanager
def listing(folder: Path) -> Iterator[Listing]:
    """A folder opened by opendir(3)."""
    stream = _libc.fdopendir(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    try:
        yield Listing(stream)
    finally:
        _libc.closedir(ctypes.c_void_p(stream))
