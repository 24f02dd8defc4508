"""Orders in other forms mean the plain ones, and are proposed; a statement in one is none."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError

PLAN = "Documents/plan.md"
ARCHIVED = {"op": "move", "paths": [PLAN], "to": "archive", "into": True}


def folder(path: str) -> dict[str, Any]:
    """A folder that is made, as a flat operation."""
    return {"op": "mkdir", "path": path}


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        # steps that are told apart otherwise
        ("Steps: 1) copy plan.md to archive 2) delete the original",
         [{**ARCHIVED, "op": "copy"}, {"op": "remove", "paths": [PLAN]}]),
        ("Action items: (1) make the folder inbox/processed; (2) put inbox/invoice.pdf there.",
         [folder("inbox/processed"),
          {"op": "move", "paths": ["inbox/invoice.pdf"], "to": "inbox/processed", "into": True}]),
        ("beach.jpg should go to reading, cnn.txt should go to old",
         [{"op": "move", "paths": ["Photos/beach.jpg"], "to": "reading", "into": True},
          {"op": "move", "paths": ["Papers/cnn.txt"], "to": "old", "into": True}]),
        ("make a folder Jobs, a folder Quotes and a folder Bills",
         [folder("Jobs"), folder("Quotes"), folder("Bills")]),
        ("new folders: Invoices, Receipts, Contracts",
         [folder("Invoices"), folder("Receipts"), folder("Contracts")]),
        ("make directory rome in inbox and second directory oslo in old",
         [folder("inbox/rome"), folder("old/oslo")]),
        ("Create folder dacha, in it create folder foto, there put beach.jpg",
         [folder("dacha"), folder("dacha/foto"),
          {"op": "move", "paths": ["Photos/beach.jpg"], "to": "dacha/foto", "into": True}]),
        # a name before what is done
        ("main.c and parser.py: unlock the first, lock the second",
         [{"op": "unlock", "paths": ["code/main.c"]}, {"op": "lock", "paths": ["code/parser.py"]}]),
        ("Subject file q3-report.docx: copy to archive, then lock original.",
         [{"op": "copy", "paths": ["Documents/reports/q3-report.docx"], "to": "archive",
           "into": True}, {"op": "lock", "paths": ["Documents/reports/q3-report.docx"]}]),
        ("to archive:\n- aios.txt\n- draft.txt",
         [{"op": "move", "paths": ["aios.txt", "draft.txt"], "to": "archive", "into": True}]),
        # the verb at the end
        ("please plan.md to archive move", [ARCHIVED]),
        ("Please the budget from Documents to old move.",
         [{"op": "move", "paths": ["Documents/budget.xlsx"], "to": "old", "into": True}]),
        ("First plan.md into reading copy, then the original lock",
         [{"op": "copy", "paths": [PLAN], "to": "reading", "into": True},
          {"op": "lock", "paths": [PLAN]}]),
        # passives and wishes
        ("X1.txt and X2.txt shall be combined, in that order, as all.txt",
         [{"op": "join", "paths": ["Z1/X1.txt", "Z2/X2.txt"], "to": "all.txt"}]),
        ("Any chance of having cnn.txt locked and syntax.md unlocked?",
         [{"op": "lock", "paths": ["Papers/cnn.txt"]},
          {"op": "unlock", "paths": ["Papers/syntax.md"]}]),
        ("One folder by name 'tax 2026' is required inside Documents, kindly make",
         [folder("Documents/tax 2026")]),
        ("I want the text of todo.txt to be nothing but 'holiday'.",
         [{"op": "write", "path": "Documents/notes/todo.txt", "text": "holiday"}]),
        ("in draft.txt should be only text 'hello', nothing else",
         [{"op": "write", "path": "draft.txt", "text": "hello"}]),
        ("change the name of beach.jpg, now it has to be sea.jpg",
         [{"op": "move", "paths": ["Photos/beach.jpg"], "to": "Photos/sea.jpg"}]),
        ("plan.md into archive, a copy only", [{**ARCHIVED, "op": "copy"}]),
        ("of plan.md make a copy in archive", [{**ARCHIVED, "op": "copy"}]),
    ],
)  # fmt: skip
def test_an_order_in_another_form_is_proposed(text: str, operations: list[dict[str, Any]]) -> None:
    plan = trained_parser().parse(text, "test")
    assert [flat(operation) for operation in plan.operations] == operations
    assert plan.is_proposal and plan.parser == "likely"


NEVER = {
    "a statement": (
        "in archive is plan.md", "I have draft.txt deleted", "draft.txt says only 'hello'",
        "the file draft.txt contains only 'hello'", "is a folder called Bills needed in Documents",
        "a folder called Bills was needed in Documents", "I see plan.md locked",
        "having draft.txt deleted was a mistake", "to archive I will move plan.md",
        "everywhere draft.txt says 'Maeve'",
    ),
    "asked": (
        "is draft.txt deleted", "have draft.txt deleted?", "could plan.md be moved to archive",
        "in archive: plan.md?", "draft.txt - delete? no",
        "any chance of having draft.txt deleted by accident?",
    ),
    "what not to do": (
        "draft.txt lock not", "plan.md: do not lock", "plan.md: never delete",
        "a folder called Bills is not needed in Documents", "nobody wants plan.md locked",
        "I want nobody locked out of plan.md", "keep a copy of plan.md in archive, not here",
        "plan.md as it was yesterday, do not bring that back",
        "beach.jpg into reading, cnn.txt not",
        "1. delete draft.txt 2. no, don't",
    ),
    "said by others, or for others": (
        "the note says: draft.txt delete", "joe: draft.txt delete",
        "boss: plan.md to archive move", "re plan.md: somebody should lock it",
        "regarding plan.md: he will delete it", "get plan.md copied to archive by Anna",
        "todo: (1) he locks cv.pdf (2) she unlocks budget.xlsx",
    ),
    "a part, a condition, another time": (
        "draft.txt should say only 'hello' on mondays", "in archive: plan.md's title",
        "plan.md into archive, a copy of the title only", "draft.txt: lock unless it is old",
        "draft.txt and aios.txt merge into all.txt tomorrow",
        "Let draft.txt say only 'x' until monday",
        "everywhere plan.md says 'Monday', let it say 'Tuesday' except in the title",
        "in plan.md should be only the title 'x'", "the text of the title of plan.md should be 'x'",
        "X1.txt and X2.txt shall be combined as all.txt once they are signed",
    ),
    "no such one": (
        "draft.txt: delete the first, lock the second", "X1.txt and X2.txt: delete the third",
        "X1.txt and X2.txt: delete the older one", "new folders: none, nothing",
        "make folders each, every month", "delete the two originals",
        "the originals are to be removed", "there put beach.jpg",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{why}: {text}") for why in NEVER for text in NEVER[why]]
)
def test_what_only_looks_like_a_form_is_no_order(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]


def test_a_form_makes_no_plan_of_words_that_are_left() -> None:
    with pytest.raises(NotUnderstoodError):
        trained_parser().parse("please plan.md with the others to archive move", "test")
