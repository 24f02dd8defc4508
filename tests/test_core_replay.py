"""What a mount wrote into the spool becomes versions and undoable journal rows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3
from core import Core, snapshot
from program import Program, texts

from lsfs.replay import BATCH_LINES
from lsfs.spool import SpoolLine, SpoolWriter, read_lines, segments


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "docs" / "deep").mkdir(parents=True)
    (root / "docs" / "report.md").write_text("first\n")
    (root / "docs" / "deep" / "photo.raw").write_bytes(os.urandom(5000))
    with Core(root) as opened:
        yield opened


@pytest.fixture
def program(core: Core) -> Iterator[Program]:
    made = Program(core, "editor", 4242)
    yield made
    made.quit()


def test_every_close_after_write_is_a_version_even_unseen_between(
    core: Core, program: Program
) -> None:
    for text in ("a", "b", "c"):
        program.write("docs/report.md", text)
    core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"a", b"b", b"c"]


def test_an_editors_dance_is_one_version(core: Core, program: Program) -> None:
    program.move("docs/report.md", "docs/report.md~")
    program.write("docs/report.md", "second\n")
    program.remove("docs/report.md~")
    core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"second\n"]


def by_another(core: Core, path: str) -> None:
    """Removed by another program."""
    rm = Program(core, "rm", 4343)
    rm.remove(path)
    rm.quit()
    core.spool.drain()


def test_an_undo_of_an_editors_dance_brings_the_old_text_back(core: Core, program: Program) -> None:
    test_an_editors_dance_is_one_version(core, program)
    (row,) = core.journal.newest(9)
    assert [(change.action, change.path) for change in row.changes] == [
        ("modify", "docs/report.md"),
    ]  # fmt: skip
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md").read_text() == "first\n"


def test_a_backup_that_stays_is_a_file_of_its_own(core: Core, program: Program) -> None:
    """As emacs and vim's `set backup` leave it."""
    for text in ("second\n", "third\n"):
        program.move("docs/report.md", "docs/report.md~")
        program.write("docs/report.md", text)
        core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"second\n", b"third\n"]
    assert texts(core, "docs/report.md~")[-1] == b"second\n"
    by_another(core, "docs/report.md~")
    assert core.catalog.entry("docs/report.md~") is None
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md~").read_text() == "second\n"


def test_a_file_renamed_to_a_backups_name_is_looked_after(core: Core, program: Program) -> None:
    program.move("docs/report.md", "docs/report.md~")
    core.spool.drain()
    program.write("docs/report.md~", "more work\n")
    core.spool.drain()
    by_another(core, "docs/report.md~")
    assert texts(core, "docs/report.md~") == [b"first\n", b"more work\n"]
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md~").exists()


def test_a_temporary_renamed_onto_its_target_is_a_version_of_the_target(
    core: Core, program: Program
) -> None:
    program.write("docs/.sedA1b2", "edited\n")
    program.move("docs/.sedA1b2", "docs/report.md")
    core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"edited\n"]


def test_a_renamed_file_takes_its_history_along(core: Core, program: Program) -> None:
    program.write("docs/report.md", "second\n")
    program.move("docs/report.md", "docs/final.md")
    core.spool.drain()
    assert texts(core, "docs/final.md") == [b"first\n", b"second\n"]


def test_a_close_reported_after_the_rename_is_of_the_renamed_file(
    core: Core, program: Program
) -> None:
    program.write_then_move("docs/.sedA1b2", "edited\n", "docs/report.md")
    core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"edited\n"]
    assert not core.spool.open_files.paths()


def test_what_replaces_an_open_file_is_not_taken_for_open(core: Core, program: Program) -> None:
    """Of the replaced file no close is told, whatever its handle still does."""
    program.tell("dirty", "docs/report.md")
    program.write("docs/beside", "edited\n")
    program.move("docs/beside", "docs/report.md")
    core.spool.drain()
    assert not core.spool.open_files.paths()
    assert texts(core, "docs/report.md") == [b"first\n", b"edited\n"]


def test_a_file_closed_under_a_passing_name_is_not_open_when_it_has_a_name_again(
    core: Core, program: Program
) -> None:
    program.tell("dirty", "docs/report.md")
    program.move("docs/report.md", "docs/.report.md.swp")
    (core.root / "docs/.report.md.swp").write_text("edited\n")
    program.move("docs/.report.md.swp", "docs/report.md")
    core.spool.drain()
    assert not core.spool.open_files.paths()
    assert texts(core, "docs/report.md")[-1] == b"edited\n"


