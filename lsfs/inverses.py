"""What turns back the acts of programs: operations, as the journal holds them."""

from __future__ import annotations

from lsfs.history import History
from lsfs.plan import Create, Mkdir, Move, Operation, Remove, Rollback
from lsfs.records import Entry, Version
from lsfs.same import is_touched
from lsfs.selector import Selector


def inverse_of_save(
    history: History, olds: list[tuple[str, Version | None]], new: Version, *, is_new: bool
) -> tuple[list[Operation], dict[str, str]]:
    """What turns a save back, and what it leaves. `olds` are what the names of the file had before,
    the one by which it was saved first."""
    path = olds[0][0]
    inverse: list[Operation] = []
    leaves = {path: history.state_of(path, new.id)}
    for one, old in olds:
        if old and not is_touched(old, new):
            inverse.append(Rollback(path=one, version=old.id))
            leaves[one] = history.state(one)
    if is_new and not inverse:
        inverse = [Remove(target=Selector(paths=(path,)), if_empty=True)]
    return inverse, leaves


def verb_of_save(before: Entry | None, after: Entry) -> str:
    """What the journal calls it."""
    if before:
        return "modify"
    return "mkdir" if after.kind == "directory" else "create"


def inverse_of_move(
    entry: Entry, to: str, replaced: Version | None
) -> tuple[list[Operation], dict[str, str]]:
    """What turns a rename of `entry` back, and with it what it replaced; and what it leaves."""
    inverse: list[Operation] = [Move(target=Selector(paths=(to,)), to=entry.path)]
    if replaced:
        inverse.append(Rollback(path=to, version=replaced.id))
    leaves = {entry.path: "absent"}
    if entry.captured and entry.content:
        leaves[to] = f"file {entry.content}"
    return inverse, leaves


def inverse_of_removal(entry: Entry, version: Version | None) -> list[Operation]:
    """What brings it back; nothing where nothing of it was kept."""
    if version and version.kind != "other":  # a pipe or a device could not be made again
        return [Rollback(path=entry.path, version=version.id)]
    if entry.kind == "directory":
        return [Mkdir(path=entry.path)]
    return [Create(path=entry.path)] if entry.kind == "file" and entry.size == 0 else []
