"""Ordinary programs at work in a mount leave the tree they leave in a plain directory."""

from __future__ import annotations

from pathlib import Path

import ordinary_programs
import pytest
from mounting import mounted

from lsfs.mount.options import LibraryChoice, MountOptions


@pytest.mark.usefixtures("fuse_required")
@pytest.mark.parametrize("library", ["fuse2", "fuse3"])
def test_two_rounds_leave_equal_trees(tmp_path: Path, library: LibraryChoice) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    with mounted(tmp_path, MountOptions(library=library)) as mount:
        here = mount.point / "work"
        here.mkdir()
        for seed in (1, 2):
            assert ordinary_programs.work_through((here, plain), seed) == []
        assert ordinary_programs.differences(mount.root / "work", plain) == []


def test_a_difference_is_found(tmp_path: Path) -> None:
    for name, text in (("a", "same"), ("b", "else")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_text(text)
    (found,) = ordinary_programs.differences(tmp_path / "a", tmp_path / "b")
    assert found.startswith("'f': ")
