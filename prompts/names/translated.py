"""What is called in English by what a Chinese name says: "购物清单" for "shopping list.txt".

The name is cut whole into the words of `data/names.toml`, the longest first; a name of other words
is none. Found are the files and folders that have an English word for each, as near as the English
name would be (`nearness`). Pure but for asking `Names`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..request.data import load
from .nearest import Nearest
from .nearness import CERTAIN, base_of, is_most_of, nearness_of

LONGEST_NAME = 30
"""Characters of a name."""
MOST_NAMES = 24
"""English names that one Chinese name is looked up by."""
_FOLDERS = "folders"
"""The table of what only folders are called."""
_SAYS_NOTHING = re.compile("的|之|[这那][个份篇张封本]|文件|文档|档案|年(?![一-龥])")
_CHINESE = re.compile("[一-龥]")
_AS_IT_IS = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Translation:
    """What a name likely stands for; `is_scant`: it says less than half of its words."""

    path: str
    is_scant: bool


def translations(
    nearest: Nearest, name: str, folder: str | None = None, *, only_folders: bool = False
) -> list[Translation]:
    """What the name likely stands for, all equally near. `name` is in simplified characters;
    `folder`: it lies there; `only_folders`: a folder is meant."""
    is_name = 1 < len(name) <= LONGEST_NAME and _CHINESE.search(name)
    words = _words_of(name, with_folders=only_folders) if is_name else None
    if not words:
        return []
    ranked = {
        path: 1 for path in (*nearest.files(name), *nearest.folders(name)) if name in base_of(path)
    }
    for english in itertools.islice(map(" ".join, itertools.product(*words)), MOST_NAMES):
        for path in _may_be(nearest, english, only_folders=only_folders):
            rank = _rank(english, path)
            if rank is not None:
                ranked[path] = min(rank, ranked.get(path, rank))
    above = f"{folder}/" if folder else ""
    there = {path: rank for path, rank in ranked.items() if path.startswith(above)}
    best = min(there.values(), default=0)
    return [Translation(path, best == 2) for path, rank in there.items() if rank == best]


def is_of_words(name: str) -> bool:
    """Whether a name is cut whole into words that files are called by."""
    return bool(_words_of(name, with_folders=False)) and not name.isascii()


def _may_be(nearest: Nearest, english: str, *, only_folders: bool) -> Sequence[str]:
    """Paths under which a file or folder of an English name, or of its plural, may lie."""
    asked = dict.fromkeys((english, f"{english}s", *english.split()))
    files = () if only_folders else (path for one in asked for path in nearest.files(one))
    return [*files, *(path for one in asked for path in nearest.folders(one))]


def _rank(english: str, path: str) -> int | None:
    """How near it is: as a whole, by most of its words, or by few; None where it is not."""
    nearness = nearness_of(english, path)
    if nearness is None or nearness == "spelling":
        return None
    if nearness in CERTAIN:
        return 0
    return 1 if is_most_of(english, path) else 2


def _words_of(name: str, *, with_folders: bool) -> list[tuple[str, ...]] | None:
    """The English words for each word of a name, None where it is not cut whole."""
    if nothing := _SAYS_NOTHING.match(name):
        return _words_of(name[nothing.end() :], with_folders=with_folders)
    if latin := _AS_IT_IS.match(name):
        rest = _words_of(name[latin.end() :], with_folders=with_folders)
        return None if rest is None else [(latin[0],), *rest]
    if not name:
        return []
    for end in range(len(name), 0, -1):
        english = _english(name[:end], with_folders=with_folders)
        rest = _words_of(name[end:], with_folders=with_folders) if english else None
        if english and rest is not None:
            return [english, *rest]
    return None


def _english(word: str, *, with_folders: bool) -> tuple[str, ...]:
    tables = load("names")
    return next(
        (
            tuple(table[word])
            for domain, table in tables.items()
            if word in table and (with_folders or domain != _FOLDERS)
        ),
        (),
    )
