"""What crashes and busy programs leave in the spool and in kept/, and how it is taken in."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from consistency import Checker
from core import Core

from lsfs.backlog import backlog_bytes
from lsfs.spool import NOT_DONE, SpoolEvent, SpoolLine, SpoolWriter, segments
from lsfs.spool_files import UNDER_WAY_S


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


def line(event: SpoolEvent, path: str, kept: str | None = None) -> SpoolLine:
    return SpoolLine(event, path, time.time_ns(), None, kept, 77, "prog")


def keep(core: Core, text: str, pid: int | None = None) -> str:
    """A file kept as a mount's process does; its name."""
    name = f"{pid or os.getpid()}-{time.time_ns()}-00000000"
    (core.config.kept_directory / name).write_text(text)
    return name


def kept(core: Core) -> list[str]:
    return [file.name for file in core.config.kept_directory.iterdir()]


def contents(core: Core, path: str) -> list[str]:
    """All versions, oldest first."""
    found = []
    for version in reversed(core.history.versions(path)):
        assert version.content is not None
        with core.history.blobs.open(version.content) as stream:
            found.append(stream.read().decode())
    return found


def test_reading_ends_though_a_program_writes_faster(core: Core, writer: SpoolWriter) -> None:
    written = []

    def write_more() -> None:
        written.append(1)
        if len(written) < 1000:
            writer.append(line("closed", "a.txt"))

    core.observer.on_queued = write_more
    writer.append(line("closed", "a.txt"))
    assert core.spool.drain() < 10
    assert (backlog_bytes(core.config.state) or 0) > 0


def test_what_a_dead_mount_kept_for_nothing_goes(core: Core) -> None:
    """Killed between keeping and the line: that of a mount that lives may still come."""
    dead = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    (segment,) = segments(core.config.spool_directory)
    renamed = segment.with_name(segment.name.replace(str(os.getpid()), "99999999", 1))
    segment.rename(renamed)
    living = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    keep(core, "orphan", pid=99999999)
    coming = keep(core, "coming")
    dead.close()
    core.spool.drain()
    assert kept(core) == [coming]
    living.close()
    core.spool.drain()
    assert kept(core) == []


def test_what_a_dead_daemon_had_taken_in_goes_at_the_next_start(
    core: Core, writer: SpoolWriter
) -> None:
    name = keep(core, "old\n")
    writer.append(line("keep", "a.txt", name), line("closed", "a.txt"))
    core.spool.drain()
    (core.config.kept_directory / name).write_text("old\n")  # it died before it removed the file
    core.catalog.set_setting("spool:1-2-000003.jsonl", "7")  # and once before it forgot a segment
    coming = keep(core, "coming")
    core.spool.sweep()
    assert kept(core) == [coming]
    assert core.catalog.setting("spool:1-2-000003.jsonl") is None


def test_a_segment_is_never_seen_without_its_lock(core: Core) -> None:
    """A reader that comes between making and locking would take it for one left by the dead."""
    made: list[Path] = []

    def see(event: str, arguments: tuple[object, ...]) -> None:
        if event == "fcntl.flock" and watched:
            made.extend(segments(core.config.spool_directory))

    watched = [True]
    sys.addaudithook(see)
    SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock").close()
    watched.clear()
    assert made == []


def test_a_mount_that_does_not_get_to_run_is_waited_for(core: Core, writer: SpoolWriter) -> None:
    """Between its line and its act: nothing is lost because the machine is busy."""
    name = f"{os.getpid()}-{time.time_ns()}-00000000"
    writer.append(line("removed", "a.txt", name))
    busy = threading.Timer(2, os.rename, [core.root / "a.txt", core.config.kept_directory / name])
    busy.start()
    core.spool.drain()
    busy.join()
    assert contents(core, "a.txt") == ["first\n"]
    assert core.catalog.entry("a.txt") is None
    assert kept(core) == []


def test_an_act_that_failed_is_no_act(core: Core, writer: SpoolWriter) -> None:
    name = f"{os.getpid()}-{time.time_ns()}-00000000"
    writer.append(line("removed", "a.txt", name))
    os.symlink(NOT_DONE, core.config.kept_directory / name)
    began = time.monotonic()
    core.spool.drain()
    assert time.monotonic() - began < UNDER_WAY_S / 2
    assert core.catalog.entry("a.txt") is not None
    assert core.journal.newest(1) == []
    assert kept(core) == []


UNREADABLE = """
import os, sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
import test_faults_replay as tests
from core import Core
root = Path(sys.argv[1])
with Core(root) as core:
    writer = tests.SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
    name = tests.keep(core, "secret\\n")
    (core.config.kept_directory / name).chmod(0)
    (root / "a.txt").write_text("second\\n")
    writer.append(tests.line("keep", "a.txt", name), tests.line("closed", "a.txt"))
    core.spool.drain()
    writer.close()
    print(*map(repr, tests.contents(core, "a.txt")))
    print(oct(core.history.versions("a.txt")[1].metadata.mode), tests.kept(core))
"""


def test_a_file_its_owner_could_not_read_stops_no_replay(tmp_path: Path) -> None:
    """`chmod 0` and `rm -f`: the mount moves it to kept/, and the daemon is an ordinary user."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("first\n")
    here = Path(__file__).parent
    command = [sys.executable, "-c", UNREADABLE, str(root), str(here), str(here.parent)]
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == repr("first\n") + " " + repr("secret\n") + " " + repr(
        "second\n"
    )
    assert done.stdout.splitlines()[1] == "0o0 []"


def test_a_state_is_whole_after_all_that(core: Core, writer: SpoolWriter) -> None:
    writer.append(line("keep", "a.txt", keep(core, "old\n")), line("closed", "a.txt"))
    core.spool.drain()
    assert Checker(core.root).problems() == []
