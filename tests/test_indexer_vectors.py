"""The index of vectors: right against brute force, exact and approximate, whatever becomes of its
file. Vectors here are made up; how it does with real text is measured by scripts/bench."""

from __future__ import annotations

import contextlib
import functools
import json
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from blake3 import blake3

from lsfs.errors import UnavailableError
from lsfs.indexer import base, upgrade, vectors
from lsfs.indexer.building import build_apart
from lsfs.indexer.vectors import VectorIndex
from lsfs.schema import migrate

MODEL, DIMENSION = "model", 48
rng = numpy.random.default_rng(7)
CENTRES = rng.normal(size=(60, DIMENSION))


def made(count: int) -> numpy.ndarray:
    """float32 [count, DIMENSION], unit rows in clusters."""
    found = CENTRES[rng.integers(0, len(CENTRES), count)]
    found = found + 0.6 * rng.normal(size=(count, DIMENSION))
    found /= numpy.linalg.norm(found, axis=1, keepdims=True)
    return numpy.asarray(found, dtype=numpy.float32)


class Store:
    """A catalog with vectors, and what is nearest by brute force."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "vectors" / "model.faiss"
        self.catalog = folder / "catalog.db"
        self.connection = self.connect()
        migrate(self.connection)

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.catalog, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    def add(self, ids: list[int], rows: numpy.ndarray, model: str = MODEL) -> None:
        packed = rows.astype(numpy.float16)
        self.connection.executemany(
            "INSERT INTO vectors VALUES (?, ?, ?)",
            [(id_, model, row.tobytes()) for id_, row in zip(ids, packed, strict=True)],
        )

    def remove(self, ids: list[int]) -> None:
        self.connection.executemany("DELETE FROM vectors WHERE chunk = ?", [(i,) for i in ids])

    def opened(self) -> VectorIndex:
        index = VectorIndex(self.file, MODEL, DIMENSION)
        index.synchronise(self.connection, self.write)
        return index

    def built(self) -> VectorIndex:
        index = self.opened()
        index.build(self.connection, self.write)
        return index

    def write(self, file: Path, fingerprint: str, dimension: int) -> None:
        """What `building` does, in this process: for a test's own APPROXIMATE_FROM."""
        with contextlib.closing(self.connect()) as connection:
            vectors.write_file(connection, file, fingerprint, dimension)

    def nearest(
        self, query: numpy.ndarray, limit: int, among: list[int] | None = None
    ) -> list[int]:
        ids = vectors.ids_there(self.connection, MODEL)
        known, rows = vectors.read_vectors(self.connection, MODEL, DIMENSION, ids)
        allowed = numpy.isin(known, among) if among is not None else numpy.ones(len(known), bool)
        scores = numpy.where(allowed, rows @ query, -2)
        return [known[i] for i in numpy.argsort(-scores)[: min(limit, int(allowed.sum()))]]

    def recall(self, index: VectorIndex, among: list[int] | None = None, limit: int = 10) -> float:
        """Of 40 queries."""
        chosen = None if among is None else numpy.asarray(among, dtype=numpy.int64)
        hits = total = 0
        for query in made(40):
            found = [id_ for id_, _ in index.search(self.connection, query, limit, chosen)]
            truly = self.nearest(query, limit, among)
            assert len(found) == len(truly) and (among is None or set(found) <= set(among))
            hits += len(set(found) & set(truly))
            total += len(truly)
        return hits / max(total, 1)


