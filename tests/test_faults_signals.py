"""SIGTERM in the middle of writing, and a daemon that stands still (SIGSTOP), under real mounts."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from consistency import Checker
from storm import Writers
from waiting import wait_for
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(120)]
BOTH = pytest.mark.parametrize("library", ["fuse2", "fuse3"])


@BOTH
def test_sigterm_of_the_mount_while_programs_write(tmp_path: Path, library: str) -> None:
    home = Whole(tmp_path, options=f"library={library}")
    logs = tmp_path / "logs"
    logs.mkdir()
    writers = Writers(home, logs)
    with subprocess.Popen(home.mount_command("-f"), stderr=subprocess.DEVNULL) as foreground:
        try:
            wait_for(home.is_mounted, 20, "the mount")
            writers.start(seed=1)
            writers.wait_for_acts(20)
            foreground.terminate()
            assert foreground.wait(20) == 0
        finally:
            writers.stop()
            home.stop()
    assert not home.is_mounted()
    assert os.listdir(home.point) == []
    writers.check(may_fail=True)
    home.start_daemon()
    try:
        checker = Checker(home.root)
        home.settle(checker)
        assert writers.lost(checker) == []
    finally:
        home.stop()


def test_sigterm_of_the_foreground_ends_the_daemon_though_a_file_is_open(tmp_path: Path) -> None:
    home = Whole(tmp_path)
    with subprocess.Popen(home.mount_command("-f"), stderr=subprocess.DEVNULL) as foreground:
        try:
            wait_for(home.is_mounted, 20, "the mount")
            home.pid("daemon")
            fd = os.open(home.point / "open.txt", os.O_WRONLY | os.O_CREAT)
            os.write(fd, b"half")
            foreground.terminate()
            assert foreground.wait(20) == 0
            assert (home.root / "open.txt").read_text() == "half"
            with pytest.raises(OSError, match=r"not connected|abort"):
                os.close(fd)
            wait_for(lambda: home.pid_of("daemon") is None, message="the daemon to end")
        finally:
            home.stop()


def test_sigterm_of_the_daemon_while_programs_write(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    with whole(tmp_path) as home:
        writers = Writers(home, logs)
        writers.start(seed=2)
        try:
            writers.wait_for_acts(20)
            home.kill("daemon", signal.SIGTERM)
            assert not (home.state / "daemon.sock").exists()
            home.start_daemon()
            writers.wait_for_acts(20)
        finally:
            writers.stop()
        writers.check(may_fail=False)
        checker = Checker(home.root)
        home.settle(checker)
        assert writers.lost(checker) == []


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Whole]:
    """A mounted root whose daemon stands still."""
    with whole(tmp_path) as home:
        (home.point / "old.txt").write_text("one\n")
        home.settle()
        daemon = home.pid("daemon")
        os.kill(daemon, signal.SIGSTOP)
        yield home
        os.kill(daemon, signal.SIGCONT)


class TestStandingStill:
    def test_the_mount_serves_as_fast_as_ever(self, still: Whole) -> None:
        slowest = 0.0
        for number in range(300):  # many more nudges than their socket holds
            started = time.monotonic()
            (still.point / f"{number}.txt").write_text(f"{number}\n")
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 1.0  # the time a question to the daemon may take
        assert (still.root / "299.txt").read_text() == "299\n"

    @pytest.mark.parametrize("name", ["history/old.txt", "search/words"])
    def test_the_virtual_tree_refuses_in_time(self, still: Whole, name: str) -> None:
        started = time.monotonic()
        with pytest.raises(OSError, match=os.strerror(errno.EAGAIN)):
            os.listdir(still.point / ".lsfs" / name)
        assert time.monotonic() - started < 8.0

    def test_its_status_is_that_there_is_none(self, still: Whole) -> None:
        assert '"daemon": null' in (still.point / ".lsfs" / "status.json").read_text()

    def test_a_daemon_that_is_slow_is_waited_for(self, still: Whole) -> None:
        goes_on = threading.Timer(2.0, os.kill, (still.pid("daemon"), signal.SIGCONT))
        goes_on.start()
        then = datetime.now(timezone.utc).isoformat()
        assert "old.txt" in os.listdir(still.point / ".lsfs" / "at" / then)
        goes_on.join()

    def test_everything_is_there_when_it_goes_on(self, still: Whole) -> None:
        (still.point / "new.txt").write_text("new\n")
        os.kill(still.pid("daemon"), signal.SIGCONT)
        still.settle()
        assert [version["size"] for version in still.history("new.txt")] == [4]
