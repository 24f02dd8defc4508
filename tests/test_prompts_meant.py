"""What people who knew only the README asked for and was read as something else, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pytest
from judged_requests import flat
from words import parser_over, trained_parser

from lsfs.errors import ConfirmationError, LsfsError, NotUnderstoodError, UsageError
from lsfs.plan import Plan
from lsfs.prompts.parser import RequestParser

SHOWN = ("Papers/cnn.txt", "Papers/attention.pdf", "Papers/quantum.txt")


def plan_of(text: str, shown: Sequence[str] = ()) -> Plan:
    return trained_parser().parse(text, "test", shown)


def planned(text: str, shown: Sequence[str] = ()) -> list[dict[str, Any]]:
    return [flat(operation) for operation in plan_of(text, shown).operations]


# -- which files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *[f"delete all {said}" for said in (
            "three", "five", "of the above", "the following", "right", "now", "again", "quickly",
            "copies", "backups", "history", "spam", "mistakes", "errors", "numbers", "cookies",
        )],
        "remove all passwords", "remove all formatting", "lock all of the above",
        "move all of the above to archive", "move all together to archive",
        "copy all the following to archive", "把所有副本删掉", "删除所有密码",
        "delete all versions of plan.md",
    ],
)  # fmt: skip
def test_a_word_after_all_says_no_files(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        plan_of(text)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("delete all invoices", {"query": "invoices"}),
        ("delete all notes about passwords", {"query": "passwords"}),
        ("delete all tax notes", {"query": "tax notes"}),
        ("删除所有发票", {"query": "发票"}),
        ("delete the pngs", {"extensions": ["png"]}),
        ("delete files ending in .md or .txt", {"extensions": ["md", "txt"]}),
        ("delete *.md", {"path": "*.md"}),
        ("delete all *.md", {"name": "*.md"}),
        ("delete *.md in Papers", {"name": "*.md", "under": "Papers"}),
    ],
)
def test_files_are_said_by_kind_topic_or_pattern(text: str, chosen: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "remove", **chosen}]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("move the md files to archive", {"extensions": ["md"]}),
        ("move pdfs and docx files to archive", {"extensions": ["pdf", "docx"]}),
        ("move jpgs and pngs from Photos to archive",
         {"extensions": ["jpg", "jpeg", "png"], "under": "Photos"}),
    ],
)  # fmt: skip
def test_kinds_are_no_names(text: str, chosen: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "move", "to": "archive", "into": True, **chosen}]


def test_one_is_one() -> None:
    for text in ("delete the one about cnn", "delete the thing about cnn"):
        (operation,) = plan_of(text).operations
        assert operation.model_dump()["target"]["sole"]


def test_an_apostrophe_is_part_of_a_name() -> None:
    with pytest.raises((NotUnderstoodError, ConfirmationError)):
        plan_of("delete that's.txt")
    with pytest.raises(UsageError, match="twice"):
        plan_of("create a file called 'it''s.txt'")
    (created,) = planned("create a file called \"it''s.txt\"")
    assert created["path"] == "it''s.txt"


def test_a_kind_narrows_another() -> None:
    assert planned("find pictures, png only") == [{"op": "search", "extensions": ["png"]}]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("delete all pdfs except cv.pdf", {"types": ["pdf"], "without": ["Documents/cv.pdf"]}),
        ("delete all pdfs but keep cv.pdf", {"types": ["pdf"], "without": ["Documents/cv.pdf"]}),
        ("delete everything in Papers except cnn.txt and syntax.md",
         {"under": "Papers", "without": ["Papers/cnn.txt", "Papers/syntax.md"]}),
        ("delete all but cnn.txt in Papers", {"under": "Papers", "without": ["Papers/cnn.txt"]}),
        ("delete everything in inbox but not invoice.pdf",
         {"under": "inbox", "without": ["inbox/invoice.pdf"]}),
        ("ditch everything in old except invoice.pdf",
         {"under": "old", "without": ["old/invoice.pdf"]}),
        ("删除所有pdf，除了 cv.pdf", {"types": ["pdf"], "without": ["Documents/cv.pdf"]}),
        ("除了 cv.pdf 以外的pdf都删掉", {"types": ["pdf"], "without": ["Documents/cv.pdf"]}),
        ("删除 Papers 里的所有文件，但保留 cnn.txt",
         {"under": "Papers", "without": ["Papers/cnn.txt"]}),
        ("除 cnn.txt 外，Papers 里的文件全部删除",
         {"under": "Papers", "without": ["Papers/cnn.txt"]}),
    ],
)  # fmt: skip
def test_what_is_named_is_left_alone(text: str, chosen: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "remove", **chosen}]


@pytest.mark.parametrize(
    "text",
    [
        "delete everything except draft.txt", "delete all pdfs except the newest",
        "delete all pdfs except drafts", "delete draft.txt except aios.txt",
        "delete the 3 oldest pdfs except cv.pdf", "delete all pdfs except nothing.pdf",
        "除了 draft.txt 都删掉", "删除 Papers 里的所有文件，但保留最新的",
    ],
)  # fmt: skip
def test_what_is_left_alone_is_named_and_of_something(text: str) -> None:
    with pytest.raises((NotUnderstoodError, ConfirmationError)):
        plan_of(text)


# -- what was shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["delete the copies", "delete the copy", "delete all five"])
def test_what_was_not_shown_is_not_meant(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        plan_of(text, SHOWN)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("delete all three", SHOWN), ("delete all of the above", SHOWN), ("delete them", SHOWN),
        ("delete 3", SHOWN[2:]),
    ],
)  # fmt: skip
def test_what_was_shown_is_meant(text: str, paths: Sequence[str]) -> None:
    assert planned(text, SHOWN) == [{"op": "remove", "paths": list(paths)}]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("delete the one about cnn", {"query": "cnn"}), ("delete the pdf ones", {"types": ["pdf"]}),
    ],
)  # fmt: skip
def test_ones_are_of_what_was_shown(text: str, chosen: dict[str, Any]) -> None:
    assert planned(text, SHOWN) == [{"op": "remove", **chosen, "among": list(SHOWN)}]


# -- what is made and written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "created"),
    [
        ("make a file called dragon.txt that says there was a big green dragon",
         {"path": "dragon.txt", "text": "there was a big green dragon"}),
        ("make a note called list.md saying buy milk", {"path": "list.md", "text": "buy milk"}),
        ("create handover.txt with the text kit check done",
         {"path": "handover.txt", "text": "kit check done"}),
    ],
)  # fmt: skip
def test_a_text_to_the_end_needs_no_quotes(text: str, created: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "create", **created}]


@pytest.mark.parametrize(
    "text",
    [
        "create handover.txt with the text kit check done in Documents",
        "create a.txt saying it is done", "make a note t.md saying hello to archive",
        "summarise plan.md and save it as plan-summary.md",
        "create the folders red and blue or green",
    ],
)  # fmt: skip
def test_a_text_without_a_certain_end_is_none(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        plan_of(text)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("make folders 2024, 2025 and 2026 in Documents",
         ["Documents/2024", "Documents/2025", "Documents/2026"]),
        ("create the folders red and blue", ["red", "blue"]),
        ("could you stick a new folder called Lambing in Documents", ["Documents/Lambing"]),
        ("make a directory tree a/b/c", ["a/b/c"]),
        ("crate a folder caled Tmp", ["Tmp"]),
    ],
)  # fmt: skip
def test_folders_are_made(text: str, paths: list[str]) -> None:
    assert planned(text) == [{"op": "mkdir", "path": path} for path in paths]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("stick milk and teabags on the shopping list would ya", "milk and teabags"),
        ("pop eggs on the shopping list please", "eggs"),
        ("chuck 'new clippers' on the shopping list", "new clippers"),
    ],
)
def test_lines_are_stuck_on_lists(text: str, line: str) -> None:
    append = {"op": "append", "path": "shopping list.txt", "text": line, "as_line": True}
    assert planned(text) == [append]


@pytest.mark.parametrize("text", ["stick beach.jpg on the shopping list", "stick a note on todo"])
def test_files_are_not_stuck_on_lists(text: str) -> None:
    with pytest.raises((NotUnderstoodError, ConfirmationError)):
        plan_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "in plan.md, swap Bananas for Mangos",
        "change every occurrence of Bananas to Mangos in plan.md",
    ],
)  # fmt: skip
def test_words_are_replaced_without_quotes(text: str) -> None:
    replace = {"op": "replace", "old": "Bananas", "new": "Mangos", "paths": ["Documents/plan.md"]}
    assert planned(text) == [replace]


# -- times, and what was done ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("roll back plan.md to Monday 16 November at 14:00", "2026-11-16T14:00"),
        ("roll back plan.md to Monday the 16th at 2 pm", "2026-11-16T14:00"),
        ("restore plan.md as it was on Monday, November 16 at 14:00", "2026-11-16T14:00"),
        ("把 plan.md 恢复到11月16日星期一下午两点", "2026-11-16T14:00"),
    ],
)
def test_a_weekday_goes_with_its_date(text: str, at: str) -> None:
    assert planned(text) == [{"op": "rollback", "path": "Documents/plan.md", "to": at}]


def test_a_weekday_that_is_not_that_of_its_date_is_refused() -> None:
    for text in ("roll back plan.md to Friday 16 November", "share cv.pdf until Monday 1 December"):
        with pytest.raises(NotUnderstoodError):
            plan_of(text)
    (shared,) = planned("share cv.pdf until Monday 30 November")
    assert shared["expires"] == "2026-12-01"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("what did I delete today", "2026-11-18"), ("我今天删了什么", "2026-11-18"),
        ("what was deleted in the last hour", "2026-11-18T14:30"),
    ],
)  # fmt: skip
def test_the_log_tells_what_was_done(text: str, after: str) -> None:
    assert planned(text) == [{"op": "log", "after": after}]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("restore everything to how it was 10 minutes ago", "2026-11-18T15:20"),
        ("put everything back to how it was 10 minutes ago", "2026-11-18T15:20"),
        ("把一切恢复到十分钟前的样子", "2026-11-18T15:20"),
    ],
)
def test_everything_goes_back(text: str, at: str) -> None:
    assert planned(text) == [{"op": "restore", "path": "", "to": at}]


def test_the_time_of_an_act_is_never_lost() -> None:
    (touched,) = planned("scheduling.md 的时间戳改成今天早上八点")
    assert touched["mtime"] == "2026-11-18T08:00"


def test_lines_of_a_file_are_read() -> None:
    for text in ("show the last 5 lines of todo.txt", "show me the first three lines of todo.txt"):
        assert planned(text) == [{"op": "read", "paths": ["Documents/notes/todo.txt"]}]


def test_a_long_request_is_refused_before_it_is_read() -> None:
    with pytest.raises(UsageError, match="4000 are read"):
        trained_parser().parse('"' * 99_999, "test", folder="")


# -- Chinese names ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def chinese_home() -> RequestParser:
    return parser_over(
        ["notes", "个人", "高中", "线下", "归档", "工作", "Letters"],
        ["notes/plan.md", "notes/todo.txt", "Letters/landlord.txt", "shopping list.txt",
         "个人/购物清单.txt", "notes/第一章.md"],
    )  # fmt: skip


def of_home(text: str) -> list[dict[str, Any]]:
    return [flat(operation) for operation in chinese_home().parse(text, "test").operations]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        *[(text, "个人") for text in (
            "把plan.md移到个人", "把plan.md移到个人文件夹", "把plan.md放进个人文件夹里",
            "把plan.md移到 个人/", "把plan.md移到个人里面",
        )],
        ("把plan.md移到高中", "高中"), ("把plan.md移到高中里", "高中"),
        ("把plan.md移到线下", "线下"),
        ("把plan.md移到个税", "个税"), ("把plan.md移到初中", "初中"),
    ],
)  # fmt: skip
def test_a_folder_that_is_there_is_called_so_as_a_whole(text: str, to: str) -> None:
    assert of_home(text) == [{"op": "move", "paths": ["notes/plan.md"], "to": to, "into": True}]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("把landlord.txt改名为笔记", "Letters/笔记.txt"), ("把plan.md改名叫下载", "notes/下载.md"),
        ("把plan.md改名为归档", "notes/归档.md"),
    ],
)  # fmt: skip
def test_a_new_name_is_as_it_was_said(text: str, to: str) -> None:
    (move,) = of_home(text)
    assert (move["to"], move.get("into", False)) == (to, False)


def test_what_is_called_so_comes_before_what_that_means() -> None:
    (shared,) = of_home("分享购物清单到周五")
    assert shared["path"] == "个人/购物清单.txt"
    (replaced,) = of_home("从购物清单中删除“买鸡蛋”")
    assert replaced["paths"] == ["个人/购物清单.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "删除*", "删除 **", "把*删掉", "锁定*", "删除所有小文件", "挪 plan.md 到旅行文件夹外面",
        "写一个文件：日记.txt，写上今天天气不错", "新建 a.txt b.txt c.txt", "把第一章改成“序”",
        "把 notes 里的 md 文件都改成 txt 后缀", "停止分享", "关闭所有链接",
        "查找landlord并把结果写到todo.txt", "把列表写入 todo.txt",
        "新建 list.txt，内容是所有pdf的名字", "打开plan.md并把foo换成bar",
        "列出notes里的文件并写到todo.txt", "删除没有用的pdf", "第一章复制一份",
        "open plan.md and replace foo with bar", "list notes and zip it",
        "create a file with the contents of plan.md",
        "read landlord.txt and append it to todo.txt",
    ],
)  # fmt: skip
def test_what_is_not_said_is_not_done(text: str) -> None:
    with pytest.raises(LsfsError):
        chinese_home().parse(text, "test")


def test_a_bare_name_is_a_folder_quoted_or_not() -> None:
    for text in (
        'move plan.md to "Archive"',
        "move plan.md to Archive",
        "move plan.md to Archive/",
    ):
        move = {"op": "move", "paths": ["notes/plan.md"], "to": "Archive", "into": True}
        assert of_home(text) == [move]
    assert of_home("create folder Other") == [{"op": "mkdir", "path": "Other"}]
