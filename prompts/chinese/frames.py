"""Acts in Chinese words whose place is told by where things are, or were: 移回去, 往上移一级, 复制一份,
备份, 交换. Pure but for asking `Names`."""

from __future__ import annotations

import posixpath
import re

from lsfs.plan import BaseOperation

from ..names.context import Context
from ..names.relative import backed_up, duplicated, moved_back, moved_up, swapped
from ..names.targets import Targets
from .objects import ADVERBS, Frames, entries
from .text import FOLDER, INSIDE, NAME, Entity, Phrase

_CARRY = "(?:移动?|挪动?|搬动?|放|转移|改)"
_THERE_BEFORE = "(?:原处|原位|原地|原名|(?:原来|之前|以前|原先)的?(?:地方|位置|文件夹|目录|名字)|它?原来在的?(?:地方|位置))"
_BACK = (
    re.compile(rf"^(?:把|将)(?P<obj>.+?){ADVERBS}{_CARRY}(?:回去|回来|回到?{_THERE_BEFORE}|到{_THERE_BEFORE})$"),
    re.compile(rf"^(?:撤销|撤回|取消)(?:对)?(?P<obj>{NAME})的?(?:移动|改名|重命名)(?:操作)?$"),
)  # fmt: skip
_UP = (
    re.compile(rf"^(?:把|将)(?P<obj>.+?){ADVERBS}(?:往上|向上){_CARRY}(?:动)?(?:一[级层个])?(?:{FOLDER})?$"),
    re.compile(rf"^(?:把|将)(?P<obj>.+?){ADVERBS}{_CARRY}到?(?:上一?[级层])(?:{FOLDER})?{INSIDE}?(?:去)?$"),
)  # fmt: skip
_DUPLICATE = (
    re.compile(rf"^(?:复制|拷贝)一份(?P<obj>{NAME})$"),
    re.compile(rf"^(?:把|将|给)?(?P<obj>{NAME})(?:原地)?(?:复制|拷贝)一份$"),
)
_BACK_UP = (
    re.compile(rf"^备份一份(?P<obj>{NAME})$"),
    re.compile(rf"^(?:给|为)(?P<obj>{NAME})(?:原地)?(?:做|建|留|弄)(?:一?个|一份)?备份$"),
)
_SWAP = re.compile(
    rf"^(?:交换|互换|对调|调换)(?:一下)?(?P<a>{NAME})(?:和|与|跟|、|,)(?P<b>{NAME})(?:的?(?:名字|文件名|名称|位置))?$"
    rf"|^(?:把|将)?(?P<c>{NAME})(?:和|与|跟|、|,)(?P<d>{NAME})的?(?:名字|文件名|名称|位置)?(?:交换|互换|对调|调换)(?:一下|过来)?$"
)


def _named(match: re.Match[str], phrase: Phrase, context: Context) -> list[str]:
    said = phrase.group(match, "obj")
    return entries(said, context, careful=True) if said is not None else []


def _back(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    names = _named(match, phrase, context)
    return moved_back(names, context.targets) if names else None


def _up(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    names = _named(match, phrase, context)
    return moved_up(names) if names else None


def _duplicate(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    names = _named(match, phrase, context)
    return duplicated(names, context.targets) if names else None


def _back_up(match: re.Match[str], phrase: Phrase, context: Context) -> BaseOperation | None:
    names = _named(match, phrase, context)
    return backed_up(names, context.targets) if names else None


RELATIVE: Frames = (
    (_BACK, _back),
    (_UP, _up),
    (_DUPLICATE, _duplicate),
    (_BACK_UP, _back_up),
)


def read_swap(phrase: Phrase, targets: Targets) -> tuple[BaseOperation, ...] | None:
    """The moves by which two files change their places; None where it asks for no such.

    Raises:
        NotUnderstoodError: one of them is a folder.
        ConfirmationError: a name could be several things.
    """
    match = _SWAP.match(phrase.text)
    if match is None:
        return None
    pair = ("a", "b") if match["a"] else ("c", "d")
    found = [targets.entry(phrase.entities[match[one]].text, careful=True) for one in pair]
    one, other = found
    if one is None or other is None or one == other:
        return None
    return swapped(one, other, targets)


_OF = re.compile(rf"(?<![到进在往入])(?P<name>{NAME})(?:文件)?(?:所在|在|所处)的?{FOLDER}")


def with_parents(phrase: Phrase, targets: Targets) -> Phrase:
    """The phrase with the names of the folders that something is in: "c.txt 所在的文件夹".

    Raises:
        ConfirmationError: a name could be several things.
    """
    while match := _OF.search(phrase.text):
        path = targets.entry(phrase.entities[match["name"]].text, careful=True, loose=False)
        above = posixpath.dirname(path) if path is not None else ""
        if not above:
            break
        phrase = phrase.replaced(*match.span(), Entity(f"{above}/", path=above))
    return phrase
