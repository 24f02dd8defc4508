"""Days, weeks, months and years as people name them, each as an interval. Pure functions, any
thread.

A weekday or a month without a year is the most recent one that has begun: files lie in the past.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import part_of_day
from .units import floor, shifted, unit_of

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
"""A pattern for the name of a month."""
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?)"
)
"""A pattern for the name of a weekday."""
YEAR = r"((?:19|20)\d\d)"
Interval = tuple[datetime, datetime]
"""Half open, zone-aware."""


def interval_at(text: str, start: int, now: datetime, *, weak: bool) -> tuple[int, Interval] | None:
    """The end and the interval of the day, week ... that `text` names at `start`.

    `weak` ones ("Monday", "March", "2024") are a time only after a preposition: never in "tax
    return 2024".
    """
    for atom in _ATOMS:
        if atom.weak and not weak:
            continue
        match = atom.pattern.match(text, start)
        if match:
            interval = atom.interval(match, now)
            if interval is not None:
                return match.end(), interval
    return None


def days_until(weekday: str, now: datetime) -> int:
    """How many days from today the next such weekday is: 1 to 7."""
    return (_index(_WEEKDAYS, weekday) - now.weekday() - 1) % 7 + 1


def whole(start: datetime, unit: str) -> Interval:
    """The day, week ... that begins at `start`."""
    return start, shifted(start, unit, 1)


@dataclass(frozen=True, slots=True)
class _Atom:
    pattern: re.Pattern[str]
    interval: Callable[[re.Match[str], datetime], Interval | None]
    weak: bool = False


def _calendar(unit: str, offset: int) -> Callable[[re.Match[str], datetime], Interval]:
    return lambda _match, now: whole(shifted(floor(now, unit), unit, offset), unit)


def _relative(match: re.Match[str], now: datetime) -> Interval:
    offset = {"this": 0, "current": 0, "next": 1}.get(match[1].casefold(), -1)
    unit = unit_of(match[2])
    return whole(shifted(floor(now, unit), unit, offset), unit)


def _weekday(match: re.Match[str], now: datetime) -> Interval:
    today = floor(now, "day")
    back = (now.weekday() - _index(_WEEKDAYS, match[2])) % 7
    back = 7 if back == 0 and (match[1] or "").strip().casefold() == "last" else back
    return whole(today - timedelta(days=back), "day")


def _day_part(back: int) -> Callable[[re.Match[str], datetime], Interval]:
    def interval(match: re.Match[str], now: datetime) -> Interval:
        return part_of(floor(now, "day") - timedelta(days=back), match[1])

    return interval


def part_of(day: datetime, word: str) -> Interval:
    """The morning, afternoon ... of a day."""
    first, last = part_of_day(word)
    return day + timedelta(hours=first), day + timedelta(hours=last)


def _date(year: str | None, month: str, day: str | None, now: datetime) -> Interval | None:
    number = int(month) if month.isdecimal() else _index(_MONTHS, month) + 1
    unit = "day" if day else "month"
    try:
        start = floor(now, "day").replace(
            year=int(year) if year else now.year, month=number, day=int(day or 1)
        )
    except ValueError:
        return None
    return whole(start if year or start <= now else shifted(start, "year", -1), unit)


def _index(names: list[str], word: str) -> int:
    return next(i for i, name in enumerate(names) if name.startswith(word.casefold()[:3]))


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ATOMS = (
    _Atom(_compile(r"([1-9]\d{3})-(\d\d)-(\d\d)(?![\d:]|T\d)"),
          lambda m, now: _date(m[1], m[2], m[3], now)),
    _Atom(_compile(rf"{YEAR}[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?![\d:]|T\d)"),
          lambda m, now: _date(m[1], m[2], m[3], now)),
    _Atom(_compile(rf"{YEAR}-(\d\d)(?![\d-])"), lambda m, now: _date(m[1], m[2], None, now)),
    _Atom(_compile(rf"({MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+{YEAR})?\b"),
          lambda m, now: _date(m[3], m[1], m[2], now)),
    _Atom(_compile(rf"(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|"
        rf"th)?\.?(?:\s+of)?\s+({MONTH})\b(?:,?\s+{YEAR})?"),
          lambda m, now: _date(m[3], m[2], m[1], now)),
    _Atom(_compile(rf"({MONTH})\s+{YEAR}\b"), lambda m, now: _date(m[2], m[1], None, now)),
    _Atom(_compile(rf"last\s+({MONTH})\b"), lambda m, now: _date(None, m[1], None, now)),
    _Atom(_compile(r"(?:the\s+)?day before yesterday\b"), _calendar("day", -2)),
    _Atom(_compile(r"this\s+(morning|afternoon|evening|night)\b"), _day_part(0)),
    _Atom(_compile(r"last\s+(morning|afternoon|evening|night)\b"), _day_part(1)),
    _Atom(_compile(r"to(night)\b"), _day_part(0)),
    _Atom(_compile(r"today\b"), _calendar("day", 0)),
    _Atom(_compile(r"yesterday\b"), _calendar("day", -1)),
    _Atom(_compile(r"(?:the\s+)?(this|current|last|previous|past|next)\s+(week|month|quarter|"
        r"year)\b"),
          _relative),
    _Atom(_compile(r"(?:the\s+)?(?:this|current)\s+hour\b"), _calendar("hour", 0)),
    _Atom(_compile(rf"(last\s+|this\s+|past\s+)({WEEKDAY})\b"), _weekday),
    _Atom(_compile(rf"()({WEEKDAY})\b"), _weekday, weak=True),
    _Atom(_compile(rf"({MONTH})\b"), lambda m, now: _date(None, m[1], None, now), weak=True),
    _Atom(_compile(rf"{YEAR}\b(?!-)"), lambda m, now: _date(m[1], "1", None, now) and
          whole(floor(now, "year").replace(year=int(m[1])), "year"), weak=True),
    _Atom(_compile("今天|今日"), _calendar("day", 0)),
    _Atom(_compile("昨天|昨日"), _calendar("day", -1)),
    _Atom(_compile("前天"), _calendar("day", -2)),
    _Atom(_compile("(?:这|本)(?:个)?(?:周|星期)"), _calendar("week", 0)),
    _Atom(_compile("上(?:个)?(?:周|星期)"), _calendar("week", -1)),
    _Atom(_compile("(?:这个|本)月"), _calendar("month", 0)),
    _Atom(_compile("上(?:个)?月"), _calendar("month", -1)),
    _Atom(_compile("今年"), _calendar("year", 0)),
    _Atom(_compile("去年"), _calendar("year", -1)),
)  # fmt: skip
