"""The daemon's ears: nudges from the mounts, events from outside, and the scan at the start.

Three threads beside the supervisor's own: one waits for nudges and reads the spool once the mounts
have been quiet for `versions.debounce_s` (at most MOST_WAIT_S later), one does the first scan and
looks at what is in new folders, one reads the large files. Nothing polls.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from lsfs.config import Config
from lsfs.paths import NUDGE_NAME
from lsfs.priority import lower_thread

log = logging.getLogger(__name__)
MOST_WAIT_S = 2.0
AGAIN_S = 30.0
"""When what could not be read (the disk was full) is tried again."""


class Observed(Protocol):
    """What the events are reported to."""

    def catch_up(self) -> None:
        """Read the spool and scan the tree."""
        ...

    def read_spool(self) -> None:
        """Read the spool."""
        ...

    def changed_outside(self, paths: set[str]) -> None:
        """Look at these paths."""
        ...

    def on_new_folder(self, tell: Callable[[str], None]) -> None:
        """`tell` of each new folder that is to be entered."""
        ...

    def enter(self, folder: str) -> None:
        """Look at what is below it."""
        ...

    def on_put_off(self, tell: Callable[[], None]) -> None:
        """`tell` when there is a large file to be read."""
        ...

    def read_large(self) -> None:
        """Read the large files."""
        ...


class Supervising(Protocol):
    """The watcher of the real directory."""

    @property
    def notices(self) -> list[str]:
        """What it cannot see, or not take in at present."""
        ...

    def start(self) -> None:
        """Begin to watch."""
        ...

    def lost_events(self) -> None:
        """Look at everything again, until that succeeds."""
        ...

    def stop(self) -> None:
        """Stop watching."""
        ...


Supervise = Callable[[Config, Callable[[set[str]], None], Callable[[], None]], Supervising]


class Watch:
    """Listens from construction to `stop`."""

    def __init__(self, config: Config, observed: Observed, supervise: Supervise) -> None:
        self._observed = observed
        self._debounce_s = config.versions.debounce_s
        self._socket = _nudge_socket(config.state / NUDGE_NAME)
        self._ended, self._end = os.pipe()
        self._is_ended = False
        self._has_large = threading.Event()
        observed.on_put_off(self._has_large.set)
        self._folders: SimpleQueue[str | None] = SimpleQueue()
        observed.on_new_folder(self._folders.put)
        self._supervisor = supervise(config, observed.changed_outside, observed.catch_up)
        self._threads = [
            threading.Thread(target=self._listen, name="spool"),
            threading.Thread(target=self._begin, name="scan"),
            threading.Thread(target=self._read_large, name="large"),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def notices(self) -> list[str]:
        """What cannot be seen or taken in, for `lsfs status`."""
        return self._supervisor.notices

    def stop(self) -> None:
        """End the threads; what is in the spool waits for the next start."""
        os.write(self._end, b"!")
        self._is_ended = True
        self._has_large.set()
        self._folders.put(None)
        for thread in self._threads:
            thread.join()
        self._supervisor.stop()
        self._socket.close()
        os.close(self._ended)
        os.close(self._end)

    def _begin(self) -> None:
        """Watch first, scan after: what changes during the scan is seen twice, never missed."""
        try:
            self._supervisor.start()
            self._observed.catch_up()
        except Exception:  # the outer door of this thread
            log.exception("the first scan failed")
            self._supervisor.lost_events()
        while (folder := self._folders.get()) is not None and not self._is_ended:
            try:
                self._observed.enter(folder)
            except Exception:  # the outer door of this thread: it must go on
                log.exception("looking at what is in %r failed", folder)
                self._supervisor.lost_events()

    def _listen(self) -> None:
        while self._wait(None):
            first = time.monotonic()
            while time.monotonic() - first < MOST_WAIT_S and self._wait(self._debounce_s):
                pass
            try:
                self._observed.read_spool()
            except Exception:  # the outer door of this thread: it must go on listening
                log.exception("reading the spool failed")
                self._supervisor.lost_events()  # the disk is full: nobody nudges when that is over

    def _read_large(self) -> None:
        lower_thread()
        timeout_s = None
        while not self._is_ended:
            self._has_large.wait(timeout_s)
            self._has_large.clear()
            timeout_s = None
            try:
                if not self._is_ended:
                    self._observed.read_large()
            except Exception:  # the outer door of this thread: it must go on
                log.exception("reading a large file failed")
                timeout_s = AGAIN_S

    def _wait(self, timeout_s: float | None) -> bool:
        """Whether a nudge came (all waiting ones are taken); False at the end or after the time."""
        ready, _, _ = select.select([self._socket.fileno(), self._ended], [], [], timeout_s)
        if self._socket.fileno() in ready:
            self._take_all()
        return bool(ready) and self._ended not in ready

    def _take_all(self) -> None:
        try:
            while self._socket.recv(64):
                pass
        except BlockingIOError:
            return


def _nudge_socket(file: Path) -> socket.socket:
    """Bound through /proc/self/fd: an address holds 108 bytes, a state directory may have more."""
    file.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    directory = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        bound.bind(f"/proc/self/fd/{directory}/{file.name}")
    finally:
        os.close(directory)
    bound.setblocking(False)
    return bound
