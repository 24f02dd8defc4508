"""What a plan may do and what it asks first: its targets, its yes, its limits, odd arguments."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from core import YES, Core
from pydantic import ValidationError

from lsfs.answers import confirmation
from lsfs.config import PolicyConfig
from lsfs.engine import Consent, Outcome
from lsfs.errors import (
    ConfirmationError,
    ConflictError,
    PolicyError,
    UsageError,
)
from lsfs.given import plain
from lsfs.plan import OPERATIONS, Plan
from lsfs.policy import judge
from lsfs.resolve import SELECT_LIMIT
from lsfs.times import rfc3339
from lsfs.wire import outcome_json

ASK = Consent()


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "docs" / "deep").mkdir(parents=True)
    (root / "Archive").mkdir()
    for path in ("a.txt", "b.txt", "docs/one.txt", "docs/deep/two.txt", "Archive/a.txt"):
        (root / path).write_text(f"{path}\n")
    with Core(root) as opened:
        yield opened


def paths(*names: str) -> dict[str, object]:
    return {"paths": list(names)}


def agreed(core: Core, shown: Outcome) -> Outcome:
    """What becomes of a plan when a face sends back the yes to it."""
    sent = confirmation(outcome_json(None, "exact", shown), "test")
    return core.run(sent["operations"], Consent(yes=True, token=sent["token"]))


# -- the yes to an undo ----------------------------------------------------------------------------


def two_changes(core: Core) -> int | None:
    return core.run(
        [
            {"op": "append", "path": "a.txt", "text": "1"},
            {"op": "append", "path": "b.txt", "text": "2"},
        ]
    ).undo


def test_a_confirmed_undo_is_an_undo_and_can_be_redone(core: Core) -> None:
    done = two_changes(core)
    shown = core.run([{"op": "undo"}], ASK)
    assert (shown.status, shown.plan.undoes) == ("needs_confirmation", done)
    undone = agreed(core, shown)
    assert undone.status == "done" and undone.undo is not None
    assert core.journal.entry(undone.undo).undoes == done
    again = agreed(core, core.run([{"op": "redo"}], ASK))
    assert again.undo is not None and core.journal.entry(again.undo).undoes == undone.undo
    assert (core.root / "a.txt").read_text() == "a.txt\n1"


def test_a_confirmed_undo_takes_no_later_work_away(core: Core) -> None:
    two_changes(core)
    shown = core.run([{"op": "undo"}], ASK)
    (core.root / "a.txt").write_text("later work")
    core.observer.scan()
    with pytest.raises(ConflictError):
        agreed(core, shown)
    assert (core.root / "a.txt").read_text() == "later work"


def test_the_literal_steps_of_an_undo_are_no_undo(core: Core) -> None:
    two_changes(core)
    shown = core.run([{"op": "undo"}], Consent(dry_run=True)).plan
    literal = [operation.model_dump() for operation in shown.operations]
    with pytest.raises(ConflictError):
        core.run(literal, Consent(token=shown.token))


def test_what_failed_and_was_turned_back_cannot_be_undone(core: Core) -> None:
    (core.root / "b.txt").chmod(0o444)
    with pytest.raises(PolicyError):
        core.run(
            [
                {"op": "append", "path": "a.txt", "text": "1"},
                {"op": "append", "path": "b.txt", "text": "1"},
            ]
        )
    row = core.journal.newest(1)[0]
    assert row.state == "reversed"
    with pytest.raises(UsageError, match="nothing is left"):
        core.run([{"op": "undo", "id": row.id}])


def test_an_undo_stands_alone(core: Core) -> None:
    two_changes(core)
    with pytest.raises(UsageError, match="alone"):
        core.run([{"op": "undo"}, {"op": "append", "path": "a.txt", "text": "x"}])


# -- what is written over --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"op": "move", "target": {"paths": ["a.txt"]}, "to": "new.txt"}, "new.txt"),
        ({"op": "move", "target": {"paths": ["docs/deep"]}, "to": "new"}, "new/two.txt"),
        ({"op": "copy", "target": {"paths": ["a.txt"]}, "to": "new.txt"}, "new.txt"),
    ],
)
def test_what_a_step_brings_is_not_written_over_unasked(
    core: Core, first: dict[str, Any], then: str
) -> None:
    shown = core.run([first, {"op": "write", "path": then, "text": "x"}], ASK)
    assert shown.status == "needs_confirmation"
    assert f"it overwrites {then}" in shown.reasons


def test_what_a_plan_makes_itself_may_be_written_over(core: Core) -> None:
    made = [{"op": op, "path": "new.txt", "text": "x"} for op in ("create", "write")]
    assert core.run(made, ASK).status == "done"
    moved = {"op": "move", "target": {"paths": ["Archive"]}, "to": "new"}
    shown = core.run([moved, {"op": "write", "path": "new/other.txt", "text": "x"}], ASK)
    assert not any("overwrites" in reason for reason in shown.reasons)


# -- targets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "also",
    [
        {"filters": {"extensions": ["tmp"]}},
        {"containing": "secret"},
        {"query": "secret"},
        {"limit": 1},
    ],
)
def test_paths_and_a_choice_do_not_mix(also: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="not both at once"):
        OPERATIONS.validate_python({"op": "remove", "target": {**paths("docs"), **also}})
    OPERATIONS.validate_python({"op": "read", "target": {**paths("docs"), "sort": "newest"}})


def test_one_of_several_is_asked_about(core: Core) -> None:
    """ "Lock the text file in docs": there are two."""
    inside = {"filters": {"extensions": ["txt"], "under": "docs"}, "sole": True}
    with pytest.raises(ConfirmationError, match="could be 2 files") as asked:
        core.run([{"op": "lock", "target": inside}])
    assert asked.value.hint and "docs/deep/two.txt" in asked.value.hint
    deep = {"filters": {"extensions": ["txt"], "under": "docs/deep"}, "sole": True}
    assert core.run([{"op": "lock", "target": deep}]).status == "done"
    assert not os.stat(core.root / "docs/deep/two.txt").st_mode & 0o222


ROOT_ITSELF = [
    {"op": "copy", "target": paths("."), "to": "bak"},
    {"op": "move", "target": paths("/"), "to": "bak"},
    {"op": "remove", "target": paths("")},
    {"op": "lock", "target": paths("")},
    {"op": "touch", "target": paths("")},
    {"op": "group", "name": "all", "target": paths("")},
    {"op": "join", "target": paths("a.txt"), "to": ""},
    {"op": "write", "path": "", "text": "x"},
    {"op": "create", "path": ""},
    {"op": "mkdir", "path": ""},
    {"op": "rollback", "path": "", "versions": 1},
]


@pytest.mark.parametrize("operation", ROOT_ITSELF, ids=lambda operation: operation["op"])
def test_nothing_changes_the_root_itself(core: Core, operation: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="root folder itself"):
        core.run([operation])


def test_things_go_into_the_root_and_never_into_themselves(core: Core) -> None:
    core.run([{"op": "move", "target": paths("docs/deep/two.txt"), "to": ""}])
    assert (core.root / "two.txt").exists()
    with pytest.raises(UsageError, match="into itself"):
        core.run([{"op": "copy", "target": paths("docs"), "to": "docs/deep/docs"}])


def test_a_change_is_never_cut_short_in_silence(core: Core) -> None:
    (core.root / "many").mkdir()
    for number in range(SELECT_LIMIT):
        (core.root / "many" / f"{number}.tmp").write_text("x")
    core.observer.scan()
    chosen = {"filters": {"extensions": ["tmp"]}}
    for limit in (None, SELECT_LIMIT + 1):
        with pytest.raises(PolicyError, match="1000 files or more"):
            core.run([{"op": "lock", "target": {**chosen, "limit": limit}}], ASK)
    fewer = core.run([{"op": "lock", "target": {**chosen, "limit": 3}}], ASK)
    assert len(fewer.plan.touched) == 3
    (core.root / "many" / "0.tmp").unlink()
    core.observer.scan()
    all_of_them = core.run([{"op": "lock", "target": chosen}], ASK)
    assert len(all_of_them.plan.touched) == SELECT_LIMIT - 1
    with pytest.raises(PolicyError, match=r"999 files, more than 100 \(setting policy\.max_with"):
        core.run([{"op": "lock", "target": chosen}])


# -- what is copied from ---------------------------------------------------------------------------


def test_one_named_file_is_copied_at_once(core: Core) -> None:
    assert core.run([{"op": "copy", "target": paths("a.txt"), "to": "c.txt"}], ASK).status == "done"


def test_copying_a_folder_and_joining_ask_with_a_count(core: Core) -> None:
    shown = core.run([{"op": "copy", "target": paths("docs"), "to": "docs2"}], ASK)
    assert shown.reasons == ("it touches 2 files",)
    joined = core.run([{"op": "join", "target": paths("a.txt", "b.txt"), "to": "c.txt"}], ASK)
    assert joined.reasons == ("it touches 2 files",)


def test_links_to_several_files_ask_and_one_to_what_is_protected_does_not(core: Core) -> None:
    link = {"op": "link", "target": paths("a.txt", "b.txt"), "to": "links", "into": True}
    assert core.run([link], ASK).reasons == ("it touches 2 files",)
    one = {"op": "link", "target": paths("Archive/a.txt"), "to": "mine.txt"}
    assert verdict(core, one, "Archive") == "allow"


@pytest.mark.parametrize("op", ["copy", "join"])
def test_the_yes_binds_what_is_copied_from(core: Core, op: str) -> None:
    more = {"overwrite": True} if op == "copy" else {}
    shown = core.run([{"op": op, "target": paths("a.txt"), "to": "b.txt", **more}], ASK)
    assert shown.status == "needs_confirmation"
    (core.root / "a.txt").write_text("swapped")
    with pytest.raises(ConflictError):
        agreed(core, shown)
    assert (core.root / "b.txt").read_text() == "b.txt\n"


# -- plans that a language model made --------------------------------------------------------------


def by_model(core: Core, operation: dict[str, Any], consent: Consent) -> Outcome:
    plan = Plan(operations=(OPERATIONS.validate_python(operation),), parser="model:tiny")
    return core.engine.run(plan, consent, core.observer)


def test_what_a_model_plans_is_always_asked_about(core: Core) -> None:
    """Also what runs at once when a person says it: one named file, and nothing lost."""
    move = {"op": "move", "target": paths("a.txt"), "to": "c.txt"}
    shown = by_model(core, move, ASK)
    assert (shown.status, shown.reasons) == (
        "needs_confirmation", ("a language model made this plan",),
    )  # fmt: skip
    assert agreed(core, shown).status == "done" and (core.root / "c.txt").exists()
    assert by_model(core, {"op": "stat", "target": paths("b.txt")}, ASK).status == "done"
    assert by_model(core, {"op": "mkdir", "path": "new"}, YES).status == "done"


def test_a_model_takes_no_large_folder_with_a_yes_alone(core: Core) -> None:
    """A person may name one; shown, and said yes to, it is done for a model as well."""
    for folder in ("many", "more"):
        (core.root / folder).mkdir()
        for number in range(101):
            (core.root / folder / f"{number}.txt").write_text("x")
    core.observer.scan()
    remove = {"op": "remove", "target": paths("many")}
    with pytest.raises(PolicyError, match=r"a language model chose 101 files, more than 100"):
        by_model(core, remove, YES)
    assert len(list((core.root / "many").iterdir())) == 101
    shown = by_model(core, remove, ASK)
    assert "a language model made this plan" in shown.reasons
    token = Consent(yes=True, token=shown.plan.token)
    assert by_model(core, remove, token).status == "done"
    assert core.run([{"op": "remove", "target": paths("more")}]).status == "done"


def test_what_is_only_likely_meant_is_always_asked_about(core: Core) -> None:
    move = {"op": "move", "target": paths("a.txt"), "to": "c.txt"}
    plan = Plan(operations=(OPERATIONS.validate_python(move),), parser="likely")
    shown = core.engine.run(plan, ASK, core.observer)
    assert (shown.status, shown.reasons) == (
        "needs_confirmation", ("this is likely what you mean",),
    )  # fmt: skip
    assert agreed(core, shown).status == "done" and (core.root / "c.txt").exists()
    (core.root / "many").mkdir()
    for number in range(101):
        (core.root / "many" / f"{number}.txt").write_text("x")
    core.observer.scan()
    move = {"op": "move", "target": paths("many"), "to": "more"}
    plan = Plan(operations=(OPERATIONS.validate_python(move),), parser="likely")
    with pytest.raises(PolicyError, match=r"a likely reading chose 101 files, more than 100"):
        core.engine.run(plan, YES, core.observer)


# -- protection and groups in folders --------------------------------------------------------------


def verdict(core: Core, operation: dict[str, Any], protect: str) -> str:
    plan = core.run([{"op": "log"}]).plan.model_copy(
        update={"operations": (OPERATIONS.validate_python(operation),)}
    )
    resolved = core.engine._resolver.resolve(plan)
    return judge(resolved.plan, resolved.facts, PolicyConfig(protect=(protect,))).verdict


def test_what_is_protected_may_be_copied_and_not_changed(core: Core) -> None:
    copy = {"op": "copy", "target": paths("Archive/a.txt"), "to": "mine.txt"}
    assert verdict(core, copy, "Archive") == "allow"
    assert verdict(core, {**copy, "op": "move"}, "Archive") == "refuse"
    into = {"op": "copy", "target": paths("docs"), "to": "Archive"}
    assert verdict(core, into, "Archive") == "refuse"
    assert verdict(core, into, "Archive/docs/deep/two.*") == "refuse"


def test_a_group_in_a_folder_is_judged_as_the_copies_it_is(core: Core) -> None:
    group = {"op": "group", "name": "Archive", "form": "copies", "target": paths("a.txt")}
    assert verdict(core, group, "Archive") == "refuse"
    core.run([group])
    assert (core.root / "Archive" / "a.txt").read_text() == "Archive/a.txt\n"
    assert (core.root / "Archive" / "a (2).txt").read_text() == "a.txt\n"
    assert verdict(core, {**group, "form": "virtual"}, "a.txt") == "allow"


@pytest.mark.parametrize(("form", "stays"), [("copies", True), ("moves", False)])
def test_a_group_in_a_folder_of_its_own(core: Core, form: str, stays: bool) -> None:
    target = paths("a.txt", "docs/one.txt")
    group = {"op": "group", "name": "new", "form": form, "target": target}
    assert core.run([group], ASK).status == "needs_confirmation"
    done = core.run([{**group, "into": "sets/new"}])
    assert [operation.op for operation in done.plan.operations] == ["mkdir", *[form_op(form)] * 2]
    assert sorted(p.name for p in (core.root / "sets" / "new").iterdir()) == ["a.txt", "one.txt"]
    assert (core.root / "a.txt").exists() is stays
    core.run([{"op": "undo"}])
    assert (core.root / "a.txt").exists() and not (core.root / "sets").exists()


def form_op(form: str) -> str:
    return {"copies": "copy", "moves": "move"}[form]


def test_making_a_folder_that_is_there_touches_nothing_in_it(core: Core) -> None:
    assert core.run([{"op": "mkdir", "path": "docs"}], ASK).status == "done"


# -- odd arguments ---------------------------------------------------------------------------------

TOO_BIG = 10**30


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "undo", "id": TOO_BIG},
        {"op": "undo", "id": -TOO_BIG},
        {"op": "log", "limit": TOO_BIG},
        {"op": "rollback", "path": "a.txt", "version": TOO_BIG},
        {"op": "rollback", "path": "a.txt", "versions": TOO_BIG},
        {"op": "diff", "path": "a.txt", "from_version": TOO_BIG},
        {"op": "search", "filters": {"size_min": TOO_BIG}},
        {"op": "search", "filters": {"after": "0001-01-01T00:00:00"}},
        {"op": "touch", "target": paths("a.txt"), "mtime": "9999-12-30T00:00:00Z"},
        {"op": "rollback", "path": "a.txt", "to": "0001-01-01T00:00:00"},
    ],
    ids=str,
)
def test_what_no_disk_or_catalog_can_hold_is_refused_at_the_door(
    operation: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError, match=r"too large|lies between"):
        OPERATIONS.validate_python(operation)


@pytest.mark.parametrize("mtime", ["1678-01-01T00:00:00Z", "2261-12-31T23:59:59Z"])
def test_the_first_and_the_last_moment_can_be_set_and_taken_back(core: Core, mtime: str) -> None:
    before = (core.root / "a.txt").stat().st_mtime_ns
    assert core.run([{"op": "touch", "target": paths("a.txt"), "mtime": mtime}]).status == "done"
    core.run([{"op": "undo"}])
    assert (core.root / "a.txt").stat().st_mtime_ns == before


def test_a_name_that_no_file_can_have_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no file can have that name"):
        OPERATIONS.validate_python({"op": "create", "path": "\ud800x"})


def test_a_link_to_a_name_that_is_not_utf8_can_be_removed(core: Core) -> None:
    os.symlink(b"\xff\xfe", os.fsencode(core.root) + b"/link")
    core.observer.scan()
    assert core.run([{"op": "remove", "target": paths("link")}]).status == "done"


@pytest.mark.parametrize("at_s", [10**10, -(10**11), 10**12, -62135596800, 253402300799])
def test_every_time_of_a_file_can_be_shown(at_s: int) -> None:
    shown = datetime.fromisoformat(rfc3339(at_s * 10**9))
    assert shown.tzinfo is not None and 1 <= shown.year <= 9999
    assert plain(datetime.min) == "0001-01-01T00:00:00"
