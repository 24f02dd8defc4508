"""Moments as JSON and people see them: RFC 3339 with the local zone. And lengths of recordings."""

from __future__ import annotations

import time
from datetime import datetime, timezone

_FILES_CLOCK = 5  # CLOCK_REALTIME_COARSE of <linux/time.h>, by which the kernel dates files
_DAY_S = 86_400
_FIRST_S = datetime(1, 1, 1, tzinfo=timezone.utc).timestamp() + _DAY_S
_LAST_S = datetime(9999, 12, 31, tzinfo=timezone.utc).timestamp() - _DAY_S
"""What has a year of four digits in every zone."""


def rfc3339(at_ns: int) -> str:
    """Nanoseconds since the epoch as local time with zone, to the millisecond; a time that no
    calendar has, as odd files do, as the nearest that it has."""
    at_s = min(max(at_ns / 1e9, _FIRST_S), _LAST_S)
    moment = datetime.fromtimestamp(at_s, timezone.utc)
    return moment.astimezone().isoformat(timespec="milliseconds")


def now() -> datetime:
    """The present moment in the user's zone."""
    return datetime.now().astimezone()


def nanoseconds(moment: datetime) -> int:
    """Since the epoch."""
    return int(moment.timestamp() * 1e9)


def await_tick() -> None:
    """Wait, 10 ms at most, until a file that is written then is not dated before now: the clock
    that dates files stands still between the kernel's ticks."""
    started_ns = time.time_ns()
    while time.clock_gettime_ns(_FILES_CLOCK) < started_ns <= time.time_ns():
        time.sleep(0.0005)


def clock(seconds: float) -> str:
    """How far into a recording, or how long it is, in whole seconds: "4:05", "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
