"""The embedding thread: passages to vectors, while no text waits."""

from __future__ import annotations

import logging
import threading
import time

from lsfs.config import Config
from lsfs.priority import lower_thread

from .connection import Connections
from .dense import Meaning
from .following import Follower
from .unembedded import Unembedded
from .vectors import VectorIndex, as_read

log = logging.getLogger(__name__)

BUILD_AGAIN_S = 600.0
"""How soon after a failure it is tried again to build the file of vectors."""


class Embedding(Follower):
    """Loads the model, then embeds. `changing` is held while catalog and vectors are changed."""

    def __init__(
        self, config: Config, connections: Connections, meaning: Meaning, changing: threading.Lock
    ) -> None:
        super().__init__("embed", config)
        self._connections = connections
        self._meaning = meaning
        self._changing = changing
        self._building: threading.Thread | None = None
        self._build_from = 0.0

    @property
    def is_at_rest(self) -> bool:
        """See `Follower`; nor is the file of vectors being built."""
        return super().is_at_rest and not self._is_building()

    def _load(self) -> None:
        """Model, then the catalog brought to it, then the vectors."""
        self._meaning.load()
        if self._meaning.model is not None:
            while not self._is_over and self._guarded(self._open_index):
                pass

    def _open_index(self) -> bool:
        self._meaning.open_index()
        return False

    def _is_left(self) -> bool:
        return Unembedded.is_left(self._connections.get())

    def _work(self) -> bool:
        """Embed the next chunks that have no vector. Whether there were any."""
        model, index = self._meaning.model, self._meaning.index
        if model is None or index is None:
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
        self._meaning.keep_memory()
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
