"""A language model behind an OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp's server, hosted.

It speaks to the configured URL and to nothing else (`http_endpoint`). Safe from several threads.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lsfs.config import ModelConfig
from lsfs.errors import ConfigurationError, UnavailableError
from lsfs.ports import CutShort

from .http_endpoint import HttpEndpoint, Reply, Unanswered
from .thinking import without_thoughts

_MOST_TOKENS = 1024
_REFUSES_FORMAT = {400, 404, 415, 422, 501}
_COMES_BACK = {429, 503}
_MOST_NAMES = 8
_SETTINGS = "check model.url and model.name, or unset them to use none"
_HINTS = {
    401: "check model.api_key", 403: "check model.api_key", 404: _SETTINGS,
    413: "lower model.context_tokens", 429: "it is busy, or your quota is used up: try again later",
}  # fmt: skip


class RemoteModel:
    """Implements `lsfs.ports.LanguageModel` over `POST {url}/chat/completions`."""

    def __init__(self, settings: ModelConfig) -> None:
        """`settings.url` is the base, e.g. http://localhost:11434/v1; `timeout_s` bounds an answer.

        Raises:
            ConfigurationError: no http(s) URL with a host, or no model name.
        """
        parts = _parts(settings.url or "")
        if not settings.name:
            raise ConfigurationError("model.url is set but model.name is not")
        self.name = settings.name
        self._parts = parts
        self._endpoint = HttpEndpoint(parts, settings.api_key)
        self._key = settings.api_key
        self._timeout_s = settings.timeout_s

    def complete(
        self, system: str, prompt: str, schema: Mapping[str, Any] | None = None,
        tokens: int | None = None,
    ) -> str:  # fmt: skip
        """The answer's text. A server that knows no JSON schema is asked for plain JSON, then bare.

        Raises:
            UnavailableError: unreachable, too slow, not speaking the protocol, or it refused.
            CutShort: it has more than `tokens`.
        """
        deadline = time.monotonic() + self._timeout_s
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": prompt},
            ],
            "temperature": 0,
            "max_tokens": tokens or _MOST_TOKENS,
        }
        reply: Reply | None = None
        for response_format in _formats(schema):
            reply = self._reply({**body, **response_format}, deadline)
            if reply.status not in _REFUSES_FORMAT:
                break
        assert reply is not None
        if reply.status != 200:
            raise self._refused(reply, deadline)
        return self._content(reply.body, is_whole=tokens is not None)

    def close(self) -> None:
        """Ask nothing more, and have nobody wait for an answer."""
        self._endpoint.close()

    def _reply(self, body: dict[str, Any], deadline: float) -> Reply:
        """The server's answer: asked again, once, after the time it asks for, and as it wants to be
        asked."""
        reply = self._asked("/chat/completions", body, deadline)
        if reply.status in _COMES_BACK:
            wait_s = _seconds_to_wait(reply.headers.get("retry-after", ""))
            if wait_s is not None and wait_s < deadline - time.monotonic():
                self._endpoint.wait(wait_s)
                reply = self._asked("/chat/completions", body, deadline)
        if reply.status == 400 and _adapted(body, reply.body):
            reply = self._asked("/chat/completions", body, deadline)
        return reply

    def _asked(self, path: str, body: Mapping[str, Any] | None, deadline: float) -> Reply:
        try:
            return self._endpoint.ask(path, body, deadline)
        except Unanswered as error:
            in_time = f"within {self._timeout_s:g} s (model.timeout_s)"
            raise self._unavailable(str(error).replace("in time", in_time)) from error

    def _refused(self, reply: Reply, deadline: float) -> UnavailableError:
        """Why there is no answer, as far as the server says so."""
        told = f"answered {reply.status}: {self._excerpt(reply.body)}"
        if 300 <= reply.status < 400:
            to = ascii(reply.headers.get("location", "")[:200])
            told = f"answered {reply.status}: it sends elsewhere, to {to}, which is not followed"
        if reply.status == 404 or (reply.status == 400 and b"model" in reply.body):
            names = self._models(deadline)
            if names and self.name not in names:
                more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
                told += f"; it has no model of that name, but {', '.join(names[:_MOST_NAMES])}"
                told += more
        return self._unavailable(told, _HINTS.get(reply.status, _SETTINGS))

    def _models(self, deadline: float) -> list[str]:
        """The models that the server says it has; nothing where it does not say."""
        try:
            answer = json.loads(self._endpoint.ask("/models", None, deadline).body)
            return [ascii(str(one["id"])[:80]).strip("'") for one in answer["data"]]
        except (Unanswered, ValueError, LookupError, TypeError, RecursionError):
            return []

    def _content(self, answer: bytes, *, is_whole: bool) -> str:
        try:
            choice = json.loads(answer)["choices"][0]
            message, reason = choice["message"], choice.get("finish_reason")
            content, refusal = message.get("content"), message.get("refusal")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            told = f"does not speak the protocol: {self._excerpt(answer)}"
            raise self._unavailable(told) from error
        if refusal or reason == "content_filter":
            raise self._unavailable(f"refused: {str(refusal or reason)[:200]!a}", "")
        if is_whole and reason == "length":
            raise CutShort
        said = without_thoughts(content) if isinstance(content, str) else ""
        if not said.strip():
            raise self._unavailable("gave an empty answer")
        return said

    def _excerpt(self, answer: bytes) -> str:
        """The beginning of an answer, harmless, and without the key where it is repeated."""
        text = answer[:4096].decode("utf-8", "replace")
        key = self._key.get_secret_value() if self._key is not None else ""
        return ascii((text.replace(key, "...") if key else text)[:160])

    def _unavailable(self, what: str, hint: str = _SETTINGS) -> UnavailableError:
        return UnavailableError(
            f"the language model {self.name} at "
            f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]} {what}",
            hint=hint or None,
        )


def _parts(url: str) -> SplitResult:
    with contextlib.suppress(ValueError):  # a port that is none
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    raise ConfigurationError(
        f"model.url {url!r} is no http(s) URL", hint="for example http://localhost:11434/v1"
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


def _adapted(body: dict[str, Any], complaint: bytes) -> bool:
    """Whether the question could be put as the server wants it: models that think take no
    temperature, and count the tokens of their thoughts."""
    before = dict(body)
    if b"max_completion_tokens" in complaint and "max_tokens" in body:
        body["max_completion_tokens"] = body.pop("max_tokens")
    if b"temperature" in complaint:
        body.pop("temperature", None)
    return body != before


def _seconds_to_wait(retry_after: str) -> float | None:
    """What the header Retry-After says (RFC 9110, 10.2.3): seconds, or a date."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (at - datetime.now(timezone.utc)).total_seconds())
