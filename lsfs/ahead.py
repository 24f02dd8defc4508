"""The lines of a spool's file that are yet to be taken in, read a little ahead of that.

What a path looks like now may be what a line further on is about: to take it for the state that an
earlier line left would put versions in the wrong order.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from lsfs.lines import named, origins
from lsfs.paths import parent
from lsfs.spool import SpoolLine, read_lines

MOST_LINES = 10_000
"""So many are held at most; of what lies further on nothing is known yet."""


class Ahead:
    """One file, from an offset on."""

    def __init__(self, segment: Path, offset: int) -> None:
        self._segment = segment
        self._offset = offset
        self._lines: deque[tuple[SpoolLine, int]] = deque()
        self._paths: Counter[str] = Counter()
        self._origins: Counter[str] = Counter()

    def look(self) -> None:
        """Read what has been added. It costs a system call where nothing has."""
        size = self._segment.stat().st_size
        if self._offset == size or len(self._lines) >= MOST_LINES:
            return
        for line, end in islice(read_lines(self._segment, self._offset), MOST_LINES):
            self._lines.append((line, end))
            self._paths.update(named(line))
            self._origins.update(origins(line))
            self._offset = end

    def take(self, most: int) -> list[tuple[SpoolLine, int]]:
        """The next lines, each with the offset after it."""
        self.look()
        taken = [self._lines.popleft() for _ in range(min(most, len(self._lines)))]
        for line, _ in taken:
            _take(self._paths, named(line))
            _take(self._origins, origins(line))
        return taken

    def names(self, path: str) -> bool:
        """Whether a line yet to be taken is about the path."""
        self.look()
        return path in self._paths

    def renames(self, path: str) -> bool:
        """Whether a line yet to be taken moves the path, or a folder above it, elsewhere."""
        self.look()
        while path:
            if path in self._origins:
                return True
            path = parent(path)
        return False


def _take(counted: Counter[str], paths: Iterable[str]) -> None:
    for path in paths:
        counted[path] -= 1
        if not counted[path]:
            del counted[path]
