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
_MODEL_KEY, _NAME_KEY = "indexer.model", "indexer.model_name"
"""Whose vectors answer, and the setting that names it."""
_TARGET_KEY = "indexer.target"
"""Whose vectors `chunks.embedded` speaks of."""
_OTHERS_KEY = "indexer.others"
"""Not empty while vectors of models that answer no more may be left."""
_ROWS = 10_000


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


def adopt_model(
    connection: sqlite3.Connection, fingerprint: str, name: str
) -> tuple[str, str] | None:
    """Have all chunks embedded by this model. The (fingerprint, name) of another one whose vectors
    answer until that is done; None when it answers itself."""
    answering, named = meta(connection, _MODEL_KEY), meta(connection, _NAME_KEY)
    if meta(connection, _TARGET_KEY) != fingerprint:
        _forget_vectors(connection, (answering or "", fingerprint))
        with writing(connection):
            connection.execute(
                "UPDATE chunks SET embedded ="
                " EXISTS (SELECT 1 FROM vectors v WHERE v.chunk = chunks.id AND v.model = ?)",
                (fingerprint,),
            )
            set_meta(connection, _TARGET_KEY, fingerprint)
    if (answering, named) == (fingerprint, name) and not meta(connection, _OTHERS_KEY):
        return None
    if answering is None or named is None or answering == fingerprint:
        switch_model(connection, fingerprint, name)
        return None
    return answering, named


def expected_model(connection: sqlite3.Connection) -> tuple[str, int] | None:
    """Fingerprint and dimension of the model that was configured last, if it made any vector."""
    fingerprint = meta(connection, _TARGET_KEY)
    row = connection.execute(
        "SELECT model, length(vector) / 2 FROM vectors LIMIT 1",
    ).fetchone()
    return (row[0], row[1]) if row and row[0] == fingerprint else None


def switch_model(connection: sqlite3.Connection, fingerprint: str, name: str) -> None:
    """This model answers from now on; the vectors of any other are forgotten."""
    with writing(connection):
        set_meta(connection, _MODEL_KEY, fingerprint)
        set_meta(connection, _NAME_KEY, name)
        set_meta(connection, _OTHERS_KEY, "left")
    _forget_vectors(connection, (fingerprint,))
    with writing(connection):
        set_meta(connection, _OTHERS_KEY, "")


def _forget_vectors(connection: sqlite3.Connection, but: tuple[str, ...]) -> None:
    """Of all other models, some at a time: others write as well."""
    kept = ", ".join("?" * len(but))
    count = 1
    while count:
        with writing(connection):
            count = connection.execute(
                "DELETE FROM vectors WHERE rowid IN"
                f" (SELECT rowid FROM vectors WHERE model NOT IN ({kept}) LIMIT {_ROWS})", but,
            ).rowcount  # fmt: skip


def _rebuild_words(connection: sqlite3.Connection) -> None:
    """The contentless tables are emptied as a whole and filled from what the catalog holds."""
    with writing(connection):
        connection.execute("INSERT INTO passages(passages) VALUES ('delete-all')")
        connection.execute("INSERT INTO names(names) VALUES ('delete-all')")
        rows = connection.execute("SELECT id, text, place FROM chunks")
        add_words(
            connection,
            ((id_, text, json.loads(place).get("heading") or "") for id_, text, place in rows),
        )
        for entry, path, title, author in connection.execute(
            "SELECT entry, path, title, author FROM documents WHERE status <> ?", (NAMELESS,)
        ):
            add_name(connection, entry, path, title, author)
        set_meta(connection, _WORDS_KEY, words.VERSION)
