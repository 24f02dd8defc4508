"""What the mount tells the daemon: spool lines, with the program that asked for each act.

A line that must stand before its act is written at once, with all that came before it. The others
are written together a moment later: each costs a system call, and one that a crash cuts off is
found by the daemon's scan, as one would be whose act was just done.

The act of a user never fails because its line cannot be written: the gap is logged, and the
daemon's scan finds what changed.

Threading: every method may be called from any thread.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from lsfs.names import is_transient
from lsfs.spool import SpoolEvent, SpoolLine, SpoolWriter, Was

log = logging.getLogger(__name__)

_PROGRAM_FRESH_S = 2.0  # a pid is hardly given to another program sooner
_PROGRAMS = 512
_REPLACED_WITHIN_S = 0.02
_TOGETHER_S = 0.01
_MOST_WAITING = 10_000
_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Program:
    """A process that called, as spool lines name it."""

    pid: int
    name: str


class Kept(NamedTuple):
    """Bytes kept under STATE/kept: by which name, and since when the file was as they are (ns).
    Without a name they could not be kept; `gap` says why. Or no bytes, but what the metadata
    were."""

    name: str | None
    since_ns: int
    gap: str | None = None
    was: Was | None = None


_Told = tuple[SpoolEvent, bytes, int, bytes | None, Kept | None, Program]
"""What a line says. Lines are made when they are written, not while a program waits."""


class Recorder:
    """Appends lines for paths as the kernel gives them (bytes, absolute within the mount)."""

    def __init__(self, spool: SpoolWriter | None, caller_pid: Callable[[], int]) -> None:
        """Without a spool nothing is recorded, and nothing need be kept.

        `caller_pid` answers within a FUSE callback for the request of its thread.
        """
        self._spool = spool
        self.is_on = spool is not None
        self._caller_pid = caller_pid
        self._waiting: deque[_Told] = deque()
        self._has_waiting = threading.Event()
        self._writing = threading.Lock()
        self._programs: dict[int, tuple[Program, float]] = {}
        self._removals: dict[bytes, _Told] = {}
        self._removing = threading.Lock()
        if self.is_on:
            threading.Thread(target=self._write_on, name="spool", daemon=True).start()

    def program(self) -> Program:
        """Who made the request this thread is answering."""
        pid = self._caller_pid()
        known = self._programs.get(pid)
        now = time.monotonic()
        if known is not None and known[1] > now:
            return known[0]
        program = Program(pid, _program_name(pid))
        if len(self._programs) >= _PROGRAMS:
            self._programs.clear()
        self._programs[pid] = program, now + _PROGRAM_FRESH_S
        return program

    def tell(
        self, event: SpoolEvent, path: bytes, program: Program, *, to: bytes | None = None,
        was: Was | None = None,
    ) -> None:  # fmt: skip
        """Say what has happened, soon."""
        if not self.is_on:
            return
        if self._removals:
            self._say_removals()
        kept = None if was is None else Kept(None, 0, was=was)
        self._waiting.append((event, path, time.time_ns(), to, kept, program))
        if not self._has_waiting.is_set():
            self._has_waiting.set()

    def tell_before(
        self, event: SpoolEvent, path: bytes, program: Program, *, kept: Kept | None = None
    ) -> None:
        """Say what is about to happen; on return the kernel has the line."""
        if not self.is_on:
            return
        if self._removals:
            self._say_removals()
        self._waiting.append((event, path, time.time_ns(), None, kept, program))
        self._write()

    def done(self) -> None:
        """The act that was told before has taken place, and no line of its own follows."""
        self._has_waiting.set()

    def removed_unless_replaced(self, path: bytes) -> None:
        """Say `removed`, unless `replaced` takes it back before the next line or in a moment.

        libfuse removes an open file that a rename is about to replace as a step of its own; the
        daemon must hear of one `moved`, not of a removal first.
        """
        told: _Told = ("removed", path, time.time_ns(), None, None, self.program())
        with self._removing:
            self._removals[path] = told
        timer = threading.Timer(_REPLACED_WITHIN_S, self._say_removals)
        timer.daemon = True
        timer.start()

    def replaced(self, path: bytes) -> None:
        """Take back a removal of `path` not yet said."""
        if self._removals:
            with self._removing:
                self._removals.pop(path, None)

    def close(self) -> None:
        """Say what is still unsaid and close the spool."""
        if self._spool is not None:
            self._say_removals()
            self._write()
            self._spool.nudge()
            self.is_on = False
            self._has_waiting.set()
            self._spool.close()

    def _say_removals(self) -> None:
        with self._removing:
            removals, self._removals = list(self._removals.values()), {}
        if removals:
            self._waiting += removals
            self._has_waiting.set()

    def _write_on(self) -> None:
        while self._has_waiting.wait() and self.is_on:
            time.sleep(_TOGETHER_S)
            self._has_waiting.clear()
            is_written = self._write()
            if self._spool is not None:
                self._spool.nudge()
            if not is_written:
                time.sleep(_AGAIN_S)
                self._has_waiting.set()

    def _write(self) -> bool:
        """Write all that waits, in the order it was told. Threads that come meanwhile wait.

        Returns:
            False when it could not be written and waits on.
        """
        if self._spool is None:
            return True
        with self._writing:
            told = self._taken()
            try:
                if told:
                    self._spool.append(*map(_line, told))
            except OSError as error:
                self._keep_for_later(told, error)
                self._has_waiting.set()
                return False
        return True

    def _keep_for_later(self, told: list[_Told], error: OSError) -> None:
        """The disk is full, or gone: the lines wait for the next write."""
        log.warning("%d lines not recorded yet: %s", len(told), error)
        for one in told[:-_MOST_WAITING]:
            log.error("not recorded: %s %r", *one[:2])
        self._waiting.extendleft(reversed(told[-_MOST_WAITING:]))

    def _taken(self) -> list[_Told]:
        told: list[_Told] = []
        with contextlib.suppress(IndexError):
            while True:
                told.append(self._waiting.popleft())
        return told


def _line(told: _Told) -> SpoolLine:
    event, path, at_ns, to, kept, program = told
    target = None if to is None else os.fsdecode(to[1:])
    name, since_ns, gap, was = kept or (None, 0, None, None)
    return SpoolLine(
        event, os.fsdecode(path[1:]), at_ns, target, name, program.pid, program.name, since_ns, gap,
        was,
    )  # fmt: skip


def is_passing(path: bytes) -> bool:
    """Whether the last part of a path is a transient name (see `lsfs.names`)."""
    return is_transient(os.fsdecode(path.rpartition(b"/")[2]))


def _program_name(pid: int) -> str:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", "rb") as stream:
        return os.fsdecode(stream.read().rstrip(b"\n"))
    return ""
