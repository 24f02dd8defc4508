"""Keeping what is about to be destroyed, under STATE/kept, until the daemon has taken it in.

Bytes are kept by the cheapest way there is: nothing at all where the catalog says they are in the
content store, a rename of the file that is being removed, a link to the one that is being replaced,
a reflink, a copy. The line that names them is written before the act. A user's act never
fails because its bytes cannot be kept (disk full, file unreadable): that gap is logged.

Threading: every method may be called from any thread. It opens the catalog read-only and never
writes it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import logging
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from lsfs.quietly import open_quietly
from lsfs.seen import is_quiet, seen_of
from lsfs.spool import NOT_DONE

from .backing import is_descriptor
from .record import Kept, Program, Recorder, is_passing

log = logging.getLogger(__name__)

_FICLONE = 0x40049409
_SILENCE_S = 0.5
"""For how long a catalog that cannot be asked is not asked again."""

_RESERVED = 4  # a copy has two files open, and their listings of attributes
_SMALL_BYTES = 128 * 1024
_QUERY = """
SELECT 1 FROM entries WHERE device = ? AND inode = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ?
AND captured = 1 AND gone_ns IS NULL
"""


class CapturedStates:
    """Asks the catalog whether a file's present state is in the content store."""

    def __init__(self, catalog_file: Path) -> None:
        self._address = f"{catalog_file.as_uri()}?mode=ro"
        self._of_thread = threading.local()
        self._silent_until = 0.0

    def holds(self, state: os.stat_result) -> bool:
        """False when in doubt: no catalog, or a file written a moment ago."""
        if not is_quiet(state) or self._silent_until > time.monotonic():
            return False
        try:
            return self._connection().execute(_QUERY, seen_of(state)[:5]).fetchone() is not None
        except sqlite3.Error as error:
            log.debug("the catalog does not answer, so bytes are kept: %s", error)
            self._silent_until = time.monotonic() + _SILENCE_S
            return False

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._address, uri=True, isolation_level=None, timeout=0.2,
                check_same_thread=False,
            )  # fmt: skip
            self._of_thread.connection = connection
        return connection


