"""Turns a plan's selectors into literal paths, and records the states it was seen in.

After this, an operation acts on paths that a person can read, and the plan's token binds a yes to
exactly those paths in exactly those states. Undo and redo become the inverse operations here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lsfs.editing import where_held
from lsfs.errors import (
    MissingPathError,
    NothingFoundError,
    PartialError,
    PolicyError,
    UsageError,
)
from lsfs.foreseen import Foreseen, written_over
from lsfs.free_names import set_aside
from lsfs.gathering import gathered, made_by, placed
from lsfs.groups import Groups, check_name
from lsfs.history import History
from lsfs.journal import Journal
from lsfs.named import is_by_query, named, refuse_root
from lsfs.observer import OUTSIDE
from lsfs.partition import Parted, Partition
from lsfs.paths import is_under, name
from lsfs.plan import (
    Copy,
    DropGroup,
    Join,
    Link,
    MakeGroup,
    Mkdir,
    Move,
    Operation,
    Plan,
    Redo,
    Remove,
    Replace,
    Restore,
    Rollback,
    Search,
    Share,
    Summarize,
    Touched,
    Undo,
    Unshare,
)
from lsfs.policy import Facts
from lsfs.ports import Index, Namer
from lsfs.restore import Restorer
from lsfs.same import is_same
from lsfs.selector import Selector
from lsfs.sharing import Sharing
from lsfs.summaries import asked_about
from lsfs.tree import kind_of

SELECT_LIMIT = 1000
"""As many as one search answers with. What reaches it may have been cut."""
WEAK_SCORE = 0.3
"""Hits under this share of the best one are not taken for an operation that changes something."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A literal plan, the facts the policy judges by, and the journal row an undo turns back."""

    plan: Plan
    facts: Facts
    undoes: int | None = None


