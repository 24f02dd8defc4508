"""The files and folders of the tree that are near to a name, nearest first.

It asks `Names` no question twice; one for each request. No question about which is meant is
decided here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lsfs.paths import for_pipe, for_terminal
from lsfs.ports import Names

from .nearness import CERTAIN, ORDER, Nearness, base_of, nearness_of, singular_of, words_of

_DETERMINERS = re.compile(
    r"^(?:the|a|an|my|our|your|this|that|its|file|document|folder|directory|of)\s+", re.I
)
_NOUNS = re.compile(
    r"\s+(?:file|document|doc|folder|directory|paper|note|spreadsheet|pdf|text)s?$", re.I
)


@dataclass(frozen=True, slots=True)
class Found:
    """A path and how near the name is to it."""

    path: str
    nearness: Nearness


class Nearest:
    """Looks names up in the tree."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._files: dict[str, Sequence[str]] = {}
        self._folders: dict[str, Sequence[str]] = {}
        self._ranked: dict[str, list[Found]] = {}

    def files(self, name: str) -> Sequence[str]:
        """See `ports.Names.candidates`."""
        if name not in self._files:
            self._files[name] = self._names.candidates(name) if name else ()
        return self._files[name]

    def folders(self, name: str) -> Sequence[str]:
        """See `ports.Names.directories`."""
        if name not in self._folders:
            self._folders[name] = self._names.directories(name) if name else ()
        return self._folders[name]

    def holding(self, words: Collection[str], *, folders: bool) -> Sequence[str]:
        """See `ports.Names.holding`."""
        return self._names.holding(words, folders=folders)

    def exactly(self, path: str) -> str | None:
        """`path` itself, when a file or a folder is there. With a slash in front it counts from the
        root wherever a person stands (`standing`)."""
        asked = path.rstrip("/")
        path = asked.lstrip("/")
        found = (*self.files(asked), *self.folders(asked)) if path else ()
        if path in found:
            return path
        return next((one for one in found if path in (for_terminal(one), for_pipe(one))), None)

    def is_entry(self, name: str) -> bool:
        """Whether a file or folder has that path or name, but for case."""
        wanted = name.strip("/").casefold()
        found = (*self.files(name), *self.folders(name))
        return any(wanted in (path.casefold(), base_of(path).casefold()) for path in found)

    def knows(self, name: str) -> bool:
        """Whether a file or folder has that path, name or stem, but for case."""
        wanted = name.strip("/").casefold()
        found = (path.casefold() for path in (*self.files(name), *self.folders(name)))
        return any(
            wanted in (path, base_of(path), base_of(path).rpartition(".")[0]) for path in found
        )

    def folders_called(self, name: str, *, loose: bool) -> list[str]:
        """The folders of that path, else of that name, else, if `loose`, singular for plural."""
        for asked in dict.fromkeys((unquoted(name).rstrip("/"), strip_nouns(name).rstrip("/"))):
            clean, there = asked.lstrip("/"), self.folders(asked)
            wanted = clean.casefold()
            near = [path for path in there if singular_of(base_of(path)) == singular_of(wanted)]
            found = (
                [path for path in there if path == clean]
                or [path for path in there if path.casefold() == wanted]
                or [path for path in there if base_of(path).casefold() == wanted]
                or (near if loose else [])
            )
            if found:
                return found
        return []

    def best(self, name: str, *, careful: bool) -> list[Found]:
        """The nearest, all equally near; `careful`: among folders with the same words as well."""
        every = self._all(name, ("path", "name", "within") if careful else ("path", "name"))
        return [found for found in every if found.nearness == every[0].nearness]

    def best_in(self, folder: str, name: str) -> list[Found]:
        """The nearest of those in a folder."""
        inside = [
            found
            for found in self._all(name, ("path", "name"))
            if found.path.startswith(f"{folder}/")
        ]
        return [found for found in inside if found.nearness == inside[0].nearness]

    def _all(self, name: str, for_folders: Sequence[Nearness]) -> list[Found]:
        folders = (
            Found(path, nearness)
            for path in dict.fromkeys(self.folders(name.strip("/")))
            if (nearness := nearness_of(name, path)) and nearness in for_folders
        )
        return _sorted((*folders, *self.ranked(name)))

    def ranked(self, name: str) -> list[Found]:
        """The files `name` may mean, nearest first; asked more widely only while nothing fits."""
        if name in self._ranked:
            return self._ranked[name]
        ranked: list[Found] = []
        asked: dict[str, None] = {}
        for question in _questions(name.strip("/")):
            for path in self.files(question):
                if path not in asked and (nearness := nearness_of(name, path)) is not None:
                    ranked.append(Found(path, nearness))
                asked[path] = None
            if any(found.nearness in CERTAIN for found in ranked):
                break
        self._ranked[name] = _sorted(ranked)
        return self._ranked[name]


def _sorted(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: ORDER.index(one.nearness))


def _questions(name: str) -> Iterable[str]:
    """Spellings under which a file of that name may be known, the likeliest first."""
    yield name
    words = words_of(name)
    if len(words) > 1:
        yield "-".join(words)
        yield "_".join(words)
        for pair in pairwise(words):
            yield " ".join(pair)
        yield from (word for word in words if len(word) > 2)
    elif words and words[0].endswith("s"):
        yield words[0][:-1]


def unquoted(name: str) -> str:
    """A name without the marks around it."""
    return name.strip().strip("\"'“”‘’`").strip()


def strip_nouns(name: str) -> str:
    """ "the aios.txt file" -> "aios.txt"; quotes and determiners go as well."""
    name = unquoted(name)
    while True:
        shorter = _NOUNS.sub("", _DETERMINERS.sub("", name)).strip()
        if shorter == name:
            return name
        name = shorter
