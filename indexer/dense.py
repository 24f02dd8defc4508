"""Retrieval by meaning: the model and the vectors, once both are there.

Loading happens in one thread of its own; until it is done callers wait a moment or are told that
there is no model yet. Thread-safe.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsfs.config import Config
from lsfs.errors import LsfsError, UnavailableError

from . import packaged, upgrade
from .building import build_apart
from .connection import Connections
from .embed import EmbeddingModel, load
from .evidence import MIN_COSINE
from .filters import among_condition
from .memory import Allowance
from .vectors import VectorIndex

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

LOAD_WAIT_S = 5.0
"""How long a search waits for a model that only has to be loaded."""


@dataclass(frozen=True, slots=True)
class _Answering:
    """A model with the vectors it made; `name` is its setting."""

    model: EmbeddingModel
    index: VectorIndex
    name: str


class Meaning:
    """Implements `retrieval.Dense`."""

    def __init__(self, config: Config, connections: Connections) -> None:
        self._config = config
        self._connections = connections
        self._ready = threading.Event()
        self.has_loaded = threading.Event()
        """The model is there, or has failed."""
        self._failure: LsfsError | None = None
        self._is_quick = is_quick(config)
        self.model: EmbeddingModel | None = None
        """Makes the vectors of new chunks."""
        self.index: VectorIndex | None = None
        """Of that model."""
        self._asked: tuple[EmbeddingModel, str, numpy.ndarray] | None = None
        self._answering: _Answering | None = None
        """Answers until `index` is complete, and then that."""
        self._early: VectorIndex | None = None
        self._lock = threading.Lock()
        self._removed: list[int] | None = []  # while the vectors are opened
        self._vectors = config.state / "vectors"
        self._allowance = Allowance(config.indexer.memory_bytes, self._forget_pages)

    def load(self) -> None:
        """Load the model. Called once, by the thread that drains; never raises.

        The vectors follow by `open_index`, after the catalog was brought to this model. Those that
        are there are most likely its own, and are read meanwhile.
        """
        try:
            # whole, before two threads import what needs it: one fails else
            import numpy  # noqa: F401

            with ThreadPoolExecutor(1, thread_name_prefix="load-model") as pool:
                loading = pool.submit(load, self._config.indexer)
                self._early = self._opened_early()
                self.model = loading.result()
        except LsfsError as error:
            log.error("no embedding model: %s", error.message)
            self._fail(error)
        except Exception as error:  # outer door: search goes on by words
            log.exception("no embedding model")
            self._fail(UnavailableError(f"the embedding model failed: {error}"))
        self.has_loaded.set()

    def _fail(self, error: LsfsError) -> None:
        """Words alone answer; what was read of the vectors is not kept in line any more."""
        with self._lock:
            self._early = self._removed = None
            self._failure = error
            self._ready.set()

    def open_index(self) -> None:
        """Open the vectors of the loaded model, and of the one that made those that are there.
        What it raises, it may not raise when it is called again."""
        assert self.model is not None
        with self._lock:
            self._removed = self._removed or []
        try:
            self._open_index(self.model)
        except Exception as error:
            self._fail(UnavailableError(f"the vectors cannot be opened: {error}"))
            raise
        self._allowance.give_back()

    def _open_index(self, model: EmbeddingModel) -> None:
        connection = self._connections.get()
        before = upgrade.adopt_model(connection, model.fingerprint, self._config.indexer.model)
        index = self._opened(model)
        if before is None:
            self._answer_by(model, index)
        else:
            self._answering = self._that_was(*before)
        with self._lock:
            self.index, self._failure = index, None
            removed, self._removed = self._removed, None
            self._ready.set()
        self.remove(removed or [])

    def _answer_by(self, model: EmbeddingModel, index: VectorIndex) -> None:
        """By the configured model, and by no other any more."""
        self._answering = _Answering(model, index, self._config.indexer.model)
        upgrade.keep_unlike(self._connections.get(), model.unlike)
        index.forget_others()

    def _opened(self, model: EmbeddingModel) -> VectorIndex:
        early, self._early = self._early, None
        if early is not None and early.fingerprint == model.fingerprint:
            return early
        return self._read(model.fingerprint, model.dimension)

    def _opened_early(self) -> VectorIndex | None:
        try:
            expected = upgrade.expected_model(self._connections.get())
            return self._read(*expected) if expected else None
        except Exception:  # it is opened again, when it is known what there must be
            log.exception("the vectors could not be read")
            return None

    def _read(self, fingerprint: str, dimension: int) -> VectorIndex:
        index = VectorIndex(self._vectors / f"{fingerprint}.faiss", fingerprint, dimension)
        index.synchronise(self._connections.get(), self._write)
        return index

    def build(self, index: VectorIndex) -> None:
        """Build its file anew. With a connection of its own, for a thread that ends then."""
        with contextlib.closing(Connections(self._config.catalog_file)) as connections:
            index.build(connections.get(), self._write)
        self._allowance.give_back()

    def _write(self, file: Path, fingerprint: str, dimension: int) -> None:
        build_apart(self._config.catalog_file, file, fingerprint, dimension)

    def _that_was(self, fingerprint: str, name: str) -> _Answering | None:
        """The model before, if it is still what it was."""
        try:
            settings = self._config.indexer.model_copy(update={"model": name})
            model = load(settings)
        except LsfsError as error:
            log.warning("the model before cannot answer meanwhile: %s", error.message)
            return None
        if model.fingerprint != fingerprint:
            log.warning("the model before, %s, is another one now", name)
            return None
        return _Answering(model, self._opened(model), name)

    def remove(self, chunks: Sequence[int]) -> None:
        """These chunks are gone."""
        with self._lock:
            if self._removed is not None:
                self._removed += chunks
        for index in self._indexes():
            index.remove(chunks)

    def _indexes(self) -> Collection[VectorIndex]:
        answering = self._answering.index if self._answering else None
        return {id(one): one for one in (self.index, answering) if one is not None}.values()

    def _forget_pages(self) -> None:
        for index in self._indexes():
            index.forget_pages()

    def completed(self) -> None:
        """All chunks have vectors of `model`: it answers from now on, and those of any other are
        forgotten."""
        before = self._answering
        if self.model is None or self.index is None or (before and before.index is self.index):
            return
        name = self._config.indexer.model
        upgrade.switch_model(self._connections.get(), self.model.fingerprint, name)
        self._answer_by(self.model, self.index)

    def keep_memory(self) -> None:
        """Give back what can be, if the worker has more than it should. Called after work."""
        self._allowance.keep()

    def rest(self) -> None:
        """Give back what only work needs. Called by the thread that drains."""
        if self.model is not None:
            self.model.rest()
        self._allowance.give_back()

    def embed(self, texts: Sequence[str], wait_s: float) -> numpy.ndarray:
        """float32 [n, dim], rows L2-normalised.

        Raises:
            UnavailableError: no model, or not within `wait_s`.
        """
        self._ready.wait(wait_s)
        if self.model is None:
            raise self._unavailable()
        return self.model.embed(texts)

    def reads(self, query: str) -> bool:
        """See `retrieval.Dense`."""
        if self._answering is not None:
            return self._answering.model.reads(query)
        return self._config.indexer.model != "default" or packaged.reads(query)

    def nearest(
        self, query: str, among: Sequence[int] | None, limit: int,
        towards: Mapping[int, float] | None = None,
    ) -> list[tuple[int, float]]:  # fmt: skip
        """See `retrieval.Dense`."""
        by, connection = self._now(), self._connections.get()
        vector = self._vector_of(by.model, query)
        if towards:
            vector = by.index.moved(connection, vector, towards)
        found = by.index.search(connection, vector, limit, self._chunks_of(among))
        self.keep_memory()
        return _comparable(found, by.model)

    def nearest_to(
        self, chunks: Sequence[int], among: Sequence[int] | None, limit: int
    ) -> list[tuple[int, float]] | None:
        """See `retrieval.Dense`."""
        by, connection = self._now(), self._connections.get()
        vector = by.index.mean(connection, chunks)
        if vector is None:
            return None
        found = by.index.search(connection, vector, limit, self._chunks_of(among))
        self.keep_memory()
        return _comparable(found, by.model)

    def _vector_of(self, model: EmbeddingModel, query: str) -> numpy.ndarray:
        """That of the last question is kept: a search may ask twice."""
        asked = self._asked
        if asked is None or asked[0] is not model or asked[1] != query:
            self._asked = asked = model, query, model.embed([query])[0]
        return asked[2]

    def _now(self) -> _Answering:
        self._ready.wait(LOAD_WAIT_S if self._is_quick else 0.0)
        if self._answering is None:
            raise self._unavailable()
        return self._answering

    def _unavailable(self) -> UnavailableError:
        if self._failure is not None:
            error = UnavailableError(self._failure.message, hint=self._failure.hint)
            error.__cause__ = self._failure
            return error
        if self.index is not None:
            return UnavailableError(
                "the vectors are made anew, by another model", hint="`lsfs status` says how far"
            )
        return UnavailableError(
            "the embedding model is still being prepared", hint="try again in half a minute"
        )

    def _chunks_of(self, among: Sequence[int] | None) -> numpy.ndarray | None:
        import numpy

        if among is None:
            return None
        condition, values = among_condition("entry", list(among))
        rows = self._connections.get().execute(
            f"SELECT id FROM chunks WHERE true{condition}", values
        )
        return numpy.fromiter((id_ for (id_,) in rows), dtype=numpy.int64)


def _comparable(found: list[tuple[int, float]], model: EmbeddingModel) -> list[tuple[int, float]]:
    """Cosines as the default model would have them: what is unlike is as far for every model."""
    if model.unlike == MIN_COSINE:
        return found
    scale = (1 - MIN_COSINE) / (1 - model.unlike)
    return [(chunk, 1 - (1 - cosine) * scale) for chunk, cosine in found]


def is_quick(config: Config) -> bool:
    """Whether loading takes seconds at most: the default model, already prepared."""
    return config.indexer.model == "default" and Path(packaged.prepared_file()).is_file()
