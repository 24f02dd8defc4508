"""What tells one state of a file from another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lsfs.seen import device_of_fine_times, is_quiet


def test_a_file_is_quiet_a_moment_after_its_last_change_whatever_time_it_was_given(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a"
    file.write_text("text")
    os.utime(file, (1, 1))
    assert not is_quiet(file.stat())
    time.sleep(0.03)
    assert is_quiet(file.stat())


def test_fine_times_are_found_by_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = device_of_fine_times(tmp_path)
    assert device in (None, tmp_path.stat().st_dev)
    if device is not None:
        file = tmp_path / "a"
        file.touch()
        with file.open("ab", buffering=0) as stream:
            found = {stream.write(b"x") and file.stat().st_mtime_ns for _ in range(100)}
        assert len(found) == 100
    coarse = os.fstat

    def ticking(fd: int) -> os.stat_result:
        state = list(coarse(fd))
        return os.stat_result([*state[:7], 1, 1, 1])

    monkeypatch.setattr(os, "fstat", ticking)
    assert device_of_fine_times(tmp_path) is None
    assert device_of_fine_times(tmp_path / "missing") is None
