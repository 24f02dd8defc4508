"""What "it", "them" and "the second one" mean in a session: what was touched, or was listed."""

from __future__ import annotations

import pytest

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
