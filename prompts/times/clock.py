"""Times of day, and ISO 8601 moments, as they are written. Pure functions, any thread.

An impossible one ("25:00", "12:60", "2026-02-30T10:00") is none at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from .numbers import NUMBER, value


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, where it ends in the text, and the unit it is said in."""

    end: int
    offset: timedelta
    unit: str


_CHINESE_HALF = "上午|早上|早晨|凌晨|中午|下午|傍晚|晚上"
_HALF = r"am\b|pm\b|a\.m\b\.?|p\.m\b\.?"
_MEAL = "|".join(f"(?<={word} )" for word in "before after since until till at around".split())
_ZONE = r"(?!\s?\+\d|\s?Z\b|\s(?:UTC|GMT|BST|C[ES]T|CES?T|E[SD]T|CDT|M[SD]T|P[SD]T)\b)"
_PART_OF_DAY = r"\s+in\s+the\s+(?:morning|afternoon|evening)|\s+at\s+night"
_CLOCK = re.compile(
    rf"(?<![:+\d])(?:(?P<hour>\d{{1,2}})(?:[:：](?P<minute>\d\d)(?:[:：](?P<second>\d\d(?:\.\d{{1,9}})?))?"
    rf"(?:\s*(?P<half>{_HALF}))?|\s*(?P<only>{_HALF}|o['’]?clock)|(?={_PART_OF_DAY}))"
    rf"(?P<part>{_PART_OF_DAY})?"
    rf"|(?P<word>noon|midday|midnight|(?:{_MEAL})lunch(?:time)?))(?![a-z0-9_:：]|\.\d){_ZONE}",
    re.I,
)
_CHINESE = re.compile(
    rf"(?P<half>{_CHINESE_HALF})?\s*(?P<hour>\d{{1,2}}|{NUMBER})"
    rf"(?:[:：](?P<minute>\d\d)(?:[:：](?P<second>\d\d))?(?!\d)|"
    rf"(?P<unit>[点时])(?:[钟整]|(?P<words>半|[一三]刻)|(?P<spoken>\d{{1,2}}|零?{NUMBER})分?)?)(?![a-z0-9_:：])",
    re.I,
)
_BARE = re.compile(
    r"\s*at\s+(?P<hour>\d{1,2})(?=\s*$|[,;?!]|\s+(?:and|to|until|till|through|on)\s)", re.I
)
_GLUE = re.compile(r"\s*(?:,\s*)?(?:(?:at|around|about)\s+)?", re.I)
_LOOKS = re.compile(
    r"\s*(?:,\s*)?(?:at\s+)?(?:\d{1,2}[:：]\d|\d{1,2}\s*(?:$|[ap]m\b|点))|T\d", re.I
)
_WORDS = {"noon": 12, "midday": 12, "lunch": 12, "lunchtime": 12, "midnight": 0}
_SPOKEN = {"半": 30, "一刻": 15, "三刻": 45}


def clock_at(text: str, start: int) -> Clock | None:
    """The time of day that `text` names at `start`."""
    match = _CLOCK.match(text, start)
    if match is None:
        return _chinese(text, start)
    if word := match["word"]:
        return Clock(match.end(), timedelta(hours=_WORDS[word.casefold()]), "hour")
    half = _half_of(match["part"] or match["half"] or match["only"] or "")
    unit = "second" if match["second"] else "minute" if match["minute"] else "hour"
    offset = _offset(int(match["hour"]), half, int(match["minute"] or 0), match["second"] or "0")
    return Clock(match.end(), offset, unit) if offset is not None else None


def clock_after(text: str, end: int) -> Clock | None:
    """The time of day that follows a day: "yesterday| at 18:00", "Monday| at 9"."""
    if clock := clock_at(text, end_of(_GLUE, text, end)):
        return clock
    bare = _BARE.match(text, end)
    offset = _offset(int(bare["hour"]), "", 0, "0") if bare else None
    return Clock(bare.end(), offset, "hour") if bare and offset is not None else None


def looks_like_clock(text: str, end: int) -> bool:
    """Whether what follows is written as a time of day, be it one or not."""
    return bool(_LOOKS.match(text, end))


def _chinese(text: str, start: int) -> Clock | None:
    match = _CHINESE.match(text, start)
    if match is None or not (match["half"] or match["unit"]):
        return None
    words, spoken = match["words"], (match["spoken"] or "0").lstrip("零")
    minute = int(match["minute"] or 0) or _SPOKEN.get(words or "", 0) or value(spoken or "0")
    unit = "second" if match["second"] else "minute" if minute or match["minute"] else "hour"
    offset = _offset(
        value(match["hour"]), _half_of(match["half"] or ""), minute, match["second"] or "0"
    )
    return Clock(match.end(), offset, unit) if offset is not None else None


def _half_of(text: str) -> str:
    """ "am", "pm", "noon", "night" or "" for the words that say which half of the day."""
    words = text.casefold().replace(".", "").split()
    last = words[-1] if words else ""
    halves = {
        "am": "am morning 上午 早上 早晨 凌晨", "pm": "pm afternoon evening 下午 傍晚",
        "noon": "中午", "night": "night 晚上",
    }  # fmt: skip
    return next((half for half, said in halves.items() if last and last in said.split()), "")


def _offset(hour: int, half: str, minute: int, second: str) -> timedelta | None:
    """How long after midnight that is, None when no day has such a time."""
    if half and hour <= 12:
        hour = _in_half(hour, half)
    elif half == "am":
        return None
    is_midnight = hour == 24 and minute == float(second) == 0
    if (hour > 23 and not is_midnight) or minute > 59 or float(second) >= 60:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=float(second))


def _in_half(hour: int, half: str) -> int:
    """The hour of the day: "12 am" is 0, "12 at night" 24, "2 at night" 2, "中午11点" 11."""
    if half == "am" or (half == "night" and hour < 6):
        return hour % 12
    if half == "night" and hour == 12:
        return 24
    return hour if half == "noon" and hour > 10 else hour % 12 + 12


def part_of_day(word: str) -> tuple[int, int]:
    """The hours from and to which a part of the day reaches."""
    return _PARTS[word.casefold()]


_PARTS = {
    "morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 24),
    "凌晨": (0, 6), "早上": (0, 12), "早晨": (0, 12), "上午": (0, 12), "中午": (11, 13),
    "下午": (12, 18), "傍晚": (18, 24), "晚上": (18, 24),
}  # fmt: skip
PART = "|".join(_PARTS)
"""A pattern for a part of the day."""

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?:\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?(?![a-z0-9_:])(?!\s?[ap]\.?m\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Written:
    """An ISO 8601 moment, where it ends in the text, and the unit it is written in."""

    end: int
    at: datetime
    unit: str


def iso_at(text: str, start: int, zone: tzinfo | None) -> Written | None:
    """The date with a time that `text` has at `start`; `zone` holds where it names none."""
    match = _ISO.match(text, start)
    if match is None:
        return None
    year, month, day, hour, minute = (int(match[group]) for group in range(1, 6))
    micro = int((match[7] or "0").ljust(9, "0")) // 1000
    try:
        at = datetime(
            year, month, day, hour, minute, int(match[6] or 0), micro, _zone(match[8]) or zone
        )
    except ValueError:
        return None
    return Written(match.end(), at, "second" if match[6] else "minute")


def end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where a match that begins at `start` ends; `start` itself where there is none."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _zone(text: str | None) -> tzinfo | None:
    """The named zone.

    Raises:
        ValueError: there is no such zone.
    """
    if not text:
        return None
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if text[0] == "-" else away)
