"""What becomes of the scores of several retrievers."""

from __future__ import annotations

import pytest

from lsfs.indexer.evidence import (
    CLEAR_COSINE,
    CLEAR_COSINE_ALONE,
    CLEAR_SHARE_ALONE,
    CONFIDENCE,
    GOOD_COSINE,
    MIN_COSINE,
    Evidence,
)
from lsfs.indexer.lexical import is_named


def test_words_and_meaning_count_half_each() -> None:
    evidence = Evidence(lexical={(1, 1): 8.0, (2, 2): 4.0}, semantic={(2, 2): 0.9, (3, 3): 0.8})
    scores = {entry: found[0][0] for entry, found in evidence.by_file("hybrid").items()}
    third = 0.5 * (0.8 - MIN_COSINE) / (0.9 - MIN_COSINE)
    assert scores == pytest.approx({2: 0.75, 1: 0.5, 3: third})
    assert list(scores) == [2, 1, 3]
    assert list(evidence.by_file("lexical")) == [1, 2]
    assert list(evidence.by_file("semantic")) == [2, 3]
    assert list(evidence.best(2)) == [2, 1]


def test_the_best_of_what_says_little_counts_for_less() -> None:
    words = Evidence(lexical={(1, 1): 2.0}, expected=8.0)
    assert words.by_file("hybrid")[1][0][0] == pytest.approx(0.5 * 0.25**CONFIDENCE)
    assert words.by_file("lexical")[1][0][0] == 1.0
    far = (MIN_COSINE + GOOD_COSINE) / 2
    meaning = Evidence(semantic={(1, 1): far})
    assert meaning.by_file("hybrid")[1][0][0] == pytest.approx(0.25)
    assert Evidence(semantic={(1, 1): MIN_COSINE}).by_file("hybrid")[1][0][0] == 0


def test_a_name_that_is_the_question_comes_first() -> None:
    evidence = Evidence(lexical={(1, 1): 8.0}, semantic={(1, 1): 0.9}, names={2: 1.0, 3: 0.5})
    files = evidence.by_file("hybrid")
    assert list(files) == [2, 1, 3] and files[2] == [(1.0, (2, None))]
    assert list(evidence.by_file("semantic")) == [1]


def test_what_is_near_or_says_the_question_is_clear() -> None:
    asked = Evidence(weights={'"tax"': 2.0, '"return"': 1.0})
    assert not asked.is_clear(0.5, CLEAR_COSINE / 2)
    assert asked.is_clear(0.75, CLEAR_COSINE / 2)
    assert asked.is_clear(sum([0.1] * 10), 0.0), "a sum of shares"
    assert asked.is_clear(1.0, 0.0) and asked.is_clear(0.0, CLEAR_COSINE)


def test_words_or_meaning_alone_have_measures_of_their_own() -> None:
    words = Evidence(weights={'"tax"': 2.0})
    assert words.nearest_of([1]) == {1: None}
    assert words.is_clear(CLEAR_SHARE_ALONE, None)
    assert not words.is_clear(CLEAR_SHARE_ALONE / 2, None)
    meaning = Evidence(near={(1, 1): CLEAR_COSINE_ALONE, (1, 2): 0.1, (2, 3): 0.2})
    assert meaning.nearest_of([1, 3]) == {1: CLEAR_COSINE_ALONE, 3: 0.0}
    assert meaning.is_clear(0.0, CLEAR_COSINE_ALONE)
    assert not meaning.is_clear(0.0, CLEAR_COSINE_ALONE / 2)
    assert Evidence(names={1: 1.0, 2: 0.1}).is_named(1)
    assert not Evidence(names={1: 1.0, 2: 0.1}).is_named(2)


def test_it_is_explained() -> None:
    evidence = Evidence(lexical={(1, 1): 8.0, (2, 2): 9.0}, semantic={(1, 1): 0.5}, names={1: 0.2})
    assert evidence.explained((1, 1)) == {
        "lexical_rank": 2, "lexical_score": 8.0, "semantic_rank": 1, "semantic_score": 0.5,
        "name_score": 0.2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "path", "expected"),
    [
        ("Notes.md", "a/notes.md", True),
        ("notes", "a/notes.md", True),
        ("a/notes.md", "b/a/notes.md", True),
        ("find the file notes.md please", "a/notes.md", True),
        ("my  Tax notes.md now", "tax notes.md", True),
        ("notes", "a/notes.md/x", False),
        ("find the notes", "a/notes.md", False),
        ("my_notes.md", "a/notes.md", False),
        ("what is x", "x", False),
        (".env", ".env", True),
    ],
)
def test_whether_a_question_names_a_file(query: str, path: str, expected: bool) -> None:
    assert is_named(query, path) is expected
