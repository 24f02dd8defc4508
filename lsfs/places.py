"""Where in a document something stands: as JSON of the public contract, and in words."""

from __future__ import annotations

from typing import Any

from lsfs.records import Place
from lsfs.times import clock


def place_json(place: Place) -> dict[str, Any]:
    """All fields of a place; `lines` is [from, to]."""
    lines = None if place.line_from is None else [place.line_from, place.line_to]
    return {
        "lines": lines, "page": place.page, "sheet": place.sheet, "columns": place.columns,
        "heading": place.heading, "symbol": place.symbol, "seconds": place.seconds,
    }  # fmt: skip


def place_in_words(place: Place) -> str:
    """ "page 3", "sheet Costs", "line 4", "lines 4-6", "12:30"; "" of nowhere."""
    if place.seconds is not None:
        return clock(place.seconds)
    if place.page is not None:
        return f"page {place.page}"
    if place.sheet is not None:
        return f"sheet {place.sheet}"
    if place.line_from is None:
        return ""
    if place.line_to in (None, place.line_from):
        return f"line {place.line_from}"
    return f"lines {place.line_from}-{place.line_to}"
