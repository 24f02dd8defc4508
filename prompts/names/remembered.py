"""Names of the tree that were asked for once. Pure but for asking `Names`."""

from __future__ import annotations

from collections.abc import Sequence

from lsfs.ports import Names


class Remembered:
    """`lsfs.ports.Names` that asks each question once: one for each request."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._candidates: dict[str, Sequence[str]] = {}
        self._directories: dict[str, Sequence[str]] = {}

    def candidates(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        if name not in self._candidates:
            self._candidates[name] = self._names.candidates(name)
        return self._candidates[name]

    def directories(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        if name not in self._directories:
            self._directories[name] = self._names.directories(name)
        return self._directories[name]

    def gone(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._names.gone(name)
