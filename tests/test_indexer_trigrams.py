"""Exact strings and parts of words, through a table that follows behind."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from indexing import Indexed

from lsfs.indexer import trigrams
from lsfs.indexer.connection import Connections, meta, set_meta, writing
from lsfs.indexer.filters import folded

WORDS = (
    "budget Budgét 2024.1 größe GROSSE a an 'quoted' \"both\" 预算 会议记录 x=1; 100% kernel "
    "हिन्दी सम्बन्ध كِتَابٌ مدرسة"
).split()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Indexed]:
    """Files of many passages, whose words come again in other orders, at other line ends."""
    chance = random.Random(6)
    with Indexed(tmp_path) as indexed:
        for number in range(12):
            said = [chance.choice(WORDS) for _ in range(chance.choice([3, 40, 700]))]
            text = "".join(word + chance.choice([" ", " ", "\n", "\n\n"]) for word in said)
            indexed.write(f"file{number}.txt", text)
        indexed.settle()
        yield indexed


def opened(home: Indexed) -> sqlite3.Connection:
    return Connections(home.config.catalog_file).get()


def truly_containing(home: Indexed, text: str) -> list[str]:
    return sorted(
        file.name
        for file in home.root.glob("*.txt")
        if folded(text) in folded(file.read_text()) or folded(text) in file.name
    )


def some_texts(home: Indexed) -> Iterator[str]:
    """Pieces of what the files say, of any length, and some that none says."""
    chance = random.Random(7)
    for file in sorted(home.root.glob("*.txt")):
        text = file.read_text()
        for length in (1, 2, 3, 4, 9, 30, 400):
            at = chance.randrange(max(1, len(text) - length))
            yield text[at : at + length].strip() or "kernel"
    yield from (
        "budget budget",
        "budgetbudget",
        "99%",
        "zz",
        "会议记",
        "no such thing as this",
        "हिन्",
        "सम्बन्",
        "كِتَ",
        "ndabc\udcff",
        "abc\udcff",
    )


def found(home: Indexed, connection: sqlite3.Connection, text: str) -> list[str]:
    ids = trigrams.containing(connection, text, None)
    names = connection.execute("SELECT id, path FROM entries").fetchall()
    return sorted(dict(names)[id_].decode() for id_ in ids)


def test_what_is_found_is_what_is_there(home: Indexed) -> None:
    connection = opened(home)
    for text in some_texts(home):
        assert found(home, connection, text) == truly_containing(home, text), text


def test_so_it_is_while_the_table_is_behind(home: Indexed) -> None:
    connection = opened(home)
    (middle,) = connection.execute("SELECT max(id) / 2 FROM chunks").fetchone()
    rows = connection.execute("SELECT id, text FROM chunks WHERE id > ?", (middle,)).fetchall()
    with writing(connection):
        trigrams.remove(connection, rows)
        set_meta(connection, "indexer.trigrams", f'["{trigrams.VERSION}", {middle}]')
    for text in some_texts(home):
        assert found(home, connection, text) == truly_containing(home, text), text


def test_the_table_is_made_anew_when_it_is_of_another_version(home: Indexed) -> None:
    connection = opened(home)
    with writing(connection):
        set_meta(connection, "indexer.trigrams", '["0", 5]')
    while trigrams.extend(connection):
        assert meta(connection, "indexer.trigrams") != '["0", 5]'
    for text in some_texts(home):
        assert found(home, connection, text) == truly_containing(home, text), text


def test_what_goes_leaves_the_table(home: Indexed) -> None:
    for number in range(12):
        home.write(f"file{number}.txt", f"nothing of that any more, {number}")
    home.settle()
    connection = opened(home)
    assert trigrams.passages_with(connection, "budget", None, 5) == []
    stale = connection.execute("SELECT count(*) FROM trigrams WHERE trigrams MATCH 'bud'")
    assert stale.fetchone() == (0,)
    assert len(trigrams.passages_with(connection, "othin", None, 100)) == 12


@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
@pytest.mark.parametrize(
    "query", ["LoadConfigFrom", "configfromfile", "load config", "onfigFromF", "an onfigFromF call"]
)
def test_identifiers_are_found_by_their_parts(tmp_path: Path, query: str, mode: str) -> None:
    with Indexed(tmp_path) as home:
        home.write("settings.js", "function loadConfigFromFile(path) { return path; }\n")
        for number in range(8):
            home.write(f"other{number}.js", f"function drawCall{number}(file) {{ return file; }}\n")
        home.settle()
        assert home.found(query, mode=mode)[0] == "settings.js"
