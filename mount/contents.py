"""Callbacks about bytes: open files, reading, writing, lengths and durability."""

from __future__ import annotations

import ctypes
import os

from . import libc
from .calls import Calls, Parts, answers, named
from .virtual import is_virtual


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
        except FileExistsError:  # made behind the mount since the kernel looked
            if flags & os.O_EXCL:
                raise
            self._set_handle(info, self._open(path, flags & ~os.O_CREAT))
            return
        self._set_handle(info, fd)
        self._handles.created(fd, path, flags)

    @answers
    def open(self, path: bytes, info: int) -> None:
        flags = _usable(self._flags(info)) & ~(os.O_CREAT | os.O_EXCL)
        if is_virtual(path):
            fd = self._virtual.open(path, flags)
            self._library.file_info.from_address(info).direct_io = 1
        else:
            fd = self._open(path, flags)
        self._set_handle(info, fd)

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
        if fd in self._unwritten:
            appends = bool(self._flags(info) & os.O_APPEND)
            self._handles.before_first_change(fd, path, appends=appends)
        count = libc.pwrite(fd, data, size, offset)
        return count if count >= 0 else libc.failure()

    @answers
    def truncate(self, path: bytes | None, size: int, info: int | None = None) -> None:
        if info:
            fd = self._handle(info)
            self._handles.before_first_change(fd, path)
            os.ftruncate(fd, size)
            return
        fd = os.open(self._real(named(path)), os.O_WRONLY | os.O_CLOEXEC)
        try:
            self._handles.opened(fd, os.O_WRONLY)
            self._handles.before_first_change(fd, path)
            os.ftruncate(fd, size)
        finally:
            self._handles.released(fd, path)
            os.close(fd)

    ftruncate = truncate

    @answers
    def fallocate(self, path: bytes | None, mode: int, offset: int, size: int, info: int) -> int:
        fd = self._handle(info)
        self._handles.before_first_change(fd, path)
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
        count = libc.copy_file_range(
            source, ctypes.addressof(start), target, ctypes.addressof(start_to), size, flags
        )
        return count if count >= 0 else libc.failure()

    @answers
    def lseek(self, path: bytes | None, offset: int, whence: int, info: int) -> int:
        position = libc.lseek(self._handle(info), offset, whence)
        return position if position >= 0 else libc.failure()

    @answers
    def fsync(self, path: bytes | None, only_data: int, info: int) -> None:
        (os.fdatasync if only_data else os.fsync)(self._handle(info))

    @answers
    def fsyncdir(self, path: bytes, only_data: int, info: int) -> None:
        if is_virtual(path):
            return
        fd = os.open(self._real(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    @answers
    def release(self, path: bytes | None, info: int) -> None:
        fd = self._handle(info)
        self._handles.released(fd, path)
        if path is None and self.backing.removed:
            self.backing.drop_unreachable(fd)
        os.close(fd)

    def _open(self, path: bytes, flags: int) -> int:
        """O_TRUNC is done by hand, after the bytes it destroys are kept."""
        truncates = flags & os.O_TRUNC
        nofollow = 0 if self._is_removed(path) else os.O_NOFOLLOW
        fd = os.open(self._real(path), flags & ~os.O_TRUNC | nofollow)
        try:
            self._handles.opened(fd, flags)
            if truncates:
                self._truncate_opened(fd, path, flags)
        except BaseException:
            self._handles.released(fd, path)
            os.close(fd)
            raise
        return fd

    def _truncate_opened(self, fd: int, path: bytes, flags: int) -> None:
        if os.fstat(fd).st_size > 0:
            self._handles.truncating(fd, path)
        if flags & os.O_ACCMODE == os.O_RDONLY:
            os.truncate(self._real(path), 0)
        else:
            os.ftruncate(fd, 0)


def _usable(flags: int) -> int:
    """A program's flags for the real file: O_DIRECT would ask for aligned buffers."""
    return flags & ~os.O_DIRECT | os.O_CLOEXEC
