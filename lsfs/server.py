"""The daemon's face: one ASGI app on the root's unix socket, and on HTTP only when asked.

Share links are no business of it: `lsfs.links` serves them at an address of their own.

JSON-RPC 2.0 at `POST /rpc` (one call or a batch), `GET /health`. The socket is the owner's alone
(0600 in a 0700 directory). HTTP, off by default, wants a bearer token that is new at every start
and a Host header that names the address (a page in a browser cannot rebind its way in).

It must not interpret files or import anything heavy: it hands each call to `App.call`. Calls run in
a pool of threads; the event loop itself never blocks on one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lsfs import __version__
from lsfs.addresses import Address, bound, parse_address
from lsfs.daemon import Caller
from lsfs.errors import ConfigurationError, LsfsError, UsageError, unexpected
from lsfs.links import LinkServer
from lsfs.listening import Waiting, settings_of
from lsfs.paths import CATALOG_NAME, SOCKET_NAME
from lsfs.presence import watched
from lsfs.sharing import Sharing

MAX_BODY_BYTES = 64 * 2**20
CALL_THREADS = 16
GRACE_S = 10
PARSE_ERROR, INVALID_REQUEST = -32700, -32600
TOKEN_NAME = "http-token"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Http:
    """The address asked for with --http, and the token that opens it."""

    address: Address
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def accepts(self, host: str | None) -> bool:
        """Whether a Host header names this address. One that listens on all has no name to check;
        there the token alone keeps others out."""
        own = self.address
        if own.is_all:
            return host is not None
        port = "" if own.port == 80 else f":{own.port}"
        known = {own.host, "localhost"} if own.is_loopback else {own.host}
        return host in {(f"[{name}]" if ":" in name else name) + port for name in known}


def parse_http(text: str) -> Http:
    """HOST:PORT (an IPv6 host in brackets) as an address with a fresh token.

    Raises:
        UsageError: it is not of that form.
    """
    try:
        address = parse_address(text)
    except ValueError as error:
        raise UsageError(f"--http {error}", hint="for example 127.0.0.1:8421") from error
    if not address.port:
        raise UsageError(f"--http {text}: port 0 is no address", hint="for example 127.0.0.1:8421")
    return Http(address)


class Served(Caller, Protocol):
    """A root that a daemon serves."""

    sharing: Sharing

    def hasten(self) -> None:
        """The daemon is about to end: have nobody wait for the index, or a model, any longer."""
        ...


class Server:
    """Serves one opened root until SIGTERM, SIGINT or the method `stop`."""

    def __init__(self, app: Served, started_by: str, http: Http | None = None) -> None:
        self._app = app
        self._started_by = started_by
        self._http = http
        self._started = time.monotonic()
        self._pool = ThreadPoolExecutor(CALL_THREADS, thread_name_prefix="call")
        self._uvicorn: Waiting | None = None

    def asgi(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/rpc", self._rpc, methods=["POST"]),
                Route("/health", self._health, methods=["GET"]),
            ]
        )

    def run(self, sockets: list[socket.socket], files: Sequence[Path] = ()) -> None:
        """Serve on bound sockets; returns when told to stop, after the calls in progress, or when
        one of `files` is gone or another's: then nobody reaches this daemon, or it writes to what
        nobody will read."""
        config = settings_of(self.asgi(), GRACE_S)
        self._uvicorn = Waiting(config, self._app.hasten)
        with watched(files, self._state_is_gone), _quiet_signals():
            self._uvicorn.run(sockets=sockets)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _state_is_gone(self, file: Path) -> None:
        log.error("%s is gone: the daemon ends", file)
        assert self._uvicorn is not None
        self._uvicorn.end()

    async def _health(self, request: Request) -> Response:
        refusal = self._refusal(request)
        return refusal or _json(self._health_fields())

    async def _rpc(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        body = await _body(request)
        if body is None:
            return _json({"error": f"a request is at most {MAX_BODY_BYTES} bytes"}, 413)
        try:
            asked = json.loads(body)
        except ValueError as error:
            return _json(_failure(None, PARSE_ERROR, f"not JSON: {error}"))
        if isinstance(asked, list) and asked:
            answers = [await self._answer(one) for one in asked]
            return _json([answer for answer in answers if answer is not None])
        answer = await self._answer(asked)
        return _json(answer) if answer is not None else Response(status_code=204)

    async def _answer(self, asked: object) -> dict[str, Any] | None:
        """The response to one JSON-RPC request, None to a notification."""
        if not _is_request(asked):
            return _failure(None, INVALID_REQUEST, "not a JSON-RPC 2.0 request")
        assert isinstance(asked, dict)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, self._call, asked)
        return answer if "id" in asked else None

    def _call(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        number = asked.get("id")
        try:
            result = self._dispatch(asked["method"], asked.get("params", {}))
            return {"jsonrpc": "2.0", "id": number, "result": result}
        except LsfsError as error:
            return _failure(number, error.rpc_code, error.message, error_data(error))
        except Exception as error:  # the outer door: logged and translated
            log.exception("%s failed", asked["method"])
            told = unexpected(error)
            return _failure(number, told.rpc_code, told.message, error_data(told))

    def _dispatch(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if method == "health":
            return self._health_fields()
        if method == "stop":
            assert self._uvicorn is not None
            self._uvicorn.end()
            return {"stopping": True}
        return self._app.call(method, params)

    def _health_fields(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(), "version": __version__,
            "uptime_s": round(time.monotonic() - self._started, 3),
            "started_by": self._started_by,
        }  # fmt: skip

    def _refusal(self, request: Request) -> Response | None:
        """Why a request over HTTP may not pass; over the unix socket all may."""
        server = request.scope.get("server")
        if server is not None and server[1] is None:
            return None
        if self._http is None or not self._http.accepts(request.headers.get("host")):
            return _json({"error": "the Host header does not name this server"}, 421)
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not secrets.compare_digest(given, f"Bearer {self._http.token}".encode()):
            return _json({"error": "a bearer token is needed"}, 401)
        return None


def serve(app: Served, state: Path, started_by: str, http: Http | None = None) -> None:
    """Serve `app` on the socket in `state` (and HTTP) until told to stop. Needs the root's lock.

    Raises:
        ConfigurationError: the HTTP address cannot be bound.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(unix_socket(state / SOCKET_NAME))]
        if http is not None:
            sockets.append(stack.enter_context(_tcp_socket(http)))
            stack.enter_context(_token_file(state / TOKEN_NAME, http.token))
        stack.enter_context(_links(app.sharing))
        files = [state / name for name in (SOCKET_NAME, CATALOG_NAME)]
        Server(app, started_by, http).run(sockets, files)


