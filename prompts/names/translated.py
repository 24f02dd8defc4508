"""What is called in English by what a Chinese name says: "购物清单" for "shopping list.txt".

The name is cut whole into the words of `data/names.toml`, the longest first; a name of other words
is none. Found are the files and folders with an English word for each in their path, one at least
in their own name. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..request.data import load
from .nearest import Nearest
from .nearness import base_of, is_most_of, singular_of, words_of

LONGEST_NAME = 30
"""Characters of a name."""
_FOLDERS = "folders"
"""The table of what only folders are called."""
_SAYS_NOTHING = re.compile("的|之|[这那][个份篇张封本]|文件|文档|档案|年(?![一-龥])")
_CHINESE = re.compile("[一-龥]")
_AS_IT_IS = re.compile(r"[A-Za-z0-9]+")
Word = tuple[frozenset[str], ...]
"""What a Chinese word may be in English: each the singulars of some words."""


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
    least = 1 if only_folders else 2
    is_name = least <= len(name) <= LONGEST_NAME and _CHINESE.search(name)
    words = _words_of(name, with_folders=only_folders) if is_name else None
    if not words:
        return []
    parts = {part.removesuffix("y") for word in words for each in word for part in each}
    ranked: dict[str, int] = {}
    for folders in (True,) if only_folders else (False, True):
        for path in nearest.holding({name, *parts}, folders=folders):
            rank = _rank(words, path) if name not in base_of(path) else 1
            is_whole = rank == 0 or (rank == 1 and only_folders)
            if rank is not None and (is_whole or not folders):
                ranked[path] = rank
    above = f"{folder}/" if folder else ""
    there = {path: rank for path, rank in ranked.items() if path.startswith(above)}
    best = min(there.values(), default=0)
    return [Translation(path, best == 2) for path, rank in there.items() if rank == best]


def is_of_words(name: str) -> bool:
    """Whether a name is cut whole into words that files are called by."""
    return bool(_words_of(name, with_folders=False)) and not name.isascii()


def _rank(words: Sequence[Word], path: str) -> int | None:
    """How near it is: said as a whole, by most of its words, or by few; None where it is not."""
    every, own = _singulars(path), _singulars(base_of(path).partition(".")[0])
    said: set[str] = set()
    for word in words:
        held = [each for each in word if each <= every]
        if not held:
            return None
        said |= max(held, key=lambda each: len(each & own))
    if not said & own:
        return None
    if said == own:
        return 0
    return 1 if is_most_of(" ".join(said), path) else 2


def _singulars(text: str) -> set[str]:
    return {singular_of(word) for word in words_of(text)}


def _words_of(name: str, *, with_folders: bool) -> list[Word] | None:
    """The English for each word of a name, None where it is not cut whole."""
    if not name:
        return []
    for end, word in _firsts(name, with_folders=with_folders):
        rest = _words_of(name[end:], with_folders=with_folders)
        if rest is not None:
            return [word, *rest] if word else rest
    return None


def _firsts(name: str, *, with_folders: bool) -> Iterator[tuple[int, Word]]:
    """The words that a name may begin with, the longest first, and where each ends."""
    if latin := _AS_IT_IS.match(name):
        yield latin.end(), (frozenset({singular_of(latin[0])}),)
    for end in range(len(name), 0, -1):
        domain, english = _english().get(name[:end], ("", ()))
        if english and (with_folders or domain != _FOLDERS):
            yield end, english
    if nothing := _SAYS_NOTHING.match(name):
        yield nothing.end(), ()


@lru_cache(maxsize=1)
def _english() -> dict[str, tuple[str, Word]]:
    """The words of the tables: in which each is, and what it is in English."""
    return {
        word: (domain, tuple(frozenset(map(singular_of, each.split())) for each in said))
        for domain, table in load("names").items()
        for word, said in table.items()
    }
