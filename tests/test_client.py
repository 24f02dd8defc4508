"""The Python API, on a root opened in this process and through a daemon: the same answers."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from faces import FILES, lsfs, make_files, serving

import lsfs as package
from lsfs.client import FileSystem
from lsfs.errors import (
    ConfirmationError,
    MissingPathError,
    NotARootError,
    NothingFoundError,
    PolicyError,
    UsageError,
)
from lsfs.results import Outcome

LETTER = FILES["letter.txt"]


@pytest.fixture(params=["own process", "daemon"])
def fs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileSystem]:
    """A fresh root, opened."""
    root = tmp_path / "root"
    make_files(root)
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    if request.param == "daemon":
        with serving(root), package.open(root) as opened:
            yield opened
    else:
        with package.open(root) as opened:
            yield opened


def test_find_and_read(fs: FileSystem) -> None:
    assert fs.index().indexed == len(FILES)
    hit = fs.search("tomatoes", mode="lexical").hits[0]
    assert hit.path == "notes/garden.md"
    real = os.stat(fs.root / hit.path)
    assert hit.size == real.st_size
    assert abs(hit.mtime_ns - real.st_mtime_ns) < 1_000_000_000
    assert hit.matches[0].place.line_from is not None
    assert fs.search(filters={"extensions": ["md"]}, limit=1).hits
    yesterday = datetime.now(timezone.utc) - timedelta(days=1)
    assert not fs.search(filters={"before": yesterday}).hits
    assert fs.read("letter.txt").rstrip() == LETTER.rstrip()
    told = fs.summarize("notes", about="What do tomatoes want?", sentences=1)
    assert [row["text"] for row in told.rows] == ["Tomatoes want sun, water and patience."]
    assert fs.summarize(about="tomatoes", top=1).rows == told.rows
    assert {row["path"] for row in fs.list("notes").rows} == {
        "notes/garden.md",
        "notes/scheduling.md",
    }


def test_what_is_only_nearest(fs: FileSystem) -> None:
    fs.index()
    query = "mortgage papers after an invitation by the notary"
    found = fs.search(query)
    assert found.weak and found.hits and found.notices
    assert not fs.search("how to water tomatoes").weak
    outcome = fs.ask(f"find files about {query}")
    assert outcome.weak and outcome.hits and outcome.notices
    with pytest.raises(NothingFoundError, match="clearly about"):
        fs.ask(f"delete the files about {query}", yes=True)


def test_change_and_take_back(fs: FileSystem) -> None:
    fs.index()
    assert fs.create("new.txt", "first\n").status == "done"
    assert fs.append("new.txt", "second\n").undo is not None
    assert (fs.root / "new.txt").read_text() == "first\nsecond\n"
    assert fs.undo(yes=True).status == "done"
    assert (fs.root / "new.txt").read_text() == "first\n"
    assert fs.redo(yes=True).status == "done"
    assert (fs.root / "new.txt").read_text() == "first\nsecond\n"

    fs.move("new.txt", "notes/new.txt")
    assert (fs.root / "notes" / "new.txt").read_text() == "first\nsecond\n"
    assert len(fs.history("notes/new.txt")) >= 2
    assert fs.log(limit=1)[0]["actor"] == "python"


def test_write_and_rollback(fs: FileSystem) -> None:
    fs.index()
    before = datetime.now(timezone.utc)
    fs.write("letter.txt", "gone\n", yes=True)
    assert "-thank you" in fs.diff("letter.txt")
    done = fs.rollback("letter.txt", versions=1, yes=True)
    assert (fs.root / "letter.txt").read_text() == LETTER
    assert [change.path for change in done.changes] == ["letter.txt"]
    fs.undo(yes=True)
    assert (fs.root / "letter.txt").read_text() == "gone\n"
    fs.rollback("letter.txt", to=before, yes=True)
    assert (fs.root / "letter.txt").read_text() == LETTER


def test_a_moment_before_a_write_is_before_it(fs: FileSystem) -> None:
    """Files are dated by a clock that stands still for some milliseconds."""
    for number in range(12):
        time.sleep(number / 1000)
        before = datetime.now(timezone.utc)
        fs.write("letter.txt", f"{number}\n", yes=True)
        assert fs.rollback("letter.txt", to=before, yes=True).status == "done"
        assert (fs.root / "letter.txt").read_text() == (
            LETTER if number == 0 else f"{number - 1}\n"
        )
        fs.undo(yes=True)


def test_a_yes_is_needed(fs: FileSystem) -> None:
    with pytest.raises(ConfirmationError) as caught:
        fs.remove("letter.txt")
    assert "letter.txt" in str(caught.value.hint)
    assert (fs.root / "letter.txt").exists()
    assert fs.remove("letter.txt", yes=True).status == "done"
    assert not (fs.root / "letter.txt").exists()
    assert fs.run([{"op": "undo"}], dry_run=True).status == "planned"


def test_groups(fs: FileSystem) -> None:
    fs.index()
    fs.group("kitchen", "bread flour", limit=1)
    assert [group["name"] for group in fs.groups()] == ["kitchen"]
    assert [row["path"] for row in fs.groups("kitchen")] == ["recipes/bread.txt"]
    fs.group_by("folder")
    assert {group["name"] for group in fs.groups("folder")} == {
        "folder/notes", "folder/recipes", "folder/other",
    }  # fmt: skip
    fs.forget_group("folder")
    assert [group["name"] for group in fs.groups()] == ["kitchen"]
    with pytest.raises(ConfirmationError):
        fs.gather("reading", "in:notes", by="type")
    fs.gather("reading", "in:notes", by="type", yes=True)
    assert os.readlink(fs.root / "reading/text/garden.md") == "../../notes/garden.md"
    fs.undo(yes=True)
    assert not (fs.root / "reading").exists()


def test_errors(fs: FileSystem) -> None:
    with pytest.raises(MissingPathError):
        fs.history("no/such/file")
    with pytest.raises(MissingPathError):
        fs.read("gone.txt")
    with pytest.raises(UsageError):
        fs.search("")
    with pytest.raises(UsageError):
        fs.run([{"op": "explode"}])
    with pytest.raises(PolicyError):
        fs.read("../outside")


def test_confirm_is_shown_the_plan(tmp_path: Path) -> None:
    make_files(tmp_path)
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    shown: list[Outcome] = []

    def no(outcome: Outcome) -> bool:
        shown.append(outcome)
        return False

    with package.open(tmp_path, confirm=no) as fs, pytest.raises(ConfirmationError):
        fs.remove("letter.txt")
    assert shown[0].operations[0]["op"] == "remove"
    with package.open(tmp_path, confirm=lambda outcome: bool(outcome.token)) as fs:
        assert fs.remove("letter.txt").status == "done"


def test_open_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotARootError):
        package.open(tmp_path)
    with pytest.raises(NotARootError):
        package.open(tmp_path / "missing")


def test_what_the_package_offers_is_listed() -> None:
    assert set(package.__all__) <= set(dir(package))
