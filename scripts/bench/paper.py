"""The tables of the paper, measured again on public material: ours beside the paper's figures.

    python scripts/bench/paper.py COLLECTION... [--files DIR] [--sizes 10,20,40] [--seed N]
                                  [--only keyword|semantic|rollback|sharing]

The paper is *From Commands to Prompts: LLM-based Semantic File System for AIOS* (Shi et al., arXiv
2410.11843v5); its documents and prompts are not public. COLLECTION is a folder in BEIR's layout.
Everything goes through the product, as commands beside a daemon. Prints one Markdown table.

Files by keyword (table 3): four documents of a collection make a file, PDF and DOCX by turns, in
folders of five; 10, 20 or 40 files are drawn. What they say is known, so which of them hold a
keyword is decided without lsfs (keywords.py says how conditions are drawn). Beside it grep: on the
files as they are; on the text that pdftotext and docx2txt read (the paper's TFS-grep); on the same
with its lines joined (TFS-grep*); and on `.lsfs/text` of the mount. --files DIR takes real PDF and
DOCX files from DIR instead of COLLECTION's: then the text of pdftotext and docx2txt, lines joined,
is the truth.

Files by meaning (table 2): a folder has 10, 20 or 40 documents of a collection, one to a file.
Questions are drawn one after the other; one is taken with all documents that answer it if these are
at most five, none is in the folder already, and all answers together are at most half of the
folder. The rest are other documents, drawn from those that answer none of these. There are as many
folders as make --questions questions. A question is asked for as many files as answer it, as the
paper's are ("Locate the 3 papers ..."); accuracy is the share of those that do (precision at
R). The paper says "accuracy of target file retrieval" and gives no formula. Its time is that of the
whole request with a hosted model; ours is of the whole command.

Rollback (figure 6): a text with 41 versions is brought back by 5 to 40 of them, in steps of 5, by
`lsfs rollback` and by the paper's words to `lsfs ask`; each time the bytes are compared.

Sharing (table 4): links asked for in words, each fetched over HTTP before and after its end
(sharing.py).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

import documents
import keywords
import live
import sharing

import lsfs
from lsfs import evaluation
from lsfs.app import init_root
from lsfs.errors import LsfsError

Table = Iterator["Row"]

COLUMNS = (
    "paper, without LSFS", "paper, LSFS", "grep, files", "grep, text", "grep, text, lines joined",
    "grep, .lsfs/text", "lsfs",
)  # fmt: skip
KEYWORD = {  # table 3: TFS-grep, LSFS
    (10, "precision"): (0.389, 0.950), (10, "recall"): (0.416, 0.833), (10, "F1"): (0.402, 0.891),
    (20, "precision"): (0.396, 0.870), (20, "recall"): (0.292, 0.933), (20, "F1"): (0.337, 0.900),
    (40, "precision"): (0.403, 0.863), (40, "recall"): (0.306, 0.960), (40, "F1"): (0.348, 0.909),
}  # fmt: skip
SEMANTIC = {10: (80.0, 95.0), 20: (69.1, 91.3), 40: (69.2, 93.4)}  # table 2, GPT-4o-mini, %
SEMANTIC_S = {10: (61.14, 30.64), 20: (129.92, 40.39), 40: (239.49, 57.1)}  # the same
SHARING = ("0 to 10 %", "100 %")  # table 4, final success rate
JOINED = 4
"""Documents a file, for keywords: so that a file has pages."""
MOST_ANSWERS = 5
VERSIONS = "5,10,15,20,25,30,35,40"


@dataclass
class Row:
    """One line of the table; `found` is by column."""

    what: str
    among: str
    measure: str
    paper: tuple[str, str] = ("-", "-")
    found: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        cells = {**dict(zip(COLUMNS, self.paper, strict=False)), **self.found}
        shown = [self.what, self.among, self.measure, *(cells.get(one, "-") for one in COLUMNS)]
        return "| " + " | ".join(shown) + " |"


def run(root: Path, *words: str) -> tuple[float, str]:
    """A command in a root: its seconds, its output.

    Raises:
        SystemExit: it failed.
    """
    command = [*live.LSFS, "-C", str(root), *words]
    began = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took_s = time.perf_counter() - began
    if done.returncode > 1:  # 1: nothing found
        raise SystemExit(f"lsfs {' '.join(words)}: {done.stderr.strip()}")
    return took_s, done.stdout


# -- files by keyword ----------------------------------------------------------------------------


def keyword(given: argparse.Namespace) -> Table:
    """Precision, recall and F1."""
    for missing in documents.missing_readers():
        print(f"{missing}: grep is not tried on text", file=sys.stderr)
    for name, size, root, texts in _keyword_roots(given):
        conditions = keywords.draw(texts, given.conditions, given.seed)
        found = _keyword_scores(root, texts, conditions)
        for measure in ("precision", "recall", "F1"):
            paper = KEYWORD.get((size, measure))
            yield Row(
                f"by keyword: {name}", f"{size} files", measure,
                (f"{paper[0]:.3f}", f"{paper[1]:.3f}") if paper else ("-", "-"),
                {way: f"{getattr(one, measure.lower()):.3f}" for way, one in found.items()},
            )  # fmt: skip


def _keyword_roots(
    given: argparse.Namespace,
) -> Iterator[tuple[str, int, Path, Mapping[str, str]]]:
    """Name, number of files, a folder of them in a temporary one, and what they say."""
    for size in given.sizes:
        for source in [given.files] if given.files else given.collections:
            with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
                root = Path(name).resolve() / "files"
                make = _copied if given.files else _made
                yield source.name, size, root, make(source, root, size, given.seed)


def _made(source: Path, root: Path, size: int, seed: int) -> Mapping[str, str]:
    files = evaluation.read(source, joined=JOINED, seed=seed).files
    if len(files) < size:
        raise SystemExit(f"{source}: {JOINED} documents a file make {len(files)} files, not {size}")
    chosen = random.Random(seed).sample(sorted(files), size)
    return documents.write(root, [files[one] for one in chosen])


def _copied(source: Path, root: Path, size: int, seed: int) -> Mapping[str, str]:
    """Real files under names of their own, those that other programs read text out of."""
    if missing := documents.missing_readers():
        raise SystemExit("\n".join(missing))
    there = sorted(
        one
        for one in source.rglob("*")
        if one.suffix.lower() in documents.READERS and one.is_file()
    )
    random.Random(seed).shuffle(there)
    said: dict[str, str] = {}
    for file in there:
        text = documents.read(file) if len(said) < size else ""
        if text.strip():
            path = f"{len(said) // documents.IN_A_FOLDER:03}/{len(said):04}{file.suffix.lower()}"
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            copyfile(file, root / path)
            said[path] = text
    if len(said) < size:
        raise SystemExit(f"{source}: {len(said)} PDF and DOCX files have text, not {size}")
    return said


def _keyword_scores(
    root: Path, texts: Mapping[str, str], conditions: Sequence[keywords.Condition]
) -> dict[str, keywords.Scores]:
    """By column."""
    truth = keywords.holding(texts)
    ways: dict[str, keywords.Finder] = {"grep, files": keywords.grep(root)}
    if not documents.missing_readers():
        as_read, joined = root.parent / "read", root.parent / "joined"
        for path in texts:
            text = documents.read(root / path)
            for folder, said in ((as_read, text), (joined, " ".join(text.split()))):
                file = folder / f"{path}.txt"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(said, encoding="utf-8")
        ways["grep, text"] = keywords.grep(as_read, ".txt")
        ways["grep, text, lines joined"] = keywords.grep(joined, ".txt")
    point = root.parent / "mount"
    point.mkdir()
    init_root(root)
    with live.mounted(root, point):
        run(root, "index", "-q")
        ways["grep, .lsfs/text"] = keywords.grep(point / ".lsfs" / "text", ".md")
        ways["lsfs"] = keywords.by_lsfs(root)
        return {name: keywords.score(conditions, truth, way) for name, way in ways.items()}


# -- files by meaning ----------------------------------------------------------------------------


def semantic(given: argparse.Namespace) -> Table:
    """Accuracy and time."""
    for size in given.sizes:
        for source in given.collections:
            collection = evaluation.read(source)
            accuracies: list[float] = []
            times_s: list[float] = []
            folders = 0
            chance = random.Random(given.seed)
            while len(accuracies) < given.questions:
                asked, files = _drawn(collection, size, chance)
                folders += 1
                for accuracy, took_s in _asked(collection, asked, files):
                    accuracies.append(accuracy)
                    times_s.append(took_s)
            what, among = f"by meaning: {source.name}", f"{size} files, {folders} folders"
            paper, paper_s = SEMANTIC.get(size), SEMANTIC_S.get(size)
            yield Row(
                what, among, f"accuracy, {len(accuracies)} questions",
                (f"{paper[0]:.1f} %", f"{paper[1]:.1f} %") if paper else ("-", "-"),
                {"lsfs": f"{statistics.fmean(accuracies):.1%}".replace("%", " %")},
            )  # fmt: skip
            yield Row(
                what, among, "seconds a request, median",
                (f"{paper_s[0]:.1f}", f"{paper_s[1]:.1f}") if paper_s else ("-", "-"),
                {"lsfs": f"{statistics.median(times_s):.2f}"},
            )  # fmt: skip


def _drawn(
    collection: evaluation.Collection, size: int, chance: random.Random
) -> tuple[dict[str, set[str]], list[str]]:
    """Questions with the files that answer them, and all files of the folder.

    Raises:
        SystemExit: no question fits.
    """
    asked: dict[str, set[str]] = {}
    inside: set[str] = set()
    for question in chance.sample(sorted(collection.questions), len(collection.questions)):
        answers = set(collection.gains(question))
        fits = len(answers) <= MOST_ANSWERS and len(inside) + len(answers) <= max(1, size // 2)
        if fits and not answers & inside:
            asked[question] = answers
            inside |= answers
    others = sorted(set(collection.files) - inside)
    if not asked or len(others) < size - len(inside):
        raise SystemExit(f"the collection does not give a folder of {size} files with a question")
    files = [*inside, *chance.sample(others, size - len(inside))]
    return asked, sorted(files)


def _asked(
    collection: evaluation.Collection, asked: Mapping[str, set[str]], files: Sequence[str]
) -> Iterator[tuple[float, float]]:
    """Accuracy and seconds of each question, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        root = Path(name).resolve() / "files"
        paths = list(documents.write(root, [collection.files[one] for one in files]))
        with live.served(root, is_up=True):
            run(root, "index", "-q")
            run(root, "search", "-l", files[0])  # the model is there
            for question, answers in asked.items():
                right = {paths[files.index(one)] for one in answers}
                text = collection.questions[question]
                words = ("search", "--json", "--all", "-n", str(len(right)), "--", text)
                took_s, shown = run(root, *words)
                found = {hit["path"] for hit in json.loads(shown)["hits"]}
                yield len(found & right) / len(right), took_s


