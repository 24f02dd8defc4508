#!/usr/bin/env python3
"""The index of vectors: how fast, how right, how large, from ten thousand passages to a million.

    python scripts/bench/vectors.py [--counts 10000,100000,1000000] [--plot FILE]

Vectors are made up: clusters of a hundred around centres of their own, 384 numbers each, so that
neighbours are as hard to tell as in text, and a million need no text. The product's own index is
built from a catalog as the worker builds it; what it finds is compared with brute force. Prints
Markdown. A million take about ten minutes and 1.5 GB on disk.
"""

from __future__ import annotations

import argparse
import functools
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy

from lsfs.indexer.building import build_apart
from lsfs.indexer.vectors import VectorIndex, ids_there, read_vectors
from lsfs.schema import migrate

DIMENSION, MODEL, BATCH = 384, "bench", 10_000
QUERIES, NEAREST, CANDIDATES = 200, 10, 100
SHARES = (1.0, 0.5, 0.1, 0.02)
"""What filters leave of all."""


@dataclass
class Found:
    """The figures of one size. Times in seconds, sizes in bytes."""

    count: int
    build_s: float
    open_s: float
    file: int
    resident: int
    candidates_s: float
    recalls: dict[float, float]
    medians_s: dict[float, float]
    p95s_s: dict[float, float]


class Vectors:
    """A catalog with made-up vectors."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self._rng = numpy.random.default_rng(1)
        self._centres = self._rng.normal(size=(max(10, count // 100), DIMENSION))
        self.catalog = folder / "catalog.db"
        self.connection = sqlite3.connect(self.catalog, isolation_level=None)
        migrate(self.connection)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA foreign_keys = OFF")  # there are no chunks
        for start in range(0, count, BATCH):
            self._add(start, self.made(min(BATCH, count - start)))

    def made(self, count: int) -> numpy.ndarray:
        """float32 [count, 384], unit rows."""
        rows = self._centres[self._rng.integers(0, len(self._centres), count)]
        rows = rows + 0.7 * self._rng.normal(size=rows.shape)
        rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
        return numpy.asarray(rows, dtype=numpy.float32)

    def chosen(self, share: float) -> numpy.ndarray | None:
        """int64: ids that a filter leaves, in order; None for all."""
        if share == 1:
            return None
        ids = self._rng.choice(self.count, int(self.count * share), replace=False)
        return numpy.sort(ids) + 1

    def batches(self) -> Iterator[tuple[numpy.ndarray, numpy.ndarray]]:
        """All ids and vectors."""
        ids = ids_there(self.connection, MODEL)
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            known, rows = read_vectors(self.connection, MODEL, DIMENSION, part)
            yield numpy.asarray(known), rows

    def _add(self, start: int, rows: numpy.ndarray) -> None:
        packed = rows.astype(numpy.float16)
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO vectors VALUES (?, ?, ?)",
            ((start + i + 1, MODEL, row.tobytes()) for i, row in enumerate(packed)),
        )
        self.connection.execute("COMMIT")


def nearest(
    vectors: Vectors, queries: numpy.ndarray, filters: Sequence[numpy.ndarray | None]
) -> list[numpy.ndarray]:
    """int64 [queries, NEAREST] a filter, by brute force."""
    scores = [numpy.full((len(queries), NEAREST), -2.0, numpy.float32) for _ in filters]
    best = [numpy.full((len(queries), NEAREST), -1) for _ in filters]
    for ids, rows in vectors.batches():
        products = queries @ rows.T
        for at, allowed in enumerate(filters):
            here = numpy.ones(len(ids), bool) if allowed is None else numpy.isin(ids, allowed)
            all_scores = numpy.concatenate([scores[at], products[:, here]], axis=1)
            all_ids = numpy.concatenate(
                [best[at], numpy.tile(ids[here], (len(queries), 1))], axis=1
            )
            top = numpy.argpartition(-all_scores, NEAREST - 1, axis=1)[:, :NEAREST]
            scores[at] = numpy.take_along_axis(all_scores, top, axis=1)
            best[at] = numpy.take_along_axis(all_ids, top, axis=1)
    return best


def measured(count: int) -> Found:
    """Everything of one size."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        vectors = Vectors(Path(name), count)
        file = Path(name) / "vectors" / "bench.faiss"
        before = resident()
        started = time.perf_counter()
        write = functools.partial(build_apart, vectors.catalog)
        VectorIndex(file, MODEL, DIMENSION).build(vectors.connection, write)
        build_s = time.perf_counter() - started
        started = time.perf_counter()
        index = VectorIndex(file, MODEL, DIMENSION)
        index.synchronise(vectors.connection, write)
        open_s = time.perf_counter() - started
        queries = vectors.made(QUERIES)
        filters = [vectors.chosen(share) for share in SHARES]
        truly = nearest(vectors, queries, filters)
        recalls, medians_s, p95s_s = {}, {}, {}
        for share, allowed, right in zip(SHARES, filters, truly, strict=True):
            times, hits = timed(vectors, index, queries, allowed, right)
            recalls[share] = hits / (NEAREST * QUERIES)
            medians_s[share] = statistics.median(times)
            p95s_s[share] = times[int(0.95 * len(times))]
        times = []
        for query in queries:
            started = time.perf_counter()
            index.search(vectors.connection, query, CANDIDATES)
            times.append(time.perf_counter() - started)
        found = Found(
            count, build_s, open_s, file.stat().st_size, resident() - before,
            statistics.median(times), recalls, medians_s, p95s_s,
        )  # fmt: skip
        vectors.connection.close()
        return found


