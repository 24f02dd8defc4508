"""A real HTTP server that speaks as much of the OpenAI protocol as a test tells it."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

from lsfs.config import ModelConfig
from lsfs.prompts.models.remote import RemoteModel

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Endpoint:
    """A server that speaks as much of the protocol as `answers` tell it, one a request, and then
    `always`. It says that it has the `models`, and answers with `more` headers."""

    def __init__(self, always: Answer | None = None, context: ssl.SSLContext | None = None) -> None:
        self.answers: list[Answer] = []
        self.models: list[str] = []
        self.more: dict[str, str] = {}
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.bodies.append(json.loads(self.rfile.read(length)))
                endpoint.headers.append(dict(self.headers))
                answer = endpoint.answers.pop(0) if endpoint.answers else always
                assert answer is not None, "nothing more was to be asked"
                self._answer(*answer(endpoint.bodies[-1]))

            def do_GET(self) -> None:
                endpoint.headers.append(dict(self.headers))
                data = [{"id": name, "object": "model"} for name in endpoint.models]
                self._answer(200, json.dumps({"object": "list", "data": data}).encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                for name, value in endpoint.more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the client has gone, as the timeout test wants

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self) -> str:
        """What `model.url` is set to."""
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def model(self, timeout_s: float = 10.0) -> RemoteModel:
        """A client of this server."""
        return model_at(self.url, timeout_s)

    def close(self) -> None:
        """Stop, letting waiting answers go."""
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def model_at(url: str, timeout_s: float = 10.0) -> RemoteModel:
    """A client of whatever is there."""
    return RemoteModel(
        ModelConfig(url=url, name="tiny", api_key=SecretStr("s3cret"), timeout_s=timeout_s)
    )


def said(content: str | None, *, reason: str = "stop", **more: Any) -> Answer:
    message = {"role": "assistant", "content": content, **more}
    body = json.dumps({"choices": [{"message": message, "finish_reason": reason}]}).encode()
    return lambda _request: (200, body)


def translating(words: Callable[[str], str]) -> Answer:
    """Answers with the text that it is to translate as `words` make it."""

    def answer(request: dict[str, Any]) -> tuple[int, bytes]:
        prompt = request["messages"][1]["content"]
        return said(words(prompt.partition(">\n")[2].rpartition("\n<")[0]))(request)

    return answer


class Raw:
    """A server that says the same bytes to everybody, whatever it is asked, and hangs up."""

    def __init__(self, parts: Iterable[bytes], pause_s: float = 0.0) -> None:
        self._parts, self._pause_s = list(parts), pause_s
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        """What `model.url` is set to."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def _serve(self) -> None:
        while True:
            client, _ = self._socket.accept()
            if self._is_over.is_set():
                client.close()
                return
            with client, contextlib.suppress(OSError):  # it has had enough
                client.recv(65536)
                for part in self._parts:
                    client.sendall(part)
                    self._is_over.wait(self._pause_s)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass  # what is not read when it closes would be answered with a reset

    def close(self) -> None:
        """Stop."""
        self._is_over.set()
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()
