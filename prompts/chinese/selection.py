"""A selection in Chinese words: time, size, type, folder, count, order, author, name and content, in
any order; what is left over is the topic. Pure but for asking `Names`.
"""

from __future__ import annotations

import re

from ..names.context import Context
from ..names.places import no_folder
from .filters import SET_OFF, Reading, compiled, take_filters
from .naming import folder_called
from .text import BLANK, INSIDE, NAME, SIGN, Phrase, alternatives, words
from .times import chinese_span


def chinese_selection(phrase: Phrase, context: Context) -> Reading:
    """Read what a phrase without a verb selects; `left` are the words that are no filter.

    Raises:
        NotUnderstoodError: it names a folder that is not there.
    """
    reading = Reading(phrase)
    if _ALL.search(phrase.text):
        reading.is_all = True
    _take_containing(reading)
    _take_name(reading)
    _take_folder(reading, context)
    _take_span(reading, context)
    take_filters(reading)
    reading.topic = reading.phrase
    _take_topic(reading)
    return reading


_ALL = re.compile("所有|全部|全都|每个|每一|统统|一切|都$")
_CONTAINING = re.compile(
    "(?:内容|正文|文字|里面|里|其)?(?:中|里|内)?(?:有没有|有哪些|哪些)?(?:包含|包括|含有|含|提到|提及|带有|写有|写着|出现|讲到|说到|谈到|有|带)(?:了|过|着)?"
    rf"(?P<quoted>{SIGN})(?:这?[一二两俩三四五六七八九十0-9]+个?(?:字|词)(?:样|眼)?|[这那](?:几个|些|样)的?(?:字|词|话|文字)|这?[句段]话|字样|一词|这个?(?:词|短语|字符串|字)|的?字眼|的?字样)?的?"
    r"|(?:里面?|中)?(?:哪里|哪儿|哪些地方|什么地方|有哪些)?(?:用到|用了|使用|调用|引用|定义|(?<=[里中])(?:写|出现))(?:了|过)?(?P<identifier>[A-Za-z_][A-Za-z0-9_.]*)(?:的|$)"
    "|(?<!不)(?:包含|含有|提到|提及)(?:了|过|着)?(?P<bare>[^\0,;的]+?)(?:[这那](?:一?个|几个|些)(?:字|词)|字样|一词)?(?:的|$|(?=[\0,;]))"
)


def _take_containing(reading: Reading) -> None:
    match = _CONTAINING.search(reading.phrase.text)
    if match is None or _NAME_OF.search(reading.phrase.text[: match.start()]):
        return
    sign = match["quoted"]
    if sign and sign in reading.phrase.entities:
        reading.found.containing = reading.phrase.entities[sign].text
    else:
        group = "identifier" if match["identifier"] else "bare"
        reading.found.containing = reading.said(match, group) or None
    reading.phrase = reading.phrase.blanked(*match.span())


_NAME_OF = re.compile("(?:文件名|名字|名称|标题)(?:字|称)?(?:里面?|中|内|上)?$")
_VALUE = rf"(?P<value>{SIGN}|[^\0,;的]+?)"
_NAMED = (
    (re.compile(
        "(?:文件名?|名字|名称|标题)(?:字|称)?(?:里面?|中|内|上)?(?:都|好像|应该|可能|大概|是)*(?:带有?|含有?|包含|有|包括|出现)了?" + _VALUE +
        "(?:这?[一二两三四五六七八九十]个?字|字样)?(?:的|$|(?=[,\0]))"), "*{}*"),
    (re.compile("(?:文件名?|名字|名称|标题)?(?:都)?(?:是)?以" + _VALUE +
                "(?:开头|打头|起头|开始|为开头|作为?开头)的?"), "{}*"),
    (re.compile("(?:文件名?|名字|名称|标题)?(?:都)?(?:是)?以" + _VALUE + "(?:结尾|收尾|结束)的?"), "*{}"),
    (re.compile("(?:文件名?|名字|名称)(?:的)?开头是" + _VALUE + "(?:的|$|(?=[,\0]))"), "{}*"),
    (re.compile(rf"(?P<value>{SIGN}|[A-Za-z0-9_]+)(?:开头|打头)的"), "{}*"),
    (re.compile(
        "(?:名字叫做?|文件名[叫是为]|名[为叫]|名称[为是]|叫做?)(?P<value>" + SIGN + "|[^\0,;的]+?)(?:的|$|(?=[,\0]))"),
        "*{}*"),
    (re.compile(r"(?:(?:文件名?|名字|名称)(?:匹配|符合|满足|形如|为|是|像)?)?(?P<value>[\w.?-]*\*[\w.*?-]*)(?:的)?"), "{}"),
)  # fmt: skip


