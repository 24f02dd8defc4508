"""Names for what is put beside other things: none twice, and none longer than a filesystem takes.
Pure standard library; the mount process loads it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Container

NAME_BYTES = 255
"""Of the longest name that Linux filesystems take."""


def fits(name: str) -> bool:
    """Whether it is no longer than the longest name."""
    return len(os.fsencode(name)) <= NAME_BYTES


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


def unique(name: str, taken: Container[str]) -> str:
    """`name`, or where it is taken "name (2).ext", "name (3).ext", ..."""
    if name not in taken and fits(name):
        return name
    every = (
        fitting("", name, f" ({number})" if number > 1 else "") for number in itertools.count(1)
    )
    return next(one for one in every if one not in taken)
