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
        ("删除第二个", "remove", [2]),
        ("把前两个移到 archive 里", "move", [1, 2]),
        ("总结最后一个", "summarize", [4]),
    ],
)
def test_what_was_shown(text: str, op: str, numbers: list[int]) -> None:
    found = planned(text)
    assert (found["op"], found["paths"]) == (op, [SHOWN[number - 1] for number in numbers])


def test_one_that_was_shown_alone_is_it() -> None:
    assert planned("delete it", "draft.txt") == {"op": "remove", "paths": ["draft.txt"]}


@pytest.mark.parametrize(
    "text",
    ["delete the ninth one", "delete it", "lock both of them", "move the first six files to old"],
)
def test_what_is_not_clear_is_not_done(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize("text", ["undo that", "undo the last one", "撤销"])
def test_an_undo_is_of_what_was_done(text: str) -> None:
    assert planned(text) == {"op": "undo"}


def test_who_looks_for_something_else_gets_that() -> None:
    assert planned("find the first document about pasta")["op"] == "search"


def test_nothing_was_shown() -> None:
    with pytest.raises(NotUnderstoodError):
        trained_parser().parse("delete the second one", "test")
