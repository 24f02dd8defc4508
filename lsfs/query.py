"""What a search asks for, as people type it: words, and signs that mean more than words.

    budget 2024 +approved -draft "quarterly report" ext:xlsx,ods author:"Emily Zhang" before:2025

Words rank. `+word` must be in the file, in its name or its text, and `-word` must not; a phrase in
quotes is to be there as it is; `key:value` filters, and `-key:value` leaves out what it would keep.
What looks like a sign and is none (`C:`, `a - b`, `-5`, `http://...`) is words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from .errors import UsageError
from .marking import PART
from .selector import Filters, Model
from .typed import extensions, size_range

Moment = Callable[[str], datetime]
"""A time as typed to a zone-aware moment. Raises: UsageError."""


class Query(Model):
    """`text` is what ranks; the rest decides what may be found at all."""

    text: str = ""
    required: tuple[str, ...] = ()
    """Words that must be there, whatever their ending."""
    phrases: tuple[str, ...] = ()
    """What is to be there as it is written, but for case and white space."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that must not be there."""
    filters: tuple[Filters, ...] = ()
    """All of them hold."""
    without: tuple[Filters, ...] = ()
    """None of them holds."""


def parse(query: str, moment: Moment) -> Query:
    """The signs of a query told from its words.

    Raises:
        UsageError: a filter's value says nothing, e.g. `before:blue`.
    """
    found: dict[str, list[Any]] = {name: [] for name in Query.model_fields}
    for part in PART.finditer(query):
        quoted = part["straight"] if part["straight"] is not None else part["curly"]
        value = (quoted if quoted is not None else part["plain"]).strip()
        name, meant = _meant(part, value, moment, is_phrase=quoted is not None)
        found[name].append(meant)
        if name in ("required", "phrases"):
            found["text"].append(value)
    text = " ".join(filter(None, found.pop("text")))
    return Query(text=text, **{name: tuple(filter(None, all_)) for name, all_ in found.items()})


def is_leaving_out(query: str) -> bool:
    """Whether a query begins with a filter that leaves out: `-type:pdf`."""
    key, colon, _ = query[1:].partition(":")
    return query[:1] == "-" and bool(colon) and key in FILTERS


def _meant(
    part: re.Match[str], value: str, moment: Moment, *, is_phrase: bool
) -> tuple[str, str | Filters]:
    key, sign = part["key"], part["sign"]
    if key in FILTERS and value:
        return "without" if sign == "-" else "filters", _filter(key, value, moment)
    if key is not None:  # not a key of ours: words
        return "text", part[0]
    if sign == "-":
        return "excluded", value
    if is_phrase:
        return "phrases", value
    return "required" if sign else "text", value


def _filter(key: str, value: str, moment: Moment) -> Filters:
    try:
        return Filters.model_validate(FILTERS[key](value, moment))
    except ValidationError as error:
        said = "; ".join(one["msg"] for one in error.errors())
        raise UsageError(
            f"{key}:{value}: {said}", hint=f"without the colon {key} is a word"
        ) from None


FILTERS: Mapping[str, Callable[[str, Moment], dict[str, Any]]] = {
    "after": lambda value, moment: {"after": moment(value)},
    "before": lambda value, moment: {"before": moment(value)},
    "type": lambda value, _: {"types": [part.strip().lower() for part in value.split(",")]},
    "ext": lambda value, _: {"extensions": extensions(value)},
    "path": lambda value, _: {"path": value},
    "name": lambda value, _: {"name": value},
    "in": lambda value, _: {"under": value.strip("/")},
    "author": lambda value, _: {"author": value},
    "size": lambda value, _: size_range(value, f"size:{value}"),
}
"""Key -> the fields of `Filters` that its value means."""
