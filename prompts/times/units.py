"""Units of time: their names, and arithmetic by calendar. Pure functions, any thread."""

from __future__ import annotations

from datetime import datetime, timedelta

from lsfs.errors import UsageError

UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|quarters?|years?"
    r"|秒钟|秒|分钟|小时|钟头|天|周|星期|礼拜|个月|年)"
)
_CHINESE = {
    "秒钟": "second", "秒": "second", "分钟": "minute", "小时": "hour", "钟头": "hour",
    "天": "day",
    "周": "week", "星期": "week", "礼拜": "week", "个月": "month", "年": "year",
}  # fmt: skip


def unit_of(word: str) -> str:
    """The unit a match of `UNIT` stands for."""
    if word in _CHINESE:
        return _CHINESE[word]
    singular = word.casefold().rstrip("s")
    return {"min": "minute", "sec": "second", "hr": "hour"}.get(singular, singular)


def floor(moment: datetime, unit: str) -> datetime:
    """The start of the second, minute, hour, day, week (Monday) ... that holds `moment`."""
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    if unit == "minute":
        return moment.replace(second=0, microsecond=0)
    if unit == "second":
        return moment.replace(microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
    return day.replace(day=1, month=1) if unit == "year" else day


def shifted(moment: datetime, unit: str, count: int) -> datetime:
    """`moment` moved by whole units; the day is clamped to the length of the month reached.

    Raises:
        UsageError: the result is no date (beyond the years 1 to 9999).
    """
    try:
        if unit in {"second", "minute", "hour", "day", "week"}:
            return moment + timedelta(**{unit + "s": count})
        months = (
            moment.year * 12
            + moment.month
            - 1
            + count * {"month": 1, "quarter": 3, "year": 12}[unit]
        )
        first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return first.replace(day=min(moment.day, last.day))
    except (OverflowError, ValueError) as error:
        raise UsageError(
            f"{count} {unit}s from now is no date", hint="name a nearer time"
        ) from error
