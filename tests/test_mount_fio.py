"""fio writes, reads back and verifies, on the mount; and programs write at once.

fio's jobs are small: what they find is a torn or misplaced block, not a slow one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import Child
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

JOBS = {
    "random": "rw=randwrite bs=4k ioengine=psync",
    "sequential": "rw=write bs=128k ioengine=psync",
    "odd sizes": "rw=randrw bsrange=512-64k bs_unaligned=1 ioengine=psync",
    "mapped": "rw=randwrite bs=4k ioengine=mmap",
    "direct": "rw=randwrite bs=4k ioengine=psync direct=1",
    "durable": "rw=randwrite bs=16k ioengine=psync fdatasync=32 size=1m",
    "several": "rw=randwrite bs=8k ioengine=psync numjobs=4 size=2m",
}
EVERY_JOB = (
    "--size=8m --verify=crc32c --verify_fatal=1 --do_verify=1 --fallocate=none"
    " --output-format=terse"
)
LINES = 2000
BLOCK = 4096


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(tmp_path_factory, MountOptions(library=request.param)) as made:
        yield made


@pytest.mark.usefixtures("fio_required")
@pytest.mark.parametrize("name", JOBS)
def test_fio_verifies_what_it_wrote(mount: Mounted, tmp_path: Path, name: str) -> None:
    folder = mount.point / name.replace(" ", "-")
    folder.mkdir()
    job = [f"--{setting}" for setting in JOBS[name].split()]
    done = subprocess.run(
        ["fio", "--name=job", f"--directory={folder}", *EVERY_JOB.split(), *job],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert all(line.split(";")[4] == "0" for line in done.stdout.splitlines() if ";" in line)


@pytest.mark.usefixtures("fio_required")
def test_fio_finds_a_changed_block(mount: Mounted, tmp_path: Path) -> None:
    """What fio would say of a block that is not what it wrote."""
    folder = mount.point / "changed"
    folder.mkdir()
    command = [
        "fio", "--name=job", f"--directory={folder}", "--rw=write", "--bs=4k", "--ioengine=psync",
        *EVERY_JOB.split(),
    ]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (file,) = folder.iterdir()
    with open(file, "r+b") as stream:
        stream.seek(100_000)
        stream.write(b"changed")
    again = subprocess.run(
        [*command, "--verify_only"], cwd=tmp_path, check=False, capture_output=True
    )
    assert again.returncode != 0


def numbered(blocks: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") * (BLOCK // 4) for number in range(blocks))


def append_lines(mark: str) -> None:
    with open("log", "ab", buffering=0) as log:
        for number in range(LINES):
            log.write(f"{mark}{number:06d}{mark * (number % 90)}\n".encode("ascii"))


def test_two_that_append_lose_no_line_and_tear_none(mount: Mounted) -> None:
    folder = mount.point / "appended"
    folder.mkdir()
    marks = "a", "b", "c"
    writers = [Child(lambda mark=mark: append_lines(mark), folder) for mark in marks]  # type: ignore[misc]
    assert [writer.result() for writer in writers] == [None] * len(marks)
    lines = (mount.root / "appended/log").read_text("ascii").splitlines()
    assert (folder / "log").read_text("ascii").splitlines() == lines
    for mark in marks:
        of_one = [line for line in lines if line.startswith(mark)]
        assert of_one == [f"{mark}{number:06d}{mark * (number % 90)}" for number in range(LINES)]
    assert len(lines) == LINES * len(marks)


def write_every_other_block(first: int, blocks: int) -> None:
    fd = os.open("blocks", os.O_WRONLY)
    for number in range(first, blocks, 2):
        os.pwrite(fd, number.to_bytes(4, "big") * (BLOCK // 4), number * BLOCK)
    os.close(fd)


def test_two_that_write_apart_do_not_touch_one_another(mount: Mounted) -> None:
    folder, blocks = mount.point / "apart", 1000
    folder.mkdir()
    (folder / "blocks").touch()
    writers = [
        Child(lambda first=first: write_every_other_block(first, blocks), folder)  # type: ignore[misc]
        for first in (0, 1)
    ]
    assert [writer.result() for writer in writers] == [None, None]
    data = numbered(blocks)
    assert (folder / "blocks").read_bytes() == data
    assert (mount.root / "apart/blocks").read_bytes() == data


def append_blocks(data: bytes) -> None:
    with open("growing", "ab", buffering=0) as file:
        for at in range(0, len(data), BLOCK):
            file.write(data[at : at + BLOCK])


def follow(data: bytes) -> int:
    """Where what is read first differs from what is written; its length if it never does."""
    at = 0
    with open("growing", "rb", buffering=0) as file:
        while at < len(data):
            new = file.read(3 * BLOCK)
            if new != data[at : at + len(new)]:
                return at
            at += len(new)
    return at


def test_who_reads_what_grows_sees_no_byte_too_early(mount: Mounted) -> None:
    folder, data = mount.point / "meanwhile", numbered(1000)
    folder.mkdir()
    (folder / "growing").touch()
    reader = Child(lambda: follow(data), folder)
    writer = Child(lambda: append_blocks(data), folder)
    assert (writer.result(), reader.result()) == (None, len(data))
