"""FAISS over the vectors of the catalog: exact inner product of unit vectors.

A cache: everything in it comes from the table `vectors` and can be built from it again. The file
is replaced atomically; its sidecar holds model, count and checksum, and a file that does not agree
is not used. Chunk ids are never given twice and a chunk's vector never changes, so bringing a
loaded file up to date is a matter of comparing sets of ids.

Thread-safe. Runs in the worker alone.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blake3 import blake3

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

NARROW_SHARE = 0.02
"""Below this share of rows gathering vectors beats filtering the index (measured at 100,000)."""
NARROW_COUNT = 2000
READ_ROWS = 10_000


class VectorIndex:
    """The vectors of one model. `file` may not exist; nothing is written before `save`."""

    def __init__(self, file: Path, fingerprint: str, dimension: int) -> None:
        import faiss

        self._file = file
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._lock = threading.Lock()
        self._index = _loaded(file, fingerprint) or faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._held: numpy.ndarray | None = None  # its ids in order, until they change
        self.is_dirty = False

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def synchronise(self, connection: sqlite3.Connection) -> None:
        """Bring the index in line with the catalog."""
        import faiss

        rows = connection.execute("SELECT chunk FROM vectors WHERE model = ?", (self._fingerprint,))
        there = {chunk for (chunk,) in rows}
        held = set(faiss.vector_to_array(self._index.id_map).tolist())
        self.remove(sorted(held - there))
        missing = sorted(there - held)
        for start in range(0, len(missing), READ_ROWS):
            ids, vectors = read_vectors(
                connection, self._fingerprint, self._dimension, missing[start : start + READ_ROWS]
            )
            self.add(ids, vectors)

    def add(self, ids: Sequence[int], vectors: numpy.ndarray) -> None:
        """Add float32 [n, dim] unit rows under new chunk ids."""
        import numpy

        if len(ids):
            with self._lock:
                self._index.add_with_ids(vectors, numpy.asarray(ids, dtype=numpy.int64))
                self._changed()

    def remove(self, ids: Sequence[int]) -> None:
        """Forget these chunks; ids that are not there are ignored."""
        import faiss
        import numpy

        if ids:
            with self._lock:
                chosen = numpy.asarray(ids, dtype=numpy.int64)
                self._index.remove_ids(faiss.IDSelectorBatch(chosen))
                self._changed()

    def search(
        self, vector: numpy.ndarray, limit: int, among: numpy.ndarray | None = None
    ) -> list[tuple[int, float]]:
        """(chunk, cosine) of the nearest to a unit float32 [dim], nearest first.

        `among` (int64 chunk ids) is applied inside the search, never after its cut.
        """
        with self._lock:
            if among is None:
                return self._search(vector, limit, None)
            if len(among) <= max(NARROW_COUNT, NARROW_SHARE * self._index.ntotal):
                return self._gather(vector, limit, among)
            return self._search(vector, limit, among)

    def mean(self, ids: Sequence[int]) -> numpy.ndarray | None:
        """The normalised mean of the vectors of these chunks; None when none is there."""
        import numpy

        with self._lock:
            _, vectors = self._vectors_of(numpy.asarray(ids, dtype=numpy.int64))
        if not len(vectors):
            return None
        mean = vectors.mean(axis=0)
        length = float(numpy.linalg.norm(mean))
        return (mean / length).astype(numpy.float32) if length > 0 else None

    def save(self) -> None:
        """Write index, then sidecar, each by temp + fsync + rename."""
        import faiss

        with self._lock:
            data = faiss.serialize_index(self._index).tobytes()
            about = {
                "fingerprint": self._fingerprint, "count": self._index.ntotal,
                "blake3": blake3(data).hexdigest(),
            }  # fmt: skip
            self.is_dirty = False
        _replace(self._file, data)
        _replace(_sidecar(self._file), json.dumps(about).encode("ascii"))

    def _changed(self) -> None:
        self._held = None
        self.is_dirty = True

    def _search(
        self, vector: numpy.ndarray, limit: int, among: numpy.ndarray | None
    ) -> list[tuple[int, float]]:
        import faiss

        if not self._index.ntotal:
            return []
        count = min(limit, self._index.ntotal)
        query = vector.reshape(1, -1)
        if among is None:
            scores, ids = self._index.search(query, count)
        else:
            bits = _bits(among)  # held here: FAISS keeps bare pointers
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters()
            parameters.sel = selector
            scores, ids = self._index.search(query, count, params=parameters)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(id_, score) for id_, score in found if id_ >= 0]

    def _gather(
        self, vector: numpy.ndarray, limit: int, among: numpy.ndarray
    ) -> list[tuple[int, float]]:
        import numpy

        ids, vectors = self._vectors_of(among)
        scores = vectors @ vector
        best = numpy.argsort(-scores, kind="stable")[:limit]
        return [(int(ids[i]), float(scores[i])) for i in best]

    def _vectors_of(self, ids: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The ids that are in the index, and their vectors float32 [n, dim]."""
        import faiss
        import numpy

        if self._held is None:
            self._held = numpy.sort(faiss.vector_to_array(self._index.id_map))
        at = numpy.searchsorted(self._held, ids)
        inside = at < len(self._held)
        known = ids[inside][self._held[at[inside]] == ids[inside]]
        if not len(known):
            return known, numpy.zeros((0, self._dimension), dtype=numpy.float32)
        return known, self._index.reconstruct_batch(known)


def _bits(ids: numpy.ndarray) -> numpy.ndarray:
    """uint8: a bit for each id up to the largest."""
    import numpy

    bits = numpy.zeros(int(ids.max()) + 1, dtype=bool)
    bits[ids] = True
    return numpy.packbits(bits, bitorder="little")


def read_vectors(
    connection: sqlite3.Connection, fingerprint: str, dimension: int, ids: Sequence[int]
) -> tuple[list[int], numpy.ndarray]:
    """Ids and float32 [n, dim] from the catalog."""
    import numpy

    rows = connection.execute(
        "SELECT chunk, vector FROM vectors WHERE model = ?"
        " AND chunk IN (SELECT value FROM json_each(?))",
        (fingerprint, json.dumps(list(ids))),
    ).fetchall()
    if not rows:
        return [], numpy.zeros((0, dimension), dtype=numpy.float32)
    packed = numpy.frombuffer(b"".join(blob for _, blob in rows), dtype=numpy.float16)
    vectors = packed.reshape(len(rows), dimension).astype(numpy.float32)
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return [chunk for chunk, _ in rows], vectors


def _sidecar(file: Path) -> Path:
    return file.with_suffix(".json")


def _loaded(file: Path, fingerprint: str) -> Any:
    """The index in the file; None unless it is whole and of this model."""
    import faiss
    import numpy

    try:
        about = json.loads(_sidecar(file).read_bytes())
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("%s: not readable, building it again: %s", file, error)
        return None
    if about.get("fingerprint") != fingerprint:
        return None
    if about.get("blake3") != blake3(data).hexdigest():
        log.warning("%s: torn, building it again", file)
        return None
    return faiss.deserialize_index(numpy.frombuffer(data, dtype=numpy.uint8))


def _replace(file: Path, data: bytes) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with temporary.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, file)
