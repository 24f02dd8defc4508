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
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_WITHIN_S, READ_WITHIN_S = 10, 60
"""Who has connected, or been answered, and sends no request in this time is hung up on; and so is
who takes nothing of an answer for so long."""


class _Prompt(H11Protocol):
    """uvicorn waits for ever for a first request, for the rest of one that has begun, and for an
    answer to be read: whoever does nothing would keep others out, where connections are counted."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        if self._is_answering():
            self._wait_no_more()

    def on_response_complete(self) -> None:
        self._await_request()  # first: the next one may have come, and be answered by what follows
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait(READ_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_answering():
            self._wait_no_more()
        else:
            self._await_request()

    def _is_answering(self) -> bool:
        cycle: object = self.cycle  # None before the first request
        return cycle is not None and not self.cycle.response_complete

    def _await_request(self) -> None:
        self._wait(REQUEST_WITHIN_S, self._hang_up)

    def _hang_up(self) -> None:
        """What has been sent may still be read."""
        self.transport.close()
        self._wait(READ_WITHIN_S, self.transport.abort)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._wait_no_more()
        self._waiting = self.loop.call_later(seconds, then)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


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
        http=_Prompt,
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
