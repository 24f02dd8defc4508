"""Requests in shortened words and with slips of the pen are read as if they were written out.
Names, texts and what is not meant so stay as they are."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import parser_over, trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError


def planned(text: str) -> list[dict[str, Any]]:
    """The operations of a request."""
    return [flat(one) for one in trained_parser().parse(text, "test").operations]


def to(op: str, place: str, *paths: str) -> dict[str, Any]:
    """An operation that takes files into a folder."""
    return {"op": op, "paths": list(paths), "to": place, "into": True}


def on(op: str, *paths: str) -> dict[str, Any]:
    """An operation on files."""
    return {"op": op, "paths": list(paths)}


BUDGET, CV, PLAN = "Documents/budget.xlsx", "Documents/cv.pdf", "Documents/plan.md"
OLD_FILE, SLIDES, LIST = "llm-directory/old-file.txt", "Documents/slides.pptx", "shopping list.txt"

SHORTENED: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("pls mv budget.xlsx 2 archive thx", [to("move", "archive", BUDGET)]),
    ("plz del old-file.txt k thx", [on("remove", OLD_FILE)]),
    ("can u cpy cv.pdf 2 old pls", [to("copy", "old", CV)]),
    ("rename slides.pptx 2 kickoff.pptx plz",
     [{"op": "move", "paths": [SLIDES], "to": "Documents/kickoff.pptx"}]),
    ("undo tht pls", [{"op": "undo"}]),
    ("omg undo tht", [{"op": "undo"}]),
    ("gimme a link 4 cv.pdf til fri", [{"op": "share", "path": CV, "expires": "2026-11-21"}]),
    ("gimme a share link 4 slides.pptx good til 8pm 2nite",
     [{"op": "share", "path": SLIDES, "expires": "2026-11-18T20:00"}]),
    ("lock plan.md n budget.xlsx thx", [on("lock", PLAN, BUDGET)]),
    ("put quantum.txt & cnn.txt in2 reading",
     [to("move", "reading", "Papers/quantum.txt", "Papers/cnn.txt")]),
    ("mv draft.txt 2 archive b4 i forget", [to("move", "archive", "draft.txt")]),
    ("make a folder 4 uni called semester3", [{"op": "mkdir", "path": "semester3"}]),
    ("mk a dir called misc pls n thx", [{"op": "mkdir", "path": "misc"}]),
    ("roll plan.md back 2 the prev ver", [{"op": "rollback", "path": PLAN, "versions": 1}]),
    ("roll back draft.txt 2 vers", [{"op": "rollback", "path": "draft.txt", "versions": 2}]),
    ('add "milk" 2 the shopping list plz',
     [{"op": "append", "path": LIST, "text": "milk", "as_line": True}]),
    ("yo can u unlock cv.pdf 4 me", [on("unlock", CV)]),
    ("i wanna mv plan.md n draft.txt 2 old", [to("move", "old", PLAN, "draft.txt")]),
    ("whats the diff b/w the last 2 versions of plan.md", [{"op": "diff", "path": PLAN}]),
    ("share slides.pptx w anna 4 3 days",
     [{"op": "share", "path": SLIDES, "expires": "2026-11-21T15:30"}]),
    ("merge aios.txt n draft.txt in2 both.txt",
     [{"op": "join", "paths": ["aios.txt", "draft.txt"], "to": "both.txt"}]),
    ("cpy beach.jpg 2 archive n lock the copy",
     [to("copy", "archive", "Photos/beach.jpg"), on("lock", "archive/beach.jpg")]),
    ("show me ur pics frm last wk",
     [{"op": "search", "types": ["image"], "after": "2026-11-09", "before": "2026-11-16"}]),
    ("find pdfs abt caching from ystrday",
     [{"op": "search", "query": "caching", "types": ["pdf"], "after": "2026-11-17",
       "before": "2026-11-18"}]),
    ("del old-file.txt 4 gud", [on("remove", OLD_FILE)]),
    ("mv X1.txt frm Z1 2 old", [to("move", "old", "Z1/X1.txt")]),
    ("hey can u mk me a folder called gym", [{"op": "mkdir", "path": "gym"}]),
    ("rm old-file.txt plz n ty", [on("remove", OLD_FILE)]),
    ("ren draft.txt as essay.txt thx m8",
     [{"op": "move", "paths": ["draft.txt"], "to": "essay.txt"}]),
    ("can i get a link 2 slides.pptx plz, 24 hrs",
     [{"op": "share", "path": SLIDES, "expires": "2026-11-19T15:30"}]),
    ("show all pics b4 2020", [{"op": "search", "types": ["image"], "before": "2020-01-01"}]),
    ("wats in reading", [{"op": "list", "path": "reading"}]),
    ("jst lock plan.md ok", [on("lock", PLAN)]),
)  # fmt: skip
SLIPS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("dleete old-file.txt", [on("remove", OLD_FILE)]),
    ("lcok plan.md", [on("lock", PLAN)]),
    ("copt the plan.md into archive", [to("copy", "archive", PLAN)]),
    ("mvoe draft.txt to old nad lokc it",
     [to("move", "old", "draft.txt"), on("lock", "old/draft.txt")]),
    ("move plan.md too archive", [to("move", "archive", PLAN)]),
    ("move plan.md ot archive", [to("move", "archive", PLAN)]),
    ("move plan.md inot archive adn lock it",
     [to("move", "archive", PLAN), on("lock", "archive/plan.md")]),
    ("creat a foldr called trips", [{"op": "mkdir", "path": "trips"}]),
    ("make a folder caled trips", [{"op": "mkdir", "path": "trips"}]),
    ("make a fodler namd trips", [{"op": "mkdir", "path": "trips"}]),
    ("put plan.md bakc to the previuos verison",
     [{"op": "rollback", "path": PLAN, "versions": 1}]),
    ("put change-file.txt bakc to the verison befor",
     [{"op": "rollback", "path": "llm-directory/change-file.txt", "versions": 1}]),
    ("roll bcak plan.md by 2 versoins", [{"op": "rollback", "path": PLAN, "versions": 2}]),
    ("restore plan.md to the lsat version", [{"op": "rollback", "path": PLAN, "versions": 1}]),
    ('repalce "foo" wtih "bar" in parser.py',
     [{"op": "replace", "paths": ["code/parser.py"], "old": "foo", "new": "bar"}]),
    ("shrae cv.pdf for 3 dyas", [{"op": "share", "path": CV, "expires": "2026-11-21T15:30"}]),
    ("delte the oldets pdf in inbox",
     [{"op": "remove", "types": ["pdf"], "under": "inbox", "limit": 1, "sort": "oldest"}]),
    ("copy the latset 3 images form Photos to old",
     [{"op": "copy", "types": ["image"], "under": "Photos", "limit": 3, "sort": "newest",
       "to": "old", "into": True}]),
    ("move evrything form inbox to archive",
     [{"op": "move", "under": "inbox", "to": "archive", "into": True}]),
    ("moove shoping list to Documents", [to("move", "Documents", LIST)]),
)  # fmt: skip
NAMES: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("add call u l8r 2 the shopping list",
     [{"op": "append", "path": LIST, "text": "call u l8r", "as_line": True}]),
    ('add "u n me" 2 todo.txt',
     [{"op": "append", "path": "Documents/notes/todo.txt", "text": "u n me",
       "as_line": True}]),
    ('write "b4 2nite pls" to draft.txt',
     [{"op": "write", "path": "draft.txt", "text": "b4 2nite pls"}]),
    ("append to todo.txt: gimme teh list 4 2nite",
     [{"op": "append", "path": "Documents/notes/todo.txt", "text": "gimme teh list 4 2nite",
       "as_line": True}]),
    ("rename draft.txt to 4 u.txt", [{"op": "move", "paths": ["draft.txt"], "to": "4 u.txt"}]),
    ("make a folder called u n me", [{"op": "mkdir", "path": "u n me"}]),
    ("move draft.txt to lsat", [to("move", "lsat", "draft.txt")]),
    ("rename draft.txt to bakc.txt", [{"op": "move", "paths": ["draft.txt"], "to": "bakc.txt"}]),
    ("rename draft.txt to fiel", [{"op": "move", "paths": ["draft.txt"], "to": "fiel.txt"}]),
    ("make a folder called bakc", [{"op": "mkdir", "path": "bakc"}]),
    ("add bakc to the shopping list",
     [{"op": "append", "path": LIST, "text": "bakc", "as_line": True}]),
    ("replace bakc with back in parser.py",
     [{"op": "replace", "paths": ["code/parser.py"], "old": "bakc", "new": "back"}]),
    ('replace "n" with "and" in parser.py',
     [{"op": "replace", "paths": ["code/parser.py"], "old": "n", "new": "and"}]),
    ("find rock n roll songs", [{"op": "search", "query": "rock n roll", "types": ["audio"]}]),
    ("close share 4", [{"op": "unshare", "id": 4}]),
    ("roll back plan.md by 2 versions", [{"op": "rollback", "path": PLAN, "versions": 2}]),
)  # fmt: skip
NEVER = """
lock 2 old files
move 2 files to archive
copy 2 archive
move plan.md 2
share 2 of them
put 2 pdfs in archive
delete version 4 of plan.md
delete draft.txt n never ask
delete draft.txt nevr
dont delte draft.txt
never delte draft.txt
mvoe nothing
dlete evrything
delte all
del evrything plz
untie draft.txt
pls dont mv draft.txt 2 old
shud i del draft.txt
did u del draft.txt
mv draft.txt 2 old or archive
del draft.txt if its old
delete draft.txt 2moro
lock plan.md til 2moro
del draft.txt l8r
mv draft.txt 2 archive 4 2 days
del half of draft.txt
del draft.txt n so on
delte my lits
emil deletes draft.txt
delete buget.xlsx
move draft.txt to archve
""".strip().splitlines()


@pytest.mark.parametrize(("text", "expected"), SHORTENED)
def test_shortened_words_are_read_at_length(text: str, expected: list[dict[str, Any]]) -> None:
    assert planned(text) == expected


@pytest.mark.parametrize(("text", "expected"), SLIPS)
def test_slips_are_mended(text: str, expected: list[dict[str, Any]]) -> None:
    assert planned(text) == expected


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_texts_and_numbers_stay(text: str, expected: list[dict[str, Any]]) -> None:
    assert planned(text) == expected


@pytest.mark.parametrize("text", NEVER)
def test_no_short_word_makes_an_act(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), planned(text)


def test_what_is_called_so_is_named_so() -> None:
    parser = parser_over(["prev", "bakc", "ur"], ["plz.txt", "n.txt", "teh.md", "ur/2.txt"])
    for text, expected in (
        ("move plz.txt to prev", [to("move", "prev", "plz.txt")]),
        ("move teh to bakc", [to("move", "bakc", "teh.md")]),
        ("move n.txt to ur", [to("move", "ur", "n.txt")]),
    ):
        assert [flat(one) for one in parser.parse(text, "test").operations] == expected
