"""Parts of months and holidays in Chinese words, each as an interval. Pure functions, any thread.

Only holidays on fixed days of the calendar are known; without a year the latest that has begun is
meant.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from .numbers import NUMBER, value
from .units import floor, shifted

_YEAR = r"(?:(?P<year>(?:19|20)\d\d)\s*年的?|(?P<back>[今去前])年的?)"
_MONTH = (
    r"(?:(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?|(?P<near>[上这本])个?月)"
)
PART_OF_MONTH = rf"{_YEAR}?{_MONTH}(?P<part>初|上旬|中旬|下旬|底|末)"
"""A pattern for the beginning, the middle or the end of a month."""
DAY_OF_MONTH = rf"(?P<near>[上这本])个?月(?P<day>\d{{1,2}}|{NUMBER})[日号]"
"""A pattern for a day of this month or the last."""
_HOLIDAYS = {
    "元旦": (1, 1, 1), "情人节": (2, 14, 1), "妇女节": (3, 8, 1), "愚人节": (4, 1, 1),
    "五一": (5, 1, 5), "劳动节": (5, 1, 5), "儿童节": (6, 1, 1), "教师节": (9, 10, 1),
    "国庆": (10, 1, 7), "十一(?=假|长|期)": (10, 1, 7), "万圣节": (10, 31, 1),
    "双十一": (11, 11, 1), "双11": (11, 11, 1), "双十二": (12, 12, 1), "平安夜": (12, 24, 1),
    "圣诞": (12, 25, 1), "跨年": (12, 31, 1),
}  # fmt: skip
"""The month, the day and the number of days of each."""
HOLIDAY = (
    rf"(?:{_YEAR}(?P<name>{'|'.join(_HOLIDAYS)})节?|(?P<alone>{'|'.join(_HOLIDAYS)})节?"
    "(?=假|长假|小长假|黄金周|期间|那天|当天|那几天|前后|时|[拍照]))(?:(?:小?长)?假期?|黄金周)?(?:期间|那几天|前后)?"
)
"""A pattern for a holiday, where it is a time and not what something is about."""


def part_of_month(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    """ "11月初", "上个月下旬": ten days of it, or what is left after twenty."""
    first = floor(now, "month")
    if match["near"]:
        first = shifted(first, "month", -1 if match["near"] == "上" else 0)
    else:
        first = _in_year(match, first.replace(month=value(match["month"].lstrip("0"))), now)
    tenth, twentieth = first + timedelta(days=10), first + timedelta(days=20)
    if match["part"] in ("初", "上旬"):
        return first, tenth
    return (
        (tenth, twentieth) if match["part"] == "中旬" else (twentieth, shifted(first, "month", 1))
    )


def day_of_month(match: re.Match[str], now: datetime) -> tuple[datetime, datetime] | None:
    """ "上个月15号": None where that month has no such day."""
    month = shifted(floor(now, "month"), "month", -1 if match["near"] == "上" else 0)
    first = month + timedelta(days=value(match["day"]) - 1)
    return (first, first + timedelta(days=1)) if first.month == month.month else None


def holiday(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    """ "去年国庆", "五一期间": its days."""
    said = match["name"] or match["alone"]
    month, day, length = next(
        days for name, days in _HOLIDAYS.items() if re.match(f"{name.partition('(')[0]}$", said)
    )
    first = _in_year(match, floor(now, "year").replace(month=month, day=day), now)
    return first, first + timedelta(days=length)


def _in_year(match: re.Match[str], start: datetime, now: datetime) -> datetime:
    if match["year"]:
        return start.replace(year=int(match["year"]))
    if match["back"]:
        return start.replace(year=now.year - "今去前".index(match["back"]))
    return start if start <= now else shifted(start, "year", -1)
