"""The arguments of operations that make, write, move, join, group and remove.

Nothing here acts on a guess: without a literal name or a described set there is no plan.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from .naming import (
    PRONOUN,
    Context,
    is_selection,
    literal,
    missing,
    named,
    one,
    refuse_vague,
    target_of,
)
from .phrase import PATH, QUOTED, Quote, looks_like_file, quotes
from .selection import select
from .targets import strip_nouns

# -- making and writing ----------------------------------------------------------------------------

_CALLED = re.compile(
    r"\b(?:named|called|titled|by the name of|with the name|as)\s+[\"']?([^\s\"',]+)[\"']?", re.I
)
_IN_FOLDER = re.compile(
    r"\b(?:in|inside|within|under|into|to)\s+(?:the\s+|my\s+)?(?:folder\s+|"
    r"directory\s+)?(?:named\s+|called\s+)?([\w./-]+)"
    r"(?:\s+(?:folder|directory))?",
    re.I,
)
_IN_CHINESE = re.compile(r"在\s*([\w./-]+?)\s*(?:文件夹|目录)?\s*(?:里|中|下)面?")
_NEW_FOLDER = re.compile(
    r"\b(?:folder|directory|dir|subfolder|mkdir)\s+"
    r"(?!for\b|in\b|under\b|inside\b|within\b|to\b|of\b)"
    r"([\w./-]+)|(?:文件夹|目录)\s*[:：]?\s*([^\s，。的里中]+)\s*$",
    re.I,
)
_COLON_TEXT = re.compile(r":\s+(\S.*)$", re.S)


def _create(text: str, context: Context) -> BaseOperation:
    body = [quote for quote in quotes(text) if not looks_like_file(quote.text)]
    bare = _without(text, body)
    names = [strip_nouns(name) for _, name in context.targets.mentioned(bare)]
    names = [
        name for name in names if not name.endswith("/") and context.targets.directory(name) is None
    ]
    if not names and (match := _CALLED.search(bare)):
        names = [match[1].strip(".")]
    if re.search(r"\b(?:folder|directory)\b", bare) and not re.search(r"\bfile\b|\.\w", bare):
        return _mkdir(text, context)
    if len(names) != 1:
        raise missing("the name of the new file", "create ideas.md in Documents")
    path = _placed(names[0], bare.replace(names[0], " "), context)
    return plan.Create(path=path, text=body[0].text if body else "")


def _mkdir(text: str, context: Context) -> BaseOperation:
    quoted = quotes(text)
    match = _CALLED.search(text) or _NEW_FOLDER.search(text)
    if quoted:
        name: str | None = quoted[0].text
    elif match:
        name = next(group for group in match.groups() if group)
    else:
        paths = [m[0] for m in PATH.finditer(text)]
        name = paths[0] if len(paths) == 1 else None
    if not name or PRONOUN.match(name):
        raise missing("the name of the new folder", "make a folder called travel")
    name = name.strip().rstrip("/.")
    return plan.Mkdir(path=_placed(name, text.replace(name, " "), context))


def _placed(name: str, rest: str, context: Context) -> str:
    """`name` within the folder that `rest` mentions; a name with a slash stands as it is."""
    if "/" in name.strip("/"):
        return name
    for pattern in (_IN_CHINESE, _IN_FOLDER):
        for match in pattern.finditer(rest):
            folder = context.targets.directory(match[1])
            if folder:
                return posixpath.join(folder, name.strip("/"))
    return name


def _text_and_file(text: str, intent: str, context: Context, example: str) -> tuple[str, str]:
    """The quoted text and the one file it goes to."""
    found = quotes(text)
    body = [quote for quote in found if not looks_like_file(quote.text)] or found[:1]
    if len(body) == 1:
        return body[0].text, _destination_file(_without(text, body), intent, context, example)
    colon = _COLON_TEXT.search(text)
    if not body and colon:
        return colon[1].strip(), _destination_file(text[: colon.start()], intent, context, example)
    raise missing("which text (put it in quotes)", example)


def _destination_file(text: str, intent: str, context: Context, example: str) -> str:
    """A file that is there, or, when the name looks like a file, one to be made."""
    files = context.targets.mentioned(text)
    if len(files) == 1:
        return context.targets.known_or_new(strip_nouns(files[0][1]))
    return one(text, intent, context, example, careful=True)


def _write(text: str, context: Context) -> BaseOperation:
    if _AT_END.search(QUOTED.sub(" ", text)):
        return _append(text, context)
    body, path = _text_and_file(text, "write", context, "write 'this is AIOS' into aios.txt")
    return plan.Write(path=path, text=body)


def _append(text: str, context: Context) -> BaseOperation:
    if not quotes(text) and len(context.targets.mentioned(text)) == 2:
        return _join(text, context)
    body, path = _text_and_file(text, "append", context, "append 'call the dentist' to todo.txt")
    return plan.Append(path=path, text=body, as_line=True)


_AT_END = re.compile(r"\bat the (?:end|bottom|foot)\b|\bappend|\bbelow\b|末尾|追加", re.I)


_EVERY = re.compile(
    r"\b(?:every|each|all)\s*(?:the\s+)?(?:occurrences? of\s*|words?\s*)?(?=,)", re.I
)


def _replace(text: str, context: Context) -> BaseOperation:
    example = "replace 'colour' with 'color' in plan.md"
    found = [quote for quote in quotes(text) if quote.text]
    if len(found) < 2:
        if re.search(r"\bcontents?\b", text, re.I):
            return _put_over(text, context) if not found else _write(text, context)
        raise missing("which text to replace by which (put both in quotes)", example)
    old, new = found[0].text, found[1].text
    if re.search(r"\binstead of\b|\bin place of\b", text[found[0].end : found[1].start], re.I):
        old, new = new, old
    rest = _EVERY.sub(" ", _without(text, found[:2]))
    if is_selection(rest):
        return plan.Replace(
            target=target_of(rest, "replace", context, example, careful=True), old=old, new=new
        )
    names = named(rest, "replace", context, careful=True)
    if len(names) != 1:
        raise missing("in which file", example)
    return plan.Replace(target=literal(names), old=old, new=new)


def _put_over(text: str, context: Context) -> BaseOperation:
    """ "change the content of NEW to OLD in DIR", "modify OLD to contain NEW": the paper's."""
    example = "change the content of new.txt to old.txt"
    if contain := re.search(
        r"^(.*?)\s+(?:to\s+)?(?:contain|hold|with|by)s?\s+(?:the (?:contents?|text) of\s+)?(.+)$",
        text,
        re.I,
    ):
        target, source = contain[1], contain[2]
    elif to := re.search(r"^.*?\bcontents? of\s+(.+?)\s+to\s+(?:that of\s+)?(.+)$", text, re.I):
        source, target = to[1], to[2]
    else:
        raise missing("what to put over what", example)
    new, old = (_entry(part, context) for part in (source, target))
    if new is None or old is None:
        raise missing("what to put over what", example)
    return plan.Copy(target=literal([new]), to=old, overwrite=True)


