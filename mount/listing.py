"""Reading a directory as the kernel gives it, without a Python object a name.

Threading: from any thread.
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
_DOT = ord(".")


def entries(fd: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Each entry of a directory opened at its start: inode, type as in st_mode, address of the
    name, and the name itself where it begins with a dot, else b"".

    An address is good until the next entry is asked for.

    Raises:
        OSError: the directory cannot be read.
    """
    block = ctypes.create_string_buffer(_BLOCK_BYTES)
    start = ctypes.addressof(block)
    view = memoryview(block).cast("B")
    parse, names_at = _HEAD.unpack_from, _HEAD.size
    while (count := libc.getdents64(fd, start, _BLOCK_BYTES)) > 0:
        at = 0
        while at < count:
            inode, _, length, kind = parse(view, at)
            name_at = at + names_at
            dotted = ctypes.string_at(start + name_at) if view[name_at] == _DOT else b""
            yield inode, kind << 12, start + name_at, dotted  # DT_DIR << 12 is S_IFDIR
            at += length
    if count < 0:
        code = -libc.failure()
        raise OSError(code, os.strerror(code))
