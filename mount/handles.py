"""Open files: what each handle is of, and what must happen before it first changes anything.

A handle is the real file's descriptor; this module keeps the books and does not open or close.
`unwritten` is read on every write without a lock: a descriptor that is not in it costs one lookup.

Threading: from any thread. The first change of a handle is prepared by one thread while others
that write through it wait.
"""

from __future__ import annotations

import os
import stat
import threading

from .keep import Keeper
from .passthrough import Inode
from .record import Program, Recorder, is_passing

_GATES = 16
APPEND_KEEP_BYTES = 2**20
"""A larger file opened to append is not kept before the first line added to it: appending destroys
nothing, and a copy of a large log for each line would cost more than it is worth."""


class Handles:
    """The open handles, by descriptor."""

    def __init__(self, keeper: Keeper, recorder: Recorder) -> None:
        self.unwritten: set[int] = set()
        """Descriptors that may write and have changed nothing yet."""
        self._open: dict[int, tuple[Inode, bool]] = {}
        self._written: dict[int, tuple[bytes, Program]] = {}
        self._keeper = keeper
        self._recorder = recorder
        self._gates = [threading.Lock() for _ in range(_GATES)]

    def opened(self, fd: int, flags: int) -> os.stat_result:
        """Note a handle of a file that was there; `flags` are those of open(2). What it is now."""
        state = self._note(fd, flags)
        if self._recorder.is_on and _writes(flags):
            self.unwritten.add(fd)
        return state

    def created(self, fd: int, path: bytes, flags: int) -> os.stat_result:
        """Note a handle of a new file. Nothing of it can be lost, so it counts as dirty at once."""
        state = self._note(fd, flags)
        if self._recorder.is_on and not is_passing(path):
            program = self._recorder.program()
            if _writes(flags):
                self._recorder.tell("dirty", path, program)
                self._written[fd] = path, program
            else:
                self._recorder.tell("created", path, program)
        return state

    def is_open(self, inode: Inode) -> tuple[bool, bool]:
        """Whether anybody has the file open at all, and whether to write."""
        found = [writes for other, writes in list(self._open.values()) if other == inode]
        return bool(found), any(found)

    def before_first_change(self, fd: int, path: bytes | None, *, appends: bool = False) -> None:
        """Keep the bytes and say `dirty`, once; returns when the handle may change the file.

        `path` is None for a file without a name (its last name was removed).
        """
        with self._gates[fd % _GATES]:
            if fd not in self.unwritten:
                return
            if path is not None and not is_passing(path):
                self._prepare(fd, path, appends=appends)
            self.unwritten.discard(fd)

    def truncating(self, fd: int, path: bytes) -> None:
        """The file is opened with O_TRUNC; the same for a handle that may not write itself."""
        if self._recorder.is_on:
            self.unwritten.add(fd)
        self.before_first_change(fd, path)

    def released(self, fd: int, path: bytes | None) -> None:
        """Forget a handle before its descriptor is closed (and its number given out again)."""
        self.unwritten.discard(fd)
        self._open.pop(fd, None)
        written = self._written.pop(fd, None)
        if written is not None and path is not None:
            known, program = written
            if path == known or not is_passing(path):
                self._recorder.tell("closed", path, program)

    def release_all(self) -> None:
        """Say `closed` for every handle still open: the mount is ending."""
        for fd, (path, _) in list(self._written.items()):
            self.released(fd, path)

    def is_being_written(self, path: bytes) -> bool:
        """Whether a handle opened as `path` has changed bytes and will say `closed`."""
        return any(path == written for written, _ in list(self._written.values()))

    def _note(self, fd: int, flags: int) -> os.stat_result:
        state = os.fstat(fd)
        self._open[fd] = (state.st_dev, state.st_ino), _writes(flags)
        return state

    def _prepare(self, fd: int, path: bytes, *, appends: bool) -> None:
        program = self._recorder.program()
        kept = None
        if self._must_keep(fd, appends):
            kept = self._keeper.before_change(b"/proc/self/fd/%d" % fd, path)
        self._recorder.tell_before("dirty", path, program, kept=kept)
        self._written[fd] = path, program

    def _must_keep(self, fd: int, appends: bool) -> bool:
        state = os.fstat(fd)
        if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
            return False
        return not (appends and state.st_size > APPEND_KEEP_BYTES)


def _writes(flags: int) -> bool:
    return flags & os.O_ACCMODE != os.O_RDONLY
