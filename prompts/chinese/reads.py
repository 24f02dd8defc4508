"""Questions in Chinese words: reading, listing, summing up, comparing, and searching. Pure but for
asking `Names`.
"""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from ..names.context import Context, literal
from ..request.refusals import missing
from ..times.dates import Span, find_moment
from ..times.numbers import NUMBER, value
from .naming import folder_called
from .objects import ADVERBS, Frames, called, entries, frames, one, target
from .search import topical
from .selection import chinese_selection
from .text import FOLDER, INSIDE, NAME, SIGN, Phrase, alternatives, table, words
from .times import chinese_span

_SHOW = "(?:拉一下|调一下|拉出|调出|核查|瞅一?瞅|[瞅瞄看]一眼|看一?看|看一下|看下|查看|看|显示|列出来?|列一下|给我看看?|给我|展示|打开|说说|告诉我|查一?查|查一下|查|瞧瞧)?"

# -- one file --------------------------------------------------------------------------------------

_STAT = (
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN})(?:现在|目前|是不是|是否|是|被)*(?:锁(?:着|定|住|上)?|只读)(?:了|的)*(?:吗|没有?|么)$"),
    re.compile(rf"^我?(?:最近|最后|上)一?次(?:是)?(?:修改|编辑|更新|改动?|动|打开|保存)(?:过)?(?P<obj>{SIGN})(?:是|在)*(?:什么时候|何时|啥时候|哪天|几号)$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?|[^,;]+?)(?:文件夹?|目录)?(?:现在|到底|究竟|一共|总共)?(?:是)?(?:有)?(?:多大|多少(?:字节|k|kb|m|mb|兆)|多重|占(?:了|用)?多(?:少|大)(?:空间|地方|硬盘|磁盘)?)(?:了|的)?(?:[呀啊呢]?[,?]?(?:还有|和)?(?:是)?(?:什么时候|何时|啥时候|哪天)(?:修?改|更新|创建|建)(?:过)?的?)?$", re.I),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?)(?:文件)?(?:是)?(?:最后|最近|上次)?(?:一次)?(?:是|在)?(?:什么时候|何时|哪天|哪一天|几时|几号|啥时候)(?:被)?(?:最后|最近)?(?:一次)?(?:修改|更新|改动|改|创建|建立|建|编辑|写|动|存|保存|拍|下载)(?:过|好)?(?:的|了)*$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?)(?:文件)?的?(?:最后|最近|上一?次)(?:一次)?(?:的)?(?:修改|更新|改动|编辑|保存)(?:时间|日期)?(?:是)?(?:在)?(?:什么时候|何时|哪天|几号|多少|啥时候)?$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?)(?:文件)?的?(?:大小|属性|详细信息|详细资料|信息|详情|元数据|(?:修改|创建|更新)(?:时间|日期)|权限|体积)(?:和(?:大小|修改时间|属性))?(?:是)?(?:多少|什么|怎样|多大|啥)?$"),
)  # fmt: skip


