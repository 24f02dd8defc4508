"""The journal: what was done, with what turns it back.

A plan's row is written as an intent before the first act; each step's row, with its inverse, before
that step. `done` follows the act. What a crash leaves as `intent` is reversed at the next start.
Acts of a mount are recorded after they happened, steps done.

An inverse is a list of operations, run by the same engine as any plan.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from lsfs.canonical import dump
from lsfs.catalog import Catalog
from lsfs.errors import MissingPathError, NothingFoundError
from lsfs.paths import moved, parent, percent_escaped
from lsfs.plan import OPERATIONS, Move, Operation, Plan, Remove
from lsfs.records import Change
from lsfs.selector import ActKind

_COLUMNS = (
    "id, at_ns, actor, request, parser, operations, state, changes, undoes, undone_by, is_save"
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row: a plan that was run, or what a program did through a mount."""

    id: int
    at_ns: int
    actor: str
    request: str | None
    parser: str
    operations: tuple[Operation, ...]
    state: str
    changes: tuple[Change, ...]
    undoes: int | None
    undone_by: int | None
    is_save: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One act with its inverse, and what it leaves: path -> state (see `History.state`)."""

    act: Operation
    inverse: Sequence[Operation]
    leaves: Mapping[str, str]
    times: Mapping[str, int]
    """Folder -> modification time before the plan, of folders that no step before changed."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step as the journal has it; a step that is not `done` may or may not have happened."""

    inverse: tuple[Operation, ...]
    leaves: Mapping[str, str]
    times: Mapping[str, int]
    done: bool

    def moves(self) -> list[tuple[str, str]]:
        """(from, to) of what its act moved."""
        turned = [one for one in self.inverse if isinstance(one, Move)]
        return [(one.to, one.target.paths[0]) for one in turned]


@dataclass(frozen=True, slots=True)
class FolderTime:
    """A folder, by its names before and after a row, and its modification time before it."""

    before: str
    after: str
    mtime_ns: int


@dataclass(slots=True)
class Done:
    """What a program did through a mount from `at_ns` on: changes, each with its inverse (empty:
    it cannot be turned back) and what it left, as far as known."""

    actor: str
    at_ns: int
    is_save: bool = False
    acts: list[tuple[Change, list[Operation], dict[str, str]]] = field(default_factory=list)


_NEWEST_FIRST = "ORDER BY order_ns DESC, id DESC"
_HAS_STEPS = "EXISTS (SELECT 1 FROM journal_steps WHERE journal = id)"
_CAN_BE_UNDONE = (
    "undone_by IS NULL AND undoes IS NULL AND changes != '[]' AND"
    " EXISTS (SELECT 1 FROM journal_steps WHERE journal = id AND inverse <> '[]')"
)
IN_STEPS = "null"
"""In the place of a row's changes: each of them stands in its step, as the act."""


