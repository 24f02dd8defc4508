"""The mount answers as a plain directory does: each probe runs on both, side by side."""

from __future__ import annotations

import fcntl
import mmap
import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from mounting import Mounted, mounted_with, passes_through
from probing import BOTH_LIBRARIES, Probe, Table, each, facts

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

table = Table()
probe = table.probe


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(tmp_path_factory, MountOptions(library=request.param)) as made:
        yield made


@probe
def create_and_read(folder: Path) -> object:
    (folder / "f").write_bytes(b"one\ntwo\n")
    return (folder / "f").read_bytes(), facts(folder / "f")


@probe
def modes_and_umask(folder: Path) -> object:
    before = os.umask(0o027)
    try:
        os.close(os.open(folder / "f", os.O_CREAT | os.O_WRONLY, 0o666))
        os.mkdir(folder / "d", 0o777)
    finally:
        os.umask(before)
    os.chmod(folder / "d", 0o1755)
    return facts(folder / "f"), facts(folder / "d")


@probe
def exclusive_create_of_existing(folder: Path) -> object:
    (folder / "f").touch()
    return os.open(folder / "f", os.O_CREAT | os.O_EXCL)


@probe
def append(folder: Path) -> object:
    for text in (b"a", b"b"):
        with open(folder / "f", "ab") as file:
            file.write(text)
    return (folder / "f").read_bytes()


@probe
def truncate_both_ways(folder: Path) -> object:
    (folder / "f").write_bytes(b"0123456789")
    os.truncate(folder / "f", 4)
    with open(folder / "f", "r+b") as file:
        file.truncate(6)
        return file.read(), os.fstat(file.fileno()).st_size


@probe
def open_with_truncation(folder: Path) -> object:
    (folder / "f").write_bytes(b"0123456789")
    os.close(os.open(folder / "f", os.O_WRONLY | os.O_TRUNC))
    return facts(folder / "f")


@probe
def sparse_file_beyond_four_gib(folder: Path) -> object:
    with open(folder / "f", "wb") as file:
        file.seek(5 * 2**30)
        file.write(b"end")
    found = os.stat(folder / "f")
    with open(folder / "f", "rb") as file:
        file.seek(-4, os.SEEK_END)
        return found.st_size, found.st_blocks < 100, file.read()


@probe
def times_in_nanoseconds(folder: Path) -> object:
    (folder / "f").touch()
    os.utime(folder / "f", ns=(1_111_111_111, 2_222_222_222_333_333_333))
    found = os.stat(folder / "f")
    return found.st_atime_ns, found.st_mtime_ns


@probe
def times_of_a_symlink(folder: Path) -> object:
    os.symlink("nowhere", folder / "l")
    os.utime(folder / "l", ns=(5, 7), follow_symlinks=False)
    return os.lstat(folder / "l").st_mtime_ns, os.readlink(folder / "l")


@probe
def time_by_touch_is_now(folder: Path) -> object:
    (folder / "f").touch()
    os.utime(folder / "f", ns=(5, 5))
    os.utime(folder / "f")
    return os.stat(folder / "f").st_mtime > 1e9


@probe
def hard_links(folder: Path) -> object:
    (folder / "a").write_bytes(b"x")
    os.link(folder / "a", folder / "b")
    same = os.stat(folder / "a").st_ino == os.stat(folder / "b").st_ino
    os.unlink(folder / "a")
    return same, (folder / "b").read_bytes()


@probe
def special_files(folder: Path) -> object:
    os.mkfifo(folder / "fifo", 0o640)
    return stat.filemode(os.lstat(folder / "fifo").st_mode)


@probe
def rename_over(folder: Path) -> object:
    (folder / "a").write_bytes(b"new")
    (folder / "b").write_bytes(b"old")
    os.rename(folder / "a", folder / "b")
    return (folder / "b").read_bytes(), sorted(os.listdir(folder))


@probe
def rename_over_an_open_file(folder: Path) -> object:
    (folder / "a").write_bytes(b"new")
    (folder / "b").write_bytes(b"old")
    with open(folder / "b", "rb") as reader:
        os.rename(folder / "a", folder / "b")
        return reader.read(), (folder / "b").read_bytes(), os.fstat(reader.fileno()).st_nlink


@probe
def rename_of_a_hard_link_onto_its_twin(folder: Path) -> object:
    (folder / "a").write_bytes(b"x")
    os.link(folder / "a", folder / "b")
    os.rename(folder / "a", folder / "b")
    return sorted(os.listdir(folder))


