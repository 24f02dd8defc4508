"""The questions over the sample home are honest: their answers are there, and those that are to be
found by meaning alone share no telling word with theirs."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sample_home import write_sample_home
from sample_home_manifest import Document, load_manifest, source_text

from lsfs.rooms import moment
from lsfs.selector import Filters

QUESTIONS = Path(__file__).parent / "data" / "questions.json"
NOW = datetime(2026, 11, 23, 12)

# Words so common that sharing them helps no search: function words, nothing that has a topic.
STOP_WORDS = frozenset(
    str.split("""
    a about after all am an and any are as at be been being but by can could did do does during for
    from get getting had has have how i if in into is it its may me must my no not of off on or our
    out should so some still than that the their them there these they this those to under until up
    us was we were what when where which while who whom whose why will with would you your
    """)
)


def load_records() -> list[dict[str, Any]]:
    """Return the questions as they stand in the file, each `answer` as a list."""
    records: list[dict[str, Any]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
    for record in records:
        answer = record.get("answer", [])
        record["answer"] = [answer] if isinstance(answer, str) else answer
    return records


def wordless() -> list[tuple[str, str]]:
    """Return pairs of a question that shares no word with its answer, and that answer's path."""
    records = [one for one in load_records() if one["kind"] == "no shared word"]
    return [(record["question"], record["answer"][0]) for record in records]


def stems(text: str) -> set[str]:
    """Return the first five letters, less a plural's s, of every word that is not a stop word."""
    words = re.findall(r"[^\W_]+", text.lower())
    return {word[:5].rstrip("s") for word in words if word not in STOP_WORDS}


def words_of(document: Document) -> str:
    """Return everything that a search could match: words, attachment, title, author, path."""
    source = source_text(document, NOW) if document.source else ""
    attached = words_of(document.attachment) if document.attachment else ""
    return " ".join((source, attached, document.title, document.author, document.path))


def test_there_are_enough_of_every_kind_and_none_comes_twice() -> None:
    records = load_records()
    kinds = Counter(record["kind"] for record in records)
    assert len(records) - kinds["nothing"] >= 150 and kinds["nothing"] >= 25
    assert min(kinds.values()) >= 10
    assert len({record["question"] for record in records}) == len(records)


def test_every_answer_exists_in_the_sample_home(tmp_path: Path) -> None:
    write_sample_home(tmp_path, NOW)
    for record in load_records():
        missing = [one for one in record["answer"] if not (tmp_path / one).is_file()]
        assert missing == [], record["question"]
        assert bool(record["answer"]) == (record["kind"] != "nothing"), record["question"]


def test_every_filter_is_one_of_search() -> None:
    given = [record["filters"] for record in load_records() if "filters" in record]
    assert given
    for filters in given:
        times = {key: moment(filters[key]) for key in ("after", "before") if key in filters}
        assert not Filters.model_validate({**filters, **times}).is_empty()


@pytest.mark.parametrize(("question", "answer"), wordless())
def test_question_shares_no_word_with_its_answer(question: str, answer: str) -> None:
    document = next(d for d in load_manifest() if d.path == answer)
    assert stems(question), "nothing is left of the question without its stop words"
    assert stems(question) & stems(words_of(document)) == set()


def test_a_shared_word_would_be_noticed() -> None:
    document = next(d for d in load_manifest() if d.path == "Notes/cargo bike.md")
    assert stems("why does the chain jump") & stems(words_of(document)) == {"chain", "jump"}
