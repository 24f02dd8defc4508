"""File and folder names as people say them, looked up in the catalog.

Best first: the exact path, the exact name, the name without its extension, then names that hold the
same words, then close spellings. Names only; nothing is read.
"""

from __future__ import annotations

import bisect
import difflib
import functools
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from lsfs.catalog import Catalog
from lsfs.names import is_transient
from lsfs.paths import may_stand_for
from lsfs.paths import name as last_part

FUZZY_CUTOFF = 0.75
FUZZY_MOST = 5
HOLDING_MOST = 20
NEAR_MOST = 500
"""Of so many spellings the nearest are chosen: a folder of photos may hold thousands alike."""
REMEMBERED = 2048
"""How many questions of each kind are answered once until a name changes."""
_WORD = re.compile(r"[^\W_]+")


_COUNTS_CHANGES = (
    "CREATE TEMP TABLE IF NOT EXISTS names_changed(changes INTEGER)",
    "INSERT INTO temp.names_changed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM temp.names_changed)",
    "CREATE TEMP TRIGGER IF NOT EXISTS name_added AFTER INSERT ON main.entries BEGIN"
    " UPDATE names_changed SET changes = changes + 1; END",
    "CREATE TEMP TRIGGER IF NOT EXISTS name_gone AFTER DELETE ON main.entries BEGIN"
    " UPDATE names_changed SET changes = changes + 1; END",
    "CREATE TEMP TRIGGER IF NOT EXISTS name_changed AFTER UPDATE OF path, kind, gone_ns"
    " ON main.entries WHEN old.path IS NOT new.path OR old.kind IS NOT new.kind"
    " OR (old.gone_ns IS NULL) IS NOT (new.gone_ns IS NULL) BEGIN"
    " UPDATE names_changed SET changes = changes + 1; END",
)
"""Of this connection alone: other processes change no names."""


