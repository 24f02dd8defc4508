"""Kill -9 of the mount before each of its calls that change something on disk.

Whatever it had said yes to is there: the tree is as after the last act that succeeded, or as after
the one that did not return, and every state that an act destroyed is a version.

CI kills at every seventh call; `--kill-rounds 100` at every one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from consistency import Checker
from core import snapshot
from deadly import deadly
from mounting import is_running
from waiting import wait_for
from whole import Whole

pytestmark = [
    pytest.mark.usefixtures("fuse_required", "compiler_required"), pytest.mark.timeout(1800),
]  # fmt: skip
STRIDE = 7
DEATH = (errno.ENOTCONN, errno.ECONNABORTED, errno.EIO)
Act = Callable[[Path], object]
Stories = list[tuple[dict[str, tuple[object, ...]], set[bytes]]]


def write(name: str, data: bytes, flags: int = 0) -> Act:
    """Open, write and close; several calls, of which each is an act."""

    def act(folder: Path) -> None:
        fd = os.open(folder / name, os.O_WRONLY | flags)
        try:
            os.write(fd, data)
        finally:
            os.close(fd)

    return act


def make(name: str) -> Act:
    return lambda folder: os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def rename(name: str, to: str) -> Act:
    return lambda folder: os.rename(folder / name, folder / to)


ACTS: list[Act] = [
    make("a"),
    write("a", b"first of a"),
    lambda folder: os.truncate(folder / "a", 0),
    write("a", b"second of a"),
    make("tmp"),
    write("tmp", b"third of a"),
    rename("tmp", "a"),
    write("film.raw", b"IN PLACE"),  # lsfs never took it: it was there before, and nobody wrote it
    lambda folder: os.truncate(folder / "photo.raw", 3),
    lambda folder: os.unlink(folder / "sound.raw"),
    write("a", b" and more", os.O_APPEND),
    lambda folder: os.chmod(folder / "a", 0o600),
    lambda folder: os.setxattr(folder / "a", "user.mood", b"good"),
    lambda folder: os.mkdir(folder / "d"),
    rename("a", "d/a"),
    rename("d", "e"),
    lambda folder: os.symlink("e/a", folder / "link"),
    lambda folder: os.link(folder / "e/a", folder / "other"),
    lambda folder: os.unlink(folder / "e/a"),
    lambda folder: os.rmdir(folder / "e"),
]
RAW = {name: name.encode() * 100 for name in ("film.raw", "photo.raw", "sound.raw")}


def prepare(folder: Path) -> None:
    for name, data in RAW.items():
        (folder / name).write_bytes(data)


def contents(folder: Path) -> set[bytes]:
    return {file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    """The tree after so many acts, and the contents destroyed by then, on a plain directory."""
    folder = tmp_path_factory.mktemp("plain")
    prepare(folder)
    known = contents(folder)
    told: Stories = []
    for act in [lambda _: None, *ACTS]:
        act(folder)
        now = {file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        known |= now
        told.append((snapshot(folder, times=False), known - now - {b""}))
    return told


def test_it_said_yes_to_nothing_that_is_lost(
    tmp_path: Path, stories: Stories, request: pytest.FixtureRequest
) -> None:
    stride = 1 if int(request.config.getoption("--kill-rounds")) >= 100 else STRIDE
    calls, survived = 1, False
    while not survived:
        folder = tmp_path / str(calls)
        folder.mkdir()
        survived = is_right(folder, calls, stories)
        calls += stride
    assert calls > 40


def is_right(folder: Path, calls: int, stories: Stories) -> bool:
    """Act until the mount dies, bring it back, look; whether it did not die."""
    home, armed = Whole(folder, options="nopassthrough"), folder / "armed"
    prepare(home.root)
    try:
        home.mount()
        home.settle()
        home.kill("mount")
        home.under = ("env", *(f"{k}={v}" for k, v in deadly(folder.parent, armed).items()))
        home.mount()
        pid = home.pid("mount")
        armed.write_text(str(calls))
        done = act_until_death(home.point)
        armed.unlink()
        survived = done == len(ACTS)
        if not survived:
            wait_for(lambda: not is_running(pid), 20, "the mount to die")
            home.under = ()
            home.mount()
        checker = Checker(home.root)
        home.settle(checker)
        found = snapshot(home.root, times=False)
        assert found in [story for story, _ in stories[done : done + 2]], (calls, done)
        lost = [data for data in stories[done][1] if not checker.holds(data)]
        assert not lost, (calls, done)
        return survived
    finally:
        home.under = ()
        home.stop()


def act_until_death(point: Path) -> int:
    """How many acts succeeded."""
    for number, act in enumerate(ACTS):
        try:
            act(point)
        except OSError as error:
            assert error.errno in DEATH, error
            return number
    return len(ACTS)
