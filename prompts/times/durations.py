"""Lengths of time in words: "90 seconds", "an hour and a half", "2 hours 30 minutes", "一个半小时".

Pure functions, any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from .clock import end_of
from .numbers import NUMBER, value
from .units import UNIT, shifted, unit_of

_PART = re.compile(
    rf"(?:(?P<fraction>half(?:\s+an?)?|(?:a\s+)?quarter\s+of\s+an?|半个?)|"
    rf"(?P<number>\d{{1,6}}\.\d{{1,3}}|{NUMBER}|an?)(?P<half>\s+and\s+a\s+half|个半)?)"
    rf"(?:\s*-?\s*|个)(?P<unit>{UNIT})(?![a-z])(?P<more>\s+and\s+a\s+half\b)?",
    re.I,
)
_CALENDAR_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_JOINER = re.compile(r"\s*,?\s*(?:and\s+)?", re.I)
_COARSEST_FIRST = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_FINER = {
    "year": ("month", 12), "quarter": ("month", 3), "month": ("day", 30), "week": ("day", 7),
    "day": ("hour", 24), "hour": ("minute", 60), "minute": ("second", 60),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time and where it ends in the text; `parts` are units and counts, coarsest
    first."""

    end: int
    parts: tuple[tuple[str, Fraction], ...]

    @property
    def unit(self) -> str:
        """The finest unit it is said in."""
        return self.parts[-1][0]

    def is_whole(self) -> bool:
        """Whether it is a whole number of one unit."""
        return len(self.parts) == 1 and self.parts[0][1].denominator == 1

    def before(self, now: datetime) -> datetime:
        """The moment that long before `now`.

        Raises:
            UsageError: that is no date.
        """
        for unit, count in self.parts:
            now = _moved(now, unit, -count)
        return now

    def after(self, now: datetime) -> datetime:
        """The moment that long after `now`; see `before`."""
        for unit, count in self.parts:
            now = _moved(now, unit, count)
        return now


def duration_at(text: str, start: int) -> Duration | None:
    """The length of time that `text` names at `start`, as far as it goes."""
    parts: list[tuple[str, Fraction]] = []
    end = start
    if _CALENDAR_YEAR.match(text, start):
        return None
    while match := _PART.match(text, end_of(_JOINER, text, end) if parts else end):
        unit = unit_of(match["unit"])
        if parts and _COARSEST_FIRST.index(unit) <= _COARSEST_FIRST.index(parts[-1][0]):
            break
        parts.append((unit, _count(match)))
        end = match.end()
    return Duration(end, tuple(parts)) if parts else None


def _count(match: re.Match[str]) -> Fraction:
    if fraction := match["fraction"]:
        return Fraction(1, 4 if "quarter" in fraction.casefold() else 2)
    number = match["number"]
    count = Fraction(number) if "." in number else Fraction(value(number))
    return count + Fraction(1, 2) if match["half"] or match["more"] else count


def _moved(moment: datetime, unit: str, count: Fraction) -> datetime:
    whole = int(count)
    moment = shifted(moment, unit, whole)
    if count == whole or unit not in _FINER:
        return moment
    finer, size = _FINER[unit]
    return _moved(moment, finer, (count - whole) * size)
