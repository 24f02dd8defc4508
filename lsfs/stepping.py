"""Does the acts of a plan: each is journalled before it, with what turns it back.

Acts of which none needs what another does go together: one row that must survive a power cut is
written for many of them, and each folder is synced once. That is what makes it bearable to bring
back thousands of files.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsfs.acts import Acts
from lsfs.errors import LsfsError
from lsfs.journal import Journal, Step
from lsfs.paths import folders_above, moved, parent
from lsfs.plan import Move, Operation, Remove, Rollback
from lsfs.records import Change
from lsfs.steps import steps_of

MOST_ACTS, MOST_BYTES = 64, 16 << 20
"""So much goes together: what is begun holds the catalog's only pen until it is done."""


class Stepping:
    """The acts of one row of the journal, in order."""

    def __init__(self, acts: Acts, journal: Journal, row: int, actor: str) -> None:
        self._acts = acts
        self._journal = journal
        self._row = row
        self._actor = actor
        self._batch = _Batch()
        self.changes: list[Change] = []
        self.folders: set[str] = set()
        """The folders changed, by their names now."""

    def run(self, operation: Operation, *, minds_locks: bool) -> None:
        """Do it, or have it done together with what follows: `finish` comes last.

        Raises:
            PolicyError: a step would change what is locked, and `minds_locks`.
            LsfsError: a step failed; those before it are done, those after it are not.
        """
        waits = isinstance(operation, Rollback | Remove)
        if not self._batch.is_of(operation):
            self.finish()
        for step in self._steps(operation):
            if minds_locks:
                self._acts.refuse_locked(step)
            if not self._batch.takes(step, self._acts.bytes_of(step)):
                self.finish()
            self._batch.add(step, self._acts.bytes_of(step))
            if not waits:
                self.finish()

    def finish(self) -> None:
        """Do what waits."""
        acts, self._batch = self._batch.acts, _Batch()
        if not acts:
            return
        first = len(self.changes)
        steps = [self._step(act) for act in acts]
        self._acts.keep_for_good()
        self._journal.intend(self._row, first, steps)
        failure = None
        with self._acts.together():
            for number, act in enumerate(acts, first):
                try:
                    self._do(number, act)
                except (LsfsError, OSError) as error:  # what was done before it is recorded
                    self._journal.forget_steps(self._row, after=number)
                    failure = error
                    break
        if failure:
            raise failure

    def _steps(self, operation: Operation) -> Iterable[Operation]:
        """The steps, which may depend on what is there; what waits is done first where it would
        make a difference."""
        is_settled = isinstance(operation, Remove)
        if isinstance(operation, Rollback):
            if self._batch.brings_back(parent(operation.path)):
                return (operation,)
            is_settled = self._acts.tree.there(parent(operation.path)) is not None
        if not is_settled:
            self.finish()
        return steps_of(self._acts.tree, operation)

    def _step(self, act: Operation) -> Step:
        inverse = self._acts.inverse(act, self._actor)
        leaves = self._acts.leaves(act)
        times = self._acts.folder_times({parent(path) for path in leaves} - self.folders)
        self.folders.update(times)
        return Step(act, inverse, leaves, times)

    def _do(self, number: int, act: Operation) -> None:
        self.changes.append(self._acts.perform(act, self._actor))
        self._journal.step_done(self._row, number)
        if isinstance(act, Move):
            origin, to = act.target.paths[0], act.to
            self.folders = {moved(folder, origin, to) for folder in self.folders}


class _Batch:
    """Acts that may be described before the first of them is done: rollbacks alone, what is below
    a folder after it, or removals alone, what is below a folder before it."""

    def __init__(self) -> None:
        self.acts: list[Operation] = []
        self._paths: set[str] = set()
        self._above: set[str] = set()
        self._bytes = 0

    def is_of(self, operation: Operation) -> bool:
        """Whether what is here is of the operation's kind."""
        return all(type(act) is type(operation) for act in self.acts)

    def takes(self, act: Operation, size: int) -> bool:
        """Whether the act may go together with those that are here."""
        if not self.acts:
            return True
        if not isinstance(act, Rollback | Remove) or not self.is_of(act):
            return False
        if len(self.acts) == MOST_ACTS or self._bytes + size > MOST_BYTES:
            return False
        path = _path(act)
        if isinstance(act, Rollback):
            return path not in self._paths and path not in self._above
        return path not in self._paths and self._paths.isdisjoint(folders_above(path))

    def brings_back(self, folder: str) -> bool:
        """Whether the folder will be there."""
        return folder in self._paths and isinstance(self.acts[0], Rollback)

    def add(self, act: Operation, size: int) -> None:
        self.acts.append(act)
        self._bytes += size
        if isinstance(act, Rollback | Remove):
            self._paths.add(_path(act))
            self._above.update(folders_above(_path(act)))


def _path(act: Rollback | Remove) -> str:
    return act.path if isinstance(act, Rollback) else act.target.paths[0]
