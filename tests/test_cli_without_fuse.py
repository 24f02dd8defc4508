"""A system that cannot mount: no /dev/fuse, no libfuse; each hidden in a namespace of its own."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HIDE_DEVICE = "mount -t tmpfs tmpfs /dev"
HIDE_LIBRARIES = 'for f in "$@"; do mount --bind /proc/version "$f"; done'


def hidden(script: str, root: Path, mountpoint: Path) -> subprocess.CompletedProcess[str]:
    """`lsfs mount` after `script`, in a mount namespace that ends with it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("hiding a part of the system needs root and unshare")
    libraries = {
        os.path.realpath(file)
        for folder in ("/lib", "/usr/lib")
        for file in glob.glob(f"{folder}/*/libfuse*.so*")
    }
    lsfs = f"{sys.executable} -m lsfs.cli mount {root} {mountpoint}"
    return subprocess.run(
        ["unshare", "-m", "bash", "-c", f"{script} && {lsfs}", "bash", *sorted(libraries)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "says", "hint"),
    [(HIDE_DEVICE, "/dev/fuse", "modprobe fuse"), (HIDE_LIBRARIES, "libfuse", "install")],
)
def test_it_says_what_is_missing_and_leaves_nothing(
    tmp_path: Path, script: str, says: str, hint: str
) -> None:
    root, mountpoint = tmp_path / "root", tmp_path / "mnt"
    root.mkdir()
    mountpoint.mkdir()
    done = hidden(script, root, mountpoint)
    assert done.returncode == 3, done.stderr
    assert says in done.stderr
    assert hint in done.stderr
    assert os.listdir(root) == []
