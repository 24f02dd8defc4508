"""Models by id: the cache first, then the hub, if it can be reached."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from lsfs.errors import ConfigurationError
from lsfs.hub import local_first
from lsfs.indexer import embed


class Answering(BaseHTTPRequestHandler):
    """A hub that is there."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()


def tried(name: str, *, is_cached: bool = False) -> list[bool]:
    """Which files were asked for, the local ones alone or all."""
    asked: list[bool] = []

    def load(is_local: bool) -> None:
        asked.append(is_local)
        if is_local and not is_cached:
            raise OSError("not in the cache")

    try:
        local_first(name, load)
    except OSError:
        asked.append(True)
    return asked


def test_the_hub_is_asked_where_it_can_be_reached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert tried("some/model", is_cached=True) == [True]
            assert tried("some/model") == [True, False]
            assert tried(str(tmp_path)) == [True, True]
        finally:
            server.shutdown()
            thread.join()
    assert tried("some/model") == [True, True]


def test_weights_alone_are_no_embedding_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Plain transformers downloads no modules.json, and only that says how tokens are pooled."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    model = tmp_path / "models--some--model"
    (model / "snapshots" / "abc").mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc")
    (model / "snapshots" / "abc" / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ConfigurationError, match="not downloaded as a sentence-transformers"):
        embed.loaded("SentenceTransformer", "some/model", "cpu", "indexer.model")
