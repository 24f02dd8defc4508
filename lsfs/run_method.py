"""The method `run`: operations, or a program in words, of which text goes in, and steps and what
became of its plan come out. What it and `ask` are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lsfs.engine import Consent, Outcome
from lsfs.errors import UsageError
from lsfs.paths import below_top, normalise, path_fields
from lsfs.plan import OPERATIONS, Plan
from lsfs.ports import Parser
from lsfs.running import Course, Runner, StepOutcome
from lsfs.times import now
from lsfs.wire import operation_json, outcome_json

Json = dict[str, Any]
NOTHING_DONE: Json = {
    "status": "done", "hits": [], "weak": False, "changes": [], "rows": [], "text": None,
    "reasons": [], "notices": [], "error": None, "undo": None,
}  # fmt: skip


def consent_of(params: Mapping[str, Any]) -> Consent:
    """What the caller agrees to."""
    return Consent(
        yes=bool(params.get("yes")), token=params.get("token"),
        dry_run=bool(params.get("dry_run")),
    )  # fmt: skip


def plan_of(params: Mapping[str, Any]) -> Plan:
    """The plan of `operations`.

    Raises:
        UsageError: they are no list.
        ValidationError: one of them is no operation.
    """
    operations = params.get("operations")
    if not isinstance(operations, list):
        raise UsageError("`operations` is a list of operations")
    return Plan(
        operations=tuple(OPERATIONS.validate_python(one) for one in operations),
        request=params.get("request"), parser=params.get("parser") or "exact",
        actor=str(params.get("actor", "rpc")),
    )  # fmt: skip


def limited(plan: Plan, limit: object) -> Plan:
    """The plan with at most so many results, where it is nothing but questions."""
    if not isinstance(limit, int) or plan.changes_something():
        return plan
    operations = tuple(
        one.model_copy(update={"limit": min(one.limit or limit, limit)})
        if hasattr(one, "limit")
        else one
        for one in plan.operations
    )
    return plan.model_copy(update={"operations": operations})


def run_program(
    runner: Runner, parser: Parser, params: Mapping[str, Any],
    ran: Callable[[Plan, Consent], Outcome],
) -> Json:  # fmt: skip
    """Follow the program, and run what it wants changed as one plan, as far as policy and consent
    allow.

    Raises:
        UsageError: it is no program.
        LsfsError: a step cannot be done, or the plan fails; then nothing is.
    """
    text, name = params.get("program"), str(params.get("name") or "program")
    if not isinstance(text, str):
        raise UsageError("`program` is the text of a program")
    runner.taken = None
    program = parser.program(text, name)
    course = runner.run(program, parser, str(params.get("actor", "rpc")), now())
    request = f"run {name}"
    if course.plan is None:
        answer: Json = {
            "request": request, "parser": "program", "plan": _looked(course),
            "outcome": {**NOTHING_DONE, **_found(course)},
        }  # fmt: skip
    else:
        outcome = ran(course.plan, consent_of(params))
        answer = outcome_json(request, "program", outcome)
    answer["outcome"]["notices"] = [*course.notices, *answer["outcome"]["notices"]]
    return {**answer, "steps": [_step_json(one) for one in course.steps]}


def progress(runner: Runner) -> Json:
    """Where the run is that began last: {"taken" (steps), "step", "instruction"}; empty: none."""
    if runner.taken is None:
        return {}
    taken, step = runner.taken
    return {"taken": taken, "step": step.label, "instruction": step.words or step.kind}


def _looked(course: Course) -> Json:
    """The plan of a program that changes nothing: what it has looked by."""
    operations = [operation_json(one) for step in course.steps for one in step.operations]
    return {
        "operations": operations, "token": None, "touches": 0, "undoes": None, "forced": False,
    }  # fmt: skip


def _found(course: Course) -> Json:
    """What a program that changes nothing has found: the files and texts of its steps."""
    paths = dict.fromkeys(path for step in course.steps for path in step.paths)
    texts = [step.text for step in course.steps if step.text]
    return {"rows": [path_fields(path) for path in paths], "text": "\n\n".join(texts) or None}


def _step_json(outcome: StepOutcome) -> Json:
    step = outcome.step
    return {
        "step": step.label, "line": step.line, "kind": step.kind, "instruction": step.words,
        "name": step.name, "operations": [operation_json(one) for one in outcome.operations],
        "paths": [path_fields(path) for path in outcome.paths], "text": outcome.text,
        "answer": outcome.answer, "skipped": outcome.skipped,
    }  # fmt: skip


def shown_of(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths that a request may speak of by their places.

    Raises:
        UsageError: they are no list of paths.
    """
    shown = params.get("shown", ())
    if not isinstance(shown, list | tuple) or not all(isinstance(one, str) for one in shown):
        raise UsageError("`shown` is a list of paths")
    return tuple(map(normalise, shown))


def folder_of(params: Mapping[str, Any]) -> str:
    """The folder that a request is made in, the root where nobody stands anywhere.

    Raises:
        PolicyError: it is outside the root.
    """
    folder = params.get("folder")
    return normalise(folder) if isinstance(folder, str) else ""


@dataclass(frozen=True, slots=True)
class Within:
    """Makes absolute paths that lie where the tree is seen, at `tops`, paths of it; one in a home
    where nothing in the root is called as it begins (`is_there`)."""

    tops: Callable[[], Iterable[str]]
    is_there: Callable[[str], bool]

    def of(self, given: Any, key: str = "") -> Any:
        """The same parameters with such paths."""
        if isinstance(given, Mapping):
            return {name: self.of(one, name) for name, one in given.items()}
        if isinstance(given, list | tuple):
            return [self.of(one, key) for one in given]
        if key not in _PATHS or not isinstance(given, str) or given[:1] not in ("/", "~"):
            return given
        if given[:1] == "~" and self.is_there(given.partition("/")[0]):
            return given
        found = below_top(given, self.tops())
        return given if found is None else found


_PATHS = frozenset({"path", "to", "into", "under", "folder", "paths", "shown"})
"""Parameters, and fields of operations, that hold paths."""
