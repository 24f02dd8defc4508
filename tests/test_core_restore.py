"""A folder made as it was at a moment, and back again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from core import Core, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from person import Person

from lsfs.errors import MissingPathError, NothingFoundError, PartialError


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "papers" / "old").mkdir(parents=True)
    (root / "papers" / "draft.txt").write_text("first\n")
    (root / "papers" / "old" / "notes.txt").write_text("old\n")
    (root / "pointer").symlink_to("papers/draft.txt")
    with Core(root) as opened:
        yield opened


def moment(core: Core) -> datetime:
    """Now, when everything is known."""
    core.observer.scan()
    time.sleep(0.02)
    now = datetime.now(timezone.utc)
    time.sleep(0.02)
    return now


def restore(core: Core, to: datetime, path: str = "") -> Any:
    return core.run([{"op": "restore", "path": path, "to": to}])


def test_what_lsfs_does_not_look_after_stays(core: Core) -> None:
    (core.root / "papers" / ".draft.txt.swp").write_text("an editor has it open")
    (core.root / "4913").mkdir()
    (core.root / "4913" / "inside.txt").write_text("a folder of an odd name")
    then, before = moment(core), snapshot(core.root)
    (core.root / "papers" / "draft.txt").write_text("second\n")
    core.observer.scan()
    restore(core, then)
    assert snapshot(core.root) == before


def test_empty_files_come_back_as_they_were(core: Core) -> None:
    (core.root / "py.typed").touch(0o600)
    os.setxattr(core.root / "py.typed", "user.a", b"1")
    then, before = moment(core), snapshot(core.root)
    (core.root / "py.typed").unlink()
    core.observer.scan()
    restore(core, then)
    assert snapshot(core.root) == before


def test_what_was_deleted_changed_or_renamed_comes_back(core: Core) -> None:
    then, before = moment(core), snapshot(core.root)
    (core.root / "papers" / "draft.txt").write_text("second\n")
    os.rename(core.root / "papers" / "old", core.root / "older")
    (core.root / "pointer").unlink()
    (core.root / "papers" / "new.txt").write_text("new\n")
    core.observer.scan()
    after = snapshot(core.root)
    entry = core.catalog.entry("older/notes.txt")
    outcome = restore(core, then)
    assert snapshot(core.root) == before
    assert {operation.op for operation in outcome.plan.operations} == {"move", "rollback", "remove"}
    again = core.catalog.entry("papers/old/notes.txt")
    assert entry is not None and again is not None and again.id == entry.id
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == after


def test_one_folder_of_several(core: Core) -> None:
    then = moment(core)
    (core.root / "papers" / "draft.txt").unlink()
    (core.root / "other.txt").write_text("stays\n")
    core.observer.scan()
    restore(core, then, "papers")
    assert (core.root / "papers" / "draft.txt").read_text() == "first\n"
    assert (core.root / "other.txt").exists()


def test_a_folder_that_is_gone_comes_back_with_its_mode(core: Core) -> None:
    os.chmod(core.root / "papers" / "old", 0o750)
    then, before = moment(core), snapshot(core.root)
    shutil.rmtree(core.root / "papers")
    core.observer.scan()
    restore(core, then, "papers")
    assert snapshot(core.root) == before


def test_what_became_another_kind(core: Core) -> None:
    then, before = moment(core), snapshot(core.root)
    shutil.rmtree(core.root / "papers" / "old")
    (core.root / "papers" / "old").write_text("a file now\n")
    (core.root / "papers" / "draft.txt").unlink()
    (core.root / "papers" / "draft.txt").mkdir()
    (core.root / "papers" / "draft.txt" / "inside").write_text("x\n")
    core.observer.scan()
    after = snapshot(core.root)
    restore(core, then)
    assert snapshot(core.root) == before
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == after


def test_what_lsfs_has_not_seen_is_not_taken_for_absent(core: Core) -> None:
    """A file that was there, and was changed before lsfs came, must not be removed as a new one."""
    before = snapshot(core.root)
    with pytest.raises(MissingPathError, match="since"):
        restore(core, datetime.now(timezone.utc) - timedelta(days=1))
    assert snapshot(core.root) == before


def test_nothing_has_changed(core: Core) -> None:
    with pytest.raises(NothingFoundError, match="as it was then"):
        restore(core, moment(core))


def test_what_was_never_kept_is_said(core: Core) -> None:
    (core.root / "big.raw").write_bytes(os.urandom(9000))
    then = moment(core)
    (core.root / "big.raw").unlink()
    (core.root / "papers" / "draft.txt").write_text("second\n")
    core.observer.scan()
    outcome = restore(core, then)
    assert outcome.status == "partial"
    assert "big.raw" in outcome.notices[0]
    assert (core.root / "papers" / "draft.txt").read_text() == "first\n"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**9))
def test_any_moment_can_be_gone_back_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    root = tmp_path_factory.mktemp("root")
    (root / "papers").mkdir()
    (root / "papers" / "draft.txt").write_text("first\n")
    with Core(root) as core:
        person = Person(root, seed)
        moments = []
        for _ in range(4):
            for _ in range(5):
                person.act()
            moments.append((moment(core), snapshot(root)))
        last = moments[-1][1]
        for then, before in moments[:-1]:
            if before == last:
                continue
            restore(core, then)
            assert snapshot(root) == before
            core.run([{"op": "undo"}])
            assert snapshot(root) == last


def test_what_was_moved_to_the_name_of_another(core: Core) -> None:
    """In whatever order the names stand, and whether or not there is a version of them."""
    for name in ("p4.md", "p5.md", "p3.md", "p6.png", "p7.png"):
        (core.root / name).write_text(f"{name}\n")
    then, before = moment(core), snapshot(core.root)
    (core.root / "p4.md").unlink()
    core.observer.scan()
    os.rename(core.root / "p5.md", core.root / "p4.md")  # onto a name that sorts before its own
    core.observer.scan()
    os.rename(core.root / "p3.md", core.root / "p5.md")
    for one, other in (("p6.png", "aside"), ("p7.png", "p6.png"), ("aside", "p7.png")):
        os.rename(core.root / one, core.root / other)  # two change places
        core.observer.scan()
    after = snapshot(core.root)
    entries = {name: core.catalog.entry(name) for name in ("p4.md", "p5.md", "p6.png", "p7.png")}
    outcome = restore(core, then)
    assert outcome.status == "done"
    assert snapshot(core.root) == before
    for name, home in (
        ("p4.md", "p5.md"),
        ("p5.md", "p3.md"),
        ("p6.png", "p7.png"),
        ("p7.png", "p6.png"),
    ):
        old, new = entries[name], core.catalog.entry(home)
        assert old is not None and new is not None and old.id == new.id
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == after


def test_what_lies_in_a_folder_that_took_the_place_of_a_file(core: Core) -> None:
    (core.root / "photo.png").write_bytes(b"\x89PNG never captured")
    then, before = moment(core), snapshot(core.root)
    (core.root / "papers" / "draft.txt").unlink()
    (core.root / "papers" / "draft.txt").mkdir()
    os.rename(core.root / "photo.png", core.root / "papers" / "draft.txt" / "photo.png")
    core.observer.scan()
    outcome = restore(core, then)
    assert outcome.status == "done"
    assert snapshot(core.root) == before


def test_what_was_moved_in_goes_back_out(core: Core) -> None:
    then, before = moment(core), snapshot(core.root)
    os.rename(core.root / "papers" / "draft.txt", core.root / "papers" / "old" / "draft.txt")
    core.observer.scan()
    restore(core, then, "papers/old")
    assert snapshot(core.root) == before
    os.rename(core.root / "papers" / "draft.txt", core.root / "final.txt")
    core.observer.scan()
    restore(core, then, "final.txt")
    assert snapshot(core.root) == before


def test_a_file_renamed_onto_another_takes_its_history_along(core: Core) -> None:
    core.observer.scan()
    core.catalog.execute("UPDATE entries SET since_ns = since_ns - ?", (100 * 10**9,))
    (core.root / "papers" / "old" / "notes.txt").rename(core.root / "papers" / "draft.txt")
    core.observer.scan()
    texts_of = [version.content for version in core.history.versions("papers/draft.txt")]
    assert texts_of == [blake3(b"old\n").hexdigest()]
    assert core.catalog.entry("papers/old/notes.txt") is None


def pass_around(source: Path, target: Path, act: int, text: str) -> None:
    if act == 0 and source.exists() and not target.exists():
        source.rename(target)
    elif act == 1 and source.is_file():
        source.unlink()
    elif act == 2 and not source.exists():
        source.write_text(text)
    elif act == 3 and not source.exists() and target.is_file():
        source.mkdir()
        target.rename(source / target.name)


NAMES = ("a", "b.md", "c.png", "d", "e.md")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(st.tuples(st.sampled_from(range(4)), *[st.sampled_from(NAMES)] * 2), max_size=9)
)
def test_names_that_are_passed_around(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, str]]
) -> None:
    root = tmp_path_factory.mktemp("around")
    for name in NAMES:
        (root / name).write_text(f"{name} first\n")
    with Core(root) as core:
        then, before = moment(core), snapshot(core.root)
        for number, (act, one, other) in enumerate(steps):
            pass_around(root / one, root / other, act, f"{number}\n")
            core.observer.scan()
        after = snapshot(root)
        if after == before:
            return
        try:
            lost = " ".join(restore(core, then).notices)
        except PartialError as error:
            lost = error.message
        for name, was in before.items():
            assert snapshot(root).get(name) == was or "nothing" in lost
        if not lost:
            assert snapshot(root) == before
        if snapshot(root) != after:
            core.run([{"op": "undo"}])
            assert snapshot(root) == after
