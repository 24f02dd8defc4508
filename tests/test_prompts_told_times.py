"""Versions and moments as people tell them: spelt out, in another order, the month first."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError, UsageError

TOLD: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("Put back syntax.md in its version of the 15 October.",
     [{"op": "rollback", "path": "Papers/syntax.md", "to": "2026-10-16"}]),
    ("I would like to have cv.pdf back, so as it on 15.10.2026 was",
     [{"op": "rollback", "path": "Documents/cv.pdf", "to": "2026-10-16"}]),
    ("Could the notes folder be put back as it was last Friday at six in the evening?",
     [{"op": "restore", "path": "Documents/notes", "to": "2026-11-13T18:00"}]),
    ("Please return the Recipes folder to its state of November 3rd.",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-04"}]),
    ("draft.txt as it stood at 3 pm yesterday, please bring that back.",
     [{"op": "rollback", "path": "draft.txt", "to": "2026-11-17T15:00"}]),
    ("Documents/notes, the whole folder: let it be again as it was at 11 pm on 31 October.",
     [{"op": "restore", "path": "Documents/notes", "to": "2026-10-31T23:00"}]),
    ("Give me back the version before of pasta.md",
     [{"op": "rollback", "path": "Recipes/pasta.md", "versions": 1}]),
    ("find the video of noah's birthday the one from twenty twenty five",
     [{"op": "search", "query": "noah's birthday", "after": "2025-01-01", "before": "2026-01-01",
      "types": ["video"]}]),
    ("Put back plan.md in its version of the 3 November",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-04"}]),
    ("Return cv.pdf to its state of October 31st",
     [{"op": "rollback", "path": "Documents/cv.pdf", "to": "2026-11-01"}]),
    ("Please return the Papers folder to its state of last Monday",
     [{"op": "restore", "path": "Papers", "to": "2026-11-17"}]),
    ("give me back the previous version of draft.txt",
     [{"op": "rollback", "path": "draft.txt", "versions": 1}]),
    ("Give me back the version before of draft.txt",
     [{"op": "rollback", "path": "draft.txt", "versions": 1}]),
    ("I want plan.md as it was on 10.11.2026",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-11"}]),
    ("I would like to have the Recipes folder back as it was on the 1st of November",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-02"}]),
    ("restore Documents to how it was last Friday at six in the evening",
     [{"op": "restore", "path": "Documents", "to": "2026-11-13T18:00"}]),
    ("put the notes folder back to the way it was on Sunday at noon",
     [{"op": "restore", "path": "Documents/notes", "to": "2026-11-15T12:00"}]),
    ("cv.pdf as it was at 9 am yesterday, please",
     [{"op": "rollback", "path": "Documents/cv.pdf", "to": "2026-11-17T09:00"}]),
    ("bring budget.xlsx to its state of 11/16/2026",
     [{"op": "rollback", "path": "Documents/budget.xlsx", "to": "2026-11-17"}]),
    ("bring budget.xlsx to its state of 16/11/2026",
     [{"op": "rollback", "path": "Documents/budget.xlsx", "to": "2026-11-17"}]),
    ("reset plan.md to November the third",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-04"}]),
    ("plan.md: back to its version of 2 November",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-03"}]),
    ("what changed in plan.md since 11/2/2026 at 5 pm",
     [{"op": "change_summary", "path": "Documents/plan.md", "since": "2026-11-02T17:00"}]),
    ("share cv.pdf until 12/24/2026 at noon",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-24T12:00"}]),
    ("share cv.pdf until the 5th of December",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-06"}]),
    ("photos from twenty twenty four",
     [{"op": "search", "after": "2024-01-01", "before": "2025-01-01", "types": ["image"]}]),
    ("files from nineteen ninety nine",
     [{"op": "search", "after": "1999-01-01", "before": "2000-01-01"}]),
    ("the version of plan.md from the day before yesterday, put it back",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-17"}]),
    ("restore plan.md to the one of last Thursday",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-13"}]),
    ("take the folder Recipes back to 3 pm on Tuesday",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-17T15:00"}]),
    ("bring back the cv in the state of last Thursday",
     [{"op": "rollback", "path": "Documents/cv.pdf", "to": "2026-11-13"}]),
    ("please set the Recipes folder back to the state it had on 2 November",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-03"}]),
    ("give me draft.txt back as it was yesterday at noon",
     [{"op": "rollback", "path": "draft.txt", "to": "2026-11-17T12:00"}]),
    ("get the previous one of plan.md back",
     [{"op": "rollback", "path": "Documents/plan.md", "versions": 1}]),
    ("I need plan.md the way it was on Monday at nine in the morning",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-16T09:00"}]),
    ("could draft.txt please be restored as it was yesterday at 4 pm",
     [{"op": "rollback", "path": "draft.txt", "to": "2026-11-17T16:00"}]),
    ("let plan.md be again as it was two days ago",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-16T15:30"}]),
    ("plan.md in the version of yesterday, bring that back",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-18"}]),
    ("put everything in Recipes back to how it was on the first of November",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-02"}]),
    ("take draft.txt back to its version from October the thirty first",
     [{"op": "rollback", "path": "draft.txt", "to": "2026-11-01"}]),
    ("return the code folder to what it was on 1 November 2026",
     [{"op": "restore", "path": "code", "to": "2026-11-02"}]),
    ("roll parser.py back to the version right before this one",
     [{"op": "rollback", "path": "code/parser.py", "versions": 1}]),
    ("restore the file cnn.txt to half past eight in the morning",
     [{"op": "rollback", "path": "Papers/cnn.txt", "to": "2026-11-18T08:30"}]),
    ("share slides.pptx until the twenty fourth of December",
     [{"op": "share", "path": "Documents/slides.pptx", "expires": "2026-12-25"}]),
    ("make a link to cv.pdf that works until 12/31/2026 at midnight",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-31"}]),
    ("what did I change in plan.md on the second of November",
     [{"op": "change_summary", "path": "Documents/plan.md", "since": "2026-11-02",
      "until": "2026-11-03"}]),
    ("spreadsheets since two thousand and nineteen",
     [{"op": "search", "after": "2019-01-01", "types": ["spreadsheet"]}]),
    ("papers from between twenty twenty and twenty twenty two",
     [{"op": "search", "query": "papers", "after": "2020-01-01", "before": "2023-01-01"}]),
    ("revert the budget to 11/10/2026, 9 am",
     [{"op": "rollback", "path": "Documents/budget.xlsx", "to": "2026-11-10T09:00"}]),
    ("share cv.pdf until 12/1/2026",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-02"}]),
    ("share cv.pdf until 12/1/2026 at noon",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-01T12:00"}]),
    ("share cv.pdf until 1/12/2026",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-02"}]),
    ("share cv.pdf until noon on 5 December",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-05T12:00"}]),
    ("share cv.pdf until 8 pm tomorrow",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-11-19T20:00"}]),
    ("what changed in plan.md since 11/2/2026",
     [{"op": "change_summary", "path": "Documents/plan.md", "since": "2026-02-11"}]),
    ("what changed in plan.md since 10/12/2026",
     [{"op": "change_summary", "path": "Documents/plan.md", "since": "2026-10-12"}]),
    ("restore plan.md to 5 pm on 11/2/2026",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-02T17:00"}]),
    ("restore plan.md to 02.11.2026",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-03"}]),
    ("give me plan.md as of last Friday",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-14"}]),
    ("wind the notes folder back to 1 November, 8 am",
     [{"op": "restore", "path": "Documents/notes", "to": "2026-11-01T08:00"}]),
    ("return Recipes to how things were on Monday evening",
     [{"op": "restore", "path": "Recipes", "to": "2026-11-17"}]),
    ("let's have yesterday's version of todo.txt again",
     [{"op": "rollback", "path": "Documents/notes/todo.txt", "to": "2026-11-18"}]),
    ("share slides.pptx for a fortnight",
     [{"op": "share", "path": "Documents/slides.pptx", "expires": "2026-12-02T15:30"}]),
    ("share cv.pdf for half an hour",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2026-11-18T16:00"}]),
    ("share cv.pdf for half a year",
     [{"op": "share", "path": "Documents/cv.pdf", "expires": "2027-05-18T15:30"}]),
    ("plan.md from two days ago please, bring it back",
     [{"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-16T15:30"}]),
    ("make cv.pdf what it was at 10 o'clock this morning",
     [{"op": "rollback", "path": "Documents/cv.pdf", "to": "2026-11-18T10:00"}]),
)  # fmt: skip
NEVER = """
roll back draft.txt to yesterday at half past three
don't put plan.md back in its version of the 3 November
could plan.md be put back as it was yesterday, or not
I want plan.md as it was
I want plan.md as it was meant to be
I want plan.md as it was in the meeting
plan.md as it stood at 3 pm yesterday, don't bring that back
put back the version before the last of plan.md
put plan.md in its version of the contract
bring plan.md to its state of the art
restore plan.md to 5 pm on 12/24/2026
share cv.pdf until 1/12/2025
share cv.pdf until 5 December 2025
is plan.md as it was yesterday?
was plan.md put back as it was yesterday
I put plan.md back as it was yesterday
share cv.pdf for a while
share cv.pdf for some days
share cv.pdf for the holidays
share cv.pdf for the time being
share cv.pdf for as long as it takes
""".strip().splitlines()


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_what_is_told_of_times_is_read(text: str, expected: list[dict[str, Any]]) -> None:
    assert [flat(one) for one in trained_parser().parse(text, "test").operations] == expected


@pytest.mark.parametrize("text", NEVER)
def test_no_other_time_is_taken(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError, UsageError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]


@pytest.mark.parametrize(
    "text",
    ["find twenty photos of cats", "find the photos of twenty people", "find twelve angry men"],
)
def test_a_number_is_no_year(text: str) -> None:
    (operation,) = trained_parser().parse(text, "test").operations
    assert "after" not in flat(operation)
