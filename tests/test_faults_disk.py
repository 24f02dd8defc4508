"""A disk full or read-only, a root taken away or closed to us, under a whole `lsfs mount`."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from consistency import Checker
from disks import Ballast, disk, fail, remount
from faces import lsfs
from waiting import wait_for
from whole import Whole, whole

from lsfs.errors import LsfsError

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(120)]
BLOCK_BYTES = 64 * 1024
ROOM_BYTES = 10 * BLOCK_BYTES
BOTH = pytest.mark.parametrize("library", ["fuse2", "fuse3"])


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    with disk(tmp_path / "disk", 24) as folder:
        yield folder


def write_until_it_fails(file: Path) -> tuple[int, int]:
    """Bytes acknowledged, and the errno that ended it."""
    count = 0
    with open(file, "wb", buffering=0) as stream:
        while True:
            try:
                count += stream.write(b"y" * BLOCK_BYTES)
            except OSError as error:
                return count, error.errno or 0


def refusal(act: Callable[[], object]) -> str | None:
    """The errno's name that an act fails with."""
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return None


def sizes(home: Whole, path: str) -> list[int]:
    """Of all versions, oldest first."""
    return [int(version["size"]) for version in reversed(home.history(path))]


@BOTH
def test_a_full_disk_is_what_it_is_on_a_plain_folder(small: Path, library: str) -> None:
    with whole(small, options=f"library={library}") as home:
        (home.point / "other.txt").write_text("readable\n")
        home.settle()
        ballast = Ballast(small)
        ballast.fill(leave_bytes=ROOM_BYTES)
        plain = write_until_it_fails(small / "plain")
        os.unlink(small / "plain")
        count, code = write_until_it_fails(home.point / "big.bin")
        assert (code, plain[1]) == (errno.ENOSPC, errno.ENOSPC)
        assert 0 < count <= plain[0]  # the state is on this disk and grows, too
        assert (home.root / "big.bin").read_bytes() == b"y" * count
        assert (home.point / "other.txt").read_text() == "readable\n"
        assert refusal(lambda: (home.point / "big.bin").unlink()) is None
        ballast.drop()
        (home.point / "other.txt").write_text("and written\n")
        home.settle()
        assert sizes(home, "other.txt") == [9, 12]


@BOTH
def test_what_gives_room_succeeds_on_a_full_disk(small: Path, library: str) -> None:
    with whole(small, options=f"library={library}") as home:
        for name in ("truncated.txt", "removed.txt", "renamed.txt"):
            (home.point / name).write_bytes(b"old\n" * 25_000)
        (home.root / "photo.jpg").write_bytes(os.urandom(100_000))  # no version of it yet
        home.settle()
        ballast = Ballast(small)
        ballast.fill()
        os.truncate(home.point / "truncated.txt", 4)
        ballast.fill()
        os.unlink(home.point / "removed.txt")
        ballast.fill()
        os.unlink(home.point / "photo.jpg")
        os.rename(home.point / "truncated.txt", home.point / "renamed.txt")
        assert sorted(os.listdir(home.point)) == ["renamed.txt"]
        assert (home.point / "renamed.txt").read_bytes() == b"old\n"
        ballast.drop()
        (home.point / "after.txt").write_text("goes on\n")
        home.settle()
        assert sizes(home, "removed.txt") == [100_000]
        assert sizes(home, "photo.jpg") == [100_000]
        assert sizes(home, "renamed.txt")[-1] == 4
        assert Checker(home.root).holds(b"old\n" * 25_000)


def test_a_full_disk_of_the_state_alone_is_nobody_elses_matter(tmp_path: Path, small: Path) -> None:
    with whole(tmp_path, state=small / "state") as home:
        (home.point / "kept.txt").write_text("one\n")
        home.settle()
        ballast = Ballast(small)
        ballast.fill()
        for number in range(100):
            (home.point / f"{number}.txt").write_text(f"{number}\n")
        (home.point / "kept.txt").write_text("two\n")
        assert (home.root / "99.txt").read_text() == "99\n"
        ballast.drop()
        (home.point / "kept.txt").write_text("three\n")
        home.settle()
        assert (sizes(home, "kept.txt")[0], sizes(home, "kept.txt")[-1]) == (4, 6)
        assert sizes(home, "99.txt") == [3]


