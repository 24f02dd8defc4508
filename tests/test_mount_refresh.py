"""What a plan changed behind a mount shows in it at once, though the kernel remembers things."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whole import Whole, whole

from lsfs.mount.refresh import PATIENCE_S, Refresher

pytestmark = pytest.mark.usefixtures("fuse_required")
BOTH = pytest.mark.parametrize("home", ["library=fuse2", "library=fuse3", "strict"], indirect=True)


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Whole]:
    (tmp_path / "root" / "notes").mkdir(parents=True)
    (tmp_path / "root" / "a.txt").write_text("one\n")
    (tmp_path / "root" / "notes" / "b.txt").write_text("two\n")
    options = getattr(request, "param", "library=fuse3")
    with whole(tmp_path, options=f"noindex,{options}") as made:
        made.settle()
        yield made


def run(home: Whole, *operations: dict[str, Any]) -> Any:
    done = home.call("run", operations=list(operations), actor="test", yes=True)
    assert done["outcome"]["status"] == "done", done
    return done


def seen(folder: Path) -> dict[str, tuple[int, ...] | None]:
    """What stat(2) says of everything there, and that it says it again at once."""
    return {str(one.relative_to(folder)): figures(one) for one in sorted(folder.rglob("*"))} | {
        "": figures(folder)
    }


def figures(path: Path) -> tuple[int, ...] | None:
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return None
    return state.st_mode, state.st_ino, state.st_size, state.st_mtime_ns


def assert_shown(home: Whole, *names: str) -> None:
    """The mount shows of these names what the root has."""
    for name in names:
        assert figures(home.point / name) == figures(home.root / name), name


@BOTH
def test_what_is_undone_and_done_again_shows_at_once(home: Whole) -> None:
    for _ in range(3):
        run(home, {"op": "remove", "target": {"paths": ["a.txt"]}})
        assert_shown(home, "a.txt", "", "notes")
        run(home, {"op": "undo"})
        assert_shown(home, "a.txt", "", "notes")
        assert (home.point / "a.txt").read_text() == "one\n"
        run(home, {"op": "redo"})
        assert_shown(home, "a.txt", "")
        run(home, {"op": "undo"})
        assert_shown(home, "a.txt", "")


@BOTH
def test_a_longer_file_is_read_to_its_end(home: Whole) -> None:
    file = home.point / "a.txt"
    for number in range(1, 4):
        text = "line\n" * 1000 * number
        os.stat(file)
        run(home, {"op": "write", "path": "a.txt", "text": text})
        assert os.stat(file).st_size == len(text)
        assert file.read_text() == text


@BOTH
def test_folders_that_are_renamed_and_replaced(home: Whole) -> None:
    assert_shown(home, "notes/b.txt", "papers", "papers/b.txt")
    run(home, {"op": "move", "target": {"paths": ["notes"]}, "to": "papers"})
    assert_shown(home, "notes", "notes/b.txt", "papers", "papers/b.txt", "")
    run(home, {"op": "create", "path": "notes", "text": "a file now\n"})
    assert_shown(home, "notes", "papers/b.txt", "")
    run(home, {"op": "remove", "target": {"paths": ["notes"]}})
    run(home, {"op": "move", "target": {"paths": ["papers"]}, "to": "notes"})
    assert_shown(home, "notes", "notes/b.txt", "papers", "papers/b.txt", "")
    run(home, {"op": "lock", "target": {"paths": ["notes/b.txt"]}})
    assert_shown(home, "notes/b.txt")


def test_a_mount_that_does_not_answer_keeps_nobody_waiting(home: Whole) -> None:
    run(home, {"op": "create", "path": "new.txt"})
    os.kill(home.pid("mount"), signal.SIGSTOP)
    try:
        for number in range(5):
            began = time.monotonic()
            run(home, {"op": "create", "path": f"new-{number}.txt"})
            assert time.monotonic() - began < PATIENCE_S + 1
    finally:
        os.kill(home.pid("mount"), signal.SIGCONT)
    run(home, {"op": "remove", "target": {"paths": ["new.txt"]}})
    assert_shown(home, "new.txt")


def test_nothing_is_made_whatever_is_asked_for(home: Whole) -> None:
    before = seen(home.root)
    (home.root / "out").symlink_to(home.root.parent)
    names = ["gone.txt", "no/such/folder", "out/new", "../new", "x" * 300, "x/" * 3000, "a.txt", ""]
    Refresher(home.root).tell(names)
    (home.root / "out").unlink()
    after = seen(home.root)
    assert {name for name in after if name} == {name for name in before if name}
    assert sorted(os.listdir(home.root.parent)) == ["mnt", "root"]


def test_a_plan_of_many_files_is_shown_when_it_is_answered(home: Whole) -> None:
    names = [f"many/{number}.txt" for number in range(60)]
    run(home, *({"op": "create", "path": name, "text": "x"} for name in names))
    for name in names:
        os.stat(home.point / name)
    run(home, {"op": "remove", "target": {"paths": ["many"]}})
    assert [name for name in names if (home.point / name).exists()] == []
    run(home, {"op": "undo"})
    assert_shown(home, *names)
