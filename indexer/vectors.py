"""The vectors of one model, found by nearness: inner product of unit vectors, in FAISS.

A cache: everything in it comes from the table `vectors` and can be built from it again. What there
was when it was last built lies in a file (`base`); what has come since is held beside it, exact,
and what has gone since is passed over. Chunk ids are never given twice and a chunk's vector never
changes, so bringing a loaded file up to date is a matter of comparing sets of ids.

Thread-safe. Runs in the worker alone.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.errors import UnavailableError

from . import base
from .base import Base, bits_of

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

NARROW_COUNT = 100
"""So few vectors are read from the catalog and compared sooner than the index is filtered."""
LEAST_TO_BUILD, MOST_TO_BUILD, SHARE_TO_BUILD = 5000, 30_000, 0.25
"""The file is built anew when such a share of it has come or gone since, but not for fewer than the
one number, and for more than the other in any case."""
FEEDBACK = 0.4
"""How far a question moves towards its best passages."""
READ_ROWS, READ_IDS = 10_000, 1_000_000
Write = Callable[[Path, str, int], None]
"""Writes the file of the vectors with this fingerprint and dimension."""


class VectorIndex:
    """The vectors of one model. `file` may not exist; nothing is written before `build`."""

    def __init__(self, file: Path, fingerprint: str, dimension: int) -> None:
        for left in file.parent.glob(f".{file.name}.*"):
            left.unlink(missing_ok=True)
        self.fingerprint = fingerprint
        self._file = file
        self._dimension = dimension
        self._lock = threading.Lock()
        self._base = base.load(file, fingerprint)
        import numpy

        self._held = numpy.zeros(0, dtype=numpy.int64)  # ids that have come since, in order
        self._fresh = _flat(dimension)
        self._gone: set[int] = set()
        self._gone_meanwhile: set[int] | None = None  # while the file is built
        self._bits: numpy.ndarray | None = None  # of what is in the base, less what has gone

    def __len__(self) -> int:
        return self._in_base() - len(self._gone) + len(self._held)

    def synchronise(self, connection: sqlite3.Connection, write: Write) -> None:
        """Bring the index in line with the catalog. Where more is missing than should be held in
        memory, the file is built first, if it can be."""
        missing = self._compare(connection)
        if len(missing) > MOST_TO_BUILD:
            try:
                self.build(connection, write)
            except UnavailableError as error:
                log.warning("%s: %d vectors are held in memory", error.message, len(missing))
            missing = self._compare(connection)
        for ids, vectors in _read(connection, self.fingerprint, self._dimension, missing):
            self.add(ids.tolist(), vectors)

    def _compare(self, connection: sqlite3.Connection) -> numpy.ndarray:
        """Note what is gone from the file; the ids that are not in it."""
        import numpy

        there = ids_there(connection, self.fingerprint)
        held = self._base.ids if self._base else numpy.zeros(0, dtype=numpy.int64)
        self._gone = set(numpy.setdiff1d(held, there, assume_unique=True).tolist())
        self._bits = None
        return numpy.setdiff1d(there, held, assume_unique=True)

    def add(self, ids: Sequence[int], vectors: numpy.ndarray) -> None:
        """Add float32 [n, dim] unit rows under new chunk ids; what a file built meanwhile has
        already is not added again."""
        import numpy

        with self._lock:
            new = numpy.asarray(ids, dtype=numpy.int64)
            if self._base is not None:
                is_new = numpy.isin(new, self._base.ids, invert=True)
                new, vectors = new[is_new], vectors[is_new]
            if len(new):
                self._fresh.add_with_ids(vectors, new)
                self._held = numpy.union1d(self._held, new)

    def remove(self, ids: Sequence[int]) -> None:
        """Forget these chunks; ids that are not there are ignored."""
        import numpy

        chosen = numpy.unique(numpy.asarray(ids, dtype=numpy.int64))
        with self._lock:
            self._drop_fresh(chosen)
            if self._gone_meanwhile is not None:
                self._gone_meanwhile.update(chosen.tolist())
            if self._base is not None:
                self._gone.update(numpy.intersect1d(chosen, self._base.ids).tolist())
                self._bits = None

    def _drop_fresh(self, ids: numpy.ndarray) -> None:
        import faiss
        import numpy

        if len(numpy.intersect1d(ids, self._held, assume_unique=True)):
            self._fresh.remove_ids(faiss.IDSelectorBatch(ids))
            self._held = numpy.setdiff1d(self._held, ids, assume_unique=True)

    # -- finding -----------------------------------------------------------------------------------

    def search(
        self, connection: sqlite3.Connection, vector: numpy.ndarray, limit: int,
        among: numpy.ndarray | None = None,
    ) -> list[tuple[int, float]]:  # fmt: skip
        """(chunk, cosine) of the nearest to a unit float32 [dim], nearest first.

        `among` (int64 chunk ids) is applied inside the search, never after its cut.
        """
        if among is not None and len(among) <= NARROW_COUNT:
            return self._compared(connection, vector, among)[:limit]
        with self._lock:
            held = self._base
            is_exact = held is None or held.is_exact
            wanted = limit if is_exact else limit * base.RERANKED
            found = self._in_file(vector, wanted, among)
            fresh = self._among_fresh(vector, limit, among)
        if not is_exact:
            ids = [id_ for id_, _ in found]
            found = self._compared(connection, vector, ids)
        return sorted((*found, *fresh), key=lambda item: -item[1])[:limit]

    def _in_file(
        self, vector: numpy.ndarray, limit: int, among: numpy.ndarray | None
    ) -> list[tuple[int, float]]:
        if self._base is None or not len(self._base.ids):
            return []
        most = int(self._base.ids[-1])
        if among is None and not self._gone:
            return self._base.search(vector, limit, None, 1.0)
        alive = self._alive(most)
        if among is None:
            return self._base.search(vector, limit, alive, 1.0)
        only = bits_of(among, most) & alive
        return self._base.search(vector, limit, only, len(among) / len(self._base.ids))

    def _alive(self, most: int) -> numpy.ndarray:
        import numpy

        if self._bits is None:
            assert self._base is not None
            gone = numpy.fromiter(self._gone, dtype=numpy.int64, count=len(self._gone))
            self._bits = bits_of(numpy.setdiff1d(self._base.ids, gone), most)
        return self._bits

    def _among_fresh(
        self, vector: numpy.ndarray, limit: int, among: numpy.ndarray | None
    ) -> list[tuple[int, float]]:
        if not len(self._held):
            return []
        held = Base(self._fresh, self._held, None)
        only = None if among is None else bits_of(among, int(self._held[-1]))
        return held.search(vector, limit, only, 1.0)

    def _compared(
        self, connection: sqlite3.Connection, vector: numpy.ndarray,
        ids: Sequence[int] | numpy.ndarray,
    ) -> list[tuple[int, float]]:  # fmt: skip
        """(chunk, cosine) of these chunks, as far as they are there, nearest first."""
        import numpy

        known, vectors = read_vectors(connection, self.fingerprint, self._dimension, ids)
        scores = vectors @ vector
        return [(known[i], float(scores[i])) for i in numpy.argsort(-scores, kind="stable")]

    def mean(self, connection: sqlite3.Connection, ids: Sequence[int]) -> numpy.ndarray | None:
        """The normalised mean of the vectors of these chunks; None when none is there."""
        import numpy

        _, vectors = read_vectors(connection, self.fingerprint, self._dimension, ids)
        if not len(vectors):
            return None
        mean = vectors.mean(axis=0)
        length = float(numpy.linalg.norm(mean))
        return mean / length if length > 1e-6 else None

    def moved(
        self, connection: sqlite3.Connection, vector: numpy.ndarray, towards: Mapping[int, float]
    ) -> numpy.ndarray:
        """A unit vector moved by `FEEDBACK` towards the mean of those of chunks, by weight."""
        import numpy

        known, vectors = read_vectors(connection, self.fingerprint, self._dimension, list(towards))
        weights = numpy.array([towards[chunk] for chunk in known], dtype=numpy.float32)
        if not weights.sum() > 0:
            return vector
        mean = weights @ vectors / weights.sum()
        moved: numpy.ndarray = vector + FEEDBACK * mean
        moved /= numpy.linalg.norm(moved)
        return moved

    # -- the file ----------------------------------------------------------------------------------

    def is_due(self) -> bool:
        """Whether so much has come and gone that the file should be built anew."""
        changed = len(self._held) + len(self._gone)
        share = SHARE_TO_BUILD * self._in_base()
        return changed > min(MOST_TO_BUILD, max(LEAST_TO_BUILD, share))

    def build(self, connection: sqlite3.Connection, write: Write) -> None:
        """Have `write` build the file anew from the catalog; searches and changes go on meanwhile.
        One at a time.

        Raises:
            UnavailableError: it could not be built, or not be read then.
        """
        gone: set[int] = set()
        self._gone_meanwhile = gone
        try:
            write(self._file, self.fingerprint, self._dimension)
            built = base.load(self._file, self.fingerprint)
            if built is None:
                raise UnavailableError(f"{self._file} was built, but cannot be read")
            self._adopt(built, ids_there(connection, self.fingerprint), gone)
        finally:
            with self._lock:
                self._gone_meanwhile = None

    def _adopt(self, built: Base, there: numpy.ndarray, gone: set[int]) -> None:
        """Answer from a file that was built while these went."""
        import numpy

        with self._lock:
            self._base, self._bits = built, None
            self._drop_fresh(built.ids)
            left = numpy.setdiff1d(built.ids, there, assume_unique=True)
            self._gone = {*left.tolist(), *gone.intersection(built.ids.tolist())}

    def forget_others(self) -> None:
        """Remove the files of all other models."""
        base.forget_others(self._file)

    def forget_pages(self) -> None:
        """Give back what of the file is in memory."""
        if (held := self._base) is not None:
            held.forget_pages()

    def _in_base(self) -> int:
        return 0 if self._base is None else len(self._base.ids)


def write_file(
    connection: sqlite3.Connection, file: Path, fingerprint: str, dimension: int
) -> None:
    """Build the file of a model's vectors from the catalog."""
    there = ids_there(connection, fingerprint)

    def batches() -> Iterator[tuple[numpy.ndarray, numpy.ndarray]]:
        return _read(connection, fingerprint, dimension, there)

    base.build(file, fingerprint, dimension, len(there), batches)


