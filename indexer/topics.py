"""Files that are about the same, found in a process of its own: what it imports takes memory that
neither the daemon nor the worker is to keep.

Ward's agglomerative clustering (Ward, "Hierarchical Grouping to Optimize an Objective Function",
1963) of the files' vectors. How many clusters: where the mean silhouette (Rousseeuw, 1987) over
cosine distances is greatest. Of many files a sample is clustered and the others go to the nearest
centre (Buckshot; Cutting et al., "Scatter/Gather", SIGIR 1992). The same files give the same.

`python -m lsfs.indexer.topics CATALOG` reads {"paths", "count"} from stdin, writes a list of
{"words", "paths"} and ends. It only reads.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.errors import UnavailableError
from lsfs.records import Topic

from . import apart, packaged
from .connection import Connections
from .evidence import MIN_COSINE
from .filters import PRESENT, among_condition
from .labels import key_words
from .upgrade import answering_model

if TYPE_CHECKING:
    import numpy

TIMEOUT_S = 300.0
PASSAGES = 16
"""So many passages from a file's beginning say what it is about."""
SAMPLE = 2000
MOST_TOPICS = 30
"""More are looked for only where somebody says how many."""
WORDS = 8


def topics_apart(catalog: Path, paths: Sequence[str], count: int | None) -> list[Topic]:
    """See `ports.Index.topics`."""
    command = [sys.executable, "-m", "lsfs.indexer.topics", str(catalog)]
    asked = json.dumps({"paths": list(paths), "count": count})
    try:
        done = subprocess.run(
            command, input=asked.encode("ascii"), stdout=subprocess.PIPE, timeout=TIMEOUT_S,
            check=True, cwd=apart.FOLDER,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(
            f"the process that finds topics failed: {error}",
            hint="name fewer files; or group by something else, as --by type",
        ) from error
    return [Topic(tuple(one["words"]), tuple(one["paths"])) for one in json.loads(done.stdout)]


def find_topics(
    connection: sqlite3.Connection, paths: Sequence[str], count: int | None
) -> list[Topic]:
    """See `ports.Index.topics`."""
    texts = _texts(connection, paths)
    there, vectors = _file_vectors(connection, texts)
    if not there:
        return []
    clusters = [
        [there[row] for row in rows] for rows in _ranked(vectors, _clustered(vectors, count))
    ]
    words = key_words(
        [[text for _, text in texts[path]] for path in cluster] for cluster in clusters
    )
    return [
        Topic(tuple(chosen[:WORDS]), tuple(cluster))
        for chosen, cluster in zip(words, clusters, strict=True)
    ]


Texts = dict[str, list[tuple[int, str]]]


def _texts(connection: sqlite3.Connection, paths: Sequence[str]) -> Texts:
    """(chunk, text) of the beginnings of the files, in the order of their paths: of what the model
    that answers can read."""
    found: Texts = {}
    reads, wanted = _reading(connection), set(paths)
    there = connection.execute(f"SELECT e.id, e.path FROM entries e WHERE {PRESENT}")
    known = {id_: path for id_, raw in there if (path := os.fsdecode(raw)) in wanted}
    condition, values = among_condition("entry", list(known))
    rows = connection.execute(
        f"SELECT entry, id, text FROM chunks WHERE sequence < {PASSAGES}{condition}"
        " ORDER BY entry, sequence", values,
    )  # fmt: skip
    for entry, chunk, text in rows:
        if reads(text):
            found.setdefault(known[entry], []).append((chunk, text))
    return dict(sorted(found.items()))


def _reading(connection: sqlite3.Connection) -> Callable[[str], bool]:
    _, name = answering_model(connection)
    return packaged.reads if name == "default" else lambda text: True


def _file_vectors(connection: sqlite3.Connection, texts: Texts) -> tuple[list[str], numpy.ndarray]:
    """The files that have vectors, and float32 [n, dim], rows L2-normalised: the means of those of
    their passages."""
    import numpy

    fingerprint, _ = answering_model(connection)
    there, means = [], []
    for path, passages in texts.items():
        ids = json.dumps([chunk for chunk, _ in passages])
        rows = connection.execute(
            "SELECT vector FROM vectors WHERE model = ?"
            " AND chunk IN (SELECT value FROM json_each(?))",
            (fingerprint, ids),
        ).fetchall()
        if rows:
            vectors = numpy.array([numpy.frombuffer(blob, numpy.float16) for (blob,) in rows])
            there.append(path)
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


def _ranked(vectors: numpy.ndarray, centres: numpy.ndarray) -> Iterator[list[int]]:
    """The rows of each cluster, the most typical first, the largest cluster first; without those
    that have nothing to do with the others in it. One file alone is no cluster."""
    own = (vectors @ centres.T).argmax(axis=1)
    clusters = []
    for number in range(len(centres)):
        rows = (own == number).nonzero()[0]
        near = vectors[rows] @ vectors[rows].sum(axis=0) - 1.0  # to the others, summed
        kept = near >= MIN_COSINE * (len(rows) - 1)
        order = (-near).argsort(kind="stable")
        clusters.append([int(rows[at]) for at in order if kept[at]])
    yield from sorted((rows for rows in clusters if len(rows) > 1), key=lambda rows: -len(rows))


def main() -> None:
    """Answer the one request on stdin."""
    request = json.loads(sys.stdin.buffer.read())
    connection = Connections(Path(sys.argv[1])).get()
    found = find_topics(connection, request["paths"], request["count"])
    sys.stdout.write(json.dumps([asdict(one) for one in found]))


if __name__ == "__main__":
    main()
