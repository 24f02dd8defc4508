"""Having the kernel look again at what a plan changed behind the mounts.

It remembers for a second what names and attributes are. libfuse can tell it to forget, but knows a
name by a number that it does not give away; version 2 cannot at all by a path. So the question is
put from the other side: to make a new name, exclusively, the kernel always asks the mount what is
there, and remembers the answer (Linux 5.14; before, a second passes). The name asked for is a hard
link to "/", which there cannot be: another filesystem's, and a folder's. So nothing is ever made,
and whatever has been put in the way meanwhile, nothing but a look is done to it.

Threading: `tell` may be called from many threads, none of which may hold what a mount waits for. A
mount that does not answer keeps a thread here until it does, and no more than `_AT_ONCE` of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import libc
from .mountpoints import mounts

PATIENCE_S = 0.2
"""How long a plan's answer waits for the mounts."""
REMEMBERED_S = 1.0
"""For so long the kernel remembers: what has not been asked for then need not be."""
_AT_ONCE = 3
_ELSEWHERE = b"/"


class Refresher:
    """Over all mounts of one root that this process sees."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._asking: dict[Path, list[threading.Thread]] = {}
        self._lock = threading.Lock()

    def tell(self, paths: Sequence[str]) -> None:
        """These paths have changed, in this order. Returns when the mounts show it, or after
        PATIENCE_S; they go on then."""
        asked = list(dict.fromkeys(_with_folders(paths)))
        points = {mounted.mountpoint for mounted in mounts() if mounted.root == self._root}
        until = time.monotonic() + PATIENCE_S
        begun = [self._begin(point, asked) for point in points] if asked else []
        for thread in filter(None, begun):
            thread.join(max(0.0, until - time.monotonic()))

    def _begin(self, point: Path, paths: Sequence[str]) -> threading.Thread | None:
        with self._lock:
            busy = [one for one in self._asking.get(point, ()) if one.is_alive()]
            if len(busy) >= _AT_ONCE:
                return None
            thread = threading.Thread(
                target=_look_again, args=(point, paths), name="refresh", daemon=True
            )
            self._asking[point] = [*busy, thread]
            thread.start()
            return thread


def _with_folders(paths: Sequence[str]) -> Iterable[str]:
    """The newest change first, because what changed long ago is forgotten; then the folders, whose
    times have changed."""
    yield from reversed(paths)
    yield from (path.rpartition("/")[0] for path in reversed(paths))


def _look_again(point: Path, paths: Sequence[str]) -> None:
    until = time.monotonic() + REMEMBERED_S
    for path in paths:
        if time.monotonic() > until:
            return
        if path:
            with contextlib.suppress(OSError):  # always; and whatever is or is not there is right
                os.link(_ELSEWHERE, os.path.join(os.fsencode(point), os.fsencode(path)))
        else:
            _look_at_top(os.fsencode(point))


def _look_at_top(point: bytes) -> None:
    """No name in the mount is the top's; its attributes can be asked for by statx(2)."""
    answer = (ctypes.c_char * libc.STATX_BYTES)()
    libc.statx(
        libc.AT_FDCWD, point, libc.AT_STATX_FORCE_SYNC, libc.STATX_BASIC_STATS,
        ctypes.addressof(answer),
    )  # fmt: skip
