"""Time in words: the rules of `lsfs.prompts.dates`, by example and by property."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsfs.errors import UsageError
from lsfs.prompts.dates import find_expiry, find_moment, find_span, parse_moment

NOW = datetime.fromisoformat("2026-11-18T15:30:00+01:00")  # a Wednesday

SPANS = [
    ("today", "today", "2026-11-18", "2026-11-19"),
    ("notes of yesterday", "of yesterday", "2026-11-17", "2026-11-18"),
    ("last week's notes", "last week's", "2026-11-09", "2026-11-16"),
    ("this week", "this week", "2026-11-16", "2026-11-23"),
    ("from last month", "from last month", "2026-10-01", "2026-11-01"),
    ("last quarter", "last quarter", "2026-07-01", "2026-10-01"),
    ("last year", "last year", "2025-01-01", "2026-01-01"),
    ("three days ago", "three days ago", "2026-11-15", "2026-11-16"),
    ("two weeks ago", "two weeks ago", "2026-11-02", "2026-11-09"),
    ("in the last 7 days", "in the last 7 days", "2026-11-11", None),
    ("in March", "in March", "2026-03-01", "2026-04-01"),
    ("in December", "in December", "2025-12-01", "2026-01-01"),
    ("March 2025", "March 2025", "2025-03-01", "2025-04-01"),
    ("photos from 2024", "from 2024", "2024-01-01", "2025-01-01"),
    ("since Monday", "since Monday", "2026-11-16", None),
    ("since Wednesday", "since Wednesday", "2026-11-18", None),
    ("before Friday", "before Friday", None, "2026-11-13"),
    ("older than 2024", "older than 2024", None, "2024-01-01"),
    ("between 3 and 10 November", "between 3 and 10 November", "2026-11-03", "2026-11-11"),
    ("from March to May 2025", "from March to May 2025", "2025-03-01", "2025-06-01"),
    ("on 2026-11-20", "on 2026-11-20", "2026-11-20", "2026-11-21"),
    ("May 3rd, 2024", "May 3rd, 2024", "2024-05-03", "2024-05-04"),
    ("29 February 2024", "29 February 2024", "2024-02-29", "2024-03-01"),
    ("last Friday", "last Friday", "2026-11-13", "2026-11-14"),
    ("上周的笔记", "上周", "2026-11-09", "2026-11-16"),
    ("三天前", "三天前", "2026-11-15", "2026-11-16"),
]


@pytest.mark.parametrize(("text", "part", "after", "before"), SPANS)
def test_span(text: str, part: str, after: str | None, before: str | None) -> None:
    span = find_span(text, NOW)
    assert span is not None
    assert text[span.start : span.end] == part
    assert (_day(span.after), _day(span.before)) == (after, before)


@pytest.mark.parametrize(
    "text",
    [
        "tax return 2025",
        "meeting-2026-11-10.md",
        "you may go",
        "march on",
        "31 February",
        "sunday.txt",
    ],
)
def test_no_span(text: str) -> None:
    assert find_span(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("as it was yesterday at 18:00", "2026-11-17T18:00"),
        ("at 18:00 yesterday", "2026-11-17T18:00"),
        ("2 hours ago", "2026-11-18T13:30"),
        ("two days ago", "2026-11-16T15:30"),
        ("from 2023-6-15", "2023-06-16T00:00"),
        ("last Sunday", "2026-11-16T00:00"),
        ("at 5pm", "2026-11-17T17:00"),
        ("today", "2026-11-18T15:30"),
    ],
)
def test_moment(text: str, at: str) -> None:
    moment = find_moment(text, NOW)
    assert moment is not None
    assert moment.at == datetime.fromisoformat(f"{at}:00+01:00")


def test_moments_of_the_command_line() -> None:
    assert parse_moment("2026-11-10", NOW) == datetime.fromisoformat("2026-11-10T00:00:00+01:00")
    assert parse_moment("2026-11-10", NOW, end=True).day == 11
    assert parse_moment("2026-11-10T09:00:00Z", NOW).isoformat() == "2026-11-10T09:00:00+00:00"
    assert parse_moment("last week", NOW).isoformat() == "2026-11-09T00:00:00+01:00"
    assert parse_moment("2024", NOW).year == 2024
    assert parse_moment("now", NOW, end=True) == NOW
    assert parse_moment("03:25", NOW, end=True).isoformat() == "2026-11-18T03:25:00+01:00"
    assert parse_moment("23:59", NOW, end=True).day == 17  # it is not yet that late today
    assert (
        parse_moment("half an hour ago", NOW, end=True).isoformat() == "2026-11-18T15:00:00+01:00"
    )
    moment = find_moment("roll back plan.md to 2026-11-16T03:25:00+00:00", NOW)
    assert moment is not None and moment.at.isoformat() == "2026-11-16T03:25:00+00:00"


@pytest.mark.parametrize(
    "text", ["banana", "", "2026-13-40", "yesterday banana", "99999 years ago"]
)
def test_no_moment_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse_moment(text, NOW)


def test_expiry() -> None:
    assert find_expiry("active for 3 months", NOW) == NOW.replace(year=2027, month=2)
    assert _day(find_expiry("until Friday", NOW)) == "2026-11-21"
    assert find_expiry("share it", NOW) is None


@given(
    st.text(max_size=60)
    | st.from_regex(r"(from|since|in|last|2|3 may|to|and| ){1,8}", fullmatch=True)
)
def test_any_text_has_an_ordered_span_or_none(text: str) -> None:
    span = find_span(text, NOW)
    if span is not None and span.after is not None and span.before is not None:
        assert span.after < span.before
        assert 0 <= span.start < span.end <= len(text)


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat()[:10] if moment else None
