"""Callbacks about bytes: open files, reading, writing, lengths and durability."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat

from . import libc
from .calls import FOLDER_FLAGS, Calls, Parts, answers, named, refused
from .virtual import is_virtual

_PASSED_IOCTLS = frozenset((0x80086601, 0x40086602, 0x80087601, 0x801C581F, 0x401C5820))
"""FS_IOC_GETFLAGS, SETFLAGS, GETVERSION, FSGETXATTR, FSSETXATTR (linux/fs.h, 64 bit)."""
_IOCTL_OF_FOLDER = 1 << 4
_AT_ONCE_BYTES = 128 * 1024
"""What one request reads: passing a smaller file through costs more than it saves."""


class ContentCalls(Calls):
    """Open files."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        if parts.library.major == 3:
            self.read_buf = self._read_buf

    @answers
    def create(self, path: bytes, mode: int, info: int) -> None:
        flags = _usable(self._flags(info))
        try:
            with self._as_caller:
                fd = os.open(self._real(path), flags | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            if flags & os.O_EXCL:
                raise
            # made behind the mount since the kernel looked, which must judge it first: it does now
            raise refused(errno.ESTALE) from None
        try:
            state = self._handles.created(fd, path, flags)
            if self._passthrough.is_on:
                self._pass_through(fd, state, info, wanted=True)
        except BaseException:
            self._release(fd, path)
            raise
        self._set_handle(info, fd)

    @answers
    def open(self, path: bytes, info: int) -> None:
        flags = _usable(self._flags(info)) & ~(os.O_CREAT | os.O_EXCL)
        if is_virtual(path):
            self._set_handle(info, self._virtual.open(path, flags))
            self._library.file_info.from_address(info).direct_io = 1
        else:
            self._open(path, flags, info)

    @answers
    def read(self, path: bytes | None, into: int, size: int, offset: int, info: int) -> int:
        count = libc.pread(self._handle(info), into, size, offset)
        return count if count >= 0 else libc.failure()

    @answers
    def _read_buf(self, path: bytes | None, result: int, size: int, offset: int, info: int) -> None:
        """Hand libfuse3 the descriptor: for `read` it would allocate max_write bytes a request."""
        vector = self._library.descriptor_vector(self._handle(info), size, offset)
        ctypes.c_void_p.from_address(result).value = vector

    @answers
    def write(self, path: bytes | None, data: int, size: int, offset: int, info: int) -> int:
        fd = ctypes.c_uint64.from_address(info + self._handle_at).value
        # the program's flags of now; none where the kernel writes back a mapped page
        put = _append if self._flags(info) & os.O_APPEND else libc.pwrite
        if fd in self._unwritten:
            self._handles.before_first_change(fd, path, appends=put is _append)
        if self._set_ids.is_ours:
            with self._set_ids.cleared_unless_root():
                count = put(fd, data, size, offset)
        else:
            count = put(fd, data, size, offset)
        return count if count >= 0 else libc.failure()

    @answers
    def truncate(self, path: bytes | None, size: int, info: int | None = None) -> None:
        if info:
            fd = self._handle(info)
            self._handles.before_first_change(fd, path)
            self._cut(fd, size)
            return
        fd = os.open(self._real(named(path)), os.O_WRONLY | self._nofollow(path) | os.O_CLOEXEC)
        try:
            self._handles.opened(fd, os.O_WRONLY)
            self._handles.before_first_change(fd, path)
            self._cut(fd, size)
        finally:
            self._handles.released(fd, path)
            os.close(fd)

    ftruncate = truncate

    @answers
    def fallocate(self, path: bytes | None, mode: int, offset: int, size: int, info: int) -> int:
        fd = self._handle(info)
        self._handles.before_first_change(fd, path)
        with self._set_ids.cleared_unless_root():
            return libc.failure() if libc.fallocate(fd, mode, offset, size) else 0

    @answers
    def copy_file_range(  # noqa: PLR0913 - libfuse's signature
        self,
        path: bytes | None, info: int, offset: int,
        path_to: bytes | None, info_to: int, offset_to: int,
        size: int, flags: int,
    ) -> int:  # fmt: skip
        start, start_to = ctypes.c_int64(offset), ctypes.c_int64(offset_to)
        source, target = self._handle(info), self._handle(info_to)
        self._handles.before_first_change(target, path_to)
        with self._set_ids.cleared_unless_root():
            count = libc.copy_file_range(
                source, ctypes.addressof(start), target, ctypes.addressof(start_to), size, flags
            )
        return count if count >= 0 else libc.failure()

    @answers
    def lseek(self, path: bytes | None, offset: int, whence: int, info: int) -> int:
        position = libc.lseek(self._handle(info), offset, whence)
        return position if position >= 0 else libc.failure()

    @answers
    def ioctl(  # noqa: PLR0913 - libfuse's signature
        self, path: bytes | None, command: int, argument: int, info: int, flags: int, data: int
    ) -> int:
        """What lsattr(1), chattr(1) and xfs_io(8) ask; the kernel asks it of folders too."""
        if command not in _PASSED_IOCTLS or (path is not None and is_virtual(path)):
            raise refused(errno.ENOTTY)
        if not flags & _IOCTL_OF_FOLDER:
            return libc.failure() if libc.ioctl(self._handle(info), command, data) else 0
        fd = os.open(self._real(named(path)), FOLDER_FLAGS)
        try:
            return libc.failure() if libc.ioctl(fd, command, data) else 0
        finally:
            os.close(fd)

    @answers
    def fsync(self, path: bytes | None, only_data: int, info: int) -> None:
        (os.fdatasync if only_data else os.fsync)(self._handle(info))

    @answers
    def release(self, path: bytes | None, info: int) -> None:
        fd = self._handle(info)
        if path is None and self.backing.removed:
            self.backing.drop_unreachable(fd)
        self._release(fd, path)

    def _open(self, path: bytes, flags: int, info: int) -> None:
        """O_TRUNC is done by hand, after the bytes it destroys are kept."""
        truncates = flags & os.O_TRUNC
        fd = os.open(self._real(path), flags & ~os.O_TRUNC | self._nofollow(path))
        try:
            state = self._handles.opened(fd, flags)
            if truncates:
                self._truncate_opened(fd, path, flags, state.st_size)
            if not (self._passthrough.is_on and self._passed_through(fd, path, state, info)):
                self._keep_pages(info, path, state)
        except BaseException:
            self._release(fd, path)
            raise
        self._set_handle(info, fd)

    def _release(self, fd: int, path: bytes | None) -> None:
        self._passthrough.released(fd)
        self._handles.released(fd, path)
        os.close(fd)

    def _truncate_opened(self, fd: int, path: bytes, flags: int, size: int) -> None:
        if size > 0:
            self._handles.truncating(fd, path)
        if flags & os.O_ACCMODE == os.O_RDONLY:
            with self._set_ids.cleared_unless_root():
                os.truncate(b"/proc/self/fd/%d" % fd, 0)
        else:
            self._cut(fd, 0)

    def _cut(self, fd: int, size: int) -> None:
        with self._set_ids.cleared_unless_root():
            os.ftruncate(fd, size)

    def _keep_pages(self, info: int, path: bytes, state: os.stat_result) -> None:
        if self._pages.are_fresh(path, state):
            self._library.file_info.from_address(info).keep_cache = 1

    def _passed_through(self, fd: int, path: bytes, state: os.stat_result, info: int) -> bool:
        """A handle that may write is treated as if it did, because its writes will not be seen."""
        wanted = state.st_size > _AT_ONCE_BYTES
        appends = bool(self._flags(info) & os.O_APPEND)
        if fd in self._unwritten:
            wanted = not appends and self._keeper.costs_little(state)
        passed = self._pass_through(fd, state, info, wanted=wanted)
        if passed and fd in self._unwritten:  # wanted, or because another handle of it is
            self._handles.before_first_change(fd, path, appends=appends)
        return passed

    def _pass_through(self, fd: int, state: os.stat_result, info: int, *, wanted: bool) -> bool:
        # the kernel would clear bits for root or for nobody, and append for as long as it is open
        is_plain = stat.S_ISREG(state.st_mode) and not state.st_mode & (stat.S_ISUID | stat.S_ISGID)
        wanted = wanted and is_plain and not self._flags(info) & os.O_APPEND
        with self._set_ids.cleared() if wanted else contextlib.nullcontext():
            number = self._passthrough.opened(fd, (state.st_dev, state.st_ino), wanted=wanted)
        if number:
            self._set_backing(info, number)
        return bool(number)


def _usable(flags: int) -> int:
    """A program's flags for the real file: O_DIRECT would ask for aligned buffers, O_APPEND would
    append the pages of a mapping, and could not be taken off again (fcntl(F_SETFL))."""
    return flags & ~(os.O_DIRECT | os.O_APPEND) | os.O_CLOEXEC


def _append(fd: int, data: int, size: int, offset: int) -> int:
    """To the end as it is now, wherever the kernel believes it to be."""
    vector = (ctypes.c_size_t * 2)(data, size)
    return libc.pwritev2(fd, ctypes.addressof(vector), 1, offset, libc.RWF_APPEND)
