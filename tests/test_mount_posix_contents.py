"""Bytes, lengths, holes, mappings and times: the mount beside a plain directory."""

from __future__ import annotations

import array
import errno
import fcntl
import functools
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import in_child
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES, Probe, Table, each, error_of, facts, facts_of
from syscalls import (
    FS_IOC_GETFLAGS,
    KEEP_SIZE,
    PUNCH_HOLE,
    UTIME_NOW,
    UTIME_OMIT,
    ZERO_RANGE,
    fallocate,
    link_descriptor,
    set_times,
    set_times_of,
)

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

table = Table()
probe, differs = table.probe, table.differs
PAGE = mmap.PAGESIZE
FAR = 5 * 2**30


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(tmp_path_factory, MountOptions(library=request.param)) as made:
        yield made


@each(table)
def test_a_probe_answers_as_on_a_plain_directory(
    mount: Mounted, act: Probe, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table.compare(act, mount, tmp_path, request)


def opened(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """A descriptor; a probe's process does not live long enough to mind what it leaves open."""
    return os.open(path, flags, 0o644)


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Close what the probe of a test has opened."""
    before = set(os.listdir("/proc/self/fd"))
    yield
    for name in set(os.listdir("/proc/self/fd")) - before:
        with pytest.MonkeyPatch.context():
            try:
                os.close(int(name))
            except OSError as error:
                assert error.errno == errno.EBADF  # the listing's own


def sparse(folder: Path) -> int:
    """1 MiB with data in the third 64 KiB only."""
    fd = opened(folder / "f")
    os.ftruncate(fd, 2**20)
    os.pwrite(fd, b"x" * 65536, 2 * 65536)
    return fd


@differs("libfuse2 has no lseek: to the kernel the whole file is data", ("fuse2",))
def data_and_holes_found(folder: Path) -> object:
    fd = sparse(folder)
    return [
        error_of(functools.partial(os.lseek, fd, at, whence))
        for whence in (os.SEEK_DATA, os.SEEK_HOLE)
        for at in (0, 65535, 131072, 196608, 2**20 - 1, 2**20)
    ]


@probe
def seeking_data_beyond_the_end(folder: Path) -> object:
    return os.lseek(sparse(folder), 2**20 + 1, os.SEEK_DATA)


@probe
def a_hole_at_the_end_of_a_full_file(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"x" * 10_000)
    return os.lseek(fd, 10, os.SEEK_HOLE), os.lseek(fd, 10, os.SEEK_DATA)


@probe
def sparse_files_take_no_space(folder: Path) -> object:
    os.fsync(sparse(folder))
    return os.stat(folder / "f").st_blocks <= 256


@probe
def copy_between_files(folder: Path) -> object:
    source, target = sparse(folder), opened(folder / "g")
    copied = os.copy_file_range(source, target, 2**20, 100_000, 50)
    return copied, os.pread(target, 2**21, 0)


@probe
def copy_moves_both_positions(folder: Path) -> object:
    source, target = sparse(folder), opened(folder / "g")
    copied = os.copy_file_range(source, target, 300_000)
    return copied, *(os.lseek(fd, 0, os.SEEK_CUR) for fd in (source, target))


@probe
def copy_within_a_file(folder: Path) -> object:
    fd = sparse(folder)
    apart = os.copy_file_range(fd, fd, 65536, 131072, 524288)
    overlapping = error_of(lambda: os.copy_file_range(fd, fd, 65536, 131072, 131073))
    return apart, overlapping, os.pread(fd, 2**20, 0)


@probe
def copy_to_a_file_that_appends(folder: Path) -> object:
    source = sparse(folder)
    target = opened(folder / "g", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    return os.copy_file_range(source, target, 10)


@probe
def far_beyond_four_gib(folder: Path) -> object:
    fd, other = opened(folder / "f"), opened(folder / "g")
    os.pwrite(fd, b"far away", FAR)
    copied = os.copy_file_range(fd, other, 8, FAR, FAR + 1)
    fallocate(other, KEEP_SIZE | PUNCH_HOLE, FAR + 3, 2)
    os.ftruncate(fd, FAR + 3)
    with mmap.mmap(other, 9, offset=FAR) as mapped:
        through = mapped[:]
    return copied, os.pread(fd, 9, FAR), os.pread(other, 20, FAR), through, facts(folder / "f")


@probe
def pwrite_appends_whatever_the_offset(folder: Path) -> object:
    fd = opened(folder / "f", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    os.write(fd, b"0123456789")
    os.pwrite(fd, b"end", 2)
    return os.pread(fd, 100, 0), os.lseek(fd, 0, os.SEEK_CUR)


@probe
def append_set_afterwards(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"0123456789")
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
    os.lseek(fd, 0, os.SEEK_SET)
    os.write(fd, b"end")
    fcntl.fcntl(fd, fcntl.F_SETFL, 0)
    os.pwrite(fd, b"X", 0)
    return os.pread(fd, 100, 0)


@probe
def mapping_of_a_file_that_appends(folder: Path) -> object:
    fd = opened(folder / "f", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    os.write(fd, b"." * 2 * PAGE)
    with mmap.mmap(fd, 0) as mapped:
        mapped[10:14] = b"here"
        mapped.flush()
    return facts(folder / "f"), (folder / "f").read_bytes()


@probe
def mapping_of_a_file_to_which_another_handle_appends(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"." * 2 * PAGE)
    log = opened(folder / "f", os.O_WRONLY | os.O_APPEND)
    with mmap.mmap(fd, 0) as mapped:
        mapped[10:14] = b"here"
        mapped.flush()
    os.write(log, b"line\n")
    return facts(folder / "f"), (folder / "f").read_bytes()


@probe
def append_taken_off_afterwards(folder: Path) -> object:
    fd = opened(folder / "f", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    os.write(fd, b"0123456789")
    fcntl.fcntl(fd, fcntl.F_SETFL, 0)
    os.pwrite(fd, b"X", 0)
    return os.pread(fd, 100, 0)


@probe
def direct_io_on_whole_pages(folder: Path) -> object:
    fd = opened(folder / "f", os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    with mmap.mmap(-1, 4 * PAGE) as buffer:
        buffer[:] = b"d" * 4 * PAGE
        written = os.pwritev(fd, [buffer], PAGE)
        buffer[:] = b"?" * 4 * PAGE
        read = os.preadv(fd, [buffer], 2 * PAGE)
        return written, read, buffer[:read], facts(folder / "f")


@probe
def direct_and_buffered_io_agree(folder: Path) -> object:
    fd, direct = opened(folder / "f"), opened(folder / "f", os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    os.write(fd, b"b" * 4 * PAGE)
    before = os.pread(fd, 10, PAGE)
    with mmap.mmap(-1, PAGE) as buffer:
        buffer[:] = b"d" * PAGE
        os.pwritev(direct, [buffer], PAGE)
        os.preadv(direct, [buffer], 0)
        return before, os.pread(fd, 10, PAGE), buffer[:10]


@probe
def truncating_a_handle_that_only_reads(folder: Path) -> object:
    (folder / "f").write_bytes(b"x")
    os.ftruncate(opened(folder / "f", os.O_RDONLY), 0)
    return "done"


@probe
def the_wrong_way_through_a_handle(folder: Path) -> object:
    (folder / "f").write_bytes(b"x")
    reader, writer = (opened(folder / "f", how) for how in (os.O_RDONLY, os.O_WRONLY))
    return (
        error_of(lambda: os.write(reader, b"x")),
        error_of(lambda: os.read(writer, 1)),
        error_of(lambda: fallocate(reader, 0, 0, 10)),
        error_of(lambda: mmap.mmap(writer, 1)),
        error_of(lambda: mmap.mmap(reader, 1)),
    )


@probe
def lengths_that_cannot_be(folder: Path) -> object:
    fd = opened(folder / "f")
    return (
        error_of(lambda: os.ftruncate(fd, -1)),
        error_of(lambda: os.truncate(folder / "f", 2**63 - 1)),
        error_of(lambda: os.pwrite(fd, b"x", 2**63 - 1)),
        error_of(lambda: fallocate(fd, 0, 0, 0)),
        error_of(lambda: os.truncate(folder, 0)),
    )


@probe
def allocation_in_every_way(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"x" * 4 * PAGE)
    fallocate(fd, KEEP_SIZE, 4 * PAGE, PAGE)
    kept = os.fstat(fd).st_size
    fallocate(fd, KEEP_SIZE | PUNCH_HOLE, PAGE, PAGE)
    fallocate(fd, ZERO_RANGE, 2 * PAGE + 1, 10)
    fallocate(fd, 0, 4 * PAGE, 5)
    alone = error_of(lambda: fallocate(fd, PUNCH_HOLE, 0, 1))
    return kept, os.fstat(fd).st_size, os.pread(fd, 5 * PAGE, 0), alone


@probe
def a_private_mapping_is_not_written_back(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"." * PAGE)
    with mmap.mmap(fd, 0, mmap.MAP_PRIVATE) as mapped:
        mapped[:4] = b"mine"
        mapped.flush()
        os.pwrite(fd, b"theirs", 100)
        return mapped[:4], os.pread(fd, 4, 0), (folder / "f").read_bytes()[:4]


@probe
def a_mapping_shared_by_two_processes(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"." * PAGE)

    def other() -> object:
        with open("f", "r+b") as file, mmap.mmap(file.fileno(), 0) as theirs:
            seen = theirs[:4]
            theirs[4:8] = b"back"
            return seen

    with mmap.mmap(fd, 0) as mapped:
        mapped[:4] = b"here"
        return in_child(other, folder), mapped[:8], os.pread(fd, 8, 0)


@probe
def mappings_and_calls_see_one_another(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"." * PAGE)
    with mmap.mmap(fd, 0) as mapped:
        os.pwrite(fd, b"called", 10)
        seen = mapped[10:16]
        mapped[20:26] = b"mapped"
        return seen, os.pread(fd, 6, 20), (folder / "f").read_bytes()[20:26]


@probe
def a_mapping_outlives_its_handle_and_name(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"." * PAGE)
    with mmap.mmap(fd, 0) as mapped:
        os.close(fd)
        os.unlink(folder / "f")
        mapped[:4] = b"here"
        mapped.flush()
        return mapped[:5], os.listdir(folder)


@probe
def a_removed_file_can_be_worked_with(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"bytes")
    os.unlink(folder / "f")
    os.ftruncate(fd, 3)
    fallocate(fd, 0, 0, 8)
    set_times_of(fd, 11, 13)
    os.fchmod(fd, 0o640)
    found = os.fstat(fd)
    return os.pread(fd, 9, 0), facts_of(found), found.st_mtime_ns, os.lseek(fd, 0, os.SEEK_END)


@probe
def a_removed_file_takes_extended_attributes(folder: Path) -> object:
    fd = opened(folder / "f")
    os.setxattr(fd, "user.one", b"1")
    os.unlink(folder / "f")
    os.setxattr(fd, "user.two", b"2")
    return sorted(os.listxattr(fd)), os.getxattr(fd, "user.one")


@differs("libfuse has no path for it: ESTALE with 3, ENOENT with 2")
def a_removed_file_in_a_removed_folder(folder: Path) -> object:
    os.mkdir(folder / "d")
    fd = opened(folder / "d/f")
    os.write(fd, b"bytes")
    os.unlink(folder / "d/f")
    os.rmdir(folder / "d")
    set_times_of(fd, 11, 13)
    os.fchmod(fd, 0o600)
    os.ftruncate(fd, 3)
    return os.lseek(fd, 0, os.SEEK_END), facts_of(os.fstat(fd))


@differs("what is kept of it counts as a link while it is open")
def no_link_is_left_of_a_removed_file(folder: Path) -> object:
    (folder / "f").write_bytes(b"bytes")
    fd = opened(folder / "f", os.O_RDONLY)
    os.unlink(folder / "f")
    os.utime(fd, ns=(5, 5))
    return os.fstat(fd).st_nlink


@probe
def no_link_is_left_of_a_file_with_two_names(folder: Path) -> object:
    (folder / "f").write_bytes(b"bytes")
    fd = opened(folder / "f", os.O_RDONLY)
    os.link(folder / "f", folder / "g")
    os.unlink(folder / "f")
    os.unlink(folder / "g")
    return os.fstat(fd).st_nlink


@probe
def a_removed_file_is_given_no_name_again(folder: Path) -> object:
    fd = opened(folder / "f")
    link_descriptor(fd, folder / "g")
    os.unlink(folder / "f")
    os.unlink(folder / "g")
    return error_of(lambda: link_descriptor(fd, folder / "h")), os.listdir(folder)


@probe
def opening_a_removed_file_again(folder: Path) -> object:
    fd = opened(folder / "f")
    os.write(fd, b"bytes")
    os.unlink(folder / "f")
    again = opened(Path(f"/proc/self/fd/{fd}"), os.O_RDWR)
    os.write(again, b"other")
    return os.pread(fd, 9, 0)


@probe
def times_now_and_omitted(folder: Path) -> object:
    answers: list[object] = []
    for first in (UTIME_NOW, UTIME_OMIT, 123_456_789):
        for second in (UTIME_NOW, UTIME_OMIT, 987_654_321):
            path = folder / f"{first}-{second}"
            path.touch()
            os.utime(path, ns=(5, 6))
            set_times(path, first, second)
            found = os.stat(path)
            times = found.st_atime_ns, found.st_mtime_ns
            answers.append([time if time < 10**12 else "now" for time in times])
    return answers


@probe
def times_of_a_handle_now_and_omitted(folder: Path) -> object:
    fd = opened(folder / "f", os.O_RDONLY | os.O_CREAT)
    os.utime(fd, ns=(5, 6))
    set_times_of(fd, UTIME_OMIT, UTIME_NOW)
    found = os.fstat(fd)
    return found.st_atime_ns, found.st_mtime_ns > 10**12


@probe
def times_before_1970_and_after_2038(folder: Path) -> object:
    (folder / "f").touch()
    os.utime(folder / "f", ns=(-(10**18) + 1, 4 * 10**18 + 7))
    found = os.stat(folder / "f")
    return found.st_atime_ns, found.st_mtime_ns


@probe
def times_that_change_by_themselves(folder: Path) -> object:
    def touched(act: object) -> bool:
        return os.stat(folder / "f").st_mtime_ns != 5 and act is not ...

    fd = opened(folder / "f")
    answers = []
    for act in (
        lambda: os.pwrite(fd, b"x", 0),
        lambda: os.ftruncate(fd, 7),
        lambda: os.truncate(folder / "f", 3),
        lambda: opened(folder / "f", os.O_WRONLY | os.O_TRUNC),
        lambda: os.chmod(folder / "f", 0o600),
        lambda: os.rename(folder / "f", folder / "f"),
        lambda: os.pwrite(fd, b"", 0),
    ):
        os.utime(folder / "f", ns=(5, 5))
        act()
        answers.append(touched(act))
    return answers


@probe
def flags_of_a_file(folder: Path) -> object:
    """As lsattr asks: a plain filesystem answers; the mount must refuse as one that has none."""
    flags = array.array("l", [0])
    answer = error_of(lambda: fcntl.ioctl(opened(folder / "f"), FS_IOC_GETFLAGS, flags))
    return answer in (0, "ENOTTY", "EOPNOTSUPP", "ENOSYS")


def test_what_the_kernel_offers_on_no_fuse_mount(mount: Mounted) -> None:
    """O_TMPFILE: programs fall back to a name of their own."""
    with pytest.raises(OSError, match="not supported"):
        os.open(mount.point, os.O_TMPFILE | os.O_RDWR)
