"""Time in words: spans to filter by, and moments to go back to. Pure functions, any thread.

Rules:
- A span is half open: `after <= t < before`, zone-aware, in the zone of `now`.
- Weeks start on Monday. `last week` is the previous calendar week, `last month` the previous
  calendar month; `the last 7 days` reaches from midnight seven days ago until now.
- `three days ago` as a span is that whole day, `two weeks ago` that whole calendar week.
- A weekday or a month without a year is the most recent one that has begun: files lie in the past.
- As a moment, `two days ago` is exactly 48 hours back; a day, week or month is its *end* ("the
  version from 3 May" is the last of that day), never later than now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lsfs.errors import UsageError

from .numbers import NUMBER, value
from .units import UNIT, floor, shifted, unit_of

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?)"
)
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time and where in the text it stood (`start`, `end` as slice bounds)."""

    start: int
    end: int
    after: datetime | None
    before: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and where in the text it stood."""

    start: int
    end: int
    at: datetime


def find_span(text: str, now: datetime) -> Span | None:
    """The first span of time named in `text`, its prepositions included in the range."""
    for start in _word_starts(text):
        found = _span_at(text, start, now)
        if found is not None:
            return found
    return None


def find_moment(text: str, now: datetime) -> Moment | None:
    """The first moment named in `text`; see the rules above."""
    for start in _word_starts(text):
        found = _moment_at(text, start, now)
        if found is not None:
            return found
    return None


def find_expiry(text: str, now: datetime) -> datetime | None:
    """A moment in the future: "for 3 months", "valid 2 weeks", "until Friday", "tomorrow"."""
    if match := re.search(rf"({NUMBER}|an?)[\s-]*({UNIT})\b", text, re.I):
        return shifted(now, unit_of(match[2]), value(match[1]))
    if re.search(r"\btomorrow\b", text, re.I):
        return floor(now, "day") + timedelta(days=2)
    if match := re.search(rf"\b({_WEEKDAY})\b", text, re.I):
        days = (_index(_WEEKDAYS, match[1]) - now.weekday() - 1) % 7 + 1
        return floor(now, "day") + timedelta(days=days + 1)
    return None


def parse_moment(text: str, now: datetime, *, end: bool = False) -> datetime:
    """A whole string as a moment: ISO 8601 or words. A span gives its start, or its end by `end`.

    Raises:
        UsageError: it names no time.
    """
    clean = re.sub(r"^half an hour\b", "30 minutes", text.strip(), flags=re.I)
    if clean.casefold() in {"now", "现在"}:
        return now
    exact = _iso(clean, now)
    if exact is not None:
        return exact
    if _TIME.fullmatch(clean):
        clean = f"at {clean}"
    if not end:
        span = _span_at(clean, 0, now) or _span_at("in " + clean, 0, now)
        if span is not None and span.after and span.end - span.start >= len(clean):
            return span.after
    moment = _moment_at(clean, 0, now) or _moment_at("in " + clean, 0, now)
    if moment is not None and moment.end - moment.start >= len(clean):
        return moment.at
    raise UsageError(
        f"{text!r} names no time", hint='try 2026-11-20, "yesterday 18:00" or "2 weeks ago"'
    )


# -- atoms: one interval at one place --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Atom:
    """`weak` ones are a time only after a preposition ("in 2024", never "tax return 2024")."""

    pattern: re.Pattern[str]
    interval: Callable[[re.Match[str], datetime], Interval | None]
    weak: bool = False


def _atom_at(text: str, start: int, now: datetime, *, weak: bool) -> tuple[int, Interval] | None:
    for atom in _ATOMS:
        if atom.weak and not weak:
            continue
        match = atom.pattern.match(text, start)
        if match:
            interval = atom.interval(match, now)
            if interval is not None:
                return match.end(), interval
    return None


def _calendar(unit: str, offset: int) -> Callable[[re.Match[str], datetime], Interval]:
    return lambda _match, now: _whole(shifted(floor(now, unit), unit, offset), unit)


def _whole(start: datetime, unit: str) -> Interval:
    return start, shifted(start, unit, 1)


def _relative(match: re.Match[str], now: datetime) -> Interval:
    offset = {"this": 0, "current": 0, "next": 1}.get(match[1].casefold(), -1)
    unit = unit_of(match[2])
    return _whole(shifted(floor(now, unit), unit, offset), unit)


def _past(match: re.Match[str], now: datetime) -> Interval:
    unit = unit_of(match[2])
    start = shifted(now, unit, -value(match[1]))
    return (start if unit in {"second", "minute", "hour"} else floor(start, "day")), now


def _ago(match: re.Match[str], now: datetime) -> Interval:
    unit = unit_of(match[2])
    return _whole(floor(shifted(now, unit, -value(match[1])), unit), unit)


def _weekday(match: re.Match[str], now: datetime) -> Interval:
    today = floor(now, "day")
    back = (now.weekday() - _index(_WEEKDAYS, match[2])) % 7
    back = 7 if back == 0 and (match[1] or "").strip().casefold() == "last" else back
    return _whole(today - timedelta(days=back), "day")


def _day_part(match: re.Match[str], now: datetime) -> Interval:
    day = floor(now, "day") - timedelta(days=match[1].casefold() in {"yesterday", "last"})
    first, last = {
        "morning": (0, 12), "noon": (11, 13), "afternoon": (12, 18), "evening": (18, 24),
        "night": (18, 24),
    }[match[2].casefold()]  # fmt: skip
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
    return _whole(start if year or start <= now else shifted(start, "year", -1), unit)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_YEAR = r"((?:19|20)\d\d)"
_ATOMS = (
    _Atom(_compile(rf"{_YEAR}[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"),
          lambda m, now: _date(m[1], m[2], m[3], now)),
    _Atom(_compile(rf"{_YEAR}-(\d\d)(?![\d-])"), lambda m, now: _date(m[1], m[2], None, now)),
    _Atom(_compile(rf"({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+{_YEAR})?\b"),
          lambda m, now: _date(m[3], m[1], m[2], now)),
    _Atom(_compile(rf"(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|"
        rf"th)?\.?(?:\s+of)?\s+({_MONTH})\b(?:,?\s+{_YEAR})?"),
          lambda m, now: _date(m[3], m[2], m[1], now)),
    _Atom(_compile(rf"({_MONTH})\s+{_YEAR}\b"), lambda m, now: _date(m[2], m[1], None, now)),
    _Atom(_compile(rf"last\s+({_MONTH})\b"), lambda m, now: _date(None, m[1], None, now)),
    _Atom(_compile(r"(?:the\s+)?day before yesterday\b"), _calendar("day", -2)),
    _Atom(_compile(r"(this|yesterday|last)\s+(morning|noon|afternoon|evening|"
        r"night)\b"), _day_part),
    _Atom(_compile(r"today\b"), _calendar("day", 0)),
    _Atom(_compile(r"yesterday\b"), _calendar("day", -1)),
    _Atom(_compile(rf"(?:the\s+)?(?:last|past|previous|"
        rf"recent)\s+({NUMBER})\s+({UNIT})\b"), _past),
    _Atom(_compile(r"(?:the\s+)?(this|current|last|previous|past|next)\s+(week|month|quarter|"
        r"year)\b"),
          _relative),
    _Atom(_compile(rf"(last\s+|this\s+|past\s+)({_WEEKDAY})\b"), _weekday),
    _Atom(_compile(rf"({NUMBER}|an?)\s+({UNIT})\s+(?:ago|back|earlier)\b"), _ago),
    _Atom(_compile(rf"()({_WEEKDAY})\b"), _weekday, weak=True),
    _Atom(_compile(rf"({_MONTH})\b"), lambda m, now: _date(None, m[1], None, now), weak=True),
    _Atom(_compile(rf"{_YEAR}\b(?!-)"), lambda m, now: _date(m[1], "1", None, now) and
          _whole(floor(now, "year").replace(year=int(m[1])), "year"), weak=True),
    _Atom(_compile("今天|今日"), _calendar("day", 0)),
    _Atom(_compile("昨天|昨日"), _calendar("day", -1)),
    _Atom(_compile("前天"), _calendar("day", -2)),
    _Atom(_compile("(?:这|本)(?:个)?(?:周|星期)"), _calendar("week", 0)),
    _Atom(_compile("上(?:个)?(?:周|星期)"), _calendar("week", -1)),
    _Atom(_compile("(?:这个|本)月"), _calendar("month", 0)),
    _Atom(_compile("上(?:个)?月"), _calendar("month", -1)),
    _Atom(_compile("今年"), _calendar("year", 0)),
    _Atom(_compile("去年"), _calendar("year", -1)),
    _Atom(_compile(rf"(?:最近|过去)(?:的)?({NUMBER})({UNIT})"), _past),
    _Atom(_compile(rf"({NUMBER})({UNIT})(?:之)?前"), _ago),
)  # fmt: skip


# -- spans and moments -----------------------------------------------------------------------------

_EDGE = _compile(
    r"(?:(?:changed|modified|edited|created|written|dated|from)\s+)?"
    r"(since|after|before|until|till|up to|by|(?:older|newer|earlier|later|younger) than|"
    r"prior to)\s+"
)
_PREPOSITION = _compile(
    r"(?:(?:changed|modified|edited|created|written|dated|taken|sent|received)\s+)?"
    r"(?:from|in|on|of|during|within|over|for|at)\s+(?:the\s+month\s+of\s+|the\s+year\s+)?"
)
_BETWEEN = _compile(r"(?:(?:taken|changed|modified|written|created|from)\s+)?between\s+")
_TO = _compile(r"\s+(?:to|until|till|through)\s+")
_AND = _compile(r"\s+and\s+")
_DAY_NUMBER = _compile(
    r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?(?=\s+(?:and|to|until|till|through)\s)"
)
_DURATION = _compile(rf"({NUMBER}|an?)\s+({UNIT})\b")
_POSSESSIVE = re.compile(r"['’]s?\b")


def _span_at(text: str, start: int, now: datetime) -> Span | None:
    span = _between(text, start, now) or _edge(text, start, now) or _within(text, start, now)
    if span is None:
        return None
    tail = _POSSESSIVE.match(text, span.end)
    return Span(span.start, tail.end() if tail else span.end, span.after, span.before)


def _between(text: str, start: int, now: datetime) -> Span | None:
    opening, joiner = _BETWEEN.match(text, start), _AND
    if opening is None:
        opening, joiner = re.compile(r"from\s+", re.I).match(text, start), _TO
    if opening is None:
        return None
    first = _atom_at(text, opening.end(), now, weak=True)
    day = _DAY_NUMBER.match(text, opening.end())
    reached = first[0] if first else day.end() if day else None
    middle = joiner.match(text, reached) if reached is not None else None
    last = _atom_at(text, middle.end(), now, weak=True) if middle else None
    if last is None:
        return None
    end, (closing, before) = last
    if first:
        after = _same_year(text[opening.end() : first[0]], first[1][0], closing)
    elif day:
        after = shifted(floor(closing, "month"), "day", int(day[1]) - 1)
    else:
        return None
    return Span(start, end, after, before) if after < before else None


def _same_year(text: str, first: datetime, last: datetime) -> datetime:
    """ "from March to May 2025": the year that was said once holds for both ends."""
    named = re.search(_YEAR, text)
    return first if named else shifted(first, "year", last.year - first.year)


def _edge(text: str, start: int, now: datetime) -> Span | None:
    opening = _EDGE.match(text, start)
    if opening is None:
        return None
    word = opening[1].casefold().split()[0]
    length = _DURATION.match(text, opening.end())
    atom = _atom_at(text, opening.end(), now, weak=True)
    if atom is None and length and word in {"older", "newer", "younger", "later", "earlier"}:
        point = shifted(now, unit_of(length[2]), -value(length[1]))
        atom = length.end(), (point, point)
    if atom is None:
        return None
    end, (first, last) = atom
    if word in {"since", "newer", "younger"}:
        return Span(start, end, first, None)
    if word in {"after", "later"}:
        return Span(start, end, last, None)
    return Span(start, end, None, last if word in {"until", "till", "up", "by"} else first)


def _within(text: str, start: int, now: datetime) -> Span | None:
    preposition = _PREPOSITION.match(text, start)
    atom = _atom_at(text, preposition.end() if preposition else start, now, weak=bool(preposition))
    if atom is None:
        return None
    after, before = atom[1]
    return Span(start, atom[0], after, None if before == now else before)


_TIME = _compile(
    r"\s*(?:,|at|around|um)?\s*(\d{1,2})(?::(\d\d)(?::(\d\d))?\s*(am|pm)?|\s*(am|pm|"
    r"o'clock))(?!\w)"
)
_AT_TIME = _compile(r"(?:at|from)\s+")


def _moment_at(text: str, start: int, now: datetime) -> Moment | None:
    if match := re.compile(rf"({NUMBER}|an?)\s*({UNIT})\s*(?:ago|back|earlier|(?:之)?前)").match(
        text, start
    ):
        return Moment(start, match.end(), shifted(now, unit_of(match[2]), -value(match[1])))
    if exact := _ISO_TIME.match(text, start):
        moment = _iso(exact[0], now)
        return Moment(start, exact.end(), moment) if moment else None
    if opening := _AT_TIME.match(text, start):
        clock = _TIME.match(text, opening.end())
        if clock:
            return _timed(text, start, clock, now)
    preposition = _PREPOSITION.match(text, start)
    at = preposition.end() if preposition else start
    atom = _atom_at(text, at, now, weak=bool(preposition))
    if atom is None:
        return None
    end, (first, last) = atom
    clock = _TIME.match(text, end)
    if clock is None:
        return Moment(start, end, min(last, now))
    return Moment(start, clock.end(), first + _clock(clock))


def _timed(text: str, start: int, clock: re.Match[str], now: datetime) -> Moment:
    """A bare clock time, or one before its day ("at 18:00 yesterday")."""
    space = re.compile(r"\s+(?:on\s+)?").match(text, clock.end())
    atom = _atom_at(text, space.end(), now, weak=True) if space else None
    if atom:
        return Moment(start, atom[0], atom[1][0] + _clock(clock))
    at = floor(now, "day") + _clock(clock)
    return Moment(start, clock.end(), at if at <= now else at - timedelta(days=1))


_ISO_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[zZ]|[+-]\d\d:?\d\d)?(?!\w)"
)


def _clock(match: re.Match[str]) -> timedelta:
    half = (match[4] or match[5] or "").casefold()
    hour = int(match[1]) % 12 + 12 * (half == "pm") if half in {"am", "pm"} else int(match[1])
    return timedelta(hours=min(hour, 24), minutes=int(match[2] or 0), seconds=int(match[3] or 0))


def _iso(text: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _word_starts(text: str) -> Iterator[int]:
    previous = " "
    for position, character in enumerate(text):
        if (
            character.isalnum() and not (previous.isalnum() or previous in "-_./")
        ) or character > "\u2fff":
            yield position
        previous = character


def _index(names: list[str], word: str) -> int:
    return next(i for i, name in enumerate(names) if name.startswith(word.casefold()[:3]))
