"""What it takes to make a folder as it was at a moment: literal moves, rollbacks and removals.

It looks at the past and at the present and changes nothing. What was renamed goes back by a move,
so that it keeps its history; what is gone or has changed comes back from its version; what was not
there then is removed, which keeps it in the store.
"""

from __future__ import annotations

import errno
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from lsfs.catalog import KNOWN_SINCE
from lsfs.errors import LsfsError, MissingPathError
from lsfs.history import History
from lsfs.past import Past, Was
from lsfs.paths import is_under, moved, parent
from lsfs.plan import Move, Operation, Remove, Rollback
from lsfs.records import EntryKind, Version
from lsfs.selector import Selector
from lsfs.times import rfc3339
from lsfs.tree import kind_of


@dataclass(slots=True)
class _Thing:
    """What is at a path: its kind, its entry (None: not known), and where it is now."""

    kind: EntryKind
    entry: int | None
    origin: str


@dataclass(slots=True)
class _Present:
    """The tree as it will be when the operations found so far are done."""

    things: dict[str, _Thing] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)

    def put(self, path: str, thing: _Thing) -> None:
        self.things[path] = thing
        if thing.entry is not None:
            self.places[thing.entry] = path

    def take(self, path: str) -> list[tuple[str, _Thing]]:
        """What is at `path` and below it, which is there no more."""
        found = [path]
        if self.things[path].kind == "directory":
            found = [one for one in self.things if is_under(one, path)]
        taken = [(one, self.things.pop(one)) for one in found]
        for _, thing in taken:
            if thing.entry is not None:
                del self.places[thing.entry]
        return taken

    def move(self, path: str, to: str) -> None:
        for one, thing in self.take(path):
            self.put(moved(one, path, to), thing)


