"""Lexical retrieval: FTS5 with BM25 over passages, and over names, titles and authors.

Pure SQLite: this is what still answers when the worker is away.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterator

from . import spelling, trigrams, words
from .evidence import Candidate, Evidence
from .filters import PRESENT, among_condition, folded

K1 = 1.2
LENGTH = 0.5
"""BM25's b: how far a long passage is expected to hold a word more often. FTS5 has .75 built in;
passages are cut to much the same length, so that what is left of it says less. Chosen over four
collections at once (docs/retrieval.md)."""
HEADING_WEIGHT = 0.5
NAME_WEIGHTS = (1.0, 0.4, 1.0, 0.7)
"""Of name, folders, title and author."""
NAME_SHARE = 0.5
"""What a point in the name counts beside one in the text."""
PART_SHARE = 0.5
"""What a part of a longer word counts beside a whole one."""
LEAST_PART = 4
"""Letters: shorter ones are parts of anything."""
NAME_MOST = 0.8
"""What a name that says the whole question is worth of 1; one that is the question is worth all."""


def retrieve(
    connection: sqlite3.Connection, query: str, among: list[int] | None, limit: int
) -> Evidence:
    """The best `limit` passages, and the best `limit` files by their names. A passage's score is
    its own BM25 with a share of that of its file's name."""
    asked = words.phrases(query)
    if not asked:
        return Evidence()
    texts = _Table(connection, "passages")
    rarity = {phrase: texts.rarity(phrase) for phrase in asked}
    unsaid = {phrase for phrase, weight in rarity.items() if weight >= texts.rarest}
    names, by_name = _names(connection, query, asked, unsaid, among, limit)
    said: dict[Candidate, float] = {
        (entry, chunk): score
        for chunk, entry, score in _passages(texts, " OR ".join(asked), among, limit)
    }
    for phrase in unsaid:
        holding = _with_part(texts, phrase.strip('"'), among, limit)
        if holding:
            rarity[phrase] = PART_SHARE * texts.weight(len(holding))
        for candidate in holding:
            said[candidate] = said.get(candidate, 0.0) + rarity[phrase]
    scores = {c: score + NAME_SHARE * by_name.get(c[0], 0.0) for c, score in said.items()}
    best = sorted(scores, key=lambda c: -scores[c])[:limit]
    expected = sum(rarity[phrase] for phrase in asked)
    return Evidence({c: scores[c] for c in best}, names=names, expected=expected)


class _Table:
    """An FTS5 table of the catalog, with what BM25 asks of it."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.connection, self.name = connection, name
        # the rows and the tokens of each column: the record of averages, see "FTS5 Data Structures"
        row = connection.execute(f"SELECT block FROM {name}_data WHERE id = 1").fetchone()
        numbers = _varints(row[0]) if row else []
        self.rows, tokens = (numbers[0], sum(numbers[1:])) if numbers else (0, 0)
        self.mean_length = tokens / self.rows if self.rows else 1.0
        self.rarest = self.weight(0)

    def rarity(self, phrase: str) -> float:
        """BM25's weight of a phrase. One that stands nowhere counts most: what is asked about is
        then not said in these words."""
        counted = f"SELECT count(*) FROM {self.name} WHERE {self.name} MATCH ?"
        return self.weight(self.connection.execute(counted, (phrase,)).fetchone()[0])

    def weight(self, found: int) -> float:
        """BM25's weight of what stands in so many rows."""
        return max(math.log((self.rows - found + 0.5) / (found + 0.5)), 0.0)

    def for_length(self, sizes: bytes) -> float:
        """What makes of FTS5's BM25 of a row one with `LENGTH`: exact for what it says once."""
        length = sum(_varints(sizes)) / self.mean_length
        built_in = 1 + K1 * (1 - 0.75 + 0.75 * length)
        return built_in / (1 + K1 * (1 - LENGTH + LENGTH * length))


