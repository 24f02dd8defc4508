"""Clusters of vectors: found, counted, and the same of many as of few."""

from __future__ import annotations

import numpy
import pytest

from lsfs.indexer import topics
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
    found = list(_ranked(vectors, _clustered(vectors, None)))
    expected = {tuple(range(at * each, (at + 1) * each)) for at in range(centres)}
    assert {tuple(sorted(rows)) for rows in found} == expected


def test_what_is_like_nothing_is_in_none() -> None:
    vectors = numpy.concatenate([around(3, 5), numpy.eye(32, dtype=numpy.float32)[-1:]])
    assert all(15 not in rows for rows in _ranked(vectors, _clustered(vectors, None)))
    apart = numpy.eye(32, dtype=numpy.float32)[:2]
    assert list(_ranked(apart, _clustered(apart, None))) == []
    assert list(_ranked(apart[:1], _clustered(apart[:1], None))) == []


def test_files_that_all_say_the_same_are_one() -> None:
    same = numpy.eye(32, dtype=numpy.float32)[:1].repeat(9, axis=0)
    assert [len(rows) for rows in _ranked(same, _clustered(same, None))] == [9]
    assert [len(rows) for rows in _ranked(same, _clustered(same, 4))] == [9]
