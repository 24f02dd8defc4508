"""Requests that tell a place by where things are, or were: back, up, beside, swapped."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from core import Core
from judged_requests import flat
from words import packaged_embedder, trained_parser

from lsfs.config import cache_directory
from lsfs.errors import NotUnderstoodError
from lsfs.lookup import CatalogNames
from lsfs.prompts.parser import RequestParser


def planned(text: str, *shown: str) -> list[dict[str, Any]]:
    return [flat(one) for one in trained_parser().parse(text, "test", shown).operations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("duplicate draft.txt", {"op": "copy", "to": "draft (2).txt"}),
        ("make a copy of draft.txt", {"op": "copy", "to": "draft (2).txt"}),
        ("make a duplicate of draft.txt", {"op": "copy", "to": "draft (2).txt"}),
        ("复制一份 draft.txt", {"op": "copy", "to": "draft (2).txt"}),
        ("back up draft.txt", {"op": "copy", "to": "draft.txt.bak"}),
        ("make a backup of draft.txt", {"op": "copy", "to": "draft.txt.bak"}),
        ("给 draft.txt 做个备份", {"op": "copy", "to": "draft.txt.bak"}),
        ("make a backup of draft.txt in archive", {"op": "copy", "to": "archive", "into": True}),
        ("move a copy of draft.txt to archive", {"op": "copy", "to": "archive", "into": True}),
        ("rename draft.txt to archive/", {"op": "move", "to": "archive", "into": True}),
    ],
)
def test_beside_what_it_is_of(text: str, expected: dict[str, Any]) -> None:
    assert planned(text) == [{**expected, "paths": ["draft.txt"]}]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("move kv-cache.pdf up", ""),
        ("move kv-cache.pdf up one level", ""),
        ("move kv-cache.pdf one folder up", ""),
        ("move kv-cache.pdf out of Papers", ""),
        ("take kv-cache.pdf out of the Papers folder", ""),
        ("把 kv-cache.pdf 往上移一级", ""),
        ("把 kv-cache.pdf 移到上一级目录", ""),
    ],
)
def test_up_and_out(text: str, to: str) -> None:
    (found,) = planned(text)
    assert (found["op"], found["paths"], found["to"]) == ("move", ["Papers/kv-cache.pdf"], to)


@pytest.mark.parametrize(
    "text",
    [
        "swap draft.txt and aios.txt",
        "swap the names of draft.txt and aios.txt",
        "exchange draft.txt with aios.txt",
        "rename draft.txt to aios.txt and aios.txt to draft.txt",
        "交换 draft.txt 和 aios.txt",
        "把 draft.txt 和 aios.txt 的名字互换",
    ],
)
def test_two_files_swap_their_names(text: str) -> None:
    assert [(one["paths"], one["to"]) for one in planned(text)] == [
        (["draft.txt"], "draft (2).txt"),
        (["aios.txt"], "draft.txt"),
        (["draft (2).txt"], "aios.txt"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delete the folder that kv-cache.pdf is in", {"op": "remove", "paths": ["Papers"]}),
        ("delete the folder kv-cache.pdf is in", {"op": "remove", "paths": ["Papers"]}),
        ("delete kv-cache.pdf's folder", {"op": "remove", "paths": ["Papers"]}),
        ("delete the folder containing kv-cache.pdf", {"op": "remove", "paths": ["Papers"]}),
        ("lock the folder where 'kv-cache.pdf' is", {"op": "lock", "paths": ["Papers"]}),
        ("list the folder of kv-cache.pdf", {"op": "list", "path": "Papers"}),
        ("the files next to kv-cache.pdf", {"op": "list", "path": "Papers"}),
        ("删除 kv-cache.pdf 所在的文件夹", {"op": "remove", "paths": ["Papers"]}),
        ("列出kv-cache.pdf所在的文件夹", {"op": "list", "path": "Papers"}),
    ],
)
def test_the_folder_that_it_is_in(text: str, expected: dict[str, Any]) -> None:
    assert planned(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "delete the folder that draft.txt is in",
        "delete draft.txt's folder",
        "move draft.txt up",
        "move draft.txt out of Papers",
        "move draft.txt back",
        "put draft.txt back where it was",
        "swap draft.txt and Papers",
        "swap draft.txt and nothing.md",
        "don't swap draft.txt and aios.txt",
        "swap draft.txt and aios.txt if aios.txt is newer",
        "duplicate draft.txt and aios.txt",
        "duplicate everything",
        "back up all",
        "never duplicate draft.txt",
        "move draft.txt up tomorrow",
        "把 draft.txt 移回去",
        "备份 draft.txt",
        "share the folder of kv-cache.pdf",
        "不要给 draft.txt 做备份",
        "删除 draft.txt 所在的文件夹",
    ],
)
def test_what_is_not_clear_is_not_done(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("undo the last move", "move"),
        ("undo the last delete", "remove"),
        ("undo the deletion", "remove"),
        ("undo my last renaming", "rename"),
        ("please undo the last copy", "copy"),
        ("undo the last thing", None),
        ("undo the last change", None),
        ("undo", None),
        ("撤销移动", "move"),
        ("撤销上次删除", "remove"),
        ("撤销上一次重命名", "rename"),
        ("撤销刚才的操作", None),
    ],
)
def test_an_undo_may_be_of_a_kind(text: str, kind: str | None) -> None:
    assert planned(text) == [{"op": "undo", **({"kind": kind} if kind else {})}]


@pytest.mark.parametrize(
    "text",
    ["undo the last move and the last delete", "undo my last delete and rename",
     "undo that delete thing"],
)  # fmt: skip
def test_an_undo_is_of_one_kind(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize(
    "text",
    ["oops", "Whoops!", "that was wrong", "oops, undo that", "take that back", "put it back"],
)
def test_a_regret_is_likely_an_undo(text: str) -> None:
    plan = trained_parser().parse(text, "test", ("draft.txt",))
    assert plan.parser == "likely" and [flat(one) for one in plan.operations] == [{"op": "undo"}]


def test_an_undo_that_keeps_both() -> None:
    both = {"op": "undo", "id": 3, "force": True}
    assert planned("undo 3 and keep both") == planned("undo 3 --force") == [both]


# -- over a tree with a past -----------------------------------------------------------------------


@pytest.fixture
def core(tmp_path: Path) -> Any:
    root = tmp_path / "root"
    for name in ("a.md", "b.md", "plan.md", "work/c.txt", "old/x.log"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name}\n")
    with Core(root) as opened:
        yield opened


@lru_cache(maxsize=1)
def embedder() -> Any:
    return packaged_embedder()


def move(path: str, to: str) -> dict[str, Any]:
    return {"op": "move", "target": {"paths": [path]}, "to": to}


def asked(core: Core, text: str, *shown: str, folder: str = "") -> list[dict[str, Any]]:
    parser = RequestParser(
        embedder=embedder(), names=CatalogNames(core.catalog), model=None,
        now=lambda: datetime.now(UTC), cache=cache_directory(),
    )  # fmt: skip
    return [flat(one) for one in parser.parse(text, "test", shown, folder=folder).operations]


@pytest.mark.parametrize(
    "text",
    [
        "move it back",
        "put it back where it was",
        "move plan.md back",
        "move plan.md back to its old folder",
        "return plan.md to where it came from",
        "undo the move of plan.md",
        "把它移回去",
        "把 plan.md 放回原处",
    ],
)
@pytest.mark.parametrize("folder", ["", "work"])
def test_back_to_where_it_was(core: Core, text: str, folder: str) -> None:
    core.run([move("plan.md", "old/plan.md")])
    core.run([{"op": "create", "path": "later.txt"}])
    back = {"op": "move", "paths": ["old/plan.md"], "to": "plan.md"}
    assert asked(core, text, "old/plan.md", folder=folder) == [back]


def test_two_files_swap_in_one_plan(core: Core) -> None:
    core.run([move("a.md", "t"), move("b.md", "a.md"), move("t", "b.md")])
    assert (core.root / "a.md").read_text() == "b.md\n"
    core.run([{"op": "undo"}])
    assert (core.root / "a.md").read_text() == "a.md\n"


# -- what is said and is no act --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "note down: delete draft.txt",
        "note down delete draft.txt",
        "write down: move draft.txt to archive",
        "jot this down: delete draft.txt",
    ],
)
def test_what_is_dictated_without_a_file_is_not_done(text: str) -> None:
    with pytest.raises(NotUnderstoodError, match="in which file"):
        planned(text)


@pytest.mark.parametrize("text", ["gc", "verify", "doctor", "lsfs mount"])
def test_a_command_is_no_search(text: str) -> None:
    with pytest.raises(NotUnderstoodError) as refused:
        planned(text)
    assert f"lsfs {text.split()[-1]}" in str(refused.value.hint)


def test_what_is_dictated_for_a_file_is_written() -> None:
    (found,) = planned("note down 'delete the old one' in draft.txt")
    assert (found["op"], found["path"], found["text"]) == (
        "append", "draft.txt", "delete the old one",
    )  # fmt: skip
