"""Until when something is to hold: "for 3 months", "until Friday". Pure functions, any thread."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from lsfs.errors import NotUnderstoodError

from .clock import Clock, clock_at
from .dates import find_span
from .days import MONTH, WEEKDAY, is_american
from .named_times import ahead_at
from .numbers import NUMBER, value
from .units import UNIT, floor, shifted, unit_of

_A_DATE = rf"\.?,?\s+(?:(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b|{MONTH}\b)"
""" "Monday|, 30 November"."""


def find_expiry(text: str, now: datetime) -> datetime | None:
    """A moment in the future: "for 3 months", "24h", "until Friday", "tomorrow".

    Raises:
        NotUnderstoodError: it says for how long, and not how long that is: "for a while".
    """
    if match := re.search(r"(?<![\w.:-])(\d{1,4})\s?([hdw])(?!\w)", text, re.I):
        return shifted(now, _SHORT[match[2].casefold()], int(match[1]))
    if match := re.search(rf"({NUMBER}|an?)[\s-]*({UNIT})\b", text, re.I):
        return shifted(now, unit_of(match[2]), value(match[1]))
    if match := re.search(rf"\b(?:(tomorrow)|{WEEKDAY})\b(?!{_A_DATE})", text, re.I):
        said = text[match.start() :]
        ahead = ahead_at(said if match[1] else f"next {said}", 0, now)
        clock = _clock_before(text, match.start()) if ahead and ahead.is_day() else None
        return floor(ahead.first, "day") + clock.offset if ahead and clock else (
            ahead.last if ahead else None
        )  # fmt: skip
    if length := _SOME_TIME.search(text):
        raise NotUnderstoodError(
            f"I do not know how long {length[0]!r} is", hint="share cv.pdf for 7 days"
        )
    until = re.search(r"\b(?:until|till)\s+(?:today\s+)?(?:at\s+)?(?=\d|midnight|noon)", text, re.I)
    clock = clock_at(text, until.end()) if until else None
    if clock is None or _DATED.match(text, clock.end):
        return None
    at = floor(now, "day") + clock.offset
    return at if at > now else at + timedelta(days=1)


_SHORT = {"h": "hour", "d": "day", "w": "week"}


def _clock_before(text: str, end: int) -> Clock | None:
    """The time of day right before a day: "until 8 pm| tomorrow"."""
    for match in _AT.finditer(text, 0, end):
        clock = clock_at(text, match.end())
        if clock and re.fullmatch(r"[\s,]*(?:on\s+)?(?:next\s+)?", text[clock.end : end], re.I):
            return clock
    return None


_SOME_TIME = re.compile(
    r"\bfor\s+(?:an?|the|some|few|several|as)\s+(?:\w+\s+)*?(?:while|bit|moment|times?|days?|weeks?|"
    r"months?|years?|hours?|minutes?|holidays?|weekend|night|term|season|long)\b",
    re.I,
)
_AT = re.compile(r"\b(?:until|till|at|by)\s+(?=\d|midnight|noon)", re.I)
_DATED = re.compile(r"\s*,?\s*(?:on\s+)?(?:the\s+)?(?:\d|[a-z]+\s+\d)", re.I)
""" "Until noon on 5 December": the day is the next one of that name."""


def find_end(text: str, now: datetime) -> datetime | None:
    """`find_expiry`, also by a date: the end of the next day of that name, or the time on it.

    Raises:
        NotUnderstoodError: it names a date that is over.
    """
    if expires := find_expiry(text, now):
        return expires
    until = UNTIL.search(text)
    if until is None:
        return None
    if written := _WRITTEN.search(text, until.end()):
        return _first_to_come(written, now)
    rest = text[until.end() :]
    weekday = _DATED_WEEKDAY.match(rest)
    end = _end_of(rest[weekday.end() :] if weekday else rest, now)
    if end is not None and end <= now:
        end = None if _YEAR.search(text) else end.replace(year=end.year + 1)
    if end and weekday and not _is_on(weekday[1], end):
        raise NotUnderstoodError(
            f"{text[until.end() :].strip()} is no {weekday[1]}", hint="say only the date"
        )
    return end


def _is_on(weekday: str, end: datetime) -> bool:
    """Whether that moment, or the day that it ends, is on such a weekday."""
    return f"{end - timedelta(microseconds=1):%A}".casefold().startswith(weekday.casefold()[:3])


def _first_to_come(written: re.Match[str], now: datetime) -> datetime:
    """Of "12/1/2026" with the day and with the month first the one that is still to come."""
    orders = ((written[1], written[2]), (written[2], written[1]))
    for day, month in reversed(orders) if is_american(written) else orders:
        date = f"{written[3]}-{int(month):02}-{int(day):02}"
        end = _end_of(f"{date}{written.string[written.end() :]}", now)
        if end is not None and end > now:
            return end
    raise NotUnderstoodError(
        f"{written[0]} is over", hint="say until when in the future, or for how many days"
    )


def _end_of(text: str, now: datetime) -> datetime | None:
    span = find_span(text, now, clocks=True)
    if span is None or span.before is None:
        return None
    is_day = span.after is None or span.before - span.after >= timedelta(days=1)
    return span.before if is_day or span.after is None else span.after


UNTIL = re.compile(
    r"\b(?:until|till?|expir\w+(?:\s+on)?|valid(?:ity)?|ends?(?:\s+on)?|dies)\b:?", re.I
)
_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_DATED_WEEKDAY = re.compile(rf"\W*(?:on\s+)?({WEEKDAY})\b(?={_A_DATE})\W*", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
