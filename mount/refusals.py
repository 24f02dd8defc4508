"""What is looked at before a mount, each refusal with what to do about it.

Standard library only; changes nothing but a stale mount, which it clears.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from lsfs.errors import ConfigurationError, LockedError, LsfsError, MissingPathError, UsageError

from .mountpoints import clear_dead, mounts
from .options import MountOptions, is_allowed_to_serve_others

_DEVICE = "/dev/fuse"
_FUSE_CONF = Path("/etc/fuse.conf")
_PROGRAMS = {2: "fusermount", 3: "fusermount3"}


def check(root: Path, state: Path, mountpoint: Path, options: MountOptions) -> Path:
    """The real path of a mountpoint that may be used for `root`; stale mounts are cleared.

    Raises:
        MissingPathError: the root or the mountpoint is not there.
        ConfigurationError: they cannot be used so, or this machine cannot mount.
        LockedError: the mountpoint, or the root, is mounted already.
        UsageError: an option that this user may not use.
    """
    _clear_stale(root, Path(os.path.abspath(mountpoint)))
    point = Path(os.path.realpath(mountpoint))
    _check_root(root)
    _check_state(state)
    check_apart(root, point)
    _check_folder(point)
    _check_free(root)
    _check_device()
    _check_options(options)
    return point


def check_helper(library_major: int) -> None:
    """That an ordinary user has the program that mounts for him.

    Raises:
        ConfigurationError: it is not installed.
    """
    name = _PROGRAMS[library_major]
    if os.geteuid() != 0 and shutil.which(name) is None:
        raise ConfigurationError(
            f"{name} is missing: without it only root can mount",
            hint="install it: apt install fuse3, dnf install fuse3",
        )


def _clear_stale(root: Path, point: Path) -> None:
    places = {known.mountpoint for known in mounts() if known.root == root} | {point}
    for place in places:
        failure = clear_dead(place)
        if failure is not None:
            raise ConfigurationError(
                f"{place}: a mount whose process is gone could not be cleared: {failure}",
                path=str(place),
                hint=f"fusermount -uz {place}",
            )


def _check_root(root: Path) -> None:
    path = str(root)
    try:
        is_folder = root.is_dir() or root.stat() is None
    except OSError as error:
        raise _unreachable(path, error) from error
    if not is_folder:
        raise UsageError(f"{path} is a file, not a folder", path=path, hint="name a folder")
    if not os.access(root, os.R_OK | os.X_OK):
        raise ConfigurationError(
            f"{path} cannot be read: permission denied", path=path, hint="check its permissions"
        )


def _check_state(state: Path) -> None:
    """Where it is not made yet, making it will tell."""
    if os.path.lexists(state) and not os.access(state, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{state}: lsfs's state cannot be written", path=str(state),
            hint="check its permissions and its disk, or keep the state elsewhere: --state DIR",
        )  # fmt: skip


def _check_folder(point: Path) -> None:
    path = str(point)
    try:
        is_folder = point.is_dir() or point.stat() is None
    except OSError as error:
        raise _unreachable(path, error) from error
    if not is_folder:
        raise ConfigurationError(
            f"{path}: not a folder", path=path, hint="mount on an empty folder"
        )
    if os.path.ismount(point):
        known = [mounted.root for mounted in mounts() if mounted.mountpoint == point]
        what = f"{known[-1]} is mounted there" if known else "something is mounted there"
        raise LockedError(f"{path}: {what} already", path=path, hint=f"lsfs umount {path}")
    if not os.access(point, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{path}: permission denied", path=path, hint="mount on a folder of your own"
        )
    if os.listdir(point):
        raise ConfigurationError(
            f"{path}: not empty; the mount would hide what is in it",
            path=path,
            hint="mount on an empty folder",
        )


def _unreachable(path: str, error: OSError) -> LsfsError:
    if isinstance(error, FileNotFoundError):
        return MissingPathError(f"{path}: no such folder", path=path, hint=f"mkdir -p '{path}'")
    return ConfigurationError(
        f"{path} cannot be reached: {os.strerror(error.errno or 0).lower()}", path=path,
        hint="check the permissions of the folders above it",
    )  # fmt: skip


def check_apart(root: Path, point: Path) -> None:
    """Raises: ConfigurationError: the root and the mountpoint lie in each other."""
    if point == root or root in point.parents or point in root.parents:
        raise ConfigurationError(
            f"{point} and {root}: the mountpoint and the root must lie apart",
            path=str(point),
            hint="mount on an empty folder outside of the root",
        )


def _check_free(root: Path) -> None:
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
        hint = "in a container: --device /dev/fuse --cap-add SYS_ADMIN"
        if isinstance(error, PermissionError) and os.geteuid() != 0:
            hint = f"have root run: chmod 666 {_DEVICE}"
        raise ConfigurationError(f"{_DEVICE}: {error.strerror}", path=_DEVICE, hint=hint) from error


def _check_options(options: MountOptions) -> None:
    given = {"suid", "dev"}.intersection(options.kernel)
    if given and os.geteuid() != 0:
        raise UsageError(f"only root may mount with {' and '.join(sorted(given))}")
    text = ""
    with contextlib.suppress(OSError):
        text = _FUSE_CONF.read_text(encoding="utf-8", errors="replace")
    if options.allow_other and not is_allowed_to_serve_others(text):
        raise ConfigurationError(
            f"allow_other: {_FUSE_CONF} does not let ordinary users serve others",
            path=str(_FUSE_CONF),
            hint=f"have root add the line user_allow_other to {_FUSE_CONF}",
        )
