"""What a step chooses of what was found or shown before it: 最旧的两个, 第一个. Pure."""

from __future__ import annotations

import re

from lsfs.errors import NotUnderstoodError
from lsfs.selector import Selector

from ..names.choosing import chosen_of
from ..names.outcomes import Found
from ..request.selection import Selection
from ..times.numbers import NUMBER, value
from .filters import SORT
from .text import Entity, Phrase, words

_BEFORE = (
    r"^(?:请|帮我|给我|再|然后|接着|那就?|就)*(?:把|将|删除?掉?|移除|扔掉?|打开|查看|看一?看|看一?下|读|显示|复制|拷贝|移动|锁定?|"
    r"解锁|总结|概括|归档)?(?:一下)?(?:其中|里面|当中)?的?"
)
_AFTER = r"(?=$|[,;。?]|移|挪|复制|拷|放|删|扔|锁|解锁|打开|改名|重命名|都|全|也|给我|是什么|写了|讲了|有?多大|什么时候|归档|总结)"
_MEASURE = words("measure")
_BY_ORDER = re.compile(
    rf"{_BEFORE}(?P<what>(?P<word>最[新近早旧老大小])的?(?:那|这)?(?:(?P<n>{NUMBER})?(?:{_MEASURE}))?(?P<noun>文件|结果)?){_AFTER}"
)
_BY_PLACE = re.compile(
    rf"{_BEFORE}(?P<what>(?:第(?P<place>{NUMBER})|(?P<first>前|头)(?P<n>{NUMBER})|(?:最后|后)一?(?:{NUMBER})?)(?:{_MEASURE})(?:文件|结果)?){_AFTER}"
)
_ACTS = re.compile(r"[把将]|删|移|挪|复制|拷|锁|归档|扔")


def choose(step: Phrase, found: Found) -> tuple[Phrase, Selector] | None:
    """The step with what it chooses put in, and that.

    Raises:
        NotUnderstoodError: that shows only once they are found.
    """
    match = _BY_ORDER.match(step.text)
    if match and found.is_shown and match["noun"] and not _ACTS.search(step.text):
        return None
    if match:
        limit = value(match["n"]) if match["n"] else 1
        choice = Selection(sort=SORT.get(match["word"], "newest"), limit=limit)
    else:
        match = None if found.is_shown else _BY_PLACE.match(step.text)
        if match is None:
            return None
        choice = Selection(limit=_first(match, found))
    chosen = chosen_of(found.files, choice)
    return step.replaced(*match.span("what"), Entity("", found=chosen)), chosen


def _first(match: re.Match[str], found: Found) -> int:
    is_first = match["first"] or (match["place"] and value(match["place"]) == 1)
    if not is_first or not found.is_ranked:
        raise NotUnderstoodError(
            f"which is {match['what']!r} shows only once they are found",
            hint="ask for one thing after the other: `lsfs ask` alone opens a session",
        )
    return value(match["n"]) if match["first"] else 1
