"""What programs did through a real mount, taken back: by an undo, by a restore; and seen in at/."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from core import snapshot
from whole import Whole, whole

from lsfs.errors import PolicyError

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(180)]
PHOTO = b"\x89PNG\r\n" + bytes(range(256)) * 20


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as made:
        (made.root / "d").mkdir()
        (made.root / "a.md").write_text("AAA\n")
        (made.root / "b.md").write_text("BBB\n")
        (made.root / "d" / "x.png").write_bytes(PHOTO)
        (made.root / "y.png").write_bytes(PHOTO[::-1])
        made.call("index", paths=[], wait=False)
        yield made


def moment(home: Whole) -> datetime:
    """Now, when all is taken in."""
    home.settle()
    time.sleep(0.05)
    now = datetime.now(timezone.utc)
    time.sleep(0.05)
    return now


def run(home: Whole, **operation: Any) -> dict[str, Any]:
    outcome: dict[str, Any] = home.call("run", operations=[operation], yes=True)["outcome"]
    return outcome


def restore(home: Whole, to: datetime, path: str = "") -> dict[str, Any]:
    return run(home, op="restore", path=path, to=to.isoformat())


def at(home: Whole, moment: datetime) -> Path:
    return home.point / ".lsfs" / "at" / moment.isoformat()


def settled(home: Whole) -> dict[str, Any]:
    """Everything that is there, with the owners."""
    home.settle()
    found: dict[str, Any] = snapshot(home.root)
    states = {path: (home.root / path).lstat() for path in found}
    return {path: (*found[path], state.st_uid, state.st_gid) for path, state in states.items()}


def test_a_file_moved_to_the_name_of_a_removed_one(home: Whole) -> None:
    then, before = moment(home), settled(home)
    (home.point / "a.md").unlink()
    (home.point / "b.md").rename(home.point / "a.md")
    after = settled(home)
    assert restore(home, then)["status"] == "done"
    assert settled(home) == before
    run(home, op="undo")
    assert settled(home) == after


def test_the_mounts_own_folder_is_no_entry(home: Whole, tmp_path: Path) -> None:
    """`cp -a FOLDER/. MNT` and `chmod -R` change the metadata of the root itself."""
    source = tmp_path / "source"
    shutil.copytree(home.root / "d", source / "deep")
    before = settled(home)
    subprocess.run(["cp", "-a", f"{source}/.", home.point], check=True)
    copied, then = settled(home), moment(home)
    assert sorted(os.listdir(at(home, then))) == ["a.md", "b.md", "d", "deep", "y.png"]
    subprocess.run(["chmod", "-R", "go-rwx", home.point], check=True)
    shutil.rmtree(home.point / "deep")
    home.settle()
    restore(home, then)
    assert settled(home) == copied
    for _ in range(4):  # the restore, the removal, the modes, the copy
        run(home, op="undo")
        home.settle()
    assert settled(home) == before


@pytest.mark.parametrize("act", ["chmod", "setfattr", "touch", "chown"])
def test_metadata_of_what_has_no_version_yet(home: Whole, act: str) -> None:
    photo = home.root / "y.png"
    os.setxattr(photo, "user.first", b"1")
    os.utime(photo, ns=(10**18, 10**18 + 7))
    then, before = moment(home), settled(home)
    through = home.point / "y.png"
    match act:
        case "chmod":
            through.chmod(0o600)
        case "setfattr":
            os.setxattr(through, "user.first", b"2")
            os.setxattr(through, "user.second", b"2")
        case "touch":
            os.utime(through)
        case "chown":
            os.chown(through, 12, 34)
    after = settled(home)
    assert after != before
    shown = at(home, then) / "y.png"
    state, was = shown.stat(), before["y.png"]
    assert shown.read_bytes() == PHOTO[::-1]
    assert os.getxattr(shown, "user.first") == b"1"
    assert (state.st_mode, state.st_uid, state.st_mtime_ns) == (was[0], 0, 10**18 + 7)
    if act != "touch":  # a time alone is no row of the log
        run(home, op="undo")
        assert settled(home) == before
        run(home, op="redo")
        assert settled(home) == after
    assert restore(home, then)["status"] == "done"
    assert settled(home) == before


def test_a_renamed_folder_and_what_is_in_it(home: Whole) -> None:
    then, before = moment(home), settled(home)
    (home.point / "d").rename(home.point / "e")
    home.settle()
    assert (at(home, then) / "d" / "x.png").read_bytes() == PHOTO
    assert restore(home, then)["status"] == "done"
    assert settled(home) == before


def test_a_hard_link_moved_over_another_file(home: Whole) -> None:
    os.link(home.point / "a.md", home.point / "link.md")
    home.settle()
    time.sleep(2.1)  # what a program does later is another row of the log
    then, before = moment(home), settled(home)
    (home.point / "link.md").rename(home.point / "b.md")
    home.settle()
    run(home, op="undo")
    assert settled(home) == before
    run(home, op="redo")
    home.settle()
    restore(home, then)
    assert settled(home) == before


def test_a_hard_link_written_by_its_other_name(home: Whole) -> None:
    """Neither name had a version before."""
    os.link(home.root / "y.png", home.root / "z.png")
    home.call("index", paths=[], wait=False)
    then, before = moment(home), settled(home)
    with (home.point / "y.png").open("ab") as stream:
        stream.write(b"more")
    (home.point / "z.png").rename(home.point / "Z.png")
    home.settle()
    assert restore(home, then)["status"] == "done"
    assert settled(home) == before


def test_a_large_file_changed_right_after_a_rollback(home: Whole) -> None:
    (home.point / "large.bin").write_bytes(os.urandom(40 << 20))
    then, before = moment(home), settled(home)
    os.truncate(home.point / "large.bin", 0)
    home.settle()
    run(home, op="rollback", path="large.bin", to=then.isoformat())
    os.truncate(home.point / "large.bin", 5)
    home.settle()
    assert home.history("large.bin")[0]["actor"].startswith("mount:")
    run(home, op="undo")
    assert settled(home) == before


def test_before_lsfs_looked_after_it_nothing_is_told(home: Whole) -> None:
    for name in ("", "a.md", "d"):
        with pytest.raises(FileNotFoundError):
            os.listdir(home.point / ".lsfs" / "at" / "2020-01-01" / name)


def test_read_only_files_stop_nothing_unless_they_are_locked(home: Whole) -> None:
    """As git's objects are."""
    then, before = moment(home), settled(home)
    (home.point / "g").mkdir()
    (home.point / "g" / "object").write_text("x")
    (home.point / "g" / "object").chmod(0o444)
    (home.point / "a.md").chmod(0o000)
    (home.point / "b.md").write_text("other")
    home.settle()
    assert restore(home, then)["status"] == "done"
    assert settled(home) == before
    run(home, op="lock", target={"paths": ["b.md"]})
    with pytest.raises(PolicyError, match=r"b\.md is read-only"):
        run(home, op="remove", target={"paths": ["b.md"]})
    run(home, op="undo")
    run(home, op="redo")
    with pytest.raises(PolicyError, match=r"b\.md is read-only"):
        run(home, op="rollback", path="b.md", versions=1)
    run(home, op="unlock", target={"paths": ["b.md"]})
    run(home, op="rollback", path="b.md", versions=1)
    assert (home.root / "b.md").read_text() == "other"