_UNDER = re.compile(r"\s+(?:under|in|inside|of|from)\s+(?:the\s+)?(?:folder\s+)?")
_FILLING = re.compile(
    r"^(?:change|modify|update|overwrite|replace|make|the contents? of|the|content of|file)\s+",
    re.I,
)


def _entry(text: str, context: Context) -> str | None:
    under = _UNDER.sub(" in ", text.strip(" ."))
    under = _FILLING.sub("", under)
    if within := context.targets.file(strip_nouns(under), careful=True):
        return within
    found = named(text, "put_over", context, careful=True)
    return found[0] if len(found) == 1 else None


# -- moving, copying, removing ---------------------------------------------------------------------

_TO = re.compile(
    r"\s+(?:to|into|in|inside|under|onto|as|->|→|called|named|over to|instead)\s+|\s*(?:移动到|"
    r"移到|放到|复制到|拷贝到|重命名为|改名为|到|为)\s*",
    re.I,
)
_DESTINATION = re.compile(
    r"^(?:(?:the|my|our|a)\s+)?(?:(folder|directory)\s+)?(?:(?:named|"
    r"called)\s+)?[\"']?(.+?)[\"']?(?:\s+(folder|directory))?$",
    re.I,
)


def _split_destination(text: str, context: Context) -> tuple[str, str, bool] | None:
    """(what, destination, whether it is a folder), split at the last preposition that gives one."""
    masked = QUOTED.sub(lambda m: "\x00" * len(m[0]), text)
    for match in reversed(list(_TO.finditer(masked))):
        place = _DESTINATION.match(text[match.end() :].strip(" ."))
        if place is None or (len(place[2].split()) > 4 and not QUOTED.match(text[match.end() :])):
            continue
        name = place[2].strip()
        if PRONOUN.match(name) or not name:
            return None
        folder = context.targets.directory(name)
        is_folder = bool(place[1] or place[3] or folder is not None or name.endswith("/"))
        if (
            is_folder
            or "." in name
            or "/" in name
            or match[0].strip().casefold() not in {"in", "under", "inside"}
        ):
            return (
                text[: match.start()],
                folder if folder is not None else name.strip("/"),
                is_folder,
            )
    return None


