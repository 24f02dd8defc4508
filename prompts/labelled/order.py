"""A request of one act, what fills its slots, and what these name. Pure but for asking `Names`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.context import Context, literal
from ..names.places import no_folder, says_folder
from ..request.kinds import is_file_type
from ..request.refusals import missing
from ..suggestions import EXAMPLES
from .labeller import Role, Slot


@dataclass(frozen=True, slots=True)
class Grammar:
    """Sets, times and versions in a language: `read` gives the operation of an intent's plain
    order, `orders` are those, to be filled."""

    read: Callable[[str, str, Context], BaseOperation]
    orders: Mapping[str, str]
    quoted: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Order:
    """A request of one act, and what fills its slots."""

    text: str
    intent: str
    slots: Sequence[Slot]
    context: Context
    grammar: Grammar

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

    def read(self, what: str, key: str = "", **said: str) -> BaseOperation:
        """What the grammar makes of a plain order; `key` of it, where it is not the intent's."""
        order = self.grammar.orders.get(key or self.intent)
        if order is None:
            raise self.missing()
        return self.grammar.read(self.intent, order.format(what=what, **said), self.context)


def folder_of(slot: Slot, order: Order) -> str:
    """The folder of that name, which is there."""
    folder = order.context.targets.directory(slot.said.strip())
    if folder is None:
        raise no_folder(slot.said)
    return folder


def paths_of(order: Order) -> list[str]:
    """What the order is on, each in the folder that is said to hold it."""
    targets, places = order.of("target"), order.of("from")
    if not targets or len(places) > len(targets):
        raise order.missing()
    paths = []
    for slot in targets:
        after = [place for place in places if place.start > slot.start] or places
        paths.append(path_of(slot, after[0] if after else None, order))
    return list(dict.fromkeys(paths))


def path_of(slot: Slot, place: Slot | None, order: Order) -> str:
    targets, said = order.context.targets, slot.said.strip()
    if place is not None:
        folder = folder_of(place, order)
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
    if is_called_folder(slot, order.text) and not says_folder(said):
        said = f"{said}/"
    path = targets.existing(said, careful=True)
    if not targets.is_there(path):
        raise missing("which file you mean", EXAMPLES.get(order.intent, "undo"))
    return path


def is_called_folder(slot: Slot, text: str) -> bool:
    """Whether the word beside it says that it is one."""
    before, after = text[: slot.start].split()[-1:], text[slot.end :].split()[:1]
    beside = [word.casefold().strip(",.;:") for word in (*before, *after)]
    return any(word in ("folder", "directory") for word in beside)


def only_path(order: Order) -> str:
    paths = paths_of(order)
    if len(paths) != 1:
        raise order.missing()
    return paths[0]


def selected(order: Order, **said: str) -> BaseOperation:
    """The act on a described set, by the grammar."""
    if order.of("target", "from") or order.one("set").is_quoted:
        raise order.missing()
    return order.read(order.one("set").said, f"{order.intent} set", **said)


def on_what(order: Order, act: Callable[[Selector], BaseOperation]) -> BaseOperation:
    """The act on what is named, or on a described set."""
    if order.of("set"):
        return selected(order)
    return act(literal(paths_of(order)))
