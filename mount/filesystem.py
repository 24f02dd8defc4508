"""The FUSE callbacks: the kernel's calls passed to the real directory.

Paths come as bytes from the top of the mount; the kernel has resolved symlinks and judged
permissions (`default_permissions`). Buffers come as addresses and go straight to the C library.
What a call means for versions is decided in `handles` and `keep`, what stands under `.lsfs` in
`virtual`.

Left to the kernel, by having no callback: `access` (default_permissions), `lock` and `flock` (they
work between all programs of the mount; passed on, a waiting one would hold the thread that its
holder needs to let go), `flush` (a round trip a close), `opendir`, `bmap`, `ioctl`, `poll`.

Threading: callbacks run in all threads of the session at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from lsfs.errors import LsfsError
from lsfs.spool import SpoolEvent

from . import libc
from .attributes import fill
from .backing import HIDDEN_PREFIX, Backing
from .handles import Handles, writers_of
from .identity import AsCaller, is_making_a_folder
from .keep import Keeper
from .libfuse import Library, Tuning
from .record import Recorder, is_passing
from .virtual import STATE_PREFIX, VirtualTree, is_virtual

log = logging.getLogger(__name__)

_UNCHANGED = 0xFFFFFFFF  # chown(2)'s -1
_STATE_NAME = STATE_PREFIX[1:]

Callback = TypeVar("Callback", bound=Callable[..., Any])


def answers(act: Callback) -> Callback:
    """Make a method a callback: what it raises becomes a negated errno, None becomes 0."""

    @functools.wraps(act)
    def callback(self: Filesystem, *arguments: Any) -> int:
        try:
            return act(self, *arguments) or 0
        except OSError as error:
            return -(error.errno or errno.EIO)
        except LsfsError as error:
            return -error.errno
        except Exception:
            log.exception("%s failed", act.__name__)  # the outer door: C takes no exception
            return -errno.EIO
        finally:
            if self.backing.is_walking():
                self.backing.done()

    return callback  # type: ignore[return-value]


@dataclass(frozen=True)
class Parts:
    """What the callbacks work with."""

    keeper: Keeper
    recorder: Recorder
    handles: Handles
    virtual: VirtualTree


class Filesystem:
    """One method a callback; `libfuse` looks them up by name. The working directory is the root."""

    def __init__(self, library: Library, parts: Parts, tuning: Tuning, as_caller: AsCaller) -> None:
        self.backing = Backing()
        self._library = library
        self._tuning = tuning
        self._as_caller = as_caller
        self._keeper, self._recorder = parts.keeper, parts.recorder
        self._handles, self._virtual = parts.handles, parts.virtual
        self._unwritten = parts.handles.unwritten
        self._real = self.backing.real
        self._handle_at: int = library.file_info.fh.offset
        self._flags_at: int = library.file_info.flags.offset
        self._more = (0,) if library.major == 3 else ()
        if library.major == 3:
            self.read_buf = self._read_buf

    @answers
    def init(self, connection: int, config: int | None = None) -> None:
        self._tuning.apply(self._library, connection, config)

    # -- looking -----------------------------------------------------------------------------------

    @answers
    def getattr(self, path: bytes | None, into: int, info: int | None = None) -> int:
        if path is not None:
            if path.startswith(STATE_PREFIX) and is_virtual(path):
                return self._virtual_attributes(path, into)
            if self.backing.removed and (found := self.backing.removed_file(path)):
                return self._removed_attributes(found, into)
            if info is None:
                return libc.failure() if libc.lstat(self._real(path), into) else 0
        return libc.failure() if libc.fstat(self._handle(info), into) else 0

    fgetattr = getattr

    @answers
    def readlink(self, path: bytes, into: int, size: int) -> None:
        if is_virtual(path):
            target = self._virtual.node(path).target
            if target is None:
                raise _refused(errno.EINVAL)
        else:
            target = os.readlink(self._real(path))
        text = target[: size - 1] + b"\0"
        ctypes.memmove(into, text, len(text))

    @answers
    def readdir(
        self, path: bytes, into: int, fill_name: Callable[..., int], *_: int
    ) -> None:
        more = self._more
        for name in (b".", b".."):
            fill_name(into, name, None, 0, *more)
        entry = self._library.stat()
        at = ctypes.addressof(entry)
        if is_virtual(path):
            for name, entry.st_mode in self._virtual.names(path):
                fill_name(into, name, at, 0, *more)
            return
        at_top = path == b"/"
        with os.scandir(self._real(path)) as found:
            for item in found:
                name = item.name
                if name.startswith(b".") and (
                    name.startswith(HIDDEN_PREFIX) or at_top and name == _STATE_NAME
                ):
                    continue
                entry.st_ino = item.inode()
                entry.st_mode = _type_of(item)
                if fill_name(into, name, at, 0, *more):
                    break

    @answers
    def statfs(self, path: bytes, into: int) -> int:
        real = b"." if is_virtual(path) else self._real(path)
        return libc.failure() if libc.statvfs(real, into) else 0

    @answers
    def getxattr(self, path: bytes, name: bytes, into: int, size: int) -> int:
        if is_virtual(path):
            raise _refused(errno.ENODATA)
        result = libc.lgetxattr(self._real(path), name, into, size)
        return result if result >= 0 else libc.failure()

    @answers
    def listxattr(self, path: bytes, into: int, size: int) -> int:
        if is_virtual(path):
            return 0
        result = libc.llistxattr(self._real(path), into, size)
        return result if result >= 0 else libc.failure()

    # -- names -------------------------------------------------------------------------------------

    @answers
    def mknod(self, path: bytes, mode: int, device: int) -> None:
        with self._as_caller:
            os.mknod(self._real(path), mode, device)
        self._say("created", path)

    @answers
    def mkdir(self, path: bytes, mode: int) -> None:
        if is_virtual(path):
            self._virtual.mkdir(path)
            return
        with self._as_caller:
            os.mkdir(self._real(path), mode)
        self._say("mkdir", path)

    @answers
    def symlink(self, target: bytes, path: bytes) -> None:
        with self._as_caller:
            os.symlink(target, self._real(path))
        self._say("symlink", path)

    @answers
    def link(self, path: bytes, to: bytes) -> None:
        os.link(self._real(path), self._real(to), follow_symlinks=False)
        self._say("link", path, to)

    @answers
    def unlink(self, path: bytes) -> None:
        if self.backing.removed and self.backing.drop(path):
            return
        self._keeper.remove(self._real(path), path, self._recorder.program())
        self._say("removed", path)

    @answers
    def rmdir(self, path: bytes) -> None:
        if is_virtual(path):
            self._virtual.rmdir(path)
            return
        os.rmdir(self._real(path))
        self._say("rmdir", path)

    @answers
    def rename(self, path: bytes, to: bytes, flags: int = 0) -> int:
        real, real_to = self._real(path), self._real(to)
        if to.rpartition(b"/")[2].startswith(HIDDEN_PREFIX) and self._remove_open(path, to):
            return 0
        self._recorder.replaced(to)
        kept = None
        if not flags:
            kept = self._before_rename(path, to)
        if libc.renameat2(libc.AT_FDCWD, real, libc.AT_FDCWD, real_to, flags):
            failure = libc.failure()
            if kept is not None:
                self._keeper.forget(kept)
            return failure
        if not (is_passing(path) and is_passing(to)):
            exchange = flags & libc.RENAME_EXCHANGE
            self._recorder.append("exchanged" if exchange else "moved", path, to=to)
        return 0

    # -- metadata ----------------------------------------------------------------------------------

    @answers
    def chmod(self, path: bytes | None, mode: int, info: int | None = None) -> None:
        os.chmod(self._handle(info) if info else self._real(_named(path)), mode)
        self._changed_metadata(path)

    @answers
    def chown(self, path: bytes | None, user: int, group: int, info: int | None = None) -> None:
        owner = (-1 if user == _UNCHANGED else user, -1 if group == _UNCHANGED else group)
        if info:
            os.chown(self._handle(info), *owner)
        else:
            real = self._real(_named(path))
            os.chown(real, *owner, follow_symlinks=self._is_removed(path))
        self._changed_metadata(path)

    @answers
    def utimens(self, path: bytes | None, times: int, info: int | None = None) -> int:
        """`times` is libfuse's own pair of timespecs, UTIME_NOW and UTIME_OMIT included."""
        if info:
            failed = libc.futimens(self._handle(info), times)
        else:
            nofollow = 0 if self._is_removed(path) else libc.AT_SYMLINK_NOFOLLOW
            failed = libc.utimensat(libc.AT_FDCWD, self._real(_named(path)), times, nofollow)
        if failed:
            return libc.failure()
        self._changed_metadata(path)
        return 0

    @answers
    def setxattr(self, path: bytes, name: bytes, value: int, size: int, flags: int) -> int:
        if libc.lsetxattr(self._real(path), name, value, size, flags):
            return libc.failure()
        self._changed_metadata(path)
        return 0

    @answers
    def removexattr(self, path: bytes, name: bytes) -> int:
        if libc.lremovexattr(self._real(path), name):
            return libc.failure()
        self._changed_metadata(path)
        return 0

    # -- bytes -------------------------------------------------------------------------------------

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
        self._handles.opened(fd, flags, is_new=True)
        self._say("created", path)

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
    def _read_buf(
        self, path: bytes | None, result: int, size: int, offset: int, info: int
    ) -> None:
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
        fd = os.open(self._real(_named(path)), os.O_WRONLY | os.O_CLOEXEC)
        try:
            self._handles.opened(fd, os.O_WRONLY, is_new=False)
            self._handles.before_first_change(fd, path)
            os.ftruncate(fd, size)
        finally:
            self._handles.released(fd, path)
            os.close(fd)

    ftruncate = truncate

    @answers
    def fallocate(
        self, path: bytes | None, mode: int, offset: int, size: int, info: int
    ) -> int:
        fd = self._handle(info)
        self._handles.before_first_change(fd, path)
        return libc.failure() if libc.fallocate(fd, mode, offset, size) else 0

    @answers
    def copy_file_range(
        self,
        path: bytes | None, info: int, offset: int,
        path_to: bytes | None, info_to: int, offset_to: int,
        size: int, flags: int,
    ) -> int:  # fmt: skip  # noqa: PLR0913
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

    # -- within ------------------------------------------------------------------------------------

    def _handle(self, info: int | None) -> int:
        return ctypes.c_uint64.from_address((info or 0) + self._handle_at).value

    def _set_handle(self, info: int, fd: int) -> None:
        ctypes.c_uint64.from_address(info + self._handle_at).value = fd

    def _flags(self, info: int) -> int:
        return ctypes.c_int32.from_address(info + self._flags_at).value

    def _open(self, path: bytes, flags: int) -> int:
        """O_TRUNC is done by hand, after the bytes it destroys are kept."""
        truncates = flags & os.O_TRUNC
        nofollow = 0 if self._is_removed(path) else os.O_NOFOLLOW
        fd = os.open(self._real(path), flags & ~os.O_TRUNC | nofollow)
        try:
            self._handles.opened(fd, flags, is_new=False)
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

    def _before_rename(self, path: bytes, to: bytes) -> str | None:
        program = self._recorder.program()
        real, real_to = self._real(path), self._real(to)
        if is_passing(to):
            self._keeper.before_change(real, path, program)
            return None
        with contextlib.suppress(OSError):
            if os.path.samestat(os.lstat(real), os.lstat(real_to)):
                return None  # two names of one file: rename(2) does nothing
        return self._keeper.before_replacing(real_to, to, program)

    def _remove_open(self, path: bytes, hidden: bytes) -> bool:
        """libfuse renames a file that is open in place of removing it; remove it for good.

        Returns:
            False when nobody has it open: then it is some program's own rename.
        """
        real = self._real(path)
        fd = os.open(real, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        state = os.fstat(fd)
        is_open, is_written = writers_of(state)
        if not is_open or not stat.S_ISREG(state.st_mode):
            os.close(fd)
            return False
        try:
            program = self._recorder.program()
            self._keeper.remove(real, path, program, may_move=not is_written)
        except OSError:
            os.close(fd)
            raise
        self.backing.adopt(hidden, fd, has_other_names=state.st_nlink > 1)
        if not is_passing(path):
            self._recorder.removed_unless_replaced(path)
        return True

    def _virtual_attributes(self, path: bytes, into: int) -> int:
        if self._virtual.is_unpinned_query(path):
            # the kernel makes no folder where a lookup finds one
            if is_making_a_folder(self._library.caller_pid()):
                return -errno.ENOENT
        fill(self._library.stat.from_address(into), path, self._virtual.node(path))
        return 0

    def _removed_attributes(self, found: tuple[int, bool], into: int) -> int:
        fd, has_other_names = found
        if libc.fstat(fd, into):
            return libc.failure()
        entry = self._library.stat.from_address(into)
        if has_other_names and entry.st_nlink:
            entry.st_nlink += 1  # libfuse takes one off for the name it believes is there
        return 0

    def _is_removed(self, path: bytes | None) -> bool:
        return bool(
            self.backing.removed and path and self.backing.removed_file(path) is not None
        )

    def _say(self, event: SpoolEvent, path: bytes, to: bytes | None = None) -> None:
        if not is_passing(to or path):
            self._recorder.append(event, path, to=to)

    def _changed_metadata(self, path: bytes | None) -> None:
        """A line, unless a handle that has changed the file will say `closed` anyway."""
        if path is not None and not self._handles.is_being_written(path):
            self._say("metadata", path)


def _usable(flags: int) -> int:
    """A program's flags for the real file: O_DIRECT would ask for aligned buffers."""
    return flags & ~os.O_DIRECT | os.O_CLOEXEC


def _type_of(item: os.DirEntry[bytes]) -> int:
    if item.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFLNK if item.is_symlink() else stat.S_IFREG


def _named(path: bytes | None) -> bytes:
    if path is None:
        raise _refused(errno.ENOENT)
    return path


def _refused(code: int) -> OSError:
    return OSError(code, os.strerror(code))
