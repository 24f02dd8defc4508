"""Names for what is put beside other things: none twice, and none longer than a filesystem takes.
Pure standard library; the mount process loads it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

NAME_BYTES = 255
"""Of the longest name that Linux filesystems take."""


def fits(name: str) -> bool:
    """Whether it, of a path the last part, is no longer than the longest name."""
    return len(os.fsencode(os.path.basename(name))) <= NAME_BYTES


def fitting(start: str, name: str, end: str = "") -> str:
    """`start`, the stem of `name`, `end` and the ending of `name`; the stem cut where it is all too
    long."""
    stem, extension = os.path.splitext(name)
    if fits(start + stem + end + extension):
        return start + stem + end + extension
    extension = extension if len(os.fsencode(extension)) < NAME_BYTES // 4 else ""
    while not fits(start + stem + end + extension):
        stem = stem[:-1]
    return start + stem + end + extension


class FreeNames:
    """Gives each name once. Of paths, the last part is made to differ."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def take(self, name: str) -> str:
        """`name`, or where it is taken "name (2).ext", "name (3).ext", ...; it is taken then."""
        free, number = fitting("", name), self._next.get(name, 2)
        while free in self._taken:
            free = fitting("", name, f" ({number})")
            number += 1
        self._next[name] = number
        self._taken.add(free)
        return free


def set_aside(path: str, row: int) -> Iterator[str]:
    """Names for what a path is now, where an undo of the journal's `row` puts back what it was."""
    for number in itertools.count(1):
        more = f" {number}" if number > 1 else ""
        yield fitting("", path, f" (before undo {row}{more})")
