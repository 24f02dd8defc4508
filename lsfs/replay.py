"""Reads the spool back: what the mounts did becomes versions, entries and journal rows.

Lines are taken in order, in batches. Kept bytes are ingested before the line's path is looked at
again, so versions stand in the order the states had. Rows, the place reached and the paths to be
looked at are one transaction; so is what came of looking at some of them. A crash leaves one or the
other.

Identity: a file just made and moved onto another becomes that one's next version (how editors and
`sed -i` save); any other move takes the history along.

Threading: `drain` may be called from any thread; one runs at a time, under the observer's lock.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from lsfs.ahead import Ahead
from lsfs.aside import Aside
from lsfs.before import take_before
from lsfs.blobs import Interrupted
from lsfs.catalog import Catalog
from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.errors import LsfsError
from lsfs.history import History
from lsfs.inverses import inverse_of_move, inverse_of_removal, save_of
from lsfs.journal import Journal
from lsfs.lines import OF_METADATA, is_not_looked_after, lines_from, named, renamed, tells_less
from lsfs.names import is_transient
from lsfs.observer import OUTSIDE, SLICE_S, YOUNG_NS, Observer, Told
from lsfs.open_files import OpenFiles
from lsfs.paths import is_under, name
from lsfs.programs import Acts, Rows, actor_of
from lsfs.records import Change, Entry, Version
from lsfs.same import is_touched
from lsfs.seen import has_same_bytes
from lsfs.snapshot import Kept
from lsfs.spool import SpoolLine, segments, writer_of
from lsfs.spool_files import SpoolFiles
from lsfs.unread import PutOff

log = logging.getLogger(__name__)
BATCH_LINES = 200
TOUCHED = "touched"
"""The setting that holds the paths, with their lines, that are to be looked at."""


class SpoolReader:
    """Replays the spool of one root."""

    def __init__(
        self, config: Config, observer: Observer, history: History, journal: Journal
    ) -> None:
        self._files = SpoolFiles(config, history.catalog)
        self._observer = observer
        self._history = history
        self._catalog: Catalog = history.catalog
        self._rows = Rows(journal)
        self.open_files = OpenFiles()
        """What programs have changed through a mount and not closed yet."""
        self._ahead: dict[Path, Ahead] = {}
        self._unread = observer.unread
        self._aside = Aside()
        self._touched = lines_from(self._catalog.setting(TOUCHED) or "[]")
        observer.look_ahead, observer.is_told_of = self._look_ahead, self._is_told_of
        self.is_ending = False

    def drain(self, patience_s: float = -1) -> int:
        """Read all that is there by now, and not what is written meanwhile; the number of lines
        read. Stops early when `is_ending`, and reads nothing when the observer's lock is not free
        within `patience_s` (-1: for ever)."""
        if not self._observer.lock.acquire(timeout=patience_s):
            return 0
        try:
            return self._drain()
        finally:
            self._observer.lock.release()

    def _drain(self) -> int:
        total = 0
        self._look_ahead()  # before anything is taken
        self._settle_touched()
        waiting = [(file, file.stat().st_size) for file in self._files.segments()]
        for segment, size in waiting:
            while not self.is_ending and self._files.offset(segment) < size:
                count = self._batch_or_again(segment)
                if not count:
                    break
                total += count
        forgotten = [segment for segment, _ in waiting if self._files.is_through(segment)]
        for segment in forgotten:
            self._forget(segment)
        if forgotten:
            self._files.sweep_dead()
        return total

    def _look_ahead(self) -> None:
        for segment in self._files.segments():
            offset = self._files.offset(segment)
            self._ahead.setdefault(segment, Ahead(segment, offset)).look()

    def sweep(self) -> None:
        """Remove what crashes left in the spool; remember what programs have open."""
        self.open_files = OpenFiles.following(self._files.sweep())

    def read_large(self, below: Sequence[str] = ("",)) -> None:
        """Read the large files that wait by now, those at or `below` some paths, one after the
        other, and take them in. Only for the last of it does it need the observer's lock. Stops
        early when `is_ending`."""
        with contextlib.suppress(Interrupted):
            for one in self._unread.all():
                if not self.is_ending and any(is_under(one.path, path) for path in below):
                    self._read(one.path)

    def _read(self, path: str) -> None:
        with self._history.reading:
            with self._observer.lock:
                self._drain()  # whatever is told of it by now is known
                one = self._unread.at(path)
                if one is None:
                    return
                if self.open_files.is_open(path):
                    return self._look_at_read(one)  # it is told of again when it is closed
            with (
                self._history.read_ahead(path, lambda: not self.is_ending),
                self._observer.lock,
            ):
                self._drain()
                one = self._unread.at(path)
                if one is not None and not self._comes_again(path):
                    self._look_at_read(one)

    def _look_at_read(self, one: PutOff) -> None:
        """Take in a file that waited no longer."""
        self._history.blobs.sync()
        saves = Acts()
        with self._forgetting(), self._catalog.atomic(durable=True):
            self._unread.drop(one.path)
            if one.line is None:
                self._observer.look_at(one.path, one.actor, below=False)
            else:
                look = partial(self._settle, one.path, one.line, saves)
                self._observer.guarded(one.path, look)
            if one.journal is not None:
                self._rows.fill(one.journal, saves)
            else:
                self._rows.record(saves)
        self._observer.settle()

    def _forget(self, segment: Path) -> None:
        """Delete a segment that is read; files a dead mount left open are looked at now."""
        self._files.forget(segment)
        self._ahead.pop(segment, None)
        writer = writer_of(segment)
        if not any(writer_of(other) == writer for other in segments(segment.parent)):
            self._observer.reconcile(self.open_files.abandoned(writer), "mount")

    def _batch_or_again(self, segment: Path) -> int:
        """A batch; one that fails is read again the next time."""
        try:
            return self._read_batch(segment)
        except BaseException:
            self._ahead.clear()
            raise

    def _read_batch(self, segment: Path) -> int:
        """Bytes into the store first, then rows, the offset and what is to be looked at in one
        transaction: a batch that a crash interrupts is read again from its start, or not at all."""
        ahead = self._ahead.setdefault(segment, Ahead(segment, self._files.offset(segment)))
        read = ahead.take(BATCH_LINES)
        if not read:
            return 0
        lines = [line for line, _ in read if not is_not_looked_after(line)]
        self._files.wait_for_acts(lines, segment)
        kept = {line.kept: self._adopted(line) for line in lines if line.kept}
        self._history.blobs.sync()
        acts = Acts()
        touched = dict(self._touched)  # by the line that tells most of what became of it
        with self._forgetting(), self._catalog.atomic(durable=bool(kept)):
            for number, line in enumerate(lines, start=1):
                if line.to and not self._aside.puts(line, lines[number:], self._comes_again):
                    touched = {renamed(one, line): of_it for one, of_it in touched.items()}
                for path in self._guarded(line, writer_of(segment), kept, acts):
                    if path not in touched or not tells_less(line, touched[path]):
                        touched[path] = line
            touched = self._aside.after(touched)
            self._rows.record(acts)
            self._files.set_offset(segment, read[-1][1])
            self._remember(touched)
        for line in lines:
            if line.kept:
                self._files.kept(line).unlink(missing_ok=True)
        self._settle_touched()
        return len(read)

    def _settle_touched(self) -> None:
        """Look at what the last batch was about, but for what a line ahead says is elsewhere by
        now. A slice of time has a transaction: what it found and did not find yet is known
        together, whenever a crash comes."""
        later = {one: line for one, line in self._touched.items() if self._is_renamed(one)}
        left = {one: line for one, line in self._touched.items() if one not in later}
        while left:
            saves, now = Acts(), dict(left)
            with self._forgetting(), self._catalog.atomic():
                until = time.monotonic() + SLICE_S
                while now and time.monotonic() < until:
                    path = next(iter(now))
                    look = partial(self._settle, path, now.pop(path), saves)
                    self._observer.guarded(path, look)
                self._rows.record(saves)
                self._history.blobs.sync()
                self._remember(now | later)
            left = now
            self._observer.settle()

    def _remember(self, touched: dict[str, SpoolLine]) -> None:
        self._catalog.set_setting(TOUCHED, json.dumps(list(touched.items())) if touched else None)
        self._touched = touched

    @contextlib.contextmanager
    def _forgetting(self) -> Iterator[None]:
        """What a transaction that fails has left in memory goes with its rows."""
        before = self._rows.copy(), self.open_files.copy(), self._touched, self._aside.copy()
        just_gone = self._observer.just_gone.copy()
        try:
            yield
        except BaseException:
            self._rows, self.open_files, self._touched, self._aside = before
            self._observer.just_gone = just_gone
            raise

    def _adopted(self, line: SpoolLine) -> Kept | None:
        return self._history.adopt(self._files.kept(line), line.path, line.since_ns)

    def _guarded(
        self, line: SpoolLine, writer: str, kept: Mapping[str, Kept | None], acts: Acts
    ) -> list[str]:
        """The paths to look at after a line; a line that cannot be applied is passed over."""
        try:
            return list(self._take(line, writer, kept, acts))
        except (LsfsError, OSError, ValueError, OverflowError) as error:
            if is_for_want_of_room(error):
                raise
            log.error("cannot take in %r: %s", line, error)
            return [line.path]

    def _take(
        self, line: SpoolLine, writer: str, kept: Mapping[str, Kept | None], acts: Acts
    ) -> Iterator[str]:
        """Apply one line to the catalog; yields the paths to look at when the batch is through."""
        if line.kept:
            state = kept[line.kept]
            if state is None:
                return  # what it was kept for did not take place
            of = self._aside.original(line.path)
            self._take_kept(line._replace(path=of), state)
            yield from dict.fromkeys((of, line.path))
        elif line.gap:
            self._history.lose(line.path, line.gap, actor_of(line), line.since_ns or line.at_ns)
            yield line.path
        elif line.was:
            take_before(self._history, line, comes_again=self._comes_again(line.path))
        place = self.open_files.follow(line, writer)
        match line.event:
            case "keep" | "dirty":
                pass
            case "closed":
                yield place
            case "removed" | "rmdir":
                self._removed(line, acts)
            case "moved":
                yield from self._moved(line, acts)
            case "exchanged":
                self._observer.exchanged(line.path, line.to or line.path, line.at_ns)
                yield from (line.path, line.to or line.path)
            case _:
                yield from named(line)

    def _take_kept(self, line: SpoolLine, state: Kept) -> None:
        """A state that an act destroyed: of a file that waited to be read, what it waited for."""
        waiting = self._unread.at(line.path)
        actor = waiting.actor if waiting else actor_of(line)
        entry = self._catalog.entry(line.path)
        old = self._catalog.newest_version(entry.id) if entry else None
        new = self._history.ingest(line.path, state, actor, line.since_ns, line.at_ns)
        for other in self._observer.origins.other_names(entry) if entry else ():
            self._history.ingest(other, state, actor, line.since_ns, line.at_ns)
        self._unread.drop(line.path)
        if waiting is None or waiting.line is None or waiting.journal is None:
            return
        saves = Acts()
        change, inverse, leaves = save_of(self._history, entry, [(line.path, old)], new)
        leaves[line.path] = f"file {new.content}"
        saves.of(waiting.line).append((change, inverse, leaves))
        self._rows.fill(waiting.journal, saves)

    def _removed(self, line: SpoolLine, acts: Acts) -> None:
        path = line.path
        self._aside.drop(path)
        self._unread.drop(path)
        entry = self._catalog.entry(path)
        if entry:
            self._observer.gone(entry, line.at_ns)
        entry = entry or self._observer.just_gone.take(path)
        if entry and not is_transient(name(path)):
            self._record_gone(line, entry, acts)

    def _record_gone(self, line: SpoolLine, entry: Entry, acts: Acts) -> None:
        inverse = inverse_of_removal(entry, self._catalog.newest_version(entry.id))
        acts.of(line).append((Change("remove", line.path), inverse, {line.path: "absent"}))

    def _moved(self, line: SpoolLine, acts: Acts) -> Iterator[str]:
        path, to = line.path, line.to or line.path
        is_aside = self._aside.original(to) == path
        if (is_aside or is_transient(name(to))) and self._unread.at(path):
            kept = self._history.kept_from(to)  # it will not be looked at as what it was
            if kept is not None:
                self._take_kept(line._replace(since_ns=0), kept)
        if is_aside:
            return
        self._unread.moved(path, to)
        source, target = self._catalog.entry(path), self._catalog.entry(to)
        if is_transient(name(to)):
            if source:
                self._observer.gone(source, line.at_ns)
            return
        yield to
        if source is None:  # a folder made so shortly before that nobody has looked at it
            self._observer.moved_below(path, to, line.at_ns)
            return
        if target and self._is_young(source):  # what it is saved as, `to`, is looked at later
            self._observer.gone(source, line.at_ns)
            self._record_gone(line, source, acts)
            return
        replaced = self._catalog.newest_version(target.id) if target else None
        self._observer.moved(source, to, line.at_ns, actor_of(line))
        acts.of(line).append((Change("move", path, to), *inverse_of_move(source, to, replaced)))

    def _is_young(self, entry: Entry) -> bool:
        """Whether the entry was made moments ago: a file about to be renamed onto its target."""
        first = self._catalog.oldest_version(entry.id)
        # a time to come is one that the clock had before it was set back
        return first is not None and abs(time.time_ns() - first.at_ns) < YOUNG_NS

    def _settle(self, path: str, line: SpoolLine, saves: Acts) -> None:
        """Look at a path once the batch is through; a new version is a save in the journal."""
        if self.open_files.is_open(path) or is_transient(name(path)):
            return
        self._aside.drop(path)
        state = self._observer.state_of(path)
        if state and not stat.S_ISDIR(state.st_mode) and self._comes_again(path):
            return
        reserve = partial(self._rows.reserve, line)
        if state and self._unread.put_off(path, state, actor_of(line), line, reserve):
            return
        before, actor = self._catalog.entry(path), actor_of(line)
        old = self._catalog.newest_version(before.id) if before else None
        old_links = self._links(path, state) if state else []
        if line.event in OF_METADATA and before and state and not has_same_bytes(before, state):
            actor = OUTSIDE  # nobody wrote it through the mount
        self._observer.look_at(path, actor, below=line.event == "moved")
        after = self._catalog.entry(path)
        if after is None:
            return
        # a kept state taken in a moment ago must not stand as the newest one
        new = self._history.capture(path, actor)
        if state and not stat.S_ISDIR(state.st_mode) and self._comes_again(path):
            raise Told
        if new is None or (old and is_touched(old, new)):
            return
        if old is None and before and line.event == "moved":
            return  # it was taken for the first time, and is what it was
        is_save = not self._rows.is_making(line, before, after)
        save = save_of(self._history, before, [(path, old), *old_links], new)
        saves.of(line, is_save=is_save).append(save)

    def _links(self, path: str, state: os.stat_result) -> list[tuple[str, Version | None]]:
        """The other names of a file, each with its newest version."""
        links = self._observer.origins.links(path, state)
        return [(link.path, self._catalog.newest_version(link.id)) for link, _ in links]

    def _is_told_of(self, path: str) -> bool:
        return self.open_files.is_open(path) or self._comes_again(path) or self._is_renamed(path)

    def _is_renamed(self, path: str) -> bool:
        """Whether what was at the path is elsewhere, by a line that is yet to be taken."""
        return any(ahead.renames(path) for ahead in self._ahead.values())

    def _comes_again(self, path: str) -> bool:
        """Whether there is more about it: what it is now may be what a line further on tells."""
        return any(ahead.names(path) for ahead in self._ahead.values())
