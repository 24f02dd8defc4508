"""Through a mount: what `.lsfs/at/TIME` shows is what a copy made at that moment has."""

from __future__ import annotations

import errno
import filecmp
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from core import snapshot
from person import Person
from whole import Whole, whole

pytestmark = pytest.mark.usefixtures("fuse_required")
MOMENTS, ACTS = 12, 6
SEEDS = (1, int(os.environ.get("SEED") or secrets.randbelow(10**6)))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Whole]:
    root = tmp_path / "root"
    (root / "papers" / "old").mkdir(parents=True)
    (root / "papers" / "draft.txt").write_text("first\n")
    (root / "papers" / "old" / "notes.txt").write_text("old\n" * 500)
    (root / "pointer").symlink_to("papers/draft.txt")
    with whole(tmp_path, options="noindex") as made:
        caught_up(made)
        yield made


def caught_up(home: Whole) -> str:
    """A moment at which the daemon knows all that was done; as the name of a folder."""
    home.settle()
    time.sleep(0.03)
    moment = f"{time.time_ns() // 1000 / 10**6:.6f}"
    time.sleep(0.03)
    return subprocess.run(
        ["date", "-u", "-d", f"@{moment}", "+%Y-%m-%dT%H:%M:%S.%6N+00:00"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=["1", "random"])
def test_every_moment_is_as_a_copy_made_then(home: Whole, seed: int) -> None:
    print(f"seed {seed}")
    person, moments = Person(home.point, seed), {}
    for _ in range(MOMENTS):
        for _ in range(ACTS):
            person.act()
        moments[caught_up(home)] = snapshot(home.root)
    for moment, then in moments.items():
        assert snapshot(home.point / ".lsfs" / "at" / moment) == then, moment


def test_a_file_that_was_never_captured_is_kept_before_it_changes(home: Whole) -> None:
    """Though it was renamed meanwhile, it has been what it is since its last modification."""
    data = os.urandom(5000)
    (home.root / "seen.raw").write_bytes(data)
    home.settle()
    moments = [caught_up(home)]
    (home.point / "seen.raw").rename(home.point / "papers" / "raw")
    moments.append(caught_up(home))
    (home.point / "papers" / "raw").write_bytes(b"short")
    caught_up(home)
    at = home.point / ".lsfs" / "at"
    assert (at / moments[0] / "seen.raw").read_bytes() == data
    assert (at / moments[1] / "papers" / "raw").read_bytes() == data
    assert not (at / moments[1] / "seen.raw").exists()


def test_ordinary_programs_work_on_yesterday(home: Whole, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home.root, copy, symlinks=True, ignore=shutil.ignore_patterns(".lsfs"))
    moment = caught_up(home)
    shutil.rmtree(home.point / "papers")
    caught_up(home)
    then = home.point / ".lsfs" / "at" / moment
    assert filecmp.dircmp(copy, then).diff_files == []
    subprocess.run(["diff", "-r", "--no-dereference", copy, then], check=True)
    subprocess.run(["cp", "-a", then / "papers", tmp_path / "back"], check=True)
    assert snapshot(tmp_path / "back") == snapshot(copy / "papers")
    found = subprocess.run(
        ["grep", "-r", "first", then], capture_output=True, text=True, check=True
    )
    assert found.stdout == f"{then}/papers/draft.txt:first\n"


def test_the_past_cannot_be_changed(home: Whole) -> None:
    then = home.point / ".lsfs" / "at" / caught_up(home)
    attempts: list[Callable[[], object]] = [
        lambda: (then / "new").write_text("x"),
        lambda: (then / "papers" / "draft.txt").write_text("x"),
        lambda: (then / "papers" / "draft.txt").unlink(),
        lambda: (then / "papers").rename(then / "other"),
        lambda: (then / "new").mkdir(),
        lambda: (then / "papers" / "draft.txt").chmod(0o600),
        lambda: os.utime(then / "papers" / "draft.txt"),
        lambda: os.link(then / "papers" / "draft.txt", then / "second"),
        lambda: os.setxattr(then / "papers" / "draft.txt", "user.a", b"b"),
    ]
    for attempt in attempts:
        with pytest.raises(OSError) as caught:
            attempt()
        assert caught.value.errno == errno.EROFS


def test_a_time_that_is_none_is_no_name(home: Whole) -> None:
    at = home.point / ".lsfs" / "at"
    assert os.listdir(at) == []
    for name in ("soon", "2999-01-01", "..."):
        assert not (at / name).exists(), name
    assert (at / "now").is_dir()
    assert not (at / "1 hour ago").exists()  # lsfs did not look after it then
