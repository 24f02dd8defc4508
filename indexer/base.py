"""The large part of a vector index: a file that is never changed, only replaced.

Below `APPROXIMATE_FROM` vectors it is exact (IndexFlatIP). From there on it is an inverted file
with 8-bit codes (Sivic and Zisserman, "Video Google", 2003; IndexIVFScalarQuantizer): vectors lie
in lists around centroids, and a search looks into the `nprobe` nearest lists. How many that are is
found out when it is built, by comparing with the exact answers to some of its own vectors.

The file is memory-mapped. Beside it lie its ids, in order (they could be had from the file, but for
that all of it must be touched), and a sidecar with model, count, nprobe and checksums. Each is
written aside, synced and renamed, the sidecar last; files that do not agree with it are not used.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import mmap
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blake3 import blake3

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

APPROXIMATE_FROM = 50_000
TRAINED_ON = 40
"""Vectors to a centroid that the centroids are learned from; FAISS warns below 39."""
PROBES, NEIGHBOURS = 200, 10
RECALL = 0.985
"""Of the ten nearest to a probe so many must be found, on average."""
LEAST_PROBED = 8
FILTERED = 6
"""What is left by a filter lies in more lists than its share of all would need."""
READ_BYTES = 8 << 20
RERANKED = 2
"""Codes of 8 bits order what is nearly as near by chance: so many times as many are looked at."""

Batches = Callable[[], Iterator[tuple["numpy.ndarray", "numpy.ndarray"]]]
"""Gives ids int64 [n] and vectors float32 [n, dim] in batches, the same each time it is called."""


@dataclass(slots=True)
class Base:
    """`ids` are sorted; `nprobe` is None where the index is exact; `mapped` is the file that the
    index looks into, and must live as long."""

    index: Any
    ids: numpy.ndarray
    nprobe: int | None
    lists: int = 1
    mapped: mmap.mmap | None = None

    @property
    def is_exact(self) -> bool:
        """Whether scores are cosines, and the nearest found are the nearest there are."""
        return self.nprobe is None

    def search(
        self, vector: numpy.ndarray, limit: int, only: numpy.ndarray | None, share: float
    ) -> list[tuple[int, float]]:
        """(id, score) of the nearest to a float32 [dim]. `only` are bits (`bits_of`) of the ids
        that may be found, `share` how many of all these are: the fewer, the more lists are looked
        into, so that a filter costs no recall."""
        import faiss

        count = min(limit, len(self.ids))
        if not count:
            return []
        parameters = faiss.SearchParameters()
        if self.nprobe is not None:
            wanted = math.ceil(self.nprobe * (1 if only is None else FILTERED / max(share, 1e-9)))
            parameters = _probing(min(wanted, self.lists))
        if only is not None:
            parameters.sel = faiss.IDSelectorBitmap(len(only), faiss.swig_ptr(only))
        faiss.omp_set_num_threads(1)  # of this thread; several would wait for each other
        scores, ids = self.index.search(vector.reshape(1, -1), count, params=parameters)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(id_, score) for id_, score in found if id_ >= 0]

    def forget_pages(self) -> None:
        """Have no page of the file in memory. They come back from the kernel's cache when they are
        touched."""
        if self.mapped is not None:
            self.mapped.madvise(mmap.MADV_DONTNEED)


def _probing(nprobe: int) -> Any:
    import faiss

    parameters = faiss.SearchParametersIVF()
    parameters.nprobe = nprobe
    return parameters


def bits_of(ids: numpy.ndarray, most: int) -> numpy.ndarray:
    """uint8: a bit for each id up to `most`."""
    import numpy

    bits = numpy.zeros(most + 1, dtype=bool)
    bits[ids[ids <= most]] = True
    return numpy.packbits(bits, bitorder="little")


def build(file: Path, fingerprint: str, dimension: int, count: int, batches: Batches) -> None:
    """Write the file for `count` vectors."""
    if count < APPROXIMATE_FROM:
        index, nprobe, lists = _exact(dimension, batches), None, 1
    else:
        lists = round(2 * math.sqrt(count))
        index, nprobe = _inverted(dimension, count, lists, batches)
    _write(file, index, {"fingerprint": fingerprint, "nprobe": nprobe, "lists": lists})


def _exact(dimension: int, batches: Batches) -> Any:
    import faiss

    index = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
    for ids, vectors in batches():
        index.add_with_ids(vectors, ids)
    return index


def _inverted(dimension: int, count: int, lists: int, batches: Batches) -> tuple[Any, int]:
    import faiss

    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )  # fmt: skip
    sample = _sampled(batches, count, lists * TRAINED_ON)
    index.train(sample)
    probes = _Probes(sample[:: max(1, len(sample) // PROBES)][:PROBES].copy())
    del sample
    for ids, vectors in batches():
        index.add_with_ids(vectors, ids)
        probes.compare(ids, vectors)
    return index, probes.least_nprobe(index, lists)


def _sampled(batches: Batches, count: int, wanted: int) -> numpy.ndarray:
    """float32 [about wanted, dim], evenly from all."""
    import numpy

    step = max(1, count // wanted)
    # copies: a slice would keep its whole batch in memory
    return numpy.concatenate([vectors[::step].copy() for _, vectors in batches()])


class _Probes:
    """Some of the vectors, and which are truly nearest to them."""

    def __init__(self, queries: numpy.ndarray) -> None:
        import numpy

        self._queries = queries
        self._scores = numpy.full((len(queries), NEIGHBOURS), -2.0, dtype=numpy.float32)
        self._ids = numpy.full((len(queries), NEIGHBOURS), -1, dtype=numpy.int64)

    def compare(self, ids: numpy.ndarray, vectors: numpy.ndarray) -> None:
        import numpy

        scores = numpy.concatenate([self._scores, self._queries @ vectors.T], axis=1)
        known = numpy.concatenate([self._ids, numpy.tile(ids, (len(self._queries), 1))], axis=1)
        best = numpy.argpartition(-scores, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        self._scores = numpy.take_along_axis(scores, best, axis=1)
        self._ids = numpy.take_along_axis(known, best, axis=1)

    def least_nprobe(self, index: Any, lists: int) -> int:
        nprobe = LEAST_PROBED
        while nprobe < lists:
            count = NEIGHBOURS * RERANKED
            _, found = index.search(self._queries, count, params=_probing(nprobe))
            # each probe is nearest to itself, and found wherever one looks
            hits = [len(set(a) & set(b)) - 1 for a, b in zip(found, self._ids, strict=True)]
            if sum(hits) >= RECALL * (NEIGHBOURS - 1) * len(hits):
                break
            nprobe *= 2
        return min(nprobe, lists)


def load(file: Path, fingerprint: str) -> Base | None:
    """The file, mapped; None unless it is whole and of this model."""
    try:
        about = json.loads(_sidecar(file).read_bytes())
        if about.get("fingerprint") != fingerprint:
            return None
        is_whole = _checksum(file) == about.get("blake3")  # while others import, so first of all
        import faiss
        import numpy

        ids = numpy.fromfile(_ids_file(file), dtype=numpy.int64)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("%s: not readable, building it again: %s", file, error)
        return None
    if not is_whole or about.get("ids") != blake3(ids.tobytes()).hexdigest():
        log.warning("%s: torn, building it again", file)
        return None
    try:
        # mapped here, not by FAISS, which does not say where: for `forget_pages`
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
        data = numpy.frombuffer(mapped, dtype=numpy.uint8)
        reader = faiss.ZeroCopyIOReader  # type: ignore[attr-defined]  # its stubs lack it
        index = faiss.read_index(reader(faiss.swig_ptr(data), len(data)))
    except (OSError, RuntimeError) as error:  # as it was written, but not by this FAISS
        log.warning("%s: not readable, building it again: %s", file, error)
        return None
    return Base(index, ids, about["nprobe"], about["lists"], mapped)


def forget_others(file: Path) -> None:
    """Remove the files of all other models beside it."""
    for one in file.parent.glob("*"):
        if file.stem not in one.name:
            with contextlib.suppress(OSError):
                one.unlink()


def _ids_of(index: Any) -> numpy.ndarray:
    import faiss
    import numpy

    if hasattr(index, "id_map"):
        return faiss.vector_to_array(index.id_map)
    lists = index.invlists
    found = [
        faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)).copy()
        for number in range(index.nlist)
        if lists.list_size(number)
    ]
    return numpy.concatenate(found) if found else numpy.zeros(0, dtype=numpy.int64)


def _write(file: Path, index: Any, about: dict[str, Any]) -> None:
    import faiss
    import numpy

    file.parent.mkdir(mode=0o700, exist_ok=True)
    ids = numpy.sort(_ids_of(index))
    told = {**about, "count": index.ntotal, "ids": blake3(ids.tobytes()).hexdigest()}

    def write_index(temporary: Path) -> None:
        faiss.write_index(index, str(temporary))
        told["blake3"] = _checksum(temporary)

    _put(file, file, write_index)
    _put(file, _ids_file(file), lambda temporary: ids.tofile(temporary))
    text = json.dumps(told)
    _put(file, _sidecar(file), lambda temporary: temporary.write_text(text, encoding="ascii"))


def _put(file: Path, target: Path, write: Callable[[Path], object]) -> None:
    """Write aside (what is left of that is `file`'s to clear away), sync, rename."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        write(temporary)
        _sync(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _checksum(file: Path) -> str:
    """Read, not mapped: pages of a mapping are this process's memory."""
    checksum, block = blake3(), memoryview(bytearray(READ_BYTES))
    with file.open("rb", buffering=0) as opened:
        while length := opened.readinto(block):
            checksum.update(block[:length])
    return checksum.hexdigest()


def _sync(file: Path) -> None:
    fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _ids_file(file: Path) -> Path:
    return file.with_suffix(".ids")


def _sidecar(file: Path) -> Path:
    return file.with_suffix(".json")
