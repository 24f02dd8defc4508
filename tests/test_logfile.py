"""Log files of background processes do not grow without end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lsfs.logfile import LIMIT_BYTES, rotate_if_long

SCRIPT = """
import logging, os, sys
from pathlib import Path
from lsfs import logfile
file = Path(sys.argv[1])
logfile.redirect_output(file)
logfile.log_to_stderr(logging.INFO, file)
for number in range(3000):
    logging.getLogger("lsfs").warning("%d %s", number, "x" * 1000)
    if number % 1000 == 0:
        os.write(2, b"of the C library\\n")
os.write(1, b"the end\\n")
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip


def test_a_full_one_makes_room(tmp_path: Path) -> None:
    log = tmp_path / "mount.log"
    run(SCRIPT, str(log))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mount.log", "mount.log.1"]
    for file in tmp_path.iterdir():
        assert file.stat().st_size < LIMIT_BYTES + 2000
        assert file.stat().st_mode & 0o077 == 0
    lines = log.read_text().splitlines()
    assert lines[-1] == "the end"
    assert lines[-2].split()[-2] == "2999"
    last = (tmp_path / "mount.log.1").read_text().splitlines()[-1].split()[-2]
    assert int(lines[0].split()[-2]) == int(last) + 1


def test_a_log_that_cannot_be_put_aside_stops_nobody(tmp_path: Path) -> None:
    script = SCRIPT.replace("for number", "import shutil; shutil.rmtree(file.parent)\nfor number")
    (tmp_path / "log").mkdir()
    run(script, str(tmp_path / "log/mount.log"))


def test_before_a_start(tmp_path: Path) -> None:
    log = tmp_path / "daemon.log"
    rotate_if_long(log)
    log.write_bytes(b"x" * LIMIT_BYTES)
    rotate_if_long(log)
    assert log.exists()
    log.write_bytes(b"x" * (LIMIT_BYTES + 1))
    rotate_if_long(log)
    assert not log.exists()
    assert (tmp_path / "daemon.log.1").stat().st_size == LIMIT_BYTES + 1
