"""No request in Chinese takes long: its patterns take no text apart in more than one way."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest
from words import trained_parser

from lsfs.errors import LsfsError
from lsfs.prompts.request.data import load

try:
    import re._parser as syntax  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # Python 3.10
    import sre_parse as syntax

MODULES = (
    "acts filters going_back grouping objects parser reads search selection steps text writing"
)
REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
MANY = 8
WORDS = 4000
"""The words of a loop that are looked at, at most."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of the Chinese grammar, with the name it is found by."""
    for module in MODULES.split():
        for name, value in vars(import_module(f"lsfs.prompts.chinese.{module}")).items():
            yield from ((f"{module}.{name}", pattern) for pattern in _patterns_in(value))


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _patterns_in(one)


def loops(parsed: Any, *, is_last: bool = True) -> Iterator[Any]:
    """What is repeated without bound, where something that can fail comes after it."""
    items = list(parsed)
    for place, (operator, value) in enumerate(items):
        ends = is_last and all(_is_optional(item) for item in items[place + 1 :])
        match str(operator):
            case "MAX_REPEAT" | "MIN_REPEAT":
                if value[1] > MANY and not ends:
                    yield value[2]
                yield from loops(value[2], is_last=ends and value[1] == 1)
            case "SUBPATTERN":
                yield from loops(value[-1], is_last=ends)
            case "BRANCH":
                for branch in value[1]:
                    yield from loops(branch, is_last=ends)
            case "ASSERT" | "ASSERT_NOT":
                yield from loops(value[1], is_last=False)


def _is_optional(item: tuple[Any, Any]) -> bool:
    return str(item[0]) in REPEATS and item[1][0] == 0


def words_of(parsed: Any) -> list[str]:
    """The texts that a loop repeats, one for each way in which it can be read."""
    items = list(parsed)
    if len(items) == 1 and str(items[0][0]) == "SUBPATTERN":
        return words_of(items[0][1][-1])
    if len(items) == 1 and str(items[0][0]) == "BRANCH":
        return [word for branch in items[0][1][1] for word in words_of(branch)]
    found = [""]
    for operator, value in items:
        nexts = list(dict.fromkeys(_texts(str(operator), value)))[: max(1, WORDS // len(found))]
        found = [before + after for before, after in itertools.product(found, nexts)]
    return list(dict.fromkeys(found))


def _texts(operator: str, value: Any) -> list[str]:
    match operator:
        case "LITERAL":
            return [chr(value)]
        case "IN":
            return [text for kind, inner in value for text in _of_set(str(kind), inner)]
        case "SUBPATTERN":
            return words_of(value[-1])
        case "BRANCH":
            return [word for branch in value[1] for word in words_of(branch)]
        case "MAX_REPEAT" | "MIN_REPEAT":
            once = words_of(value[2])
            return [*([""] if value[0] == 0 else []), *once]
        case "ANY" | "NOT_LITERAL":
            return ["?"]
    return [""]


def _of_set(kind: str, value: Any) -> list[str]:
    if kind == "LITERAL":
        return [chr(value)]
    return [chr(value[0])] if kind == "RANGE" else ["?"]


def read_twice(words: Iterable[str]) -> list[str]:
    """What could be read in two ways: words that stand twice, or that others add up to (by the
    test of Sardinas and Patterson for codes)."""
    count = Counter(words)
    if twice := [word for word, number in count.items() if word and number > 1]:
        return twice
    code = set(count) - {""}
    left, seen = _rests(code, code), set[frozenset[str]]()
    while left and frozenset(left) not in seen:
        if both := left & code:
            return sorted(both)
        seen.add(frozenset(left))
        left = _rests(code, left) | _rests(left, code)
    return []


def _rests(first: set[str], second: set[str]) -> set[str]:
    return {
        longer[end:] for longer in second for end in range(1, len(longer)) if longer[:end] in first
    }


def test_two_ways_are_seen() -> None:
    assert read_twice(["全", "都", "全都"]) and read_twice(["刚", "刚"])
    assert not read_twice(["全部", "都", "全"])


def test_loops_are_read_in_one_way() -> None:
    unclear = {
        name: both
        for name, pattern in patterns()
        for loop in loops(syntax.parse(pattern.pattern))
        if (both := read_twice(words_of(loop)))
    }
    assert not unclear


FRAMES = (
    "找{}猫", "把 draft.txt {}x", "把 {}x plan.md 找回来", "给 cv.pdf 生成链接,有效期7天{}x", "把 plan.md 恢复到昨天{}x",
    "找猫{}q", "复制 draft.txt {}q", "{}x", "关于{}x的照片", "把 plan.md {}移到x", "总结 plan.md {}x", "总结{}x", "按主题{}x",
    "在 todo.txt {}x", "把{}x按作者分组", "撤销{}x", "plan.md 改了{}x", "新建{}x", "跟 plan.md {}x",
)  # fmt: skip


def lists() -> dict[str, list[str]]:
    """The lists of words that people may extend."""
    data = load("chinese")
    found: dict[str, list[str]] = dict(data["words"])
    for table in ("types", "extensions", "languages", "criteria"):
        found[table] = [word for said in data[table].values() for word in said]
    return found


def _spoken(pattern: str) -> str:
    """A text that a word of a list stands for, nearly."""
    shorter = re.sub(r"\(\?<?[!=][^)]*\)|[?^$]|\\.", "", pattern)
    shorter = re.sub(r"\[(.)[^\]]*\]", r"\1", shorter)
    while "(" in shorter:
        shorter = re.sub(r"\((?:\?:)?([^|()]*)[^()]*\)", r"\1", shorter)
    return shorter


def _takes(text: str) -> float:
    parser = trained_parser()
    start = time.process_time()
    with contextlib.suppress(LsfsError):
        parser.parse(text, "test")
    return time.process_time() - start


@pytest.mark.parametrize("name", sorted(lists()))
@pytest.mark.timeout(60)
def test_a_list_of_words_over_and_over(name: str) -> None:
    said = [word for pattern in lists()[name] if (word := _spoken(pattern))]
    chance = random.Random(name)
    for frame in FRAMES:
        mixed = "".join(chance.choice(said) for _ in range(40))
        assert _takes(frame.format(mixed)) < LONG_S, (frame, mixed)
    for word in chance.sample(said, min(4, len(said))):
        frame = chance.choice(FRAMES)
        assert _takes(frame.format(word * 40)) < LONG_S, (frame, word)


LONG_S = 0.5


@pytest.mark.parametrize(
    "words",
    [
        "的 了 和 与 是 都",
        "全 都 全都 全部",
        "刚 刚刚",
        "有效期 期 期限",
        "时候 时 候 那时",
        "给我 看看 给我看看",
        "个 副本 个副本",
        "一下 下 一",
        "不要 让 别人 改",
    ],
)
@pytest.mark.timeout(60)
def test_words_within_words(words: str) -> None:
    chance = random.Random(words)
    for frame in FRAMES:
        mixed = "".join(chance.choice(words.split()) for _ in range(40))
        assert _takes(frame.format(mixed)) < LONG_S, (frame, mixed)
