"""How good search is on a test collection: its documents as files, its questions as searches.

A collection is a folder in the layout of BEIR (Thakur et al., 2021): corpus.jsonl (`_id`, `title`,
`text`), queries.jsonl (`_id`, `text`) and qrels.tsv, or qrels/SPLIT.tsv (query, document, grade,
after a line of headings). Measures are trec_eval's: nDCG with the grade itself as gain (Järvelin
and Kekäläinen, 2002), recall, and the reciprocal rank of the first relevant file (MRR).
"""

from __future__ import annotations

import csv
import json
import math
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .client import FileSystem
from .errors import MissingPathError, UsageError
from .results import search_from_json

DEPTH = 100
"""Files asked for a question."""
MODES = ("lexical", "semantic", "hybrid")
RERANKED = ", reranked"
"""Behind a mode: in the order of the setting `search.reranker`."""

Gains = Mapping[str, int]
"""File -> grade, of the relevant ones."""


@dataclass(frozen=True)
class Collection:
    """Documents as files, and questions with the files that answer them."""

    files: Mapping[str, str]
    """Name -> content."""
    home: Mapping[str, str]
    """Document -> the file it is in."""
    questions: Mapping[str, str]
    """Those that have an answer."""
    grades: Mapping[str, Gains]
    """Question -> document -> grade."""

    def gains(self, question: str) -> Gains:
        """What each file is worth: as much as the best document in it."""
        found: dict[str, int] = {}
        for document, grade in self.grades[question].items():
            file = self.home[document]
            found[file] = max(grade, found.get(file, 0))
        return found


@dataclass
class Measures:
    """Means over all questions; times in milliseconds, in the daemon. `degraded` counts the
    answers that came with a remark: without a model, or not all reranked."""

    mode: str
    questions: int
    ndcg_10: float
    recall_10: float
    recall_100: float
    mrr_10: float
    p50_ms: float
    p95_ms: float
    degraded: int


@dataclass
class _Sums:
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def mean(self, name: str) -> float:
        return statistics.fmean(self.values[name])


def read(folder: Path, split: str = "test", joined: int = 1, seed: int = 1) -> Collection:
    """A collection from its folder. `joined`: so many documents a file, drawn by `seed`.

    Files are named by numbers: a document's id may tell what it is about, as a name may.

    Raises:
        MissingPathError: a file of it is not there.
        UsageError: a file of it cannot be read, or there is no question with an answer.
    """
    texts = {
        str(row["_id"]): (str(row.get("title") or "").strip(), str(row.get("text") or "").strip())
        for row in _rows(folder / "corpus.jsonl")
    }
    order = sorted(texts)
    if joined > 1:
        random.Random(seed).shuffle(order)
    home = {document: f"{at // joined + 1:07}.md" for at, document in enumerate(order)}
    parts: dict[str, list[str]] = {}
    for document in order:
        title, text = texts[document]
        parts.setdefault(home[document], []).append(f"# {title}\n\n{text}" if title else text)
    grades = _grades(folder, split, home)
    questions = {
        str(row["_id"]): str(row["text"])
        for row in _rows(folder / "queries.jsonl") if str(row["_id"]) in grades
    }  # fmt: skip
    if not questions:
        raise UsageError(f"{folder}: no question has an answer among the documents")
    files = {file: "\n\n".join(texts) + "\n" for file, texts in parts.items()}
    return Collection(files, home, questions, grades)


def write(collection: Collection, root: Path) -> None:
    """Its files; those that are there already are left alone.

    Raises:
        UsageError: the folder holds something else.
    """
    root.mkdir(parents=True, exist_ok=True)
    strange = {one.name for one in root.iterdir()} - {*collection.files, ".lsfs"}
    if strange:
        raise UsageError(
            f"{root} holds {min(strange)!r}, which is not of this collection", path=str(root),
            hint="name a folder that is empty, or kept of the same collection",
        )  # fmt: skip
    for name, text in collection.files.items():
        file = root / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def measure(
    fs: FileSystem, collection: Collection, mode: str, seen: Callable[[int], None]
) -> Measures:
    """Ask every question in one of `modes`; `seen` hears after each how many were asked."""
    sums, degraded = _Sums(), 0
    asked = {"mode": mode.removesuffix(RERANKED), "rerank": mode.endswith(RERANKED), "limit": DEPTH}
    for number, (question, text) in enumerate(collection.questions.items()):
        result = search_from_json(fs.call("search", {**asked, "query": text}))
        degraded += len(result.notices) > result.weak
        ranked, gains = [hit.path for hit in result.hits], collection.gains(question)
        sums.add("ndcg_10", ndcg(ranked, gains, 10))
        sums.add("recall_10", recall(ranked, gains, 10))
        sums.add("recall_100", recall(ranked, gains, 100))
        sums.add("mrr_10", reciprocal_rank(ranked, gains, 10))
        sums.add("ms", result.elapsed_ms)
        seen(number + 1)
    times = sorted(sums.values["ms"])
    return Measures(
        mode, len(times), sums.mean("ndcg_10"), sums.mean("recall_10"), sums.mean("recall_100"),
        sums.mean("mrr_10"), statistics.median(times), times[math.ceil(0.95 * len(times)) - 1],
        degraded,
    )  # fmt: skip


def modes(fs: FileSystem, chosen: Sequence[str] = MODES) -> list[str]:
    """Those, and the last of them reranked, where a reranker is set."""
    settings = fs.call("settings", {})["settings"]
    return [*chosen, *([chosen[-1] + RERANKED] if settings["search"]["reranker"] else [])]


def ndcg(ranked: Sequence[str], gains: Gains, depth: int) -> float:
    """Discounted gain of the first `depth`, to that of the best order; 0..1."""
    found = _discounted([gains.get(file, 0) for file in ranked[:depth]])
    best = _discounted(sorted(gains.values(), reverse=True)[:depth])
    return found / best if best else 0.0


def recall(ranked: Sequence[str], gains: Gains, depth: int) -> float:
    """The share of the relevant among the first `depth`; 0..1."""
    return sum(file in gains for file in ranked[:depth]) / len(gains)


def reciprocal_rank(ranked: Sequence[str], gains: Gains, depth: int) -> float:
    """1 / rank of the first relevant; 0 when none is among the first `depth`."""
    ranks = (rank for rank, file in enumerate(ranked[:depth], 1) if file in gains)
    return 1 / next(ranks, math.inf)


def _discounted(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _grades(folder: Path, split: str, home: Mapping[str, str]) -> dict[str, dict[str, int]]:
    file = folder / "qrels.tsv"
    if not file.is_file():
        file = folder / "qrels" / f"{split}.tsv"
    grades: dict[str, dict[str, int]] = {}
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream, delimiter="\t")
            next(rows, None)
            for query, document, grade, *_ in rows:
                if int(grade) > 0 and document in home:
                    grades.setdefault(query, {})[document] = int(grade)
    except FileNotFoundError as error:
        raise _missing(file) from error
    except ValueError as error:
        raise UsageError(
            f"{file}: {error}", path=str(file), hint="query, document and grade, tab-separated"
        ) from error
    return grades


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as stream:
            for line in filter(str.strip, stream):
                row = json.loads(line)
                row["_id"]  # every row has one
                yield row
    except FileNotFoundError as error:
        raise _missing(file) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file}: {error!r}", path=str(file), hint='a JSON object with "_id" a line'
        ) from error


def _missing(file: Path) -> MissingPathError:
    return MissingPathError(
        f"{file}: no such file", path=str(file),
        hint="a collection has corpus.jsonl, queries.jsonl and qrels.tsv (BEIR's layout)",
    )  # fmt: skip
