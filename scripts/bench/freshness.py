"""How soon a change is found: written through the mount and behind it, by words and by meaning.

`python scripts/bench/freshness.py [--changes N]` mounts the sample home, changes a file over and
over, and asks until the answer has it. Prints a Markdown table: median and worst, in ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lsfs

HERE = Path(__file__).resolve().parent
LSFS = str(Path(sys.executable).parent / "lsfs")
POLL_S = 0.01
GIVE_UP_S = 30.0


def until_found(fs: lsfs.FileSystem, query: str, mode: str, path: str) -> float:
    """Milliseconds until a search answers with `path` first."""
    began = time.perf_counter()
    while time.perf_counter() - began < GIVE_UP_S:
        hits = fs.search(query, mode=mode).hits
        if hits and hits[0].path == path:
            return (time.perf_counter() - began) * 1000
        time.sleep(POLL_S)
    raise SystemExit(f"{path} was not found by {query!r} ({mode}) within {GIVE_UP_S} s")


def measure(fs: lsfs.FileSystem, folder: Path, changes: int) -> dict[str, list[float]]:
    """Milliseconds until each change is found, by mode."""
    found: dict[str, list[float]] = {"lexical": [], "semantic": []}
    for number in range(changes):
        word = f"zyzzyva{number}"
        (folder / "fresh.txt").write_text(f"The {word} is a weevil that eats palm trees.\n")
        began = time.perf_counter()
        found["lexical"].append(until_found(fs, word, "lexical", "fresh.txt"))
        until_found(fs, "an insect which feeds on tropical plants", "semantic", "fresh.txt")
        found["semantic"].append((time.perf_counter() - began) * 1000)
        (folder / "fresh.txt").unlink()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=15)
    changes = parser.parse_args().changes
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as directory:
        root, mountpoint = Path(directory) / "home", Path(directory) / "mnt"
        mountpoint.mkdir()
        subprocess.run([sys.executable, str(HERE.parent / "sample_home.py"), str(root)], check=True)
        subprocess.run([LSFS, "mount", str(root), str(mountpoint)], check=True)
        try:
            with lsfs.open(root) as fs:
                fs.index()
                print("| changed | found by | median ms | worst ms |\n|---|---|---|---|")
                for where, folder in (("through the mount", mountpoint), ("behind it", root)):
                    for mode, values in measure(fs, folder, changes).items():
                        middle, worst = statistics.median(values), max(values)
                        print(f"| {where} | {mode} | {middle:.0f} | {worst:.0f} |")
        finally:
            subprocess.run([LSFS, "umount", "--lazy", str(mountpoint)], check=True)


if __name__ == "__main__":
    main()
