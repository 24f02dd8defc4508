"""Brings an index made by other code, or for another model, up to this one.

Only marks what is to be made again; the draining thread makes it, while what is there goes on
answering. Vectors of two models never stand side by side. What concerns the whole catalog is done
some rows at a time: others write as well, and whoever is stopped goes on from there.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import words
from .connection import meta, set_meta, writing
from .evidence import MIN_COSINE
from .extract import ocr
from .store import FINGERPRINT, NAMELESS, add_names, add_words

_WORDS_KEY = "indexer.words"
"""The version of the words that answer; while others are made, JSON: the version of those, the last
entry whose name and the last chunk that have theirs."""
_NEXT = "_next"
"""What the tables of the words in the making are called behind their names."""
_OCR_KEY = "indexer.ocr"
"""Whether text in pictures is recognised."""
_MODEL_KEY, _NAME_KEY = "indexer.model", "indexer.model_name"
"""Whose vectors answer, and the setting that names it."""
_UNLIKE_KEY = "indexer.model_unlike"
"""Below which cosine two texts have nothing to do with each other, to that model."""
_TARGET_KEY = "indexer.target"
"""Whose vectors `chunks.embedded` speaks of."""
_OTHERS_KEY = "indexer.others"
"""Not empty while vectors of models that answer no more may be left."""
_ROWS, _WORDS_ROWS = 10_000, 2_000
"""So many rows are changed in one transaction; those with words take longer."""
_GIVE_WAY_S = 0.005
"""So long is waited after each: who wants to write looks every two milliseconds whether he may."""


def adopt_code(connection: sqlite3.Connection) -> bool:
    """Make some of the words anew if another version made them; once all are made, queue every
    document that another extractor or chunker made. Whether there is more to do: nothing else may
    write words before there is not."""
    if meta(connection, _WORDS_KEY) != words.VERSION:
        _make_words(connection)
        return True
    with writing(connection):
        connection.execute(
            "INSERT INTO queue(entry, at_ns) SELECT d.entry, ? FROM documents d"
            " WHERE d.fingerprint <> ? AND d.entry NOT IN (SELECT entry FROM queue)",
            (time.time_ns(), FINGERPRINT),
        )
    return False


def adopt_recognition(connection: sqlite3.Connection) -> bool:
    """Where the extra `ocr` is there and was not before, mark what was read without it: pictures,
    and scans. For `adopt_code` to queue."""
    now = "yes" if ocr.is_installed() else "no"
    if meta(connection, _OCR_KEY) == now:
        return False
    with writing(connection):
        if now == "yes":
            connection.execute(
                "UPDATE documents SET fingerprint = '' WHERE instr(reason, 'lsfs[ocr]')"
                " OR ? = 'no' AND type = 'image' AND status = 'ok'",
                (meta(connection, _OCR_KEY),),
            )
        set_meta(connection, _OCR_KEY, now)
    return False


def adopt_model(
    connection: sqlite3.Connection, fingerprint: str, name: str
) -> tuple[str, str] | None:
    """Have all chunks embedded by this model. The (fingerprint, name) of another one whose vectors
    answer until that is done; None when it answers itself."""
    answering, named = meta(connection, _MODEL_KEY), meta(connection, _NAME_KEY)
    if meta(connection, _TARGET_KEY) != fingerprint:
        _forget_vectors(connection, (answering or "", fingerprint))
        _mark_embedded(connection, fingerprint)
    if (answering, named) == (fingerprint, name) and not meta(connection, _OTHERS_KEY):
        return None
    if answering is None or named is None or answering == fingerprint:
        switch_model(connection, fingerprint, name)
        return None
    return answering, named


def answering_model(connection: sqlite3.Connection) -> tuple[str, str]:
    """Fingerprint of the model whose vectors answer, and the setting that names it; "" where none
    does yet."""
    return meta(connection, _MODEL_KEY) or "", meta(connection, _NAME_KEY) or ""


def answering_unlike(connection: sqlite3.Connection) -> float:
    """The cosine below which texts are unlike, to the model that answers."""
    told = meta(connection, _UNLIKE_KEY)
    return MIN_COSINE if told is None else float(told)


def keep_unlike(connection: sqlite3.Connection, unlike: float) -> None:
    """Have the catalog know it, for processes that do not load the model."""
    if answering_unlike(connection) != unlike:
        with writing(connection):
            set_meta(connection, _UNLIKE_KEY, repr(unlike))


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


@contextmanager
def _giving_way(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction of many."""
    with writing(connection):
        yield
    time.sleep(_GIVE_WAY_S)