class Keeper:
    """Keeps pre-images. `real` is how this process reaches a file, `path` its place."""

    def __init__(self, directory: Path, captured: CapturedStates, recorder: Recorder) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = os.fsencode(directory)
        self._device = directory.stat().st_dev
        self._captured = captured
        self._recorder = recorder
        self._stem = f"{os.getpid()}-{time.time_ns()}"
        self._numbers = itertools.count()
        self._reserve = _Reserve()

    def costs_little(self, state: os.stat_result) -> bool:
        """Whether keeping the file before anything is written to it takes no long copy."""
        return state.st_size <= _SMALL_BYTES or self._captured.holds(state)

    def before_change(self, real: bytes, path: bytes) -> Kept | None:
        """The file's bytes are about to change in place, or its name to become a passing one.

        Returns:
            The copy made of it, or why there is none, to be told before the act.
        """
        state = self._worth_keeping(real, path)
        return None if state is None else self._copy(real, path, state)

    def before_replacing(self, real: bytes, path: bytes, program: Program) -> Kept | None:
        """Another file is about to be renamed onto this one.

        Returns:
            The link made for it; `forget` it when the rename does not take place, or the kept
            bytes would change with the file.
        """
        state = self._worth_keeping(real, path)
        if state is None:
            return None
        kept = self._new_name(state)
        try:
            if state.st_nlink > 1:
                raise PermissionError(errno.EPERM, "its bytes may change under another name")
            os.link(real, self._file(kept), follow_symlinks=False)
        except OSError:
            self._recorder.tell_before("keep", path, program, kept=self._copy(real, path, state))
            return None
        self._recorder.tell_before("keep", path, program, kept=kept)
        return kept

    def remove(
        self, real: bytes, path: bytes, program: Program,
        event: Literal["removed", "keep"] = "removed", *, may_move: bool = True,
    ) -> None:  # fmt: skip
        """Remove the file's name, its last state kept, and say so.

        `event`: "keep" leaves it to the caller to say `removed`. `may_move`: nobody writes to it.

        Raises:
            OSError: the name cannot be removed.
        """
        state = self._worth_keeping(real, path)
        if state is not None:
            is_movable = may_move and state.st_nlink == 1 and state.st_dev == self._device
            if is_movable and self._move_away(real, path, state, program, event):
                return
            self._recorder.tell_before("keep", path, program, kept=self._copy(real, path, state))
        os.unlink(real)
        if event == "removed" and not is_passing(path):
            self._recorder.tell(event, path, program)

    def forget(self, kept: Kept) -> None:
        """Drop what was kept for an act that did not take place."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._file(kept))

    def _worth_keeping(self, real: bytes, path: bytes) -> os.stat_result | None:
        if not self._recorder.is_on or is_passing(path):
            return None
        try:
            state = os.stat(real, follow_symlinks=is_descriptor(real))
        except OSError:
            return None  # the act itself will say what is wrong
        if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
            return None
        return None if self._captured.holds(state) else state

    def _move_away(
        self, real: bytes, path: bytes, state: os.stat_result, program: Program,
        event: Literal["removed", "keep"],
    ) -> bool:  # fmt: skip
        kept = self._new_name(state)
        self._recorder.tell_before(event, path, program, kept=kept)
        try:
            os.rename(real, self._file(kept))
        except OSError:  # not ours to move, or another filesystem after all
            with contextlib.suppress(OSError):
                os.symlink(NOT_DONE, self._file(kept))
            return False
        self._recorder.done()
        return True

    def _copy(self, real: bytes, path: bytes, state: os.stat_result) -> Kept:
        kept = self._new_name(state)
        try:
            self._reserve.used_by(lambda: _copy(real, self._file(kept)))
        except OSError as error:
            self.forget(kept)
            log.warning("the bytes of %r could not be kept: %s", path, error)
            return Kept(None, state.st_ctime_ns, error.strerror or str(error))
        return kept

    def _new_name(self, state: os.stat_result) -> Kept:
        return Kept(f"{self._stem}-{next(self._numbers):08d}", state.st_ctime_ns)

    def _file(self, kept: Kept) -> bytes:
        return self._directory + b"/" + (kept.name or "").encode("ascii")


class _Reserve:
    """Descriptors held back for keeping, where programs have taken all the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = self._hold()

    def used_by(self, act: Callable[[], None]) -> None:
        """Do something that opens files; once more, with the reserve, when there are none left."""
        try:
            act()
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise
            with self._lock:
                self._let_go()
                try:
                    act()
                finally:
                    self._held = self._hold()

    def _hold(self) -> list[int]:
        held: list[int] = []
        with contextlib.suppress(OSError):
            while len(held) < _RESERVED:
                held.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
        return held

    def _let_go(self) -> None:
        while self._held:
            os.close(self._held.pop())


def _copy(real: bytes, file: bytes) -> None:
    """Copy bytes, holes and metadata; on failure `file` may be left in part."""
    source = open_quietly(real, 0 if is_descriptor(real) else os.O_NOFOLLOW)
    try:
        target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            state = os.fstat(source)
            if state.st_size <= _SMALL_BYTES:
                _copy_small(source, target, state.st_size)
            elif not _clone(source, target):
                _copy_extents(source, target, state.st_size)
            _copy_metadata(source, target, state)
        finally:
            os.close(target)
    finally:
        os.close(source)


def _copy_small(source: int, target: int, size: int) -> None:
    data = os.read(source, size)
    if os.write(target, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _clone(source: int, target: int) -> bool:
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _copy_extents(source: int, target: int, size: int) -> None:
    position = 0
    while position < size:
        try:
            start = os.lseek(source, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            break  # only a hole is left
        position = os.lseek(source, start, os.SEEK_HOLE)
        _copy_range(source, target, start, position)
    os.ftruncate(target, size)


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    os.lseek(target, start, os.SEEK_SET)
    while start < end:
        try:
            count = os.copy_file_range(source, target, end - start, start)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
            count = os.sendfile(target, source, start, end - start)
        if count == 0:
            return  # it was cut short meanwhile
        start += count


def _copy_metadata(source: int, target: int, state: os.stat_result) -> None:
    with contextlib.suppress(OSError):  # a filesystem may have none at all
        for name in os.listxattr(source):
            with contextlib.suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))
    if (state.st_uid, state.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):  # only root gives files away
            os.fchown(target, state.st_uid, state.st_gid)
    os.fchmod(target, stat.S_IMODE(state.st_mode))
    os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))