def _relocated(text: str, intent: str, context: Context) -> tuple[Selector, str, bool]:
    """Target, destination and whether it goes into a folder."""
    example = f"{intent} draft.txt to archive/"
    split = _split_destination(text, context)
    if split is None:
        raise missing(f"where to {intent} it to", example)
    with_name = _with_new_name(text, split, context)
    what, to, is_folder = with_name or split
    if with_name is None and intent != "rename":
        is_folder = is_folder or _is_put_into(text[len(what) :], to)
    target = target_of(re.sub(r"^把|^将", "", what), intent, context, example, careful=False)
    many = not target.is_literal() or len(target.paths) > 1
    if not many and not is_folder:
        to = _renamed(target.paths[0], to)
    return target, to, many or is_folder


_INTO = re.compile(r"\s+(?:into|inside|in|under)\b", re.I)
_AS = re.compile(r"\s+(?:as|called|named)\b", re.I)


def _is_put_into(rest: str, to: str) -> bool:
    """ "into Archive/bread": a folder, also one that is yet to be made."""
    return bool(_INTO.match(rest)) and "." not in posixpath.basename(to)


def _with_new_name(
    text: str, split: tuple[str, str, bool], context: Context
) -> tuple[str, str, bool] | None:
    """Place and name where the request says both: "X to Writing as bike2.md", "X as p2 into Y"."""
    what, to, is_folder = split
    inner = _split_destination(what, context)
    if inner is None:
        return None
    before, said, _ = inner
    if is_folder and what[len(before) :].lstrip().casefold().startswith("as "):
        return before, posixpath.join(to, said), False
    if not is_folder and _AS.match(text[len(what) :]) and "." not in posixpath.basename(said):
        return before, posixpath.join(said, to), False
    return None


def _renamed(old: str, new: str) -> str:
    """A new name beside the old one, with its extension when it has none."""
    if "." not in posixpath.basename(new) and "." in posixpath.basename(old):
        new += posixpath.splitext(old)[1]
    return new if "/" in new else posixpath.join(posixpath.dirname(old), new)


def _move(text: str, context: Context) -> BaseOperation:
    target, to, into = _relocated(text, "move", context)
    return plan.Move(target=target, to=to, into=into)


def _rename(text: str, context: Context) -> BaseOperation:
    paths = [name for _, name in context.targets.mentioned(text)]
    if len(paths) == 2:
        old = context.targets.existing(paths[0], careful=False)
        return plan.Move(target=literal([old]), to=_renamed(old, paths[1]))
    target, to, into = _relocated(text, "rename", context)
    if not target.is_literal() or len(target.paths) != 1 or (into and not to.endswith("/")):
        raise missing("the new name", "rename draft.txt to chapter1.txt")
    return plan.Move(target=target, to=to, into=into)


def _copy(text: str, context: Context) -> BaseOperation:
    target, to, into = _relocated(text, "copy", context)
    return plan.Copy(target=target, to=to, into=into)


def _remove(text: str, context: Context) -> BaseOperation:
    if re.search(r"\bfrom\b", text) and (inside := _content_of_file(text, context)):
        raise NotUnderstoodError(
            f"I can remove whole files, not parts of {inside}",
            hint=f"replace 'text' with '' in {inside}",
        )
    body = [quote for quote in quotes(text) if not looks_like_file(quote.text)]
    if body and context.targets.mentioned(text) and not is_selection(text):
        return _cut_out(text, body, context)
    text = re.sub(r",\s*(?:please\s+)?(?:delete|remove|trash) (?:it|them)$", "", text, flags=re.I)
    return plan.Remove(target=target_of(text, "remove", context, "delete draft.txt", careful=True))


