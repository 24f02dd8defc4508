"""Where an act in Chinese words puts something. Pure but for asking `Names`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ..names import renaming
from ..names.context import Context
from ..names.places import no_folder
from ..request.kinds import is_file_type
from ..request.refusals import missing
from .naming import folder_called
from .objects import PLACED, SAYS_FOLDER, end_of, entry, folder_of
from .text import INSIDE, SIGN, Phrase, words


@dataclass(frozen=True, slots=True)
class Place:
    """Where something goes; `is_folder`: it is a folder, there or yet to be made."""

    path: str
    is_folder: bool
    is_quoted: bool = False


_TRAIL = re.compile(rf"(?:{INSIDE}面?|去|来|那里|那儿)+$")
_LEAD = re.compile(
    "^(?:到|在|一个|个(?=新|叫|名)|新的|新(?=文件夹|目录)|名为|叫做?|名叫|我的|这个|那个|文件(?!夹))+(?=.)"
)
_ROOT = re.compile(f"(?:根|顶层|最上层)(?:文件夹|目录){INSIDE}?")
_NO_FOLDER = re.compile("(?:我们?|你|他|她|自己|大家|大|小|新|旧|空|同一?个?|另一?个?|某个?)的?")
_NO_PLACE = re.compile(
    "[外里]面$|[外里][边头]$|之外$|以外$|[,;:把将的了\0\ue000-\uefff]|然后|别的|其他|其它|哪|那里|这里|合适|什么|[它他她]|一起|一块|一边|剪贴板|U盘|网盘|手机|邮箱|云端|上一?[级层]|^(?:父|上级)目录|^(?:今|明|昨|后)(?:[天日年早晚]|个?月)|^[上下这本]+个?(?:周|星期|礼拜|月|季度)|^(?:周|星期|礼拜)[一二三四五六日天]|[0-9一二三四五六七八九十]点半?$|[上下]午$|晚上$|^[去来](?:.{0,2}[好行成吗伐嘛])|^(?:[去来]|一?个?文件|文档|目录|文件夹|别处|桌面|最?[前后上下旁][面边头])$"
)


def _without_nouns(phrase: Phrase) -> tuple[Phrase, bool]:
    """The place without what only says that it is one, and whether that says a folder.

    Raises:
        NotUnderstoodError: nothing is left but "mine", "the big one".
    """
    text = phrase
    trail = _TRAIL.search(text.text)
    is_folder = bool(trail)
    if trail and trail.start():
        text = text.part(0, trail.start())
    if noun := SAYS_FOLDER.search(text.text):
        is_folder = True
        text = text.without(*noun.span()).part(0)
        if _NO_FOLDER.fullmatch(text.text):
            raise missing("in which folder", "把 draft.txt 移到 archive")
    text = text.part(end_of(_LEAD, text.text))
    if text.text.endswith("的") and len(text.text) > 1:
        text = text.part(0, len(text.text) - 1)
    return text, is_folder


def _there(phrase: Phrase, context: Context) -> str | None:
    """The folder that is there and called so, be it 个人, 高中 or 线下: these are no words beside a
    name then."""
    text = phrase.text
    ends = [len(text) - n for n in range(1, 5) if n < len(text) and _TRAIL.fullmatch(text[-n:])]
    said = [phrase, *(phrase.part(0, end) for end in ends)]
    nouns = [(one, SAYS_FOLDER.search(one.text)) for one in said]
    said += [one.without(*noun.span()).part(0) for one, noun in nouns if noun]
    names = [one.original() for one in said if not re.search(SIGN, one.text)]
    found = (context.targets.directory(name, loose=False) for name in names if name)
    return next((folder for folder in found if folder is not None), None)


def place(phrase: Phrase | None, context: Context) -> Place:
    """Where an act puts something.

    Raises:
        NotUnderstoodError: the words name no one place.
    """
    if phrase is None or not phrase.text:
        raise missing("where to put it", "把 draft.txt 移到 archive")
    there = "" if _ROOT.fullmatch(phrase.text) else _there(phrase, context)
    if there is not None:
        return Place(there, is_folder=True)
    text, is_folder = _without_nouns(phrase)
    placed = PLACED.match(text.text)
    above = folder_of(text, placed, context) if placed else None
    name_part = text.part(*placed.span("name")) if placed and above else text
    name = name_part.original()
    if not re.fullmatch(SIGN, name_part.text) and (
        _NO_PLACE.search(name_part.text) or len(name) > 60
    ):
        raise missing("where to put it", "把 draft.txt 移到 archive")
    entity = name_part.entities.get(name_part.text)
    if entity is not None and entity.path is not None:
        return Place(entity.path, is_folder or "." not in posixpath.basename(entity.path))
    if above:
        return Place(posixpath.join(above, name), is_folder or "." not in name)
    is_new = "新" in text.text
    folder = context.targets.directory(name)
    folder = folder or (None if is_new else folder_called(name_part, context.targets))
    if folder is not None:
        return Place(folder, is_folder=True)
    if is_folder and re.fullmatch(SIGN, name_part.text) and context.targets.knows(name):
        raise missing("in which folder", "把 draft.txt 移到 archive")
    if re.fullmatch(f"{re.escape(name)}[中下上内]", phrase.original()):
        name = phrase.original()  # 高中, where nothing is called 高
    return _not_there(name, name_part, context, is_folder=is_folder, is_new=is_new)


def _not_there(
    name: str, said: Phrase, context: Context, *, is_folder: bool, is_new: bool
) -> Place:
    """A place of that name, which is yet to be made.

    Raises:
        ConfirmationError: it is nearly the name of one that is there.
    """
    is_quoted = said.said[0][:1] in "\"'“‘「『《«`"
    if not is_quoted and not is_new:
        context.targets.refuse_slip(name)
    path = context.targets.within_root(name).rstrip("/")
    return Place(path, is_folder or name.endswith("/"), is_quoted)


def in_folder(phrase: Phrase | None, name: str, context: Context) -> str:
    """A new entry's path: in the folder that was said, if any.

    Raises:
        NotUnderstoodError: no folder is called so.
    """
    name = context.targets.within_root(name)
    if phrase is None:
        return name
    if re.fullmatch("(?:根|当前|这个|本)(?:文件夹|目录)|这里|这儿", phrase.text):
        return name
    entity = phrase.entities.get(phrase.text)
    folder = entity.path if entity else None
    folder = folder or entry(phrase, context, careful=False)
    if folder is None or (entity is None and context.targets.directory(folder) is None):
        folder = context.targets.directory(phrase.original())
        folder = folder or folder_called(phrase, context.targets)
    if folder is None or context.targets.is_file(folder):
        raise no_folder(phrase.original())
    return posixpath.join(folder, name)


def renamed(old: str, new: Place) -> str:
    """A new name beside the old one, with its ending where it has none and was not quoted.

    Raises:
        NotUnderstoodError: it is a type of file, which asks for a conversion, or a kind of name.
    """
    name = new.path
    if not new.is_quoted and (is_file_type(name) or re.fullmatch(words("no_text"), name)):
        raise missing("the new name", "把 draft.txt 改名为 chapter1.txt")
    return renaming.renamed(old, name, exactly=new.is_quoted)