def _stat(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    said = phrase.group(match, "obj")
    names = entries(said, context, careful=False) if said and len(said.names()) > 1 else []
    found = _of_before(said) if said else None
    return plan.Stat(target=found or literal(names or [one(said, context)]))


_READ = (
    re.compile(rf"^(?:打开|开一?下|读取|读一?读|读一?下|读|查看|看一?看|看一?下|看|显示|展示|念一?念|念一?下|念|浏览|阅读|瞧一?瞧|翻开|给我看看?|给我读(?:一下)?|给我|调出|输出|cat )(?:一下)?(?P<obj>[^,;]+?)(?:这个文件|那个文件|文件)?(?:{INSIDE})?(?:的)?(?:全部|完整|所有|具体|详细)?的?(?:内容|全文|原文|正文|文本)?(?:,?(?:我?看一?看?(?:里面)?(?:写|记|有|是)?了?(?:些)?(?:什么|啥)?(?:内容)?|看一下|给我[看听读念]*|读一下|[读念]给我听|出来|一下|吧))?$"),
    re.compile(rf"^(?:把|将)(?P<obj>[^,;]+?)(?:的(?:内容|全文))?{ADVERBS}(?:打开|读|念|显示|展示|调)(?:一?[读念看]|一下|出来)?(?:给?我?(?:看看?|瞧瞧?|听听?|读一?读?|念一?念?)|给我)?$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN})(?:这个)?(?:文件)?(?:{INSIDE}(?:面)?)?(?:都|到底|究竟)?(?:写|记|存|有|是)(?:了|的|着|的是)?(?:些|点)?(?:什么|啥|哪些内容)(?:内容|东西)?$"),
    re.compile(rf"^(?P<obj>{SIGN})(?:这个)?(?:文件)?的?(?:全部|完整|具体)?的?(?:内容|全文)(?:是(?:什么|啥)|给我看看?|有(?:什么|哪些))?$"),
    re.compile(rf"^(?P<obj>(?:{SIGN}{FOLDER}?{INSIDE}的?)?{SIGN})(?:那个|这个)?(?:的(?:菜谱|文件|文章|笔记|文档|内容|原文|全文))?,?(?:给我)?(?:打开|读|念|看|瞅|瞧|瞄)(?:一?[读念看瞅瞧]|一下|一眼|一遍)?(?:给我(?:看看?|听听?)?|看看?|[看瞅瞧瞄]一眼|来)?$"),
)  # fmt: skip


def _read(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said = phrase.group(match, "obj")
    if said is None:
        return None
    if found := _of_before(said):
        return plan.Read(target=found)
    try:
        names = called(said, context)
    except NotUnderstoodError:
        return None
    if len(names) == 1 and context.targets.directory(names[0]) == names[0]:
        return plan.List(path=names[0])
    if names:
        return plan.Read(target=literal(names))
    opens = re.match("打开|读|念|把.*(?:打开|读|念)", match[0])
    reading = chinese_selection(said, context)
    if opens and reading.found.limit == 1 and not reading.left and not reading.found.is_empty():
        return plan.Read(target=reading.found.selector())
    return None


def _of_before(said: Phrase) -> Selector | None:
    entity = said.entities.get(said.text)
    return entity.found if entity else None


_WHAT = "(?:些|点)?(?:什么|啥|哪些)(?:样的)?(?:内容|东西|文件|档案|玩意儿?|子?文件夹|资料)?"
_LIST = (
    re.compile(rf"^{_SHOW}(?:在)?(?P<obj>{SIGN}[^,;]*?|[^,;\ue000-\uefff]{{1,20}}?)(?:这个|那个)?(?:{FOLDER})?(?:{INSIDE}(?:面)?)?(?:现在|目前)?(?:都|还|又|究竟|到底)*(?:有|存|放|装)(?:放)?(?:着|了)?(?:些|点)?{_WHAT}$"),
    re.compile(rf"^(?:列出来?|列一下|罗列|显示|浏览|看一?看|看一下|查看|打开|看|给我看看?|列)(?:一下)?(?P<obj>{SIGN}|[^,;\ue000-\uefff]{{1,20}}?)(?:这个|那个)?(?:{FOLDER})?(?:{INSIDE}(?:面)?)?的?(?:所有|全部)?的?(?:文件(?!夹)|内容|东西|清单|列表|{FOLDER})?(?:列表|清单)?$"),
    re.compile(rf"^(?P<obj>{SIGN})(?:{FOLDER})?(?:{INSIDE}(?:面)?)?的?(?:文件|内容|目录)?(?:列表|清单|(?:都|全部)?列(?:出来|一下))$"),
)  # fmt: skip
_LIST_ROOT = re.compile(
    rf"^(?:列出|显示|看看|查看|看一下|列一下)?(?:(?:这里|根目录|当前目录|当前文件夹|这个文件夹|这个目录|顶层|最上层)(?:{INSIDE})?(?:都|还)?(?:有{_WHAT}|的?(?:所有|全部)?(?:文件|内容|东西))?|(?:所有|全部)的?文件|文件列表|目录内容)$"
)


def _list(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said = phrase.group(match, "obj")
    if said is None:
        return None
    entity = said.entities.get(said.text)
    path = context.targets.directory(said.original(), loose=False)
    if entity and entity.path and "." not in entity.path.rpartition("/")[2]:
        path = entity.path
    if path is None and re.match(FOLDER, phrase.text[match.end("obj") :]):
        path = folder_called(said, context.targets)
    return plan.List(path=path) if path is not None else None


def _list_root(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    return plan.List(path="")


# -- summing up ------------------------------------------------------------------------------------

_LENGTH = re.compile(
    rf"(?:用|以|在|控制在|写|限|不要?超过|少于|最多|大概|大约)*(?P<n>\d+|{NUMBER})(?:个)?(?P<unit>句话?|字|词|行话?|点)(?:之?内|以内|以下|左右)?(?:的话|的篇幅|来)?(?:就(?:行|好|够|可以)了?|即可|[说讲]完)?"
)
_SUM = "综述一?下|概要介绍|大致介绍|简单总结|总结|概括|概述|归纳|摘要|简述|简要说明|简单说明|简要介绍|简单介绍|介绍|梳理|提炼|小结|说说|讲讲|说一说|说明|简单说说"
_ABOUT_WHAT = "(?:主要|大概|大致|大体|都|到底|究竟|通篇|具体|核心|在)*(?:是)?(?:讲述|讲|说|介绍|谈|讨论|聊|描述|论述|关于|意思是)(?:了|的是|的|到|些)*(?:些|点)?(?:什么|啥|哪些(?:内容|东西|方面|事)?)(?:内容|东西|事|意思)?(?:的)?"
_GIST = "的?(?:(?:核心|主要)?结论|摘要|概要|大意|要点|重点|梗概|主旨|中心思想|主要内容|大概内容|大致内容|核心内容|核心观点|主要观点|总结|概述|中心意思)"
_SUMMARIES = (
    re.compile(r"^(?:给|为|帮|把|将|就|对|针对)?(?P<obj>[^,;]+?)(?:给我)?(?:做|撰?写|来|出|弄|生成|整理|提炼)(?:一?[个份段篇]|一下|出)*(?:简短|简单|简要|简洁)?的?(?:摘要|总结|概要|概括|小结)$"),
    re.compile(rf"^(?P<obj>[^,;]+?)(?:{INSIDE}(?:面)?)?(?P<topic>(?:关于|对于?|有关)[^,;]+?)(?:是)?(?:都)?(?:说|讲|写|提)(?:了|的是|的|到)*(?:些|点)?(?:什么|啥)(?:内容)?$"),
    re.compile(rf"^(?P<obj>{SIGN})(?:{INSIDE}(?:面)?)?(?:是)?(?:怎么|如何|怎样)(?:解释|介绍|描述|定义|评价|说|讲|写|谈|看待)(?P<topic>[^,;]+?)的?$"),
    re.compile(rf"^(?P<obj>{SIGN})(?:{INSIDE}(?:面)?)?(?P<topic>(?:关于|对于?|有关)[^,;]+?)(?:是)?(?:怎么|如何)(?:说|讲|写|谈|看|处理|规定)(?:的)?$"),
    re.compile(rf"^(?:说说|讲讲|说一说|告诉我|看看|介绍一下|说一下|总结一下|总结|概括)?(?P<obj>[^,;]+?)(?:{INSIDE}(?:面)?)?{_ABOUT_WHAT}的?$"),
    re.compile(rf"^(?:给我|写|看看|告诉我|说一下|我要)?(?!把|将)(?P<obj>[^,;]+?)(?:(?<={SIGN})|(?=的)){_GIST}(?:是什么|是啥|有哪些|是哪些|给我|说一下)?$"),
    re.compile(rf"^(?:把|将)(?P<obj>{SIGN})(?:说|讲|念)得?(?:短|简短|简单)一?点儿?(?:给我(?:听听?|看看?))?$"),
    re.compile(rf"^(?:把|将)(?P<obj>{SIGN}){_GIST}(?:整理|总结|概括|提炼|归纳|列|说|讲)(?:一下|出来)?(?:给我(?:看看?|听听?)?)?$"),
    re.compile(rf"^(?P<obj>[^,;的{NAME[1:-1]}]{{0,8}}{SIGN}){_GIST}(?:整理|总结|概括|提炼|归纳|列)(?:一下|出来)?$"),
    re.compile(r"^(?!把|将)(?P<obj>[^,;]+?)(?:帮我|给我)?(?:总结|概括|归纳|概述|梳理)(?:一下|下|出来)$"),
    *frames(_SUM, f"(?:一下|出来|(?:成|为)(?:一段话?|几句话?|[几三五]点)?|,)*(?:{_GIST}|的?内容)?"),
)  # fmt: skip
_PART = re.compile(
    rf"^(?P<obj>{SIGN})(?:{INSIDE}(?:面)?)?(?:中)?(?P<topic>(?:关于|有关)[^,;]+?)(?:的)?(?:部分|内容|段落|章节|信息)$"
)
_ASKS_CHANGES = re.compile("(?:的?(?:变化|改动|修改|更新|变动|变更)|改了什么|发生的变化)$")


def _summarize(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said = phrase.group(match, "obj")
    if said is None or re.match("[怎如]", said.text):
        return None
    said = said.part(_end(_SUM_LEAD, said.text))
    if change := _ASKS_CHANGES.search(said.text):
        return _changes(said.part(0, change.start()), context)
    topic = phrase.group(match, "topic") if "topic" in match.groupdict() else None
    if topic is None and (part := _PART.match(said.text)):
        topic, said = said.part(*part.span("topic")), said.part(*part.span("obj"))
    about = None
    if topic is not None:
        names = entries(said, context, careful=False)
        if len(names) != 1 or not context.targets.is_file(names[0]):
            return None
        about = topic.part(_end(_TOPIC_LEAD, topic.text)).original()
    return plan.Summarize(target=_summed(said, context), about=about)


_SUM_LEAD = re.compile(f"(?:(?:帮我|简单|大概|简要)*(?:{_SUM})(?:一下|下)?)(?=.)")
_TOPIC_LEAD = re.compile("关于|对于|有关|对")


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _summed(said: Phrase, context: Context) -> Selector:
    if found := _of_before(said):
        return found
    names = called(said, context)
    if len(names) == 1 and context.targets.directory(names[0]) == names[0]:
        return Selector(filters=Filters(under=names[0]))
    if names:
        return literal(names)
    reading = topical(chinese_selection(said, context))
    if reading.found.is_empty():
        raise missing("what to summarise", "总结 q3-report.docx")
    return reading.found.selector()


def summary_length(phrase: Phrase) -> tuple[Phrase, dict[str, int]]:
    """The request without "用三句话", "不超过80字", and those numbers."""
    match = _LENGTH.search(phrase.text)
    if match is None or not re.search(f"{_SUM}|要点|重点|大意|{_ABOUT_WHAT}", phrase.text):
        return phrase, {}
    count = value(match["n"])
    rest = phrase.without(*match.span()).part(0)
    if match["unit"] in ("字", "词"):
        return rest, {"words": min(max(count, 1), 10_000)}
    return rest, {"sentences": min(max(count, 1), 50)}


# -- versions --------------------------------------------------------------------------------------

_CHANGED = "(?:都|又|还|究竟|到底|具体)*(?:被)?(?:改动|修改|更改|改|变动|变化|变|更新|动)(?:过|了)*(?:些|点)?(?:什么|啥|哪些(?:内容|地方|东西)?|哪儿|哪里)(?:内容|地方|东西)?"
_HAS_CHANGES = "(?:都|又|还)?(?:有|发生|做)(?:了|过)?(?:些)?(?:什么|哪些|啥|何)(?:样的)?(?:变化|改动|变动|更新|修改|不同|变更)"
_CHANGES = (
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN},[^,;]*?|[^,;]*?)(?:文件)?(?:{INSIDE}(?:面)?)?(?:{_CHANGED}|{_HAS_CHANGES})$"),
    re.compile(rf"^(?:总结|概括|归纳|说说|概述)(?:一下)?(?P<obj>[^,;]+?)(?:{INSIDE}(?:面)?)?的?(?:变化|改动|修改|更新|变动|变更)$"),
    re.compile(rf"^{_SHOW}(?P<obj>[^,;]*?{SIGN}[^,;]*?)的?(?:变化|改动|变动|变更)(?:情况|详情|内容)?$"),
)  # fmt: skip


_WORKED_ON = re.compile(
    "^(?P<when>[^,;]+?)(?:(?:我们?|都)*我们?(?:都|还)*(?:写|做|改|编辑|处理|弄|修改|动)(?:过|了)(?:些|点)?(?:什么|啥|哪些)(?:文件|东西|内容|文档)?|"
    "(?:都|还)*(?:MADE)(?:过|了)?(?:些|点)?(?:哪些|(?:什么|啥|哪些)(?:文件|东西|文档|内容)))$".replace(
        "MADE", words("made")
    )
)


def _worked_on(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    when = phrase.group(match, "when")
    span = chinese_span(when.text, context.now) if when else None
    if when is None or span is None or when.without(span.start, span.end).part(0).text:
        return None
    return plan.Search(filters=Filters(after=span.after, before=span.before))


def _changed(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said = phrase.group(match, "obj")
    is_summary = bool(re.match("总结|概括|归纳|概述", phrase.text))
    return _changes(said, context, is_summary=is_summary)


def _changes(
    said: Phrase | None, context: Context, *, is_summary: bool = True
) -> BaseOperation | None:
    if said is None or not said.text:
        return None
    rest, span = _timed(said, context)
    rest = rest.part(_end(_ASIDE, rest.text))
    if lately := _LATELY.search(rest.text):
        rest = rest.part(0, lately.start())
    path = one(rest, context) if rest.text else ""
    if span is None and not is_summary and context.targets.is_file(path):
        return plan.Diff(path=path)
    since, until = span.bounds(context.now) if span else (None, None)
    return plan.ChangeSummary(path=path, since=since, until=until)


_LATELY = re.compile("(?:最近|近来|刚才|刚刚|后来|又)+$")
_ASIDE = re.compile("(?:在|从|自|都|我|文件|看看|这个)+(?=.)")


def _timed(said: Phrase, context: Context) -> tuple[Phrase, Span | None]:
    span = chinese_span(said.text, context.now)
    if span is None:
        if re.search(r"以来|以后|之后|\d点|\d[:：]\d|天前", said.text):
            raise missing("the time", "plan.md 从昨天18:00以来改了什么")
        return said, None
    return said.without(span.start, span.end).part(0), span


_HISTORY = (
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?)(?:文件)?(?:一共|总共|都|现在)*(?:有|存了|保存了)(?:过)?(?:些|多少|几个?|哪些|什么|哪几个|啥)个?(?:历史|旧|以前的)?的?(?:版本|修改记录)$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN}[^,;]*?)(?:文件)?的?(?:所有|全部)?的?(?:(?:最近|最新|最后)的?(?P<n>{NUMBER})个)?(?:历史版本|版本历史|修改历史|历史记录|历史|版本列表|修改记录|变更记录|变更历史|编辑历史|所有版本|旧版本|各个版本|版本)(?:记录|列表|都列出来|列出来|有哪些|有几个|给我看看?|看看)?$"),
)  # fmt: skip


def _history(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    number = match.groupdict().get("n")
    path = one(phrase.group(match, "obj"), context)
    return plan.History(path=path, limit=value(number) if number else None)


_COMPARE = "(?:比较一下|对比一下|比较|对比|对照|比一比|比一下|比对|diff)(?:一下)?"
_DIFF = (
    re.compile(rf"^(?:把|将)?{_COMPARE}(?P<obj>{SIGN})的?(?:最近|最新|最后|前后|这)?的?(?:两|2|二)个?版本?(?:的?(?:区别|差别|差异|不同))?$"),
    re.compile(rf"^(?:{_COMPARE}|{_SHOW})(?P<obj>{SIGN})的?(?:最近|最新|最后|前后|这)的?(?:两|2|二)个?版本(?:之间)?(?:的|有)?(?:什么|哪些|啥)?(?:区别|差别|差异|不同)$"),
    re.compile(rf"^(?:{_COMPARE}|{_SHOW})(?P<obj>{SIGN})的?(?:版本|第)?(?P<a>\d+|(?<=第){NUMBER})(?:个?版本?)?(?:和|与|跟|到)(?:版本|第)?(?P<b>\d+|(?<=第){NUMBER})个?(?:版本?)?(?:之间)?(?:的|有|做个?)?(?:什么|哪些|啥|何)?(?:区别|差别|差异|不同|比较|对比|比一?比|比一下|对比一下|比较一下|差在哪[里儿]?|差多少|哪[里儿]不一?[同样])?$"),
    re.compile(rf"^(?:{_COMPARE}|{_SHOW})(?P<obj>{SIGN})(?P<when>[^,;\ue000-\uefff]+?)的?(?:那个)?(?:版本|样子|内容)(?:和|与|跟|同)(?:现在|当前|目前)的?(?:版本)?(?:比|相比|对比)?(?:之间)?有?(?:什么|哪些|啥)?(?:区别|差别|差异|不同|变化|改动|不一样)$"),
    re.compile(rf"^(?:{_COMPARE}|{_SHOW})(?P<obj>{SIGN})(?:现在|当前|目前|今[天日])?的?(?:版本)?(?:和|与|跟|同)(?P<when>[^,;\ue000-\uefff]+?)的?(?:那个)?(?:版本|样子|状态|内容|时候)?(?:比|相比|对比)?(?:之间)?(?:的|有)?(?:什么|哪些|啥)?(?:区别|差别|差异|不同|变化|改动|变动|修改|不一样)?$"),
)  # fmt: skip


def _diff(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    groups, path = match.groupdict(), one(phrase.group(match, "obj"), context)
    if groups.get("when"):
        if re.fullmatch("(?:上|前)(?:面?一?个?|一?次)版?本?|之前|以前|原来|原先", groups["when"]):
            return plan.Diff(path=path)
        moment = find_moment(groups["when"], context.now)
        if moment is None or moment.end - moment.start < len(groups["when"]):
            return None
        return plan.Diff(path=path, from_time=moment.at)
    first, second = (value(groups[k]) if groups.get(k) else None for k in ("a", "b"))
    return plan.Diff(path=path, from_version=first, to_version=second)


_WHEN = (
    "(?=[今昨前上这本去周星礼近过从0-9一二三四五六七八九十两]|最近.{0,3}[天日周月年时])"
    "[^,;做干了\\ue000-\\uefff]{2,10}?"
)
_LOG = re.compile(
    rf"^{_SHOW}(?:最近|刚才|最后|过去|(?P<time>{_WHEN}))?的?(?:(?P<n>{NUMBER})(?:条|次|个|项|步))?的?(?:系统|全部|所有)?(?:操作|活动)?(?:日志|操作记录|操作历史|活动记录|操作)(?:列表)?(?:有哪些|给我|拿来|看|下|显示|列出来?|一下|,)*(?:(?:最近|最后|最新)的?(?P<m>{NUMBER})(?:条|次|个|项|步))?$|"
    rf"^(?:最近|刚才|刚刚|(?P<before>{_WHEN}))?(?:你|我们|我|系统|lsfs)?(?:最近|刚才|刚刚|都|(?P<when>{_WHEN})|帮我)*(?:做|干|执行|进行|删除?|移动|改名|重命名|复制)(?:掉)?(?:过|了)(?:些|哪些|点)?(?:什么|啥|哪些|哪些)?(?:操作|事情?|文件|东西)?(?:,?(?:列|看|显示)(?:一?下|出来|一?看)?)?$"
)


def _log(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    count, said = match["n"] or match["m"], match["time"] or match["before"] or match["when"]
    asked = plan.Log(limit=value(count)) if count else plan.Log()
    if said is None:
        return asked
    span = chinese_span(said, context.now)
    if span is None or span.start or span.end < len(said):
        return None
    after, before = span.bounds(context.now)
    return asked.model_copy(update={"after": after, "before": before})


_GROUP = "(?:小组|分组|群组|组)"
_GROUPS = (
    re.compile(rf"^{_SHOW}(?:现在|目前|一?共|都|我|之前|以前)*(?:有|建[了过]|分[了过])?(?:哪些|什么|几个|所有|全部|多少个?)的?{_GROUP}(?:了)?$|^{_GROUP}(?:列表|有哪些)$|^(?:列出|显示|看看|查看){_GROUP}$"),
    re.compile(rf"^{_SHOW}(?P<name>[^,;的]+?)(?:这个|那个)?{_GROUP}(?:里面?|中)?(?:的|都|还)?(?:有|包含|包括)?(?:哪些|什么|啥|所有|全部)?(?:文件|成员|东西|内容)?$"),
)  # fmt: skip


def _groups(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    name = phrase.group(match, "name") if "name" in match.groupdict() else None
    if name is not None and re.search("(?:关于|所有|[一二三四两几]个?)$", name.text):
        return None
    return plan.Groups(name=name.original() if name else None)


_LIKE = "(?:差不多|类似|相似|相近|接近|相像|很像|雷同|像|一样)"
_FIND = "(?:(?:查|找|搜索|搜|寻|一|出|到|一下|有没有|还有没有|还有|有|哪些|什么|给我|列出|看|推荐|文件|文档|论文|是|其他|别的|几[篇个份张])*)"
_SIMILARS = (
    re.compile(rf"^(?:(?P<under>{SIGN})(?:{FOLDER})?{INSIDE}(?:面)?)?{_FIND}(?:(?:前|最)?(?P<n>{NUMBER})(?:个|篇|份|张))?(?:文件|内容|文档|论文)?(?:跟|和|与|同)(?P<obj>{NAME})(?:这个|这份|这篇|那个)?(?:文件|文档|论文)?(?:的)?(?:内容|主题|意思)?(?:上)?(?:最|比较|很|非常)?(?:{_LIKE}|相关|有关)的?(?P<rest>[^\ue000-\uefff]*)$"),
    re.compile(rf"^{_FIND}(?:(?:前|最)?(?P<n>{NUMBER})(?:个|篇|份|张))?(?:文件|内容)?(?:最|比较)?(?:类似于?|近似于?|像|接近于?|相似于)(?P<obj>{NAME})(?:这个|这份|这篇)?(?:这样|一样|那样)?的?(?P<rest>[^\ue000-\uefff]*)$"),
    re.compile(rf"^{_FIND}(?P<obj>{NAME})的?(?:相似|类似|同类|相近)的?(?:文件|文档|论文|内容)(?P<n>)(?P<rest>)$"),
)  # fmt: skip
_LIKE_REST = re.compile(
    rf"(?:(?:前|最)?(?P<n>{NUMBER})(?:个|篇|份|张))?(?:别的|其他|其它|所有|那些|那几[个篇])?(?:的)?{words('generic')}?(?:还|都|是)*(?:有)?(?:哪些|什么|啥|没有|吗|哪几[个篇])*(?:文件|文档)?,?(?:列出来|找出来|给我|推荐|来|要)*(?P<m>{NUMBER})?(?:个|篇|份|张)?(?:就(?:行|好|够|可以)了?|即可|吧)?"
)


_SHORT_NOUN = re.compile("(?P<n>)(?P<m>)的?[一-龥]{2,5}")


def _similar(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    rest = _LIKE_REST.fullmatch(match["rest"])
    name = phrase.entities[match["obj"]].text
    rest = rest or _SHORT_NOUN.fullmatch(match["rest"])
    if rest is None or (re.search("相关|有关", match[0]) and "." not in name):
        return None
    number = match["n"] or rest["n"] or rest["m"]
    path = one(phrase.group(match, "obj"), context)
    place = phrase.group(match, "under") if "under" in match.groupdict() else None
    filters = Filters(under=context.targets.directory(place.original()) if place else None)
    if number:
        return plan.Similar(path=path, limit=max(1, value(number)), filters=filters)
    return plan.Similar(path=path, filters=filters)


_LANGUAGE = alternatives(
    word for said in table("languages").values() for word in said[3:-1].split("|")
)
_TRANSLATE = (
    *frames("的?(?:内容)?(?:翻译|翻|译)", rf"(?:成|为|到|作|一下|出)+(?P<language>{_LANGUAGE})(?:版本?)?(?:,?给?我?(?:看看?|瞧瞧|听听))?"),
    re.compile(rf"^(?:给我|我要|来一份|显示|生成)(?:一份)?(?P<obj>{SIGN})的?(?P<language>{_LANGUAGE})(?:版本?|翻译|译文|译本)$"),
    re.compile(rf"^{_SHOW}(?P<obj>{SIGN})的?(?P<language>{_LANGUAGE})(?:版本?|翻译|译文|译本)(?:给我|来一份|有吗|是什么|显示一下)*$"),
    re.compile(rf"^用(?P<language>{_LANGUAGE})(?:翻译|读|显示|写出)(?:一下)?(?P<obj>{SIGN})$"),
)  # fmt: skip


def _translate(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    language = next(
        name for name, said in table("languages").items() if re.fullmatch(said, match["language"])
    )
    return plan.Translate(target=target(phrase.group(match, "obj"), context), language=language)


READS: Frames = (
    (_DIFF, _diff),
    (_HISTORY, _history),
    ((_WORKED_ON,), _worked_on),
    (_CHANGES, _changed),
    (_STAT, _stat),
    (_TRANSLATE, _translate),
    (_SIMILARS, _similar),
    ((_LOG,), _log),
    (_GROUPS, _groups),
    ((_LIST_ROOT,), _list_root),
    (_LIST, _list),
    (_SUMMARIES, _summarize),
    (_READ, _read),
)  # fmt: skip
"""The questions in the order in which they are tried; what is none of them is a search."""
