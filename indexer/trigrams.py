"""Exact strings: a table of trigrams over the folded text of passages, and what is asked of it.

It says which files may hold a text, parts of words included; the text itself is then looked at. The
table follows behind (`extend`): passages have ids that only grow, and those above the last that is
in it are looked at without. Pure SQLite and standard library.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator

from lsfs import paths

from . import words
from .connection import meta, set_meta, writing
from .filters import PRESENT, among_condition, folded

VERSION = "3"
"""Of what `_spelled` makes of a text: the table is made anew when it is another."""
_KEY = "indexer.trigrams"
"""JSON: the version, and the last chunk that is in the table."""
ROWS = 500
"""Passages that one transaction takes in."""
LETTERS = 3
MOST_WORDS, MOST_TRIGRAMS = 4, 16
"""Of a text so many words are asked for, the longest, and of each so many trigrams."""


def extend(connection: sqlite3.Connection) -> bool:
    """Take in the next passages. Whether there were any."""
    newest = connection.execute("SELECT max(id) FROM chunks").fetchone()[0]
    if newest is None or newest <= (_last(connection) or 0):
        return False
    with writing(connection):
        last = _last(connection)
        if last is None:
            connection.execute("INSERT INTO trigrams(trigrams) VALUES ('delete-all')")
        rows = connection.execute(
            "SELECT id, text FROM chunks WHERE id > ? ORDER BY id LIMIT ?", (last or 0, ROWS)
        ).fetchall()
        if rows:
            connection.executemany(
                "INSERT INTO trigrams(rowid, text) VALUES (?,?)",
                ((id_, _spelled(text)) for id_, text in rows),
            )
            set_meta(connection, _KEY, json.dumps([VERSION, rows[-1][0]]))
    return bool(rows)


def remove(connection: sqlite3.Connection, passages: Iterable[tuple[int, str]]) -> None:
    """Take out (id, text) of chunks that go, within their transaction."""
    last = _last(connection) or 0
    connection.executemany(
        "INSERT INTO trigrams(trigrams, rowid, text) VALUES ('delete',?,?)",
        ((id_, _spelled(text)) for id_, text in passages if id_ <= last),
    )


def containing(connection: sqlite3.Connection, text: str, among: list[int] | None) -> list[int]:
    """Entries whose text (across chunks) or name holds `text`, as `folded` compares them."""
    needle = folded(text)
    if not needle:
        return [] if among is None else list(among)
    if not _is_text(needle):
        return sorted(_with_name(connection, needle, among))
    found = _with_name(connection, needle, among)
    entry, tail = -1, ""
    for row_entry, chunk_text in _texts(connection, _likely(connection, needle, among)):
        if row_entry != entry:
            entry, tail = row_entry, ""
        if entry in found:
            continue
        held = f"{tail} {folded(chunk_text)}".strip()
        if needle in held:
            found.add(entry)
        tail = held[-len(needle) :]
    return sorted(found)


def passages_with(
    connection: sqlite3.Connection, word: str, among: list[int] | None, limit: int
) -> list[tuple[int, int]]:
    """(chunk, entry) of at most `limit` passages in the table that hold a word, also as a part of
    a longer one."""
    needle, condition, values = _spelled(word), *among_condition("c.entry", among)
    if len(needle) < LETTERS or not _is_text(needle) or _last(connection) is None:
        return []
    rows = connection.execute(
        "SELECT c.id, c.entry, c.text FROM trigrams JOIN chunks c ON c.id = trigrams.rowid"
        f" JOIN entries e ON e.id = c.entry AND {PRESENT} WHERE trigrams MATCH ?{condition}",
        (_expression(needle), *values),
    )
    holding = ((id_, entry) for id_, entry, text in rows if needle in _spelled(text))
    return [row for row, _ in zip(holding, range(limit), strict=False)]


def _likely(
    connection: sqlite3.Connection, needle: str, among: list[int] | None
) -> list[int] | None:
    """The entries that have all words of a text; None: any may, the words are too short."""
    asked = sorted((word for word in _spelled(needle).split() if len(word) >= LETTERS), key=len)
    last = _last(connection)
    if not asked or last is None:
        return among
    later = connection.execute("SELECT DISTINCT entry FROM chunks WHERE id > ?", (last,))
    likely: set[int] | None = None
    for word in asked[-MOST_WORDS:]:
        rows = connection.execute(
            "SELECT DISTINCT c.entry FROM trigrams JOIN chunks c ON c.id = trigrams.rowid"
            " WHERE trigrams MATCH ?",
            (_expression(word),),
        )
        having = {entry for (entry,) in rows}
        likely = having if likely is None else likely & having
    likely = (likely or set()) | {entry for (entry,) in later}
    return sorted(likely if among is None else likely.intersection(among))


def _spelled(text: str) -> str:
    """As the words of the index are spelled, but that a part of a word is spelled as within it."""
    return folded(words.letters_of(text))


def _is_text(needle: str) -> bool:
    """Whether a text may hold it: bytes that are no characters stand in names alone."""
    return not any("\ud800" <= character <= "\udfff" for character in needle)


def _expression(word: str) -> str:
    """Its trigrams, spread over the whole of it where they are many."""
    trigrams = [word[at : at + LETTERS] for at in range(len(word) - LETTERS + 1)]
    step = -(-len(trigrams) // MOST_TRIGRAMS)
    quoted = (trigram.replace('"', '""') for trigram in [*trigrams[::step], trigrams[-1]])
    return " AND ".join(f'"{trigram}"' for trigram in dict.fromkeys(quoted))


def _texts(connection: sqlite3.Connection, among: list[int] | None) -> Iterator[tuple[int, str]]:
    condition, values = among_condition("c.entry", among)
    return connection.execute(
        "SELECT c.entry, c.text FROM chunks c JOIN entries e ON e.id = c.entry"
        f" WHERE {PRESENT}{condition} ORDER BY c.entry, c.sequence",
        values,
    )


def _with_name(connection: sqlite3.Connection, needle: str, among: list[int] | None) -> set[int]:
    condition, values = among_condition("e.id", among)
    rows = connection.execute(
        f"SELECT e.id, e.path FROM entries e WHERE {PRESENT}{condition}", values
    )
    return {id_ for id_, path in rows if needle in folded(paths.name(os.fsdecode(path)))}


def _last(connection: sqlite3.Connection) -> int | None:
    """The last chunk in the table; None: it holds nothing of this version."""
    version, last = json.loads(meta(connection, _KEY) or "[null, 0]")
    return last if version == VERSION else None
