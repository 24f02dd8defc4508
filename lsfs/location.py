"""Which root a command means, and what a path typed in a shell names inside it.

Relative paths count from the `base`: the working directory, or the one named with -C (as git does).
The base may lie in the root itself or in a mount of it. Standard library only: every command, the
warm `lsfs search` above all, passes through here. No state; safe from any thread.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from lsfs.errors import ConfigurationError, NotARootError, PolicyError
from lsfs.paths import (
    BLOBS_NAME,
    CATALOG_NAME,
    OWNER_NAME,
    SOCKET_NAME,
    STATE_NAME,
    below_top,
    may_stand_for,
)


@dataclass(frozen=True, slots=True)
class Location:
    """A root as seen from where the user stands.

    `anchor` is the folder that shows the tree: the root, or the mountpoint that holds `base`.
    All four are absolute; `root` and `anchor` hold no symlinks.
    """

    root: Path
    state: Path
    base: Path
    anchor: Path

    @property
    def socket(self) -> Path:
        """The daemon's socket, whether or not a daemon listens."""
        return self.state / SOCKET_NAME

    def tree_path(self, text: str) -> str:
        """The path relative to the root that `text`, as typed, names; it need not exist. Where it
        does not, but what is printed like it does, that is meant.

        Raises:
            PolicyError: it lies outside the root.
        """
        typed = os.path.join(self.base, text)
        if not os.path.lexists(typed):
            others = (os.path.join(self.base, one) for one in may_stand_for(text))
            typed = next(filter(os.path.lexists, others), typed)
        folder, last = os.path.split(typed.rstrip("/") or "/")
        if last in ("", ".", ".."):
            real = os.path.realpath(typed)
        else:  # the last part is not followed: a symlink is an entry of its own
            real = os.path.join(os.path.realpath(folder), last)
        found = below_top(real, map(str, (self.anchor, self.root)))
        if found is None:
            found = below_top(real, _mountpoints(self.root))
        if found is not None:
            return found
        raise PolicyError(
            f"{text}: outside the root", path=text, hint=f"name a path inside {self.anchor}"
        )

    def shown(self, path: str) -> str:
        """A tree path as the user would type it from the base."""
        return os.path.relpath(os.path.join(self.anchor, path), self.base)


def find_location(directory: Path | None = None, state: Path | None = None) -> Location:
    """The root that holds `directory` (the working directory when None), also through a mount.

    `state` is where the root's state is when it is not in the root; it says itself whose it is.

    Raises:
        NotARootError: there is none, or the directory is missing.
    """
    base = Path(os.path.realpath(directory if directory is not None else _working_directory()))
    if not base.is_dir():
        raise NotARootError(
            f"{base}: {'not a folder' if base.exists() else 'no such folder'}",
            path=str(base),
            hint="name an existing folder with -C",
        )
    owner = _owner(state) if state is not None else None
    for folder in (base, *base.parents):
        found = _root_at(folder)
        if found is not None and owner in (None, found[0]):
            return Location(found[0], state or found[1], base, folder)
    if owner is not None and state is not None:
        return Location(owner, state, base, owner)
    raise NotARootError(
        f"{base}: not in an lsfs root",
        path=str(base),
        hint="make one with `lsfs init FOLDER`, or name one with -C",
    )


def _owner(state: Path) -> Path:
    """The root whose state the directory holds, as `lsfs init` noted it there."""
    try:
        return Path(os.fsdecode((state / OWNER_NAME).read_bytes()))
    except OSError as error:
        raise NotARootError(
            f"{state}: holds no lsfs state",
            path=str(state),
            hint=f"make it with `lsfs init FOLDER --state {state}`",
        ) from error


def _working_directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError as error:
        raise NotARootError(
            "the working directory is gone", hint="change to another folder, or name one with -C"
        ) from error


def _root_at(folder: Path) -> tuple[Path, Path] | None:
    """The root whose tree `folder` is the top of (itself, or what is mounted there), and where its
    state is."""
    state = folder / STATE_NAME
    if (state / CATALOG_NAME).exists() or _holds_versions(state):
        return folder, state
    return _mounted_at(folder) if _is_mountpoint(folder) else None


def check_catalog(state: Path) -> None:
    """That the catalog has not been lost: a new one over kept versions would hide them for good.

    Raises:
        ConfigurationError: it is missing or empty, and versions are there.
    """
    file = state / CATALOG_NAME
    is_there = file.exists()
    if (is_there and file.stat().st_size) or not _holds_versions(state):
        return
    raise ConfigurationError(
        f"{file} is {'empty' if is_there else 'missing'}: the versions kept in"
        f" {state / BLOBS_NAME} cannot be reached without it",
        path=str(file),
        hint=f"put catalog.db back from a backup, or move {state} away and run `lsfs init` again"
        " (its history is then lost); your files are not affected",
    )


def _holds_versions(state: Path) -> bool:
    """Whether anything was ever kept there; the store has a folder for each first two digits."""
    try:
        with os.scandir(state / BLOBS_NAME) as found:
            return any(entry.is_dir() for entry in found)
    except OSError:
        return False


def _is_mountpoint(folder: Path) -> bool:
    try:
        here, above = os.lstat(folder), os.lstat(folder.parent)
    except OSError:  # a stale mount answers ENOTCONN
        return True
    return stat.S_ISDIR(here.st_mode) and here.st_dev != above.st_dev


def _mounted_at(folder: Path) -> tuple[Path, Path] | None:
    from lsfs.rooms import mounted_at

    return mounted_at(folder)


def _mountpoints(root: Path) -> list[str]:
    from lsfs.rooms import mountpoints_of

    return [str(one) for one in mountpoints_of(root)]
