"""What turns back the acts of programs: operations, as the journal holds them."""

from __future__ import annotations

from lsfs.history import History
from lsfs.plan import Create, Mkdir, Move, Operation, Remove, Rollback
from lsfs.records import Change, Entry, Version
from lsfs.same import is_touched
from lsfs.selector import Selector


def save_of(
    history: History, before: Entry | None, olds: list[tuple[str, Version | None]], new: Version
) -> tuple[Change, list[Operation], dict[str, str]]:
    """A save, what turns it back, and what it leaves. `olds` are what the names of the file had
    before, the one by which it was saved first; `before` is None where nothing was there."""
    path = olds[0][0]
    verb = "modify" if before else "mkdir" if new.kind == "directory" else "create"
    change = Change(verb, path, version=new.id, size=new.size)
    inverse: list[Operation] = []
    leaves = {path: history.state_of(path, new.id)}
    for one, old in olds:
        if old and not is_touched(old, new):
            inverse.append(Rollback(path=one, version=old.id))
            leaves[one] = history.state(one)
    if before is None and not inverse:
        inverse = [Remove(target=Selector(paths=(path,)), if_empty=True)]
    return change, inverse, leaves


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
