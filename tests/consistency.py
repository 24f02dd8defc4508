"""Whether a root's state is whole: the catalog against the tree, the content store and the spool.

Reads only, from outside, with or without a daemon; each problem is a sentence. While programs
write or the daemon is behind there are passing ones, so a test waits until there are none.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from blake3 import blake3

from lsfs.blobs import BlobStore, hash_stream
from lsfs.names import is_transient
from lsfs.paths import CATALOG_NAME, STATE_NAME
from lsfs.records import Entry
from lsfs.seen import is_state
from lsfs.spool import is_finished, segments
from lsfs.tree import kind_of

Found = dict[str, os.stat_result]
_ENTRY = "id, path, kind, device, inode, size, mtime_ns, ctime_ns, mode, content, captured"


class Checker:
    """Looks at one root again and again; bytes found right once are not hashed again."""

    def __init__(self, root: Path, state: Path | None = None) -> None:
        self._root = root
        self._state = state or root / STATE_NAME
        self._blobs = BlobStore(self._state / "blobs")
        self._right: set[str] = set()

    def problems(self) -> list[str]:
        """What is wrong, in sentences."""
        with closing(self.connect()) as catalog:
            return [
                *self._database(catalog), *self._versions(catalog), *self._tree(catalog),
                *self._journal(catalog), *self._spool(catalog), *self._leftovers(),
            ]  # fmt: skip

    def connect(self) -> sqlite3.Connection:
        """The catalog, to read."""
        file = quote(os.fsencode(self._state / CATALOG_NAME))
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)

    def versions(self) -> dict[int, tuple[object, ...]]:
        """Every version there is: id -> entry, content, target and gap."""
        with closing(self.connect()) as catalog:
            rows = catalog.execute("SELECT id, entry, content, target, gap FROM versions")
            return {row[0]: row[1:] for row in rows}

    def holds(self, data: bytes) -> bool:
        """Whether some version has exactly these bytes."""
        with closing(self.connect()) as catalog:
            sql = "SELECT 1 FROM versions WHERE content = ? AND gap IS NULL"
            return catalog.execute(sql, (blake3(data).hexdigest(),)).fetchone() is not None

    def _database(self, catalog: sqlite3.Connection) -> Iterator[str]:
        for (said,) in catalog.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield f"integrity_check: {said}"
        for row in catalog.execute("PRAGMA foreign_key_check"):
            yield f"foreign_key_check: {row}"

    def _versions(self, catalog: sqlite3.Connection) -> Iterator[str]:
        rows = catalog.execute("SELECT id, path, kind, content, gap FROM versions").fetchall()
        for number, path, kind, content, gap in rows:
            if kind == "file" and gap is None and content is None:
                yield f"version {number} of {path!r} has neither bytes nor a gap"
            if content is not None and not self._has(content):
                yield f"version {number} of {path!r}: blob {content} is missing or damaged"

    def _has(self, content: str) -> bool:
        if content not in self._right and self._blobs.contains(content):
            with self._blobs.open(content) as stream:
                if hash_stream(stream) == content:
                    self._right.add(content)
        return content in self._right

    def _tree(self, catalog: sqlite3.Connection) -> Iterator[str]:
        found = self.tree()
        rows = catalog.execute(f"SELECT {_ENTRY} FROM entries WHERE gone_ns IS NULL").fetchall()
        known = {entry.path: entry for entry in map(_entry, rows)}
        for path in sorted(found.keys() - known.keys()):
            yield f"{path!r} is not in the catalog"
        for path in sorted(known.keys() - found.keys()):
            yield f"{path!r} is in the catalog alone"
        for path in sorted(found.keys() & known.keys()):
            yield from self._entry(known[path], found[path])

    def _entry(self, entry: Entry, state: os.stat_result) -> Iterator[str]:
        if entry.kind != kind_of(state):
            yield f"{entry.path!r} is a {kind_of(state)}, in the catalog a {entry.kind}"
        elif entry.kind == "directory":
            # its times change with each name in it, and nobody need look at it for that
            if (entry.inode, entry.mode) != (state.st_ino, state.st_mode):
                yield f"folder {entry.path!r} is not as the catalog has it"
        elif not is_state(entry, state):
            yield f"{entry.path!r} is not as the catalog has it"
        elif entry.captured and entry.kind == "file":
            with open(self._root / entry.path, "rb") as stream:
                if hash_stream(stream) != entry.content:
                    yield f"{entry.path!r} has other bytes than its captured content"

    def tree(self) -> Found:
        """Every entry of the real tree that lsfs looks after, by path."""
        found: Found = {}
        for folder, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if name != STATE_NAME]
            for name in (*folders, *files):
                path = os.path.join(folder, name)
                if name != STATE_NAME and not is_transient(name):
                    found[os.path.relpath(path, self._root)] = os.lstat(path)
        return found

    def _journal(self, catalog: sqlite3.Connection) -> Iterator[str]:
        for (number,) in catalog.execute("SELECT id FROM journal WHERE state = 'intent'"):
            yield f"journal {number} is half a plan"
        undone = (
            "SELECT journal, step FROM journal_steps JOIN journal ON journal.id = journal"
            " WHERE state = 'done' AND NOT done"
        )
        for number, step in catalog.execute(undone):
            yield f"journal {number} is done, its step {step} is not"

    def _spool(self, catalog: sqlite3.Connection) -> Iterator[str]:
        rows = catalog.execute("SELECT key, value FROM meta WHERE key LIKE 'spool:%'").fetchall()
        read = {key.removeprefix("spool:"): int(value) for key, value in rows}
        left = segments(self._state / "spool")
        for segment in left:
            if is_finished(segment):
                yield f"{segment.name} is finished and left over"
            elif segment.stat().st_size > read.get(segment.name, 0):
                yield f"{segment.name} is not read to its end"
        for name in sorted(read.keys() - {segment.name for segment in left}):
            yield f"the catalog remembers {name}, which is gone"

    def _leftovers(self) -> Iterator[str]:
        for kept in sorted((self._state / "kept").iterdir()):
            yield f"{kept.name} is left in kept/"
        for file in sorted((self._state / "blobs").glob("new-*")):
            yield f"{file.name} is left half written in blobs/"


def _entry(row: tuple[object, ...]) -> Entry:
    number, path, kind, device, inode, size, mtime, ctime, mode, content, captured = row
    return Entry(
        id=number, path=os.fsdecode(path), kind=kind, device=device, inode=inode, size=size,  # type: ignore[arg-type]
        mtime_ns=mtime, ctime_ns=ctime, mode=mode, content=content, captured=bool(captured),  # type: ignore[arg-type]
        gone_ns=None,
    )  # fmt: skip
