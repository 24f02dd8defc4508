"""Reads the spool back: what the mounts did becomes versions, entries and journal rows.

Lines are taken in order, in batches. Kept bytes are ingested before the line's path is looked at
again, so versions stand in the order the states had. A batch may be read twice after a crash: a
kept file that is gone and a move that is known change nothing.

Identity: a file just made and moved onto another becomes that one's next version (how editors and
`sed -i` save); any other move takes the history along.

Threading: `drain` may be called from any thread; one runs at a time.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from lsfs.catalog import Catalog
from lsfs.config import Config
from lsfs.history import History
from lsfs.journal import Done, Journal
from lsfs.names import is_transient
from lsfs.observer import Observer
from lsfs.paths import name
from lsfs.plan import Create, Mkdir, Move, Operation, Remove, Rollback
from lsfs.records import Change, Entry, Version
from lsfs.selector import Selector
from lsfs.spool import SpoolLine, is_finished, read_lines, segments, writer_of

log = logging.getLogger(__name__)
BATCH_LINES = 200
YOUNG_NS = 60_000_000_000
SAME_REQUEST_NS = 2_000_000_000
"""Acts of one process no further apart than this are one journal row (`rm -r` is one undo)."""


class SpoolReader:
    """Replays the spool of one root."""

    def __init__(
        self, config: Config, observer: Observer, history: History, journal: Journal
    ) -> None:
        self._config = config
        self._observer = observer
        self._history = history
        self._journal = journal
        self._catalog: Catalog = history.catalog
        self._lock = threading.Lock()
        self._open_rows: dict[tuple[int, str, bool], tuple[int, int]] = {}
        self._open_files = _OpenFiles()
        self.is_ending = False

    def drain(self) -> int:
        """Read everything there is; the number of lines read. Stops early when `is_ending`."""
        total = 0
        with self._lock, self._observer.lock:
            # what is half read must not look like a change from outside to anybody
            for segment in segments(self._config.spool_directory):
                while not self.is_ending and (count := self._read_batch(segment)):
                    total += count
                if is_finished(segment) and self._offset(segment) >= segment.stat().st_size:
                    self._forget(segment)
        return total

    def _forget(self, segment: Path) -> None:
        """Delete a segment that is read; files a dead mount left open are looked at now."""
        segment.unlink()
        self._catalog.set_setting(_key(segment), None)
        writer = writer_of(segment)
        if not any(writer_of(other) == writer for other in segments(segment.parent)):
            self._observer.reconcile(self._open_files.abandoned(writer), "mount")

    def being_written(self) -> set[str]:
        """Paths that a program has changed through a mount and not closed yet."""
        return self._open_files.paths()

    def backlog_bytes(self) -> int:
        """Bytes of the spool that have yet to be read."""
        return sum(
            max(0, segment.stat().st_size - self._offset(segment))
            for segment in segments(self._config.spool_directory)
        )

    def _offset(self, segment: Path) -> int:
        return int(self._catalog.setting(_key(segment)) or 0)

    def _read_batch(self, segment: Path) -> int:
        read = list(itertools.islice(read_lines(segment, self._offset(segment)), BATCH_LINES))
        if read:
            self._replay([line for line, _ in read], writer_of(segment))
            self._history.blobs.sync()
            for line, _ in read:
                if line.kept:
                    (self._config.kept_directory / line.kept).unlink(missing_ok=True)
            self._catalog.set_setting(_key(segment), str(read[-1][1]))
        return len(read)

    def _replay(self, lines: list[SpoolLine], writer: str) -> None:
        acts: dict[tuple[int, str, bool], Done] = {}
        touched: dict[str, SpoolLine] = {}
        for line in lines:
            key = (line.pid, line.program, False)
            for path in self._take(
                line, writer, acts.setdefault(key, Done(_actor(line), line.at_ns))
            ):
                touched[path] = line
        for path, line in touched.items():
            self._settle(path, line, acts)
        for key, done in sorted(acts.items(), key=lambda item: item[1].at_ns):
            if done.changes:
                self._record(key, done)

    def _take(self, line: SpoolLine, writer: str, acts: Done) -> Iterator[str]:
        """Apply one line to the catalog; yields the paths to look at when the batch is through."""
        match line.event:
            case "keep":
                kept = self._config.kept_directory / (line.kept or "")
                self._history.ingest(line.path, kept, _actor(line), line.at_ns)
            case "dirty":
                self._open_files.opened(line.path, writer)
            case "closed":
                yield self._open_files.closed(line.path)
            case "removed" | "rmdir":
                self._removed(line.path, acts)
            case "moved":
                yield from self._moved(line, acts)
            case "exchanged":
                yield from (line.path, line.to or line.path)
            case _:
                yield line.path

    def _removed(self, path: str, acts: Done) -> None:
        self._open_files.closed(path)
        entry = self._catalog.entry(path)
        if entry is None:
            return
        self._observer.gone(entry)
        if is_transient(name(path)):
            return
        acts.changes.append(Change(action="remove", path=path))
        acts.inverses.append([self._bring_back(entry, self._catalog.newest_version(entry.id))])

    def _bring_back(self, entry: Entry, version: Version | None) -> Operation:
        if version:
            return Rollback(path=entry.path, version=version.id)
        return Mkdir(path=entry.path) if entry.kind == "directory" else Create(path=entry.path)

    def _moved(self, line: SpoolLine, acts: Done) -> Iterator[str]:
        path, to = line.path, line.to or line.path
        self._open_files.moved(path, to)
        source, target = self._catalog.entry(path), self._catalog.entry(to)
        if is_transient(name(to)):
            if source:
                self._observer.gone(source)
            return
        yield to
        if source is None:
            return
        if target and self._is_young(source):
            self._observer.gone(source)
            return
        replaced = self._catalog.newest_version(target.id) if target else None
        self._observer.moved(source, to)
        acts.changes.append(Change(action="move", path=path, to=to))
        inverse: list[Operation] = [Move(target=Selector(paths=(to,)), to=path)]
        if replaced:
            inverse.append(Rollback(path=to, version=replaced.id))
        acts.inverses.append(inverse)

    def _is_young(self, entry: Entry) -> bool:
        """Whether the entry was made moments ago: a file about to be renamed onto its target."""
        versions = self._catalog.versions(entry.id)
        return bool(versions) and time.time_ns() - versions[-1].at_ns < YOUNG_NS

    def _settle(self, path: str, line: SpoolLine, acts: dict[tuple[int, str, bool], Done]) -> None:
        """Look at a path once the batch is through; a new version is a save in the journal."""
        if path in self.being_written():
            return
        before = self._catalog.entry(path)
        old = self._catalog.newest_version(before.id) if before else None
        self._observer.reconcile([path], _actor(line))
        after = self._catalog.entry(path)
        new = self._catalog.newest_version(after.id) if after else None
        if after is None or (before and (new is None or (old and old.id == new.id))):
            return
        is_folder = after.kind == "directory"
        save = acts.setdefault(
            (line.pid, line.program, not is_folder),
            Done(_actor(line), line.at_ns, is_save=not is_folder),
        )
        action = "modify" if before else ("mkdir" if is_folder else "create")
        save.changes.append(Change(action, path, version=new.id if new else None, size=after.size))
        save.inverses.append(
            [Rollback(path=path, version=old.id)] if old
            else [Remove(target=Selector(paths=(path,)), if_empty=True)]
        )  # fmt: skip

    def _record(self, key: tuple[int, str, bool], done: Done) -> None:
        row, last_ns = self._open_rows.get(key, (None, 0))
        goes_on = row is not None and done.at_ns - last_ns < SAME_REQUEST_NS and not done.is_save
        if goes_on and row and self._journal.entry(row).undone_by:
            goes_on = False
        self._open_rows = {
            k: v for k, v in self._open_rows.items() if done.at_ns - v[1] < SAME_REQUEST_NS
        }
        self._open_rows[key] = (self._journal.record(done, row if goes_on else None), done.at_ns)


class _OpenFiles:
    """Which paths are being written, by which mount, through renames.

    The kernel reports the close of a file some time after the program's close, so a file may have
    been renamed by then; its `closed` line may still carry the name it was opened by.
    """

    def __init__(self) -> None:
        self._writers: dict[str, str] = {}
        self._renamed: dict[str, str] = {}

    def paths(self) -> set[str]:
        return set(self._writers)

    def opened(self, path: str, writer: str) -> None:
        self._writers[path] = writer
        self._renamed.pop(path, None)  # the name is another file's now

    def moved(self, path: str, to: str) -> None:
        if path in self._writers:
            self._writers[to] = self._writers.pop(path)
            self._renamed[path] = to

    def closed(self, path: str) -> str:
        """The path the file has now."""
        place = self._renamed.pop(path, path)
        self._writers.pop(place, None)
        return place

    def abandoned(self, writer: str) -> list[str]:
        """Paths a mount that is gone left open; they are forgotten."""
        left = [path for path, by in self._writers.items() if by == writer]
        for path in left:
            self.closed(path)
        return left


def _actor(line: SpoolLine) -> str:
    return f"mount:{line.program}" if line.program else "mount"


def _key(segment: Path) -> str:
    return f"spool:{segment.name}"
