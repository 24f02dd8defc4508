"""Acts in anybody's own words are likely meant, and only proposed; what says more is no act."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from judged_requests import flat
from words import packaged_embedder, trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError
from lsfs.plan import Plan
from lsfs.prompts.intents import LIKELY, IntentClassifier


def planned(text: str, shown: Sequence[str] = ()) -> Plan:
    """What comes of a request."""
    return trained_parser().parse(text, "test", shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ditch old-file.txt would ya", {"op": "remove", "paths": ["llm-directory/old-file.txt"]}),
        ("give old-file.txt the boot", {"op": "remove", "paths": ["llm-directory/old-file.txt"]}),
        ("chuck Papers/quantum.txt in the bin mate",
         {"op": "remove", "paths": ["Papers/quantum.txt"]}),
        ("stick a copy of budget.xlsx over in old",
         {"op": "copy", "paths": ["Documents/budget.xlsx"], "to": "old", "into": True}),
        ("bung a copy of the annual report in reading",
         {"op": "copy", "paths": ["Documents/reports/annual-report-2025.pdf"], "to": "reading",
          "into": True}),
        ("toss Z2 in archive", {"op": "move", "paths": ["Z2"], "to": "archive", "into": True}),
        ("budget.xlsx should live in archive from now on",
         {"op": "move", "paths": ["Documents/budget.xlsx"], "to": "archive", "into": True}),
        ("quantum.txt: into reading with it",
         {"op": "move", "paths": ["Papers/quantum.txt"], "to": "reading", "into": True}),
        ("would ya ever fire the pasta recipe into the inbox, good lad",
         {"op": "move", "paths": ["Recipes/pasta.md"], "to": "inbox", "into": True}),
        ("let draft.txt go by the name essay.txt",
         {"op": "move", "paths": ["draft.txt"], "to": "essay.txt"}),
        ("dupe cv.pdf as cv-internship.pdf",
         {"op": "copy", "paths": ["Documents/cv.pdf"], "to": "Documents/cv-internship.pdf"}),
        ("spin up a folder 'Q4' under Documents/reports",
         {"op": "mkdir", "path": "Documents/reports/Q4"}),
        ("knock up a file arvo.txt in inbox with \"beers at five\" in it",
         {"op": "create", "path": "inbox/arvo.txt", "text": "beers at five"}),
        ("glue aios.txt and draft.txt together as book.txt",
         {"op": "join", "paths": ["aios.txt", "draft.txt"], "to": "book.txt"}),
        ("slap 'paid' at the end of todo.txt",
         {"op": "append", "path": "Documents/notes/todo.txt", "text": "paid", "as_line": True}),
        ("I want the text of todo.txt to be nothing but 'holiday'",
         {"op": "write", "path": "Documents/notes/todo.txt", "text": "holiday"}),
        ("draft.txt is done, lock it down", {"op": "lock", "paths": ["draft.txt"]}),
        ("pull the plug on share 21", {"op": "unshare", "id": 21}),
        ("need yesterday's plan.md back please",
         {"op": "rollback", "path": "Documents/plan.md", "to": "2026-11-18"}),
        ("set up a share for cv.pdf, expiring 2026-12-01 at 12:00",
         {"op": "share", "path": "Documents/cv.pdf", "expires": "2026-12-01T12:00"}),
    ],
)  # fmt: skip
def test_what_is_likely_meant_is_proposed(text: str, expected: dict[str, Any]) -> None:
    plan = planned(text)
    assert [flat(operation) for operation in plan.operations] == [expected]
    assert plan.is_proposal and plan.parser == "likely"