# -- rollback, sharing ---------------------------------------------------------------------------


def rollback(given: argparse.Namespace) -> Table:
    """Seconds of the whole command."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        root = Path(name).resolve() / "files"
        root.mkdir()
        with live.served(root, is_up=True), lsfs.open(root) as fs:
            for count in given.versions:
                ways = {
                    "lsfs rollback": ("rollback", "{}", "--versions", str(count), "--yes"),
                    "lsfs ask": (
                        "ask", "--yes",
                        f"Rollback the {{}} file to the state it was in {count} versions ago.",
                    ),
                }  # fmt: skip
                for way, words in ways.items():
                    times_s = [
                        _rolled_back(fs, words, count, of=max(given.versions) + 1)
                        for _ in range(given.rounds)
                    ]
                    yield Row(
                        "rollback", f"{count} versions", f"seconds, `{way}`", ("-", "under 60"),
                        {"lsfs": f"{statistics.median(times_s):.2f}"},
                    )  # fmt: skip


def _rolled_back(fs: lsfs.FileSystem, words: Sequence[str], count: int, *, of: int) -> float:
    """Seconds of bringing a file back by so many of its versions.

    Raises:
        SystemExit: the file does not say then what it said so many versions ago.
    """
    path = "syntax.txt"
    states = [f"Version {number} of the notes on syntax.\n" * 20 for number in range(of)]
    fs.create(path, states[0])
    for state in states[1:]:
        fs.write(path, state, yes=True)
    took_s, _ = run(fs.root, *(word.format(path) for word in words))
    if (fs.root / path).read_text(encoding="utf-8") != states[-1 - count]:
        raise SystemExit(f"lsfs {' '.join(words)}: the file is not as it was {count} versions ago")
    fs.remove(path, yes=True)
    return took_s


def shared(given: argparse.Namespace) -> Table:
    """Links that give what they should for as long as they should, and seconds a request."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        asked = list(sharing.measure(Path(name).resolve(), given.seed))
    right = sum(not one.why for one in asked) / len(asked)
    yield Row(
        "file sharing", f"{len(asked)} requests", "success", SHARING,
        {"lsfs": f"{100 * right:.0f} %"},
    )  # fmt: skip
    median_s = statistics.median(one.took_s for one in asked)
    yield Row(
        "file sharing", f"{len(asked)} requests", "seconds a request, median", ("-", "-"),
        {"lsfs": f"{median_s:.2f}"},
    )  # fmt: skip


