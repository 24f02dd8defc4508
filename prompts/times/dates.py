"""Time in words: spans to filter by, and moments to go back to. Pure functions, any thread.

Rules:
- A span is half open: `after <= t < before`, zone-aware, in the zone of `now`.
- Weeks start on Monday. `last week` is the previous calendar week, `last month` the previous
  calendar month; `the last 7 days` reaches from midnight seven days ago until now.
- `three days ago` as a span is that whole day, `two weeks ago` that whole calendar week; `five
  minutes ago` is exact where something is since, before or between it.
- A weekday or a month without a year is the most recent one that has begun, and so is a time of day
  without its day: files lie in the past.
- As a moment, `two days ago` is exactly 48 hours back; a day, week or month is its *end* ("the
  version from 3 May" is the last of that day), never later than now, and `the last two hours` their
  beginning.
- What is written as a time and is none ("yesterday 25:00") is not read in part; see `unread_times`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lsfs.errors import UsageError

from .clock import end_of
from .days import MONTH, YEAR
from .durations import duration_at
from .named_times import Time, ahead_at, any_time_at, clock_time_at, day_alone_at, time_at
from .units import floor, shifted
from .untouched import untouched_since


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time and where in the text it stood (`start`, `end` as slice bounds). `is_named`:
    a day, a week ... is named, not from when or until when."""

    start: int
    end: int
    after: datetime | None
    before: datetime | None
    is_named: bool = False

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """`after` and `before`; an end that is to come is none."""
        return self.after, None if self.before and self.before > now else self.before


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, where in the text it stood, and the words without their preposition."""

    start: int
    end: int
    at: datetime
    said: str


def find_span(text: str, now: datetime, *, clocks: bool = False) -> Span | None:
    """The first span of time named in `text`, its prepositions included in the range.

    `clocks`: "at 17:00" alone is that minute; among the words of a search it is rather a topic.
    """
    for start in _word_starts(text):
        found = _span_at(text, start, now, clocks=clocks)
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


def names_time(text: str, now: datetime) -> bool:
    """Whether the whole of `text` is a time."""
    found = any_time_at(text, 0, now)
    return found is not None and found.end == len(text)


def parse_moment(text: str, now: datetime, *, end: bool = False) -> datetime:
    """A whole string as a moment: ISO 8601 or words. A span gives its start, or by `end` its end,
    as a state to go back to.

    Raises:
        UsageError: it names no time, or with `end` one that is to come.
    """
    clean = text.strip()
    if clean.casefold() in {"now", "现在"}:
        return now
    start = end_of(_PREPOSITION, clean, 0)
    found = ahead_at(clean, 0, now) or any_time_at(clean, start, now)
    if found is None or found.end < len(clean):
        raise UsageError(
            f"{text!r} names no time", hint='try 2026-11-20, "yesterday 18:00" or "2 weeks ago"'
        )
    return past(found.moment(now), text.strip(), now) if end else found.first


def past(moment: datetime, text: str, now: datetime) -> datetime:
    """`moment`, which `text` names, as a state to go back to.

    Raises:
        UsageError: it is to come.
    """
    if moment > now:
        raise UsageError(f"{text} lies in the future", hint="name a moment that has been")
    return moment


# -- spans -----------------------------------------------------------------------------------------


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DONE = (
    r"(?:(?:(?:that|which)(?:['’]?s)?(?:\s+(?:is|are|was|were|has|have|been|got))*\s+)?(?:(?:(?:last|got)\s+)?(?:changed|"
    r"modified|edited|created|written|dated|taken|sent|received|saved|made|published|uploaded|downloaded|scanned|printed|finished|updated|added|recorded|"
    r"touched)\s+|(?<=\s)(?:but\s+)?))?"
)
_EDGE = _compile(
    rf"(?:from\s+)?{_DONE}(?P<no>(?:not?|isn'?t|aren'?t)\s+)?(since|after|before|until|till|"
    r"up to|by|(?:starting|beginning)(?:\s+(?:from|on|at|with))?|"
    r"(?:older|newer|earlier|later|younger) than|prior to)\s+"
    r"(?:(?:(?<=until )|(?<=till )|(?<=up to )|(?<=by ))(?:the\s+)?end\s+of\s+(?=\d{4}\b))?"
)
_CHINESE_EDGE = _compile(r"(?:从|自从?|在)?\s*")
_AFTERWARDS = _compile(
    r"\s*(?:(以来|起|开始|至今)|(以后|之后|后(?!面|期))|(以前|之前|前(?!面|期|[一二两三四五六七八九十\d])))"
)
_FROM = _compile(rf"{_DONE}from\s+")
_ONWARDS = _compile(r"\s+on(?:wards?)?\b(?!\s+\w)")
_PREPOSITION = _compile(
    rf"(?:{_DONE}(?:from|in|on|of|during|within|over|for|at)|dated)\s+"
    r"(?:the\s+month\s+of\s+|the\s+year\s+)?"
)
_TO = r"(?:\s+(?:to|until|till|through)\s+|\s*(?:[-–—]|\.\.+)\s*)"
_DAY = rf"(?:{MONTH}\.?\s+\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)?\.?\s+{MONTH})(?:st|nd|rd|th)?"
_RANGES = (
    (_compile(rf"(?:from\s+)?{_DONE}between\s+"), _compile(r"\s+and\s+")),
    (_compile(rf"{_DONE}from\s+"), _compile(_TO)),
    (_compile(rf"(?=\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d|\d{{4}}-\d\d-\d\d|{YEAR}{_TO}{YEAR}(?![-\w])|"
              rf"{MONTH}{_TO}{MONTH}\b|{_DAY}{_TO}{_DAY}\b)"), _compile(_TO)),
    (_compile(r"(?:从|自|在)\s*"), _compile(r"\s*[到至和]\s*")),
    (_compile(r"(?=\d{1,2}[:：点月日号]|\d{4}\s*年|[一二三四五六七八九十]{1,2}月|[今昨前]天|[今去前]年|[上这本]|周|星期)"),
     _compile(r"\s*[-–—~～到至和与]\s*")),
)  # fmt: skip
_BOTH = _compile(r"\s*,?\s*(?:(?:and|but)\s+)?")
_NOW = _compile(r"now\b|现在")
_MONTH_ALONE = _compile(rf".*\b{MONTH}\b(?!.*{YEAR}).*")
_FIRST_NUMBER = _compile(
    r"(?:the\s+)?(\d{1,2})(st|nd|rd|th)?(?=\s+(?:and|to|until|till|through)\s)"
)
_OF_MONTH = _compile(rf"\s+\w+\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b")
""" "The 1st| and the 15th of October": both are days of that month."""
_POSSESSIVE_S = re.compile(r"['’]s\b")
_POSSESSIVE = re.compile(r"['’]s?\b")


def _span_at(text: str, start: int, now: datetime, *, clocks: bool) -> Span | None:
    span = _range(text, start, now) or _edges(text, start, now)
    span = span or _named(text, start, now) or (_at_clock(text, start, now) if clocks else None)
    if span is None:
        return None
    tail = _POSSESSIVE.match(text, span.end)
    return Span(
        span.start, tail.end() if tail else span.end, span.after, span.before, span.is_named
    )


def _range(text: str, start: int, now: datetime) -> Span | None:
    """ "between A and B", "from A to B"."""
    for opening, joiner in _RANGES:
        if begins := opening.match(text, start):
            found = _joined(text, begins.end(), joiner, now)
            if found is not None:
                end, after, before = found
                return Span(start, end, after, before)
    return None


def _joined(
    text: str, start: int, joiner: re.Pattern[str], now: datetime
) -> tuple[int, datetime, datetime | None] | None:
    number = _FIRST_NUMBER.match(text, start)
    low = (
        None
        if number and number[2] and _OF_MONTH.match(text, number.end())
        else any_time_at(text, start, now)
    )
    number = number if low is None else None
    reached = low.end if low else number.end() if number else None
    middle = joiner.match(text, reached) if reached is not None else None
    if middle is None:
        return None
    if low and (is_now := _NOW.match(text, middle.end())):
        return is_now.end(), low.first, None
    high = day_alone_at(text, middle.end(), low)
    high = high or any_time_at(text, middle.end(), now, dots=True)
    if high is None:
        return None
    said = text[middle.end() : high.end]
    if low and high.last <= low.first and "月" in said and not _CHINESE_YEAR.match(said):
        high = _same_year(high, low)  # "2024年3月到5月"
    if low is None:
        low = _numbered(int(number[1]), high, said, now) if number else None
    elif re.search(YEAR, said) and _MONTH_ALONE.fullmatch(text, start, low.end):
        low = _same_year(low, high)
    return _bounds(low, high) if low else None


def _bounds(low: Time, high: Time) -> tuple[int, datetime, datetime] | None:
    low, high = _on_one_day(low, high)
    before = high.first if high.is_exact() else high.last
    return (high.end, low.first, before) if low.first < before else None


def _numbered(number: int, high: Time, said: str, now: datetime) -> Time | None:
    """The first of "between 3 and 10 November", "9 and 10:30", "2 and 1 hours ago"."""
    if high.ago_unit:
        at = shifted(now, high.ago_unit, -number)
    elif high.is_exact():
        is_later = number + 12 < high.first.hour and re.search(r"p\.?m", said, re.I)
        hours = number + 12 if is_later else number
        at = floor(high.first, "day") + timedelta(hours=hours)
        return Time(0, at, at, "hour", is_clock=high.is_clock) if number < 24 else None
    else:
        at = shifted(floor(high.first, "month"), "day", number - 1)
    return Time(0, at, at)


_CHINESE_YEAR = re.compile(r"\d{4}|[今去前]年|[上这本今昨前]")


def _same_year(low: Time, high: Time) -> Time:
    """ "from March to May 2025": the year that was said once holds for both ends."""
    years = high.first.year - low.first.year
    return Time(low.end, shifted(low.first, "year", years), shifted(low.last, "year", years))


def _on_one_day(low: Time, high: Time) -> tuple[Time, Time]:
    """ "from 9:00 to 10:30 yesterday", "from yesterday 22:00 to 2:00": the day is said once."""
    day = timedelta(days=1)
    if high.is_clock and low.is_exact():
        at = floor(low.first, "day") + (high.first - floor(high.first, "day"))
        at = at if at > low.first else at + day
        return low, Time(high.end, at, at, high.unit)
    if low.is_clock and high.is_exact() and not high.ago_unit:
        at = floor(high.first, "day") + (low.first - floor(low.first, "day"))
        at = at if at < high.first else at - day
        return Time(low.end, at, at, low.unit), high
    return low, high


@dataclass(frozen=True, slots=True)
class _Edge:
    """One end of a span: `is_from` when it begins there, `is_beyond` when only after that."""

    end: int
    time: Time
    is_from: bool
    is_beyond: bool = False

    def at(self, time: Time) -> datetime:
        """The moment of the edge, at `time`."""
        return time.last if self.is_beyond else time.first


def _edges(text: str, start: int, now: datetime) -> Span | None:
    """ "since A", "before B", "after A and before B"."""
    one = _edge(text, start, now)
    if one is None:
        return None
    other = _edge(text, end_of(_BOTH, text, one.end), now)
    if other is None or other.is_from == one.is_from:
        at = one.at(one.time)
        return Span(start, one.end, at if one.is_from else None, None if one.is_from else at)
    low, high = (one, other) if one.is_from else (other, one)
    first, last = _on_one_day(low.time, high.time)
    after, before = low.at(first), high.at(last)
    return Span(start, other.end, after, before) if after < before else None


def _edge(text: str, start: int, now: datetime) -> _Edge | None:
    if (untouched := untouched_since(text, start, now)) is not None:
        return _Edge(untouched.end, untouched, False)
    opening = _EDGE.match(text, start)
    if opening is None:
        return _suffixed_edge(text, start, now)
    word = opening[2].casefold().split()[0]
    time = any_time_at(text, opening.end(), now, dots=True)
    if time is None and word in {"since", "older", "newer", "younger", "later", "earlier"}:
        length = duration_at(text, opening.end())
        at = length.before(now) if length else now
        time = Time(length.end, at, at) if length else None
    if time is None:
        return None
    is_from = word in _FROM_THEN
    if opening["no"]:  # "not older than": from then on, "not after": that day as well
        return _Edge(time.end, time, not is_from, False if word in _OLDER else is_from)
    return _Edge(time.end, time, is_from, word in {"after", "later", "until", "till", "up", "by"})


_FROM_THEN = frozenset("since starting beginning newer younger after later".split())
_OLDER = frozenset({"older", "earlier", "before"})


def _suffixed_edge(text: str, start: int, now: datetime) -> _Edge | None:
    """ "昨天以来", "从 5 分钟前起", "from Monday on"."""
    if begins := _FROM.match(text, start):
        time = any_time_at(text, begins.end(), now)
        onwards = _ONWARDS.match(text, time.end) if time else None
        return _Edge(onwards.end(), time, True) if time and onwards else None
    time = any_time_at(text, end_of(_CHINESE_EDGE, text, start), now)
    after = _AFTERWARDS.match(text, time.end) if time else None
    if time is None or after is None:
        return None
    return _Edge(after.end(), time, not after[3], bool(after[2]))


def _named(text: str, start: int, now: datetime) -> Span | None:
    """ "last week", "on Monday", "yesterday between 9:00 and 10:30", "yesterday after 17:00"."""
    preposition = _PREPOSITION.match(text, start)
    at = preposition.end() if preposition else start
    time = time_at(text, at, now, weak=True)
    if time is not None and not preposition and not _POSSESSIVE_S.match(text, time.end):
        time = time_at(text, at, now, weak=False)
    if time is None:
        return None
    if time.is_day() and (part := _part_of(text, start, time)) is not None:
        return part
    after, before = time.interval()
    if beyond := _OR_BEYOND.match(text, time.end):  # "2022 or earlier"
        return Span(start, beyond.end(), *((None, before) if beyond[1] else (after, None)))
    return Span(start, time.end, after, None if before == now else before, is_named=True)


_OR_BEYOND = _compile(
    r"\s+(?:or|and)\s+(?:(earlier|before|older)|later|after(?:wards)?|newer|since)\b(?!\s+\w+ly)"
)


def _at_clock(text: str, start: int, now: datetime) -> Span | None:
    at = _AT.match(text, start)
    time = clock_time_at(text, at.end(), now) if at else None
    return Span(start, time.end, *time.interval(), is_named=True) if time else None


def _part_of(text: str, start: int, day: Time) -> Span | None:
    """What times of day after a day's name leave of it: they are looked for as on its evening."""
    at = end_of(_BOTH, text, day.end)
    evening = floor(day.first, "day") + timedelta(days=1, microseconds=-1)
    if at == day.end or not _CLOCK_EDGE.match(text, at):
        return None
    span = _range(text, at, evening) or _edges(text, at, evening)
    if span is None:
        return None
    after, before = span.after or day.first, span.before or day.last
    return Span(start, span.end, after, before) if after < before else None


