"""Links to files as the catalog has them: one row a link, open or ended.

Threading: safe from many threads.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import Literal

from lsfs.catalog import Catalog

_COLUMNS = (
    "s.id, s.token, s.entry, s.opened_ns, s.expires_ns, s.closed_ns, s.fetches, s.fetched_ns,"
    " e.path, e.kind, e.device, e.inode, e.gone_ns"
)
_OPEN = "s.closed_ns IS NULL AND s.expires_ns > ?"


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link, open or ended, and the entry behind it: the columns of `_COLUMNS`."""

    id: int
    token: str
    entry: int
    opened_ns: int
    expires_ns: int
    closed_ns: int | None
    fetches: int
    fetched_ns: int | None
    place: bytes
    kind: str
    device: int
    inode: int
    gone_ns: int | None

    @property
    def path(self) -> str:
        """Where its file is, or was last."""
        return os.fsdecode(self.place)

    @property
    def is_there(self) -> bool:
        """Whether its file is."""
        return self.gone_ns is None and self.kind == "file"

    def state(self) -> Literal["open", "closed", "expired", "gone"]:
        """How it stands now; "gone": its file is not there."""
        if self.closed_ns is not None:
            return "closed"
        if self.expires_ns <= time.time_ns():
            return "expired"
        return "open" if self.is_there else "gone"


class SharedLinks:
    """Those of one root."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def all(self, *, ended: bool = False) -> list[SharedLink]:
        """The open links, newest first; with those that have `ended`."""
        if ended:
            return self._found("ORDER BY s.id DESC")
        return self._found(f"WHERE {_OPEN} ORDER BY s.id DESC", time.time_ns())

    def count(self) -> int:
        """How many are open."""
        sql = f"SELECT count(*) FROM shares AS s WHERE {_OPEN}"
        return int(self._catalog.row(sql, (time.time_ns(),))[0])

    def known(self, number: int | None) -> SharedLink | None:
        """The link of that id."""
        return next(iter(self._found("WHERE s.id = ?", number)), None)

    def newest(self) -> SharedLink | None:
        """The one that was made last."""
        return next(iter(self._found("WHERE s.id = (SELECT max(id) FROM shares)")), None)

    def by_token(self, token: str) -> SharedLink | None:
        """The link that ends so."""
        return next(iter(self._found("WHERE s.digest = ?", _digest(token))), None)

    def next_id(self) -> int:
        """What the next one that is added is called."""
        last = self._catalog.row("SELECT seq FROM sqlite_sequence WHERE name = 'shares'")
        return int(last[0]) + 1 if last else 1

    def add(self, entry: int, token: str, expires_ns: int) -> None:
        """An open link to an entry."""
        self._catalog.execute(
            "INSERT INTO shares(id, entry, token, digest, opened_ns, expires_ns)"
            " VALUES(?, ?, ?, ?, ?, ?)",
            (self.next_id(), entry, token, _digest(token), time.time_ns(), expires_ns),
        )

    def open_again(self, number: int) -> None:
        """It is closed no more."""
        self._set("closed_ns = NULL", number)

    def close(self, number: int | None) -> None:
        """It is closed from now on, if it was not before."""
        self._set("closed_ns = coalesce(closed_ns, ?)", number, time.time_ns())

    def fetched(self, number: int) -> None:
        """Somebody began to read its file."""
        self._set("fetches = fetches + 1, fetched_ns = ?", number, time.time_ns())

    def _set(self, what: str, number: int | None, *values: object) -> None:
        self._catalog.execute(f"UPDATE shares SET {what} WHERE id = ?", (*values, number))

    def _found(self, which: str, *values: object) -> list[SharedLink]:
        sql = f"SELECT {_COLUMNS} FROM shares AS s JOIN entries AS e ON e.id = s.entry {which}"
        return [SharedLink(*row) for row in self._catalog.rows(sql, values)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
