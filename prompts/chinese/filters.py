"""Filters in Chinese words: author, size, order, count and type, each taken out of a phrase where it
stands. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lsfs.selector import FileType, SortKey

from ..request.selection import Selection
from ..times.numbers import NUMBER, value
from .text import BLANK, Phrase, table, words

SET_OFF = rf"(?:^|(?<=[{BLANK},;的是有把在]))"
"""Where a part of a selection may begin: not within a word."""


@dataclass(slots=True)
class Reading:
    """A selection while it is read: `phrase` has blanks where something was understood."""

    phrase: Phrase
    found: Selection = field(default_factory=lambda: Selection())
    is_all: bool = False
    is_superlative: bool = False
    some: str = ""
    """The words that say that only some are meant: "一些", "这几张"."""
    made: str = ""
    """The words that say no more than that somebody made or handled them: "看完的"."""
    left: list[str] = field(default_factory=list)
    topic: Phrase | None = None
    """The phrase with its filters taken out, its topic not."""
    places: dict[str, int] = field(default_factory=dict)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What the pattern finds first, taken out."""
        match = pattern.search(self.phrase.text)
        if match is not None and match.end() > match.start():
            self.phrase = self.phrase.blanked(*match.span())
            return match
        return None

    def said(self, match: re.Match[str], group: str) -> str:
        """What stands behind a group of a match, as it was said."""
        start, end = match.span(group)
        whole = Phrase(match.string, self.phrase.said, self.phrase.entities)
        return whole.part(start, end).original() if match[group] else ""


