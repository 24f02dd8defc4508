"""Groups in people's own words, and the end of one."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError

GROUPS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("make a group called taxes with everything about taxes",
     [{"op": "group", "name": "taxes", "query": "taxes"}]),
    ('Make a group "cooking" that contains all recipes about apples',
     [{"op": "group", "name": "cooking", "query": "recipes about apples"}]),
    ("create group 'ml' with attention.pdf and llm-base.pdf",
     [{"op": "group", "name": "ml", "paths": ["Papers/attention.pdf", "Papers/llm-base.pdf"]}]),
    ("group: 'ml', members: attention.pdf, llm-base.pdf",
     [{"op": "group", "name": "ml", "paths": ["Papers/attention.pdf", "Papers/llm-base.pdf"]}]),
    ("new group named holidays: all pictures from 2024",
     [{"op": "group", "name": "holidays", "after": "2024-01-01", "before": "2025-01-01",
      "types": ["image"]}]),
    ("put all the pngs in a group called icons",
     [{"op": "group", "name": "icons", "extensions": ["png"]}]),
    ("I'd like a group 'caching' of the papers about caches",
     [{"op": "group", "name": "caching", "query": "caches"}]),
    ("a group named budgeting with the spreadsheets about budgets",
     [{"op": "group", "name": "budgeting", "query": "budgets", "types": ["spreadsheet"]}]),
    ("Please form a group, name 'letters', from all documents about the landlord",
     [{"op": "group", "name": "letters", "query": "landlord"}]),
    ("Group the pictures by month, the name is album",
     [{"op": "group", "name": "album", "by": "month", "types": ["image"]}]),
    ("group my papers by topic, call the group reading-list",
     [{"op": "group", "name": "reading-list", "by": "topic", "under": "Papers"}]),
    ("group papers by author under the name people",
     [{"op": "group", "name": "people", "by": "author", "under": "Papers"}]),
    ("everything in Documents grouped by type, name: kinds",
     [{"op": "group", "name": "kinds", "by": "type", "under": "Documents"}]),
    ("Dissolve the group album", [{"op": "drop_group", "name": "album"}]),
    ("disband group album", [{"op": "drop_group", "name": "album"}]),
    ("the group 'album' can go", [{"op": "drop_group", "name": "album"}]),
    ("delete the group named album please", [{"op": "drop_group", "name": "album"}]),
    ("break up the group album", [{"op": "drop_group", "name": "album"}]),
    ("get rid of the album group", [{"op": "drop_group", "name": "album"}]),
    ("Make group 'soup' of files about soup, as copies in folder reading/soup",
     [{"op": "group", "name": "soup", "form": "copies", "into": "reading/soup",
      "query": "soup"}]),
    ("Make a group out of everything about quantum computing, call it qc",
     [{"op": "group", "name": "qc", "query": "quantum computing"}]),
    ("build me a collection named trips of all photos about beaches",
     [{"op": "group", "name": "trips", "query": "beaches", "types": ["image"]}]),
    ("I want five groups by topic from everything in Documents, named themes",
     [{"op": "group", "name": "themes", "by": "topic", "count": 5, "under": "Documents"}]),
    ("Make group 'rl' of files about reinforcement learning, as links in folder reading/rl",
     [{"op": "group", "name": "rl", "form": "links", "into": "reading/rl",
      "query": "reinforcement learning"}]),
    ("group studia is not needed, delete group, files leave",
     [{"op": "drop_group", "name": "studia"}]),
    ("Group 'winter': not wanted any longer, dissolve it",
     [{"op": "drop_group", "name": "winter"}]),
    ("group name: basics / members: attention.pdf, llm-base.pdf, syntax.md",
     [{"op": "group", "name": "basics", "paths": ["Papers/attention.pdf", "Papers/llm-base.pdf",
      "Papers/syntax.md"]}]),
    ("I want everything in Papers grouped by topic, four groups, under the name research.",
     [{"op": "group", "name": "research", "by": "topic", "count": 4, "under": "Papers"}]),
    ("make a group 'kv' which contains the pdf in Papers about cache",
     [{"op": "group", "name": "kv", "query": "cache", "types": ["pdf"], "under": "Papers"}]),
    ('Please compile a group named "Gold Rush" of everything about the Otago diggings.',
     [{"op": "group", "name": "Gold Rush", "query": "otago diggings"}]),
    ('Dissolve the group "Gold Rush".', [{"op": "drop_group", "name": "Gold Rush"}]),
    ("a group 'moodboard' with all the png files, pretty please",
     [{"op": "group", "name": "moodboard", "extensions": ["png"]}]),
    ("Group images by year, group name timeline.",
     [{"op": "group", "name": "timeline", "by": "year", "types": ["image"]}]),
    ("gather everything about the landlord into a group called home",
     [{"op": "group", "name": "home", "query": "landlord"}]),
    ("make one group, tax-2026, of all spreadsheets about taxes",
     [{"op": "group", "name": "tax-2026", "query": "taxes", "types": ["spreadsheet"]}]),
    ("put budget.xlsx and cv.pdf together in a group named office",
     [{"op": "group", "name": "office", "paths": ["Documents/budget.xlsx", "Documents/cv.pdf"]}]),
    ("start a new collection 'summer' with the photos from 2024",
     [{"op": "group", "name": "summer", "after": "2024-01-01", "before": "2025-01-01",
      "types": ["image"]}]),
    ("name of group: basics; files: attention.pdf, syntax.md",
     [{"op": "group", "name": "basics", "paths": ["Papers/attention.pdf", "Papers/syntax.md"]}]),
    ('group "exam prep": all papers about transformers',
     [{"op": "group", "name": "exam prep", "query": "transformers"}]),
    ('make a new group called "exam prep" containing attention.pdf',
     [{"op": "group", "name": "exam prep", "paths": ["Papers/attention.pdf"]}]),
    ("cluster my papers into 3 groups by topic, name: clusters",
     [{"op": "group", "name": "clusters", "by": "topic", "count": 3, "under": "Papers"}]),
    ("have the photos grouped by month under the name calendar",
     [{"op": "group", "name": "calendar", "by": "month", "types": ["image"]}]),
    ("I would like all pdfs in Papers bundled by year, named by-year",
     [{"op": "group", "name": "by-year", "by": "year", "types": ["pdf"], "under": "Papers"}]),
    ("create a collection that is called cats from all pictures of cats",
     [{"op": "group", "name": "cats", "query": "cats", "types": ["image"]}]),
    ("the group exams isn't needed any more, please drop it",
     [{"op": "drop_group", "name": "exams"}]),
    ("delete group exams but keep the files", [{"op": "drop_group", "name": "exams"}]),
    ("could you get rid of the group exams", [{"op": "drop_group", "name": "exams"}]),
    ("I don't need the group exams any longer, dissolve it",
     [{"op": "drop_group", "name": "exams"}]),
    ("split everything in Recipes into two groups by topic under the name food",
     [{"op": "group", "name": "food", "by": "topic", "count": 2, "under": "Recipes"}]),
    ("all the presentations as a group named talks",
     [{"op": "group", "name": "talks", "types": ["presentation"]}]),
    ("form four groups from Papers",
     [{"op": "group", "name": "topic", "by": "topic", "count": 4, "under": "Papers"}]),
    ("group 'exams' should contain attention.pdf and cnn.txt",
     [{"op": "group", "name": "exams", "paths": ["Papers/attention.pdf", "Papers/cnn.txt"]}]),
    ("I'd love a group of all my cat pictures, named cats",
     [{"op": "group", "name": "cats", "query": "cat", "types": ["image"]}]),
    ('start a group "lease": everything about the landlord',
     [{"op": "group", "name": "lease", "query": "landlord"}]),
    ("group the pdfs by author, please, and name it writers",
     [{"op": "group", "name": "writers", "by": "author", "types": ["pdf"]}]),
    ("build a group out of beach.jpg and wedding.jpg called sea",
     [{"op": "group", "name": "sea", "paths": ["Photos/beach.jpg", "Photos/2024/wedding.jpg"]}]),
)  # fmt: skip
NEVER = """
don't make a group 'kv' of the pdfs in Papers
never dissolve the group exams
should I dissolve the group exams
the group exams is no longer needed
the group exams is not needed, keep it
the group exams is still needed, don't dissolve it
group exams: not now, dissolve it later
I dissolved the group exams
did you dissolve the group exams
group 'exams': not the pdfs
group 'exams' of nothing in particular
make a group of
make a group 'exams' of the pdfs in Papers but one
make a group 'exams' of all pdfs unless they are old
a group photo of the team
the group photo can go
dissolve the groups
dissolve the group and delete the files
links to every PDF in Papers
show me everything in Papers grouped by topic, and call it off
""".strip().splitlines()


@pytest.mark.parametrize(("text", "expected"), GROUPS)
def test_groups_are_made_and_ended(text: str, expected: list[dict[str, Any]]) -> None:
    assert [flat(one) for one in trained_parser().parse(text, "test").operations] == expected


@pytest.mark.parametrize("text", NEVER)
def test_no_group_is_made_or_ended(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]
