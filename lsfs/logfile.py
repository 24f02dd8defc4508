"""A log file that does not grow without end: past LIMIT_BYTES it becomes NAME.1 and begins anew.

For processes in the background, whose standard error is that file: what C libraries and Python's
own tracebacks write goes there too. Standard library only, and little of it: the mount process
stays small.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path

LIMIT_BYTES = 2**20


class StderrLog(logging.StreamHandler):  # type: ignore[type-arg]
    """Logs to standard error; `file`, where standard error is one, is kept below the limit."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(sys.stderr)
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, one thread at a time."""
        super().emit(record)
        with contextlib.suppress(OSError):  # the state directory is gone: there is no log to keep
            if self._file is not None and os.fstat(2).st_size > LIMIT_BYTES:
                rotate(self._file)
                redirect_output(self._file)


def log_to_stderr(level: int, file: Path | None = None) -> None:
    """Set logging up for a process whose standard error is `file`, or whatever it may be."""
    logging.basicConfig(
        level=level,
        handlers=[StderrLog(file)],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


def rotate(file: Path) -> None:
    """Put `file` aside as NAME.1, in place of the one before it."""
    os.replace(file, f"{file}.1")


def rotate_if_long(file: Path) -> None:
    """Before a new process begins to write to it."""
    if file.exists() and file.stat().st_size > LIMIT_BYTES:
        rotate(file)


def redirect_output(file: Path) -> None:
    """Have standard output and error go to the end of `file`, which is made if need be."""
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
