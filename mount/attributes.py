"""Virtual nodes as struct stat."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import stat
from typing import Any

from .nodes import Node


def fill(entry: Any, path: bytes, node: Node) -> None:
    """Write what lstat says of `node` into the binding's struct stat. Without an owner of
    its own it is the root's."""
    ctypes.memset(ctypes.addressof(entry), 0, ctypes.sizeof(entry))
    entry.st_mode = node.mode
    entry.st_nlink = 2 if stat.S_ISDIR(node.mode) else 1
    entry.st_uid, entry.st_gid = node.owner or _owner()
    entry.st_size = node.size
    entry.st_blocks = -(-node.size // 512)
    entry.st_ino = inode_of(path)
    seconds, nanoseconds = divmod(node.mtime_ns, 10**9)
    for moment in (entry.st_atimespec, entry.st_mtimespec, entry.st_ctimespec):
        moment.tv_sec, moment.tv_nsec = seconds, nanoseconds


def inode_of(path: bytes) -> int:
    """A number that stays the same for the path and is no inode of a real filesystem's start."""
    return int.from_bytes(hashlib.blake2b(path, digest_size=7).digest(), "big") | 1 << 56


@functools.cache
def _owner() -> tuple[int, int]:
    state = os.stat(".")
    return state.st_uid, state.st_gid
