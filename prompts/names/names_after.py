"""The names of the tree as they will be once some operations are done. Pure but for `Names`."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.ports import Names


class NamesAfter:
    """`lsfs.ports.Names` as they will be once the steps that were noted are done."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._files: dict[str, None] = {}
        self._folders: dict[str, None] = {}
        self._away: set[str] = set()
        self._beside: dict[str, bool] = {}
        """Copies and links, and which are folders: a bare name still means what it meant."""

    def candidates(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        made = [*_called(name, self._files), *self._exactly(name, is_folder=False)]
        return [*made, *self._left(self._names.candidates(name))]

    def directories(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        made = [*_called(name, self._folders), *self._exactly(name, is_folder=True)]
        return [*made, *self._left(self._names.directories(name))]

    def holding(self, words: Collection[str], *, folders: bool) -> Sequence[str]:
        """See `ports.Names`."""
        kind = self._folders if folders else self._files
        made = [path for path in kind if any(word in _names_of(path)[0] for word in words)]
        return [*made, *self._left(self._names.holding(words, folders=folders))]

    def gone(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._names.gone(name)

    def came_from(self, path: str) -> str | None:
        """See `ports.Names`."""
        return self._names.came_from(path)

    def note(self, operation: BaseOperation) -> None:
        """Take in what an operation makes, and what it takes away."""
        match operation:
            case plan.Mkdir():
                self._add(operation.path, self._folders)
            case plan.Create() | plan.Write() | plan.Append():
                self._add(operation.path, self._files)
            case plan.Join():
                self._add(operation.to, self._files)
            case plan.Move() | plan.Copy() | plan.Link():
                self._relocate(operation)
            case plan.Remove():
                self._away.update(operation.target.paths)

    def _relocate(self, operation: plan.Move | plan.Copy | plan.Link) -> None:
        if operation.into and operation.to:
            self._add(operation.to, self._folders)
        for old, new in zip(operation.target.paths, new_places(operation), strict=True):
            is_folder = old in self.directories(old)
            if isinstance(operation, plan.Move):
                self._away.add(old)
                self._files.pop(old, None)
                self._folders.pop(old, None)
            if isinstance(operation, plan.Move):
                self._add(new, self._folders if is_folder else self._files)
            else:
                self._beside[new] = is_folder

    def _add(self, path: str, kind: dict[str, None]) -> None:
        kind[path] = None
        self._away.discard(path)
        while path := posixpath.dirname(path):
            self._folders[path] = None

    def _exactly(self, path: str, *, is_folder: bool) -> list[str]:
        return [path] if self._beside.get(path.strip("/")) is is_folder else []

    def _left(self, paths: Sequence[str]) -> Iterator[str]:
        made = {**self._files, **self._folders}
        for path in paths:
            above = (path[:end] for end, letter in enumerate(path) if letter == "/")
            if path not in made and path not in self._away and not self._away.intersection(above):
                yield path


def _called(name: str, paths: Sequence[str] | dict[str, None]) -> list[str]:
    wanted = name.strip().strip("/").casefold()
    return [
        path
        for path in paths
        if wanted in (path.casefold(), *_names_of(path)) or path.casefold().endswith(f"/{wanted}")
    ]


def _names_of(path: str) -> tuple[str, str]:
    last = posixpath.basename(path).casefold()
    return last, posixpath.splitext(last)[0]


def new_places(operation: plan.Move | plan.Copy | plan.Link) -> list[str]:
    """Where the literal paths of its target will be."""
    if not operation.into:
        return [operation.to] * len(operation.target.paths)
    return [
        posixpath.join(operation.to, posixpath.basename(path)) for path in operation.target.paths
    ]
