"""Words of names that are spelled almost like one that stands in none, or that hold it.

The words are those of the lexical index of names, so stemmed ones. Pure SQLite and standard
library.
"""

from __future__ import annotations

import difflib
import sqlite3

LEAST_LETTERS = 4
"""Of shorter words everything is near."""
CUTOFF = 0.75
MOST = 5


def near(connection: sqlite3.Connection, word: str) -> list[str]:
    """At most `MOST` words, the nearest first."""
    word = word.lower()
    if len(word) < LEAST_LETTERS or not word.isalnum():
        return []
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.name_words USING fts5vocab(main, names, row)"
    )
    # a spelling is as long, but for a few letters, and shares one of the first two
    alike = connection.execute(
        "SELECT term FROM temp.name_words WHERE length(term) BETWEEN ? AND ?"
        " AND (substr(term, 1, 1) = ? OR substr(term, 2, 1) = ?)",
        (len(word) - 2, len(word) + 2, word[0], word[1]),
    )
    spelled = difflib.get_close_matches(word, (term for (term,) in alike), MOST, CUTOFF)
    holding = connection.execute(
        "SELECT term FROM temp.name_words WHERE instr(term, ?) ORDER BY length(term) LIMIT ?",
        (word, MOST),
    )
    return list(dict.fromkeys([*spelled, *(term for (term,) in holding)]))[:MOST]
