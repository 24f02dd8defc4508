"""What happens in the real directory is reported: all of it, and nothing of lsfs's own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import wait_for

from lsfs.config import load_config
from lsfs.indexer.inotify import NarrowGroup, NarrowObserver
from lsfs.indexer.supervisor import Supervisor


class Watched:
    """Collects what a supervisor reports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths: set[str] = set()
        self.reports: list[set[str]] = []
        self.rescans = 0
        self.threads: set[int] = set()
        self.supervisor = Supervisor(load_config(root), self._changed, self._rescan)

    def _changed(self, paths: set[str]) -> None:
        self.threads.add(threading.get_ident())
        self.paths |= paths
        self.reports.append(paths)

    def _rescan(self) -> None:
        self.threads.add(threading.get_ident())
        self.rescans += 1

    def until(self, *paths: str) -> None:
        wait_for(lambda: self.paths >= set(paths), 10, f"{paths} to be reported")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / ".lsfs").mkdir()
    watched = Watched(tmp_path)
    watched.supervisor.start()
    yield watched
    watched.supervisor.stop()


def test_every_kind_of_change(watched: Watched) -> None:
    root, odd = watched.root, os.fsdecode(b"\xff\xfe.txt")
    (root / "a/b/new.txt").write_text("1")
    (root / odd).write_text("1")
    (root / "link").symlink_to("a")
    os.link(root / "a/b/new.txt", root / "a/hard")
    watched.until("a/b/new.txt", odd, "link", "a/hard")
    watched.paths.clear()
    os.rename(root / "a/b/new.txt", root / "a/moved.txt")
    os.chmod(root / odd, 0o600)
    (root / "a/hard").unlink()
    watched.until("a/b/new.txt", "a/moved.txt", odd, "a/hard")
    assert len(watched.threads) == 1 and watched.rescans == 0


def test_new_and_moved_folders_are_watched_to_the_bottom(watched: Watched) -> None:
    (watched.root / "x/y/z").mkdir(parents=True)
    (watched.root / "x/y/z/first").write_text("1")
    watched.until("x", "x/y/z/first")
    os.rename(watched.root / "x", watched.root / "w")
    watched.until("w")
    (watched.root / "w/y/z/second").write_text("2")
    watched.until("w/y/z/second")


def test_lsfs_itself_and_what_is_excluded_are_not_reported(watched: Watched) -> None:
    for folder in (".lsfs", "node_modules"):
        (watched.root / folder / "inner").mkdir()
        (watched.root / folder / "inner/file").write_text("1")
    (watched.root / "last").write_text("1")
    watched.until("last")
    assert watched.paths == {"last"}


def test_many_quick_creates_lose_nothing(watched: Watched) -> None:
    """Every one is reported, or a rescan was asked for."""
    folder = watched.root / "bulk"
    folder.mkdir()
    watched.until("bulk")
    names = {f"bulk/{number}" for number in range(8000)}
    for name in names:
        (watched.root / name).write_bytes(b"x")
    wait_for(lambda: watched.rescans or watched.paths >= names, 30, "all files or a rescan")


def test_a_save_does_not_wait_for_what_a_copy_makes_known(watched: Watched) -> None:
    names = {f"a/{number}" for number in range(2000)}
    for name in names:
        (watched.root / name).write_bytes(b"x")
    (watched.root / "mine").write_bytes(b"x")
    watched.until("mine", *names)
    (place,) = [number for number, paths in enumerate(watched.reports) if "mine" in paths]
    assert place < len(watched.reports) - 3


def test_an_overflow_asks_for_a_rescan(watched: Watched) -> None:
    """The kernel's queue is made to overflow for real: the reader is held while events pile up."""
    observer = watched.supervisor._observer
    assert isinstance(observer, NarrowObserver)
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with observer.reader._lock:  # the reading thread needs it before each read
        for number in range(limit // 2 + 2000):
            name = watched.root / f"f{number % 50}"
            name.write_bytes(b"x")
            name.unlink()
    wait_for(lambda: watched.rescans, 30, "a rescan")


def _group(watched: Watched) -> NarrowGroup:
    observer = watched.supervisor._observer
    assert isinstance(observer, NarrowObserver)
    (emitter,) = observer.emitters
    group = emitter._inotify  # type: ignore[attr-defined]
    assert isinstance(group, NarrowGroup)
    return group


def test_two_watches_of_one_path_may_end_in_any_order(watched: Watched) -> None:
    """As of a folder that was removed and made again while the reader was late."""
    group, path = _group(watched), os.fsencode(watched.root / "a")
    with group._lock:
        first = group._active_callbacks_by_path[path]
        second = type(first)(max(group._active_callbacks_by_watch) + 1000)
        group._active_callbacks_by_watch[second] = path
        group._active_callbacks_by_path[path] = second
    group.on_watch_deleted(second)
    group.on_watch_deleted(first)
    assert path not in group._active_callbacks_by_path
    (watched.root / "still.txt").write_text("1")
    watched.until("still.txt")


def test_an_event_that_is_not_understood_is_a_lost_one(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = _group(watched)

    def fails(_event: object) -> None:
        monkeypatch.undo()
        raise KeyError("a/b")

    monkeypatch.setattr(group, "on_event", fails)
    (watched.root / "one.txt").write_text("1")
    wait_for(lambda: watched.rescans, 10, "a rescan")
    (watched.root / "two.txt").write_text("1")
    watched.until("two.txt")


def test_no_watch_left_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.supervisor.out_of_watches(os.fsencode(tmp_path / "deep"))
    assert "max_user_watches" in watched.supervisor.notices[0]


def test_stop_without_start(tmp_path: Path) -> None:
    Watched(tmp_path).supervisor.stop()
