"""Times in requests: none is cut, and none is dropped without a word."""

from __future__ import annotations

import functools
from datetime import datetime

import pytest
from words import parser_over

from lsfs.errors import NotUnderstoodError, UsageError
from lsfs.plan import BaseOperation
from lsfs.prompts.parser import RequestParser

NOW = datetime.fromisoformat("2026-11-26T05:35:55+01:00")  # a Thursday
_TIMES = ("since", "until", "from_time", "to_time", "to")


@functools.lru_cache(maxsize=1)
def parser() -> RequestParser:
    """A parser at that time."""
    return parser_over(["Recipes"], ["plan.md", "F.txt", "Recipes/soup.txt"], NOW)


def planned(text: str) -> BaseOperation:
    """The one operation of the plan."""
    (operation,) = parser().parse(text, "test").operations
    return operation


def times(operation: BaseOperation) -> list[str]:
    """Its times in the zone of `NOW`, from day to second, in the order of the names above."""
    said = operation.model_dump()
    found = [said[key] for key in _TIMES if isinstance(said.get(key), datetime)]
    return [moment.astimezone(NOW.tzinfo).isoformat(" ")[8:19] for moment in found]


@pytest.mark.parametrize("where", ["in F.txt ", "in Recipes ", ""])
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("since 2026-11-26T05:30:53", ["26 05:30:53"]),
        ("since 2026-11-26T05:30:53+01:00", ["26 05:30:53"]),
        ("since 2026-11-26T04:30:53.123Z", ["26 05:30:53"]),
        ("since today 05:30:53", ["26 05:30:53"]),
        ("since 'yesterday 18:00'", ["25 18:00:00"]),
        ("since 04:59", ["26 04:59:00"]),
        ("after 05:35:53", ["26 05:35:53"]),
        ("since 5 minutes ago", ["26 05:30:55"]),
        ("since yesterday", ["25 00:00:00"]),
        ("in the last hour", ["26 04:35:55"]),
        ("in the last 2 minutes", ["26 05:33:55"]),
        ("between 2:00 and 3:30 today", ["26 02:00:00", "26 03:30:00"]),
        ("from yesterday to today", ["25 00:00:00", "27 00:00:00"]),
        ("at 5pm", ["25 17:00:00", "25 18:00:00"]),
        ("this morning", ["26 00:00:00", "26 12:00:00"]),
    ],
)
def test_what_changed_to_the_second(where: str, when: str, expected: list[str]) -> None:
    operation = planned(f"what changed {where}{when}")
    assert operation.op == "change_summary"  # type: ignore[attr-defined]
    assert times(operation) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diff F.txt since 04:59", ["26 04:59:00"]),
        ("diff F.txt 2026-11-25T18:00", ["25 18:00:00"]),
        ("compare F.txt with how it was yesterday at 18:00", ["25 18:00:00"]),
        ("compare F.txt between 2:00 and 3:00", ["26 02:00:00", "26 03:00:00"]),
        ("what is the difference between F.txt now and 2 hours ago", ["26 03:35:55"]),
        ("restore Recipes to how it was an hour and a half ago", ["26 04:05:55"]),
        ("restore Recipes to 17:05:30", ["25 17:05:30"]),
        ("restore Recipes to Monday 9:00", ["23 09:00:00"]),
        ("restore Recipes to Monday", ["24 00:00:00"]),
        ("roll back F.txt to 5 pm yesterday", ["25 17:00:00"]),
        ("roll back F.txt to before 5 minutes ago", ["26 05:30:55"]),
        ("undo my changes to F.txt since yesterday", ["25 00:00:00"]),
        ("undo what I did to F.txt in the last hour", ["26 04:35:55"]),
        ("rollback F.txt --to 04:30", ["26 04:30:00"]),
        ("restore . --to 'yesterday 18:00'", ["25 18:00:00"]),
        ("F.txt 从昨天18:00以来改了什么", ["25 18:00:00"]),
        ("F.txt 5分钟前以来改了什么", ["26 05:30:55"]),
        ("恢复 F.txt 到半小时前", ["26 05:05:55"]),
        ("恢复 F.txt 到昨天下午5点", ["25 17:00:00"]),
    ],
)
def test_other_questions_and_going_back(text: str, expected: list[str]) -> None:
    assert times(planned(text)) == expected


def test_numbers_of_times_are_no_versions() -> None:
    said = planned("compare versions 3 and 5 of F.txt").model_dump()
    assert (said["from_version"], said["to_version"]) == (3, 5)
    said = planned("what changed in F.txt since 1 hour and 30 minutes ago").model_dump()
    assert "from_version" not in said


@pytest.mark.parametrize(
    "text",
    [
        "what changed in F.txt since the meeting",
        "what changed in F.txt since banana",
        "what changed since banana",
        "what changed in F.txt since 25:00",
        "what changed in F.txt since yesterday 25:00",
        "what changed in F.txt since 2026-13-01",
        "what changed in F.txt since 20261126T053053Z",
        "what changed in F.txt since 17:00 CET",
        "what changed in F.txt since 5",
        "what changed in F.txt since Monday last week",
        "what changed in F.txt between yesterday and 25:00",
        "what changed in F.txt in the last few minutes",
        "what changed in F.txt in 5 minutes",
        "what changed in F.txt yesterday morning after 17:00",
        "diff F.txt since banana",
        "restore Recipes to 25:00",
        "restore Recipes to yesterday 12:60",
        "roll back F.txt to 99:99",
        "roll back F.txt to yesterday 25:00",
        "roll back F.txt to how it was before the meeting",
        "roll back F.txt to how it was at banana",
        "roll back F.txt to version 3 from yesterday",
        "history of F.txt since yesterday",
        "show the log since 25:00",
        "read F.txt as of yesterday",
        "delete F.txt from yesterday",
        "summarize F.txt from last week",
        "find notes changed after 25:00",
        "delete all files changed since 25:00",
        "delete files older than 12:60",
        "F.txt 25:00以来改了什么",
        "恢复 F.txt 到昨天25:00",
    ],
)
def test_a_time_that_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        planned(text)
    assert caught.value.hint


@pytest.mark.parametrize("when", ["tomorrow", "next week", "2027-01-01", "2027-01-01T10:00"])
def test_a_time_to_come_is_no_state_to_go_back_to(when: str) -> None:
    for request in (f"restore Recipes to {when}", f"roll back F.txt to {when}"):
        with pytest.raises(UsageError, match=f"^{when} lies in the future"):
            planned(request)


@pytest.mark.parametrize(
    "text",
    [
        "create a file reminder.txt: meet since 25:00",
        "write 'since yesterday 25:00' into F.txt",
        "append 'see you tomorrow at 9:00' to plan.md",
        "rename F.txt to last week.txt",
        "create a folder called last week",
        "find letters written after the war",
        "find the email about the dinner at 7pm",
        "roll back F.txt by 2 versions",
        "return F.txt to the state it had 4 versions ago",
        "bring back F.txt after all",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(text: str) -> None:
    assert times(planned(text)) == []
