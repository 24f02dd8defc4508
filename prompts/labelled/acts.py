"""The operation that the labelled words of a request ask for.

One small function an intent. What is named is looked up; sets, times and versions are read by the
grammar, in a plain order made of their words alone. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation

from ..english.changes import refuse_no_name
from ..likely.objects import has_ending
from ..likely.words import words_of
from ..names.context import literal
from ..names.places import no_folder
from ..names.renaming import renamed
from ..request.kinds import is_file_type
from .labeller import Slot
from .order import (
    Order,
    folder_of,
    is_called_folder,
    on_what,
    only_path,
    path_of,
    paths_of,
    selected,
)

Filler = Callable[[Order], BaseOperation]


def operation_of(order: Order) -> BaseOperation:
    """What the order asks for.

    Raises:
        NotUnderstoodError: a slot is empty, or filled by what the operation has no use for.
        ConfirmationError: a name could be several things.
        pydantic.ValidationError, PolicyError: a value no operation takes.
    """
    filler = FILLERS.get(order.intent)
    if filler is None or {slot.role for slot in order.slots} - _TAKES[order.intent]:
        raise order.missing()
    return filler(order)


# -- where to, and under which name ----------------------------------------------------------------


def _relocated(order: Order) -> tuple[list[str], str, bool]:
    """Paths, where they go, and whether into it."""
    paths, to, name = paths_of(order), order.maybe("to"), order.maybe("name")
    targets = order.context.targets
    if name is not None:
        return paths, _renamed_to(order, paths, name, to), False
    if to is None:
        raise order.missing()
    folder = targets.directory(to.said.strip())
    if folder is not None:
        return paths, folder, True
    new = targets.within_root(to.said)
    if targets.is_there(targets.known_or_new(to.said)):
        raise no_folder(to.said)
    is_new_folder = to.said.endswith("/") or is_called_folder(to, order.text)
    is_such_a_file = len(paths) == 1 and _ending(new) and _ending(new) == _ending(paths[0])
    if not is_new_folder and not is_such_a_file:
        raise order.missing()
    if not to.is_quoted:
        _refuse_no_folder(posixpath.basename(new.rstrip("/")), to.said)
        targets.refuse_slip(new)
    return paths, new if is_new_folder else renamed(paths[0], new), is_new_folder


def _renamed_to(order: Order, paths: Sequence[str], name: Slot, to: Slot | None) -> str:
    """Where the one path is to be, by its new name, and by the folder that it goes to."""
    if len(paths) != 1:
        raise order.missing()
    new = order.context.targets.within_root(name.said)
    if to is None:
        return renamed(paths[0], new)
    if "/" in new:
        raise order.missing()
    return renamed(posixpath.join(folder_of(to, order), posixpath.basename(paths[0])), new)


def _refuse_no_folder(name: str, said: str) -> None:
    """Refuse words that are no name of a new folder: "into a folder".

    Raises:
        NotUnderstoodError: they are none.
    """
    if name.casefold() in words_of("grammar") | words_of("nouns") or len(name) < 2:
        raise no_folder(said)
    refuse_no_name(name)


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].casefold()


def _put(order: Order, kind: type[plan.Move | plan.Copy]) -> BaseOperation:
    if order.of("set"):
        return selected(order, to=order.grammar.quoted(folder_of(order.one("to"), order)))
    paths, to, into = _relocated(order)
    return kind(target=literal(paths), to=to, into=into)


def _move(order: Order) -> BaseOperation:
    return _put(order, plan.Move)


def _rename(order: Order) -> BaseOperation:
    paths, to, into = _relocated(order)
    if into:
        raise order.missing()
    return plan.Move(target=literal(paths), to=to)


def _copy(order: Order) -> BaseOperation:
    return _put(order, plan.Copy)


def _link(order: Order) -> BaseOperation:
    paths, to, into = _relocated(order)
    return plan.Link(target=literal(paths), to=to, into=into)


# -- what is made and written ----------------------------------------------------------------------


def _new_path(order: Order) -> str:
    name, to = order.one("name", "target"), order.maybe("to", "from")
    new = order.context.targets.within_root(name.said)
    if to is None:
        return new
    if "/" in new:
        raise order.missing()
    return posixpath.join(folder_of(to, order), new)


def _create(order: Order) -> BaseOperation:
    path, text = _new_path(order), order.maybe("text")
    if not has_ending(path) or len(_ENDED.findall(path)) > 1:
        raise order.missing()
    return plan.Create(path=path, text=text.said if text else "")


_ENDED = re.compile(r"\.[a-z]\w{0,4}(?=\s|[，。；、]|$)", re.I)
"""Of "a.txt b.txt" there are two."""


def _mkdir(order: Order) -> BaseOperation:
    path = _new_path(order)
    if has_ending(path):
        raise order.missing()
    refuse_no_name(posixpath.basename(path))
    return plan.Mkdir(path=path)


def _written(order: Order) -> tuple[str, str]:
    slot, targets = order.one("target", "name", "to"), order.context.targets
    text = order.one("text").said
    place = order.maybe("from")
    try:
        path = path_of(slot, place, order)
    except NotUnderstoodError:
        path = targets.known_or_new(slot.said)
        if place is not None or not has_ending(path):
            raise
    if targets.directory(path) == path:
        raise order.missing()
    return path, text


def _write(order: Order) -> BaseOperation:
    path, text = _written(order)
    return plan.Write(path=path, text=text)


def _append(order: Order) -> BaseOperation:
    path, text = _written(order)
    return plan.Append(path=path, text=text, as_line=True)


def _replace(order: Order) -> BaseOperation:
    old, new = order.one("old").said, order.one("new").said
    return plan.Replace(target=literal(paths_of(order)), old=old, new=new)


def _join(order: Order) -> BaseOperation:
    paths, named = paths_of(order), order.one("name", "to")
    targets = order.context.targets
    to = targets.known_or_new(named.said)
    if not targets.is_there(to) and not has_ending(to):
        to = path_of(named, None, order)
    is_there = targets.is_there(to)
    if any(targets.directory(path) == path for path in (*paths, to)):
        raise order.missing()
    if is_there and to not in paths:
        paths = [to, *paths]
    if len(paths) < 2:
        raise order.missing()
    return plan.Join(target=literal(paths), to=to)


# -- groups, shares, states ------------------------------------------------------------------------


def _group(order: Order) -> BaseOperation:
    name = order.one("group", "name").said
    if order.of("set"):
        return selected(order, name=order.grammar.quoted(name))
    return plan.MakeGroup(name=name, target=literal(paths_of(order)))


def _drop_group(order: Order) -> BaseOperation:
    name = order.one("group", "name", "target").said
    if is_file_type(name.casefold()) or order.context.targets.knows(name):
        raise order.missing()
    return plan.DropGroup(name=name)


def _share(order: Order) -> BaseOperation:
    path, when = only_path(order), order.maybe("when")
    if when is None:
        return plan.Share(path=path)
    is_end = _ENDS.search(order.text[: when.start]) is not None
    operation = order.read(
        order.grammar.quoted(path), "share until" if is_end else "", when=when.said
    )
    if getattr(operation, "expires", None) is None:
        raise order.missing()
    return operation


_ENDS = re.compile(r"\b(?:until|till|til|through|expir\w+)\W*$|[到至]$|截止$", re.I)


def _unshare(order: Order) -> BaseOperation:
    number = order.maybe("number")
    if number is None:
        return plan.Unshare(path=only_path(order))
    digits = number.said.strip("# ")
    if order.of("target") or not re.fullmatch("[0-9]{1,9}", digits):
        raise order.missing()
    return plan.Unshare(id=int(digits))


def _rollback(order: Order) -> BaseOperation:
    when, targets = order.one("when", "number").said, order.context.targets
    path = only_path(order)
    key = "folder" if targets.directory(path) == path else ""
    return order.read(order.grammar.quoted(path), key, when=when)


def _touch(order: Order) -> BaseOperation:
    when = order.maybe("when")
    if _TOUCHES_UP.search(order.text):
        raise order.missing()
    if when is not None and order.of("set"):
        raise order.missing()
    if when is None:
        return on_what(order, lambda target: plan.Touch(target=target))
    return order.read(order.grammar.quoted(only_path(order)), when=when.said)


_TOUCHES_UP = re.compile(r"\btouch\s+up\b", re.I)


def _remove(order: Order) -> BaseOperation:
    return on_what(order, lambda target: plan.Remove(target=target))


def _lock(order: Order) -> BaseOperation:
    return on_what(order, lambda target: plan.Lock(target=target))


def _unlock(order: Order) -> BaseOperation:
    return on_what(order, lambda target: plan.Unlock(target=target))


# -- looks -----------------------------------------------------------------------------------------


def _list(order: Order) -> BaseOperation:
    path = only_path(order)
    if order.context.targets.directory(path) != path:
        raise order.missing()
    return plan.List(path=path)


def _read(order: Order) -> BaseOperation:
    return plan.Read(target=literal(paths_of(order)))


def _stat(order: Order) -> BaseOperation:
    return plan.Stat(target=literal(paths_of(order)))


def _summarize(order: Order) -> BaseOperation:
    return plan.Summarize(target=literal(paths_of(order)))


def _history(order: Order) -> BaseOperation:
    return plan.History(path=only_path(order))


def _similar(order: Order) -> BaseOperation:
    return plan.Similar(path=only_path(order))


def _diff(order: Order) -> BaseOperation:
    times = order.of("when", "number")
    if len(times) > 2:
        raise order.missing()
    key = ("diff", "diff with", "diff between")[min(len(times), 2)]
    said = {"when": times[0].said, "other": times[-1].said} if times else {}
    return order.read(order.grammar.quoted(only_path(order)), key, **said)


def _change_summary(order: Order) -> BaseOperation:
    when = " ".join(slot.said for slot in order.of("when"))
    return order.read(order.grammar.quoted(only_path(order)), when=when)


def _translate(order: Order) -> BaseOperation:
    return order.read(order.grammar.quoted(only_path(order)), language=order.one("language").said)


FILLERS: dict[str, Filler] = {
    "move": _move, "rename": _rename, "copy": _copy, "link": _link, "create": _create,
    "mkdir": _mkdir, "write": _write, "append": _append, "replace": _replace, "join": _join,
    "group": _group, "drop_group": _drop_group, "share": _share, "unshare": _unshare,
    "rollback": _rollback, "touch": _touch, "remove": _remove, "lock": _lock,
    "unlock": _unlock, "list": _list, "read": _read, "stat": _stat, "summarize": _summarize,
    "history": _history, "similar": _similar, "diff": _diff, "change_summary": _change_summary,
    "translate": _translate,
}  # fmt: skip
_WHAT: set[str] = {"target", "from"}
_TAKES: dict[str, set[str]] = {
    "move": {*_WHAT, "set", "to", "name"}, "rename": {*_WHAT, "to", "name"},
    "copy": {*_WHAT, "set", "to", "name"}, "link": {*_WHAT, "to", "name"},
    "create": {*_WHAT, "to", "name", "text"}, "mkdir": {*_WHAT, "to", "name"},
    "write": {*_WHAT, "to", "name", "text"}, "append": {*_WHAT, "to", "name", "text"},
    "replace": {*_WHAT, "old", "new"}, "join": {*_WHAT, "to", "name"},
    "group": {*_WHAT, "set", "group", "name"}, "drop_group": {"group", "name", "target"},
    "share": {*_WHAT, "when"}, "unshare": {*_WHAT, "number"},
    "rollback": {*_WHAT, "when", "number"},
    "touch": {*_WHAT, "set", "when"}, "remove": {*_WHAT, "set"}, "lock": {*_WHAT, "set"},
    "unlock": {*_WHAT, "set"}, "diff": {*_WHAT, "when", "number"},
    "change_summary": {*_WHAT, "when"}, "translate": {*_WHAT, "language"},
    **dict.fromkeys(("list", "read", "stat", "summarize", "history", "similar"), _WHAT),
}  # fmt: skip
