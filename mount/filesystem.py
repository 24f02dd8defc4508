"""The FUSE callbacks: the kernel's calls passed to the real directory.

Paths come as bytes from the top of the mount; the kernel has resolved symlinks and judged
permissions (`default_permissions`). Buffers come as addresses and go straight to the C library.
What a call means for versions is decided in `handles` and `keep`, what stands under `.lsfs` in
`virtual`.

Left to the kernel, by having no callback: `access` (default_permissions), `lock` and `flock` (they
work between all programs of the mount; passed on, a waiting one would hold the thread that its
holder needs to let go), `flush` (a round trip a close), `bmap`, `poll`.

Threading: callbacks run in all threads of the session at once.
"""

from __future__ import annotations

import os

from . import libc
from .calls import Parts, answers, named
from .contents import ContentCalls
from .entries import EntryCalls
from .folders import FolderCalls
from .session import DONT_MASK, HANDLE_KILLPRIV_V2, PASSTHROUGH, POSIX_ACL, Tuning

_UNCHANGED = 0xFFFFFFFF  # chown(2)'s -1


class Filesystem(EntryCalls, ContentCalls, FolderCalls):
    """One method a callback; `libfuse` looks them up by name. Metadata stand here."""

    def __init__(self, parts: Parts, tuning: Tuning) -> None:
        super().__init__(parts)
        self._tuning = tuning

    @answers
    def init(self, connection: int, config: int | None = None) -> None:
        granted = self._tuning.apply(self._library, connection, config)
        self._as_caller.applies_umask = bool(granted & DONT_MASK)
        self._has_acls = bool(granted & POSIX_ACL)
        if granted & HANDLE_KILLPRIV_V2:
            self._set_ids.start()
        if granted & PASSTHROUGH:
            self._passthrough.start(self._library.session_fd())

    @answers
    def chmod(self, path: bytes | None, mode: int, info: int | None = None) -> None:
        was = self._metadata(path)
        if info:
            os.chmod(self._handle(info), mode)
        else:  # chmod(2) would follow a link
            fd = os.open(self._real(named(path)), os.O_PATH | self._nofollow(path) | os.O_CLOEXEC)
            try:
                os.chmod(b"/proc/self/fd/%d" % fd, mode)
            finally:
                os.close(fd)
        self._changed_metadata(path, was)

    @answers
    def chown(self, path: bytes | None, user: int, group: int, info: int | None = None) -> None:
        was = self._metadata(path)
        owner = (-1 if user == _UNCHANGED else user, -1 if group == _UNCHANGED else group)
        if info:
            os.chown(self._handle(info), *owner)
        else:
            real = self._real(named(path))
            os.chown(real, *owner, follow_symlinks=self._is_removed(path))
        self._changed_metadata(path, was)

    @answers
    def utimens(self, path: bytes | None, times: int, info: int | None = None) -> int:
        """`times` is libfuse's own pair of timespecs, UTIME_NOW and UTIME_OMIT included."""
        was = self._metadata(path)
        if info:
            failed = libc.futimens(self._handle(info), times)
        else:
            nofollow = 0 if self._is_removed(path) else libc.AT_SYMLINK_NOFOLLOW
            failed = libc.utimensat(libc.AT_FDCWD, self._real(named(path)), times, nofollow)
        if failed:
            return libc.failure()
        self._changed_metadata(path, was)
        return 0

    @answers
    def setxattr(self, path: bytes, name: bytes, value: int, size: int, flags: int) -> int:
        was = self._metadata(path)
        put = libc.setxattr if self._is_removed(path) else libc.lsetxattr
        if put(self._real(path), name, value, size, flags):
            return libc.failure()
        self._changed_metadata(path, was)
        return 0

    @answers
    def removexattr(self, path: bytes, name: bytes) -> int:
        was = self._metadata(path)
        remove = libc.removexattr if self._is_removed(path) else libc.lremovexattr
        if remove(self._real(path), name):
            return libc.failure()
        self._changed_metadata(path, was)
        return 0
