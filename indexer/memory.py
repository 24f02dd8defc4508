"""What the worker holds in memory, kept within what the settings allow.

Two things grow with use, neither of which is needed: pages of the mapped file of vectors, which the
kernel has anyway, and what the allocator keeps of memory that was freed. Linux, from /proc;
elsewhere nothing happens. Thread-safe.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SLACK_BYTES = 32 << 20
"""Where all that can be given back is not enough, it is tried again after so much more."""


class Allowance:
    """`keep` is called after work. `forget_pages` is to give back those of mapped files."""

    def __init__(self, most_bytes: int, forget_pages: Callable[[], None]) -> None:
        self._most_bytes = most_bytes
        self._threshold = most_bytes
        self._forget_pages = forget_pages
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Give back what can be, if more is resident than allowed."""
        with self._lock:
            self._threshold = min(self._threshold, self._next_threshold())
            if resident_bytes() > self._threshold:
                self.give_back()
                self._threshold = self._next_threshold()

    def _next_threshold(self) -> int:
        return max(self._most_bytes, resident_bytes() + _SLACK_BYTES)

    def give_back(self) -> None:
        """Forget the pages of mapped files, and return what was freed to the kernel."""
        self._forget_pages()
        trim()


def resident_bytes() -> int:
    """Of this process, pages of files included; 0 where the kernel does not say."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:
            return int(file.read().split()[1]) * _PAGE
    except OSError:
        return 0


def trim() -> None:
    """Return to the kernel what the allocator keeps of freed memory (glibc)."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)


_libc = ctypes.CDLL(None)
