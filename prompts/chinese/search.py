"""Searches in Chinese words: what is no act and no other question. Pure but for asking `Names`."""

from __future__ import annotations

import re

from lsfs.errors import UnavailableError
from lsfs.plan import BaseOperation

from ..names.context import Context
from .filters import Reading
from .naming import folder_called
from .selection import chinese_selection
from .text import FOLDER, INSIDE, SIGN, Entity, Phrase, table, words
from .topics import topic_in


def topical(reading: Reading) -> Reading:
    """With what is left over as the topic, or as words of it."""
    parts = [part for part in (reading.found.query, *reading.left) if part]
    parts.sort(key=lambda part: reading.places.get(part, 0))
    reading.found.query = " ".join(parts) or None
    return reading


def sought_in(phrase: Phrase, context: Context) -> tuple[Reading, str, bool]:
    """What a phrase selects, its words without those of asking, and whether there are such.

    Raises:
        NotUnderstoodError: it names a folder that is not there.
    """
    if (there := _SOUGHT_THERE.match(phrase.text)) and (
        folder := folder_called(phrase.part(*there.span("where")), context.targets)
    ):
        phrase = phrase.replaced(*there.span("where"), Entity(folder, path=folder))
    if inner := _SOUGHT_INSIDE.search(phrase.text):
        phrase = phrase.without(*inner.span("verb"))
    start = _end(_LEAD, phrase.text)
    said = phrase.part(start)
    trail = ""
    while (end := _TAIL.search(said.text)) and end.start():
        trail += end[0]
        said = said.part(0, end.start())
    if pointed := _THAT_FILE.search(said.text):
        said, trail = said.part(0, pointed.start()), trail + pointed[0]
    reading = chinese_selection(_unhedged(said), context)
    is_asked = bool(start or inner or "我记得" in phrase.text or trail.strip(",的了吗呢都"))
    return reading, said.text, is_asked


def searched(phrase: Phrase, context: Context, *, is_asked: bool) -> BaseOperation | None:
    """The search that a phrase is; `is_asked`: somebody was asked to do something.

    Raises:
        NotUnderstoodError: it selects nothing.
    """
    reading, said, says_search = sought_in(phrase, context)
    has_filter = bool(reading.found.filters or reading.found.is_marked or reading.found.containing)
    if not (says_search or has_filter) and (is_asked or not _is_noun_phrase(said)):
        return None
    if not (says_search or has_filter) and len(said) > 1 and re.search(SIGN, said):
        return None
    if any(_VERB_ALONE.fullmatch(left) for left in reading.left):
        return None
    if not says_search and any(
        _NO_NOUN.search(left) and not _is_noun_phrase(left) for left in reading.left
    ):
        return None
    if _is_talk(reading, phrase.text):
        return None
    return _search(about(reading), seeks=_SEEKS.search(phrase.text) is not None)


def likely_search(phrase: Phrase, context: Context) -> BaseOperation | None:
    """The search that a phrase is, whatever its words; None where it selects nothing.

    Raises:
        NotUnderstoodError: it names a folder that is not there.
    """
    reading, _, _ = sought_in(phrase, context)
    if _is_talk(reading, phrase.text):
        return None
    return _search(about(reading), seeks=_SEEKS.search(phrase.text) is not None)


def about(reading: Reading) -> Reading:
    """With the topic that is learnt to be one; where all would be lost, with what is left over."""
    left = [part for part in (reading.found.query, *reading.left) if part]
    try:
        topic = topic_in(reading.topic, left) if reading.topic else None
    except UnavailableError:
        return topical(reading)
    is_all = not (reading.found.filters or reading.found.containing)
    if topic is None and (is_all or reading.found.is_marked):
        return topical(reading)
    reading.found.query = topic
    return reading


def _unhedged(said: Phrase) -> Phrase:
    """The phrase without "应该是", and without "里记了" between a kind and what it holds."""
    for hedge in reversed(list(_HEDGE.finditer(said.text))):
        said = said.blanked(*hedge.span())
    told = _TOLD_THERE.search(said.text)
    return said.blanked(*told.span("verb")) if told else said


_LEAD = re.compile(rf"^(?:{words('search')}(?!你|他|她)|,)+(?:一下)?(?:出(?![租差口生版国]))?")
_TAIL = re.compile(rf"(?:{words('sought_end')}|,|的)$")
_THAT_FILE = re.compile(
    rf"(?<=[^把将这那就是]{{2}})[这那]一?{words('measure')}(?:{words('generic')})?$"
)
_TOLD_THERE = re.compile(
    f"(?:{words('generic')}|{'|'.join(table('types').values())})(?P<verb>里面?记录?了)"
)
""" "哪个表格里记了..."."""
_HEDGE = re.compile(
    rf"(?:^|(?<=[,;的个份篇张]))(?:{words('hedges')})|(?:应该|大概|好像|可能|估计)是(?=[今去前昨上这本\d一二三四五六七八九十])"
)
_SOUGHT_INSIDE = re.compile(
    f"(?:{FOLDER}|{SIGN}(?:{FOLDER})?{INSIDE})(?:面)?(?P<verb>(?:帮我|给我|去)?(?:查找|搜索|寻找|查一下|找一找|找找|找一下|找出|找|搜一下|搜|有没有|还有|有)(?:出|到)?)(?!的|到的)"
)


_SOUGHT_THERE = re.compile(
    rf"^(?:在|从)(?:我们?的?)?(?P<where>[^,;的\ue000-\uefff]{{1,10}}?)(?={FOLDER}?{INSIDE}(?:面)?(?:帮我|给我)?[搜找查])"
)
""" "在论文里搜..."."""
_SEEKS = re.compile("找|搜|查(?!看)|所有|全部|一切")


def _search(reading: Reading, *, seeks: bool) -> BaseOperation | None:
    found = reading.found
    if found.is_empty() and not (found.limit or found.sort != "relevance"):
        return None
    return found.search(seeks=seeks)


_VERB_ALONE = re.compile(
    "(?:回到|变回|删除?|移动|复制|重命名|锁定|解锁|恢复|撤销|合并|分享|翻译)(?:掉|一下|了)*"
)
_NO_NOUN = re.compile(
    "我(?!爸|妈|家|女|儿|老婆|老公|老板|弟|姐|妹|哥|爷|奶|外|孙|同|室友|公司|们|媳妇|对象)|一下|是否|可以|能不能|应该|该不该|要不要|[把将吧它你他她吗呢哪谁怎几]|这个|那个|为什么|如何|什么|不|别|请|帮|给|让|就|了$"
)


def _is_talk(reading: Reading, text: str) -> bool:
    """Whether words that say no more than a time are about something else than files."""
    if re.match("你(?:会|能|是|叫)", text):
        return True
    found = reading.found
    is_bare = set(found.filters) <= {"after", "before"} and not (
        found.is_marked or found.containing
    )
    return is_bare and bool(
        re.search(words("talk"), text)
        or re.search("^[^的]*[0-9一二三四五六七八九十]点[^的]*$", text)
    )


def _is_noun_phrase(text: str) -> bool:
    """Whether the words only name something; of "我写的诗" the last noun counts."""
    owner, _, noun = text.rpartition("的")
    if owner and re.search("^我|[写画做拍记录给]$", owner) and not _NO_OWNER.search(owner):
        text = noun
    return len(text) > 0 and (
        len(re.sub("[A-Za-z]+", "x", text)) <= 16
        and not _NO_NOUN.search(text)
        and not re.search(words("talk"), text)
    )


_NO_OWNER = re.compile("你|什么|怎|为何|吗|呢|[不没]|想|要|觉得|知道|是$")


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
