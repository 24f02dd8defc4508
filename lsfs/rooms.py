"""The light parts of the rooms that a thin client needs: mounts, and times in words.

Beside `lsfs.app` the only wiring: it lets a command that speaks to a daemon reach them without
importing the engine. Every import is made by the call that needs it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lsfs.errors import UsageError

if TYPE_CHECKING:
    from lsfs.config import Config


def moment(text: str, *, end: bool = False) -> datetime:
    """A time as typed, ISO 8601 or words, zone-aware; of a span its start, or its end.

    Raises:
        UsageError: it names no time, or with `end` (a state to go back to) one that is to come.
    """
    from lsfs.prompts.dates import parse_moment

    now = datetime.now().astimezone()
    ahead = _iso_ahead(text, now)
    if ahead is None:
        return parse_moment(text, now, end=end)
    if end:
        raise UsageError(f"{text} lies in the future", hint="name a moment that has been")
    return ahead


def _iso_ahead(text: str, now: datetime) -> datetime | None:
    """An ISO time after `now`; words for days ahead ("next week") are the parser's."""
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00")).astimezone()
    except (ValueError, OverflowError):
        return None
    return found if found > now else None


def mounted_root(folder: Path) -> Path | None:
    """The root that is mounted at exactly `folder`, None when none is."""
    from lsfs.mount.mountpoints import root_of

    found = root_of(folder)
    return found[0] if found is not None and found[1] == "" else None


def mountpoints_of(root: Path) -> list[Path]:
    """Where the root is mounted."""
    from lsfs.mount.mountpoints import mounts

    return [mounted.mountpoint for mounted in mounts() if mounted.root == root]


def stale_mounts() -> list[Path]:
    """Mountpoints of lsfs whose process is gone."""
    from lsfs.mount.mountpoints import stale_mounts as found

    return found()


def check_mount(root: Path, mountpoint: Path, options: str) -> None:
    """That `mount` with these would begin well: the options, the folders, this machine's libfuse.

    Raises:
        UsageError: an option that there is not.
        LsfsError: it could not be mounted.
    """
    from lsfs.mount.libfuse import load
    from lsfs.mount.mountpoints import check
    from lsfs.mount.options import parse_options

    chosen = parse_options(options)
    check(root, mountpoint)
    load(chosen.library)


def mount(config: Config, mountpoint: Path, options: str, *, foreground: bool) -> None:
    """Mount the root: until it is unmounted (foreground), or by a process of its own.

    Raises:
        UsageError: an option that there is not.
        LsfsError: it cannot be mounted.
    """
    from lsfs.mount.process import mount as serve_here
    from lsfs.mount.process import mount_in_background, parse_options

    chosen = parse_options(options)
    if foreground:
        serve_here(config, mountpoint, chosen)
    else:
        mount_in_background(config, mountpoint, chosen)


def unmount(mountpoint: Path, *, lazy: bool) -> None:
    """Take a mount down.

    Raises:
        MissingPathError: nothing of lsfs is mounted there.
        LockedError: programs still use it.
    """
    from lsfs.mount.mountpoints import unmount as take_down

    take_down(mountpoint, lazy=lazy)
