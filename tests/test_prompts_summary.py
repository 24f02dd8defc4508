"""Extractive summaries, change summaries and key words, on texts of our own."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from lsfs.prompts.summary import (
    ExtractiveSummarizer,
    change_summary,
    key_words,
    split_sentences,
)
from lsfs.records import Chunk, Place

BEES = """# Keeping bees

Honey bees live in colonies of up to sixty thousand workers. The colony has one queen who lays eggs.
Workers collect nectar and pollen for the colony, and the queen never leaves it.

My neighbour has a red car.

In winter the colony forms a cluster around the queen and lives on honey. Dr. Huber found this.
"""


def test_salient_sentences_in_order_with_lines() -> None:
    chunk = Chunk(0, BEES, Place(line_from=1, line_to=8))
    lines = ExtractiveSummarizer().summarize([chunk], 3).splitlines()
    assert len(lines) == 3
    assert not any("red car" in line or "Keeping" in line for line in lines)
    numbers = [int(line.rpartition("(line ")[2].rstrip(")")) for line in lines]
    assert numbers == sorted(numbers)
    for line, number in zip(lines, numbers, strict=True):
        assert line.partition(" (line")[0] in BEES.splitlines()[number - 1]


def test_pages_and_repeated_sentences() -> None:
    text = "Quarterly revenue grew by ten percent over the year."
    chunks = [Chunk(i, text, Place(page=i + 4)) for i in range(3)]
    assert ExtractiveSummarizer().summarize(chunks, 5) == f"{text} (page 4)"


def test_no_text_is_an_empty_summary() -> None:
    assert ExtractiveSummarizer().summarize([], 3) == ""
    assert ExtractiveSummarizer().summarize([Chunk(0, "| 1 | 2 |\n---", Place())], 3) == ""


def test_sentences_end_at_stops_not_at_abbreviations() -> None:
    text = "Dr. Huber came, e.g. on Monday. He left! 他走了。她也是。"
    assert [sentence for _, sentence in split_sentences(text)] == [
        "Dr. Huber came, e.g. on Monday.", "He left!", "他走了。", "她也是。",
    ]  # fmt: skip


@given(st.text(max_size=300), st.integers(1, 5))
def test_any_text_gives_at_most_the_asked_number_of_sentences(text: str, count: int) -> None:
    summary = ExtractiveSummarizer().summarize([Chunk(0, text, Place())], count)
    assert len(summary.split("\n") if summary else []) <= count


@given(st.text(max_size=200))
def test_sentences_stand_where_they_say(text: str) -> None:
    for offset, sentence in split_sentences(text):
        assert text[offset : offset + len(sentence)] == sentence


def test_a_change_in_words() -> None:
    before = ["budget", "The rent is 900 euros.", "end"]
    after = ["budget", "The rent is 950 euros from March.", "Heating included.", "end"]
    account = change_summary("\n".join(difflib.unified_diff(before, after, lineterm="")))
    assert account.splitlines()[0] == "2 lines added, 1 line removed"
    assert "+ Heating included." in account and "- The rent is 900 euros." in account
    assert change_summary("") == "nothing changed"


def test_key_words_set_groups_apart() -> None:
    bees, trains = ["bees make honey", "honey of bees"], ["trains on rails", "rails rust"]
    assert key_words([bees, trains], 2) == [["bees", "honey"], ["rail", "rust"]]
