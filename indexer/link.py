"""One run of the worker process, and the calls that wait for its answers. Thread-safe."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from lsfs.config import Config
from lsfs.errors import LsfsError, UnavailableError

from . import apart, wire

STOP_TIMEOUT_S = 10.0


class Link:
    """One run of the worker, and the calls that wait for its answers.

    `on_end` is called when the process has ended, unless because it had nothing to do, by a thread
    that `close` waits for.
    """

    def __init__(self, config: Config, log_file: Path, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
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
        self._sent = 0
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._is_over = False
        self.has_rested = False
        """It had nothing to do, and was let go: nothing that was sent was lost."""
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
        assert self._process.stdin is not None
        with self._lock:
            if self._is_over:
                raise self._refusal or UnavailableError("the indexing process has ended")
            self._sent = number = self._sent + 1
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
                self._told(answer)
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
        if self.has_rested:
            self._process.wait()  # nobody else may ever do so
        else:
            self._on_end()

    def _told(self, message: Mapping[str, Any]) -> None:
        """What nobody asked: why it cannot serve, or that it had nothing to do when it had answered
        so many requests: it may rest if no more were sent."""
        if "error" in message:
            self._refusal = wire.error_from_fields(message["error"])
            return
        assert self._process.stdin is not None
        with self._lock:
            if message["rest"] == self._sent and not self._is_over:
                self._is_over = self.has_rested = True
                with contextlib.suppress(OSError):
                    self._process.stdin.close()


def _started(command: list[str], log_file: Path) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C at the terminal is its parent's business."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log_out:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log_out,
            start_new_session=True, cwd=apart.FOLDER,
        )  # fmt: skip
