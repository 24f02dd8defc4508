"""Retrieval by meaning: the model and the vectors, once both are there.

Loading happens in one thread of its own; until it is done callers wait a moment or are told that
there is no model yet. Thread-safe.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsfs.config import Config
from lsfs.errors import LsfsError, UnavailableError

from . import packaged
from .connection import Connections
from .embed import EmbeddingModel, load
from .filters import among_condition
from .vectors import VectorIndex

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

LOAD_WAIT_S = 5.0
"""How long a search waits for a model that only has to be loaded."""


class Meaning:
    """Implements `search.Dense`."""

    def __init__(self, config: Config, connections: Connections) -> None:
        self._config = config
        self._connections = connections
        self._ready = threading.Event()
        self._failure: LsfsError | None = None
        self._is_quick = is_quick(config)
        self.model: EmbeddingModel | None = None
        self.index: VectorIndex | None = None

    def load(self) -> None:
        """Load the model. Called once, by the thread that drains; never raises.

        The vectors follow by `open_index`, after the catalog was brought to this model.
        """
        try:
            self.model = load(self._config.indexer)
        except LsfsError as error:
            log.error("no embedding model: %s", error.message)
            self._failure = error
            self._ready.set()
        except Exception as error:  # outer door: search goes on by words
            log.exception("no embedding model")
            self._failure = UnavailableError(f"the embedding model failed: {error}")
            self._ready.set()

    def open_index(self) -> None:
        """Open the FAISS file and bring it in line with the catalog; the model is loaded."""
        assert self.model is not None
        file = self._config.state / "vectors.faiss"
        index = VectorIndex(file, self.model.fingerprint, self.model.dimension)
        index.synchronise(self._connections.get())
        self.index = index
        self._ready.set()

    def embed(self, texts: Sequence[str], wait_s: float) -> numpy.ndarray:
        """float32 [n, dim], rows L2-normalised.

        Raises:
            UnavailableError: no model, or not within `wait_s`.
        """
        model, _ = self._loaded(wait_s)
        return model.embed(texts)

    def reads(self, query: str) -> bool:
        """See `search.Dense`."""
        return self._config.indexer.model != "default" or packaged.reads(query)

    def nearest(
        self, query: str, among: Sequence[int] | None, limit: int
    ) -> list[tuple[int, float]]:
        """See `search.Dense`."""
        model, index = self._loaded(LOAD_WAIT_S if self._is_quick else 0.0)
        vector = model.embed([query])[0]
        return index.search(vector, limit, self._chunks_of(among))

    def nearest_to(
        self, chunks: Sequence[int], among: Sequence[int] | None, limit: int
    ) -> list[tuple[int, float]]:
        """See `search.Dense`."""
        _, index = self._loaded(LOAD_WAIT_S if self._is_quick else 0.0)
        vector = index.mean(chunks)
        return [] if vector is None else index.search(vector, limit, self._chunks_of(among))

    def _loaded(self, wait_s: float) -> tuple[EmbeddingModel, VectorIndex]:
        self._ready.wait(wait_s)
        if self.model is not None and self.index is not None:
            return self.model, self.index
        if self._failure is not None:
            raise UnavailableError(
                self._failure.message, hint=self._failure.hint
            ) from self._failure
        raise UnavailableError(
            "the embedding model is still being prepared", hint="try again in half a minute"
        )

    def _chunks_of(self, among: Sequence[int] | None) -> numpy.ndarray | None:
        import numpy

        if among is None:
            return None
        condition, values = among_condition("entry", list(among))
        rows = self._connections.get().execute(
            f"SELECT id FROM chunks WHERE embedded = 1{condition}", values
        )
        return numpy.fromiter((id_ for (id_,) in rows), dtype=numpy.int64)


def is_quick(config: Config) -> bool:
    """Whether loading takes seconds at most: the default model, already prepared."""
    return config.indexer.model == "default" and Path(packaged.prepared_file()).is_file()
