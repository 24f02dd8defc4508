"""Text that a request dictates after a colon stays as it is, and is never an order."""

from __future__ import annotations

import contextlib
import time

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import LsfsError, UsageError


@pytest.mark.parametrize(
    ("request_text", "op", "text"),
    [
        ("append to todo.txt: call mum, delete draft.txt", "append", "call mum, delete draft.txt"),
        (
            "append to todo.txt: buy milk and move cv.pdf to archive",
            "append",
            "buy milk and move cv.pdf to archive",
        ),
        ("note in todo.txt: buy milk; delete draft.txt", "append", "buy milk; delete draft.txt"),
        ("append to todo.txt: moths in the wardrobe", "append", "moths in the wardrobe"),
        ("add to todo.txt: write mum to say thanks", "append", "write mum to say thanks"),
        ("add to todo.txt: are we done?", "append", "are we done?"),
        ("add a line to todo.txt: don't delete plan.md", "append", "don't delete plan.md"),
        ("append to todo.txt: milk   bread", "append", "milk   bread"),
        ("please add to the file todo.txt: the second one", "append", "the second one"),
        ("write to todo.txt: see plan.md", "write", "see plan.md"),
        ('write to ideas.md: a "good" idea', "write", 'a "good" idea'),
        ("create moths.md: first, then delete draft.txt", "create", "first, then delete draft.txt"),
        ("jot down in todo.txt: at 9:30: bring slides", "append", "at 9:30: bring slides"),
    ],
)
def test_dictated_text_is_written_as_it_is(request_text: str, op: str, text: str) -> None:
    plan = trained_parser().parse(request_text, "test", ("Photos/a.jpg", "Photos/b.jpg"))
    assert [(flat(one)["op"], flat(one)["text"]) for one in plan.operations] == [(op, text)]


def test_a_step_before_it_is_still_a_step() -> None:
    plan = trained_parser().parse(
        "move plan.md to archive and append to todo.txt: done, remove draft.txt", "test"
    )
    assert [flat(one)["op"] for one in plan.operations] == ["move", "append"]


@pytest.mark.parametrize("name", ["moths", "crate", "serach", "verison"])
def test_a_new_name_is_no_slip_of_the_pen(name: str) -> None:
    plan = trained_parser().parse(f"create a folder called {name}", "test")
    assert [flat(one) for one in plan.operations] == [{"op": "mkdir", "path": name}]


@pytest.mark.parametrize(
    "request_text",
    [
        "find " + "'a " * 1300,
        "move plan.md " + "'a " * 700 + "and the " * 230,
        "find " + '"' * 3900,
        "append to todo.txt: " + "'a: " * 900,
    ],
)
def test_marks_that_never_close_cost_little(request_text: str) -> None:
    parser = trained_parser()
    started = time.process_time()
    with contextlib.suppress(LsfsError):
        parser.parse(request_text, "test")
    assert time.process_time() - started < 3


def test_many_marks_that_never_close_are_said() -> None:
    with pytest.raises(UsageError, match="never closed"):
        trained_parser().parse("find " + "'a " * 1300, "test")
