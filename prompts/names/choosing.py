"""What a request chooses of the files that were found or shown before it. Pure."""

from __future__ import annotations

from typing import Any

from lsfs.errors import NotUnderstoodError
from lsfs.selector import Filters, Selector

from ..request.selection import MOST_LISTED, Selection


def chosen_of(files: Selector, choice: Selection) -> Selector:
    """Those of `files` that the choice is of: "the two oldest pdfs" by filters, order and number,
    "the first two" by their number alone.

    Raises:
        NotUnderstoodError: the choice cannot be made before they are found.
    """
    if files.is_literal() and len(files.paths) < (choice.limit or 0):
        raise NotUnderstoodError("so many were not found", hint="name the files, or search again")
    if files.is_literal() and choice.sort == "relevance" and not choice.filters:
        return Selector(paths=files.paths[: choice.limit])
    if files.is_literal():
        filters = Filters(**choice.filters, among=files.paths)
        return Selector(filters=filters, sort=choice.sort, limit=choice.limit)
    is_first = choice.sort in ("relevance", files.sort) and not choice.filters
    if files.limit not in (None, MOST_LISTED) and not (
        is_first and (choice.limit or 0) <= files.limit
    ):
        raise NotUnderstoodError(
            "which of them that is shows only once they are found",
            hint="ask for one thing after the other: `lsfs ask` alone opens a session",
        )
    sort = files.sort if choice.sort == "relevance" else choice.sort
    changes = {"filters": _both(files.filters, choice.filters), "sort": sort}
    return files.model_copy(update={**changes, "limit": choice.limit})


def _both(filters: Filters, more: dict[str, Any]) -> Filters:
    """What meets both; a kind may be one of the kinds that were found.

    Raises:
        NotUnderstoodError: nothing can, or not certainly.
    """
    said = {key: value for key, value in dict(filters).items() if value != _ANY[key]}
    for key, value in more.items():
        is_of_it = isinstance(value, tuple | list) and set(value) <= set(said.get(key, ()))
        if key in said and said[key] != value and not is_of_it:
            raise NotUnderstoodError(
                "I do not know whether you mean those that were found before, or others",
                hint="say in one step which files you mean",
            )
    return Filters(**{**said, **more})


_ANY = dict(Filters())
