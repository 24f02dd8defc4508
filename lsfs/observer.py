"""Brings the catalog in line with the tree, whoever changed it.

`scan` compares everything, `reconcile` some paths; both record what appeared, changed, moved or
went, take versions, and queue what the worker must look at. Nothing here changes a file.

Threading: one call at a time (`lock`, re-entrant); the daemon's supervisor, spool reader and engine
share one observer. The engine holds the lock from before an act until the catalog knows of it, so
that nobody mistakes half an act for a change from outside.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from lsfs.catalog import Catalog
from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.differences import Appeared, Changed, Vanished, differences
from lsfs.errors import LsfsError
from lsfs.history import History
from lsfs.just_gone import JustGone
from lsfs.names import is_transient
from lsfs.origins import Origins
from lsfs.paths import STATE_NAME, name
from lsfs.records import Entry
from lsfs.seen import came_to_be_ns, has_same_bytes, is_state
from lsfs.tree import Tree, kind_of
from lsfs.unread import Unread
from lsfs.worth import LISTED, UNVERSIONED, Worth

log = logging.getLogger(__name__)
OUTSIDE = "outside"
"""The actor of changes that no part of lsfs made."""
YOUNG_NS = 60_000_000_000
"""A file renamed onto another so soon after it was made is that one's next state."""
BATCH = 200
"""So many entries are found before they are looked at."""
SLICE_S, GIVE_WAY_S = 0.1, 0.005


class Told(Exception):
    """A mount has told more of a path than was taken in when it was looked at: what was found may
    be what a line yet to be read is about. It is looked at again with that."""


