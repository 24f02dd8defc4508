"""Search quality and speed beside Recoll, chromadb and txtai, on the same files.

    python scripts/bench/compare.py COLLECTION[:N]... [--peers PYTHON] [--keep DIR]
                                    [--only lsfs|recoll|chromadb|txtai|txtai-hybrid]
                                    [--units document|passage]

COLLECTION is a folder in BEIR's layout; its documents become Markdown files, with :N so many to a
file, drawn at random. PYTHON is one that has chromadb and txtai, of an environment of its own;
without it they are left out, and so is Recoll where `recollindex` is not installed. Prints one
Markdown table.

lsfs gets the folder, and so does Recoll (Debian's recollcmd), with its defaults: files ranked by
Xapian's BM25, words expanded by their stems. A question is typed into it as a search for any of its
words (`recollq -o`) and for all of them (`-a`, as its query language joins words, too). Signs that
mean something to Recoll (`?` is any letter) are left out.

chromadb and txtai read no files and are given texts, with the packaged model in fp32: "document",
as their first examples do it, each file's whole text as one record, of which the model reads the
first 256 tokens; "passage", the passages that lsfs makes, with titles and headings as lsfs embeds
them, files ranked by their best passage among the 100 nearest. txtai is measured with
`Embeddings(content=True)` and with `hybrid=True`, which adds BM25.

nDCG, recall and MRR as trec_eval has them, of the first ten files. Times are taken in a second
round, over up to 200 questions evenly chosen. "In it" is inside the process that answers: lsfs's
daemon, or a Python with chromadb or txtai in it. "Command" is a whole process, as `lsfs search -l`
or `recollq`, for up to 50 questions.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import functools
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from urllib.parse import unquote

import live
import peers

import lsfs
from lsfs import evaluation
from lsfs.errors import LsfsError
from lsfs.indexer import packaged

DEPTH = 10
PASSAGES = 100
TIMED, COMMANDS = 200, 50
"""Questions that times are taken of."""
PEERS = ("chromadb", "txtai", "txtai-hybrid")
SYSTEMS = ("lsfs", "recoll", *PEERS)
UNITS = ("document", "passage")
HEAD = (
    "| collection | files | | unit | nDCG@10 | recall@10 | MRR@10"
    " | in it: p50 ms | p95 | command: p50 ms | p95 |"
)
SIGNS = re.compile(r"[^\w\s'.,-]|(?<!\w)-")
"""What Recoll takes for more than letters of words."""


@dataclass
class Answers:
    """Files of each question, best first, and milliseconds."""

    system: str
    unit: str
    ranked: list[list[str]]
    ms: list[float] = field(default_factory=list)
    command_ms: list[float] = field(default_factory=list)


def of_lsfs(fs: lsfs.FileSystem, questions: Sequence[str]) -> Answers:
    """The product, its daemon running."""
    ranked = [[hit.path for hit in fs.search(text, limit=DEPTH).hits] for text in questions]
    ms = [fs.search(text, limit=DEPTH).elapsed_ms for text in _some(questions, TIMED)]
    command = [*live.LSFS, "-C", str(fs.root), "search", "-q", "-l", "--"]
    return Answers("lsfs", "passage", ranked, ms, _timed(lambda text: [*command, text], questions))


def of_recoll(root: Path, questions: Sequence[str]) -> Iterator[Answers]:
    """Recoll's own index of the folder."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        settings = f"topdirs = {root}\nskippedPaths = {root}/.lsfs\n"
        (Path(name) / "recoll.conf").write_text(settings, encoding="utf-8")
        subprocess.run(["recollindex", "-c", name], check=True, capture_output=True)
        for flag, words in (("-o", "any word"), ("-a", "all words")):
            command = functools.partial(_recollq, name, flag)
            ranked = [_found(command(text)) for text in questions]
            times_ms = _timed(command, questions)
            yield Answers(f"Recoll, {words}", "document", ranked, [], times_ms)


def _recollq(settings: str, flag: str, question: str) -> list[str]:
    words = SIGNS.sub(" ", question)
    return ["recollq", "-c", settings, "-n", str(DEPTH), "-F", "url", flag, words]


def _found(command: Sequence[str]) -> list[str]:
    """Names of the files: after two lines, an address in base64 a line."""
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in shown.splitlines()[2:] if line.strip()]
    return [os.path.basename(unquote(base64.b64decode(line).decode())) for line in lines]


