#!/usr/bin/env python3
"""What a request in words takes among many names: until there is a plan, without a language model.

    python scripts/bench/asking.py [--entries N ...] [--set SET]

The tree and the requests are those of tests/data (scripts/judged_requests.py), beside so many files
with names made of everyday words, fifty to a folder. Each request is also asked in the tree alone:
the ratio is of the medians. "first" is the first request after a name has changed.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judged_requests import DEVELOPED, Requests, catalog_of, load_requests, packaged_parser

from lsfs.catalog import Catalog
from lsfs.config import cache_directory
from lsfs.errors import LsfsError
from lsfs.prompts.parser import RequestParser

IN_A_FOLDER = 50
WORDS = (
    "report budget plan notes meeting invoice letter draft summary project photo trip recipe "
    "contract lease tax bank school garden music code test data model paper review thesis log list"
).split()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, nargs="+", default=[10_000, 100_000])
    arguments.add_argument("--set", choices=DEVELOPED, default="fifth")
    given = arguments.parse_args()
    requests = load_requests()
    asked = len(requests.half(given.set))
    print(f"| {asked} requests among | first, ms | median, ms | p95, ms | ratio |")
    print("|---|---|---|---|---|")
    alone = None
    for entries in (0, *given.entries):
        with _parser(requests, entries) as (catalog, parser):
            _asked(parser, "undo that")
            _rename_one(catalog)
            first = _asked(parser, "delete draft.txt")
            times = sorted(_asked(parser, one["text"]) for one in requests.half(given.set))
        median = statistics.median(times)
        alone = alone or median
        p95 = times[int(len(times) * 0.95)]
        told = f"{entries:,} more files" if entries else "the tree alone"
        print(
            f"| {told} | {first:.0f} | {median:.1f} | {p95:.1f} | {median / alone:.1f} |",
            flush=True,
        )


@contextlib.contextmanager
def _parser(requests: Requests, entries: int) -> Iterator[tuple[Catalog, RequestParser]]:
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with closing(catalog_of(requests, folder)) as catalog:
            state = folder.stat()
            with catalog.atomic():
                for number in range(entries):
                    place = (
                        f"many/{WORDS[number // IN_A_FOLDER % len(WORDS)]} {number // IN_A_FOLDER}"
                    )
                    if number % IN_A_FOLDER == 0:
                        catalog.add_entry(place, "directory", state, 0)
                    name = " ".join(dice.choices(WORDS, k=2))
                    catalog.add_entry(
                        f"{place}/{name} {number}.{dice.choice(['txt', 'pdf'])}", "file", state, 0
                    )
            yield catalog, packaged_parser(requests, catalog, cache_directory())


def _rename_one(catalog: Catalog) -> None:
    entry = catalog.entry("draft.txt")
    assert entry is not None
    catalog.place_entry(entry.id, "draft2.txt", 1)
    catalog.place_entry(entry.id, "draft.txt", 2)


def _asked(parser: RequestParser, text: str) -> float:
    """Milliseconds until there is a plan, or the refusal."""
    began = time.perf_counter()
    with contextlib.suppress(LsfsError):
        parser.parse(text, "bench")
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
