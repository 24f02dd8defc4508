"""Reading an open folder from where the kernel wants to go on, as the real filesystem numbers its
entries: nothing of a large folder is held, and what is removed while it is read disturbs nobody.

Threading: one reader a `Folder` at a time; libfuse sees to that.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator

from . import libc

_BLOCK_BYTES = 32 * 1024
# struct linux_dirent64: d_ino, d_off, d_reclen, d_type; then the name (getdents64(2))
_HEAD = struct.Struct("=QqHB")


class Folder:
    """A folder opened to be listed. Its descriptor is the caller's to close."""

    def __init__(self, fd: int, *, is_top: bool) -> None:
        self.fd = fd
        self.is_top = is_top
        """Whether it is the root, and holds the state that is not shown."""
        self._block = b""
        self._at = 0
        self._offset = 0

    def entries(self, offset: int) -> Iterator[tuple[bytes, int, int, int]]:
        """From `offset` on: name, inode, type as in st_mode (0 where it is not known), and the
        offset after it. An entry counts as read when the next one is asked for.

        Raises:
            OSError: the folder cannot be read.
        """
        if offset != self._offset:
            os.lseek(self.fd, offset, os.SEEK_SET)
            self._block, self._at, self._offset = b"", 0, offset
        parse, names_at = _HEAD.unpack_from, _HEAD.size
        while True:
            if self._at == len(self._block):
                self._block, self._at = self._next_block(), 0
                if not self._block:
                    return
            inode, following, length, kind = parse(self._block, self._at)
            start = self._at + names_at
            name = self._block[start : self._block.index(b"\0", start)]
            yield name, inode, kind << 12, following  # DT_DIR << 12 is S_IFDIR
            self._at += length
            self._offset = following

    def _next_block(self) -> bytes:
        block = ctypes.create_string_buffer(_BLOCK_BYTES)
        count = libc.getdents64(self.fd, ctypes.addressof(block), _BLOCK_BYTES)
        if count < 0:
            code = -libc.failure()
            raise OSError(code, os.strerror(code))
        return ctypes.string_at(block, count)