class CatalogNames:
    """`lsfs.ports.Names` over a catalog.

    The names are read at the first question, and kept (180 bytes an entry, 260 once a slip was
    looked for) until one of them changes. Safe from several threads.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._read_at = -1
        self._known = _Sorted(()), _Sorted(())
        for statement in _COUNTS_CHANGES:
            catalog.execute(statement)

    def candidates(self, name: str) -> Sequence[str]:
        """Paths of files that `name` may mean."""
        return self._current()[0].matching(name)

    def directories(self, name: str) -> Sequence[str]:
        """Folders that `name` may mean."""
        return self._current()[1].matching(name)

    def holding(self, words: Collection[str], *, folders: bool) -> Sequence[str]:
        """See `ports.Names`."""
        return self._current()[folders].holding(words)

    def gone(self, name: str) -> Sequence[str]:
        """Paths of files that are gone."""
        sought = _folded(name.strip().strip("/").removeprefix("./"))
        rows = self._catalog.rows(
            "SELECT path FROM entries WHERE gone_ns IS NOT NULL AND kind = 'file'"
            " ORDER BY gone_ns DESC"
        )
        paths = dict.fromkeys(os.fsdecode(path) for (path,) in rows)
        found = [path for path in paths if sought in (_folded(path), _name(path))]
        return [path for path in found if self._catalog.entry(path) is None]

    def came_from(self, path: str) -> str | None:
        """Where what is at the path was before."""
        found = self._catalog.row(
            "SELECT places.path FROM places JOIN entries ON entries.id = places.entry"
            " WHERE entries.path = ?1 AND gone_ns IS NULL AND places.path <> ?1"
            " ORDER BY until_ns DESC LIMIT 1", (os.fsencode(path),),
        )  # fmt: skip
        return os.fsdecode(found[0]) if found else None

    def _current(self) -> tuple[_Sorted, _Sorted]:
        """The files and the folders that are there. What a transaction has changed so far may be
        turned back with the count of changes: it is read anew, and not kept."""
        with self._catalog.held() as is_changing:
            if is_changing:
                return self._there()
            (changed,) = self._catalog.row("SELECT changes FROM temp.names_changed")
            if self._read_at != changed:
                self._known, self._read_at = self._there(), changed
            return self._known

    def _there(self) -> tuple[_Sorted, _Sorted]:
        rows = self._catalog.rows(
            "SELECT path, kind = 'directory' FROM entries WHERE gone_ns IS NULL"
        )
        paths = [(os.fsdecode(path), is_folder) for path, is_folder in rows]
        kept = [pair for pair in paths if pair[0] and not is_transient(last_part(pair[0]))]
        return (
            _Sorted(path for path, is_folder in kept if not is_folder),
            _Sorted(path for path, is_folder in kept if is_folder),
        )


class _Sorted:
    """Paths by their folded names, in the order of those: a name is found by halving."""

    def __init__(self, paths: Iterable[str]) -> None:
        pairs = sorted((_name(path), path) for path in paths)
        self._names = [name for name, _ in pairs]
        self._paths = [path for _, path in pairs]
        self.matching: Callable[[str], Sequence[str]] = functools.lru_cache(REMEMBERED)(self._found)

    def holding(self, words: Collection[str]) -> Sequence[str]:
        """The paths whose name holds one of the words."""
        found = {at for word in words for at, name in enumerate(self._names) if word in name}
        return [self._paths[at] for at in sorted(found)]

    def _found(self, wanted: str) -> Sequence[str]:
        typed = wanted.strip().strip("/").removeprefix("./")
        sought = _folded(typed)
        if not sought:
            return ()
        for spelling in (sought, *map(_folded, may_stand_for(typed))):
            if found := self._exactly(spelling):
                return _shortest_first(found)
        tails = [path for path in self._called(last_part(sought)) if _ends(path, sought)]
        return _shortest_first(tails) or (*self._holding(sought), *self._close(sought))

    def _exactly(self, sought: str) -> list[str]:
        """The paths that are so, else have that name, else that name and an extension."""
        named = list(self._called(last_part(sought)))
        whole = [path for path in named if _folded(path) == sought]
        return whole or ([] if "/" in sought else named) or list(self._with_stem(sought))

    def _called(self, name: str) -> Iterator[str]:
        at = bisect.bisect_left(self._names, name)
        while at < len(self._names) and self._names[at] == name:
            yield self._paths[at]
            at += 1

    def _with_stem(self, stem: str) -> Iterator[str]:
        at = bisect.bisect_left(self._names, f"{stem}.")
        while at < len(self._names) and self._names[at].startswith(f"{stem}."):
            if _stem(self._names[at]) == stem:
                yield self._paths[at]
            at += 1

    def _holding(self, sought: str) -> Sequence[str]:
        """Paths whose name has all the words of `sought`, the shortest first."""
        words = set(_WORD.findall(sought))
        longest = max(words, key=len, default="")
        places = [at for at, name in enumerate(self._names) if longest and longest in name]
        found = [self._paths[at] for at in places if words <= set(_WORD.findall(self._names[at]))]
        return _shortest_first(found)[:HOLDING_MOST]

    def _close(self, sought: str) -> Sequence[str]:
        """The paths of names, or names without extension, that are spelt nearly so."""
        from rapidfuzz import fuzz, process  # a start should not wait for it

        # rapidfuzz's ratio is never below difflib's, which counts shorter matches only in order
        near = process.extract(
            sought, self._spellings, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF * 100 - 0.01,
            limit=NEAR_MOST,
        )  # fmt: skip
        spellings = difflib.get_close_matches(
            sought, [found for found, *_ in near], n=FUZZY_MOST, cutoff=FUZZY_CUTOFF
        )
        return tuple(
            dict.fromkeys(
                path
                for spelling in spellings
                for path in sorted((*self._called(spelling), *self._with_stem(spelling)))
            )
        )

    @functools.cached_property
    def _spellings(self) -> list[str]:
        return list(dict.fromkeys((*self._names, *map(_stem, self._names))))


def _shortest_first(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(sorted(paths), key=len))


def _ends(path: str, sought: str) -> bool:
    return _folded(path).endswith(f"/{sought}")


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFC", text).casefold()


def _name(path: str) -> str:
    return _folded(last_part(path))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
