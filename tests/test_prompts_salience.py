"""Summaries in the files' own sentences: which are chosen, of which kinds of files, and where."""

from __future__ import annotations

import time
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lsfs.ports import Brief, Text
from lsfs.prompts.summaries.sentences import count_words
from lsfs.prompts.summaries.summary import ExtractiveSummarizer
from lsfs.records import Chunk, Place, Summary

BEES = """# Keeping bees

Honey bees live in colonies of up to sixty thousand workers. The colony has one queen who lays eggs.
Workers collect nectar and pollen for the colony, and the queen never leaves it.

My neighbour has a red car.

In winter the colony forms a cluster around the queen and lives on honey. Dr. Huber found this.
"""


def of(name: str, *texts: str, place: Place | None = None) -> Text:
    """A file whose chunks are these, with lines unless they have another place."""
    chunks, line = [], 1
    for number, text in enumerate(texts):
        lines = text.count("\n")
        chunks.append(Chunk(number, text, place or Place(line_from=line, line_to=line + lines)))
        line += lines + 1
    return Text(name, chunks)


def summary(
    *texts: Text, sentences: int = 5, words: int | None = None, about: str | None = None
) -> Summary:
    return ExtractiveSummarizer().summarize(texts, Brief(sentences, words, about))


def said(*texts: Text, sentences: int = 5, about: str | None = None) -> list[str]:
    return [one.text for one in summary(*texts, sentences=sentences, about=about).statements]


def test_salient_sentences_in_order_with_lines() -> None:
    found = summary(of("bees.md", BEES), sentences=3).statements
    assert len(found) == 3
    assert not any("red car" in one.text or "Keeping" in one.text for one in found)
    numbers = [one.sources[0].place.line_from or 0 for one in found]
    assert numbers == sorted(numbers)
    for one, number in zip(found, numbers, strict=True):
        assert one.text in BEES.splitlines()[number - 1]


def test_of_several_files_each_is_told_of_and_nothing_twice() -> None:
    trains = "Trains run on rails of steel. The railway was built in 1890 by the town."
    copy = "Honey bees live in colonies of up to sixty thousand workers. They dance."
    found = summary(of("bees.md", BEES), of("trains.md", trains), of("more.md", copy), sentences=4)
    assert {one.sources[0].path for one in found.statements} >= {"bees.md", "trains.md"}
    once = [one for one in found.statements if one.text.startswith("Honey bees live")]
    assert [source.path for source in once[0].sources] == ["bees.md", "more.md"]
    assert len(once) == 1


def test_what_is_asked_about_is_said_first_of_all() -> None:
    garden = "Tomatoes want sun. The queen of the chess club moved away. Water them every day."
    about = "Who is the queen of the chess club?"
    found = summary(of("bees.md", BEES), of("garden.md", garden), sentences=1, about=about)
    assert [one.text for one in found.statements] == ["The queen of the chess club moved away."]
    assert found.notices == ()
    found = summary(of("bees.md", BEES), about="quantum gravity")
    assert found.statements and "quantum gravity" in found.notices[0]


def test_a_budget_of_words_is_kept() -> None:
    found = summary(of("bees.md", BEES), sentences=50, words=30).statements
    assert 0 < sum(count_words(one.text) for one in found) <= 30
    (first,) = summary(of("bees.md", BEES), words=3).statements
    assert count_words(first.text) == 3 and first.text.endswith(" …")


def test_a_short_sentence_is_said_where_it_is_asked_about() -> None:
    pets = of("pets.txt", "Cats scratch the sofa and sleep all day.\nI like dogs.\nDogs\n")
    found = summary(pets, sentences=1, about="dogs")
    assert [one.text for one in found.statements] == ["I like dogs."]
    assert found.notices == ()


def test_chinese() -> None:
    text = (
        "机器学习是人工智能的一个分支。机器学习让计算机从数据中学习规律，而不需要明确的编程。"
        "今天天气很好。\n监督学习使用带有标签的数据来训练机器学习模型。"
    )
    found = said(of("学习.md", text), sentences=2)
    assert len(found) == 2 and all("学习" in one for one in found)
    assert said(of("学习.md", text), sentences=1, about="天气怎么样") == ["今天天气很好。"]


def test_thai_has_neither_spaces_nor_full_stops() -> None:
    lines = ["ผึ้งอาศัยอยู่รวมกันเป็นรังและเก็บน้ำหวานจากดอกไม้", "รถไฟขบวนสุดท้ายออกจากสถานีตอนเที่ยงคืน"]
    text = "1\n\n" + "\n\n".join(lines)
    assert said(of("ผึ้ง.txt", text)) == lines
    assert said(of("ผึ้ง.txt", text), sentences=1, about="รถไฟ") == lines[1:]


