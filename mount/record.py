"""What the mount tells the daemon: spool lines, with the program that asked for each act.

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
from collections.abc import Callable
from dataclasses import dataclass

from lsfs.names import is_transient
from lsfs.spool import SpoolEvent, SpoolLine, SpoolWriter

log = logging.getLogger(__name__)

_PROGRAM_FRESH_S = 2.0  # a pid is hardly given to another program sooner
_PROGRAMS = 512
_REPLACED_WITHIN_S = 0.02

QUIET: frozenset[SpoolEvent] = frozenset({"dirty", "keep", "metadata"})
"""Events the daemon need not be woken for: another follows, or nothing is urgent."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process that called, as spool lines name it."""

    pid: int
    name: str


class Recorder:
    """Appends lines for paths as the kernel gives them (bytes, absolute within the mount)."""

    def __init__(self, spool: SpoolWriter | None, caller_pid: Callable[[], int]) -> None:
        """Without a spool nothing is recorded, and nothing need be kept.

        `caller_pid` answers within a FUSE callback for the request of its thread.
        """
        self._spool = spool
        self.is_on = spool is not None
        self._caller_pid = caller_pid
        self._programs: dict[int, tuple[Program, float]] = {}
        self._removals: dict[bytes, SpoolLine] = {}
        self._removing = threading.Lock()

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

    def append(
        self,
        event: SpoolEvent,
        path: bytes,
        *,
        to: bytes | None = None,
        kept: str | None = None,
        program: Program | None = None,
    ) -> None:
        """Write a line; `program` is this request's caller unless given."""
        if not self.is_on:
            return
        if self._removals:
            self._flush_removals()
        self._write(self._line(event, path, to, kept, program))

    def removed_unless_replaced(self, path: bytes) -> None:
        """Say `removed`, unless `replaced` takes it back before the next line or in a moment.

        libfuse removes an open file that a rename is about to replace as a step of its own; the
        daemon must hear of one `moved`, not of a removal first.
        """
        with self._removing:
            self._removals[path] = self._line("removed", path, None, None, None)
        timer = threading.Timer(_REPLACED_WITHIN_S, self._flush_removals)
        timer.daemon = True
        timer.start()

    def replaced(self, path: bytes) -> None:
        """Take back a removal of `path` not yet said."""
        if self._removals:
            with self._removing:
                self._removals.pop(path, None)

    def close(self) -> None:
        """Say what is still unsaid and close the spool."""
        self._flush_removals()
        if self._spool is not None:
            self._spool.nudge()
            self._spool.close()

    def _line(
        self,
        event: SpoolEvent,
        path: bytes,
        to: bytes | None,
        kept: str | None,
        program: Program | None,
    ) -> SpoolLine:
        by = program or self.program()
        target = None if to is None else os.fsdecode(to[1:])
        return SpoolLine(
            event, os.fsdecode(path[1:]), time.time_ns(), target, kept, by.pid, by.name
        )

    def _write(self, line: SpoolLine) -> None:
        if self._spool is None:
            return
        try:
            self._spool.append(line)
        except OSError as error:
            log.warning("not recorded: %s %r: %s", line.event, line.path, error)
            return
        if line.event not in QUIET:
            self._spool.nudge()

    def _flush_removals(self) -> None:
        with self._removing:
            lines, self._removals = list(self._removals.values()), {}
        for line in lines:
            self._write(line)


def is_passing(path: bytes) -> bool:
    """Whether the last part of a path is a transient name (see `lsfs.names`)."""
    return is_transient(os.fsdecode(path.rpartition(b"/")[2]))


def _program_name(pid: int) -> str:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", "rb") as stream:
        return os.fsdecode(stream.read().rstrip(b"\n"))
    return ""
