"""One phrase that names a time: "yesterday 18:00", "5 minutes ago", "last week", "17:05". Pure
functions, any thread.

A day or a week is an interval; what names a time of day, or goes back by hours or less, is exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .clock import PART, Clock, clock_after, clock_at, iso_at, looks_like_clock
from .days import WEEKDAY, days_until, interval_at, part_of, whole
from .durations import Duration, duration_at
from .units import floor, shifted


@dataclass(frozen=True, slots=True)
class Time:
    """A time that is named, and where that ends in the text.

    `first <= t < last`; of an exact one both are the moment, and `unit` is what it is said in.
    `point` is the moment that an interval stands for ("2 days ago": exactly 48 hours back, "the
    last 2 hours": before them); None: its end. `is_clock`: a time of day without its day, taken for
    the last that has been. `ago_unit`: what "N units ago" counts.
    """

    end: int
    first: datetime
    last: datetime
    unit: str = "day"
    point: datetime | None = None
    is_clock: bool = False
    ago_unit: str = ""

    def is_exact(self) -> bool:
        """Whether it is a moment, not an interval."""
        return self.first == self.last

    def is_day(self) -> bool:
        """Whether it is one day, or a part of one."""
        return not self.is_exact() and self.last - self.first <= timedelta(days=1)

    def interval(self) -> tuple[datetime, datetime]:
        """From when to when; of an exact one the minute, hour ... that it is said in."""
        return whole(floor(self.first, self.unit), self.unit) if self.is_exact() else (
            self.first, self.last
        )  # fmt: skip

    def moment(self, now: datetime) -> datetime:
        """The state it stands for: of an interval its end, never later than now unless it is all
        to come."""
        if self.point is not None:
            return self.point
        return min(self.last, max(now, self.first))


def time_at(text: str, start: int, now: datetime, *, weak: bool) -> Time | None:
    """The time that `text` names at `start`; `weak` as for `days.interval_at`."""
    if written := iso_at(text, start, now.tzinfo):
        return _exact(written.end, written.at, written.unit)
    if clock := clock_at(text, start):
        return _before_its_day(text, clock, now)
    if (found := _past(text, start, now, weak=weak)) is not None:
        return found
    if (found := _ago(text, start, now)) is not None:
        return _refined(text, found, now)
    interval = interval_at(text, start, now, weak=weak)
    if interval is None:
        return None
    end, (first, last) = interval
    return _refined(text, Time(end, first, last), now)


def any_time_at(text: str, start: int, now: datetime, *, dots: bool = False) -> Time | None:
    """Like `time_at`, after a word that makes clear that a time follows: "since |17:05".

    `dots`: "since |3.11", where the last dot was taken for the sentence's, is 3 November.
    """
    found = time_at(text, start, now, weak=True) or clock_time_at(text, start, now)
    if found is None and dots:
        found = time_at(f"{text}.", start, now, weak=True)
        is_last = found is not None and found.end > len(text)
        found = replace(found, end=len(text)) if found and is_last else None
    return found


def clock_time_at(text: str, start: int, now: datetime) -> Time | None:
    """A time of day alone, as the last that has been."""
    clock = clock_at(text, start)
    if clock is None:
        return None
    at = floor(now, "day") + clock.offset
    at = at if at <= now else at - timedelta(days=1)
    return replace(_exact(clock.end, at, clock.unit), is_clock=True)


def ahead_at(text: str, start: int, now: datetime) -> Time | None:
    """A time that is to come: "tomorrow", "next Friday", "in 2 hours"."""
    if match := _IN.match(text, start):
        length = duration_at(text, match.end())
        return _exact(length.end, length.after(now), length.unit) if length else None
    match = _AHEAD.match(text, start)
    if match is None:
        return None
    days = days_until(match[1], now) if match[1] else 1
    first, last = whole(floor(now, "day") + timedelta(days=days), "day")
    found = Time(match.end(), first, last)
    return _refined(text, found, now)


_IN = re.compile(r"in\s+(?=\d|an?\s|one\s|two\s)", re.I)
_AHEAD = re.compile(rf"(?:tomorrow\b|明天|next\s+({WEEKDAY})\b)", re.I)
_AGO = re.compile(r"\s*(?:(?:ago|back|earlier)\b|(?:之|以)?前)", re.I)
_LAST = re.compile(r"(?:the\s+)?(?:last|past|previous|recent)\s+|(?:最近|过去)的?", re.I)
_ONE_UNIT = re.compile(r"(?=(?P<hour>hour)\b|(?:second|minute|day)\b)", re.I)
_PART = re.compile(rf"\s*({PART})(?![a-z])", re.I)
_ITS_DAY = re.compile(r"\s+(?:on\s+)?|(?=[今昨前])", re.I)


def _exact(end: int, at: datetime, unit: str) -> Time:
    return Time(end, at, at, unit, at)


def _past(text: str, start: int, now: datetime, *, weak: bool) -> Time | None:
    """ "the last 7 days", "the past hour": as long as said, until now."""
    match = _LAST.match(text, start)
    length = _length_at(text, match.end(), weak=weak) if match else None
    if length is None:
        return None
    first = length.before(now)
    return Time(length.end, first, now, point=first)


def _length_at(text: str, start: int, *, weak: bool) -> Duration | None:
    """A duration, or one unit without its number; "my last day" is one after a preposition."""
    if length := duration_at(text, start):
        return length
    unit = _ONE_UNIT.match(text, start)
    if unit is None or not (weak or unit["hour"]):
        return None
    length = duration_at(f"{text[:start]}1 {text[start:]}", start)
    return Duration(length.end - 2, length.parts) if length else None


def _ago(text: str, start: int, now: datetime) -> Time | None:
    length = duration_at(text, start)
    match = _AGO.match(text, length.end) if length else None
    if length is None or match is None:
        return None
    point = length.before(now)
    if _is_short(length.unit) or not length.is_whole():
        return replace(_exact(match.end(), point, length.unit), ago_unit=length.unit)
    first, last = whole(floor(point, length.unit), length.unit)
    return Time(match.end(), first, last, point=point, ago_unit=length.unit)


def _is_short(unit: str) -> bool:
    return unit in {"second", "minute", "hour"}


def _refined(text: str, time: Time, now: datetime) -> Time | None:
    """With the part or the time of the day that follows; None when no day has such a time."""
    if time.is_day():
        if clock := clock_after(text, time.end):
            return _exact(clock.end, _on(time, clock), clock.unit)
        if part := _PART.match(text, time.end):
            first, last = part_of(floor(time.first, "day"), part[1])
            return _refined(text, Time(part.end(), first, last), now)
    return None if looks_like_clock(text, time.end) else time


def _before_its_day(text: str, clock: Clock, now: datetime) -> Time | None:
    """ "18:00 yesterday", "5 pm on Monday"."""
    space = _ITS_DAY.match(text, clock.end)
    found = interval_at(text, space.end(), now, weak=True) if space else None
    day = _refined(text, Time(found[0], *found[1]), now) if found else None
    if day is None or not day.is_day():
        return None
    return _exact(day.end, _on(day, clock), clock.unit)


def _on(day: Time, clock: Clock) -> datetime:
    """The time of day on a day; in a part of one "evening at 8" is 20:00, "night at 2" is 2:00 of
    the next."""
    hours = clock.offset // timedelta(hours=1)
    later = 0
    if day.first.hour >= 12 and hours < 12:
        later = 24 if day.first.hour >= 18 and hours < 4 else 12
    return floor(day.first, "day") + clock.offset + timedelta(hours=later)


def day_alone_at(text: str, start: int, low: Time | None) -> Time | None:
    """The second of "11月2号到9号": in the month of the first."""
    match = _DAY_ALONE.match(text, start)
    if match is None or low is None or not low.is_day():
        return None
    first = shifted(floor(low.first, "month"), "day", int(match[1]) - 1)
    return Time(match.end(), first, shifted(first, "day", 1))


_DAY_ALONE = re.compile(r"(\d{1,2})[日号]")
