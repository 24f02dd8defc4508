"""A clock that was ahead and is set back: what was recorded before it is in the future now.

The machine's clock is left alone: states and lines are recorded with times an hour ahead.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from consistency import Checker
from core import Core

from lsfs.records import Version
from lsfs.spool import SpoolEvent, SpoolLine, SpoolWriter

HOUR_NS = 3600 * 10**9


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("first\n")
    with Core(root) as opened:
        yield opened


@pytest.fixture
def writer(core: Core) -> Iterator[SpoolWriter]:
    made = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    yield made
    made.close()


def line(event: SpoolEvent, path: str, ahead_ns: int, to: str | None = None) -> SpoolLine:
    return SpoolLine(event, path, time.time_ns() + ahead_ns, to, None, 77, "prog")


def save(core: Core, text: str, ahead_ns: int) -> None:
    """Another state of a.txt, taken at a time of a clock that is ahead."""
    (core.root / "a.txt").write_text(text)
    at_ns = time.time_ns() + ahead_ns
    os.utime(core.root / "a.txt", ns=(at_ns, at_ns))
    core.history.capture("a.txt", "engine", at_ns=at_ns)


def oldest_first(core: Core) -> list[Version]:
    return core.history.versions("a.txt")[::-1]


def present(core: Core) -> Version:
    """The version at this moment, as `lsfs rollback --to` finds it."""
    return core.history.pick("a.txt", back=None, to=datetime.now(timezone.utc), number=None)


def test_versions_stay_in_the_order_in_which_the_states_were(core: Core) -> None:
    save(core, "ahead\n", HOUR_NS)
    (core.root / "a.txt").write_text("set back\n")
    core.observer.scan()
    versions = oldest_first(core)
    assert [version.size for version in versions] == [6, 6, 9]
    assert present(core).size == 9


def test_a_state_kept_is_between_its_neighbours(core: Core, writer: SpoolWriter) -> None:
    save(core, "ahead\n", HOUR_NS)
    (core.config.kept_directory / "1-2-0").write_text("kept, set back\n")
    writer.append(SpoolLine("keep", "a.txt", time.time_ns(), None, "1-2-0", 77, "prog"))
    (core.root / "a.txt").write_text("last\n")
    writer.append(line("closed", "a.txt", 0))
    core.spool.drain()
    assert [version.size for version in oldest_first(core)] == [6, 6, 15, 5]
    assert present(core).size == 5


def test_what_was_done_before_and_after_is_not_one_undo(core: Core, writer: SpoolWriter) -> None:
    (core.root / "ahead").mkdir()
    writer.append(line("mkdir", "ahead", HOUR_NS))
    core.spool.drain()
    (core.root / "back").mkdir()
    writer.append(line("mkdir", "back", 0))
    core.spool.drain()
    rows = core.journal.newest(10)
    assert [[change.path for change in row.changes] for row in rows] == [["back"], ["ahead"]]


def test_a_file_of_the_future_that_is_renamed_onto_another_takes_its_history_along(
    core: Core, writer: SpoolWriter
) -> None:
    """It is not one made a moment ago, as an editor's temporary file is."""
    save(core, "ahead\n", HOUR_NS)
    (core.root / "b.txt").write_text("target\n")
    core.observer.scan()
    core.catalog.execute(
        "UPDATE versions SET at_ns = at_ns + ? WHERE path = ?", (HOUR_NS, b"a.txt")
    )
    os.rename(core.root / "a.txt", core.root / "b.txt")
    writer.append(line("moved", "a.txt", 0, "b.txt"))
    core.spool.drain()
    assert [version.size for version in core.history.versions("b.txt")] == [6, 6]


def test_files_with_times_to_come_are_taken_once(core: Core) -> None:
    for number in range(5):
        path = core.root / f"{number}.txt"
        path.write_text(f"{number}\n")
        os.utime(path, ns=(time.time_ns() + HOUR_NS, time.time_ns() + HOUR_NS))
    core.observer.scan()
    assert core.observer.scan() == 0
    assert Checker(core.root).problems() == []
    assert len(core.history.versions("3.txt")) == 1
