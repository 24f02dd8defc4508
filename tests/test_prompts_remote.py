"""The remote language model against a real HTTP server, and what the parser makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from endpoint import Answer, Endpoint, said
from words import packaged_embedder, parser_with

from lsfs.config import ModelConfig
from lsfs.errors import ConfigurationError, NotUnderstoodError, UnavailableError
from lsfs.prompts.models.remote import RemoteModel

UNCLEAR = "kindly make sure the thing we spoke of about draft.txt ends up being frobnicated"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    yield server
    server.close()


def proposed(*operations: dict[str, Any]) -> Answer:
    return said(json.dumps({"understood": True, "operations": operations}))


def test_answer_key_and_schema(endpoint: Endpoint) -> None:
    endpoint.answers = [said("hello")]
    assert endpoint.model().complete("be brief", "hi", {"type": "object"}) == "hello"
    assert endpoint.headers[0]["Authorization"] == "Bearer s3cret"
    assert endpoint.bodies[0]["response_format"]["type"] == "json_schema"
    assert [m["content"] for m in endpoint.bodies[0]["messages"]] == ["be brief", "hi"]


def test_a_server_without_schemas_is_asked_more_simply(endpoint: Endpoint) -> None:
    endpoint.answers = [
        lambda _: (400, b"no such format"),
        lambda _: (400, b"nor that"),
        said("{}"),
    ]
    assert endpoint.model().complete("s", "p", {"type": "object"}) == "{}"
    formats = [body.get("response_format", {}).get("type") for body in endpoint.bodies]
    assert formats == ["json_schema", "json_object", None]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda _: (200, b"<html>hello</html>"), "does not speak the protocol"),
        (lambda _: (200, b'{"choices": []}'), "does not speak the protocol"),
        (lambda _: (200, b'{"choices": ["x"]}'), "does not speak the protocol"),
        (lambda _: (500, b"\xff\x1b[31mboom"), "answered 500"),
        (lambda _: (401, b"who are you"), "answered 401"),
        (lambda _: (302, b""), "answered 302"),
        (said(None, refusal="I cannot help with that"), "refused"),
        (said(""), "empty answer"),
    ],
)
def test_garbage_and_refusals(endpoint: Endpoint, answer: Answer, says: str) -> None:
    endpoint.answers = [answer]
    with pytest.raises(UnavailableError, match=says) as caught:
        endpoint.model().complete("s", "p")
    assert "s3cret" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_slow_server_is_given_up(endpoint: Endpoint) -> None:
    def late(_request: dict[str, Any]) -> tuple[int, bytes]:
        endpoint.release.wait(20)
        return 200, b""

    endpoint.answers = [late]
    with pytest.raises(UnavailableError, match=r"within 0\.3 s"):
        endpoint.model(timeout_s=0.3).complete("s", "p")


def test_nobody_there() -> None:
    model = RemoteModel(ModelConfig(url="http://127.0.0.1:1/v1", name="tiny"))
    with pytest.raises(UnavailableError, match="cannot be reached"):
        model.complete("s", "p")


@pytest.mark.parametrize("settings", [{"url": "ftp://x/v1", "name": "m"}, {"url": "http://x/v1"}])
def test_settings_that_cannot_work(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        RemoteModel(ModelConfig(**settings))  # type: ignore[arg-type]


def test_the_model_parses_what_examples_cannot(endpoint: Endpoint) -> None:
    endpoint.answers = [proposed({"op": "lock", "target": {"paths": ["draft.txt"]}})]
    plan = parser_with(packaged_embedder(), endpoint.model()).parse(UNCLEAR, "test")
    assert (plan.parser, plan.operations[0].op) == ("model:tiny", "lock")
    assert "draft.txt" in endpoint.bodies[0]["messages"][1]["content"]


def test_the_model_is_not_asked_what_is_understood_or_forbidden(endpoint: Endpoint) -> None:
    parser = parser_with(packaged_embedder(), endpoint.model())
    assert parser.parse("delete draft.txt", "test").parser == "examples"
    with pytest.raises(NotUnderstoodError):
        parser.parse("don't delete draft.txt", "test")
    assert endpoint.bodies == []


def test_one_repair_then_an_honest_no(endpoint: Endpoint) -> None:
    parser = parser_with(packaged_embedder(), endpoint.model())
    endpoint.answers = [said("sure!"), proposed({"op": "stat", "target": {"paths": ["draft.txt"]}})]
    assert parser.parse(UNCLEAR, "test").operations[0].op == "stat"
    assert "not valid" in endpoint.bodies[1]["messages"][1]["content"]
    endpoint.answers = [proposed({"op": "fly"}), said('{"understood": true, "operations": [{}]}')]
    with pytest.raises(NotUnderstoodError, match="no valid plan"):
        parser.parse(UNCLEAR, "test")
    assert len(endpoint.bodies) == 4


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "target": {}},
        {"op": "remove", "target": {"paths": ["/"]}},
        {"op": "remove", "target": {"paths": ["../outside"]}},
        {"op": "write", "path": ".lsfs/catalog.db", "text": ""},
    ],
)
def test_the_model_cannot_reach_everything_or_outside(
    endpoint: Endpoint, operation: dict[str, Any]
) -> None:
    endpoint.answers = [proposed(operation), proposed(operation)]
    with pytest.raises(NotUnderstoodError):
        parser_with(packaged_embedder(), endpoint.model()).parse(UNCLEAR, "test")