def test_removing_a_tree_is_one_undo(core: Core, program: Program) -> None:
    before = snapshot(core.root)
    program.remove("docs/deep/photo.raw")
    program.rmdir("docs/deep")
    program.remove("docs/report.md")
    program.rmdir("docs")
    core.spool.drain()
    assert snapshot(core.root) == {}
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before


def test_a_row_of_more_than_a_batch_tells_every_change(core: Core, program: Program) -> None:
    """They stand with their steps: adding to a row costs the same however long it is."""
    (core.root / "copy").mkdir()
    program.tell("mkdir", "copy")
    files = [f"copy/{number:03d}" for number in range(BATCH_LINES)]
    for file in files:
        program.write(file, file)
    core.spool.drain()
    (row,) = core.journal.newest(1)
    assert [change.path for change in row.changes] == ["copy", *files]
    assert {change.action for change in row.changes} == {"mkdir", "create"}
    assert all(change.version for change in row.changes)
    core.run([{"op": "undo", "id": row.id}])
    assert not (core.root / "copy").exists()
    assert core.journal.entry(row.id).changes == row.changes


def test_a_move_over_a_file_is_undone_with_both(core: Core, program: Program) -> None:
    before = snapshot(core.root)
    program.move("docs/deep/photo.raw", "docs/report.md")
    core.spool.drain()
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before


def test_plain_undo_takes_the_last_thing_also_a_save(core: Core, program: Program) -> None:
    """To pass over it would take back something older than what `lsfs log` shows first."""
    mover = Program(core, "mv", 4343)
    mover.move("docs/report.md", "docs/kept.md")
    mover.quit()
    core.spool.drain()
    program.write("docs/kept.md", "edited\n")
    core.spool.drain()
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "kept.md").read_text() == "first\n"
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md").exists()


def test_saves_of_one_program_are_one_row_until_it_saves_a_file_again(
    core: Core, program: Program
) -> None:
    """`sed -i` over many files is one undo, an editor that goes on saving one a save."""
    names = [f"{number:03d}.txt" for number in range(2 * BATCH_LINES)]
    for name in names:
        program.write(name, "one")
    core.spool.drain()
    assert [len(row.changes) for row in core.journal.newest(9)] == [len(names)]
    for text in ("two", "three"):
        program.write(names[0], text)
        core.spool.drain()
    assert [len(row.changes) for row in core.journal.newest(9)] == [1, 1, len(names)]


def test_a_burst_keeps_every_version_in_order_with_its_own_time(
    core: Core, program: Program
) -> None:
    """The daemon reads the first lines when the last acts are done."""
    names = [f"{number:03d}.txt" for number in range(BATCH_LINES)]
    between = []
    for text in ("one", "two", "three"):
        for name in names:
            program.write(name, f"{text} {name}")
        time.sleep(0.03)
        between.append(time.time_ns())
        time.sleep(0.03)
    core.spool.drain()
    for name in names:
        assert texts(core, name) == [f"{text} {name}".encode() for text in ("one", "two", "three")]
        times = [version.at_ns for version in reversed(core.history.versions(name))]
        assert times == sorted(times)
        assert times[0] < between[0] < times[1] < between[1] < times[2] < between[2]


