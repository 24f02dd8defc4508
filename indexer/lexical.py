"""Lexical retrieval: FTS5 with BM25 over passages, and over names, titles and authors.

Pure SQLite: this is what still answers when the worker is away.
"""

from __future__ import annotations

import math
import sqlite3

from . import words
from .filters import PRESENT, among_condition

HEADING_WEIGHT = 0.5
NAME_WEIGHTS = (1.0, 0.4, 1.0, 0.7)
"""Of name, folders, title and author."""
NAME_SHARE = 0.5
"""What a point in the name counts beside one in the text."""


def retrieve(
    connection: sqlite3.Connection, query: str, among: list[int] | None, limit: int
) -> dict[tuple[int, int | None], float]:
    """(entry, chunk) -> score, the best `limit` of them, unbounded above, all above 0.

    A chunk's score is its own BM25 plus a share of that of its entry's name. The chunk is None for
    an entry that only its name has found.
    """
    expression = words.match_expression(query)
    if expression is None:
        return {}
    by_name = _names(connection, expression, among, limit)
    scores: dict[tuple[int, int | None], float] = {}
    for chunk, entry, score in _passages(connection, expression, among, limit):
        scores[entry, chunk] = score + by_name.get(entry, 0.0)
    with_text = {entry for entry, _ in scores}
    for entry, score in by_name.items():
        if entry not in with_text:
            scores[entry, None] = score
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0][0]))
    return dict(best[:limit])


def expectation(connection: sqlite3.Connection, query: str) -> float:
    """What a passage of mean length that holds every word of the query once would score.

    A word that stands nowhere counts most: what is asked about is then not said in these words.
    """
    (total,) = connection.execute("SELECT count(*) FROM chunks").fetchone()
    expected = 0.0
    for phrase in words.phrases(query):
        (found,) = connection.execute(
            "SELECT count(*) FROM passages WHERE passages MATCH ?", (phrase,)
        ).fetchone()
        expected += max(math.log((total - found + 0.5) / (found + 0.5)), 0.0)
    return expected


def _passages(
    connection: sqlite3.Connection, expression: str, among: list[int] | None, limit: int
) -> list[tuple[int, int, float]]:
    condition, values = among_condition("c.entry", among)
    return connection.execute(
        "SELECT c.id, c.entry, -passages.rank FROM passages JOIN chunks c ON c.id = passages.rowid"
        f" JOIN entries e ON e.id = c.entry AND {PRESENT}"
        f" WHERE passages MATCH ? AND rank MATCH 'bm25(1.0, {HEADING_WEIGHT})'{condition}"
        " ORDER BY rank LIMIT ?",
        (expression, *values, limit),
    ).fetchall()


def _names(
    connection: sqlite3.Connection, expression: str, among: list[int] | None, limit: int
) -> dict[int, float]:
    condition, values = among_condition("e.id", among)
    weights = ", ".join(str(weight) for weight in NAME_WEIGHTS)
    rows = connection.execute(
        f"SELECT e.id, -names.rank FROM names JOIN entries e ON e.id = names.rowid AND {PRESENT}"
        f" WHERE names MATCH ? AND rank MATCH 'bm25({weights})'{condition}"
        " ORDER BY rank LIMIT ?",
        (expression, *values, limit),
    )
    return {entry: NAME_SHARE * score for entry, score in rows}
