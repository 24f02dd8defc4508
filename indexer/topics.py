"""Files that are about the same, found in a process of its own: what it imports takes memory that
neither the daemon nor the worker is to keep.

Ward's agglomerative clustering (Ward, "Hierarchical Grouping to Optimize an Objective Function",
1963) of the files' vectors. How many clusters: where the mean silhouette (Rousseeuw, 1987) over
cosine distances is greatest. Of many files a sample is clustered and the others go to the nearest
centre (Buckshot; Cutting et al., "Scatter/Gather", SIGIR 1992). The same files give the same.

`python -m lsfs.indexer.topics CATALOG` reads a line {"paths", "count"} from stdin, writes a line, a
list of {"words", "paths"}, and ends; at once when stdin closes before. It only reads.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.errors import UnavailableError
from lsfs.priority import lower_session, lower_thread
from lsfs.records import Topic

from . import apart, packaged
from .connection import Connections
from .extract.process import read_line
from .filters import PRESENT
from .labels import key_words
from .upgrade import answering_model, answering_unlike

if TYPE_CHECKING:
    import numpy

TIMEOUT_S = 300.0
PASSAGES = 16
"""So many passages from a file's beginning say what it is about."""
SAMPLE = 2000
MOST_TOPICS = 30
"""More are looked for only where somebody says how many."""
WORDS = 8
TYPICAL = 300
"""So many files of a cluster, the most typical, say what it is about."""


