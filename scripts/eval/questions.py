"""Asks the twenty questions of tests/data/questions.json over the sample home, through the product.

    python scripts/eval/questions.py [--mode hybrid|lexical|semantic] [--misses]

The home is generated, indexed by lsfs's own worker and searched by `fs.search`; a question counts
as right at 1 (3) when its answer is the first (among the first three) of the hits. Nothing in lsfs
is tuned on these questions.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

from sample_home import write_sample_home  # noqa: E402

import lsfs  # noqa: E402
from lsfs.app import init_root  # noqa: E402

QUESTIONS = SCRIPTS.parent / "tests" / "data" / "questions.json"
MODES = ("lexical", "semantic", "hybrid")


def main() -> int:
    """Print a line a mode."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--misses", action="store_true", help="show what was found instead")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lsfs-questions-") as folder:
        root = Path(folder).resolve()
        count = len(write_sample_home(root, datetime.now()))
        init_root(root)
        with lsfs.open(root) as home:
            started = time.monotonic()
            home.index()
            print(f"{count} files indexed in {time.monotonic() - started:.1f} s")
            for mode in [given.mode] if given.mode else MODES:
                report(home, mode, misses=given.misses)
    return 0


def report(home: lsfs.FileSystem, mode: str, *, misses: bool) -> None:
    """Ask every question in one mode and print how many were right."""
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
    ranks: list[int] = []
    times: list[float] = []
    for item in questions:
        found = home.search(item["question"], mode=mode, limit=10)
        paths = [hit.path for hit in found.hits]
        ranks.append(paths.index(item["answer"]) + 1 if item["answer"] in paths else 0)
        times.append(found.elapsed_ms)
        if misses and ranks[-1] != 1:
            print(f"  rank {ranks[-1] or '-'}: {item['question']}\n    not {paths[:1]}")
    first, third = sum(rank == 1 for rank in ranks), sum(1 <= rank <= 3 for rank in ranks)
    median = sorted(times)[len(times) // 2]
    total = len(questions)
    print(f"{mode}: first {first}/{total}, among three {third}/{total}, median {median:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
