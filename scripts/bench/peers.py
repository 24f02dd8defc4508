"""Other projects' pipelines in their own environment, and what they are given of lsfs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from lsfs.indexer import packaged
from lsfs.indexer.chunk import embedded_text
from lsfs.records import Place

PIPELINES = Path(__file__).resolve().parent / "peer_pipelines.py"


@dataclass(frozen=True)
class Given:
    """Texts, questions, how many texts each asks for, and those that are asked once more."""

    texts: Sequence[str]
    questions: Sequence[str]
    limit: int = 1
    timed: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """What peer_pipelines.py says: seconds, milliseconds, numbers of texts best first."""

    ready_s: float
    index_s: float
    ranked: list[list[int]]
    ms: list[float]


def ask(python: str, peer: str, given: Given) -> Answer:
    """Index the texts with a peer and ask it the questions.

    Raises:
        SystemExit: it failed; what it said stands on stderr.
    """
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        asked, answer = Path(name) / "given.json", Path(name) / "answer.json"
        asked.write_text(json.dumps(asdict(given)), encoding="utf-8")
        words = [str(PIPELINES), peer, str(packaged.model_directory()), str(asked), str(answer)]
        try:
            subprocess.run(
                [python, *words], check=True,
                stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1"},
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"{peer}: {error}\n{python} must have chromadb and txtai") from error
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
