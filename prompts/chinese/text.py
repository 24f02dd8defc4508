"""A Chinese request as text: its names and quotes each become one sign, so that a grammar can be
written over the words alone. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lsfs.selector import Selector

from ..names.targets import Targets
from ..request.data import load
from ..request.quoting import QUOTED, looks_like_file, masked, quoted_from

HAN = "\u3400-\u9fff"
NAME = "[\ue000-\ue7ff]"
"""The sign of a file's or folder's name."""
QUOTE = "[\ue800-\uefff]"
"""The sign of a quoted text that is no name."""
SIGN = "[\ue000-\uefff]"
BLANK = "\0"
INSIDE = "(?:里面|里头|里边|里(?!程)|之中|当中|中间|中(?![文国午])|之内|内(?!容)|下面|底下|之下|下(?![载午周个]))"
FOLDER = "(?:子?文件夹|资料夹|子?目录)"

_QUOTED = re.compile(rf"{QUOTED.pattern}|《([^》]*)》|『([^』]*)』|＂([^＂]*)＂")
_WITH_ENDING = re.compile(
    r"[\w@+()#&./~-]*?[\w)]\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,8}(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
)
_WITH_SLASH = re.compile(
    rf"(?:[A-Za-z0-9_.~-]+|(?<![\w/])[{HAN}]+)?/(?:[A-Za-z0-9_.-]+|[{HAN}]+?"
    r"(?=文件夹|目录|里|中|下|的|/|[^\w]|$))(?:/[A-Za-z0-9_.-]*)*"
)
_LATIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_'+#-]*(?: [A-Za-z0-9_][A-Za-z0-9_'+#-]*)*")
_MEASURED = re.compile(r"\d+(?:\.\d+)?\s*(?:[kmgt]i?b?|b|bytes?)(?![A-Za-z])|[\d.]+", re.I)
_ENDINGS = re.compile(r"\.\w{1,5}(?:/\.\w{1,5})+")
""" ".c/.py" are kinds of files."""
_NO_NAME = re.compile(
    r"(?:pdf|docx?|xlsx?|pptx?|word|excel|txt|md|py|csv|json|html?|zip|jpe?g|png|gif|mp[34]|"
    r"markdown|python|email|[kmgt]b?|\d{1,4})s?",
    re.I,
)
_LEADING = re.compile(
    "把|将|打开|读取|读一下|读|看看|查看|看一下|显示|删除|删掉|删了|删|移除|移动|复制一份|复制|拷贝|重命名|总结一下|总结|概括一下|概括|概述|"
    "翻译|分享|锁定|锁上|解锁|恢复|回滚|还原|回退|撤销|比较|对比|合并|新建|创建|建立|建|一个|一份|名为|名叫|叫做|叫|请|帮我|"
    "给|在|从|往|向|和|与|跟|及|以及|还有|让|对|先|再|然后|并|用"
)
_BEFORE_NAME = frozenset("件成为到叫做个里份入进和把将除取开看建在给用从的与及跟")
_WEAK_LEADING = re.compile(
    "改名|改成|改为|换成|重命名|命名|合并成|成|为|到|至|进|入|文件|的|里面|里|中|下面|下|底下|类似|像|个|是"
)


_ANEW = re.compile(
    "(?:(?:改|换|更|取|重?命|重新命|起)个?名(?:字|称)?|名(?:字|称)?[改换变]|改|变|换)(?:成|为|作|做|叫做?)|"
    "(?:文件名|名字|名称|名)(?:是|叫做?|为)"
)
"""What stands right before a new name."""


@lru_cache(maxsize=64)
def words(key: str) -> str:
    """The words of a list of `data/chinese.toml` as one pattern, the longest first."""
    return alternatives(load("chinese")["words"][key])


def table(key: str) -> dict[str, str]:
    """A table of `data/chinese.toml`: what its words stand for, and a pattern for them."""
    return {name: alternatives(said) for name, said in load("chinese")[key].items()}


def alternatives(said: Iterable[str]) -> str:
    """The words as one pattern, the longest first."""
    ranked = sorted(said, key=lambda word: -len(re.sub(r"\(\?<?[!=][^)]*\)", "", word)))
    return f"(?:{'|'.join(ranked)})"


@lru_cache(maxsize=1)
def _characters() -> dict[int, str]:
    pairs = "".join(load("chinese")["characters"].split())
    simple = dict(zip(map(ord, pairs[::2]), pairs[1::2], strict=True))
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    return {
        **simple,
        **wide,
        ord("、"): "、",
        ord("；"): ";",
        ord("："): ":",
        ord("，"): ",",
        ord("（"): ",",
        ord("）"): ",",
    }


def simplified(text: str) -> str:
    """The text in simplified characters and narrow signs, as long as before."""
    return text.translate(_characters())


@dataclass(frozen=True, slots=True)
class Entity:
    """What a sign stands for: a text as it was said, without quotes. `path`: it is known already.
    `found`: it is what a step before looked for."""

    text: str
    path: str | None = None
    found: Selector | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a request. `text` is what the grammar reads: simplified, names and quotes as signs,
    without spaces between Chinese; `said` is what stands behind each of its characters."""

    text: str
    said: tuple[str, ...]
    entities: dict[str, Entity] = field(default_factory=dict)

    def part(self, start: int, end: int | None = None) -> Phrase:
        """The piece from `start` to `end`, without blanks and commas around it."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start] in _EDGE:
            start += 1
        while start < end and self.text[end - 1] in _EDGE:
            end -= 1
        return Phrase(self.text[start:end], self.said[start:end], self.entities)

    def group(self, match: re.Match[str], name: str) -> Phrase | None:
        """The piece that a group matched, None where it matched nothing."""
        start, end = match.span(name)
        return self.part(start, end) if start >= 0 and end > start else None

    def blanked(self, start: int, end: int) -> Phrase:
        """The phrase with a piece taken out: blanks stand there."""
        text = self.text[:start] + BLANK * (end - start) + self.text[end:]
        return Phrase(text, self.said, self.entities)

    def without(self, start: int, end: int) -> Phrase:
        """The phrase with a piece cut out."""
        return Phrase(
            self.text[:start] + self.text[end:], self.said[:start] + self.said[end:], self.entities
        )

    def replaced(self, start: int, end: int, entity: Entity) -> Phrase:
        """The phrase with a name in place of a piece."""
        sign = chr(0xE000 + len(self.entities))
        return Phrase(
            self.text[:start] + sign + self.text[end:],
            (*self.said[:start], entity.text, *self.said[end:]),
            {**self.entities, sign: entity},
        )

    def original(self) -> str:
        """The piece as it was said, blanks left out; a quote around all of it goes."""
        if len(self.text) == 1 and self.text in self.entities:
            return self.entities[self.text].text
        return " ".join(
            "".join(
                " " if character == BLANK else said
                for character, said in zip(self.text, self.said, strict=True)
            ).split()
        ).strip(" ,，")

    def inserted(self, position: int, word: str) -> Phrase:
        """The phrase with a word put in."""
        return Phrase(
            self.text[:position] + word + self.text[position:],
            (*self.said[:position], *word, *self.said[position:]),
            self.entities,
        )

    def names(self) -> list[Entity]:
        """What its signs stand for, in order."""
        return [self.entities[c] for c in self.text if c in self.entities]


_EDGE = frozenset(" \0,，;；、:?!。？！")


def phrase_of(request: str, targets: Targets) -> Phrase:
    """The request with its names and quotes as signs."""
    text: list[str] = []
    said: list[str] = []
    entities: dict[str, Entity] = {}
    for piece, entity, is_name in pieces(_IN_BRACKETS.sub(r"\g<name>", request), targets):
        if entity is None:
            text += piece.translate(_characters())
            said += piece
            continue
        sign = chr((0xE000 if is_name else 0xE800) + len(entities))
        entities[sign] = entity
        text.append(sign)
        said.append(piece)
    phrase = _in_chinese(_in_mandarin(_without_spaces(text, said, entities)))
    return _without_appositions(phrase)


_IN_BRACKETS = re.compile(r"[（(](?P<name>[\w./ -]{1,60}\.[A-Za-z0-9]{1,5})[)）]")
"""A name that says which one: "会议纪要（meeting.md）"."""
_DICTATES = re.compile(
    "(?:[加补補添续續记記写寫填][^,;:，；：。]{0,30}|(?:[行句条條项項段字容]|文(?![件档檔]))[^,;:，；：。]{0,6})[:：]\\s*(?=\\S)"
)


def quote_dictated(text: str) -> str:
    """The request with marks around the text that is to be written, where that follows a colon."""
    colon = _DICTATES.search(masked(text))
    return quoted_from(text, colon.end()) if colon else text


def _without_spaces(text: list[str], said: list[str], entities: dict[str, Entity]) -> Phrase:
    """Spaces stay between Latin words; elsewhere they are kept in what was said alone."""
    kept: list[int] = []
    heard = list(said)
    for i, character in enumerate(text):
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        is_between = all(c and c[0].isascii() and not c[0].isspace() for c in (before, after))
        if not character.isspace() or (is_between and character == " "):
            kept.append(i)
        elif kept:
            heard[kept[-1]] += character
    return Phrase("".join(text[i] for i in kept), tuple(heard[i] for i in kept), entities)


def _in_mandarin(phrase: Phrase) -> Phrase:
    """The phrase in the grammar's words: Cantonese ones, slips, and English nouns and signs."""
    for word, pattern in _dialect():
        for match in reversed(list(pattern.finditer(phrase.text))):
            phrase = phrase.without(*match.span()).inserted(match.start(), word)
    return phrase


