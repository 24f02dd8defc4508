"""The guard: a small process that takes a mount down when the mount's own process was killed.

libfuse's auto_unmount has a fusermount wait for the same. It was measured to leave one dead mount
in a hundred (it asks the mount whether it is dead, and a process in the middle of dying answers
ECONNABORTED where it expects ENOTCONN), can take down the mount that has meanwhile been made at the
same place, and has root depend on fusermount.

Threading: `keep_guard` forks, so it is called before any thread is started.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from .mountpoints import detach, is_dead

PROCESS_NAME, GUARD_NAME = "lsfs-mount", "lsfs-guard"
"""What the two processes are called in ps and top."""
_LOCK_NAME = "mount.lock"
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


@contextlib.contextmanager
def mounting(state: Path, *, makes_file: bool = True) -> Iterator[None]:
    """Held from the checks before a mount until the kernel knows it, and while a guard looks: two
    mounts of a root never begin at once, and no guard meets a mount half made.

    Raises:
        OSError: the state is gone.
    """
    makes = os.O_CREAT if makes_file else 0
    fd = os.open(state / _LOCK_NAME, os.O_RDWR | makes | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def keep_guard(point: Path, state: Path) -> None:
    """Fork a guard over the mount that this process is about to make at `point`.

    The pipe's end is left open on purpose: the kernel closes it when this process is gone.
    """
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return
    try:
        os.close(writing)
        _become_alone(reading)
        os.read(reading, 1)
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # the state may be gone; the mount must go too
                stack.enter_context(mounting(state, makes_file=False))
            if is_dead(point):
                detach(point, lazy=True)
    finally:
        os._exit(0)


def set_process_name(name: str) -> None:
    """Only the main thread's name is the process's."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w", encoding="ascii") as stream:
        stream.write(name)


def _become_alone(kept_fd: int) -> None:
    """Let go of the terminal, of signals meant for the mount, and of every pipe of its starter."""
    os.setsid()
    os.chdir("/")
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    set_process_name(GUARD_NAME)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    for fd in map(int, os.listdir("/proc/self/fd")):
        if fd > 2 and fd != kept_fd:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(fd)
