"""What the worker writes of a document: its row, its chunks, its words.

Every function runs inside the caller's transaction. Chunks whose hash is unchanged keep their row
and so their vector; only new text is embedded again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from . import chunk as chunker
from . import words
from .extract import dispatch
from .extract.extracted import Extracted, place_fields
from .queue import Job
from .rendition import VERSION as RENDITION
from .rendition import rendition

FINGERPRINT = f"{dispatch.VERSION}.{chunker.VERSION}.{words.VERSION}.{RENDITION}"
"""Extractor, chunker, words, rendition: a document made by others is made again."""

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


def save(connection: sqlite3.Connection, job: Job, extracted: Extracted) -> list[int]:
    """Store what was read of an entry in place of what was there. Returns ids of removed chunks."""
    pieces = chunker.chunked(extracted.spans, extracted.title)
    text = rendition(((piece.text, piece.place) for piece in pieces), extracted.type)
    _forget_name(connection, job.entry)
    connection.execute(
        "INSERT OR REPLACE INTO documents(entry, status, reason, type, title, author, created,"
        " language, path, size, mtime_ns, ctime_ns, fingerprint, text_bytes)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            job.entry, extracted.status, extracted.reason, extracted.type, extracted.title,
            extracted.author, extracted.created, extracted.language, os.fsencode(job.path),
            job.size, job.mtime_ns, job.ctime_ns, FINGERPRINT, len(text.encode()),
        ),
    )  # fmt: skip
    if extracted.status != NAMELESS:
        add_name(connection, job.entry, os.fsencode(job.path), extracted.title, extracted.author)
    return _save_chunks(connection, job.entry, pieces)


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
    connection: sqlite3.Connection, entry: int, pieces: list[chunker.Piece]
) -> list[int]:
    old: dict[bytes, list[tuple[int, str, str]]] = defaultdict(list)
    for id_, text, place, hash_ in connection.execute(
        "SELECT id, text, place, hash FROM chunks WHERE entry = ? ORDER BY sequence DESC", (entry,)
    ).fetchall():
        old[hash_].append((id_, text, place))
    for sequence, piece in enumerate(pieces):
        kept = old[piece.hash].pop() if old.get(piece.hash) else None
        if kept and kept[1] == piece.text:
            _keep_chunk(connection, kept, sequence, piece)
        else:
            if kept:
                old[piece.hash].append(kept)
            _add_chunk(connection, entry, sequence, piece)
    gone = [row for rows in old.values() for row in rows]
    for id_, text, place in gone:
        _remove_words(connection, id_, text, _heading(place))
    ids = [id_ for id_, _, _ in gone]
    connection.executemany("DELETE FROM vectors WHERE chunk = ?", [(id_,) for id_ in ids])
    connection.executemany("DELETE FROM chunks WHERE id = ?", [(id_,) for id_ in ids])
    return ids


def _keep_chunk(
    connection: sqlite3.Connection, kept: tuple[int, str, str], sequence: int, piece: chunker.Piece
) -> None:
    id_, text, place = kept
    old, new = _heading(place), piece.place.heading or ""
    if old != new:
        _remove_words(connection, id_, text, old)
        add_words(connection, id_, text, new)
    connection.execute(
        "UPDATE chunks SET sequence = ?, place = ? WHERE id = ?",
        (sequence, json.dumps(place_fields(piece.place)), id_),
    )


def _add_chunk(
    connection: sqlite3.Connection, entry: int, sequence: int, piece: chunker.Piece
) -> None:
    cursor = connection.execute(
        "INSERT INTO chunks(entry, sequence, text, place, hash) VALUES (?,?,?,?,?)",
        (entry, sequence, piece.text, json.dumps(place_fields(piece.place)), piece.hash),
    )
    assert cursor.lastrowid is not None
    add_words(connection, cursor.lastrowid, piece.text, piece.place.heading or "")


def _heading(place: str) -> str:
    return str(json.loads(place).get("heading") or "")


def add_words(connection: sqlite3.Connection, id_: int, text: str, heading: str) -> None:
    """Put a chunk's words into the lexical index."""
    connection.execute(
        "INSERT INTO passages(rowid, text, heading) VALUES (?,?,?)",
        (id_, words.segmented(text), words.segmented(heading)),
    )


def _remove_words(connection: sqlite3.Connection, id_: int, text: str, heading: str) -> None:
    """Take out exactly what `add_words` put in."""
    connection.execute(
        "INSERT INTO passages(passages, rowid, text, heading) VALUES ('delete',?,?,?)",
        (id_, words.segmented(text), words.segmented(heading)),
    )


def _name_values(path: str, title: str | None, author: str | None) -> tuple[str, str, str, str]:
    return (*words.name_words(path), words.segmented(title or ""), words.segmented(author or ""))


def add_name(
    connection: sqlite3.Connection, entry: int, path: bytes, title: str | None, author: str | None
) -> None:
    """Put the words of a name, title and author into the lexical index."""
    connection.execute(
        "INSERT INTO names(rowid, name, folders, title, author) VALUES (?,?,?,?,?)",
        (entry, *_name_values(os.fsdecode(path), title, author)),
    )


def _forget_name(connection: sqlite3.Connection, entry: int) -> None:
    known = document(connection, entry)
    if known is not None and known.status != NAMELESS:
        connection.execute(
            "INSERT INTO names(names, rowid, name, folders, title, author)"
            " VALUES ('delete',?,?,?,?,?)",
            (entry, *_name_values(known.path, known.title, known.author)),
        )
