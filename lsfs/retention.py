"""Which versions are let go. Pure.

A version stands for a span: from when its state came to be until the next one's, or until the file
went. It stays as long as that span reaches into the last `keep_all_days`, holds a midnight of the
last `keep_daily_days` or the start of a week of the last `keep_weekly_days` (local time), or it is
one of the last `keep_last` of its file. So the tree at each of these moments stays exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lsfs.config import VersionsConfig

DAY_NS = 86_400 * 10**9
LET_GO = "let go by lsfs gc"
"""The gap of a version whose bytes are kept no more."""


@dataclass(frozen=True, slots=True)
class Span:
    """A version with bytes. `until_ns` is None for what is there now."""

    version: int
    content: str
    size: int
    since_ns: int
    until_ns: int | None


def spans(rows: Iterable[tuple[int, str, int, int]], gone_ns: int | None) -> list[Span]:
    """The spans of one file's versions, newest first, given so as (id, content, size, at_ns)."""
    found = []
    until = gone_ns
    for number, content, size, at_ns in rows:
        found.append(Span(number, content, size, at_ns, until))
        until = at_ns
    return found


def let_go(newest_first: Sequence[Span], policy: VersionsConfig, now: datetime) -> Iterator[Span]:
    """Those that are not kept. `now` carries the zone of days and weeks."""
    now_ns = int(now.timestamp() * 1e9)
    for place, span in enumerate(newest_first):
        if place < policy.keep_last or span.until_ns is None:
            continue
        if span.until_ns > now_ns - int(policy.keep_all_days * DAY_NS):
            continue
        last = datetime.fromtimestamp((span.until_ns - 1) / 1e9, now.tzinfo)
        midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
        week = midnight - timedelta(days=midnight.weekday())
        if not (
            _holds(span, midnight, now_ns - int(policy.keep_daily_days * DAY_NS))
            or _holds(span, week, now_ns - int(policy.keep_weekly_days * DAY_NS))
        ):
            yield span


def _holds(span: Span, moment: datetime, oldest_ns: int) -> bool:
    at_ns = int(moment.timestamp() * 1e9)
    return at_ns >= span.since_ns and at_ns >= oldest_ns
