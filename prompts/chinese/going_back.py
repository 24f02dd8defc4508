"""Going back in Chinese words: to a version or a moment, undoing and redoing. Pure but for asking
`Names`.
"""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import ActKind

from ..names.context import Context
from ..request.refusals import missing
from ..times.dates import find_moment, past
from ..times.numbers import NUMBER, value
from .objects import ADVERBS, Frames, one
from .text import FOLDER, INSIDE, SIGN, Phrase

_BACK = "变回|弄回|改回|恢复|还原|回滚|回退|退回|倒回|返回|回到|退|复原|回复|回"
_TOWARDS = "(?:到了?|成|为|至|回|去|来|一下)*"
_BACK_FRAMES = (
    re.compile(rf"^(?:把|将|让|使|给)(?P<obj>.+?){ADVERBS}(?:{_BACK}){_TOWARDS}(?P<when>.*?)$"),
    re.compile(rf"^(?P<obj>{SIGN}(?:这个)?(?:文件|{FOLDER})?){ADVERBS}(?:{_BACK}){_TOWARDS}(?P<when>.*?)$"),
    re.compile(rf"^(?:{_BACK})(?:一下)?(?P<obj>.*?{SIGN}(?:文件(?!夹)|{FOLDER})?){_TOWARDS}(?P<when>.*?)$"),
    re.compile(rf"^(?:{_BACK}){_TOWARDS}(?P<obj>{SIGN})的?(?P<when>.*?)$"),
)  # fmt: skip
_FOUND_AGAIN = (
    re.compile(rf"^(?:把|将)?(?P<lost>.*?)(?P<obj>{SIGN})(?:文件)?(?:给我?)?(?:找回来?|恢复回?来?|救回来?|弄回来)(?P<when>)$"),
    re.compile(rf"^(?:找回|恢复|救回)(?P<lost>.*?)(?P<obj>{SIGN})(?:文件)?(?P<when>)$"),
)  # fmt: skip
_LOST = re.compile(
    "(?:我|不小心|误|刚才|刚|之前|昨天|被|错|意外)*(?:删除|删掉|删|丢失|丢|移除)?(?:了|的|掉)*"
)
_VERSIONS = re.compile(
    rf"(?:之?前|最近|上|前面)?(?P<n>{NUMBER})个?(?:版本?|步|次修改)(?:之前|以前|前)?(?:的?(?:版本|状态|样子|内容))?|"
    r"(?P<last>(?:上|前|之前|先前|更早)的?(?:面)?(?:一?个|一)?(?:版本?|状态|次的?(?:样子|版本)?|样子)?|修改(?:之)?前的?(?:版本|样子|状态)?)"
)
_VERSION_ID = re.compile(
    r"(?:第(?P<a>\d+)个?版本?|(?:版本)(?:号|id|ID)?(?:为|是|:)?#?(?P<b>\d+)(?:号)?)(?:的?版本)?"
)
_BEFORE_NOON = re.compile("(?:午饭|午餐|中饭|中午|正午)[之以]?前")
_STATE = re.compile(
    "(?:的|时|那个?样?|候|版本?|样子|状态|内容|当时|那一?天|那会儿|结束|为止|去|来|了|它|模样|样)*"
)


