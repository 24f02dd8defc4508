"""What the worker writes of a document: its row, its chunks, its words.

Every function runs inside the caller's transaction. Chunks whose hash is unchanged keep their row
and so their vector; only new text is embedded again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import chunk as chunker
from . import trigrams, words
from .cut import NOTHING, Cut, Passage
from .extract import dispatch
from .extract.extracted import NAMED, Extracted
from .queue import Job
from .rendition import VERSION as RENDITION

FINGERPRINT = f"{dispatch.VERSION}.{chunker.VERSION}.{RENDITION}"
"""Extractor, chunker, rendition: a document made by others is made again. (Words are made again of
what is stored of it, see `upgrade`.)"""

NAMELESS = "excluded"
"""The status of documents that are not found by their names either."""


@dataclass(frozen=True, slots=True)
class Document:
    """The row of a document that decides whether it must be read again."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    fingerprint: str
    title: str | None
    author: str | None
    status: str
    reason: str | None


def document(connection: sqlite3.Connection, entry: int) -> Document | None:
    """The document of an entry, if there is one."""
    row = connection.execute(
        "SELECT path, size, mtime_ns, ctime_ns, fingerprint, title, author, status, reason"
        " FROM documents WHERE entry = ?",
        (entry,),
    ).fetchone()
    return Document(os.fsdecode(row[0]), *row[1:]) if row else None


def save(
    connection: sqlite3.Connection, job: Job, extracted: Extracted, done: Cut = NOTHING,
    described: str = "",
) -> list[int]:  # fmt: skip
    """Store what was read of an entry in place of what was there; `described` is the model that was
    asked about it. Returns ids of removed chunks."""
    known = document(connection, job.entry)
    told = job.path, extracted.title, extracted.author, extracted.status != NAMELESS
    is_named = known is not None and told == (
        known.path, known.title, known.author, known.status != NAMELESS
    )  # fmt: skip
    if not is_named:
        _forget_name(connection, job.entry)
    connection.execute(
        "INSERT OR REPLACE INTO documents(entry, status, reason, type, title, author, created,"
        " language, path, size, mtime_ns, ctime_ns, fingerprint, text_bytes, described)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            job.entry, extracted.status, extracted.reason, extracted.type, extracted.title,
            extracted.author, extracted.created, extracted.language, os.fsencode(job.path),
            job.size, job.mtime_ns, job.ctime_ns, FINGERPRINT, done.text_bytes,
            described,
        ),
    )  # fmt: skip
    if extracted.status != NAMELESS and not is_named:
        add_name(connection, job.entry, os.fsencode(job.path), extracted.title, extracted.author)
    return _save_chunks(connection, job.entry, done.passages)


def name_alone(connection: sqlite3.Connection, entry: int, path: str) -> None:
    """Make an entry that has no document findable by its name, until its text is read."""
    connection.execute(
        "INSERT INTO documents(entry, status, path, size, mtime_ns, ctime_ns, fingerprint)"
        " VALUES (?, ?, ?, -1, 0, 0, ?)",
        (entry, NAMED, os.fsencode(path), FINGERPRINT),
    )
    add_name(connection, entry, os.fsencode(path), None, None)


def rename(connection: sqlite3.Connection, job: Job, known: Document) -> None:
    """Follow a rename or a change of times alone: text and vectors stay."""
    _forget_name(connection, job.entry)
    connection.execute(
        "UPDATE documents SET path = ?, ctime_ns = ? WHERE entry = ?",
        (os.fsencode(job.path), job.ctime_ns, job.entry),
    )
    if known.status != NAMELESS:
        add_name(connection, job.entry, os.fsencode(job.path), known.title, known.author)


def purge(connection: sqlite3.Connection, entry: int) -> list[int]:
    """Forget an entry that is gone. Returns ids of removed chunks."""
    _forget_name(connection, entry)
    removed = _save_chunks(connection, entry, [])
    connection.execute("DELETE FROM documents WHERE entry = ?", (entry,))
    return removed


