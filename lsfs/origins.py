"""Which entry something in the tree is, that is not where it was; and where a file is by other
names. Looks only."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

from lsfs.catalog import Catalog
from lsfs.paths import moved
from lsfs.records import Entry
from lsfs.seen import has_same_bytes
from lsfs.tree import Tree, kind_of

RENAME_WINDOW_NS = 60_000_000_000
"""An entry that went no longer ago may turn out to have been renamed."""


class Origins:
    """Over one catalog and one tree."""

    def __init__(self, catalog: Catalog, tree: Tree) -> None:
        self._catalog = catalog
        self._tree = tree

    def moved_from(self, path: str, state: os.stat_result) -> Entry | None:
        """The entry that this inode is, if it is no longer where it was and looks the same.

        Inode numbers are used again at once, so size and mtime (which a rename keeps) must agree.
        """
        since = time.time_ns() - RENAME_WINDOW_NS
        for entry in self._catalog.entries_by_inode(state.st_dev, state.st_ino, since):
            there = self._tree.there(entry.path)
            moved_away = there is None or there.st_ino != state.st_ino
            is_alike = entry.kind == kind_of(state) and has_same_bytes(entry, state)
            if moved_away and is_alike and self._is_same(entry, path):
                return entry
        return None

    def taken_along(
        self, missed: Iterable[Entry], path: str, to: str
    ) -> Iterator[tuple[Entry, str]]:
        """Entries found missing below the folder `path`, which is `to`, with where they are: the
        inode alone proves it there, whatever changed since."""
        for entry in missed:
            place = moved(entry.path, path, to)
            state = self._tree.there(place)
            if state and state.st_ino == entry.inode and kind_of(state) == entry.kind:
                yield entry, place

    def unknown_below(self, folder: str) -> list[str]:
        """What is below a folder and not in the catalog."""
        return [path for path, _ in self._tree.walk(folder) if not self._catalog.entry(path)]

    def _is_same(self, entry: Entry, path: str) -> bool:
        """Of what looks the same: the inode is no younger than what was seen of it, and a link
        (several are made in one tick of the clock) points to the same."""
        born_ns = self._tree.birth_ns(path)
        if born_ns is not None and born_ns > entry.ctime_ns:
            return False
        if entry.kind != "symlink":
            return True
        newest = self._catalog.newest_version(entry.id)
        return newest is None or newest.target == self._tree.link_target(path)

    def links(self, path: str, state: os.stat_result) -> list[tuple[Entry, os.stat_result]]:
        """The entries that are other names of a file, with what they are now."""
        if state.st_nlink < 2 or kind_of(state) == "directory":
            return []
        known = self._catalog.entries_by_inode(state.st_dev, state.st_ino, time.time_ns())
        found = [(entry, self._tree.there(entry.path)) for entry in known if entry.path != path]
        return [(entry, now) for entry, now in found if now and now.st_ino == state.st_ino]

    def other_names(self, entry: Entry) -> list[str]:
        """Where else the file is, by what the catalog last saw."""
        known = self._catalog.entries_by_inode(entry.device, entry.inode, time.time_ns())
        same = (one for one in known if one.ctime_ns == entry.ctime_ns)
        return [one.path for one in same if one.id != entry.id]
