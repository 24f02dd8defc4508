"""Chunks that have no vector yet: taken, embedded, stored."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from lsfs.records import Place

from .chunk import embedded_text
from .connection import writing
from .embed import EmbeddingModel

if TYPE_CHECKING:
    import numpy


class Unembedded:
    """A batch of chunks. Equal texts have equal hashes: what was embedded before, here or in
    another file, is not embedded again."""

    def __init__(
        self, rows: list[tuple[int, str, str, bytes, str | None]], known: dict[bytes, bytes]
    ) -> None:
        self.ids = [row[0] for row in rows]
        self._texts = [
            embedded_text(text, Place(**json.loads(place)), title)
            for _, text, place, _, title in rows
        ]
        self._hashes = [row[3] for row in rows]
        self._known = known

    @staticmethod
    def is_left(connection: sqlite3.Connection) -> bool:
        """Whether any chunk has no vector."""
        sql = "SELECT 1 FROM chunks WHERE embedded = 0 LIMIT 1"
        return connection.execute(sql).fetchone() is not None

    @classmethod
    def next(cls, connection: sqlite3.Connection, fingerprint: str, most: int) -> Unembedded | None:
        """The oldest chunks without a vector; None when all have one."""
        rows = connection.execute(
            "SELECT c.id, c.text, c.place, c.hash, d.title FROM chunks c"
            " LEFT JOIN documents d ON d.entry = c.entry"
            " WHERE c.embedded = 0 ORDER BY c.id LIMIT ?",
            (most,),
        ).fetchall()
        if not rows:
            return None
        known = connection.execute(
            "SELECT c.hash, v.vector FROM chunks p"
            " JOIN chunks c ON c.hash = p.hash AND c.embedded = 1"
            " JOIN vectors v ON v.chunk = c.id AND v.model = ?"
            " WHERE p.id IN (SELECT value FROM json_each(?))",
            (fingerprint, json.dumps([row[0] for row in rows])),
        )
        return cls(rows, dict(known.fetchall()))

    def vectors(self, model: EmbeddingModel) -> numpy.ndarray:
        """float32 [n, dim], unit rows, in the order of `ids`."""
        import numpy

        first: dict[bytes, int] = {}
        for position, hash_ in enumerate(self._hashes):
            if hash_ not in self._known:
                first.setdefault(hash_, position)
        fresh = model.embed_bulk([self._texts[position] for position in first.values()])
        made = dict(zip(first, fresh, strict=True))
        for hash_, blob in self._known.items():
            made[hash_] = numpy.frombuffer(blob, dtype=numpy.float16).astype(numpy.float32)
        return numpy.stack([made[hash_] for hash_ in self._hashes])

    def store(
        self, connection: sqlite3.Connection, fingerprint: str, vectors: numpy.ndarray
    ) -> list[int]:
        """Store those whose chunk is still the same; the positions of those that are."""
        import numpy

        stored = []
        packed = vectors.astype(numpy.float16)
        with writing(connection):
            for position, (id_, hash_) in enumerate(zip(self.ids, self._hashes, strict=True)):
                cursor = connection.execute(
                    "UPDATE chunks SET embedded = 1 WHERE id = ? AND hash = ? AND embedded = 0",
                    (id_, hash_),
                )
                if cursor.rowcount:
                    connection.execute(
                        "INSERT OR REPLACE INTO vectors(chunk, model, vector) VALUES (?,?,?)",
                        (id_, fingerprint, packed[position].tobytes()),
                    )
                    stored.append(position)
        return stored