@lru_cache(maxsize=1)
def _dialect() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((word, re.compile(said, re.I)) for word, said in table("dialect").items())


def _in_chinese(phrase: Phrase) -> Phrase:
    """The phrase with the English verbs that stand where a Chinese one would: "把 a.txt move 到 b"."""
    for verb, pattern in _english_verbs():
        for match in reversed(list(pattern.finditer(phrase.text))):
            phrase = phrase.without(*match.span()).inserted(match.start(), verb)
    return phrase


@lru_cache(maxsize=1)
def _english_verbs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (
            verb,
            re.compile(
                rf"(?:^|(?<=[{NAME[1:-1]}我请要你再并后,;都给会])|(?<=的)(?={said}(?:[住了掉到成]|一下)))\s?{said}(?![A-Za-z]) ?",
                re.I,
            ),
        )
        for verb, said in table("verbs").items()
    )


def _without_appositions(phrase: Phrase) -> Phrase:
    """The phrase without what only says that a name is a name: "照片 a.jpg", "a.pdf 这篇论文"."""
    for match in reversed(list(_apposition().finditer(phrase.text))):
        phrase = phrase.without(*match.span())
    return phrase


_BY_ME = "我[^,;和跟与的把将]{0,10}(?:写|做|改|存|下载|发|拍|建|收到)(?:好|完)?[过了]?的(?:那[个份篇张封])?"
"""What only tells of a file that is named: "我昨天写的那个 plan.md"."""