@probe
def rename_a_folder_over_a_full_one(folder: Path) -> object:
    os.makedirs(folder / "a")
    os.makedirs(folder / "b/c")
    os.rename(folder / "a", folder / "b")
    return "done"


@probe
def rename_a_file_over_a_folder(folder: Path) -> object:
    (folder / "a").write_bytes(b"x")
    os.mkdir(folder / "b")
    os.rename(folder / "a", folder / "b")
    return "done"


@probe
def unlink_while_open(folder: Path) -> object:
    with open(folder / "f", "w+b") as file:
        file.write(b"before")
        file.flush()
        os.unlink(folder / "f")
        file.write(b" after")
        file.flush()
        os.fchmod(file.fileno(), 0o600)
        file.seek(0)
        found = os.fstat(file.fileno())
        return file.read(), found.st_nlink, found.st_size, os.listdir(folder)


@probe
def unlink_one_of_two_names_while_open(folder: Path) -> object:
    with open(folder / "f", "w+b") as file:
        os.link(folder / "f", folder / "g")
        os.unlink(folder / "f")
        return os.fstat(file.fileno()).st_nlink, os.listdir(folder)


@probe
def remove_a_folder_whose_file_is_open(folder: Path) -> object:
    os.mkdir(folder / "d")
    with open(folder / "d/f", "w+b") as file:
        file.write(b"here")
        file.flush()
        os.unlink(folder / "d/f")
        os.rmdir(folder / "d")
        file.write(b" still")
        file.flush()
        return os.listdir(folder), os.pread(file.fileno(), 100, 0)


@probe
def rename_over_a_removed_name(folder: Path) -> object:
    with open(folder / "f", "w+b") as file:
        file.write(b"x")
        os.unlink(folder / "f")
        (folder / "f").write_bytes(b"another")
    return (folder / "f").read_bytes(), sorted(os.listdir(folder))


@probe
def names_of_any_bytes(folder: Path) -> object:
    names = [b"\xff\xfe", "日本".encode(), b"new\nline", b" ", b"a" * 255, b"%41"]
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(name)
    return sorted(os.listdir(os.fsencode(folder)))


@probe
def name_too_long(folder: Path) -> object:
    (folder / ("a" * 256)).touch()
    return "done"


@probe
def path_longer_than_path_max(folder: Path) -> object:
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(25):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        Path("f").write_bytes(b"deep")
        os.rename("f", "g")
        return Path("g").read_bytes(), os.listdir("."), len(os.listdir(".."))
    finally:
        os.fchdir(here)
        os.close(here)


@probe
def extended_attributes(folder: Path) -> object:
    (folder / "f").touch()
    os.setxattr(folder / "f", "user.colour", b"blue\0green")
    os.setxattr(folder / "f", "user.gone", b"x")
    os.removexattr(folder / "f", "user.gone")
    return os.listxattr(folder / "f"), os.getxattr(folder / "f", "user.colour")


@probe
def missing_extended_attribute(folder: Path) -> object:
    (folder / "f").touch()
    return os.getxattr(folder / "f", "user.none")


@probe
def allocate(folder: Path) -> object:
    with open(folder / "f", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 8192)
        return os.fstat(file.fileno()).st_size