class Journal:
    """The journal of one root, in its catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def begin(self, plan: Plan, undoes: int | None = None) -> int:
        """Record the intent to run a resolved plan; returns the journal id."""
        now = time.time_ns()
        cursor = self._catalog.execute(
            "INSERT INTO journal"
            "(at_ns, order_ns, actor, request, parser, operations, state, undoes)"
            " VALUES(?, ?, ?, ?, ?, ?, 'intent', ?)",
            (
                now,
                self._place(now),
                percent_escaped(plan.actor),
                None if plan.request is None else percent_escaped(plan.request),
                plan.parser,
                _text(plan.operations),
                undoes,
            ),
        )
        return int(cursor.lastrowid or 0)

    def intend(self, journal: int, first: int, steps: Sequence[Step]) -> None:
        """Record steps, numbered from `first`, before their acts; on return they survive a power
        cut, and with them every version recorded before."""
        with self._catalog.atomic(durable=True):
            for number, step in enumerate(steps, first):
                self._catalog.execute(
                    "INSERT INTO journal_steps(journal, step, act, inverse, leaves, times)"
                    " VALUES(?, ?, ?, ?, ?, ?)",
                    (
                        journal, number, _text(step.act), _text(step.inverse),
                        json.dumps(step.leaves), json.dumps(step.times),
                    ),
                )  # fmt: skip

    def forget_steps(self, journal: int, after: int) -> None:
        """The steps after this one will not be done."""
        self._catalog.execute(
            "DELETE FROM journal_steps WHERE journal = ? AND step > ?", (journal, after)
        )

    def step_done(self, journal: int, step: int) -> None:
        """The act has happened."""
        self._catalog.execute(
            "UPDATE journal_steps SET done = 1 WHERE journal = ? AND step = ?", (journal, step)
        )

    def finish(
        self, journal: int, state: str, changes: Sequence[Change],
        times: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        """The plan ended: "done", "reversed" (failed, nothing left of it) or "failed" (in part).
        `times` are those of the folders it changed, as it left them."""
        with self._catalog.atomic():
            self._catalog.execute(
                "UPDATE journal SET state = ?, changes = ?, folder_times = ? WHERE id = ?",
                (state, _changes_text(changes), json.dumps(times or {}), journal),
            )
            if state == "done":
                self._catalog.execute(
                    "UPDATE journal SET undone_by = ?"
                    " WHERE id = (SELECT undoes FROM journal WHERE id = ?)",
                    (journal, journal),
                )
                self._catalog.execute(
                    "UPDATE journal SET undone_by = NULL WHERE id ="
                    " (SELECT undone.undoes FROM journal AS this JOIN journal AS undone"
                    "  ON undone.id = this.undoes WHERE this.id = ?)",
                    (journal,),
                )

    def record(self, done: Done, into: int | None = None) -> int:
        """Record what already happened, or add it to the row `into`; returns the journal id.

        Each change stands with its step, so that adding to a row of many costs no more than
        beginning one.
        """
        with self._catalog.atomic():
            row = into or self._new_row(done)
            (first,) = self._catalog.row(
                "SELECT coalesce(max(step) + 1, 0) FROM journal_steps WHERE journal = ?", (row,)
            )
            for number, (change, inverse, leaves) in enumerate(done.acts, start=first):
                self._catalog.execute(
                    "INSERT INTO journal_steps(journal, step, act, inverse, leaves, done)"
                    " VALUES(?, ?, ?, ?, ?, 1)",
                    (row, number, _change_text(change), _text(inverse), json.dumps(leaves)),
                )
            return row

    def drop_if_empty(self, row: int) -> None:
        """Forget a row into which nothing was recorded after all."""
        self._catalog.execute(
            "DELETE FROM journal WHERE id = ?1 AND changes = ?2"
            " AND NOT EXISTS (SELECT 1 FROM journal_steps WHERE journal = ?1)", (row, IN_STEPS),
        )  # fmt: skip

    def is_undone(self, journal: int) -> bool:
        """Whether the row has been turned back."""
        found = self._catalog.row("SELECT undone_by FROM journal WHERE id = ?", (journal,))
        return found is not None and found[0] is not None

    def _new_row(self, done: Done) -> int:
        cursor = self._catalog.execute(
            "INSERT INTO journal"
            "(at_ns, order_ns, actor, parser, operations, state, is_save, changes)"
            " VALUES(?, ?, ?, 'exact', '[]', 'done', ?, ?)",
            (
                done.at_ns, self._place(done.at_ns), percent_escaped(done.actor),
                int(done.is_save), IN_STEPS,
            ),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def _place(self, at_ns: int) -> int:
        """Where a row stands among the others: by when it was done, which is not always when it is
        recorded; behind all where the clock was set back."""
        (newest,) = self._catalog.row("SELECT coalesce(max(order_ns), 0) FROM journal")
        return newest + 1 if newest > time.time_ns() else at_ns

    # -- reading -----------------------------------------------------------------------------------

    def entry(self, journal: int) -> JournalEntry:
        """A row by id.

        Raises:
            MissingPathError: there is none.
        """
        found = self._catalog.row(f"SELECT {_COLUMNS} FROM journal WHERE id = ?", (journal,))
        if found is None:
            raise MissingPathError(
                f"the journal has no entry {journal}", hint="`lsfs log` lists the entries"
            )
        return self._entry(found)

    def newest(
        self, limit: int, *, after_ns: int = 0, before_ns: int | None = None,
        actor: str | None = None,
    ) -> list[JournalEntry]:  # fmt: skip
        """The last rows, newest first: at or after `after_ns`, before `before_ns`, by `actor`."""
        by = None if actor is None else percent_escaped(actor)
        found = self._catalog.rows(
            f"SELECT {_COLUMNS} FROM journal WHERE (changes <> ?1 OR {_HAS_STEPS}) AND at_ns >= ?2"
            f" AND (?3 IS NULL OR at_ns < ?3) AND (?4 IS NULL OR actor = ?4) {_NEWEST_FIRST}"
            " LIMIT ?5",
            (IN_STEPS, after_ns, before_ns, by, limit),
        )
        return [self._entry(row) for row in found]

    def last_to_undo(self, kind: ActKind | None = None) -> JournalEntry:
        """The newest row that is done, not undone, no undo itself, and can be turned back; of a
        kind: that has such a change.

        Raises:
            NothingFoundError: there is none.
        """
        if kind is None:
            return self._last(_CAN_BE_UNDONE, "undo")
        action = "move" if kind == "rename" else kind
        rows = self._catalog.rows(
            f"SELECT {_COLUMNS} FROM journal WHERE state = 'done' AND {_CAN_BE_UNDONE} AND"
            " (instr(changes, ?1) OR EXISTS (SELECT 1 FROM journal_steps WHERE journal = id"
            f" AND instr(act, ?1))) {_NEWEST_FIRST}", (json.dumps({"action": action})[1:-1],),
        )  # fmt: skip
        for row in map(self._entry, rows):
            if any(_is_of_kind(change, kind) for change in row.changes):
                return row
        noun = {"remove": "removal", "create": "new file", "mkdir": "new folder"}.get(kind, kind)
        raise NothingFoundError(f"there is no {noun} to undo", hint="`lsfs log` lists all")

    def last_undo(self) -> JournalEntry:
        """The newest undo that has not been turned back itself: what a redo turns back.

        Raises:
            NothingFoundError: there is none.
        """
        # a redo undoes an undo: it is told by what it undoes having undone something itself
        undos = "undoes IN (SELECT id FROM journal WHERE undoes IS NULL)"
        return self._last(f"undone_by IS NULL AND {undos}", "redo")

    def _last(self, condition: str, verb: str) -> JournalEntry:
        found = self._catalog.row(
            f"SELECT {_COLUMNS} FROM journal WHERE state = 'done' AND changes != '[]'"
            f" AND {condition} {_NEWEST_FIRST} LIMIT 1"
        )
        if found is None:
            raise NothingFoundError(f"there is nothing to {verb}", hint="`lsfs log` lists all")
        return self._entry(found)

    def inverse(self, journal: int) -> list[Operation]:
        """The operations that turn the row back, last step first."""
        return [operation for step in self.steps(journal) for operation in step.inverse]

    def without_inverse(self, journal: int) -> list[str]:
        """The paths that the row took away, without having made them, and that nothing brings
        back."""
        made: set[str] = set()
        lost: list[str] = []
        for step in reversed(self.steps(journal)):
            turned = [one for one in step.inverse if isinstance(one, Remove)]
            made.update(path for one in turned for path in one.target.paths)
            if not step.inverse:
                absent = (path for path, state in step.leaves.items() if state == "absent")
                lost += (path for path in absent if path not in made)
        return lost

    def steps(self, journal: int) -> list[RecordedStep]:
        """The steps, last first."""
        rows = self._catalog.rows(
            "SELECT inverse, leaves, times, done FROM journal_steps WHERE journal = ?"
            " ORDER BY step DESC",
            (journal,),
        )
        return [
            RecordedStep(_operations(act), json.loads(leaves), json.loads(times), bool(done))
            for act, leaves, times, done in rows
        ]

    def left_behind(self, journal: int) -> dict[str, str]:
        """Path -> state in which the row left it, after all its steps."""
        left: dict[str, str] = {}
        for step in reversed(self.steps(journal)):
            for origin, to in step.moves():
                left = {moved(path, origin, to): state for path, state in left.items()}
            left.update(step.leaves)
        return left

    def folder_times(self, journal: int) -> list[FolderTime]:
        """The folders that the row changed, with the times they had before it."""
        found: list[FolderTime] = []
        moves: list[tuple[str, str]] = []
        for step in reversed(self.steps(journal)):
            for folder, mtime_ns in step.times.items():
                before = folder
                for origin, to in reversed(moves):
                    before = moved(before, to, origin)
                found.append(FolderTime(before, folder, mtime_ns))
            for origin, to in step.moves():
                moves.append((origin, to))
                found = [replace(one, after=moved(one.after, origin, to)) for one in found]
        return found

    def times_left(self, journal: int) -> dict[str, int]:
        """The times of folders as the row left them."""
        found = self._catalog.row("SELECT folder_times FROM journal WHERE id = ?", (journal,))
        return dict(json.loads(found[0]))

    def unfinished(self) -> list[int]:
        """Rows a crash left as intents, newest first."""
        rows = self._catalog.rows("SELECT id FROM journal WHERE state = 'intent' ORDER BY id DESC")
        return [row for (row,) in rows]

    def _entry(self, row: tuple[Any, ...]) -> JournalEntry:
        number, at, actor, request, parser, operations, state, changes, undoes, by, save = row
        found = self._changes_of(number) if changes == IN_STEPS else json.loads(changes)
        return JournalEntry(
            id=number, at_ns=at, actor=actor, request=request, parser=parser,
            operations=_operations(operations), state=state,
            changes=tuple(Change(**fields) for fields in found),
            undoes=undoes, undone_by=by, is_save=bool(save),
        )  # fmt: skip

    def _changes_of(self, journal: int) -> list[dict[str, Any]]:
        rows = self._catalog.rows(
            "SELECT act FROM journal_steps WHERE journal = ? ORDER BY step", (journal,)
        )
        return [json.loads(act) for (act,) in rows]


def _is_of_kind(change: Change, kind: ActKind) -> bool:
    if change.action == "move" and change.to is not None:
        return kind == ("rename" if parent(change.path) == parent(change.to) else "move")
    return change.action == kind


def _text(value: object) -> str:
    return dump(value).decode("ascii")


def _operations(text: bytes | str) -> tuple[Operation, ...]:
    return tuple(OPERATIONS.validate_python(one) for one in json.loads(text))


def _changes_text(changes: Sequence[Change]) -> str:
    return json.dumps([asdict(change) for change in changes])


def _change_text(change: Change) -> str:
    said = ((field.name, getattr(change, field.name)) for field in _CHANGE_FIELDS)
    return json.dumps({name: value for name, value in said if value is not None})


_CHANGE_FIELDS = fields(Change)
