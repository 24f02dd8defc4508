"""File and folder names as people say them, looked up in the catalog.

Best first: the exact path, the exact name, the name without its extension, then names that hold the
same words, then close spellings. Names only; nothing is read.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence

from lsfs.catalog import Catalog
from lsfs.names import is_transient
from lsfs.paths import may_stand_for
from lsfs.paths import name as last_part
from lsfs.records import Entry

FUZZY_CUTOFF = 0.75
FUZZY_MOST = 5
HOLDING_MOST = 20
_WORD = re.compile(r"[^\W_]+")


class CatalogNames:
    """`lsfs.ports.Names` over a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def candidates(self, name: str) -> Sequence[str]:
        """Paths of files that `name` may mean."""
        return _matches(name, (e for e in self._entries() if e.kind != "directory"))

    def directories(self, name: str) -> Sequence[str]:
        """Folders that `name` may mean."""
        return _matches(name, (e for e in self._entries() if e.kind == "directory"))

    def gone(self, name: str) -> Sequence[str]:
        """Paths of files that are gone."""
        sought = _folded(name.strip().strip("/").removeprefix("./"))
        rows = self._catalog.rows(
            "SELECT path FROM entries WHERE gone_ns IS NOT NULL AND kind = 'file'"
            " ORDER BY gone_ns DESC"
        )
        paths = dict.fromkeys(os.fsdecode(path) for (path,) in rows)
        there = {entry.path for entry in self._entries()}
        return [p for p in paths if sought in (_whole(p), _name(p)) and p not in there]

    def _entries(self) -> list[Entry]:
        return [e for e in self._catalog.entries_under("") if not is_transient(last_part(e.path))]


def _matches(wanted: str, entries: Iterable[Entry]) -> list[str]:
    typed = wanted.strip().strip("/").removeprefix("./")
    paths = [entry.path for entry in entries]
    sought = _folded(typed)
    if not sought:
        return []
    for spelling in (typed, *may_stand_for(typed)):
        for key in (_whole, _name, _stem):
            found = [path for path in paths if key(path) == _folded(spelling)]
            if found:
                return sorted(found, key=len)
    tails = [path for path in paths if _whole(path).endswith("/" + sought)]
    return sorted(tails, key=len) or [*_holding(sought, paths), *_close(sought, paths)]


def _holding(sought: str, paths: Sequence[str]) -> list[str]:
    """Paths whose last part has all the words of `sought`, the shortest first."""
    words = set(_WORD.findall(sought))
    found = [path for path in paths if words and words <= set(_WORD.findall(_name(path)))]
    return sorted(found, key=len)[:HOLDING_MOST]


def _close(sought: str, paths: Sequence[str]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    for path in paths:
        for spelling in {_name(path), _stem(path)}:
            by_name.setdefault(spelling, []).append(path)
    near = difflib.get_close_matches(sought, by_name, n=FUZZY_MOST, cutoff=FUZZY_CUTOFF)
    return list(dict.fromkeys(path for spelling in near for path in by_name[spelling]))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _whole(path: str) -> str:
    return _folded(path)


def _name(path: str) -> str:
    return _folded(last_part(path))


def _stem(path: str) -> str:
    spelling = _name(path)
    return spelling.rpartition(".")[0] or spelling
