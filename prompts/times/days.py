"""Days, weeks, months and years as people name them, each as an interval. Pure functions, any
thread.

A weekday or a month without a year is the most recent one that has begun: files lie in the past.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .chinese_days import (
    DAY_OF_MONTH,
    HOLIDAY,
    PART_OF_MONTH,
    day_of_month,
    holiday,
    part_of_month,
)
from .clock import part_of_day
from .numbers import NUMBER, value
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
    if (day := _WEEKDAY_OF.match(text, start)) and (
        found := interval_at(text, day.end(), now, weak=True)
    ):
        first, last = found[1]
        is_day = last - first == timedelta(days=1)
        return found if is_day and first.weekday() == _index(_WEEKDAYS, day[1]) else None
    for atom in _ATOMS:
        if atom.weak and not weak:
            continue
        match = atom.pattern.match(text, start)
        if match:
            interval = atom.interval(match, now)
            if interval is not None:
                return match.end(), interval
    return None


_WEEKDAY_OF = re.compile(rf"({WEEKDAY})\b\.?,?\s+(?=(?:the\s+)?\d|{MONTH}\b)", re.I)
""" "Monday, 16 November": one day, where it is such a day."""


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


def _day_first(match: re.Match[str], now: datetime) -> Interval | None:
    """ "01.10.2026", "1/10/2026": the day first, unless it cannot be. The month first beside "pm"
    or "noon", as in America, and where the other date is still to come."""
    first, second = match[1], match[2]
    day_first, month_first = (
        _date(match[3], second, first, now), _date(match[3], first, second, now),
    )  # fmt: skip
    if day_first is None or month_first is None or "/" not in match[0]:
        return day_first or month_first
    is_to_come = day_first[0] > now >= month_first[0]
    return month_first if is_to_come or is_american(match) else day_first


def is_american(match: re.Match[str]) -> bool:
    """Whether the time of day beside a date is told as in America."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(_AMERICAN_AFTER.match(after) or _AMERICAN_BEFORE.search(before))


_AMERICAN = r"(?:\d{1,2}(?::\d\d)?\s*[ap]\.?m\b\.?|noon\b|midnight\b)"
_AMERICAN_AFTER = re.compile(rf"\s*,?\s*(?:at\s+)?{_AMERICAN}", re.I)
_AMERICAN_BEFORE = re.compile(rf"{_AMERICAN}\s*,?\s*(?:on\s+)?(?:the\s+)?$", re.I)


def _quarter(match: re.Match[str], now: datetime) -> Interval:
    """The quarter of that number, of its year or the latest that has begun."""
    number = int(match[1]) if match[1] else _ORDINALS.index(match[3].casefold()) + 1
    year = match[2] or match[4]
    start = floor(now, "year").replace(month=3 * number - 2)
    if year:
        start = start.replace(year=int(year))
    return whole(start if year or start <= now else shifted(start, "year", -1), "quarter")


def _half(match: re.Match[str], now: datetime) -> Interval:
    """Six months of the year that is named, else of the latest in which they have begun."""
    number = match["number"] or match["short"]
    months = 0 if number.casefold() in ("first", "1") else 6
    start = floor(now, "year")
    if year := match["year"] or match["before"]:
        start = start.replace(year=int(year))
    elif (match["relative"] or "").casefold() in ("last", "past", "previous"):
        start = shifted(start, "year", -1)
    start = shifted(start, "month", months)
    is_open = not (year or match["relative"])
    start = shifted(start, "year", -1) if is_open and start > now else start
    return start, shifted(start, "month", 6)


_ORDINALS = ("first", "second", "third", "fourth")


def _weekend(match: re.Match[str], now: datetime) -> Interval:
    """Saturday and Sunday: of "last" the latest that is over, of "this" that of this week."""
    saturday = floor(now, "week") + timedelta(days=5)
    word = match[1].casefold()
    is_over = saturday + timedelta(days=2) <= now
    back = 0 if word == "this" or is_over or (not word and saturday <= now) else 7
    return saturday - timedelta(days=back), saturday + timedelta(days=2 - back)


