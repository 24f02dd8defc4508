"""Hearing of the end of a root's last mount, from the kernel: nothing polls.

However it ends (lsfs umount, umount(8), a shutdown, a kill), the mount table changes, and poll(2)
on it says so. Standard library only; safe from any thread.
"""

from __future__ import annotations

import select
import time
from pathlib import Path

from .mountpoints import mounts

_PATIENCE_S = 60.0
"""How long a mount may take to appear; one that failed never does."""
_CALM_S = 1.0
"""A root that is mounted again at once was only mounted anew."""


def wait_until_unmounted(root: Path) -> None:
    """Block until no mount of `root` is left, once there was one or _PATIENCE_S have passed."""
    with open("/proc/self/mountinfo", "rb") as table:
        changes = select.poll()
        changes.register(table, select.POLLERR | select.POLLPRI)
        until = time.monotonic() + _PATIENCE_S
        while not _is_mounted(root) and (left_s := until - time.monotonic()) > 0:
            changes.poll(left_s * 1000)
        while _is_mounted(root) or _is_back(root):
            changes.poll()


def _is_back(root: Path) -> bool:
    time.sleep(_CALM_S)
    return _is_mounted(root)


def _is_mounted(root: Path) -> bool:
    return any(mounted.root == root for mounted in mounts())
