"""Clusters of vectors: found, counted, and the same of many as of few."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy
import pytest
from indexing import Indexed
from waiting import wait_for

from lsfs.errors import UnavailableError
from lsfs.indexer import topics
from lsfs.indexer.connection import Connections
from lsfs.indexer.evidence import MIN_COSINE
from lsfs.indexer.topics import _clustered, _ranked


def around(centres: int, each: int, spread: float = 0.05) -> numpy.ndarray:
    """float32 [centres * each, 32], rows L2-normalised: those of one centre one after another."""
    random = numpy.random.default_rng(7)
    axes = numpy.eye(32, dtype=numpy.float32)[:centres].repeat(each, axis=0)
    rows = axes + random.normal(0, spread, axes.shape).astype(numpy.float32)
    return numpy.asarray(rows / numpy.linalg.norm(rows, axis=1, keepdims=True))


@pytest.mark.parametrize(("centres", "each"), [(2, 3), (5, 8), (12, 10), (5, topics.SAMPLE // 4)])
def test_as_many_clusters_as_there_are(centres: int, each: int) -> None:
    """The last is of more than are clustered at once."""
    vectors = around(centres, each)
    found = list(_ranked(vectors, _clustered(vectors, None), MIN_COSINE))
    expected = {tuple(range(at * each, (at + 1) * each)) for at in range(centres)}
    assert {tuple(sorted(rows)) for rows in found} == expected


def test_what_is_like_nothing_is_in_none() -> None:
    vectors = numpy.concatenate([around(3, 5), numpy.eye(32, dtype=numpy.float32)[-1:]])
    assert all(15 not in rows for rows in _ranked(vectors, _clustered(vectors, None), MIN_COSINE))
    apart = numpy.eye(32, dtype=numpy.float32)[:2]
    assert list(_ranked(apart, _clustered(apart, None), MIN_COSINE)) == []
    assert list(_ranked(apart[:1], _clustered(apart[:1], None), MIN_COSINE)) == []


def test_files_that_all_say_the_same_are_one() -> None:
    same = numpy.eye(32, dtype=numpy.float32)[:1].repeat(9, axis=0)
    assert [len(rows) for rows in _ranked(same, _clustered(same, None), MIN_COSINE)] == [9]
    assert [len(rows) for rows in _ranked(same, _clustered(same, 4), MIN_COSINE)] == [9]


def test_what_is_unlike_is_the_models_say() -> None:
    """To E5 all is near."""
    near = around(1, 8, spread=0.1)
    centre = near.mean(axis=0, keepdims=True)
    assert list(_ranked(near, centre, 0.9)) == []
    assert [len(rows) for rows in _ranked(near, centre, MIN_COSINE)] == [8]


def test_few_of_many_files_say_what_they_are_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Indexed(tmp_path) as home:
        for number in range(6):
            home.write(f"bees{number}.txt", f"Bees make honey in hive {number}.")
            home.write(
                f"tax{number}.txt", f"The tax return of year {number} is due, says the office."
            )
        home.settle()
        connection = Connections(home.config.catalog_file).get()
        read: list[int] = []
        texts = topics._texts

        def counted(connection: object, entry: int, reads: topics.Reads) -> list[str]:
            read.append(entry)
            return texts(connection, entry, reads)  # type: ignore[arg-type]

        monkeypatch.setattr(topics, "TYPICAL", 2)
        monkeypatch.setattr(topics, "_texts", counted)
        paths = [f"{name}{number}.txt" for name in ("bees", "tax") for number in range(6)]
        found = topics.find_topics(connection, paths, 2)
        connection.close()
        assert sorted(len(one.paths) for one in found) == [6, 6] and len(read) == 4
        assert {"honey", "tax"} <= {
            word for one in found for told in one.words for word in told.split()
        }


def test_closing_ends_the_process(tmp_path: Path) -> None:
    """Also one that does not go on."""
    with Indexed(tmp_path) as home:
        home.write("a.txt", "Bees make honey.")
        home.settle()
        refused: list[UnavailableError] = []

        def ask() -> None:
            with pytest.raises(UnavailableError) as told:
                home.index.topics(["a.txt"], None)
            refused.append(told.value)

        asking = threading.Thread(target=ask)
        finder = home.index._topics
        asking.start()
        wait_for(lambda: bool(finder._running))
        os.kill(next(iter(finder._running)).pid, signal.SIGSTOP)
        home.index.close()
        asking.join(10)
        assert refused and not finder._running
        with pytest.raises(UnavailableError, match="closed"):
            home.index.topics(["a.txt"], None)


def test_the_process_ends_with_whoever_asks(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        command = [sys.executable, "-m", "lsfs.indexer.topics", str(home.config.catalog_file)]
        asked = b'{"paths": [], "count": null}\n'
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=False)
        assert (done.returncode, done.stdout) == (1, b"")
