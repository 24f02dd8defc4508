"""Faults that a review found: nothing is lost, scrambled, or stopped by one entry."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core, snapshot

from lsfs.errors import ConflictError, NothingFoundError, PolicyError, UsageError
from lsfs.history import History
from lsfs.journal import Step
from lsfs.plan import OPERATIONS, Operation, Plan
from lsfs.spool import SpoolEvent, SpoolLine, SpoolWriter


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "d").mkdir(parents=True)
    (root / "a.txt").write_text("first\n")
    (root / "d" / "x.txt").write_text("x\n")
    with Core(root) as opened:
        yield opened


@pytest.fixture
def writer(core: Core) -> Iterator[SpoolWriter]:
    made = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    yield made
    made.close()


def line(event: SpoolEvent, path: str, to: str | None = None, program: str = "prog") -> SpoolLine:
    return SpoolLine(event, path, time.time_ns(), to, None, 77, program)


def keep(core: Core, writer: SpoolWriter, path: str) -> None:
    """Keep the bytes as a mount does before it lets them be destroyed."""
    name = f"1-{time.time_ns()}-0"
    (core.config.kept_directory / name).write_bytes((core.root / path).read_bytes())
    writer.append(SpoolLine("keep", path, time.time_ns(), None, name, 77, "prog"))


def operation(fields: dict[str, object]) -> Operation:
    made: Operation = OPERATIONS.validate_python(fields)
    return made


def started(core: Core, act: Operation) -> None:
    """Journal a step as the engine does before it acts; then the process dies."""
    journal = core.journal.begin(Plan(operations=(act,)))
    step = Step(act, core.acts.inverse(act, "cli"), core.acts.leaves(act), {})
    core.journal.intend(journal, 0, [step])


def contents(history: History, path: str) -> list[bytes]:
    """All versions, newest first."""
    found = []
    for version in history.versions(path):
        assert version.content is not None
        with history.blobs.open(version.content) as stream:
            found.append(stream.read())
    return found


def test_recovery_leaves_what_was_edited_after_the_crash(core: Core) -> None:
    write = operation({"op": "write", "path": "a.txt", "text": "by the plan\n"})
    started(core, write)
    core.acts.perform(write, "cli")
    (core.root / "a.txt").write_text("by hand, after the crash\n")
    core.engine.recover()
    assert (core.root / "a.txt").read_text() == "by hand, after the crash\n"


def test_recovery_leaves_what_the_plan_never_made(core: Core) -> None:
    started(core, operation({"op": "create", "path": "new.txt", "text": "by the plan\n"}))
    (core.root / "new.txt").write_text("by hand\n")
    core.engine.recover()
    assert (core.root / "new.txt").read_text() == "by hand\n"


def test_recovery_turns_back_an_act_that_happened(core: Core) -> None:
    write = operation({"op": "write", "path": "a.txt", "text": "by the plan\n"})
    started(core, write)
    core.acts.perform(write, "cli")
    core.engine.recover()
    assert (core.root / "a.txt").read_text() == "first\n"


def test_locking_a_link_never_reaches_what_it_points_to(core: Core, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    outside.chmod(0o640)
    os.symlink(outside, core.root / "link")
    with pytest.raises(UsageError):
        core.run([{"op": "lock", "target": {"paths": ["link"]}}])
    assert stat.S_IMODE(outside.stat().st_mode) == 0o640


def test_undoing_a_removal_spares_a_new_file_of_that_name(core: Core) -> None:
    done = core.run([{"op": "remove", "target": {"paths": ["a.txt"]}}])
    (core.root / "a.txt").write_text("new work\n")
    with pytest.raises(ConflictError):
        core.run([{"op": "undo", "id": done.undo}])
    assert (core.root / "a.txt").read_text() == "new work\n"


def test_an_edit_of_a_file_never_captured_is_not_undone_by_removing_it(
    core: Core, writer: SpoolWriter
) -> None:
    photo = core.root / "photo.jpg"
    photo.write_bytes(b"\xff\xd8 a photo")
    core.observer.scan()
    photo.chmod(0o600)
    writer.append(line("metadata", "photo.jpg"))
    core.spool.drain()
    with pytest.raises(NothingFoundError):
        core.run([{"op": "undo", "id": core.journal.newest(1)[0].id}])
    assert photo.exists()


def test_a_large_kept_file_is_found_again_when_a_batch_is_read_again(
    core: Core, writer: SpoolWriter
) -> None:
    (core.root / "big.bin").write_bytes(os.urandom(17 * 2**20))
    core.observer.scan()
    keep(core, writer, "big.bin")
    (kept,) = core.config.kept_directory.iterdir()
    core.history.adopt(kept, "big.bin", 0)  # and then the process dies, before any row
    (core.root / "big.bin").unlink()
    writer.append(line("removed", "big.bin"))
    core.spool.drain()
    assert [version.size for version in core.history.versions("big.bin")] == [17 * 2**20]


def test_a_large_kept_file_that_somebody_still_writes_is_copied(
    core: Core, writer: SpoolWriter
) -> None:
    """A link would let a program change what the store has under its hash."""
    big, data = core.root / "big.bin", os.urandom(17 * 2**20)
    big.write_bytes(data)
    core.observer.scan()
    kept = core.config.kept_directory / "9-9-9"
    with big.open("r+b", buffering=0) as still_open:
        big.rename(kept)
        told = line("removed", "big.bin")
        writer.append(told._replace(kept=kept.name))
        core.spool.drain()
        still_open.write(b"later")
        still_open.flush()
    (version,) = core.history.versions("big.bin")
    assert version.content is not None
    with core.history.blobs.open(version.content) as stream:
        assert stream.read() == data


def test_a_state_kept_late_is_not_taken_for_the_newest(core: Core, writer: SpoolWriter) -> None:
    keep(core, writer, "a.txt")
    (core.root / "a.txt").write_text("second\n")
    core.history.capture("a.txt", "engine")
    core.spool.drain()
    assert contents(core.history, "a.txt")[0] == b"second\n"


def test_a_capture_is_of_the_state_it_saw(core: Core) -> None:
    entry = core.catalog.entry("a.txt")
    assert entry is not None
    old = (core.root / "a.txt").stat()
    (core.root / "a.txt").write_text("something else\n")
    core.history.see("a.txt", (core.root / "a.txt").stat())
    core.catalog.mark_captured(entry.id, "00", old)
    seen = core.catalog.entry("a.txt")
    assert seen is not None
    assert not seen.captured


def test_a_folder_replaced_by_a_file_takes_its_children_along(core: Core, tmp_path: Path) -> None:
    (core.root / "z").mkdir()
    (core.root / "z" / "x.txt").write_text("z\n")
    core.observer.scan()
    os.rename(core.root / "d", tmp_path / "d")
    (core.root / "d").write_text("a file now")
    core.observer.reconcile(["d"])
    (core.root / "d").unlink()
    os.rename(core.root / "z", core.root / "d")
    core.observer.reconcile(["d", "z"])
    assert {e.path for e in core.catalog.entries_under("")} == {"a.txt", "d", "d/x.txt"}


def test_exchanged_folders_exchange_their_entries(core: Core, writer: SpoolWriter) -> None:
    (core.root / "e").mkdir()
    (core.root / "e" / "y.txt").write_text("y\n")
    core.observer.scan()
    for path, to in (("d", "aside"), ("e", "d"), ("aside", "e")):
        os.rename(core.root / path, core.root / to)
    writer.append(line("exchanged", "d", "e"))
    core.spool.drain()
    assert [e.path for e in core.catalog.entries_under("")] == [
        "a.txt", "d", "d/y.txt", "e", "e/x.txt",
    ]  # fmt: skip


def test_what_could_not_come_back_is_not_removed(core: Core) -> None:
    os.mkfifo(core.root / "d" / "pipe")
    before = snapshot(core.root)
    with pytest.raises(UsageError, match="pipe"):
        core.run([{"op": "remove", "target": {"paths": ["d"]}}])
    assert snapshot(core.root) == before


def test_a_program_name_cut_within_a_character_stops_nothing(
    core: Core, writer: SpoolWriter
) -> None:
    (core.root / "a.txt").write_text("second\n")
    writer.append(line("closed", "a.txt", program=os.fsdecode("编辑器程序".encode()[:13])))
    core.spool.drain()
    assert contents(core.history, "a.txt")[0] == b"second\n"


def test_an_odd_entry_stops_no_scan(core: Core) -> None:
    os.utime(core.root / "a.txt", (10**10, 10**10))
    deep = "/".join(["n"] * 700)
    os.makedirs(core.root / deep)
    core.observer.scan()
    assert core.catalog.entry(deep) is not None


def test_a_root_within_the_root_stops_no_replay(core: Core, writer: SpoolWriter) -> None:
    writer.append(line("removed", "d/.lsfs/catalog.db"), line("moved", "d/.lsfs/x", "d/y"))
    (core.root / "a.txt").write_text("second\n")
    writer.append(line("closed", "a.txt"))
    core.spool.drain()
    assert contents(core.history, "a.txt")[0] == b"second\n"


def test_a_private_file_stays_private_while_it_is_written(core: Core) -> None:
    (core.root / "a.txt").chmod(0o600)
    seen: list[int] = []

    class Watching:
        """A source that looks at the folder while it is read."""

        def read(self, _: int) -> bytes:
            seen.extend(f.stat().st_mode & 0o777 for f in core.root.glob(".lsfs-new-*"))
            return b""

    core.tree.write("a.txt", Watching())  # type: ignore[arg-type]
    assert seen == [0o600]


def test_a_locked_file_is_joined_onto_by_nobody(core: Core) -> None:
    core.run([{"op": "lock", "target": {"paths": ["a.txt"]}}])
    with pytest.raises(PolicyError, match="read-only"):
        core.run([{"op": "join", "target": {"paths": ["d/x.txt"]}, "to": "a.txt"}])


def test_a_file_open_while_its_folder_is_renamed_is_closed_there(
    core: Core, writer: SpoolWriter
) -> None:
    writer.append(line("dirty", "d/x.txt"))
    (core.root / "d" / "x.txt").write_text("xx\n")
    os.rename(core.root / "d", core.root / "e")
    writer.append(line("moved", "d", "e"), line("closed", "d/x.txt"))
    core.spool.drain()
    assert core.spool.open_files.paths() == set()
    assert contents(core.history, "e/x.txt")[0] == b"xx\n"


class Meddling:
    """A source that writes to the file it is about to replace."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._left = [b"from the plan\n"]

    def read(self, _: int) -> bytes:
        with self._target.open("a") as stream:
            stream.write("written meanwhile\n")
        return self._left.pop() if self._left else b""