def _passages(
    texts: _Table, expression: str, among: list[int] | None, limit: int
) -> Iterator[tuple[int, int, float]]:
    condition, values = among_condition("c.entry", among)
    rows = texts.connection.execute(
        "SELECT c.id, c.entry, -passages.rank, s.sz FROM passages"
        " JOIN chunks c ON c.id = passages.rowid"
        f" JOIN entries e ON e.id = c.entry AND {PRESENT}"
        " JOIN passages_docsize s ON s.id = passages.rowid"
        f" WHERE passages MATCH ? AND rank MATCH 'bm25(1.0, {HEADING_WEIGHT})'{condition}"
        " ORDER BY rank LIMIT ?",
        (expression, *values, limit),
    ).fetchall()
    return ((id_, entry, score * texts.for_length(sizes)) for id_, entry, score, sizes in rows)


def _with_part(texts: _Table, word: str, among: list[int] | None, limit: int) -> list[Candidate]:
    """Passages with a word that stands nowhere by itself, as a part of longer ones."""
    if len(word) < LEAST_PART or not word.isalnum():
        return []
    found = trigrams.passages_with(texts.connection, word, among, limit)
    return [(entry, chunk) for chunk, entry in found]


def _names(  # noqa: PLR0913 - one step of `retrieve`
    connection: sqlite3.Connection, query: str, asked: list[str], unsaid: set[str],
    among: list[int] | None, limit: int,
) -> tuple[dict[int, float], dict[int, float]]:  # fmt: skip
    """(how much of the question each name says, its BM25), of the files whose names say most."""
    table = _Table(connection, "names")
    meant = [_spelled(table, phrase) if phrase in unsaid else phrase for phrase in asked]
    expected = sum(map(table.rarity, meant))
    found = _with_names(connection, " OR ".join(meant), among, limit)
    whole = words.every_phrase(query)
    exact = [] if whole == asked else _with_names(connection, " AND ".join(whole), among, limit)
    said = {
        id_: 1.0 if is_named(query, path) else _worth(score / expected if expected else 1.0)
        for id_, path, score in found
    }
    said.update({id_: 1.0 for id_, path, _ in exact if is_named(query, path)})
    return said, {id_: score for id_, _, score in found}


def _with_names(
    connection: sqlite3.Connection, expression: str, among: list[int] | None, limit: int
) -> list[tuple[int, str, float]]:
    condition, values = among_condition("e.id", among)
    weights = ", ".join(str(weight) for weight in NAME_WEIGHTS)
    rows = connection.execute(
        "SELECT e.id, e.path, -names.rank FROM names"
        f" JOIN entries e ON e.id = names.rowid AND {PRESENT}"
        f" WHERE names MATCH ? AND rank MATCH 'bm25({weights})'{condition}"
        " ORDER BY rank LIMIT ?",
        (expression, *values, limit),
    )
    return [(id_, os.fsdecode(path), score) for id_, path, score in rows]


def _spelled(names: _Table, phrase: str) -> str:
    """A phrase, or the words like it where no name has it: "budgt" is asked for as budget."""
    if names.rarity(phrase) < names.rarest:
        return phrase
    near = [f'"{word}"' for word in spelling.near(names.connection, phrase.strip('"'))]
    return f"({' OR '.join(near)})" if near else phrase


def _worth(share: float) -> float:
    """Steep: a name that says half of the question is worth next to nothing."""
    return NAME_MOST * min(1.0, share) ** 4


def is_named(query: str, path: str) -> bool:
    """Whether a question is the name of a file: whole, without its ending, with folders before it,
    or among other words with its ending."""
    asked, whole = folded(query), folded(path)
    name = whole.rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    if asked in (name, stem, whole) or whole.endswith("/" + asked):
        return True
    return bool(dot and stem) and f" {name} " in f" {asked} "


def _varints(blob: bytes) -> list[int]:
    """SQLite's numbers of variable length, below 2**56."""
    numbers, number = [], 0
    for byte in blob:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    return numbers
