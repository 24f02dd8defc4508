"""How long a warm `lsfs search` takes: the whole process, and the daemon's share of it.

`python scripts/bench/search.py [--runs N]` indexes the generated sample home, starts a daemon, and
runs the command over and over with different questions, in turn with a Python that does nothing.
Prints a Markdown table: median and 95th percentile in milliseconds, and the ratio to bare Python.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import live

HERE = Path(__file__).resolve().parent
LSFS = str(Path(sys.executable).parent / "lsfs")
QUERIES = (
    "kernel scheduling", "how much is the rent", "compress the attention cache", "cello",
    "tax office letter", "plan for the trip to norway", "bread with rye", "roof repair invoice",
)  # fmt: skip


def timed(command: Sequence[str]) -> tuple[float, str]:
    """Wall time in ms and the output of a whole process."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (time.perf_counter() - began) * 1000, done.stdout


def measure(root: Path, runs: int) -> dict[str, list[float]]:
    """Milliseconds of `runs` searches: whole process, in the daemon, and a bare Python."""
    found: dict[str, list[float]] = {"whole process": [], "in the daemon": [], "python -c pass": []}
    for number in range(runs):
        query = QUERIES[number % len(QUERIES)]
        wall, shown = timed([LSFS, "-C", str(root), "search", "--json", query])
        found["whole process"].append(wall)
        found["in the daemon"].append(json.loads(shown)["elapsed_ms"])
        found["python -c pass"].append(timed([sys.executable, "-c", "pass"])[0])
    return found


def table(found: dict[str, list[float]]) -> str:
    """The measurements as Markdown."""
    bare = statistics.median(found["python -c pass"])
    lines = ["| warm `lsfs search` | p50 ms | p95 ms | to bare Python |", "|---|---|---|---|"]
    for name, values in found.items():
        middle, high = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        lines.append(f"| {name} | {middle:.0f} | {high:.0f} | {middle / bare:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=80)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as directory:
        root = Path(directory) / "home"
        subprocess.run([sys.executable, str(HERE.parent / "sample_home.py"), str(root)], check=True)
        with live.served(root, is_up=True):
            subprocess.run([LSFS, "-C", str(root), "index"], check=True)
            measure(root, len(QUERIES))
            print(table(measure(root, runs)))


if __name__ == "__main__":
    main()
