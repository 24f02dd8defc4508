"""When an inode came to be, which Python's stat does not tell.

Inode numbers are used again at once; a birth tells two files of one number apart. See statx(2):
`stx_btime`, Linux 4.11, of ext4, XFS, btrfs, tmpfs and others.
"""

from __future__ import annotations

import ctypes
import os
import struct

_AT_SYMLINK_NOFOLLOW = 0x100
_STATX_BTIME = 0x800
_SIZE = 256
_MASK = struct.Struct("=I")  # stx_mask: which fields the filesystem has filled in
_BTIME, _BTIME_AT = struct.Struct("=qI"), 80  # seconds, nanoseconds

_statx = getattr(ctypes.CDLL(None), "statx", None)
"""None in a C library older than glibc 2.28 or musl 1.2.5."""


def birth_ns(name: str, dir_fd: int) -> int | None:
    """When the inode behind `name` (relative to a folder; a link is not followed) was made, in
    nanoseconds since the epoch; None where nobody knows."""
    into = ctypes.create_string_buffer(_SIZE)
    if _statx is None or _statx(
        dir_fd, os.fsencode(name), _AT_SYMLINK_NOFOLLOW, _STATX_BTIME, into
    ):
        return None
    (filled,) = _MASK.unpack_from(into)
    seconds, nanoseconds = _BTIME.unpack_from(into, _BTIME_AT)
    return int(seconds * 10**9 + nanoseconds) if filled & _STATX_BTIME else None
