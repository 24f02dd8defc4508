"""What a step of a request leaves to be spoken of by the steps after it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    is_lost: bool = False
    """What was done since was done to something else."""


def found_by(operation: BaseOperation, before: Found | None) -> Found | None:
    """What a later step may choose from: what was found last, while what is done is done to some of
    it. Where a listing is of the folder that one stands in, that is not known here."""
    if isinstance(operation, plan.Search):
        is_ranked = operation.sort != "relevance" or bool(operation.query)
        return Found(selected_by(operation), is_ranked=is_ranked)
    if isinstance(operation, plan.List):
        is_known = bool(operation.path)
        return Found(Selector(filters=_within(operation.path))) if is_known else None
    if before is None or isinstance(operation, plan.Mkdir):
        return before
    target = getattr(operation, "target", None)
    if not isinstance(target, Selector) or not _is_of(target, before.files):
        return replace(before, is_lost=True)
    is_away = isinstance(operation, plan.Move | plan.Remove) and target == before.files
    return None if is_away else before


def _is_of(target: Selector, files: Selector) -> bool:
    """Whether the target is some of the files, or all."""
    if files.paths:
        is_named = bool(target.paths) and set(target.paths) <= set(files.paths)
        return is_named or target.filters.among == files.paths
    held = [key for key, value in dict(files.filters).items() if value != _ANY[key]]
    return (
        not target.paths
        and target.query == files.query
        and all(_is_within(getattr(target.filters, k), getattr(files.filters, k)) for k in held)
    )


def _is_within(value: object, of: object) -> bool:
    is_some = isinstance(value, tuple) and isinstance(of, tuple) and bool(value)
    return value == of or (is_some and set(value) <= set(of))  # type: ignore[call-overload]


_ANY = dict(Filters())


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
