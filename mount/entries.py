"""Callbacks about names: looking them up, making, removing and renaming them."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat

from lsfs.spool import SpoolEvent

from . import libc
from .attributes import fill
from .backing import HIDDEN_BY_LIBFUSE
from .calls import Calls, answers, refused
from .identity import is_making_a_folder
from .record import Kept, is_passing
from .virtual import STATE_PREFIX, is_virtual

_ACL_PREFIX = b"system.posix_acl_"


class EntryCalls(Calls):
    """Names, and what stands behind them."""

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
                raise refused(errno.EINVAL)
        else:
            target = os.readlink(self._real(path))
        text = target[: size - 1] + b"\0"
        ctypes.memmove(into, text, len(text))

    @answers
    def statfs(self, path: bytes, into: int) -> int:
        real = b"." if is_virtual(path) else self._real(path)
        return libc.failure() if libc.statvfs(real, into) else 0

    @answers
    def getxattr(self, path: bytes, name: bytes, into: int, size: int) -> int:
        if is_virtual(path):
            value = self._virtual.node(path).xattrs.get(name)
            if value is None:
                raise refused(errno.ENODATA)
            return _given(value, into, size)
        get = libc.getxattr if self._is_removed(path) else libc.lgetxattr
        result = get(self._real(path), name, into, size)
        if result >= 0:
            return result
        failure = libc.failure()
        if failure == -errno.EOPNOTSUPP and self._has_acls and name.startswith(_ACL_PREFIX):
            return -errno.ENODATA  # else the kernel refuses everything where there are no ACLs
        return failure

    @answers
    def listxattr(self, path: bytes, into: int, size: int) -> int:
        if is_virtual(path):
            names = self._virtual.node(path).xattrs
            return _given(b"".join(name + b"\0" for name in names), into, size)
        get = libc.listxattr if self._is_removed(path) else libc.llistxattr
        result = get(self._real(path), into, size)
        if result > 0 and size and self._as_caller.is_other():
            return _without_trusted(into, result)
        return result if result >= 0 else libc.failure()

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
        real = self._real(path)
        may_move = not (self.backing.removed and self.backing.holds(real))
        self._keeper.remove(real, path, self._recorder.program(), may_move=may_move)

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
        if HIDDEN_BY_LIBFUSE.fullmatch(to.rpartition(b"/")[2]) and self._remove_open(path, to):
            return 0
        if self.backing.removed and self.backing.was_just_removed(to, real):
            # two names of one file: rename(2) does nothing, but libfuse has removed the second
            os.link(real, real_to, follow_symlinks=False)
            self._recorder.replaced(to)
            return 0
        kept = None
        if not flags:
            kept = self._before_rename(path, to)
        if libc.renameat2(libc.AT_FDCWD, real, libc.AT_FDCWD, real_to, flags):
            failure = libc.failure()
            if kept is not None:
                self._keeper.forget(kept)
            return failure
        self._recorder.replaced(to)
        if not (is_passing(path) and is_passing(to)):
            exchange = flags & libc.RENAME_EXCHANGE
            event: SpoolEvent = "exchanged" if exchange else "moved"
            self._recorder.tell(event, path, self._recorder.program(), to=to)
        return 0

    def _before_rename(self, path: bytes, to: bytes) -> Kept | None:
        program = self._recorder.program()
        real, real_to = self._real(path), self._real(to)
        if is_passing(to):
            kept = self._keeper.before_change(real, path)
            if kept is not None:
                self._recorder.tell_before("keep", path, program, kept=kept)
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
        is_open, is_written = self._handles.is_open((state.st_dev, state.st_ino))
        if not is_open or not stat.S_ISREG(state.st_mode):
            os.close(fd)
            return False
        try:
            program = self._recorder.program()
            self._keeper.remove(real, path, program, "keep", may_move=not is_written)
        except OSError:
            os.close(fd)
            raise
        self.backing.adopt(hidden, fd, path, has_other_names=state.st_nlink > 1)
        if not is_passing(path):
            self._recorder.removed_unless_replaced(path)
        return True

    def _virtual_attributes(self, path: bytes, into: int) -> int:
        # the kernel makes no folder where its lookup finds one
        if self._virtual.is_unpinned_query(path) and self._is_making_a_folder():
            return -errno.ENOENT
        fill(self._library.stat.from_address(into), path, self._virtual.node(path))
        return 0

    def _is_making_a_folder(self) -> bool:
        return is_making_a_folder(self._library.caller_pid())

    def _removed_attributes(self, found: tuple[int, bool], into: int) -> int:
        fd, has_other_names = found
        if libc.fstat(fd, into):
            return libc.failure()
        entry = self._library.stat.from_address(into)
        if has_other_names and entry.st_nlink:
            entry.st_nlink += 1  # libfuse takes one off for the name it believes is there
        return 0


def _given(value: bytes, into: int, size: int) -> int:
    """Answer with bytes, or for a size of 0 with how many there are (getxattr(2))."""
    if size:
        if size < len(value):
            raise refused(errno.ERANGE)
        ctypes.memmove(into, value, len(value))
    return len(value)


def _without_trusted(names: int, size: int) -> int:
    """Take the names that are root's alone to see off a list (xattr(7)); its size then."""
    listed = ctypes.string_at(names, size).split(b"\0")
    seen = b"\0".join(name for name in listed if not name.startswith(b"trusted."))
    ctypes.memmove(names, seen, len(seen))
    return len(seen)
