"""The spool: what a mount did, written by the mount process and read back by the daemon.

An append-only file of JSON lines a mount process, under STATE/spool. Bytes that an act is about to
destroy are put under STATE/kept, and the line that names them is written before the act; every
other line is written when the act has succeeded. So a reader may believe each line: one whose kept
file is missing is of an act that is just beginning, or that its writer's death prevented; where the
act failed there is a symlink instead (`NOT_DONE`). Acts whose line a crash cut off are found by the
start-up scan.

Threading: one thread at a time appends to a `SpoolWriter` (the mount's recorder sees to it); anyone
may nudge. It imports only the standard library, because the mount process must stay small.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

SpoolEvent = Literal[
    "dirty",  # a handle is about to change the bytes of `path` for the first time, or made it
    "closed",  # the last handle that changed `path` was released (its state is worth a version)
    "created", "mkdir", "symlink", "link", "removed", "rmdir",
    "moved",  # `path` is now `to`
    "exchanged",  # `path` and `to` changed places
    "metadata",  # mode, owner, times or xattrs of `path` changed
    "keep",  # nothing but what `kept` says
]  # fmt: skip

OFFSET_KEYS = "spool:"
"""How the names of the settings begin that `offset_key` gives."""
NOT_DONE = "not done"
"""In place of kept bytes a symlink to this says that the act of the line failed."""
SEGMENT_BYTES = 16 * 2**20
"""A writer starts a new file past this size, so that read files can be deleted."""


class Was(NamedTuple):
    """The metadata of a file before an act changed them; xattrs by name, base64."""

    mode: int
    uid: int
    gid: int
    mtime_ns: int
    ctime_ns: int
    xattrs: dict[str, str]


class SpoolLine(NamedTuple):
    """One event. `program` is the name of the process that called, `pid` its id.

    `kept`: the state that `path` had before is under STATE/kept by that name; it had it since
    `since_ns` (its ctime then: a link and a rename change it).

    A tuple: a mount makes several for each small file, and a frozen record takes four times as
    long to make.
    """

    event: SpoolEvent
    path: str
    at_ns: int
    to: str | None = None
    kept: str | None = None
    pid: int = 0
    program: str = ""
    since_ns: int = 0
    gap: str | None = None
    """Why that state could not be kept: it is lost."""
    was: Was | None = None
    """Of `metadata`: what they were before."""


class SpoolWriter:
    """Appends lines and nudges the daemon. Owns its descriptors until `close`."""

    def __init__(self, directory: Path, nudge_socket: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._stem = f"{os.getpid()}-{time.time_ns()}"
        self._segments = itertools.count()
        self._written = 0
        self._fd = self._open_segment()
        self._nudge = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._nudge.setblocking(False)
        self._nudge_directory = os.open(nudge_socket.parent, os.O_PATH | os.O_DIRECTORY)
        self._nudge_address = f"/proc/self/fd/{self._nudge_directory}/{nudge_socket.name}"

    def append(self, *lines: SpoolLine) -> None:
        """Write lines; on return the kernel has them (they survive the death of this process).

        All or none of them. One thread at a time.

        Raises:
            OSError: the state directory's disk is full or gone.
        """
        data = "".join(map(_encoded, lines)).encode("ascii")
        written = os.write(self._fd, data)
        if written < len(data):  # a torn line would spoil those that follow it
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._written += len(data)
        if self._written > SEGMENT_BYTES:
            with contextlib.suppress(OSError):  # the lines are written; the next time, then
                self._rotate()

    def nudge(self) -> None:
        """Wake the daemon. Without a daemon, or with nudges it has yet to read, nothing is sent."""
        with contextlib.suppress(OSError):
            self._nudge.sendto(b"!", self._nudge_address)

    def close(self) -> None:
        """Close the file; the daemon deletes it once it has read it."""
        os.close(self._fd)
        os.close(self._nudge_directory)
        self._nudge.close()

    def _open_segment(self) -> int:
        file = self._directory / f"{self._stem}-{next(self._segments):06d}.jsonl"
        fresh = file.with_suffix(".new")
        fd = os.open(fresh, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # the lock is how a reader sees that somebody may still append; it has it before it has a
        # name that readers know, or one that comes between would delete it
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            os.rename(fresh, file)
        except OSError:
            os.close(fd)
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
        return fd

    def _rotate(self) -> None:
        fresh = self._open_segment()
        os.close(self._fd)
        self._fd, self._written = fresh, 0


_quoted = json.encoder.encode_basestring_ascii


def _encoded(line: SpoolLine) -> str:
    """The line as JSON; by hand, because a mount writes several for each small file."""
    event, path, at_ns, to, kept, pid, program, since_ns, gap, was = line
    rest = "" if to is None else f',"to":{_quoted(to)}'
    if kept is not None:
        rest += f',"kept":{_quoted(kept)}'
    if gap is not None:
        rest += f',"gap":{_quoted(gap)}'
    if was is not None:
        rest += f',"was":{json.dumps(was)}'
    if since_ns:
        rest += f',"since_ns":{since_ns}'
    if pid:
        rest += f',"pid":{pid}'
    if program:
        rest += f',"program":{_quoted(program)}'
    return f'{{"event":"{event}","path":{_quoted(path)},"at_ns":{at_ns}{rest}}}\n'


def segments(directory: Path) -> list[Path]:
    """The spool's files, oldest first."""
    return sorted(directory.glob("*.jsonl"), key=_segment_order)


def _segment_order(file: Path) -> tuple[int, int]:
    _, started, number = file.stem.split("-")
    return int(started), int(number)


def read_lines(file: Path, offset: int) -> Iterator[tuple[SpoolLine, int]]:
    """Whole lines from `offset` on, each with the offset after it; a torn last line waits."""
    with file.open("rb") as stream:
        stream.seek(offset)
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            yield line_from(json.loads(raw)), offset


def line_from(fields: Mapping[str, Any]) -> SpoolLine:
    """A line from the fields of its JSON."""
    line = SpoolLine(**fields)
    return line if line.was is None else line._replace(was=Was(*line.was))


def writer_of(file: Path) -> str:
    """What the segments of one writer have in common."""
    return file.stem.rpartition("-")[0]


def offset_key(file: Path) -> str:
    """Under which the catalog's settings say how far a segment is read."""
    return OFFSET_KEYS + file.name


def process_of(file: Path) -> str:
    """The id of the process that wrote a segment or kept a file, as the name has it."""
    return file.stem.partition("-")[0]


def is_finished(file: Path) -> bool:
    """Whether no writer will append to the file: it has closed it, or moved on, or is gone."""
    with file.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
