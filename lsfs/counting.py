"""Numbers of things in words. Pure; any thread."""

from __future__ import annotations


def counted(count: int, what: str, many: str = "") -> str:
    """ "1 file", "2 files", "1,000 files"; `many` is the plural where an s does not make it."""
    return f"{count:,} {what if count == 1 else many or f'{what}s'}"


def is_(count: int) -> str:
    """ "is" of one, "are" of none and of several."""
    return "is" if count == 1 else "are"


def was(count: int) -> str:
    """ "was" of one, "were" of none and of several."""
    return "was" if count == 1 else "were"