@lru_cache(maxsize=1)
def _apposition() -> re.Pattern[str]:
    kinds = "|".join(table("types").values())
    noun = (
        rf"(?:文件(?!夹|名)|档案|文档|资料|笔记|论文|文章|报告|合同|待办|清单|日记|备忘录?|{kinds})"
    )
    that = rf"(?:[这那该此][一几两三四]?(?:{words('measure')})|[这那][俩仨]|[这那]些)"
    return re.compile(
        rf"{_BY_ME}(?={NAME})|(?<={NAME})[这那](?:玩意儿?|东西)|(?:{that}(?:{noun})?|(?<![一-龥]){noun}|(?<=[把将给从用与和跟的里对在往向])(?<!件的){noun})(?={NAME})"
        rf"|(?<={NAME})整个(?:文件夹?|目录)?|(?<={NAME})(?:{that}(?:{noun})?(?!月|星期|礼拜|季度|周|版本|组|分组|小时|文件夹|目录|资料夹|样|字|词))",
        re.I,
    )


def pieces(request: str, targets: Targets) -> Iterator[tuple[str, Entity | None, bool]]:
    """The request in order: its text, what that is the name or quote of, and whether a name."""
    position = 0
    for match in _QUOTED.finditer(request):
        yield from _unquoted(request[position : match.start()], targets)
        inner = next((group for group in match.groups() if group is not None), "")
        is_name = looks_like_file(inner) or (0 < len(inner) < 80 and targets.knows(inner))
        yield match[0], Entity(inner), is_name
        position = match.end()
    yield from _unquoted(request[position:], targets)