def _take_name(reading: Reading) -> None:
    for pattern, glob in _NAMED:
        if match := reading.take(pattern):
            said = reading.said(match, "value")
            reading.found.filters["name"] = said if set(said) & set("*?") else glob.format(said)
            return


# -- folders and times -----------------------------------------------------------------------------

_KEPT = "(?:存放?|放|保存|收藏|收)?(?:着|了|过)?(?:的)?"
_FOLDER = re.compile(
    rf"(?:(?:存|放|保存|收)?在|从|到)?(?P<name>{NAME})(?:(?:这个|那个|的)?(?P<noun>文件夹|资料夹|目录)的?(?:{INSIDE})?|(?P<in>{INSIDE})|的)"
    rf"{_KEPT}"
)
_SPOKEN_FOLDER = re.compile(
    rf"(?:在|从|到)?(?P<name>[^\0,;的在\ue000-\uefff]{{1,20}}?)(?:(?:这个|那个)?(?P<noun>文件夹|资料夹|目录)的?(?:{INSIDE})?|{INSIDE})"
    rf"{_KEPT}"
)
_HERE = re.compile("(?:这个?|当前|本|此|该|根|整个)(?:文件夹|目录)(?:里面?|中|下面?)?的?|这里的?")


def _take_folder(reading: Reading, context: Context) -> None:
    reading.take(_HERE)
    for match in _FOLDER.finditer(reading.phrase.text):
        name = reading.phrase.entities[match["name"]].text
        folder = context.targets.directory(name, loose=False)
        if folder is None and (match["noun"] or "/" in name.strip("/")) and "." not in name:
            raise no_folder(name)
        if folder is not None:
            reading.found.filters["under"] = folder
            reading.phrase = reading.phrase.blanked(*match.span())
            return
    for match in _SPOKEN_FOLDER.finditer(reading.phrase.text):
        said = reading.phrase.part(*match.span("name"))
        folder = context.targets.directory(said.original(), loose=False)
        if folder is None and match["noun"]:
            folder = folder_called(said, context.targets)
        if folder is not None:
            reading.found.filters["under"] = folder
            reading.phrase = reading.phrase.blanked(*match.span())
            return
        if match["noun"] and reading.phrase.text[match.start()] in "在从":
            raise no_folder(said.original())


def _take_span(reading: Reading, context: Context) -> None:
    text = reading.phrase.text
    span = chinese_span(text, context.now)
    if span is None:
        return
    if _IS_TOPIC.search(text[: span.start]) and _YEAR_OF_TOPIC.match(text, span.start):
        return
    reading.found.filters |= {
        k: v for k, v in (("after", span.after), ("before", span.before)) if v is not None
    }
    lead = _DATED.search(text[: span.start])
    reading.phrase = reading.phrase.blanked(lead.start() if lead else span.start, span.end)


_DATED = re.compile("(?:最后)?(?:创建|修改|更新|拍摄|保存|建立|编辑)(?:日期|时间)(?:是|在|为|于)?$")
_YEAR_OF_TOPIC = re.compile(r"(?:19|20)\d\d年(?![的以之前后到至-])")
_IS_TOPIC = re.compile("(?:关于|有关|讲|介绍|讨论)$")

# -- the topic -------------------------------------------------------------------------------------

_ABOUT = (
    re.compile(
        r"(?:是|就)?(?:主要)?(?:关于|有关(?!的|系|于)|"
        rf"(?:(?<=[{BLANK},;的有是些篇份个本封])|(?<=文件|文档|论文|文章|报告|笔记|资料|视频|录音|课件)|^)(?:主要)?(?:讲述|讲解|讲|介绍|讨论|描述|涉及|谈论|谈|论述|解释|围绕|针对|主题是|主题为|内容是|内容为|研究|教)|"
        r"(?<=是)(?:写|说|做|聊|分析|教))(?:了|到|的是|的|过)?\0*(?P<topic>[^\0,;]+)"
    ),
    re.compile(
        rf"(?:(?<=[{BLANK},;的有把个篇份张部])|(?<=文件|文档|论文|文章|报告|笔记|资料)|^)(?:跟|和|与|同)(?P<topic>[^\0,;]+?)(?:最|比较|密切|直接|都)?(?P<end>相关|有关系?|相关联)(?:的)?"
    ),
    re.compile(r"(?P<topic>[^\0,;的]+?)(?:方面|领域|相关|主题|题材|一类)的"),
)


