"""What an act that is likely meant does to what, from the roles of its names.

One small function an operation: what a role is missing for, or is one too many for, is not
understood. `writing` makes and writes. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from lsfs import plan
from lsfs.plan import BaseOperation

from ..english.imperative import ENDS_SHARE
from ..english.mood import OTHER_ORDER
from ..english.politeness import plain
from ..english.slots import fill
from ..names.context import literal
from ..names.renaming import renamed
from ..request.quoting import quoted
from ..times.dates import find_moment
from ..times.expiry import UNTIL, find_end
from . import writing
from .objects import (
    Filler,
    Request,
    destination_of,
    has_ending,
    new_name_of,
    objects_of,
    one_of,
    path_of,
    refuse_more,
)


def _relocated(request: Request) -> tuple[list[str], str, bool]:
    """Paths, where they go, and whether into it."""
    if request.those("with"):
        raise request.missing()
    paths, name = objects_of(request, goes=True), new_name_of(request)
    place = destination_of(request)
    if (len(paths) > 1 and name is not None) or _THERE_AND_BACK.search(request.rest):
        raise request.missing()
    if place is None and name is None:
        raise request.missing()
    if place is None:
        assert name is not None
        return paths, renamed(paths[0], name), False
    to, into = place
    if name is None:
        if (not into and len(paths) > 1) or request.texts():
            raise request.missing()
        return paths, to if into else renamed(paths[0], to), into
    if not into or "/" in name:
        raise request.missing()
    return paths, renamed(posixpath.join(to, posixpath.basename(paths[0])), name), False


_THERE_AND_BACK = re.compile(r"\band\s+back\b", re.I)


def _move(request: Request) -> BaseOperation:
    paths, to, into = _relocated(request)
    return plan.Move(target=literal(paths), to=to, into=into)


def _rename(request: Request) -> BaseOperation:
    request = _second_as_name(request)
    paths, to, into = _relocated(request)
    if into or len(paths) > 1:
        raise request.missing()
    return plan.Move(target=literal(paths), to=to)


def _second_as_name(request: Request) -> Request:
    """ "Call wedding.jpg anna.jpg", "draft.txt is a bad name, it must be essay.txt": of two files
    what is not there is the new name."""
    names = [part for part in request.parts if not part.is_text]
    there = [part for part in names if part.path is not None and not part.is_folder]
    new = [part for part in names if part.path is None and has_ending(part.said)]
    if len(names) != 2 or not there or not new or new[0].start < there[0].start:
        return request
    return replace(request, parts=[replace(there[0], role="object"), replace(new[0], role="as")])


def _copy(request: Request) -> BaseOperation:
    paths, to, into = _relocated(request)
    return plan.Copy(target=literal(paths), to=to, into=into)


def _link(request: Request) -> BaseOperation:
    paths, to, into = _relocated(request)
    return plan.Link(target=literal(paths), to=to, into=into)


def _remove(request: Request) -> BaseOperation:
    if not request.is_spoken():
        raise request.missing()
    refuse_more(request, "as", "with")
    return plan.Remove(target=literal(objects_of(request)))


def _lock(request: Request) -> BaseOperation:
    if _LETS.search(request.rest):
        raise request.missing()
    if not request.is_spoken():
        raise request.missing()
    refuse_more(request, "as", "with")
    return plan.Lock(target=literal(objects_of(request)))


_LETS = re.compile(r"\b(?:let|allow|permit)\w*\b.*\b(?:any|every)\s?(?:one|body)\b", re.I)


def _unlock(request: Request) -> BaseOperation:
    refuse_more(request, "as", "with")
    return plan.Unlock(target=literal(objects_of(request)))


def _touch(request: Request) -> BaseOperation:
    if not _TIME.search(request.rest):
        raise request.missing()
    refuse_more(request, "as", "with")
    return plan.Touch(target=literal(objects_of(request)))


_TIME = re.compile(
    r"\b(?:touch(?:ed)?(?!\s+up)|time\w*|date\w*|mtime|modified|modification|now)\b", re.I
)


def _share(request: Request) -> BaseOperation:
    is_later = _DAY.search(request.rest) and not UNTIL.search(request.rest)
    if is_later or _FOR_ME.search(request.rest) or not _OPENS.search(request.rest):
        raise request.missing()
    refuse_more(request, "as", "with")
    if len(request.parts) == 1:
        request = replace(request, parts=[replace(request.parts[0], role="object")])
    return plan.Share(path=one_of(request), expires=find_end(request.rest, request.context.now))


_OPENS = re.compile(
    r"\b(?:shar\w+|links?|urls?|publi\w+|access\w*|download\w*|hand\w*|send|let|give|view|see|grant)\b",
    re.I,
)
_DAY = re.compile(
    r"\b(?:tomorrow|tonight|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.I
)
_FOR_ME = re.compile(
    r"\b(?:let|allow|give|get|grant)\s+(?:me|us)\b(?!.*\b(?:link|url|share)\b)", re.I
)


def _undo(request: Request) -> BaseOperation:
    if _AGAIN.search(request.rest):
        raise request.missing()
    return fill("undo", plain(request.text), request.context)


def _redo(request: Request) -> BaseOperation:
    if request.parts or OTHER_ORDER.match(request.text) or not _AGAIN.search(request.rest):
        raise request.missing()
    return plan.Redo()


_AGAIN = re.compile(
    r"\b(?:redo|again|after\s+all|undone|undid|un-?undo|undo\s+the\s+undo|re-?apply)\b", re.I
)


def _unshare(request: Request) -> BaseOperation:
    numbers = re.findall(r"(?<!\w)#?(\d{1,9})(?!\w)", request.rest)
    if _COUNTS.search(request.rest) or not (
        _SHARE.search(request.rest) and _ENDS.search(request.rest)
    ):
        raise request.missing()
    if len(request.parts) == 1 and not numbers:
        refuse_more(request, "as", "with")
        return plan.Unshare(path=path_of(request.parts[0], request))
    if request.parts or len(numbers) != 1:
        raise request.missing()
    return plan.Unshare(id=int(numbers[0]))


_COUNTS = re.compile(
    r"\d\s+(?:\w+\s+)?(?:links|shares|urls)\b|\b(?:is|are|was|were)\s+(?:dead|down|off|gone|closed)\b",
    re.I,
)
"""How many, or a statement."""
_SHARE = re.compile(r"\b(?:shares?|shared|sharing|links?|urls?)\b", re.I)


_ENDS = re.compile(
    rf"\b{ENDS_SHARE}\b|\b(?:clos|revok|stopp|end|shut|pull|axe|nix|yank|burn|expir|deactivat|invalidat|cut|"
    r"kill|terminat|withdr|remov|delet|cancel|disabl|dead|die|retir|void|scrap|block|"
    r"no\s+(?:more|longer)|off|down|gone)\w*\b", re.I,
)  # fmt: skip


def _rollback(request: Request) -> BaseOperation:
    """The grammar of going back reads the words beside the name."""
    refuse_more(request, "as", "with")
    if (
        not _SAYS_WHEN.search(request.rest)
        and find_moment(request.rest, request.context.now) is None
    ):
        raise request.missing()
    path = one_of(request)
    rest = " ".join(request.rest.replace("\0", " ").split())
    return fill("rollback", f"roll back {quoted(path)} {_LEADING.sub('', rest)}", request.context)


_SAYS_WHEN = re.compile(
    r"\b(?:versions?|previous|earlier|prior|older?|before|revert\w*|roll\w*|restor\w*|rewind\w*|"
    r"recover\w*|undo\w*|reset\w*|undelet\w*|lost|gone|deleted|removed|binned|\d)\b", re.I,
)  # fmt: skip
"""To an earlier state: what is only put back may be to go to another place."""
_LEADING = re.compile(
    r"^(?:(?:roll|bring|put|take|turn|get|give|set|go|went|goes|revert|restore|return|undo|reset|"
    r"rewind)\b\s*(?:me\s+)?)?"
    r"(?:back\s+)?(?:the\s+)?", re.I,
)  # fmt: skip


FILLERS: dict[str, Filler] = {
    "move": _move, "rename": _rename, "copy": _copy, "link": _link, "remove": _remove,
    "lock": _lock, "unlock": _unlock, "touch": _touch, "share": _share, "unshare": _unshare,
    "rollback": _rollback, "undo": _undo, "redo": _redo,
    **writing.FILLERS,
}  # fmt: skip