@probe
def shared_mapping(folder: Path) -> object:
    (folder / "f").write_bytes(b"." * 8192)
    with open(folder / "f", "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[4096:4100] = b"here"
        mapped.flush()
    return (folder / "f").read_bytes()[4094:4102]


@probe
def locks(folder: Path) -> object:
    (folder / "f").touch()
    with open(folder / "f", "w") as one, open(folder / "f", "w") as two:
        fcntl.flock(one, fcntl.LOCK_EX)
        fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return "both"


@probe
def durable(folder: Path) -> object:
    with open(folder / "f", "wb") as file:
        file.write(b"x")
        os.fsync(file.fileno())
        os.fdatasync(file.fileno())
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
    return facts(folder / "f")


@probe
def large_folder(folder: Path) -> object:
    for number in range(3000):
        os.close(os.open(folder / f"file-{number:05d}", os.O_CREAT | os.O_WRONLY))
    with os.scandir(folder) as found:
        return sorted((entry.name, entry.is_file(follow_symlinks=False)) for entry in found)


@probe
def remove_a_full_folder(folder: Path) -> object:
    os.makedirs(folder / "a/b")
    os.rmdir(folder / "a")
    return "done"


@probe
def open_a_folder_to_write(folder: Path) -> object:
    return os.open(folder, os.O_WRONLY)


@probe
def unlink_a_folder(folder: Path) -> object:
    os.mkdir(folder / "d")
    os.unlink(folder / "d")
    return "done"


@probe
def symlinks_relative_and_broken(folder: Path) -> object:
    (folder / "f").write_bytes(b"x")
    os.symlink("f", folder / "good")
    os.symlink("none", folder / "bad")
    return (folder / "good").read_bytes(), os.path.exists(folder / "bad"), facts(folder / "bad")


@probe
def editors_backup(folder: Path) -> object:
    (folder / "f").write_bytes(b"one")
    os.rename(folder / "f", folder / "f~")
    (folder / "f").write_bytes(b"two")
    os.unlink(folder / "f~")
    return sorted(os.listdir(folder)), (folder / "f").read_bytes()


@each(table)
def test_a_probe_answers_as_on_a_plain_directory(
    mount: Mounted, act: Probe, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table.compare(act, mount, tmp_path, request)


def test_inodes_and_times_are_the_real_ones(mount: Mounted) -> None:
    (mount.point / "same").write_bytes(b"x")
    seen, real = os.stat(mount.point / "same"), os.stat(mount.root / "same")
    assert (seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns) == (
        real.st_ino, real.st_mtime_ns, real.st_ctime_ns,
    )  # fmt: skip


def test_space_is_that_of_the_real_disk(mount: Mounted) -> None:
    seen, real = os.statvfs(mount.point), os.statvfs(mount.root)
    assert (seen.f_blocks, seen.f_bsize) == (real.f_blocks, real.f_bsize)


def test_bytes_are_on_the_real_file_when_write_returns(mount: Mounted) -> None:
    with open(mount.point / "at-once", "wb", buffering=0) as file:
        file.write(b"there")
        assert (mount.root / "at-once").read_bytes() == b"there"


def test_a_change_behind_the_mount_shows(mount: Mounted) -> None:
    (mount.root / "behind").write_bytes(b"one")
    assert (mount.point / "behind").read_bytes() == b"one"
    (mount.root / "behind").write_bytes(b"two, longer")
    assert (mount.point / "behind").read_bytes() == b"two, longer"


def test_direct_io_needs_no_aligned_buffers(mount: Mounted) -> None:
    if passes_through(mount.options):
        pytest.skip("the real filesystem has its way")
    (mount.point / "direct").write_bytes(b"0123456789" * 100)
    fd = os.open(mount.point / "direct", os.O_RDWR | os.O_DIRECT)
    try:
        assert os.pwrite(fd, b"odd", 7) == 3
        assert os.pread(fd, 5, 6) == b"6odd0"
    finally:
        os.close(fd)


@pytest.mark.parametrize("seed", range(3))
def test_random_writes_through_several_handles(mount: Mounted, tmp_path: Path, seed: int) -> None:
    """In the manner of fsx: the same random acts on the mount and on a plain file, compared."""
    rng = random.Random(seed)
    files = [mount.point / f"fsx-{seed}", tmp_path / "fsx"]
    for file in files:
        file.touch()
    handles = [[os.open(file, os.O_RDWR) for _ in range(3)] for file in files]
    try:
        for step in range(300):
            act, which = rng.choice("wwwrrtm"), rng.randrange(3)
            offset, size, fill = rng.randrange(300_000), rng.randrange(1, 70_000), rng.randbytes(64)
            seen = [_step(act, pair[which], offset, size, fill) for pair in handles]
            assert seen[0] == seen[1], f"seed {seed} step {step}: {act} at {offset} of {size}"
    finally:
        for fd in [fd for pair in handles for fd in pair]:
            os.close(fd)
    assert (
        files[0].read_bytes() == files[1].read_bytes() == (mount.root / files[0].name).read_bytes()
    )


def _step(act: str, fd: int, offset: int, size: int, fill: bytes) -> object:
    if act == "w":
        return os.pwrite(fd, (fill * (size // 64 + 1))[:size], offset)
    if act == "t":
        os.ftruncate(fd, offset)
    end = os.fstat(fd).st_size
    if act == "m" and end > 0:
        with mmap.mmap(fd, end) as mapped:
            at = offset % end
            mapped[at : at + 16] = fill[:16][: end - at]
            mapped.flush()
    return end, os.pread(fd, size, offset)
