"""The daemon's side of the worker: `ports.Index` and `ports.Embedder` over its pipes.

Starts the worker when it is first needed (or at `start`), starts it again when it dies, and answers
searches itself, by words alone, while there is none. Imports nothing heavy. Thread-safe.
"""

from __future__ import annotations

import itertools
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from lsfs.config import Config
from lsfs.errors import LsfsError, UnavailableError
from lsfs.plan import Filters, Search
from lsfs.records import Chunk, Coverage, SearchResult

from . import documents, wire
from .connection import Connections
from .search import Searcher

log = logging.getLogger(__name__)

CALL_TIMEOUT_S = 30.0
EMBED_TIMEOUT_S = 180.0
"""The first time the model must be prepared."""
STOP_TIMEOUT_S = 10.0
FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 60.0
DRAIN_STEP_S = 0.25

Progress = Callable[[Mapping[str, int]], None]


class WorkerIndex:
    """Implements `ports.Index` and `ports.Embedder`.

    `log_file` takes the worker's stderr, appended; without one it goes nowhere.
    """

    def __init__(self, config: Config, log_file: Path | None = None) -> None:
        self._config = config
        self._log_file = log_file
        self._connections = Connections(config.catalog_file)
        self._fallback = Searcher(self._connections, config.root)
        self._lock = threading.Lock()
        self._link: _Link | None = None
        self._failures = 0
        self._not_before = 0.0
        self._is_closed = False

    def start(self) -> None:
        """Start the worker now, if it is not running. Raises UnavailableError."""
        self._running()

    def search(self, request: Search) -> SearchResult:
        """See `ports.Index`."""
        try:
            return wire.result_from_fields(self._call("search", request.model_dump(mode="json")))
        except UnavailableError as error:
            log.warning("searching by words alone: %s", error.message)
            return self._fallback.search(request)

    def similar(self, path: str, limit: int, filters: Filters) -> SearchResult:
        """See `ports.Index`."""
        params = {"path": path, "limit": limit, "filters": filters.model_dump(mode="json")}
        try:
            return wire.result_from_fields(self._call("similar", params))
        except UnavailableError as error:
            log.warning("comparing by words alone: %s", error.message)
            return self._fallback.similar(path, limit, filters)

    def text(self, path: str) -> Sequence[Chunk]:
        """See `ports.Index`; read from the catalog by this process itself."""
        return documents.text_of(self._connections.get(), path)

    def coverage(self) -> Coverage:
        """See `ports.Index`; read from the catalog by this process itself."""
        return documents.coverage(self._connections.get())

    def progress(self) -> Mapping[str, int]:
        """What is left and what is done: see `documents.progress`."""
        return documents.progress(self._connections.get())

    def failed(self) -> Sequence[Mapping[str, Any]]:
        """Files without text: {"path", "status": "failed" | "skipped", "reason"}, failed first."""
        return documents.unread(self._connections.get())

    def nudge(self) -> None:
        """See `ports.Index`. Without a worker the queue waits for it, in the catalog."""
        try:
            self._running().send("nudge", {})
        except UnavailableError as error:
            log.warning("the queue waits: %s", error.message)

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder`."""
        if not texts:
            return []
        return wire.vectors_from_fields(
            self._call("embed", {"texts": list(texts)}, EMBED_TIMEOUT_S)
        )

    def drain(self, on_progress: Progress | None = None, timeout_s: float | None = None) -> bool:
        """Block until everything queued has text and vectors; whether it has, within `timeout_s`.

        `on_progress` is given `progress()` a few times a second, in this thread.

        Raises:
            UnavailableError: the worker cannot be started.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        link, is_done = None, False
        while not is_done and (deadline is None or time.monotonic() < deadline):
            now = self._running()
            params = {"wait_s": DRAIN_STEP_S, "renew": now is not link}
            link = now
            try:
                is_done = bool(link.call("drain", params, CALL_TIMEOUT_S))
            except UnavailableError as error:
                log.warning("the worker is started again: %s", error.message)
                self._lost(link)
            if on_progress:
                on_progress(self.progress())
        return is_done

    def close(self) -> None:
        """Stop the worker in good order."""
        with self._lock:
            self._is_closed = True
            link, self._link = self._link, None
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
        link = self._running()
        try:
            return link.call(method, params, timeout_s)
        except UnavailableError:
            if not link.is_alive():
                self._lost(link)
            raise

    def _running(self) -> _Link:
        with self._lock:
            if self._is_closed:
                raise UnavailableError("the index is closed")
            if self._link and self._link.is_alive():
                return self._link
            self._note_death()
            wait_s = self._not_before - time.monotonic()
            if wait_s > 0:
                raise UnavailableError(
                    f"the indexing process died and is started again in {wait_s:.0f} s",
                    hint=f"see {self._log_file}" if self._log_file else None,
                )
            self._link = _Link(self._config, self._log_file)
            return self._link

    def _note_death(self) -> None:
        """Back off for as long as the worker keeps dying; one that lived a while starts anew."""
        if self._link is None:
            return
        has_lived = self._link.age_s > LONGEST_BACK_OFF_S
        self._failures = 0 if has_lived else self._failures + 1
        if self._failures > 1:
            back_off_s = FIRST_BACK_OFF_S * 2 ** (self._failures - 2)
            self._not_before = time.monotonic() + min(back_off_s, LONGEST_BACK_OFF_S)
        self._link.close()
        self._link = None

    def _lost(self, link: _Link) -> None:
        link.kill()


class _Link:
    """One run of the worker, and the calls that wait for its answers."""

    def __init__(self, config: Config, log_file: Path | None) -> None:
        command = [
            sys.executable, "-m", "lsfs.indexer.worker",
            "--root", str(config.root), "--state", str(config.state),
        ]  # fmt: skip
        try:
            self._process = _started(command, log_file)
        except OSError as error:
            raise UnavailableError(f"cannot start the indexing process: {error}") from error
        self.pid = self._process.pid
        self._started = time.monotonic()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._is_over = False
        self._refusal: LsfsError | None = None
        self._reader = threading.Thread(target=self._read, name="worker-answers", daemon=True)
        self._reader.start()

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._started

    def is_alive(self) -> bool:
        return not self._is_over and self._process.poll() is None

    def call(self, method: str, params: Mapping[str, Any], timeout_s: float) -> Any:
        """The answer; raises the worker's error, or UnavailableError."""
        waiting = self.send(method, params)
        try:
            return waiting.result(timeout_s)
        except FutureTimeout as error:
            raise UnavailableError(
                f"the indexing process did not answer within {timeout_s:g} s"
            ) from error

    def send(self, method: str, params: Mapping[str, Any]) -> Future[Any]:
        """Send a request without waiting."""
        waiting: Future[Any] = Future()
        number = next(self._numbers)
        assert self._process.stdin is not None
        with self._lock:
            if self._is_over:
                raise self._refusal or UnavailableError("the indexing process has ended")
            self._waiting[number] = waiting
            try:
                self._process.stdin.write(
                    wire.line({"id": number, "method": method, "params": params})
                )
                self._process.stdin.flush()
            except (OSError, ValueError) as error:
                del self._waiting[number]
                raise UnavailableError("the indexing process has ended") from error
        return waiting

    def kill(self) -> None:
        """End it at once; the next call starts another."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Ask it to end, make it end, and free its pipes."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(STOP_TIMEOUT_S)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self.kill()
        self._reader.join(STOP_TIMEOUT_S)
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            answer = json.loads(text)
            if answer["id"] is None:
                self._refusal = wire.error_from_fields(answer["error"])
                continue
            with self._lock:
                waiting = self._waiting.pop(answer["id"], None)
            if waiting and "error" in answer:
                waiting.set_exception(wire.error_from_fields(answer["error"]))
            elif waiting:
                waiting.set_result(answer["result"])
        with self._lock:
            self._is_over = True
            left, self._waiting = self._waiting, {}
        for waiting in left.values():
            waiting.set_exception(
                self._refusal or UnavailableError("the indexing process died while it was asked")
            )


def _started(command: list[str], log_file: Path | None) -> subprocess.Popen[bytes]:
    if log_file is None:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log_out:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log_out,
            start_new_session=True,
        )