def _take_topic(reading: Reading) -> None:
    for pattern in _ABOUT:
        match = pattern.search(reading.phrase.text)
        if match is None:
            continue
        start, end = match.span("topic")
        stop = match.end() if "end" in pattern.groupindex or "方面" in pattern.pattern else end
        topic = reading.phrase.part(start, end)
        if stop == end:
            topic = _up_to_noun(topic)
        reading.found.query = topic.original() or None
        reading.found.is_marked = bool(reading.found.query)
        reading.places[reading.found.query or ""] = start
        reading.phrase = reading.phrase.blanked(match.start(), stop)
        break
    _take_rest(reading)


def _up_to_noun(topic: Phrase) -> Phrase:
    """ "调度的笔记" -> "调度": a general noun after it says nothing."""
    match = compiled(
        rf"(?:的(?:所有|全部)?(?:{words('generic')})?|(?<=.){words('generic')}(?<!报告|论文|文章))?(?:[且又]|并且|而且)?(?:都|全部|是)?$"
    ).search(topic.text)
    shorter = topic.part(0, match.start()) if match else topic
    return shorter if shorter.text else topic


_LEADING = alternatives((
    "的", "了", "所有的?", "全部的?", "一切", "那[些个份篇张封本]?的?", "这[些个份篇张封本]?的?", "上次的?", "我们?的", "我(?=那)", "一些", "些", "几", "有些?(?![机限关趣线效害声])", "都", "统统", "是(?!非)",
    "在", "把", "被", "任何", "每一?[个份]?", "相关的", "你", "它们?", "请", "只", "一下", "之类", "出来?(?=的|所)", "还有", "又", "且", "而且", "并且", "同时",
    "或者?", "和(?!平|谐)", "与", "及", "以及", "跟", "要(?!闻|点|求)", "就", "也", "给我", "某", "以来", "之间", "期间", "左右", "里面?的", "中的", "下的", ",", ";", ":", " ",
    "时间", "全年(?=[的写存做形完])", "且是", "(?:类型|格式|大小|名字)(?:是|为)?", "其中的?", "显示", "最",
))  # fmt: skip
_TRAILING = alternatives((
    "的", "了", "都", "全部", "所有", "呢", "来着", "一下", "之类", "等等?", "和", "与", "以及", "及", "还有", "或者?", "是", "为", "在", "并", "且", "又", "给我",
    "里面?", "(?<!集|高|初)中", "下面", "版本(?=$)", "(?<!公)共(?=$)", "(?<![终文])版(?=$)", "这?一?类", "方面", "们", ",", ";", ":", " ", "给", "把", "左右", "出来",
))  # fmt: skip


def _says_nothing(piece: str) -> bool:
    """Whether a piece is only fillers and general nouns."""
    word = compiled(f"{words('generic')}|{_LEADING}|{_TRAILING}")
    position = 0
    while (match := word.match(piece, position)) and match.end() > position:
        position = match.end()
    return position == len(piece)


def _take_rest(reading: Reading) -> None:
    made = compiled(
        rf"{SET_OFF}(?:我们?|自己|所|刚|新|被|最近|曾|{BLANK})*(?:{words('made')})(?:(?:过|了|下|好|完|来)*的|过一?(?:{words('measure')}))"
    )
    while match := reading.take(made):
        reading.made += match[0]
    generic = words("generic")
    trailing = compiled(
        rf"(?:的(?:{generic})+|(?<=.{{2}})(?:拍摄?|写|收到|下载|录制)(?:过|了|下)?的(?:[那这]些?)?|的?{_TRAILING})$"
    )
    leading = compiled(rf"^(?:{_LEADING})")
    made_alone = compiled(rf"(?:{words('made')})(?:过|了|下|好|完|的)*")
    is_dated = not {"after", "before"}.isdisjoint(reading.found.filters)
    lone: list[str] = []
    for match in re.finditer(rf"[^{BLANK},;]+", reading.phrase.text):
        piece = reading.phrase.part(*match.span())
        while piece.text:
            if is_dated and made_alone.fullmatch(piece.text):
                break
            if _says_nothing(piece.text):
                lone += re.findall(words("lone"), piece.text)
                break
            cut = trailing.search(piece.text)
            lead = leading.match(piece.text)
            if cut and cut.start() > 0:
                piece = piece.part(0, cut.start())
            elif lead and lead.end() < len(piece.text):
                piece = piece.part(lead.end())
            else:
                reading.left.append(piece.original())
                reading.places[reading.left[-1]] = match.start()
                break
    if not reading.left and not reading.found.query and lone:
        reading.found.query = lone[0]
