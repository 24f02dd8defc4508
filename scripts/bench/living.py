#!/usr/bin/env python3
"""What living with a mount costs: its start, its memory, its rest, and stat beside the indexer.

    python scripts/bench/living.py [--only start|memory|idle|stat] [--starts N] [--files N] ...

Prints a Markdown table for each, with its aim. Roots lie in --backing (memory, by default); what is
loaded from disk has been read before.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import live
import processes

START_AIM_S, MEMORY_AIM_MB, STAT_AIM_MS = 0.7, 90, 2.0
A_FOLDER = 1000
LOOK_S = 0.002


# -- start ---------------------------------------------------------------------------------------


def start(given: argparse.Namespace) -> Iterator[str]:
    """Fresh processes on a root that is one already, until its first listing, and until it ends."""
    listed, returned, bare = [], [], []
    with new_root(given.backing) as (root, point):
        (root / "file").touch()
        with live.mounted(root, point):
            pass  # makes it a root, and reads the code from disk
        for _ in range(given.starts):
            bare.append(_timed([sys.executable, "-c", "pass"], None)[1])
            until_listed, until_returned = _timed(
                [*live.LSFS, "mount", str(root), str(point)], point / "file"
            )
            listed.append(until_listed)
            returned.append(until_returned)
            live.unmount(point)
    yield f"| start, s ({given.starts} of them) | median | worst | aim | |"
    yield "|---|---|---|---|---|"
    yield _row("`lsfs mount` until `ls` is answered", listed, START_AIM_S)
    yield _row("`lsfs mount` until it returns, daemon up", returned, START_AIM_S)
    yield _row("`python -c pass`, beside it", bare, None)


def _timed(command: Sequence[str], sight: Path | None) -> tuple[float, float]:
    """Seconds until `sight` is there, and until the command has ended."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    seen = None
    while process.poll() is None:
        if seen is None and sight is not None and sight.exists():
            seen = time.perf_counter() - began
        time.sleep(LOOK_S)
    ended = time.perf_counter() - began
    return ended if seen is None else seen, ended


def _row(name: str, values: Sequence[float], aim: float | None) -> str:
    middle = statistics.median(values)
    return f"| {name} | {middle:.2f} | {max(values):.2f} | {_judged(middle, aim)} |"


# -- memory --------------------------------------------------------------------------------------


