"""A daemon hears at once that its state is gone, and of nothing else."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lsfs.presence import watched


def _renamed(folder: Path) -> None:
    os.rename(folder / "root", folder / "elsewhere")


def _replaced(folder: Path) -> None:
    (folder / "root/state/other").touch()
    os.rename(folder / "root/state/other", folder / "root/state/file")


@pytest.mark.parametrize(
    "act",
    [
        lambda folder: (folder / "root/state/file").unlink(),
        lambda folder: shutil.rmtree(folder / "root"),
        _renamed,
        _replaced,
    ],
    ids=["removed", "all removed", "renamed above", "replaced"],
)
def test_what_takes_the_file_away_is_told(tmp_path: Path, act: Callable[[Path], None]) -> None:
    file = tmp_path / "root/state/file"
    file.parent.mkdir(parents=True)
    file.touch()
    told: queue.Queue[Path] = queue.Queue()
    with watched([file], told.put):
        file.write_text("written to")
        (file.parent / "beside").touch()
        (file.parent / "beside").unlink()
        assert told.empty()
        act(tmp_path)
        assert told.get(timeout=10) == file
    assert told.empty()
