"""Requests that speak of what was shown before them: "the second one", "those"."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import NotUnderstoodError

SHOWN = ("Papers/kv-cache.pdf", "Papers/attention.pdf", "draft.txt", "Recipes/apple pie.md")


def planned(text: str, *shown: str) -> dict[str, Any]:
    (operation,) = trained_parser().parse(text, "test", shown or SHOWN).operations
    return flat(operation)


@pytest.mark.parametrize(
    ("text", "op", "numbers"),
    [
        ("delete the second one", "remove", [2]),
        ("please remove the 3rd file", "remove", [3]),
        ("read the last one", "read", [4]),
        ("open the first result", "read", [1]),
        ("move the first two files to reading", "move", [1, 2]),
        ("copy the last three of them to archive", "copy", [2, 3, 4]),
        ("delete the first file and the third one", "remove", [1, 3]),
        ("summarise the fourth one", "summarize", [4]),
        ("delete those", "remove", [1, 2, 3, 4]),
        ("move them to archive", "move", [1, 2, 3, 4]),
        ("lock all of them", "lock", [1, 2, 3, 4]),
        ("delete the third and fourth", "remove", [3, 4]),
        ("delete the first, third and fourth ones", "remove", [1, 3, 4]),
        ("move the second and the last to archive", "move", [2, 4]),
        ("read the third", "read", [3]),
        ("delete number 2", "remove", [2]),
        ("把第1、第3个移到 archive 里", "move", [1, 3]),
        ("删除第二个", "remove", [2]),
        ("把前两个移到 archive 里", "move", [1, 2]),
        ("总结最后一个", "summarize", [4]),
    ],
)
def test_what_was_shown(text: str, op: str, numbers: list[int]) -> None:
    found = planned(text)
    assert (found["op"], found["paths"]) == (op, [SHOWN[number - 1] for number in numbers])


@pytest.mark.parametrize("text", ["delete it", "删除它", "把它删掉", "删除这个文件"])
def test_one_that_was_shown_alone_is_it(text: str) -> None:
    assert planned(text, "draft.txt") == {"op": "remove", "paths": ["draft.txt"]}


def test_it_is_what_the_request_itself_names() -> None:
    text = "把 plan.md 移到 archive，然后锁定它"
    _, lock = trained_parser().parse(text, "test", ("draft.txt",)).operations
    assert flat(lock)["paths"] == ["archive/plan.md"]


@pytest.mark.parametrize(
    "text",
    [
        "delete the ninth one",
        "delete the third and the ninth",
        "delete it",
        "lock both of them",
        "move the first six files to old",
    ],
)
def test_what_is_not_clear_is_not_done(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize("text", ["undo that", "undo the last one", "撤销"])
def test_an_undo_is_of_what_was_done(text: str) -> None:
    assert planned(text) == {"op": "undo"}


@pytest.mark.parametrize("text", ["close share number 4", "unshare number 4"])
def test_numbers_of_links_are_their_own(text: str) -> None:
    assert planned(text) == {"op": "unshare", "id": 4}


def test_who_looks_for_something_else_gets_that() -> None:
    assert planned("find the first document about pasta")["op"] == "search"


def test_nothing_was_shown() -> None:
    with pytest.raises(NotUnderstoodError):
        trained_parser().parse("delete the second one", "test")
