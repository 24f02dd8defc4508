"""Mount options: what may be said, what is refused, and what the kernel makes of them."""

from __future__ import annotations

import os
import pwd
import re
import stat
import subprocess
from pathlib import Path

import pytest
from mounting import mounted
from namespaces import in_namespace

from lsfs.errors import UsageError
from lsfs.mount.options import (
    IGNORED,
    KERNEL_FLAGS,
    LibraryChoice,
    MountOptions,
    is_allowed_to_serve_others,
    option_text,
    parse_options,
)

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "cli.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Mount options")[2].partition("\n### ")[0]
both = pytest.mark.parametrize("library", ["fuse2", "fuse3"])


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", MountOptions()),
        ("defaults", MountOptions()),
        ("ro,strict", MountOptions(ro=True, strict=True)),
        ("ro,rw", MountOptions()),
        ("rw,ro", MountOptions(ro=True)),
        ("nopassthrough", MountOptions(passthrough=False)),
        ("noindex, allow_other", MountOptions(index=False, allow_other=True)),
        ("uid=1000,gid=0,umask=027", MountOptions(uid=1000, gid=0, umask=0o27)),
        ("uid=root,gid=root", MountOptions(uid=0, gid=0)),
        ("umask=0,library=fuse3", MountOptions(umask=0, library="fuse3")),
        ("rw,noexec,nosuid,nodev,user", MountOptions(kernel=("noexec", "nosuid", "nodev"))),
        ("exec,noexec,nosuid,exec", MountOptions(kernel=("noexec", "nosuid", "exec"))),
        ("rw,noatime,nofail,_netdev,x-systemd.automount,comment=mine", MountOptions()),
    ],
)
def test_they_are_read_and_written(text: str, options: MountOptions) -> None:
    assert parse_options(text) == options
    assert parse_options(option_text(options)) == options


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("warp", "no mount option 'warp'"),
        ("ro,,writeback", "'writeback'"),
        ("ro=1", "'ro=1'"),
        ("remount,ro", "'remount'"),
        ("uid=", "uid needs a value"),
        ("umask", "umask needs a value"),
        ("uid=nobody-at-all", "no such user"),
        ("gid=nobody-at-all", "no such group"),
        ("uid=-1", "no such user"),
        ("uid=4294967295", "an id is at most"),
        ("umask=8", "not an octal number"),
        ("umask=1777", "not an octal number"),
        ("umask=-1", "not an octal number"),
        ("library=fuse4", "fuse2 and fuse3"),
    ],
)
def test_what_there_is_not_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_options(text)


def test_a_refusal_names_what_there_is() -> None:
    with pytest.raises(UsageError) as refused:
        parse_options("warp")
    for name in ("ro", "noindex", "nopassthrough", "uid=", "umask=", "nosuid"):
        assert name in (refused.value.hint or "")


def test_every_option_is_documented() -> None:
    with pytest.raises(UsageError) as refused:
        parse_options("warp")
    told = (refused.value.hint or "").partition(": ")[2].partition(";")[0].split(", ")
    for name in [*told, *KERNEL_FLAGS, *(IGNORED - _kin_of_atime())]:
        assert f"`{name}`" in TABLE, name


def _kin_of_atime() -> set[str]:
    """The page sums these up."""
    return {name for name in IGNORED if "atime" in name or "lazytime" in name}


