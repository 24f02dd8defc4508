"""A daemon and its worker that have nothing to do do nothing: no clock wakes them."""

from __future__ import annotations

import time
from pathlib import Path

from faces import lsfs, make_files, serving
from waiting import wait_for

from lsfs import daemon

QUIET_S = 2.5


def test_nothing_polls(tmp_path: Path) -> None:
    make_files(tmp_path)
    assert lsfs("init", str(tmp_path), cwd=tmp_path).returncode == 0
    with serving(tmp_path) as process:
        socket = tmp_path / ".lsfs" / "daemon.sock"
        daemon.DaemonCaller(socket).call("index", {"wait": True})
        family = [process.pid, *_children(process.pid)]
        assert len(family) > 1  # the worker is there too
        wait_for(lambda: _wakes(family) == 0, 60, "a moment in which nothing wakes")


def _wakes(family: list[int]) -> int:
    """How often the processes' threads went to sleep again within QUIET_S."""
    before = sum(map(_sleeps, family))
    time.sleep(QUIET_S)  # what is measured
    return sum(map(_sleeps, family)) - before


def _sleeps(pid: int) -> int:
    found = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        found += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return found


def _children(pid: int) -> list[int]:
    """Of any depth."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    own = [int(child) for file in listed for child in file.read_text(encoding="ascii").split()]
    return own + [below for child in own for below in _children(child)]
