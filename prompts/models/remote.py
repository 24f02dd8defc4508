"""A language model behind an OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp's server, hosted.

It speaks to the configured URL and to nothing else: no proxy from the environment, no redirect is
followed. One request at a time and connection; safe from several threads.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lsfs.config import ModelConfig
from lsfs.errors import ConfigurationError, UnavailableError

_LARGEST_ANSWER = 4 * 2**20
_MOST_TOKENS = 1024
_REFUSES_FORMAT = {400, 404, 415, 422, 501}


class RemoteModel:
    """Implements `lsfs.ports.LanguageModel` over `POST {url}/chat/completions`."""

    def __init__(self, settings: ModelConfig) -> None:
        """`settings.url` is the base, e.g. http://localhost:11434/v1; `timeout_s` bounds an answer.

        Raises:
            ConfigurationError: no http(s) URL with a host, or no model name.
        """
        parts = urlsplit(settings.url or "")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(
                f"model.url {settings.url!r} is no http(s) URL",
                hint="for example http://localhost:11434/v1",
            )
        if not settings.name:
            raise ConfigurationError("model.url is set but model.name is not")
        self.name = settings.name
        self._parts = parts
        self._path = parts.path.rstrip("/") + "/chat/completions"
        self._key = settings.api_key
        self._timeout_s = settings.timeout_s

    def complete(self, system: str, prompt: str, schema: Mapping[str, Any] | None = None) -> str:
        """The answer's text. A server that knows no JSON schema is asked for plain JSON, then bare.

        Raises:
            UnavailableError: unreachable, too slow, not speaking the protocol, or it refused.
        """
        deadline = time.monotonic() + self._timeout_s
        body = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": prompt},
            ],
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
        }
        status, answer = 0, b""
        for response_format in _formats(schema):
            status, answer = self._post({**body, **response_format}, deadline)
            if status not in _REFUSES_FORMAT:
                break
        if status != 200:
            raise self._unavailable(f"answered {status}: {_excerpt(answer)}")
        return self._content(answer)

    def _post(self, body: Mapping[str, Any], deadline: float) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        connection = self._connection(deadline)
        try:
            connection.request("POST", self._path, json.dumps(body).encode(), headers)
            response = connection.getresponse()
            return response.status, self._read(connection, response, deadline)
        except TimeoutError as error:
            raise self._unavailable(f"gave no answer within {self._timeout_s:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(f"cannot be reached ({error})") from error
        finally:
            connection.close()

    def _connection(self, deadline: float) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        timeout = max(0.01, deadline - time.monotonic())
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _read(
        self,
        connection: http.client.HTTPConnection,
        response: http.client.HTTPResponse,
        deadline: float,
    ) -> bytes:
        """The body, bounded in size and in time: a server that drips cannot hold us."""
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(65536):
            parts.append(chunk)
            size += len(chunk)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if size > _LARGEST_ANSWER:
                raise self._unavailable("answered with more than 4 MiB")
            if connection.sock is not None:
                connection.sock.settimeout(left)
        return b"".join(parts)

    def _content(self, answer: bytes) -> str:
        try:
            choice = json.loads(answer)["choices"][0]
            message, reason = choice["message"], choice.get("finish_reason")
            content, refusal = message.get("content"), message.get("refusal")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._unavailable(f"does not speak the protocol: {_excerpt(answer)}") from error
        if refusal or reason == "content_filter":
            raise self._unavailable(f"refused: {str(refusal or reason)[:200]}")
        if not isinstance(content, str) or not content.strip():
            raise self._unavailable("gave an empty answer")
        return content

    def _unavailable(self, what: str) -> UnavailableError:
        return UnavailableError(
            f"the language model {self.name} at "
            f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]} {what}",
            hint="check model.url and model.name, or unset them to use none",
        )


def _formats(schema: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """From strict to bare: what to ask the server to hold the answer to."""
    if schema is None:
        return [{}]
    named = {"name": "plan", "schema": dict(schema), "strict": False}
    return [
        {"response_format": {"type": "json_schema", "json_schema": named}},
        {"response_format": {"type": "json_object"}},
        {},
    ]


def _excerpt(answer: bytes) -> str:
    return ascii(answer[:160].decode("utf-8", "replace"))
