"""Groups in Chinese words: a named set of files, files by what they have in common. Pure but for
asking `Names`.
"""

from __future__ import annotations

import re
from glob import escape
from typing import Any

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from ..names.context import Context
from ..request.refusals import missing
from ..times.numbers import NUMBER, value
from .objects import ADVERBS, NO_NAME, Frames, target
from .selection import chinese_selection
from .text import FOLDER, INSIDE, SIGN, Phrase, alternatives, table

_GROUP = "(?:小组|分组|群组|组|集合)"
_NAMED = "(?:,|并(?:且)?|名字|组名|名称|就)*(?:取名|起名|命名|名字|组名|名称|名|叫|取个名字)(?:为|叫|做|是|成|:)*(?P<name>[^,;:]+?)"
_BY_CRITERION = rf"(?:按照?|依照?|根据|以)(?:照)?(?:它们?的|各自的|不同的?)?(?P<by>{alternatives(w for p in table('criteria').values() for w in p[3:-1].split('|'))})"
_PUT = "(?:归|分|编|划|放|收|整理|归类|归纳|聚|合|建|组|做|弄)(?:在|到|进|入|为|成|作)*"
_SEVERAL = rf"(?:来|进行|去)*(?:分个?组|[分归]个?类|[分归]{{2}}类|分一?下[组类]|归一?下类|分开|整理|归档|聚类|(?:分|聚)(?:成|为)(?:(?P<count>{NUMBER})|几|若干|不同的?)?个?(?:{_GROUP}|类|堆|份))(?:一下|好)?"
_GROUPS = (
    re.compile(rf"^(?:把|将|给)(?P<obj>[^,;]+?){ADVERBS}{_BY_CRITERION}{_SEVERAL}(?:{_NAMED})?$"),
    re.compile(rf"^(?P<obj>[^,;把将给按照依]+?){ADVERBS}{_BY_CRITERION}{_SEVERAL}(?:{_NAMED})?$"),
    re.compile(rf"^{_BY_CRITERION}(?:给|把|将|对)?(?P<obj>[^,;]+?){_SEVERAL}(?:{_NAMED})?$"),
    re.compile(rf"^{_BY_CRITERION}{_SEVERAL}(?!的)(?P<obj>[^,;]+?)(?:{_NAMED})?$"),
    re.compile(rf"^(?:把|将|给)(?P<obj>[^,;]+?){ADVERBS}(?:分|聚|归)(?:成|为)(?!一)(?P<count>{NUMBER})(?:个)?(?:{_GROUP}|类|堆|主题)(?:{_NAMED})?$"),
)  # fmt: skip
_GROUP_FRAMES = (
    re.compile(rf"^(?:把|将)(?P<obj>.+?){ADVERBS}{_PUT}(?:一|同一|1)?个?(?:新的?)?{_GROUP}(?:里面?|中)?{_NAMED}$"),
    re.compile(rf"^(?:把|将)(?P<obj>.+?){ADVERBS}{_PUT}(?:一个|名为|名叫|叫做?|新的?)*(?P<name>[^,;:把将]+?)(?:的|这个?)?(?:一)?{_GROUP}(?:里面?|中|去)?$"),
    re.compile(rf"^(?:新建|创建|建立|建)(?:一?个)?(?:名为|名叫|叫做?)?(?P<name>[^,;:]+?)的?{_GROUP}(?:,|并)*(?:里面?)?(?:包括|包含|放入|放|收录?|装|含)(?P<obj>.+?)$"),
    re.compile(rf"^(?:新建|创建|建立|建)(?:一?个)?{_GROUP}(?:,)?(?:名为|名叫|叫做?|:)?(?P<name>[^,;:]+?)(?:,|并)+(?:里面?)?(?:包括|包含|放入|放|收录?|装|含)(?P<obj>.+?)$"),
)  # fmt: skip
_DROP = (
    re.compile(rf"^(?:解散|取消|删除|删掉|忘掉|忘记|去掉|撤销|移除)(?:名为|名叫|叫做?)?(?P<name>[^,;:]+?)的?(?:这个|那个)?{_GROUP}$"),
    re.compile(rf"^(?:解散|取消|删除|删掉|忘掉|忘记|去掉|撤销|移除)(?:这个|那个)?{_GROUP}(?:名为|名叫|叫做?|:)?(?P<name>[^,;:]+?)$"),
    re.compile(rf"^(?:把|将)(?:名为|名叫|叫做?)?(?P<name>[^,;:]+?)的?(?:这个|那个)?{_GROUP}(?:解散|取消|删除|删掉|忘掉|去掉)(?:了|掉)?$"),
)  # fmt: skip


