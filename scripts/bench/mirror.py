#!/usr/bin/env python3
"""The mount against bindfs and the plain directory, in rounds one after the other.

    python scripts/bench/mirror.py [--rounds N] [--library L] [--also NAME=OPTS] [--plot FILE]

`lsfs` is what `lsfs mount` gives: versions, journal and indexing on; before anything else is timed
its daemon and worker have come to rest, and what they took is told in a table of its own. `lsfs,
no capture` is the mount alone (-o nocapture, no daemon). `--also` adds a live mount with options
of its own. bindfs gets `big_writes,max_write=131072`, without which it writes 50 MB/s.

Prints Markdown: medians over the rounds of the ratio to bindfs of the same round, and in brackets
the middle half of them. Attributes that a mount caches (for a second) have expired before each
work.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import live
import mirror_report
import source_tree
from mirror_report import BINDFS, LSFS, OFF, PLAIN, Timings
from mirror_works import Scale, Work, fill, works

from lsfs.config import Config
from lsfs.mount.process import mount_in_background, parse_options, unmount

CACHED_S = 1.1
PACKAGES = {"bindfs": "bindfs", "rg": "ripgrep", "git": "git"}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to work in; `mount` is there where a daemon stands behind it."""

    folder: Path
    mount: live.Live | None = None

    def rest(self) -> float:
        """Wait until nothing goes on behind it; the processor time taken there so far."""
        if self.mount is None:
            return 0.0
        self.mount.wait_until_caught_up()
        return self.mount.behind_cpu_s()


@contextlib.contextmanager
def with_daemon(folder: Path, options: str) -> Iterator[Place]:
    """What `lsfs mount` gives."""
    with live.mounted(*_root_and_point(folder), options) as mount:
        yield Place(mount.point, mount)


@contextlib.contextmanager
def without_capture(folder: Path, options: str) -> Iterator[Place]:
    """The mount's process alone."""
    root, point = _root_and_point(folder)
    config = Config(root=root, state=root / ".lsfs")
    mount_in_background(config, point, parse_options(f"{options},nocapture"))
    try:
        yield Place(point)
    finally:
        unmount(point, lazy=True)


@contextlib.contextmanager
def by_bindfs(folder: Path) -> Iterator[Place]:
    """The same by bindfs."""
    root, point = _root_and_point(folder)
    subprocess.run(["bindfs", "-o", "big_writes,max_write=131072", root, point], check=True)
    try:
        yield Place(point)
    finally:
        subprocess.run(["umount", "-l", point], check=True)


def _root_and_point(folder: Path) -> tuple[Path, Path]:
    root, point = folder / "root", folder / "mnt"
    root.mkdir(parents=True)
    point.mkdir()
    fill(root)
    return root, point


def places(base: Path, given: argparse.Namespace, stack: ExitStack) -> dict[str, Place]:
    """All of them by name, each with a tree of its own."""
    library = f"library={given.library}"
    (base / "plain").mkdir()
    fill(base / "plain")
    found = {
        BINDFS: stack.enter_context(by_bindfs(base / "bindfs")),
        LSFS: stack.enter_context(with_daemon(base / "lsfs", library)),
        OFF: stack.enter_context(without_capture(base / "off", library)),
    }
    for number, (name, options) in enumerate(given.also):
        also = with_daemon(base / f"also{number}", f"{library},{options}")
        found[name] = stack.enter_context(also)
    return {**found, PLAIN: Place(base / "plain")}


def measure(given: argparse.Namespace) -> list[Timings]:
    """All works in all places, round after round; the places take turns in going first."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=given.backing)))
        scale = Scale(given.files, given.mib, given.pages)
        found = [Timings(work) for work in works(scale, base) if _can_run(work)]
        if shutil.which("git"):
            source_tree.make_repository(base / "repository")
        where = places(base, given, stack)
        for turn in range(given.rounds):
            print(f"round {turn + 1} of {given.rounds}", file=sys.stderr)
            order = list(where)[turn % len(where) :] + list(where)[: turn % len(where)]
            for timings in found:
                _take_turns(timings, where, order)
    return found


def _take_turns(timings: Timings, where: dict[str, Place], order: list[str]) -> None:
    for name in order:
        timings.work.prepare(where[name].folder)
    resting = {name: where[name].rest() for name in order}
    time.sleep(CACHED_S)
    for name in order:
        started = time.perf_counter()
        timings.work.run(where[name].folder)
        timings.seconds.setdefault(name, []).append(time.perf_counter() - started)
        if where[name].mount is not None:
            taken = where[name].rest() - resting[name]
            timings.behind_cpu_s.setdefault(name, []).append(taken)


def _can_run(work: Work) -> bool:
    if work.needs is None or shutil.which(work.needs):
        return True
    print(f"{work.name}: left out, {_missing(work.needs)}", file=sys.stderr)
    return False


def _missing(program: str) -> str:
    return live.missing(program, PACKAGES[program])


def _named_options(text: str) -> tuple[str, str]:
    name, separator, options = text.partition("=")
    if not separator or not name or not options:
        raise argparse.ArgumentTypeError(f"{text}: expected NAME=OPTS")
    return name, options


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--pages", type=int, default=8192, help="of 4 KiB, read and written")
    parser.add_argument("--backing", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--library", choices=["auto", "fuse2", "fuse3"], default="auto")
    parser.add_argument(
        "--also", type=_named_options, action="append", default=[], metavar="NAME=OPTS",
        help="another live mount with these options, e.g. 'no passthrough=nopassthrough'",
    )  # fmt: skip
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG or PNG of the ratios")
    return parser.parse_args()


def main() -> int:
    """Parse, measure, print."""
    given = _arguments()
    if shutil.which("bindfs") is None:
        print(_missing("bindfs"), file=sys.stderr)
        return 1
    found = measure(given)
    for line in mirror_report.lines(found):
        print(line)
    if given.plot is not None:
        mirror_report.plot(found, given.plot, f"lsfs on {given.library}, {given.rounds} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
