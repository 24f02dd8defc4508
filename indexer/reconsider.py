"""Which files are read at all; and which to look at again when the rules for that change."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time

from lsfs.config import IndexerConfig
from lsfs.ignoring import Ignoring
from lsfs.paths import below, parent
from lsfs.tree import Tree

from .connection import meta, set_meta, writing
from .extract.extracted import JUDGED, Extracted, left_out
from .queue import Job
from .store import Document

PAGE = 1000
_KEY = "indexer.rules"


class Judge:
    """Decides by rules and settings alone. For the draining thread."""

    def __init__(self, config: IndexerConfig, tree: Tree) -> None:
        self._config = config
        self._ignoring = Ignoring(config, tree)

    def of(self, job: Job) -> Extracted | None:
        """Why the file is not read; None when it is."""
        return self._of(job.path, job.kind, job.size)

    def _of(self, path: str, kind: str, size: int) -> Extracted | None:
        found = self._ignoring.why(path)
        if found:
            return left_out("secret" if found.is_secret else "excluded", found.reason)
        if kind == "symlink":
            return left_out("link", "a symbolic link: not followed")
        limit = self._config.max_file_bytes
        if size > limit:
            return left_out("large", f"larger than indexer.max_file_bytes ({size} > {limit} bytes)")
        return None

    def adopt_settings(self, connection: sqlite3.Connection) -> bool:
        """Look again at everything when the settings are others than last time; whether they are.
        Whatever rule files changed meanwhile is in the queue."""
        told = [*self._config.secrets, "", *self._config.exclude, "", self._config.max_file_bytes]
        fingerprint = hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        if meta(connection, _KEY) == fingerprint:
            return False
        self._reconsider(connection, "")
        with writing(connection):
            set_meta(connection, _KEY, fingerprint)
        return True

    def reconsider_around(
        self, connection: sqlite3.Connection, job: Job, known: Document | None
    ) -> None:
        """A rule file has come, changed or gone: queue what it makes a difference to."""
        self._ignoring.forget()
        for folder in {parent(job.path), *([parent(known.path)] if known else ())}:
            self._reconsider(connection, folder)

    def _reconsider(self, connection: sqlite3.Connection, folder: str) -> None:
        low, high = below(folder)
        while page := connection.execute(
            "SELECT e.id, e.path, e.kind, e.size, d.status, d.reason FROM entries e"
            " JOIN documents d ON d.entry = e.id"
            " WHERE e.gone_ns IS NULL AND e.path > ? AND e.path < ? ORDER BY e.path LIMIT ?",
            (low, high, PAGE),
        ).fetchall():
            low = page[-1][1]
            differ = [
                entry
                for entry, path, kind, size, status, reason in page
                if not _is_as(self._of(os.fsdecode(path), kind, size), status, reason)
            ]
            if differ:
                with writing(connection):
                    connection.executemany(
                        "INSERT INTO queue(entry, at_ns) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        [(entry, time.time_ns()) for entry in differ],
                    )


def is_as_known(judged: Extracted | None, known: Document) -> bool:
    """Whether a document was made under the same judgement."""
    return _is_as(judged, known.status, known.reason)


def _is_as(judged: Extracted | None, status: str, reason: str | None) -> bool:
    if judged is None:
        return status not in JUDGED
    return (judged.status, judged.reason) == (status, reason)
