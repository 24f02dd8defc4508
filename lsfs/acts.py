"""What each operation does to the tree, as single steps that the journal can turn back.

`inverse` says, before the act, which operations turn it back (taking the state that is about to go
into the store first); `perform` acts and reports what is on disk afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from lsfs.blobs import hash_stream
from lsfs.editing import new_bytes
from lsfs.errors import (
    LsfsError,
    MissingPathError,
    NotAvailableError,
    PolicyError,
    TreeError,
    UsageError,
)
from lsfs.gathering import link_text
from lsfs.groups import Groups
from lsfs.history import History
from lsfs.observer import OUTSIDE, Observer
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
from lsfs.putting_back import put_back
from lsfs.records import Change, Finding, Version
from lsfs.selector import Selector
from lsfs.sharing import Sharing
from lsfs.tree import COPY_BYTES, kind_of

log = logging.getLogger(__name__)

WRITE_BITS = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Acts:
    """The operations that change something, over one history and one observer."""

    def __init__(self, history: History, observer: Observer, sharing: Sharing) -> None:
        self._history = history
        self._observer = observer
        self._sharing = sharing
        self.tree = history.tree
        self._catalog = history.catalog
        self._groups = Groups(history.catalog)

    # -- inverses ----------------------------------------------------------------------------------

    def inverse(self, step: Operation, actor: str) -> list[Operation]:
        """What turns the step back; the state that it destroys is in the store on return.

        Raises:
            MissingPathError: what it acts on is not there: nothing is to be turned back of it.
            LsfsError: what it destroys could not be kept.
        """
        if isinstance(step, Move | Copy | Remove | Touch | Lock | Unlock):
            self._must_be_there(step.target.paths[0])
        match step:
            case Mkdir(path=path):
                return [Remove(target=Selector(paths=(path,)), if_empty=True)]
            case Create(path=path) | Write(path=path) | Append(path=path) | Rollback(path=path):
                return self._bring_back(path, actor)
            case Join(to=to) | Copy(to=to) | Link(to=to):
                return self._bring_back(to, actor)
            case Move(target=target, to=to):
                self._history.capture(target.paths[0], actor)
                return [Move(target=Selector(paths=(to,)), to=target.paths[0])]
            case (
                Remove(target=target)
                | Replace(target=target)
                | Touch(target=target)
                | Lock(target=target)
                | Unlock(target=target)
            ):
                return self._bring_back(target.paths[0], actor)
            case MakeGroup(name=group) | DropGroup(name=group):
                return self._regroup(group)
            case Share() | Unshare():
                return self._sharing.inverse(step)
            case _:
                raise NotAvailableError(f"{step.op} cannot be turned back")

    def _bring_back(self, path: str, actor: str) -> list[Operation]:
        version = self._history.capture(path, actor, exact=True)
        if version is None:
            return [Remove(target=Selector(paths=(path,)), if_empty=True)]
        if version.kind == "other":
            raise UsageError(
                f"{path} is a device, socket or pipe, which lsfs could not bring back", path=path,
                hint="remove it with your own tools",
            )  # fmt: skip
        if version.gap:
            raise TreeError(
                f"{path}: its bytes could not be kept first ({version.gap})", path=path,
                hint="nothing was changed; try again when the file is readable and quiet",
            )  # fmt: skip
        return [Rollback(path=path, version=version.id)]

    def _regroup(self, group: str) -> list[Operation]:
        if self._groups.named(group) is None:
            return [DropGroup(name=group)]
        return [MakeGroup(name=group, target=Selector(paths=self._groups.recalled(group)))]

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is done within is recorded together, and survives a power cut from its end on."""
        with self._catalog.atomic(), self.tree.syncing.together():
            yield

    def keep_for_good(self) -> None:
        """What was taken into the store survives a power cut from here on."""
        self._history.blobs.sync()

    def bytes_of(self, step: Operation) -> int:
        """How many bytes the step writes, where that is known before."""
        if not isinstance(step, Rollback) or step.version is None:
            return 0
        version = self._catalog.version(step.version)
        return version.size if version else 0

    # -- what is left ------------------------------------------------------------------------------

    def leaves(self, step: Operation) -> dict[str, str]:
        """The states the step will leave, said before it acts: path -> `History.state`."""
        match step:
            case Mkdir(path=path):
                return {path: "directory"}
            case Create(path=path) | Write(path=path) | Append(path=path) | Join(to=path):
                return {path: _file_state(new_bytes(self.tree, step))}
            case Replace(target=target):
                return {target.paths[0]: _file_state(new_bytes(self.tree, step))}
            case Move(target=target, to=to):
                return {target.paths[0]: "absent", to: self._history.state(target.paths[0])}
            case Copy(target=target, to=to):
                return {to: self._history.state(target.paths[0])}
            case Link(target=target, to=to):
                text = link_text(target.paths[0], to)
                return {to: f"symlink {os.fsencode(text).hex()}"}
            case Remove(target=target):
                return {target.paths[0]: "absent"}
            case Rollback(path=path, version=number):
                return {path: self._history.state_of(path, number)}
            case Touch(target=target) | Lock(target=target) | Unlock(target=target):
                return {target.paths[0]: self._history.state(target.paths[0])}
            case _:
                return {}

    def sweep(self, leaves: Mapping[str, str]) -> None:
        """Remove what a crash left half written beside these paths."""
        for folder in {parent(path) for path in leaves}:
            self.tree.sweep(folder)

    def folder_times(self, folders: Iterable[str]) -> dict[str, int]:
        """The modification times of those that are there."""
        states = {folder: self._observer.state_of(folder) for folder in folders}
        return {folder: state.st_mtime_ns for folder, state in states.items() if state}

    def put_times_back(self, times: Mapping[str, int]) -> None:
        """Give folders, as far as they are there and ours to change, their modification times."""
        for folder, mtime_ns in times.items():
            state = self._observer.state_of(folder)
            if state and kind_of(state) == "directory":
                try:
                    self.tree.set_times(folder, state.st_atime_ns, mtime_ns)
                except LsfsError as error:  # a courtesy: no reason for a plan to fail
                    log.info("%s", error.message)
        self._observer.reconcile(filter(None, times))  # the root itself is no entry

    def is_as(self, leaves: Mapping[str, str]) -> bool:
        """Whether the tree is in these states now."""
        return all(self._history.state(path) == state for path, state in leaves.items())

    # -- acts --------------------------------------------------------------------------------------

    def refuse_locked(self, step: Operation) -> None:
        """Refuse to write into a file that is read-only, and to remove, move or roll back one that
        `lock` made so. Many files are read-only without anybody's wish (git's objects): what leaves
        them as they are, or was asked for by their name or folder, need not stop at them.

        Raises:
            PolicyError: the step would.
        """
        match step:
            case Write(path=path) | Append(path=path) | Join(to=path):
                self._refuse_read_only(path)
            case Replace(target=target):
                self._refuse_read_only(target.paths[0])
            case Rollback(path=path):
                self._refuse_locked(path)
            case Remove(target=target) | Move(target=target) | Touch(target=target):
                self._refuse_locked(target.paths[0])

    def _refuse_locked(self, path: str) -> None:
        if self._catalog.is_locked(path):
            self._refuse_read_only(path)

    def _refuse_read_only(self, path: str) -> None:
        state = self.tree.stat(path)
        if state and kind_of(state) == "file" and not state.st_mode & WRITE_BITS:
            raise PolicyError(f"{path} is read-only", path=path, hint=f"lsfs unlock '{path}'")

    def perform(self, step: Operation, actor: str) -> Change:  # noqa: C901 - a case an operation
        """Do one step; what is on disk after it."""
        match step:
            case Mkdir(path=path):
                self.tree.mkdir(path)
                return self._seen("mkdir", path, actor)
            case Create(path=path):
                self._must_be_free(path)
                return self._write(step, path, actor)
            case Write(path=path) | Append(path=path):
                return self._write(step, path, actor)
            case Replace(target=target):
                return self._write(step, target.paths[0], actor)
            case Move(target=target, to=to):
                return self._move(target.paths[0], to, actor)
            case Copy(target=target, to=to):
                return self._copy(target.paths[0], to, actor)
            case Link(target=target, to=to):
                self.tree.symlink(to, link_text(target.paths[0], to))
                return replace(self._seen("link", to, actor), path=target.paths[0], to=to)
            case Remove(target=target):
                return self._remove(target.paths[0])
            case Join(to=to):
                return self._write(step, to, actor)
            case Rollback(path=path):
                return self._rollback(step, actor)
            case Touch(target=target, mtime=mtime):
                moment = int(mtime.timestamp() * 1e9) if mtime else time.time_ns()
                self.tree.set_times(target.paths[0], moment, moment)
                return self._seen("touch", target.paths[0], actor)
            case Lock(target=target) | Unlock(target=target):
                return self._set_lock(step.op, target.paths[0], actor)
            case MakeGroup(name=group, target=target):
                self._groups.put(group, None, target.paths)
                return Change("group", group)
            case DropGroup(name=group):
                self._groups.drop(group)
                return Change("drop_group", group)
            case Share(path=path):
                if self._catalog.entry(path) is None:
                    self._observer.look_at(path, OUTSIDE, below=False)
                return self._sharing.open(step)
            case Unshare(id=number):
                return self._sharing.close(number)
            case _:
                raise NotAvailableError(f"{step.op} is not available in this version of lsfs")

    def opened(self, operation: Operation) -> list[Finding]:
        """The link that the operation has opened."""
        return [self._sharing.told(operation)] if isinstance(operation, Share) else []

    def _must_be_there(self, path: str) -> None:
        if self.tree.there(path) is None:
            raise MissingPathError(f"{path}: no such file or folder", path=path)

    def _must_be_free(self, path: str) -> None:
        if self.tree.stat(path) is not None:
            raise TreeError(f"{path} is there already", path=path, hint="choose another name")

    def _write(self, step: Operation, path: str, actor: str) -> Change:
        data = io.BytesIO(new_bytes(self.tree, step))
        self.tree.write(path, data, expected=self._history.as_seen(path))
        return self._seen(step.op, path, actor)

    def _move(self, path: str, to: str, actor: str) -> Change:
        self.tree.move(path, to)
        entry = self._catalog.entry(path)
        if entry:
            self._observer.moved(entry, to, time.time_ns(), actor)
        return replace(self._seen("move", to, actor), path=path, to=to)

    def _copy(self, path: str, to: str, actor: str) -> Change:
        state = self.tree.stat(path)
        kind = kind_of(state) if state else "file"
        if state and kind == "directory":
            self.tree.mkdir(to)
            self.tree.set_mode(to, stat.S_IMODE(state.st_mode))
        elif kind == "symlink":
            self.tree.symlink(to, self.tree.link_target(path))
        else:
            with self.tree.open(path) as stream:
                self.tree.write(to, stream, self.tree.metadata(path))
        return replace(self._seen("copy", to, actor), path=path, to=to)

    def _remove(self, path: str) -> Change:
        self.tree.remove(path, self._history.as_seen(path))
        entry = self._catalog.entry(path)
        if entry:
            self._observer.gone(entry, time.time_ns())
        return Change("remove", path)

    def _rollback(self, step: Rollback, actor: str) -> Change:
        version = self._history.pick(step.path, back=None, to=None, number=step.version)
        put_back(self._history, step.path, version)
        return self._seen("rollback", step.path, actor)

    def _set_lock(self, op: str, path: str, actor: str) -> Change:
        state = self.tree.stat(path)
        if state is None or kind_of(state) not in ("file", "directory"):
            raise UsageError(f"{path}: only files and folders can be locked", path=path)
        mode = stat.S_IMODE(state.st_mode)
        self.tree.set_mode(path, mode & ~WRITE_BITS if op == "lock" else mode | stat.S_IWUSR)
        change = self._seen(op, path, actor)
        if op == "lock":
            self._catalog.lock(path)
        return change

    def _seen(self, action: str, path: str, actor: str) -> Change:
        """The change as it is on disk now: version, size, and the hash of the bytes read back."""
        self._observer.look_at(path, actor, below=True)
        version: Version | None = self._history.capture(path, actor)
        self._observer.unread.drop(path)  # a large file is not read once more
        digest = None
        if version and version.kind == "file":
            with self.tree.open(path) as stream:
                digest = _sha256(stream)
        return Change(
            action, path, version=version.id if version else None, sha256=digest,
            size=version.size if version else None,
        )  # fmt: skip


def _file_state(data: bytes) -> str:
    return f"file {hash_stream(io.BytesIO(data))}"


def _sha256(stream: BinaryIO) -> str:
    hasher = hashlib.sha256()
    while block := stream.read(COPY_BYTES):
        hasher.update(block)
    return hasher.hexdigest()
