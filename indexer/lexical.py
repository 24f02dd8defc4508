"""Lexical retrieval: FTS5 with BM25 over passages, and over names, titles and authors.

Pure SQLite: this is what still answers when the worker is away.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from . import spelling, trigrams, words
from .evidence import Candidate, Evidence
from .filters import PRESENT, among_condition, folded

K1 = 1.2
LENGTH = 0.5
"""BM25's b: how far a long passage is expected to hold a word more often. FTS5 has .75 built in;
passages are cut to much the same length, so that what is left of it says less. Chosen over four
collections at once (docs/retrieval.md)."""
HEADING_WEIGHT = 0.5
RANKED = 10_000
"""Where more passages hold a word of the question, those that hold only its commonest words are not
ranked, if the rarer ones are in enough others."""
NAME_WEIGHTS = (1.0, 0.4, 1.0, 0.7)
"""Of name, folders, title and author."""
NAME_SHARE = 0.5
"""What a point in the name counts beside one in the text."""
PART_SHARE = 0.5
"""What a part of a longer word counts beside a whole one."""
PARTS_COUNTED = 100
"""Passages with such a part, of more it is not told how many."""
LEAST_PART = 4
"""Letters: shorter ones are parts of anything."""
LEAST_DIGITS = 3
NAME_MOST = 0.8
"""What a name that says the whole question is worth of 1; one that is the question is worth all."""

_RANK = f"rank MATCH 'bm25(1.0, {HEADING_WEIGHT})'"
_PRESENT_PASSAGES = (
    "JOIN chunks c ON c.id = passages.rowid"
    f" JOIN entries e ON e.id = c.entry AND {PRESENT}"
    " JOIN passages_docsize s ON s.id = passages.rowid"
)


def retrieve(
    connection: sqlite3.Connection, query: str, among: list[int] | None, limit: int
) -> Evidence:
    """The best `limit` passages, and the best `limit` files by their names. A passage's score is
    its own BM25 with a share of that of its file's name."""
    asked = words.phrases(query)
    if not asked:
        return Evidence()
    texts = _Table(connection, "passages")
    counts = {phrase: texts.count(phrase) for phrase in asked}
    rarity = {phrase: texts.weight(count) for phrase, count in counts.items()}
    unsaid = {phrase for phrase, count in counts.items() if not count}
    names, by_name = _names(connection, query, asked, unsaid, among, limit)
    said: dict[Candidate, float] = {
        (entry, chunk): score
        for chunk, entry, score in _passages(texts, asked, counts, among, limit)
    }
    weights = {phrase: texts.smoothed_weight(count) for phrase, count in counts.items()}
    held = {phrase: len(_with_part(texts, phrase, None, PARTS_COUNTED)) for phrase in unsaid}
    holding = _holding(texts, [phrase for phrase in unsaid if held[phrase]], said, among, limit)
    for phrase, candidates in holding.items():
        rarity[phrase] = PART_SHARE * texts.weight(held[phrase])  # filters or not
        weights[phrase] = texts.smoothed_weight(held[phrase])
        for candidate in candidates:
            said[candidate] = said.get(candidate, 0.0) + rarity[phrase]
    parts = {
        phrase: {chunk for _, chunk in candidates if chunk is not None}
        for phrase, candidates in holding.items()
    }
    scores = {c: score + NAME_SHARE * by_name.get(c[0], 0.0) for c, score in said.items()}
    best = sorted(scores, key=lambda c: -scores[c])[:limit]
    expected = sum(rarity[phrase] for phrase in asked)
    return Evidence(
        {c: scores[c] for c in best}, {}, names, expected, weights, parts,
        lacks_number=any(_is_number(one) and not held[one] and _is_new(connection, one)
                         for one in unsaid),
    )  # fmt: skip


def _is_number(phrase: str) -> bool:
    """A year, a part of an identifier: what is meant exactly or not at all."""
    return sum(map(str.isdigit, phrase)) >= LEAST_DIGITS


def _is_new(connection: sqlite3.Connection, phrase: str) -> bool:
    return not _Table(connection, "names").count(phrase)


def shares_said(
    connection: sqlite3.Connection, evidence: Evidence, files: Mapping[int, Sequence[int]]
) -> dict[int, float]:
    """Chunk -> 0..1: the share of the question, by the weights of its phrases, that it says with
    the name, title and author of its file; of the chunks of `files` (entry -> chunks)."""
    entry_of = {chunk: entry for entry, chunks in files.items() for chunk in chunks}
    shares = dict.fromkeys(entry_of, 0.0)
    whole = sum(evidence.weights.values()) or 1.0
    for phrase, weight in evidence.weights.items():
        saying = _having(connection, "passages", phrase, entry_of)
        saying |= evidence.parts.get(phrase, set())
        named = _having(connection, "names", phrase, files)
        for chunk, entry in entry_of.items():
            if chunk in saying or entry in named:
                shares[chunk] += weight
    return {chunk: share / whole for chunk, share in shares.items()}


def _having(
    connection: sqlite3.Connection, table: str, phrase: str, ids: Iterable[int]
) -> set[int]:
    """Those of the rows `ids` of an FTS5 table that have a phrase."""
    condition, values = among_condition("rowid", list(ids))
    found = f"SELECT rowid FROM {table} WHERE {table} MATCH ?{condition}"
    return {id_ for (id_,) in connection.execute(found, (phrase, *values))}


