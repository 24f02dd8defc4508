"""What an act in Chinese words is done to, and where it goes. Pure but for asking `Names`.

Nothing here guesses: a word that is no name, filter or marked topic is not understood.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from lsfs.errors import NotUnderstoodError
from lsfs.paths import for_terminal
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.context import Context, literal
from ..names.places import no_folder
from ..request.quoting import looks_like_file
from ..request.refusals import missing
from .filters import Reading
from .naming import folder_called, translated
from .selection import chinese_selection
from .text import FOLDER, INSIDE, NAME, SIGN, Phrase, table, words

Builder = Callable[[re.Match[str], Phrase, Context], BaseOperation | None]
Frames = Sequence[tuple[Sequence[re.Pattern[str]], Builder]]
"""Patterns of a whole step, and what is built of a match; the first that builds something counts."""
JOINED = "(?:,|;|、|和|与|跟|以及|及|还有|外加)+"
ADVERBS = "(?:都|全部|全|统统|通通|一律|一起|一并|一块儿?|也|再|给我?|彻底|永久|直接|重新|先|帮我|请|马上|立刻|连同?里[面头]?的(?:所有|全部)?(?:东西|文件|内容)|连同?内容|整个|,)*"
ENTITIES = rf"(?:{SIGN}(?:{FOLDER}?{INSIDE}的?|的(?={SIGN}))?(?:这个|那个)?(?:文件|{FOLDER})?(?:{JOINED})?)+(?:这[两三四几]?[个些份]?(?:文件|{FOLDER})?)?"

NO_NAME = re.compile("[把将,;:的]|然后|什么|这个|那个|^(?:新|空|一个|几个|两个|三个)$")
"""In what is no name of something new."""


def frames(verb: str, tail: str = "") -> tuple[re.Pattern[str], ...]:
    """A verb with its object `obj` before it ("把 X ...", "X 都 ...") or after it, and its tail."""
    return (
        re.compile(rf"^(?:把|将|给)(?P<obj>[^把将]+?){ADVERBS}(?:{verb}){tail}$"),
        re.compile(
            rf"^(?:{verb})(?:一下|一?份|掉|住|下(?!载|面|午|周|个))?(?![的过])(?P<obj>.+?){tail}$"
        ),
        re.compile(rf"^(?P<obj>{ENTITIES}){ADVERBS}(?:{verb}){tail}$"),
        re.compile(
            rf"^(?P<obj>.+?)(?:都|全部|全都|(?<!安|完|健)全|统统|通通|一律|一并)(?:给我?|帮我)?(?:{verb}){tail}$"
        ),
    )


def target(
    phrase: Phrase | None, context: Context, *, careful: bool = False, by_topic: bool = False
) -> Selector:
    """Named entries, else a selection by what they are; `by_topic`: also by a topic unmarked.

    Raises:
        NotUnderstoodError: a part of the words is neither.
        ConfirmationError: a name could be several things.
    """
    if phrase is None or not phrase.text:
        raise missing("which files you mean", "删除 draft.txt")
    if found := _found_before(phrase):
        return found
    source = _SOURCE.match(phrase.text)
    if source is not None:
        return _from(phrase, source, context)
    names = entries(phrase, context, careful=careful)
    return literal(names) if names else _selected(phrase, context, by_topic=by_topic)


_SOURCE = re.compile(rf"^(?P<what>[^从]+?)从(?P<place>{SIGN}|根目录){FOLDER}?{INSIDE}?$")


def _in_folder(name: str, folder: str, context: Context) -> str:
    if posixpath.dirname(name) == folder and context.targets.is_file(name):
        return name
    path = context.targets.in_folder(name, folder, careful=True) if folder else None
    if path is None:
        raise missing("which files there you mean", "把 draft.txt 从 old 移到 archive")
    return path


def _from(phrase: Phrase, source: re.Match[str], context: Context) -> Selector:
    """What is named or described, of the folder that it is taken from: "a.txt 从 old"."""
    said, place = phrase.group(source, "what"), phrase.group(source, "place")
    is_root = place is not None and place.text == "根目录"
    folder = "" if is_root or place is None else context.targets.directory(place.original())
    if said is None or folder is None:
        raise no_folder(place.original() if place else phrase.original())
    if re.fullmatch(f"(?:{NAME}(?:{JOINED})?)+", said.text):
        inside = [_in_folder(name.path or name.text, folder, context) for name in said.names()]
        return literal(inside)
    chosen = _selected(said, context)
    if is_root or chosen.filters.under:
        raise missing("from which folder", "把 old 里的照片移到 archive")
    return chosen.model_copy(
        update={"filters": chosen.filters.model_copy(update={"under": folder})}
    )


def one(phrase: Phrase | None, context: Context, *, careful: bool = False) -> str:
    """The one entry that is named.

    Raises:
        NotUnderstoodError: there is none, or several.
    """
    names = entries(phrase, context, careful=careful) if phrase else []
    if len(names) != 1:
        raise missing("which file you mean", "打开 todo.txt")
    return names[0]


def entries(phrase: Phrase, context: Context, *, careful: bool) -> list[str]:
    """The entries of a list of names, none where it is no such list.

    Raises:
        NotUnderstoodError: some of the list are names and some are not.
    """
    pieces: list[Phrase] = []
    start = 0
    for match in re.finditer(f"{JOINED}|(?<={SIGN})(?={SIGN})", phrase.text):
        pieces.append(phrase.part(start, match.start()))
        start = match.end()
    pieces = [piece for piece in (*pieces, phrase.part(start)) if piece.text]
    found = [entry(piece, context, careful=careful) for piece in pieces]
    names = [name for name in found if name is not None]
    if names and len(names) < len(found):
        if alone := entry(phrase, context, careful=careful):
            return [alone]
        if any(_BARE.fullmatch(piece.text) for piece in pieces):
            unknown = next(p for p, name in zip(pieces, found, strict=True) if name is None)
            shown = for_terminal(unknown.original())
            raise NotUnderstoodError(
                f"nothing here is called {shown!r}", hint="name each file by its path"
            )
        return []
    return list(dict.fromkeys(names))


def called(phrase: Phrase, context: Context) -> list[str]:
    """The entries that are named, for what only reads: also "会议纪要 meeting.md"."""
    apposed = re.fullmatch(f"[^\ue000-\uefff的关和与跟,;]{{1,8}}({NAME})", phrase.text)
    start = apposed.start(1) if apposed and len(phrase.names()) == 1 else 0
    return entries(phrase.part(start), context, careful=False)


_BARE = re.compile(NAME)
_BEFORE = re.compile(
    "^(?:把|将|(?:这些|以下|下列|这[两三几]个)?文件:|文件名?|文档|这个|那个|我的|名为|叫做?|那份|这份|那篇|整个)+(?=.)"
)
_AFTER = re.compile(
    r"(?:的?(?:这|那)?[一两三四几]?[个份篇些]?(?:文件(?!夹)|文档|笔记)|这[个些份]|那[个些份]|它们?|的)$"
)
SAYS_FOLDER = re.compile(rf"^{FOLDER}(?=.)|(?<=.)(?:这个|那个|的)?新?{FOLDER}$")
PLACED = re.compile(
    rf"^(?:在)?(?P<folder>{SIGN}|[^\ue000-\uefff的]+?)(?:{FOLDER}?{INSIDE}(?:面)?的?(?:文件|那个|{FOLDER})?|(?<={SIGN})的(?={SIGN}))(?P<name>{SIGN}|[^\ue000-\uefff的]+)$"
)


def entry(phrase: Phrase, context: Context, *, careful: bool) -> str | None:
    """The one entry a phrase names, None where it names none."""
    text = phrase.part(end_of(_BEFORE, phrase.text))
    if match := _AFTER.search(text.text):
        text = text.part(0, match.start()) if match.start() else text
    says_folder = SAYS_FOLDER.search(text.text)
    if says_folder:
        text = text.without(*says_folder.span()).part(0)
    if re.fullmatch(SIGN, text.text):
        known = text.entities[text.text]
        if known.path is not None or known.found is not None:
            return known.path
        if re.match(NAME, text.text) or looks_like_file(known.text):
            return context.targets.existing(
                known.text + ("/" if says_folder else ""), careful=careful
            )
        return None
    placed = PLACED.match(text.text)
    if placed and (folder := folder_of(text, placed, context)):
        return _entry_in(folder, text.part(*placed.span("name")), context, careful=careful)
    name = text.original()
    if says_folder and text.text:
        return context.targets.directory(name, loose=False) or folder_called(text, context.targets)
    if _is_known(name, context):
        return context.targets.existing(name, careful=careful)
    return translated(text, context.targets)


def _entry_in(folder: str, said: Phrase, context: Context, *, careful: bool) -> str | None:
    name = said.original()
    if re.match(NAME, said.text):
        known = said.entities[said.text].path
        if known and known.startswith(f"{folder}/"):
            return known
        inside = context.targets.in_folder(name, folder, careful=careful)
        return inside or f"{folder}/{name}"
    if context.targets.knows(f"{folder}/{name}"):
        return f"{folder}/{name}"
    return translated(said, context.targets, folder)


def folder_of(text: Phrase, match: re.Match[str], context: Context) -> str | None:
    entity = text.entities.get(match["folder"])
    if entity is not None and entity.path is not None:
        return None if context.targets.is_file(entity.path) else entity.path
    said = text.part(*match.span("folder"))
    folder = context.targets.directory(said.original(), loose=False)
    if folder is None and re.match(FOLDER, text.text[match.end("folder") :]):
        folder = folder_called(said, context.targets)
    return folder


def _is_known(name: str, context: Context) -> bool:
    """Whether an entry is called so; "照片" are files of a kind, and never 照片.jpg alone."""
    is_kind = re.fullmatch("|".join(table("types").values()), name, re.I)
    if is_kind and context.targets.directory(name, loose=False) is None:
        return False
    return 0 < len(name) <= 60 and context.targets.knows(name)


def end_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _found_before(phrase: Phrase) -> Selector | None:
    entity = phrase.entities.get(phrase.text)
    return entity.found if entity else None


_VAGUE = re.compile(
    "^[大小]的?(?:文件|档案|东西)$|但|不过|保留|留着|除了|以外|之外|旧|老|没用|无用|不需要|不用|垃圾|重复|多余|临时|乱七八糟|没必要|不重要|看起来|好像|可能|某些|一些|随便|合适|什么|其他|其它|别的|剩下|刚才|这个|那个|这些|那些|它|上面|不|没|空|行$|段$|注释|字$|标点"
)


def _is_of_some(reading: Reading) -> bool:
    """Whether only some are meant, or those that something unknown was done to."""
    found, rest = reading.found, reading.phrase.text
    is_of_kind = found.filters.keys() <= {"types", "extensions"} and not found.containing
    is_one = bool(reading.some) and found.limit is None
    points = bool(_THOSE.search(reading.some or rest))
    if (_SOME.search(rest) or is_one) and not (points and not is_of_kind):
        return True
    is_told = found.filters.keys() & {"after", "before", "author"}
    return (is_of_kind and points) or (bool(reading.made) and not is_told)


_SORTS = (
    "(?:发票|合同|收据|账单|单据|票据?|简历|菜谱|食谱|讲义|教案|报价单?|草稿|书|表格?|报表|日记|照片|截图|作业|试卷|说明书|手册|证书|"
    "课件|剧本|小说|信|函|清单|计划书?|总结|纪要|海报|图纸|模板)"
)
"""What files are, and not what is in them: "删除所有密码" says no files."""
_SOME = re.compile(
    "一些|有些|几|某|之类|左右|上次|上回|相关|差不多|大概|大约|可能|好像|应该|类似|近期|刚"
)
_THOSE = re.compile("[那这]|以前|之前|原来|从前|其中|里面?的")


def _selected(phrase: Phrase, context: Context, *, by_topic: bool = False) -> Selector:
    """What is described, with nothing left over; a bare topic only where all of it is meant."""
    reading = chinese_selection(phrase, context)
    found, left = reading.found, reading.left
    if _is_of_some(reading):
        raise missing("which of them you mean", "把去年的照片移到 archive")
    if left and not found.query and len(left) == 1 and (reading.is_all or by_topic):
        found.query, left = left[0], []
        if _VAGUE.search(found.query) or re.search(SIGN, found.query):
            left = [found.query]
        elif not (by_topic or re.search(f"{words('generic')}|{_SORTS}$", phrase.text)):
            raise missing(f"which files {found.query!r} are", f"删除所有关于{found.query}的文件")
    if left:
        raise NotUnderstoodError(
            f"I did not understand {for_terminal(left[0])!r} there",
            hint="name the files, or say which ones by type, time, folder or 关于…的文件",
        )
    if found.sort != "relevance" and found.limit is None:
        raise missing("how many files you mean", "删除最旧的五张照片")
    is_lone = "under" in found.filters and re.fullmatch(words("lone"), found.query or "")
    is_meant = found.is_marked or reading.is_all or by_topic or is_lone
    if found.is_empty() or (found.query and not is_meant):
        raise missing("which files you mean", "删除 draft.txt")
    return found.selector()
