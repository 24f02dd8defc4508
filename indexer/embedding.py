"""The embedding thread: passages to vectors, while no text waits.

One batch that is begun is finished; what changes meanwhile is read beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.power import is_on_battery
from lsfs.priority import lower_thread

from .connection import Connections
from .dense import Meaning
from .unembedded import Unembedded
from .vectors import VectorIndex, as_read

log = logging.getLogger(__name__)

BACK_OFF_S, NO_ROOM_S = 1.0, 10.0
"""How soon what failed is tried again; on a full disk each try costs a batch of work."""
BUILD_AGAIN_S = 600.0
"""How soon after a failure it is tried again to build the file of vectors."""
MAINS_S = 30.0
"""How soon it is looked again whether the machine is on the mains."""
ASKED_S = 5.0
"""Who waits until all is indexed asks again within this."""


class Embedding(threading.Thread):
    """Runs until `stop`: loads the model, then embeds whenever it may. `changing` is held while
    catalog and vectors are changed."""

    def __init__(
        self, config: Config, connections: Connections, meaning: Meaning, changing: threading.Lock
    ) -> None:
        super().__init__(name="embed", daemon=True)
        self._config = config
        self._connections = connections
        self._meaning = meaning
        self._changing = changing
        self._change = threading.Condition()
        self._is_paused = True
        self._is_waiting = self._is_working = False
        self._has_loaded = self._is_over = False
        self._building: threading.Thread | None = None
        self._build_from = 0.0
        self._asked_at = -ASKED_S

    def pause(self) -> None:
        """Texts wait: begin no other batch."""
        with self._change:
            self._is_paused = True

    def go_on(self) -> None:
        """No text waits: there may be passages without vectors."""
        with self._change:
            self._is_paused, self._is_waiting = False, True
            self._change.notify_all()

    def stop(self) -> None:
        """End after the batch in hand; returns when it has. A model that is still being prepared is
        not waited for."""
        with self._change:
            self._is_over = True
            has_loaded = self._has_loaded
            self._change.notify_all()
        if has_loaded:
            self.join()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until no text and no vector waits; False if it takes longer."""
        self._asked_at = time.monotonic()
        with self._change:
            return self._change.wait_for(self._is_idle, timeout_s)

    @property
    def is_at_rest(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        with self._change:
            return self._is_idle() and not self._is_building()

    def _is_idle(self) -> bool:
        # all that can be done is done: without a model there will be no vectors
        return self._has_loaded and not (self._is_paused or self._is_waiting or self._is_working)

    def run(self) -> None:
        """The loop; every failure is logged and tried again later, none ends the thread."""
        lower_thread()
        self._load()
        while self._begin():
            has_more = self._guarded(self._batch)
            with self._change:
                self._is_working = False
                self._is_waiting |= has_more
                self._change.notify_all()
            if not has_more:
                self._rest()

    def _begin(self) -> bool:
        """Wait until there may be something to do; False at the end."""
        with self._change:
            self._change.wait_for(
                lambda: self._is_over or (self._is_waiting and not self._is_paused)
            )
            self._is_waiting, self._is_working = False, True
            return not self._is_over

    def _load(self) -> None:
        """Model, then the catalog brought to it, then the vectors."""
        self._meaning.load()
        if self._meaning.model is not None:
            while not self._is_over and self._guarded(self._open_index):
                pass
        with self._change:
            self._has_loaded = True
            self._is_waiting = self._is_waiting or not self._is_paused
            self._change.notify_all()

    def _open_index(self) -> bool:
        self._meaning.open_index()
        return False

    def _guarded(self, act: Callable[[], bool]) -> bool:
        """Whether there is more of it to do: where it failed, after a while."""
        try:
            return act()
        except Exception as error:
            log.exception("embedding failed; trying again")
            self._wait(NO_ROOM_S if is_for_want_of_room(error) else BACK_OFF_S)
            return True

    def _batch(self) -> bool:
        """One batch, and after it the pause that the settings want. Whether there was any."""
        started = time.monotonic()
        if self._waits_for_mains():
            self._wait(MAINS_S)
            return True
        if not self._vectors():
            return False
        self._meaning.keep_memory()
        rest = 100 / self._config.indexer.cpu_percent - 1
        self._wait(rest * (time.monotonic() - started))
        return True

    def _wait(self, time_s: float) -> None:
        with self._change:
            self._change.wait_for(lambda: self._is_over, time_s)

    def _waits_for_mains(self) -> bool:
        """Whether vectors are left for later, because the machine runs on its battery and nobody
        waits for them."""
        if self._config.indexer.on_battery or time.monotonic() - self._asked_at < ASKED_S:
            return False
        return is_on_battery() and Unembedded.is_left(self._connections.get())

    def _vectors(self) -> bool:
        """Embed the next chunks that have no vector. Whether there were any."""
        model, index = self._meaning.model, self._meaning.index
        if model is None or index is None or not self._config.indexer.enabled:
            return False
        connection = self._connections.get()
        batch = Unembedded.next(connection, model.fingerprint, model.bulk)
        if batch is None:
            self._meaning.completed()
            return False
        vectors = batch.vectors(model)
        with self._changing:
            stored = batch.store(connection, model.fingerprint, vectors)
            index.add([batch.ids[i] for i in stored], as_read(vectors[stored]))
        self._build_when_due(index)
        return True

    def _rest(self) -> None:
        if self._meaning.index is not None:
            self._build_when_due(self._meaning.index)
        self._meaning.rest()

    def _build_when_due(self, index: VectorIndex) -> None:
        """In a thread of its own: with many vectors it takes minutes."""
        if index.is_due() and not self._is_building() and time.monotonic() >= self._build_from:
            self._building = threading.Thread(
                target=self._build, args=(index,), name="build-vectors", daemon=True
            )
            self._building.start()

    def _is_building(self) -> bool:
        return self._building is not None and self._building.is_alive()

    def _build(self, index: VectorIndex) -> None:
        lower_thread()
        try:
            self._meaning.build(index)
        except Exception:
            log.exception("the file of vectors could not be built")
            self._build_from = time.monotonic() + BUILD_AGAIN_S
