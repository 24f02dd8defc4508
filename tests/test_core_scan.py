"""A scan compares tree and catalog side by side, in little memory, and misses nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core
from hypothesis import given
from hypothesis import strategies as st
from program import texts

from lsfs.catalog import SEEN_PAGE
from lsfs.differences import Appeared, Changed, Vanished, differences
from lsfs.seen import seen_of
from lsfs.tree import Tree
from lsfs.walk import walk_below

NAMES = ("a", "a.txt", "a b", "a-", "a0", "b", "é", os.fsdecode(b"\xff"), os.fsdecode(b"a\x80"))


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "d").mkdir(parents=True)
    (root / "a.txt").write_text("first\n")
    (root / "d" / "x.txt").write_text("x\n")
    with Core(root) as core:
        yield core


def known(core: Core) -> list[str]:
    """The paths of the catalog, which must be those of the tree."""
    found = [entry.path for entry in core.catalog.entries_under("")]
    assert found == [path for path, _ in core.tree.walk()]
    return found


def test_a_walk_is_in_the_order_of_the_catalog(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / "a" / "file").touch()
        (tmp_path / f"{name}!").touch()
    tree = Tree(tmp_path)
    paths = [os.fsencode(path) for path, _ in tree.walk()]
    assert paths == sorted(paths)
    assert len(paths) == 4 * len(NAMES)
    assert next(tree.walk("a"))[0] == "a"
    tree.close()


PATHS = st.dictionaries(
    st.sampled_from([f"{a}/{b}" for a in NAMES for b in NAMES]), st.integers(0, 2)
)


@given(there=PATHS, known=PATHS)
def test_every_difference_is_found(there: dict[str, int], known: dict[str, int]) -> None:
    looks = [os.stat(path) for path in ("/", "/proc", "/dev")]
    tree = [(path, looks[look]) for path, look in sorted(there.items(), key=_by_bytes)]
    rows = [
        (os.fsencode(p), seen_of(looks[look])) for p, look in sorted(known.items(), key=_by_bytes)
    ]
    found = list(differences(tree, rows))
    assert {one.path for one in found if isinstance(one, Appeared)} == there.keys() - known.keys()
    assert {one.path for one in found if isinstance(one, Vanished)} == known.keys() - there.keys()
    both = there.keys() & known.keys()
    assert {one.path for one in found if isinstance(one, Changed)} == {
        path for path in both if there[path] != known[path]
    }


def _by_bytes(item: tuple[str, int]) -> bytes:
    return os.fsencode(item[0])


@pytest.mark.parametrize(("path", "to"), [("d", "e"), ("d", "a"), ("a.txt", "z"), ("a.txt", "A")])
def test_a_rename_is_one_whichever_name_the_scan_meets_first(
    core: Core, path: str, to: str
) -> None:
    before = {entry.path: entry.id for entry in core.catalog.entries_under("")}
    os.rename(core.root / path, core.root / to)
    core.observer.scan()
    after = {entry.path: entry.id for entry in core.catalog.entries_under("")}
    assert known(core)
    assert sorted(after.values()) == sorted(before.values())
    assert after[to] == before[path]


def test_a_rename_is_one_when_its_old_name_is_taken_again(core: Core) -> None:
    entry = core.catalog.entry("a.txt")
    os.rename(core.root / "a.txt", core.root / "b.txt")
    (core.root / "a.txt").write_text("another\n")
    core.observer.scan()
    moved, fresh = core.catalog.entry("b.txt"), core.catalog.entry("a.txt")
    assert entry is not None and moved is not None and fresh is not None
    assert moved.id == entry.id != fresh.id


def test_a_folder_that_became_a_file_or_a_link_is_queued_with_its_contents(core: Core) -> None:
    inside = core.catalog.entry("d/x.txt")
    assert inside is not None
    core.catalog.execute("DELETE FROM queue")
    (core.root / "d" / "x.txt").unlink()
    (core.root / "d").rmdir()
    (core.root / "d").symlink_to("elsewhere")
    core.observer.scan()
    assert known(core) == ["a.txt", "d"]
    assert core.catalog.row("SELECT 1 FROM queue WHERE entry = ?", (inside.id,))


def test_more_entries_than_a_page(core: Core) -> None:
    for number in range(SEEN_PAGE + 50):
        (core.root / "d" / f"{number:05d}").touch()
    assert core.observer.scan() == SEEN_PAGE + 51  # and their folder
    assert core.observer.scan() == 0
    for number in range(0, SEEN_PAGE, 2):
        (core.root / "d" / f"{number:05d}").unlink()
    core.observer.scan()
    assert len(known(core)) == 3 + SEEN_PAGE // 2 + 50


def test_a_scan_takes_little_memory(core: Core) -> None:
    """An entry held whole takes a kilobyte; here not even the names of a folder are, for long."""
    for folder in range(20):
        (core.root / f"many{folder}").mkdir()
        for number in range(250):
            (core.root / f"many{folder}" / f"{number:05d}").touch()
    tracemalloc.start()
    try:
        core.observer.scan()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 1.5e6


def test_the_worker_hears_once_of_all_that_a_plan_queued(core: Core) -> None:
    told: list[int] = []
    core.observer.on_queued = lambda: told.append(core.catalog.queue_length())
    core.catalog.execute("DELETE FROM queue")
    core.run([
        {"op": "move", "target": {"paths": ["a.txt"]}, "to": "b.txt"},
        {"op": "remove", "target": {"paths": ["d/x.txt"]}},
    ])  # fmt: skip
    assert len(told) <= 2 and told[-1] == 2


def test_a_link_that_became_a_file_is_queued(core: Core) -> None:
    place = core.root / "notes.md"
    place.symlink_to("a.txt")
    core.observer.scan()
    core.catalog.execute("DELETE FROM queue")
    place.unlink()
    place.write_text("of its own\n")
    core.observer.scan()
    entry = core.catalog.entry("notes.md")
    assert entry is not None
    assert core.catalog.row("SELECT 1 FROM queue WHERE entry = ?", (entry.id,))


def test_a_folder_that_cannot_be_listed_is_left_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()

    @contextlib.contextmanager
    def opened(path: str) -> Iterator[int]:
        if path == "b":
            raise OSError(errno.EIO, "the disk fails")
        fd = os.open(tmp_path / path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield fd
        finally:
            os.close(fd)

    assert [path for path, _ in walk_below("", opened)] == ["a", "a/file", "b", "c", "c/file"]


def test_a_passing_name_that_a_plan_made_goes_with_its_file(core: Core) -> None:
    core.run([{"op": "create", "path": ".b.md.swp"}])
    (core.root / ".b.md.swp").unlink()
    core.observer.scan()
    assert core.catalog.entry(".b.md.swp") is None


def test_a_file_is_not_taken_for_an_older_one_of_its_size_and_time(core: Core) -> None:
    """As a plan that puts files back makes them: with the times they had."""
    times = (1_700_000_000_000_000_000,) * 2
    (core.root / "one.md").write_text("one")
    os.utime(core.root / "one.md", ns=times)
    core.observer.scan()
    time.sleep(0.02)  # a tick of the filesystem's clock
    (core.root / "one.md").unlink()
    core.observer.scan()
    (core.root / "two.md").write_text("two")
    os.utime(core.root / "two.md", ns=times)
    core.catalog.execute(
        "UPDATE entries SET inode = ? WHERE path = ?",
        ((core.root / "two.md").stat().st_ino, b"one.md"),
    )
    core.observer.scan()
    assert core.catalog.gone_entry("one.md") is not None
    assert texts(core, "two.md") == [b"two"]


def test_a_link_is_not_taken_for_one_whose_inode_it_has_got(core: Core) -> None:
    """Made in one tick of the clock, both of one length; inode numbers are used again at once."""
    os.symlink("to-1", core.root / "one")
    core.observer.scan()
    times = (core.root / "one").lstat().st_mtime_ns
    (core.root / "one").unlink()
    core.observer.scan()
    os.symlink("to-2", core.root / "two")
    os.utime(core.root / "two", ns=(times, times), follow_symlinks=False)
    core.catalog.execute(
        "UPDATE entries SET inode = ? WHERE path = ?", ((core.root / "two").lstat().st_ino, b"one")
    )
    core.observer.scan()
    assert core.catalog.entry("one") is None and core.catalog.gone_entry("one") is not None
    assert [version.target for version in core.history.versions("two")] == ["to-2"]
