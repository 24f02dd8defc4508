"""What a search is about, as people wrap it; and the times, numbers and orders they say beside."""

from __future__ import annotations

import time
from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import NotUnderstoodError
from lsfs.prompts.english.topic_words import best_run, features_of, words_in
from lsfs.prompts.english.topics import topic_of
from lsfs.prompts.request.spoken import CUT, Spoken


def planned(text: str) -> dict[str, Any]:
    (operation,) = trained_parser().parse(text, "test").operations
    return flat(operation)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("yo where r my dance class videos", {"query": "dance class", "types": ["video"]}),
        ("Where've I put that pdf on roof insulation",
         {"query": "roof insulation", "types": ["pdf"]}),
        ("Excuse me, I want to find a file about ikebana", {"query": "ikebana"}),
        ("um is there something about braces", {"query": "braces"}),
        ("find the lease agreement, my lawyer wants it", {"query": "lease agreement"}),
        ("Need ASAP: wiring diagram for unit 7!", {"query": "wiring diagram for unit 7"}),
        ("find the permission slip", {"query": "permission slip"}),
        ("tax return 2023", {"query": "tax return 2023"}),
        ("Term sheet. Find it.", {"query": "term sheet"}),
        ("the boiler manual, we need it by Friday", {"query": "boiler manual"}),
        ("list of emails from Nina Berg", {"types": ["email"], "author": "Nina Berg"}),
    ],
)  # fmt: skip
def test_a_topic_is_found_among_words_of_asking(text: str, fields: dict[str, Any]) -> None:
    assert planned(text) == {"op": "search", **fields}


@pytest.mark.parametrize(
    ("rest", "topic", "is_marked"),
    [
        (f"any  {CUT}  about the old mill", "old mill", True),
        (f"find me {CUT} that we made {CUT}", None, False),
        (f"find {CUT}, where is it?", None, False),
        ("look for 'salt and tar', please", "salt and tar", False),
    ],
)
def test_what_filters_leave(rest: str, topic: str | None, is_marked: bool) -> None:
    spoken = Spoken(rest.replace(CUT, "X"))
    spoken.rest = spoken.rest.replace("X", CUT)
    assert topic_of(spoken, is_enough=True) == (topic, is_marked)


def test_a_run_is_the_heaviest() -> None:
    assert best_run([1, -3, 2, 2], [0, 0, 0, 0], [0, 0, 0, 0]) == slice(2, 4)
    assert best_run([-1, -2], [0, 0], [0, 0]) == slice(0, 0)
    assert best_run([1, 1], [0, 3], [0, -9]) == slice(0, 1)


def test_a_long_request_takes_no_longer_by_the_square() -> None:
    words = words_in("the quick brown fox about " * 160)
    started = time.perf_counter()
    features_of(words)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("pdfs about rent between the 03.11. and the 10.11.2026",
         {"query": "rent", "types": ["pdf"], "after": "2026-11-03", "before": "2026-11-11"}),
        ("photos, Nov 2 to Nov 9",
         {"types": ["image"], "after": "2026-11-02", "before": "2026-11-10"}),
        ("spreadsheets 2026-10-01..2026-10-31",
         {"types": ["spreadsheet"], "after": "2026-10-01", "before": "2026-11-01"}),
        ("photos starting from 1 September", {"types": ["image"], "after": "2026-09-01"}),
        ("everything about bees up to the end of 2024", {"query": "bees", "before": "2025-01-01"}),
        ("videos from this week", {"types": ["video"], "after": "2026-11-16"}),
        ("biggest 4 vids", {"types": ["video"], "limit": 4, "sort": "largest"}),
        ("photos more big than 5 MB", {"types": ["image"], "size_min": 5000000}),
        ("slides about comets, first the most recent",
         {"query": "comets", "types": ["presentation"], "sort": "newest"}),
        ("the presentations what Giulia has made", {"types": ["presentation"], "author": "Giulia"}),
        ('files over 10 kb in "code"', {"under": "code", "size_min": 10000}),
        ("Which of my texts have in them the words 'salt and tar'?",
         {"containing": "salt and tar"}),
        ("emials about the fence", {"query": "fence", "types": ["email"]}),
    ],
)  # fmt: skip
def test_filters_in_unlike_words(text: str, fields: dict[str, Any]) -> None:
    assert planned(text) == {"op": "search", **fields}


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("diff plan.md v2 v4",
         {"op": "diff", "path": "Documents/plan.md", "from_version": 2, "to_version": 4}),
        ("diff plan.md versions 12 15",
         {"op": "diff", "path": "Documents/plan.md", "from_version": 12, "to_version": 15}),
        ("files like attention.pdf, give me 6",
         {"op": "similar", "path": "Papers/attention.pdf", "limit": 6}),
        ("papers like kv-cache, top 4",
         {"op": "similar", "path": "Papers/kv-cache.pdf", "limit": 4}),
        ("I would like to look at the budget please",
         {"op": "read", "paths": ["Documents/budget.xlsx"]}),
        ("Version list, cv.pdf, max. 5",
         {"op": "history", "path": "Documents/cv.pdf", "limit": 5}),
        ('Show the members of the group "Gold Rush".', {"op": "groups", "name": "Gold Rush"}),
        ("How large is the annual report 2025, may I ask?",
         {"op": "stat", "paths": ["Documents/reports/annual-report-2025.pdf"]}),
        ("I should like to see my shopping list, please.",
         {"op": "read", "paths": ["shopping list.txt"]}),
        ("what changed in Documents since Monday, high level",
         {"op": "change_summary", "path": "Documents", "since": "2026-11-16"}),
    ],
)  # fmt: skip
def test_reads_in_unlike_words(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == plan


@pytest.mark.parametrize(
    "text",
    [
        "delete the notes about bees that my sister needs",
        "move yo those old pdfs somewhere nice",
        "delete all papers on salt my boss wants kept",
        "delete the papers about salt that are to be kept",
        "remove the photos of Rome nobody needs",
        "copy the slides about comets that she wants to archive",
    ],
)
def test_an_act_passes_over_no_word(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        trained_parser().parse(text, "test")
