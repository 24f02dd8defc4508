"""Requests in Chinese: wordings of every operation, times, and what must never act."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from judged_requests import DATA, flat, judge
from words import parser_over, parser_with, trained_parser, world

from lsfs.errors import LsfsError, NotUnderstoodError, UnavailableError
from lsfs.prompts.chinese.times import chinese_span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORDINGS = tomllib.loads((DATA / "requests.chinese.toml").read_text("utf-8"))["request"]
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=timezone(timedelta(hours=1)))  # a Wednesday


@pytest.mark.parametrize("item", WORDINGS, ids=lambda item: item["text"])
def test_wording(item: dict[str, Any]) -> None:
    judged = judge(item, trained_parser())
    assert judged.plan_right, judged.got


@pytest.mark.parametrize(("which", "level"), [("chinese2", 0.98), ("chinese3", 0.94)])
def test_unlike_people_hold_their_level(which: str, level: float) -> None:
    judged = [judge(item, trained_parser()) for item in world()[0].half(which)]
    wrong = [(one.text, one.got) for one in judged if not one.plan_right]
    assert 1 - len(wrong) / len(judged) >= level, wrong
    assert [one.text for one in judged if one.is_wrong_act] == []


@pytest.mark.parametrize(
    "text",
    [
        "唔好刪 plan.md", "唔該唔好郁 plan.md", "開個folder", "把 Papers 移去", "plan.md 别让人改了", "plan.md 我不要了",
        "别把 draft.txt 删掉算了", "把里面的“a”换成“b”", "把 draft.txt 挪 哪里 去", "把 plan.md 的日期改成昨天", "删咗佢",
        "删除", "删除它", "全都删了", "把所有东西删掉", "把没用的删掉", "删除除了 cv.pdf 以外的文件", "千万别删 draft.txt",
        "请勿移动 plan.md", "不许改名 plan.md", "要是没用就把 draft.txt 删了", "该删 draft.txt 吗", "draft.txt 能删吗",
        "删除之后会怎样", "怎么把 plan.md 改名", "为什么要删除 plan.md", "谁删了 draft.txt", "把 draft.txt 发给老板",
        "把 draft.txt 打印出来", "删除刚才那个", "把旧照片处理掉", "把重复的照片删掉", "删除看起来没用的文件",
        "找到关于猫的文件然后全部删掉", "删除 不存在的东西", "把它们移到 archive", "把 draft.txt 移到合适的地方",
        "撤销三步", "撤销全部操作", "把 plan.md 恢复到25:00", "把 plan.md 恢复到最早的版本", "清理磁盘", "整理一下文件",
        "把 draft.txt 和那个文件删了", "删除的照片在哪里", "移动硬盘的说明书", "复制的文件放在哪儿了", "在 nowhere 文件夹里新建 a.txt",
        "把 plan.md 里的内容改好一点", "写点东西到 aios.txt", "加密 cv.pdf", "把去年的照片放在一起", "把 notes 文件夹里的文件合并成一个文件",
        "把 Documents 里大于 5MB 或者去年的 PDF 移到 archive", "把 draft.txt 移回去", "在 plan.md 开头加上“草稿”", "时间回到昨天", "把最近的照片删除", "删掉所有空行", "把 draft.txt 复制到剪贴板",
    ],
)  # fmt: skip
def test_never_an_act(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except LsfsError:
        return
    assert not plan.changes_something(), plan.operations


@pytest.mark.parametrize(
    ("said", "plainly"),
    [
        ("唔該幫我搵返上個月嘅收據", "请帮我找上个月的收据"),
        ("有冇大過10MB嘅相", "有没有大于10MB的照片"),
        ("inbox 入面有啲咩", "inbox 里面有些什么"),
        ("刪咗 draft.txt 佢", "删了 draft.txt"),
        ("唔該將 cv.pdf 搬去 archive 度", "请将 cv.pdf 搬到 archive 里"),
        ("過去三天內動過的程式碼", "过去三天内动过的程序代码"),
        ("開個folder叫 Travel", "新建一个文件夹叫 Travel"),
        ("plan.md 的 version 3 和 version 7 有何差異", "比较 plan.md 的版本3和版本7"),
        ("size > 3MB 的压缩包", "大于3MB的压缩包"),
        ("请先新建“凭证”文件夹，再将 cv.pdf 移入其中。", "新建“凭证”文件夹，再将 cv.pdf 移进去"),
        ("kv-cache.pdf 帮我 summarize 一下，两句话就行", "用两句话总结 kv-cache.pdf"),
        ("touch 一下 aios.txt", "touch aios.txt"),
    ],
)  # fmt: skip
def test_other_wordings_are_the_plain_one(said: str, plainly: str) -> None:
    parser = trained_parser()
    assert parser.parse(said, "test").operations == _without_topic(said, plainly)


def _without_topic(said: str, plainly: str) -> tuple[object, ...]:
    """The operations of the plain wording, with the topic as it was written."""
    operations = trained_parser().parse(plainly, "test").operations
    if "收據" not in said:
        return operations
    return tuple(one.model_copy(update={"query": "收據"}) for one in operations)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "~/a.txt"])
def test_no_path_leaves_the_root(name: str) -> None:
    with pytest.raises(LsfsError):
        trained_parser().parse(f"删除 {name}", "test")


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("上上周", "11-02 00:00", "11-09 00:00"),
        ("上周五", "11-13 00:00", "11-14 00:00"),
        ("礼拜三", "11-18 00:00", "11-19 00:00"),
        ("上周末", "11-14 00:00", "11-16 00:00"),
        ("昨晚", "11-17 18:00", "11-18 00:00"),
        ("最近三天", "11-15 15:30", None),
        ("一周内", "11-11 15:30", None),
        ("三天以前", None, "11-15 15:30"),
        ("半年前", None, "05-18 15:30"),
        ("三个月没动过", None, "08-18 15:30"),
        ("上个月以来没改过", None, "10-01 00:00"),
        ("周一以来", "11-16 00:00", None),
        ("11月1日前", None, "11-01 00:00"),
        ("10月28日以后", "10-29 00:00", None),
        ("11月2号到9号之间", "11-02 00:00", "11-10 00:00"),
        ("从周一到周三", "11-16 00:00", "11-19 00:00"),
        ("从上周到现在", "11-09 00:00", None),
        ("三月份", "03-01 00:00", "04-01 00:00"),
        ("第三季度", "07-01 00:00", "10-01 00:00"),
        ("最近一百二十天", "07-21 15:30", None),
        ("国庆期间", "10-01 00:00", "10-08 00:00"),
        ("今年五一假期", "05-01 00:00", "05-06 00:00"),
        ("元旦那天", "01-01 00:00", "01-02 00:00"),
        ("11月初", "11-01 00:00", "11-11 00:00"),
        ("上个月中旬", "10-11 00:00", "10-21 00:00"),
        ("9月底", "09-21 00:00", "10-01 00:00"),
        ("上个月15号", "10-15 00:00", "10-16 00:00"),
        ("上个月15号到20号之间", "10-15 00:00", "10-21 00:00"),
    ],
)
def test_span(text: str, after: str | None, before: str | None) -> None:
    span = chinese_span(f"找{text}的照片", NOW)
    assert span is not None
    ends = [end and f"{end:%m-%d %H:%M}" for end in (span.after, span.before)]
    assert ends == [after, before]


class GoneEmbedder:
    """An embedding model that does not answer."""

    def embed(self, texts: object) -> Any:
        """See `lsfs.ports.Embedder`."""
        raise UnavailableError("the worker is gone")


def test_chinese_needs_no_model() -> None:
    plan = parser_with(GoneEmbedder()).parse("把 draft.txt 移到 archive", "test")
    assert (plan.operations[0].op, plan.parser) == ("move", "grammar")


@pytest.mark.parametrize(
    "text",
    [
        "先复制plan.md到archive再删除它",
        "复制plan.md到archive，然后删除",
        "把plan.md复制到archive，再把它改名为x.md",
    ],
)
def test_it_is_never_the_copy_unseen(text: str) -> None:
    """ "它" was taken for the copy, which was removed; or the original was meant."""
    with pytest.raises(NotUnderstoodError, match="copy"):
        trained_parser().parse(text, "test")


def test_the_copy_can_be_named() -> None:
    text = "复制plan.md到archive，然后锁定archive/plan.md，再总结它"
    lock, summary = trained_parser().parse(text, "test").operations[1:]
    assert [flat(lock)["paths"], flat(summary)["paths"]] == [["archive/plan.md"]] * 2


def test_files_of_a_kind_are_never_the_one_that_is_called_so() -> None:
    """ "把照片移到相册" moved 照片.jpg alone."""
    parser = parser_over(["相册"], ["照片.jpg", "a.png"])
    for text, expected in (
        ("把照片移到相册", {"types": ["image"]}),
        ("删除照片", {"types": ["image"]}),
        ("删除照片.jpg", {"paths": ["照片.jpg"]}),
    ):
        (operation,) = parser.parse(text, "test").operations
        assert expected.items() <= flat(operation).items()


def test_a_text_is_replaced_in_the_files_of_a_folder() -> None:
    (operation,) = trained_parser().parse("把Recipes里的“糖”都换成“盐”", "test").operations
    assert flat(operation) == {"op": "replace", "under": "Recipes", "old": "糖", "new": "盐"}
