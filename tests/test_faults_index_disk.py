"""The state's disk is full while files are read: no write fails, it is said, and it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from consistency import Checker
from disks import Ballast, disk
from waiting import wait_for
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(240)]
FILES = 150


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Whole]:
    """Its state is on a disk of 24 MiB, its files are not."""
    with disk(tmp_path / "disk", 24) as small, whole(tmp_path, state=small / "state") as home:
        yield home


def write_many(folder: Path, first: int) -> None:
    for number in range(first, first + FILES):
        (folder / f"{number}.txt").write_text(f"note {number} about beekeeping\n" * 200)


def rows(home: Whole, sql: str) -> list[tuple[object, ...]]:
    with closing(Checker(home.root, home.state).connect()) as catalog:
        return [tuple(row) for row in catalog.execute(sql).fetchall()]


def settled(home: Whole) -> bool:
    """Whether everything has its text and its vectors."""
    return rows(home, "SELECT 1 FROM queue UNION SELECT 1 FROM chunks WHERE embedded = 0") == []


def is_said(home: Whole) -> bool:
    """Whether the status says that the disk is full: of changes, or of the index."""
    told = str(home.call("status")["notices"])
    return "cannot be taken in" in told or "disk of the state is full" in told


def test_changes_on_a_full_disk_are_indexed_when_there_is_room(home: Whole) -> None:
    ballast = Ballast(home.state.parent)
    write_many(home.point, 0)
    wait_for(lambda: rows(home, "SELECT 1 FROM documents LIMIT 1"), 60, "the first texts")
    ballast.fill()
    write_many(home.point, FILES)
    for number in range(0, FILES, 3):
        (home.point / f"{number}.txt").write_text(f"changed {number}: about orchids\n" * 200)
    assert (home.root / "0.txt").read_text().startswith("changed 0")
    wait_for(lambda: is_said(home), 60, "the notice")
    ballast.drop()
    home.settle()
    wait_for(lambda: settled(home), 120, "all to be indexed")
    status = home.call("status")
    assert (status["coverage"]["failed"], status["coverage"]["embedded"]) == (0, 2 * FILES)
    assert status["notices"] == []


def test_indexing_waits_for_room_and_goes_on_by_itself(home: Whole) -> None:
    """All is taken in already: nothing but the index itself wants room."""
    ballast = Ballast(home.state.parent)
    write_many(home.root, 0)
    wait_for(lambda: len(rows(home, "SELECT 1 FROM entries")) == FILES, 60, "the entries")
    ballast.fill()
    wait_for(lambda: "disk of the state" in str(home.call("status")["notices"]), 60, "the notice")
    ballast.drop()
    wait_for(lambda: settled(home), 120, "all to be indexed")
    status = home.call("status")
    assert (status["coverage"]["failed"], status["coverage"]["embedded"]) == (0, FILES)
    assert status["notices"] == []
