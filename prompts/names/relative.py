"""Acts whose place is told by where things are, or were: back, up, out, beside, swapped.

Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.free_names import FreeNames
from lsfs.plan import BaseOperation

from ..request.refusals import missing
from .context import literal
from .targets import Targets


def moved_back(paths: Sequence[str], targets: Targets) -> BaseOperation:
    """Each to where it was before it was moved or renamed.

    Raises:
        NotUnderstoodError: that is not known, or they were in several places.
    """
    before = [came for path in paths if (came := targets.came_from(path)) is not None]
    if len(before) < len(paths):
        raise NotUnderstoodError(
            "I do not know of another place where that was",
            hint="say where to: move draft.txt to archive/; or undo what was done",
        )
    if len(paths) == 1:
        return plan.Move(target=literal(paths), to=before[0])
    folders = {posixpath.dirname(path) for path in before}
    if len(folders) > 1 or [*map(posixpath.basename, paths)] != [*map(posixpath.basename, before)]:
        raise missing("which of them to move back", "move draft.txt back to where it was")
    return plan.Move(target=literal(paths), to=folders.pop(), into=True)


def moved_up(paths: Sequence[str]) -> BaseOperation:
    """Into the folder above the one that all of them are in.

    Raises:
        NotUnderstoodError: there is none.
    """
    folders = {posixpath.dirname(path) for path in paths}
    if len(folders) > 1 or "" in folders:
        raise missing("which folder is above that", "move draft.txt to archive/")
    return plan.Move(target=literal(paths), to=posixpath.dirname(folders.pop()), into=True)


def moved_out(paths: Sequence[str], folder: str | None) -> BaseOperation:
    """Beside the folder that they are in.

    Raises:
        NotUnderstoodError: they are not in it.
    """
    if not folder or not all(path.startswith(f"{folder}/") for path in paths):
        raise missing("out of which folder to take it", "move draft.txt to archive/")
    return plan.Move(target=literal(paths), to=posixpath.dirname(folder), into=True)


def duplicated(paths: Sequence[str], targets: Targets) -> BaseOperation:
    """A copy beside it, "name (2).ext".

    Raises:
        NotUnderstoodError: they are several.
    """
    path = _only(paths)
    return plan.Copy(target=literal(paths), to=_free_beside(path, targets))


def backed_up(paths: Sequence[str], targets: Targets) -> BaseOperation:
    """A copy beside it, "name.ext.bak".

    Raises:
        NotUnderstoodError: they are several.
    """
    to = f"{_only(paths)}.bak"
    to = _free_beside(to, targets) if targets.is_there(to) else to
    return plan.Copy(target=literal(paths), to=to)


def swapped(one: str, other: str, targets: Targets) -> tuple[BaseOperation, ...]:
    """The moves by which two files take each other's place, by way of a free name.

    Raises:
        NotUnderstoodError: one of them is a folder.
    """
    if not (targets.is_file(one) and targets.is_file(other)):
        raise NotUnderstoodError(
            "I can swap the names of two files, not of folders",
            hint="rename them one after the other, by way of another name",
        )
    aside = _free_beside(one, targets)
    ways = ((one, aside), (other, one), (aside, other))
    return tuple(plan.Move(target=literal([path]), to=to) for path, to in ways)


def _only(paths: Sequence[str]) -> str:
    if len(paths) != 1:
        raise missing("where to copy them to", "copy a.txt and b.txt to archive/")
    return paths[0]


def _free_beside(path: str, targets: Targets) -> str:
    names = FreeNames([path])
    while targets.is_there(free := names.take(path)):
        pass
    return free
