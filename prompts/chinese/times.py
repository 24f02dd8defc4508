"""Spans of time as a Chinese request names them: what `dates` reads, and lengths up to now.

"最近三天" is exactly the last 72 hours, "三天以前" all before them. Pure functions, any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ..times.clock import end_of
from ..times.dates import Span, find_span
from ..times.durations import Duration, duration_at

_RECENT = re.compile("在?(?:最近|过去|近|这)的?(?=[半一二两三四五六七八九十0-9])")
_WITHIN = re.compile("(?:之内|以内|内|里面?|以来|来)")
_INSIDE_OF = re.compile("之内|以内|内(?!容)|以来")
_OLDER = re.compile(
    "(?:以前|之前|以上(?!的?[mkg])|(?:都|以上)?没有?(?:再)?(?:动|改|碰|打开|用|修改|看)过?)"
)
_UNTOUCHED = re.compile(
    "(?:都|就|一直|再|还)*没有?(?:再|被)*(?:(?:动|改|碰|打开|修改|看|编辑)过?|用过|用(?!的))"
)
_MORE_THAN = re.compile("(?:已经|存|放)*(?:超过|多于)了?$")
_AGO = re.compile("前")
_OF_AGES = ("day", "week", "month", "year")
"""Units of how old a file is; recordings are some minutes long."""
_NUMERAL = re.compile("[半一二两三四五六七八九十0-9]+")
_AROUND = re.compile("(?:之间|期间|之中|那天|当天|那周|的时候|这段时间|那会儿)?")


def chinese_span(text: str, now: datetime) -> Span | None:
    """The first span of time that `text` names, with the words around it that only say so."""
    found = [span for span in (_by_length(text, now), find_span(text, now, clocks=True)) if span]
    if not found:
        return None
    first = min(found, key=lambda span: (span.start, -span.end))
    end = end_of(_AROUND, text, first.end)
    untouched = _UNTOUCHED.match(text, end)
    if untouched and first.after:
        return Span(first.start, untouched.end(), None, first.after)
    return Span(first.start, end, first.after, first.before, first.is_named)


def _by_length(text: str, now: datetime) -> Span | None:
    for start, length, is_recent in _lengths(text):
        if is_recent:
            return Span(start, end_of(_WITHIN, text, length.end), length.before(now), None)
        if match := _INSIDE_OF.match(text, length.end):
            return Span(start, match.end(), length.before(now), None)
        older = _OLDER.match(text, length.end)
        older = older or (None if length.is_whole() else _AGO.match(text, length.end))
        more = _MORE_THAN.search(text[:start]) if length.unit in _OF_AGES else None
        if older or more:
            begin, end = more.start() if more else start, older.end() if older else length.end
            return Span(begin, end, None, length.before(now))
    return None


def _lengths(text: str) -> Iterator[tuple[int, Duration, bool]]:
    """The lengths of time in a text: where each begins, and whether it is one up to now."""
    for match in _RECENT.finditer(text):
        if length := duration_at(text, match.end()):
            yield match.start(), length, True
    for match in _NUMERAL.finditer(text):
        if length := duration_at(text, match.start()):
            yield match.start(), length, False