def _unquoted(text: str, targets: Targets) -> Iterator[tuple[str, Entity | None, bool]]:
    position = 0
    for start, end in _names(text, targets):
        if start > position:
            yield text[position:start], None, False
        yield text[start:end], Entity(text[start:end]), True
        position = end
    if position < len(text):
        yield text[position:], None, False


def _names(text: str, targets: Targets) -> list[tuple[int, int]]:
    """Where names stand: with an ending or a slash, or of an entry that is there."""
    taken: list[tuple[int, int]] = []
    for match in _WITH_ENDING.finditer(text):
        if not _MEASURED.fullmatch(match[0]):
            taken.append(_with_ending(text, match, targets))
    for match in _WITH_SLASH.finditer(text):
        if not (_overlaps(taken, match.span()) or _ENDINGS.fullmatch(match[0])):
            taken.append(_trimmed(text, match.span()))
    for match in _LATIN.finditer(text):
        if not _overlaps(taken, match.span()):
            taken += _known_words(text, match.span(), targets)
    return sorted(taken)


def _overlaps(taken: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    while match := _LEADING.match(text, start, end):
        start = match.end()
    return start, end


def _with_ending(text: str, match: re.Match[str], targets: Targets) -> tuple[int, int]:
    """A name with an ending: without the words that stand directly before it, or with more words of
    it that spaces part."""
    start, end = match.span()
    wide = _wide_start(text, start, end, targets)
    if wide is not None:
        return wide, end
    if not re.search(f"[{HAN}]", match[0]) or targets.knows(match[0]):
        return start, end
    latin = re.search(r"[A-Za-z0-9_][!-~]*$", match[0])
    if latin and latin.start():
        is_cut = match[0][latin.start() - 1] in _BEFORE_NAME
        if is_cut or targets.knows(latin[0]):
            return start + latin.start(), end
    return _stripped_start(text, start, end, targets), end


def _wide_start(text: str, start: int, end: int, targets: Targets) -> int | None:
    """Where a name that is there begins when words before a space are of it."""
    for word in list(re.finditer(r"[^\s,，、。:：]+(?= )", text[max(0, start - 80) : start]))[-4:]:
        wide = max(0, start - 80) + word.start()
        glued = re.match(f"[{HAN}]+(?=[A-Za-z0-9])", word[0])
        for first in (wide, wide + glued.end() if glued else wide):
            if targets.knows(text[first:end]):
                return first
    return None


def _stripped_start(text: str, start: int, end: int, targets: Targets) -> int:
    """Where a name begins after the words set directly before it; one set off by a space, and not
    known, is whole."""
    anew = max((match.end() for match in _ANEW.finditer(text[start:end])), default=0)
    best = start + anew
    for _ in range(6):
        lead = _LEADING.match(text, best, end) or _WEAK_LEADING.match(text, best, end)
        if lead is None or lead.end() >= end - 2 or text[lead.end()] == ".":
            break
        best = lead.end()
        if targets.knows(text[best:end]):
            return best
    is_apart = start > 0 and text[start - 1] == " "
    return start if is_apart and not anew and text[start] not in "把将" else best


def _known_words(text: str, span: tuple[int, int], targets: Targets) -> list[tuple[int, int]]:
    """Entries that are there among Latin words, the longest first."""
    words = [m.span() for m in re.finditer(r"\S+", text[span[0] : span[1]])]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(words):
        for last in range(min(len(words), first + 4), first, -1):
            start, end = span[0] + words[first][0], span[0] + words[last - 1][1]
            name = text[start:end]
            if not _NO_NAME.fullmatch(name) and targets.knows(name):
                found.append((start, end))
                first = last - 1
                break
        first += 1
    return found
