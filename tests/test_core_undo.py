"""Undo: of anything, in any order where nothing conflicts; with both kept where something does."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from core import Core, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st
from program import Program

from lsfs.engine import Consent
from lsfs.errors import ConflictError, LsfsError, NothingFoundError
from lsfs.seen import QUIET_S


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "notes").mkdir(parents=True)
    (root / "notes" / "a.md").write_text("first\n")
    (root / "b.txt").write_text("b\n")
    with Core(root) as opened:
        yield opened


def paths(*names: str) -> dict[str, Any]:
    return {"paths": list(names)}


class Asker:
    """Asks for operations at random on what is there."""

    def __init__(self, core: Core, seed: int) -> None:
        self._core = core
        self._chance = random.Random(seed)

    def ask(self) -> int | None:
        """Run one; its id in the journal, None when it was refused or changed nothing."""
        try:
            return self._core.run([self._operation()]).undo
        except LsfsError:
            return None

    def _some(self, *, folders: bool | None = None) -> str:
        root = self._core.root
        found = [
            str(path.relative_to(root))
            for path in sorted(root.rglob("*"))
            if ".lsfs" not in path.parts and folders in (None, path.is_dir())
        ]
        return self._chance.choice(found or ["missing"])

    def _new(self) -> str:
        folder = self._some(folders=True) if self._chance.random() < 0.5 else ""
        name = f"n{self._chance.randrange(6)}"
        return f"{folder}/{name}" if folder not in ("", "missing") else name

    def _operation(self) -> dict[str, Any]:
        text = f"{self._chance.random()}\n"
        return self._chance.choice(
            [
                {"op": "create", "path": self._new(), "text": text},
                {"op": "mkdir", "path": self._new()},
                {"op": "write", "path": self._some(folders=False), "text": text},
                {"op": "append", "path": self._some(folders=False), "text": text},
                {
                    "op": "replace",
                    "target": paths(self._some(folders=False)),
                    "old": "0",
                    "new": "",
                },
                {"op": "move", "target": paths(self._some()), "to": self._new()},
                {"op": "copy", "target": paths(self._some()), "to": self._new()},
                {"op": "remove", "target": paths(self._some())},
                {"op": "touch", "target": paths(self._some(folders=False))},
                {"op": "lock", "target": paths(self._some(folders=False))},
                {"op": "rollback", "path": self._some(folders=False), "versions": 1},
            ]
        )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_undos_in_reverse_bring_everything_back(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    root = tmp_path_factory.mktemp("root")
    (root / "notes").mkdir()
    (root / "notes" / "a.md").write_text("first\n")
    with Core(root) as core:
        asker = Asker(core, seed)
        states, done = [snapshot(root, folder_times=True)], []
        for _ in range(12):
            number = asker.ask()
            if number is not None:
                done.append(number)
                states.append(snapshot(root, folder_times=True))
        for number, before in zip(reversed(done), reversed(states[:-1]), strict=True):
            core.run([{"op": "undo", "id": number}])
            assert snapshot(root, folder_times=True) == before


def test_undos_in_any_order_where_nothing_conflicts(core: Core) -> None:
    first = core.run([{"op": "append", "path": "notes/a.md", "text": "more\n"}])
    second = core.run([{"op": "move", "target": paths("b.txt"), "to": "c.txt"}])
    core.run([{"op": "undo", "id": first.undo}])
    assert (core.root / "notes" / "a.md").read_text() == "first\n"
    assert (core.root / "c.txt").exists()
    core.run([{"op": "undo", "id": second.undo}])
    assert (core.root / "b.txt").exists()


def test_force_keeps_both(core: Core) -> None:
    before = snapshot(core.root, folder_times=True)
    done = core.run([{"op": "append", "path": "notes/a.md", "text": "mine\n"}])
    (core.root / "notes" / "a.md").write_text("later work\n")
    changed = snapshot(core.root, folder_times=True)
    with pytest.raises(ConflictError, match="changed since") as caught:
        core.run([{"op": "undo", "id": done.undo}])
    assert "--force" in (caught.value.hint or "")
    forced = core.run([{"op": "undo", "id": done.undo, "force": True}])
    assert (core.root / "notes" / "a.md").read_text() == "first\n"
    beside = core.root / "notes" / f"a (before undo {done.undo}).md"
    assert beside.read_text() == "later work\n"
    core.run([{"op": "undo", "id": forced.undo}])
    assert snapshot(core.root, folder_times=True) == changed != before


def test_force_puts_aside_what_has_taken_the_place(core: Core) -> None:
    done = core.run([{"op": "move", "target": paths("b.txt"), "to": "c.txt"}])
    (core.root / "b.txt").write_text("another\n")
    core.run([{"op": "undo", "id": done.undo, "force": True}])
    assert (core.root / "b.txt").read_text() == "b\n"
    assert (core.root / f"b (before undo {done.undo}).txt").read_text() == "another\n"


def test_force_puts_aside_under_a_name_that_fits(core: Core) -> None:
    name = "n" * 246 + ".txt"
    (core.root / "notes" / name).write_text("one")
    core.observer.scan()
    done = core.run([{"op": "write", "path": f"notes/{name}", "text": "two"}])
    (core.root / "notes" / name).write_text("by hand")
    core.run([{"op": "undo", "id": done.undo, "force": True}])
    assert (core.root / "notes" / name).read_text() == "one"
    (beside,) = (core.root / "notes").glob("n* (before undo *).txt")
    assert beside.read_text() == "by hand"


def test_force_does_what_is_left_to_do(core: Core) -> None:
    """Of two files that were moved one is gone."""
    done = core.run([{"op": "move", "target": paths("b.txt", "notes/a.md"), "to": "new"}])
    (core.root / "new" / "b.txt").unlink()
    core.run([{"op": "undo", "id": done.undo, "force": True}])
    assert (core.root / "notes" / "a.md").read_text() == "first\n"
    assert not (core.root / "b.txt").exists()


def test_force_says_when_nothing_is_left_to_turn_back(core: Core) -> None:
    done = core.run([{"op": "create", "path": "notes/new.md"}])
    core.run([{"op": "move", "target": paths("notes/new.md"), "to": "elsewhere.md"}])
    with pytest.raises(NothingFoundError, match=f"nothing that {done.undo} left is there"):
        core.run([{"op": "undo", "id": done.undo, "force": True}])
    assert (core.root / "elsewhere.md").exists()


def test_force_without_a_conflict_is_an_undo(core: Core) -> None:
    before = snapshot(core.root, folder_times=True)
    core.run([{"op": "remove", "target": paths("notes")}])
    core.run([{"op": "undo", "force": True}])
    assert snapshot(core.root, folder_times=True) == before


def test_the_times_of_folders_come_back_but_not_over_later_changes(core: Core) -> None:
    before = (core.root / "notes").stat().st_mtime_ns
    first = core.run([{"op": "create", "path": "notes/new.md"}]).undo
    core.run([{"op": "undo", "id": first}])
    assert (core.root / "notes").stat().st_mtime_ns == before
    second = core.run([{"op": "create", "path": "notes/new.md"}]).undo
    time.sleep(QUIET_S)
    (core.root / "notes" / "by somebody else").touch()
    core.run([{"op": "undo", "id": second}])
    assert (core.root / "notes").stat().st_mtime_ns > before


def test_a_folder_whose_time_somebody_set_keeps_it(core: Core) -> None:
    done = core.run([{"op": "create", "path": "notes/new.md"}]).undo
    (core.root / "notes" / "copied").touch()
    os.utime(core.root / "notes", ns=(10**18, 10**18))  # as rsync and tar do
    core.run([{"op": "undo", "id": done}])
    assert (core.root / "notes" / "copied").exists()


def test_a_rollback_to_what_is_there_does_nothing(core: Core) -> None:
    core.run([{"op": "append", "path": "notes/a.md", "text": "more\n"}])
    newest = core.history.versions("notes/a.md")[0]
    rows = core.journal.newest(9)
    for asked in ({"version": newest.id}, {"to": datetime.now(UTC)}):
        with pytest.raises(NothingFoundError, match="as it was then"):
            core.run([{"op": "rollback", "path": "notes/a.md", **asked}])
    assert core.journal.newest(9) == rows


def test_an_undo_says_what_was_never_kept(core: Core) -> None:
    program = Program(core, "rm", 7)
    os.mkfifo(core.root / "notes" / "pipe")
    core.observer.scan()
    (core.root / "notes" / "pipe").unlink()
    program.tell("removed", "notes/pipe")
    program.remove("notes/a.md")
    program.quit()
    core.spool.drain()
    outcome = core.run([{"op": "undo"}])
    assert outcome.status == "partial"
    assert outcome.notices == ("nothing was ever kept of notes/pipe: not brought back",)
    assert (core.root / "notes" / "a.md").read_text() == "first\n"
    assert (core.root / "notes").stat().st_mtime_ns > 10**18


def test_what_was_made_in_a_folder_that_was_then_renamed_goes_back(core: Core) -> None:
    before = snapshot(core.root, folder_times=True)
    core.run([
        {"op": "create", "path": "notes/new.md"},
        {"op": "move", "target": {"paths": ["notes"]}, "to": "texts"},
        {"op": "write", "path": "texts/a.md", "text": "second"},
    ])  # fmt: skip
    after = snapshot(core.root, folder_times=True)
    core.run([{"op": "undo"}])
    assert snapshot(core.root, folder_times=True) == before
    core.run([{"op": "redo"}])
    assert snapshot(core.root, folder_times=True) == after


def test_the_last_of_a_kind_is_undone(core: Core) -> None:
    core.run([{"op": "move", "target": paths("b.txt"), "to": "notes/b.txt"}])
    core.run([{"op": "remove", "target": paths("notes/a.md")}])
    core.run([{"op": "move", "target": paths("notes/b.txt"), "to": "notes/c.txt"}])
    core.run([{"op": "create", "path": "new.txt"}])
    renamed = core.run([{"op": "undo", "kind": "rename"}], Consent(yes=True))
    assert (core.root / "notes" / "b.txt").exists() and (core.root / "new.txt").exists()
    assert renamed.plan.undoes == 3
    moved = core.run([{"op": "undo", "kind": "move"}])
    assert (core.root / "b.txt").exists() and moved.plan.undoes == 1
    with pytest.raises(NothingFoundError, match="there is no move to undo"):
        core.run([{"op": "undo", "kind": "move"}])
    core.run([{"op": "undo", "kind": "remove"}])
    assert (core.root / "notes" / "a.md").exists()


def test_an_undo_of_a_kind_says_that_it_is_not_the_last_thing(core: Core) -> None:
    core.run([{"op": "move", "target": paths("b.txt"), "to": "notes/b.txt"}])
    undo = [{"op": "undo", "kind": "move"}]
    assert core.run(undo, Consent(dry_run=True)).reasons == ()
    core.run([{"op": "create", "path": "new.txt"}])
    planned = core.run(undo, Consent(dry_run=True))
    assert planned.reasons == ("it is not the last thing done",)
    assert core.run(undo, Consent()).status == "needs_confirmation"


def test_what_a_program_did_is_of_a_kind_too(core: Core) -> None:
    program = Program(core, "mv", 4242)
    program.move("b.txt", "notes/b.txt")
    core.spool.drain()
    program.quit()
    core.run([{"op": "create", "path": "new.txt"}])
    core.run([{"op": "undo", "kind": "move"}])
    assert (core.root / "b.txt").exists() and (core.root / "new.txt").exists()