def test_a_batch_that_a_crash_interrupts_is_taken_in_once(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = (core.root / "docs/deep/photo.raw").read_bytes()
    program.write("docs/report.md", "second\n")
    program.remove("docs/deep/photo.raw")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(core.history, "adopt", die)  # before the rows
        core.spool.drain()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(core.catalog, "set_setting", die)  # among them
        core.spool.drain()
    assert core.journal.newest(1) == []
    core.spool.drain()
    assert texts(core, "docs/report.md") == [b"first\n", b"second\n"]
    assert texts(core, "docs/deep/photo.raw") == [photo]
    assert [len(row.changes) for row in core.journal.newest(9)] == [2]  # one program, one moment
    assert list(core.config.kept_directory.iterdir()) == []


def test_a_change_made_before_the_daemon_looked_is_not_mistaken_for_a_rename(core: Core) -> None:
    """Inode numbers are used again at once: a new file may get that of a removed one."""
    for number in range(20):
        old, new = core.root / f"old{number}.txt", core.root / f"new{number}.txt"
        old.write_text("one")
        core.observer.reconcile([old.name])
        old.unlink()
        new.write_text("two")
        core.observer.reconcile([old.name, new.name])
        assert texts(core, new.name) == [b"two"]


def test_what_has_replaced_a_moved_file_since_is_not_taken_for_it(
    core: Core, program: Program
) -> None:
    """The clock of a filesystem ticks every 4 ms: files made within a tick look alike."""
    times = (1_700_000_000_000_000_000,) * 2
    for name, text in (("a.txt", "one"), ("b.txt", "two")):
        program.write(name, text)
        os.utime(core.root / name, ns=times)
    (core.root / "b.txt").rename(core.root / "aside")
    core.spool.drain()
    (core.root / "aside").rename(core.root / "b.txt")
    program.move("a.txt", "c.txt")
    program.move("b.txt", "c.txt")
    core.spool.drain()
    assert texts(core, "c.txt") == [b"one", b"two"]
    entry = core.catalog.entry("c.txt")
    assert entry is not None
    assert entry.content == blake3(b"two").hexdigest()


def test_a_chmod_right_after_a_rename_is_a_version(core: Core, program: Program) -> None:
    """The daemon hears of the rename when both are done."""
    program.write("docs/report.md", "second\n")
    core.spool.drain()
    program.move("docs/report.md", "docs/final.md")
    os.chmod(core.root / "docs/final.md", 0o600)
    program.tell("metadata", "docs/final.md")
    core.spool.drain()
    newest = core.history.versions("docs/final.md")[0]
    assert newest.metadata.mode == 0o600
    assert newest.content == core.history.versions("docs/final.md")[1].content


def test_who_wrote_a_file_is_known_though_its_folder_was_renamed(
    core: Core, program: Program
) -> None:
    program.write("docs/report.md", "second\n")
    program.move("docs", "texts")
    core.spool.drain()
    (newest, _) = core.history.versions("texts/report.md")
    assert (newest.actor, newest.path) == ("mount:editor", "texts/report.md")


def test_what_is_in_a_folder_that_came_and_went_is_followed(core: Core, program: Program) -> None:
    (core.root / "new").mkdir()
    program.tell("mkdir", "new")
    program.move("docs/report.md", "new/report.md")
    program.move("new", "newer")
    program.remove("newer/report.md")
    program.rmdir("newer")
    core.spool.drain()
    assert [entry.path for entry in core.catalog.entries_under("")] == [
        "docs", "docs/deep", "docs/deep/photo.raw",
    ]  # fmt: skip
    assert texts(core, "newer/report.md") == [b"first\n"]


def test_other_names_of_a_file_change_with_it(core: Core, program: Program) -> None:
    os.link(core.root / "docs" / "report.md", core.root / "other.md")
    core.observer.scan()
    fd = os.open(core.root / "docs" / "report.md", os.O_WRONLY | os.O_APPEND)
    program.tell("dirty", "docs/report.md")
    os.write(fd, b"second\n")
    os.close(fd)
    program.tell("closed", "docs/report.md")
    core.spool.drain()
    assert texts(core, "other.md") == texts(core, "docs/report.md") == [
        b"first\n", b"first\nsecond\n",
    ]  # fmt: skip
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md").read_text() == "first\n"
    assert (core.root / "other.md").read_text() == "first\n"


def test_folders_that_change_places_take_what_was_saved_along(core: Core, program: Program) -> None:
    program.write("docs/report.md", "second\n")
    os.rename(core.root / "docs", core.root / "aside")
    (core.root / "docs").mkdir()
    os.rename(core.root / "aside" / "deep", core.root / "docs" / "deep")
    (core.root / "other").mkdir()
    core.observer.scan()
    program.write("aside/report.md", "third\n")
    os.rename(core.root / "other", core.root / "tmp")
    os.rename(core.root / "aside", core.root / "other")
    os.rename(core.root / "tmp", core.root / "aside")
    program.tell("exchanged", "aside", "other")
    core.spool.drain()
    assert texts(core, "other/report.md")[-1] == b"third\n"
    assert core.history.versions("other/report.md")[0].actor == "mount:editor"


def test_what_one_program_removes_and_makes_is_one_undo(core: Core, program: Program) -> None:
    """As `git checkout` does."""
    before = snapshot(core.root)
    program.remove("docs/report.md")
    program.write("docs/other.md", "other\n")
    program.remove("docs/deep/photo.raw")
    core.spool.drain()
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before


def test_the_log_goes_by_when_things_were_done(core: Core, program: Program) -> None:
    """What was saved is known a little later than what was removed."""
    copier = Program(core, "cp", 4343)
    copier.write("copy.md", "first\n")
    copier.quit()
    program.remove("docs/report.md")
    core.spool.drain()
    assert [row.actor for row in core.journal.newest(9)] == ["mount:editor", "mount:cp"]
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md").exists() and (core.root / "copy.md").exists()


def test_what_cannot_come_back_keeps_nothing_else_from_it(core: Core, program: Program) -> None:
    program.remove("docs/report.md")
    program.remove("docs/deep/photo.raw")
    core.spool.drain()
    (photo,) = core.history.versions("docs/deep/photo.raw")
    core.catalog.execute("UPDATE versions SET content = NULL WHERE id = ?", (photo.id,))
    outcome = core.run([{"op": "undo"}])
    assert outcome.status == "partial" and "photo.raw" in outcome.notices[0]
    assert (core.root / "docs" / "report.md").exists()


def test_a_link_is_in_the_log(core: Core, program: Program) -> None:
    os.link(core.root / "docs" / "report.md", core.root / "other.md")
    program.tell("link", "docs/report.md", "other.md")
    core.spool.drain()
    (row,) = core.journal.newest(1)
    assert [(change.action, change.path) for change in row.changes] == [("create", "other.md")]
    core.run([{"op": "undo"}])
    assert not (core.root / "other.md").exists()


def test_a_removal_seen_before_it_is_told_of_can_be_undone(core: Core, program: Program) -> None:
    (core.root / "docs" / "report.md").unlink()
    core.observer.reconcile(["docs/report.md"])
    program.tell("removed", "docs/report.md")
    core.spool.drain()
    core.run([{"op": "undo"}])
    assert (core.root / "docs" / "report.md").read_text() == "first\n"


@pytest.mark.parametrize("is_changed", [True, False])
@pytest.mark.parametrize("is_told_first", [True, False])
def test_what_is_missed_in_a_renamed_folder_went_with_it(
    core: Core, program: Program, is_told_first: bool, is_changed: bool
) -> None:
    """A late event of it is looked at while the line of the folder's renaming is yet to be read."""
    (core.root / "docs" / "sub").mkdir()
    (core.root / "docs" / "sub" / "x.md").write_text("x")
    core.observer.scan()
    known = core.catalog.entry("docs/sub")
    os.rename(core.root / "docs", core.root / "papers")
    if is_told_first:
        program.tell("moved", "docs", "papers")
    core.observer.reconcile(["docs/sub", "docs/report.md"])
    if not is_told_first:
        program.tell("moved", "docs", "papers")
    if is_changed:  # so that the folder is not as it was
        program.write("papers/sub/new.md", "new")
    core.spool.drain()
    entry = core.catalog.entry("papers/sub")
    assert entry and known and entry.id == known.id
    assert core.catalog.entry("docs/sub") is None
    assert texts(core, "papers/report.md") == [b"first\n"]
    assert texts(core, "papers/sub/x.md") == [b"x"]
    if is_changed:
        assert texts(core, "papers/sub/new.md") == [b"new"]
    else:
        core.run([{"op": "undo"}])
        assert (core.root / "docs" / "sub" / "x.md").read_text() == "x"


def test_a_rename_outside_keeps_the_history(core: Core) -> None:
    os.rename(core.root / "docs", core.root / "papers")
    core.observer.reconcile(["docs", "papers"])
    assert texts(core, "papers/report.md") == [b"first\n"]
    assert core.catalog.entry("docs/report.md") is None


def test_an_edit_outside_is_a_version(core: Core) -> None:
    (core.root / "docs" / "report.md").write_text("second\n")
    core.observer.scan()
    assert texts(core, "docs/report.md") == [b"first\n", b"second\n"]


def test_a_line_that_a_death_cut_off_holds_nothing_up(core: Core) -> None:
    writer = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    writer.append(SpoolLine("dirty", "docs/report.md", time.time_ns()))
    (segment,) = segments(core.config.spool_directory)
    with segment.open("ab") as stream:
        stream.write(b'{"event":"clo')
    writer.close()
    (core.root / "docs/report.md").write_text("second\n")
    core.spool.drain()
    assert segments(core.config.spool_directory) == []
    assert core.spool.open_files.paths() == set()
    assert texts(core, "docs/report.md") == [b"first\n", b"second\n"]


def test_a_spool_that_cannot_start_a_new_file_goes_on_in_the_old_one(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lsfs.spool.SEGMENT_BYTES", 10)
    directory = core.config.spool_directory
    writer = SpoolWriter(directory, core.config.state / "nudge.sock")
    (segment,) = segments(directory)
    in_the_way = segment.with_name(f"{segment.stem.rpartition('-')[0]}-000001.new")
    in_the_way.mkdir()
    told = [SpoolLine("created", str(number), number) for number in range(3)]
    writer.append(*told[:2])
    assert [line for line, _ in read_lines(segment, 0)] == told[:2]
    in_the_way.rmdir()
    writer.append(told[2])
    assert [line for line, _ in read_lines(segment, 0)] == told
    assert len(segments(directory)) == 2
    writer.close()
