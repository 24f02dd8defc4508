"""Dates as documents write them, as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_PDF = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2}))?")
_LOOSE = re.compile(r"(\d{4})[-:/.](\d{1,2})(?:[-:/.](\d{1,2}))?(?:[T ](\d{2}:\d{2}(?::\d{2})?))?")
_YEAR = re.compile(r"\d{4}$")


def iso_date(value: object) -> str | None:
    """ "2026-11-02", "2026-11-02T09:00:00+01:00" or, where no more is said, "2026-11" or "2026";
    None when it is no date."""
    if isinstance(value, date | datetime):
        return value.isoformat() if value.year > 1601 else None  # 1601: a time that was never set
    text = str(value or "").strip()
    return _exact(text) or _loose(text) or _of_mail(text)


def _exact(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).isoformat() if "T" in text else (
            date.fromisoformat(text).isoformat()
        )  # fmt: skip
    except ValueError:
        return None


def _loose(text: str) -> str | None:
    if _YEAR.match(text):
        return text
    match = _LOOSE.match(text)
    if match:
        year, month, day, time = match.groups()
        parts = [year, month.zfill(2), *([day.zfill(2)] if day else [])]
        return "-".join(parts) + (f"T{time}" if day and time else "")
    match = _PDF.match(text)
    if match:
        year, month, day, hour, minute = match.groups()
        return f"{year}-{month}-{day}" + (f"T{hour}:{minute}" if hour else "")
    return None


def _of_mail(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError):
        return None
