"""The arguments of operations that move, copy, remove and join.

Nothing here acts on a guess: without a literal name or a described set there is no plan.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.context import Context, literal
from ..names.places import no_folder
from ..names.renaming import renamed
from ..request.quoting import QUOTED, Quote, looks_like_file, quotes
from ..request.refusals import missing, quote_it
from .described import is_selection
from .imperative import words_of
from .mood import IF_EMPTY
from .naming import PRONOUN, one, target_of

_TO = re.compile(
    r"\s+(?:to|into|in|inside|under|onto|as|->|→|called|named|over to|instead)\s+",
    re.I,
)
_DESTINATION = re.compile(
    r"^(?:(?:the|my|our|a)\s+)?(?:(?:new|fresh)\s+(?=folder|directory))?(?:(folder|directory)\s+)?(?:(?:named|"
    r"called)\s+)?[\"']?(.+?)[\"']?(?:\s+(folder|directory))?$",
    re.I,
)


def split_destination(text: str, context: Context) -> tuple[str, str, bool] | None:
    """(what, destination, whether it is a folder), split at the last preposition that gives one."""
    masked = QUOTED.sub(lambda m: "\x00" * len(m[0]), text)
    for match in reversed(list(_TO.finditer(masked))):
        rest = text[match.end() :].strip()
        place = _DESTINATION.match(
            rest if rest.startswith(".") and not rest.strip(".") else rest.rstrip(" .")
        )
        if match[0].strip().casefold() in {"called", "named"} and _SAYS_FOLDER.search(
            text[: match.start()]
        ):
            continue
        if place is None or (len(place[2].split()) > 4 and not QUOTED.match(text[match.end() :])):
            continue
        name = place[2].strip()
        if PRONOUN.match(name) or not name:
            return None
        if _ROOT.match(name) and context.targets.directory(name) is None:
            return _without_adverb(text[: match.start()]), "", True
        folder = context.targets.directory(name)
        is_folder = bool(place[1] or place[3] or folder is not None or name.endswith("/"))
        if (
            is_folder
            or "." in name
            or "/" in name
            or match[0].strip().casefold() not in {"in", "under", "inside"}
        ):
            if _LEADS_ON.search(masked[: match.start()].replace(" to be", "")) and match[
                0
            ].strip().casefold() in {"to", "into", "onto"}:
                raise quote_it(text[match.end() :])
            name = name if folder is not None else context.targets.within_root(name)
            _refuse_more_than_a_quote(rest)
            if folder is None and not QUOTED.match(rest):
                _refuse_no_place(rest, name, says_folder=bool(place[1] or place[3]))
                _refuse_more_than_a_folder(name, context)
                _refuse_more_than_a_path(name)
                if not re.search(r"\bnew\b", rest, re.I):
                    context.targets.refuse_slip(name)
            to = folder if folder is not None else name
            return _without_adverb(text[: match.start()]), to, is_folder
    return None


_LISTS = re.compile(r"\s(?:and|or|plus)\s|[,&]", re.I)
_WAY = r"\s+(?:up|back|over|out|down|away|off|across|straight)"
_ADVERB = re.compile(rf"{_WAY}$", re.I)


_DETERMINED = re.compile(r"(?:the|my|our|your|his|her|their|an?|this|that)\s")
_OWN = re.compile(r"(?:(?:its|their|his|her)|(?:my|our|an?)\s+own)\s", re.I)
_KNOWN = re.compile(r"(?:the|my|our|your)\s+(?!(?:new|fresh)\b)(?!(?:folder|directory)\s)", re.I)
"""Such a folder is spoken of as one that is there: "the travel folder"."""
_NO_PLACE = re.compile(r"(?:new\s+|parent\s+)?(?:folder|directory|place|location|parent)$", re.I)


def _refuse_no_place(said: str, name: str, *, says_folder: bool) -> None:
    """Refuse a destination that is not there and does not read as a name ("my phone").

    Raises:
        NotUnderstoodError: it does not.
    """
    if _LISTS.search(name):
        raise quote_it(name)
    refuse_no_name(name)
    if says_folder and _KNOWN.match(said):
        raise no_folder(name)
    if _OWN.match(said):
        raise missing("which folder that is", "move draft.txt to archive/")
    is_common = _DETERMINED.match(said) and not says_folder and not set("./") & set(name)
    if is_common or _NO_PLACE.match(name):
        raise missing("which folder that is", "move draft.txt to archive/")


def _refuse_more_than_a_path(name: str) -> None:
    """Refuse "form Papers/all.txt", "old/plan.md thank you", "b.txt quickly" as a new file's name.

    Raises:
        NotUnderstoodError: one of its words is a whole path, or a file's name and not the last.
    """
    first, *others = name.split() or [""]
    ended = _ENDED if others and "." in others[-1] else _ENDED_OR_NAMED
    ends_early = any(ended.search(word) for word in (first, *others)[:-1])
    if others and (ends_early or (first.isalpha() and any("/" in word for word in others))):
        raise quote_it(name)


_ENDED = re.compile(r"/.*\w\.[a-z0-9]{1,5}$", re.I)
_ENDED_OR_NAMED = re.compile(r"\w\.(?=\w*[a-z])[a-z0-9]{1,5}$", re.I)


def _refuse_more_than_a_quote(rest: str) -> None:
    """Refuse what follows a place in quotes: "'old/', like a good lad" is no name.

    Raises:
        NotUnderstoodError: more than that it is a folder.
    """
    quote = QUOTED.match(rest)
    if quote and not _AFTER_QUOTE.fullmatch(rest[quote.end() :]):
        raise quote_it(rest)


_AFTER_QUOTE = re.compile(r"(?:\s+(?:folder|directory))?[\s.]*", re.I)


def _refuse_more_than_a_folder(name: str, context: Context) -> None:
    """Refuse "archive quickly" as a new name where there is an "archive".

    Raises:
        NotUnderstoodError: the first words are a folder's name.
    """
    words = name.split()
    for count in range(1, len(words)):
        is_numbered = all(word.isdigit() for word in words[count:])  # "Reading 2026"
        if not is_numbered and context.targets.directory(" ".join(words[:count]), loose=False):
            raise quote_it(name)


def refuse_no_name(name: str) -> None:
    """Refuse what describes a name and is none, and unquoted words that cannot all belong to one.

    Raises:
        NotUnderstoodError: "something better", "pdf"; "archive on monday", "archive. No".
    """
    words = name.casefold().split()
    has_ending = "." in words[-1].rstrip(".") if words else True
    is_name = len(words) == 1 and name[:1].isupper()  # "Other"
    is_described = words[:1] and words[0] in words_of("descriptions") and not is_name
    if not has_ending and (is_described or words[-1] == "case"):
        raise missing("which name that is", "rename draft.txt to 'chapter 1.txt'")
    if len(words) == 1 and words[0].lstrip(".") in words_of("conversions"):
        raise NotUnderstoodError(
            f"lsfs does not turn files into other types ({name})",
            hint="where that is a name, put it in quotes",
        )
    if len(words) > 1 and any(word.strip(".,!") in words_of("joints") for word in words):
        raise quote_it(name)


def _without_adverb(what: str) -> str:
    return _ADVERB.sub("", what)


_ROOT = re.compile(r"^(?:root|top(?:[- ]level)?|main)(?:\s+(?:folder|directory))?$", re.I)
_SAYS_FOLDER = re.compile(r"\b(?:folder|directory)$", re.I)
_LEADS_ON = re.compile(r"\s(?:to|onto)\s", re.I)


def relocated(text: str, intent: str, context: Context) -> tuple[Selector, str, bool]:
    """Target, destination and whether it goes into a folder."""
    example = f"{intent} draft.txt to archive/"
    if parent := _PARENT.search(text):
        target = target_of(text[: parent.start()], intent, context, example, careful=False)
        return target, _folder_above(target, example), True
    split = split_destination(text, context)
    if split is None:
        raise missing(f"where to {intent} it to", example)
    with_name = _with_new_name(text, split, context)
    what, to, is_folder = with_name or split
    if with_name is None and intent != "rename":
        is_folder = is_folder or _is_put_into(text[len(what) :], to)
        is_folder = is_folder or (intent == "move" and _is_new_folder(text[len(what) :], to))
    target = target_of(what, intent, context, example, careful=False)
    many = not target.is_literal() or len(target.paths) > 1
    if intent == "copy" and not with_name and not many and not _is_variant(target.paths[0], to):
        is_folder = is_folder or _is_new_folder(text[len(what) :], to)
    if not many and not is_folder:
        to = renamed(target.paths[0], to, exactly=_is_quoted(text[len(what) :]))
    return target, to, many or is_folder


_PARENT = re.compile(
    r"\s+(?:in)?to\s+(?:the|its|their)\s+(?:parent|upper)(?:\s+(?:folder|directory))?$|"
    r"\s+(?:in)?to\s+the\s+(?:folder|directory)\s+above$", re.I,
)  # fmt: skip


def _folder_above(target: Selector, example: str) -> str:
    """The folder above the one in which all of the target are."""
    folders = {posixpath.dirname(path) for path in target.paths}
    if len(folders) != 1 or "" in folders:
        raise missing("which folder is above that", example)
    return posixpath.dirname(folders.pop())


def _is_quoted(place: str) -> bool:
    return place.rstrip(" .")[-1:] in _CLOSING


_CLOSING = frozenset("\"'”’»」`")


def _is_variant(path: str, to: str) -> bool:
    """ "copy plan.md to plan-2": a name made of the old one."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return stem.casefold() in posixpath.basename(to).casefold()


