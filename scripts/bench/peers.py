"""Other projects' pipelines in their own environment, and what they are given of lsfs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lsfs.indexer import packaged
from lsfs.indexer.chunk import embedded_text
from lsfs.records import Place

PIPELINES = Path(__file__).resolve().parent / "peer_pipelines.py"


@dataclass(frozen=True)
class Answer:
    """What peer_pipelines.py says: seconds, milliseconds, numbers of texts best first."""

    ready_s: float
    index_s: float
    ranked: list[list[int]]
    ms: list[float]


def ask(
    python: str, peer: str, texts: Sequence[str], questions: Sequence[str], limit: int = 1
) -> Answer:
    """Index the texts with a peer and ask the questions, each for so many texts.

    Raises:
        SystemExit: it failed; what it said stands on stderr.
    """
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        given, answer = Path(name) / "given.json", Path(name) / "answer.json"
        asked = {"texts": list(texts), "questions": list(questions), "limit": limit}
        given.write_text(json.dumps(asked), encoding="utf-8")
        model = str(packaged.model_directory())
        done = subprocess.run(
            [python, str(PIPELINES), peer, model, str(given), str(answer)],
            stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{python}: {peer} failed (it needs chromadb and txtai)")
        return Answer(**json.loads(answer.read_text(encoding="utf-8")))


def passages(root: Path) -> list[tuple[str, str]]:
    """Path and text of each passage of an indexed root, as it is embedded."""
    sql = (
        "SELECT e.path, c.text, c.place, d.title FROM chunks c JOIN entries e ON e.id = c.entry"
        " JOIN documents d ON d.entry = c.entry ORDER BY c.id"
    )
    with closing(catalog(root)) as connection:
        return [
            (os.fsdecode(path), embedded_text(text, Place(**json.loads(place)), title))
            for path, text, place, title in connection.execute(sql)
        ]


def catalog(root: Path) -> sqlite3.Connection:
    """The catalog of a root, to be read."""
    return sqlite3.connect(f"file:{root}/.lsfs/catalog.db?mode=ro", uri=True)