def timed(
    vectors: Vectors, index: VectorIndex, queries: numpy.ndarray, allowed: numpy.ndarray | None,
    right: numpy.ndarray,
) -> tuple[list[float], int]:  # fmt: skip
    """Sorted times of the searches, and how many of the true neighbours they found."""
    times, hits = [], 0
    for query, expected in zip(queries, right, strict=True):
        started = time.perf_counter()
        found = index.search(vectors.connection, query, NEAREST, allowed)
        times.append(time.perf_counter() - started)
        hits += len({id_ for id_, _ in found} & set(expected.tolist()))
    return sorted(times), hits


def resident() -> int:
    """Bytes of this process in memory, mapped files included."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def table(found: Sequence[Found]) -> str:
    """The figures, Markdown."""
    lines = [
        "| passages | build | open | file | resident | recall@10 | p50 | p95 | p50 of 100 |"
        " half: recall, p50 | a tenth | a fiftieth |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        narrow = " | ".join(
            f"{one.recalls[share]:.3f}, {1e3 * one.medians_s[share]:.1f} ms" for share in SHARES[1:]
        )
        lines.append(
            f"| {one.count:,} | {one.build_s:.1f} s | {one.open_s:.2f} s"
            f" | {one.file / one.count:,.0f} B each | {one.resident / 1e6:.0f} MB"
            f" | {one.recalls[1.0]:.3f} | {1e3 * one.medians_s[1.0]:.2f} ms"
            f" | {1e3 * one.p95s_s[1.0]:.2f} ms | {1e3 * one.candidates_s:.2f} ms | {narrow} |"
        )
    return "\n".join(lines)


def plot(found: Sequence[Found], file: Path) -> None:
    """Latency, memory and build time against the number of passages."""
    import matplotlib

    matplotlib.use("svg" if file.suffix == ".svg" else "agg")
    matplotlib.rcParams["svg.hashsalt"] = "lsfs"  # the same figures, the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    counts = [one.count for one in found]
    for share in SHARES:
        label = "all" if share == 1 else f"{share:.0%} left by a filter"
        axes[0].plot(counts, [1e3 * one.medians_s[share] for one in found], "o-", label=label)
    axes[0].legend(fontsize=8)
    axes[1].plot(counts, [one.file / 1e6 for one in found], "o-", label="file")
    axes[1].plot(counts, [one.resident / 1e6 for one in found], "o-", label="resident")
    axes[1].legend(fontsize=8)
    axes[2].plot(counts, [one.build_s for one in found], "o-")
    for axis, title in zip(axes, ("p50, ms", "MB", "build, s"), strict=True):
        axis.set(xscale="log", yscale="log", xlabel="passages", title=title)
        axis.grid(alpha=0.3)
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="10000,100000,1000000")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG or PNG")
    given = parser.parse_args()
    found = [measured(int(count)) for count in given.counts.split(",")]
    print(table(found))
    if given.plot is not None:
        plot(found, given.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
