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
from lsfs.prompts.intents import CHINESE, LIKELY, STORIES, IntentClassifier, Learning


def planned(text: str, shown: Sequence[str] = ()) -> Plan:
    """What comes of a request."""
    return trained_parser().parse(text, "test", shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ditch old-file.txt would ya ever",
         {"op": "remove", "paths": ["llm-directory/old-file.txt"]}),
        ("give old-file.txt the boot", {"op": "remove", "paths": ["llm-directory/old-file.txt"]}),
        ("chuck Papers/quantum.txt in the bin mate",
         {"op": "remove", "paths": ["Papers/quantum.txt"]}),
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
        ("smoosh aios.txt and draft.txt together as book.txt",
         {"op": "join", "paths": ["aios.txt", "draft.txt"], "to": "book.txt"}),
        ("slap 'paid' at the end of todo.txt",
         {"op": "append", "path": "Documents/notes/todo.txt", "text": "paid", "as_line": True}),
        ("nail draft.txt down so nobody can mess with it", {"op": "lock", "paths": ["draft.txt"]}),
        ("pull the plug on share 21", {"op": "unshare", "id": 21}),
        ("quantum.txt has wrong name, must be endgames.txt",
         {"op": "move", "paths": ["Papers/quantum.txt"], "to": "Papers/endgames.txt"}),
        ("no no, blunder. Take back what you just did", {"op": "undo"}),
        ("wait no go back i didnt mean to do that", {"op": "undo"}),
        ("free up plan.md so I can edit it again, it's locked",
         {"op": "unlock", "paths": ["Documents/plan.md"]}),
        ("kill the link to cv.pdf", {"op": "unshare", "path": "Documents/cv.pdf"}),
        ("the file draft.txt shall henceforth be known as judgment.txt",
         {"op": "move", "paths": ["draft.txt"], "to": "judgment.txt"}),
        ("plan.md should really be named roadmap.md, can you fix that",
         {"op": "move", "paths": ["Documents/plan.md"], "to": "Documents/roadmap.md"}),
        ("swap 'peonies' for 'roses' all through plan.md, bride changed her mind again",
         {"op": "replace", "paths": ["Documents/plan.md"], "old": "peonies", "new": "roses"}),
        ("in syntax.md everywhere instead of 'colour' write 'color'",
         {"op": "replace", "paths": ["Papers/syntax.md"], "old": "colour", "new": "color"}),
        ("from plan.md I need a copy in the folder old",
         {"op": "copy", "paths": ["Documents/plan.md"], "to": "old", "into": True}),
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


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("make a folder called Class Photos and copy beach.jpg into it, like a good lad",
         [{"op": "mkdir", "path": "Class Photos"},
          {"op": "copy", "paths": ["Photos/beach.jpg"], "to": "Class Photos", "into": True}]),
        ("whip up a folder called sandbox and toss main.c and parser.py into it",
         [{"op": "mkdir", "path": "sandbox"},
          {"op": "move", "paths": ["code/main.c", "code/parser.py"], "to": "sandbox",
           "into": True}]),
        ("sling cnn.txt into old and quantum.txt into archive",
         [{"op": "move", "paths": ["Papers/cnn.txt"], "to": "old", "into": True},
          {"op": "move", "paths": ["Papers/quantum.txt"], "to": "archive", "into": True}]),
        ("rename draft.txt to 'chapter one.txt' and pop it into reading after",
         [{"op": "move", "paths": ["draft.txt"], "to": "chapter one.txt"},
          {"op": "move", "paths": ["chapter one.txt"], "to": "reading", "into": True}]),
    ],
)  # fmt: skip
def test_steps_are_read_one_after_the_other(text: str, operations: list[dict[str, Any]]) -> None:
    plan = planned(text)
    assert [flat(operation) for operation in plan.operations] == operations
    assert plan.parser == "likely"


