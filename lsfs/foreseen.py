"""The tree as it will be once some literal operations are done: where each file will be, and which
of today's files that is.

What a later step of a program reads is read before anything is changed, so a path has to be
followed back to the file that is there now. Touches nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lsfs.errors import MissingPathError, PolicyError, UsageError
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
        self._made: dict[str, list[int]] = {}
        """What operations name, and the folders above it: which operations, in their order."""
        self._shifted: dict[str, list[int]] = {}
        """Below these nothing is as it is now."""

    def note(self, operation: Operation) -> None:
        """Take in what a literal operation will do.

        Raises:
            MissingPathError: an earlier one moves or removes what it is about.
            PolicyError: its folder is a symbolic link.
            UsageError: something will be in its way.
        """
        self.check([path for path in _targets(operation) if not self._is_as_now(path)])
        self._refuse_in_the_way(operation)
        self.add(operation)

    def add(self, operation: Operation) -> None:
        """The same of one that is known to fit."""
        at = len(self.operations)
        self.operations.append(operation)
        named = (getattr(operation, "to", None), getattr(operation, "path", None))
        made = [
            one for path in named if isinstance(path, str) for one in (path, *folders_above(path))
        ]
        shifted: Sequence[str] = ()
        match operation:
            case Move(to=to, target=target):
                shifted = (to, *target.paths)
            case Copy(to=path) | Rollback(path=path):
                shifted = (path,)
            case Remove(target=target):
                shifted = target.paths
            case Replace(target=target):
                made += target.paths
        for places, paths in ((self._made, made), (self._shifted, shifted)):
            for path in paths:
                places.setdefault(path, []).append(at)

    def refuse_twice_written(self, operation: Operation) -> None:
        """Raises: UsageError: it would replace what an earlier step has put there."""
        if isinstance(operation, Write) and self._is_made_here(operation.path):
            raise UsageError(
                f"{operation.path} is put there by an earlier step of the same run",
                path=operation.path, hint="append to it, or write to another file",
            )  # fmt: skip

    def _refuse_in_the_way(self, operation: Operation) -> None:
        match operation:
            case Move(to=to) | Copy(to=to):
                there = self.kind(to)
                if there == "directory" and operation.overwrite:
                    raise UsageError(
                        f"{to} is a folder, and nothing is written over a folder", path=to,
                        hint="remove it first, or choose another name",
                    )  # fmt: skip
                if there and not operation.overwrite:
                    raise _taken(to, "choose another name, or say: and overwrite it")
            case Link(to=to) | Create(path=to):
                if self.kind(to):
                    raise _taken(to, "choose another name")
            case Mkdir(path=to):
                self._refuse_no_folder(to if self.kind(to) else "")
            case Write(path=to) | Append(path=to) | Join(to=to):
                if self.kind(to) == "directory":
                    raise UsageError(
                        f"{to} is a folder, and text is written into files", path=to,
                        hint=f"name a file in it, as '{to}/notes.txt'",
                    )  # fmt: skip
            case _:
                return
        self._refuse_no_folder(next(filter(self.kind, folders_above(to)), ""))

    def _refuse_no_folder(self, path: str) -> None:
        kind = self.kind(path) if path else "directory"
        if kind == "symlink":
            raise PolicyError(f"{path} is a symbolic link", path=path, hint="name the real place")
        if kind != "directory":
            raise _no_folder(path)

    def kind(self, path: str) -> str | None:
        """Of what will be at the path: "directory", "file", "symlink"; None: nothing."""
        if self._is_as_now(path):
            state = self._tree.there(path)
            return kind_of(state) if state is not None else None
        fate, before, by = self._back(path)
        if fate == "as it is":
            state = self._tree.there(before)
            return kind_of(state) if state is not None else None
        if by is None or fate == "gone":
            return None
        is_above = before not in (getattr(by, "to", None), getattr(by, "path", None))
        if isinstance(by, Mkdir) or (is_above and not isinstance(by, Replace)):
            return "directory"
        return "symlink" if isinstance(by, Link) else "file"

    def _is_as_now(self, path: str) -> bool:
        """Whether no operation so far is about it; the others need not be gone through."""
        is_named = path in self._made
        return not is_named and not any(
            one in self._shifted for one in (path, *folders_above(path))
        )

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
        return self.kind(path) is not None

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
        fate, before, _ = self._back(path)
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
        fate, before, _ = self._back(path)
        return fate == "made" or (fate == "as it is" and before != path)

    def _back(self, path: str) -> tuple[Fate, str, Operation | None]:
        """What becomes of it, where it was before that, and by which operation."""
        at = self._last(path, len(self.operations))
        while at is not None:
            operation = self.operations[at]
            fate = _fate(operation, path)
            if fate:
                return fate, path, operation
            if isinstance(operation, Move | Copy):
                path = moved(path, operation.to, operation.target.paths[0])
            at = self._last(path, at)
        return "as it is", path, None

    def _last(self, path: str, before: int) -> int | None:
        """The last operation that may be about it, of those before one."""
        named = [
            self._made.get(path, ()),
            *(self._shifted.get(one, ()) for one in (path, *folders_above(path))),
        ]
        found = [one[at - 1] for one in named if (at := bisect_left(one, before))]
        return max(found, default=None)


def _taken(path: str, hint: str) -> UsageError:
    return UsageError(f"{path} is there already", path=path, hint=hint)


def _no_folder(path: str) -> UsageError:
    hint = "name another folder"
    return UsageError(f"{path} is a file, not a folder", path=path, hint=hint)


def written_over(tree: Tree, operations: Sequence[Operation]) -> Iterator[str]:
    """What has bytes now, or is brought there by an operation before, and is written over."""
    foreseen, brought = Foreseen(tree), set[str]()
    for operation in operations:
        path = overwritten(operation)
        if path and foreseen.there(path) and (_has_bytes(tree, path) or _is_in(path, brought)):
            yield path
        foreseen.add(operation)
        if isinstance(operation, Move | Copy | Join):
            brought.add(operation.to)
        elif isinstance(operation, Rollback):
            brought.add(operation.path)


def _has_bytes(tree: Tree, path: str) -> bool:
    state = tree.there(path)
    return bool(state and state.st_size and kind_of(state) != "directory")


def _is_in(path: str, brought: Collection[str]) -> bool:
    return any(one in brought for one in (path, *folders_above(path)))


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
