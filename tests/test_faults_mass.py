"""Very many files change at once: the index becomes that of the tree, and reads nothing twice."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from consistency import Checker
from opened import opened_below
from waiting import wait_for
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(900)]
DOCUMENTS = 200
CHANGED = 600
PATIENCE_S = 300.0
UNDER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Without the right to pass over permissions, as a user is."""


def rows(home: Whole, sql: str) -> list[tuple[Any, ...]]:
    with closing(Checker(home.root, home.state).connect()) as catalog:
        return [tuple(row) for row in catalog.execute(sql).fetchall()]


def settle(home: Whole) -> None:
    """Wait until the catalog is the tree, and everything in it has its text and its vectors."""
    checker = Checker(home.root, home.state)

    def is_settled() -> bool:
        left = "SELECT 1 FROM queue UNION SELECT 1 FROM chunks WHERE embedded = 0"
        return rows(home, left) == [] and _wrong(checker) == [] and rows(home, left) == []

    wait_for(is_settled, PATIENCE_S, "the index to follow")


def _wrong(checker: Checker) -> list[str]:
    """But for what is left out of the index, which is not watched."""
    return [problem for problem in checker.problems() if "/.git/" not in problem]


def found(home: Whole, query: str, limit: int = 10) -> list[str]:
    answer = home.call("search", query=query, mode="lexical", limit=limit)
    return [hit["path"] for hit in answer["hits"]]


def git(folder: Path, *words: str) -> None:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def write_notes(folder: Path, count: int, word: str) -> None:
    for number in range(count):
        file = folder / f"part{number % 20}" / f"note{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# Note {number}\n\nThis is about {word}{number % 100} and more.\n")


@pytest.mark.parametrize("through", ["root", "point"])
def test_a_checkout_of_another_branch(tmp_path: Path, through: str) -> None:
    with whole(tmp_path) as home:
        work = getattr(home, through) / "work"
        work.mkdir()
        count = CHANGED if through == "root" else CHANGED // 3
        git(work, "init", "-q", "-b", "main")
        write_notes(work, count, "walrus")
        (work / "only-here.md").write_text("a penguin\n")
        git(work, "add", ".")
        git(work, "commit", "-qm", "one")
        git(work, "checkout", "-qb", "other")
        git(work, "rm", "-q", "only-here.md")
        write_notes(work, count, "narwhal")
        git(work, "commit", "-qam", "two")
        git(work, "checkout", "-q", "main")
        settle(home)
        assert len(found(home, "walrus7", 1000)) == count // 100
        assert found(home, "narwhal7") == []
        assert found(home, "penguin") == ["work/only-here.md"]
        git(work, "checkout", "-q", "other")
        settle(home)
        assert len(found(home, "narwhal7", 1000)) == count // 100
        assert found(home, "walrus7") == [] and found(home, "penguin") == []
        assert home.call("status")["coverage"]["entries"] == count


@pytest.mark.parametrize("through", ["root", "point"])
def test_a_folder_of_documents_is_renamed(tmp_path: Path, through: str) -> None:
    with whole(tmp_path) as home:
        write_notes(home.root / "inner" / "old", DOCUMENTS, "walrus")
        settle(home)
        before = rows(home, "SELECT id, entry, text FROM chunks ORDER BY id")
        embedded = rows(home, "SELECT chunk, vector FROM vectors ORDER BY chunk")
        place = getattr(home, through)
        with opened_below(home.root) as opened:
            os.rename(place / "inner" / "old", place / "new")
            left = (
                "SELECT 1 FROM documents WHERE path LIKE 'inner/old/%'"
                " UNION SELECT 1 FROM queue UNION SELECT 1 FROM chunks WHERE embedded = 0"
            )
            wait_for(lambda: rows(home, left) == [], PATIENCE_S, "the new paths")
        settle(home)
        notes = {path: count for path, count in opened.counts.items() if path.endswith(".md")}
        assert rows(home, "SELECT id, entry, text FROM chunks ORDER BY id") == before
        assert rows(home, "SELECT chunk, vector FROM vectors ORDER BY chunk") == embedded
        assert notes == {}
        hits = found(home, "walrus7", 1000)
        assert len(hits) == DOCUMENTS // 100 and all(hit.startswith("new/") for hit in hits)
        assert found(home, "inner") == []


def failed(home: Whole) -> dict[str, str]:
    """Path -> reason."""
    return {row["path"]: row["reason"] for row in home.call("failed")["failed"]}


def test_permissions_are_taken_away_and_given_back(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can take capabilities away")
    with whole(tmp_path, under=UNDER, state=tmp_path / "state") as home:
        write_notes(home.root / "notes", 40, "walrus")
        settle(home)
        folder, file = home.root / "notes" / "part7", home.root / "notes" / "part8" / "note8.md"
        file.chmod(0)
        folder.chmod(0)
        refused = wait_for(lambda: failed(home).get("notes/part8/note8.md"), PATIENCE_S, "the file")
        assert refused and "permission" in refused
        assert failed(home).keys() <= {"notes/part7", "notes/part8/note8.md"}  # as far as is seen
        assert found(home, "walrus8") == []
        assert "notes/part9/note9.md" in found(home, "walrus9")
        home.call("index", wait=False)
        file.chmod(0o644)
        folder.chmod(0o755)
        wait_for(lambda: found(home, "walrus8") != [], PATIENCE_S, "the file")
        settle(home)
        assert failed(home) == {}
        assert found(home, "walrus7") == ["notes/part7/note7.md"]
