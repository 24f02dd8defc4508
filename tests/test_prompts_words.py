"""The lists of words: each word has one place in them."""

from __future__ import annotations

from lsfs.prompts.request.data import load


def words_of(table: str) -> list[str]:
    words: str = load("likely")[table]["words"]
    return words.split()


def test_no_word_stands_twice_in_a_list() -> None:
    for table, content in load("likely").items():
        words = words_of(table) if isinstance(content, dict) and "words" in content else []
        assert sorted(words) == sorted(set(words)), table


def test_no_word_says_nothing_and_limits() -> None:
    assert set(words_of("said")).isdisjoint(words_of("limits"))
    assert len(words_of("limits")) > 200 and len(words_of("said")) > 200
