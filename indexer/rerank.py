"""A cross-encoder: reads question and passage together, and says how well one answers the other
(Nogueira and Cho, "Passage Re-ranking with BERT", 2019).

Any of sentence-transformers' CrossEncoders, by id or directory. It is loaded, and scores, in one
thread of its own, so that nobody waits for it longer than the settings say; torch is imported only
where a reranker is set. Thread-safe.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from lsfs.config import SearchConfig
from lsfs.errors import ConfigurationError, LsfsError, UnavailableError

from .embed import chosen_device, loaded

log = logging.getLogger(__name__)

SETTING = "search.reranker"
BATCH_ON_CPU, BATCH_ON_GPU = 4, 32
"""Pairs that are scored at once: what a batch has begun when the time is over is lost."""


class Reranker:
    """Implements `search.Reranking`."""

    def __init__(self, config: SearchConfig) -> None:
        self.count = config.rerank_count
        self._config = config
        self._model: Any = None
        self._failure: LsfsError | None = None
        self._batch = BATCH_ON_CPU
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rerank")
        self._loading: Future[None] | None = None

    def start(self, after: threading.Event) -> None:
        """Load the model, once it is `after` the other one: two threads that import the same
        libraries at once may each see half of them."""
        self._loading = self._thread.submit(self._load, after)

    def wait_loaded(self, timeout_s: float) -> bool:
        """Whether it is loaded, or has failed, within this time."""
        try:
            if self._loading is not None:
                self._loading.result(timeout_s)
        except FutureTimeout:
            return False
        return self._loading is not None

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        """See `search.Reranking`."""
        if not self.wait_loaded(0):
            raise UnavailableError("the reranker is still being loaded")
        if self._failure is not None:
            raise UnavailableError(self._failure.message, hint=self._failure.hint)
        done: list[float] = []
        is_over = threading.Event()
        scoring = self._thread.submit(self._score, query, passages, done, is_over)
        try:
            scoring.result(self._config.rerank_ms / 1000)
        except FutureTimeout:
            is_over.set()
        except LsfsError:
            raise
        except Exception as error:
            log.exception("the reranker failed")
            raise UnavailableError(f"the reranker failed: {error}") from error
        scores = done[:]
        if passages and not scores:
            raise UnavailableError(
                f"no passage was scored within {self._config.rerank_ms:g} ms"
                " (setting search.rerank_ms)"
            )
        if not all(map(math.isfinite, scores)):
            raise UnavailableError("the reranker's scores are no numbers")
        return scores

    def _load(self, after: threading.Event) -> None:
        """Never raises: searches go on without."""
        after.wait()
        try:
            self._model = self._loaded()
            self._predict([("warm", "up")])
            log.info("reranker: %s", self._config.reranker)
        except LsfsError as error:
            log.error("no reranker: %s", error.message)
            self._failure = error
        except Exception as error:
            log.exception("no reranker")
            self._failure = UnavailableError(f"the reranker failed: {error}")

    def _loaded(self) -> Any:
        device = chosen_device(self._config.rerank_device)
        if device == "cpu" and self._config.rerank_device != "cpu":
            raise UnavailableError(
                'there is no GPU (search.rerank_device = "cpu" has it done by the processor)'
            )
        model, device = loaded("CrossEncoder", self._config.reranker, device, SETTING)
        if model.num_labels != 1 or not _is_trained(model):
            raise ConfigurationError(
                f"{SETTING} {self._config.reranker}: not a cross-encoder with one score",
                hint="name a directory, or an id as cross-encoder/ms-marco-MiniLM-L6-v2",
            )
        if device != "cpu":
            model.half()
            self._batch = BATCH_ON_GPU
        return model

    def _score(
        self, query: str, passages: Sequence[str], done: list[float], is_over: threading.Event
    ) -> None:
        """Into `done`, a batch after the other, until it `is_over`."""
        while len(done) < len(passages) and not is_over.is_set():
            batch = passages[len(done) : len(done) + self._batch]
            done.extend(self._predict([(query, passage) for passage in batch]))

    def _predict(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        import torch

        try:
            scores = self._model.predict(
                list(pairs), batch_size=len(pairs), show_progress_bar=False, convert_to_numpy=True
            )
        except torch.OutOfMemoryError as error:
            self._batch = max(self._batch // 2, 1)
            raise UnavailableError("the GPU has no room for the reranker") from error
        found: list[float] = scores.tolist()
        return found


def _is_trained(model: Any) -> bool:
    """Whether its score comes from its file: another kind of model would get one at random."""
    made = getattr(model.config, "architectures", None) or ()
    return any(name.endswith(("ForSequenceClassification", "ForCausalLM")) for name in made)
