"""One HTTP request at a time to one server: bounded in time and size, and nowhere else.

No proxy from the environment, and no redirect is followed: a key that is meant for one host reaches
no other. A connection a request; safe from several threads.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult

from pydantic import SecretStr

TOO_SLOW = "gave no answer in time"
CLOSED = "is not waited for: lsfs is ending"
LARGEST_ANSWER = 4 * 2**20


class Unanswered(Exception):
    """Why there is no answer, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; names of `headers` in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpEndpoint:
    """The server of a URL."""

    def __init__(self, parts: SplitResult, key: SecretStr | None) -> None:
        self._parts = parts
        self._key = key
        self._talks: set[_Talk] = set()
        self._is_closed = threading.Event()

    def close(self) -> None:
        """Ask nothing more; who waits for an answer, or to ask again, hears that this ended."""
        self._is_closed.set()
        for talk in tuple(self._talks):
            talk.end()

    def wait(self, seconds: float) -> None:
        """Let time pass, unless this is closed."""
        self._is_closed.wait(seconds)

    def ask(self, path: str, body: Mapping[str, Any] | None, deadline: float) -> Reply:
        """The answer to a POST of JSON, or without a body to a GET of `path` below the URL, until
        the monotonic time `deadline`.

        Raises:
            Unanswered: it cannot be reached, is too slow, says too much, or speaks no HTTP.
        """
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise Unanswered(TOO_SLOW)
        talk = _Talk(self._connection(left_s))
        self._talks.add(talk)
        watch = threading.Timer(left_s, talk.end)
        try:
            if self._is_closed.is_set():
                raise Unanswered(CLOSED)
            watch.start()
            talk.connection.connect()
            reply = self._asked(talk.connection, path, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or talk.is_over.is_set():
                raise Unanswered(self._why_over()) from error
            raise Unanswered(f"cannot be reached ({error})") from error
        finally:
            watch.cancel()
            talk.close()
            self._talks.discard(talk)
        if talk.is_over.is_set():  # hung up on, what had come looks whole to the library
            raise Unanswered(self._why_over())
        return reply

    def _why_over(self) -> str:
        return CLOSED if self._is_closed.is_set() else TOO_SLOW

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=timeout_s)

    def _asked(
        self, connection: http.client.HTTPConnection, path: str, body: Mapping[str, Any] | None
    ) -> Reply:
        headers = {"Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        connection.request(
            "GET" if data is None else "POST", self._parts.path.rstrip("/") + path, data, headers
        )
        parts: list[bytes] = []
        size = 0
        with connection.getresponse() as response:
            while chunk := response.read1(65536):
                parts.append(chunk)
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise Unanswered(f"answered with more than {LARGEST_ANSWER >> 20} MiB")
            if response.length:  # it is what was promised, less what came
                raise http.client.IncompleteRead(b"", response.length)
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, b"".join(parts))


class _Talk:
    """A connection that another thread may end at any moment: while it is made, too, and however
    the other side drips."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection
        connection._create_connection = self._connected  # type: ignore[attr-defined]
        self.is_over = threading.Event()
        self._beginning = threading.Lock()
        self._line: socket.socket | None = None
        """The same connection once more: the library lets go of its own where TLS begins, and
        before the answer is read."""

    def _connected(
        self, address: tuple[str, int], timeout_s: float, source: object = None
    ) -> socket.socket:
        """As `socket.create_connection`."""
        failure: OSError = TimeoutError()
        for family, kind, protocol, _, place in socket.getaddrinfo(*address, 0, socket.SOCK_STREAM):
            stream = socket.socket(family, kind, protocol)
            try:
                self._begin(stream, place)
                if not select.select([], [stream], [], timeout_s)[1]:
                    raise TimeoutError
                if refused := stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError(refused, os.strerror(refused))
                stream.settimeout(timeout_s)
                return stream
            except OSError as error:
                stream.close()
                failure = error
        raise failure

    def _begin(self, stream: socket.socket, place: Any) -> None:
        """Begin to connect. From then on it can be hung up on."""
        stream.setblocking(False)
        with self._beginning:
            if self.is_over.is_set():
                raise TimeoutError
            stream.connect_ex(place)
            self._hold(stream)

    def _hold(self, stream: socket.socket) -> None:
        before, self._line = self._line, stream.dup()
        if before is not None:
            before.close()

    def end(self) -> None:
        """Hang up."""
        with self._beginning:
            self.is_over.set()
            line = self._line
        if line is not None and line.fileno() >= 0:
            with contextlib.suppress(OSError):  # the other side was first
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()
        if self._line is not None:
            self._line.close()
