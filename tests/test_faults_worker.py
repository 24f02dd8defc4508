"""The worker is killed with work left, and nobody asks for anything: it goes on all the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from consistency import Checker
from waiting import wait_for
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(120)]


def waiting(checker: Checker) -> int:
    """Entries that have yet to be looked at; read from the catalog, so that no call wakes it."""
    with closing(checker.connect()) as catalog:
        return int(catalog.execute("SELECT count(*) FROM queue").fetchone()[0])


def write_many(home: Whole, round_: int) -> None:
    for number in range(80):
        (home.root / f"{round_}-{number}.txt").write_text(f"some words of {number}\n" * 50)


def test_the_queue_is_worked_off_without_being_asked(tmp_path: Path) -> None:
    with whole(tmp_path) as home:
        home.settle()
        checker = Checker(home.root)
        for number in range(2):
            write_many(home, number)
            wait_for(lambda: waiting(checker) > 20, message="a queue")
            home.kill("worker")
        wait_for(lambda: waiting(checker) == 0, 60, "the queue to be worked off")
