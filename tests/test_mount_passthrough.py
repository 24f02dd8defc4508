"""FUSE_PASSTHROUGH: the kernel reads and writes the real files, and nothing is lost by it.

It takes Linux 6.9, libfuse 3.17 and CAP_SYS_ADMIN; elsewhere these tests are skipped.
"""

from __future__ import annotations

import mmap
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from mounting import Mounted, mounted, passes_through

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

OPTIONS = MountOptions(library="fuse3", allow_other=True)
LARGE = b"0123456789abcdef" * (2**20 // 16)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mounted]:
    if not passes_through(OPTIONS):
        pytest.skip("this system passes no files through")
    with mounted(tmp_path, OPTIONS) as made:
        yield made


def bytes_moved(mount: Mounted) -> int:
    """What the mount's process has read and written so far."""
    fields = Path(f"/proc/{mount.pid}/io").read_text("ascii").split()
    return int(fields[1]) + int(fields[3])


def test_the_mount_moves_no_bytes(mount: Mounted) -> None:
    before = bytes_moved(mount)
    (mount.point / "f").write_bytes(LARGE)
    assert (mount.point / "f").read_bytes() == LARGE
    assert bytes_moved(mount) - before < len(LARGE) / 2
    assert (mount.root / "f").read_bytes() == LARGE


def test_it_can_be_refused(tmp_path: Path) -> None:
    with mounted(tmp_path, MountOptions(library="fuse3", passthrough=False)) as mount:
        before = bytes_moved(mount)
        (mount.point / "f").write_bytes(LARGE)
        assert bytes_moved(mount) - before >= len(LARGE)


def test_small_and_large_files_are_kept_before_they_change(mount: Mounted) -> None:
    for name, old in (("small", b"precious"), ("large", LARGE)):
        (mount.root / name).write_bytes(old)
        with open(mount.point / name, "r+b", buffering=0) as file:
            file.write(b"XX")
        mount.wait_closed(name)
        assert mount.kept(name) == [old]
        assert (mount.root / name).read_bytes() == b"XX" + old[2:]


def test_a_mapped_write_is_kept_and_told(mount: Mounted) -> None:
    (mount.root / "f").write_bytes(b"precious")
    with open(mount.point / "f", "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:1] = b"P"
        mapped.flush()
    mount.wait_closed("f")
    assert mount.kept("f") == [b"precious"]
    assert (mount.root / "f").read_bytes() == b"Precious"


def test_handles_of_one_file_agree_whichever_came_first(mount: Mounted) -> None:
    """The kernel refuses an open (EIO) that goes another way than those before it."""
    (mount.root / "f").write_bytes(LARGE)
    with (
        open(mount.point / "f", "rb", buffering=0) as passed,
        open(mount.point / "f", "r+b", buffering=0) as writer,
    ):
        writer.write(b"new")
        assert os.pread(passed.fileno(), 3, 0) == b"new"
    mount.wait_closed("f")
    (mount.root / "g").write_bytes(LARGE)
    with open(mount.point / "g", "r+b", buffering=0) as cached:
        with open(mount.point / "g", "rb", buffering=0) as reader:
            cached.write(b"new")
            assert reader.read(3) == b"new"
        cached.write(b"er")
        with open(mount.point / "g", "rb") as again:
            assert again.read(5) == b"newer"


def test_a_change_behind_shows_on_an_open_handle_at_once(mount: Mounted) -> None:
    (mount.root / "f").write_bytes(LARGE)
    with open(mount.point / "f", "rb", buffering=0) as reader:
        assert reader.read(4) == b"0123"
        with open(mount.root / "f", "r+b") as behind:
            behind.write(b"BEHIND")
        assert os.pread(reader.fileno(), 6, 0) == b"BEHIND"


def test_hard_links_share_one_backing_file(mount: Mounted) -> None:
    (mount.root / "a").write_bytes(LARGE)
    os.link(mount.root / "a", mount.root / "b")
    with open(mount.point / "a", "rb") as one, open(mount.point / "b", "rb") as other:
        assert one.read() == other.read() == LARGE


def test_others_writes_clear_the_set_user_id_bit(mount: Mounted, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o001)
    for number, user in enumerate((65534, 0)):
        file = mount.root / f"program{number}"
        file.write_bytes(LARGE)
        file.chmod(0o4777)
        target = mount.point / file.name
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={target}", "bs=1", "count=1", "conv=notrunc"],
            user=user, group=user, extra_groups=[], check=True, capture_output=True,
        )  # fmt: skip
        mount.wait_closed(file.name)
        cleared = not file.stat().st_mode & stat.S_ISUID
        assert cleared is (user != 0)


def test_unlinked_and_renamed_while_passed_through(mount: Mounted) -> None:
    with open(mount.point / "f", "w+b", buffering=0) as file:
        file.write(b"one")
        os.rename(mount.point / "f", mount.point / "g")
        file.write(b" two")
        os.unlink(mount.point / "g")
        file.write(b" three")
        assert os.pread(file.fileno(), 100, 0) == b"one two three"
        assert os.fstat(file.fileno()).st_size == 13
    assert os.listdir(mount.point) == []