@lru_cache(maxsize=128)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once, without regard to case."""
    return re.compile(pattern, re.IGNORECASE)


# -- author, size, order, count --------------------------------------------------------------------

_PERSON = "(?:[\u3400-\u9fff]{1,4}?(?:·[\u3400-\u9fff]{1,6})?|[A-Za-z][\\w.'-]*(?: [A-Za-z][\\w.'-]*){0,3})"
_BY = "(?:给我们?)?(?:撰写|编写|起草|制作|提交|发送|写|发|寄|做|拍|画|录)(?:过|给我们?|来|出)?的"
_AUTHORS = (
    re.compile(rf"作者(?:是|为|叫|:)?(?P<author>{_PERSON})(?:的(?!作者)|$|(?=[,;、\0]))"),
    re.compile(rf"由(?P<author>{_PERSON})所?\0*{_BY}"),
    re.compile(rf"来自(?P<author>{_PERSON})的"),
    re.compile(rf"{SET_OFF}(?P<author>{_PERSON})\0*{_BY}"),
)
_NOBODY = re.compile(
    "(?:给我|我们?|我自己|自己|你|他|她|咱们?|谁|大家|有人|别人|中文|英文|[一-龥]语|手|以前|之前|曾经|刚刚?|刚才|新|后来|当时|所?有?我|我[以之]前|[印颁签转群])$|.*(?:期间|时候?|天|日|节|年|月|夕|假|周|[里中上下内前后])$"
)


_PRONOUN = re.compile(
    "(?:我们?|我自己|自己|你|他|她|咱们?|谁|大家|有人|别人|刚刚?|刚才|新|后来|[所都]?有?我|[印颁签转群])$"
)


def _take_author(reading: Reading) -> None:
    for pattern in _AUTHORS:
        match = pattern.search(reading.phrase.text)
        if match is None:
            continue
        said = reading.said(match, "author")
        is_author = not _NOBODY.match(said)
        start = match.end("author") if not (is_author or _PRONOUN.match(said)) else match.start()
        reading.phrase = reading.phrase.blanked(start, match.end())
        if is_author:
            reading.found.filters["author"] = said
            return


_UNIT = r"(?:([kmgt])(?:i?b)?|(兆)(?:字节)?|(千)字节|(?:个)?字节|b(?![a-z]))"
_AMOUNT = rf"(?P<number>\d+(?:\.\d+)?|{NUMBER}|半)个? ?(?P<unit>{_UNIT})"
_SIZES = (
    (re.compile(rf"(?:文件)?(?:大小|体积|尺寸)?(?:在)?(?<!不)(?:大于|超过|大过|多于|高于|至少|不小于|不少于|不低于|起码)(?:有)?{_AMOUNT}(?:以上)?的?", re.I), "size_min"),
    (re.compile(rf"(?:文件)?(?:大小|体积|尺寸)?(?:在)?(?:小于|不到|不足|低于|少于|不超过|不大于|至多|最多)(?:有)?{_AMOUNT}(?:以[下内])?的?", re.I), "size_max"),
    (re.compile(rf"比{_AMOUNT}[还更要]*大的?", re.I), "size_min"),
    (re.compile(rf"比{_AMOUNT}[还更要]*小的?", re.I), "size_max"),
    (re.compile(rf"(?:大小|体积)?(?:在)?{_AMOUNT}(?:及|或)?以上的?", re.I), "size_min"),
    (re.compile(rf"(?:大小|体积)?(?:在)?{_AMOUNT}(?:及|或)?(?:以下|以内|之内)的?", re.I), "size_max"),
)  # fmt: skip
_BOUND = rf"(?:\d+(?:\.\d+)?|{NUMBER}|半)个? ?{_UNIT}"
_BETWEEN = re.compile(
    rf"(?:大小|体积)?(?:介于|在|从)?(?P<low>{_BOUND})(?:到|至|和|与|[-~—])+(?P<high>{_BOUND})(?:之间|的)*",
    re.I,
)
_SCALES = {"k": 10**3, "千": 10**3, "m": 10**6, "兆": 10**6, "g": 10**9, "t": 10**12}


_EMPTY = re.compile(
    f"{SET_OFF}(?:空白?|0 ?(?:字节|[kb]))的?(?:(?=文本文件(?!夹)|笔记)|文件(?![夹名])|文档|档案?(?!期))"
    "|(?:大小为?|里面?)(?:是)?(?:空的|零|0 ?字节)", re.I
)  # fmt: skip
_HIDDEN = re.compile("隐藏(?:着|起来)?的?(?=[^,;的]{0,4}文件(?!夹)|文档|图片|照片)")


def _take_size(reading: Reading) -> None:
    if reading.take(_EMPTY):
        reading.found.filters["size_max"] = 0
    if reading.take(_HIDDEN):
        reading.found.filters["hidden"] = "only"
    if match := reading.take(_BETWEEN):
        reading.found.filters |= {
            "size_min": _bytes_in(match["low"]), "size_max": _bytes_in(match["high"])
        }  # fmt: skip
    for pattern, key in _SIZES:
        if match := reading.take(pattern):
            reading.found.filters[key] = _bytes_in(match[0])


def _bytes_in(said: str) -> int:
    """The size that is named in some words."""
    match = _AMOUNT_ALONE.search(said)
    number, unit = match["number"], match["unit"].casefold()  # type: ignore[index]
    count = 0.5 if number == "半" else float(number) if number[0].isdecimal() else value(number)
    return int(count * _SCALES.get(unit[0], 1))


_AMOUNT_ALONE = re.compile(_AMOUNT, re.I)


_ORDERED = re.compile(
    "(?:请)?(?:按|依|根据|以)(?:照|着)?(?:文件|最后)?的?(?P<key>修改时间|修改日期|更新时间|创建时间|时间|日期|新旧|大小|体积|尺寸|名字|名称|文件名|字母|拼音|标题)的?"
    "(?:先后|字母)?(?:顺序)?,?(?P<way>[从由].[到至].|倒序|降序|逆序|升序|正序)?(?:地|来|进行)?(?:的?顺序)?(?:排序|排列|排个序|排好|排一下|排|列出来?|显示)?(?:一下|好)?"
)
_WAY = re.compile(
    "(?:从|由)(?P<way>大到小|小到大|新到旧|旧到新|近到远|远到近|早到晚|晚到早|多到少)的?(?:顺序)?(?:来)?(?:排序|排列|排好?|列出来?|显示)?(?:一下)?"
)
_FIRST = re.compile(
    "(?P<word>最新|最近|最早|最旧|最大|最小)(?:的)?(?:放|排|在|排在|放在)(?:最)?(?:前面?|先)"
)
_MOST = re.compile(
    "(?:文件)?(?:体积|大小|时间|日期)?(?P<word>最(?:新|近|晚|后|早|旧|老|久|大|小|占空间|占地方)|前(?:几天|些天|阵子|段时间|些日子)|[这近]几天|近期|不久前|刚刚|刚才?(?=[写改下存拍收])|新近)(?:的)?(?P<made>(?:一次)?(?:"
    "修改|更改|编辑|更新|改动|改|动|写|创建|新建|拍|收到|保存|打开|添加|下载)(?:过|好|完)?的?)?"
)
_SUPERLATIVES = frozenset("最新 最晚 最后 最早 最旧 最老 最久 最大 最小 最占空间 最占地方".split())
SORT: dict[str, SortKey] = {
    "大到小": "largest", "多到少": "largest", "小到大": "smallest", "新到旧": "newest",
    "近到远": "newest", "晚到早": "newest", "旧到新": "oldest", "远到近": "oldest", "早到晚": "oldest",
    "最大": "largest", "最占空间": "largest", "最占地方": "largest", "最小": "smallest",
    "最早": "oldest", "最旧": "oldest", "最老": "oldest", "最久": "oldest",
}  # fmt: skip


def _take_order(reading: Reading) -> None:
    if match := reading.take(_ORDERED) or reading.take(_WAY):
        key, way = match.groupdict().get("key") or "", (match["way"] or "").lstrip("从由")
        reading.found.sort = _by_key(key, way.replace("至", "到"))
    elif match := reading.take(_FIRST):
        reading.found.sort = SORT.get(match["word"], "newest")
    elif match := reading.take(_MOST):
        reading.found.sort = SORT.get(match["word"], "newest")
        reading.is_superlative = match["word"] in _SUPERLATIVES


def _by_key(key: str, way: str) -> SortKey:
    if way in SORT:
        return SORT[way]
    is_rising = way in ("升序", "正序")
    if key in ("大小", "体积", "尺寸"):
        return "smallest" if is_rising else "largest"
    if key in ("名字", "名称", "文件名", "字母", "拼音", "标题"):
        return "name"
    return "oldest" if is_rising else "newest"


_AT_MOST = (
    "(?:(?:最多|至多|不超过|只|就|要|给我|看|列|取|来|挑|选)*(?:最多|至多|不超过|给我|只要))?"
)
_NO_MEASURE = "(?!字|月|版本|小时|钟头|礼拜|星期|季度|人|工作日)"


def _take_count(reading: Reading) -> None:
    measure = words("measure")
    if (
        match := reading.take(
            compiled(rf"(?:前|头|top ?)(?P<n>{NUMBER})(?:{measure}{_NO_MEASURE})?(?:的)?")
        )
    ) or (
        match := reading.take(
            compiled(
                rf"{_AT_MOST}(?<!第)(?P<n>(?!一(?!百|十)){NUMBER})(?:{measure}{_NO_MEASURE})(?:的|就行|就好|就可以|就够|即可)?"
            )
        )
    ):
        reading.found.limit = value(match["n"])
    one = reading.take(compiled(
        rf"(?:就|只)?(?:要|有)?(?:[那这某哪]一?|一)(?:{measure}{_NO_MEASURE}|些)(?=[{BLANK},;的]|$|[是最])|"
        rf"{SET_OFF}(?:[一那这某哪][几一]?|几)(?:{measure}|些){_NO_MEASURE}(?!夹)|(?<=[有要找]){measure}{_NO_MEASURE}(?![夹人])"
    ))  # fmt: skip
    reading.some = one[0] if one and reading.found.limit is None else ""
    plural = re.search("些|几|都|所有|全部|分别", reading.phrase.text) or (one and "几" in one[0]) or (
        one and "些" in one[0]
    )  # fmt: skip
    if reading.found.limit is None and reading.is_superlative and not plural:
        reading.found.limit = 1
    if reading.found.limit is not None:
        reading.found.limit = min(max(reading.found.limit, 1), 1000)


# -- types -----------------------------------------------------------------------------------------

_ENDING = (
    "jpe?g|png|gif|webp|svg|heic|tiff?|bmp|docx?|odt|rtf|epub|tex|xlsx?|ods|csv|tsv|pptx|odp|"
    "md|txt|rst|org|html?|css|py|js|ts|rs|go|java|sh|cpp|rb|sql|ipynb|json|jsonl|xml|ya?ml|toml|"
    "ini|log|eml|mbox|mp3|mp4|flac|ogg|wav|m4a|mkv|avi|mov|webm|zip|tar|gz|7z|rar|bin|tmp|bak|c|h|pdf"
)
_JOINED = "(?:和|或者?|与|跟|及|以及|/|,|、| )"
_ENDINGS = re.compile(
    rf"(?:(?:后缀名?|扩展名|格式)(?:是|为|叫)?)?(?<![\w.*])(?<![a-z] )(?P<endings>(?:\.?(?:{_ENDING})|\.[a-z0-9]{{1,6}})(?:{_JOINED}(?:\.?(?:{_ENDING})|\.[a-z0-9]{{1,6}}))*)"
    r"(?![\w.+]|(?<=[a-z0-9])[A-Za-z])(?:的?格式|后缀|类型|结尾)?的?(?:文件(?!夹|名)|档案?|照片|图片|图像|视频|音频|录音|音乐|脚本|源?代码|文档|笔记)?",
    re.I | re.A,
)
_AFTER_TYPE = (
    rf"(?=$|[{BLANK},;的和或与跟及、里中都全给有在是按名找列一放以并,分各]|附件|文件(?!夹)|格式|类)"
)


def _take_types(reading: Reading) -> None:
    for ending, pattern in table("extensions").items():
        if reading.take(
            compiled(rf"(?<![A-Za-z])(?:用)?{pattern}(?:编?写|实现|开发|做)(?:成|好)?(?:的|$)")
        ) or reading.take(compiled(rf"(?<![A-Za-z]){pattern}(?![A-Za-z]){_AFTER_TYPE}的?")):
            reading.found.filters["extensions"] = (ending,)
            return
    match = _ENDINGS.search(reading.phrase.text)
    if match is not None and not re.fullmatch("pdf", match["endings"], re.I):
        said = re.findall(r"[a-z0-9]+", match["endings"].lower())
        both = {"jpg": ("jpg", "jpeg"), "jpeg": ("jpg", "jpeg")}
        every = (e for one in said for e in both.get(one, (one,)))
        reading.found.filters["extensions"] = tuple(dict.fromkeys(every))
        reading.phrase = reading.phrase.blanked(*match.span())
        return
    _take_kinds(reading)


def _take_kinds(reading: Reading) -> None:
    """The last type named, and those that are listed with it."""
    text = reading.phrase.text
    spans = sorted(
        (match.end(), match.start(), kind)
        for kind, pattern in table("types").items()
        for match in compiled(
            rf"(?<![A-Za-z]){pattern}(?:文件(?!夹|名))?(?![A-Za-z]){_AFTER_TYPE}"
        ).finditer(text)
    )
    if not spans:
        return
    kinds: list[FileType] = []
    first = last = spans[-1][0]
    for end, start, kind in reversed(spans):
        if not kinds or re.fullmatch(rf"{_JOINED}|", text[end:first]):
            first = min(first, start)
            kinds.insert(0, kind)  # type: ignore[arg-type]
    reading.found.filters["types"] = tuple(dict.fromkeys(kinds))
    reading.phrase = reading.phrase.blanked(first, last)


def take_filters(reading: Reading) -> None:
    """Take out size, order, author, count and types."""
    for take in (_take_size, _take_order, _take_author, _take_count, _take_types):
        take(reading)
