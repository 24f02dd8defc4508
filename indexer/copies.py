"""Files that say the same: of several, a page of hits shows the first, and names the others."""

from __future__ import annotations

import sqlite3

ALIKE = 0.8
"""The share of passages that two files have in common to count as copies."""
COMPARED = 64
"""Passages of each that are looked at, from the start."""


class Copies:
    """What was shown so far."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._shown: list[tuple[int, int, frozenset[str]]] = []

    def original_of(self, entry: int) -> int | None:
        """The entry before this one that says the same; None: it is the first to say that."""
        rows = self._connection.execute(
            "SELECT text, (SELECT count(*) FROM chunks WHERE entry = ?1) FROM chunks"
            " WHERE entry = ?1 ORDER BY sequence LIMIT ?2",
            (entry, COMPARED),
        ).fetchall()
        texts, count = frozenset(text for text, _ in rows), rows[0][1] if rows else 0
        for original, its_count, its_texts in self._shown if texts else ():
            most = max(len(texts), len(its_texts))
            is_as_long = min(count, its_count) >= ALIKE * max(count, its_count)
            if is_as_long and len(texts & its_texts) >= ALIKE * most:
                return original
        self._shown.append((entry, count, texts))
        return None
