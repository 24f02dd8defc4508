"""Read every file below a folder as the indexer would, and say what came of it, by extension.

The table of docs/formats.md is made by it. Nothing is written.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from lsfs.config import IndexerConfig
from lsfs.filetypes import extension
from lsfs.indexer.extract.extracted import Extracted
from lsfs.indexer.extract.process import ExtractionProcess


@dataclass
class Row:
    """The files of one extension: how many, with text, with a title and so on; seconds taken."""

    files: int = 0
    with_text: int = 0
    told: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


FACTS = ("title", "author", "created", "language")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 when each file gave text or a reason."""
    parser = argparse.ArgumentParser(description="What lsfs reads of the files below a folder.")
    parser.add_argument("directory", type=Path, metavar="DIR")
    directory = parser.parse_args(arguments).directory.resolve()
    limits = IndexerConfig()
    process = ExtractionProcess(directory, limits.parse_memory_bytes, limits.parse_timeout_s)
    rows: defaultdict[str, Row] = defaultdict(Row)
    without: list[tuple[str, str]] = []
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        started = time.monotonic()
        name = str(path.relative_to(directory))
        extracted = process.read(name).extracted
        row = rows[extension(name) or "(none)"]
        row.seconds += time.monotonic() - started
        row.files += 1
        if extracted is not None:
            note(extracted, row)
            if not extracted.spans or extracted.reason:
                without.append((name, f"{extracted.status}: {extracted.reason}"))
    process.close()
    show(rows, without)
    return int(any(reason.endswith(": None") for _, reason in without))


def note(extracted: Extracted, row: Row) -> None:
    """Count one file."""
    row.with_text += bool(extracted.spans)
    row.told.update(fact for fact in FACTS if getattr(extracted, fact))
    places = {
        name
        for span in extracted.spans
        for name in ("line_from", "page", "sheet", "heading", "symbol")
        if getattr(span.place, name) is not None
    }
    row.told["place"] += bool(places)


def show(rows: dict[str, Row], without: list[tuple[str, str]]) -> None:
    """The table, the reasons, and what it took."""
    facts = (*FACTS, "place")
    print(f"| type | files | with text | {' | '.join(facts)} | ms a file |")
    print("|---" * (len(facts) + 4) + "|")
    for name, row in sorted(rows.items()):
        told = " | ".join(str(row.told[fact]) for fact in facts)
        ms = row.seconds * 1000 / row.files
        print(f"| {name} | {row.files} | {row.with_text} | {told} | {ms:.0f} |")
    for path, reason in without:
        print(f"{path}: {reason}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    files, texts = (
        sum(getattr(row, key) for row in rows.values()) for key in ("files", "with_text")
    )
    cpu_s = used.ru_utime + used.ru_stime
    print(
        f"{texts} of {files} files with text; {cpu_s:.1f} s of processor, {used.ru_maxrss >> 10} MB"
    )


if __name__ == "__main__":
    raise SystemExit(main())
