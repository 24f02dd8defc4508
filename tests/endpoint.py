"""A real HTTP server that speaks as much of the OpenAI protocol as a test tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

from lsfs.config import ModelConfig
from lsfs.prompts.models.remote import RemoteModel

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Endpoint:
    """A server that speaks as much of the protocol as `answers` tell it, one a request."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.bodies.append(json.loads(self.rfile.read(length)))
                endpoint.headers.append(dict(self.headers))
                status, body = endpoint.answers.pop(0)(endpoint.bodies[-1])
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the client has gone, as the timeout test wants

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def model(self, timeout_s: float = 10.0) -> RemoteModel:
        """A client of this server."""
        return RemoteModel(
            ModelConfig(
                url=f"http://127.0.0.1:{self.server.server_port}/v1", name="tiny",
                api_key=SecretStr("s3cret"), timeout_s=timeout_s,
            )
        )  # fmt: skip

    def close(self) -> None:
        """Stop, letting waiting answers go."""
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def said(content: str | None, **more: Any) -> Answer:
    message = {"role": "assistant", "content": content, **more}
    body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
    return lambda _request: (200, body)
