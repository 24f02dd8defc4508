"""The signs of a query to the set of entries that may be found: what must be there, what must not,
and filters. Pure SQLite and standard library.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lsfs.query import Query
from lsfs.selector import Filters

from . import words
from .filters import PRESENT, allowed, among_condition, but_for_case
from .trigrams import containing


def applied(
    connection: sqlite3.Connection, query: Query, given: Filters, notices: list[str]
) -> tuple[list[int] | None, bool]:
    """(ids of the entries that a query with these filters may find, None: all; whether they were
    chosen by what they say).

    A phrase that stands nowhere is told of in `notices`, and counts as its words alone.
    """
    is_said = bool(query.required)
    among: list[int] | None = None
    for wanted in (given, *query.filters):
        found = allowed(connection, wanted)
        remark = but_for_case(connection, wanted) if found == [] else None
        notices += [remark] if remark else []
        among = _both(among, found)
    for word in query.required:
        among = _both(among, _saying(connection, word, among))
    for phrase in query.phrases:
        holding = _holding(connection, phrase, among)
        if holding:
            among, is_said = _both(among, holding), True
        else:
            notices.append(f'nothing holds "{phrase}" as it is: searched for its words')
    unwanted: set[int] = set()
    for word in query.excluded:
        unwanted.update(
            _holding(connection, word, None) if " " in word else _saying(connection, word, None)
        )
    for left_out in query.without:
        unwanted.update(allowed(connection, left_out) or ())
    return (_without(connection, among, unwanted) if unwanted else among), is_said


def _both(first: list[int] | None, second: list[int] | None) -> list[int] | None:
    if first is None or second is None:
        return first if second is None else second
    return sorted(set(first).intersection(second))


def _without(
    connection: sqlite3.Connection, among: list[int] | None, unwanted: Iterable[int]
) -> list[int]:
    if among is None:
        rows = connection.execute(f"SELECT e.id FROM entries e WHERE {PRESENT}")
        among = [id_ for (id_,) in rows]
    return sorted(set(among).difference(unwanted))


def _saying(connection: sqlite3.Connection, text: str, among: list[int] | None) -> list[int]:
    """Entries that have all words of `text`, whatever their endings, in their text, name, title or
    author."""
    found: set[int] | None = None
    condition, values = among_condition("entry", among)
    for word in words.every_phrase(text):
        rows = connection.execute(
            "SELECT entry FROM (SELECT c.entry FROM passages JOIN chunks c ON c.id = passages.rowid"
            " WHERE passages MATCH ?1 UNION SELECT rowid FROM names WHERE names MATCH ?1)"
            f" WHERE true{condition.replace('?', '?2')}",
            (word, *values),
        )
        having = {id_ for (id_,) in rows}
        found = having if found is None else found & having
    return sorted(found or ())


def _holding(connection: sqlite3.Connection, phrase: str, among: list[int] | None) -> list[int]:
    """Entries that hold a phrase as it is. Where none has all its words, words may be parts of
    longer ones."""
    likely = _saying(connection, phrase, among)
    return (likely and containing(connection, phrase, likely)) or containing(
        connection, phrase, among
    )
