"""What people tell beside an order is let go, and the order is proposed; what limits it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from judged_requests import flat
from words import packaged_embedder, trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError
from lsfs.prompts.intents import STORIES, IntentClassifier

PLAN = "Documents/plan.md"


def moved(path: str, to: str) -> dict[str, Any]:
    """A file into a folder, as a flat operation."""
    return {"op": "move", "paths": [path], "to": to, "into": True}


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("I finally got my degree! Please put cv.pdf into old.",
         [moved("Documents/cv.pdf", "old")]),
        ("lock plan.md, the boss has approved it", [{"op": "lock", "paths": [PLAN]}]),
        ("Bin draft.txt, it's full of nonsense.", [{"op": "remove", "paths": ["draft.txt"]}]),
        ("My accountant is asking for the budget again. Make a copy of budget.xlsx in inbox.",
         [{"op": "copy", "paths": ["Documents/budget.xlsx"], "to": "inbox", "into": True}]),
        ("put main.c in old, it doesn't compile anyway", [moved("code/main.c", "old")]),
        ("I'm tidying up my desk: move quantum.txt to reading",
         [moved("Papers/quantum.txt", "reading")]),
        ("The tenants moved out last month, so landlord.docx can go to the archive now",
         [moved("Documents/letters/landlord.docx", "archive")]),
        ("Would you copy syntax.md to reading? I want to study it on the train.",
         [{"op": "copy", "paths": ["Papers/syntax.md"], "to": "reading", "into": True}]),
        ("the photo of the wedding is lovely, put wedding.jpg in reading so I can find it again",
         [moved("Photos/2024/wedding.jpg", "reading")]),
        # "it" is what was told of
        ("The client is waiting for slides.pptx, share it for 3 days",
         [{"op": "share", "path": "Documents/slides.pptx", "expires": "2026-11-21T15:30"}]),
        ("The folder example I need no more: delete it",
         [{"op": "remove", "paths": ["example"]}]),
        ("Scheduling.md is in the wrong place, please move to Papers",
         [moved("Documents/notes/scheduling.md", "Papers")]),
        # a mistake that is to be undone
        ("My cat walked over the keyboard, undo the last change please", [{"op": "undo"}]),
        ("Oh dear, I didn't mean to do that. Please take it back.", [{"op": "undo"}]),
        ("I've made a terrible mess of parser.py, roll it back to the version before",
         [{"op": "rollback", "path": "code/parser.py", "versions": 1}]),
        # what an operation does anyhow
        ("copy plan.md into archive but leave the original in place",
         [{"op": "copy", "paths": [PLAN], "to": "archive", "into": True}]),
        ("let's freeze plan.md, no more edits - lock it", [{"op": "lock", "paths": [PLAN]}]),
        ("write 'hello' to draft.txt, the old text can go",
         [{"op": "write", "path": "draft.txt", "text": "hello"}]),
        ("unlock plan.md, I need to change something", [{"op": "unlock", "paths": [PLAN]}]),
    ],
)  # fmt: skip
def test_what_is_told_beside_an_order_is_let_go(
    text: str, operations: list[dict[str, Any]]
) -> None:
    plan = trained_parser().parse(text, "test")
    assert [flat(operation) for operation in plan.operations] == operations
    assert plan.is_proposal and plan.parser == "likely"


NEVER = {
    "a condition, another time": (
        "delete draft.txt, I decide when she is back", "lock plan.md, it has to wait until monday",
        "move plan.md to archive, it has to be back on monday", "delete draft.txt, we'll see",
        "we agreed on that for next year, move plan.md to archive",
        "she has to agree first, delete draft.txt", "delete draft.txt, he must see it first",
        "move plan.md to archive, there is time until friday",
    ),
    "spoken against": (
        "delete draft.txt, I still need it", "delete draft.txt, that was a mistake",
        "delete draft.txt, that would be a pity", "that is a bad idea, delete draft.txt",
        "what a stupid idea, delete draft.txt", "it's forbidden, delete draft.txt",
        "I am still working on draft.txt, so lock it after", "lock plan.md, she is not finished",
        "it is not true that I want it, delete draft.txt", "the rest stays, delete draft.txt",
        "move plan.md to archive, it's already there",
    ),
    "doubts": (
        "lock plan.md, I think", "I wonder, delete draft.txt", "lock plan.md, just an idea",
        "delete draft.txt, I'm not sure about it", "it depends on her, delete draft.txt",
    ),
    "said by others, or not meant": (
        "I was only joking, delete draft.txt", "delete draft.txt, just kidding",
        "my boss said: delete draft.txt", "delete draft.txt, she said",
        "delete draft.txt, that's what he told me", "the example is easy: delete draft.txt",
        "the text on the sign is: delete draft.txt", "I dreamt of it, delete draft.txt",
        "I wrote this for you: delete draft.txt", "the story goes like this: delete draft.txt",
        "he asked me to say this, delete draft.txt", "this is only a test, delete draft.txt",
        "my friend is kidding: delete draft.txt",
        "the rules are simple: delete draft.txt when I cry",
    ),
    "done by others, or done": (
        "my brother does it, delete draft.txt", "he already did it, move plan.md to archive",
        "the intern is going to do it, lock plan.md", "lock plan.md, I'll do it myself",
    ),
    "others, or a part": (
        "move plan.md to archive, the invoices too", "the older one is better, delete draft.txt",
        "the photos are nice, delete the others", "delete draft.txt, the first page is fine",
        "the title is wrong, delete draft.txt", "delete draft.txt, the one with the pictures",
        "copy plan.md to archive, and the invoice as well", "delete draft.txt, which is in old",
        "cv.pdf is old. It is in archive. Move it to old.",
    ),
    "another file that has no part in it": (
        "draft.txt is obsolete, move plan.md to old", "move plan.md to old, draft.txt is obsolete",
    ),
    "corrected": (
        "in cv.pdf... no, in draft.txt change every 'foo' to 'bar'",
        "delete draft.txt, it's old, no wait", "lock plan.md, I mean budget.xlsx is final",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{why}: {text}") for why in NEVER for text in NEVER[why]]
)
def test_what_limits_an_order_is_no_story(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]


@pytest.mark.parametrize(
    "text",
    [
        "find emails about the house move, lock and key services",
        "anything about how to make bread, delete old recipes",
        "show me the notes on how to move to archive.org",
    ],
)
def test_a_search_with_the_words_of_an_order_changes_nothing(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except NotUnderstoodError:
        return
    assert not plan.changes_something()


def test_what_was_learnt_of_clauses_comes_with_lsfs(tmp_path: Path) -> None:
    """Else: python scripts/train_acts.py."""
    IntentClassifier(packaged_embedder(), tmp_path, STORIES).ready()
    assert not list(tmp_path.iterdir()), "examples were learnt anew: run scripts/train_acts.py"
