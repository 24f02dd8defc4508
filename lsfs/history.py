"""The versions of entries: taking them, finding them.

A version is the state of an entry at a moment. Taking one stores the bytes first and the row after;
a state equal to the newest version adds nothing. The tree is changed by `putting_back` alone.

Threading: safe from many threads; the catalog's lock orders the rows.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lsfs.blobs import BlobStore, hash_stream
from lsfs.catalog import Catalog
from lsfs.errors import NO_ROOM, LsfsError, MissingPathError, NothingFoundError, UsageError
from lsfs.past import Past
from lsfs.records import Entry, Metadata, Version
from lsfs.same import contents_back, has_times, is_same
from lsfs.seen import (
    QUIET_S,
    Seen,
    came_to_be_ns,
    clamped,
    has_same_bytes,
    is_quiet,
    is_state,
    seen_of,
)
from lsfs.snapshot import ChangedMeanwhile, Kept, Snapshot, came_to_be, must_be_same
from lsfs.times import nanoseconds
from lsfs.tree import Expected, Tree, kind_of, xattrs_of

READ_ATTEMPTS = 3
RESTLESS = f"changed {READ_ATTEMPTS} times while being read"


def _on(moment: datetime | None) -> str:
    return f"on {moment.astimezone():%Y-%m-%d at %H:%M:%S}" if moment else "then"


class History:
    """Versions, over one catalog, one tree and one content store."""

    def __init__(
        self, catalog: Catalog, tree: Tree, blobs: BlobStore, *, most_bytes: int,
        fine_device: int | None = None,
    ) -> None:  # fmt: skip
        """`most_bytes`: a larger file is not kept. `fine_device`: `seen.device_of_fine_times`."""
        self.catalog = catalog
        self.tree = tree
        self.blobs = blobs
        self._most_bytes = most_bytes
        self._fine_device = fine_device
        self.reading = threading.Lock()
        """Held while bytes are in the store of which no row tells yet."""
        self._read: dict[Seen, str] = {}
        self._gaps: dict[str, str] = {}

    # -- finding -----------------------------------------------------------------------------------

    def entry(self, path: str) -> Entry:
        """The entry at `path`, or the last one that was, gone or elsewhere now.

        Raises:
            MissingPathError: lsfs has never seen one there.
        """
        found = self.catalog.entry(path) or self.catalog.entry_once_at(path)
        found = found or self.catalog.gone_entry(path)
        if found is None and self.tree.there(path) is not None:
            raise NothingFoundError(
                f"{path or '/'}: lsfs has no version of it yet", path=path,
                hint="a large file is read first: `lsfs status` says whether one is",
            )  # fmt: skip
        if found is None:
            raise MissingPathError(
                f"{path or '/'}: lsfs has never seen a file there", path=path,
                hint="check the spelling; `lsfs search NAME` finds files by name",
            )  # fmt: skip
        return found

    def versions(self, path: str) -> list[Version]:
        """All versions of what is or was at `path`, newest first."""
        return list(self.catalog.versions(self.entry(path).id))

    def pick(
        self, path: str, *, back: int | None, to: datetime | None, number: int | None
    ) -> Version:
        """The version meant: `back` contents before the present one, the one at `to`, or by id.

        Versions that differ from the next in metadata alone do not count for `back`.

        Raises:
            MissingPathError: there is no such version.
            UsageError: not exactly one of the three is given.
        """
        if sum(value is not None for value in (back, to, number)) != 1:
            raise UsageError("name one of: a number of versions, a time, a version", path=path)
        if number is not None:
            chosen = self.catalog.version(number)
            if chosen and Past(self.catalog).has_been_at(chosen.entry, path):
                return chosen
        entry = self.entry(path)
        if number is not None:
            chosen = None
        elif to is not None:
            chosen = self.catalog.newest_version(entry.id, nanoseconds(to))
        else:
            versions = self.catalog.versions(entry.id)
            is_there = entry.path == path and entry.gone_ns is None
            chosen = contents_back(versions, back or 1, is_there)
        if chosen is None:
            told = f"has no version {number}" if number is not None else f"was not there {_on(to)}"
            if back is not None:
                told = f"has not had {back} other contents that are kept"
            raise MissingPathError(
                f"{path} {told}", path=path, hint=f"`lsfs history '{path}'` lists what there is"
            )
        return chosen

    def as_seen(self, path: str) -> Expected:
        """Whether a stat is of the state that was last taken at `path`."""

        def is_it(state: os.stat_result) -> bool:
            entry = self.catalog.entry(path)
            return entry is not None and has_same_bytes(entry, state)

        return is_it

    def state_of(self, path: str, number: int | None) -> str:
        """The `state` that putting a version back leaves."""
        version = self.pick(path, back=None, to=None, number=number)
        if version.kind == "symlink":
            return f"symlink {os.fsencode(version.target or '').hex()}"
        return f"file {version.content}" if version.kind == "file" else version.kind

    # -- taking ------------------------------------------------------------------------------------

    def capture(
        self, path: str, actor: str, *, at_ns: int | None = None, exact: bool = False
    ) -> Version | None:
        """Take the present state of `path`; the newest version afterwards, None without an entry.

        The modification time of a folder is that of its list of names: one that differs in it
        alone is no new version, unless `exact`. A file that keeps changing while it is read, or
        cannot be read, gets a version with a `gap`.

        Raises:
            TreeError: the store's disk is full (`errors.NO_ROOM`).
        """
        state = self.tree.stat(path)
        for _ in () if path in self._gaps else range(READ_ATTEMPTS):
            if state is None:
                return None
            entry = self.see(path, state)
            try:
                return self._take(entry, state, actor, at_ns=at_ns, exact=exact)
            except ChangedMeanwhile:
                state = self.tree.stat(path)
        if state is None:
            return None
        gap = self._gaps.get(path, RESTLESS)
        return self._record(self.see(path, state), Snapshot(state, gap=gap), actor, at_ns, exact)

    @contextlib.contextmanager
    def read_ahead(self, path: str, goes_on: Callable[[], bool]) -> Iterator[None]:
        """Take the bytes of a file into the store, so that a `capture` within need not read it; a
        file that cannot be read, or keeps changing, is captured as a gap. The caller holds
        `reading`, and need not hold the observer's lock.

        Raises:
            Interrupted: `goes_on` said no.
            TreeError: the store's disk is full (`errors.NO_ROOM`).
        """
        try:
            self._read_ahead(path, goes_on)
            yield
        finally:
            self._read.clear()
            self._gaps.clear()

    def _read_ahead(self, path: str, goes_on: Callable[[], bool]) -> None:
        time.sleep(QUIET_S)  # what was changed this moment could change once more and look the same
        try:
            for _ in range(READ_ATTEMPTS):
                with self.tree.open(path) as stream:
                    before = seen_of(os.fstat(stream.fileno()))
                    if before[2] > self._most_bytes:
                        return  # it has grown since: what captures it says so
                    content = self.blobs.put(stream, goes_on)
                    if seen_of(os.fstat(stream.fileno())) == before:
                        self._read[before] = content
                        return
            self._gaps[path] = RESTLESS
        except MissingPathError:
            return
        except LsfsError as error:
            if error.errno in NO_ROOM:
                raise
            self._gaps[path] = error.message

    def need_not_read(self, path: str, state: os.stat_result) -> bool:
        """Whether to capture a file in this state costs no reading."""
        if state.st_size > self._most_bytes or seen_of(state) in self._read or path in self._gaps:
            return True
        entry = self.catalog.entry(path)
        return entry is not None and entry.captured and is_state(entry, state)

    def note_metadata(self, path: str, actor: str) -> None:
        """A version of a captured file whose metadata may have changed; its bytes are not read."""
        entry, state = self.catalog.entry(path), self.tree.there(path)
        if entry and state and entry.captured and is_state(entry, state):
            xattrs = self.tree.metadata(path).xattrs
            target = self.tree.link_target(path) if entry.kind == "symlink" else None
            snapshot = Snapshot(state, xattrs, content=entry.content, target=target)
            self._record(entry, snapshot, actor, at_ns=None, exact=False)

    def see(
        self, path: str, state: os.stat_result, since_ns: int | None = None, *,
        is_renamed: bool = False,
    ) -> Entry:  # fmt: skip
        """The entry's row, brought up to date; a path that comes back keeps its entry. What was
        not there before is there since `since_ns`, or since its last change; what only was renamed
        has the bytes it had."""
        kind = kind_of(state)
        since = came_to_be_ns(state) if since_ns is None else since_ns
        with self.catalog.atomic():
            entry = self.catalog.entry(path)
            if entry and entry.kind != kind:
                self.forget(entry, since)
                entry = None
            if entry and is_state(entry, state):
                return entry
            gone = None if entry else self.catalog.gone_entry(path)
            if gone and gone.kind == kind:
                entry = gone
            if entry:
                self.catalog.see_entry(entry.id, kind, state, since, has_same_bytes=is_renamed)
            else:
                self.catalog.add_entry(path, kind, state, since)
            found = self.catalog.entry(path)
            assert found is not None
            return found

    def forget(self, entry: Entry, at_ns: int) -> list[Entry]:
        """`entry` and all below it is not there any more from `at_ns` on; the entries that went."""
        with self.catalog.atomic():
            below = self.catalog.entries_under(entry.path) if entry.kind == "directory" else []
            for one in [entry, *below]:
                self.catalog.mark_gone(one.id, at_ns)
            return [entry, *below]

    def state(self, path: str) -> str:
        """What is at `path`: its kind and a hash of its bytes; "absent" when nothing is."""
        state = self.tree.there(path)
        if state is None:
            return "absent"
        kind = kind_of(state)
        if kind == "symlink":
            return f"symlink {os.fsencode(self.tree.link_target(path)).hex()}"
        if kind != "file":
            return kind
        entry = self.catalog.entry(path)
        if entry and entry.captured and entry.content and is_state(entry, state):
            return f"file {entry.content}"
        with self.tree.open(path) as stream:
            return f"file {hash_stream(stream)}"

    def ingest(self, path: str, kept: Kept, actor: str, since_ns: int, at_ns: int) -> Version:
        """Bytes a mount kept before destroying them at `at_ns`, as a version of `path`; the file
        was as it was since `since_ns` (0: not known)."""
        since = min(since_ns or clamped(kept.state.st_mtime_ns), at_ns)
        entry = self.catalog.entry(path) or self.catalog.gone_entry(path)
        if entry is None:
            entry = self.see(path, kept.state, since)
        snapshot = Snapshot(kept.state, kept.xattrs, content=kept.content, gap=kept.gap)
        newest = self.catalog.newest_version(entry.id)
        if newest is None:
            moment = min(snapshot.metadata.mtime_ns, since)
        else:
            moment = min(max(since, newest.at_ns + 1), at_ns)
        return self._record(entry, snapshot, actor, moment, exact=False)

    def lose(self, path: str, gap: str, actor: str, since_ns: int) -> None:
        """A mount could not keep a state of `path` that its act destroyed: a version without bytes
        says so, unless the bytes are known after all."""
        entry = self.catalog.entry(path) or self.catalog.gone_entry(path)
        newest = self.catalog.newest_version(entry.id) if entry else None
        is_known = entry and entry.captured and entry.ctime_ns == since_ns
        if entry is None or is_known or (newest and newest.at_ns >= since_ns):
            return
        last_known = Metadata(stat.S_IMODE(entry.mode), 0, 0, entry.mtime_ns)
        lost = Version(
            id=0, entry=entry.id, path=entry.path, at_ns=since_ns, kind="file", size=entry.size,
            metadata=newest.metadata if newest else last_known, content=None, target=None,
            actor=actor, gap=gap,
        )  # fmt: skip
        self.catalog.add_version(lost)

    def adopt(self, file: Path, path: str, since_ns: int) -> Kept | None:
        """Take the bytes of a kept file into the store, which was at `path` with this ctime; None
        when it is not there, or is no file: the act it was kept for did not take place.

        Raises:
            OSError: the store's disk is full; any other failure is the `gap` of what was kept.
        """
        try:
            state = file.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(state.st_mode):
            return None
        try:
            content = self._known(path, state, since_ns) or self.blobs.adopt(file)
            return Kept(state, xattrs_of(str(file)), content)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise
            return Kept(state, {}, None, gap=f"what was kept cannot be read: {error.strerror}")

    def kept_from(self, path: str) -> Kept | None:
        """What is at `path` now, its bytes in the store; None when there is no file."""
        state = self.tree.there(path)
        if state is None or not stat.S_ISREG(state.st_mode):
            return None
        snapshot = self._snapshot(path, state)
        return Kept(state, snapshot.metadata.xattrs, snapshot.content, snapshot.gap)

    def _known(self, path: str, state: os.stat_result, since_ns: int) -> str | None:
        """The bytes of a file that was at `path`, where they were captured and it was not changed
        after that: what was done to keep it has changed its ctime alone."""
        entry = self.catalog.entry(path)
        if entry is None or not entry.captured or entry.ctime_ns != since_ns:
            return None
        content = entry.content if has_same_bytes(entry, state) else None
        return content if content and self.blobs.contains(content) else None

    def _take(
        self, entry: Entry, state: os.stat_result, actor: str, *, at_ns: int | None, exact: bool
    ) -> Version:
        if entry.captured and is_state(entry, state):
            newest = self.catalog.newest_version(entry.id)
            is_it = newest is not None and newest.content == entry.content
            is_exact = exact or entry.kind != "directory"
            if newest and is_it and (not is_exact or has_times(newest, state)):
                return newest
        was_quiet = state.st_dev == self._fine_device or is_quiet(state)
        snapshot = self._snapshot(entry.path, state)
        with self.catalog.atomic():
            version = self._record(entry, snapshot, actor, at_ns, exact)
            if snapshot.gap is None and was_quiet:
                self.catalog.mark_captured(entry.id, snapshot.content, state)
            return version

    def _snapshot(self, path: str, state: os.stat_result) -> Snapshot:
        kind = kind_of(state)
        try:
            if kind == "symlink":
                return Snapshot(state, target=self.tree.link_target(path))
            xattrs = self.tree.metadata(path).xattrs
            if kind != "file":
                return Snapshot(state, xattrs)
            if state.st_size > self._most_bytes:
                return Snapshot(state, xattrs, gap="it is larger than versions.max_file_bytes")
            content = self._read.get(seen_of(state)) or self._bytes(path, state)
        except LsfsError as error:
            if error.errno in NO_ROOM:
                raise  # it can be taken when there is room again
            return Snapshot(state, gap=error.message)
        return Snapshot(state, xattrs, content=content)

    def _bytes(self, path: str, state: os.stat_result) -> str:
        with self.tree.open(path) as stream:
            must_be_same(state, os.fstat(stream.fileno()))
            content = self.blobs.put(stream)
            must_be_same(state, os.fstat(stream.fileno()))
            return content

    def _record(
        self, entry: Entry, snapshot: Snapshot, actor: str, at_ns: int | None, exact: bool
    ) -> Version:
        now = time.time_ns()
        with self.catalog.atomic():
            newest = self.catalog.newest_version(entry.id)
            moment = at_ns or came_to_be(snapshot, newest, now)
            version = Version(
                id=0, entry=entry.id, path=entry.path, at_ns=moment, kind=snapshot.kind,
                size=snapshot.size, metadata=snapshot.metadata,
                content=snapshot.content, target=snapshot.target, actor=actor, gap=snapshot.gap,
            )  # fmt: skip
            if newest and is_same(newest, version, exact or version.kind != "directory"):
                return newest
            return replace(version, id=self.catalog.add_version(version))