def _is_new_folder(place: str, to: str) -> bool:
    """ "move soup.txt to Some Place": a bare name without an ending is a folder yet to be made."""
    return "." not in posixpath.basename(to) and bool(_TOWARDS.match(place))


_TOWARDS = re.compile(rf"(?:{_WAY})?\s+(?:to|onto)\b", re.I)
_INTO = re.compile(rf"(?:{_WAY})?\s+(?:into|inside|in|under)\b", re.I)
_AS = re.compile(r"\s+(?:as|called|named)\b", re.I)


def _is_put_into(rest: str, to: str) -> bool:
    """ "into Archive/bread": a folder, also one that is yet to be made."""
    return bool(_INTO.match(rest)) and "." not in posixpath.basename(to)


def _with_new_name(
    text: str, split: tuple[str, str, bool], context: Context
) -> tuple[str, str, bool] | None:
    """Place and name where the request says both: "X to Writing as bike2.md", "X as p2 into Y"."""
    what, to, is_folder = split
    inner = split_destination(what, context)
    if inner is None:
        return None
    before, said, _ = inner
    how = what[len(before) :].lstrip().casefold()
    if is_folder and (how.startswith("as ") or (how.startswith("to ") and looks_like_file(said))):
        return before, posixpath.join(to, said), False
    if not is_folder and _AS.match(text[len(what) :]) and "." not in posixpath.basename(said):
        return before, posixpath.join(said, to), False
    return None


