"""The benchmarks beside the paper and other programs, from end to end on a tiny collection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts" / "bench"
TOPICS = {
    "bread": "Flour, water, salt and yeast rise overnight. The baker kneads the dough.",
    "kernel": "The scheduler gives every task a fair share of the processor.",
    "tomatoes": "Sun, patience and regular watering ripen the harvest.",
    "letter": "Łucja thanks the Müllers for the invitation to the wedding in June.",
    "cello": "A slow movement for strings, with four sonatas in the appendix.",
    "roof": "The carpenter replaced eleven tiles and sent an invoice.",
    "norway": "The ferry leaves Bergen early, and the fjord is misty.",
    "taxes": "The office wants the declaration before the end of July.",
}
QUESTIONS = {"kernel": "how is processor time divided among tasks", "cello": "music for strings"}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    rows = [{"_id": id_, "title": id_.title(), "text": text} for id_, text in TOPICS.items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    rows = [{"_id": f"q-{id_}", "text": text} for id_, text in QUESTIONS.items()]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)))
    judged = [f"q-{id_}\t{id_}\t1" for id_ in QUESTIONS]
    (folder / "qrels.tsv").write_text("\n".join(["query\tdocument\tgrade", *judged]) + "\n")
    return folder


def rows(script: str, *arguments: str | Path) -> list[list[str]]:
    """The cells of the table that a benchmark prints, headings first."""
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.usefixtures("fuse_required")
def test_files_are_found_by_keyword_as_what_they_say_demands(collection: Path) -> None:
    head, *found = rows(
        "paper.py", collection, "--only", "keyword", "--sizes", "2", "--conditions", "8"
    )
    assert [row[2] for row in found] == ["precision", "recall", "F1"]
    assert [row[-1] for row in found] == ["1.000"] * 3, found
    as_they_are = head.index("grep, files")
    assert found[2][as_they_are] == "0.000", "what PDF and DOCX say is compressed"
    joined = "1.000" if which("pdftotext") and which("docx2txt") else "-"
    assert found[2][head.index("grep, text, lines joined")] == joined


def test_files_are_found_by_meaning_and_links_give_theirs(collection: Path) -> None:
    arguments = ("--sizes", "6", "--questions", "2", "--only", "semantic", "--only", "sharing")
    _, accuracy, seconds, sharing, sharing_s = rows("paper.py", collection, *arguments)
    assert (accuracy[2], accuracy[-1]) == ("accuracy, 2 questions", "100.0 %")
    assert 0 < float(seconds[-1]) < 60
    assert int(sharing[-1].removesuffix(" %")) >= 90
    assert 0 < float(sharing_s[-1]) < 60


def test_rollbacks_are_timed_and_looked_at(collection: Path) -> None:
    arguments = ("--only", "rollback", "--rounds", "1", "--versions", "1,3")
    _, *found = rows("paper.py", collection, *arguments)
    assert [row[1] for row in found] == ["1 versions"] * 2 + ["3 versions"] * 2
    assert all(0 < float(row[-1]) < 60 for row in found)


def test_other_programs_get_the_same_files(collection: Path) -> None:
    _, *found = rows("compare.py", collection, f"{collection}:2")
    recoll = ["Recoll, any word", "Recoll, all words"] if which("recollindex") else []
    expected = ["lsfs", *recoll]
    assert [row[2] for row in found] == expected * 2
    assert [row[1] for row in found[:: len(expected)]] == ["8", "4"]
    assert all(row[4] == "1.000" for row in found if row[2] == "lsfs"), found


def test_a_collection_that_gives_too_little_is_refused(collection: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "paper.py"), str(collection), "--only", "keyword"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "2 files, not 10" in done.stderr
