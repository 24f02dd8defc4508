"""What works in the background gives way to what a person waits for, whatever its session."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from waiting import wait_for
from whole import whole

from lsfs.priority import AUTOGROUP, NICE

pytestmark = pytest.mark.skipif(not AUTOGROUP.exists(), reason="sessions are not grouped here")
LOWER = """
from lsfs.priority import AUTOGROUP, lower_session
lower_session()
print(AUTOGROUP.read_text())
"""


def niceness(text: str) -> int:
    """Of a session, as /proc/PID/autogroup tells it."""
    return int(text.split()[-1])


@pytest.mark.parametrize(("shell", "niced"), [("exec", NICE), ("", 0)])
def test_only_a_session_of_its_own_is_lowered(shell: str, niced: int) -> None:
    """One that a person shares with the programs of a terminal is not lsfs's to lower."""
    told = subprocess.run(
        ["/bin/sh", "-c", f'{shell} "$0" -c "$1"; exit', sys.executable, LOWER],
        capture_output=True, text=True, check=True,
        start_new_session=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert niceness(told.stdout) == niced


@pytest.mark.usefixtures("fuse_required")
def test_daemon_and_worker_give_way_and_the_mount_does_not(tmp_path: Path) -> None:
    with whole(tmp_path) as home:
        (home.point / "a.txt").write_text("something to index\n")
        for part, wanted in {"daemon": NICE, "worker": NICE, "mount": 0}.items():
            file = Path(f"/proc/{home.pid(part)}/autogroup")
            wait_for(lambda: niceness(file.read_text()) == wanted, message=part)  # noqa: B023
