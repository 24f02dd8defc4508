"""What was done, by whomever: the log, of the last acts or of a time."""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.plan import BaseOperation

from ..names.context import Context
from ..request.quoting import blanked_names
from ..times.dates import find_span
from ..times.numbers import NUMBER, value
from .whole import refuse_unread_time

_ASKED = re.compile(
    r"\bwhat\s+(?:all\s+)?(?:did|has|have|was|were|is)\s+(?:(?:(?:the|my|that|your)\s+)?(?:agents?|"
    r"assistant|ai|bot|claude|lsfs|you|we|i)\s+(?:just\s+|been\s+|get\s+)?(?:do|done|doing|up\s+to)|"
    r"(?:been\s+)?done)\b(?!\s+(?:about|with|in(?!\s+the\s+(?:last|past)\b)|to|for|"
    r"regarding|on(?!\s+\w+day\b))\b)", re.I,
)  # fmt: skip
_COUNTED = re.compile(
    rf"\b(?:last|latest|recent|previous|past)\s+(?:{NUMBER}\s+)?(?:actions?|operations?|commands?|"
    r"steps|acts|(?:things?|stuff)\s+(?:that\s+(?:was|were)\s+)?done)\b", re.I,
)  # fmt: skip
_BY = re.compile(r"\b(?:by|did)\s+(?P<who>[\w.+-]+)(?=\s+do\b|\s*[?.!]*$)", re.I)
"""Whose acts: as the log calls who did them."""
_ANYBODY = frozenset(
    "i we you me us myself ourselves yourself agent assistant ai bot lsfs hand itself now".split()
)
_SO_FAR = re.compile(r"\b(?:(?:un)?till?|up\s+to)\s+now\b|\bso\s+far\b", re.I)


_WHAT_ACT = re.compile(
    r"^\W*(?:show\s+me\s+|tell\s+me\s+|list\s+)?what(?:ever)?\s+(?:all\s+)?(?:(?:did|have|had|has)\s+(?:i|we|you|the\s+agent)\s+"
    r"(?:just\s+|recently\s+)?|(?:was|were|has\s+been|have\s+been|got)\s+)"
    r"(?:delete|remove|move|rename|copy|copie|create|trashe?|overwritten|link|lock|unlock|undo|undone)d?\b"
    r"(?=\s*$|\s+(?:today|yesterday|this|last|since|in|on|just|recently|so\s+far|lately|between|before|after|around)\b)",
    re.I,
)
""" "What did I delete today": the log tells."""


def asks_what_was_done(text: str) -> bool:
    """Whether it does: "what did the agent do this morning"."""
    return bool(_ASKED.search(text) or _WHAT_ACT.match(text))


def speaks_of_acts(text: str) -> bool:
    """Whether it names acts: "the last five actions"."""
    return bool(_COUNTED.search(text))


def logged(text: str, context: Context) -> BaseOperation:
    """The last acts, or those of the time it names, or so many.

    Raises:
        NotUnderstoodError: it speaks of a time that is not understood, or of two.
    """
    text = _SO_FAR.sub(" ", text)
    span = find_span(blanked_names(text), context.now, clocks=True)
    rest = text if span is None else f"{text[: span.start]} {text[span.end :]}"
    refuse_unread_time(rest, context.now)
    count = re.search(rf"\b({NUMBER})\b", rest, re.I)
    asked = plan.Log(limit=max(1, value(count[1]))) if count else plan.Log()
    by = _BY.search(rest)
    if by and by["who"].casefold() not in _ANYBODY:
        asked = asked.model_copy(update={"actor": by["who"]})
    after, before = span.bounds(context.now) if span else (None, None)
    return asked.model_copy(update={"after": after, "before": before})
