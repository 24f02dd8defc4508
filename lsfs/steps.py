"""Takes literal operations apart: each step is one atomic act on one path, and its own only step.

What the steps are may depend on what is there, so they are asked for one after the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lsfs.errors import NotAvailableError, PolicyError, TreeError, UsageError
from lsfs.paths import parent
from lsfs.plan import (
    Append,
    Copy,
    Create,
    DropGroup,
    Join,
    Link,
    Lock,
    MakeGroup,
    Mkdir,
    Move,
    Operation,
    Remove,
    Replace,
    Rollback,
    Share,
    Touch,
    Unlock,
    Unshare,
    Write,
)
from lsfs.selector import Selector
from lsfs.tree import Tree, kind_of


def steps_of(tree: Tree, operation: Operation) -> Iterator[Operation]:
    """The atomic steps of a literal operation, in order.

    Raises:
        NotAvailableError: the operation is not built yet.
        TreeError: something is in the way.
    """
    match operation:
        case Mkdir(path=path):
            yield from _missing_folders(tree, path)
        case Create(path=to) | Write(path=to) | Append(path=to) | Join(to=to) | Rollback(path=to):
            yield from _missing_folders(tree, parent(to))
            yield operation
        case Move() | Copy():
            yield from _transfer_steps(tree, operation)
        case Link(to=to):
            yield from _missing_folders(tree, parent(to))
            _refuse_taken(tree.stat(to), to)
            yield operation
        case Remove(if_empty=False):
            yield from _removal_steps(tree, operation)
        case (
            Replace(target=target)
            | Touch(target=target)
            | Lock(target=target)
            | Unlock(target=target)
        ):
            for path in target.paths:
                yield operation.model_copy(update={"target": Selector(paths=(path,))})
        case Remove() | MakeGroup() | DropGroup() | Share() | Unshare():
            yield operation
        case _:
            raise NotAvailableError(
                f"{operation.op} is not available in this version of lsfs",
                hint="see the CHANGELOG for what is",
            )


def _missing_folders(tree: Tree, path: str) -> Iterator[Mkdir]:
    if not path:
        return
    state = tree.stat(path)
    if state is None:
        yield from _missing_folders(tree, parent(path))
        yield Mkdir(path=path)
    elif kind_of(state) == "symlink":
        raise PolicyError(f"{path} is a symbolic link", path=path, hint="name the real place")
    elif kind_of(state) != "directory":
        raise UsageError(f"{path} is a file, not a folder", path=path, hint="name another folder")


def _removal_steps(tree: Tree, operation: Remove) -> Iterator[Remove]:
    """What is in a folder before it; nothing twice."""
    found: set[str] = set()
    for path in operation.target.paths:
        below = [one for one, _ in tree.walk(path) if one not in found]
        found.update(below)
        yield from (Remove(target=Selector(paths=(one,))) for one in reversed(below))


def _transfer_steps(tree: Tree, operation: Move | Copy) -> Iterator[Operation]:
    (path,), to = operation.target.paths, operation.to
    yield from _missing_folders(tree, parent(to))
    there = tree.stat(to)
    if there is not None:
        if not operation.overwrite or kind_of(there) == "directory":
            _refuse_taken(there, to)
        yield Remove(target=Selector(paths=(to,)))
    if isinstance(operation, Move):
        yield operation
        return
    for one, _ in list(tree.walk(path)):
        place = to + one[len(path) :]
        yield operation.model_copy(update={"target": Selector(paths=(one,)), "to": place})


def _refuse_taken(there: os.stat_result | None, to: str) -> None:
    if there is not None:
        raise TreeError(
            f"{to} is there already", path=to,
            hint="choose another name, or say that it may be overwritten",
        )  # fmt: skip
