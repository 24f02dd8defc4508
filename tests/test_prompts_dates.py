"""Time in words: the rules of `lsfs.prompts.times.dates`, by example and by property."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsfs.errors import UsageError
from lsfs.prompts.times.dates import find_moment, find_span, parse_moment
from lsfs.prompts.times.expiry import find_expiry

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


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        # It is Wednesday, 18 November, 15:30.
        ("since 2026-11-17T05:35:53", "17 05:35:53", None),
        ("since 2026-11-17 05:35:53", "17 05:35:53", None),
        ("since 2026-11-17T05:35:53+01:00", "17 05:35:53", None),
        ("since 2026-11-17T05:35:53+0200", "17 04:35:53", None),
        ("since 2026-11-17T04:35:53.5Z", "17 05:35:53.500000", None),
        ("since 2026-11-17T04:35:53,123456789+00:00", "17 05:35:53.123456", None),
        ("since 2026-11-17 04:35 UTC", "17 05:35:00", None),
        ("since today 05:35:53", "18 05:35:53", None),
        ("since 05:35:53 today", "18 05:35:53", None),
        ("since 04:59", "18 04:59:00", None),
        ("since 23:00", "17 23:00:00", None),
        ("after 05:35:53", "18 05:35:53", None),
        ("until 05:35", None, "18 05:35:00"),
        ("before 5 pm yesterday", None, "17 17:00:00"),
        ("since 5 p.m. yesterday", "17 17:00:00", None),
        ("since noon", "18 12:00:00", None),
        ("since lunch", "18 12:00:00", None),
        ("since Monday at 9", "16 09:00:00", None),
        ("since yesterday evening at 8", "17 20:00:00", None),
        ("since Monday morning", "16 00:00:00", None),
        ("since 5 minutes ago", "18 15:25:00", None),
        ("since an hour and a half ago", "18 14:00:00", None),
        ("since one and a half hours ago", "18 14:00:00", None),
        ("since 1.5 hours ago", "18 14:00:00", None),
        ("since half an hour ago", "18 15:00:00", None),
        ("since 1 hour and 10 minutes ago", "18 14:20:00", None),
        ("since three days ago", "15 00:00:00", None),
        ("in the last hour", "18 14:30:00", None),
        ("in the last half hour", "18 15:00:00", None),
        ("this morning", "18 00:00:00", "18 12:00:00"),
        ("yesterday at 17:00", "17 17:00:00", "17 17:01:00"),
        ("between 9:00 and 10:30", "18 09:00:00", "18 10:30:00"),
        ("between 9:00 and 10:30 yesterday", "17 09:00:00", "17 10:30:00"),
        ("yesterday between 9:00 and 10:30", "17 09:00:00", "17 10:30:00"),
        ("between 9 and 10:30 today", "18 09:00:00", "18 10:30:00"),
        ("between 3 and 5pm yesterday", "17 15:00:00", "17 17:00:00"),
        ("between 22:00 and 2:00", "17 22:00:00", "18 02:00:00"),
        ("from yesterday 9:00 to 10:30", "17 09:00:00", "17 10:30:00"),
        ("from yesterday to today", "17 00:00:00", "19 00:00:00"),
        ("from yesterday until now", "17 00:00:00", None),
        ("from 9:00 on", "18 09:00:00", None),
        ("from 2 hours ago to 10 minutes ago", "18 13:30:00", "18 15:20:00"),
        ("between 2 and 1 hours ago", "18 13:30:00", "18 14:30:00"),
        ("after 9:00 and before 10:30 yesterday", "17 09:00:00", "17 10:30:00"),
        ("yesterday after 17:00", "17 17:00:00", "18 00:00:00"),
        ("since Monday until yesterday", "16 00:00:00", "18 00:00:00"),
        ("从昨天18:00以来", "17 18:00:00", None),
        ("昨天下午5点以后", "17 17:00:00", None),
        ("从9:00到10:30", "18 09:00:00", "18 10:30:00"),
        ("今天9点到10点半", "18 09:00:00", "18 10:30:00"),
        ("从上周以来", "09 00:00:00", None),
        ("十五分钟前以来", "18 15:15:00", None),
        ("最近一个半小时", "18 14:00:00", None),
        ("昨天早上", "17 00:00:00", "17 12:00:00"),
    ],
)
def test_span_to_the_second(text: str, after: str | None, before: str | None) -> None:
    span = find_span(text, NOW)
    assert span is not None
    assert (span.start, span.end) == (0, len(text))
    assert (_second(span.after), _second(span.before)) == (after, before)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("17:05:30", "17 17:05:30"),
        ("at 5pm", "17 17:00:00"),
        ("5 pm yesterday", "17 17:00:00"),
        ("12 am", "18 00:00:00"),
        ("yesterday 24:00", "18 00:00:00"),
        ("yesterday noon", "17 12:00:00"),
        ("at lunchtime", "18 12:00:00"),
        ("Monday 9:00", "16 09:00:00"),
        ("this morning", "18 12:00:00"),
        ("an hour and a half ago", "18 14:00:00"),
        ("thirty-five minutes ago", "18 14:55:00"),
        ("the last 2 hours", "18 13:30:00"),
        ("2026-11-17T04:35:53.25Z", "17 05:35:53.250000"),
        ("2026-11-17 5:30 pm", "17 17:30:00"),
        ("昨天晚上8点半", "17 20:30:00"),
        ("半小时前", "18 15:00:00"),
        ("两个小时前", "18 13:30:00"),
        ("昨天18:00", "17 18:00:00"),
    ],
)
def test_states_to_go_back_to(text: str, at: str) -> None:
    assert _second(parse_moment(text, NOW, end=True)) == at
    found = find_moment(f"as it was {text}", NOW)
    assert found is not None and _second(found.at) == at


def test_before_lunch_is_noon() -> None:
    found = find_moment("as it was before lunch", NOW)
    assert found is not None and _second(found.at) == "18 12:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "25:00", "99:99", "12:60", "24:01", "9:00:75", "13 am", "25 o'clock", "yesterday 25:00",
        "25:00 yesterday", "2026-11-17T25:00", "2026-02-30T10:00", "2026-11-17 12:60",
        "2026-11-17T05", "Monday 9:5", "yesterday 5", "17:00 CET", "昨天25:00", "25点",
    ],
)  # fmt: skip
def test_an_impossible_time_is_none(text: str) -> None:
    for end in (False, True):
        with pytest.raises(UsageError, match="names no time"):
            parse_moment(text, NOW, end=end)
    span = find_span(f"since {text}", NOW)
    assert span is None or span.start > 0  # "since" is left, and said to be not understood


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow", "tomorrow 9:00", "next week", "next Friday", "in 2 hours", "2026-11-19",
        "2999-01-01", "2026-11-18T15:31", "明天",
    ],
)  # fmt: skip
def test_a_state_that_is_to_come(text: str) -> None:
    with pytest.raises(UsageError, match=f"{text} lies in the future"):
        parse_moment(text, NOW, end=True)
    assert parse_moment(text, NOW) > NOW  # a filter may say so


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


def _second(moment: datetime | None) -> str | None:
    return moment.astimezone(NOW.tzinfo).isoformat(" ")[8:-6] if moment else None


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat()[:10] if moment else None
