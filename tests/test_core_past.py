"""The tree as it was at any moment."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core

from lsfs.past import Past


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "d" / "deep").mkdir(parents=True)
    (root / "a.txt").write_text("first\n")
    (root / "d" / "x.txt").write_text("x\n")
    (root / "link").symlink_to("a.txt")
    with Core(root) as opened:
        yield opened


def tree(core: Core, at_ns: int) -> dict[str, object]:
    """What was there: path -> kind, or the bytes of a file."""
    found: dict[str, object] = {}
    for was in Past(core.catalog).below("", at_ns):
        found[was.path] = was.kind
        if was.version is not None and was.kind == "file":
            assert was.version.content is not None
            with core.history.blobs.open(was.version.content) as stream:
                found[was.path] = stream.read()
        elif was.version is not None and was.kind == "symlink":
            found[was.path] = was.version.target
    return found


def now(core: Core) -> tuple[int, dict[str, object]]:
    """The moment, and the tree itself."""
    core.observer.scan()
    found: dict[str, object] = {}
    for path, _ in core.tree.walk():
        place = core.root / path
        if place.is_symlink():
            found[path] = os.readlink(place)
        else:
            found[path] = "directory" if place.is_dir() else place.read_bytes()
    time.sleep(0.01)
    at = time.time_ns()
    time.sleep(0.01)
    return at, found


def test_every_moment_is_remembered(core: Core) -> None:
    moments = [now(core)]
    (core.root / "a.txt").write_text("second\n")
    moments.append(now(core))
    os.rename(core.root / "d", core.root / "e")
    moments.append(now(core))
    (core.root / "e" / "x.txt").unlink()
    (core.root / "new.txt").write_text("new\n")
    moments.append(now(core))
    (core.root / "e" / "x.txt").write_text("back\n")
    os.rename(core.root / "a.txt", core.root / "e" / "a.txt")
    moments.append(now(core))
    shutil.rmtree(core.root / "e")
    (core.root / "link").unlink()
    (core.root / "link").mkdir()
    moments.append(now(core))
    for at, found in moments:
        assert tree(core, at) == found


def test_before_it_was_seen_there_is_what_had_not_changed_since(core: Core) -> None:
    assert tree(core, 0) == {}
    assert Past(core.catalog).at("", 0) is not None


def test_what_was_never_captured_is_known_while_it_is_unchanged(core: Core) -> None:
    (core.root / "big.raw").write_bytes(os.urandom(5000))
    at, _ = now(core)
    was = Past(core.catalog).at("big.raw", at)
    assert was is not None and was.version is None and was.now is not None
    (core.root / "big.raw").write_bytes(os.urandom(6000))
    core.observer.scan()
    was = Past(core.catalog).at("big.raw", at)
    assert was is not None and was.version is None and was.now is None


def test_a_folder_is_as_old_as_what_is_in_it(core: Core) -> None:
    """The time of a folder is that of the last change of its names."""
    before = time.time_ns()
    time.sleep(0.01)
    (core.root / "d" / "later.txt").write_text("later\n")
    core.observer.scan()
    assert set(tree(core, before)) == {"a.txt", "d", "d/deep", "d/x.txt", "link"}


def test_a_wide_folder_is_listed_quickly_by_the_index(core: Core) -> None:
    plan = " ".join(
        str(row)
        for row in core.catalog.rows(
            "EXPLAIN QUERY PLAN SELECT id FROM entries WHERE parent = ? AND gone_ns IS NULL"
            " AND since_ns <= ?", (b"d", 1),
        )
    )  # fmt: skip
    assert "entries_parent" in plan
