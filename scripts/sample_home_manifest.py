"""What stands in the sample home: the words in `sample_home_texts/` and the manifest beside them.

The manifest names each document's path, format and age. An age is a hint, because the home is made
at any time and still has to hold notes of "last week": `today`, `yesterday`, `this month`,
`last month`, `N days ago`, `last week WEEKDAY` or `last year MM-DD`.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).resolve().parent / "sample_home_texts"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Document:
    """One line of the manifest.

    `path` is relative to the home and may hold surrogate escapes for bytes that are not UTF-8.
    `when` is read by `moment_of`. An `attachment`'s path is its file name within the mail.
    """

    path: str
    format: str
    when: str = "today"
    source: str = ""
    title: str = ""
    author: str = ""
    encoding: str = "utf-8"
    attachment: Document | None = None


def load_manifest() -> list[Document]:
    """Return the documents in the order of the manifest."""
    manifest = json.loads((TEXTS / "manifest.json").read_text(encoding="utf-8"))
    return [document_from(record) for record in manifest["documents"]]


def document_from(record: dict[str, Any]) -> Document:
    """Build a document, and its attachment if it has one, from a manifest record."""
    attachment = record.get("attachment")
    nested = document_from(attachment) if attachment else None
    return Document(**{**record, "attachment": nested})


def source_text(document: Document, moment: datetime) -> str:
    """Return the words of a document; `{{date}}` and `{{date-N}}` count from its own moment."""

    def dated(match: re.Match[str]) -> str:
        return (moment.date() - timedelta(days=int(match[1] or 0))).isoformat()

    text = (TEXTS / document.source).read_text(encoding="utf-8")
    return re.sub(r"\{\{date(?:-(\d+))?\}\}", dated, text)


def moment_of(document: Document, now: datetime) -> datetime:
    """Return when a document was last changed, never later than `now`.

    The time of day is drawn from the path: stable from run to run, yet files of one day differ.
    """
    draw = zlib.crc32(os.fsencode(document.path)) % 600
    match document.when.split():
        case ["today"]:
            return within(at_midnight(now), now, draw)
        case ["this", "month"]:
            return within(at_midnight(now.replace(day=1)), now, draw)
        case words:
            day = day_of(words, now.date())
            return datetime.combine(day, time(9), now.tzinfo) + timedelta(minutes=draw)


def day_of(words: list[str], today: date) -> date:
    """Return the day that a hint such as `last week tuesday` or `40 days ago` names."""
    match words:
        case ["yesterday"]:
            return today - timedelta(days=1)
        case [count, "days", "ago"]:
            return today - timedelta(days=int(count))
        case ["last", "week", weekday]:
            monday = today - timedelta(days=today.weekday() + 7)
            return monday + timedelta(days=WEEKDAYS.index(weekday))
        case ["last", "month"]:
            return (today.replace(day=1) - timedelta(days=1)).replace(day=15)
        case ["last", "year", month_day]:
            return date.fromisoformat(f"{today.year - 1}-{month_day}")
    raise ValueError(f"manifest: cannot read the date hint {' '.join(words)!r}")


def at_midnight(moment: datetime) -> datetime:
    """Return the start of the moment's day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def within(start: datetime, end: datetime, draw: int) -> datetime:
    """Return a minute in the latter half of a span, `draw` in 0..599 choosing which.

    Whole minutes, because a zip archive counts in steps of two seconds.
    """
    return (start + (end - start) * (0.5 + draw / 1200)).replace(second=0, microsecond=0)
