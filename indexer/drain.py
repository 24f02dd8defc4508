"""The draining thread: queue to text; and those that follow it: text to vectors, pictures and
recordings to what they show and say.

Text goes first, so that a file is findable by its words at once; the others follow while no text
waits.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial

from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.priority import lower_thread

from . import trigrams, upgrade
from .connection import Connections
from .dense import Meaning
from .describing import Describing
from .embedding import Embedding
from .following import BACK_OFF_S, NO_ROOM_S
from .texts import Texts

log = logging.getLogger(__name__)

PACE_S = 0.5
"""Where the settings want a pause, it is made after so much work."""
QUIET_S = 10.0
"""So long after the last text all extraction processes but one are ended."""


class Drain(threading.Thread):
    """Runs until `stop`. `nudge` wakes it; everything else it learns from the catalog."""

    def __init__(self, config: Config, connections: Connections, meaning: Meaning) -> None:
        super().__init__(name="drain", daemon=True)
        self._config = config
        self._connections = connections
        changing = threading.Lock()
        self._texts = Texts(config, meaning.remove, changing)
        self._embedding = Embedding(config, connections, meaning, changing)
        self._describing = Describing(config, connections, changing, meaning.remove, self._renew)
        self._followers = self._describing, self._embedding
        self._change = threading.Condition()
        self._is_nudged = True
        self._stopping = threading.Event()
        self._working_since = time.monotonic()

    def nudge(self) -> None:
        """The queue has grown."""
        self._renew()
        self._texts.nudge()

    def _renew(self) -> None:
        """There may be something to do before the followers go on."""
        with self._change:
            self._is_nudged = True
            for follower in self._followers:
                follower.pause()
            self._change.notify()

    def stop(self) -> None:
        """End soon; returns when it has. What is in hand waits in the queue."""
        self._stopping.set()
        self._texts.interrupt()
        with self._change:
            self._change.notify()
        for follower in self._followers:
            follower.stop()
        self.join()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until all that is queued has text and vectors, and is described; False if it takes
        longer."""
        return all(follower.wait_idle(timeout_s) for follower in self._followers)

    @property
    def is_at_rest(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        return all(follower.is_at_rest for follower in self._followers)

    def run(self) -> None:
        """The loop; every failure is logged and tried again later, none ends the thread."""
        lower_thread()
        connection = self._connections.get()
        for follower in self._followers:
            follower.start()
        adopting = upgrade.adopt_recognition, upgrade.adopt_code, self._texts.judge.adopt_settings
        for adopt in adopting:
            while not self._stopping.is_set() and self._guarded(partial(adopt, connection)):
                pass
        while not self._stopping.is_set():
            with self._change:
                self._is_nudged = False
            is_enabled = self._config.indexer.enabled
            if not is_enabled or not self._guarded(lambda: self._step(connection)):
                self._rest()

    def _step(self, connection: sqlite3.Connection) -> bool:
        """Some work, and the pause that the settings want: the share of one processor's time in
        which nothing is read or stored. Whether there was any."""
        has_worked = self._texts.step(connection) or trigrams.extend(connection)
        share = self._config.indexer.cpu_percent / 100
        worked_s = time.monotonic() - self._working_since
        if share < 1 and has_worked and worked_s > PACE_S:
            self._texts.readers.hold()
            self._stopping.wait((1 / share - 1) * (time.monotonic() - self._working_since))
            self._texts.readers.go_on()
            self._working_since = time.monotonic()
        return has_worked

    def _guarded(self, act: Callable[[], bool]) -> bool:
        try:
            return act()
        except Exception as error:
            log.exception("indexing failed; trying again")
            self._stopping.wait(NO_ROOM_S if is_for_want_of_room(error) else BACK_OFF_S)
            return True

    def _rest(self) -> None:
        with self._change:
            if self._is_nudged or self._stopping.is_set():
                return
            for follower in self._followers:
                follower.go_on()
            if not self._change.wait_for(self._has_news, QUIET_S):
                self._texts.readers.rest()
                self._change.wait_for(self._has_news)
        self._working_since = time.monotonic()

    def _has_news(self) -> bool:
        return self._is_nudged or self._stopping.is_set()