_AT = _compile(r"(?:at|around|about)\s+")
_CLOCK_EDGE = _compile(r"(?:between|from|since|after|before|until|till|by)\s+\d{1,2}(?:[:：]|\s)")


# -- moments ---------------------------------------------------------------------------------------

_TOWARDS = _compile(
    r"(?:(?:back\s+)?to|as\s+of|until|till|with|around|about)\s+(?:(?:at|on|from)\s+)?|"
    r"(?P<before>(?:to\s+)?before|since)\s+|[到至为]\s*"
)


def _moment_at(text: str, start: int, now: datetime) -> Moment | None:
    towards = _TOWARDS.match(text, start) or _PREPOSITION.match(text, start)
    at = towards.end() if towards else start
    found = ahead_at(text, start, now) or ahead_at(text, at, now)
    found = found or time_at(text, at, now, weak=True) or clock_time_at(text, at, now)
    if found is None or not (found.is_exact() or towards or time_at(text, at, now, weak=False)):
        return None  # "Monday" alone is none, "Monday 9:00" is
    is_before = towards is not None and towards.groupdict().get("before")
    moment = found.first if is_before else found.moment(now)
    return Moment(start, found.end, moment, text[at : found.end])


def _word_starts(text: str) -> Iterator[int]:
    previous = " "
    for position, character in enumerate(text):
        is_inside = previous in "-_./" or (previous.isalnum() and previous < "\u2fff")
        if (character.isalnum() and not is_inside) or character > "\u2fff":
            yield position
        previous = character