def _read(
    connection: sqlite3.Connection, fingerprint: str, dimension: int, ids: numpy.ndarray
) -> Iterator[tuple[numpy.ndarray, numpy.ndarray]]:
    import numpy

    for start in range(0, len(ids), READ_ROWS):
        part = ids[start : start + READ_ROWS]
        known, vectors = read_vectors(connection, fingerprint, dimension, part)
        if known:
            yield numpy.asarray(known, dtype=numpy.int64), vectors


def _flat(dimension: int) -> Any:
    import faiss

    return faiss.IndexIDMap(faiss.IndexFlatIP(dimension))


def ids_there(connection: sqlite3.Connection, fingerprint: str) -> numpy.ndarray:
    """int64: the chunks that have a vector of this model, in order."""
    import numpy

    # as a text of many: a row a chunk takes three times as long
    sql = (
        "SELECT json_group_array(chunk), max(chunk) FROM (SELECT chunk FROM vectors"
        f" WHERE model = ? AND chunk > ? ORDER BY chunk LIMIT {READ_IDS})"
    )
    last: int | None = -1
    found = [numpy.zeros(0, dtype=numpy.int64)]
    while last is not None:
        listed, last = connection.execute(sql, (fingerprint, last)).fetchone()
        found.append(numpy.fromstring(listed[1:-1], dtype=numpy.int64, sep=","))
    return numpy.concatenate(found)


