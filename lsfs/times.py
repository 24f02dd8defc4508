"""Moments as JSON and people see them: RFC 3339 with the local zone."""

from __future__ import annotations

from datetime import datetime


def rfc3339(at_ns: int) -> str:
    """Nanoseconds since the epoch as local time with zone, to the millisecond."""
    return datetime.fromtimestamp(at_ns / 1e9).astimezone().isoformat(timespec="milliseconds")


def now() -> datetime:
    """The present moment in the user's zone."""
    return datetime.now().astimezone()
