"""The arguments of "files like this one": which, how many, and what the others must be."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Filters

from ..names.context import Context
from ..request.nouns import COUNTED
from ..times.numbers import NUMBER, value
from .naming import one
from .orders import last_count
from .selection import select

_USUAL = int(plan.Similar.model_fields["limit"].default)


def _similar(text: str, context: Context) -> BaseOperation:
    path = one(text, "similar", context, "files similar to pasta.md")
    count = re.search(
        rf"\b({NUMBER})\s+(?:\w+\s+)?(?:{COUNTED}|neighbou?rs|others)\b|\b(?:top|best|closest|nearest|just|only|"
        rf"give\s+me|show\s+me|max\.?|at\s+most)\s+({NUMBER})\b",
        text,
        re.I,
    )
    filters = _filters_beside(text, context)
    return plan.Similar(
        filters=filters,
        path=path,
        limit=max(1, value(count[1] or count[2])) if count else last_count(text) or _USUAL,
    )


def _filters_beside(text: str, context: Context) -> Filters:
    """What the others must be: "pdfs like |plan.md| in Papers"."""
    mentioned = [span for span, _ in context.targets.mentioned(text)]
    if len(mentioned) != 1 or " " not in text:
        return Filters()
    rest = f"{text[: mentioned[0].start]} {text[mentioned[0].end :]}"
    found = select(rest, context.targets, context.now).filters
    return Filters(**{key: found[key] for key in found.keys() & _OF_OTHERS})


_OF_OTHERS = {"under", "types", "extensions", "after", "before", "size_min", "size_max"}


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {"similar": _similar}
