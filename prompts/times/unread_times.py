"""What in a request speaks of a time and was not understood. Pure functions, any thread."""

from __future__ import annotations

import re
from datetime import datetime

from .dates import find_span
from .numbers import NUMBER
from .units import UNIT

_EDGE_AND_CLOCK = re.compile(
    r"\b(?:since|after|before|until|till|between|from|than|today|yesterday|"
    r"\d{4}-\d\d-\d\d)[\sT]+(?:at\s+)?\d{1,2}[:：]\d\d\S*|"
    r"[今昨前]天\s*\d{1,2}[:：]\d\d|\d{1,2}[:：]\d\d(?:以来|以后|以前|之后|之前)",
    re.I,
)
_SPEAKS_OF_TIME = re.compile(
    r"\b(?:tomorrow|yesterday|today|tonight)\b(?:\s+(?:at\s+)?\d\S*)?|"
    r"\b(?:since|until|till)\b(?:\s+\S+){0,3}|\b(?:before|after)\s+(?!all\b)\S+(?:\s+\S+)?|"
    r"\S+\s+ago\b|(?<![\w:.])\d{1,2}[:：]\d\d[^\s\u3400-\u9fff]*|"
    r"\b\d{1,2}\s*(?:[ap]m\b|[ap]\.m\b|o['’]clock\b)|\b\d{4}-\d\d(?:-\d\d\S*)?|"
    r"\b(?:at|to)\s+\d{1,2}\s*$|\b(?:last|past|next)\s+(?:few|couple|hour|minute|day|second)\w*|"
    r"[\d:：]*(?:以来|以前|以后|之前|之后)|"
    rf"\b(?:{NUMBER}|(?:in|within|for)\s+an?)\s+{UNIT}\b|"
    rf"(?:\d{{1,2}}|{NUMBER})[点时]|[明昨今前]天[\d:：]*",
    re.I,
)


def unread_time(text: str, now: datetime) -> slice | None:
    """Where `text` speaks of a time: in a request without the time that was taken from it, one that
    is not understood, or a second one."""
    if match := _SPEAKS_OF_TIME.search(text):
        return slice(*match.span())
    span = find_span(text, now)
    return slice(span.start, span.end) if span else None


def impossible_time(text: str) -> str | None:
    """What in `text` can be nothing but a time, also among the words of a search: "since 25:00"."""
    match = _EDGE_AND_CLOCK.search(text)
    return match[0] if match else None
