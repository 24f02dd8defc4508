"""What a file looked like: the part of a stat by which one state of it is told from another.

Pure standard library; the mount process loads it.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsfs.records import Entry

Seen = tuple[int, int, int, int, int, int]
"""Device, inode, size, mtime_ns, ctime_ns and mode of an entry, as SQLite can hold them."""

QUIET_S = 0.02
"""Two ticks of the slowest kernel's clock (100 Hz)."""
_PROBES = 4


def seen_of(state: os.stat_result) -> Seen:
    """A stat as the catalog holds it."""
    return (
        signed(state.st_dev),
        signed(state.st_ino),
        state.st_size,
        clamped(state.st_mtime_ns),
        clamped(state.st_ctime_ns),
        state.st_mode,
    )


def came_to_be_ns(state: os.stat_result) -> int:
    """Since when the file is as it is, name included: its ctime, which nobody can set; not later
    than now, where the clock was set back."""
    return min(clamped(state.st_ctime_ns), time.time_ns())


def signed(number: int) -> int:
    """A device or inode number as SQLite can hold it."""
    return number & (2**63 - 1)


def clamped(moment_ns: int) -> int:
    """A time as SQLite can hold it: filesystems know years that nanoseconds in 64 bits do not."""
    return max(-(2**63), min(moment_ns, 2**63 - 1))


def is_state(entry: Entry, state: os.stat_result) -> bool:
    """Whether a stat shows what the entry's row describes."""
    return _row_of(entry) == seen_of(state)


def has_same_bytes(entry: Entry, state: os.stat_result) -> bool:
    """Whether a stat shows the file of the entry's row with the bytes it had there: a rename or
    a chmod changes ctime alone."""
    return _row_of(entry)[:4] == seen_of(state)[:4]


def is_quiet(state: os.stat_result) -> bool:
    """Whether the file was not changed within the last ticks of the filesystem's clock: one that
    was could change again and look the same."""
    return abs(time.time_ns() - state.st_ctime_ns) > QUIET_S * 1e9


def device_of_fine_times(directory: Path) -> int | None:
    """The device of `directory` if a file on it whose times were looked at gets others by its next
    change, however soon, so that no two of its states look the same (multigrain timestamps: Linux
    6.13, on filesystems that take part). Found by trying; None also where it cannot be tried."""
    try:
        with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
            states = []
            for _ in range(_PROBES):
                file.write(b"x")
                states.append(os.fstat(file.fileno()))
    except OSError:
        return None
    are_fine = len({state.st_mtime_ns for state in states}) == _PROBES
    return states[0].st_dev if are_fine else None


def _row_of(entry: Entry) -> Seen:
    return entry.device, entry.inode, entry.size, entry.mtime_ns, entry.ctime_ns, entry.mode
