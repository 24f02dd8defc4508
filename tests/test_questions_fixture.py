"""The twenty questions over the sample home are honest: none can be answered by matching words."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from sample_home import write_sample_home
from sample_home_manifest import Document, load_manifest, source_text

QUESTIONS = Path(__file__).parent / "data" / "questions.json"
NOW = datetime(2026, 11, 23, 12)

# Words so common that sharing them helps no search: function words, nothing that has a topic.
STOP_WORDS = frozenset(
    str.split("""
    a about after all am an and any are as at be been being but by can could did do does during for
    from get getting had has have how i if in into is it its may me must my no not of off on or our
    out should so some still than that the their them there these they this those to under until up
    us was we were what when where which while who whose why will with would you your
    """)
)


def load_questions() -> list[tuple[str, str]]:
    """Return pairs of a question and the path of its answer."""
    records = json.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
    return [(record["question"], record["answer"]) for record in records]


def stems(text: str) -> set[str]:
    """Return the first five letters, less a plural's s, of every word that is not a stop word."""
    words = re.findall(r"[^\W_]+", text.lower())
    return {word[:5].rstrip("s") for word in words if word not in STOP_WORDS}


def words_of(document: Document) -> str:
    """Return everything that a search could match: words, attachment, title, author, path."""
    source = source_text(document, NOW) if document.source else ""
    attached = words_of(document.attachment) if document.attachment else ""
    return " ".join((source, attached, document.title, document.author, document.path))


def test_there_are_twenty_different_questions_with_different_answers() -> None:
    questions, answers = zip(*load_questions(), strict=True)
    assert len(set(questions)) == len(set(answers)) == 20


def test_every_answer_exists_in_the_sample_home(tmp_path: Path) -> None:
    write_sample_home(tmp_path, NOW)
    missing = [answer for _, answer in load_questions() if not (tmp_path / answer).is_file()]
    assert missing == []


@pytest.mark.parametrize(("question", "answer"), load_questions())
def test_question_shares_no_word_with_its_answer(question: str, answer: str) -> None:
    document = next(d for d in load_manifest() if d.path == answer)
    assert stems(question), "nothing is left of the question without its stop words"
    assert stems(question) & stems(words_of(document)) == set()


def test_a_shared_word_would_be_noticed() -> None:
    document = next(d for d in load_manifest() if d.path == "Notes/cargo bike.md")
    assert stems("why does the chain jump") & stems(words_of(document)) == {"chain", "jump"}
