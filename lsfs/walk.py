"""Walking a tree of any size with little in memory.

Paths come in the order of their bytes, which is the catalog's: "a", "a.txt", "a/x" ('.' is less
than '/'), so that the two can be compared side by side. A folder still comes before what is in it.
Of each folder on the way only the names not yet reached are held; files are looked at a few at a
time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from lsfs.errors import LsfsError
from lsfs.paths import STATE_NAME

LOOKS = 256
"""Entries looked at through one descriptor of their folder: with it open longer, a tree that is
deep would need many; with one for each entry, opening it would take the most time."""

OpenFolder = Callable[[str], AbstractContextManager[int]]
"""Opens the descriptor of a folder by its path; LsfsError when it cannot."""


def walk_below(folder: str, opened: OpenFolder) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below `folder`, in byte order, links not followed, without lsfs's state.

    What vanishes or cannot be read on the way is left out.
    """
    waiting = [(folder, _names(folder, opened))]
    while waiting:
        path, names = waiting[-1]
        if not names:
            waiting.pop()
        elif names[-1].endswith(b"/"):
            below = _joined(path, names.pop()[:-1])
            waiting.append((below, _names(below, opened)))
        else:
            yield from _states(path, _taken(names), opened)


def _names(path: str, opened: OpenFolder) -> list[bytes]:
    """What is in a folder, last first: names to be looked at, and NAME/ for what is in NAME."""
    names = []
    with contextlib.suppress(LsfsError, OSError), opened(path) as fd, os.scandir(fd) as listing:
        for item in listing:
            if item.name != STATE_NAME:
                name = os.fsencode(item.name)
                names.append(name)
                if item.is_dir(follow_symlinks=False):
                    names.append(name + b"/")
    names.sort(reverse=True)
    return names


def _taken(names: list[bytes]) -> list[bytes]:
    """The next names that are to be looked at, taken off: up to the next folder's contents."""
    taken: list[bytes] = []
    while names and len(taken) < LOOKS and not names[-1].endswith(b"/"):
        taken.append(names.pop())
    return taken


def _states(path: str, names: list[bytes], opened: OpenFolder) -> list[tuple[str, os.stat_result]]:
    found = []
    with contextlib.suppress(LsfsError), opened(path) as fd:
        for name in names:
            with contextlib.suppress(OSError):
                state = os.stat(name, dir_fd=fd, follow_symlinks=False)
                found.append((_joined(path, name), state))
    return found


def _joined(path: str, name: bytes) -> str:
    return f"{path}/{os.fsdecode(name)}" if path else os.fsdecode(name)
