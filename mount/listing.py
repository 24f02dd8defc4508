"""Reading an open folder from where the kernel wants to go on, as the real filesystem numbers its
entries: nothing of a large folder is held, and what is removed while it is read disturbs nobody.

One loop, and names handed on where they lie: what is done here is done for each entry of a listing.

Threading: one reader a `Folder` at a time; libfuse sees to that.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable
from typing import Any

from lsfs.paths import STATE_NAME

from . import libc
from .backing import HIDDEN_PREFIX

_BLOCK_BYTES = 32 * 1024
# struct linux_dirent64: d_ino, d_off, d_reclen, d_type; then the name (getdents64(2))
_HEAD = struct.Struct("=QqHB")
_DOT = ord(".")
_LINKS = (b".", b"..")
_STATE = os.fsencode(STATE_NAME)
_HAS_ATTRIBUTES = 1 << 1  # FUSE_FILL_DIR_PLUS


class Stat:
    """A struct stat to hand over with each name."""

    def __init__(self, entry: Any) -> None:
        self._entry = entry  # C writes into it
        self.at = ctypes.addressof(entry)
        self.memory = (ctypes.c_char * ctypes.sizeof(entry)).from_address(self.at)
        fields = type(entry)
        inode, mode = fields.st_ino, fields.st_mode
        gap = mode.offset - inode.offset - inode.size
        if inode.size != 8 or mode.size != 4 or gap < 0:
            raise TypeError("an unknown struct stat")
        # what lies between them says nothing where only these two are filled in
        self.start = inode.offset
        self.write = struct.Struct(f"=Q{gap}xI").pack_into


class Folder:
    """A folder opened to be listed. Its descriptor is the caller's to close."""

    def __init__(self, fd: int, *, is_top: bool) -> None:
        self.fd = fd
        self._is_top = is_top  # the root, which holds the state that is not shown
        self._memory: Any = None
        self._block = b""
        self._at = 0
        self._offset = 0

    def give(  # noqa: PLR0913 - libfuse's filler, and what it is called with
        self, give: Callable[..., int], into: int, stat: Stat, offset: int, *,
        has_flags: bool, with_attributes: bool,
    ) -> None:  # fmt: skip
        """Hand over entries from `offset` on, until `give` says that there is no more room.

        Raises:
            OSError: the folder cannot be read.
        """
        if offset != self._offset:
            os.lseek(self.fd, offset, os.SEEK_SET)
            self._block, self._at = b"", 0
        parse, names_at, write, start, memory = (
            _HEAD.unpack_from, _HEAD.size, stat.write, stat.start, stat.memory
        )  # fmt: skip
        more: tuple[int, ...] = (0,) if has_flags else ()
        block, at, dot, entry = self._block, self._at, _DOT, stat.at
        while block or (block := self._next_block()):
            names, end = ctypes.addressof(self._memory) + names_at, len(block)
            while at < end:
                inode, following, length, kind = parse(block, at)
                if block[at + names_at] != dot or self._is_shown(block, at + names_at):
                    write(memory, start, inode, kind << 12)  # DT_DIR << 12 is S_IFDIR
                    if with_attributes:
                        more = (self._attributes(block, at + names_at, stat),)
                    if give(into, names + at, entry, following, *more):
                        self._block, self._at, self._offset = block, at, offset
                        return
                at += length
                offset = following
            block, at = b"", 0
        self._block, self._at, self._offset = b"", 0, offset

    def _is_shown(self, block: bytes, start: int) -> bool:
        name = block[start : block.index(b"\0", start)]
        return not name.startswith(HIDDEN_PREFIX) and not (self._is_top and name == _STATE)

    def _attributes(self, block: bytes, start: int, stat: Stat) -> int:
        """All that lstat says of a name, but for the links; whether that is so, as flags."""
        name = block[start : block.index(b"\0", start)]
        if name in _LINKS or libc.fstatat(self.fd, name, stat.at, libc.AT_SYMLINK_NOFOLLOW):
            return 0
        return _HAS_ATTRIBUTES

    def _next_block(self) -> bytes:
        self._memory = self._memory or ctypes.create_string_buffer(_BLOCK_BYTES)
        count = libc.getdents64(self.fd, ctypes.addressof(self._memory), _BLOCK_BYTES)
        if count < 0:
            code = -libc.failure()
            raise OSError(code, os.strerror(code))
        return ctypes.string_at(self._memory, count)
