"""Share links over HTTP: a server of its own, with one route, and no way to anything else.

`GET` and `HEAD` of `/s/TOKEN`, with anything behind it. It listens at `LinkAddress.address` from
the first open link on, apart from the socket and the address that take calls: what is opened to
others cannot reach those by any request. A page that is shared runs no scripts, and is handed over
as a file (RFC 6266) unless it is of a kind that runs nothing.

Threading: one thread with an event loop, which never blocks: files are found, opened and read in
further threads, a block at a time.
"""

from __future__ import annotations

import logging
import mimetypes
import re
import socket
import threading
from collections.abc import AsyncIterator
from email.utils import formatdate
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lsfs.addresses import bound
from lsfs.errors import ConfigurationError
from lsfs.link_address import PREFIX
from lsfs.listening import Waiting, settings_of
from lsfs.paths import percent_escaped
from lsfs.sharing import NoFileError, OpenedFile, Sharing

BLOCK_BYTES = 256 * 1024
GRACE_S = 2
"""What is under way at the end gets so long; who fetches goes on with a range."""
CONNECTIONS = 100
STATUS = {"unknown": 404, "ended": 410, "changing": 503, "unreadable": 403}

_GUARD = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
}
_SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'"
)
_SHOWN = re.compile(r"image/(?!svg)|audio/|video/|text/plain$|application/pdf$")
"""Kinds that a browser shows and that run nothing."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")

log = logging.getLogger(__name__)


class LinkServer:
    """Serves the open links of one root."""

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self._lock = threading.Lock()
        self._server: Waiting | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str | None:
        """Listen, unless it does so already; why it cannot."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return None
            try:
                listening = self._listening()
            except (ConfigurationError, OSError) as error:
                reason = error.message if isinstance(error, ConfigurationError) else str(error)
                log.error("links are not served: %s", reason)
                return f"links are not served: {reason}"
            self._server = Waiting(settings_of(self.asgi(), GRACE_S, CONNECTIONS))
            self._thread = threading.Thread(
                target=self._serve, args=(self._server, listening), name="links", daemon=True
            )
            self._thread.start()
            return None

    def close(self) -> None:
        """Listen no longer."""
        with self._lock:
            thread, server = self._thread, self._server
            self._thread = self._server = None
        if thread is not None and server is not None:
            server.end()
            thread.join()

    def _listening(self) -> socket.socket:
        address = self._sharing.place.address()
        try:
            made = bound(address)
        except OSError as error:
            if not self._sharing.place.may_change_port:
                raise ConfigurationError(
                    f"cannot listen at {address} (setting share.http): {error.strerror or error}"
                ) from error
            log.warning("the port of %s is another's now: links get a new one", address)
            made = bound(self._sharing.place.other_port(address))
        made.listen(CONNECTIONS)  # whoever has the link by now waits, and is not refused
        return made

    @staticmethod
    def _serve(server: Waiting, listening: socket.socket) -> None:
        with listening:
            server.run(sockets=[listening])

    def asgi(self) -> Starlette:
        """The ASGI app."""
        methods = ["GET", "HEAD"]
        return Starlette(
            routes=[
                Route(f"{PREFIX}/{{token}}", self._file, methods=methods),
                Route(f"{PREFIX}/{{token}}/{{name:path}}", self._file, methods=methods),
            ]
        )

    async def _file(self, request: Request) -> Response:
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        try:
            file = self._sharing.opened(request.path_params["token"])
        except NoFileError as error:
            retry = {"Retry-After": "2"} if error.why == "changing" else {}
            return PlainTextResponse(error.text + "\n", STATUS[error.why], {**_GUARD, **retry})
        try:
            answer = _answer(file, request)
            is_begun = answer.status_code in (200, 206) and answer.first == 0
            if is_begun and request.method == "GET":
                self._sharing.fetched(file.link)
                client = request.client.host if request.client else "?"
                log.info("link %d is fetched from %s", file.link, client)
        except BaseException:
            file.close()
            raise
        return answer


class _FileAnswer(StreamingResponse):
    """A span of an open file, or no bytes of it; the file is closed when it has been sent."""

    def __init__(self, file: OpenedFile, status: int, headers: dict[str, str], span: range) -> None:
        self._file = file
        self.first = span.start
        super().__init__(self._blocks(span), status, headers)

    async def _blocks(self, span: range) -> AsyncIterator[bytes]:
        """No more than was announced, whatever the file has become meanwhile."""
        left = len(span)
        await run_in_threadpool(self._file.stream.seek, span.start)
        while left:
            block = await run_in_threadpool(self._file.stream.read, min(left, BLOCK_BYTES))
            if not block:
                raise OSError(f"link {self._file.link}: the file was cut while it was sent")
            left -= len(block)
            yield block

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _answer(file: OpenedFile, request: Request) -> _FileAnswer:
    """What a request gets of a file (RFC 9110: conditions, then one range; of several, all)."""
    size, nothing = file.state.st_size, range(0)
    headers = {**_GUARD, **_described(file)}
    if _is_known(request, headers):
        return _FileAnswer(file, 304, headers, nothing)
    headers["Accept-Ranges"] = "bytes"
    status, span = 200, range(size)
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked and request.method == "GET" and _is_same(request, headers):
        found = _span(asked[1], asked[2], size)
        if found is None:
            headers |= {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
            return _FileAnswer(file, 416, headers, nothing)
        if found != span or not size:
            status, span = 206, found
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    headers["Content-Length"] = str(len(span))
    return _FileAnswer(file, status, headers, nothing if request.method == "HEAD" else span)


def _span(first: str, last: str, size: int) -> range | None:
    """`first-last`, `first-` or `-count` as the bytes meant; None: the file has none of them."""
    if not first:
        count = min(int(last or 0), size)
        return range(size - count, size) if count else None
    start, stop = int(first), min(int(last) + 1 if last else size, size)
    return range(start, stop) if start < stop else None


def _is_known(request: Request, headers: dict[str, str]) -> bool:
    """Whether who asks has the file as it is."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or headers["ETag"] in known
    return request.headers.get("if-modified-since") == headers["Last-Modified"]


def _is_same(request: Request, headers: dict[str, str]) -> bool:
    """Whether a range is of the file that who asks has a part of."""
    return request.headers.get("if-range", headers["ETag"]) == headers["ETag"]


def _described(file: OpenedFile) -> dict[str, str]:
    """What the file is, by its name and state."""
    kind = _kind_of(file.name)
    state = file.state
    shown = _SHOWN.match(kind) is not None
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Disposition": disposition("inline" if shown else "attachment", file.name),
        # browsers show no PDF in a sandbox; what a PDF runs does not get out of its viewer
        "Content-Security-Policy": _SANDBOX.removeprefix("sandbox; ")
        if _is_pdf(kind)
        else _SANDBOX,
        "ETag": f'"{state.st_ino:x}-{state.st_mtime_ns:x}-{state.st_size:x}"',
        "Last-Modified": formatdate(state.st_mtime_ns // 10**9, usegmt=True),
    }


def _is_pdf(kind: str) -> bool:
    return kind == "application/pdf"


def _kind_of(name: str) -> str:
    """The media type that a name's ending stands for; of what is packed, that of no use."""
    kind, packed = mimetypes.guess_type(name)
    return kind if kind and not packed else "application/octet-stream"


def disposition(how: str, name: str) -> str:
    """The header that gives a file its name: once for those that know no more than ASCII, once as
    it is (RFC 6266, RFC 8187)."""
    plain = re.sub(r"[^A-Za-z0-9 ._()+,-]", "_", name)
    exact = quote(percent_escaped(name), safe="")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}"
