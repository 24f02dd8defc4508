"""Links in plans that are turned back, that fail in the middle, and that a crash cuts off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core import Core, snapshot
from faces import make_files
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lsfs.engine import Consent
from lsfs.errors import LsfsError, NothingFoundError, PartialError, UsageError
from lsfs.journal import Step
from lsfs.plan import OPERATIONS, Plan

Json = dict[str, Any]


def share(path: str) -> Json:
    return {"op": "share", "path": path}


def unshare(number: int) -> Json:
    return {"op": "unshare", "id": number}


def move(path: str, to: str) -> Json:
    return {"op": "move", "target": {"paths": [path]}, "to": to}


def remove(path: str) -> Json:
    return {"op": "remove", "target": {"paths": [path]}}


def write(path: str) -> Json:
    return {"op": "write", "path": path, "text": "anew\n"}


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    make_files(root)
    with Core(root) as opened:
        opened.run([share("letter.txt")])
        yield opened


def links(core: Core) -> dict[int, tuple[str, str]]:
    """The links that are not closed: where their files are, and how they stand."""
    rows = core.app.call("shares", {})["shares"]
    return {row["id"]: (row["path"], row["state"]) for row in rows}


def state(core: Core) -> object:
    return snapshot(core.root), links(core)


# -- whatever a plan holds -------------------------------------------------------------------------

NAMES = ("letter.txt", "x/moved.txt", "notes/garden.md", "notes", "texts", "texts/garden.md")
name = st.sampled_from(NAMES)
operation = st.one_of(
    st.builds(share, name), st.builds(unshare, st.integers(1, 3)), st.builds(move, name, name),
    st.builds(remove, name), st.builds(write, name),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(plans=st.lists(st.lists(operation, min_size=1, max_size=4), min_size=1, max_size=3))
@example(plans=[[unshare(1), move("letter.txt", "x/moved.txt")]])
@example(plans=[[unshare(1), remove("letter.txt")]])
@example(plans=[[unshare(1), write("letter.txt"), move("letter.txt", "x/moved.txt")]])
@example(plans=[[unshare(2), move("notes", "texts"), move("texts/garden.md", "x/moved.txt")]])
@example(plans=[[unshare(1), move("letter.txt", "x/moved.txt"), share("letter.txt")]])
@example(plans=[[remove("letter.txt")], [unshare(1)]])
@example(plans=[[write("texts"), share("texts"), remove("texts")]])
@example(plans=[[remove("notes"), remove("notes/garden.md")]])
@example(plans=[[write("texts"), move("texts/garden.md", "x/moved.txt")]])
def test_undo_after_do_is_identity(
    tmp_path_factory: pytest.TempPathFactory, plans: list[list[Json]]
) -> None:
    root = tmp_path_factory.mktemp("root")
    make_files(root)
    with Core(root) as core:
        core.run([share("letter.txt")])
        core.run([share("notes/garden.md")])
        done = []
        for plan in plans:
            before = state(core)
            try:
                outcome = core.run(plan)
            except PartialError:
                raise
            except LsfsError:
                assert state(core) == before, "a plan is all or nothing"
                continue
            done.append((outcome.undo, before))
            after = state(core)
            assert core.run([{"op": "undo", "id": outcome.undo}]).notices == ()
            assert state(core) == before
            core.run([{"op": "redo"}])
            assert state(core) == after
        for _, before in reversed(done):
            core.run([{"op": "undo"}])
            assert state(core) == before


# -- what the person is told -----------------------------------------------------------------------


def test_a_plan_that_fails_opens_again_what_it_closed(core: Core) -> None:
    before = state(core)
    plan = [unshare(1), move("letter.txt", "x/moved.txt"), share("letter.txt")]
    with pytest.raises(LsfsError) as caught:
        core.run(plan)
    assert "what was done before it is turned back" in caught.value.message
    assert not isinstance(caught.value, PartialError)
    assert state(core) == before
    assert core.journal.newest(1)[0].state == "reversed"


def test_a_crash_after_a_link_was_closed_opens_it_again(core: Core) -> None:
    before = state(core)
    closing, moving = (
        OPERATIONS.validate_python(one) for one in (unshare(1), move("letter.txt", "moved.txt"))
    )
    row = core.journal.begin(Plan(operations=(closing, moving)))
    for number, one in enumerate((closing, moving)):
        step = Step(one, core.acts.inverse(one, "cli"), core.acts.leaves(one), {})
        core.journal.intend(row, number, [step])
        core.acts.perform(one, "cli")
    assert links(core) == {}
    assert core.engine.recover() == 1
    assert state(core) == before
    assert core.journal.newest(1)[0].state == "reversed"


def test_an_undo_names_the_file_where_it_will_be(core: Core) -> None:
    done = core.run([unshare(1), move("letter.txt", "x/moved.txt")])
    asked = core.run([{"op": "undo", "id": done.undo}], Consent())
    assert asked.status == "needs_confirmation"
    assert any("can read letter.txt until" in reason for reason in asked.reasons)


def test_an_undo_says_what_it_leaves_as_it_is(core: Core) -> None:
    done = core.run([share("notes/garden.md"), move("letter.txt", "moved.txt")])
    core.run([unshare(2)])
    asked = core.run([{"op": "undo", "id": done.undo}], Consent(dry_run=True))
    undone = core.run([{"op": "undo", "id": done.undo}])
    assert undone.status == "done"
    assert asked.notices == undone.notices == ("left as it is: link 2 is closed already",)
    assert (core.root / "letter.txt").exists()


def test_a_link_whose_file_is_away_opens_again_and_says_so(core: Core) -> None:
    closed = core.run([unshare(1)])
    removed = core.run([remove("letter.txt")])
    again = core.run([{"op": "undo", "id": closed.undo}])
    assert "letter.txt is away: till it is back, nobody can" in again.findings[0].notices
    assert links(core) == {1: ("letter.txt", "gone")}
    core.run([{"op": "undo", "id": removed.undo}])
    assert links(core) == {1: ("letter.txt", "open")}


def test_a_link_that_is_open_is_not_opened_again(core: Core) -> None:
    with pytest.raises(UsageError, match="link 1 is not closed"):
        core.run([{**share("letter.txt"), "id": 1}])
    core.run([unshare(1)])
    with pytest.raises(NothingFoundError, match="closed already"):
        core.run([{"op": "undo", "id": 1}])
