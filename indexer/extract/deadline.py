"""How long the file in hand may still be read: what is read until then is kept, and said so.

The worker's own limit stands behind it and costs the whole file. State of the process, which reads
one file at a time; without `start` there is no limit.
"""

from __future__ import annotations

from . import granted

SHARE = 0.6
"""Of the worker's limit: the rest is for the last step before a reader looks again."""

_ends_at: float | None = None


def start(timeout_s: float) -> None:
    """A file is begun that the worker waits `timeout_s` for."""
    global _ends_at  # one file at a time, one process
    _ends_at = granted.seconds() + timeout_s * SHARE


def has_passed() -> bool:
    """Whether to leave out the rest."""
    return _ends_at is not None and granted.seconds() > _ends_at
