"""Mounting as mount(8) does it: the helper's arguments, and lines of /etc/fstab, really mounted."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import pytest
from namespaces import in_namespace

from lsfs.commands.fstab import FstabLine, become, main, parse
from lsfs.errors import UsageError


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("/r /m -o rw", FstabLine("/r", "/m", "rw", None, False)),
        ("lsfs#/r /m", FstabLine("/r", "/m", "", None, False)),
        ("/r /m -o ro,user=u -t fuse.lsfs", FstabLine("/r", "/m", "ro", "u", False)),
        ("/r /m -sfnv -o user,setuid=7", FstabLine("/r", "/m", "user", "7", True)),
        ("-o rw /r /m -o ro", FstabLine("/r", "/m", "rw,ro", None, False)),
    ],
)
def test_arguments(arguments: str, line: FstabLine) -> None:
    assert parse(arguments.split()) == line


@pytest.mark.parametrize("arguments", ["", "/r", "/r /m /x", "/r /m -z", "/r /m -N /proc/1/ns/mnt"])
def test_wrong_arguments(arguments: str) -> None:
    with pytest.raises(UsageError):
        parse(arguments.split())
    assert main(arguments.split()) == 1


def test_becoming_nobody_in_particular() -> None:
    with pytest.raises(UsageError, match="no such user"):
        become("there-is-none")
    become(pwd.getpwuid(os.geteuid()).pw_name)  # changes nothing


def test_the_helper_of_another_installation_stays(tmp_path: Path) -> None:
    script = Path(__file__).parent.parent / "scripts" / "mount_helper.sh"
    link, ours, theirs = (tmp_path / name for name in ("link", "ours", "theirs"))
    for program in (ours, theirs):
        program.touch()

    def install(program: Path) -> str:
        done = subprocess.run([script, program, link], capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    assert "installed" in install(ours)
    assert "installed" in install(ours)
    assert f"({ours}) and stays" in install(theirs)
    assert link.readlink() == ours
    ours.unlink()
    assert "installed" in install(theirs)
    assert link.readlink() == theirs
    link.unlink()
    link.write_text("#!/bin/sh\n")
    assert "(a file) and stays" in install(ours)
    assert not link.is_symlink()


HELPERS = r"""
mkdir $STAGE/sbin
helper() { printf '#!/bin/sh\ncd /\nexec "%s" -m %s "$@"\n' "$PYTHON" "$2" > $STAGE/sbin/$1; }
helper lsfs lsfs.cli
printf '#!/bin/sh\ncd /\nPYTHONPATH="%s" exec "%s" -c "import sys
from lsfs.commands.fstab import main
sys.exit(main())" "$@"\n' "$PYTHONPATH" "$PYTHON" > $STAGE/sbin/mount.fuse.lsfs
chmod +x $STAGE/sbin/*
mount -t overlay -o lowerdir=$STAGE/sbin:/usr/sbin overlay /usr/sbin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir $STAGE/root $STAGE/point $STAGE/hers $STAGE/herpoint
chown -R 65534 $STAGE/hers $STAGE/herpoint
"""


@pytest.mark.usefixtures("fuse_required")
def test_lines_of_fstab() -> None:
    done = in_namespace(
        HELPERS
        + r"""
        echo hello > $STAGE/root/f
        printf '%s\n' \
          "/mnt/root /mnt/point fuse.lsfs defaults,allow_other,nofail,_netdev,noatime,x-y 0 0" \
          "lsfs#/mnt/hers /mnt/herpoint fuse.lsfs noauto,user,setuid=nobody 0 0" > $STAGE/fstab
        mount -T $STAGE/fstab -a >&2
        cat $STAGE/point/f; as_nobody cat $STAGE/point/f
        mountpoint -q $STAGE/herpoint || echo noauto
        mount -T $STAGE/fstab $STAGE/herpoint >&2
        as_nobody sh -c "echo mine > $STAGE/herpoint/f; cat $STAGE/herpoint/f"
        stat -c %U $STAGE/hers/.lsfs
        pid=$(shows $STAGE/herpoint daemon)
        umount $STAGE/point $STAGE/herpoint
        for i in $(seq 200); do test -e /proc/$pid || break; sleep 0.1; done
        test -e /proc/$pid || echo gone
    """
    )
    told = done.stdout.splitlines()
    assert told == ["hello", "hello", "noauto", "mine", "nobody", "gone"], done.stderr


@pytest.mark.usefixtures("fuse_required")
def test_a_user_mounts_a_line_that_lets_him() -> None:
    """mount(8) gives up its privileges before it runs a helper."""
    done = in_namespace(
        HELPERS
        + r"""
        echo "/mnt/hers /mnt/herpoint fuse.lsfs noauto,user 0 0" > $STAGE/fstab
        mount --bind $STAGE/fstab /etc/fstab
        as_nobody mount $STAGE/herpoint >&2
        as_nobody sh -c "echo mine > $STAGE/herpoint/f"; cat $STAGE/hers/f
        lsfs_as_nobody umount $STAGE/herpoint
    """
    )
    assert done.stdout.splitlines() == ["mine", "unmounted /mnt/herpoint"], done.stderr


@pytest.mark.usefixtures("fuse_required")
def test_root_mounts_a_line_for_a_user() -> None:
    """Of `user=NAME` mount(8) makes `exec,suid,dev`, which are not the user's to say."""
    done = in_namespace(
        HELPERS
        + r"""
        echo "/mnt/hers /mnt/herpoint fuse.lsfs noindex,user=nobody 0 0" > $STAGE/fstab
        mount -T $STAGE/fstab $STAGE/herpoint >&2 || echo refused
        as_nobody sh -c "echo mine > $STAGE/herpoint/f"; cat $STAGE/hers/f
        lsfs_as_nobody umount $STAGE/herpoint
    """
    )
    assert done.stdout.splitlines() == ["mine", "unmounted /mnt/herpoint"], done.stderr


@pytest.mark.usefixtures("fuse_required")
def test_failures_and_tries() -> None:
    done = in_namespace(
        HELPERS
        + r"""
        attempt() { mount "$@" $STAGE/point >&2 && echo 0 || echo $?; }
        attempt -t fuse.lsfs -o warp $STAGE/root
        attempt -t fuse.lsfs $STAGE/none
        attempt -t fuse.lsfs -o user=there-is-none $STAGE/root
        attempt -t fuse.lsfs -f -o ro $STAGE/root
        mountpoint -q $STAGE/point || echo nothing
        touch $STAGE/point/x
        attempt -t fuse.lsfs $STAGE/root
    """
    )
    assert done.stdout.splitlines() == ["1", "1", "1", "0", "nothing", "32"], done.stderr
    for words in ("no mount option 'warp'", "no such folder", "no such user", "not empty"):
        assert words in done.stderr


@pytest.mark.usefixtures("fuse_required")
def test_as_mount_fuse_runs_it() -> None:
    """For a line of type `fuse`: `lsfs ROOT MOUNTPOINT -o OPTIONS`."""
    done = in_namespace(
        HELPERS
        + r"""
        mount -t fuse 'lsfs#/mnt/root' $STAGE/point -o ro >&2
        shows $STAGE/point condition
        touch $STAGE/point/x 2> /dev/null || echo read-only
        umount $STAGE/point
    """
    )
    assert done.stdout.splitlines() == ["live", "read-only"], done.stderr
