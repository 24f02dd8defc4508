"""What an extractor hands back: spans of text with places, and what the file says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypedDict

from lsfs.records import Place

Status = Literal["ok", "failed", "skipped", "large", "link", "secret", "excluded"]
"""Read; broken; of a kind that has no reader. And what is not read at all: too large; a symbolic
link; a secret; left out by a rule, and with its name."""
JUDGED = frozenset({"large", "link", "secret", "excluded"})
"""Decided without reading the file, so decided anew when rules or settings change."""
NAMED = "named"
"""The status of documents that are found by their names, and have yet to be read."""

_NOWHERE = Place()
_PLACE_FIELDS = tuple(one.name for one in fields(Place))


class BombError(ValueError):
    """A file unpacks to far more than it takes; the message says all."""


class About(TypedDict, total=False):
    """What a document says of itself, as it says it; `dispatch` brings it into one form."""

    title: str | None
    author: str | None
    created: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """A paragraph, row, block or page of text.

    With a line range its text holds exactly those lines, with "\\n" between them.
    """

    text: str
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of one file, in reading order. `type` is a `plan.FileType`, or None when unknown.

    `reason` says why there is no text, or not all of it.
    """

    type: str | None
    spans: tuple[Span, ...] = ()
    title: str | None = None
    author: str | None = None
    created: str | None = None
    language: str | None = None
    reason: str | None = None
    status: Status = "ok"


def failed(type_: str | None, reason: str) -> Extracted:
    """A file of a kind lsfs reads, which cannot be read."""
    return Extracted(type_, reason=reason, status="failed")


def skipped(type_: str | None, reason: str) -> Extracted:
    """A file of a kind nobody reads; its name is still searchable."""
    return Extracted(type_, reason=reason, status="skipped")


def left_out(status: Status, reason: str) -> Extracted:
    """A file that is not read at all: `status` is one of JUDGED."""
    return Extracted(None, reason=reason, status=status)


def place_fields(place: Place) -> dict[str, Any]:
    """A place as JSON fields, without the empty ones."""
    found = {name: getattr(place, name) for name in _PLACE_FIELDS}  # asdict takes ten times as long
    return {key: value for key, value in found.items() if value is not None}


def to_fields(extracted: Extracted) -> dict[str, Any]:
    """The JSON form that crosses from the extraction process to the worker."""
    found = {
        name: getattr(extracted, name)
        for name in ("type", "title", "author", "created", "language", "reason", "status")
    }
    found["spans"] = [[span.text, place_fields(span.place)] for span in extracted.spans]
    return found


def from_fields(told: dict[str, Any]) -> Extracted:
    """The inverse of `to_fields`."""
    spans = tuple(Span(text, Place(**place)) for text, place in told["spans"])
    return Extracted(**{**told, "spans": spans})


def paragraphs(text: str) -> list[str]:
    """The runs of lines between blank lines, stripped."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


@dataclass(slots=True)
class Blocks:
    """Collects spans under the nearest heading above them; used by the markup readers."""

    page: int | None = None
    heading: str | None = None
    spans: list[Span] = field(default_factory=list)

    def add(self, text: str) -> None:
        """One paragraph, unless it is blank."""
        clean = text.strip()
        if clean:
            self.spans.append(Span(clean, Place(page=self.page, heading=self.heading)))

    def add_heading(self, text: str) -> None:
        """A heading: text itself, and the heading of what follows."""
        clean = " ".join(text.split())
        if clean:
            self.heading = clean[:200]
            self.add(clean)
