"""What lsfs knows of the tree, in SQLite: entries, versions, groups, the indexing queue.

It runs SQL and knows no files. Everything else (the tree, the content store) is joined to it by
`lsfs.observer` and `lsfs.engine`, the only writers of these tables.

Threading: one connection behind one re-entrant lock; `atomic` holds it for a whole transaction.
Other processes (the worker, a mount) open the file by themselves; WAL keeps them apart.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import sqlite3
import threading
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.database import BUSY_TIMEOUT_S, begin, connect
from lsfs.paths import below, percent_escaped
from lsfs.records import Entry, EntryKind, Version
from lsfs.retention import LET_GO
from lsfs.rows import ENTRY_COLUMNS, VERSION_COLUMNS, entry_from, version_from
from lsfs.schema import migrate
from lsfs.seen import Seen, clamped, seen_of, signed

if TYPE_CHECKING:
    from sqlite_utils import Database

Parameters = Sequence[Any] | Mapping[str, Any]
SEEN_PAGE = 1000
VERSIONS_PAGE = 50
KNOWN_SINCE = "known since"
"""The setting that says when lsfs began to look after the root, in nanoseconds."""


class Catalog:
    """The database of one root."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = connect(file)
        migrate(self._connection)
        if self.setting(KNOWN_SINCE) is None:
            self.set_setting(KNOWN_SINCE, str(time.time_ns()))

    @functools.cached_property
    def db(self) -> Database:
        """The same connection by sqlite-utils, to look into the tables with. It loads numpy: a
        tenth of a second and 12 MB that a daemon can do without."""
        from sqlite_utils import Database

        return Database(self._connection)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def atomic(self, *, durable: bool = False) -> Iterator[None]:
        """One transaction; nested uses join the outermost. `durable`: it, and all before it,
        survives a power cut once this returns."""
        with self._lock:
            if self._depth == 0:
                self.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                begin(self._connection, BUSY_TIMEOUT_S)
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self.execute("COMMIT")

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails in here leaves no rows; within a transaction, what was before it stays."""
        with self._lock:
            if self._depth == 0:
                with self.atomic():
                    yield
                return
            self.execute("SAVEPOINT here")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self.execute("ROLLBACK TO here")
                raise
            finally:
                if self._connection.in_transaction:
                    self.execute("RELEASE here")

    @contextlib.contextmanager
    def held(self) -> Iterator[bool]:
        """Nobody else uses it; whether what is there now may yet be turned back."""
        with self._lock:
            yield self._depth > 0

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        with self._lock:
            return self._connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        """All rows of one query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchone()

    # -- entries -----------------------------------------------------------------------------------

    def entry(self, path: str) -> Entry | None:
        """The entry that is at `path` now."""
        found = self.row(
            f"SELECT {ENTRY_COLUMNS} FROM entries WHERE path = ? AND gone_ns IS NULL",
            (os.fsencode(path),),
        )
        return entry_from(found) if found else None

    def gone_entry(self, path: str) -> Entry | None:
        """The entry that was last at `path`, where none is now."""
        found = self.row(
            f"SELECT {ENTRY_COLUMNS} FROM entries WHERE path = ? AND gone_ns IS NOT NULL"
            " ORDER BY gone_ns DESC, id DESC LIMIT 1",
            (os.fsencode(path),),
        )
        return entry_from(found) if found else None

    def entry_once_at(self, path: str) -> Entry | None:
        """The entry that was last at `path`, where it is elsewhere now, or gone from there."""
        columns = ", ".join(f"e.{column}" for column in ENTRY_COLUMNS.split(", "))
        found = self.row(
            f"SELECT {columns} FROM places AS p JOIN entries AS e ON e.id = p.entry"
            " WHERE p.path = ? ORDER BY until_ns DESC LIMIT 1", (os.fsencode(path),),
        )  # fmt: skip
        return entry_from(found) if found else None

    def entries_by_inode(self, device: int, inode: int, gone_after_ns: int) -> list[Entry]:
        """Entries with this inode, there or gone since a moment; several for hard links."""
        return [
            entry_from(row)
            for row in self.rows(
                f"SELECT {ENTRY_COLUMNS} FROM entries WHERE device = ? AND inode = ?"
                " AND (gone_ns IS NULL OR gone_ns > ?)",
                (signed(device), signed(inode), gone_after_ns),
            )
        ]

    def first_seen_ns(self, entry: int) -> int:
        """Since when an entry has been somewhere."""
        sql = (
            "SELECT min(since_ns) FROM (SELECT since_ns FROM entries WHERE id = ?1"
            " UNION ALL SELECT since_ns FROM places WHERE entry = ?1)"
        )
        return int(self.row(sql, (entry,))[0])

    def entries_under(self, path: str) -> list[Entry]:
        """The entries below the folder `path` (itself left out), by path; all of them for ""."""
        low, high = below(path)
        return [
            entry_from(row)
            for row in self.rows(
                f"SELECT {ENTRY_COLUMNS} FROM entries"
                " WHERE gone_ns IS NULL AND path > ? AND path < ? ORDER BY path",
                (low, high),
            )
        ]

    def seen(self) -> Iterator[tuple[bytes, Seen]]:
        """Every entry's path and what it looked like, by path, with little in memory: rows are read
        a page at a time, so that those added or moved behind the page's end still show."""
        after = b""
        while page := self.rows(
            "SELECT path, device, inode, size, mtime_ns, ctime_ns, mode FROM entries"
            " WHERE gone_ns IS NULL AND path > ? ORDER BY path LIMIT ?",
            (after, SEEN_PAGE),
        ):
            for row in page:
                yield row[0], row[1:]
            after = page[-1][0]

    def add_entry(self, path: str, kind: EntryKind, state: os.stat_result, since_ns: int) -> int:
        """A new row, at its path since then; returns its id."""
        place = os.fsencode(path)
        cursor = self.execute(
            "INSERT INTO entries(path, parent, since_ns, kind, device, inode, size, mtime_ns,"
            " ctime_ns, mode, bytes_since_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                place,
                os.path.dirname(place),
                since_ns,
                kind,
                *seen_of(state),
                clamped(state.st_ctime_ns),
            ),
        )
        self._age_folders(os.path.dirname(place), since_ns)
        return int(cursor.lastrowid or 0)

    def _age_folders(self, folder: bytes, since_ns: int) -> None:
        """A folder is no younger than what is in it, whenever its list of names last changed."""
        while folder and self.execute(
            "UPDATE entries SET since_ns = ?1 WHERE path = ?2 AND gone_ns IS NULL"
            " AND since_ns > ?1", (since_ns, folder),
        ).rowcount:  # fmt: skip
            folder = os.path.dirname(folder)

    def see_entry(
        self, entry: int, kind: EntryKind, state: os.stat_result, since_ns: int, *,
        has_same_bytes: bool = False,
    ) -> None:  # fmt: skip
        """Record what the entry looks like now; it is there (again since then, if it was gone), and
        no longer known to be captured. `has_same_bytes`: it was renamed, and nothing else."""
        self.execute(
            "UPDATE entries SET kind = ?, device = ?, inode = ?, size = ?, mtime_ns = ?,"
            " ctime_ns = ?, mode = ?, captured = 0, gone_ns = NULL,"
            " since_ns = CASE WHEN gone_ns IS NULL THEN since_ns ELSE max(gone_ns, ?) END,"
            " bytes_since_ns = coalesce(?, bytes_since_ns) WHERE id = ?",
            (
                kind, *seen_of(state), since_ns,
                None if has_same_bytes else clamped(state.st_ctime_ns), entry,
            ),
        )  # fmt: skip

    def mark_captured(self, entry: int, content: str | None, state: os.stat_result) -> None:
        """The bytes the entry had in `state` are in the store; nothing, when its row says otherwise
        by now."""
        self.execute(
            "UPDATE entries SET captured = 1, content = ? WHERE id = ? AND device = ? AND inode = ?"
            " AND size = ? AND mtime_ns = ? AND ctime_ns = ? AND mode = ?",
            (content, entry, *seen_of(state)),
        )

    def place_entry(self, entry: int, path: str, at_ns: int) -> None:
        """The entry is there, at this path, from `at_ns` on."""
        place = os.fsencode(path)
        with self.atomic():
            self._leave(at_ns, "id = ?", (entry,))
            self.execute(
                "UPDATE entries SET path = ?, parent = ?, since_ns = ?, gone_ns = NULL"
                " WHERE id = ?",
                (place, os.path.dirname(place), at_ns, entry),
            )

    def move_below(self, path: str, to: str, at_ns: int) -> None:
        """The entries below the folder `path` are below `to` from `at_ns` on."""
        low, high = below(path)
        start = len(os.fsencode(path)) + 1
        with self.atomic():
            self._leave(at_ns, "path > ? AND path < ?", (low, high))
            self.execute(
                "UPDATE entries SET path = CAST(?1 || substr(path, ?2) AS BLOB),"
                " parent = CAST(?1 || substr(parent, ?2) AS BLOB), since_ns = ?3"
                " WHERE gone_ns IS NULL AND path > ?4 AND path < ?5",
                (os.fsencode(to), start, at_ns, low, high),
            )

    def lock(self, path: str) -> None:
        """The entry at `path` was locked by a plan. It is for as long as it is read-only."""
        sql = "UPDATE entries SET locked = 1 WHERE path = ? AND gone_ns IS NULL"
        self.execute(sql, (os.fsencode(path),))

    def is_locked(self, path: str) -> bool:
        """Whether the entry at `path` was ever locked by a plan."""
        sql = "SELECT locked FROM entries WHERE path = ? AND gone_ns IS NULL"
        found = self.row(sql, (os.fsencode(path),))
        return bool(found and found[0])

    def mark_gone(self, entry: int, at_ns: int) -> None:
        """The entry is not there any more, from `at_ns` on; its versions stay."""
        with self.atomic():
            self._leave(at_ns, "id = ?", (entry,))
            self.execute(
                "UPDATE entries SET gone_ns = ?, captured = 0 WHERE id = ?", (at_ns, entry)
            )

    def _leave(self, at_ns: int, which: str, parameters: Sequence[Any]) -> None:
        """Live entries are about to be elsewhere: where they have been is remembered."""
        self.execute(
            "INSERT INTO places SELECT id, path, parent, since_ns, ? FROM entries"
            f" WHERE gone_ns IS NULL AND since_ns < ? AND {which}",
            (at_ns, at_ns, *parameters),
        )

    # -- versions ----------------------------------------------------------------------------------

    def add_version(self, version: Version) -> int:
        """Append a version (its `id` is ignored); returns the id given to it."""
        metadata = version.metadata
        xattrs = {k: base64.b64encode(v).decode() for k, v in metadata.xattrs.items()}
        cursor = self.execute(
            f"INSERT INTO versions({VERSION_COLUMNS.removeprefix('id, ')})"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                version.entry, os.fsencode(version.path), version.at_ns, version.kind, version.size,
                metadata.mode, metadata.uid, metadata.gid, metadata.mtime_ns, json.dumps(xattrs),
                version.content, None if version.target is None else os.fsencode(version.target),
                percent_escaped(version.actor),
                None if version.gap is None else percent_escaped(version.gap),
            ),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def versions(self, entry: int) -> Iterator[Version]:
        """The versions of an entry, newest first; read a page at a time, because most who ask want
        one of the last few."""
        before = 2**63 - 1
        while page := self.rows(
            f"SELECT {VERSION_COLUMNS} FROM versions WHERE entry = ? AND id < ?"
            " ORDER BY id DESC LIMIT ?", (entry, before, VERSIONS_PAGE),
        ):  # fmt: skip
            yield from map(version_from, page)
            before = page[-1][0]

    def newest_version(self, entry: int, until_ns: int = 2**63 - 1) -> Version | None:
        """The last recorded state of an entry, of those it had by then."""
        found = self.row(
            f"SELECT {VERSION_COLUMNS} FROM versions WHERE entry = ? AND at_ns <= ?"
            " ORDER BY id DESC LIMIT 1", (entry, until_ns),
        )  # fmt: skip
        return version_from(found) if found else None

    def oldest_version(self, entry: int) -> Version | None:
        """The first recorded state of an entry."""
        found = self.row(
            f"SELECT {VERSION_COLUMNS} FROM versions WHERE entry = ? ORDER BY id LIMIT 1", (entry,)
        )
        return version_from(found) if found else None

    def version(self, number: int) -> Version | None:
        """A version by id."""
        found = self.row(f"SELECT {VERSION_COLUMNS} FROM versions WHERE id = ?", (number,))
        return version_from(found) if found else None

    def gaps(self) -> int:
        """How many states were not kept, but for those let go."""
        sql = "SELECT count(*) FROM versions WHERE gap IS NOT NULL AND gap <> ?"
        return int(self.row(sql, (LET_GO,))[0])

    def version_totals(self) -> tuple[int, int]:
        """(number of versions, bytes that those which are kept would take as plain files)."""
        kept = "sum(size) FILTER (WHERE content IS NOT NULL)"
        count, size = self.row(f"SELECT count(*), coalesce({kept}, 0) FROM versions")
        return int(count), int(size)

    # -- the worker's queue, settings --------------------------------------------------------------

    def enqueue(self, entry: int, at_ns: int | None = None) -> None:
        """The worker shall look at the entry again (its text, its name, or that it is gone), at the
        latest change first: `at_ns`, now by default. A row that waits is another one after this,
        whatever its time: who looks at the entry just now may have come too early."""
        self.execute(
            "INSERT INTO queue(entry, at_ns) VALUES(?, ?) ON CONFLICT(entry)"
            " DO UPDATE SET at_ns = max(excluded.at_ns, queue.at_ns + 1), attempts = 0",
            (entry, time.time_ns() if at_ns is None else at_ns),
        )

    def queue_length(self) -> int:
        """Entries the worker has yet to look at."""
        return int(self.row("SELECT count(*) FROM queue")[0])

    def has_queue(self) -> bool:
        """Whether any entry waits for the worker."""
        return self.row("SELECT 1 FROM queue LIMIT 1") is not None

    def setting(self, key: str) -> str | None:
        """A value of the meta table."""
        found = self.row("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0] if found else None

    def set_setting(self, key: str, value: str | None) -> None:
        """Store a value of the meta table; None removes it."""
        if value is None:
            self.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, value))

    def forget_settings(self, prefix: str, but: Container[str]) -> None:
        """Remove the values of the meta table whose keys begin with `prefix`, except `but`."""
        for (key,) in self.rows("SELECT key FROM meta"):
            if key.startswith(prefix) and key not in but:
                self.set_setting(key, None)
