"""Acts in Chinese words that move, copy, rename, remove, join, lock and share. Pure but for asking
`Names`.
"""

from __future__ import annotations

import posixpath
import re
from datetime import datetime, timedelta

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.context import Context, literal
from ..request.refusals import missing
from ..times.durations import duration_at
from ..times.numbers import NUMBER, value
from ..times.units import floor
from .going_back import GOING_BACK, UNDOING
from .objects import ADVERBS, Frames, entries, frames, one, target
from .places import Place, place, renamed
from .text import FOLDER, INSIDE, NAME, QUOTE, SIGN, Phrase
from .times import chinese_span

_TO = "(?:到了?|至|进|入|往|去|在|回)+(?P<to>.+?)"

# -- removing --------------------------------------------------------------------------------------

_REMOVE = "甩了|甩掉|撇了|撇掉|拿掉|删除|删掉|删去|删了|删|移除|清除|清掉|扔掉|丢掉|扔了|去掉|抹掉|丢弃|销毁|(?:(?:移动?|挪|放|送|拖)(?:到|进|至|入)|[扔丢](?:[到进至入去]|了)?)(?:回收站|垃圾[桶箱篓]|废纸篓|垃圾堆)里?"
_AT_END = "(?:掉|了|去|除|一下|吧)*"
_WORDS = "(?:所有|全部|出现)?的?(?:单词|词语?|字符串|文字|文本|字样?)?"
_AFTER_WORDS = "(?:这?[一二两三四五六七八九十0-9]+个?(?:字|词)|这?一?[句段行]话?|字样|一词)?"
_CUT = (
    re.compile(rf"^(?:把|将)?(?P<obj>{NAME})(?:文件)?{INSIDE}的?{_WORDS}(?P<old>{QUOTE}){_AFTER_WORDS}{ADVERBS}(?:{_REMOVE}){_AT_END}$"),
    re.compile(rf"^(?:{_REMOVE})(?P<obj>{NAME})(?:文件)?{INSIDE}的?{_WORDS}(?P<old>{QUOTE}){_AFTER_WORDS}$"),
    re.compile(rf"^从(?P<obj>{NAME})(?:文件)?{INSIDE}?{ADVERBS}(?:{_REMOVE}){_WORDS}(?P<old>{QUOTE}){_AFTER_WORDS}$"),
)  # fmt: skip