def memory(given: argparse.Namespace) -> Iterator[str]:
    """After the first scan of many files; the worker is only beginning then."""
    with new_root(given.backing) as (root, point):
        many_files(root, given.files)
        with live.mounted(root, point) as mount:
            began = time.monotonic()
            wanted = given.files + -(-given.files // A_FOLDER)
            while mount.count("SELECT count(*) FROM entries") < wanted:
                time.sleep(0.05)
            took_s = time.monotonic() - began
            mount.wait_until_daemon_rests()
            daemon = processes.memory(mount.daemon_pid)
            mirror = processes.memory(mount.mount_pid)
    yield f"| MB with {given.files:,} files | resident | shared divided | peak | aim | |"
    yield "|---|---|---|---|---|---|"
    for name, held, aim in (("daemon", daemon, MEMORY_AIM_MB), ("mount", mirror, None)):
        rss, pss, peak = (round(size / 1e6, 1) for size in (held.rss, held.pss, held.peak))
        yield f"| {name} | {rss} | {pss} | {peak} | {_judged(peak, aim)} |"
    yield f"\nThe first scan took {took_s:.1f} s."


def many_files(root: Path, files: int) -> None:
    """Empty ones, a thousand to a folder."""
    for number in range(files):
        folder = root / f"{number // A_FOLDER:04d}"
        if number % A_FOLDER == 0:
            folder.mkdir()
        os.close(os.open(folder / f"{number:06d}.bin", os.O_CREAT | os.O_WRONLY))


# -- idle ----------------------------------------------------------------------------------------


def idle(given: argparse.Namespace) -> Iterator[str]:
    """A mount that nobody uses: what wakes its processes."""
    with new_root(given.backing) as (root, point):
        _texts(root, 20)
        with live.mounted(root, point) as mount:
            mount.wait_until_caught_up()
            time.sleep(given.settle_s)  # vectors are saved half a minute after the last
            found = list(_resting(mount, given.idle_s))
    yield f"| {given.idle_s:g} s at rest | processor s | woken | aim | |"
    yield "|---|---|---|---|---|"
    for name, taken, woken in found:
        yield f"| {name} | {taken:.2f} | {woken} | {_judged(woken, 0)} |"


def _resting(mount: live.Live, seconds: float) -> Iterator[tuple[str, float, int]]:
    worker = mount.worker_pid
    named = {"mount": mount.mount_pid, "daemon": mount.daemon_pid}
    if worker is not None:
        children = processes.with_children(worker)[1:]
        named |= {"worker": worker, **{f"its child {child}": child for child in children}}
    before = {name: (processes.cpu_s(pid), processes.wakes(pid)) for name, pid in named.items()}
    time.sleep(seconds)
    for name, pid in named.items():
        taken, woken = before[name]
        yield name, processes.cpu_s(pid) - taken, processes.wakes(pid) - woken


# -- stat while texts are embedded ---------------------------------------------------------------


def stat(given: argparse.Namespace) -> Iterator[str]:
    """Names that no cache holds, one after another: at rest, and while the worker does nothing but
    embed."""
    with new_root(given.backing) as (root, point):
        many_files(root, given.stat_files)
        with live.mounted(root, point) as mount:
            mount.wait_until_caught_up()
            names = [str(file) for file in point.glob("0*/*")]
            random.Random(5).shuffle(names)
            at_rest = _latencies(names, time.monotonic() + given.stat_s)
            _texts(root, given.texts)
            while mount.count("SELECT count(*) FROM vectors") == 0:
                time.sleep(0.05)
            before = mount.count("SELECT count(*) FROM vectors")
            busy = _latencies(names, time.monotonic() + given.stat_s)
            embedded = mount.count("SELECT count(*) FROM vectors") - before
            left = mount.count("SELECT count(*) FROM chunks WHERE embedded = 0")
    yield "| stat in the mount, ms | calls | p50 | p99 | max | aim of p99 | |"
    yield "|---|---|---|---|---|---|---|"
    for name, found in (("at rest", at_rest), ("the worker embeds", busy)):
        p50, p99 = statistics.median(found), statistics.quantiles(found, n=100)[98]
        figures = f"{len(found)} | {p50:.3f} | {p99:.3f} | {max(found):.1f}"
        yield f"| {name} | {figures} | {_judged(p99, STAT_AIM_MS)} |"
    yield f"\n{embedded} passages were embedded meanwhile, {left} were left."


def _latencies(names: Sequence[str], until: float) -> list[float]:
    """Milliseconds of each stat. A name comes again after its attributes have expired."""
    found: list[float] = []
    while time.monotonic() < until:
        round_began = time.monotonic()
        for name in names:
            began = time.perf_counter()
            os.stat(name)
            found.append((time.perf_counter() - began) * 1000)
            if time.monotonic() > until:
                break
        time.sleep(max(0.0, 1.1 - (time.monotonic() - round_began)))
    return found


def _texts(root: Path, count: int) -> None:
    """Documents that say different things, several passages each."""
    chance = random.Random(6)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=6)) for _ in range(5000)]
    (root / "texts").mkdir()
    for number in range(count):
        text = "\n\n".join(" ".join(chance.choices(words, k=120)) + "." for _ in range(8))
        (root / "texts" / f"{number}.md").write_text(f"# {words[number]}\n\n{text}\n")


# ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def new_root(backing: Path) -> Iterator[tuple[Path, Path]]:
    """A folder and a mountpoint for it."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-", dir=backing) as directory:
        root, point = Path(directory) / "root", Path(directory) / "mnt"
        root.mkdir()
        point.mkdir()
        yield root, point


def _judged(value: float, aim: float | None) -> str:
    if aim is None:
        return "- | "
    return f"{aim:g} | {'met' if value <= aim else '**missed**'}"


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "start": start, "memory": memory, "idle": idle, "stat": stat,
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--backing", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--idle-s", type=float, default=30.0)
    parser.add_argument("--settle-s", type=float, default=45.0)
    parser.add_argument("--stat-files", type=int, default=20_000)
    parser.add_argument("--stat-s", type=float, default=15.0)
    parser.add_argument("--texts", type=int, default=400)
    given = parser.parse_args()
    for name in given.only or PARTS:
        print("\n".join(PARTS[name](given)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
