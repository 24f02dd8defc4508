"""Names said in Chinese of what is called in English, where they stand in a request. Pure but for
asking `Names`.
"""

from __future__ import annotations

import re

from lsfs.errors import ConfirmationError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.targets import Targets
from ..names.translated import LONGEST_NAME, is_of_words
from ..request.refusals import missing
from .text import NAME, SIGN, Entity, Phrase, table, words

_BARE = "[的年A-Za-z0-9]|[这那][个份篇张封本]"
"""What is no word of a name, or is the same in English."""
_KIND = re.compile(
    rf"(?:{_BARE})*(?:{words('generic')}|{'|'.join(table('types').values())})?(?:{_BARE})*", re.I
)
_OPEN_ENDED = re.compile(f"(?:{_BARE}).*|.*(?:的|[这那]?[个份篇张封本])")
_APPOSED = re.compile(f"(?P<of>的?)(?P<name>{NAME})")


def translated(phrase: Phrase, targets: Targets, folder: str | None = None) -> str | None:
    """The entry that likely is called so in English, None for what is only a kind: "照片", "报告".

    Raises:
        ConfirmationError: several are.
    """
    if re.search(SIGN, phrase.text) or _KIND.fullmatch(phrase.text):
        return None
    if folder is None and targets.is_named(phrase.original()):
        return targets.existing(phrase.original(), careful=True)
    return targets.translated(phrase.text, folder)


def folder_called(phrase: Phrase, targets: Targets) -> str | None:
    """The folder that likely is called so in English.

    Raises:
        ConfirmationError: several are.
    """
    if re.search(SIGN, phrase.text):
        return None
    return targets.translated(phrase.text, only_folders=True)


def with_names(phrase: Phrase, targets: Targets) -> Phrase:
    """The phrase with each name that likely is one entry's as a sign, the longest first."""
    start = 0
    while start < len(phrase.text):
        for end in range(min(len(phrase.text), start + LONGEST_NAME), start + 1, -1):
            said = phrase.text[start:end]
            if _OPEN_ENDED.fullmatch(said) or not is_of_words(said):
                continue
            path = _one_called(phrase.part(start, end), targets)
            apposed = _APPOSED.match(phrase.text, end)
            if apposed and path == _entry_of(phrase.entities[apposed["name"]], targets):
                phrase = phrase.without(start, apposed.end("of"))
            elif path and not (apposed and apposed["of"]):
                entity = Entity(phrase.part(start, end).original(), path=path)
                phrase = phrase.replaced(start, end, entity)
            else:
                start = end - 1
            break
        start += 1
    return phrase


def _entry_of(entity: Entity, targets: Targets) -> str | None:
    return entity.path or targets.sole_file(entity.text)


def refuse_several(step: Phrase, operation: BaseOperation, targets: Targets) -> None:
    """What only likely is the name of one is not said of several: "把草稿都删了".

    Raises:
        NotUnderstoodError: it is.
    """
    target = getattr(operation, "target", None)
    is_one = isinstance(target, Selector) and len(target.paths) == 1
    if targets.is_likely and operation.effect != "read" and is_one and _SEVERAL.search(step.text):
        raise missing("which files you mean", "删除 draft.txt")


_SEVERAL = re.compile("(?<!谁)都|全部|所有|统统|通通|一律|一切|[些几每各]|分别")


def _one_called(said: Phrase, targets: Targets) -> str | None:
    try:
        return translated(said, targets)
    except ConfirmationError:
        return None