_HANDING = re.compile(r"(?:send|forward|mail|give|hand|bring|get|pass)\b", re.I)


def move(text: str, context: Context) -> BaseOperation:
    target, to, into = relocated(text, "move", context)
    if _HANDING.match(text) and to and context.targets.directory(to) is None:
        raise missing("in which folder that is", "move draft.txt to archive/")
    return plan.Move(target=target, to=to, into=into)


def _rename(text: str, context: Context) -> BaseOperation:
    found = context.targets.mentioned(text)
    if len(found) >= 2:
        if _LISTS.search(text[found[0][0].end : found[1][0].start]):
            raise missing("the new name of each", "rename draft.txt to chapter1.txt")
        old = context.targets.existing_at(text, found[0][0], careful=False)
        if len(found) == 2 and (folder := found[1][1]).endswith("/"):  # that is no name
            to = context.targets.directory(folder) or context.targets.within_root(folder)
            return plan.Move(target=literal([old]), to=to, into=True)
        return plan.Move(target=literal([old]), to=renamed(old, _new_name(text, found, context)))
    target, to, into = relocated(text, "rename", context)
    if not target.is_literal() or len(target.paths) != 1 or (into and not to.endswith("/")):
        raise missing("the new name", "rename draft.txt to chapter1.txt")
    return plan.Move(target=target, to=to, into=into)