NEVER = {
    "a condition before the order": (
        "in case it is full, bin draft.txt", "Once we are done, bin draft.txt",
        "Provided it is old, ditch draft.txt", "Whether it is full, chuck draft.txt",
        "Whatever is wrong, bin draft.txt", "The moment we are done, bin draft.txt",
        "Is it full, bin draft.txt", "As long as it is old, bin draft.txt",
    ),
    "what somebody says": (
        "My password is: bin draft.txt", "The bash history has: rm draft.txt",
        "I heard: delete draft.txt", "My question is: delete draft.txt",
        "This is a joke, delete draft.txt", "The answer is no, delete draft.txt",
        "I was joking, bin draft.txt",
    ),
    "taking away and not adding": (
        'slice "milk" out of draft.txt', 'pluck "milk" out of draft.txt',
        'cross "milk" off draft.txt', 'trim "milk" from the end of draft.txt',
        'put a line through "milk" in draft.txt', 'shred the text "hello" in draft.txt',
        'snip "milk" at the end of draft.txt', 'jot "milk" down in draft.txt under groceries',
    ),
    "the opposite": ("let anyone edit draft.txt", "let anyone change draft.txt"),
    "how many, and no number of one": ("kill the 3 links", "kill the 2 shares"),
    "a statement": (
        "share 3 is dead", "link 3 is down", "draft.txt is in the archive",
        "draft.txt lives in archive", "draft.txt is in the bin",
        "draft.txt is in inbox, move it to old",
    ),
    "others with it": ("chuck cnn.txt and gang in old", "chuck cnn.txt and siblings in old"),
    "a place in a list of nothing": (
        "lock the first", "move the second one to archive", "find pdfs and lock the first",
        "delete the last", "copy the first two to archive",
    ),
    "another order than going back": ("copy undo to redo", "rename undo to redo", "undo? no"),
    "a word that is a folder's name, too": ("move old files to archive", "lock old files"),
    "there and back": ("sling cnn.txt into old and back",),
    "what not to do": (
        "don't you dare ditch old-file.txt", "never chuck draft.txt in the bin",
        "ditch nothing, draft.txt stays", "draft.txt shouldn't get the boot",
    ),
    "a condition or an exception": (
        "ditch draft.txt unless somebody needs it", "bung draft.txt in old if you must",
        "ditch everything in old except the newest", "yeet draft.txt only when it is empty",
        "ditch all but draft.txt",
    ),
    "asked or told": (
        "should I ditch draft.txt?", "did you ditch draft.txt?", "I ditched draft.txt",
        "my brother ditched draft.txt", "the intern might ditch draft.txt", "we toss draft.txt",
        "draft.txt got binned", "note: ditch draft.txt", "who chucked draft.txt into old?",
    ),
    "another time or none": (
        "ditch draft.txt tomorrow", "bung draft.txt in old later", "yeet draft.txt on friday",
        "toss draft.txt into old for now", "maybe ditch draft.txt",
    ),
    "more, or less, than the file": (
        "ditch the title of plan.md", "ditch half of draft.txt", "ditch the backup of plan.md",
        "bung the second page of cv.pdf in old", "chuck plan.md and the rest in old",
        "ditch draft.txt and friends", "ditch draft.txt's heading", "ditch both",
        "toss the photos in cv.pdf into Photos",
    ),
    "what is left over": (
        "toss draft.txt into old and archive", "give draft.txt the boot 'hello'",
        "give draft.txt 3 the boot", "bung draft.txt in old twice",
        "dupe cv.pdf as a.pdf and b.pdf", "ditch draft.txt with Anna",
        "yeet draft.txt from old into archive", "ditch draft.txt off the usb stick",
    ),
    "no names": ("ditch it", "ditch the thing", "chuck everything", "bung all of it in old"),
    "nothing that lsfs does": (
        "fire draft.txt over to Anna by mail", "proofread draft.txt", "shrink beach.jpg",
        "zip draft.txt into old", "print draft.txt",
    ),
    "outside": ("ditch /etc/passwd", "toss draft.txt into ~/elsewhere", "ditch ../draft.txt"),
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{why}: {text}") for why in NEVER for text in NEVER[why]]
)
def test_what_says_more_is_no_act(text: str) -> None:
    try:
        plan = planned(text)
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]


def test_a_name_of_several_things_asks() -> None:
    with pytest.raises(ConfirmationError) as asked:
        planned("ditch the invoice would ya")
    assert "inbox/invoice.pdf" in str(asked.value.hint) and "old/invoice.pdf" in str(
        asked.value.hint
    )


def test_it_is_what_was_shown() -> None:
    (operation,) = planned("would ya ditch it, mate", ["draft.txt"]).operations
    assert flat(operation) == {"op": "remove", "paths": ["draft.txt"]}


def test_what_is_surely_meant_is_no_proposal() -> None:
    assert not planned("delete draft.txt").is_proposal


@pytest.mark.parametrize("learning", [LIKELY, CHINESE, STORIES], ids=lambda one: one.shipped)
def test_what_was_learnt_of_the_examples_comes_with_lsfs(
    learning: Learning, tmp_path: Path
) -> None:
    """Else: python scripts/train_acts.py."""
    IntentClassifier(packaged_embedder(), tmp_path, learning).ready()
    assert not list(tmp_path.iterdir()), "examples were learnt anew: run scripts/train_acts.py"