@contextlib.contextmanager
def unix_socket(file: Path) -> Iterator[socket.socket]:
    """A bound unix socket of mode 0600, removed at the end.

    Bound through /proc/self/fd: the kernel allows an address 108 bytes, a path may have more.

    One left by a daemon that died is replaced: the caller holds the root's lock, so none lives.
    """
    directory = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        file.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            bound.bind(f"/proc/self/fd/{directory}/{file.name}")
        finally:
            os.umask(before)
        yield bound
    finally:
        with contextlib.suppress(FileNotFoundError):  # in this folder: another may have its name
            os.unlink(file.name, dir_fd=directory)
        bound.close()
        os.close(directory)


@contextlib.contextmanager
def _tcp_socket(http: Http) -> Iterator[socket.socket]:
    try:
        listening = bound(http.address)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {http.address}: {error.strerror or error}",
            hint="choose another address with --http HOST:PORT",
        ) from error
    with listening:
        yield listening


@contextlib.contextmanager
def _links(sharing: Sharing) -> Iterator[None]:
    """Share links are served, from now on if there are any, else from the first one on."""
    links = LinkServer(sharing)
    sharing.have_served = links.start
    if sharing.count():
        links.start()
    try:
        yield
    finally:
        links.close()


@contextlib.contextmanager
def _token_file(file: Path, token: str) -> Iterator[None]:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(token + "\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextlib.contextmanager
def _quiet_signals() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more; here stopping is all that is wanted."""
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(number: int, frame: object) -> None:
    log.info("stopped by %s", signal.Signals(number).name)


async def _body(request: Request) -> bytes | None:
    """The request's body, None when it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _is_request(asked: object) -> bool:
    return (
        isinstance(asked, dict)
        and asked.get("jsonrpc") == "2.0"
        and isinstance(asked.get("method"), str)
        and isinstance(asked.get("params", {}), dict)
    )


def error_data(error: LsfsError) -> dict[str, Any]:
    """What a client needs to raise the same error."""
    return {
        "kind": error.kind,
        "hint": error.hint,
        "path": error.path,
        "errno": error.errno,
        "exit_code": error.exit_code,
    }


def _failure(
    number: object, code: int, message: str, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = dict(data)
    return {"jsonrpc": "2.0", "id": number, "error": error}


def _json(value: object, status: int = 200) -> Response:
    # ASCII: a name that is not UTF-8 holds lone surrogates, which only escapes can carry
    return Response(json.dumps(value), status, media_type="application/json")
