"""Numbers of files, empty and hidden files, and names that are taken, in words."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import NotUnderstoodError
from lsfs.selector import Filters


def planned(request: str) -> list[dict[str, Any]]:
    return [flat(one) for one in trained_parser().parse(request, "test").operations]


def filters(request: str) -> dict[str, Any]:
    (operation,) = trained_parser().parse(request, "test").operations
    chosen = getattr(getattr(operation, "target", operation), "filters", None)
    assert isinstance(chosen, Filters)
    return chosen.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("request_text", "chosen"),
    [
        ("how many pdfs are there", {"types": ("pdf",)}),
        ("how many pdfs are there in Papers?", {"types": ("pdf",), "under": "Papers"}),
        ("how many files are in Documents", {"under": "Documents"}),
        ("count the photos in Photos", {"types": ("image",), "under": "Photos"}),
        ("what is the number of files in Papers", {"under": "Papers"}),
        ("number of pdfs in Papers", {"types": ("pdf",), "under": "Papers"}),
        ("Documents 里有多少个文件", {"under": "Documents"}),
        ("Papers里一共有几个pdf", {"types": ("pdf",), "under": "Papers"}),
    ],
)
def test_what_is_counted(request_text: str, chosen: dict[str, Any]) -> None:
    (operation,) = planned(request_text)
    assert (operation["op"], operation["count"]) == ("search", True)
    assert operation.get("query", "") == "" and filters(request_text) == chosen


@pytest.mark.parametrize(
    "request_text",
    [
        "how many versions of plan.md are there", "find pdfs in Papers", "list Documents",
        "delete the three oldest photos", "how big is plan.md", "把最旧的几个文件删了",
    ],
)  # fmt: skip
def test_what_is_not_counted(request_text: str) -> None:
    try:
        operations = planned(request_text)
    except NotUnderstoodError:
        return
    assert not any(operation.get("count") for operation in operations)


@pytest.mark.parametrize(
    ("request_text", "op", "under"),
    [
        ("delete the empty files", "remove", None),
        ("delete all empty files in Documents", "remove", "Documents"),
        ("move every empty file to archive", "move", None),
        ("find empty files", "search", None),
        ("find the empty text files in Documents", "search", "Documents"),
        ("which files are empty", "search", None),
        ("删除空文件", "remove", None),
        ("找空文件", "search", None),
    ],
)
def test_empty_files_have_no_bytes(request_text: str, op: str, under: str | None) -> None:
    (operation,) = planned(request_text)
    chosen = filters(request_text)
    assert (operation["op"], chosen["size_max"], chosen.get("under")) == (op, 0, under)


@pytest.mark.parametrize(
    ("request_text", "path"),
    [("make an empty file new.txt", "new.txt"), ("create empty file a.txt", "a.txt")],
)
def test_an_empty_file_can_be_made(request_text: str, path: str) -> None:
    assert [(one["op"], one["path"]) for one in planned(request_text)] == [("create", path)]


@pytest.mark.parametrize(
    "request_text",
    [
        "delete the empty folders", "find empty folders", "remove all empty directories",
        "which folder is the biggest", "what is the largest folder", "delete the biggest folder",
        "which folder has the most files", "删除空文件夹",
    ],
)  # fmt: skip
def test_folders_are_not_chosen(request_text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(request_text)


@pytest.mark.parametrize(
    ("request_text", "hidden"),
    [
        ("find hidden files", "only"), ("delete the hidden files in Documents", "only"),
        ("find the dotfiles in Documents", "only"), ("删除Documents里的隐藏文件", "only"),
        ("copy all files in Documents including hidden ones to archive", "too"),
        ("copy all files in Documents to archive", None),
    ],
)  # fmt: skip
def test_hidden_files_are_named(request_text: str, hidden: str | None) -> None:
    assert filters(request_text).get("hidden") == hidden


@pytest.mark.parametrize(
    "request_text",
    [
        "copy plan.md to archive and overwrite it", "move plan.md to archive, overwriting",
        "copy plan.md to archive, overwriting what is there",
        "move plan.md into archive and replace the old one",
        "copy plan.md to archive and overwrite the existing file if it exists",
        "把 plan.md 移到 archive，覆盖原有的文件", "把 plan.md 复制到 archive 并覆盖",
    ],
)  # fmt: skip
def test_a_name_that_is_taken_may_be_overwritten(request_text: str) -> None:
    (operation,) = planned(request_text)
    assert operation["op"] in ("move", "copy") and operation["overwrite"] is True
    assert operation["to"] == "archive"


@pytest.mark.parametrize(
    "request_text",
    [
        "delete plan.md and overwrite it", "read plan.md and replace the old one",
 "don't move plan.md to archive and overwrite it",
        "move plan.md to archive without overwriting", "move plan.md to archive, never overwrite",
        "copy plan.md to archive but do not overwrite it",
    ],
)  # fmt: skip
def test_nothing_else_is_overwritten(request_text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(request_text)


@pytest.mark.parametrize(
    ("request_text", "op", "path", "text"),
    [
        ("append 'see notes.md' to todo.txt", "append", "todo.txt", "see notes.md"),
        ("write 'call report.pdf' to x.txt", "write", "x.txt", "call report.pdf"),
        ("create a.txt with the text 'see draft.txt'", "create", "a.txt", "see draft.txt"),
        ("create a.txt with 'see draft.txt'", "create", "a.txt", "see draft.txt"),
        ("create a file a.txt containing 'see draft.txt'", "create", "a.txt", "see draft.txt"),
        ("write to 'x.txt' the text 'see plan.md'", "write", "x.txt", "see plan.md"),
        ("write to 'x.txt' 'see plan.md'", "write", "x.txt", "see plan.md"),
        ("create a file called 'see me.md' with 'hello'", "create", "see me.md", "hello"),
        ("add the line 'read b/c.md' to todo.txt", "append", "todo.txt", "read b/c.md"),
    ],
)
def test_a_quoted_text_may_end_as_a_name(request_text: str, op: str, path: str, text: str) -> None:
    (operation,) = planned(request_text)
    told = (operation["op"], operation["path"].rpartition("/")[2], operation["text"])
    assert told == (op, path, text)


def test_a_name_may_be_replaced_by_a_name() -> None:
    (operation,) = planned("replace 'draft.txt' with 'essay.txt' in todo.txt")
    assert (operation["op"], operation["old"], operation["new"]) == (
        "replace", "draft.txt", "essay.txt",
    )  # fmt: skip
