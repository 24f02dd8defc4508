"""Marked requests, from which lsfs learns what each step asks for, and what fills its slots.

A file of them holds trees, "---" between them: the paths of a tree, one a line, an empty line, then
one request a line, `{intent}` before each of its steps and `[words](role)` round what fills a slot.
Lines that begin with "#" say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .data import source

_STEP = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"\[([^\[\]]*)\]\((\w+)\)")
_JOINT = re.compile(r"(?:[\s,;，；]+(?:and|then|and then))?[\s,;.，；。]*$")


@dataclass(frozen=True, slots=True)
class MarkedStep:
    """One step; `slots` are (start, end, role) in its text."""

    intent: str
    text: str
    slots: tuple[tuple[int, int, str], ...]

    @property
    def rest(self) -> str:
        """The text with its slots blanked, as long as before."""
        text = self.text
        for start, end, _ in self.slots:
            text = text[:start] + "\0" * (end - start) + text[end:]
        return text


@dataclass(frozen=True, slots=True)
class MarkedTree:
    """A tree of files, folders with "/" at their ends, and the steps of the requests in it."""

    paths: tuple[str, ...]
    steps: tuple[MarkedStep, ...]


def marked_trees(text: str) -> Iterator[MarkedTree]:
    """The trees of a file of marked requests."""
    for part in re.split(r"(?m)^---\n", text):
        names, _, lines = part.strip().partition("\n\n")
        paths = tuple(name.strip() for name in names.splitlines() if not name.startswith("#"))
        requests = [line for line in lines.splitlines() if line.strip() and line[0] != "#"]
        yield MarkedTree(paths, tuple(step for line in requests for step in _steps(line)))


@lru_cache(maxsize=2)
def marked(name: str) -> tuple[MarkedStep, ...]:
    """The steps of `data/NAME.txt`."""
    trees = marked_trees(source(f"{name}.txt").decode())
    return tuple(step for tree in trees for step in tree.steps)


def _steps(line: str) -> Iterator[MarkedStep]:
    parts = _STEP.split(line.strip())
    for intent, said in zip(parts[1::2], parts[2::2], strict=True):
        text, slots, end = "", [], 0
        piece = _JOINT.sub("", said.strip())
        for mark in _MARK.finditer(piece):
            text += piece[end : mark.start()]
            slots.append((len(text), len(text) + len(mark[1]), mark[2]))
            text += mark[1]
            end = mark.end()
        yield MarkedStep(intent, text + piece[end:], tuple(slots))
