"""Files by keyword: which files hold them, and what grep and lsfs find.

A condition is one keyword, or two of which both or either must be held. A keyword is a word or two
or three in a row. Whether a file holds it is decided by the text it was made of, without lsfs.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import live
from documents import folded

KINDS = ("one", "one", "both", "either")
"""Half of the conditions are single, as in the paper's two kinds of prompts."""
MOST_OF = 0.5
"""A keyword that more of the files hold is not asked for."""
LETTERS = 4
TRIES = 10_000
LIMIT = "1000"


@dataclass(frozen=True)
class Condition:
    """`kind` is one of KINDS."""

    kind: str
    keywords: tuple[str, ...]

    def of(self, sets: Sequence[set[str]]) -> set[str]:
        """What meets it, of what holds each keyword."""
        return set.intersection(*sets) if self.kind == "both" else set.union(*sets)


Finder = Callable[[Condition], set[str]]
"""Paths of the files that meet a condition."""


@dataclass
class Scores:
    """Means over the conditions, 0..1; F1 is of the two means, as in the paper's table 3. What
    finds nothing has a precision of 0."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def holding(texts: Mapping[str, str]) -> Finder:
    """The truth, by the texts themselves."""
    plain = {path: folded(text) for path, text in texts.items()}

    def find(condition: Condition) -> set[str]:
        return condition.of(
            [{path for path, text in plain.items() if word in text} for word in condition.keywords]
        )

    return find


def draw(texts: Mapping[str, str], count: int, seed: int) -> list[Condition]:
    """Conditions that some file meets, no two the same.

    A keyword is drawn from a file drawn at random, and taken if at most half of the files hold it
    and they are the same whether or not it must stand as whole words: what is right is then beyond
    dispute. Of two joined by "both" the second comes from the same file.

    Raises:
        SystemExit: the texts do not give so many.
    """
    chance = random.Random(seed)
    plain = [folded(texts[path]) for path in sorted(texts)]
    found: dict[Condition, None] = {}
    for _ in range(TRIES):
        if len(found) == count:
            return list(found)
        kind = KINDS[len(found) % len(KINDS)]
        first = chance.choice(plain)
        second = first if kind == "both" else chance.choice(plain)
        words = [
            _keyword(text, chance) for text in ((first,) if kind == "one" else (first, second))
        ]
        if all(word and _is_plain(word, plain) for word in words) and len(set(words)) == len(words):
            found[Condition(kind, tuple(words))] = None
    raise SystemExit(f"{len(texts)} files give {len(found)} keyword conditions, not {count}")


def _keyword(text: str, chance: random.Random) -> str:
    """One to three words in a row; nothing where they are not such as one would ask for."""
    words = text.split()
    length = chance.choice((1, 1, 2, 3))
    start = chance.randrange(max(1, len(words) - length + 1))
    chosen = words[start : start + length]
    is_asked = all(word.isalpha() for word in chosen) and any(len(w) >= LETTERS for w in chosen)
    return " ".join(chosen) if is_asked else ""


def _is_plain(keyword: str, texts: Sequence[str]) -> bool:
    whole = re.compile(rf"\b{re.escape(keyword)}\b")
    anywhere = [keyword in text for text in texts]
    return (
        sum(anywhere) <= max(1, MOST_OF * len(texts))
        and anywhere == [bool(whole.search(text)) for text in texts]
    )  # fmt: skip


def grep(folder: Path, ending: str = "") -> Finder:
    """`grep -rilF` in a folder, as the paper's baseline; `ending` is what its files have after the
    path that is meant."""

    def held(keyword: str) -> set[str]:
        command = ["grep", "-rilF", "--null", "--exclude-dir=.lsfs", "-e", keyword, "."]
        lines = _output(command, folder).split("\0")
        return {os.path.normpath(line).removesuffix(ending) for line in lines if line}

    return lambda condition: condition.of([held(word) for word in condition.keywords])


def by_lsfs(root: Path) -> Finder:
    """`lsfs search`: `--containing KEYWORD`; both of two as phrases in one query, and either by two
    searches, as a query has no sign for it."""

    def found(*words: str) -> set[str]:
        command = [*live.LSFS, "-C", str(root), "search", "-q", "-0", "-n", LIMIT, *words]
        paths = filter(None, _output(command, root).split("\0"))
        return {os.path.relpath(root / path, root) for path in paths}

    def find(condition: Condition) -> set[str]:
        if condition.kind == "both":
            return found(" ".join(f'"{word}"' for word in condition.keywords))
        return set().union(*(found("--containing", word) for word in condition.keywords))

    return find


def _output(command: Sequence[str], folder: Path) -> str:
    """What it prints; 1 as exit code says that nothing was found.

    Raises:
        SystemExit: it failed.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode > 1:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def score(conditions: Iterable[Condition], truth: Finder, finder: Finder) -> Scores:
    """How well it finds."""
    precisions, recalls = [], []
    for condition in conditions:
        right, found = truth(condition), finder(condition)
        precisions.append(len(found & right) / len(found) if found else 0.0)
        recalls.append(len(found & right) / len(right))
    return Scores(statistics.fmean(precisions), statistics.fmean(recalls))
