"""How far indexing is, how fast it goes, how long it will take. Thread-safe."""

from __future__ import annotations

import threading
import time
from typing import Any

from .documents import Backlog


class Pace:
    """Measures the rate since the present stage began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stage = "done"
        self._since = time.monotonic()
        self._done_then = 0

    def progress(self, backlog: Backlog) -> dict[str, Any]:
        """{"stage" ("reading", "describing", "embedding", "done"), "done", "total", "rate" (of them
        a second), "eta_s"}; rate and eta are None while nothing is known of them."""
        stage, done, left = _stage(backlog)
        now = time.monotonic()
        with self._lock:
            if stage != self._stage or done < self._done_then:
                self._stage, self._since, self._done_then = stage, now, done
            made, took_s = done - self._done_then, now - self._since
        rate = made / took_s if made and took_s > 0 else None
        return {
            "stage": stage, "done": done, "total": done + left, "rate": rate,
            "eta_s": left / rate if rate else None,
        }  # fmt: skip


def _stage(backlog: Backlog) -> tuple[str, int, int]:
    if backlog.files:
        return "reading", backlog.files_done, backlog.files
    if backlog.undescribed:  # what takes longest; vectors are made beside it
        return "describing", backlog.described, backlog.undescribed
    if backlog.chunks:
        return "embedding", backlog.chunks_done, backlog.chunks
    return "done", backlog.files_done, 0