def _cut(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    path = one(phrase.group(match, "obj"), context, careful=True)
    return plan.Replace(target=literal([path]), old=phrase.entities[match["old"]].text, new="")


def _remove_described(
    match: re.Match[str], phrase: Phrase, context: Context
) -> BaseOperation | None:
    """ "inbox 里去年的邮件删掉": what more than its kind is said of."""
    chosen = target(phrase.group(match, "obj"), context, careful=True)
    said = chosen.filters.model_dump(exclude_defaults=True).keys() - {"types", "extensions"}
    return plan.Remove(target=chosen) if said or chosen.is_literal() else None


def _remove(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    return plan.Remove(target=target(phrase.group(match, "obj"), context, careful=True))


# -- moving, copying, renaming ---------------------------------------------------------------------

_MOVE = "移动|挪动|搬动|迁移|转移|剪切|移|挪|搬|放"
_STORE = "归档|存档|丢|塞|存放|存|归|收"
_COPY = "另外存|另存|复制|拷贝|备份|克隆|拷|复制粘贴|抄|(?:做|建|弄|留|存|来)一?[个份]?(?:副本|备份|拷贝)"
_ONE_COPY = "(?:一?[份个]|副本|一下|了)*(?:,?(?:然后|并|再)?(?:放|存|保存|移|粘贴|丢|扔|挪)?)"
_COPY_THERE = (
    re.compile(rf"^(?:在|往|给)?(?P<to>.+?){INSIDE}(?:面)?{ADVERBS}(?:放|存|留|做|建|弄|来)(?:上|个|一?份|一下|好)*(?P<obj>{SIGN})的?(?:副本|拷贝|备份|复制件)$"),
    re.compile(rf"^(?:给|为|把)?(?P<obj>{SIGN})(?:在|往|到)(?P<to>.+?)(?:{INSIDE}(?:面)?)?{ADVERBS}(?:做|留|存|放|建|弄|复制|备份|拷贝)(?:上|个|一?份|一下|好)*(?:副本|拷贝|备份)?$"),
)  # fmt: skip
_RENAME = "重命名|重新命名|改名字?|更名|命名|改个名字?,?|改个名称,?|换个名字?,?|名字改|名称改|文件名改|名字换|的(?:名字|名称|文件名)(?:改|换|更改|修改|变)|起个?新?名字?,?|取个?新?名字?,?|改叫"
_AS = "就?(?:改|换)?(?:为|成|叫|做|作|名叫|称|到|是)*(?P<to>.+?)"
_CALLED = re.compile(
    rf"^(?:把|将)(?P<obj>{NAME}(?:{INSIDE}的?{NAME})?)(?:这个)?(?:文件(?!夹)|{FOLDER})?{ADVERBS}(?:改|换|变|叫)(?:成|为|做|作|叫|个名字叫)*(?P<to>{SIGN})$"
)
_LINK = "(?:软|符号|快捷)?(?:链接|软链|快捷方式|捷径|软连接|symlink)"
_LINKED = (
    re.compile(r"^(?:把|将|给|为)(?P<obj>.+?)(?:软|符号)?链接(?:到|进|在)(?P<to>.+?)$"),
    re.compile(rf"^(?:在|往)(?P<to>{SIGN}{FOLDER}?|.+?{INSIDE}(?:面)?){ADVERBS}(?:给|为|建|创建|新建|做|放|加|弄|来)(?:立|一?个|一?条)*(?:指向|到)?(?P<obj>{SIGN})(?:创?建立?|做|加|放)?(?:一?个)?的?{_LINK}$"),
    re.compile(rf"^(?:给|为)(?P<obj>.+?)在(?P<to>.+?)(?:{INSIDE}(?:面)?)?(?:创?建立?|做|加|放|新建)(?:一?个)?(?:软|符号)(?:链接|链)$"),
)  # fmt: skip


def _move(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    chosen, to = (
        target(phrase.group(match, "obj"), context),
        place(phrase.group(match, "to"), context),
    )
    if _is_file(to):
        return plan.Move(target=chosen, to=renamed(_only(chosen), to))
    return plan.Move(target=chosen, to=to.path, into=True)


def _copy(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    chosen, to = (
        target(phrase.group(match, "obj"), context),
        place(phrase.group(match, "to"), context),
    )
    if (new := match.groupdict().get("new")) and to.is_folder:
        name = phrase.entities[new].text
        return plan.Copy(target=chosen, to=posixpath.join(to.path, name))
    is_name = re.search("(?:为|成|叫做?|命名为)$", phrase.text[: match.start("to")])
    if (is_name and not to.is_folder) or _is_file(to):
        return plan.Copy(target=chosen, to=renamed(_only(chosen), to))
    return plan.Copy(target=chosen, to=to.path, into=True)


def _is_file(to: object) -> bool:
    path, is_folder = getattr(to, "path", ""), getattr(to, "is_folder", False)
    return not is_folder and "." in path.rpartition("/")[2]


def _only(chosen: Selector) -> str:
    if len(chosen.paths) != 1:
        raise missing("which one file you mean", "把 draft.txt 改名为 chapter1.txt")
    return chosen.paths[0]


_COPIED_THERE = re.compile(f"(?:{_COPY}){_ONE_COPY}(?:到|进|入)")


def _rename(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    if _COPIED_THERE.search(match["obj"]):
        return None
    old = one(phrase.group(match, "obj"), context)
    to = _new_name(phrase.group(match, "to"), context)
    return plan.Move(target=literal([old]), to=renamed(old, to))


def _new_name(phrase: Phrase | None, context: Context) -> Place:
    """What something is to be called, as it was said: never what is called so already, or in
    English."""
    to = place(phrase, context)
    said = phrase.original() if phrase else ""
    is_there = context.targets.directory(to.path, loose=False) == to.path
    if "/" in said or not (is_there or (phrase and phrase.text in phrase.entities)):
        return to
    return Place(context.targets.within_root(said), is_folder=False, is_quoted=to.is_quoted)


def _link(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    chosen, to = (
        target(phrase.group(match, "obj"), context),
        place(phrase.group(match, "to"), context),
    )
    return plan.Link(target=chosen, to=to.path, into=True)


# -- joining ---------------------------------------------------------------------------------------

_JOIN = "合并|拼接|拼合|拼|合|整合|连接|接|并|汇总"
_INTO_ONE = (
    "(?:在?(?:到)?一起|起来)?,?(?:(?:然后|并)?(?:保存|存|输出|生成|写)?(?:成|为|到|进|入|在)+(?:一个|一份)?(?:新?文件)?)?,?"
    "(?:(?:并|再)?(?:保存|存|命名|取名|名|输出|叫)(?:为|成|到|做|叫)*|(?<=[成为到进入在件个份]),?)"
    f"(?P<to>{SIGN}|[^,;:]+?)(?:文件|这个文件|里面?|中)?"
)
_JOIN_BEHIND = (
    re.compile(rf"^(?:把|将)(?P<obj>{SIGN})(?:的(?:全部)?内容)?{ADVERBS}(?:追加|接|附加|添加|加|补充|拼|粘贴|合并|并)(?:到|在|进|入)(?P<to>{NAME})(?:文件)?的?(?:末尾|最?后面?|结尾|底部|尾部|里面?|中|之后)?(?:去)?$"),
)  # fmt: skip


_CONTENT = re.compile("的(?:全部|所有)?内容$")


def _join(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    said = phrase.group(match, "obj")
    to = place(phrase.group(match, "to"), context)
    if said is not None and (content := _CONTENT.search(said.text)):
        said = said.part(0, content.start())
    is_named = re.search(SIGN, match["to"]) or "." in to.path
    if to.is_folder or said is None or not is_named:
        raise missing("into which file", "把 a.txt 和 b.txt 合并成 c.txt")
    sources = entries(said, context, careful=False)
    if len(sources) == 1:
        return _behind(match, phrase, context)
    into = context.targets.known_or_new(to.path)
    chosen = literal(sources) if sources else target(said, context)
    return plan.Join(target=chosen, to=into)


def _behind(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    """ "把 a.txt 接到 b.txt 后面"."""
    second = one(phrase.group(match, "obj"), context)
    first = one(phrase.group(match, "to"), context)
    return plan.Join(target=literal([first, second]), to=first)


def _behind_file(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    to = phrase.entities[match["to"]]
    is_file = "." in (to.path or to.text).rpartition("/")[2]
    return _behind(match, phrase, context) if is_file and re.match(NAME, match["obj"]) else None


# -- locks and links -------------------------------------------------------------------------------

_ANYBODY = "(?:(?:别的|其他|其它)[一-龥]{1,4}?|外人|客户|学生|孩子|别人|任何人|其他人|大家|他人|所有人|旁人|同事|谁|人)"
NOBODY_MAY = (
    f"(?:,?(?:(?:不要?|别|防止|避免|以免|免得|禁止|不许|不准)(?:让|给|被)?{_ANYBODY}|让?{_ANYBODY}(?:都|也|再)*(?:不|别|无法|没法))"
    "(?:都|也|再|乱|随便|许|能|让|准|可以|要|得)*(?:修改|编辑|改|动|碰|写|删)(?:动|它们?|了)?)"
)
"""A pattern for why something is locked: that nobody else may change it."""
_LOCK = "锁死|锁定|锁上|锁住|锁起来|上锁|加锁|加上?锁|锁了|锁|(?:设置?|改|变|标记)(?:成|为)只读(?:文件|的)?|写保护|保护起来|冻结"
_UNLOCK = "解除锁定|取消锁定|解锁|解冻|取消只读|解除只读|(?:设置?|改|变)(?:成|为)可(?:写|编辑|修改)的?|的?锁(?:定)?(?:给)?(?:解开|解除|打开|去掉|取消|解)了?|恢复可写"
_UNLOCKED = (
    re.compile(
        r"^(?:解除|取消|去掉|去除|打开|解开)(?:对)?(?P<obj>.+?)的?(?:锁定|只读(?:状态|属性)?|写保护|锁|保护)$"
    ),
    re.compile(
        r"^(?:让|使)(?P<obj>.+?)(?:可以|能|变得?可以?)(?:再)?(?:修改|编辑|写入?|改)(?:了)?$"
    ),
)


def _lock(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    return plan.Lock(target=target(phrase.group(match, "obj"), context))


def _unlock(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    return plan.Unlock(target=target(phrase.group(match, "obj"), context))


_A_LINK = "(?:一?[个条]|一下)?(?P<when1>[^,;的]*?)的?(?:分享|共享|公开|外部|下载)?(?:用)?的?(?:链接|外链|分享地址|网址)"
_WHEN = "(?:,?(?:设(?:置|为)?)?(?:(?P<when>.+?)))?"
_SHARE = (
    re.compile(rf"^(?:把|将)(?P<obj>{SIGN})的?(?:分享|共享|下载)?的?(?:链接|外链|网址){ADVERBS}(?:弄|发|做|生成|搞|给)(?:出来|给我|我|一下)?{_WHEN}$"),
    re.compile(rf"^(?:给|为|把|将|帮)?(?P<obj>{SIGN}|[^,;]+?)(?:文件)?{ADVERBS}(?:生成|创建|做|弄|建立?|开|发|来|搞|要|弄出|整|出)(?:出)?{_A_LINK}(?:来?分享|来?共享)?{_WHEN}$"),
    re.compile(rf"^(?:(?:(?:生成|创建|做|建立?|来|要|开|弄|给我)(?:一?[个条])?|一?[个条])(?P<obj>{SIGN})|(?P<alone>{SIGN})(?=的?[^,;]{{0,6}}(?:分享|共享|下载)))的?(?P<when1>[^,;的]*?)的?(?:分享|共享|公开|外部|下载)?(?:用)?的?(?:链接|外链|分享地址|网址){_WHEN}$"),
    re.compile(rf"^(?:(?:把|将)(?P<obj>{SIGN}|[^,;]+?)|(?P<alone>{SIGN})){ADVERBS}(?:分享|共享|公开)(?:出去|出来|给(?:别人|大家|朋友|同事|客户|老师|学生|同学|老板|家人|爸妈|老婆|老公|团队|他们?|她们?)|一下|了)?{_WHEN}$"),
    re.compile(rf"^(?:分享|共享)(?:一下)?(?P<obj>{SIGN})(?:文件)?(?:给(?:别人|大家|朋友|同事|他|她|他们))?{_WHEN}$"),
)  # fmt: skip
_SHARE_SO = (
    re.compile(rf"^(?:分享|共享)(?:给我)?一?[个条]?(?:链接|外链),?(?P<obj>{SIGN}){_WHEN}$"),
    re.compile(rf"^(?P<obj>{SIGN})的?(?:分享|共享)?(?:链接|外链),?(?P<when>(?:有效期?)?(?:\d|{NUMBER}).+)$"),
    re.compile(rf"^(?:把|将|给)(?P<obj>{SIGN})(?:的)?(?:发|弄|生成|做|搞|来)一?[个条]?(?:分享|共享|下载)?(?:链接|外链|网址)(?:来?[分共]享)?,?(?:发?给[^,;{NAME[1:-1]}]{{1,5}}?(?:看看?|用|下载|(?=,|$)))?{_WHEN}$"),
    re.compile(rf"^(?:弄|做|生成|给我|来|要|建|开|发)一?[个条]?(?:分享|共享)?(?:链接|外链|网址),?(?:让|给|好让)[^,;{NAME[1:-1]}]{{1,8}}?(?:能|可以)?(?:看到?|下载|打开|用|拿到)(?P<obj>{SIGN}){_WHEN}$"),
)  # fmt: skip
_VALID = re.compile(
    "(?:给我|管用|[之以]?前|有效|期限|限时|时效|保留|可用|过期|失效|链接|并且|它|设|让|在|的|是|为|到|截至|截止|以?内|之内|后|就行?|关闭?|时间|,|期)*"
)


def _share(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    groups = match.groupdict()
    said = "obj" if groups.get("obj") else "alone"
    path = one(phrase.group(match, said), context)
    when = f"{groups.get('when1') or ''}{groups.get('when') or ''}"
    return plan.Share(path=path, expires=_expiry(when, context.now))


def _expiry(said: str, now: datetime) -> datetime | None:
    """ "有效期7天", "到周五", "明天失效"; every word of it is understood.

    Raises:
        NotUnderstoodError: one is not.
    """
    start = _VALID.match(said).end()  # type: ignore[union-attr]
    rest, expires = said[start:], None
    rest = re.sub(rf"^({NUMBER})日(?=$|[内之])", r"\1天", rest)
    if length := duration_at(rest, 0):
        expires, rest = length.after(now), rest[length.end :]
    elif rest.startswith("明天"):
        expires, rest = floor(now, "day") + timedelta(days=2), rest[2:]
    elif match := re.match("(下|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天])", rest):
        day = "一二三四五六日".index(match[2].replace("天", "日"))
        week = floor(now, "week") + timedelta(days=7 if match[1] == "下" else 0)
        expires, rest = week + timedelta(days=day + 1), rest[match.end() :]
        expires += timedelta(days=7 if expires <= now else 0)
    if _VALID.fullmatch(rest) is None:
        raise missing("until when the link is to be open", "给 cv.pdf 生成链接，有效期7天")
    return expires


def _unshare(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    if "which" in match.groupdict():
        raise missing("which link to close", "取消分享 cv.pdf")
    if "obj" in match.groupdict():
        return plan.Unshare(path=one(phrase.group(match, "obj"), context, careful=True))
    return plan.Unshare(id=value(match["id"]))


_THE_LINK = (
    rf"(?:(?:分享|共享)的?(?:链接)?|链接|外链)(?:第|编号|#|为|是|的|号)*(?P<id>\d+|{NUMBER})号?(?:个|条)?",
    rf"(?:第|编号|#)?(?P<id>\d+|{NUMBER})号?(?:个|条)?的?(?:(?:分享|共享)的?(?:链接)?|链接|外链)",
)
_CLOSE = "取消|关闭|关掉|关了|关|撤销|撤回|停止|停用|收回|删除|删掉"
_UNSHARE = (
    re.compile(rf"^(?P<which>(?:{_CLOSE})(?:所有|全部|一切)?的?(?:(?:分享|共享)的?(?:链接)?|链接|外链))$"),
    *(re.compile(rf"^(?:{_CLOSE})(?:分享|共享)?{link}$") for link in _THE_LINK),
    *(re.compile(rf"^(?:把|将)?{link}(?:给我)?(?:{_CLOSE})(?:掉|了)?$") for link in _THE_LINK),
    re.compile(rf"^(?:停止|取消|结束|不再|关闭|关掉)(?:分享|共享)(?P<obj>{SIGN}|[^,;:链]+?)(?:文件)?(?:了|吧)?$"),
    re.compile(rf"^(?:{_CLOSE})(?P<obj>{SIGN})的(?:分享|共享)?的?(?:链接|外链|分享|共享)$"),
    re.compile(rf"^(?:把|将)?(?P<obj>{SIGN})的?(?:分享|共享)?的?(?:链接|外链|分享|共享)(?:都|全都)?(?:{_CLOSE})(?:掉|了)?$"),
)  # fmt: skip

_NAMED = rf"(?:,?(?:并|然后|再)?(?:新?(?:文件名|名字)|取名|起名|改名|重命名|更名|命名|名)(?:改)?(?:为|成|叫做?|是)+(?P<new>{SIGN}))"
"""What a copy is called in the folder where it goes."""
_RENAMES = frames(_RENAME, _AS)
_COPIES = frames(
    _COPY,
    _ONE_COPY
    + f"(?:到了?|至|进|入|往|去|在|为|成|叫做?|命名为)+(?P<to>.+?)(?:一份|备份)?{_NAMED}?",
)
_JOINS = frames(_JOIN, _INTO_ONE)
_MOVES = frames(_MOVE, "(?:一下)?" + _TO)
_STORES = frames(_STORE, "(?:一下)?" + _TO)[::2]
_MOVES_OFF = frames("移|挪|搬", f"(?P<to>{SIGN}){FOLDER}?{INSIDE}?去")
_MOVES_OFF = (_MOVES_OFF[0], *_MOVES_OFF[2:])
""" "把 X 挪 archive 去"."""
_TOUCH = (
    re.compile(rf"^(?:把|将)?(?P<obj>{SIGN})(?:给我?)?touch(?:一下|了)?(?P<when>)$"),
    re.compile(rf"^touch(?:一下)?(?P<obj>{SIGN})(?P<when>)$"),
    re.compile(rf"^(?:把|将)?(?P<obj>{SIGN})的?(?:文件)?(?:(?:修改|更新)(?:时间|日期)|时间戳)(?:改|设|更新|调)(?:成|为|到|置为)(?P<when>[^,;]+)$"),
)  # fmt: skip


def _touch(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    said, at = match["when"], None
    if said and said not in ("现在", "当前时间", "今天"):
        span = chinese_span(said, context.now)
        if span is None or span.start or span.end < len(said) or span.after is None:
            raise missing("the new time", "把 plan.md 的修改时间改成2026年6月1日")
        at = span.after
    return plan.Touch(target=target(phrase.group(match, "obj"), context), mtime=at)


ACTS: Frames = (
    *UNDOING,
    (_UNSHARE, _unshare),
    (_UNLOCKED + frames(_UNLOCK, "(?:掉|了|一下)*"), _unlock),
    ((re.compile(rf"^保护(?P<obj>{SIGN}){NOBODY_MAY}?$"),), _lock),
    (frames(_LOCK, f"(?:了|住|一下|起来)*{NOBODY_MAY}?"), _lock),
    (_CUT, _cut),
    (frames(_REMOVE, _AT_END), _remove),
    (_LINKED, _link),
    (_SHARE_SO, _share),
    (_SHARE, _share),
    (_RENAMES, _rename),
    ((_CALLED,), _rename),
    (_COPY_THERE, _copy),
    (_COPIES, _copy),
    (_JOIN_BEHIND, _behind_file),
    (_JOINS, _join),
    (_TOUCH, _touch),
    (_MOVES, _move),
    (_MOVES_OFF, _move),
    (_STORES, _move),
    *GOING_BACK,
)  # fmt: skip
"""The acts in the order in which they are tried."""
WITH_A_GOAL: Frames = (
    (_RENAMES, _rename),
    (_COPIES, _copy),
    (_MOVES, _move),
    (frames("归档|存放?", "(?:一下)?" + _TO), _move),
    (frames("删除|删掉|清除|清掉|扔掉")[:1], _remove_described),
)
"""The acts that say where to, or of which files: these may be described without "把"."""