class Restorer:
    """Compares one moment with the present."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._catalog = history.catalog
        self._tree = history.tree
        self._past = Past(history.catalog)
        self.lost: list[str] = []
        """Paths that were there then, of which nothing was ever kept."""

    def operations(self, path: str, at_ns: int) -> Iterator[Operation]:
        """What makes `path` (a file, a folder, "" for all) as it was at `at_ns`, in order.

        Raises:
            MissingPathError: lsfs did not look after the root then: it cannot tell what was not
                there from what it has not seen.
        """
        known_ns = int(self._catalog.setting(KNOWN_SINCE) or 0)
        if at_ns < known_ns:
            raise MissingPathError(
                f"lsfs has looked after this folder since {rfc3339(known_ns)}; how the whole of it"
                " was before, it cannot know", path=path,
                hint="`lsfs rollback FILE --to TIME` brings back single files of which it knows",
            )  # fmt: skip
        if path and self._tree.there(path) is None and self._past.at(path, at_ns) is None:
            self._history.entry(path)  # never seen: says so
        present = self._present(path)
        then = {was.path: was for was in self._past.below(path, at_ns)}
        homes = {was.entry: was.path for was in then.values()}
        for was in then.values():
            yield from self._make_way(was, homes, then, present)
            yield from self._as_it_was(was, then, present)
        for one in _topmost(present.things.keys() - then.keys()):
            thing = present.things[one]
            if thing.kind != "other" and thing.entry is not None:  # of others it cannot tell
                yield self._out_of_the_way(one, self._past.place_of(thing.entry, at_ns))

    def _out_of_the_way(self, path: str, home: str | None) -> Operation:
        """What was not there then goes where it was, where that is a free place outside of what is
        restored; else it goes."""
        target = Selector(paths=(path,))
        if home and self._tree.there(home) is None and self._is_folder(parent(home)):
            return Move(target=target, to=home)
        return Remove(target=target)

    def _is_folder(self, path: str) -> bool:
        state = self._tree.there(path)
        return state is not None and kind_of(state) == "directory"

    def _make_way(
        self, was: Was, homes: dict[int, str], then: dict[str, Was], present: _Present
    ) -> Iterator[Operation]:
        """What is at a path, and was elsewhere then, goes there, or aside where that is taken yet:
        nothing is overwritten or removed before it has gone back. So does what is in a folder that
        has taken the place of something else."""
        there = present.things.get(was.path)
        if there is None or there.entry == was.entry:
            return
        leaving = [was.path] if there.entry in homes else []
        if not leaving and there.kind == "directory" != was.kind:
            inside = (one for one in present.things if one != was.path and is_under(one, was.path))
            leaving = _topmost({one for one in inside if present.things[one].entry in homes})
        for path in leaving:
            to = self._free_home(path, homes, present) or self._aside(was.path, then, present)
            yield Move(target=Selector(paths=(path,)), to=to)
            present.move(path, to)

    def _free_home(self, path: str, homes: dict[int, str], present: _Present) -> str | None:
        home = homes[present.things[path].entry or 0]
        above = present.things.get(parent(home))
        has_folder = parent(home) == "" or (above is not None and above.kind == "directory")
        is_free = home not in present.things and not is_under(home, path)
        return home if is_free and has_folder else None

    def _aside(self, path: str, then: dict[str, Was], present: _Present) -> str:
        """A free name beside a path."""
        for number in itertools.count(1):
            name = f"{path} ({number})"
            if name not in then and name not in present.things and not self._tree.there(name):
                return name
        raise AssertionError("there is always a free name")

    def _present(self, path: str) -> _Present:
        present = _Present()
        for one, state in self._tree.walk(path):
            entry = self._catalog.entry(one)
            present.put(one, _Thing(kind_of(state), entry.id if entry else None, one))
        return present

    def _as_it_was(self, was: Was, then: dict[str, Was], present: _Present) -> Iterator[Operation]:
        path = was.path
        there, place = present.things.get(path), present.places.get(was.entry)
        if there is not None and there.kind != was.kind:
            yield Remove(target=Selector(paths=(path,)))
            present.take(path)
        elif there is None and place is not None and present.things[place].kind == was.kind:
            stays = then.get(place)
            if (stays is None or stays.entry != was.entry) and not is_under(path, place):
                yield Move(target=Selector(paths=(place,)), to=path)
                present.move(place, path)
        there = present.things.get(path)
        if there is not None and self._is_as_it_was(was, there.origin):
            return
        if was.version is None or was.version.gap:
            if not (was.kind == "directory" and there is not None):
                self.lost.append(path)
            return
        if was.kind != "other":
            yield Rollback(path=path, version=was.version.id)
        if there is not None and there.entry not in (None, was.entry):
            del present.places[there.entry]  # it is overwritten, and can be moved nowhere
        if there is None or there.entry != was.entry:
            present.put(path, _Thing(was.kind, None, path))

    def _is_as_it_was(self, was: Was, origin: str) -> bool:
        """Whether what is at `origin` now is what was."""
        version, state = was.version, self._tree.there(origin)
        if version is None or state is None:
            return was.now is not None or was.kind == "directory"
        try:
            return self._has_metadata(version, origin) and self._has_bytes(version, origin)
        except LsfsError as error:
            if error.errno != errno.EACCES:
                raise
            entry = self._catalog.entry(origin)  # a file that we may not read
            return entry is not None and entry.ctime_ns == state.st_ctime_ns

    def _has_metadata(self, version: Version, path: str) -> bool:
        wanted, found = version.metadata, self._tree.metadata(path)
        if version.kind == "symlink":
            return True
        has_times = version.kind == "directory" or wanted.mtime_ns == found.mtime_ns
        return has_times and (wanted.mode, wanted.uid, wanted.gid, wanted.xattrs) == (
            found.mode, found.uid, found.gid, found.xattrs,
        )  # fmt: skip

    def _has_bytes(self, version: Version, path: str) -> bool:
        match version.kind:
            case "symlink":
                return self._tree.link_target(path) == version.target
            case "file":
                return self._history.state(path) == f"file {version.content}"
            case _:
                return True


def _topmost(paths: set[str]) -> list[str]:
    """Those that do not lie in another of them, in order."""
    return sorted(path for path in paths if not any(one in paths for one in _above(path)))


def _above(path: str) -> Iterator[str]:
    while path:
        path = parent(path)
        yield path
