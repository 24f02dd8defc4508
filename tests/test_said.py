"""What "it", "them" and "the second one" mean in a session: what was touched, or was listed."""

from __future__ import annotations

import pytest

from lsfs.answers import listed_by
from lsfs.commands.finding import Asked
from lsfs.commands.session import Said

LISTED, TOUCHED = ["a.txt", "plan.md", "Docs/c.txt"], ["plan.md"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("delete it", TOUCHED),
        ("move that to old", TOUCHED),
        ("lock this", TOUCHED),
        ("删除它", TOUCHED),
        ("move the first one to this folder", LISTED),
        ("delete the first one, this is old", LISTED),
        ("read number 2, then lock it", LISTED),
        ("删除第2个", LISTED),
        ("delete them", LISTED),
        ("move the third to that folder", LISTED),
    ],
)
def test_what_is_meant(words: str, meant: list[str]) -> None:
    assert Said(LISTED, TOUCHED).meant(words) == meant


def test_all_that_was_touched() -> None:
    assert Said(LISTED, ["x", "y"]).meant("delete them") == ["x", "y"]
    assert Said(LISTED, None).meant("delete it") == LISTED


@pytest.mark.parametrize(
    ("before", "looked", "words", "completed"),
    [
        ("how big is the second one", True, "and the third?", "how big is the third"),
        ("read the first", True, "what about the last two", "read the last two"),
        ("第一个有多大", True, "那第二个呢？", "第二个有多大"),
        ("lock the second one", False, "the first one too", "lock the first one"),
        ("lock the second one", False, "and the first", "lock the first"),
        ("lock the second one", False, "and the first?", "how big are the first"),
        ("delete the second one", False, "what about the first", "how big are the first"),
        ("list notes", True, "the last two", "how big are the last two"),
        ('append "the first" to a.txt', False, "and the second", "how big are the second"),
        ("roll back a.txt to the first version", False, "and the second", "how big are the second"),
        ("lock the first and unlock the second", False, "and the third", "how big are the third"),
        ("list notes", True, "the biggest", "how big are the biggest"),
        ("列出 notes", True, "最后两个", "最后两个有多大"),
        ("list notes", True, "delete the second", "delete the second"),
        (
            "list notes",
            True,
            "the second law of thermodynamics",
            "the second law of thermodynamics",
        ),
    ],
)
def test_a_place_alone(before: str, looked: bool, words: str, completed: str) -> None:
    said = Said(LISTED, None, before, looked)
    assert said.completed(words) == completed
    assert Said([], None, before, looked).completed(words) == words


def test_what_was_refused_is_not_asked_of_another() -> None:
    said = Said(LISTED)
    said.note("move the first one to archive", Asked(0, [], None))
    assert said.completed("and the second") == "move the second to archive"
    said.note("frobnicate it", None)
    assert said.completed("and the third") == "how big are the third"


def stat_of(*paths: str) -> dict[str, object]:
    return {
        "plan": {"operations": [{"op": "stat", "target": {"paths": list(paths)}}]},
        "outcome": {"rows": [{"path": path} for path in paths]},
    }


def test_a_look_at_one_leaves_the_list_as_it_is() -> None:
    assert listed_by(stat_of("b"), ["a", "b"]) == []
    assert listed_by(stat_of("a", "b"), ["a", "b", "c"]) == []
    assert listed_by(stat_of("x"), ["a", "b"]) == []
    assert listed_by(stat_of("x", "y"), ["a", "b"]) == ["x", "y"]
    searched = {"plan": {"operations": [{"op": "search"}]}, "outcome": {"hits": [{"path": "b"}]}}
    assert listed_by(searched, ["a", "b"]) == ["b"]