def _new_name(text: str, found: Sequence[tuple[Quote, str]], context: Context) -> str:
    """What follows the "to" after the old name: to the end, or the quoted name."""
    old = found[0][0]
    to = _RENAMED_TO.match(text[old.end :])
    rest = text[old.end + to.end() :].strip() if to else ""
    if (quote := QUOTED.match(rest)) and not rest[quote.end() :].strip(" ."):
        return context.targets.within_root(next(g for g in quote.groups() if g is not None))
    if rest and not quote and rest.rstrip(".").endswith(found[-1][1]) and " to " not in rest:
        single = re.sub(r"^(?:the|a|an)\s+(?=\S+$)", "", rest.rstrip("."))
        refuse_no_name(single)
        return context.targets.within_root(single)
    if len(found) != 2:
        raise missing("the new name", "rename draft.txt to 'chapter 1.txt'")
    return context.targets.within_root(found[1][1])


_RENAMED_TO = re.compile(
    r"\s*(?:to be called|to be named|to the name|to|into|as|->|→|called|named)"
    r"\s*",
    re.I,
)


def _copy(text: str, context: Context) -> BaseOperation:
    target, to, into = relocated(text, "copy", context)
    return plan.Copy(target=target, to=to, into=into)


def _remove(text: str, context: Context) -> BaseOperation:
    if _PROTECTION.search(QUOTED.sub(" ", text)):
        raise missing("whether to unlock it", "unlock cv.pdf")
    if _goes_into_folder(text, context):
        if not _THROWN.match(text):
            raise missing("whether to delete or to move it", "move draft.txt to archive/")
        return move(text, context)
    body = [quote for quote in quotes(text) if not looks_like_file(quote.text)]
    if body and context.targets.mentioned(text) and not is_selection(text):
        return _cut_out(text, body, context)
    only_empty = IF_EMPTY.search(text) is not None
    text = IF_EMPTY.sub("", text)
    target = target_of(text, "remove", context, "delete draft.txt", careful=True)
    is_folder = [context.targets.directory(path) == path for path in target.paths]
    if only_empty and is_folder != [True]:
        raise missing("which folder you mean", "delete the folder old if it is empty")
    return plan.Remove(target=target, if_empty=only_empty)


def _goes_into_folder(text: str, context: Context) -> bool:
    """Whether it says into which folder, as "drop it into old" does."""
    try:
        split = split_destination(text, context) if _TOWARDS_ANY.search(text) else None
    except NotUnderstoodError:
        return False
    return split is not None and split[2]


_TOWARDS_ANY = re.compile(r"\s(?:in)?to\s")
_PROTECTION = re.compile(r"\b(?:the|a)\s+(?:write[- ]?)?(?:lock|protection)\b", re.I)
_THROWN = re.compile(r"(?:chuck|throw|toss|drop|dump)\b", re.I)


def _cut_out(text: str, body: Sequence[Quote], context: Context) -> BaseOperation:
    """ "delete 'foo' from plan.md": the words go, the file stays."""
    example = "delete 'foo' from plan.md"
    if len(body) != 1 or not body[0].text:
        raise missing("which words to delete from the file", example)
    bare = re.sub(
        r"(?:(?:all|every|each|any)\s+)?(?:the\s+)?(?:(?:occurrences?|instances?|mentions?)\s+of\s+)?(?:the\s+)?"
        r"(?:(?:words?|text|phrase|string|lines?|sentence|name)\s*)?(?=,)",
        "",
        without(text, body),
    )
    path = one(bare, "remove", context, example, careful=True)
    return plan.Replace(target=literal([path]), old=body[0].text, new="")


def without(text: str, spans: Sequence[Quote]) -> str:
    for span in reversed(spans):
        text = f"{text[: span.start]} , {text[span.end :]}"
    return text


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "move": move, "rename": _rename, "copy": _copy, "remove": _remove,
}  # fmt: skip
