"""Acts in Chinese words that make files and folders, and write into files. Pure but for
asking `Names`.
"""

from __future__ import annotations

import posixpath
import re

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from ..names.context import Context, literal
from ..request.refusals import missing
from .objects import ADVERBS, NO_NAME, Frames, one, target
from .places import in_folder
from .text import FOLDER, INSIDE, NAME, SIGN, Phrase, words

_NEW = "(?:新建|创建|制作|建立|新增|创立|添加|增加|建|做|弄|生成|[加开](?=一?个|一份)|写(?=一?[个份篇]))(?:一下|一?个|一份|一篇|上|出|好|了)*(?:新的?|空白?的?|,)*"
_IN = rf"(?:(?:[在到往]|(?={SIGN}{FOLDER}?{INSIDE}|[^,;:在]{{1,12}}{FOLDER}{INSIDE}))(?P<into>[^,;:]+?)(?:{INSIDE}(?:面)?)?(?:帮我|给我|再|,)*)?"
_CALLED = "(?:就)?(?:名字|文件名|名称|名)?(?:叫做?|名为|名叫|为|是|命名为|取名(?:为|叫)?)?"
_FILE = "(?:空白?|新)?(?:文件(?!夹)|文档|笔记|文本文件|文本|markdown(?:文件)?|纯文本|日记)"
_HOLDS = (
    "(?:,|并(?:且)?|然后|其?中)*(?:在?(?:里面|里头|其中|文件里|里|正文|文件内容|内容|开头))?(?:要|就|先|的是)?"
    "(?:写入|写上|写着|写下|写进|写|填入|填上|填|放入|放上|放|包含|含有|记上|是|为|:|(?<=[内正][容文])(?=[\ue000-\uefff]))(?:上|入|了|着|个)?(?:一?(?:行|句话?|段话?)|内容|文字)?:?"
)
_BODY = rf"(?P<body>{SIGN}|(?<=:).+)"
_TEXT_OR = r"(?P<body>[\ue000-\uefff]|(?<=:).+|(?:(?<=写)|(?<=[写填记][上着下入])|(?<=容是))[^,;:\ue000-\uefff]+)"
"""A text, which may stand bare behind "里面写"."""

_MKDIR = (
    re.compile(rf"^{_IN}{_NEW}{_CALLED}(?P<name>[^,;:]*?)(?:的|这个)?(?:空|新)?{FOLDER}(?:,)?{_CALLED}:?(?P<name2>[^,;:]*?)(?:(?:,?放?[到在])(?P<into2>{SIGN}{FOLDER}?|[^,;]+?(?={INSIDE}))(?:{INSIDE})?)?$"),
)  # fmt: skip
_CREATE = (
    re.compile(rf"^{_IN}{_NEW}(?:{_FILE})?(?:,|:)?{_CALLED}:?(?P<name>{SIGN})(?:的)?(?:{_FILE})?(?:(?:,?(?:放[到在]?|[到在]))(?P<into2>{SIGN}{FOLDER}?|[^,;]+?(?={INSIDE}))(?:{INSIDE})?)?(?:{_HOLDS}{_TEXT_OR})?$"),
    re.compile(rf"^{_IN}{_NEW}(?:叫做?|名为|名叫|命名为)(?P<name>[^,;:\ue000-\uefff]+?)的{_FILE}(?:{_HOLDS}{_BODY})?$"),
    re.compile(rf"^{_IN}{_NEW}{_FILE}(?:,|:)?{_CALLED}:?(?P<name>[^,;:的里\ue000-\uefff]{{1,30}})(?:{_HOLDS}{_BODY})?$"),
)  # fmt: skip


