#!/usr/bin/env python3
"""The mount against bindfs and the plain directory, in rounds one after the other.

    python scripts/bench/mirror.py [--rounds N] [--files N] [--mib N] [--backing DIR] [--library L]

Prints a Markdown table: seconds (median) and the median over the rounds of the ratio to bindfs of
the same round. `lsfs` keeps and records as always; `lsfs, no capture` is mounted with -o nocapture.
bindfs gets `big_writes,max_write=131072`, without which it writes 50 MB/s.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lsfs.config import Config
from lsfs.mount.process import mount_in_background, parse_options, unmount

BLOCK = os.urandom(2**20)
Work = Callable[[Path], None]


@dataclass(frozen=True)
class Works:
    """What is timed, in the order of `named`: later works find what earlier ones left."""

    files: int
    mib: int

    def named(self) -> dict[str, Work]:
        """The works by the names of the table's rows."""
        return {
            f"create {self.files} files": self.create,
            f"stat {self.files}": self.stat,
            f"ls -l {self.files}": self.list_long,
            f"overwrite {self.files // 5}": self.overwrite,
            f"unlink {self.files}": self.unlink,
            f"write {self.mib} MiB": self.write,
            f"read {self.mib} MiB": self.read,
        }

    def _many(self, folder: Path, count: int) -> list[Path]:
        return [folder / "many" / f"{number:06d}" for number in range(count)]

    def create(self, folder: Path) -> None:
        """Small new files in one folder."""
        (folder / "many").mkdir()
        for file in self._many(folder, self.files):
            fd = os.open(file, os.O_CREAT | os.O_WRONLY)
            os.write(fd, b"x" * 100)
            os.close(fd)

    def stat(self, folder: Path) -> None:
        """Each by name."""
        for file in self._many(folder, self.files):
            os.stat(file)

    def list_long(self, folder: Path) -> None:
        """The folder, by a program."""
        subprocess.run(["ls", "-l", folder / "many"], stdout=subprocess.DEVNULL, check=True)

    def overwrite(self, folder: Path) -> None:
        """A fifth of them, soon after: their bytes are not in the store yet and must be kept."""
        for file in self._many(folder, self.files // 5):
            fd = os.open(file, os.O_TRUNC | os.O_WRONLY)
            os.write(fd, b"y" * 100)
            os.close(fd)

    def unlink(self, folder: Path) -> None:
        """All of them."""
        for file in self._many(folder, self.files):
            os.unlink(file)
        (folder / "many").rmdir()

    def write(self, folder: Path) -> None:
        """One large file, in blocks of 1 MiB."""
        with open(folder / "big", "wb", buffering=0) as file:
            for _ in range(self.mib):
                file.write(BLOCK)

    def read(self, folder: Path) -> None:
        """The same file back."""
        with open(folder / "big", "rb", buffering=0) as file:
            while file.read(2**20):
                pass
        (folder / "big").unlink()


@contextmanager
def lsfs_mount(folder: Path, options: str) -> Iterator[Path]:
    """A mount of a new root under `folder`."""
    root, point = folder / "root", folder / "mnt"
    root.mkdir(parents=True)
    point.mkdir()
    config = Config(root=root, state=root / ".lsfs")
    mount_in_background(config, point, parse_options(options))
    try:
        yield point
    finally:
        unmount(point, lazy=True)


@contextmanager
def bindfs_mount(folder: Path) -> Iterator[Path]:
    """The same by bindfs."""
    root, point = folder / "root", folder / "mnt"
    root.mkdir(parents=True)
    point.mkdir()
    options = ["-o", "big_writes,max_write=131072"]
    subprocess.run(["bindfs", *options, root, point], check=True)
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", point], check=True)


def measure(given: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Seconds per work, per place, one a round; the places take turns in going first."""
    timed = Works(given.files, given.mib).named()
    seconds: dict[str, dict[str, list[float]]] = {name: {} for name in timed}
    library = f"library={given.library}"
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=given.backing)))
        plain = base / "plain"
        plain.mkdir()
        places = {
            "bindfs": stack.enter_context(bindfs_mount(base / "bindfs")),
            "lsfs": stack.enter_context(lsfs_mount(base / "lsfs", library)),
            "lsfs, no capture": stack.enter_context(
                lsfs_mount(base / "off", f"{library},nocapture")
            ),
            "plain": plain,
        }
        for turn in range(given.rounds):
            order = list(places)[turn % len(places) :] + list(places)[: turn % len(places)]
            for name, work in timed.items():
                for place in order:
                    started = time.perf_counter()
                    work(places[place])
                    elapsed = time.perf_counter() - started
                    seconds[name].setdefault(place, []).append(elapsed)
            shutil.rmtree(base / "lsfs/root/.lsfs/kept", ignore_errors=True)
            (base / "lsfs/root/.lsfs/kept").mkdir()
    return seconds


def table(seconds: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    """Markdown: the median seconds of bindfs, and for each other place the median ratio to it."""
    others = [place for place in next(iter(seconds.values())) if place != "bindfs"]
    others.sort(key=["lsfs", "lsfs, no capture", "plain"].index)
    yield "| | bindfs, s | " + " | ".join(others) + " | capture on/off |"
    yield "|---|" + "---|" * (len(others) + 2)
    for name, places in seconds.items():
        ratios = [_median_ratio(places[place], places["bindfs"]) for place in others]
        cost = _median_ratio(places["lsfs"], places["lsfs, no capture"])
        cells = " | ".join(f"{ratio:.2f}" for ratio in [*ratios, cost])
        yield f"| {name} | {statistics.median(places['bindfs']):.3f} | {cells} |"


def _median_ratio(these: list[float], those: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(these, those, strict=True))


def main() -> int:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--backing", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--library", choices=["auto", "fuse2", "fuse3"], default="auto")
    for line in table(measure(parser.parse_args())):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
