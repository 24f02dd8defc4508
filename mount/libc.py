"""The calls of the C library that Python offers not at all, or not straight into a given buffer.

Paths are bytes, buffers are addresses. Each returns what C returns; `failure()` is the negated
errno of the last call of this thread, as FUSE wants it.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from ctypes import (
    c_char_p,
    c_int,
    c_int64,
    c_long,
    c_size_t,
    c_ssize_t,
    c_uint,
    c_uint64,
    c_ulong,
    c_void_p,
)  # fmt: skip
from typing import Any

AT_FDCWD = -100
AT_SYMLINK_NOFOLLOW = 0x100
RENAME_EXCHANGE = 2
MNT_DETACH = 2
CLONE_FS = 0x200
AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, STATX_BYTES = 0x2000, 0x7FF, 256
RWF_APPEND = 0x10
_OPENAT2 = 437  # the same number on every architecture
_BENEATH_WITHOUT_LINKS = 0x08 | 0x04  # RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS
PR_SET_SECUREBITS = 28

_libc = ctypes.CDLL(None, use_errno=True)


def failure() -> int:
    """The negated errno of this thread's last call here."""
    return -(ctypes.get_errno() or errno.EIO)


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., int]:
    function = getattr(_libc, name)
    function.restype, function.argtypes = result, arguments
    return function  # type: ignore[no-any-return]


lstat = _function("lstat", c_int, c_char_p, c_void_p)
fstat = _function("fstat", c_int, c_int, c_void_p)
pread = _function("pread64", c_ssize_t, c_int, c_void_p, c_size_t, c_int64)
pwrite = _function("pwrite64", c_ssize_t, c_int, c_void_p, c_size_t, c_int64)
pwritev2 = _function("pwritev2", c_ssize_t, c_int, c_void_p, c_int, c_int64, c_int)
utimensat = _function("utimensat", c_int, c_int, c_char_p, c_void_p, c_int)
futimens = _function("futimens", c_int, c_int, c_void_p)
statvfs = _function("statvfs", c_int, c_char_p, c_void_p)
renameat2 = _function("renameat2", c_int, c_int, c_char_p, c_int, c_char_p, c_uint)
fallocate = _function("fallocate", c_int, c_int, c_int, c_int64, c_int64)
copy_file_range = _function(
    "copy_file_range", c_ssize_t, c_int, c_void_p, c_int, c_void_p, c_size_t, c_uint
)
lseek = _function("lseek64", c_int64, c_int, c_int64, c_int)
lsetxattr = _function("lsetxattr", c_int, c_char_p, c_char_p, c_void_p, c_size_t, c_int)
setxattr = _function("setxattr", c_int, c_char_p, c_char_p, c_void_p, c_size_t, c_int)
lgetxattr = _function("lgetxattr", c_ssize_t, c_char_p, c_char_p, c_void_p, c_size_t)
getxattr = _function("getxattr", c_ssize_t, c_char_p, c_char_p, c_void_p, c_size_t)
llistxattr = _function("llistxattr", c_ssize_t, c_char_p, c_void_p, c_size_t)
listxattr = _function("listxattr", c_ssize_t, c_char_p, c_void_p, c_size_t)
lremovexattr = _function("lremovexattr", c_int, c_char_p, c_char_p)
removexattr = _function("removexattr", c_int, c_char_p, c_char_p)
setfsuid = _function("setfsuid", c_int, c_uint)
setfsgid = _function("setfsgid", c_int, c_uint)
umount2 = _function("umount2", c_int, c_char_p, c_int)
calloc = _function("calloc", c_void_p, c_size_t, c_size_t)
getdents64 = _function("getdents64", c_ssize_t, c_int, c_void_p, c_size_t)
fstatat = _function("fstatat", c_int, c_int, c_char_p, c_void_p, c_int)
_syscall = _function("syscall", c_long, c_long, c_int, c_char_p, c_void_p, c_size_t)
statx = _function("statx", c_int, c_int, c_char_p, c_int, c_uint, c_void_p)
ioctl = _function("ioctl", c_int, c_int, c_ulong, c_void_p)
unshare = _function("unshare", c_int, c_int)
prctl = _function("prctl", c_int, c_int, c_ulong, c_ulong, c_ulong, c_ulong)
capget = _function("capget", c_int, c_void_p, c_void_p)
capset = _function("capset", c_int, c_void_p, c_void_p)


def open_folder_beneath(folder: int, path: bytes) -> int:
    """An O_PATH descriptor of a folder below another, on the way to which no link is followed.

    Raises:
        OSError: ELOOP where there is a link; ENOSYS before Linux 5.6 (openat2(2)).
    """
    how = (c_uint64 * 3)(os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, 0, _BENEATH_WITHOUT_LINKS)
    fd = _syscall(_OPENAT2, folder, path, ctypes.addressof(how), ctypes.sizeof(how))
    if fd < 0:
        number = -failure()
        raise OSError(number, os.strerror(number))
    return fd