class Resolver:
    """Resolves plans against the present tree."""

    def __init__(
        self, history: History, journal: Journal, index: Index, namer: Namer, sharing: Sharing
    ) -> None:
        self._history = history
        self._catalog = history.catalog
        self.tree = history.tree
        self._journal = journal
        self._index = index
        self._sharing = sharing
        self._groups = Groups(history.catalog)
        self._partition = Partition(index, self._groups, namer)

    def parted(self, plan: Plan) -> Parted:
        """The plan with what takes long to be chosen chosen; to be called under no lock.

        Raises:
            LsfsError: see `Partition.applied`.
        """
        return self._partition.applied(plan, lambda target: self.select(target, is_read=False))

    def resolve(self, plan: Plan, *, is_chosen: bool = False) -> Resolved:
        """A literal plan; `is_chosen`: its targets were chosen before, and not by a person.

        Raises:
            MissingPathError: a named path is not there.
            NothingFoundError: a query selects nothing.
            PolicyError: a target is so vague that it would take everything, or takes too much.
            UsageError: an undo of what cannot be undone, or not alone; the root as a target.
        """
        lost: list[str] = []
        left: list[str] = []
        undoes, operations = self._operations(plan.operations, lost, left)
        changed = dict.fromkeys(self._changed(operations))
        touched = tuple(
            Touched(path=path, state=self._history.state(path))
            for path in {**changed, **dict.fromkeys(self._copied(operations))}
        )
        resolved = {
            "operations": tuple(operations), "touched": touched, "undoes": undoes,
            "forced": any(isinstance(one, Undo) and one.force for one in plan.operations),
        }  # fmt: skip
        literal = plan.model_copy(update=resolved)
        facts = Facts(
            files=sum(1 for t in touched if not t.state.startswith(("directory", "absent"))),
            changed=(*changed, *self._arriving(operations)),
            overwrites=tuple(written_over(self.tree, operations)),
            by_query=literal.changes_something()
            and (is_chosen or plan.is_chosen or any(map(is_by_query, plan.operations))),
            lost=tuple(lost),
            outward=tuple(self._sharing.reasons(operations)),
            left=tuple(left),
            is_earlier=undoes is not None and self._is_earlier(plan.operations[0], undoes),
        )
        return Resolved(literal, facts, undoes)

    def _operations(
        self, asked: Sequence[Operation], lost: list[str], left: list[str]
    ) -> tuple[int | None, list[Operation]]:
        """The literal operations, and the journal row they turn back when an undo was asked."""
        first, *others = asked
        if isinstance(first, Undo | Redo) and not others:
            return self._turned_back(first, lost, left)
        if any(isinstance(operation, Undo | Redo) for operation in asked):
            raise UsageError("an undo stands alone in a plan", hint="ask for one after the other")
        foreseen = Foreseen(self.tree)
        for operation in asked:
            for literal in self.literal(operation, foreseen, lost, left):
                foreseen.add(literal) if isinstance(operation, Restore) else foreseen.note(literal)
        if not foreseen.operations:
            if lost:
                more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
                raise PartialError(
                    f"nothing is kept of {lost[0]}{more} as it was then; all else is as it was",
                    path=lost[0], hint=f"`lsfs history '{lost[0]}'` says what is kept",
                )  # fmt: skip
            is_group = any(isinstance(operation, MakeGroup) for operation in asked)
            raise NothingFoundError("all is there already" if is_group else "it is as it was then")
        return None, foreseen.operations

    def _turned_back(
        self, operation: Undo | Redo, lost: list[str], left: list[str]
    ) -> tuple[int, list[Operation]]:
        """What cannot come back, because its bytes are not there any more, is added to `lost`; why
        a link is `left` as it is, to that."""
        if isinstance(operation, Redo):
            row = self._journal.last_undo()
        elif operation.id is None:
            row = self._journal.last_to_undo(operation.kind)
        else:
            row = self._journal.entry(operation.id)
        if row.undone_by is not None:
            raise UsageError(
                f"{row.id} was undone already, by {row.undone_by}",
                hint=f"lsfs undo {row.undone_by}",
            )
        if row.state not in _UNDOABLE:
            raise UsageError(
                f"nothing is left of {row.id} to undo: it failed and was turned back then"
                if row.state == "reversed"
                else f"{row.id} has not ended",
                hint="`lsfs log` lists what was done",
            )
        lost += self._journal.without_inverse(row.id)
        asked = self._sharing.still(self._journal.inverse(row.id), left)
        inverse = [one for one in asked if self._can_come_back(one, lost)]
        if asked and not inverse:
            raise MissingPathError(
                f"{row.id} cannot be taken back: the store has no bytes of {lost[0]}", path=lost[0],
                hint="`lsfs undo ID` takes back what was done before it",
            )  # fmt: skip
        if not inverse:
            raise NothingFoundError(f"{row.id} changed nothing that could be turned back")
        if isinstance(operation, Undo) and operation.force:
            inverse = list(self._keeping_both(row.id, inverse))
        if not inverse:
            raise NothingFoundError(
                f"nothing that {row.id} left is there any more, so there is nothing to turn back",
                hint="`lsfs log` lists what was done since; undo that first",
            )
        return row.id, inverse

    def _is_earlier(self, asked: Operation, undoes: int) -> bool:
        of_kind = isinstance(asked, Undo) and asked.id is None and asked.kind is not None
        return of_kind and self._journal.last_to_undo().id != undoes

    def _can_come_back(self, operation: Operation, lost: list[str]) -> bool:
        if not isinstance(operation, Rollback) or operation.version is None:
            return True
        version = self._history.catalog.version(operation.version)
        if version is None or version.kind == "other":
            lost.append(operation.path)
            return False
        has_bytes = version.content is not None and self._history.blobs.contains(version.content)
        if version.kind != "file" or has_bytes:
            return True
        lost.append(operation.path)
        return False

    def _keeping_both(self, row: int, inverse: Sequence[Operation]) -> Iterator[Operation]:
        """The inverse, after what has changed since is put beside; without the steps that turn back
        what is no longer there."""
        gone = set()
        for path, state in self._journal.left_behind(row).items():
            now = self._history.state(path)
            if now == state:
                continue
            if now == "absent":
                gone.add(path)
                continue
            target = Selector(paths=(path,))
            beside = next(one for one in set_aside(path, row) if self.tree.there(one) is None)
            if state == "absent":
                yield Move(target=target, to=beside)
            elif not now.startswith("directory"):
                yield Copy(target=target, to=beside)
        for operation in inverse:
            sources = getattr(getattr(operation, "target", None), "paths", ())
            if not gone.intersection(sources):
                yield operation

    def literal(
        self, operation: Operation, foreseen: Foreseen, lost: list[str], left: list[str]
    ) -> Iterator[Operation]:
        """See `resolve`; what is `foreseen` counts as if it were there. Why something is `left` as
        it is, is added to that."""
        refuse_root(operation)
        made = made_by(foreseen.operations)
        operation = self._chosen(operation, made)
        match operation:
            case Move() | Copy() | Link():
                yield from placed(foreseen, operation)
            case MakeGroup(form="copies" | "moves" | "links"):
                yield from gathered(self.tree, operation)
            case DropGroup():
                names = self._groups.meant(operation.name)
                yield from (DropGroup(name=name) for name in names)
            case Rollback():
                yield from self._rolled_back(operation)
            case Restore():
                yield from self._restored(operation, lost)
            case Share() | Unshare():
                yield from self._sharing.literals(operation, made)
            case Replace():
                yield where_held(self.tree, operation, made, left)
            case Mkdir(path=path):
                if foreseen.kind(path) == "directory":
                    left.append(f"{path} is there already")
                yield operation
            case _:
                yield operation

    def _chosen(self, operation: Operation, made: Collection[str]) -> Operation:
        """The operation with the paths that its target means, each once.

        Raises:
            UsageError: a group's name cannot be one.
        """
        if isinstance(operation, MakeGroup):
            check_name(operation.name)
        target = getattr(operation, "target", None)
        if not isinstance(target, Selector):
            return operation
        if isinstance(operation, Summarize):
            operation, target = asked_about(operation)
        paths = self.select(target, is_read=operation.effect == "read", made=made)
        if isinstance(operation, MakeGroup) and not target.is_literal():
            paths = tuple(path for path in paths if self._is_no_link(path))
        if not isinstance(operation, Join):  # which may have a text twice
            paths = tuple(dict.fromkeys(paths))
        return operation.model_copy(update={"target": Selector(paths=paths)})

    def _rolled_back(self, operation: Rollback) -> Iterator[Rollback]:
        """To the version meant, by id, unless that is what is there; the present state is taken
        first, so that counting is right."""
        present = self._history.capture(operation.path, OUTSIDE)
        chosen = self._history.pick(
            operation.path, back=operation.versions, to=operation.to, number=operation.version
        )
        if present is None or not is_same(present, chosen, exact=chosen.kind != "directory"):
            yield Rollback(path=operation.path, version=chosen.id)

    def _restored(self, operation: Restore, lost: list[str]) -> Iterator[Operation]:
        """The steps back. Of what was never kept there is none: it is added to `lost`."""
        restorer = Restorer(self._history)
        yield from restorer.operations(operation.path, int(operation.to.timestamp() * 1e9))
        lost += restorer.lost

    def _is_no_link(self, path: str) -> bool:
        state = self.tree.there(path)
        return state is not None and kind_of(state) != "symlink"

    def select(
        self, selector: Selector, *, is_read: bool, made: Collection[str] = ()
    ) -> tuple[str, ...]:
        """The paths a selector means, best first; `made`, and what is in them, count as if
        they were there."""
        if selector.is_literal():
            return tuple(
                p if any(is_under(p, one) for one in made) else self._existing(p)
                for p in selector.paths
            )
        if selector.is_vague():
            raise PolicyError(
                "this names nothing in particular, so it would take everything",
                hint="say which files: by name, folder, type, time or topic",
            )
        result = self._index.search(
            Search(
                query=selector.query or "", containing=selector.containing,
                filters=selector.filters, sort=selector.sort,
                limit=min(selector.limit or SELECT_LIMIT, SELECT_LIMIT), clear=not is_read,
            )
        )  # fmt: skip
        if result.weak:
            raise NothingFoundError(
                f"nothing here is clearly about {selector.query!r}",
                hint="`lsfs search` shows what is nearest to it; name the files that are meant",
            )
        best = result.hits[0].score if result.hits else 0.0
        strong = [h.path for h in result.hits if is_read or h.score >= best * WEAK_SCORE]
        if not strong:
            raise NothingFoundError("nothing found for what the request describes")
        if not is_read and len(strong) >= SELECT_LIMIT < (selector.limit or SELECT_LIMIT + 1):
            raise PolicyError(
                f"this selects {SELECT_LIMIT} files or more, too many for one plan",
                hint="narrow it (a folder, a type, a time), or say how many with a limit",
            )
        if not is_read:
            selector.refuse_several(strong)
        return tuple(strong)

    def _existing(self, path: str) -> str:
        if self.tree.stat(path) is None:
            raise MissingPathError(
                f"{path or '/'}: no such file or folder", path=path,
                hint=f"`lsfs search '{name(path)}'` finds files by name",
            )  # fmt: skip
        return path

    # -- states ------------------------------------------------------------------------------------

    def _changed(self, operations: Sequence[Operation]) -> Iterator[str]:
        """What will be other than it is, with the contents of folders; paths may come twice."""
        for operation in operations:
            if operation.effect == "read":
                continue
            shallow = isinstance(operation, Mkdir) or (
                isinstance(operation, Remove) and operation.if_empty
            )
            for path in named(operation):
                yield from (path,) if shallow else self._with_contents(path)

    def _copied(self, operations: Sequence[Operation]) -> Iterator[str]:
        """What stays as it is and is copied from, with the contents of folders, or linked to."""
        for operation in operations:
            if isinstance(operation, Link):
                yield from operation.target.paths
            if isinstance(operation, Copy | Join):
                for path in operation.target.paths:
                    yield from self._with_contents(path)

    def _arriving(self, operations: Sequence[Operation]) -> Iterator[str]:
        """Where the contents of folders that are moved or copied will be."""
        for operation in operations:
            if isinstance(operation, Move | Copy):
                (path,) = operation.target.paths
                for one in self._with_contents(path):
                    yield operation.to + one[len(path) :]

    def _with_contents(self, path: str) -> Iterator[str]:
        found = False
        for one, _ in self.tree.walk(path):
            found = True
            yield one
        if not found:
            yield path


_UNDOABLE = frozenset({"done", "failed"})
