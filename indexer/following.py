"""A thread that works while no text waits: what follows a text, its vectors and what a model says.

One piece of work that is begun is finished; what changes meanwhile is read beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.power import is_on_battery
from lsfs.priority import lower_thread

log = logging.getLogger(__name__)

BACK_OFF_S, NO_ROOM_S = 1.0, 10.0
"""How soon what failed is tried again; on a full disk each try costs a piece of work."""
MAINS_S = 30.0
"""How soon it is looked again whether the machine is on the mains."""
ASKED_S = 5.0
"""Who waits until all is indexed asks again within this."""


class Follower(threading.Thread, ABC):
    """Runs until `stop`: loads what it needs, then works whenever it may."""

    def __init__(self, name: str, config: Config) -> None:
        super().__init__(name=name, daemon=True)
        self._config = config
        self._change = threading.Condition()
        self._is_paused = True
        self._is_waiting = self._is_working = False
        self._has_loaded = self._is_over = False
        self._asked_at = -ASKED_S

    def pause(self) -> None:
        """Texts wait: begin nothing else."""
        with self._change:
            self._is_paused = True

    def go_on(self) -> None:
        """No text waits: there may be something to do."""
        with self._change:
            self._is_paused, self._is_waiting = False, True
            self._change.notify_all()

    def stop(self) -> None:
        """End after the work in hand; returns when it has. What is still being loaded is not waited
        for."""
        with self._change:
            self._is_over = True
            has_loaded = self._has_loaded
            self._change.notify_all()
        if has_loaded:
            self.join()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until no text waits and nothing is left to do; False if it takes longer."""
        self._asked_at = time.monotonic()
        with self._change:
            return self._change.wait_for(self._is_idle, timeout_s)

    @property
    def is_at_rest(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        with self._change:
            return self._is_idle()

    def _is_idle(self) -> bool:
        # all that can be done is done: without a model there will be nothing
        return self._has_loaded and not (self._is_paused or self._is_waiting or self._is_working)

    def run(self) -> None:
        """The loop; every failure is logged and tried again later, none ends the thread."""
        lower_thread()
        self._load()
        with self._change:
            self._has_loaded = True
            self._is_waiting = self._is_waiting or not self._is_paused
            self._change.notify_all()
        while self._begin():
            has_more = self._guarded(self._turn)
            with self._change:
                self._is_working = False
                self._is_waiting |= has_more
                self._change.notify_all()
            if not has_more:
                self._rest()

    def _begin(self) -> bool:
        """Wait until there may be something to do; False at the end."""
        with self._change:
            self._change.wait_for(lambda: self._is_over or self._may_begin())
            self._is_waiting, self._is_working = False, True
            return not self._is_over

    def _may_begin(self) -> bool:
        return self._is_waiting and not self._is_paused

    def _guarded(self, act: Callable[[], bool]) -> bool:
        """Whether there is more of it to do: where it failed, after a while."""
        try:
            return act()
        except Exception as error:
            log.exception("%s failed; trying again", self.name)
            self._wait(NO_ROOM_S if is_for_want_of_room(error) else BACK_OFF_S)
            return True

    def _turn(self) -> bool:
        """A piece of work, and after it the pause that the settings want. Whether there was any."""
        started = time.monotonic()
        if not self._config.indexer.enabled:
            return False
        if self._waits_for_mains():
            self._wait(MAINS_S)
            return True
        if not self._work():
            return False
        rest = 100 / self._config.indexer.cpu_percent - 1
        self._wait(rest * (time.monotonic() - started))
        return True

    def _waits_for_mains(self) -> bool:
        """Whether it is left for later, because the machine runs on its battery and nobody waits
        for it."""
        if self._config.indexer.on_battery or time.monotonic() - self._asked_at < ASKED_S:
            return False
        return is_on_battery() and self._is_left()

    def _wait(self, time_s: float) -> None:
        with self._change:
            self._change.wait_for(lambda: self._is_over, time_s)

    @abstractmethod
    def _load(self) -> None:
        """What is done once, at first; never raises."""

    @abstractmethod
    def _is_left(self) -> bool:
        """Whether there is anything to do."""

    @abstractmethod
    def _work(self) -> bool:
        """A piece of work. Whether there was any."""

    @abstractmethod
    def _rest(self) -> None:
        """Nothing is left to do for now."""
