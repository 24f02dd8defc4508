"""An HTTP server that wakes for requests alone; what an ASGI app is served by.

Threading: it runs where `run` is called; only in the main thread it takes signals.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.applications import Starlette


def settings_of(app: Starlette, grace_s: int, most: int | None = None) -> uvicorn.Config:
    """To serve `app` without a word: at most so many connections, at the end waiting `grace_s` for
    the answers under way."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        loop="asyncio",
        http="h11",
        limit_concurrency=most,
        timeout_graceful_shutdown=grace_s,
        server_header=False,
        date_header=False,
    )


class Waiting(uvicorn.Server):
    """uvicorn looks ten times a second whether it should end, and what date it is; this one waits
    until it is told. Written against uvicorn 0.54; tests/test_server.py fails where it wakes."""

    def __init__(self, config: uvicorn.Config, on_told: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._on_told = on_told
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._told.wait()
        self._on_told()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.end()

    def end(self) -> None:
        """Serve no longer. From any thread, and from a signal's handler."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._told.set)
