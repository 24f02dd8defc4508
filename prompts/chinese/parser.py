"""Requests in Chinese: the verb and its frame decide the operation, no embedding model is needed.

A request is taken apart into steps; a step that is no act and no question is a search. What is left
over of an act and is not understood means "not understood". Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.paths import for_terminal, normalise
from lsfs.plan import BaseOperation
from lsfs.running import selected_by
from lsfs.selector import Selector

from ..names.context import Context
from ..names.outcomes import NEVER_BY_MEANING, Found
from ..request.quoting import QUOTED
from ..request.refusals import refuse_vague_act
from .acts import ACTS, NOBODY_MAY, WITH_A_GOAL
from .frames import RELATIVE, read_swap, with_parents
from .grouping import GROUPING
from .naming import refuse_several, with_names
from .objects import Frames
from .reads import READS, summary_length
from .search import searched
from .steps import Before, around, plainly, referred_to, steps_of
from .text import NAME, SIGN, Entity, Phrase, phrase_of, table, words
from .writing import WRITING


def forbids(text: str) -> bool:
    """Whether a Chinese request says what not to do, or asks about an act."""
    bare = re.sub(NOBODY_MAY, "", QUOTED.sub(" ", text))
    return bool(re.search(f"{words('negated')}|{words('asked')}", bare))


Likely = Callable[[str, Context], BaseOperation]
"""What a step likely asks for that the grammar does not understand; raises `NotUnderstoodError`."""


def read_chinese(
    text: str, context: Context, shown: Sequence[str] = (), likely: Likely | None = None
) -> tuple[BaseOperation, ...]:
    """The operations that a Chinese request asks for, step by step; it may choose of what was
    `shown` before. Without `likely` all steps are the grammar's.

    Raises:
        NotUnderstoodError: a part of it is not understood.
        ConfirmationError: a name could be several things.
    """
    phrase, is_asked = plainly(with_parents(phrase_of(text, context.targets), context.targets))
    if (swapping := read_swap(phrase, context.targets)) is not None:
        return swapping
    operations: list[BaseOperation] = []
    before = Before(found=Found(Selector(paths=tuple(shown)), is_shown=True) if shown else None)
    steps = steps_of(phrase)
    for step in steps:
        operation = _read_step(step, before, _Reading(context, likely, is_asked=is_asked))
        if operation.effect != "read":
            _refuse_paths_outside(phrase, context)
            context.targets.refuse_scant(_acted_on(operation))
        refuse_vague_act(operation)
        operations.append(operation)
        before = before.after(operation, context.targets)
    _refuse_no_order(text, phrase, operations, is_asked=is_asked)
    _refuse_asides(steps, operations)
    if len(operations) > 1 and any(isinstance(one, plan.Undo | plan.Redo) for one in operations):
        raise NotUnderstoodError(
            "undoing stands alone, and is no step among others",
            hint="say 撤销 first, then the rest",
        )
    return tuple(operations)


def _refuse_asides(steps: Sequence[Phrase], operations: Sequence[BaseOperation]) -> None:
    """Beside an act, words that ask for nothing are no search: they could be a condition.

    Raises:
        NotUnderstoodError: there are some, and no act is on what they would find.
    """
    acted_on = [getattr(one, "target", None) for one in operations if one.effect != "read"]
    for step, operation in zip(steps, operations, strict=True):
        if not acted_on or not isinstance(operation, plan.Search) or _SEEKS.match(step.text):
            continue
        if operation.query and selected_by(operation) not in acted_on:
            shown = for_terminal(step.original())
            raise NotUnderstoodError(f"I did not understand {shown!r}", hint="leave it out")


def _refuse_no_order(
    text: str, phrase: Phrase, operations: Sequence[BaseOperation], *, is_asked: bool
) -> None:
    """Refuse acts that are to be done later, or that somebody only asks about.

    Raises:
        NotUnderstoodError: some are.
    """
    if all(one.effect == "read" for one in operations):
        return
    if LATER.search(phrase.text):
        raise NotUnderstoodError("what is asked for is done at once", hint="leave the time out")
    if text.rstrip().endswith(("?", "？")) and not is_asked:
        raise NotUnderstoodError("that asks about an act: nothing was done", hint="say what to do")


LATER = re.compile(rf"(?:^|[,;。]|把{SIGN}){words('later')}(?!的|过期|失效|到期|关|为止)")


def _refuse_paths_outside(phrase: Phrase, context: Context) -> None:
    """Refuse a name that lies outside the root.

    Raises:
        PolicyError: there is one.
    """
    for sign, entity in phrase.entities.items():
        if re.match(NAME, sign) and entity.path is None:
            normalise(context.targets.within_root(entity.text))


def refused(text: str, operation: BaseOperation) -> str | None:
    """Why the operation is not what was asked for, None when it is."""
    bare = re.sub(NOBODY_MAY, "", text)
    if re.search(words("negated"), bare):
        return "that says what not to do: nothing was done"
    if re.search(words("condition"), bare):
        return "I cannot hold to conditions and exceptions: say what to act on"
    if isinstance(operation, plan.Undo) and _MISHAP.search(bare):
        return None
    if operation.effect != "read" and "或" in bare and not _is_of_several_kinds(operation):
        return "I cannot hold to this or that: say one thing after the other"
    if operation.effect != "read" and re.search(words("asked"), bare):
        return "that asks about an act: nothing was done"
    return None


def _is_of_several_kinds(operation: BaseOperation) -> bool:
    """Whether "or" stands between kinds of files."""
    target = getattr(operation, "target", None)
    filters = target.filters if isinstance(target, Selector) else None
    return filters is not None and max(len(filters.types), len(filters.extensions)) > 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """How steps are read; `is_asked`: somebody was asked to do it."""

    context: Context
    likely: Likely | None
    is_asked: bool

    def single(self, step: Phrase) -> BaseOperation:
        """What one step asks for.

        Raises:
            NotUnderstoodError: it is not understood.
        """
        try:
            return _single(step, self.context, is_asked=self.is_asked)
        except NotUnderstoodError as error:
            if self.likely is None:
                raise
            try:
                operation = self.likely(step.original(), self.context)
            except NotUnderstoodError:
                raise error from error.__cause__
            self.context.targets.is_likely = True
            return operation


def _read_step(step: Phrase, before: Before, reading: _Reading) -> BaseOperation:
    referred = referred_to(step, before)
    operation = reading.single(referred.phrase) if (
        before.files is None or referred.is_back
    ) else _implied(step, before.files, reading)  # fmt: skip
    _refuse_copy_for_original(step, before, operation)
    target = getattr(operation, "target", None)
    left = before.files.found if before.files else None
    found = referred.found or left
    if found is not None and operation.effect != "read" and target == found:
        is_by_meaning = found.query and isinstance(operation, NEVER_BY_MEANING)
        is_renamed = isinstance(operation, plan.Move | plan.Copy) and not operation.into
        if is_by_meaning or is_renamed or (before.is_moved and found == left):
            raise NotUnderstoodError(
                "I do not do that to results that you have not seen",
                hint="search first, then name them",
            )
    return operation


def _refuse_copy_for_original(step: Phrase, before: Before, operation: BaseOperation) -> None:
    """Refuse to take "it" for a copy, or for what that is of, where the act changes it: "复制 a 到 b，再删除它".

    Raises:
        NotUnderstoodError: the act would be on a copy that the step does not name.
    """
    made = before.files.path if before.files and before.original else None
    if made is None or not isinstance(operation, _TELLING_APART) or "副本" in step.text:
        return
    if made in _acted_on(operation) and all(
        made not in (one.path, one.text) for one in step.names()
    ):
        raise NotUnderstoodError(
            "I do not know whether you mean the copy, or what it is a copy of",
            hint=f"name it by its path; {made} is the copy",
        )


def _acted_on(operation: BaseOperation) -> tuple[str, ...]:
    """The paths that it is about."""
    target = getattr(operation, "target", None)
    return target.paths if isinstance(target, Selector) else (getattr(operation, "path", ""),)


_TELLING_APART = (
    plan.Remove, plan.Move, plan.Write, plan.Append, plan.Replace, plan.Rollback,
)  # fmt: skip
"""The acts for which a copy is not as good as what it is of."""


def _implied(step: Phrase, before: Entity, reading: _Reading) -> BaseOperation:
    """A later step, which may leave out what it is about: "总结 plan.md，再翻译成英文"."""
    error: NotUnderstoodError | None = None
    try:
        operation = reading.single(step)
        if not isinstance(operation, plan.Search) or _SEEKS.match(step.text):
            return operation
    except NotUnderstoodError as caught:
        error = caught
    at = 1 if step.text[:1] in ("在", "往") else 0
    named = step.replaced(at, at, before)
    try:
        phrase = named if at else around(named, 0, ("把", ""))
        return reading.single(phrase)
    except NotUnderstoodError as caught:
        raise error or caught from None


# -- one step --------------------------------------------------------------------------------------

_SEEKS = re.compile(
    "(?:查找|查询|查一查|查一下|搜索|搜寻|搜|寻找|检索|找(?!回)|有没有|哪些|哪个|哪里|列出|我记得|记得|显示|看看|查看)"
)
_ASKS_WHAT = re.compile(
    "(?:什么|啥|哪些|哪里|哪儿|多大|多少|来着|吗|呢|哪个|哪几个)(?:内容|东西|文件|时候)?$"
)


_MISHAP = re.compile("不小心|误|手滑")


def _single(step: Phrase, context: Context, *, is_asked: bool) -> BaseOperation:
    operation = _understood_by_names(step, context, is_asked=is_asked)
    refuse_several(step, operation, context.targets)
    said = summary_length(step)[0] if isinstance(operation, plan.Summarize) else step
    reason = refused(said.text, operation)
    if reason is not None:
        raise NotUnderstoodError(reason, hint="say what to do, and with which files")
    return operation


def _understood_by_names(step: Phrase, context: Context, *, is_asked: bool) -> BaseOperation:
    """What a step asks for; where that is nothing, or seems a search, its Chinese words may be names
    of what is called in English.

    Raises:
        NotUnderstoodError: it is not understood either way.
    """
    operation: BaseOperation | None = None
    error: NotUnderstoodError | None = None
    try:
        operation = _understood(step, context, is_asked=is_asked)
        if not isinstance(operation, plan.Search) or _SEEKS.match(step.text):
            return operation
    except NotUnderstoodError as caught:
        error = caught
    was_likely = context.targets.is_likely
    named = with_names(step, context.targets)
    try:
        second = _understood(named, context, is_asked=is_asked) if named is not step else None
        if second is not None and (operation is None or _is_more(second, step)):
            return second
    except NotUnderstoodError as caught:
        error = error or caught
    if operation is None:
        raise error or _lost()
    context.targets.is_likely = was_likely
    return operation


def _is_more(second: BaseOperation, step: Phrase) -> bool:
    """Whether a reading by names is meant rather than a search for the words: "回滚方案" is a plan
    for that."""
    if second.effect != "read":
        return re.search("^[把将给在往向]|里|上|下|[了掉到成]", step.text) is not None
    return not isinstance(second, plan.Search)


def _understood(step: Phrase, context: Context, *, is_asked: bool) -> BaseOperation:
    is_disposal = step.text[:1] in ("把", "将")
    only_reads = _SEEKS.match(step.text) or (
        _ASKS_WHAT.search(step.text) and not _MISHAP.search(step.text)
    )
    try:
        operation = None
        if is_disposal or not only_reads:
            operation = _framed((*RELATIVE, *GROUPING, *WRITING, *ACTS), step, context)
        if operation is None and is_disposal and (sought := _BRINGS_UP.match(step.text)):
            return (
                searched(
                    step.part(*sought.span(sought.lastgroup or "what")), context, is_asked=False
                )
                or _unknown()
            )
        operation = operation or _asked(step, context)
        if operation is None and not (
            is_disposal or only_reads or _ASKS_OR_NAMES.search(step.text)
        ):
            operation = _framed((*GROUPING, *WITH_A_GOAL), step.inserted(0, "把"), context)
        if operation is None and not is_disposal and not _UNSUPPORTED.match(step.text):
            operation = searched(step, context, is_asked=is_asked)
    except ValidationError as error:
        raise _lost() from error
    if operation is None:
        raise _lost()
    return operation


_ASKS_OR_NAMES = re.compile(
    rf"[哪谁几]|何[处时]|什么|多少|的(?:{words('generic')}|{'|'.join(table('types').values())}|[^的,;]{{0,2}})$",
    re.I,
)


_SAYS_SO = re.compile(
    "(?<=[么啥么些西容]),?(?:来|请)?(?:给我)?(?:说说|说|讲讲|讲|总结|概括|介绍|回答|说明)(?:一下|清楚|给我听)?$"
)


def _asked(step: Phrase, context: Context) -> BaseOperation | None:
    shorter, length = summary_length(step)
    operation = _framed(READS, shorter, context)
    if operation is None and length and (said := _SAYS_SO.search(shorter.text)):
        operation = _framed(READS, shorter.part(0, said.start()), context)
    if length and isinstance(operation, plan.Summarize):
        return operation.model_copy(update=length)
    return None if length else operation


def _framed(frames: Frames, step: Phrase, context: Context) -> BaseOperation | None:
    for patterns, build in frames:
        for pattern in patterns:
            match = pattern.search(step.text)
            operation = build(match, step, context) if match else None
            if operation is not None:
                return operation
    return None


_ON = f"(?=$|一下|下|了|{SIGN}|这|那|我|它|所有|全部|给|到|一|个|文件|目录|刚|第|最近|上一|[0-9两三四五])"
_UNSUPPORTED = re.compile(
    rf"^{words('unsupported')}(?!过?的|记录|日志|手册|说明|指南|清单|单)|^{words('nouns_of_verbs')}{_ON}|"
    rf"^(?:删除|删掉|删|移动|移到|挪|复制|拷贝|重命名|改名|撤销|撤回|重做|恢复|还原|回滚|回退|锁定|解锁|分享|翻译|合并|新建|创建|追加|写入|写|替换|"
    rf"取消|解除){_ON}|"
    "^(?:删除?|移动|挪|复制|重命名|改名|撤销|恢复|锁定?|分享|合并)(?:掉|了|完)*(?:[以之]?后|的话)(?:还|会|就|又)"
)


_BRINGS_UP = re.compile(
    "^(?:把|将)(?P<what>.+?(?:按.+[排列].*|从.[到至]..?排.*|(?=(?:列|找|搜|查|挑|筛|显示|翻|调)(?:出来|一下|给我).{0,4}$)))|^(?:把|将)(?P<shown>[^\ue000-\uefff]+?)(?:都|全部)?给我看看?$"
)


def _unknown() -> BaseOperation:
    raise _lost()


def _lost() -> NotUnderstoodError:
    return NotUnderstoodError(
        "I did not understand what to do",
        hint="I can, for example: 查找上周关于调度的笔记 · 把 draft.txt 移到 archive · 总结 report.docx",
    )
