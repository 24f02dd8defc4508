"""Asks labelled questions over a folder, through the product: tests/data/questions.json over the
sample home, or those of another file over another folder.

    python scripts/eval/questions.py [--mode MODE] [--misses] [--plans]
                                     [--over ROOT --questions FILE]

The sample home is generated and indexed by lsfs's own worker; ROOT is indexed where it stands.
Prints Markdown: for each kind of question and each mode how often a right file is the first hit,
among the first five, and the mean reciprocal rank (of the first ten); then how often it was said
that nothing is clearly about a question (`weak`, or no hit at all): rightly, of those that have no
answer, and wrongly, of those that have one. FILE may also be a queries.jsonl of BEIR, asked of a
folder that answers none of them. With --plans: how many files a plan would take for a question, of
those that are clearly about it and of all that are found, and how often a right one is among them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any, cast

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

from sample_home import write_sample_home  # noqa: E402

import lsfs  # noqa: E402
from lsfs.app import init_root  # noqa: E402
from lsfs.client import Filters  # noqa: E402
from lsfs.errors import LsfsError  # noqa: E402
from lsfs.resolve import SELECT_LIMIT, WEAK_SCORE  # noqa: E402
from lsfs.rooms import moment  # noqa: E402

QUESTIONS = SCRIPTS.parent / "tests" / "data" / "questions.json"
MODES = ("lexical", "semantic", "hybrid")
DEPTH = 10


@dataclass(frozen=True)
class Question:
    """`answers` are paths, any of which is right; none where the folder has no answer. With `ask`
    it is a request for `lsfs ask`, which has no mode."""

    kind: str
    text: str
    answers: tuple[str, ...] = ()
    filters: Filters | None = None
    ask: bool = False


@dataclass
class Score:
    """What became of the questions of one kind in one mode; ranks count from 1, 0: not found."""

    ranks: list[int] = field(default_factory=list)
    said_nothing: list[bool] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)


def load_questions(file: Path) -> list[Question]:
    """The questions of a file like tests/data/questions.json, or of a BEIR queries.jsonl."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".jsonl":
        return [Question("nothing", json.loads(line)["text"]) for line in text.splitlines() if line]
    return [question_from(record) for record in json.loads(text)["questions"]]


def question_from(record: dict[str, Any]) -> Question:
    """One record; times of its filters are words, as on the command line."""
    answer = record.get("answer", [])
    filters = {
        key: moment(value) if key in ("after", "before") else value
        for key, value in record.get("filters", {}).items()
    }
    return Question(
        record["kind"], record["question"],
        tuple([answer] if isinstance(answer, str) else answer),
        cast(Filters, filters) if filters else None, bool(record.get("ask")),
    )  # fmt: skip


def found(home: lsfs.FileSystem, question: Question, mode: str) -> tuple[list[str], bool, float]:
    """The paths found, whether they are only the nearest, and the milliseconds it took."""
    if question.ask:
        try:
            outcome = home.ask(question.text)
        except LsfsError as error:
            print(f"{question.text}: {error.message}", file=sys.stderr)
            return [], False, 0.0
        return [hit.path for hit in outcome.hits], outcome.weak, 0.0
    result = home.search(question.text, mode=mode, limit=DEPTH, filters=question.filters)
    return [hit.path for hit in result.hits], result.weak, result.elapsed_ms


def scores(
    home: lsfs.FileSystem, questions: Sequence[Question], mode: str, *, misses: bool
) -> dict[str, Score]:
    """A score a kind, in the order of the file."""
    by_kind: dict[str, Score] = {}
    for question in questions:
        if question.ask and mode != "hybrid":
            continue
        paths, weak, took_ms = found(home, question, mode)
        right = [at for at, path in enumerate(paths[:DEPTH], 1) if path in question.answers]
        score = by_kind.setdefault(question.kind, Score())
        score.ranks.append(right[0] if right else 0)
        score.said_nothing.append(weak or not paths)
        score.times_ms.append(took_ms)
        is_right = right[:1] == [1] if question.answers else score.said_nothing[-1]
        if misses and not is_right:
            print(f"  {mode}, {question.kind}: {question.text}\n    {paths[:1]}", file=sys.stderr)
    return by_kind