def _forget_vectors(connection: sqlite3.Connection, but: tuple[str, ...]) -> None:
    """Of all other models, some at a time: others write as well."""
    kept = ", ".join("?" * len(but))
    count = 1
    while count:
        with _giving_way(connection):
            count = connection.execute(
                "DELETE FROM vectors WHERE rowid IN"
                f" (SELECT rowid FROM vectors WHERE model NOT IN ({kept}) LIMIT {_ROWS})", but,
            ).rowcount  # fmt: skip


def _mark_embedded(connection: sqlite3.Connection, fingerprint: str) -> None:
    """Have `chunks.embedded` speak of this model's vectors; of no one's until all do."""
    with writing(connection):
        set_meta(connection, _TARGET_KEY, "")
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM chunks").fetchone()
    for after in range(0, last, _ROWS):
        with _giving_way(connection):
            connection.execute(
                "UPDATE chunks SET embedded = NOT embedded WHERE id > ? AND id <= ? AND embedded <>"
                " EXISTS (SELECT 1 FROM vectors v WHERE v.chunk = chunks.id AND v.model = ?)",
                (after, after + _ROWS, fingerprint),
            )
    with writing(connection):
        set_meta(connection, _TARGET_KEY, fingerprint)


def _make_words(connection: sqlite3.Connection) -> None:
    """The next rows of both tables, from what the catalog holds, beside the tables that answer;
    after the last of them they take their place."""
    with _giving_way(connection):
        entry, chunk = _place(connection) or _begin_words(connection)
        names = connection.execute(
            "SELECT entry, path, title, author FROM documents WHERE entry > ? AND status <> ?"
            " ORDER BY entry LIMIT ?", (entry, NAMELESS, _WORDS_ROWS),
        ).fetchall()  # fmt: skip
        passages = connection.execute(
            "SELECT id, text, place FROM chunks WHERE id > ? ORDER BY id LIMIT ?",
            (chunk, _WORDS_ROWS),
        ).fetchall()
        if not names and not passages:
            _exchange_words(connection)
            return
        add_names(connection, names, f"names{_NEXT}")
        add_words(
            connection,
            ((id_, text, json.loads(where).get("heading") or "") for id_, text, where in passages),
            f"passages{_NEXT}",
        )
        entry = names[-1][0] if names else entry
        chunk = passages[-1][0] if passages else chunk
        set_meta(connection, _WORDS_KEY, json.dumps([words.VERSION, entry, chunk]))


def _place(connection: sqlite3.Connection) -> tuple[int, int] | None:
    """The last entry and chunk that have words of this version in the tables in the making."""
    told = meta(connection, _WORDS_KEY) or ""
    version, entry, chunk = json.loads(told) if told.startswith("[") else (None, 0, 0)
    return (entry, chunk) if version == words.VERSION else None


def _begin_words(connection: sqlite3.Connection) -> tuple[int, int]:
    for table in ("names", "passages"):
        connection.execute(f"DROP TABLE IF EXISTS {table}{_NEXT}")  # another version's
        (told,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
        like = told[told.index("USING") :]
        connection.execute(f"CREATE VIRTUAL TABLE {table}{_NEXT} {like}")
    return 0, 0


def _exchange_words(connection: sqlite3.Connection) -> None:
    for table in ("names", "passages"):
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"ALTER TABLE {table}{_NEXT} RENAME TO {table}")
    set_meta(connection, _WORDS_KEY, words.VERSION)
