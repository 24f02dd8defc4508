"""`mount.fuse.lsfs`, the program with which mount(8) mounts a line of /etc/fstab:

    /home/u/Documents  /home/u/mnt  fuse.lsfs  setuid=u,nofail  0 0

mount(8) calls it as `mount.fuse.lsfs SPEC DIR [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]`. It
translates that to `lsfs mount`, as the user it is told to be, and its exit code to mount(8)'s.
`lsfs SPEC DIR -o OPTIONS`, as mount.fuse(8) runs it for `lsfs#/home/u/Documents`, comes here too.
"""

from __future__ import annotations

import getopt
import os
import pwd
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lsfs import rooms
from lsfs.errors import ConfigurationError, LsfsError, UsageError

from .invocation import DONE, PARTLY, report

WRONG_USAGE, NOT_MOUNTED = 1, 32
"""mount(8)'s exit codes."""


@dataclass(frozen=True, slots=True)
class FstabLine:
    """What mount(8) asks for. `user` is whose mount it shall be; None: the caller's."""

    root: str
    mountpoint: str
    options: str
    user: str | None
    is_only_tried: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Mount; the exit code."""
    from lsfs.cli import main as lsfs

    try:
        line = parse(sys.argv[1:] if arguments is None else arguments)
        rooms.is_indexed(line.options)  # reads them all
        if line.is_only_tried:
            return DONE
        if line.user is not None:
            become(line.user)
            line = replace(line, options=without_root_alone(line.options))
    except LsfsError as error:
        report(error)
        return WRONG_USAGE
    code = lsfs(["mount", "-q", "-o", line.options, "--", line.root, line.mountpoint])
    if code in (DONE, PARTLY):
        return DONE
    return WRONG_USAGE if code == UsageError.exit_code else NOT_MOUNTED


def parse(arguments: Sequence[str]) -> FstabLine:
    """Raises: UsageError: not how mount(8) calls its helpers."""
    try:
        flags, places = getopt.gnu_getopt(list(arguments), "sfnvN:o:t:")
    except getopt.GetoptError as error:
        raise UsageError(str(error), hint="mount.fuse.lsfs ROOT MOUNTPOINT [-o OPTIONS]") from error
    if len(places) != 2:
        raise UsageError(
            "expected a folder and where to mount it", hint="mount.fuse.lsfs ROOT MOUNTPOINT"
        )
    if any(flag == "-N" for flag, _ in flags):
        raise UsageError("-N is not supported", hint="nsenter --mount=FILE mount ...")
    given = [part for flag, value in flags if flag == "-o" for part in value.split(",")]
    users = [part.partition("=")[2] for part in given if part.startswith(("user=", "setuid="))]
    rest = ",".join(part for part in given if not part.startswith(("user=", "setuid=")))
    is_only_tried = any(flag == "-f" for flag, _ in flags)
    root = places[0].removeprefix("lsfs#")
    return FstabLine(root, places[1], rest, users[-1] if users else None, is_only_tried)


def without_root_alone(options: str) -> str:
    """What may be said by an ordinary user; mount(8) makes `suid,dev` of a `user=NAME`."""
    if os.geteuid() == 0:
        return options
    return ",".join(part for part in options.split(",") if part not in ("suid", "dev"))


def become(name: str) -> None:
    """Go on as a user; only root can, anybody else must be that user already.

    Raises:
        UsageError: there is no such user, or this process may not.
        ConfigurationError: that user cannot run this lsfs.
    """
    try:
        user = pwd.getpwuid(int(name)) if name.isdigit() else pwd.getpwnam(name)
    except KeyError as error:
        raise UsageError(f"user={name}: there is no such user") from error
    if user.pw_uid == os.geteuid():
        return
    if os.geteuid() != 0:
        raise UsageError(f"user={name}: only root can mount as somebody else")
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    for variable in [one for one in os.environ if one.startswith("XDG_")]:
        del os.environ[variable]  # root's, not the user's
    os.environ.update(HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)
    package = Path(__file__).resolve().parents[1]
    if not (os.access(sys.executable, os.X_OK) and os.access(package, os.R_OK | os.X_OK)):
        raise ConfigurationError(
            f"user={name}: that user may not run the lsfs in {package}",
            hint="install it where all may read it, as root: make install PREFIX=/usr/local",
        )
