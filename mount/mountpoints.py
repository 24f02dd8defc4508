"""The mounts of this machine: listing them, checking a new one, taking one down.

Nothing here starts libfuse. Standard library only; safe from any thread.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsfs.errors import ConfigurationError, LockedError, LsfsError, MissingPathError

from . import libc

SUBTYPE = "lsfs"
_KIND = f"fuse.{SUBTYPE}"
_DEVICE = "/dev/fuse"
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_MOST_HOLDERS = 5


@dataclass(frozen=True, slots=True)
class MountedRoot:
    """A root and where it is mounted."""

    root: Path
    mountpoint: Path

    @property
    def is_stale(self) -> bool:
        """Whether the process that served it is gone."""
        try:
            os.stat(self.mountpoint)
        except OSError as error:
            return error.errno == errno.ENOTCONN
        return False


def mounts() -> list[MountedRoot]:
    """All mounts of lsfs, in the order they were made."""
    return [
        MountedRoot(Path(source), Path(point)) for point, kind, source in _table() if kind == _KIND
    ]


def stale_mounts() -> list[Path]:
    """Mountpoints of lsfs whose process is gone."""
    return [mounted.mountpoint for mounted in mounts() if mounted.is_stale]


def root_of(path: Path) -> tuple[Path, str] | None:
    """The root mounted at or above `path`, and the path within it ("" for the mountpoint)."""
    absolute = Path(os.path.abspath(path))
    for mounted in reversed(mounts()):
        if absolute == mounted.mountpoint or mounted.mountpoint in absolute.parents:
            relative = absolute.relative_to(mounted.mountpoint)
            return mounted.root, "" if relative == Path() else str(relative)
    return None


def unmount(mountpoint: Path, *, lazy: bool = False) -> None:
    """Take a mount of lsfs down. `lazy`: at once, for programs that still use it later.

    Raises:
        MissingPathError: nothing of lsfs is mounted there.
        LockedError: programs still use it.
        LsfsError: the system refused.
    """
    point = Path(os.path.abspath(mountpoint))
    if point not in (known := [mounted.mountpoint for mounted in mounts()]):
        point = Path(os.path.realpath(mountpoint))
    if point not in known:
        raise MissingPathError(
            f"{mountpoint}: not a mount of lsfs", path=str(mountpoint), hint="see `lsfs mount`"
        )
    failure = detach(point, lazy=lazy)
    if failure is None:
        return
    if "busy" in failure.lower():
        holders = ", ".join(list(_holders(point))[:_MOST_HOLDERS]) or "some program"
        raise LockedError(
            f"{point} is in use by {holders}",
            path=str(point),
            hint="leave the folder in those programs, or use `lsfs umount --lazy`",
        )
    raise LsfsError(f"cannot unmount {point}: {failure}", path=str(point))


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


def check(root: Path, mountpoint: Path) -> Path:
    """The real path of a mountpoint that may be used for `root`; a stale mount there is cleared.

    Raises:
        MissingPathError: there is no such folder.
        ConfigurationError: it cannot be a mountpoint, or this machine cannot mount.
        LockedError: it, or the root, is mounted already.
    """
    _clear_stale(Path(os.path.abspath(mountpoint)))
    point = Path(os.path.realpath(mountpoint))
    _check_folder(point)
    _check_apart(root, point)
    _check_device()
    return point


def _clear_stale(point: Path) -> None:
    if point in stale_mounts():
        failure = detach(point, lazy=True)
        if failure is not None:
            raise ConfigurationError(
                f"{point}: a mount whose process is gone could not be cleared: {failure}",
                path=str(point),
                hint=f"fusermount -uz {point}",
            )


def _check_folder(point: Path) -> None:
    path = str(point)
    if not os.path.lexists(point):
        raise MissingPathError(f"{path}: no such folder", path=path, hint=f"mkdir -p {path}")
    if not point.is_dir():
        raise ConfigurationError(f"{path}: not a folder", path=path)
    if os.path.ismount(point):
        known = [mounted.root for mounted in mounts() if mounted.mountpoint == point]
        what = f"{known[-1]} is mounted there" if known else "something is mounted there"
        raise LockedError(f"{path}: {what} already", path=path, hint=f"lsfs umount {path}")
    try:
        is_empty = not os.listdir(point)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}", path=path) from error
    if not is_empty:
        raise ConfigurationError(
            f"{path}: not empty; the mount would hide what is in it",
            path=path,
            hint="mount on an empty folder",
        )


def _check_apart(root: Path, point: Path) -> None:
    if point == root or root in point.parents or point in root.parents:
        raise ConfigurationError(
            f"{point} and {root}: the mountpoint and the root must lie apart",
            path=str(point),
            hint="mount on an empty folder outside of the root",
        )
    for mounted in mounts():
        if mounted.root == root:
            raise LockedError(
                f"{root} is mounted already, at {mounted.mountpoint}",
                path=str(root),
                hint=f"use {mounted.mountpoint}, or: lsfs umount {mounted.mountpoint}",
            )
        if mounted.mountpoint == root or mounted.mountpoint in root.parents:
            raise ConfigurationError(
                f"{root} lies in a mount of {mounted.root}",
                path=str(root),
                hint="mount the real folder, not what is seen through a mount",
            )


def _check_device() -> None:
    try:
        os.close(os.open(_DEVICE, os.O_RDWR | os.O_CLOEXEC))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{_DEVICE} is missing: this system cannot mount",
            path=_DEVICE,
            hint="modprobe fuse; in a container: --device /dev/fuse --cap-add SYS_ADMIN",
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{_DEVICE}: {error.strerror}",
            path=_DEVICE,
            hint="in a container: --device /dev/fuse --cap-add SYS_ADMIN",
        ) from error


def _table() -> Iterator[tuple[str, str, str]]:
    """Mountpoint, filesystem type and source of each mount this process sees."""
    with contextlib.suppress(FileNotFoundError), open("/proc/self/mountinfo", "rb") as lines:
        for line in lines:
            before, _, after = line.partition(b" - ")
            kind, source = after.split(b" ")[:2]
            yield _plain(before.split(b" ")[4]), os.fsdecode(kind), _plain(source)


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
