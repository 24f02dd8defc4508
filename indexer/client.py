"""The daemon's side of the worker: `ports.Workshop` and `ports.Embedder` over its pipes.

Starts the worker when it is first needed (or at `start`), starts it again when it dies (whether or
not anybody asks: the queue may have work left), and answers searches itself, by words alone, while
there is none. A worker that has nothing to do is let go until it is needed. Imports nothing heavy.
Thread-safe.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from lsfs.config import Config
from lsfs.errors import UnavailableError
from lsfs.plan import Search, Similar
from lsfs.query import Moment, parse
from lsfs.records import About, Chunk, Coverage, SearchResult, Topic
from lsfs.selector import Filters

from . import documents, undescribed, wire
from .connection import Connections
from .link import Link
from .pace import Pace
from .search import Searcher
from .topics import TopicFinder

log = logging.getLogger(__name__)

_T = TypeVar("_T")

CALL_TIMEOUT_S = 30.0
EMBED_TIMEOUT_S = 180.0
"""The first time the model must be prepared."""
FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 60.0
DRAIN_STEP_S = 0.25
LONGEST_DRAIN_WAIT_S = 5.0
"""A worker that is held back longer than this dies again and again: no use waiting."""


class WorkerIndex:
    """Implements `ports.Workshop` and `ports.Embedder`. The worker's log is appended to
    worker.log in `config.log_directory`. `moment` reads the times in queries."""

    def __init__(self, config: Config, moment: Moment = datetime.fromisoformat) -> None:
        self._config = config
        self._moment = moment
        self._log_file = config.log_directory / "worker.log"
        self._connections = Connections(config.catalog_file)
        self._fallback = Searcher(self._connections, config.root)
        self._topics = TopicFinder(config.catalog_file)
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._failures = 0
        self._not_before = 0.0
        self._closed = threading.Event()
        self._is_hastened = threading.Event()
        self._pace = Pace()

    def start(self) -> None:
        """Start the worker now, if it is not running. Raises UnavailableError."""
        self._running()

    def search(self, request: Search) -> SearchResult:
        """See `ports.Index`."""
        query = parse(request.query, self._moment)
        params = {
            "request": request.model_dump(mode="json"),
            "query": query.model_dump(mode="json"),
        }
        try:
            return wire.result_from_fields(self._call("search", params))
        except UnavailableError as error:
            log.warning("searching by words alone: %s", error.message)
            return self._fallback.search(request, query)

    def similar(self, request: Similar) -> SearchResult:
        """See `ports.Index`."""
        params = {"request": request.model_dump(mode="json")}
        try:
            return wire.result_from_fields(self._call("similar", params))
        except UnavailableError as error:
            log.warning("comparing by words alone: %s", error.message)
            return self._fallback.similar(request)

    def text(self, path: str) -> Sequence[Chunk]:
        """See `ports.Index`; read from the catalog by this process itself."""
        return documents.text_of(self._connections.get(), path)

    def extract(self, file: Path, name: str) -> Sequence[str]:
        """See `ports.Index`."""
        place = str(file.relative_to(self._config.state))
        found: list[str] = self._call("extract", {"path": place, "name": name})
        return found

    def files(self, filters: Filters) -> Mapping[str, About]:
        """See `ports.Index`; read from the catalog by this process itself."""
        return documents.files(self._connections.get(), filters)

    def topics(self, paths: Sequence[str], count: int | None) -> Sequence[Topic]:
        """See `ports.Index`; found by a process that ends then."""
        return self._topics.find(paths, count)

    def coverage(self) -> Coverage:
        """See `ports.Index`; read from the catalog by this process itself."""
        return documents.coverage(self._connections.get())

    def progress(self) -> Mapping[str, Any]:
        """See `ports.Workshop`: "reading" and "describing" count files, "embedding" passages."""
        return self._pace.progress(documents.backlog(self._connections.get()))

    def failed(self) -> Sequence[tuple[str, str, str]]:
        """See `ports.Workshop`."""
        return documents.unread(self._connections.get())

    def rendered(self, path: str) -> str | None:
        """See `ports.Workshop`."""
        return documents.rendered(self._connections.get(), path)

    def with_text(self, folder: str) -> Sequence[tuple[str, int, int]]:
        """See `ports.Workshop`."""
        return documents.with_text(self._connections.get(), folder)

    def standing(self, path: str) -> Mapping[str, Any] | None:
        """See `ports.Workshop`."""
        return documents.standing(self._connections.get(), path)

    def undescribable(self) -> Sequence[str]:
        """See `ports.Workshop`."""
        return undescribed.failures(self._connections.get())

    def standing_below(self, folder: str) -> Mapping[str, int]:
        """See `ports.Workshop`."""
        return documents.standing_below(self._connections.get(), folder)

    def nudge(self) -> None:
        """See `ports.Index`. Without a worker the queue waits for it, in the catalog; where nothing
        is to be indexed, for other settings."""
        if not self._config.indexer.enabled:
            return
        try:
            self._asked(lambda link: link.send("nudge", {}))
        except UnavailableError as error:
            log.warning("the queue waits: %s", error.message)

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder`."""
        if not texts:
            return []
        return wire.vectors_from_fields(
            self._call("embed", {"texts": list(texts)}, EMBED_TIMEOUT_S)
        )

    def drain(
        self,
        on_progress: Callable[[Mapping[str, Any]], None] | None = None,
        timeout_s: float | None = None,
    ) -> None:
        """Block until everything queued has text and vectors; at once where nothing is indexed.

        `on_progress` is given `progress()` a few times a second, in this thread.

        Raises:
            UnavailableError: the worker cannot be started, it takes longer than `timeout_s`, or it
                was told to `hasten`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        link, is_done = None, not self._config.indexer.enabled
        while not is_done:
            if deadline is not None and time.monotonic() > deadline:
                raise UnavailableError(f"indexing is not done after {timeout_s:g} s")
            if self._is_hastened.is_set():
                raise UnavailableError(
                    "lsfs was stopped before everything was indexed",
                    hint="the next command goes on with it",
                )
            now = self._patiently_running()
            params = {"wait_s": DRAIN_STEP_S, "renew": now is not link}
            link = now
            try:
                is_done = bool(link.call("drain", params, CALL_TIMEOUT_S))
            except UnavailableError as error:
                log.warning("the worker is started again: %s", error.message)
                link.kill()
            if on_progress:
                on_progress(self.progress())

    def hasten(self) -> None:
        """See `ports.Workshop`."""
        self._is_hastened.set()

    def _patiently_running(self) -> Link:
        """The worker, waited for while it is held back after a death; not for ever."""
        while True:
            try:
                return self._running()
            except UnavailableError:
                wait_s = self._not_before - time.monotonic()
                if wait_s <= 0 or wait_s > LONGEST_DRAIN_WAIT_S or self._closed.is_set():
                    raise
                time.sleep(wait_s)

    def close(self) -> None:
        """Stop the worker in good order."""
        with self._lock:
            self._closed.set()
            link, self._link = self._link, None
        self._topics.close()
        if link:
            link.close()
        self._connections.close()

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, None when none is running."""
        link = self._link
        return link.pid if link and link.is_alive() else None

    def _call(
        self, method: str, params: Mapping[str, Any], timeout_s: float = CALL_TIMEOUT_S
    ) -> Any:
        try:
            return self._asked(lambda link: link.call(method, params, timeout_s))
        except UnavailableError:
            log.warning("%s was not answered", method)
            raise

    def _asked(self, ask: Callable[[Link], _T]) -> _T:
        """Asked of the worker; of the next one, if it has just been let go."""
        link = self._running()
        try:
            return ask(link)
        except UnavailableError:
            if not link.has_rested:
                raise
        return ask(self._running())

    def _running(self) -> Link:
        with self._lock:
            if self._closed.is_set():
                raise UnavailableError("the index is closed")
            if self._link and self._link.is_alive():
                return self._link
            self._note_death()
            wait_s = self._not_before - time.monotonic()
            if wait_s > 0:
                raise UnavailableError(
                    f"the indexing process died and is started again in {wait_s:.0f} s",
                    hint=f"see {self._log_file}",
                )
            self._link = Link(self._config, self._log_file, self._ended)
            return self._link

    def _ended(self) -> None:
        """In a thread of its own: the link's would be waited for under the lock."""
        threading.Thread(target=self._revive, name="worker-again", daemon=True).start()

    def _revive(self) -> None:
        """Start the worker again, as soon as its back-off lets it."""
        while not self._closed.wait(max(0.0, self._not_before - time.monotonic())):
            try:
                self._running()
                return
            except UnavailableError as error:
                log.warning("%s", error.message)
                if self._not_before < time.monotonic():
                    return  # it cannot be started at all: the next call tries again

    def _note_death(self) -> None:
        """Back off for as long as the worker keeps dying; one that lived a while starts anew."""
        if self._link is None:
            return
        has_lived = self._link.has_rested or self._link.age_s > LONGEST_BACK_OFF_S
        self._failures = 0 if has_lived else self._failures + 1
        if self._failures > 1:
            back_off_s = FIRST_BACK_OFF_S * 2 ** (self._failures - 2)
            self._not_before = time.monotonic() + min(back_off_s, LONGEST_BACK_OFF_S)
        self._link.close()
        self._link = None