def _third(match: re.Match[str], now: datetime) -> Interval | None:
    """ "early March": its first ten days, "mid": the next ten, "late": the rest."""
    month = _date(match[3], match[2], None, now)
    if month is None:
        return None
    first, last = month
    tenth, twentieth = first + timedelta(days=10), first + timedelta(days=20)
    word = match[1].casefold().split()[0]
    if word in {"early", "beginning", "start"}:
        return first, tenth
    return (tenth, twentieth) if word in {"mid", "middle"} else (twentieth, last)


def _week_of(match: re.Match[str], now: datetime) -> Interval | None:
    """Seven days of a month, counted from its first, the last from its end."""
    month = _date(match[3], match[2], None, now)
    if month is None:
        return None
    if match[1].casefold() == "last":
        return month[1] - timedelta(days=7), month[1]
    start = month[0] + timedelta(days=7 * _ORDINALS.index(match[1].casefold()))
    return start, start + timedelta(days=7)


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def _season(match: re.Match[str], now: datetime) -> Interval:
    """Its three months, winter from December of that year on."""
    start = floor(now, "year").replace(year=int(match[2]), month=_SEASONS[match[1].casefold()])
    return start, shifted(start, "month", 3)


def _latest_season(match: re.Match[str], now: datetime) -> Interval:
    """The latest of that season that has begun; of "last" one that is over."""
    start = floor(now, "year").replace(month=_SEASONS[match[2].casefold()])
    end = shifted(start, "month", 3)
    is_to_come = start > now or (match[1].casefold() == "last" and end > now)
    back = -1 if is_to_come else 0
    return shifted(start, "year", back), shifted(end, "year", back)


def _chinese_date(match: re.Match[str], now: datetime) -> Interval | None:
    """ "2024年3月5日", "去年12月", "三月份"."""
    year = match[1] or (str(now.year - "今去前".index(match[2])) if match[2] else None)
    day = str(value(match[4])) if match[4] else None
    return _date(year, str(value(match[3])), day, now)


def _chinese_quarters(match: re.Match[str], now: datetime) -> Interval:
    """ "2025年第三季度", "去年下半年"; without a year the last that has begun."""
    year = int(match[1]) if match[1] else now.year - "今去前".index(match[2] or "今")
    months, length = (6, 6) if match[4] == "下" else (0, 6)
    if match[3]:
        number = int(match[3]) if match[3].isdecimal() else value(match[3])
        months, length = 3 * (number - 1), 3
    start = shifted(floor(now, "year").replace(year=year), "month", months)
    if start > now and not (match[1] or match[2]):
        start = shifted(start, "year", -1)
    return start, shifted(start, "month", length)


def _day_of_month(day: int, now: datetime) -> Interval | None:
    """The last such day that has begun."""
    first = floor(now, "month")
    first = first if day <= now.day else shifted(first, "month", -1)
    start = shifted(first, "day", day - 1)
    return whole(start, "day") if start.month == first.month else None


def _chinese_weekday(match: re.Match[str], now: datetime) -> Interval:
    """ "周五": the last that has begun; "上周五": that of the week before this one."""
    index = 5 if match[2] == "末" else "一二三四五六日天".index(match[2]) % 7
    index = 6 if match[2] == "天" else index
    week = floor(now, "week")
    if match[1]:
        week = shifted(week, "week", -len(match[1]) if "上" in match[1] else 0)
    elif index > now.weekday():
        week = shifted(week, "week", -1)
    start = shifted(week, "day", index)
    return start, shifted(start, "day", 2 if match[2] == "末" else 1)


def _chinese_part(back: int) -> Callable[[re.Match[str], datetime], Interval]:
    def interval(match: re.Match[str], now: datetime) -> Interval:
        word = "早上" if match[1] == "早" else "晚上"
        return part_of(floor(now, "day") - timedelta(days=back), word)

    return interval