def _save_chunks(
    connection: sqlite3.Connection, entry: int, passages: Sequence[Passage]
) -> list[int]:
    old: dict[bytes, list[tuple[int, str, str]]] = defaultdict(list)
    for id_, text, place, hash_ in connection.execute(
        "SELECT id, text, place, hash FROM chunks WHERE entry = ? ORDER BY sequence DESC", (entry,)
    ).fetchall():
        old[hash_].append((id_, text, place))
    fresh: list[tuple[int, Passage]] = []
    for sequence, passage in enumerate(passages):
        same = old.get(passage.hash)
        if same and same[-1][1] == passage.text:
            _keep_chunk(connection, same.pop(), sequence, passage)
        else:
            fresh.append((sequence, passage))
    _add_chunks(connection, entry, fresh)
    gone = [row for rows in old.values() for row in rows]
    for id_, text, place in gone:
        _remove_words(connection, id_, text, _heading(place))
    trigrams.remove(connection, ((id_, text) for id_, text, _ in gone))
    ids = [id_ for id_, _, _ in gone]
    connection.executemany("DELETE FROM vectors WHERE chunk = ?", [(id_,) for id_ in ids])
    connection.executemany("DELETE FROM chunks WHERE id = ?", [(id_,) for id_ in ids])
    return ids


def _keep_chunk(
    connection: sqlite3.Connection, kept: tuple[int, str, str], sequence: int, passage: Passage
) -> None:
    id_, text, place = kept
    old = _heading(place)
    if old != passage.heading:
        _remove_words(connection, id_, text, old)
        add_words(connection, [(id_, text, passage.heading)])
    connection.execute(
        "UPDATE chunks SET sequence = ?, place = ? WHERE id = ?", (sequence, passage.place, id_)
    )


def _add_chunks(
    connection: sqlite3.Connection, entry: int, passages: Sequence[tuple[int, Passage]]
) -> None:
    """Ids go on from the highest that was ever given, as AUTOINCREMENT would have it."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
    first = (row[0] if row else 0) + 1
    connection.executemany(
        "INSERT INTO chunks(id, entry, sequence, text, place, hash) VALUES (?,?,?,?,?,?)",
        [
            (id_, entry, sequence, passage.text, passage.place, passage.hash)
            for id_, (sequence, passage) in enumerate(passages, first)
        ],
    )
    add_words(
        connection, [(id_, one.text, one.heading) for id_, (_, one) in enumerate(passages, first)]
    )


def _heading(place: str) -> str:
    return str(json.loads(place).get("heading") or "")


def add_words(
    connection: sqlite3.Connection,
    passages: Iterable[tuple[int, str, str]],
    table: str = "passages",
) -> None:
    """Put the words of chunks (id, text, heading) into the lexical index."""
    connection.executemany(
        f"INSERT INTO {table}(rowid, text, heading) VALUES (?,?,?)",
        ((id_, words.text_words(text), words.text_words(head)) for id_, text, head in passages),
    )


def _remove_words(connection: sqlite3.Connection, id_: int, text: str, heading: str) -> None:
    """Take out exactly what `add_words` put in."""
    connection.execute(
        "INSERT INTO passages(passages, rowid, text, heading) VALUES ('delete',?,?,?)",
        (id_, words.text_words(text), words.text_words(heading)),
    )


def _name_values(path: str, title: str | None, author: str | None) -> tuple[str, str, str, str]:
    return (*words.name_words(path), words.segmented(title or ""), words.segmented(author or ""))


def add_name(
    connection: sqlite3.Connection, entry: int, path: bytes, title: str | None, author: str | None
) -> None:
    """Put the words of a name, title and author into the lexical index."""
    add_names(connection, [(entry, path, title, author)])


def add_names(
    connection: sqlite3.Connection,
    names: Iterable[tuple[int, bytes, str | None, str | None]],
    table: str = "names",
) -> None:
    """The same for many (entry, path, title, author)."""
    connection.executemany(
        f"INSERT INTO {table}(rowid, name, folders, title, author) VALUES (?,?,?,?,?)",
        (
            (entry, *_name_values(os.fsdecode(path), title, author))
            for entry, path, title, author in names
        ),
    )


def _forget_name(connection: sqlite3.Connection, entry: int) -> None:
    known = document(connection, entry)
    if known is not None and known.status != NAMELESS:
        connection.execute(
            "INSERT INTO names(names, rowid, name, folders, title, author)"
            " VALUES ('delete',?,?,?,?,?)",
            (entry, *_name_values(known.path, known.title, known.author)),
        )
