"""What the worker holds in memory, kept within what the settings allow.

Two things grow with use, neither of which is needed: pages of the mapped file of vectors, which the
kernel has anyway, and what the allocator keeps of memory that was freed. Linux, from /proc;
elsewhere nothing happens. Thread-safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_DONTNEED = 4
_SLACK_BYTES = 32 << 20
"""Where all that can be given back is not enough, it is tried again after so much more."""


class Allowance:
    """`keep` is called after work. `mapped` lies around the files whose pages may be forgotten."""

    def __init__(self, most_bytes: int, mapped: Path) -> None:
        self._most_bytes = most_bytes
        self._threshold = most_bytes
        self._mapped = mapped
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Give back what can be, if more is resident than allowed."""
        if resident_bytes() <= self._threshold:
            return
        with self._lock:
            if resident_bytes() > self._threshold:
                self.give_back()
                self._threshold = max(self._most_bytes, resident_bytes() + _SLACK_BYTES)

    def give_back(self) -> None:
        """Forget the pages of mapped files, and return what was freed to the kernel."""
        forget_pages(self._mapped)
        trim()


def resident_bytes() -> int:
    """Of this process, pages of files included; 0 where the kernel does not say."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:
            return int(file.read().split()[1]) * _PAGE
    except OSError:
        return 0


def forget_pages(folder: Path) -> None:
    """Have no page of files below `folder` that are mapped for reading alone. They come back from
    the kernel's cache when they are touched."""
    prefix = os.fsencode(folder) + b"/"
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/maps").read_bytes().splitlines():
            place, allowed, _, _, _, *path = line.split(maxsplit=5)
            if path and allowed.startswith(b"r--") and path[0].startswith(prefix):
                low, high = (int(address, 16) for address in place.split(b"-"))
                _libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(high - low), _DONTNEED)


def trim() -> None:
    """Return to the kernel what the allocator keeps of freed memory (glibc)."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)


_libc = ctypes.CDLL(None)
