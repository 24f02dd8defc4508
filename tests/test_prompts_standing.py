"""Requests that are made in a folder of the root."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from judged_requests import flat
from words import parser_over

from lsfs.errors import NotUnderstoodError, PolicyError
from lsfs.prompts.parser import RequestParser

FOLDERS = ("Docs", "Docs/work", "Docs/work/old", "Docs/old", "old", "Album", "notes")
FILES = (
    "a.txt", "plan.md", "notes/one.md", "Docs/work/a.txt", "Docs/work/b.txt",
    "Docs/work/old/x.log", "Docs/c.txt",
)  # fmt: skip


@lru_cache(maxsize=1)
def parser() -> RequestParser:
    return parser_over(FOLDERS, FILES)


def planned(text: str, folder: str = "Docs/work") -> list[dict[str, Any]]:
    plan = parser().parse(text, "test", folder=folder)
    assert plan.request == text
    return [flat(operation) for operation in plan.operations]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("create todo.txt", "Docs/work/todo.txt"),
        ("create a file called plan.md", "Docs/work/plan.md"),
        ("create ./todo.txt", "Docs/work/todo.txt"),
        ("create sub/todo.txt", "Docs/work/sub/todo.txt"),
        ("create old/todo.txt", "Docs/work/old/todo.txt"),
        ("create notes/todo.txt", "notes/todo.txt"),
        ("create todo.txt in notes", "notes/todo.txt"),
        ("create ../todo.txt", "Docs/todo.txt"),
        ("create ../../todo.txt", "todo.txt"),
        ("create todo.txt in the root folder", "todo.txt"),
        ("make a folder called trips", "Docs/work/trips"),
        ("mkdir Album", "Docs/work/Album"),
        ("新建文件 todo.txt", "Docs/work/todo.txt"),
        ("在根目录新建文件 todo.txt", "todo.txt"),
        ("新建文件夹 发票", "Docs/work/发票"),
    ],
)
def test_new_places_count_from_the_folder(text: str, path: str) -> None:
    assert [one["path"] for one in planned(text)] == [path]


@pytest.mark.parametrize(
    ("text", "paths", "to", "into"),
    [
        ("move a.txt to old/", ["Docs/work/a.txt"], "Docs/work/old", True),
        ("move a.txt to old", ["Docs/work/a.txt"], "Docs/work/old", True),
        ("move a.txt to trips/", ["Docs/work/a.txt"], "Docs/work/trips", True),
        ("move a.txt to Album", ["Docs/work/a.txt"], "Album", True),
        ("move /a.txt to /old", ["a.txt"], "old", True),
        ("move a.txt to ../old", ["Docs/work/a.txt"], "Docs/old", True),
        ("move a.txt to ..", ["Docs/work/a.txt"], "Docs", True),
        ("move ../../a.txt here", ["a.txt"], "Docs/work", True),
        ("move plan.md to this folder", ["plan.md"], "Docs/work", True),
        ("move old/x.log to the root folder", ["Docs/work/old/x.log"], "", True),
        ("rename plan.md to plans.md", ["plan.md"], "plans.md", False),
        ("rename a.txt to z.txt", ["Docs/work/a.txt"], "Docs/work/z.txt", False),
        ("mv a.txt b/c.txt", ["Docs/work/a.txt"], "Docs/work/b/c.txt", False),
        ("把 a.txt 移到 old 文件夹", ["Docs/work/a.txt"], "Docs/work/old", True),
        ("把plan.md移到这里", ["plan.md"], "Docs/work", True),
        ("把plan.md移到当前目录", ["plan.md"], "Docs/work", True),
        ("把 a.txt 移到根目录", ["Docs/work/a.txt"], "", True),
    ],
)
def test_where_things_go(text: str, paths: list[str], to: str, into: bool) -> None:
    expected = {"op": "move", "paths": paths, "to": to}
    assert planned(text) == [{**expected, "into": True} if into else expected]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("delete a.txt", "Docs/work/a.txt"),
        ("delete b", "Docs/work/b.txt"),
        ("delete the folder old", "Docs/work/old"),
        ("delete c.txt", "Docs/c.txt"),
        ("delete one.md", "notes/one.md"),
        ("delete Docs/c.txt", "Docs/c.txt"),
        ("delete ../../a.txt", "a.txt"),
        ("delete /a.txt", "a.txt"),
        ("删除 a.txt", "Docs/work/a.txt"),
    ],
)
def test_names_are_found_anywhere_and_here_first(text: str, path: str) -> None:
    assert planned(text) == [{"op": "remove", "paths": [path]}]


def test_later_steps_speak_of_what_is_made_there() -> None:
    assert planned("make a folder trips, move a.txt into it and lock it") == [
        {"op": "mkdir", "path": "Docs/work/trips"},
        {"op": "move", "paths": ["Docs/work/a.txt"], "to": "Docs/work/trips", "into": True},
        {"op": "lock", "paths": ["Docs/work/trips/a.txt"]},
    ]
    assert planned('create x.txt, write "hi" into it and lock it') == [
        {"op": "create", "path": "Docs/work/x.txt"},
        {"op": "write", "path": "Docs/work/x.txt", "text": "hi"},
        {"op": "lock", "paths": ["Docs/work/x.txt"]},
    ]


def test_a_listing_and_a_pattern_are_of_the_folder() -> None:
    for text in ("ls", "list files here", "列出这里的文件"):
        assert planned(text) == [{"op": "list", "path": "Docs/work"}]
    assert planned("delete *.txt") == [{"op": "remove", "path": "Docs/work/*.txt"}]
    deep = [{"op": "remove", "name": "*.txt", "under": "Docs/work"}]
    assert planned("delete all *.txt files") == deep


def test_what_was_shown_is_never_another_file_of_that_name() -> None:
    plan = parser().parse("delete the first one", "test", ("plan.md",), folder="Docs/work")
    assert [flat(one) for one in plan.operations] == [{"op": "remove", "paths": ["plan.md"]}]
    for text in ("delete the first one", "delete it"):
        with pytest.raises(NotUnderstoodError):
            parser().parse(text, "test", ("a.txt",), folder="Docs/work")


@pytest.mark.parametrize(
    "said",
    ["old/x.log", "go .. up", "see ../a.txt", "../../a.txt", "see a%20b.txt ok", "把它移到这里"],
)  # fmt: skip
def test_a_text_stays_as_it_is(said: str) -> None:
    for folder in ("", "Docs/work"):
        told = (f"append to b.txt: {said}",) if said.isascii() else ()
        for request in (f'write "{said}" into b.txt', *told):
            assert planned(request, folder)[0]["text"] == said, request


def test_a_quoted_path_counts_from_the_folder() -> None:
    for request in ('put "old/x.log" in Album', 'move "./old/x.log" to Album'):
        assert planned(request)[0]["paths"] == ["Docs/work/old/x.log"]
    assert planned('delete "../c.txt"')[0]["paths"] == ["Docs/c.txt"]


@pytest.mark.parametrize("text", ["delete ../../../a.txt", "create ../../../todo.txt"])
def test_nothing_outside_the_root(text: str) -> None:
    with pytest.raises(PolicyError):
        planned(text)


def test_the_root_folder_is_here_in_it() -> None:
    assert planned("move notes/one.md here", "") == [
        {"op": "move", "paths": ["notes/one.md"], "to": "", "into": True}
    ]


# -- here ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list here", {"op": "list", "path": "Docs/work"}),
        ("what's here", {"op": "list", "path": "Docs/work"}),
        ("what is in this folder?", {"op": "list", "path": "Docs/work"}),
        ("show me the current folder", {"op": "list", "path": "Docs/work"}),
        ("find pdfs here", {"op": "search", "types": ["pdf"], "under": "Docs/work"}),
        ("the biggest file here",
         {"op": "search", "sort": "largest", "limit": 1, "under": "Docs/work"}),
        ("delete the oldest file here",
         {"op": "remove", "sort": "oldest", "limit": 1, "under": "Docs/work"}),
        ("delete the two oldest files in this folder",
         {"op": "remove", "sort": "oldest", "limit": 2, "under": "Docs/work"}),
        ("move the txt files here to /old",
         {"op": "move", "extensions": ["txt"], "under": "Docs/work", "to": "old", "into": True}),
        ("delete everything here", {"op": "remove", "under": "Docs/work"}),
        ("lock this folder", {"op": "lock", "paths": ["Docs/work"]}),
        ("这里有什么", {"op": "list", "path": "Docs/work"}),
        ("列出当前文件夹", {"op": "list", "path": "Docs/work"}),
        ("删除这里最旧的文件",
         {"op": "remove", "sort": "oldest", "limit": 1, "under": "Docs/work"}),
        ("打开当前文件夹里最大的文件",
         {"op": "read", "sort": "largest", "limit": 1, "under": "Docs/work"}),
    ],
)  # fmt: skip
def test_here_is_the_folder_that_one_stands_in(text: str, expected: dict[str, Any]) -> None:
    assert planned(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list here", {"op": "list"}),
        ("what's here", {"op": "list"}),
        ("the biggest file here", {"op": "search", "sort": "largest", "limit": 1}),
        ("delete the oldest file here", {"op": "remove", "sort": "oldest", "limit": 1}),
    ],
)
def test_here_in_the_root_is_all_of_it(text: str, expected: dict[str, Any]) -> None:
    plan = parser().parse(text, "test", ("notes/one.md", "a.txt"), folder="")
    assert [flat(one) for one in plan.operations] == [expected]


def test_this_folder_may_be_the_one_that_was_listed() -> None:
    with pytest.raises(NotUnderstoodError):
        parser().parse("delete the oldest file in this folder", "test", ("notes/one.md",),
                       folder="Docs/work")  # fmt: skip


@pytest.mark.parametrize(
    "text", ['append "it is in here" to a.txt', "write 'meet me here' to a.txt"]
)
def test_here_in_a_text_is_its_own(text: str) -> None:
    (operation,) = planned(text)
    assert operation["path"] == "Docs/work/a.txt" and "here" in operation["text"]


def test_what_a_folder_is_made_for_goes_into_it() -> None:
    made, moved = planned("make a folder trips and move a.txt to this folder")
    assert (made["path"], moved["to"]) == ("Docs/work/trips", "Docs/work/trips")
