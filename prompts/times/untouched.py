"""Since when nothing was done: "not changed since March", "untouched for 6 months". Pure
functions, any thread.
"""

from __future__ import annotations

import re
from datetime import datetime

from .durations import Duration, duration_at
from .named_times import Time, any_time_at

_OPENING = re.compile(
    r"(?:(?:(?:that|which)\s+)?(?:(?:i|we|nobody|no\s+one)\s+)?"
    r"(?:(?:have|has|had|did|was|were|is|are)\s*(?:not|n['’]?t)|not|never)\s+(?:been\s+)?"
    r"(?:changed|touched|modified|edited|opened|used|updated|saved|written)|"
    r"unchanged|untouched|unmodified|unused)\s+(?:(?P<since>since\s+)|"
    r"(?:in|for|within|during)\s+(?:more\s+than\s+|over\s+)?(?:the\s+)?(?:last\s+|past\s+)?)",
    re.I,
)


def untouched_since(text: str, start: int, now: datetime) -> Time | None:
    """The time before which the last change lies, where `text` says that at `start`."""
    opening = _OPENING.match(text, start)
    if opening is None:
        return None
    if opening["since"]:
        return any_time_at(text, opening.end(), now)
    length = duration_at(text, opening.end()) or _one_unit(text, opening.end())
    if length is None:
        return None
    moment = length.before(now)
    return Time(length.end, moment, moment)


def _one_unit(text: str, start: int) -> Duration | None:
    """ "in the last |year": one of it."""
    length = duration_at(f"{text[:start]}1 {text[start:]}", start)
    return Duration(length.end - 2, length.parts) if length else None
