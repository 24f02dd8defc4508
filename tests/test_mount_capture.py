"""Every act that destroys bytes leaves them under STATE/kept, with a line before the act."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mounting import Mounted, mounted, passes_through
from waiting import wait_for

from lsfs.mount.options import LibraryChoice, MountOptions
from lsfs.schema import migrate
from lsfs.seen import is_quiet

pytestmark = pytest.mark.usefixtures("fuse_required")


@pytest.fixture(params=["fuse2", "fuse3"])
def mount(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mounted]:
    library: LibraryChoice = request.param
    with mounted(tmp_path, MountOptions(library=library)) as made:
        yield made


@pytest.fixture
def old(mount: Mounted) -> Path:
    """A file that was there before, with metadata to lose."""
    file = mount.root / "old.txt"
    file.write_bytes(b"precious")
    os.chmod(file, 0o640)
    os.setxattr(file, "user.tag", b"mine")
    os.utime(file, ns=(10**18, 10**18))
    return mount.point / "old.txt"


def test_a_new_file_is_dirty_then_closed_and_nothing_is_kept(mount: Mounted) -> None:
    (mount.point / "new").write_bytes(b"text")
    mount.wait_closed("new")
    assert mount.events("new") == ["dirty", "closed"]
    assert mount.kept("new") == []


def test_each_line_names_the_program(mount: Mounted) -> None:
    (mount.point / "new").write_bytes(b"text")
    mount.wait_closed("new")
    own = Path("/proc/self/comm").read_text().strip()
    assert {(line.pid, line.program) for line in mount.lines()} == {(os.getpid(), own)}


def test_reading_and_opening_leave_no_trace(mount: Mounted, old: Path) -> None:
    assert old.read_bytes() == b"precious"
    os.close(os.open(old, os.O_RDWR))
    # of a file that is passed through no write is seen, so to open it for writing counts as one
    told = ["dirty", "closed"] if passes_through(mount.options) else []
    wait_for(lambda: mount.events("old.txt") == told, message=f"nothing but {told}")


def test_overwriting_in_place_keeps_bytes_and_metadata(mount: Mounted, old: Path) -> None:
    with open(old, "r+b", buffering=0) as file:
        file.write(b"S")
        file.write(b"P")
        assert mount.events("old.txt") == ["dirty"]
    mount.wait_closed("old.txt")
    assert mount.kept("old.txt") == [b"precious"]
    line = next(line for line in mount.lines() if line.kept)
    kept = mount.config.kept_directory / str(line.kept)
    found = os.stat(kept)
    assert (found.st_mode & 0o777, found.st_mtime_ns) == (0o640, 10**18)
    assert os.getxattr(kept, "user.tag") == b"mine"


def test_truncating_open_keeps_before_it_truncates(mount: Mounted, old: Path) -> None:
    with open(old, "wb"):
        assert mount.events("old.txt") == ["dirty"]
    mount.wait_closed("old.txt")
    assert mount.kept("old.txt") == [b"precious"]
    assert old.read_bytes() == b""


def test_truncating_by_path_and_by_handle(mount: Mounted, old: Path) -> None:
    os.truncate(old, 4)
    with open(old, "r+b") as file:
        file.truncate(2)
    mount.wait_closed("old.txt", 2)
    assert mount.kept("old.txt") == [b"precious", b"prec"]


def test_a_write_through_a_mapping_is_seen(mount: Mounted, old: Path) -> None:
    import mmap

    with open(old, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:1] = b"P"
        mapped.flush()
    mount.wait_closed("old.txt")
    assert mount.kept("old.txt") == [b"precious"]


def test_removing_moves_the_file_away(mount: Mounted, old: Path) -> None:
    inode = os.stat(old).st_ino
    old.unlink()
    assert mount.events("old.txt") == ["removed"]
    assert mount.kept("old.txt") == [b"precious"]
    line = next(line for line in mount.lines() if line.kept)
    assert os.stat(mount.config.kept_directory / str(line.kept)).st_ino == inode


def test_removing_one_of_two_names_copies(mount: Mounted, old: Path) -> None:
    os.link(mount.root / "old.txt", mount.root / "other")
    old.unlink()
    (mount.root / "other").write_bytes(b"changed")
    assert mount.kept("old.txt") == [b"precious"]


def test_removing_a_file_that_is_open_to_read(mount: Mounted, old: Path) -> None:
    with open(old, "rb") as reader:
        old.unlink()
        wait_for(lambda: "removed" in mount.events("old.txt"), message="removed")
        assert reader.read() == b"precious"
    assert mount.events("old.txt") == ["keep", "removed"]
    assert mount.kept("old.txt") == [b"precious"]
    assert [name for name in os.listdir(mount.root) if name.startswith(".fuse_hidden")] == []


def test_a_name_like_those_of_libfuse_is_a_name(mount: Mounted, old: Path) -> None:
    with open(old, "rb") as reader:
        old.rename(mount.point / ".fuse_hidden_old")
        assert (mount.root / ".fuse_hidden_old").read_bytes() == reader.read() == b"precious"


def test_removing_a_file_that_is_being_written_keeps_what_it_was(mount: Mounted, old: Path) -> None:
    with open(old, "r+b", buffering=0) as writer:
        writer.write(b"PRE")
        old.unlink()
        writer.write(b"XXX")
        wait_for(lambda: "removed" in mount.events("old.txt"), message="removed")
    assert mount.kept("old.txt") == [b"precious", b"PREcious"]


def test_renaming_over_a_file_keeps_it(mount: Mounted, old: Path) -> None:
    (mount.point / "next").write_bytes(b"newer")
    mount.wait_closed("next")
    os.rename(mount.point / "next", old)
    assert mount.kept("old.txt") == [b"precious"]
    assert [(line.event, line.path, line.to) for line in mount.lines()][-2:] == [
        ("keep", "old.txt", None), ("moved", "next", "old.txt"),
    ]  # fmt: skip
    assert os.stat(old).st_nlink == 1


def test_renaming_over_an_open_file_is_one_move(mount: Mounted, old: Path) -> None:
    (mount.point / "next").write_bytes(b"newer")
    mount.wait_closed("next")
    with open(old, "rb") as reader:
        os.rename(mount.point / "next", old)
        assert reader.read() == b"precious"
    assert "removed" not in mount.events("old.txt")
    assert mount.kept("old.txt") == [b"precious"]


def test_a_rename_that_fails_keeps_no_link_to_the_living_file(mount: Mounted, old: Path) -> None:
    (mount.point / "folder").mkdir()
    with pytest.raises(NotADirectoryError):
        os.rename(mount.point / "folder", old)
    assert os.stat(old).st_nlink == 1
    assert list(mount.config.kept_directory.iterdir()) == []


def test_renaming_to_a_passing_name_keeps_the_source(mount: Mounted, old: Path) -> None:
    os.rename(old, mount.point / ".old.txt.swp")
    old.write_bytes(b"second")
    os.unlink(mount.point / ".old.txt.swp")
    mount.wait_closed("old.txt")
    assert mount.kept("old.txt") == [b"precious"]
    assert mount.events("old.txt") == ["keep", "moved", "dirty", "closed"]


def test_passing_names_are_not_recorded(mount: Mounted) -> None:
    for name in (".f.swp", "4913", "#f#", ".~lock.f.odt#"):
        (mount.point / name).write_bytes(b"x")
        (mount.point / name).write_bytes(b"y")
        (mount.point / name).unlink()
    assert mount.lines() == []


def test_structure_and_metadata_are_told(mount: Mounted, old: Path) -> None:
    (mount.point / "d").mkdir()
    os.symlink("old.txt", mount.point / "s")
    os.link(old, mount.point / "h")
    os.chmod(old, 0o600)
    os.utime(old)
    os.setxattr(old, "user.a", b"b")
    os.rename(mount.point / "d", mount.point / "e")
    (mount.point / "e").rmdir()
    told = [(line.event, line.path, line.to) for line in mount.lines()]
    assert told == [
        ("mkdir", "d", None), ("symlink", "s", None), ("link", "old.txt", "h"),
        ("metadata", "old.txt", None), ("metadata", "old.txt", None), ("metadata", "old.txt", None),
        ("moved", "d", "e"), ("rmdir", "e", None),
    ]  # fmt: skip


def test_names_that_are_not_utf8_are_told_exactly(mount: Mounted) -> None:
    name = b"caf\xe9"
    with open(os.path.join(os.fsencode(mount.point), name), "wb") as file:
        file.write(b"x")
    mount.wait_closed(os.fsdecode(name))


def test_a_large_file_is_not_copied_for_each_line_added(mount: Mounted) -> None:
    (mount.root / "log").write_bytes(b"." * (2 * 2**20))
    (mount.root / "short").write_bytes(b"short")
    for name in ("log", "short"):
        with open(mount.point / name, "ab") as file:
            file.write(b"more")
        mount.wait_closed(name)
    assert mount.kept("log") == []
    assert mount.kept("short") == [b"short"]


def test_holes_stay_holes(mount: Mounted) -> None:
    with open(mount.root / "sparse", "wb") as file:
        file.seek(2**30)
        file.write(b"end")
    with open(mount.point / "sparse", "r+b") as file:
        file.write(b"x")
    mount.wait_closed("sparse")
    (line,) = [line for line in mount.lines() if line.kept]
    found = os.stat(mount.config.kept_directory / str(line.kept))
    assert (found.st_size, found.st_blocks < 100) == (2**30 + 3, True)


def test_what_the_catalog_holds_is_not_kept_again(mount: Mounted, old: Path) -> None:
    state = os.stat(mount.root / "old.txt")
    catalog = sqlite3.connect(mount.config.catalog_file)
    catalog.execute("PRAGMA journal_mode=WAL")
    migrate(catalog)
    with catalog:
        catalog.execute(
            "INSERT INTO entries(path, kind, device, inode, size, mtime_ns, ctime_ns, mode,"
            " content, captured) VALUES (?, 'file', ?, ?, ?, ?, ?, ?, 'hash', 1)",
            (
                b"old.txt", state.st_dev, state.st_ino, state.st_size,
                state.st_mtime_ns, state.st_ctime_ns, state.st_mode,
            ),
        )  # fmt: skip
    catalog.close()
    wait_for(lambda: is_quiet(os.stat(mount.root / "old.txt")), message="the clock to tick")
    old.write_bytes(b"second")
    mount.wait_closed("old.txt")
    assert mount.kept("old.txt") == []
    old.unlink()
    assert mount.kept("old.txt") == [b"second"]


def test_the_state_directory_cannot_be_reached(mount: Mounted, old: Path) -> None:
    assert ".lsfs" not in os.listdir(mount.point)
    assert sorted(os.listdir(mount.point / ".lsfs")) == [
        "at",
        "groups",
        "history",
        "search",
        "similar",
        "status.json",
        "text",
    ]
    for refused in ("spool", "kept", "catalog.db", "spool/x"):
        assert not (mount.point / ".lsfs" / refused).exists()
    with pytest.raises(OSError, match="Read-only"):
        (mount.point / ".lsfs" / "new").write_bytes(b"x")
    with pytest.raises(OSError, match="Read-only"):
        os.rename(old, mount.point / ".lsfs" / "old.txt")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB for the state; only root can make one."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tmpfs")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_of_the_state_stops_no_program(tmp_path: Path, small_disk: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/old").write_bytes(b"." * 2**20)
    with mounted(tmp_path, MountOptions(), state=small_disk / "state") as mount:
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        (mount.point / "old").write_bytes(b"new")
        for number in range(50):
            (mount.point / f"new-{number}-{'n' * 200}").write_bytes(b"x")
        assert (mount.root / "old").read_bytes() == b"new"
        (log,) = mount.config.log_directory.glob("mount-*.log")
        ballast.unlink()
        told = [line.path for line in mount.lines() if line.event == "closed"]
        assert len([path for path in told if path.startswith("new-")]) == 50
        assert mount.events("old") == ["dirty", "closed"]
        assert "could not be kept" in log.read_text() or log.stat().st_size == 0


def test_files_are_removed_while_others_that_are_open_are(mount: Mounted) -> None:
    """What lives on by descriptor comes and goes in other threads of the mount meanwhile."""
    failed: list[OSError] = []

    def remove_open(thread: int) -> None:
        for _ in range(150):
            with contextlib.ExitStack() as stack:
                for number in range(6):
                    file = mount.point / f"open{thread}-{number}"
                    stack.enter_context(file.open("w")).write("x")
                    file.unlink()

    def remove_closed(thread: int) -> None:
        for _ in range(1000):
            file = mount.point / f"closed{thread}"
            file.write_bytes(b"x")
            try:
                file.unlink()
            except OSError as error:
                failed.append(error)

    acts = [
        threading.Thread(target=act, args=(n,))
        for n in (1, 2)
        for act in (remove_open, remove_closed)
    ]
    for act in acts:
        act.start()
    for act in acts:
        act.join()
    assert failed == []
    assert os.listdir(mount.root) == [".lsfs"]
