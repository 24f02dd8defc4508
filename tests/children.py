"""Acts done by another process: as another user, or holding what this one then asks for."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from waiting import wait_for

Act = Callable[[], object]


@dataclass(frozen=True)
class User:
    """Whom a child becomes; needs root."""

    uid: int
    gid: int
    groups: Sequence[int] = field(default=())


def outcome(act: Act) -> object:
    """What an act returns, or the name of the errno it meets."""
    try:
        return act()
    except OSError as error:
        return errno.errorcode[error.errno or 0]


class Child:
    """A process that does an act in a folder and sends back its outcome."""

    def __init__(self, act: Act, folder: Path, user: User | None = None) -> None:
        self._results, sending = os.pipe()
        with warnings.catch_warnings():
            # threads of other tests; the child makes system calls and leaves
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._live(act, folder, user, sending)
        os.close(sending)

    def result(self) -> object:
        """Wait for the outcome."""
        with open(self._results, "rb") as stream:
            data = stream.read()
        os.waitpid(self.pid, 0)
        return pickle.loads(data)

    def kill(self) -> None:
        """End it at once, with all that it holds."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._results)

    def is_waiting_for_a_lock(self) -> bool:
        """Whether the kernel queues it for a lock; of open files' locks it names no pid."""
        locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
        waiting = [line for line in locks if "->" in line]
        return any(f" {self.pid} " in line or " OFDLCK " in line for line in waiting)

    @staticmethod
    def _live(act: Act, folder: Path, user: User | None, sending: int) -> None:
        try:
            os.chdir(folder)  # its parents may be closed to the user
            if user is not None:
                os.setgroups(list(user.groups))
                os.setgid(user.gid)
                os.setuid(user.uid)
            os.write(sending, pickle.dumps(outcome(act)))
        finally:
            os._exit(0)


def in_child(act: Act, folder: Path, user: User | None = None) -> object:
    """The outcome of an act done by another process, whose working directory is `folder`."""
    return Child(act, folder, user).result()


@contextmanager
def holding(hold: Callable[[], object], folder: Path) -> Iterator[Child]:
    """A child that has done `hold` and keeps what it has opened until the end of the block."""
    ready, telling = os.pipe()

    def hold_on() -> None:
        hold()
        os.write(telling, b".")
        signal.pause()

    child = Child(hold_on, folder)
    os.close(telling)
    try:
        assert os.read(ready, 1), "the child could not take hold"
        yield child
    finally:
        os.close(ready)
        child.kill()


def waiting_child(act: Act, folder: Path) -> Child:
    """A child that waits for a lock within `act`."""
    child = Child(act, folder)
    wait_for(child.is_waiting_for_a_lock, message="the child to wait for the lock")
    return child
