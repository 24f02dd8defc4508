"""What the Python API is given, as the methods take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lsfs import rooms

Paths = str | Iterable[str]


def target(paths: Paths) -> dict[str, Any]:
    """A selector of literal paths."""
    return {"paths": [paths] if isinstance(paths, str) else [*paths]}


def plain(value: Any) -> Any:
    """Operations and filters as plain JSON: times as RFC 3339 with their zone."""
    if isinstance(value, datetime):
        return _in_zone(value).isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _in_zone(moment: datetime) -> datetime:
    try:
        return moment.astimezone()
    except (ValueError, OverflowError):  # at the ends of the calendar; the engine refuses it
        return moment


def moment(given: datetime | str | None) -> datetime | None:
    """A time; one in words is a state to go back to, so of a span its end."""
    return rooms.moment(given, end=True) if isinstance(given, str) else given