@pytest.fixture(params=["exact", "approximate"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """4,000 vectors, which are many or not so many."""
    if request.param == "approximate":
        monkeypatch.setattr(base, "APPROXIMATE_FROM", 1000)
    store = Store(tmp_path)
    store.add(list(range(1, 8001, 2)), made(4000))  # ids with gaps, as they come to be
    yield store
    store.connection.close()


def test_it_finds_what_is_nearest(store: Store) -> None:
    index = store.built()
    assert len(index) == 4000
    assert store.recall(index) >= 0.97
    for share in (0.5, 0.1, 0.03, 0.005):
        chosen = rng.choice(numpy.arange(1, 8001, 2), int(4000 * share), replace=False)
        assert store.recall(index, chosen.tolist()) >= 0.97, share
    assert store.recall(index, [77]) == 1
    assert index.search(store.connection, made(1)[0], 5, numpy.zeros(0, dtype=numpy.int64)) == []


def test_scores_are_cosines(store: Store) -> None:
    index = store.built()
    query = made(1)[0]
    for id_, score in index.search(store.connection, query, 20):
        _, (row,) = vectors.read_vectors(store.connection, MODEL, DIMENSION, [id_])
        assert score == pytest.approx(float(row @ query), abs=2e-3)


def test_what_comes_and_goes_shows_at_once(store: Store) -> None:
    index = store.built()
    query = made(1)[0]
    new = query[None].repeat(3, axis=0)
    store.add([9000, 9001, 9002], new)
    index.add([9000, 9001, 9002], new)
    assert sorted(id_ for id_, _ in index.search(store.connection, query, 3)) == [9000, 9001, 9002]
    gone = [9001, *store.nearest(query, 8)[3:], 123_456]
    store.remove(gone)
    index.remove(gone)
    found = [id_ for id_, _ in index.search(store.connection, query, 50)]
    assert sorted(found[:2]) == [9000, 9002] and not set(found) & set(gone)
    assert store.recall(index) >= 0.97
    assert len(index) == 4003 - 6
    again = store.opened()
    assert len(again) == len(index) and store.recall(again) >= 0.97


def test_changes_while_the_file_is_built(store: Store) -> None:
    index = store.opened()
    done = threading.Event()

    def change() -> None:
        connection = store.connect()
        number = 10_000
        while not done.is_set():
            row = made(1)
            connection.execute(
                "INSERT INTO vectors VALUES (?, ?, ?)",
                (number, MODEL, row.astype(numpy.float16).tobytes()),
            )
            index.add([number], row)
            old = 2 * (number - 10_000) + 1
            connection.execute("DELETE FROM vectors WHERE chunk = ?", (old,))
            index.remove([old])
            number += 1
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    for _ in range(3):
        index.build(store.connection, store.write)
    done.set()
    thread.join()
    assert len(index) == len(vectors.ids_there(store.connection, MODEL)) == 4000
    assert store.recall(index) >= 0.97
    index.build(store.connection, store.write)
    assert len(index) == 4000 and store.recall(index) >= 0.97


DAMAGES = (
    "missing", "torn", "cut anywhere", "a page of zeros", "one bit", "another header",
    "of another FAISS", "empty", "no sidecar", "other sidecar", "other model", "stale", "left",
)  # fmt: skip


def damaged(data: bytes, how: str, chosen: random.Random) -> bytes:
    """The bytes of a file to which something happened."""
    changed, at = bytearray(data), chosen.randrange(len(data) - 4096)
    match how:
        case "torn":
            del changed[-1000:]
        case "cut anywhere":
            del changed[at:]
        case "a page of zeros":
            changed[at : at + 4096] = bytes(4096)
        case "one bit":
            changed[at] ^= 1 << chosen.randrange(8)
        case "another header" | "of another FAISS":
            changed[:4] = b"IxXX"
        case "empty":
            changed.clear()
    return bytes(changed)


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_file_is_only_a_cache(store: Store, damage: str) -> None:
    store.built()
    sidecar = store.file.with_suffix(".json")
    about = json.loads(sidecar.read_text())
    assert about["count"] == 4000
    match damage:
        case "missing":
            store.file.unlink()
        case "no sidecar":
            sidecar.unlink()
        case "other sidecar":
            sidecar.write_text("{")
        case "other model":
            sidecar.write_text(json.dumps({**about, "fingerprint": "another"}))
        case "stale":
            store.remove(list(range(1, 2000, 2)))
            store.add([8002, 8004], made(2))
        case "left":
            (store.file.parent / f".{store.file.name}.123").write_bytes(b"a build was killed")
        case _:
            chosen = random.Random(damage)
            whole = store.file.read_bytes()
            for _ in range(5):
                store.file.write_bytes(damaged(whole, damage, chosen))
                if damage != "of another FAISS":
                    assert base.load(store.file, MODEL) is None
            if damage == "of another FAISS":
                told = {**about, "blake3": blake3(store.file.read_bytes()).hexdigest()}
                sidecar.write_text(json.dumps(told))
    index = store.opened()
    assert len(index) == len(vectors.ids_there(store.connection, MODEL))
    assert store.recall(index) >= 0.97
    index.build(store.connection, store.write)
    assert base.load(store.file, MODEL) is not None
    assert len(list(store.file.parent.glob(".*"))) == 0


@pytest.mark.parametrize("left", [None, b"1234567" * 4000])
def test_the_ids_beside_the_file_are_no_more(store: Store, left: bytes | None) -> None:
    store.built()
    ids = store.file.with_suffix(".ids")
    ids.unlink()
    if left is not None:
        ids.write_bytes(left)
    assert base.load(store.file, MODEL) is None
    assert len(store.opened()) == len(vectors.ids_there(store.connection, MODEL))


def test_when_it_is_due(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "LEAST_TO_BUILD", 100)
    index = store.opened()
    assert index.is_due()
    index.build(store.connection, store.write)
    assert not index.is_due()
    index.remove(list(range(1, 2001, 2)))
    assert not index.is_due()
    index.remove([2001, 2003])
    assert index.is_due()


def test_models_do_not_meet(store: Store) -> None:
    store.add([1, 3, 20_000], made(3), model="another")
    index = store.built()
    assert len(index) == 4000
    other = VectorIndex(store.file.with_name("another.faiss"), "another", DIMENSION)
    other.synchronise(store.connection, store.write)
    other.build(store.connection, store.write)
    found = other.search(store.connection, made(1)[0], 10)
    assert sorted(id_ for id_, _ in found) == [1, 3, 20_000]
    (store.file.parent / ".another.faiss.123").write_bytes(b"a build was killed")
    index.forget_others()
    left = sorted(file.name for file in store.file.parent.iterdir())
    assert left == ["model.faiss", "model.ids", "model.json"]


def test_nothing_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path)
    index = store.built()
    assert len(index) == 0
    assert index.search(store.connection, made(1)[0], 10) == []
    assert index.mean(store.connection, [1, 2]) is None
    store.connection.close()


def test_more_than_memory_should_hold_is_put_in_a_file_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "MOST_TO_BUILD", 100)

    def fail(file: Path, fingerprint: str, dimension: int) -> None:
        raise UnavailableError("no room")

    apart = functools.partial(build_apart, store.catalog)
    for write, fails in ((fail, True), (apart, False)):
        index = VectorIndex(store.file, MODEL, DIMENSION)
        index.synchronise(store.connection, write)
        assert store.file.exists() is not fails
        assert len(index) == 4000 and store.recall(index) >= 0.97


