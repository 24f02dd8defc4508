"""Through a mount: what `.lsfs/at/TIME` shows is what a copy made at that moment has."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import random
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from core import snapshot
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


class Person:
    """Does this and that in a folder; a seed says what."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)

    def act(self) -> None:
        acts: list[Callable[[], None]] = [
            self._write, self._write, self._append, self._replace, self._rename, self._remove,
            self._folder_made, self._tree_removed, self._chmod, self._touch, self._link,
            self._tag,
        ]  # fmt: skip
        with contextlib.suppress(FileNotFoundError):
            self._chance.choice(acts)()

    def _some(self, *, folders: bool = False) -> Path:
        found = [
            path
            for path in sorted(self._folder.rglob("*"))
            if not path.is_symlink() and path.is_dir() == folders
        ]
        if not found:
            raise FileNotFoundError
        return self._chance.choice(found)

    def _new(self) -> Path:
        folders = [p for p in sorted(self._folder.rglob("*")) if p.is_dir() and not p.is_symlink()]
        folder = self._chance.choice([self._folder, *folders])
        return folder / f"n{self._chance.randrange(6)}"

    def _write(self) -> None:
        path = self._new()
        if not path.is_dir() and not path.is_symlink():
            path.write_bytes(self._chance.randbytes(self._chance.choice([0, 10, 5000])))

    def _append(self) -> None:
        with self._some().open("ab") as file:
            file.write(b"more\n")

    def _replace(self) -> None:
        path = self._some()
        beside = path.with_name("beside.new")
        beside.write_bytes(self._chance.randbytes(20))
        beside.replace(path)

    def _rename(self) -> None:
        path, to = self._some(folders=self._chance.random() < 0.5), self._new()
        if not to.exists() and not to.is_symlink() and path not in to.parents:
            path.rename(to)

    def _remove(self) -> None:
        self._some().unlink()

    def _folder_made(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._new().mkdir(self._chance.choice([0o755, 0o700]))

    def _tree_removed(self) -> None:
        if self._chance.random() < 0.4:
            shutil.rmtree(self._some(folders=True))

    def _chmod(self) -> None:
        self._some().chmod(self._chance.choice([0o644, 0o600, 0o755]))

    def _touch(self) -> None:
        moment = self._chance.randrange(10**9, 15 * 10**8)
        os.utime(self._some(), (moment, moment))

    def _link(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._new().symlink_to(f"to-{self._chance.randrange(9)}")

    def _tag(self) -> None:
        os.setxattr(self._some(), "user.tag", self._chance.randbytes(5))


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
    assert (at / "1 minute ago").is_dir()
    assert os.listdir(at / "2001-01-01") == []
