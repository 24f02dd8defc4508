#!/usr/bin/env python3
"""How search holds up with the number of passages: time, memory, and bytes a passage.

    python scripts/bench/scale.py [--read 10000,100000] [--embedded 10000] [--made-up 1000000]

`--read`: documentation and Python sources of this machine are copied into a folder, and a daemon
with its worker indexes them; beyond `--embedded` passages the vectors are made up, because a
processor takes half an hour and more for a hundred thousand. `--made-up`: passages written straight
into the catalog (scripts/bench/passages.py), searched by a worker without a daemon. Questions are
four words in a row from some passage, or three from somewhere in it. Prints Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import passages
import processes

from lsfs import daemon
from lsfs.app import init_root
from lsfs.config import Config, load_config
from lsfs.indexer.chunk import chunked
from lsfs.indexer.client import WorkerIndex
from lsfs.indexer.extract.extracted import Span
from lsfs.indexer.vectors import LEAST_TO_BUILD
from lsfs.plan import Search
from lsfs.records import Place

MODES = ("hybrid", "lexical", "semantic")
QUESTIONS, STARTS, LOOK_S, MOST_WAIT_S = 100, 5, 0.1, 7200.0
PARTS = {
    "text": ("chunks",), "its keys": ("chunks_hash", "chunks_entry", "chunks_pending"),
    "words": ("passages_data", "passages_docsize", "passages_idx", "passages_config"),
    "exact strings": ("trigrams_data", "trigrams_idx", "trigrams_config"),
    "vectors": ("vectors",), "their keys": ("sqlite_autoindex_vectors_1",),
}  # fmt: skip

_T = TypeVar("_T")


@dataclass
class Found:
    """The figures of one size: seconds, bytes."""

    kind: str
    passages: int = 0
    files: int = 0
    words_s: float | None = None
    vectors_s: float | None = None
    daemon: processes.Memory | None = None
    worker: processes.Memory | None = None
    at_rest: processes.Memory | None = None
    first_s: list[float] = field(default_factory=list)
    times_s: dict[str, list[float]] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


# -- real text, a daemon -------------------------------------------------------------------------


def read(root: Path, count: int, embeds: bool) -> Found:
    """The whole way: files, daemon, worker."""
    root.mkdir()
    found = Found("read" if embeds else "read, vectors made up", files=_copied(root, count))
    init_root(root)
    config = load_config(root)
    with _serving(config):
        began = time.perf_counter()
        _wait_for(lambda: _is_read(config))
        found.words_s = time.perf_counter() - began
        if embeds:
            began = time.perf_counter()
            _wait_for(lambda: not _count(config, "chunks WHERE embedded = 0"))
            found.vectors_s = time.perf_counter() - began
    if not embeds:
        passages.fill_vectors(config.catalog_file)
    with _serving(config) as pid:
        caller = daemon.DaemonCaller(config.socket)
        caller.call("index", {"wait": True})
        if _count(config, "vectors") > LEAST_TO_BUILD:
            _wait_for(lambda: any((config.state / "vectors").glob("*.json")))
        _ask(
            found, config,
            lambda mode, query: caller.call("search", {"query": query, "mode": mode})["mode"],
        )  # fmt: skip
        found.daemon = processes.memory(pid)
        found.worker = processes.memory(_worker(config))
    _measure_state(found, config)
    return found


def _copied(root: Path, count: int) -> int:
    """So many files as make about so many passages; how many."""
    number = made = 0
    for file in passages.texts():
        text = file.read_text(encoding="utf-8", errors="replace")
        made += len(chunked([Span(part, Place()) for part in text.split("\n\n")], None))
        folder = root / f"{number // passages.IN_A_FOLDER:04d}"
        folder.mkdir(exist_ok=True)
        suffix = file.suffix if file.suffix in passages.ENDINGS else ".txt"
        shutil.copyfile(file, folder / f"{number:06d}-{file.stem}{suffix}")
        number += 1
        if made >= count:
            break
    else:
        print(f"this machine has but {made:,} passages of text", file=sys.stderr)
    return number


@contextlib.contextmanager
def _serving(config: Config) -> Iterator[int]:
    process = daemon.start(config.root, config.state, "bench")
    daemon.wait_until_up(process, config.state)
    try:
        yield process.pid
    finally:
        daemon.stop(config.socket)


def _is_read(config: Config) -> bool:
    return _count(config, "documents") > 0 and not _count(config, "queue")


def _worker(config: Config) -> int:
    pid = processes.running("lsfs.indexer.worker", str(config.root))
    assert pid is not None
    return pid


# -- made up, a worker ---------------------------------------------------------------------------


def made_up(root: Path, count: int) -> Found:
    """A worker alone."""
    passages.filled(root, count)
    found, config = Found("made up", files=-(-count // passages.IN_A_FILE)), load_config(root)
    _with_worker(config, _settle)  # builds the file
    for _ in range(STARTS):
        began = time.perf_counter()
        answered = _with_worker(config, lambda index: _mode(index, "semantic", "a kernel module"))
        assert answered == "semantic"
        found.first_s.append(time.perf_counter() - began)
    _with_worker(config, lambda index: _questioned(index, found, config))
    _measure_state(found, config)
    return found


def _with_worker(config: Config, act: Callable[[WorkerIndex], _T]) -> _T:
    index = WorkerIndex(config)
    try:
        return act(index)
    finally:
        index.close()


def _mode(index: WorkerIndex, mode: str, query: str) -> str:
    request = Search.model_validate({"query": query, "mode": mode})
    return index.search(request).mode


def _settle(index: WorkerIndex) -> None:
    index.drain(timeout_s=MOST_WAIT_S)


def _questioned(index: WorkerIndex, found: Found, config: Config) -> None:
    _ask(found, config, lambda mode, query: _mode(index, mode, query))
    pid = index.worker_pid
    assert pid is not None
    found.worker = processes.memory(pid)
    index.nudge()  # it looks for work, finds none, and rests
    index.drain(timeout_s=60)
    time.sleep(1)
    found.at_rest = processes.memory(pid)


# -- both ----------------------------------------------------------------------------------------


def _ask(found: Found, config: Config, answer: Callable[[str, str], str]) -> None:
    """All modes in turn, so that a busy moment of the machine falls on all."""
    questions = _questions(config)
    for warming in questions[:5]:
        answer("hybrid", warming)
    for mode in MODES:
        found.times_s[mode] = []
    for query in questions:
        for mode in MODES:
            began = time.perf_counter()
            answered = answer(mode, query)
            found.times_s[mode].append(time.perf_counter() - began)
            assert answered == mode, (query, answered)


def _questions(config: Config) -> list[str]:
    chance, found = random.Random(4), list[str]()
    with contextlib.closing(_connect(config)) as connection:
        (most,) = connection.execute("SELECT max(id) FROM chunks").fetchone()
        while len(found) < QUESTIONS:
            row = connection.execute(
                "SELECT text FROM chunks WHERE id >= ? LIMIT 1", (chance.randrange(most),)
            ).fetchone()
            said = re.findall("[A-Za-z]{2,}", row[0]) if row else []
            if len(said) >= 10:
                start = chance.randrange(len(said) - 4)
                in_a_row = said[start : start + 4]
                found.append(" ".join(in_a_row if len(found) % 2 else chance.sample(said, 3)))
    return found


def _measure_state(found: Found, config: Config) -> None:
    with contextlib.closing(_connect(config)) as connection:
        found.passages = _count(config, "chunks")
        with contextlib.suppress(sqlite3.OperationalError):  # SQLite without dbstat
            sizes = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1"))
            for part, tables in PARTS.items():
                found.parts[part] = sum(sizes.pop(table, 0) for table in tables)
            found.parts["entries, names"] = sum(sizes.values())
    folder = config.state / "vectors"
    found.parts["file of vectors"] = sum(file.stat().st_size for file in folder.glob("*"))
    found.parts["versions"] = sum(
        file.stat().st_size for file in config.blobs_directory.rglob("*") if file.is_file()
    )


def _connect(config: Config) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{config.catalog_file}?mode=ro", uri=True)


def _count(config: Config, table: str) -> int:
    with contextlib.closing(_connect(config)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MOST_WAIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("it takes too long")
        time.sleep(LOOK_S)


def tables(found: list[Found]) -> Iterator[str]:
    """Two tables, Markdown."""
    yield (
        "| passages | files | words, s | vectors, s | hybrid p50 / p95, ms | lexical | semantic"
        " | daemon, MB | worker, MB (shared divided; peak) | at rest | first answer, s |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for one in found:
        times = " | ".join(_percentiles(one.times_s[mode]) for mode in MODES)
        first = f"{statistics.median(one.first_s):.2f}" if one.first_s else "-"
        yield (
            f"| {one.passages:,} ({one.kind}) | {one.files:,} | {_seconds(one.words_s)}"
            f" | {_seconds(one.vectors_s)} | {times} | {_megabytes(one.daemon)}"
            f" | {_megabytes(one.worker)} | {_megabytes(one.at_rest)} | {first} |"
        )
    yield ""
    names = list(found[0].parts)
    yield "| bytes a passage | " + " | ".join(names) + " | sum |"
    yield "|---" * (len(names) + 2) + "|"
    for one in found:
        each = [one.parts.get(name, 0) / one.passages for name in names]
        shown = " | ".join(f"{size:,.0f}" for size in [*each, sum(each)])
        yield f"| {one.passages:,} ({one.kind}) | {shown} |"


def _percentiles(times_s: list[float]) -> str:
    high = statistics.quantiles(times_s, n=20)[-1]
    return f"{1e3 * statistics.median(times_s):.0f} / {1e3 * high:.0f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _megabytes(held: processes.Memory | None) -> str:
    if held is None:
        return "-"
    return f"{held.rss / 1e6:.0f} ({held.pss / 1e6:.0f}; {held.peak / 1e6:.0f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--read", default="10000,100000", metavar="COUNTS")
    parser.add_argument("--embedded", type=int, default=10_000, metavar="COUNT")
    parser.add_argument("--made-up", default="1000000", metavar="COUNTS")
    given = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        for count in _counts(given.read):
            found.append(read(Path(name) / f"read-{count}", count, count <= given.embedded))
            print("\n".join(tables(found[-1:])), file=sys.stderr, flush=True)
        for count in _counts(given.made_up):
            found.append(made_up(Path(name) / f"made-up-{count}", count))
    print("\n".join(tables(found)))


def _counts(given: str) -> list[int]:
    return [int(count) for count in given.split(",") if count]


if __name__ == "__main__":
    main()