def test_what_could_not_be_kept_is_said(tmp_path: Path, small: Path) -> None:
    """Too little room for what a program overwrites: it goes on, and the history has a gap."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "photo.jpg").write_bytes(b"x" * 100_000)
    with whole(tmp_path, state=small / "state") as home:
        home.settle()
        ballast = Ballast(small)
        ballast.fill(leave_bytes=20_000)
        (home.point / "photo.jpg").write_bytes(b"y" * 50)
        ballast.drop()
        home.settle()
        newest, lost = home.history("photo.jpg")
        assert (newest["gap"], newest["size"], lost["size"]) == (None, 50, 100_000)
        assert "No space left" in lost["gap"]
        assert any("could not be kept" in notice for notice in home.call("status")["notices"])


def test_a_change_seen_while_the_disk_was_full_is_taken_in_later(
    tmp_path: Path, small: Path
) -> None:
    """Nothing else happens that would remind the daemon."""
    with whole(tmp_path, state=small / "state") as home:
        home.settle()
        ballast = Ballast(small)
        ballast.fill()
        for number in range(200):
            (home.root / f"behind-{number}.txt").write_text(os.urandom(4000).hex())
        wait_for(lambda: "cannot be taken in" in str(home.call("status")["notices"]), 20)
        ballast.drop()
        home.settle()
        # the rescan that has taken it in may be about to end
        wait_for(lambda: home.call("status")["notices"] == [], 20, "nothing to be noticed")
        assert sizes(home, "behind-199.txt") == [8000]


def test_an_act_on_a_full_disk_is_recorded_when_there_is_room(tmp_path: Path, small: Path) -> None:
    with whole(tmp_path, state=small / "state") as home:
        (home.point / "file.txt").write_text("one\n")
        home.settle()
        ballast = Ballast(small)
        ballast.fill()
        for number in range(100):  # more lines than the spool's last block has room for
            (home.point / f"{number}.txt").touch()
        (home.point / "file.txt").write_text("two\n")
        ballast.drop()
        wait_for(lambda: sizes(home, "file.txt") == [4, 4], 20, "the save to be recorded")
        home.settle()


class TestReadOnly:
    @BOTH
    def test_the_disk_becomes_read_only_and_comes_back(
        self, tmp_path: Path, small: Path, library: str
    ) -> None:
        with whole(small, options=f"library={library}", state=tmp_path / "state") as home:
            file = home.point / "file.txt"
            file.write_text("one\n")
            home.settle()
            remount(small, "ro")
            assert refusal(lambda: file.write_text("two\n")) == "EROFS"
            assert refusal(lambda: os.rename(file, home.point / "other")) == "EROFS"
            assert refusal(lambda: os.unlink(file)) == "EROFS"
            assert refusal((home.point / "new").mkdir) == "EROFS"
            assert file.read_text() == "one\n"
            remount(small, "rw")
            file.write_text("two\n")
            home.settle()
            assert sizes(home, "file.txt") == [4, 4]

    def test_a_disk_that_fails_with_our_state_on_it(self, small: Path) -> None:
        """The kernel makes a disk with errors read-only, whoever writes to it."""
        with whole(small) as home:
            file = home.point / "file.txt"
            file.write_text("one\n")
            home.settle()
            fail(small)
            assert refusal(lambda: file.write_text("two\n")) == "EROFS"
            assert refusal(lambda: os.unlink(file)) == "EROFS"
            assert file.read_text() == "one\n"
            assert home.call("status")["root"] == str(home.root)


class TestTakenAway:
    def test_the_root_is_removed(self, tmp_path: Path) -> None:
        with whole(tmp_path, state=tmp_path / "state") as home:
            (home.point / "file.txt").write_text("one\n")
            home.settle()
            (home.root / "file.txt").unlink()
            home.root.rmdir()
            assert refusal(lambda: (home.point / "new.txt").write_text("x")) == "ENOENT"
            assert refusal(lambda: (home.point / "file.txt").read_text()) in ("ENOENT", None)
            assert home.call("status")["daemon"]["pid"]
            home.root.mkdir()

    def test_the_root_is_renamed_and_renamed_back(self, tmp_path: Path) -> None:
        with whole(tmp_path, state=tmp_path / "state") as home:
            (home.point / "file.txt").write_text("one\n")
            home.settle()
            aside = tmp_path / "aside"
            os.rename(home.root, aside)
            (home.point / "file.txt").write_text("two\n")  # the folder is the same one
            assert (aside / "file.txt").read_text() == "two\n"
            os.rename(aside, home.root)
            (home.point / "file.txt").write_text("three\n")
            home.settle()
            assert sizes(home, "file.txt")[-1] == 6
            assert Checker(home.root, home.state).holds(b"two\n")

    @BOTH
    def test_the_root_goes_with_the_state_in_it(self, tmp_path: Path, library: str) -> None:
        with whole(tmp_path, options=f"library={library}") as home:
            (home.point / "file.txt").write_text("one\n")
            home.settle()
            with open(home.point / "file.txt") as opened:
                shutil.rmtree(home.root, ignore_errors=True)
                assert opened.read() == "one\n"
            assert refusal(lambda: (home.point / "new.txt").write_text("x")) == "ENOENT"
            assert refusal((home.point / "new").mkdir) == "ENOENT"
            done = lsfs("umount", home.point, cwd=tmp_path)
            assert (done.returncode, home.is_mounted()) == (0, False), done.stderr
            home.kill("daemon", signal.SIGTERM)  # it would see for itself in a while


class TestPermissionLost:
    """The mount and the daemon run without the right to pass over permissions, as a user's do."""

    UNDER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")

    @pytest.fixture
    def home(self, tmp_path: Path) -> Iterator[Whole]:
        if os.geteuid() != 0:
            pytest.skip("only root can take capabilities away")
        with whole(tmp_path, under=self.UNDER, state=tmp_path / "state") as home:
            (home.point / "closed").mkdir()
            for file in (home.point / "closed" / "in.txt", home.point / "beside.txt"):
                file.write_text("one\n")
            home.settle()
            yield home

    def test_of_a_folder(self, home: Whole) -> None:
        folder = home.root / "closed"
        folder.chmod(0)
        file = home.point / "closed" / "in.txt"
        wait_for(lambda: refusal(lambda: file.write_text("two\n")) == "EACCES", message="EACCES")
        assert refusal(lambda: os.listdir(home.point / "closed")) == "EACCES"
        (home.point / "beside.txt").write_text("goes on\n")
        wait_for(lambda: len(home.history("beside.txt")) == 2, message="the version")
        folder.chmod(0o755)
        wait_for(lambda: refusal(lambda: file.write_text("two\n")) is None, message="the way back")
        home.settle()
        assert sizes(home, "closed/in.txt") == [4, 4]

    def test_a_closed_folder_is_told_of_until_it_is_opened(self, home: Whole) -> None:
        for name in ("new", "node_modules"):
            aside = home.root.parent / name
            (aside / "below").mkdir(parents=True)
            (aside / "in.txt").write_text("nobody has seen it\n")
            aside.chmod(0)
            aside.rename(home.root / name)
        home.call("index")
        reason = "a folder that cannot be opened: permission denied"
        told = {"path": "new", "status": "not opened", "reason": reason}
        assert home.call("failed")["failed"] == [told]
        why = lsfs("status", "--state", home.state, "--why", "new", cwd=home.root).stdout
        assert f"why\t{reason}" in why
        status = lsfs("status", "--state", home.state, cwd=home.root).stdout
        assert "unread\t1 not opened" in status
        (home.root / "new").chmod(0o755)
        wait_for(lambda: home.call("why", path="new")["files"] == {"ok": 1}, message="its file")
        assert home.call("failed")["failed"] == []
        (home.root / "new" / "more.txt").write_text("and this is seen at once\n")
        wait_for(lambda: home.call("why", path="new")["files"] == {"ok": 2}, message="another")

    @pytest.mark.parametrize("closed", ["", "closed"])
    def test_what_a_scan_cannot_reach_is_not_gone(self, home: Whole, closed: str) -> None:
        (home.root / closed).chmod(0)
        with suppress(LsfsError):  # of the root itself: it says so
            home.call("index", wait=False)
        (home.root / closed).chmod(0o755)
        with closing(Checker(home.root, home.state).connect()) as catalog:
            gone = catalog.execute("SELECT path FROM entries WHERE gone_ns IS NOT NULL")
            assert gone.fetchall() == []
        home.settle()

    def test_of_the_root(self, home: Whole) -> None:
        home.root.chmod(0)
        file = home.point / "beside.txt"
        wait_for(lambda: refusal(lambda: file.write_text("two\n")) == "EACCES", message="EACCES")
        assert home.call("status")["root"] == str(home.root)
        home.root.chmod(0o755)
        wait_for(lambda: refusal(lambda: file.write_text("two\n")) is None, message="the way back")
        home.settle()
        assert sizes(home, "beside.txt") == [4, 4]

    def test_of_a_file_that_is_then_removed(self, home: Whole) -> None:
        """Never captured: its bytes are moved aside, where only the owner's right is missing."""
        (home.root / "photo.jpg").write_bytes(b"a photo")
        (home.root / "photo.jpg").chmod(0)
        os.unlink(home.point / "photo.jpg")
        home.settle()
        assert sizes(home, "photo.jpg") == [7]
