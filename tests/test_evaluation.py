"""`lsfs eval`: the measures by hand-worked examples, and a small collection through the command."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from faces import answer, lsfs

from lsfs import evaluation
from lsfs.errors import MissingPathError, UsageError

DOCUMENTS = {
    "d1": ("Bread", "Flour, water, salt and yeast rise overnight."),
    "d2": ("", "The kernel scheduler gives every task a fair share."),
    "d3": ("Tomatoes", "They want sun, water and patience."),
    "d4": ("", "A letter about the wedding in June."),
}
QUESTIONS = {"q1": "what makes a loaf rise", "q2": "process scheduling", "q3": "never judged"}
JUDGED = (("q1", "d1", 2), ("q1", "d3", 1), ("q2", "d2", 1), ("q2", "gone", 1), ("q2", "d4", 0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "collection"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": id_, "title": title, "text": text} for id_, (title, text) in DOCUMENTS.items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    rows = [{"_id": id_, "text": text} for id_, text in QUESTIONS.items()]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)))
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in JUDGED)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    return folder


def test_measures_are_those_of_trec_eval() -> None:
    gains = {"a": 3, "b": 2, "c": 1}
    ranked = ["b", "x", "a", "y", "c"]
    best = 3 + 2 / math.log2(3) + 1 / 2
    found = 2 + 3 / 2 + 1 / math.log2(6)
    assert evaluation.ndcg(ranked, gains, 10) == pytest.approx(found / best)
    assert evaluation.ndcg(ranked, gains, 2) == pytest.approx(2 / (3 + 2 / math.log2(3)))
    assert evaluation.recall(ranked, gains, 3) == pytest.approx(2 / 3)
    assert evaluation.reciprocal_rank(["x", "a"], gains, 10) == 0.5
    assert evaluation.reciprocal_rank(["x", "a"], gains, 1) == 0
    assert evaluation.ndcg([], gains, 10) == 0


def test_a_collection_is_read(folder: Path) -> None:
    found = evaluation.read(folder)
    assert len(found.files) == 4
    assert found.files[found.home["d1"]] == f"# Bread\n\n{DOCUMENTS['d1'][1]}\n"
    assert found.questions == {id_: QUESTIONS[id_] for id_ in ("q1", "q2")}
    assert found.grades == {"q1": {"d1": 2, "d3": 1}, "q2": {"d2": 1}}


def test_joined_documents_share_a_file_and_its_gain_is_the_best_of_them(folder: Path) -> None:
    found = evaluation.read(folder, joined=4)
    ((file, text),) = found.files.items()
    assert all(words in text for _, words in DOCUMENTS.values())
    assert found.gains("q1") == {file: 2}


def test_the_command_measures_all_modes_and_leaves_what_is_to_be_kept(
    folder: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "kept"
    told = answer("eval", str(folder), "--keep", str(keep), cwd=tmp_path)
    assert [row["mode"] for row in told["rows"]] == ["lexical", "semantic", "hybrid"]
    assert all(row["questions"] == 2 for row in told["rows"])
    assert told["rows"][1]["mrr_10"] == told["rows"][2]["mrr_10"] == 1
    assert sorted(file.suffix for file in keep.iterdir() if file.is_file()) == [".md"] * 4
    again = lsfs("eval", folder, "--keep", keep, "--mode", "lexical", cwd=tmp_path)
    assert (again.returncode, len(again.stdout.splitlines())) == (0, 1)


def test_a_folder_of_something_else_is_not_written_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = lsfs("eval", folder, "--keep", tmp_path / "mine", cwd=tmp_path)
    assert done.returncode == 2 and "thesis.txt" in done.stderr
    assert len(list((tmp_path / "mine").iterdir())) == 1


def test_what_is_missing_or_broken_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingPathError, match=r"corpus\.jsonl"):
        evaluation.read(tmp_path)
    with pytest.raises(MissingPathError, match=r"dev\.tsv"):
        evaluation.read(folder, split="dev")
    (folder / "qrels" / "test.tsv").write_text("a\tb\tc\nq1\td1\tmuch\n")
    with pytest.raises(UsageError, match="much"):
        evaluation.read(folder)
    (folder / "queries.jsonl").write_text('{"id": 1}\n')
    (folder / "qrels" / "test.tsv").write_text("a\tb\tc\nq1\td1\t1\n")
    with pytest.raises(UsageError, match="_id"):
        evaluation.read(folder)
