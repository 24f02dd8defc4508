"""`lsfs mount` as a person runs it, for measuring: the mount, its daemon and the worker.

The benchmark must know when all of it is idle: what a program wrote is captured, recorded and
indexed after the program has ended, and must not be charged to the next one.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import processes

from lsfs import daemon

LSFS = (sys.executable, "-m", "lsfs.cli")
LOOK_S = 0.4
QUIET_CPU_S = 0.02
MOST_WAIT_S = 900.0


class Live:
    """A live mount of `root` at `point`; where it is not mounted, its daemon."""

    def __init__(self, root: Path, point: Path, daemon_pid: int) -> None:
        self.root = root
        self.point = point
        self.daemon_pid = daemon_pid

    @property
    def mount_pid(self) -> int:
        """The mount's process."""
        found = processes.running("lsfs.mount.process", str(self.point))
        assert found is not None, "the mount has a process"
        return found

    @property
    def worker_pid(self) -> int | None:
        """The worker, when one runs."""
        return processes.running("lsfs.indexer.worker", str(self.root))

    def behind_cpu_s(self) -> float:
        """Processor time of the daemon and the worker so far."""
        return processes.family_cpu_s(self.daemon_pid)

    def wait_until_caught_up(self) -> None:
        """Until nothing waits, and daemon and worker have come to rest."""
        deadline = time.monotonic() + MOST_WAIT_S
        time.sleep(LOOK_S / 4)  # the mount writes its lines a moment after the act
        while time.monotonic() < deadline:
            before = self.behind_cpu_s()
            time.sleep(LOOK_S)
            if self.behind_cpu_s() - before <= QUIET_CPU_S and not any(self.backlog()):
                return
        raise SystemExit(f"{self.root}: not caught up after {MOST_WAIT_S:.0f} s: {self.backlog()}")

    def wait_until_daemon_rests(self) -> None:
        """Until the daemon has come to rest, whatever the worker has yet to do."""
        taken, before = processes.cpu_s(self.daemon_pid), -1.0
        while taken - before > QUIET_CPU_S:
            time.sleep(LOOK_S)
            taken, before = processes.cpu_s(self.daemon_pid), taken

    def backlog(self) -> tuple[int, int, int]:
        """Unread bytes of the spool, entries that wait for the worker, chunks without a vector."""
        written = sum(
            file.stat().st_size for file in (self.root / ".lsfs" / "spool").glob("*.jsonl")
        )
        read = self.count("SELECT coalesce(sum(value), 0) FROM meta WHERE key LIKE 'spool:%'")
        waiting = self.count("SELECT count(*) FROM queue")
        return (
            max(0, written - read), waiting,
            self.count("SELECT count(*) FROM chunks WHERE embedded = 0"),
        )  # fmt: skip

    def count(self, query: str) -> int:
        """A number from the catalog."""
        catalog = self.root / ".lsfs" / "catalog.db"
        with contextlib.closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as connection:
            (number,) = connection.execute(query).fetchone()
        return int(number)


@contextlib.contextmanager
def mounted(root: Path, point: Path, options: str = "") -> Iterator[Live]:
    """The root mounted with its daemon, all of it idle."""
    command = [*LSFS, "mount", str(root), str(point), "--json"]
    if options:
        command += ["-o", options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    live = Live(root, point, json.loads(done.stdout)["daemon"])
    try:
        yield live
    finally:
        unmount(point)


@contextlib.contextmanager
def served(root: Path, *, is_up: bool = False) -> Iterator[Live]:
    """The root with a daemon that has just begun, or answers already; without a mount."""
    subprocess.run([*LSFS, "init", str(root)], check=True, capture_output=True)
    state = root / ".lsfs"
    process = daemon.start(root, state, "bench")
    if is_up:
        daemon.wait_until_up(process, state)
    try:
        yield Live(root, root, process.pid)
    finally:
        daemon.wait_until_up(process, state)
        daemon.stop(state / "daemon.sock")


def unmount(point: Path) -> None:
    """Unmount; the daemon ends with it."""
    command = [*LSFS, "umount", "--lazy", str(point)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def missing(program: str, package: str) -> str:
    """What to say when a program is not installed."""
    return f"{program} is not installed (Debian, Ubuntu: apt install {package})"