def _mkdir(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    names = [phrase.group(match, key) for key in ("name", "name2")]
    said = [name for name in names if name is not None and name.text]
    if said and re.search(f"{SIGN}到{SIGN}$", said[0].text):
        return None
    if len(said) != 1 or len(said[0].names()) > 1 or NO_NAME.search(said[0].text):
        raise missing("the name of the new folder", "新建文件夹 旅行")
    place = phrase.group(match, "into") or phrase.group(match, "into2")
    return plan.Mkdir(path=in_folder(place, said[0].original().rstrip("/"), context))


def _create(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    groups = match.groupdict()
    name = phrase.group(match, "name")
    if name is None or NO_NAME.search(name.text) or _MORE_THAN_A_NAME.search(name.original()):
        raise missing("the name of the new file", "新建文件 ideas.md")
    place = phrase.group(match, "into") or (
        phrase.group(match, "into2") if groups.get("into2") else None
    )
    if place is not None and re.fullmatch(NAME, place.text) and "." in place.original():
        return None
    body = _body(match, phrase)
    is_bare = body is not None and not re.search(SIGN, match["body"])
    if is_bare and (_VAGUE_TEXT.search(body or "") or _DESCRIBED.search(body or "")):
        return None
    return plan.Create(path=in_folder(place, name.original(), context), text=body or "")


_MORE_THAN_A_NAME = re.compile(r"[，。；：、！？]|\.\w{1,5}\s+\S*\.\w{1,5}$")
""" "日记.txt，写上今天天气好", "a.txt b.txt"."""
_VAGUE_TEXT = re.compile("什么|啥|哪|吗$|随便|内容|摘要|总结|^(?:[点些]|一[点些]|几[句行])|东西$")
"""In bare words that are no text to be written, and say what it should be."""


def _body(match: re.Match[str], phrase: Phrase) -> str | None:
    body = phrase.group(match, "body")
    return body.original() if body is not None else None


# -- writing into files ----------------------------------------------------------------------------

_END = "(?:文件)?的?(?:最?末尾|最后一?行?|最后面|结尾处?|末端|后面|底部|尾部|最下面|最下方|后边|最底下)"
_ADD = "(?:追加|添加|增加|加|补充|补|添|附|附加|记录|记|续写|写)"
_UNITS = "(?P<put>[上下入进]?)(?:了|个|一下)?(?P<unit>一?(?:行|句话?|条|段话?|笔|项))?(?:内容|文字|文本|待办|事项|记录)?(?:,?内容)?(?:是|为)?"
_LINE = "(?P<unit>这?一?(?:行|句话?|条|段话?|几个字|个词))?"
_THIS_LINE = "(?:这一?(?:行|句话?|条|段话?|项)|一(?:行|句话?|条|项))?"
_FILE_SAID = rf"(?P<file>{SIGN}(?:{INSIDE}的?{SIGN})?|[^,;:把将]+?)"
_APPEND = (
    re.compile(rf"^(?:在|往|向|给|到|朝)?{_FILE_SAID}(?:{_END}(?:处|里)?|{INSIDE}(?:面)?)?,?{ADVERBS}(?!写){_ADD}{_UNITS}:?(?P<body>{SIGN}){_THIS_LINE}$"),
    re.compile(rf"^(?:在|往|向|给|到|朝|把|将)?{_FILE_SAID}{_END}(?:处|里)?,?{ADVERBS}{_ADD}{_UNITS}:?(?P<body>{SIGN}){_THIS_LINE}$"),
    re.compile(rf"^(?:在|往|向|给|到|朝)?(?P<list>{_FILE_SAID})(?:{_END}(?:处|里)?|{INSIDE}(?:面)?)?,?{ADVERBS}{_ADD}{_UNITS}(?P<body>[^,;:把将\ue000-\uefff]+)$"),
    re.compile(rf"^(?:把|将)(?P<body>{SIGN}){_LINE}{ADVERBS}(?:追加|添加|增加|加|补充|附加|接|补|续)(?:到|在|进|入|至|上)+{_FILE_SAID}(?:{_END}|{INSIDE}(?:面)?)?(?:去|中)?$"),
    re.compile(rf"^(?:把|将)(?P<body>{SIGN}){_LINE}{ADVERBS}(?:写|记|放)(?:到|在|进|入|至|上)+{_FILE_SAID}{_END}(?:去|中)?$"),
    re.compile(rf"^(?:把|将)(?P<body>[^,;:\ue000-\uefff]+?){ADVERBS}(?:追加|添加|增加|加|补充|附加|接|补|续|写|记)(?P<put>到|在|进|入|至|上)+(?P<list>{_FILE_SAID})(?:{_END}|{INSIDE}(?:面)?)?(?:去|中)?$"),
    re.compile(rf"^{_ADD}(?P<put>[上下])?(?P<unit>一?(?:行|句话?|条|段话?|笔|项))?(?:到|进|在)+{_FILE_SAID}(?:{_END}|{INSIDE}(?:面)?)?:(?P<body>{SIGN})$"),
    re.compile(rf"^(?:追加|添加|加|补充)(?:一?(?:行|句话?|条|段话?))?(?P<body>{SIGN})(?P<unit>)(?:到|进|在)+{_FILE_SAID}(?:{_END}|{INSIDE}(?:面)?)?$"),
)  # fmt: skip
_WRITE = (
    re.compile(rf"^(?:把|将)(?P<body>{SIGN})(?:这?一?(?:行|句话?|条|段话?|几个字|个词))?{ADVERBS}(?:写|存|保存|记|填|录|输)(?:到|进|入|在|至|为|成|下)+{_FILE_SAID}(?:文件)?(?:{INSIDE}(?:面)?)?(?:去)?$"),
    re.compile(rf"^(?:写入|写|保存)(?P<body>{SIGN})(?:到|进|入|在)+{_FILE_SAID}(?:文件)?(?:{INSIDE}(?:面)?)?$"),
    re.compile(rf"^(?:在|往|向|给|到)?{_FILE_SAID}(?:文件)?(?:{INSIDE}(?:面)?)?{ADVERBS}(?:写入|写上|写下|写进|写|填入|填上|输入|存入)(?:一?(?:行|句话?|条|段话?)|内容|文字)*{_BODY}$".replace("(?<=:).+", ":.+")),
    re.compile(rf"^(?:把|将)?(?P<file>{NAME})(?:文件)?(?:里面?)?的?(?:全部|所有|整个)?(?:内容|正文|全文)(?:全部|都|整个|全)?(?:改写|改|换|替换|设置|设|覆盖|重写|更新|写|变)(?:成|为|作|上)?:?(?P<body>{SIGN})(?P<of>的内容)?$"),
    re.compile(rf"^(?:把|将)(?P<file>{NAME})(?:改写|重写|覆盖|全部改)(?:成|为)?:?(?P<body>{SIGN})(?P<of>的内容)?$"),
    re.compile(rf"^用(?P<body>{SIGN})(?P<of>的内容)?(?:来)?(?:覆盖|重写|替换|取代)(?:掉)?(?P<file>{NAME})(?:文件)?(?:里)?(?:的)?(?:全部|所有|原有|原来)?(?:的)?(?:内容)?$"),
)  # fmt: skip


def _append(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    body, path = phrase.group(match, "body"), _file(match, phrase, context)
    if body is None or path is None or _NOT_AT_END.search(phrase.text[: match.start("body")]):
        return None
    if "list" in match.groupdict() and not (
        re.search(words("lists"), posixpath.basename(path), re.I) and _is_line(match, body.text)
    ):
        return None
    if re.fullmatch(NAME, body.text) and not _is_text(match, body, context):
        return None
    if not re.search(SIGN, body.text) and _DESCRIBED.search(body.text):
        return None
    return plan.Append(path=path, text=body.original(), as_line=True)


_NOT_AT_END = re.compile("中间|开头|最前|前面|顶部|第.{1,3}[行段句]|标题")


def _is_text(match: re.Match[str], body: Phrase, context: Context) -> bool:
    """Whether what could be a name is quoted as a text."""
    follows_colon = match.string[: match.start("body")].endswith(":")
    is_marked = body.said[0][:1] in "\"'“‘「『«`"
    return is_marked and (follows_colon or not context.targets.knows(body.original()))


def _is_line(match: re.Match[str], body: str) -> bool:
    """Whether words that are neither quoted nor after a colon are a line for a list."""
    is_put = match.groupdict().get("unit") or match["put"]
    is_said = re.search(words("no_line"), body) or _DESCRIBED.search(body)
    return bool(is_put) and len(body) > 1 and not is_said


_DESCRIBED = re.compile(
    "(?:^|的|把)(?:搜索|查找|查询)?(?:结果|列表|名单|日期|时间|名字|名称|文件名|数量|总数|大小|译文|翻译)$|^(?:今天|当前|现在|所有)的"
)
"""What says of a text which one it is: "今天的日期", "所有pdf的名字"."""


def _write(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said, path = phrase.group(match, "body"), _file(match, phrase, context)
    if said is None or path is None:
        return None
    is_content = match.groupdict().get("of")
    if not re.search(SIGN, said.text) and _DESCRIBED.search(said.text):
        return None
    if is_content or (re.fullmatch(NAME, said.text) and said.said[0][:1] not in "\"'“‘「『«`"):
        if not is_content:
            return None
        return plan.Copy(
            target=literal([one(said, context, careful=True)]), to=path, overwrite=True
        )
    return plan.Write(path=path, text=said.original())


def _file(match: re.Match[str], phrase: Phrase, context: Context) -> str | None:
    """The file that is written into, there or of a name with an ending; None where it is none."""
    said = phrase.group(match, "file")
    if said is None:
        return None
    if re.fullmatch(NAME, said.text) and "." in (name := said.original()).rpartition("/")[2]:
        known = said.entities[said.text].path
        return known or context.targets.known_or_new(name)
    if not said.names() and not context.targets.knows(said.original()):
        return None
    if said.names() and not _FILE_ALONE.fullmatch(said.text):
        return None
    path = one(said, context, careful=True)
    return path if context.targets.is_file(path) else None


_FILE_ALONE = re.compile(rf"{SIGN}(?:{FOLDER}?{INSIDE}的?{SIGN})?(?:这个)?(?:文件)?")


# -- replacing -------------------------------------------------------------------------------------

_EVERY = "(?:所有|全部|每一?[个处]|全)*(?:出现)?的?(?:单词|词语?|字符串|文字|文本|字样?)?"
_TEXT = rf"(?:{SIGN}|[^,;:的把将\0\ue000-\uefff]{{1,30}}?)"
_AFTER = "(?:这?[一二两三四五六七八九十]+个?(?:字|词)|这个?词|字样)?"
_ALL = "(?:都|全部|全|统统|通通|一律|一概|一并|逐个|给我)*"
_BY = "(?:替换|替代|取代|更换|更改|更正|修改|改写|换|改|变)(?:成|为|作|做|掉)+"
_REPLACE = (
    re.compile(rf"^(?:把|将)?(?:在)?(?P<obj>[^,;:]+?)(?:文件)?{INSIDE}(?:面)?的?{_EVERY}(?P<old>{_TEXT}){_AFTER}{_ALL}{_BY}(?P<new>{_TEXT}){_AFTER}$"),
    re.compile(rf"^(?:把|将)(?P<obj>{NAME})的{_EVERY}(?P<old>{SIGN}){_AFTER}{_ALL}{_BY}(?P<new>{SIGN}){_AFTER}$"),
    re.compile(rf"^在?(?P<obj>[^,;:把将]+?)(?:文件)?{INSIDE}(?:面)?,?{ADVERBS}(?:把|将|用)?{_EVERY}(?P<old>{_TEXT}){_AFTER}{_ALL}{_BY}(?P<new>{_TEXT}){_AFTER}$"),
    re.compile(rf"^(?:在)?(?P<obj>[^,;:]+?)(?:文件)?{INSIDE}?(?:面)?,?(?:用)(?P<new>{SIGN})(?:来)?(?:替换|代替|取代|替代|换掉)(?:掉|所有的?|全部的?)*(?P<old>{SIGN})$"),
    re.compile(rf"^用(?P<new>{SIGN})(?:来)?(?:替换|代替|取代|替代|换掉)(?:掉)?(?P<obj>[^,;:]+?)(?:文件)?{INSIDE}(?:面)?的?{_EVERY}(?P<old>{SIGN}){_AFTER}$"),
    re.compile(rf"^(?:把|将)(?P<old>{SIGN}){_AFTER}{_ALL}{_BY}(?P<new>{SIGN}),?(?:只?在|范围是|就)?(?P<obj>[^,;:]+?)(?:{INSIDE}(?:面)?)?$"),
    re.compile(rf"^(?:替换|更换|替换掉)(?P<obj>[^,;:]+?)(?:文件)?{INSIDE}(?:面)?的?{_EVERY}(?P<old>{SIGN}){_AFTER}(?:为|成)(?P<new>{SIGN})$"),
)  # fmt: skip


def _says_what(text: str) -> bool:
    """Whether words that are not quoted say what kind of text or file is meant, and are no text."""
    no_text = f"{words('no_text')}|文件|文档|后缀|扩展名|类型"
    return re.search(SIGN, text) is None and re.search(no_text, text) is not None


def _replace(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    old, new = (phrase.group(match, key) for key in ("old", "new"))
    if old is None or new is None or any(_says_what(one.text) for one in (old, new)):
        raise missing("which text to replace by which", "把 plan.md 里的“Q3”换成“Q4”")
    chosen = target(phrase.group(match, "obj"), context, careful=True)
    if len(chosen.paths) == 1 and context.targets.directory(chosen.paths[0]) == chosen.paths[0]:
        chosen = Selector(filters=Filters(under=chosen.paths[0]))
    return plan.Replace(target=chosen, old=old.original(), new=new.original())


WRITING: Frames = (
    (_MKDIR, _mkdir),
    (_CREATE, _create),
    (_WRITE, _write),
    (_REPLACE, _replace),
    (_APPEND, _append),
)  # fmt: skip
"""What makes and writes, in the order in which it is tried."""
