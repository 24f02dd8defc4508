"""A clock that stands still while a process waits for a processor: lsfs gives way to all others,
and a file is not to be given up because the machine was busy with something else."""

from __future__ import annotations

import time

MOST_WAITING = 20
"""Times the limit of one file: so long is waited for a process that gets no processor at all."""


def seconds(process: int | str = "self") -> float:
    """Monotonic time less what the process's main thread has waited for a processor (the second
    field of /proc/PID/schedstat, see proc(5); 0 where the kernel does not tell)."""
    try:
        with open(f"/proc/{process}/schedstat", encoding="ascii") as told:
            waited_ns = int(told.read().split()[1])
    except (OSError, ValueError, IndexError):
        waited_ns = 0
    return time.monotonic() - waited_ns / 1e9
