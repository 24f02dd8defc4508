"""A large file is read for a version without keeping anybody waiting, and none is forgotten."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from core import Core
from program import Program, texts

from lsfs.errors import TreeError
from lsfs.history import RESTLESS
from lsfs.unread import LARGE_BYTES

FIRST, SECOND = b"1" * LARGE_BYTES, b"2" * LARGE_BYTES


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    (tmp_path / "root").mkdir()
    with Core(tmp_path / "root") as opened:
        yield opened


@pytest.fixture
def program(core: Core) -> Iterator[Program]:
    made = Program(core, "camera", 4242)
    yield made
    made.quit()


def last_changes(core: Core) -> list[tuple[str, str, str]]:
    """(actor, action, path) of the newest row."""
    (row,) = core.journal.newest(1)
    return [(row.actor, change.action, change.path) for change in row.changes]


def while_reading(core: Core, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do `act` each time when the bytes of a file were read and before it is looked at again."""
    put = core.history.blobs.put

    def slowly(stream: BinaryIO, *rest: Any) -> str:
        digest = put(stream, *rest)
        act()
        return digest

    monkeypatch.setattr(core.history.blobs, "put", slowly)


def test_the_lock_is_free_while_it_is_read(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []

    def try_it() -> None:
        def take() -> None:
            free.append(core.observer.lock.acquire(blocking=False))
            core.observer.lock.release()

        thread = threading.Thread(target=take)
        thread.start()
        thread.join()

    while_reading(core, monkeypatch, try_it)
    program.write("film", FIRST)
    core.spool.drain()
    assert not free and core.catalog.entry("film") is None
    core.spool.read_large()
    assert free == [True]
    assert texts(core, "film") == [FIRST]
    assert last_changes(core) == [("mount:camera", "create", "film")]
    assert len(core.observer.unread.all()) == 0


def test_indexing_waits_for_it(core: Core, program: Program) -> None:
    """And for no other that was not named."""
    for name in ("film", "other"):
        program.write(name, os.urandom(LARGE_BYTES))
    told = core.app.call("index", {"paths": ["film"]})
    assert (told["coverage"]["entries"], told["coverage"]["pending"]) == (1, 0)
    assert [one.path for one in core.observer.unread.all()] == ["other"]
    notices = core.app.call("status", {})["notices"]
    assert "1 large file is still to be read for a version" in notices
    assert core.app.call("index", {})["coverage"]["entries"] == 2


def test_a_question_does_not_wait_for_ever(core: Core, program: Program) -> None:
    program.write("note", "first")
    held, answered = threading.Event(), threading.Event()

    def hold() -> None:
        with core.observer.lock:
            held.set()
            answered.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    assert core.spool.drain(patience_s=0.05) == 0
    answered.set()
    thread.join()
    assert core.spool.drain(patience_s=5) > 0
    assert texts(core, "note") == [b"first"]


def test_what_an_event_from_outside_says_of_it_meanwhile_changes_nothing(
    core: Core, program: Program
) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    core.observer.reconcile(["film"])
    core.observer.scan()
    core.spool.read_large()
    assert [version.actor for version in core.history.versions("film")] == ["mount:camera"]
    assert last_changes(core) == [("mount:camera", "create", "film")]


def test_a_daemon_that_died_goes_on_with_it(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    with Core(core.root) as again:
        assert len(again.observer.unread.all()) == 1
        again.spool.read_large()
        assert texts(again, "film") == [FIRST]
        assert last_changes(again) == [("mount:camera", "create", "film")]


def test_it_may_be_renamed_meanwhile(core: Core, program: Program) -> None:
    (core.root / "new").mkdir()
    program.tell("mkdir", "new")
    program.write("new/film.part", FIRST)
    core.spool.drain()
    program.move("new/film.part", "new/film")
    core.spool.drain()
    program.move("new", "films")
    core.spool.drain()
    core.spool.read_large()
    assert texts(core, "films/film") == [FIRST]
    assert len(core.observer.unread.all()) == 0
    core.observer.scan()
    assert core.catalog.entry("new/film.part") is None


def test_it_may_be_removed_meanwhile(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    program.remove("film")
    core.spool.drain()
    assert len(core.observer.unread.all()) == 0
    core.spool.read_large()
    assert texts(core, "film") == [FIRST]
    core.run([{"op": "undo"}])
    assert (core.root / "film").read_bytes() == FIRST


def test_saving_by_a_rename_is_a_version_of_the_old_file(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    core.spool.read_large()
    program.write("film.tmp", SECOND)
    core.spool.drain()
    program.move("film.tmp", "film")
    core.spool.drain()
    core.spool.read_large()
    assert texts(core, "film") == [FIRST, SECOND]
    assert last_changes(core) == [("mount:camera", "modify", "film")]


def test_it_may_be_written_again_meanwhile(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    again = iter([True])

    def change() -> None:
        if next(again, False):
            (core.root / "film").write_bytes(SECOND)

    while_reading(core, monkeypatch, change)
    core.spool.read_large()
    assert texts(core, "film") == [SECOND]


def test_what_was_done_meanwhile_is_taken_back_first(core: Core, program: Program) -> None:
    (core.root / "note").write_text("a note\n")
    core.observer.scan()
    program.write("film", FIRST)
    core.spool.drain()
    core.run([{"op": "remove", "target": {"paths": ["note"]}}])
    core.spool.read_large()
    assert last_changes(core) == [("cli", "remove", "note")]
    core.run([{"op": "undo"}])
    assert (core.root / "note").exists() and (core.root / "film").exists()
    core.run([{"op": "undo"}])
    assert not (core.root / "film").exists()


def test_another_program_may_write_it_meanwhile(core: Core, program: Program) -> None:
    editor = Program(core, "editor", 4343)
    program.write("film", FIRST)
    core.spool.drain()
    editor.write("film", SECOND)
    core.spool.drain()
    core.spool.read_large()
    editor.quit()
    assert texts(core, "film") == [FIRST, SECOND]
    actors = [version.actor for version in core.history.versions("film")]
    assert actors == ["mount:editor", "mount:camera"]
    rows = [(row.actor, row.changes[0].action) for row in core.journal.newest(9)]
    assert rows == [("mount:editor", "modify"), ("mount:camera", "create")]
    core.run([{"op": "undo"}])
    assert (core.root / "film").read_bytes() == FIRST


def test_an_editor_may_put_it_aside_meanwhile(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    program.move("film", "film~")
    program.write("film", SECOND)
    core.spool.drain()
    core.spool.read_large()
    assert texts(core, "film") == [FIRST, SECOND]


def test_it_may_be_renamed_outside_meanwhile(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    os.rename(core.root / "film", core.root / "movie")
    core.observer.reconcile(["film", "movie"])
    core.spool.read_large()
    assert texts(core, "movie") == [FIRST]
    assert last_changes(core) == [("mount:camera", "create", "movie")]


def test_its_mode_may_be_changed_meanwhile(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    os.chmod(core.root / "film", 0o600)
    program.tell("metadata", "film")
    core.spool.read_large()
    core.spool.read_large()
    assert [version.actor for version in core.history.versions("film")] == ["mount:camera"]
    assert len(core.observer.unread.all()) == 0


def test_one_that_cannot_be_looked_at_keeps_no_other_waiting(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write("broken", FIRST)
    program.write("film", SECOND)
    core.spool.drain()
    capture = core.history.capture

    def refuse(path: str, *rest: Any, **options: Any) -> Any:
        if path == "broken":
            raise TreeError("cannot look at it")
        return capture(path, *rest, **options)

    monkeypatch.setattr(core.history, "capture", refuse)
    core.spool.read_large()
    assert texts(core, "film") == [SECOND]
    assert len(core.observer.unread.all()) == 0


def test_what_never_comes_to_rest_is_a_gap(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    size = iter(range(LARGE_BYTES + 1, LARGE_BYTES + 100))
    while_reading(core, monkeypatch, lambda: os.truncate(core.root / "film", next(size)))
    core.spool.read_large()
    assert [version.gap for version in core.history.versions("film")] == [RESTLESS]
    assert len(core.observer.unread.all()) == 0


def test_it_stops_in_the_middle_when_the_daemon_ends(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write("film", os.urandom(LARGE_BYTES))
    core.spool.drain()
    put_whole, parts = core.history.blobs._put_whole, []

    def one_more(data: bytes) -> str:
        parts.append(len(data))
        core.spool.is_ending = True
        return put_whole(data)

    monkeypatch.setattr(core.history.blobs, "_put_whole", one_more)
    core.spool.read_large()
    assert len(parts) == 1
    assert len(core.observer.unread.all()) == 1


def test_a_plan_reads_what_it_is_about_itself(core: Core, program: Program) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    core.run([{"op": "remove", "target": {"paths": ["film"]}}])
    core.spool.read_large()
    core.run([{"op": "undo"}])
    assert (core.root / "film").read_bytes() == FIRST


def test_what_was_captured_is_not_read_again_when_it_is_removed(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write("film", FIRST)
    core.spool.drain()
    core.spool.read_large()
    monkeypatch.setattr(core.history.blobs, "adopt", lambda _: pytest.fail("it was read again"))
    program.remove("film")
    core.spool.drain()
    assert texts(core, "film") == [FIRST]