def test_a_file_is_mapped_until_another_has_its_place(store: Store) -> None:
    def mappings() -> int:
        return Path("/proc/self/maps").read_text().count(str(store.file))

    index = store.built()
    for _ in range(2):
        index.build(store.connection, store.write)
        index.forget_pages()
        assert mappings() == 1 and store.recall(index) >= 0.97
    del index
    assert mappings() == 0


def test_a_file_that_was_built_and_cannot_be_read_is_an_error(store: Store) -> None:
    index = store.opened()

    def torn(file: Path, fingerprint: str, dimension: int) -> None:
        store.write(file, fingerprint, dimension)
        file.write_bytes(file.read_bytes()[:-1])

    def none(file: Path, fingerprint: str, dimension: int) -> None:
        raise OSError("no room")

    for write, error in ((torn, UnavailableError), (none, OSError)):
        with pytest.raises(error):
            index.build(store.connection, write)
        assert index._gone_meanwhile is None, "what goes is not noted for it any more"
        assert len(index) == 4000 and store.recall(index) >= 0.97
    index.build(store.connection, store.write)
    assert len(index) == 4000


def test_ids_are_read_in_parts_as_in_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add([1, 3, 20_000], made(3), model="another")
    expected = list(range(1, 8001, 2))
    for most in (1, 1999, 4000, 1_000_000):
        monkeypatch.setattr(vectors, "READ_IDS", most)
        if most == 1:
            store.remove(expected[10:])
            assert vectors.ids_there(store.connection, MODEL).tolist() == expected[:10]
            store.add(expected[10:], made(3990))
        else:
            assert vectors.ids_there(store.connection, MODEL).tolist() == expected
    assert vectors.ids_there(store.connection, "none").tolist() == []


def test_vectors_of_a_model_before_go_even_after_a_kill(store: Store) -> None:
    upgrade.adopt_model(store.connection, MODEL, "the one")
    store.add([1, 3, 20_000], made(3), model="another")
    # killed once it answered, and before all of the other's were gone
    store.connection.execute("UPDATE meta SET value = 'left' WHERE key = 'indexer.others'")
    assert upgrade.adopt_model(store.connection, MODEL, "the one") is None
    left = store.connection.execute("SELECT DISTINCT model FROM vectors").fetchall()
    assert left == [(MODEL,)]
    assert upgrade.expected_model(store.connection) == (MODEL, DIMENSION)