class _Table:
    """An FTS5 table of the catalog, with what BM25 asks of it."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.connection, self.name = connection, name
        # the rows and the tokens of each column: the record of averages, see "FTS5 Data Structures"
        row = connection.execute(f"SELECT block FROM {name}_data WHERE id = 1").fetchone()
        numbers = _varints(row[0]) if row else []
        self.rows, tokens = (numbers[0], sum(numbers[1:])) if numbers else (0, 0)
        self.mean_length = tokens / self.rows if self.rows else 1.0

    def count(self, phrase: str) -> int:
        """The rows that hold it; rows that came since this was made make no more than all."""
        counted = f"SELECT count(*) FROM {self.name} WHERE {self.name} MATCH ?"
        return min(int(self.connection.execute(counted, (phrase,)).fetchone()[0]), self.rows)

    def weight(self, found: int) -> float:
        """BM25's weight of what stands in so many rows. What stands in none counts most: what is
        asked about is then not said in these words."""
        return max(math.log((self.rows - found + 0.5) / (found + 0.5)), 0.0)

    def smoothed_weight(self, found: int) -> float:
        """The same, above 0 also for what most rows hold, as Lucene's BM25 weighs."""
        return math.log1p((self.rows - found + 0.5) / (found + 0.5))

    def for_length(self, sizes: bytes) -> float:
        """What makes of FTS5's BM25 of a row one with `LENGTH`: exact for what it says once."""
        length = sum(_varints(sizes)) / self.mean_length
        built_in = 1 + K1 * (1 - 0.75 + 0.75 * length)
        return built_in / (1 + K1 * (1 - LENGTH + LENGTH * length))


def _passages(
    texts: _Table, asked: list[str], counts: Mapping[str, int], among: list[int] | None, limit: int
) -> list[tuple[int, int, float]]:
    """(chunk, entry, BM25) of the best."""
    rare = _rare(asked, counts)
    found = _of_rare(texts, rare, asked, among, limit) if len(rare) < len(asked) else []
    return found if len(found) == limit else _of_any(texts, asked, among, limit)


def _rare(asked: list[str], counts: Mapping[str, int]) -> list[str]:
    """The rarest of the phrases, as many as are held by no more than RANKED passages."""
    rare, held = set[str](), 0
    for phrase, count in sorted(counts.items(), key=lambda one: one[1]):
        held += count
        if held > RANKED:
            break
        rare.add(phrase)
    return [phrase for phrase in asked if phrase in rare]


def _of_any(
    texts: _Table, asked: list[str], among: list[int] | None, limit: int
) -> list[tuple[int, int, float]]:
    condition, values = among_condition("c.entry", among)
    rows = texts.connection.execute(
        f"SELECT c.id, c.entry, -passages.rank, s.sz FROM passages {_PRESENT_PASSAGES}"
        f" WHERE passages MATCH ? AND {_RANK}{condition} ORDER BY rank LIMIT ?",
        (" OR ".join(asked), *values, limit),
    ).fetchall()
    return [(id_, entry, score * texts.for_length(sizes)) for id_, entry, score, sizes in rows]


def _of_rare(
    texts: _Table, rare: list[str], asked: list[str], among: list[int] | None, limit: int
) -> list[tuple[int, int, float]]:
    """The same of passages with a rare phrase. FTS5 scores whatever stands in an expression, so
    asked for "rare AND all" it counts the rare ones twice: once too often, which is taken off."""
    if not rare:
        return []
    scored = f"SELECT rowid, -rank FROM passages WHERE passages MATCH ? AND {_RANK}"
    of_rare, of_all = " OR ".join(rare), " OR ".join(asked)
    too_much = dict(texts.connection.execute(scored, (of_rare,)))
    scores = {
        id_: score - too_much.get(id_, 0.0)
        for id_, score in texts.connection.execute(scored, (f"({of_rare}) AND ({of_all})",))
    }
    order = sorted(scores, key=lambda id_: -scores[id_])
    condition, values = among_condition("c.entry", among)
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(order), 4 * limit):
        page = order[start : start + 4 * limit]
        rows = texts.connection.execute(
            f"SELECT c.id, c.entry, s.sz FROM json_each(?) p JOIN passages_docsize s ON s.id ="
            f" p.value JOIN chunks c ON c.id = s.id JOIN entries e ON e.id = c.entry AND {PRESENT}"
            f" WHERE true{condition} ORDER BY p.key",
            (json.dumps(page), *values),
        )
        found += [(id_, entry, scores[id_] * texts.for_length(sz)) for id_, entry, sz in rows]
        if len(found) >= limit:
            break
    return found[:limit]


def _holding(
    texts: _Table, phrases: list[str], said: Iterable[Candidate], among: list[int] | None,
    limit: int,
) -> dict[str, list[Candidate]]:  # fmt: skip
    """The passages with each phrase as a part of longer words: some `limit` of them, and all in the
    files of those and of `said`, so that what says the others too is not missed."""
    some = {phrase: _with_part(texts, phrase, among, limit) for phrase in phrases}
    entries = sorted({entry for entry, _ in chain(said, *some.values())})
    return {phrase: _with_part(texts, phrase, entries, RANKED) for phrase in phrases}


def _with_part(texts: _Table, phrase: str, among: list[int] | None, limit: int) -> list[Candidate]:
    """Passages with a word that stands nowhere by itself, as a part of longer ones."""
    word = phrase.strip('"')
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
    expected = sum(table.weight(table.count(phrase)) for phrase in meant)
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
    if names.count(phrase):
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
