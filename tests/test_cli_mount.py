"""`lsfs mount` and `umount`: the mount, its daemon that comes and goes, commands inside it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import FILES, LSFS, answer, environment, lsfs, make_files, serving
from waiting import wait_for

from lsfs import daemon
from lsfs.lock import RootLock
from lsfs.paths import SOCKET_NAME, STATE_NAME

pytestmark = pytest.mark.usefixtures("fuse_required")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that is no root yet."""
    root = tmp_path / "root"
    make_files(root)
    return root


@pytest.fixture
def mountpoint(tmp_path: Path) -> Iterator[Path]:
    """An empty folder; what is mounted there is taken down at the end."""
    point = tmp_path / "mnt"
    point.mkdir()
    yield point
    if os.path.ismount(point):
        lsfs("umount", "-l", point, cwd=tmp_path)


def socket_of(root: Path) -> Path:
    """Where the root's daemon listens."""
    return root / STATE_NAME / SOCKET_NAME


def test_mount_use_umount(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    done = lsfs("mount", root, mountpoint, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "an lsfs root" in done.stderr
    assert (mountpoint / "letter.txt").read_text() == FILES["letter.txt"]
    health = daemon.health(socket_of(root))
    assert health is not None
    assert health["started_by"] == "mount"

    (mountpoint / "letter.txt").write_text("rewritten through the mount\n")
    status = answer("status", cwd=mountpoint)
    assert status["root"] == str(root)
    assert [one["mountpoint"] for one in status["mounts"]] == [str(mountpoint)]
    wait_for(
        lambda: len(answer("history", "letter.txt", cwd=mountpoint)["outcome"]["rows"]) >= 2,
        message="two versions of letter.txt",
    )
    rolled = lsfs(
        "rollback", "letter.txt", "--versions", "1", "-y", cwd=mountpoint / "notes" / ".."
    )
    assert rolled.returncode == 0, rolled.stderr
    assert (root / "letter.txt").read_text() == FILES["letter.txt"]

    done = lsfs("umount", mountpoint, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(mountpoint.iterdir()) == []
    assert daemon.health(socket_of(root)) is None
    RootLock(root / ".lsfs", root).release()  # the daemon has let go of it


def test_a_daemon_of_its_own_stays(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    with serving(root):
        assert lsfs("mount", root, mountpoint, cwd=tmp_path).returncode == 0
        assert lsfs("umount", mountpoint, cwd=tmp_path).returncode == 0
        assert daemon.health(socket_of(root)) is not None


def test_foreground(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*LSFS, "mount", "-f", root, mountpoint], cwd=tmp_path, env=environment()
    )
    try:
        wait_for(lambda: (mountpoint / "letter.txt").exists(), 20, "the mount")
    finally:
        process.terminate()
    assert process.wait(30) == 0
    assert not os.path.ismount(mountpoint)
    wait_for(lambda: daemon.health(socket_of(root)) is None, 20, "the daemon to end by itself")


def test_a_mount_without_a_daemon(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    assert lsfs("mount", root, mountpoint, cwd=tmp_path).returncode == 0
    assert lsfs("stop", cwd=mountpoint).returncode == 0
    assert (mountpoint / "letter.txt").read_text() == FILES["letter.txt"]
    (mountpoint / "fresh.txt").write_text("made while no daemon ran\n")
    assert answer("history", "fresh.txt", cwd=mountpoint)["outcome"]["rows"]
    assert lsfs("umount", mountpoint, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ("root/inside", 3, "apart"),
        ("full", 3, "not empty"),
        ("missing", 2, "no such folder"),
        ("file", 3, "not a folder"),
    ],
)
def test_bad_mountpoints(root: Path, tmp_path: Path, where: str, code: int, message: str) -> None:
    (root / "inside").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    (tmp_path / "file").write_text("x")
    done = lsfs("mount", root, where, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert daemon.health(socket_of(root)) is None
    assert (tmp_path / "full" / "x").read_text() == "x"
    assert not (root / ".lsfs").exists()  # a mount that is refused changes nothing


def test_mounted_twice_and_not_at_all(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    assert lsfs("umount", mountpoint, cwd=tmp_path).returncode == 2
    assert lsfs("mount", root, mountpoint, cwd=tmp_path).returncode == 0
    assert lsfs("mount", root, mountpoint, cwd=tmp_path).returncode == 5
    inside = lsfs("init", mountpoint / "notes", cwd=tmp_path)
    assert inside.returncode == 2
    assert "lies in a mount of" in inside.stderr
    assert lsfs("umount", mountpoint, cwd=tmp_path).returncode == 0


def test_an_unknown_mount_option(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    done = lsfs("mount", root, mountpoint, "-o", "warp", cwd=tmp_path)
    assert done.returncode == 2
    assert "warp" in done.stderr
    assert not (root / ".lsfs").exists()
    assert not os.path.ismount(mountpoint)


def test_a_mount_in_use(root: Path, mountpoint: Path, tmp_path: Path) -> None:
    assert lsfs("mount", root, mountpoint, cwd=tmp_path).returncode == 0
    with (mountpoint / "letter.txt").open():
        done = lsfs("umount", mountpoint, cwd=tmp_path)
        assert done.returncode == 5
        assert "in use" in done.stderr
    assert lsfs("umount", mountpoint, cwd=tmp_path).returncode == 0
