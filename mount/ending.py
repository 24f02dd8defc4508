"""Hearing of the end of a root's last mount, from the kernel: nothing polls.

However it ends (lsfs umount, umount(8), a shutdown, a kill), the mount table changes, and poll(2)
on it says so. Standard library only; safe from any thread.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .mountpoints import mounts

_PATIENCE_S = 60.0
"""How long a mount may take to appear while the process that makes it lives."""
_CALM_S = 1.0
"""A root that is mounted again at once was only mounted anew."""


def wait_until_unmounted(root: Path, maker: int) -> None:
    """Block until no mount of `root` is left, once there was one, or `maker` has ended without
    leaving one, or _PATIENCE_S have passed.

    `maker` is the process that mounts, or waits until it is mounted: a mount that came and went
    between two looks at the table is known by its end.
    """
    with open("/proc/self/mountinfo", "rb") as table, _end_of(maker) as end:
        changes = select.poll()
        changes.register(table, select.POLLERR | select.POLLPRI)
        changes.register(end, select.POLLIN)
        until = time.monotonic() + _PATIENCE_S
        is_awaited = True
        while is_awaited and not _is_mounted(root) and (left_s := until - time.monotonic()) > 0:
            is_awaited = end not in (file for file, _ in changes.poll(left_s * 1000))
        changes.unregister(end)
        while _is_mounted(root) or _is_back(root):
            changes.poll()


@contextmanager
def _end_of(process: int) -> Iterator[int]:
    """A descriptor that is readable once the process has ended."""
    try:
        file = os.pidfd_open(process)
    except ProcessLookupError:
        file = os.open(os.devnull, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)


def _is_back(root: Path) -> bool:
    time.sleep(_CALM_S)
    return _is_mounted(root)


def _is_mounted(root: Path) -> bool:
    return any(mounted.root == root for mounted in mounts())
