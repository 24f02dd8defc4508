"""`lsfs gc` makes room where there is none: on a small disk that is full to the last byte."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from disks import Ballast, disk
from faces import answer, lsfs
from waiting import wait_for
from whole import whole

from lsfs.reserve import RESERVE_BYTES, RESERVE_NAME, Reserve

pytestmark = pytest.mark.timeout(120)
LETS_GO = (
    "[versions]\nkeep_all_days = 0\nkeep_daily_days = 0\nkeep_weekly_days = 0\nkeep_last = 1\n"
)
BYTES = 400_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MiB."""
    with disk(tmp_path / "disk", 12, "tmpfs") as folder:
        yield folder


def free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def put_away(root: Path) -> None:
    """As a clean end of the last process leaves the catalog: without its log."""
    catalog = sqlite3.connect(root / ".lsfs" / "catalog.db")
    catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    catalog.close()
    assert not (root / ".lsfs" / "catalog.db-wal").exists()


@pytest.mark.usefixtures("fuse_required")
def test_under_a_mount_whose_disk_is_full(small: Path) -> None:
    with whole(small, options="noindex") as home:
        for _ in range(4):
            (home.point / "big.bin").write_bytes(os.urandom(BYTES))
            home.settle()
        (home.state / "config.toml").write_text(LETS_GO)
        Ballast(small).fill()
        (home.point / "plan.txt").write_bytes(b"")
        for file in ("plan.txt", "other.txt"):
            (home.point / file).touch()  # told of in lines that cannot be taken in
        done = lsfs("gc", "--yes", cwd=home.root)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("let go of 3 versions (1.2 MB)")
        assert free_bytes(small) > 2 * BYTES
        home.settle()
        assert [one["size"] for one in home.history("big.bin") if one["gap"] is None] == [BYTES]
        assert answer("verify", cwd=home.root)["problems"] == []
        assert (home.state / RESERVE_NAME).stat().st_blocks > 0


@pytest.mark.usefixtures("fuse_required")
def test_bytes_just_removed_are_let_go_by_name(tmp_path: Path) -> None:
    """They fill the disk, and no line that tells of them had room."""
    with disk(tmp_path / "disk", 40, "tmpfs") as small, whole(small, options="noindex") as home:
        (home.point / "note.txt").write_text("stays\n")
        home.settle()
        with contextlib.suppress(OSError), open(home.point / "big", "wb", buffering=0) as file:
            while file.write(os.urandom(1 << 20)):
                pass
        (home.point / "big").unlink()
        wait_for(lambda: "cannot be taken in" in lsfs("status", cwd=home.root).stderr)
        done = lsfs("gc", "--yes", cwd=home.root)
        assert (done.returncode, done.stdout[:20]) == (0, "nothing to let go of"), done.stderr
        done = lsfs("gc", "big", "--yes", cwd=home.root)
        assert (done.returncode, done.stdout[:20]) == (0, "let go of 1 version "), done.stderr
        assert free_bytes(small) > 30 << 20
        home.settle()
        assert answer("verify", cwd=home.root)["problems"] == []


def test_status_says_that_nothing_new_is_indexed(small: Path) -> None:
    root = small / "root"
    root.mkdir()
    (root / "letter.txt").write_text("all of it is indexed\n")
    assert lsfs("init", root, cwd=small).returncode == 0
    assert lsfs("index", cwd=root).returncode == 0
    assert "disk of the state is full" not in lsfs("status", cwd=root).stderr
    Ballast(small).fill()
    assert "disk of the state is full" in lsfs("status", cwd=root).stderr


def test_of_a_root_that_nobody_has_open(small: Path) -> None:
    """Opening it takes room as well: the catalog's log, and its index, are made then."""
    root = small / "root"
    root.mkdir()
    assert lsfs("init", root, cwd=small).returncode == 0
    for _ in range(3):
        (root / "letter.txt").write_text(os.urandom(BYTES // 2).hex())
        assert lsfs("history", "letter.txt", cwd=root).returncode == 0
    (root / ".lsfs" / "config.toml").write_text(LETS_GO)
    put_away(root)
    Ballast(small).fill()
    done = lsfs("gc", "--yes", cwd=root)
    assert (done.returncode, done.stdout[:20]) == (0, "let go of 2 versions"), done.stderr
    assert free_bytes(small) > BYTES // 2
    assert answer("verify", cwd=root)["problems"] == []


def test_without_a_reserve_it_says_what_is_wrong(small: Path) -> None:
    root = small / "root"
    root.mkdir()
    (root / "letter.txt").write_text("one\n")
    assert lsfs("init", root, cwd=small).returncode == 0
    assert lsfs("history", "letter.txt", cwd=root).returncode == 0
    put_away(root)
    (root / ".lsfs" / RESERVE_NAME).unlink()
    Ballast(small).fill()
    done = lsfs("history", "letter.txt", cwd=root)
    assert done.returncode == 70
    assert "does not answer" in done.stderr
    assert "`lsfs gc`" in done.stderr
    assert "backup" not in done.stderr + lsfs("doctor", cwd=root).stdout


def test_what_has_no_room_is_not_said_to_be_unreadable(small: Path) -> None:
    root = small / "root"
    root.mkdir()
    (root / "big.bin").write_bytes(os.urandom(BYTES))
    assert lsfs("init", root, cwd=small).returncode == 0
    assert lsfs("status", cwd=root).returncode == 0
    Ballast(small).fill(leave_bytes=300_000)
    done = lsfs("ask", "append 'hello' to big.bin", "--yes", cwd=root)
    assert "cannot keep big.bin" in done.stderr, (done.stdout, done.stderr)
    assert "`lsfs gc`" in done.stderr


class TestReserve:
    def test_it_is_made_where_there_is_plenty_of_room(self, small: Path) -> None:
        reserve = Reserve(small)
        before = free_bytes(small)
        reserve.hold()
        assert before - free_bytes(small) == RESERVE_BYTES
        reserve.hold()
        assert before - free_bytes(small) == RESERVE_BYTES

    def test_it_takes_nothing_from_a_disk_that_is_nearly_full(self, small: Path) -> None:
        Ballast(small).fill(leave_bytes=4 * RESERVE_BYTES)
        before = free_bytes(small)
        Reserve(small).hold()
        assert free_bytes(small) == before

    def test_what_is_left_of_it_is_taken_back(self, small: Path) -> None:
        reserve = Reserve(small)
        reserve.hold()
        Ballast(small).fill()
        with reserve.spent():
            assert free_bytes(small) == RESERVE_BYTES
            (small / "used").write_bytes(b"x" * (RESERVE_BYTES // 2))
        assert free_bytes(small) == 0
        with reserve.spent():
            assert free_bytes(small) == RESERVE_BYTES // 2
            (small / "used").unlink()
        assert free_bytes(small) == RESERVE_BYTES // 2
