"""Mounts that are refused before anything is done, each with what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mounting import mounted
from namespaces import in_namespace

from lsfs.errors import ConfigurationError, LockedError, LsfsError, MissingPathError, UsageError
from lsfs.mount.mountpoints import mount_meant, mounts
from lsfs.mount.options import MountOptions
from lsfs.mount.refusals import check


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / ".lsfs").mkdir(parents=True)
    return root


def refusal(root: Path, point: Path) -> LsfsError:
    """What is said against mounting `root` there."""
    with pytest.raises(LsfsError) as refused:
        check(root, root / ".lsfs", point, MountOptions())
    assert refused.value.hint
    assert root not in [known.root for known in mounts()]
    return refused.value


def is_refused(root: Path, point: Path, kind: type[LsfsError], words: str) -> None:
    error = refusal(root, point)
    assert type(error) is kind
    assert words in error.message


def test_a_good_one_is_not(root: Path, tmp_path: Path, fuse_required: None) -> None:
    (tmp_path / "mnt").mkdir()
    (tmp_path / "link").symlink_to("mnt")
    assert check(root, root / ".lsfs", tmp_path / "link", MountOptions()) == tmp_path / "mnt"


def test_the_mountpoint(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full/x").mkdir(parents=True)
    (tmp_path / "dangling").symlink_to("nowhere")
    (root / "inside").mkdir()
    (tmp_path / "link").symlink_to(root / "inside")
    is_refused(root, tmp_path / "none", MissingPathError, "no such folder")
    is_refused(root, tmp_path / "dangling", MissingPathError, "no such folder")
    is_refused(root, tmp_path / "file", ConfigurationError, "not a folder")
    is_refused(root, tmp_path / "file/below", ConfigurationError, "cannot be reached: not a dir")
    is_refused(root, tmp_path / "full", ConfigurationError, "not empty")
    is_refused(root, Path("/proc"), LockedError, "something is mounted there")
    is_refused(root, root / "inside", ConfigurationError, "must lie apart")
    is_refused(root, tmp_path / "link", ConfigurationError, "must lie apart")


def test_a_root_within_the_mountpoint(tmp_path: Path) -> None:
    (tmp_path / "mnt/root/.lsfs").mkdir(parents=True)
    assert refusal(tmp_path / "mnt/root", tmp_path / "mnt").exit_code == 3


def test_the_root(root: Path, tmp_path: Path) -> None:
    (tmp_path / "mnt").mkdir()
    (tmp_path / "file").touch()
    is_refused(tmp_path / "none", tmp_path / "mnt", MissingPathError, "no such folder")
    is_refused(tmp_path / "file", tmp_path / "mnt", UsageError, "a file, not a folder")


def test_a_root_in_a_mount(tmp_path: Path, fuse_required: None) -> None:
    with mounted(tmp_path, MountOptions()) as mount:
        (mount.point / "inner/.lsfs").mkdir(parents=True)
        (tmp_path / "elsewhere").mkdir()
        is_refused(mount.point / "inner", tmp_path / "elsewhere", ConfigurationError, "lies in a")
        assert mount_meant(mount.root).mountpoint == mount.point
        with pytest.raises(MissingPathError, match="not a mount") as refused:
            mount_meant(mount.point / "inner")
        assert str(mount.point) in str(refused.value.hint)


def test_permissions_of_an_ordinary_user() -> None:
    done = in_namespace("""
        mkdir -p $STAGE/root/.lsfs $STAGE/mnt $STAGE/roots $STAGE/secret/in; chmod 700 $STAGE/secret
        chown -R 65534:65534 $STAGE/root $STAGE/mnt
        told() { as_nobody "$PYTHON" -c '
import sys; from pathlib import Path
from lsfs.errors import LsfsError
from lsfs.mount.options import MountOptions
from lsfs.mount.refusals import check
try: check(*map(Path, sys.argv[1:4]), MountOptions())
except LsfsError as error: print(error.exit_code, error.message, "|", error.hint)
else: print("fine")' "$@"; }
        told $STAGE/root $STAGE/root/.lsfs $STAGE/mnt
        told $STAGE/root $STAGE/root/.lsfs $STAGE/roots
        told $STAGE/root $STAGE/root/.lsfs $STAGE/secret/in
        told $STAGE/secret $STAGE/root/.lsfs $STAGE/mnt
        told $STAGE/secret/in $STAGE/root/.lsfs $STAGE/mnt
        told $STAGE/root $STAGE/roots $STAGE/mnt
        chmod 600 $STAGE/fuse
        told $STAGE/root $STAGE/root/.lsfs $STAGE/mnt
    """)
    assert done.returncode == 0, done.stderr
    fine, point, hidden, secret, within, state, device = done.stdout.splitlines()
    assert fine == "fine"
    assert point == "3 /mnt/roots: permission denied | mount on a folder of your own"
    assert hidden.startswith("3 /mnt/secret/in cannot be reached: permission denied")
    assert secret.startswith("3 /mnt/secret cannot be read: permission denied")
    assert within.startswith("3 /mnt/secret/in cannot be reached: permission denied")
    assert state.startswith("3 /mnt/roots: lsfs's state cannot be written")
    assert device == "3 /dev/fuse: Permission denied | have root run: chmod 666 /dev/fuse"


def test_the_command_says_it_too() -> None:
    """Where the state cannot even be looked at, before `check` is reached."""
    done = in_namespace("""
        mkdir -p $STAGE/root/.lsfs $STAGE/mnt; chown 65534 $STAGE/root $STAGE/mnt
        chmod 700 $STAGE/root/.lsfs
        lsfs_as_nobody mount $STAGE/root $STAGE/mnt || echo "code $?"
        mkdir $STAGE/foreign; lsfs_as_nobody mount $STAGE/foreign $STAGE/mnt || echo "code $?"
        lsfs_as_nobody mount $STAGE/root $STAGE/mnt --state $STAGE/foreign/x || echo "code $?"
    """)
    assert done.stdout.splitlines() == ["code 3"] * 3, done.stderr
    assert "/mnt/root/.lsfs cannot be reached: permission denied" in done.stderr
    assert "cannot make /mnt/foreign/.lsfs" in done.stderr


def test_without_fusermount_root_mounts_all_the_same(tmp_path: Path, fuse_required: None) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can do without fusermount")
    for folder in ("root", "mnt"):
        (tmp_path / folder).mkdir()
    command = [
        sys.executable, "-m", "lsfs.mount.process", "root", "root/.lsfs", "mnt", "-o",
        "library=fuse3",
    ]  # fmt: skip
    hidden = 'mount --bind /dev/null "$(realpath "$0")"; shift 0; exec "$@"'
    program = shutil.which("fusermount3")
    if program is None:
        pytest.skip("there is none to hide")
    script = "timeout 20 " + " ".join(command) + " & for i in $(seq 40); do\n"
    script += "mountpoint -q mnt && break; sleep 0.1; done; mountpoint mnt; kill $!; wait"
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", hidden, program, "bash", "-c", script],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "mnt is a mountpoint" in done.stdout, done.stderr


def test_a_hint_leads_nowhere_that_is_refused(tmp_path: Path) -> None:
    """A mountpoint that is not there, inside the root: making it would not help."""
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(ConfigurationError, match="must lie apart"):
        check(root, root / ".lsfs", root / "missing", MountOptions())
