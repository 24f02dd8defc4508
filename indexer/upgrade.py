"""Brings an index made by other code, or for another model, up to this one.

Only marks what is to be made again; the draining thread makes it, while what is there goes on
answering. Vectors of two models never stand side by side.
"""

from __future__ import annotations

import json
import sqlite3
import time

from . import words
from .connection import meta, set_meta, writing
from .store import FINGERPRINT, NAMELESS, add_name, add_words

_WORDS_KEY = "indexer.words"
_MODEL_KEY = "indexer.model"


def adopt_code(connection: sqlite3.Connection) -> int:
    """Queue every document that another extractor or chunker made; rebuild the words if another
    version made them. Returns how many documents were queued."""
    if meta(connection, _WORDS_KEY) != words.VERSION:
        _rebuild_words(connection)
    with writing(connection):
        cursor = connection.execute(
            "INSERT INTO queue(entry, at_ns) SELECT d.entry, ? FROM documents d"
            " WHERE d.fingerprint <> ? AND d.entry NOT IN (SELECT entry FROM queue)",
            (time.time_ns(), FINGERPRINT),
        )
    return cursor.rowcount


def adopt_model(connection: sqlite3.Connection, fingerprint: str) -> bool:
    """Forget the vectors of any other model, to be made again; whether there was another."""
    if meta(connection, _MODEL_KEY) == fingerprint:
        return False
    with writing(connection):
        connection.execute("DELETE FROM vectors WHERE model <> ?", (fingerprint,))
        connection.execute(
            "UPDATE chunks SET embedded = 0 WHERE id NOT IN (SELECT chunk FROM vectors)"
        )
        set_meta(connection, _MODEL_KEY, fingerprint)
    return True


def _rebuild_words(connection: sqlite3.Connection) -> None:
    """The contentless tables are emptied as a whole and filled from what the catalog holds."""
    with writing(connection):
        connection.execute("INSERT INTO passages(passages) VALUES ('delete-all')")
        connection.execute("INSERT INTO names(names) VALUES ('delete-all')")
        for id_, text, place in connection.execute("SELECT id, text, place FROM chunks"):
            add_words(connection, id_, text, json.loads(place).get("heading") or "")
        for entry, path, title, author in connection.execute(
            "SELECT entry, path, title, author FROM documents WHERE status <> ?", (NAMELESS,)
        ):
            add_name(connection, entry, path, title, author)
        set_meta(connection, _WORDS_KEY, words.VERSION)
