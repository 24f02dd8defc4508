"""Until when something is to hold: "for 3 months", "until Friday". Pure functions, any thread."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from .clock import Clock, clock_at
from .days import WEEKDAY
from .named_times import ahead_at
from .numbers import NUMBER, value
from .units import UNIT, floor, shifted, unit_of


def find_expiry(text: str, now: datetime) -> datetime | None:
    """A moment in the future: "for 3 months", "valid 2 weeks", "until Friday", "tomorrow"."""
    if match := re.search(rf"({NUMBER}|an?)[\s-]*({UNIT})\b", text, re.I):
        return shifted(now, unit_of(match[2]), value(match[1]))
    if match := re.search(rf"\b(?:(tomorrow)|{WEEKDAY})\b", text, re.I):
        said = text[match.start() :]
        ahead = ahead_at(said if match[1] else f"next {said}", 0, now)
        clock = _clock_before(text, match.start()) if ahead and ahead.is_day() else None
        return floor(ahead.first, "day") + clock.offset if ahead and clock else (
            ahead.last if ahead else None
        )  # fmt: skip
    until = re.search(r"\b(?:until|till)\s+(?:today\s+)?(?:at\s+)?(?=\d|midnight|noon)", text, re.I)
    clock = clock_at(text, until.end()) if until else None
    if clock is None:
        return None
    at = floor(now, "day") + clock.offset
    return at if at > now else at + timedelta(days=1)


def _clock_before(text: str, end: int) -> Clock | None:
    """The time of day right before a day: "until 8 pm| tomorrow"."""
    for match in _AT.finditer(text, 0, end):
        clock = clock_at(text, match.end())
        if clock and re.fullmatch(r"[\s,]*(?:on\s+)?(?:next\s+)?", text[clock.end : end], re.I):
            return clock
    return None


_AT = re.compile(r"\b(?:until|till|at|by)\s+(?=\d|midnight|noon)", re.I)
