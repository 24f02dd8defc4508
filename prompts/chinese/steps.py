"""A Chinese request without its politeness, and its steps: where one ends, and what a later one
points back to. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lsfs.errors import NotUnderstoodError

from .text import FOLDER, SIGN, Entity, Phrase, words


def plainly(phrase: Phrase) -> tuple[Phrase, bool]:
    """The request without politeness, and whether somebody was asked to do something."""
    lead = re.compile(rf"^(?:{words('polite')}|,)+")
    tail = re.compile(rf"(?:{words('polite_end')}|,)+$")
    asked_end = re.compile(rf",?{words('asked_end')}$")
    is_asked = False
    while True:
        start, end = lead.match(phrase.text), tail.search(phrase.text)
        first = start.end() if start else 0
        last = end.start() if end and end.start() > first else len(phrase.text)
        is_asked = is_asked or first > 0
        shorter = phrase.part(first, last) if first < last else phrase
        if is_asked and (polite := asked_end.search(shorter.text)) and polite.start():
            shorter = shorter.part(0, polite.start())
        elif (
            is_asked
            and shorter.text.endswith("吗")
            and re.search("能|可以|可否", phrase.text[:first])
        ):
            shorter = shorter.part(0, len(shorter.text) - 1)
        if shorter.text == phrase.text:
            return phrase, is_asked
        phrase = shorter


_VERB = (
    "(?:请|帮我)*(?:把|将|删|移|挪|搬|复制|拷贝|备份|重命名|改名|总结|概括|概述|打开|读|看|列出|新建|创建|建|翻译|分享|锁|解锁|解除|撤销|"
    f"恢复|还原|回滚|合并|追加|生成|显示|告诉我|查找|搜索|找|在{SIGN}|在里面|在其中|给{SIGN}|给它|用(?:{SIGN}|[0-9一两三四五六七八九十]+[句个字])|在(?:末尾|最后|结尾)|往{SIGN}|放|写|归)"
)
_CUT = re.compile(
    f"[,;。]?(?:然后|接着|随后|并且|(?<!合)并|再|紧接着)+(?:再|,)*(?={_VERB})"
    f"|[,;。](?:之后|最后|同时|另外|完了|以后|后)*(?:再|,)*(?={_VERB})(?!(?:放|写|读|看|归|找|显示|生成|列出))"
    f"|[,;。](?:之后|最后|同时|另外|完了)(?:再|,)*(?={_VERB})"
)
_FIRST = re.compile("^(?:首先|先)")
_COPIED_TO = re.compile("(?:复制|拷贝|备份|合并)[^把将]*$")


def steps_of(phrase: Phrase) -> list[Phrase]:
    """The steps of a request, each with a verb of its own."""
    edges = [0]
    ends: list[int] = []
    for match in _CUT.finditer(phrase.text):
        rest = phrase.text[match.end() :]
        if _COPIED_TO.search(phrase.text[edges[-1] : match.start()]) and re.match("放|存", rest):
            continue
        ends.append(match.start())
        edges.append(match.end())
    pieces = [phrase.part(a, b) for a, b in zip(edges, [*ends, len(phrase.text)], strict=True)]
    steps = [plainly(piece)[0] for piece in pieces if piece.text]
    first = _FIRST.match(steps[0].text) if steps else None
    if first and len(steps) > 1:
        steps[0] = steps[0].part(first.end())
    return steps or [phrase]


_IT = re.compile(
    f"(?<!{SIGN})(?:它们|它|这个文件(?!夹)|那个文件(?!夹)|该文件(?!夹)|这些文件(?!:)|那些文件(?!:)|他们|她们|找到的(?:文件|结果|那些)?|搜索?结果|这些|其(?![中他它]))"
)
_INTO_IT = re.compile(
    f"(?<=[移挪放搬拷存制贝动入])(?:进去|进来|过去|(?:到|进|在)(?:了)?(?:它|其|这|那|这个|那个|该|新|新建的)?的?(?:{FOLDER})?(?:里面?|里头|里边|其中|那里|那儿|中)(?:去)?|(?:到|进)(?:这个|那个|该|新|新建的)(?:{FOLDER})(?:里面?|中)?(?:去)?)"
)
_IN_IT = re.compile(
    f"(?:在|往)(?:它|其|这个|那个|该|新|新建的)?(?:{FOLDER})?(?:里面?|里头|里边|其中|中)(?!{SIGN})"
)


@dataclass(frozen=True, slots=True)
class Referred:
    """A step with what it points back to put in; `is_back`: it points back."""

    phrase: Phrase
    is_back: bool


def referred_to(step: Phrase, before: Entity | None) -> Referred:
    """The step with the outcome of the one before in place of "it" and "into it".

    Raises:
        NotUnderstoodError: there is no such outcome.
    """
    for pattern, beside in ((_INTO_IT, ("到", "里")), (_IN_IT, ("在", "里")), (_IT, ("", ""))):
        match = pattern.search(step.text)
        if match is None or (match.start() and pattern is _IN_IT):
            continue
        if before is None:
            raise NotUnderstoodError(
                "I do not know what you refer to", hint="name the files in each step"
            )
        named = step.replaced(*match.span(), before)
        return Referred(around(named, match.start(), beside), True)
    return Referred(step, False)


def around(phrase: Phrase, position: int, words: tuple[str, str]) -> Phrase:
    before, after = words
    text, said = phrase.text, phrase.said
    return Phrase(
        text[:position] + before + text[position] + after + text[position + 1 :],
        (*said[:position], *before, said[position], *after, *said[position + 1 :]),
        phrase.entities,
    )
