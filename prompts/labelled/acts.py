"""The operation that the labelled words of a request ask for.

One small function an intent. What is named is looked up; sets, times and versions are read by the
grammar, in a plain order made of their words alone. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..english.changes import refuse_no_name
from ..english.slots import fill
from ..likely.words import words_of
from ..names.context import Context, literal
from ..names.places import no_folder, says_folder
from ..names.renaming import renamed
from ..request.kinds import is_file_type
from ..request.quoting import quoted
from ..request.refusals import missing
from ..suggestions import EXAMPLES
from ..times.expiry import find_end
from .labeller import Role, Slot


@dataclass(frozen=True, slots=True)
class Order:
    """A request of one act, and what fills its slots."""

    text: str
    intent: str
    slots: Sequence[Slot]
    context: Context

    def of(self, *roles: Role) -> list[Slot]:
        """What fills these slots, in order."""
        return [slot for slot in self.slots if slot.role in roles]

    def one(self, *roles: Role) -> Slot:
        """The one thing that fills these slots.

        Raises:
            NotUnderstoodError: nothing does, or more.
        """
        found = self.of(*roles)
        if len(found) != 1:
            raise self.missing()
        return found[0]

    def maybe(self, *roles: Role) -> Slot | None:
        """The one thing that fills these slots, if any does.

        Raises:
            NotUnderstoodError: more than one does.
        """
        return self.one(*roles) if self.of(*roles) else None

    def missing(self) -> Exception:
        """The refusal where a slot is empty, or too full."""
        return missing("which is meant to be what in that", EXAMPLES.get(self.intent, "undo"))


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


# -- what is named ---------------------------------------------------------------------------------


def _folder(slot: Slot, order: Order) -> str:
    """The folder of that name, which is there."""
    folder = order.context.targets.directory(slot.said.strip())
    if folder is None:
        raise no_folder(slot.said)
    return folder


def _paths(order: Order) -> list[str]:
    """What the order is on, each in the folder that is said to hold it."""
    targets, places = order.of("target"), order.of("from")
    if not targets or len(places) > len(targets):
        raise order.missing()
    paths = []
    for slot in targets:
        after = [place for place in places if place.start > slot.start]
        paths.append(_path(slot, (after or places or [None])[0], order))
    return list(dict.fromkeys(paths))


def _path(slot: Slot, place: Slot | None, order: Order) -> str:
    targets, said = order.context.targets, slot.said.strip()
    if place is not None:
        folder = _folder(place, order)
        if "/" not in said.strip("/"):
            found = targets.in_folder(said, folder, careful=True)
        else:
            found = targets.existing(said, careful=True)
        if found is None or not found.startswith(f"{folder}/"):
            raise missing("which file you mean", EXAMPLES.get(order.intent, "undo"))
        return found
    is_kind = is_file_type(said.casefold()) is not None and not slot.is_quoted
    if is_kind and targets.directory(said, loose=False) is None:
        raise missing("which file you mean", EXAMPLES.get(order.intent, "undo"))
    if _is_called_folder(slot, order.text) and not says_folder(said):
        said = f"{said}/"
    path = targets.existing(said, careful=True)
    if not targets.is_there(path):
        raise missing("which file you mean", EXAMPLES.get(order.intent, "undo"))
    return path


def _is_called_folder(slot: Slot, text: str) -> bool:
    """Whether the word beside it says that it is one."""
    before, after = text[: slot.start].split()[-1:], text[slot.end :].split()[:1]
    beside = [word.casefold().strip(",.;:") for word in (*before, *after)]
    return any(word in ("folder", "directory") for word in beside)


def _only_path(order: Order) -> str:
    paths = _paths(order)
    if len(paths) != 1:
        raise order.missing()
    return paths[0]


def _selected(order: Order, verb: str, more: str = "") -> BaseOperation:
    """The act on a described set, by the grammar."""
    return fill(order.intent, f"{verb} {order.one('set').said}{more}", order.context)


def _on_what(order: Order, verb: str, act: Callable[[Selector], BaseOperation]) -> BaseOperation:
    if order.of("set"):
        if order.of("target"):
            raise order.missing()
        return _selected(order, verb)
    return act(literal(_paths(order)))


# -- where to, and under which name ----------------------------------------------------------------


def _relocated(order: Order) -> tuple[list[str], str, bool]:
    """Paths, where they go, and whether into it."""
    paths, to, name = _paths(order), order.maybe("to"), order.maybe("name")
    targets = order.context.targets
    if name is not None:
        if len(paths) != 1:
            raise order.missing()
        new = targets.within_root(name.said)
        if to is None:
            return paths, renamed(paths[0], new), False
        if "/" in new:
            raise order.missing()
        into = posixpath.join(_folder(to, order), posixpath.basename(paths[0]))
        return paths, renamed(into, new), False
    if to is None:
        raise order.missing()
    folder = targets.directory(to.said.strip())
    if folder is not None:
        return paths, folder, True
    new = targets.within_root(to.said)
    is_new_folder = to.said.endswith("/") or _is_called_folder(to, order.text)
    if not is_new_folder and not (has_ending(new) and len(paths) == 1):
        raise order.missing()
    if not to.is_quoted:
        name = posixpath.basename(new.rstrip("/"))
        if name.casefold() in words_of("grammar") | words_of("nouns") or len(name) < 2:
            raise no_folder(to.said)
        refuse_no_name(name)
        targets.refuse_slip(new)
    return paths, new if is_new_folder else renamed(paths[0], new), is_new_folder


def has_ending(name: str) -> bool:
    """Whether a name ends as that of a file does."""
    return "." in posixpath.basename(name).strip(".")


def _move(order: Order) -> BaseOperation:
    if order.of("set"):
        return _selected(order, "move", f" to {quoted(_folder(order.one('to'), order))}")
    paths, to, into = _relocated(order)
    return plan.Move(target=literal(paths), to=to, into=into)


def _rename(order: Order) -> BaseOperation:
    paths, to, into = _relocated(order)
    if into:
        raise order.missing()
    return plan.Move(target=literal(paths), to=to)


def _copy(order: Order) -> BaseOperation:
    if order.of("set"):
        return _selected(order, "copy", f" to {quoted(_folder(order.one('to'), order))}")
    paths, to, into = _relocated(order)
    return plan.Copy(target=literal(paths), to=to, into=into)


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
    return posixpath.join(_folder(to, order), new)


def _create(order: Order) -> BaseOperation:
    path, text = _new_path(order), order.maybe("text")
    if not has_ending(path):
        raise order.missing()
    return plan.Create(path=path, text=text.said if text else "")


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
        path = _path(slot, place, order)
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
    return plan.Replace(target=literal(_paths(order)), old=old, new=new)


def _join(order: Order) -> BaseOperation:
    paths, named = _paths(order), order.one("name", "to")
    targets = order.context.targets
    to = targets.known_or_new(named.said)
    if not targets.is_there(to) and not has_ending(to):
        to = _path(named, None, order)
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
        return _selected(order, "group", f" as {quoted(name)}")
    return plan.MakeGroup(name=name, target=literal(_paths(order)))


def _drop_group(order: Order) -> BaseOperation:
    name = order.one("group", "name", "target").said
    if is_file_type(name.casefold()) or order.context.targets.knows(name):
        raise order.missing()
    return plan.DropGroup(name=name)


def _share(order: Order) -> BaseOperation:
    when, expires = order.maybe("when"), None
    if when is not None:
        said = when.said
        expires = find_end(said, order.context.now)
        if expires is None and _ENDS.search(order.text[: when.start]):
            expires = find_end(f"until {said}", order.context.now)
        if expires is None:
            raise order.missing()
    return plan.Share(path=_only_path(order), expires=expires)


_ENDS = re.compile(r"\b(?:until|till|til|through|for|expir\w+|ends?|valid|lasts?|lasting|good|of)\W*$", re.I)


def _unshare(order: Order) -> BaseOperation:
    number = order.maybe("number")
    if number is None:
        return plan.Unshare(path=_only_path(order))
    digits = number.said.strip("# ")
    if order.of("target") or not digits.isdigit():
        raise order.missing()
    return plan.Unshare(id=int(digits))


def _rollback(order: Order) -> BaseOperation:
    when, targets = order.one("when", "number").said, order.context.targets
    path = _only_path(order) if order.of("target") else ""
    if path and targets.directory(path) != path:
        return fill("rollback", f"roll back {quoted(path)} {when}", order.context)
    what = f"the folder {quoted(path)}" if path else "everything"
    return fill("rollback", f"restore {what} to {when}", order.context)


def _touch(order: Order) -> BaseOperation:
    when = order.maybe("when")
    if _TOUCHES_UP.search(order.text):
        raise order.missing()
    if when is None or order.of("set"):
        return _on_what(order, "touch", lambda target: plan.Touch(target=target))
    what = " and ".join(map(quoted, _paths(order)))
    return fill("touch", f"set the modification time of {what} to {when.said}", order.context)


_TOUCHES_UP = re.compile(r"\btouch\s+up\b", re.I)


def _remove(order: Order) -> BaseOperation:
    return _on_what(order, "delete", lambda target: plan.Remove(target=target))


def _lock(order: Order) -> BaseOperation:
    return _on_what(order, "lock", lambda target: plan.Lock(target=target))


def _unlock(order: Order) -> BaseOperation:
    return _on_what(order, "unlock", lambda target: plan.Unlock(target=target))


# -- looks -----------------------------------------------------------------------------------------


def _list(order: Order) -> BaseOperation:
    path = _only_path(order)
    if order.context.targets.directory(path) != path:
        raise order.missing()
    return plan.List(path=path)


def _read(order: Order) -> BaseOperation:
    return plan.Read(target=literal(_paths(order)))


def _stat(order: Order) -> BaseOperation:
    return plan.Stat(target=literal(_paths(order)))


def _summarize(order: Order) -> BaseOperation:
    return plan.Summarize(target=literal(_paths(order)))


def _history(order: Order) -> BaseOperation:
    return plan.History(path=_only_path(order))


def _similar(order: Order) -> BaseOperation:
    return plan.Similar(path=_only_path(order))


def _diff(order: Order) -> BaseOperation:
    when = " and ".join(slot.said for slot in order.of("when", "number"))
    return fill("diff", f"compare {quoted(_only_path(order))} {when}".strip(), order.context)


def _change_summary(order: Order) -> BaseOperation:
    when = " ".join(slot.said for slot in order.of("when"))
    text = f"what changed in {quoted(_only_path(order))} {when}".strip()
    return fill("change_summary", text, order.context)


def _translate(order: Order) -> BaseOperation:
    what = " and ".join(map(quoted, _paths(order)))
    return fill("translate", f"translate {what} to {order.one('language').said}", order.context)


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