def of_peer(
    python: str, peer: str, texts: Sequence[tuple[str, str]], unit: str, questions: Sequence[str]
) -> Answers:
    """Texts with the files they are from; a file counts as its best text."""
    limit = DEPTH if unit == "document" else PASSAGES
    given = peers.Given([text for _, text in texts], questions, limit, _some(questions, TIMED))
    answer = peers.ask(python, peer, given)
    ranked = [
        list(dict.fromkeys(texts[number][0] for number in numbers))[:DEPTH]
        for numbers in answer.ranked
    ]
    return Answers(peer, unit, ranked, answer.ms)


def _timed(command: Callable[[str], Sequence[str]], questions: Sequence[str]) -> list[float]:
    """Milliseconds of whole processes."""
    times = []
    for text in _some(questions, COMMANDS):
        words = command(text)
        began = time.perf_counter()
        subprocess.run(words, check=False, capture_output=True)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _some(questions: Sequence[str], most: int) -> Sequence[str]:
    """So many of them at most, evenly chosen."""
    return questions[:: -(-len(questions) // most)]


def measured(
    collection: evaluation.Collection, root: Path, given: argparse.Namespace
) -> Iterator[Answers]:
    """All systems over one folder."""
    evaluation.write(collection, root)
    questions = list(collection.questions.values())
    with live.served(root, is_up=True), lsfs.open(root) as fs:
        fs.index()
        if "lsfs" in given.only:
            yield of_lsfs(fs, questions)
    if "recoll" in given.only and which("recollindex"):
        yield from of_recoll(root, questions)
    texts = {"document": list(collection.files.items()), "passage": peers.passages(root)}
    for peer in PEERS if given.peers else ():
        for unit in given.units:
            if peer in given.only:
                yield of_peer(given.peers, peer, texts[unit], unit, questions)


def row(name: str, collection: evaluation.Collection, found: Answers) -> str:
    """The measures of one system."""
    gains = [collection.gains(question) for question in collection.questions]
    measures = (evaluation.ndcg, evaluation.recall, evaluation.reciprocal_rank)
    pairs = list(zip(found.ranked, gains, strict=True))
    shown = [
        f"{statistics.fmean(measure(ranked, worth, DEPTH) for ranked, worth in pairs):.3f}"
        for measure in measures
    ]
    for times in (found.ms, found.command_ms):
        ordered = sorted(times)
        shown += (
            [
                f"{statistics.median(ordered):.1f}",
                f"{ordered[math.ceil(0.95 * len(ordered)) - 1]:.1f}",
            ]
            if ordered
            else ["-", "-"]
        )
    cells = [name, f"{len(collection.files):,}", found.system, found.unit, *shown]
    return "| " + " | ".join(cells) + " |"


def _folder(named: str) -> tuple[Path, int]:
    """A collection as it is named, and how many documents make a file."""
    folder, _, joined = named.rpartition(":")
    return (Path(folder), int(joined)) if folder and joined.isdecimal() else (Path(named), 1)


@contextlib.contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        yield Path(name).resolve()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collections", nargs="+", metavar="COLLECTION[:N]")
    parser.add_argument("--peers", metavar="PYTHON", help="one that has chromadb and txtai")
    parser.add_argument("--only", action="append", choices=SYSTEMS)
    parser.add_argument("--units", action="append", choices=UNITS)
    parser.add_argument("--keep", type=Path, help="make the folders here, and leave them")
    given = parser.parse_args()
    given.only, given.units = given.only or SYSTEMS, given.units or UNITS
    packaged.prepare()
    if not which("recollindex"):
        print(live.missing("recollindex", "recollcmd"), file=sys.stderr)
    print(HEAD, "|---" * 11 + "|", sep="\n")
    try:
        with _place(given.keep) as place:
            for named in given.collections:
                folder, joined = _folder(named)
                collection = evaluation.read(folder, joined=joined)
                name = folder.name if joined == 1 else f"{folder.name}, {joined} to a file"
                for found in measured(collection, place / f"{folder.name}-{joined}", given):
                    print(row(name, collection, found), flush=True)
    except LsfsError as error:
        raise SystemExit(f"{error}") from error


if __name__ == "__main__":
    main()
