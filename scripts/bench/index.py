"""The first index of a folder beside other pipelines, and embedding beside its plain library.

    python scripts/bench/index.py [--files N] [--rounds N] [--peers PYTHON]

A folder of real files (see checkout.py) is indexed by `lsfs index` from nothing, the whole command
with its daemon and processes; then the same passages are given to chromadb with the same model in
fp32, and to txtai. They have no file to read, and get as many passages at a time as serves them.
PYTHON is one that has both, of an environment with torch, sentence-transformers, chromadb and txtai
in it; without it only lsfs is measured.

Then passages are embedded by turns: `SentenceTransformer.encode` with its defaults, the product's
model, and onnxruntime alone in a loop on tokens that are there already. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import checkout
import numpy
import peers

from lsfs.indexer import packaged

LSFS = str(Path(sys.executable).parent / "lsfs")
POLL_S = 0.05
PEERS = ("chromadb", "txtai-hybrid")
PASSAGES = 384
"""How many are embedded by turns."""


@dataclass
class Indexed:
    """Seconds of one run, from the start of the command."""

    by_words_s: float
    by_meaning_s: float
    passages: list[str]


def index(root: Path) -> Indexed:
    """`lsfs index` of a folder without state."""
    subprocess.run([LSFS, "init", str(root)], check=True, capture_output=True)
    began = time.perf_counter()
    command = [LSFS, "-C", str(root), "index", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not _is_read(root) and process.poll() is None:
            time.sleep(POLL_S)
        by_words_s = time.perf_counter() - began
        if process.wait() != 0:
            raise SystemExit("lsfs index failed")
    found = Indexed(
        by_words_s, time.perf_counter() - began, [text for _, text in peers.passages(root)]
    )
    shutil.rmtree(root / ".lsfs")
    return found


def _is_read(root: Path) -> bool:
    """Whether every file that is known has been read; at first none is known."""
    try:
        with closing(peers.catalog(root)) as catalog:
            (left,) = catalog.execute(
                "SELECT (SELECT count(*) FROM queue) + (SELECT count(*) = 0 FROM documents)"
            ).fetchone()
    except sqlite3.OperationalError:  # not made yet
        return False
    return not left


def peer(python: str, name: str, passages: Sequence[str]) -> tuple[float, float]:
    """Seconds from start to searchable, and those of them without imports and the model's load.

    Raises:
        SystemExit: it does not find the text of a passage.
    """
    sought = passages[len(passages) // 2]
    began = time.perf_counter()
    answer = peers.ask(python, name, peers.Given(passages, [sought]))
    took_s = time.perf_counter() - began
    if passages[answer.ranked[0][0]] != sought:
        raise SystemExit(f"{name} does not find a passage by its text")
    return took_s, answer.index_s


def indexing(files: int, rounds: int, python: str | None) -> list[str]:
    """The first table; its last columns are the share of the time that lsfs takes. The passages."""
    passages: list[str] = []
    whole: dict[str, list[float]] = {"lsfs, by words": [], "lsfs, by meaning": []}
    alone: dict[str, list[float]] = {}
    others = PEERS if python else ()
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        root = Path(name) / "tree"
        size = checkout.make(root, files)
        for _ in range(rounds):
            found = index(root)
            passages = found.passages
            whole["lsfs, by words"].append(found.by_words_s)
            whole["lsfs, by meaning"].append(found.by_meaning_s)
            for one in others:
                taken = peer(python or "", one, passages)
                whole.setdefault(one, []).append(taken[0])
                alone.setdefault(one, []).append(taken[1])
    print(
        f"{files} files, {size / 1e6:.1f} MB, {len(passages)} passages; median of {rounds} rounds."
        " Passages a second of the others: without their imports and the model's load.\n"
    )
    print("| | whole command, s | files/s | MB/s | passages/s | lsfs by words | by meaning |")
    print("|---|---|---|---|---|---|---|")
    for name, values in whole.items():
        taken_s, passages_s = statistics.median(values), statistics.median(alone.get(name, values))
        by_words, by_meaning = (
            f"{statistics.median(a / b for a, b in zip(ours, values, strict=True)):.3f}"
            for ours in (whole["lsfs, by words"], whole["lsfs, by meaning"])
        )
        print(
            f"| {name} | {taken_s:.1f} | {files / taken_s:.1f} | {size / 1e6 / taken_s:.2f} |"
            f" {len(passages) / passages_s:.1f} | {by_words} | {by_meaning} |"
        )
    return passages


def embedding(passages: Sequence[str], rounds: int) -> None:
    """The second table."""
    from sentence_transformers import SentenceTransformer

    step = max(1, len(passages) // PASSAGES)
    texts = list(passages[::step][:PASSAGES])
    plain = SentenceTransformer(str(packaged.model_directory()), device="cpu")
    file = packaged.prepare()
    model = packaged.PackagedModel(file)
    session, rows = packaged.session(file), packaged.tokenizer(packaged.model_directory())
    tokens = [numpy.array([one.ids]) for one in rows.encode_batch(texts)]
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))

    def bare() -> None:
        for _ in pool.map(lambda ids: session.run(None, {"input_ids": ids}), tokens):
            pass

    ways: dict[str, Callable[[], object]] = {
        "SentenceTransformer.encode": lambda: plain.encode(texts),
        "lsfs": lambda: model.embed_bulk(texts),
        "onnxruntime alone": bare,
    }
    cosines = (plain.encode(texts, normalize_embeddings=True) * model.embed_bulk(texts)).sum(1)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - began)
    count = sum(ids.shape[1] for ids in tokens)
    print(
        f"\n{len(texts)} passages of {count / len(texts):.0f} tokens, {rounds} rounds by turns;"
        f" cosine to the plain library's vectors {cosines.mean():.4f} on average,"
        f" {cosines.min():.4f} at least.\n"
    )
    print("| | passages/s, median | best | to the plain library |\n|---|---|---|---|")
    for name, values in taken.items():
        ratio = statistics.median(
            a / b for a, b in zip(taken["SentenceTransformer.encode"], values, strict=True)
        )
        median, best = len(texts) / statistics.median(values), len(texts) / min(values)
        print(f"| {name} | {median:.1f} | {best:.1f} | {ratio:.2f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", metavar="PYTHON", help="one that has chromadb and txtai")
    given = parser.parse_args()
    packaged.prepare()
    embedding(indexing(given.files, given.rounds, given.peers), given.rounds)


if __name__ == "__main__":
    main()
