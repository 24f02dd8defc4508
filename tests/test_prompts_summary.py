"""Extractive summaries, change summaries and key words, on texts of our own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsfs.errors import UnavailableError
from lsfs.ports import Telling
from lsfs.prompts.rewording import change_summary
from lsfs.prompts.sentences import split_sentences
from lsfs.prompts.summary import (
    ExtractiveSummarizer,
    ModelSummarizer,
)
from lsfs.records import Chunk, Place

BEES = """# Keeping bees

Honey bees live in colonies of up to sixty thousand workers. The colony has one queen who lays eggs.
Workers collect nectar and pollen for the colony, and the queen never leaves it.

My neighbour has a red car.

In winter the colony forms a cluster around the queen and lives on honey. Dr. Huber found this.
"""


def test_salient_sentences_in_order_with_lines() -> None:
    chunk = Chunk(0, BEES, Place(line_from=1, line_to=8))
    lines = ExtractiveSummarizer().summarize([chunk], 3).splitlines()
    assert len(lines) == 3
    assert not any("red car" in line or "Keeping" in line for line in lines)
    numbers = [int(line.rpartition("(line ")[2].rstrip(")")) for line in lines]
    assert numbers == sorted(numbers)
    for line, number in zip(lines, numbers, strict=True):
        assert line.partition(" (line")[0] in BEES.splitlines()[number - 1]


def test_pages_and_repeated_sentences() -> None:
    text = "Quarterly revenue grew by ten percent over the year."
    chunks = [Chunk(i, text, Place(page=i + 4)) for i in range(3)]
    assert ExtractiveSummarizer().summarize(chunks, 5) == f"{text} (page 4)"


def test_no_text_is_an_empty_summary() -> None:
    assert ExtractiveSummarizer().summarize([], 3) == ""
    assert ExtractiveSummarizer().summarize([Chunk(0, "| 1 | 2 |\n---", Place())], 3) == ""


def test_sentences_end_at_stops_not_at_abbreviations() -> None:
    text = "Dr. Huber came, e.g. on Monday. He left! 他走了。她也是。"
    assert [sentence for _, sentence in split_sentences(text)] == [
        "Dr. Huber came, e.g. on Monday.", "He left!", "他走了。", "她也是。",
    ]  # fmt: skip


@given(st.text(max_size=300), st.integers(1, 5))
def test_any_text_gives_at_most_the_asked_number_of_sentences(text: str, count: int) -> None:
    summary = ExtractiveSummarizer().summarize([Chunk(0, text, Place())], count)
    assert len(summary.split("\n") if summary else []) <= count


@given(st.text(max_size=200))
def test_sentences_stand_where_they_say(text: str) -> None:
    for offset, sentence in split_sentences(text):
        assert text[offset : offset + len(sentence)] == sentence


def told(before: str, after: str, *, by_lines: bool = False) -> str:
    return change_summary(before, after, by_lines=by_lines, numbered=True)


def test_a_change_in_words() -> None:
    before = "# Budget\n\nThe rent is 900 euros. We share it."
    after = "# Budget\n\nThe rent is 950 euros from March. Heating included. We share it."
    account = told(before, after)
    assert account.splitlines() == [
        "1 sentence added, 1 sentence reworded",
        "~ The rent is [900 -> 950] euros [+from March]. (line 3)",
        "+ Heating included. (line 3)",
    ]
    assert told(after, after) == "nothing changed in what it says"


def test_a_change_of_code_goes_by_lines() -> None:
    account = told("a = 1\nb = 2\n", "a = 1\nb = 3\nc = 4\n", by_lines=True)
    assert account.splitlines() == [
        "1 line added, 1 line reworded", "~ b = [2 -> 3] (line 2)", "+ c = 4 (line 3)",
    ]  # fmt: skip


def test_of_many_changes_the_weightiest_are_shown() -> None:
    before = "\n".join(f"- item {number}" for number in range(100))
    after = before + "\n" + "\n".join(f"- ok {number}" for number in range(50))
    account = told(before, f"{after}\n- the landlord raises the rent")
    assert account.splitlines()[0] == "51 sentences added"
    assert "+ the landlord raises the rent (line 151)" in account
    assert account.splitlines()[-1] == "and 43 more"


class Says:
    """A model that says one thing, or nothing at all."""

    name = "small"

    def __init__(self, answer: str | None) -> None:
        self._answer = answer
        self.prompt = ""

    def complete(self, system: str, prompt: str, schema: object = None) -> str:
        self.prompt = prompt
        if self._answer is None:
            raise UnavailableError("model.url does not answer")
        return self._answer


def test_a_model_puts_the_change_in_words_where_it_answers() -> None:
    model = Says("The rent rose.")
    account = ModelSummarizer(model).changes("900\n", "950\n", Telling())
    assert account == "The rent rose.\n(by small)"
    assert "-900\n+950" in model.prompt
    account = ModelSummarizer(Says(None)).changes("900\n", "950\n", Telling())
    assert "+ 950 (line 1)" in account
    assert account.endswith("(small was asked first: model.url does not answer)")


def test_a_secret_is_shown_to_no_model() -> None:
    model = Says("The password changed.")
    account = ModelSummarizer(model).changes("PASSWORD=a\n", "PASSWORD=b\n", Telling(private=True))
    assert model.prompt == "" and "by small" not in account


def test_long_lines_and_many_changes_take_no_time() -> None:
    """Each of these took minutes, or hours, where pairs were sought for all."""
    long = ",".join(str(number) for number in range(100_000))
    assert told(long, long + ",end", by_lines=True)
    one = "\n".join(f"word{number} is here" for number in range(5000))
    other = "\n".join(f"thing{number} was there" for number in range(5000))
    account = told(one, other, by_lines=True)
    assert account.startswith("5000 lines added, 5000 lines removed")
    same = "again\n" * 4000
    assert told(same, same + "more\n", by_lines=True)


def test_what_has_nothing_in_common_is_not_reworded() -> None:
    account = told("Anna likes her cat.", "Budgets were cut twice.")
    assert account.startswith("1 sentence added, 1 sentence removed")
