"""The worker process: `python -m lsfs.indexer.worker --root R --state S`.

Drains the queue in one thread, answers requests in a few others: one JSON object a line on stdin
({"id", "method", "params"}), one a line on stdout ({"id", "result"} or {"id", "error"}), in any
order. Ends when stdin closes; when there was nothing to do for a while it asks for that, by
{"id": null, "rest": N} with the number of requests it had answered when it had nothing to do. It
never changes a file of the tree; what it writes is the index tables of the catalog and the FAISS
file beside it. Logs go to stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from lsfs.config import Config, load_config
from lsfs.errors import LsfsError, UsageError
from lsfs.plan import Search, Similar
from lsfs.priority import lower_session
from lsfs.query import Query

from . import wire
from .connection import Connections
from .dense import Meaning
from .drain import Drain
from .extract.process import ExtractionProcess
from .rerank import Reranker
from .search import Searcher

log = logging.getLogger(__name__)

THREADS = 4
EMBED_WAIT_S = 120.0
"""How long `embed` waits for a model that is being prepared."""


class Worker:
    """The methods, by name. Thread-safe."""

    def __init__(self, config: Config) -> None:
        self.connections = Connections(config.catalog_file)
        self.connections.get()
        self._meaning = Meaning(config, self.connections)
        self._reranker = Reranker(config.search) if config.search.reranker else None
        self._searcher = Searcher(self.connections, config.root, self._meaning, self._reranker)
        self.drain = Drain(config, self.connections, self._meaning)
        self.methods: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "search": self._search, "similar": self._similar, "embed": self._embed,
            "drain": self._drain, "nudge": self._nudge, "extract": self._extract,
        }  # fmt: skip
        limits = config.indexer.parse_memory_bytes, config.indexer.parse_timeout_s
        self._versions = ExtractionProcess(config.state, *limits)
        self._versions_lock = threading.Lock()

    def _search(self, params: Mapping[str, Any]) -> Any:
        request = Search.model_validate(params["request"])
        query = Query.model_validate(params["query"])
        return wire.result_fields(self._searcher.search(request, query))

    def _similar(self, params: Mapping[str, Any]) -> Any:
        request = Similar.model_validate(params["request"])
        return wire.result_fields(self._searcher.similar(request))

    def _embed(self, params: Mapping[str, Any]) -> Any:
        return wire.vectors_fields(self._meaning.embed(params["texts"], EMBED_WAIT_S))

    def _extract(self, params: Mapping[str, Any]) -> Any:
        """The text of a version: a file below STATE, with the name the entry had."""
        with self._versions_lock:
            reading = self._versions.read(params["path"], params["name"])
        spans = reading.extracted.spans if reading.extracted else ()
        return [span.text for span in spans]

    def start(self) -> None:
        """Begin to load the models, and to drain the queue."""
        self.drain.start()
        if self._reranker:
            self._reranker.start(self._meaning.has_loaded)

    def is_at_rest(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        return self.drain.is_at_rest and self._has_reranker(0)

    def _has_reranker(self, wait_s: float) -> bool:
        return self._reranker is None or self._reranker.wait_loaded(wait_s)

    def close(self) -> None:
        """End what was started."""
        self.drain.stop()
        if self._reranker:
            self._reranker.close()
        self._versions.close()  # whatever it reads is not wanted any more

    def _drain(self, params: Mapping[str, Any]) -> Any:
        """Whether everything was done, and the reranker is there, within `wait_s`."""
        if params.get("renew", True):
            self.drain.nudge()
        wait_s = params["wait_s"]
        return self.drain.wait_idle(wait_s) and self._has_reranker(wait_s)

    def _nudge(self, params: Mapping[str, Any]) -> Any:
        self.drain.nudge()
        return True


class Conversation:
    """Reads requests, answers them from a pool of threads. After `idle_s` (0: never) without any,
    and with nothing left to be done, asks whether it may end."""

    def __init__(
        self, worker: Worker, requests: BinaryIO, answers: BinaryIO, idle_s: float
    ) -> None:
        self._worker = worker
        self._requests = requests
        self._answers = answers
        self._idle_s = idle_s
        self._active_at = time.monotonic()
        self._answered = 0
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until stdin closes; requests in hand are answered first."""
        if self._idle_s:
            threading.Thread(target=self._ask_for_rest, name="rest", daemon=True).start()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="answer") as pool:
            for text in self._requests:
                self._active_at = time.monotonic()
                request = json.loads(text)
                if request["method"] == "drain":  # waits long: must not hold a place in the pool
                    threading.Thread(target=self._answer, args=(request,), daemon=True).start()
                else:
                    pool.submit(self._answer, request)

    def _answer(self, request: Mapping[str, Any]) -> None:
        try:
            answer: dict[str, Any] = {"result": self._result(request)}
        except LsfsError as error:
            answer = {"error": wire.error_fields(error)}
        except Exception as error:
            log.exception("%s failed", request["method"])
            answer = {"error": wire.error_fields(LsfsError(f"{request['method']}: {error}"))}
        self._send({"id": request["id"], **answer})
        with self._lock:
            self._answered += 1
        self._active_at = time.monotonic()

    def _ask_for_rest(self) -> None:
        """Whoever has asked for more than was answered before the look will not grant it."""
        while True:
            left_s = self._active_at + self._idle_s - time.monotonic()
            if left_s > 0:
                time.sleep(left_s)
                continue
            answered = self._answered
            if self._worker.is_at_rest():
                self._send({"id": None, "rest": answered})
            self._active_at = time.monotonic()

    def _send(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            try:
                self._answers.write(wire.line(message))
                self._answers.flush()
            except (BrokenPipeError, ValueError):
                log.info("nobody reads the answer to %s any more", message["id"])

    def _result(self, request: Mapping[str, Any]) -> Any:
        method = self._worker.methods.get(request["method"])
        if method is None:
            raise UsageError(f"the worker has no method {request['method']!r}")
        try:
            return method(request.get("params") or {})
        except ValidationError as error:
            raise UsageError(f"{request['method']}: {error.errors()[0]['msg']}") from error


def main(arguments: list[str] | None = None) -> int:
    """Serve until stdin closes."""
    parser = argparse.ArgumentParser(prog="lsfs.indexer.worker")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("faiss").setLevel(logging.WARNING)  # tells at length which CPU it found
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the protocol
    try:
        config = load_config(given.root, given.state)
        worker = Worker(config)
    except LsfsError as error:
        answers.write(wire.line({"id": None, "error": wire.error_fields(error)}))
        answers.flush()
        return error.exit_code
    lower_session()
    worker.start()
    Conversation(worker, sys.stdin.buffer, answers, config.indexer.idle_s).run()
    worker.close()
    answers.flush()
    os._exit(0)  # threads of libraries, and a model still being prepared, are not waited for


if __name__ == "__main__":
    sys.exit(main())
