"""Real mounts for tests: a root, a mountpoint, a process of its own, and its spool read back."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import wait_for

from lsfs.config import Config
from lsfs.mount.libfuse import load
from lsfs.mount.options import LibraryChoice
from lsfs.mount.passthrough import is_privileged
from lsfs.mount.process import MountOptions, mount_in_background, mounts, unmount
from lsfs.spool import SpoolLine, read_lines, segments

_numbers = itertools.count()


@dataclass
class Mounted:
    """A live mount; `pid` is its process."""

    config: Config
    point: Path
    pid: int
    options: MountOptions

    @property
    def library(self) -> LibraryChoice:
        return self.options.library

    @property
    def root(self) -> Path:
        return self.config.root

    def lines(self) -> list[SpoolLine]:
        """All spool lines up to now; a file made to see which were told before it is left out."""
        if not is_running(self.pid):
            return self._written()  # nothing more is coming
        marker = f"4913-{next(_numbers)}"
        (self.point / marker).touch()
        wait_for(lambda: any(line.path == marker for line in self._written()), message="the spool")
        return [line for line in self._written() if not line.path.startswith("4913-")]

    def _written(self) -> list[SpoolLine]:
        found = segments(self.config.spool_directory)
        return [line for file in found for line, _ in read_lines(file, 0)]

    def events(self, path: str) -> list[str]:
        """The events of a path, in order."""
        return [line.event for line in self.lines() if line.path == path]

    def kept(self, path: str) -> list[bytes]:
        """The bytes kept for a path, oldest first; fails when a named file is missing."""
        lines = [line for line in self.lines() if line.kept and line.path == path]
        return [(self.config.kept_directory / str(line.kept)).read_bytes() for line in lines]

    def wait_closed(self, path: str, times: int = 1) -> None:
        """The kernel releases a handle a moment after close(2) returns."""
        wait_for(lambda: self.events(path).count("closed") >= times, message=f"closed {path}")


@contextmanager
def mounted(folder: Path, options: MountOptions, state: Path | None = None) -> Iterator[Mounted]:
    """A root and a mountpoint made under `folder`, mounted meanwhile."""
    root, point = folder / "root", folder / "mnt"
    for made in (root, point):
        made.mkdir(exist_ok=True)
    config = Config(root=root, state=state or root / ".lsfs")
    mount = Mounted(config, point, mount_in_background(config, point, options), options)
    try:
        yield mount
    finally:
        if is_running(mount.pid):
            os.kill(mount.pid, signal.SIGTERM)
        wait_for(lambda: not is_running(mount.pid), message="the mount process to end")
        if any(known.mountpoint == point for known in mounts()):
            unmount(point, lazy=True)


def passes_through(options: MountOptions) -> bool:
    """Whether the kernel reads and writes the real files of such a mount itself."""
    kernel = tuple(int(part) for part in os.uname().release.split(".")[:2])
    if not options.passthrough or options.library == "fuse2" or not is_privileged():
        return False
    return kernel >= (6, 9) and load("fuse3").version >= (3, 17)


@contextmanager
def mounted_with(folders: pytest.TempPathFactory, options: MountOptions) -> Iterator[Mounted]:
    """A mount for a whole module, in a temporary folder of its own."""
    with mounted(folders.mktemp(options.library), options) as made:
        yield made


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