PARTS = {"keyword": keyword, "semantic": semantic, "rollback": rollback, "sharing": shared}


def _numbers(text: str) -> list[int]:
    """Raises: argparse.ArgumentTypeError: not whole numbers above zero."""
    if not all(one.isdecimal() and int(one) for one in text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r}: whole numbers above zero, as 10,20,40")
    return [int(one) for one in text.split(",")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collections", nargs="+", type=Path, metavar="COLLECTION")
    parser.add_argument("--files", type=Path, metavar="DIR", help="real documents, for keywords")
    parser.add_argument(
        "--sizes", type=_numbers, default="10,20,40", metavar="N,N", help="files of a folder"
    )
    parser.add_argument(
        "--versions", type=_numbers, default=VERSIONS, metavar="N,N", help="to roll back"
    )
    parser.add_argument("--conditions", type=int, default=40, help="of keywords, a folder")
    parser.add_argument("--questions", type=int, default=40, help="by meaning, a size, at least")
    parser.add_argument("--rounds", type=int, default=5, help="rollbacks of each sort")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS, action="append", metavar="PART")
    given = parser.parse_args()
    print("| | | | " + " | ".join(COLUMNS) + " |", "|---" * (3 + len(COLUMNS)) + "|", sep="\n")
    try:
        for part in given.only or PARTS:
            for row in PARTS[part](given):
                print(row, flush=True)
    except LsfsError as error:
        raise SystemExit(f"{error}") from error


if __name__ == "__main__":
    main()
