"""Names said in Chinese of what is called in English: found, likely, and never more than that."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from judged_requests import flat
from words import parser_over, trained_parser

from lsfs.errors import ConfirmationError, LsfsError
from lsfs.plan import Plan
from lsfs.prompts.names.names_after import NamesAfter
from lsfs.prompts.names.nearest import Nearest
from lsfs.prompts.names.translated import translations
from lsfs.prompts.parser import RequestParser
from lsfs.prompts.request.data import load

_FOLDERS = ["Contracts", "Travel", "Finance", "Finance/2025", "archive", "old"]
_FILES = [
    "Contracts/lease-2025.pdf", "Contracts/nda_acme.docx", "Travel/itinerary.pdf", "Travel/packing list.txt",
    "Finance/tax-return-2025.pdf", "Finance/2025/bank-statement.csv", "Finance/salary.xlsx", "新计划.md",
    "medical record.pdf", "thesis final draft v2 reviewed.docx", "resume.pdf", "合同.docx", "contract.docx",
    "weekly-report.md", "weekly-report-template.md", "old/itinerary.pdf", "Grocery list.txt",
]  # fmt: skip


@functools.lru_cache(maxsize=1)
def _home() -> RequestParser:
    return parser_over(_FOLDERS, _FILES)


def _planned(text: str, folder: str | None = None) -> Plan:
    return _home().parse(text, "test", folder=folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("打开租房合同", {"op": "read", "paths": ["Contracts/lease-2025.pdf"]}),
        ("把保密协议移到归档", {"op": "move", "paths": ["Contracts/nda_acme.docx"], "to": "archive"}),
        ("看看行李清单", {"op": "read", "paths": ["Travel/packing list.txt"]}),
        ("总结病历", {"op": "summarize", "paths": ["medical record.pdf"]}),
        ("總結病歷", {"op": "summarize", "paths": ["medical record.pdf"]}),
        ("锁定工资单", {"op": "lock", "paths": ["Finance/salary.xlsx"]}),
        ("把履歷複製到財務資料夾", {"op": "copy", "paths": ["resume.pdf"], "to": "Finance"}),
        ("周报有几个版本", {"op": "history", "path": "weekly-report.md"}),
        ("周报改了什么", {"op": "diff", "path": "weekly-report.md"}),
        ("银行对账单多大", {"op": "stat", "paths": ["Finance/2025/bank-statement.csv"]}),
        ("旅行文件夹里有什么", {"op": "list", "path": "Travel"}),
        ("旅行文件夹里的pdf", {"op": "search", "under": "Travel", "types": ["pdf"]}),
        ("在合同里搜违约金", {"op": "search", "under": "Contracts", "query": "违约金"}),
        ("在旅行文件夹里新建 a.md", {"op": "create", "path": "Travel/a.md"}),
        ("旧文件夹里的行程单删掉", {"op": "remove", "paths": ["old/itinerary.pdf"]}),
        ("买菜清单里加一行“酱油”", {"op": "append", "path": "Grocery list.txt", "text": "酱油"}),
        ("把2025报税移到归档", {"op": "move", "paths": ["Finance/tax-return-2025.pdf"]}),
    ],
)  # fmt: skip
def test_what_is_called_in_english_is_found(text: str, expected: dict[str, Any]) -> None:
    plan = _planned(text)
    (operation,) = plan.operations
    assert expected.items() <= flat(operation).items()
    assert plan.is_proposal


def test_what_is_called_so_in_chinese_is_meant_for_sure() -> None:
    plan = _planned("删除合同")
    assert (flat(plan.operations[0])["paths"], plan.parser) == (["合同.docx"], "grammar")


def test_a_longer_chinese_name_is_as_good_as_an_english_one() -> None:
    """Of files called "新计划" and "project plan", neither is surely "计划"."""
    home = parser_over(["a"], ["新计划.md", "project plan.docx"])
    with pytest.raises(ConfirmationError, match="2 things"):
        home.parse("把计划锁定", "test")


@pytest.mark.parametrize("text", ["打开行程单", "删除行程单", "把行程单移到归档"])
def test_several_are_asked_about(text: str) -> None:
    with pytest.raises(ConfirmationError, match="2 things"):
        _planned(text)


def test_an_act_takes_no_name_of_which_little_was_said() -> None:
    with pytest.raises(ConfirmationError, match="nothing is called"):
        _planned("把毕业论文移到归档")
    assert flat(_planned("打开毕业论文").operations[0])["op"] == "read"


@pytest.mark.parametrize(
    "text",
    [
        "删除旧文件", "删除照片", "删除报告", "删除笔记", "删除表格", "把周报都删了", "删除所有周报", "删除周报的副本",
        "周报不要删", "莫删周报", "甭动周报", "唔使刪周報", "咪郁周報", "要不要删周报", "周报能删吗", "若没用就删除周报",
        "如无必要删除周报", "等会儿把周报删了", "把周报发给老板", "打印周报", "删除周报的第一页", "把周报改好一点",
        "恢复周报", "回滚周报方案", "把病历挪到下周五", "把周报移到明天", "把病历移到三点半", "他把周报删了", "周报被删了",
    ],
)  # fmt: skip
def test_never_an_act(text: str) -> None:
    try:
        plan = _planned(text)
    except LsfsError:
        return
    assert not any(path in str(plan.operations) for path in _FILES) or not plan.changes_something()


def test_a_noun_of_a_verb_and_a_name_is_looked_for() -> None:
    for text in ("恢复计划", "备份计划", "分享计划", "预算审批", "简历翻译", "回滚方案"):
        (operation,) = trained_parser().parse(text, "test").operations
        assert operation.op == "search", text


def test_a_search_for_words_stays_one_for_sure() -> None:
    plan = trained_parser().parse("我的简历", "test")
    assert (plan.operations[0].op, plan.parser) == ("search", "grammar")


def test_a_name_is_found_from_a_folder_too() -> None:
    (operation,) = _planned("把工资单复制到归档", folder="Finance").operations
    assert flat(operation)["paths"] == ["Finance/salary.xlsx"]


def test_what_a_step_makes_is_found_by_the_next() -> None:
    names = NamesAfter(_home()._names)
    names.note(_planned("把 resume.pdf 改名为 cover-letter.pdf").operations[0])
    assert [one.path for one in translations(Nearest(names), "求职信")] == ["cover-letter.pdf"]
    assert translations(Nearest(names), "简历") == []


def test_a_name_of_other_words_is_none() -> None:
    nearest = Nearest(_home()._names)
    assert translations(nearest, "租房合同那些事") == []
    assert translations(nearest, "2025") == []


def test_the_words_are_of_simplified_characters_and_each_in_one_table() -> None:
    words = [word for table in load("names").values() for word in table]
    assert len(words) == len(set(words)) > 400
    pairs = "".join(load("chinese")["characters"].split())
    traditional = {old for old, new in zip(pairs[::2], pairs[1::2], strict=True) if old != new}
    assert [word for word in words if traditional & set(word)] == []
    said = [each for table in load("names").values() for given in table.values() for each in given]
    assert [each for each in said if not re.fullmatch("[a-z0-9 ]+", each)] == []
