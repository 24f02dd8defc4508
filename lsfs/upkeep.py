"""Looking after the store: letting versions go (`gc`), and looking whether all is there (`verify`).

A version that is let go keeps its row, with the reason in the place of the bytes: what was where
and when stays known, and nothing else is shown in its place.

Threading: both take the observer's lock for a moment at a time.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from lsfs.config import VersionsConfig
from lsfs.counting import counted
from lsfs.database import is_for_want_of_room
from lsfs.errors import LsfsError
from lsfs.history import History
from lsfs.observer import Observer
from lsfs.paths import is_under
from lsfs.reserve import Reserve
from lsfs.retention import DAY_NS, LET_GO, Span, let_go, spans

DAMAGED = "its bytes in the store were damaged"
AT_ONCE = 500
"""So many versions are let go together: what that writes must fit where there is hardly room."""
SLICE_S = 1.0
"""How long `verify` hashes before it answers how far it is."""

_FILES = """
SELECT entry, v.id, v.content, v.size, v.at_ns, gone_ns, entries.path FROM versions AS v
JOIN entries ON entries.id = entry WHERE v.content IS NOT NULL AND v.kind = 'file'
ORDER BY entry, v.id DESC
"""


@dataclass(slots=True)
class Collected:
    """What `gc` lets go, or would."""

    versions: int = 0
    blobs: int = 0
    freed_bytes: int = 0
    kept_versions: int = 0


@dataclass(slots=True)
class Verified:
    """What `verify` has looked at since the last call, and where it goes on (None: it is done)."""

    checked: int = 0
    after: str | None = None
    problems: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)


class Upkeep:
    """Over one history."""

    def __init__(self, history: History, observer: Observer, reserve: Reserve) -> None:
        self._history = history
        self._catalog = history.catalog
        self._blobs = history.blobs
        self._observer = observer
        self._reserve = reserve

    # -- gc ----------------------------------------------------------------------------------------

    def gc(
        self, now: datetime, policy: VersionsConfig, paths: Sequence[str] = (), *, dry_run: bool
    ) -> Collected:
        """Let go what the policy does not keep; or, of what is or was at or below `paths`, all but
        the present state. `dry_run` only says what that would be. It works where the disk is full:
        what needs no word in the catalog goes first.

        Raises:
            MissingPathError: nothing was ever seen at one of the paths.
        """
        for path in filter(None, paths):
            self._history.entry(path)
        with self._history.reading, self._observer.lock:
            found, going = self._going(now, policy, paths)
            collected = Collected(versions=len(going), kept_versions=len(found) - len(going))
            named = self._named({span.version for span in going})
            files = {
                one: file
                for one, file in self._blobs.files()
                # one with another name is yet to be taken in: it is needed, and frees nothing
                if one not in named and file.stat().st_nlink == 1
            }
            collected.blobs = len(files)
            collected.freed_bytes = sum(file.stat().st_blocks * 512 for file in files.values())
            if not dry_run:
                self._blobs.sync()  # it remembers what it has yet to sync, which may be among them
                self._let_go(going, files)
                self._reserve.hold()
            return collected

    def _let_go(self, going: list[Span], files: dict[str, Path]) -> None:
        """Some at a time, each blob when nothing says any more that it is there."""
        blobs_of = {span.content: self._blobs_of(span.content) for span in going}
        needed = Counter(blob for span in going for blob in blobs_of[span.content])
        _remove(files, [one for one in files if one not in needed])
        left = iter(going)
        while some := list(islice(left, AT_ONCE)):
            self.with_reserve(partial(self._say_let_go, some))
            blobs = [blob for span in some for blob in blobs_of[span.content]]
            needed.subtract(blobs)
            _remove(files, [one for one in blobs if not needed[one]])

    def with_reserve(self, act: Callable[[], object]) -> None:
        """Do something; once more in the room that is held back, where there is none."""
        try:
            act()
        except (LsfsError, OSError, sqlite3.Error) as error:
            if not is_for_want_of_room(error):
                raise
            with self._reserve.spent():
                act()

    def _say_let_go(self, spans: list[Span]) -> None:
        with self._catalog.atomic(durable=True):
            for span in spans:
                self._catalog.execute(
                    "UPDATE versions SET content = NULL, gap = ? WHERE id = ?",
                    (LET_GO, span.version),
                )

    def _going(
        self, now: datetime, policy: VersionsConfig, paths: Sequence[str]
    ) -> tuple[list[Span], list[Span]]:
        found: list[Span] = []
        going: list[Span] = []
        for _, rows in groupby(self._catalog.rows(_FILES), key=itemgetter(0)):
            of_file = list(rows)
            own = spans(((row[1], row[2], row[3], row[4]) for row in of_file), of_file[0][5])
            found += own
            if not paths:
                going += let_go(own, policy, now)
            elif any(is_under(os.fsdecode(of_file[0][6]), path) for path in paths):
                going += [span for span in own if span.until_ns is not None]
        if paths or not policy.max_bytes:
            return found, going
        return found, [*going, *self._over_budget(found, going, now, policy.max_bytes)]

    def _over_budget(
        self, found: list[Span], going: list[Span], now: datetime, most_bytes: int
    ) -> Iterator[Span]:
        """Of what is left the oldest, until the store fits; nothing of the last day."""
        sizes = {digest: file.stat().st_blocks * 512 for digest, file in self._blobs.files()}
        gone = {span.version for span in going}
        left = [span for span in found if span.version not in gone]
        versions_of = Counter(span.content for span in left)
        needed = Counter(blob for content in versions_of for blob in self._blobs_of(content))
        held = sum(sizes.get(blob, 0) for blob in needed)
        day_ago = int(now.timestamp() * 1e9) - DAY_NS
        for span in sorted(left, key=lambda span: span.until_ns or 0):
            if held <= most_bytes:
                return
            if span.until_ns is not None and span.until_ns < day_ago:
                yield span
                versions_of[span.content] -= 1
                for blob in () if versions_of[span.content] else self._blobs_of(span.content):
                    needed[blob] -= 1
                    held -= 0 if needed[blob] else sizes.get(blob, 0)

    def _named(self, going: set[int]) -> set[str]:
        """Every blob that a version which stays needs."""
        sql = "SELECT id, content FROM versions WHERE content IS NOT NULL"
        contents = {content for number, content in self._catalog.rows(sql) if number not in going}
        return {blob for content in contents for blob in self._blobs_of(content)}

    def _blobs_of(self, content: str) -> tuple[str, ...]:
        return content, *self._blobs.parts_of(content)

    # -- verify ------------------------------------------------------------------------------------

    def verify(self, after: str) -> Verified:
        """Hash the blobs behind `after` ("" at first) for a while; at the end look at the rows and
        the tree as well."""
        seen = Verified()
        if not after:
            self._check_database(seen)
        deadline = time.monotonic() + SLICE_S
        for digest, file in self._blobs.files(after):
            self._check_blob(digest, file, seen)
            seen.checked += 1
            seen.after = digest
            if time.monotonic() > deadline:
                return seen
        seen.after = None
        self._check_rows(seen)
        waiting = len(self._observer.unread.all())
        count = self._observer.scan() - waiting
        if count > 0:
            files_were = counted(count, "file was", "files were")
            seen.repaired.append(f"{files_were} not as the catalog had them")
        return seen

    def total(self) -> int:
        """How many blobs there are."""
        return sum(1 for _ in self._blobs.files())

    def _check_database(self, seen: Verified) -> None:
        for (said,) in self._catalog.rows("PRAGMA integrity_check"):
            if said != "ok":
                seen.problems.append(f"catalog: {said}")

    def _check_blob(self, digest: str, file: Path, seen: Verified) -> None:
        try:
            is_right = self._blobs.is_right(digest)
        except OSError as error:
            seen.problems.append(f"{file.name} cannot be read: {error.strerror}")
            return
        if not is_right and file.exists():  # gc may run beside it
            file.unlink()
            self._lost(digest, DAMAGED, seen)

    def _check_rows(self, seen: Verified) -> None:
        sql = "SELECT DISTINCT content FROM versions WHERE content IS NOT NULL"
        for (digest,) in self._catalog.rows(sql):
            if not self._blobs.contains(digest):
                self._lost(digest, "its bytes are missing in the store", seen)

    def _lost(self, digest: str, why: str, seen: Verified) -> None:
        """Bytes that a file still has are put back; of others the versions say what became."""
        with self._observer.lock:
            rows = self._catalog.rows(
                "SELECT path FROM entries WHERE content = ? AND gone_ns IS NULL", (digest,)
            )
            named = self._catalog.rows("SELECT path FROM versions WHERE content = ?", (digest,))
            for (path,) in rows:
                if self._has(os.fsdecode(path), digest):
                    seen.repaired.append(f"{os.fsdecode(path)}: {why}; put back from the file")
                    return
            self._catalog.execute(
                "UPDATE versions SET content = NULL, gap = ? WHERE content = ?", (why, digest)
            )
            self._catalog.execute("UPDATE entries SET captured = 0 WHERE content = ?", (digest,))
            for path in sorted({path for (path,) in named}):
                seen.problems.append(f"{os.fsdecode(path)}: a version is lost: {why}")

    def _has(self, path: str, digest: str) -> bool:
        try:
            with self._history.tree.open(path) as stream:
                return self._blobs.put(stream) == digest
        except (LsfsError, OSError):
            return False


def _remove(files: dict[str, Path], blobs: list[str]) -> None:
    """Remove blobs, as far as they are among the files."""
    for blob in blobs:
        if (file := files.pop(blob, None)) is not None:
            file.unlink(missing_ok=True)
