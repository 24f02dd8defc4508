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
from core import Core, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from person import Person

from lsfs.errors import MissingPathError, NothingFoundError


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
