"""Sentences, change summaries and key words, on texts of our own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from saying import Says

from lsfs.ports import Telling
from lsfs.prompts.summaries.rewording import change_summary
from lsfs.prompts.summaries.sentences import plain, split_sentences, words
from lsfs.prompts.summaries.summary import ModelSummarizer


def test_sentences_end_at_stops_not_at_abbreviations() -> None:
    text = "Dr. Huber came, e.g. on Monday. He left! 他走了。她也是。"
    assert [sentence for _, sentence in split_sentences(text)] == [
        "Dr. Huber came, e.g. on Monday.", "He left!", "他走了。", "她也是。",
    ]  # fmt: skip


def test_sentences_of_other_scripts_and_of_those_who_write_none_large() -> None:
    cases = {
        "他走了！她说：“好。”然后也走了。": ["他走了！", "她说：“好。”", "然后也走了。"],
        "Er kam am 3. Mai z.B. um 12. Sie auch. Es regnete.": [
            "Er kam am 3. Mai z.B. um 12.", "Sie auch.", "Es regnete.",
        ],
        "all in small letters. no capital. at all": [
            "all in small letters.", "no capital.", "at all"
        ],
        "It was said [2].[3][6] “Really?” He nodded.": [
            "It was said [2].[3][6]", "“Really?”", "He nodded.",
        ],
        "यह एक है। वह दो है।": ["यह एक है।", "वह दो है।"],
        "1. First point\n2. Second point": ["1. First point", "2. Second point"],
    }  # fmt: skip
    for text, sentences in cases.items():
        assert [sentence for _, sentence in split_sentences(text)] == sentences


def test_words_of_chinese_are_pairs_and_wrapped_lines_are_joined() -> None:
    assert words("机器学习 and the machines") == ["机器", "器学", "学习", "machine"]
    assert words("𠮷野家 人々 한국어 문장") == ["𠮷野", "野家", "人々", "한국어", "문장"]
    assert plain("机器\n学习，\n很好 a\nb snake_case 2*3 **bold**") == (
        "机器学习，很好 a b snake_case 2*3 bold"
    )


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
