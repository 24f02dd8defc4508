"""What a step of a request leaves to be spoken of by the steps after it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.running import selected_by
from lsfs.selector import Filters, Selector

from .names_after import new_places

NEVER_BY_MEANING = (plan.Remove, plan.Replace, plan.Unlock)
"""What is never done to what a step before finds by its meaning, and nobody has seen."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a step leaves to be spoken of: files, and the folder that "there" is."""

    files: Selector | None = None
    folder: str | None = None
    made_beside: Selector | None = None
    """Copies or links: "it" might be them, or what they are of."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found or listed, to be chosen from; `is_shown`: before the request; `is_ranked`: in
    an order that was asked for, or best first."""

    files: Selector
    is_shown: bool = False
    is_ranked: bool = False


def found_by(operation: BaseOperation, before: Found | None) -> Found | None:
    """What a later step may choose from: what was found last, until all of it is moved or removed.
    Where a listing is of the folder that one stands in, that is not known here."""
    if isinstance(operation, plan.Search):
        is_ranked = operation.sort != "relevance" or bool(operation.query)
        return Found(selected_by(operation), is_ranked=is_ranked)
    if isinstance(operation, plan.List):
        is_known = bool(operation.path)
        return Found(Selector(filters=_within(operation.path))) if is_known else None
    if isinstance(operation, plan.Move | plan.Remove):
        return before if before and operation.target != before.files else None
    return before


def left_by(operation: BaseOperation) -> Left:
    """What later steps may call "it", "them" and "there"."""
    match operation:
        case plan.Search():
            return Left(selected_by(operation), operation.filters.under)
        case plan.List():
            return Left(Selector(filters=_within(operation.path)), operation.path)
        case plan.Mkdir():
            return Left(Selector(paths=(operation.path,)), operation.path)
        case plan.Join():
            return Left(Selector(paths=(operation.to,)))
        case plan.Move():
            folder = operation.to if operation.into else None
            if not operation.target.is_literal():
                return Left(operation.target, folder)
            return Left(Selector(paths=tuple(new_places(operation))), folder)
        case plan.Copy() | plan.Link():
            folder = operation.to if operation.into else None
            made = Selector(paths=tuple(new_places(operation)))
            return Left(None, folder, made if made.paths else None)
        case plan.Remove() | plan.MakeGroup() | plan.Similar():
            return Left()
    target, path = (getattr(operation, name, None) for name in ("target", "path"))
    if isinstance(target, Selector):
        return Left(target)
    return Left(Selector(paths=(path,)) if path else None)


def _within(folder: str) -> Filters:
    """The files that a listing of the folder shows."""
    if not folder or set("*?") & set(folder):
        return Filters(under=folder or None)
    return Filters(path=f"{folder}/*")
