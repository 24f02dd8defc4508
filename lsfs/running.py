"""Runs a program in words up to its one plan: each step is understood, looks, decides or foresees.

Nothing is changed here. What the steps would change is gathered, in order, as literal operations;
the engine judges, shows, asks and runs them as it does any plan: all or nothing, with one undo.
What a step reads is therefore read before anything is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lsfs.config import RunConfig
from lsfs.counting import counted
from lsfs.deciding import Deciding
from lsfs.errors import LsfsError, NothingFoundError, PolicyError, UsageError
from lsfs.foreseen import Files, Foreseen
from lsfs.paths import path_from_fields
from lsfs.plan import (
    Groups,
    List,
    MakeGroup,
    Operation,
    Plan,
    Redo,
    Restore,
    Rollback,
    Search,
    Similar,
    Undo,
)
from lsfs.ports import Parser
from lsfs.reads import Reads
from lsfs.records import Finding
from lsfs.resolve import SELECT_LIMIT, Resolver
from lsfs.saying import NAME, Value, Values, Wording, constants_of, worded
from lsfs.selector import Selector
from lsfs.tree import kind_of
from lsfs.worded import END, Program, Step


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What a step came to: the literal `operations` it wants or has looked by, the `paths` it found
    or acts on (as they will be), a `text`, a decision's `answer`; `skipped`: why it did nothing."""

    step: Step
    operations: tuple[Operation, ...] = ()
    paths: tuple[str, ...] = ()
    text: str | None = None
    answer: bool | None = None
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How a program went, step by step; `plan` holds what it would change, None: nothing."""

    steps: tuple[StepOutcome, ...]
    plan: Plan | None
    notices: tuple[str, ...] = ()


class Runner:
    """Runs programs over one root. Safe from threads; to be called under no lock."""

    def __init__(
        self, resolver: Resolver, reads: Reads, limits: RunConfig, is_private: Callable[[str], bool]
    ) -> None:
        """`is_private`: what no model may see."""
        self.resolver = resolver
        self.reads = reads
        self.limits = limits
        self.is_private = is_private
        self.taken: tuple[int, Step] | None = None
        """How many steps the run that began last has taken, and the one it is at."""

    def run(self, program: Program, parser: Parser, actor: str, now: datetime) -> Course:
        """Follow the program, from its first step to its end.

        Raises:
            PolicyError: it runs more steps, or loops over more files, than the settings allow.
            LsfsError: a step is not understood, or cannot be done; the message says which.
        """
        return _Run(self, program, parser, actor, now).course()


@dataclass(slots=True)
class _Loop:
    """A loop that is being gone through; `outer` is what "them" meant before it."""

    at: int
    paths: Iterator[str]
    files: Files
    outer: Files | None


@dataclass(slots=True)
class _Came:
    """What the operations of one step come to; `paths` are those of the last one."""

    operations: list[Operation] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    text: str | None = None
    is_private: bool = False
    is_chosen: bool = False
    found: Files | None = None
    """What it looked for, or a query chose: "them" from then on."""


class _Run:
    """One run."""

    def __init__(
        self, parts: Runner, program: Program, parser: Parser, actor: str, now: datetime
    ) -> None:
        self._parts = parts
        self._program = program
        self._parser = parser
        self._actor = actor
        self._values = Values(constants_of(now))
        self._names = parser.names()
        self._foreseen = Foreseen(parts.resolver.tree)
        self._deciding = Deciding(parts.resolver, self._foreseen, parser)
        self._loops: list[_Loop] = []
        self._outcomes: list[StepOutcome] = []
        self._notices: dict[str, None] = {}
        self._is_chosen = False
        self._by = "program"
        """Who made the plan: the first language model that planned a change, if one did."""

    def course(self) -> Course:
        at = count = 0
        while at != END:
            count += 1
            if count > self._parts.limits.max_steps:
                raise PolicyError(
                    f"{self._program.name} runs more than {self._parts.limits.max_steps} steps;"
                    " nothing was done",
                    hint="does it go round and round? The bound is the setting run.max_steps",
                )
            at = self._take(at, count)
        operations = tuple(self._foreseen.operations)
        plan = None
        if operations:
            plan = Plan(
                operations=operations, request=f"run {self._program.name}", parser=self._by,
                actor=self._actor, is_chosen=self._is_chosen,
            )  # fmt: skip
        return Course(tuple(self._outcomes), plan, tuple(self._notices))

    def _take(self, at: int, count: int) -> int:
        """Run a step; the next one."""
        self._leave_loops(at)
        step = self._program.steps[at]
        self._parts.taken = (count, step)
        try:
            match step.kind:
                case "process":
                    self._do(step)
                    return step.then
                case "terminal":
                    self._do(step) if step.words else self._outcomes.append(StepOutcome(step))
                    return END
                case "jump":
                    self._outcomes.append(StepOutcome(step))
                    return step.then
                case "decision":
                    answer = self._deciding.answer(step, self._values)
                    self._outcomes.append(StepOutcome(step, answer=answer))
                    return step.then if answer else step.otherwise
                case "loop":
                    return self._loop(step, at)
        except LsfsError as error:
            place = f"{self._program.name}, line {step.line}, step {step.label}"
            error.message = f"{place}: {error.message}"
            raise

    # -- loops -------------------------------------------------------------------------------------

    def _leave_loops(self, at: int) -> None:
        """Those that the step is not in."""
        while self._loops:
            inner = self._loops[-1]
            if inner.at <= at <= self._program.steps[inner.at].last:
                return
            self._values.found = self._loops.pop().outer

    def _loop(self, step: Step, at: int) -> int:
        if not self._loops or self._loops[-1].at != at:
            self._enter(step, at)
        loop = self._loops[-1]
        for path in loop.paths:
            now = self._foreseen.now(path, loop.files.since)
            if now is not None:
                found = Files((now,), len(self._foreseen.operations), loop.files.is_chosen)
                self._values.names[step.name or "file"] = self._values.found = found
                return step.then
        self._values.found = self._loops.pop().outer
        return step.otherwise

    def _enter(self, step: Step, at: int) -> None:
        named = self._to_loop_over(step)
        paths = self._foreseen.where(named)
        most = self._parts.limits.max_loop_files
        if len(paths) > most:
            raise PolicyError(
                f"{counted(len(paths), 'file')}, more than a loop takes ({most}); nothing was done",
                hint="narrow what is found, or act on all at once (`move them to archive/`); the"
                " bound is the setting run.max_loop_files",
            )
        self._outcomes.append(StepOutcome(step, paths=paths))
        files = Files(paths, len(self._foreseen.operations), named.is_chosen)
        self._loops.append(_Loop(at, iter(paths), files, self._values.found))

    def _to_loop_over(self, step: Step) -> Files:
        if match := NAME.fullmatch(step.words):
            value = self._values.named(match[1])
            if isinstance(value, str):
                raise UsageError(f"{step.words} is a text: a loop is over files")
            return value
        if step.words == "them":
            if self._values.found is None:
                raise UsageError(
                    "no step before it has looked for files", hint="begin with: 1. Find ..."
                )
            return self._values.found
        wording = worded(f"find {step.words}", self._values, self._foreseen.where)
        paths = () if wording.empty else tuple(self._came_of(wording).paths)
        return Files(paths, len(self._foreseen.operations), is_chosen=True)

    # -- what a step does --------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        wording = worded(step.words, self._values, self._foreseen.where)
        if wording.empty:
            self._outcomes.append(StepOutcome(step, skipped=wording.empty))
            self._remember(step, _Came())
            return
        came = self._came_of(wording)
        skipped = None if came.operations else "nothing was found"
        self._outcomes.append(
            StepOutcome(
                step, tuple(came.operations), tuple(came.paths), came.text or None, skipped=skipped
            )
        )
        self._remember(step, came)

    def _remember(self, step: Step, came: _Came) -> None:
        files = Files(tuple(came.paths), len(self._foreseen.operations), came.is_chosen)
        value: Value = files if came.text is None else came.text
        if step.name:
            self._values.names[step.name] = value
        if came.found is not None:
            self._values.found = came.found
        if came.text is not None:
            self._values.said, self._values.is_private = came.text, came.is_private

    def _came_of(self, wording: Wording) -> _Came:
        plan = self._parser.parse(wording.request, self._actor, wording.shown, self._names)
        if plan.is_proposal and plan.changes_something() and self._by == "program":
            self._by = plan.parser
        operations = wording.put_in(plan.operations)
        wording.check_pointed(operations)
        came = _Came(is_chosen=wording.is_chosen)
        for operation in operations:
            if operation.effect == "read":
                self._look(operation, came)
            else:
                self._is_chosen |= came.is_chosen
                self._change(operation, came)
        return came

    def _look(self, operation: Operation, came: _Came) -> None:
        if isinstance(operation, Search):
            came.paths = self._have_found(self._selected(selected_by(operation)), came)
            came.operations.append(operation)
            return
        operation = self._as_it_is(operation)
        try:
            (literal,) = self._parts.resolver.resolve(Plan(operations=(operation,))).plan.operations
            finding = self._parts.reads.find(literal)
        except NothingFoundError as error:
            self._notices[error.message] = None
            came.text = came.text or ""
            return
        came.operations.append(literal)
        self._notices |= dict.fromkeys(finding.notices)
        if isinstance(operation, Similar | List | Groups):
            came.paths = self._have_found(tuple(self._files_in(finding)), came)
        else:
            came.text = "\n\n".join(filter(None, (came.text, finding.text)))
            came.is_private |= any(map(self._parts.is_private, _left_by(literal)))

    def _have_found(self, paths: tuple[str, ...], came: _Came) -> list[str]:
        came.is_chosen = True
        came.found = Files(paths, len(self._foreseen.operations), is_chosen=True)
        return list(paths)

    def _as_it_is(self, operation: Operation) -> Operation:
        """The same of the files where they are now."""
        target, path = getattr(operation, "target", None), getattr(operation, "path", None)
        if isinstance(target, Selector):
            paths = tuple(self._foreseen.was(one) for one in target.paths)
            target = target.model_copy(update={"paths": paths})
            return operation.model_copy(update={"target": target})
        if path:
            return operation.model_copy(update={"path": self._foreseen.was(path)})
        return operation

    def _files_in(self, finding: Finding) -> Iterator[str]:
        """The files, where they will be."""
        hits = finding.result.hits if finding.result else ()
        rows = (dict(row) for row in finding.rows if row.get("kind") == "file")
        for path in (*(hit.path for hit in hits), *map(path_from_fields, rows)):
            if (now := self._foreseen.now(path)) is not None:
                yield now

    def _selected(self, selector: Selector) -> tuple[str, ...]:
        try:
            found = self._parts.resolver.select(selector, is_read=False)
        except NothingFoundError as error:
            self._notices[error.message] = None
            return ()
        return self._foreseen.where(Files(found, 0))

    def _change(self, operation: Operation, came: _Came) -> None:
        if isinstance(operation, Undo | Redo):
            raise UsageError("an undo stands alone: no program can hold one")
        if isinstance(operation, Rollback | Restore) and self._foreseen.is_touched(operation.path):
            raise UsageError(
                f"an earlier step changes {operation.path or 'what is there'}",
                hint="go back to an earlier state in a program of its own",
            )
        try:
            parted = self._parts.resolver.parted(Plan(operations=(operation,)))
        except NothingFoundError as error:
            self._notices[error.message] = None
            return
        self._is_chosen |= parted.is_chosen
        self._notices |= dict.fromkeys(parted.notices)
        came.paths = []
        for one in parted.plan.operations:
            self._foresee(one, came)

    def _foresee(self, operation: Operation, came: _Came) -> None:
        target = getattr(operation, "target", None)
        if isinstance(target, Selector) and not target.is_literal():
            paths = self._selected(target)
            if isinstance(operation, MakeGroup):
                paths = tuple(path for path in paths if not self._is_link(path))
            self._have_found(paths, came)
            if not paths:
                return
            self._is_chosen = True
            operation = operation.model_copy(update={"target": Selector(paths=paths)})
        elif isinstance(target, Selector):
            self._foreseen.check(target.paths)
        lost: list[str] = []
        left: list[str] = []
        for literal in self._parts.resolver.literal(operation, self._foreseen, lost, left):
            self._foreseen.refuse_twice_written(literal)
            self._foreseen.note(literal)
            self._names.note(literal)
            came.operations.append(literal)
            came.paths += _left_by(literal)
        self._notices |= dict.fromkeys(left)
        for path in lost:
            self._notices[f"nothing was ever kept of {path}: not brought back"] = None
        if len(self._foreseen.operations) > SELECT_LIMIT:
            raise PolicyError(f"this is more than {SELECT_LIMIT} operations, too many for one run")

    def _is_link(self, path: str) -> bool:
        state = self._parts.resolver.tree.there(path)
        return state is not None and kind_of(state) == "symlink"


def selected_by(search: Search) -> Selector:
    """What a search finds, for an operation to act on: all of it, where no number is asked for."""
    said = search.model_fields_set
    limit = search.limit if search.limit != Search.model_fields["limit"].default else None
    return Selector(
        query=search.query or None if "query" in said else None, containing=search.containing,
        filters=search.filters, limit=limit, sort=search.sort,
    )  # fmt: skip


def _left_by(operation: Operation) -> tuple[str, ...]:
    """What a literal operation acts on, where it is afterwards."""
    for place in (getattr(operation, "to", None), getattr(operation, "path", None)):
        if isinstance(place, str):
            return (place,)
    target = getattr(operation, "target", None)
    return target.paths if isinstance(target, Selector) else ()