class TopicFinder:
    """Asks a process for each question. Thread-safe."""

    def __init__(self, catalog: Path) -> None:
        self._command = [sys.executable, "-m", "lsfs.indexer.topics", str(catalog)]
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False
        self._lock = threading.Lock()

    def find(self, paths: Sequence[str], count: int | None) -> list[Topic]:
        """See `ports.Index.topics`."""
        asked = json.dumps({"paths": list(paths), "count": count})
        try:
            line = self._answer(asked.encode("ascii") + b"\n")
        except OSError as error:
            raise UnavailableError(f"the process that finds topics failed: {error}") from error
        if line is None or not line.endswith(b"\n"):
            how = "ended" if line is not None else f"took longer than {TIMEOUT_S:g} s"
            raise UnavailableError(
                f"the process that finds topics {how}",
                hint="name fewer files; or group by something else, as --by type",
            )
        return [Topic(tuple(one["words"]), tuple(one["paths"])) for one in json.loads(line)]

    def close(self) -> None:
        """End the processes, at once: who waits for one is told that it has ended."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                process.kill()

    def _answer(self, request: bytes) -> bytes | None:
        with self._started() as process:
            assert process.stdin is not None and process.stdout is not None
            try:
                process.stdin.write(request)
                process.stdin.flush()
                return read_line(process, TIMEOUT_S)
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise UnavailableError("the index is closed")
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=apart.FOLDER,
                start_new_session=True,
            )  # fmt: skip
            self._running.add(process)
        return process


def find_topics(
    connection: sqlite3.Connection, paths: Sequence[str], count: int | None
) -> list[Topic]:
    """See `ports.Index.topics`. Texts are read one file after another, and those of few at most are
    held."""
    entries, reads = _entries(connection, paths), _reading(connection)
    there, vectors = _file_vectors(connection, entries, reads)
    if not there:
        return []
    ranked = _ranked(vectors, _clustered(vectors, count), answering_unlike(connection))
    clusters = [[there[row] for row in rows] for rows in ranked]
    words = key_words(
        [_texts(connection, entry, reads) for entry in cluster[:TYPICAL]] for cluster in clusters
    )
    return [
        Topic(tuple(chosen[:WORDS]), tuple(entries[entry] for entry in cluster))
        for chosen, cluster in zip(words, clusters, strict=True)
    ]


def _entries(connection: sqlite3.Connection, paths: Sequence[str]) -> dict[int, str]:
    """The files, in the order of their paths."""
    wanted = set(paths)
    rows = connection.execute(f"SELECT e.path, e.id FROM entries e WHERE {PRESENT}")
    there = sorted((path, id_) for raw, id_ in rows if (path := os.fsdecode(raw)) in wanted)
    return {id_: path for path, id_ in there}


Reads = Callable[[str], bool]


def _reading(connection: sqlite3.Connection) -> Reads:
    """Whether the model that answers can read a text."""
    _, name = answering_model(connection)
    return packaged.reads if name == "default" else lambda text: True


def _texts(connection: sqlite3.Connection, entry: int, reads: Reads) -> list[str]:
    """The beginning of a file."""
    rows = connection.execute(
        f"SELECT text FROM chunks WHERE entry = ? AND sequence < {PASSAGES} ORDER BY sequence",
        (entry,),
    )
    return [text for (text,) in rows if reads(text)]


def _file_vectors(
    connection: sqlite3.Connection, entries: Iterable[int], reads: Reads
) -> tuple[list[int], numpy.ndarray]:
    """The files that have vectors, and float32 [n, dim], rows L2-normalised: the means of those of
    their passages."""
    import numpy

    fingerprint, _ = answering_model(connection)
    there, means = [], []
    for entry in entries:
        rows = connection.execute(
            "SELECT c.text, v.vector FROM chunks c JOIN vectors v ON v.chunk = c.id AND v.model = ?"
            f" WHERE c.entry = ? AND c.sequence < {PASSAGES} ORDER BY c.sequence",
            (fingerprint, entry),
        )
        blobs = [blob for text, blob in rows if reads(text)]
        if blobs:
            vectors = numpy.array([numpy.frombuffer(blob, numpy.float16) for blob in blobs])
            there.append(entry)
            means.append(vectors.astype(numpy.float32).mean(axis=0))
    return there, _unit(numpy.array(means)) if means else numpy.zeros((0, 1), numpy.float32)


def _unit(rows: numpy.ndarray) -> numpy.ndarray:
    import numpy

    lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
    return numpy.asarray(rows / numpy.maximum(lengths, 1e-12))


def _clustered(vectors: numpy.ndarray, count: int | None) -> numpy.ndarray:
    """The centres of the clusters, float32 [k, dim], rows L2-normalised."""
    import numpy
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(vectors) < 3:
        return _unit(vectors.mean(axis=0, keepdims=True))
    chosen = numpy.random.default_rng(0).permutation(len(vectors))[:SAMPLE]
    sample = vectors[numpy.sort(chosen)]
    tree = linkage(sample, "ward")
    cuts = {k: fcluster(tree, k, "maxclust") for k in _counts(len(sample), count)}
    labels = cuts[_best(sample, cuts)]
    centres = [sample[labels == label].mean(axis=0) for label in sorted(set(labels.tolist()))]
    return _unit(numpy.array(centres))


def _counts(files: int, count: int | None) -> Sequence[int]:
    if count is not None:
        return [min(count, files)]
    return range(2, max(2, min(files // 2, int(2 * files**0.5), MOST_TOPICS)) + 1)


def _best(sample: numpy.ndarray, cuts: dict[int, Any]) -> int:
    import numpy

    if len(cuts) == 1:
        return min(cuts)
    from sklearn.metrics import silhouette_score

    distances = numpy.clip(1.0 - sample @ sample.T, 0.0, 2.0)
    numpy.fill_diagonal(distances, 0.0)

    def score(k: int) -> float:
        labels = cuts[k]
        if not 1 < len(set(labels.tolist())) < len(labels):
            return -1.0  # files that say the same cannot be told apart
        return float(silhouette_score(distances, labels, metric="precomputed"))

    return max(cuts, key=score)


def _ranked(vectors: numpy.ndarray, centres: numpy.ndarray, unlike: float) -> Iterator[list[int]]:
    """The rows of each cluster, the most typical first, the largest cluster first; without those
    that have nothing to do with the others in it: whose mean cosine is below `unlike`. One file
    alone is no cluster."""
    own = (vectors @ centres.T).argmax(axis=1)
    clusters = []
    for number in range(len(centres)):
        rows = (own == number).nonzero()[0]
        near = vectors[rows] @ vectors[rows].sum(axis=0) - 1.0  # to the others, summed
        kept = near >= unlike * (len(rows) - 1)
        order = (-near).argsort(kind="stable")
        clusters.append([int(rows[at]) for at in order if kept[at]])
    yield from sorted((rows for rows in clusters if len(rows) > 1), key=lambda rows: -len(rows))


def main() -> None:
    """Answer the one request on stdin."""
    request = json.loads(sys.stdin.buffer.readline())
    apart.end_with_parent()
    lower_session()
    lower_thread()
    connection = Connections(Path(sys.argv[1])).get()
    found = find_topics(connection, request["paths"], request["count"])
    sys.stdout.write(json.dumps([asdict(one) for one in found]) + "\n")


if __name__ == "__main__":
    main()
