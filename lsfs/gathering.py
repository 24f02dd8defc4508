"""Where what is moved, copied or linked goes: to its place, or as a group into a folder, each entry
under a free name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from lsfs.errors import UsageError
from lsfs.foreseen import Foreseen
from lsfs.free_names import FreeNames
from lsfs.paths import is_under, name, normalise, parent
from lsfs.plan import (
    Append,
    Copy,
    Create,
    Join,
    Link,
    MakeGroup,
    Mkdir,
    Move,
    Operation,
    Replace,
    Write,
)
from lsfs.selector import Selector
from lsfs.tree import Tree, kind_of

_TRANSFERS: dict[str, type[Copy] | type[Move] | type[Link]] = {
    "copies": Copy, "moves": Move, "links": Link,
}  # fmt: skip


def link_text(path: str, to: str) -> str:
    """What a link at `to` says that leads to `path`: relative, so that it goes on leading there
    when the root is moved or mounted."""
    return posixpath.relpath(path, parent(to) or ".")


def made_by(operations: Iterable[Operation]) -> set[str]:
    """What will be there after these literal operations, and need not be there before, or not with
    the text that it has then."""
    made: set[str] = set()
    for one in operations:
        match one:
            case Move(to=path) | Copy(to=path) | Link(to=path) | Join(to=path):
                made.add(path)
            case Create(path=path) | Mkdir(path=path) | Write(path=path) | Append(path=path):
                made.add(path)
            case Replace(target=target):
                made.update(target.paths)
    return made


def placed(foreseen: Foreseen, operation: Move | Copy | Link) -> Iterator[Operation]:
    """Each source with the exact place it goes to, in the tree as it will be by then.

    Raises:
        UsageError: it is there already, or would go into itself.
    """
    is_folder = foreseen.kind(operation.to) == "directory"
    into = operation.into or is_folder or len(operation.target.paths) > 1
    for path in operation.target.paths:
        to = _within(operation.to, name(path)) if into else operation.to
        if to == path:
            raise UsageError(f"{path} is there already", path=path)
        if is_under(to, path):
            raise UsageError(f"{path} cannot go into itself", path=path)
        one = {"target": Selector(paths=(path,)), "to": to, "into": False}
        yield operation.model_copy(update=one)


def gathered(tree: Tree, group: MakeGroup) -> Iterator[Operation]:
    """The literal operations. What is in the folder already stays; nothing is overwritten.

    Raises:
        UsageError: a folder would go into itself, or into what is no folder.
    """
    folder = normalise(group.name) if group.into is None else group.into
    _check_can_hold(tree, folder)
    there = tree.stat(folder)
    taken: list[str] = []
    if there is None:
        yield Mkdir(path=folder)
    elif kind_of(there) == "directory":
        taken = tree.names(folder)
    free = FreeNames(taken)
    transfer = _TRANSFERS[group.form]
    linked = set(_link_texts(tree, folder, taken)) if transfer is Link else set()
    for path in group.target.paths:
        if is_under(folder, path):
            raise UsageError(f"{path} cannot go into itself", path=path)
        is_in = parent(path) == folder if transfer is Move else is_under(path, folder)
        to = _within(folder, name(path))
        if not is_in and link_text(path, to) not in linked:
            to = _within(folder, free.take(name(path)))
            yield transfer(target=Selector(paths=(path,)), to=to)


def _check_can_hold(tree: Tree, folder: str) -> None:
    """That the path is a folder, or can become one."""
    state = tree.stat(folder)
    while state is None:
        folder = parent(folder)
        state = tree.stat(folder)
    if kind_of(state) not in ("directory", "symlink"):
        raise UsageError(
            f"{folder} is a file, not a folder", path=folder, hint="name another folder"
        )


def _link_texts(tree: Tree, folder: str, names: Iterable[str]) -> Iterator[str]:
    """What the links among the entries of a folder say."""
    for path in (_within(folder, one) for one in names):
        state = tree.stat(path)
        if state is not None and kind_of(state) == "symlink":
            yield tree.link_target(path)


def _within(folder: str, name: str) -> str:
    return f"{folder}/{name}".lstrip("/")
