"""Chunks tile the text and know their lines; words and globs are taken apart as documented."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsfs.indexer import words
from lsfs.indexer.chunk import LIMIT, chunked, estimate
from lsfs.indexer.extract.dispatch import extract
from lsfs.indexer.filters import folded, glob_pattern

LINES = st.lists(
    st.sampled_from(
        ["", "# Heading", "## Other", "A short line.", "word " * 90, "x" * 900,
         "项目会议记录。" * 60, "One sentence. Another one! A third? " * 20,
         "\tindented = 1"]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(["a.md", "a.txt", "a.py", "a.csv"]))
def test_chunks_tile_the_text(lines: list[str], name: str) -> None:
    text = "\n".join(lines)
    pieces = chunked(extract(io.BytesIO(text.encode()), name).spans, None)
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    assert all(estimate(piece.text) <= LIMIT for piece in pieces)


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(["a.md", "a.txt", "a.py", "a.csv"]))
def test_a_chunk_stands_where_it_says(lines: list[str], name: str) -> None:
    text = "\n".join(lines)
    source = text.split("\n")
    end = 0
    for piece in chunked(extract(io.BytesIO(text.encode()), name).spans, None):
        first, last = piece.place.line_from, piece.place.line_to
        assert first is not None and last is not None and end <= first <= last
        end = last
        cited = "".join("".join(source[first - 1 : last]).split())
        assert "".join(piece.text.split()) in cited


def test_a_heading_stays_with_its_text() -> None:
    text = "# One\n\nShort.\n\n# Two\n\n" + "Long sentence about two. " * 40
    pieces = chunked(extract(io.BytesIO(text.encode()), "a.md").spans, None)
    assert pieces[0].text == "# One\n\nShort." and pieces[1].text.startswith("# Two\n\nLong")


def test_equal_text_under_another_heading_is_other_text() -> None:
    def hash_of(text: str) -> bytes:
        return chunked(extract(io.BytesIO(text.encode()), "a.md").spans, "T")[-1].hash

    long = "w " * 150
    assert hash_of(f"# A\n\n{long}\n\n{long}") != hash_of(f"# B\n\n{long}\n\n{long}")
    assert hash_of(f"# A\n\n{long}\n\n{long}") == hash_of(f"# A\n\nx {long}\n\n{long}")


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("red red wine", '"red" OR "red" OR "wine"'),
        ("what is the budget", '"budget"'),
        ("the of", '"the" OR "of"'),
        ('a "b" OR c*', '"b" OR "c"'),
        ("机器学习", '"机 器" OR "器 学" OR "学 习"'),
        ("runqueue_sim.py", '"runqueue" OR "sim" OR "py"'),
        ("?!", ""),
        ("", ""),
    ],
)
def test_phrases(query: str, expression: str) -> None:
    assert " OR ".join(words.phrases(query)) == expression


def test_name_words() -> None:
    name, folders = words.name_words("Work/2024 Q1/myBudget2024_final.xlsx")
    assert {"my", "Budget", "2024", "final", "xlsx"} <= set(name.split())
    assert set(folders.split()) >= {"Work", "2024", "Q1"}


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("*.md", "a.md", True), ("*.md", "d/a.md", False), ("**/*.md", "a.md", True),
        ("**/*.md", "d/e/a.md", True), ("d/**", "d/e/f", True), ("d/*", "d/e/f", False),
        ("[ab]?.txt", "bx.txt", True), ("[!ab]x", "ax", False), ("[!ab]x", "cx", True),
        ("a[", "a[", True), ("a+b", "a+b", True), ("*.MD", "a.md", False),
    ],
)  # fmt: skip
def test_globs(glob: str, path: str, matches: bool) -> None:
    assert bool(glob_pattern(glob).fullmatch(path)) is matches


def test_folded_text_forgives_what_people_forgive() -> None:
    assert folded("Straße\n  und\tＡ") == folded("STRASSE und a")