def _back(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    said = phrase.group(match, "obj")
    when = phrase.group(match, "when")
    words = _BEFORE_NOON.sub("中午12点", when.text) if when else ""
    path = _went(said, context)
    if (number := _VERSION_ID.fullmatch(words)) is not None:
        return _versioned(path, context, version=int(number["a"] or number["b"]))
    if (back := _VERSIONS.fullmatch(words)) is not None:
        return _versioned(path, context, versions=value(back["n"]) if back["n"] else 1)
    moment = find_moment(words, context.now)
    if moment is None or not _STATE.fullmatch(words[: moment.start] + words[moment.end :]):
        if words:
            raise NotUnderstoodError(
                "I did not understand to which version or time",
                hint=f"`lsfs history '{path}'` lists them; `lsfs rollback '{path}' --version ID`",
            )
        return _versioned(path, context, versions=1)
    at = past(moment.at, moment.said, context.now)
    if context.targets.directory(path) == path:
        return plan.Restore(path=path, to=at)
    return plan.Rollback(path=path, to=at)


def _went(said: Phrase | None, context: Context) -> str:
    """What is to be brought back: also a file that is gone."""
    names = said.names() if said else []
    if len(names) == 1 and (gone := context.targets.gone(names[0].text)):
        return gone
    return one(said, context, careful=True)


def _versioned(
    path: str, context: Context, *, versions: int | None = None, version: int | None = None
) -> BaseOperation:
    if context.targets.directory(path) == path:
        raise missing("to which moment", "把 Recipes 恢复到昨天18:00")
    return plan.Rollback(path=path, versions=versions, version=version)


def _found_again(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    return _back(match, phrase, context) if _LOST.fullmatch(match["lost"]) else None


_DONE = "(?:操作|动作|更改|修改|改动|命令|步骤|事情?|变更|那个|一步|步)"
_KINDS: dict[str, ActKind] = {
    "删除": "remove", "移动": "move", "改名": "rename", "重命名": "rename", "复制": "copy", "替换": "replace",
    "追加": "append", "写入": "write", "覆盖": "write", "新建": "create", "创建": "create", "合并": "join",
    "锁定": "lock", "解锁": "unlock", "分组": "group", "分享": "share", "恢复": "rollback", "回滚": "rollback",
}  # fmt: skip
_KIND = "|".join(_KINDS)
_THAT = (
    "(?:我们?|你)?(?:(?:刚才|刚刚?|方才|上面?|最后|前面?|最近|之前|这|那)(?:我|你)?[做干弄]?的?(?:那|这)?(?:一|1)?"
    f"(?:个|步|次|条|项|下)?的?(?:{_DONE}|(?P<kind>{_KIND})(?:操作)?)?|{_DONE})"
)
_JUST_DONE = (
    "我?(?:刚才|刚刚|刚)我?(?:不小心|误|手滑)?(?:给)?(?:删除?|移动?|挪|改名?)(?:掉|走)?了?的"
    "(?:那?(?:几个|一?个|些))?(?:文件(?!夹)|东西)?"
)
_BROUGHT_BACK = "(?:恢复|还原|找|撤销|撤回|弄|救|拿)(?:回)?(?:来|一下|过来)*"
_TAKE_BACK = "复原|撤销|撤回|撤消|撤掉|取消|反悔|回退|退回|撤"
_UNDO = (
    re.compile(r"^(?:(?:撤销|撤回|撤消|反悔)(?:一下|一步|一次|掉|了)*,?){1,3}$"),
    re.compile(rf"^(?:{_TAKE_BACK})(?:一下|掉|了)*{_THAT}$"),
    re.compile(rf"^(?:把|将)?{_THAT}(?:给我?|都)*(?:{_TAKE_BACK})(?:一下|掉|了)*$"),
    re.compile(rf"^(?:我)?{_THAT}(?:[不勿](?:算数?|对|要)|(?:弄|搞|做|按|点|整)?错)了?,?(?:给我|快点?|你)*(?:{_TAKE_BACK})(?:一下|掉|了|吧|[去来])*$"),
    re.compile(rf"^(?:把|将)?{_JUST_DONE}(?:给我|帮我|都|再|重新|赶紧)*{_BROUGHT_BACK}$"),
    re.compile(rf"^{_BROUGHT_BACK}{_JUST_DONE}$"),
    re.compile(rf"^(?:撤销|撤回|撤消)(?:掉|了)?(?P<kind>{_KIND})(?:操作)?$"),
)  # fmt: skip
_UNDO_ID = re.compile(
    rf"^(?:撤销|撤回|撤消|取消)(?:编号|第|序号|{_DONE}|id|ID|#|为|是|的|号)*(?P<id>\d{{1,9}})号?(?:的|条|个|步|项)*{_DONE}?$"
)
_MISHAP = re.compile(
    rf"^我?(?:刚刚?|刚才)?(?:不小心|误|错|手滑)(?:把|地)?(?:{SIGN})?(?:给)?(?:误|错)?(?:删除?|移动?|改|覆盖)(?:掉|走|坏|错)?了?(?:{SIGN})?,?"
    "(?:怎么|能不能|能|可以|请|帮我|还|快|想|要|给)*(?:恢复|找回|撤销|撤回|还原|弄回|救回)(?:来|一下|吗|它|过来)*$"
)
_REDO = re.compile(
    rf"^(?:重做|恢复|重新做|再做|取消|撤销)(?:一下|一遍|一次)?(?:刚才|刚刚|上一?个?|最后)?(?:一?[步次个])?(?:的)?(?:被?撤销)?(?:掉|了)?(?:的)?(?:那)?(?:一)?(?:个|步|次)?(?:的)?{_DONE}?$"
)


_REDO_BACK = re.compile(
    "^(?:把|将)?(?:我?(?:刚才|刚刚|刚|之前))?撤(?:销|回)(?:掉|了)?的(?:那)?一?(?:个|步|次|下)?(?:操作|动作)?"
    "(?:(?:不对|错了|不应该)了?,?)?(?:还是|那就|再|给我|又|重新)*(?:做回[去来]|重做|做一[遍次]|恢复(?:回来)?|弄回[去来]|改回[去来])(?:一下)?$"
)


def _undo(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    said = match.groupdict()
    if number := said.get("id"):
        return plan.Undo(id=int(number))
    is_just_now = re.search("刚|方才", match[0]) is not None
    return plan.Undo(kind=None if is_just_now else _KINDS.get(said.get("kind") or ""))


def _redo(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    if (
        match.re is _REDO_BACK
        or match[0].startswith("重做")
        or "撤销" in match[0][2:]
        or match[0].startswith("重新做")
    ):
        return plan.Redo()
    return None


_UNDO_CHANGES = re.compile(
    rf"^(?:撤销|撤回|取消)(?:我)?(?:对|在)(?P<obj>{SIGN})(?:{INSIDE})?(?:所?做?的?)(?P<when>)(?:修改|更改|改动|编辑)$"
)

UNDOING: Frames = (
    ((_UNDO_ID,), _undo),
    ((_REDO_BACK,), _redo),
    ((_REDO,), _redo),
    ((*_UNDO, _MISHAP), _undo),
    ((_UNDO_CHANGES,), _back),
)
_EVERYTHING = re.compile(
    "^(?:把|将)?(?:一切|(?:所有|全部)的?(?:文件|东西|内容|资料)?|整个(?:主目录|根目录|目录|文件夹)?)(?:都|全部?)?"
    "(?:恢复|还原|回滚|退回|回退)(?:到|成|为|至)?(?P<when>.+)$"
)


def _everything(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    """ "把一切恢复到十分钟前的样子": the root."""
    said = match["when"]
    moment = find_moment(said, context.now)
    if moment is None or not _STATE.fullmatch(said[: moment.start] + said[moment.end :]):
        return None
    return plan.Restore(path="", to=past(moment.at, moment.said, context.now))


GOING_BACK: Frames = (
    ((_EVERYTHING,), _everything),
    (_FOUND_AGAIN, _found_again),
    (_BACK_FRAMES, _back),
)
