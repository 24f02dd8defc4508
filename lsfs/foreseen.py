"""The tree as it will be once some literal operations are done: where each file will be, and which
of today's files that is.

What a later step of a program reads is read before anything is changed, so a path has to be
followed back to the file that is there now. Touches nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lsfs.errors import MissingPathError, TreeError, UsageError
from lsfs.paths import folders_above, is_under, moved, name
from lsfs.plan import (
    Append,
    Copy,
    Create,
    Join,
    Link,
    Mkdir,
    Move,
    Operation,
    Remove,
    Replace,
    Rollback,
    Write,
)
from lsfs.policy import overwritten
from lsfs.tree import Tree, kind_of

Fate = Literal["as it is", "made", "gone"]


@dataclass(frozen=True, slots=True)
class Files:
    """Files that were found or acted on: where they were after `since` operations of the run;
    `is_chosen`: by a query, and not by name."""

    paths: tuple[str, ...]
    since: int
    is_chosen: bool = False


class Foreseen:
    """Over one tree; `note` each operation in order."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.operations: list[Operation] = []

    def note(self, operation: Operation) -> None:
        """Take in what a literal operation will do.

        Raises:
            TreeError: it would put something where something will be.
            UsageError: it would replace what an earlier step has put there.
        """
        to = getattr(operation, "to", None)
        if isinstance(operation, Write) and self._is_made_here(operation.path):
            raise UsageError(
                f"{operation.path} is put there by an earlier step of the same run",
                path=operation.path, hint="append to it, or write to another file",
            )  # fmt: skip
        is_placed = isinstance(operation, Move | Copy | Link)
        if is_placed and not getattr(operation, "overwrite", False) and self.there(str(to)):
            raise TreeError(
                f"{to} is there already", path=to,
                hint="choose another name, or say that it may be overwritten",
            )  # fmt: skip
        self.operations.append(operation)

    def now(self, path: str, since: int = 0) -> str | None:
        """Where what was at `path` after `since` operations will be in the end; None: nowhere."""
        for operation in self.operations[since:]:
            match operation:
                case Move(target=target, to=to):
                    path = moved(path, target.paths[0], to)
                case Remove(target=target):
                    if any(is_under(path, one) for one in target.paths):
                        return None
        return path

    def where(self, files: Files) -> tuple[str, ...]:
        """Where they will be in the end; without those that are removed."""
        now = (self.now(path, files.since) for path in files.paths)
        return tuple(path for path in now if path is not None)

    def there(self, path: str) -> bool:
        """Whether something will be at the path."""
        fate, before = self._back(path)
        return fate == "made" or (fate == "as it is" and self._tree.there(before) is not None)

    def check(self, paths: Sequence[str]) -> None:
        """That each of them will be there. Raises: MissingPathError."""
        for path in paths:
            if self._back(path)[0] == "gone":
                raise MissingPathError(
                    f"{path} is not there any more: an earlier step moves or removes it", path=path,
                    hint="name the outcome of that step with `as {name}`, and say {name}",
                )  # fmt: skip
            if not self.there(path):
                raise MissingPathError(
                    f"{path}: no such file or folder", path=path,
                    hint=f"`lsfs search '{name(path)}'` finds files by name",
                )  # fmt: skip

    def was(self, path: str) -> str:
        """The path, now, of the file that will be at `path` with the same bytes.

        Raises:
            UsageError: an earlier step makes or changes it.
            MissingPathError: an earlier step takes it away.
        """
        fate, before = self._back(path)
        if fate == "gone":
            self.check([path])
        if fate == "made":
            raise UsageError(
                f"{path} is made or changed by an earlier step, and a run reads before it changes"
                " anything", path=path,
                hint="read it before that step, or in a program of its own",
            )  # fmt: skip
        return before

    def is_touched(self, folder: str) -> bool:
        """Whether any operation so far is about what is in the folder, or about itself."""
        paths = (
            path
            for one in self.operations
            for path in (*_targets(one), getattr(one, "to", None), getattr(one, "path", None))
        )
        return any(isinstance(path, str) and is_under(path, folder) for path in paths)

    def _is_made_here(self, path: str) -> bool:
        fate, before = self._back(path)
        return fate == "made" or (fate == "as it is" and before != path)

    def _back(self, path: str) -> tuple[Fate, str]:
        for operation in reversed(self.operations):
            fate = _fate(operation, path)
            if fate:
                return fate, path
            if isinstance(operation, Move | Copy):
                path = moved(path, operation.to, operation.target.paths[0])
        return "as it is", path


def written_over(tree: Tree, operations: Sequence[Operation]) -> Iterator[str]:
    """What has bytes now, or is brought there by an operation before, and is written over."""
    foreseen, brought = Foreseen(tree), set[str]()
    for operation in operations:
        path = overwritten(operation)
        if path and (_has_bytes(tree, path) or _is_brought(path, brought, foreseen)):
            yield path
        foreseen.operations.append(operation)
        if isinstance(operation, Move | Copy | Join):
            brought.add(operation.to)
        elif isinstance(operation, Rollback):
            brought.add(operation.path)


def _has_bytes(tree: Tree, path: str) -> bool:
    state = tree.there(path)
    return bool(state and state.st_size and kind_of(state) != "directory")


def _is_brought(path: str, brought: Collection[str], foreseen: Foreseen) -> bool:
    is_within = any(one in brought for one in (path, *folders_above(path)))
    return is_within and foreseen.there(path)


def _fate(operation: Operation, path: str) -> Fate | None:
    """What the operation leaves at the path; None: what was there, or has come from elsewhere."""
    match operation:
        case Remove(target=target):
            return "gone" if any(is_under(path, one) for one in target.paths) else None
        case Move(target=target, to=to):
            if is_under(path, target.paths[0]) and not is_under(path, to):
                return "gone"
            return "made" if path != to and is_under(to, path) else None
        case Copy(to=to):
            return "made" if path != to and is_under(to, path) else None
        case Link(to=made) | Join(to=made) | Mkdir(path=made):
            return "made" if is_under(made, path) else None
        case Create(path=made) | Write(path=made) | Append(path=made) | Rollback(path=made):
            return "made" if is_under(made, path) else None
        case Replace(target=target):
            return "made" if path in target.paths else None
        case _:
            return None


def _targets(operation: Operation) -> Sequence[str]:
    target = getattr(operation, "target", None)
    return target.paths if target is not None else ()