def test_what_is_written_while_a_plan_replaces_the_file_stays(core: Core) -> None:
    core.history.capture("a.txt", "cli")
    source = Meddling(core.root / "a.txt")
    with pytest.raises(ConflictError):
        core.tree.write("a.txt", source, expected=core.history.as_seen("a.txt"))  # type: ignore[arg-type]
    assert (core.root / "a.txt").read_text().startswith("first\nwritten meanwhile\n")
    assert not list(core.root.glob(".lsfs-new-*"))


def test_what_changed_a_moment_ago_is_not_removed(core: Core) -> None:
    core.history.capture("a.txt", "cli")
    (core.root / "a.txt").write_text("first\nand more\n")
    with pytest.raises(ConflictError):
        core.tree.remove("a.txt", core.history.as_seen("a.txt"))
    assert (core.root / "a.txt").read_text() == "first\nand more\n"


def test_a_sparse_file_comes_back_sparse(core: Core) -> None:
    with (core.root / "sparse").open("wb") as stream:
        stream.write(b"head")
        stream.truncate(256 * 2**20)
    core.run([{"op": "remove", "target": {"paths": ["sparse"]}}])
    core.run([{"op": "undo"}])
    state = (core.root / "sparse").stat()
    assert state.st_size == 256 * 2**20
    assert state.st_blocks * 512 < 4 * 2**20


def test_making_a_folder_with_what_is_in_it_is_one_undo(core: Core, writer: SpoolWriter) -> None:
    before = snapshot(core.root)
    (core.root / "m").mkdir()
    (core.root / "m" / "one.txt").write_text("1")
    writer.append(line("mkdir", "m"), line("created", "m/one.txt"), line("closed", "m/one.txt"))
    core.spool.drain()
    (core.root / "m" / "two.txt").write_text("2")
    writer.append(line("created", "m/two.txt"), line("closed", "m/two.txt"))
    core.spool.drain()
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before


def test_a_state_that_was_not_kept_is_no_state_to_go_back_to(core: Core) -> None:
    path = core.root / "a.txt"
    core.catalog.execute(
        "INSERT INTO versions(entry, path, at_ns, kind, size, mode, uid, gid, mtime_ns, actor, gap)"
        " SELECT id, path, 1, 'file', 9, 420, 0, 0, 1, 'mount', 'changed while being read'"
        " FROM entries WHERE path = ?",
        (b"a.txt",),
    )
    path.write_text("third\n")
    core.run([{"op": "rollback", "path": "a.txt", "versions": 1}])
    assert path.read_text() == "first\n"
