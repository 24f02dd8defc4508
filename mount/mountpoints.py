"""The mounts of this machine: listing them, finding the root behind a path, taking one down.

Nothing here starts libfuse. Standard library only; safe from any thread.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsfs.errors import LockedError, LsfsError, MissingPathError, PolicyError

from . import libc

SUBTYPE = "lsfs"
_KIND = f"fuse.{SUBTYPE}"
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_USER = re.compile(rb"\buser_id=(\d+)")
_MOST_HOLDERS = 5
_DEAD = (errno.ENOTCONN, errno.ECONNABORTED)


@dataclass(frozen=True, slots=True)
class MountedRoot:
    """A root and where it is mounted."""

    root: Path
    mountpoint: Path
    user: int
    """The id of the user who mounted it."""


def is_dead(point: Path) -> bool:
    """Whether a mount's process is gone. Blocks for as long as a live one does not answer."""
    try:
        os.statvfs(point)  # stat(2) may be answered from the kernel's cache
    except OSError as error:
        return error.errno in _DEAD
    return False


def mounts() -> list[MountedRoot]:
    """All mounts of lsfs, in the order they were made."""
    return [
        MountedRoot(Path(source), Path(point), user)
        for point, kind, source, user in _table()
        if kind == _KIND
    ]


def root_of(path: Path) -> tuple[Path, str] | None:
    """The root mounted at or above `path`, and the path within it ("" for the mountpoint)."""
    absolute = Path(os.path.abspath(path))
    for mounted in reversed(mounts()):
        if absolute == mounted.mountpoint or mounted.mountpoint in absolute.parents:
            relative = absolute.relative_to(mounted.mountpoint)
            return mounted.root, "" if relative == Path() else str(relative)
    return None


def mount_meant(path: Path) -> MountedRoot:
    """The mount that `path` names, by its mountpoint or by the root that is mounted.

    Raises:
        MissingPathError: nothing of lsfs is mounted there.
    """
    known = list(reversed(mounts()))
    for place in (Path(os.path.abspath(path)), Path(os.path.realpath(path))):
        for mounted in known:
            if place == mounted.mountpoint:
                return mounted
        for mounted in known:
            if place == mounted.root:
                return mounted
    around = [mounted.mountpoint for mounted in known if mounted.mountpoint in place.parents]
    hint = f"it lies in the mount {around[0]}" if around else "`lsfs mount` lists the mounts"
    raise MissingPathError(f"{path}: not a mount of lsfs", path=str(path), hint=hint)


def unmount(mounted: MountedRoot, *, lazy: bool = False) -> None:
    """Take a mount of lsfs down. `lazy`: at once, for programs that still use it later; a mount
    whose process is gone goes so in any case.

    Raises:
        LockedError: programs still use it.
        PolicyError: it is another user's.
        LsfsError: the system refused.
    """
    point = mounted.mountpoint
    if os.geteuid() not in (0, mounted.user):
        raise PolicyError(
            f"{point} was mounted by {_user_name(mounted.user)}", path=str(point),
            hint="that user, or root, can unmount it",
        )  # fmt: skip
    failure = detach(point, lazy=lazy)
    if failure is None:
        return
    if "busy" not in failure.lower():
        raise LsfsError(f"cannot unmount {point}: {failure}", path=str(point))
    if is_dead(point):
        return unmount(mounted, lazy=True)
    holders = ", ".join(list(_holders(point))[:_MOST_HOLDERS]) or "some program"
    raise LockedError(
        f"{point} is in use by {holders}",
        path=str(point),
        hint="leave the folder in those programs, or use `lsfs umount --lazy`",
    )


def detach(point: Path, *, lazy: bool) -> str | None:
    """Unmount; what the system says against it, None when it is done."""
    if os.geteuid() == 0:
        if libc.umount2(os.fsencode(point), libc.MNT_DETACH if lazy else 0) == 0:
            return None
        return os.strerror(-libc.failure())
    program = shutil.which("fusermount3") or shutil.which("fusermount")
    if program is None:
        return "fusermount is not installed (apt install fuse3)"
    done = subprocess.run(
        [program, "-u", *(["-z"] if lazy else []), "--", os.fspath(point)],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    return None if done.returncode == 0 else done.stderr.strip() or "fusermount failed"


def clear_dead(point: Path) -> str | None:
    """Take down what is left at `point` of a mount whose process is gone, all layers of it; what
    the system says against it, None when nothing is left."""
    while any(mounted.mountpoint == point for mounted in mounts()) and is_dead(point):
        failure = detach(point, lazy=True)
        # its guard may have been faster
        if failure and any(mounted.mountpoint == point for mounted in mounts()) and is_dead(point):
            return failure
    return None


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _table() -> Iterator[tuple[str, str, str, int]]:
    """Mountpoint, filesystem type, source and FUSE's user_id of each mount this process sees."""
    with contextlib.suppress(FileNotFoundError), open("/proc/self/mountinfo", "rb") as lines:
        for line in lines:
            before, _, after = line.partition(b" - ")
            kind, source, options = after.split()[:3]
            user = _USER.search(options)
            yield (
                _plain(before.split(b" ")[4]), os.fsdecode(kind), _plain(source),
                int(user[1]) if user else 0,
            )  # fmt: skip


def _plain(field: bytes) -> str:
    """A field of mountinfo, where spaces and such are octal."""
    return os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), field))


def _holders(point: Path) -> Iterator[str]:
    """Programs with a file or working directory in the mount, as "name (pid)"."""
    inside = (str(point), f"{point}/")
    for process in Path("/proc").glob("[0-9]*"):
        links = [process / "cwd", process / "root", *_entries(process / "fd")]
        if any(target == inside[0] or target.startswith(inside[1]) for target in _targets(links)):
            with contextlib.suppress(OSError):
                yield f"{(process / 'comm').read_text().strip()} ({process.name})"


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # another user's, or gone
        return []


def _targets(links: list[Path]) -> Iterator[str]:
    for link in links:
        with contextlib.suppress(OSError):
            yield os.readlink(link)
