"""How good search is on test collections in BEIR's layout, through the product: nDCG@10, recall@10
and @100, MRR@10 and times by words, by meaning and by both, for each folder given; and for
`--joined N` the same documents N to a file, beside the single ones ranked by the file they would be
in. Prints Markdown. `lsfs eval DIR` does one of these.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lsfs
from lsfs import evaluation
from lsfs.app import init_root
from lsfs.client import FileSystem

SEED = 1
HEAD = "| collection | files | mode | nDCG@10 | recall@10 | recall@100 | MRR@10 | p50 ms | p95 ms |"


@contextlib.contextmanager
def indexed(collection: evaluation.Collection, root: Path) -> Iterator[FileSystem]:
    """The files of a collection, found by words and by meaning."""
    evaluation.write(collection, root)
    if not (root / ".lsfs").exists():
        init_root(root)
    with lsfs.open(root) as fs:
        fs.index()
        yield fs


def rows(name: str, collection: evaluation.Collection, fs: FileSystem) -> Iterator[str]:
    """A line a mode."""
    for mode in evaluation.modes(fs):
        found = evaluation.measure(fs, collection, mode, lambda asked: None)
        yield (
            f"| {name} | {len(collection.files):,} | {mode} | {found.ndcg_10:.4f}"
            f" | {found.recall_10:.4f} | {found.recall_100:.4f} | {found.mrr_10:.4f}"
            f" | {found.p50_ms:.1f} | {found.p95_ms:.1f} |"
        )


def by_file(fs: FileSystem, singles: evaluation.Collection, joined: evaluation.Collection) -> float:
    """nDCG@10 of the files of `joined`, each ranked by its best document among `singles`."""
    document_of = {file: document for document, file in singles.home.items()}
    gained = []
    for question, text in joined.questions.items():
        hits = fs.search(text, limit=1000).hits
        files = dict.fromkeys(joined.home[document_of[hit.path]] for hit in hits)
        gained.append(evaluation.ndcg(list(files), joined.gains(question), 10))
    return statistics.fmean(gained)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--joined", type=int, metavar="N", help="also N documents to a file")
    parser.add_argument("--keep", type=Path, help="make the roots in this folder, and leave them")
    given = parser.parse_args()
    print(HEAD, "|---" * 9 + "|", sep="\n")
    with tempfile.TemporaryDirectory(prefix="lsfs-eval-") as temporary:
        place = given.keep or Path(temporary)
        for folder in given.folders:
            singles = evaluation.read(folder)
            with indexed(singles, place / folder.name) as fs:
                print(*rows(folder.name, singles, fs), sep="\n", flush=True)
                if not given.joined:
                    continue
                joined = evaluation.read(folder, joined=given.joined, seed=SEED)
                ranked = by_file(fs, singles, joined)
            name = f"{folder.name}, {given.joined} to a file"
            with indexed(joined, place / f"{folder.name}-{given.joined}") as fs:
                print(*rows(name, joined, fs), sep="\n", flush=True)
            print(f"| {name}, singles ranked by file | | hybrid | {ranked:.4f} |" + " |" * 5)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