def _cut_out(text: str, body: Sequence[Quote], context: Context) -> BaseOperation:
    """ "delete 'foo' from plan.md": the words go, the file stays."""
    example = "delete 'foo' from plan.md"
    if len(body) != 1 or not body[0].text:
        raise missing("which words to delete from the file", example)
    path = one(_without(text, body), "remove", context, example, careful=True)
    return plan.Replace(target=literal([path]), old=body[0].text, new="")


def _content_of_file(text: str, context: Context) -> str | None:
    match = re.search(
        r"\b(?:content|text|lines?|words?|paragraphs?|sections?)\b.*\bfrom\s+(.+)$", text, re.I
    )
    if match is None or context.targets.directory(match[1]) is not None:
        return None
    return context.targets.file(match[1])


# -- joining and grouping --------------------------------------------------------------------------


def _join(text: str, context: Context) -> BaseOperation:
    example = "merge todo.txt and plan.md into all.md"
    if onto := re.search(
        r"\b(?:join|append|attach|add)\s+(?:the\s+)?(?:contents? of\s+)?(?:file\s+)?(\S+ of "
        r"\S+|\S+)\s+(?:to|onto)\s+(\S+ of \S+|\S+)$",
        text,
        re.I,
    ):
        second, first = (
            one(part, "join", context, example) for part in (onto[1], onto[2].rstrip("."))
        )
        return plan.Join(target=literal([first, second]), to=first)
    split = _split_destination(text, context)
    if split is None or split[2]:
        raise missing("into which file", example)
    sources = named(split[0], "join", context, careful=False)
    if sources and len(sources) < 2:
        raise missing("which files to join", example)
    target = (
        literal(sources)
        if sources
        else target_of(split[0], "join", context, example, careful=False)
    )
    return plan.Join(target=target, to=split[1])


_GROUP_NAME = re.compile(
    r"\b(?:(?:in)?to\s+|as\s+)?(?:a\s+)?(?:new\s+)?(?:group|collection)\s+(?:named|"
    r"called)\s+[\"']?([\w-]+)[\"']?|"
    r"\b(?:named|called|as|under the name(?: of)?|into)\s+(?:the "
    r"group\s+)?[\"']?([\w-]+)[\"']?\s*$|\bgroup\s+([\w-]+)\s+(?=of|from|out|with)",
    re.I,
)


def _group(text: str, context: Context) -> BaseOperation:
    match = _GROUP_NAME.search(text)
    if match is None:
        raise missing("the name of the group", "group everything about taxes as taxes")
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
    rest = re.sub(
        r"^(?:make|create|form|build|group|collect|gather|bundle|cluster|put|tag)\b\s*",
        "",
        rest,
        flags=re.I,
    )
    rest = re.sub(r"^(?:out\s+of|of|from|with)\s+", "", rest.strip(), flags=re.I)
    names = (
        []
        if is_selection(rest)
        else [
            context.targets.existing(n, careful=False) for _, n in context.targets.mentioned(rest)
        ]
    )
    if names:
        return plan.MakeGroup(name=next(g for g in match.groups() if g), target=literal(names))
    folder = context.targets.directory(rest, loose=False)
    if folder:
        target = Selector(filters=Filters(under=folder))
        return plan.MakeGroup(name=next(g for g in match.groups() if g), target=target)
    found = select(rest, context.targets, context.now)
    refuse_vague(found, "group everything about taxes as taxes")
    if found.is_empty():
        raise missing("what belongs to the group", "group everything about taxes as taxes")
    return plan.MakeGroup(name=next(g for g in match.groups() if g), target=found.selector())


def _drop_group(text: str, context: Context) -> BaseOperation:
    match = re.search(
        r"\b(?:group\s+(?:named\s+|called\s+)?|"
        r"ungroup\s+)[\"']?([\w-]+)",
        text,
        re.I,
    )
    if match is None:
        raise missing("which group", "forget the group taxes")
    return plan.DropGroup(name=match[1])


def _without(text: str, spans: Sequence[Quote]) -> str:
    for span in reversed(spans):
        text = f"{text[: span.start]} , {text[span.end :]}"
    return text


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "create": _create, "mkdir": _mkdir, "write": _write, "append": _append, "replace": _replace,
    "put_over": _put_over, "move": _move, "rename": _rename, "copy": _copy, "remove": _remove,
    "join": _join, "group": _group, "drop_group": _drop_group,
}  # fmt: skip