def _group(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    name = phrase.group(match, "name")
    if name is None or NO_NAME.search(name.text):
        raise missing("the name of the group", "把关于税务的文件归为一组，取名 税务")
    chosen = target(phrase.group(match, "obj"), context, by_topic=True)
    return plan.MakeGroup(name=name.original(), target=chosen)


def _groups(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    groups = match.groupdict()
    said, name = phrase.group(match, "obj"), phrase.group(match, "name")
    by = _criterion(groups.get("by") or "")
    fields: dict[str, Any] = {
        "by": by,
        "count": value(groups["count"]) if groups.get("count") else None,
    }
    fields["name"] = name.original() if name else by
    if said is None or (fields["count"] and by != "topic"):
        raise missing("which files to group", "把 Papers 按主题分成五组")
    return plan.MakeGroup.model_validate({**fields, "target": _members(said, context)})


def _members(said: Phrase, context: Context) -> Selector:
    folder = re.fullmatch(
        rf"({SIGN})(?:{FOLDER})?(?:{INSIDE})?(?:的|所有|全部|文件|文档|资料|东西)*",
        said.text,
    )
    if folder and (path := context.targets.directory(said.entities[folder[1]].text)):
        return Selector(filters=Filters(under=path))
    return target(said, context, by_topic=True)


def _criterion(word: str) -> str:
    return next((by for by, said in table("criteria").items() if re.fullmatch(said, word)), "topic")


_SORTED = (
    re.compile(rf"^(?:把|将)(?P<obj>[^,;]+?){ADVERBS}{_BY_CRITERION}(?:来|进行|分别)*(?:整理|分|归类|归档|放|移动?|归|分类|存)(?:好|类)?(?:到|进|成|入|放进|放到)+(?:各自|不同|相应|对应|几个|各个|子|单独)*的?{FOLDER}(?:里|中|去)*$"),
)  # fmt: skip


def _sorted(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    """A folder's own files into folders in it."""
    said = phrase.group(match, "obj")
    found = chinese_selection(said, context) if said else None
    by = _criterion(match["by"])
    folder = found.found.filters.pop("under", None) if found else None
    if said and folder is None:
        folder = context.targets.directory(said.original(), loose=False)
        if folder is not None and found:
            found.left.clear()
    if found is None or folder is None or found.left:
        raise missing("in which folder", "把 Downloads 里的文件按年份整理到文件夹里")
    found.found.filters["path"] = f"{escape(folder)}/*"
    chosen = found.found.selector()
    return plan.MakeGroup.model_validate(
        {"name": by, "by": by, "into": folder, "target": chosen, "form": "moves"}
    )


def _drop_group(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation:
    name = phrase.group(match, "name")
    if name is None or re.search("[的,;]|所有|全部|每个|一切", name.text):
        raise missing("which group", "解散 税务 这个组")
    return plan.DropGroup(name=name.original())


GROUPING: Frames = (
    (_DROP, _drop_group),
    (_SORTED, _sorted),
    (_GROUPS, _groups),
    (_GROUP_FRAMES, _group),
)
"""What makes and drops groups, in the order in which it is tried."""
