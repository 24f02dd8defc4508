"""How soon a change is found: written through the mount and behind it, by words and by meaning, at
rest and while thousands of files wait to be read, or their passages to be embedded.

`python scripts/bench/freshness.py [--changes N] [--only rest|reading|vectors] [--files N]` mounts
the sample home, changes a file over and over, and asks the daemon until the answer has it. Prints a
Markdown table, in ms from the closing of the file.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import checkout
import live
import living

import lsfs

HERE = Path(__file__).resolve().parent
POLL_S = 0.01
GIVE_UP_S = 30.0
AIM_MS = 1000
FEW = 20
"""A backlog with no more than so many is none."""


def until_found(fs: lsfs.FileSystem, query: str, mode: str, path: str) -> None:
    """Ask until a search answers with `path` first."""
    began = time.perf_counter()
    while time.perf_counter() - began < GIVE_UP_S:
        hits = fs.search(query, mode=mode).hits
        if hits and hits[0].path == path:
            return
        time.sleep(POLL_S)
    raise SystemExit(f"{path} was not found by {query!r} ({mode}) within {GIVE_UP_S} s")


class Changes:
    """Changes one file over and over; each time another word is asked for."""

    def __init__(self, fs: lsfs.FileSystem) -> None:
        self._fs = fs
        self._number = 0

    def by_words(self, folder: Path) -> float:
        """Milliseconds until the next change is found by its words."""
        self._number += 1
        word = f"zyzzyva{self._number}"
        (folder / "fresh.txt").write_text(f"The {word} is a weevil that eats palm trees.\n")
        began = time.perf_counter()
        until_found(self._fs, word, "lexical", "fresh.txt")
        return (time.perf_counter() - began) * 1000

    def by_meaning(self, folder: Path) -> float:
        """Milliseconds until a file with the text is found by what it means."""
        (folder / "fresh.txt").unlink(missing_ok=True)
        self.by_words(folder)
        (folder / "fresh.txt").unlink()
        (folder / "fresher.txt").write_text("The weevil's larvae live on palm trees.\n")
        began = time.perf_counter()
        query = "an insect which feeds on tropical plants"
        until_found(self._fs, query, "semantic", "fresher.txt")
        found = (time.perf_counter() - began) * 1000
        (folder / "fresher.txt").unlink()
        return found


def rows(
    mount: live.Live, changes: int, acts: Mapping[str, Callable[[Path], float]], when: str,
    goes_on: Callable[[], bool],
) -> Iterator[str]:  # fmt: skip
    """A row for each way, taken in turns while it `goes_on`."""
    folders = {"through the mount": mount.point, "behind it": mount.root}
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(changes):
        for where, folder in folders.items():
            for by, act in acts.items():
                if goes_on():
                    found.setdefault((where, by), []).append(act(folder))
    if not found:
        yield f"| | {when} | | 0: none waited any more | | | | |"
    for (where, by), values in found.items():
        middle = statistics.median(values)
        high = statistics.quantiles(values, n=20)[-1] if len(values) > 1 else middle
        judged = ("met" if high <= AIM_MS else "**missed**") if by == "words" else ""
        figures = f"{len(values)} | {middle:.0f} | {high:.0f} | {max(values):.0f}"
        yield f"| {where} | {when} | {by} | {figures} | {judged} |"


def measure(given: argparse.Namespace, kind: str) -> Iterator[str]:
    """The rows of one kind of moment, in a home of its own."""
    with living.new_root(given.backing) as (root, point), contextlib.ExitStack() as end:
        make = [sys.executable, str(HERE.parent / "sample_home.py"), str(root)]
        subprocess.run(make, check=True)
        mount = end.enter_context(live.mounted(root, point))
        fs = end.enter_context(lsfs.open(root))
        fs.index()
        changes = Changes(fs)
        by_words = {"words": changes.by_words}
        if kind == "rest":
            acts = {**by_words, "meaning": changes.by_meaning}
            yield from rows(mount, given.changes, acts, "at rest", lambda: True)
            return
        count = given.files if kind == "reading" else given.files // 10
        checkout.make(root / "checkout", count)
        while mount.backlog()[1] <= FEW:
            time.sleep(POLL_S)
        while kind == "vectors" and mount.backlog()[1]:
            time.sleep(POLL_S)
        place, when = {
            "reading": (1, "files wait to be read"), "vectors": (2, "passages wait for vectors")
        }[kind]  # fmt: skip
        yield from rows(mount, given.changes, by_words, when, lambda: mount.backlog()[place] > FEW)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--only", choices=("rest", "reading", "vectors"), action="append")
    parser.add_argument("--files", type=int, default=10_000, help="that wait to be read")
    parser.add_argument("--backing", type=Path, default=Path("/dev/shm"))
    given = parser.parse_args()
    print("| changed | while | found by | changes | p50 ms | p95 ms | worst | aim: 1 s |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in given.only or ("rest", "reading", "vectors"):
        for row in measure(given, kind):
            print(row, flush=True)


if __name__ == "__main__":
    main()
