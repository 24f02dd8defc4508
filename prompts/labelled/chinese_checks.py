"""What a Chinese act may not say beside its slots: what limits it, is another act, asks or tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation

from ..chinese.text import HAN, simplified, words
from ..request.data import load
from ..request.marked import marked
from ..request.refusals import left_over, missing
from ..suggestions import not_understood
from .labeller import Slot

SURELY = 0.9
"""The chance of an act by which a few strange words are passed over."""


def refuse_unmarked(text: str, slots: Sequence[Slot], intent: str) -> None:
    """Refuse texts without marks of which it is not certain where they end.

    Raises:
        NotUnderstoodError: there is one.
    """
    for slot in slots:
        if slot.is_quoted or slot.role not in ("text", "old", "new", "name", "to"):
            continue
        lead = simplified(text[: slot.start]).rstrip()
        is_whole = (
            slot.end == len(text.rstrip(" 。！!")) or text[slot.end : slot.end + 1] in "，,。；;"
        )
        if slot.role == "text" and not (is_whole and _DICTATES.search(lead)):
            raise left_over(slot.said)
        if slot.role == "text" and _SOMETHING.match(simplified(slot.said)):
            raise left_over(slot.said)
        is_told = text[slot.end :].startswith("的") or _NO_NEW_NAME.search(simplified(slot.said))
        if slot.role == "name" and is_told:
            raise left_over(slot.said)
        if slot.role == "to" and lead.endswith(("出", "从")):
            raise left_over(slot.said)


_DICTATES = re.compile("(?:[写记录填条行句笔项：:，,]|内容[是为]?|补上|加上一?[条行句笔项])\\s*$")

_SOMETHING = re.compile(
    "[点个些]|一[点个些段]|.*(?:结果|列表|名单|的(?:日期|时间|名字|名称|文件名|数量|总数|大小|译文|翻译))$|(?:今天|当前|现在|所有)的"
)

_NO_NEW_NAME = re.compile("名字?$|的|日期|时间|^(?:跟|和|与)")


def drops_an_act(text: str, operations: Sequence[BaseOperation]) -> bool:
    """Whether it only looks, and an act was asked for: 删除没有用的pdf, 打开 a.md 并把 x 换成 y."""
    is_look = len(operations) == 1 and isinstance(operations[0], _LOOKS)
    is_search = isinstance(operations[0], plan.Search)
    return is_look and (
        (is_search and _ACT.match(text) is not None)
        or (not is_search and _AND_ACT.search(text) is not None)
    )


_LOOKS = (plan.Search, plan.Read, plan.List, plan.Stat, plan.Summarize, plan.History)
_ACTS = "删除|删掉|删去|移动|复制|拷贝|重命名|锁定|解锁|压缩|清空|停止分享|取消分享|合并"
_ACT = re.compile(
    f"(?:请|麻烦你?|帮我|给我)*(?:{_ACTS})(?!的|了的|过|方|记录|日志|机|权|率|算|包|版|本|硬盘|电源|端|通信|公司|粘贴|键)|"
    f"[^,，。;；的]{{1,20}}(?:{_ACTS})(?:一下|一份|一遍|掉|了)?[吧呀啊]?[。！!]?$"
)
_AND_ACT = re.compile("(?:并且?|然后|再)(?:把|将|写|存|保存|删|移|复制|拷|换|改|锁|压缩|打包|发)")


def refuse_parts(rest: str, intent: str) -> None:
    """Refuse what is on a part of a file, on several acts, asked, corrected, or another's to do.

    Raises:
        NotUnderstoodError: it is.
    """
    of_it = _OF_IT.search(rest)
    if of_it and not re.match(_ITS.get(intent, "(?!)"), rest[of_it.end() :]):
        raise left_over(of_it[0].strip("\0") + rest[of_it.end() :][:4])
    if intent == "replace" and _ITS_ALONE.search(rest):
        raise missing("what is to be replaced", "把 plan.md 里的“Q3”换成“Q4”")
    if not re.search(_NEEDS.get(intent, ""), rest) or re.search(words("unsupported"), rest):
        raise not_understood("I am not sure what that is to do", [(intent, 1.0)])
    if found := LIMITS.search(rest):
        raise left_over(found[0].strip("\0"))
    if intent in ("append", "write") and (place := _PLACES.search(rest)):
        raise left_over(place[0])
    families = {name for name, verbs in _FAMILIES.items() if re.search(verbs, rest)}
    if families - {intent} - _WITH.get(intent, frozenset()):
        raise missing("which of the acts you mean", "先说一件，再说另一件")


_OF_IT = re.compile("\0\\s*(?:文件|文档)?(?:里面?|里头|中|内)?的(?=[^\0])")

_ITS = {
    "rename": "名|文件名|标题", "touch": "修改时间|时间戳|修改日期", "unlock": "锁|只读", "lock": "锁",
    "unshare": "分享(?!按|对)|链接(?!在)|共享|公开", "share": "分享链接|链接(?!在)|共享链接",
    "write": "内容|全部|原|旧", "rollback": "内容|旧|老|上|第|版", "copy": "副本|拷贝|备份|一",
    "link": "快捷|软链|链接", "drop_group": "组|分组", "replace": "所有|全部|每",
}  # fmt: skip

_ITS_ALONE = re.compile("\0\\s*的\\s*\0")

_NEEDS = {
    "touch": "时间|日期|touch", "write": "写|内容|正文|全文|覆盖|存|记|填|录|留|重来|清空|write", "unshare": "分享|链接|共享|公开|link|share", "drop_group": "组|类",
    "share": "分享|链接|共享|link|share", "lock": "锁|只读|改|lock", "unlock": "锁|只读|lock",
    "remove": "删|扔|丢|清|撇|除|没|去|不要|不用|干掉|垃圾|回收|弄走|处理|抹|毙|甩|撤|delete|remove",
}  # fmt: skip
"""What an act is asked for by that nothing else tells from others."""

LIMITS = re.compile(
    "但|保留|标记|昨天|前天|上周|已经|标签|格式|编码|权限|作者|密码|列表里|第[一二三四五六七八九十\\d]|不对|算了|不算|[,，]不(?=[,，]|$)|还是|在哪|哪里|哪儿|多久|多少|怎么|谁|别|(.)不\\1(?!$|[?？吧啊呀])|"
    "(?!一份)[一二两三四五六七八九十几半\\d]+个?(?:小时|分钟|天|次|周|月|步|份|行|页|遍)|一半|所有|全部操作|"
    "\\b(?:don'?t|not|never|no)\\b", re.I,
)  # fmt: skip

_PLACES = re.compile("开头|前面|中间|顶部|最前|第.{1,3}[行段页]|标题|上面")

_FAMILIES = {
    "remove": "删|扔|丢掉", "move": "移[到至动入进]|挪|搬", "copy": "复制|拷|备份", "rename": "改名|重命名|更名",
    "lock": "(?<!解)(?<!开)锁(?!定?解)", "rollback": "恢复|还原|回滚|退回", "share": "分享|共享",
    "translate": "翻译", "join": "合并|拼",
}  # fmt: skip

_WITH = {
    "unlock": frozenset({"lock"}), "join": frozenset({"copy"}), "copy": frozenset({"rename"}),
    "unshare": frozenset({"share", "remove"}), "drop_group": frozenset({"remove"}),
}  # fmt: skip


def refuse_times(rest: str, intent: str) -> None:
    """Refuse a look that says of when, or asks for what lsfs does not do.

    Raises:
        NotUnderstoodError: it does.
    """
    if re.search(words("unsupported"), rest):
        raise not_understood("that is nothing that lsfs does", ())
    if TIMES.search(rest.replace("版本", "") if intent == "history" else rest):
        raise NotUnderstoodError("I did not understand which time that is", hint="leave it out")


TIMES = re.compile(
    "[昨今明前后去上下这本][天日周月年晚早午]|星期|礼拜|[年月周天日][前后以]|版本|以来|之[前后]"
)


def refuse_left_over(rest: str, intent: str, chance: float) -> None:
    """Refuse words that fill no slot where nobody says them beside an act, but for a few by which
    the act is as sure.

    Raises:
        NotUnderstoodError: there are more.
    """
    few = FEW if chance >= SURELY and intent in _KEEPING else 0
    for run in _RUN.findall(rest):
        strange = [pair for pair in _pairs(run) if pair not in _said_beside()]
        few -= len(strange)
        said = "".join(map("".join, strange))
        if few < 0 or _TELLING & set(said) or re.search("[a-z]", said):
            raise left_over(run)


_RUN = re.compile(f"[{HAN}A-Za-z]+")

_SIGN = re.compile(f"[{HAN}]|[A-Za-z]+")


def _pairs(run: str) -> list[tuple[str, str]]:
    """The pairs of signs and Latin words that stand side by side; a Latin word is one by itself."""
    signs = _SIGN.findall(run.casefold())
    return [*pairwise(signs), *((sign, "") for sign in signs if sign[0].isascii())]


FEW = 2
"""Pairs of signs that may be strange."""

_KEEPING = frozenset(
    "append create mkdir copy rename move link join replace group undo redo".split()
)
"""Acts that lose nothing."""

_TELLING = frozenset("不没未无勿莫非被让叫要想会才若如假差像跟和与从除")
"""Signs of what is not to be done, is only told, or is not all."""


@lru_cache(maxsize=1)
def _said_beside() -> frozenset[tuple[str, str]]:
    """The pairs of signs that stand beside names in marked requests and examples."""
    rests = [step.rest for step in marked("marked.zh") if step.intent != "none"]
    acts = load("acts.zh").items()
    rests += [
        re.sub("[A-Za-z]+", "\0", text)
        for intent, texts in acts
        if intent not in ("none", "search")
        for text in texts
    ]
    runs = (run for rest in rests for run in _RUN.findall(simplified(rest)))
    return frozenset(pair for run in runs for pair in _pairs(run))