def rows(mode: str, by_kind: dict[str, Score]) -> Iterator[str]:
    """A line a kind that has answers, and one of all of them."""
    answered = {kind: score for kind, score in by_kind.items() if kind != "nothing"}
    every = Score(
        [rank for score in answered.values() for rank in score.ranks],
        [said for score in answered.values() for said in score.said_nothing],
        [took for score in answered.values() for took in score.times_ms if took],
    )
    for kind, score in {**answered, "all": every}.items():
        count = len(score.ranks)
        if count:
            first, five = (sum(1 <= r <= most for r in score.ranks) for most in (1, 5))
            mean = fmean(1 / rank if rank else 0.0 for rank in score.ranks)
            yield (
                f"| {kind} | {mode} | {count} | {first} | {five} | {mean:.3f}"
                f" | {sum(score.said_nothing)} |"
            )
    if every.times_ms:
        yield f"| median, ms | {mode} | {median(every.times_ms):.1f} | | | | |"
    if nothing := by_kind.get("nothing"):
        total, said = len(nothing.ranks), sum(nothing.said_nothing)
        yield f"| without an answer | {mode} | {total} | | | | {said} |"


def plan_rows(home: lsfs.FileSystem, questions: Sequence[Question]) -> Iterator[str]:
    """A line a kind of question that something is clearly about."""
    sizes: dict[str, list[tuple[int, bool, int, bool]]] = {}
    for question in questions:
        if question.ask or question.filters or not question.answers:
            continue
        taken: list[tuple[int, bool]] = []
        for clear in (False, True):
            result = home.search(question.text, limit=SELECT_LIMIT, clear=clear)
            best = result.hits[0].score if result.hits else 0.0
            paths = [hit.path for hit in result.hits if hit.score >= WEAK_SCORE * best]
            taken.append((len(paths), not set(paths).isdisjoint(question.answers)))
            if result.weak:
                break
        else:
            sizes.setdefault(question.kind, []).append((*taken[0], *taken[1]))
    for kind, all_ in sizes.items():
        before, found, after, kept = zip(*all_, strict=True)
        yield (
            f"| {kind} | {len(all_)} | {fmean(before):.1f} | {sum(found)}"
            f" | {fmean(after):.1f} | {sum(kept)} |"
        )


@contextlib.contextmanager
def opened(over: Path | None) -> Iterator[lsfs.FileSystem]:
    """The root to ask, indexed."""
    with tempfile.TemporaryDirectory(prefix="lsfs-questions-") as folder:
        root = (over or Path(folder)).resolve()
        if over is None:
            write_sample_home(root, datetime.now())
        if not (root / ".lsfs").exists():
            init_root(root)
        with lsfs.open(root) as home:
            home.index()
            yield home


def main() -> int:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--misses", action="store_true", help="show what was found instead")
    parser.add_argument("--plans", action="store_true", help="what a plan would take")
    parser.add_argument("--over", type=Path, metavar="ROOT", help="default: the sample home")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, metavar="FILE")
    given = parser.parse_args()
    questions = load_questions(given.questions)
    with opened(given.over) as home:
        if given.plans:
            print("| kind | questions | files found | a right one | files taken | a right one |")
            print("|---" * 6 + "|", *plan_rows(home, questions), sep="\n")
            return 0
        print("| kind | mode | questions | first | among five | MRR@10 | said to be nothing |")
        print("|---" * 7 + "|")
        for mode in [given.mode] if given.mode else MODES:
            print(*rows(mode, scores(home, questions, mode, misses=given.misses)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
