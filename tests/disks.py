"""Small disks of their own, for tests that fill them, make them read-only or take them away."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCK = b"x" * 4096


@contextmanager
def disk(folder: Path, megabytes: int, kind: str = "ext4") -> Iterator[Path]:
    """A disk mounted at `folder`, which is made: "tmpfs", or "ext4" in a file beside it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    folder.mkdir()
    if kind == "tmpfs":
        _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder)
    else:
        image = folder.with_suffix(".img")
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-m", "0", "-e", "remount-ro", image)
        _run("mount", "-o", "loop", image, folder)
    try:
        yield folder
    finally:
        _run("umount", "-l", folder)


def remount(folder: Path, how: str) -> None:
    """Mount the disk again, "ro" or "rw"."""
    _run("mount", "-o", f"remount,{how}", folder)


def fail(folder: Path) -> None:
    """Let the disk (ext4) have an error: the kernel makes it read-only, for good."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        device, point, *_ = line.split()
        if point == str(folder):
            name = Path(device).name
            Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("a test\n")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Ballast:
    """A file that takes all the room a disk has left, until it is dropped."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / ".ballast.swp"  # a name that lsfs passes over

    def fill(self, leave_bytes: int = 0) -> None:
        """Leave about so much room."""
        with contextlib.suppress(OSError), self._file.open("ab", buffering=0) as file:
            while file.write(BLOCK) == len(BLOCK):
                pass
        if leave_bytes:
            os.truncate(self._file, self._file.stat().st_size - leave_bytes)

    def drop(self) -> None:
        """Give the room back."""
        self._file.unlink(missing_ok=True)
