"""What is indexed first, and by several processes at once: names, what changed last, the rest."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from core import Core
from indexing import Indexed
from waiting import wait_for

from lsfs.indexer import queue, texts
from lsfs.indexer.connection import Connections, writing
from lsfs.indexer.extract.extracted import Extracted
from lsfs.indexer.extract.process import ExtractionProcess, Reading
from lsfs.indexer.queue import Job
from lsfs.indexer.readers import Readers
from lsfs.indexer.search import Searcher
from lsfs.indexer.texts import FEW, Step, Texts
from lsfs.plan import Search


def job(path: str, number: int = 0) -> Job:
    return Job(number, 0, 0, path, "file", 0, 0, 0, is_gone=False)


class Read:
    """Readers of a folder, and what they report, in order."""

    def __init__(self, folder: Path, count: int, timeout_s: float = 60.0) -> None:
        self._results: SimpleQueue[tuple[Job, Reading]] = SimpleQueue()
        make = partial(ExtractionProcess, folder, 2 << 30, timeout_s)
        self.readers = Readers(make, count, lambda one, reading: self._results.put((one, reading)))

    def give(self, path: str, *, is_urgent: bool = False) -> None:
        self.readers.give(job(path), is_urgent=is_urgent)

    def next(self) -> tuple[str, Extracted]:
        one, reading = self._results.get(timeout=60)
        assert reading.extracted is not None
        return one.path, reading.extracted

    def stuck_with(self, path: str) -> int:
        """Have a file read by a process that does nothing; its pid."""
        self.readers.hold()  # until all wait, for the first of them to take it
        self.readers.go_on()
        self.give("warm.txt")
        assert self.next()[0] == "warm.txt"
        self.readers.hold()  # until it waits for another one
        process = self.readers._processes[0]._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        self.readers.go_on()
        self.give(path)
        wait_for(lambda: 0 not in self.readers._idle, 10, "the reading to begin")
        return process.pid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "warm.txt").write_text("words\n")
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"the words of {number}\n")
    return tmp_path


def test_files_are_read_beside_one_that_takes_long(folder: Path) -> None:
    reads = Read(folder, count=2)
    pid = reads.stuck_with("0.txt")
    for number in range(1, 30):
        reads.give(f"{number}.txt")
    found = [reads.next()[0] for _ in range(29)]
    os.kill(pid, signal.SIGCONT)
    assert reads.next()[0] == "0.txt" and "0.txt" not in found
    reads.readers.close()


def test_the_urgent_does_not_wait_for_files_that_take_long(folder: Path) -> None:
    reads = Read(folder, count=1)
    reads.stuck_with("0.txt")
    reads.give("1.txt")
    reads.give("2.txt", is_urgent=True)
    assert reads.next()[0] == "2.txt"
    reads.readers.close()


def test_a_process_that_is_killed_costs_the_file_it_was_reading(folder: Path) -> None:
    reads = Read(folder, count=2)
    pid = reads.stuck_with("0.txt")
    for number in range(1, 30):
        reads.give(f"{number}.txt")
    found = dict(reads.next() for _ in range(29))
    os.kill(pid, signal.SIGKILL)
    assert {one.status for one in found.values()} == {"ok"}
    path, killed = reads.next()
    assert path == "0.txt" and "SIGKILL" in (killed.reason or "")
    reads.give("1.txt")
    assert reads.next()[1].status == "ok"
    reads.readers.close()


def test_each_process_keeps_its_limit_of_time(folder: Path) -> None:
    reads = Read(folder, count=2, timeout_s=3.0)
    reads.stuck_with("0.txt")
    for path in ("1.txt", "2.txt"):
        reads.give(path)
    found = dict(reads.next() for _ in range(3))
    assert "longer than 3 s" in (found.pop("0.txt").reason or "")
    assert {one.status for one in found.values()} == {"ok"}
    reads.readers.close()


def test_while_they_are_held_nothing_is_begun(folder: Path) -> None:
    reads = Read(folder, count=2)
    reads.readers.hold()
    reads.give("0.txt")
    assert reads._results.empty()
    reads.readers.go_on()
    assert reads.next()[0] == "0.txt"
    reads.readers.hold()  # returns when nothing is being read
    reads.readers.close()


# -- the queue -------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Indexed]:
    with Indexed(tmp_path) as home:
        for number in range(3 * FEW):
            home.write(f"d/note{number}.txt", f"the words of number {number}")
        home.write(".lsfsignore", "hidden*\n")
        home.write("d/hidden.txt", "nobody shall find it")
        yield home


def test_what_changed_last_is_taken_first(home: Indexed) -> None:
    home.core.observer.scan()
    home.write("d/note7.txt", "somebody has just written this")
    home.core.observer.reconcile(["d/note7.txt"])
    connection = Connections(home.config.catalog_file).get()
    (first,) = queue.take(connection, 1)
    assert first.path == "d/note7.txt"
    others = queue.take(connection, 1000, but=[first.entry])
    assert len(others) > 3 * FEW and first.entry not in {one.entry for one in others}


def test_one_the_worker_died_over_waits_until_nothing_else_is_in_hand(home: Indexed) -> None:
    home.core.observer.scan()
    connection = Connections(home.config.catalog_file).get()
    with writing(connection):
        connection.execute("UPDATE queue SET attempts = 1")
    assert queue.take(connection, 10, but=[-1]) == []
    assert len(queue.take(connection, 10)) == 1


def test_names_are_found_before_the_files_are_read(home: Indexed) -> None:
    home.core.observer.scan()
    connections = Connections(home.config.catalog_file)
    connection = connections.get()
    working = Texts(home.config, lambda ids: None, threading.Lock())
    searcher = Searcher(connections, home.root)

    def found(query: str) -> set[str]:
        request = Search(query=query, mode="lexical", limit=1000)
        return {hit.path for hit in searcher.search(request).hits}

    assert working.step(connection)
    (unread,) = home.rows("SELECT count(*) FROM documents WHERE status = 'named'")[0]
    assert unread > 0 and len(found("note5")) == 1 and "d/hidden.txt" not in found("hidden")
    assert home.index.coverage().indexed + unread < 3 * FEW + 2
    deadline = time.monotonic() + 60
    while working.step(connection):
        assert time.monotonic() < deadline
    working.interrupt()
    assert home.rows("SELECT count(*) FROM documents WHERE status = 'named'") == [(0,)]
    assert home.rows("SELECT count(*) FROM queue") == [(0,)]
    assert "d/note5.txt" in found("words of number 5") and "d/hidden.txt" not in found("hidden")
    connection.execute("INSERT INTO names(names) VALUES ('integrity-check')")
    connections.close()


def test_what_is_gone_before_it_is_read_leaves_no_name(home: Indexed) -> None:
    home.core.observer.scan()
    shutil.rmtree(home.root / "d")
    connections = Connections(home.config.catalog_file)
    working = Texts(home.config, lambda ids: None, threading.Lock())
    while working.step(connections.get()):
        working.nudge()  # what is being read may be named, too
    working.interrupt()
    assert home.rows("SELECT e.path FROM documents d JOIN entries e ON e.id = d.entry") == [
        (b".lsfsignore",), (b"d/hidden.txt",)
    ]  # fmt: skip
    connections.close()


def test_what_lies_ready_is_stored_in_several_transactions(
    home: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.core.observer.scan()
    connections = Connections(home.config.catalog_file)
    monkeypatch.setattr(texts, "BATCH_PASSAGES", 5)
    working = Texts(home.config, lambda ids: None, threading.Lock())
    stored: list[int] = []
    write = working._write

    def told(connection: sqlite3.Connection, steps: list[Step]) -> None:
        stored.append(sum(step.passages for step in steps))
        write(connection, steps)

    monkeypatch.setattr(working, "_write", told)
    working._give_out(connections.get())
    reading = len(working._read)
    wait_for(lambda: working._results.qsize() >= reading, 30, "all that was given out")
    while working.step(connections.get()):
        pass
    working.interrupt()
    assert reading > 10 and sum(stored) == 3 * FEW + 1 and max(stored) == 5
    connections.close()


def test_large_files_are_given_out_few_at_a_time(
    home: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.core.observer.scan()
    connections = Connections(home.config.catalog_file)
    working = Texts(home.config, lambda ids: None, threading.Lock())
    working.readers.hold()
    monkeypatch.setattr(texts, "MOST_BYTES", 100)  # each has 20 or so, and all have just come
    working._give_out(connections.get())
    sizes = [working._hand[entry].size for entry in working._read]
    assert working.readers.count < len(sizes) < 20 and sum(sizes) <= 200
    working.readers.go_on()
    while working.step(connections.get()):
        pass
    working.interrupt()
    assert home.rows("SELECT count(*) FROM documents WHERE status = 'ok'") == [(3 * FEW + 1,)]
    connections.close()


# -- the scan --------------------------------------------------------------------------------------


def test_a_scan_that_was_cut_short_leaves_no_file_without_its_first_version(tmp_path: Path) -> None:
    class PowerCut(Exception):
        pass

    def cut() -> None:
        raise PowerCut

    root = tmp_path / "root"
    root.mkdir()
    with Core(root) as core:
        for number in range(250):
            (root / f"{number}.txt").write_text(f"number {number}\n")
        core.observer.on_queued = cut
        with pytest.raises(PowerCut):
            core.observer.scan()
        assert len(core.catalog.entries_under("")) >= 200
        assert core.catalog.version_totals()[0] == 0
        core.observer.on_queued = lambda: None
        core.observer.scan()
        assert core.catalog.version_totals()[0] == 250
        assert all(entry.captured for entry in core.catalog.entries_under(""))


def test_what_another_thread_lists_meanwhile_gets_its_first_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lists after the last page of those that are taken here was empty."""
    root = tmp_path / "root"
    root.mkdir()
    late = root / "late.txt"
    with Core(root) as core:
        (root / "a.txt").write_text("a\n")
        real = core.catalog.rows

        def rows(sql: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
            page = real(sql, values)
            if "captured = 0" in sql and not page and not late.exists():
                late.write_text("its first state\n")
                core.observer._look_again(["late.txt"], core.observer._list)
            return page

        monkeypatch.setattr(core.catalog, "rows", rows)
        core.observer.scan()
        assert late.exists()
        core.observer.scan()
        assert core.catalog.version_totals()[0] == 2


def test_what_is_in_a_new_folder_is_looked_at_apart(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with Core(root) as core:
        for folder in ("new", "newer"):
            (root / folder / "below").mkdir(parents=True)
            (root / folder / "below" / "a.txt").write_text("a\n")
        (root / "mine.txt").write_text("mine\n")
        assert core.observer.reconcile_alone(["new", "mine.txt"]) == ["new"]
        assert core.catalog.entry("mine.txt") and not core.catalog.entry("new/below/a.txt")
        core.observer.enter("new")
        core.observer.reconcile(["newer"])
        for path in ("new/below/a.txt", "newer/below/a.txt"):
            entry = core.catalog.entry(path)
            assert entry is not None and core.catalog.newest_version(entry.id) is not None
