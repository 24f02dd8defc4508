"""Random operations on a mount and on a plain directory in lockstep; see scripts/lockstep.py.

A failure tells the seed, the last operations and the command that does the same again.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import lockstep
import pytest
from lockstep_table import OPERATIONS
from mounting import mounted

from lsfs.mount.options import parse_options

MOUNTS = ("library=fuse2", "library=fuse3", "library=fuse2,strict", "library=fuse3,strict")
SEEDS = (1, 2, secrets.randbelow(10**6))
STEPS = 800


@pytest.mark.usefixtures("fuse_required")
@pytest.mark.parametrize("mount_options", MOUNTS)
@pytest.mark.parametrize("seed", SEEDS, ids=["1", "2", "random"])
def test_the_mount_does_what_a_plain_directory_does(
    tmp_path: Path, mount_options: str, seed: int
) -> None:
    print(f"seed {seed}")
    plain = tmp_path / "plain"
    plain.mkdir()
    options = parse_options(mount_options)
    with mounted(tmp_path, options) as mount:
        lockstep.on_mount(mount.root, mount.point, plain, options, seed).run(STEPS)


def test_two_plain_directories_do_the_same(tmp_path: Path) -> None:
    """What the comparison finds is not of its own making."""
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    lockstep.Lockstep(*folders, seed=secrets.randbelow(10**6)).run(1500)


def test_a_difference_is_found_and_told(tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    (folders[0] / "a").touch()
    with pytest.raises(lockstep.Difference, match=r"(?s)the last operations:.*again: "):
        lockstep.Lockstep(*folders, seed=1).run(200)


def test_the_table_of_operations_is_whole() -> None:
    """No operation is lost to another of the same name."""
    names = [act.__name__ for act, _ in OPERATIONS]
    assert len(set(names)) == len(names) > 40
