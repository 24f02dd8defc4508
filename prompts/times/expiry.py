"""Until when something is to hold: "for 3 months", "until Friday". Pure functions, any thread."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from .clock import clock_at
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
        return ahead.last if ahead else None
    until = re.search(r"\b(?:until|till)\s+(?:today\s+)?(?:at\s+)?(?=\d|midnight|noon)", text, re.I)
    clock = clock_at(text, until.end()) if until else None
    if clock is None:
        return None
    at = floor(now, "day") + clock.offset
    return at if at > now else at + timedelta(days=1)
