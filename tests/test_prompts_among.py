"""What a step chooses of what an earlier step found, or of what was shown before the request."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import NotUnderstoodError

SHOWN = ("Papers/kv-cache.pdf", "Papers/attention.pdf", "draft.txt", "Recipes/apple pie.md")


def last(text: str, *shown: str) -> dict[str, Any]:
    """The last operation of the plan."""
    return flat(trained_parser().parse(text, "test", shown).operations[-1])


@pytest.mark.parametrize(
    ("text", "op", "sort", "limit"),
    [
        ("find pdfs in Papers, delete the two oldest", "remove", "oldest", 2),
        ("find pdfs in Papers and delete the biggest", "remove", "largest", 1),
        ("find pdfs in Papers, then delete the oldest one", "remove", "oldest", 1),
        ("search for pdfs in Papers and lock the three newest", "lock", "newest", 3),
        ("find pdfs in Papers, delete the oldest of them", "remove", "oldest", 1),
        ("find files in Papers, delete the two oldest pdfs", "remove", "oldest", 2),
        ("find pdfs in Papers and open the newest", "read", "newest", 1),
        ("find the newest pdfs in Papers, delete the first", "remove", "newest", 1),
        ("find pdfs in Papers sorted by size and delete the first two", "remove", "largest", 2),
        ("find pdfs in Papers, make a folder x and move the oldest into it", "move", "oldest", 1),
        ("find pdfs in Papers and put the two biggest in archive", "move", "largest", 2),
        ("find pdfs in Papers, lock the oldest and delete the newest", "remove", "newest", 1),
        ("查找Papers里的pdf，删除最大的", "remove", "largest", 1),
        ("查找Papers里的pdf，删除最旧的两个", "remove", "oldest", 2),
        ("查找Papers里的pdf，然后把最新的移到 archive", "move", "newest", 1),
    ],
)
def test_a_choice_is_of_what_was_found(text: str, op: str, sort: str | None, limit: int) -> None:
    found = last(text)
    assert (found["op"], found["types"], found["under"]) == (op, ["pdf"], "Papers")
    assert (found.get("sort"), found["limit"]) == (sort, limit)


def test_a_choice_is_of_what_was_listed() -> None:
    expected = {"op": "remove", "path": "Papers/*", "sort": "largest", "limit": 1}
    assert last("list Papers and delete the biggest") == expected
    assert last("列出Papers里的文件，删除最大的") == expected


@pytest.mark.parametrize(
    "text",
    [
        "find pdfs in Papers, then delete the last two",
        "find pdfs in Papers and delete the second",
        "find pdfs in Papers, delete the first",
        "查找Papers里的pdf，删除第一个",
        "list Papers, delete the first",
        "find the five newest pdfs and delete the biggest",
        "find files about scheduling, then delete the oldest",
        "find pdfs in Papers, move them to archive and delete the oldest",
        "move the pdfs in Papers to archive and delete the two oldest",
        "lock draft.txt and delete the biggest",
        "查找Papers里的pdf，删除最后两个",
        "列出Papers里的文件，删除第一个",
    ],
)
def test_what_shows_only_later_is_not_chosen(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        last(text)


@pytest.mark.parametrize(
    ("text", "op", "sort", "limit"),
    [
        ("delete the biggest", "remove", "largest", 1),
        ("delete the two oldest", "remove", "oldest", 2),
        ("delete the two oldest of them", "remove", "oldest", 2),
        ("please lock the newest one", "lock", "newest", 1),
        ("delete the oldest file", "remove", "oldest", 1),
        ("how big is the smallest", "stat", "smallest", 1),
        ("show me the newest", "read", "newest", 1),
        ("lock the oldest and delete the newest", "remove", "newest", 1),
        ("删除最大的", "remove", "largest", 1),
        ("删除最旧的两个", "remove", "oldest", 2),
        ("删除最大的文件", "remove", "largest", 1),
        ("最大的有多大", "stat", "largest", 1),
    ],
)
def test_a_choice_is_of_what_was_shown(text: str, op: str, sort: str, limit: int) -> None:
    assert last(text, *SHOWN) == {"op": op, "among": [*SHOWN], "sort": sort, "limit": limit}


def test_a_kind_of_what_was_shown() -> None:
    found = last("delete the oldest pdf", *SHOWN)
    assert (found["among"], found["types"]) == ([*SHOWN], ["pdf"])


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("delete the oldest file in notes", "Documents/notes"),
        ("find the biggest file", None),
        ("what is the biggest file", None),
        ("find pdfs in Papers and delete the two oldest in notes", "Documents/notes"),
        ("把notes里最大的移到 archive", "Documents/notes"),
    ],
)
def test_what_says_where_is_of_there(text: str, under: str | None) -> None:
    found = last(text, *SHOWN)
    assert "among" not in found and found.get("under") == under


@pytest.mark.parametrize("text", ["delete the nine oldest", "删除最旧的九个", "delete the oldest"])
def test_more_than_were_shown(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        last(text, *(SHOWN if "nine" in text or "九" in text else ()))


@pytest.mark.parametrize(
    ("text", "op", "numbers"),
    [
        ("delete all of them but the second", "remove", [1, 3, 4]),
        ("delete everything except the first two", "remove", [3, 4]),
        ("move all but the last to archive", "move", [1, 2, 3]),
        ("lock them all except the first and the third", "lock", [2, 4]),
        ("删除除了第二个以外的文件", "remove", [1, 3, 4]),
        ("除了第一个，其他的都删掉", "remove", [2, 3, 4]),
        ("把它们移到 archive", "move", [1, 2, 3, 4]),
        ("delete the last two", "remove", [3, 4]),
        ("how big are the last two", "stat", [3, 4]),
        ("最后两个有多大", "stat", [3, 4]),
        ("open 3", "read", [3]),
        ("打开3", "read", [3]),
        ("打开第三个", "read", [3]),
    ],
)
def test_places_in_what_was_shown(text: str, op: str, numbers: list[int]) -> None:
    found = last(text, *SHOWN)
    assert (found["op"], found["paths"]) == (op, [SHOWN[number - 1] for number in numbers])


def test_places_after_a_list_are_of_that_list() -> None:
    with pytest.raises(NotUnderstoodError):
        last("list Recipes, delete the first", *SHOWN)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("lock the oldest, move the newest to archive and delete the biggest", "remove"),
        ("find pdfs in Papers, lock them, then delete the oldest", "remove"),
        ("查找Papers里的pdf，把最新的移到 archive，再删除最旧的", "remove"),
    ],
)
def test_several_choices_are_of_the_same(text: str, op: str) -> None:
    found = last(text, *SHOWN)
    of_shown = found.get("among") == [*SHOWN]
    assert found["op"] == op and found["limit"] == 1
    assert of_shown or (found["types"], found["under"]) == (["pdf"], "Papers")


@pytest.mark.parametrize(
    "text",
    [
        "move the pdfs in Papers to archive, then delete the oldest one",
        "find pdfs in Papers, read draft.txt, delete the newest",
        "delete those two",
        "delete those seven",
        "把Papers里的pdf移到 archive，再删除最旧的",
    ],
)
def test_what_could_be_of_something_else_is_not_done(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        last(text, *SHOWN)


def test_everything_of_an_age_is_of_what_was_listed() -> None:
    found = last("list Papers and delete everything older than a month")
    assert found["op"] == "remove" and found["path"] == "Papers/*" and "before" in found
    assert last("delete those four", *SHOWN)["paths"] == [*SHOWN]
    assert last("read number two", *SHOWN)["paths"] == [SHOWN[1]]