def test_pages_have_headers_footers_and_references() -> None:
    plants = "clover heather lime rape acacia thyme".split()
    pages = [
        f"Journal of Bees {number}\nThe bees of the {plant} fly when the sun is out and it is\n"
        f"warm enough for the pol-\nlen of {plant} and its honey.\nPage {number}"
        for number, plant in enumerate(plants, 1)
    ]
    pages.append("References\n[1] A. Author. A paper on the bees of the sun. In Proc. of Bees.")
    chunks = [Chunk(at, page, Place(page=at + 1)) for at, page in enumerate(pages)]
    found = summary(Text("bees.pdf", chunks), sentences=9).statements
    assert found[0].text == (
        "The bees of the clover fly when the sun is out and it is warm enough"
        " for the pollen of clover and its honey."
    )
    assert found[0].sources[0].place.page == 1
    assert not any("Journal" in one.text or "Proc" in one.text for one in found)


def test_a_sentence_that_two_chunks_share_is_one() -> None:
    parts = "The report says that the rent will\nrise by a tenth", "from March on. We may object."
    found = summary(of("rent.txt", *parts), sentences=1).statements
    assert found[0].text == "The report says that the rent will rise by a tenth from March on."
    place = found[0].sources[0].place
    assert (place.line_from, place.line_to) == (1, 3)


def test_no_sentence_is_made_across_what_is_left_out() -> None:
    parts = [
        "The board decided that the old bridge will be torn down",
        "next year only if the council pays for it. The mayor agreed to sell",
        "the town hall was painted green in spring by volunteers.",
    ]
    chunks = [Chunk(at, part, Place()) for at, part in enumerate(parts)]
    said = summary(Text("a.docx", chunks), sentences=1).statements[0].text
    assert said == f"{parts[0]} next year only if the council pays for it."
    found = summary(Text("a.docx", chunks[::2]), sentences=9).statements
    assert {one.text for one in found} <= {parts[0], parts[2]}


def test_mail_without_quotes_and_signature() -> None:
    head = "From: Anna <a@example.org>\nTo: Ben\nSubject: The boiler was mended today"
    body = (
        "The plumber mended the boiler this morning.\n\nOn Monday, Ben <b@example.org> wrote:\n\n"
    )
    quoted = (
        "> Is the boiler still broken, or has the plumber been there?\n\n-- \nAnna, Fine Boilers"
    )
    found = said(of("boiler.eml", head, body + quoted, place=Place()))
    assert found == [
        "Subject: The boiler was mended today", "The plumber mended the boiler this morning.",
    ]  # fmt: skip


def test_code_says_what_its_comments_say() -> None:
    code = (
        '"""Counts the bees that leave a hive, and those that return."""\n\nimport os\n\n'
        "# a sensor at the gate sends one byte for every bee\n"
        "def count(path: str) -> int:\n    return os.stat(path).st_size\n"
    )
    found = summary(of("hive.py", code)).statements
    assert [(one.text, one.sources[0].place.line_from) for one in found] == [
        ("Counts the bees that leave a hive, and those that return.", 1),
        ("a sensor at the gate sends one byte for every bee", 5),
    ]
    block = "/**\n * Adds the weight of the honey\n * to that of the wax.\n */\nint add(int a);\n"
    assert said(of("wax.c", block)) == ["Adds the weight of the honey to that of the wax."]


def test_what_has_no_sentences_says_its_first_lines() -> None:
    assert said(of("todo.txt", "Milk")) == ["Milk"]
    rows = Chunk(0, "Month\tRent\nMay\t900\n1\t2", Place(1, 3, sheet="Costs"))
    found = summary(Text("costs.xlsx", [rows]), sentences=2).statements
    assert [(one.text, one.sources[0].place.sheet) for one in found] == [
        ("Month Rent", "Costs"), ("May 900", "Costs"),
    ]  # fmt: skip
    assert said(of("list.md", "- buy milk\n- mow the lawn\n"), sentences=2) == [
        "buy milk", "mow the lawn",
    ]  # fmt: skip
    assert said(Text("empty.txt", [])) == said(of("blank.txt", " \n ")) == []


def test_prose_without_its_marks() -> None:
    text = (
        "---\nlayout: page\n---\n\nThe [manual](http://x.org/a_b) of the pump is online.\n\n"
        "```\nThis is no sentence of the page.\n```\n\n| The pump | costs a lot of money |\n"
    )
    assert said(of("pump.md", text)) == ["The manual of the pump is online."]


@given(st.lists(st.text(max_size=200), max_size=3), st.integers(1, 5))
def test_any_text_gives_at_most_the_asked_number_of_sentences(texts: list[str], count: int) -> None:
    for name in ("a.txt", "a.pdf", "a.eml", "a.py", "a.tex", "a.csv", "a.xml", "a.pptx"):
        found = said(of(name, *texts), sentences=count)
        assert len(found) <= count and all("\n" not in one for one in found)


def test_a_book_takes_seconds() -> None:
    random = Random(1)
    vocabulary = ["".join(random.choices("abcdefghiklmnoprstu", k=7)) for _ in range(5000)]
    pages = [
        " ".join(f"The {' '.join(random.choices(vocabulary, k=20))}." for _ in range(20))
        for _ in range(1000)
    ]
    chunks = [Chunk(at, page, Place(page=at + 1)) for at, page in enumerate(pages)]
    assert sum(map(len, pages)) > 3_000_000
    started = time.monotonic()
    assert len(summary(Text("book.pdf", chunks)).statements) == 5
    assert time.monotonic() - started < 30  # 3 s here, alone