def read_vectors(
    connection: sqlite3.Connection, fingerprint: str, dimension: int,
    ids: Sequence[int] | numpy.ndarray,
) -> tuple[list[int], numpy.ndarray]:  # fmt: skip
    """Ids and float32 [n, dim] unit rows from the catalog, of those that are there."""
    import numpy

    wanted = ids if isinstance(ids, list) else [int(id_) for id_ in ids]
    rows = connection.execute(
        "SELECT chunk, vector FROM vectors WHERE model = ?"
        " AND chunk IN (SELECT value FROM json_each(?))",
        (fingerprint, json.dumps(wanted)),
    ).fetchall()
    if not rows:
        return [], numpy.zeros((0, dimension), dtype=numpy.float32)
    packed = numpy.frombuffer(b"".join(blob for _, blob in rows), dtype=numpy.float16)
    return [chunk for chunk, _ in rows], as_read(packed.reshape(len(rows), dimension))


def as_read(vectors: numpy.ndarray) -> numpy.ndarray:
    """float32 [n, dim] unit rows, as they will be read from the catalog: it keeps float16."""
    import numpy

    read = vectors.astype(numpy.float16).astype(numpy.float32)
    read /= numpy.maximum(numpy.linalg.norm(read, axis=1, keepdims=True), 1e-12)
    return read