class Observer:
    """Reconciles one tree with one catalog."""

    def __init__(self, config: Config, catalog: Catalog, tree: Tree, history: History) -> None:
        self._catalog = catalog
        self._tree = tree
        self._history = history
        self.unread = Unread(history)
        self.lock = threading.RLock()
        self.on_queued: Callable[[], None] = lambda: None
        self.look_ahead: Callable[[], None] = lambda: None
        """Has whoever answers `is_told_of` look what the mounts have told by now."""
        self.is_told_of: Callable[[str], bool] = lambda path: False
        """Whether a mount has told more of a path than was taken in."""
        self._has_queued = self._is_listing = False
        self._new_folders: list[str] = []
        self.origins = Origins(catalog, tree)
        self.just_gone = JustGone()
        self._worth = Worth(config)

    def scan(self) -> int:
        """Compare the whole tree with the catalog; the number of differences found.

        Tree and catalog pass by side by side, and what appeared is taken in on the way: the rows of
        what vanished can still prove a move then. What vanished and what changed is remembered by
        its path alone and looked at again at the end. The first versions come last: until they are
        all taken thousands of files are findable by name, and many by what they say.
        """
        arrivals: list[str] = []
        vanished: list[str] = []
        changed: list[str] = []
        count = 0
        for one in differences(self._tree.walk(), self._catalog.seen()):
            count += 1
            match one:
                case Appeared(path, state):
                    if is_passing(path, state):
                        count -= 1
                        continue
                    arrivals.append(path)
                    if len(arrivals) == BATCH:
                        self._look_again(arrivals, self._list)
                        self.on_queued()
                case Vanished(path):
                    vanished.append(path)
                case Changed(path):
                    changed.append(path)
        self._look_again(arrivals, self._list)
        # what vanished first: a folder that a file has replaced would take its contents along
        self._look_again(vanished, self._look)
        self._look_again(changed, self._look)
        self.on_queued()  # also for what a daemon before this one left in the queue
        self._take_first_versions()
        self._history.blobs.sync()
        return count

    def _look(self, path: str) -> None:
        self.look_at(path, OUTSIDE, below=False)

    def _list(self, path: str) -> None:
        """The same, but for the first version of a file, which is taken when all are listed."""
        self._is_listing = True
        try:
            self._look(path)
        finally:
            self._is_listing = False

    def _look_again(self, paths: list[str], look: Callable[[str], None]) -> None:
        """At what a scan has found to differ; empties the list. A slice of time has a transaction
        (one for each path would cost a scan of 100,000 files ten seconds), and the lock no longer
        than that: others would wait for the whole scan."""
        paths.reverse()
        while paths:
            with self.lock, self._catalog.atomic():
                self.look_ahead()
                until = time.monotonic() + SLICE_S
                while paths and time.monotonic() < until:
                    look(paths.pop())
            time.sleep(GIVE_WAY_S)

    def _take_first_versions(self) -> None:
        """Of files that were listed without, by this scan or one that did not come to its end."""
        if (listed := self._catalog.setting(LISTED)) is None:
            return
        after = 0
        while page := self._catalog.rows(UNVERSIONED, (after, BATCH)):
            after = page[-1][0]
            paths = [os.fsdecode(path) for _, path in page]
            self._look_again(paths, lambda path: self.guarded(path, partial(self._first, path)))
        with self.lock:
            if self._catalog.setting(LISTED) == listed:  # else another has listed more
                self._catalog.set_setting(LISTED, None)

    def _may_wait(self, entry: Entry) -> bool:
        """Whether its version can be taken when all are listed. That of an empty file is cheap."""
        is_file = self._is_listing and entry.kind == "file" and entry.size > 0
        return is_file and self._catalog.newest_version(entry.id) is None

    def _first(self, path: str) -> None:
        state, entry = self._tree.there(path), self._catalog.entry(path)
        if state is None or entry is None or not is_state(entry, state):
            self._look_at(path, OUTSIDE, below=False)
        elif self._is_worth_a_version(path, state, OUTSIDE) and not self.is_told_of(path):
            self._history.capture(path, OUTSIDE)

    def _compare(self, path: str, state: os.stat_result, actor: str) -> None:
        """What a walk has met; it may have come there with its folder, and been changed as well."""
        entry = self._catalog.entry(path)
        if entry is None:
            self._appeared(path, state, actor, below=False)
        elif entry.kind == kind_of(state) and not is_state(entry, state):
            self._changed_or_replaced(entry, state, actor)

    def exchanged(self, path: str, to: str, at_ns: int) -> None:
        """What was at `path` is at `to` from `at_ns` on, and the other way round."""
        with self._catalog.atomic():
            first, second = self._catalog.entry(path), self._catalog.entry(to)
            aside = f"{path}\0"  # no name holds a NUL
            if first:
                self._place(first, aside, at_ns)
            if second:
                self._place(second, path, at_ns)
            if first:
                self._place(replace(first, path=aside), to, at_ns)

    def _place(self, entry: Entry, to: str, at_ns: int) -> None:
        self._catalog.place_entry(entry.id, to, at_ns)
        self.unread.moved(entry.path, to)
        if entry.kind == "directory":
            self.moved_below(entry.path, to, at_ns)

    def reconcile(self, paths: Iterable[str], actor: str = OUTSIDE, *, below: bool = True) -> None:
        """Look at these paths (and `below` those that are new folders)."""
        new = self.reconcile_alone(paths, actor)
        for folder in new if below else ():
            self.enter(folder)

    def reconcile_alone(self, paths: Iterable[str], actor: str = OUTSIDE) -> list[str]:
        """Look at these paths; those that are new folders, made outside, whose contents are yet to
        be looked at (`enter`): there may be so many that nobody shall wait for them."""
        # what is there first: what is not may have become it; folders before what is in them
        left = sorted(paths, key=lambda path: (self.state_of(path) is None, path))[::-1]
        with self.lock:
            self.look_ahead()
            self._new_folders.clear()
            while left:
                with self._catalog.atomic():
                    until = time.monotonic() + SLICE_S
                    while left and time.monotonic() < until:
                        self.look_at(left.pop(), actor, below=True)
            self.settle()
            return self._new_folders.copy()

    def enter(self, folder: str) -> None:
        """Look at what is below a folder."""
        found: list[str] = []
        for path, state in self._tree.walk(folder):
            if path != folder and not is_passing(path, state):
                found.append(path)
            if len(found) == BATCH:
                self._look_again(found, self._list)
                self.on_queued()
        self._look_again(found, self._list)
        self.on_queued()
        self._take_first_versions()
        self._history.blobs.sync()

    def state_of(self, path: str) -> os.stat_result | None:
        """What is there now; None also where it cannot be looked at."""
        with contextlib.suppress(LsfsError, OSError):
            return self._tree.there(path)
        return None

    def look_at(self, path: str, actor: str, *, below: bool) -> None:
        """One path of several: `settle` ends them."""
        self.guarded(path, partial(self._look_at, path, actor, below))

    def _look_at(self, path: str, actor: str, below: bool) -> None:
        self._reconcile_one(path, actor, below)
        if actor == OUTSIDE and self.is_told_of(path):
            raise Told

    def settle(self) -> None:
        """What was looked at survives a power cut, and the worker hears of what was queued."""
        self._history.blobs.sync()
        if self._has_queued:
            self._has_queued = False
            self.on_queued()

    def _enqueue(self, entry: Entry, at_ns: int | None = None) -> None:
        """`at_ns`: when it changed, by which what changed last is indexed first; now by default."""
        self._catalog.enqueue(entry.id, at_ns)
        self._has_queued = True

    def guarded(self, path: str, look: Callable[[], None]) -> None:
        """One entry that cannot be looked at must not keep lsfs from all the others.

        A full disk is no matter of one entry: the caller must look again.
        """
        try:
            with self._catalog.savepoint():
                look()
        except (LsfsError, OSError, ValueError, OverflowError, sqlite3.Error) as error:
            if is_for_want_of_room(error):
                raise
            log.warning("cannot look at %r: %s", path, error)
        except Told:
            log.debug("a mount tells of %r", path)
        except Exception:  # an outer door: tried again and again it would stop all that follows
            log.exception("cannot look at %r", path)

    def _reconcile_one(self, path: str, actor: str, below: bool) -> None:
        if not path or STATE_NAME in path.split("/"):
            return
        state = self._tree.there(path)
        entry = self._catalog.entry(path)
        if state is None:
            if entry:
                self.gone(entry, time.time_ns())
                self.just_gone.add(entry)
        elif is_passing(path, state):
            return
        elif entry is None or entry.kind != kind_of(state):
            self._appeared(path, state, actor, below=below)
        elif not is_state(entry, state):
            self._changed_or_replaced(entry, state, actor)
        if state is not None:
            for link, link_state in self.origins.links(path, state):
                if not is_state(link, link_state):
                    self._changed(link, link_state, actor)

    def _look_at_other_names(self, entry: Entry) -> None:
        """A name of a file has gone, which shows in the ctime of the others."""
        if entry.kind != "file":
            return
        known = self._catalog.entries_by_inode(entry.device, entry.inode, time.time_ns())
        for other in known:
            state = self._tree.there(other.path) if other.id != entry.id else None
            if state and has_same_bytes(other, state) and not is_state(other, state):
                self._changed(other, state, OUTSIDE)

    def _appeared(self, path: str, state: os.stat_result, actor: str, *, below: bool) -> None:
        if is_passing(path, state) or self.unread.is_waiting(path, state):
            return
        origin = self.origins.moved_from(path, state)
        if origin:
            # a rename changes ctime; where it did not, a folder above was renamed: none knows when
            is_told = origin.ctime_ns < came_to_be_ns(state)
            moved_ns = came_to_be_ns(state) if is_told else time.time_ns()
            self.moved(origin, path, moved_ns, actor)
        else:
            is_worth_it = self._is_worth_a_version(path, state, actor)
            if is_worth_it and self.unread.put_off(path, state, actor):
                return
            entry = self._history.see(path, state)
            if is_worth_it and self._may_wait(entry):
                self._catalog.set_setting(LISTED, str(time.time_ns()))
            elif is_worth_it:
                # what appears through a mount is new now, whatever mtime it was given
                at_ns = None if actor == OUTSIDE else came_to_be_ns(state)
                self._history.capture(path, actor, at_ns=at_ns)
            self._enqueue(entry, came_to_be_ns(state))
        if below and kind_of(state) == "directory":
            self._folder_appeared(path, actor)

    def _folder_appeared(self, path: str, actor: str) -> None:
        if actor == OUTSIDE:
            self._new_folders.append(path)
            return
        for child, child_state in self._tree.walk(path):
            if child != path:
                self._compare(child, child_state, actor)

    def _changed_or_replaced(self, entry: Entry, state: os.stat_result, actor: str) -> None:
        """A file that was renamed onto another takes its own history along; one made moments ago is
        how programs save the other."""
        is_other = state.st_ino != entry.inode and kind_of(state) != "directory"
        origin = self.origins.moved_from(entry.path, state) if is_other else None
        age_ns = time.time_ns() - self._catalog.first_seen_ns(origin.id) if origin else 0
        if origin and age_ns > YOUNG_NS:
            self.moved(origin, entry.path, came_to_be_ns(state), actor)
        else:
            self._changed(entry, state, actor)

    def _changed(self, entry: Entry, state: os.stat_result, actor: str) -> None:
        path = entry.path
        is_kept = self._catalog.newest_version(entry.id) is not None
        if not is_kept and not self._is_worth_a_version(path, state, actor):
            self._history.see(path, state)
        elif self.unread.put_off(path, state, actor):
            return
        else:
            self._history.capture(path, actor)
        if state.st_ino != entry.inode:
            self._look_at_other_names(entry)
        may_read_now = entry.mode != state.st_mode
        if (not has_same_bytes(entry, state) or may_read_now) and entry.kind != "directory":
            self._enqueue(entry, came_to_be_ns(state))

    def moved(self, entry: Entry, to: str, at_ns: int, actor: str) -> None:
        """`entry`, with all below it, is at `to` from `at_ns` on; what was known there is gone."""
        with self._catalog.atomic():
            for replaced in [self._catalog.entry(to), *self._catalog.entries_under(to)]:
                if replaced and replaced.id != entry.id:
                    self._catalog.mark_gone(replaced.id, at_ns)
                    self._enqueue(replaced)
            self._place(entry, to, at_ns)
            if (state := self._tree.there(to)) and has_same_bytes(entry, state):  # still captured
                self._history.see(to, state, is_renamed=True)
                if entry.captured:
                    self._catalog.mark_captured(entry.id, entry.content, state)
                    self._history.note_metadata(to, actor)  # it may have got another mode since
            self._enqueue(entry)

    def moved_below(self, path: str, to: str, at_ns: int) -> None:
        """What is known below the folder `path` is below `to` from `at_ns` on."""
        with self._catalog.atomic():
            self._catalog.move_below(path, to, at_ns)
            for below in self._catalog.entries_under(to):
                self._enqueue(below)
            missed = [] if "\0" in to else self.just_gone.take_below(path)  # an exchange's aside
            for entry, place in self.origins.taken_along(missed, path, to):
                self.moved(entry, place, at_ns, OUTSIDE)
            for place in self.origins.unknown_below(to) if missed else ():
                self.look_at(place, OUTSIDE, below=False)

    def gone(self, entry: Entry, at_ns: int) -> None:
        """`entry` and all below it is not there any more from `at_ns` on."""
        with self._catalog.atomic():
            for one in self._history.forget(entry, at_ns):
                self._enqueue(one)
            self._look_at_other_names(entry)

    def _is_worth_a_version(self, path: str, state: os.stat_result, actor: str) -> bool:
        """What lsfs or a mount changed, and what has no bytes, always; of files from outside those
        that a person wrote and that are not large."""
        kind = kind_of(state)
        is_told = actor != OUTSIDE or kind != "file" or not state.st_size
        return kind != "other" and (is_told or self._worth.is_writing(path, state.st_size))

    def is_excluded(self, path: str) -> bool:
        """Whether configuration keeps the path out of the index (caches, build trees, secrets)."""
        return self._worth.is_excluded(path)


def is_passing(path: str, state: os.stat_result) -> bool:
    """Whether a file has a name that programs leave for a moment; a folder of such a name is none
    of theirs."""
    return is_transient(name(path)) and kind_of(state) != "directory"
