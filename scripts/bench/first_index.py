"""How long a source checkout takes to be searchable from nothing, and a tree in which nothing has
changed to be looked through.

    python scripts/bench/first_index.py [--only first|rescan] [--files N] [--unchanged N]

Prints a Markdown table for each, with its aim. `first`: from the start of the daemon until every
file is in the full text; vectors follow after. lsfs gives way to all other programs: "processors
had" says how much was left to it. `rescan`: `lsfs index` beside `find -printf`, in
turn, with all of it in memory.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import checkout
import live
import living

NAMES_AIM_S, TEXT_AIM_S = 5.0, 60.0
TIMES_FIND, AND_S = 1.5, 2.0
LOOK_S = 0.1
TEXTS = "SELECT count(*) FROM documents WHERE status <> 'named'"
NAMES = "SELECT count(*) FROM documents"
QUEUE = "SELECT count(*) FROM queue"


def first(given: argparse.Namespace) -> Iterator[str]:
    """A checkout that lsfs has never seen."""
    with living.new_root(given.backing) as (root, _):
        size = checkout.make(root, given.files)
        began = time.monotonic()
        with live.served(root) as lsfs:
            named_s, named_cpu_s = _until(lsfs, began, lambda: _count(lsfs, NAMES) >= given.files)
            text_s, text_cpu_s = _until(
                lsfs, began,
                lambda: not _count(lsfs, QUEUE) and _count(lsfs, TEXTS) >= given.files,
            )  # fmt: skip
            passages = _count(lsfs, "SELECT count(*) FROM chunks")
    what = f"{given.files:,} files, {size / 1e6:.0f} MB"
    yield f"| {what} | s | processors had | processor s | aim, s | |"
    yield "|---|---|---|---|---|---|"
    for what, took_s, cpu_s, aim_s in (
        ("found by their names", named_s, named_cpu_s, NAMES_AIM_S),
        (f"and by their words, {passages:,} passages", text_s, text_cpu_s, TEXT_AIM_S),
    ):
        judged = "met" if took_s <= aim_s else "**missed**"
        had = f"{cpu_s / took_s:.1f} of {len(os.sched_getaffinity(0))}"
        yield f"| {what} | {took_s:.1f} | {had} | {cpu_s:.1f} | {aim_s:g} | {judged} |"


def _until(lsfs: live.Live, began: float, is_so: Callable[[], bool]) -> tuple[float, float]:
    """Seconds since `began`, and of processor time, when it is so."""
    while not is_so():
        time.sleep(LOOK_S)
    return time.monotonic() - began, lsfs.behind_cpu_s()


def _count(lsfs: live.Live, query: str) -> int:
    """0 before there is a table."""
    try:
        return lsfs.count(query)
    except sqlite3.Error:
        return 0


def rescan(given: argparse.Namespace) -> Iterator[str]:
    """Nothing has changed."""
    with living.new_root(given.backing) as (root, _):
        living.many_files(root, given.unchanged)
        with live.served(root, is_up=True):
            index = [*live.LSFS, "-C", str(root), "index"]
            find = ["find", str(root), "-printf", "%p %s %T@ %C@ %i\\n"]
            subprocess.run(index, check=True, capture_output=True)
            found = [(_timed(find), _timed(index)) for _ in range(given.rounds)]
    find_s, index_s = (statistics.median(one) for one in zip(*found, strict=True))
    aim_s = TIMES_FIND * find_s + AND_S
    judged = "met" if index_s <= aim_s else "**missed**"
    yield f"| {given.unchanged:,} files, unchanged ({given.rounds} rounds) | median s | aim | |"
    yield "|---|---|---|---|"
    yield f"| `find -printf` | {find_s:.2f} | | |"
    told = f"{TIMES_FIND:g} x find + {AND_S:g} s = {aim_s:.2f}"
    yield f"| `lsfs index` | {index_s:.2f} | {told} | {judged} |"


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {"first": first, "rescan": rescan}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--backing", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--unchanged", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    for name in given.only or PARTS:
        print("\n".join(PARTS[name](given)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