def _index(names: list[str], word: str) -> int:
    return next(i for i, name in enumerate(names) if name.startswith(word.casefold()[:3]))


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_CHINESE_MONTH = r"(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_NO_NOUN = (
    r"(?!\s+(?!(?:and|or|in|on|at|about|from|with|by|that|which|for|to|of|under|please|sorted|when|where|"
    r"i|we|you|but|not|only|is|are|was|were|until|till|files?|documents?|pictures?|photos?)\b)[a-z])"
)
"""Another word makes it a part of a name: "the summer party"."""
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
    _Atom(_compile(rf"(?:the\s+)?first\s+of\s+({MONTH})\b(?:,?\s+{YEAR})?"),
          lambda m, now: _date(m[2], m[1], "1", now)),
    _Atom(_compile(rf"(?:the\s+)?(early|beginning\s+of|start\s+of|mid|middle\s+of|late|end\s+of)[\s-]+(?:the\s+)?"
        rf"({MONTH})(?:,?\s+{YEAR})?\b"), lambda m, now: _third(m, now)),
    _Atom(_compile(rf"(?:the\s+)?(first|second|third|fourth|last)\s+week\s+(?:of|in)\s+({MONTH})(?:,?\s+{YEAR})?\b"),
          lambda m, now: _week_of(m, now)),
    _Atom(_compile(rf"({MONTH})\s+{YEAR}\b"), lambda m, now: _date(m[2], m[1], None, now)),
    _Atom(_compile(rf"last\s+({MONTH})\b"), lambda m, now: _date(None, m[1], None, now)),
    _Atom(_compile(rf"(?:the\s+)?(\d{{1,2}})[./](\d{{1,2}})[./]{YEAR}(?![\d:])"), _day_first),
    _Atom(_compile(rf"(?:the\s+)?(?:q|quarter\s+)([1-4])[\s/]+(?:of\s+)?{YEAR}\b()()"),
          lambda m, now: _quarter(m, now)),
    _Atom(_compile(rf"(?:the\s+)?(?:q|quarter\s+)([1-4])(?:\s+(?:of\s+)?{YEAR})?\b|"
        rf"(?:the\s+)?(first|second|third|fourth)\s+quarter(?:\s+(?:of\s+)?{YEAR})?\b"),
          lambda m, now: _quarter(m, now), weak=True),
    _Atom(_compile(r"(?:the\s+)?(?:(?P<before>(?:19|20)\d\d)[\s/-]*)?(?:(?P<number>first|second)\s+half(?:[\s-]year)?|h(?P<short>[12]))"
        r"(?:(?:\s+of|,|\s*/)?\s*(?:the\s+year\s+)?(?:(?P<year>(?:19|20)\d\d)|(?P<relative>this|last|past|previous)\s+year|the\s+year))"
        r"\b(?!-)"), _half),
    _Atom(_compile(
        r"(?P<before>(?:19|20)\d\d)[\s/-]*h(?P<short>[12])\b(?P<number>)(?P<year>)(?P<relative>)"
    ), _half),
    _Atom(_compile(r"(last|this|past|previous)\s+(spring|summer|autumn|fall|winter)\b"),
          _latest_season),
    _Atom(_compile(rf"(?:the\s+)?()(spring|summer|autumn|winter)\b(?!\s+(?:of\s+)?\d){_NO_NOUN}"),
          _latest_season, weak=True),
    _Atom(_compile(rf"(?:christmas|xmas)(?:\s+(?:of\s+)?{YEAR})?\b{_NO_NOUN}"),
          lambda m, now: _date(m[1], "12", "25", now), weak=True),
    _Atom(_compile(r"(?:the\s+)?week\s+before\s+last\b"), _calendar("week", -2)),
    _Atom(_compile(r"(?:the\s+)?month\s+before\s+last\b"), _calendar("month", -2)),
    _Atom(_compile(r"(?:the\s+)?(this|last|past|previous)\s+weekend\b"), _weekend),
    _Atom(_compile(rf"(?:the\s+)?()weekend\b{_NO_NOUN}"), _weekend, weak=True),
    _Atom(_compile(rf"(?:the\s+)?(spring|summer|autumn|fall|winter)\s+(?:of\s+)?{YEAR}\b"),
          _season),
    _Atom(_compile(r"(?:the\s+)?(?:beginning|start)\s+of\s+(?:the|this)\s+(week|month|quarter|year)\b"),
          lambda m, now: whole(floor(now, m[1].casefold()), "day"), weak=True),
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
    _Atom(_compile(r"(?:the\s+)?(\d{1,2})\.(\d{1,2})\.(?![\w.])"),
          lambda m, now: _date(None, m[2], m[1], now), weak=True),
    _Atom(_compile(rf"the\s+(\d{{1,2}})(?:st|nd|rd|th)\b(?!-){_NO_NOUN}"),
          lambda m, now: _day_of_month(int(m[1]), now), weak=True),
    _Atom(_compile(rf"()({WEEKDAY})\b"), _weekday, weak=True),
    _Atom(_compile(rf"({MONTH})\b"), lambda m, now: _date(None, m[1], None, now), weak=True),
    _Atom(_compile(rf"{YEAR}\b(?!-(?!\d{{4}}\b))"), lambda m, now: _date(m[1], "1", None, now) and
          whole(floor(now, "year").replace(year=int(m[1])), "year"), weak=True),
    _Atom(_compile(PART_OF_MONTH), part_of_month),
    _Atom(_compile(DAY_OF_MONTH), day_of_month),
    _Atom(_compile(HOLIDAY), holiday),
    _Atom(_compile(rf"(?:{YEAR}\s*年的?|([今去前])年的?)?{_CHINESE_MONTH}(?:份|(?:({NUMBER}|\d{{1,2}})[日号](?:\s*[（(]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)?))?"),
          lambda m, now: _chinese_date(m, now)),
    _Atom(_compile(rf"(?:{YEAR}\s*年的?|([今去前])年的?)?(?:第?([一二三四1-4])季度|([上下])半年)"),
          lambda m, now: _chinese_quarters(m, now)),
    _Atom(_compile(rf"{YEAR}\s*年(?:度|份)?"), lambda m, now: _date(m[1], "1", None, now) and
          whole(floor(now, "year").replace(year=int(m[1])), "year")),
    _Atom(_compile(r"(\d{1,2})[日号]"), lambda m, now: _day_of_month(int(m[1]), now), weak=True),
    _Atom(_compile("(上上|上|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天末])"),
          lambda m, now: _chinese_weekday(m, now)),
    _Atom(_compile("大前天"), _calendar("day", -3)),
    _Atom(_compile("今(早|晚)上?"), _chinese_part(0)),
    _Atom(_compile("昨(早|晚|夜)上?"), _chinese_part(1)),
    _Atom(_compile("上上个?(?:周|星期|礼拜)"), _calendar("week", -2)),
    _Atom(_compile("上上个?月"), _calendar("month", -2)),
    _Atom(_compile("上个?季度"), _calendar("quarter", -1)),
    _Atom(_compile("[这本]个?季度"), _calendar("quarter", 0)),
    _Atom(_compile("前年"), _calendar("year", -2)),
    _Atom(_compile("今天|今日"), _calendar("day", 0)),
    _Atom(_compile("昨天|昨日"), _calendar("day", -1)),
    _Atom(_compile("前天"), _calendar("day", -2)),
    _Atom(_compile("(?:这|本)(?:个)?(?:周|星期|礼拜)"), _calendar("week", 0)),
    _Atom(_compile("上(?:个)?(?:周|星期|礼拜)"), _calendar("week", -1)),
    _Atom(_compile("(?:这个?|本|当)月"), _calendar("month", 0)),
    _Atom(_compile("上(?:个)?月"), _calendar("month", -1)),
    _Atom(_compile("今年|本年度?"), _calendar("year", 0)),
    _Atom(_compile("去年"), _calendar("year", -1)),
)  # fmt: skip
