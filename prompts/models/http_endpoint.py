"""One HTTP request at a time to one server: bounded in time and size, and nowhere else.

No proxy from the environment, and no redirect is followed: a key that is meant for one host reaches
no other. A connection a request; safe from several threads.
"""

from __future__ import annotations

import http.client
import json
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

    def ask(self, path: str, body: Mapping[str, Any] | None, deadline: float) -> Reply:
        """The answer to a POST of JSON, or without a body to a GET of `path` below the URL, until
        the monotonic time `deadline`.

        Raises:
            Unanswered: it cannot be reached, is too slow, says too much, or speaks no HTTP.
        """
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise Unanswered(TOO_SLOW)
        connection = self._connection(left_s)
        is_over = threading.Event()
        try:
            connection.connect()
            watch = threading.Timer(left_s, _hang_up, (connection.sock, is_over))
            watch.start()
            try:
                reply = self._asked(connection, path, body)
            finally:
                watch.cancel()
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or is_over.is_set():
                raise Unanswered(TOO_SLOW) from error
            raise Unanswered(f"cannot be reached ({error})") from error
        finally:
            connection.close()
        if is_over.is_set():  # hung up on, what had come looks whole to the library
            raise Unanswered(TOO_SLOW)
        return reply

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
        response = connection.getresponse()
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(65536):
            parts.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise Unanswered(f"answered with more than {LARGEST_ANSWER >> 20} MiB")
        if response.length:  # it is what was promised, less what came
            raise http.client.IncompleteRead(b"", response.length)
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, b"".join(parts))


def _hang_up(sock: socket.socket | None, is_over: threading.Event) -> None:
    """End a conversation that takes too long, however the other side drips."""
    is_over.set()
    if sock is not None and sock.fileno() >= 0:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