def test_who_may_serve_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_allowed_to_serve_others("") == (os.geteuid() == 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not is_allowed_to_serve_others("#user_allow_other\nmount_max = 10\n")
    assert is_allowed_to_serve_others("mount_max = 10\n  user_allow_other # yes\n")


@pytest.mark.usefixtures("fuse_required")
class TestShownAs:
    @both
    def test_owner_and_permissions_are_shown_and_not_changed(
        self, tmp_path: Path, library: LibraryChoice
    ) -> None:
        options = MountOptions(library=library, uid=1234, gid=4321, umask=0o027)
        with mounted(tmp_path, options) as mount:
            (mount.root / "f").write_bytes(b"x")
            (mount.root / "f").chmod(0o604)
            state = (mount.point / "f").stat()
            assert (state.st_uid, state.st_gid) == (1234, 4321)
            assert stat.S_IMODE(state.st_mode) == 0o750
            assert stat.S_IMODE(mount.point.stat().st_mode) == 0o750
            real = (mount.root / "f").stat()
            assert (real.st_uid, stat.S_IMODE(real.st_mode)) == (os.geteuid(), 0o604)

    @both
    def test_the_kernel_judges_by_what_is_shown(
        self, tmp_path: Path, library: LibraryChoice
    ) -> None:
        """As with ntfs-3g: the one whose files they seem to be may work with them; others not."""
        if os.geteuid() != 0:
            pytest.skip("becoming another user needs root")
        for folder in tmp_path.parents:
            if folder.owner() == "root":
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        tmp_path.chmod(0o755)
        owner = pwd.getpwnam("nobody").pw_uid
        options = MountOptions(library=library, uid=owner, umask=0o077, allow_other=True)
        with mounted(tmp_path, options) as mount:
            (mount.root / "f").write_bytes(b"of root")
            (mount.root / "f").chmod(0o600)
            script = f"cd {mount.point} && cat f && echo new > made && mkdir d && echo more >> f"
            done = run_as(owner, script)
            assert done.returncode == 0, done.stderr
            assert (mount.root / "made").read_text() == "new\n"
            assert (mount.root / "made").stat().st_uid == 0
            assert "denied" in run_as(1234, f"cat {mount.point}/f").stderr


def run_as(uid: int, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], user=uid, group=uid, extra_groups=[], capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.usefixtures("fuse_required")
@both
def test_flags_reach_the_kernel(tmp_path: Path, library: LibraryChoice) -> None:
    with mounted(tmp_path, parse_options(f"library={library},noexec,sync")) as mount:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        (line,) = [line for line in lines if f" {mount.point} " in line]
        assert {"noexec", "nosuid", "nodev"} <= set(line.split()[5].split(","))
        assert "sync" in line.rpartition(" - ")[2]
        (mount.point / "f").write_bytes(b"x")


@pytest.mark.usefixtures("fuse_required")
@pytest.mark.parametrize("library", ["fuse2", "fuse3"])
def test_an_ordinary_user(library: str) -> None:
    """Mounts, is shown as another, serves nobody else, and leaves nothing behind when killed."""
    done = in_namespace(
        f"""
        mkdir $STAGE/root $STAGE/point; echo hello > $STAGE/root/f
        chown -R 65534:65534 $STAGE/root $STAGE/point
        lsfs_as_nobody mount $STAGE/root $STAGE/point -o library={library},uid=1234,umask=027
        as_nobody cat $STAGE/point/f
        as_nobody stat -c '%u %a' $STAGE/point/f
        lsfs_as_nobody umount $STAGE/point
        lsfs_as_nobody mount $STAGE/root $STAGE/point -o library={library}
        as_nobody kill -9 $(shows $STAGE/point pid)
        for i in $(seq 100); do mountpoint -q $STAGE/point || break; sleep 0.1; done
        mountpoint -q $STAGE/point && echo still there
        lsfs_as_nobody mount $STAGE/root $STAGE/point -o allow_other || echo "code $?"
        lsfs_as_nobody mount $STAGE/root $STAGE/point -o suid || echo "code $?"
        LOST mount $STAGE/root $STAGE/point -o library={library} || echo "code $?"
    """.replace("LOST", "as_nobody env PATH=/nowhere $PYTHON -m lsfs.cli")
    )
    told = done.stdout.splitlines()
    assert told == [
        f"mounted {'/mnt/root'} at {'/mnt/point'}", "hello", "1234 750", "unmounted /mnt/point",
        "mounted /mnt/root at /mnt/point", "code 3", "code 2", "code 3",
    ], done.stdout + done.stderr  # fmt: skip
    assert "user_allow_other" in done.stderr
    assert "only root may mount with suid" in done.stderr
    helper = {"fuse2": "fusermount", "fuse3": "fusermount3"}[library]
    assert f"{helper} is missing" in done.stderr
