"""Acts whose words were labelled, and Chinese searches whose topic was: what is learnt holds, and
what must not be an act is none."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from judged_requests import flat
from train_slots import Example, examples, finds
from words import trained_parser, world

from lsfs.errors import LsfsError, NotUnderstoodError, UnavailableError
from lsfs.lookup import CatalogNames
from lsfs.prompts.chinese.text import Phrase
from lsfs.prompts.chinese.topics import topic_in
from lsfs.prompts.intents import LIKELY
from lsfs.prompts.labelled.acts import FILLERS
from lsfs.prompts.labelled.chinese import chinese_mentions
from lsfs.prompts.names.targets import Targets
from lsfs.prompts.request.marked import marked, marked_trees
from lsfs.prompts.request.tagger import shipped

ROLES = set("target set from to name text old new when group language number".split())


def planned(text: str) -> list[dict[str, Any]]:
    return [flat(operation) for operation in trained_parser().parse(text, "test").operations]


# -- marked requests -------------------------------------------------------------------------------


def test_a_marked_request_is_read() -> None:
    (tree,) = marked_trees(
        "a.txt\nold/\n\n# somebody\n"
        "{move} put [a.txt](target) in [old](to), and {lock} lock [it](target)\n"
    )
    assert tree.paths == ("a.txt", "old/")
    move, lock = tree.steps
    assert (move.intent, move.text) == ("move", "put a.txt in old")
    assert [(move.text[start:end], role) for start, end, role in move.slots] == [
        ("a.txt", "target"), ("old", "to"),
    ]  # fmt: skip
    assert move.rest == "put \0\0\0\0\0 in \0\0\0"
    assert lock.text == "lock it"


@pytest.mark.parametrize("name", ["marked.en", "marked.zh"])
def test_marked_requests_mark_what_there_is(name: str) -> None:
    known = {*FILLERS, "none", "undo", "redo"}
    steps = marked(name)
    assert len(steps) > 1500
    for step in steps:
        assert step.intent in known, step
        assert {role for _, _, role in step.slots} <= ROLES, step
        assert step.intent != "none" or not step.slots, step


def test_marked_requests_are_examples_of_intents() -> None:
    told = set(LIKELY.examples())
    assert all((step.text, step.intent) in told for step in marked("marked.en"))


# -- what was learnt -------------------------------------------------------------------------------


def right(known: list[Example], model: str) -> float:
    tagged = [shipped(model).tag(one.features)[0] == one.labels for one in known]
    return sum(tagged) / len(tagged)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_labels_are_of_the_marked_requests(language: str) -> None:
    """Else: python scripts/train_slots.py."""
    assert right(list(examples(language))[::9], f"slots.{language}") > 0.97


def test_the_topics_are_of_the_marked_searches() -> None:
    """Else: python scripts/train_slots.py."""
    assert right(list(finds()), "topics.zh") > 0.95


def test_nothing_is_about_nothing() -> None:
    assert topic_in(Phrase("", ()), []) is None


# -- acts ------------------------------------------------------------------------------------------

ACTS: list[tuple[str, dict[str, Any]]] = [
    ("lob budget.xlsx over into the archive, would you",
     {"op": "move", "to": "archive", "into": True, "paths": ["Documents/budget.xlsx"]}),
    ("I'd like slides.pptx to be known as talk.pptx",
     {"op": "move", "to": "Documents/talk.pptx", "paths": ["Documents/slides.pptx"]}),
    ("draft.txt wants a copy in old",
     {"op": "copy", "to": "old", "into": True, "paths": ["draft.txt"]}),
    ("slides.pptx 以后就叫 汇报.pptx",
     {"op": "move", "to": "Documents/汇报.pptx", "paths": ["Documents/slides.pptx"]}),
    ("麻烦在 reading 底下给 cv.pdf 弄个快捷方式",
     {"op": "link", "to": "reading", "into": True, "paths": ["Documents/cv.pdf"]}),
    ("draft.txt 备一份到 old 里",
     {"op": "copy", "to": "old", "into": True, "paths": ["draft.txt"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ACTS, ids=[text for text, _ in ACTS])
def test_what_the_words_say_is_proposed(text: str, expected: dict[str, Any]) -> None:
    plan = trained_parser().parse(text, "test")
    assert [flat(operation) for operation in plan.operations] == [expected]
    assert plan.is_proposal, "what is likely is shown, and asked about"


NEVER = [
    "lob budget.xlsx over into the archive if Tom agrees",
    "lob budget.xlsx over into the archive, my brother did",
    "fling cnn.txt out of Papers", "swap the second 'eggs' for 'oats' in the shopping list",
    "put a bookmark in plan.md", "new file please, zebra log.txt, put it in the archive folder",
    "要是小王同意就把 budget.xlsx 挪去 archive", "budget.xlsx 昨天挪去 archive 了",
    "给 plan.md 加个封面",
    "slides.pptx 的备注改成“完”", "plan.md 有人锁过", "cv.pdf 的快捷方式在哪个文件夹",
    "把 draft.txt 备份到 old 但保留一份给我", "撤销第三步",
    "deadline前把 q3-report.docx 和 plan.md merge成 final.md",
]  # fmt: skip


@pytest.mark.parametrize("text", NEVER)
def test_what_says_more_is_no_act(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except LsfsError:
        return
    assert not plan.changes_something(), plan.operations


@pytest.mark.parametrize(
    "text",
    [
        "do you think you could phone the plumber",
        "whistle me a tune",
        "can you book a table for two",
    ],
)
def test_what_is_not_said_to_a_file_system_is_no_search(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize(
    "text",
    ["find the plumber's phone number", "is there a tune called Whistle", "table bookings for two"],
)
def test_what_could_be_in_files_is_searched_for(text: str) -> None:
    assert [operation["op"] for operation in planned(text)] == ["search"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("有没有讲房屋漏水的照片", {"query": "房屋漏水", "types": ["image"]}),
        ("需要劳动合同的文件,越快越好", {"query": "劳动合同"}),
        ("哪个文件里写着保险柜密码", {"query": "保险柜密码"}),
        ("那啥,驾照换证的材料我放哪儿了", {"query": "驾照换证"}),
        ("我妹要看滑雪的视频,帮忙找一下呗", {"query": "滑雪", "types": ["video"]}),
    ],
)
def test_a_chinese_search_is_about_its_topic_alone(text: str, fields: dict[str, Any]) -> None:
    (operation,) = planned(text)
    assert operation == {"op": "search", **fields}


# -- what a reading of it found --------------------------------------------------------------------


def test_a_file_that_is_there_is_no_new_name() -> None:
    """draft.txt was renamed to essay.txt, which is not there."""
    with pytest.raises(LsfsError):
        planned("I'd like essay.txt to be known as draft.txt")


@pytest.mark.parametrize("text", ["找 caf\udce9 的照片", "把分享链接②关掉", "revoke share ②"])
def test_odd_signs_are_no_crash(text: str) -> None:
    """Half a surrogate, and a digit that is no number, were no LsfsError."""
    try:
        operations = planned(text)
    except LsfsError:
        return
    assert [operation["op"] for operation in operations] == ["search"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("把 plan.md 还有 inbox 里的所有 PDF 都挪去 archive", "plan.md"),
        ("draft.txt 备一份到 old 里,然后删掉", "remove"),
        ("找讲着急的照片,然后全部删掉", "着急"),
        ("lob budget.xlsx over into v2.0, would you", "v2.0/budget.xlsx"),
    ],
)
def test_no_part_of_an_order_is_left_out(text: str, word: str) -> None:
    """An act on some of what is said, or without a step of it."""
    try:
        plan = trained_parser().parse(text, "test")
    except LsfsError:
        return
    assert not plan.changes_something() or word in str(plan.operations)


class CountingTargets(Targets):
    """Counts how often the names of the tree are looked through."""

    looks = 0

    def holding(self, words: Collection[str]) -> list[str]:
        self.looks += 1
        return super().holding(words)


def test_chinese_names_are_looked_for_at_once() -> None:
    """Each sign of a request was looked up with those after it, one by one."""
    targets = CountingTargets(CatalogNames(world()[1]))
    assert chinese_mentions("请帮我找一找去年夏天在海边拍的那些照片" * 5, targets) == []
    assert targets.looks == 1


def test_a_damaged_model_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "damaged.crf").write_bytes(b"no model")
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    for name in ("damaged", "missing"):
        with pytest.raises(UnavailableError):
            shipped(name)
