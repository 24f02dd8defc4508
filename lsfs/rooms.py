"""The light parts of the rooms that a thin client needs: mounts, and times in words.

Beside `lsfs.app` the only wiring: it lets a command that speaks to a daemon reach them without
importing the engine. Every import is made by the call that needs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lsfs.errors import UsageError
from lsfs.paths import is_same_place

if TYPE_CHECKING:
    from lsfs.config import Config


def moment(text: str, *, end: bool = False) -> datetime:
    """A time as typed, ISO 8601 or words, zone-aware; of a span its start, or its end.

    Raises:
        UsageError: it names no time, or with `end` (a state to go back to) one that is to come.
    """
    from lsfs.prompts.times.dates import parse_moment

    return parse_moment(text, datetime.now().astimezone(), end=end)


def expiry(text: str) -> datetime:
    """Until when, or how long from now, zone-aware: "7d", "12h", "3 months", "friday", 2026-12-24
    (its end), 2026-12-24T18:00.

    Raises:
        UsageError: it names no time, or one that is past, or too far to come.
    """
    now = datetime.now().astimezone()
    try:
        found = _until(text.strip(), now)
    except OverflowError as error:
        raise UsageError(f"{text!r} is too far to come", hint='try 7d, or "3 months"') from error
    if found is None:
        raise UsageError(f"{text!r} says no time", hint='try 7d, "3 months", friday or 2026-12-24')
    if found <= now:
        raise UsageError(f"{text!r} is past", hint="a link ends at a time to come")
    return found


def _until(clean: str, now: datetime) -> datetime | None:
    from datetime import timedelta

    from lsfs.prompts.times.dates import parse_moment
    from lsfs.prompts.times.days import WEEKDAY
    from lsfs.prompts.times.expiry import find_expiry
    from lsfs.prompts.times.numbers import NUMBER
    from lsfs.prompts.times.units import UNIT

    words = rf"(?:for\s+|until\s+)?(?:(?:{NUMBER}|an?)[\s-]*{UNIT}|tomorrow|{WEEKDAY})"
    found: datetime | None = None
    if short := re.fullmatch(r"(\d{1,6})\s*([smhdw])", clean):
        found = now + timedelta(**{_SHORT[short[2]]: int(short[1])})
    elif re.match(r"\d{4}-\d\d-\d\d", clean):
        found = parse_moment(clean, now)
        if len(clean) == len("2026-12-24"):
            found += timedelta(days=1)
    elif re.fullmatch(words, clean, re.I):
        found = find_expiry(clean, now)
    return found


_SHORT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def has_gpu() -> bool:
    """Whether there is likely one that the models can use."""
    from lsfs.indexer.embed import has_nvidia_driver

    return has_nvidia_driver()


def undescribable(catalog: Path) -> list[str]:
    """Why models that describe pictures and recordings could not be used when they were last tried,
    a line each; nothing of a catalog that cannot be read."""
    import sqlite3
    from contextlib import closing

    from lsfs.indexer.undescribed import failures

    try:
        with closing(sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True)) as connection:
            return failures(connection)
    except sqlite3.Error:
        return []


def mounted_at(folder: Path) -> tuple[Path, Path] | None:
    """The root that is mounted at exactly `folder` and its state; None when none is."""
    from lsfs.mount.living import states

    found = [(one.root, state) for one, state in states() if one.mountpoint == folder]
    return found[-1] if found else None


def mount_with_other_state(root: Path, state: Path) -> tuple[Path, Path] | None:
    """A mountpoint of the root whose state is not in `state`, and where it is; None when there is
    none."""
    from lsfs.mount.living import states

    found = [(one.mountpoint, other) for one, other in states() if one.root == root]
    others = [one for one in found if not is_same_place(one[1], state)]
    return others[0] if others else None


def mountpoints_of(root: Path) -> list[Path]:
    """Where the root is mounted."""
    from lsfs.mount.mountpoints import mounts

    return [mounted.mountpoint for mounted in mounts() if mounted.root == root]


def stale_mounts() -> list[Path]:
    """Mountpoints of lsfs whose process is gone."""
    return [one.mountpoint for one in living_mounts() if one.condition == "stale"]


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount that is there. `condition`: live, stale (its process is gone), silent (it does not
    answer)."""

    root: Path
    mountpoint: Path
    state: Path
    pid: int | None
    age_s: float | None
    condition: str
    is_indexed: bool

    def backlog_bytes(self) -> int | None:
        """Bytes of its spool that the daemon has yet to take in; None: not ours to read."""
        from lsfs.backlog import backlog_bytes

        return backlog_bytes(self.state)


def living_mounts(root: Path | None = None) -> list[Mount]:
    """All mounts of lsfs, or those of one root, in the order they were made."""
    from lsfs.mount.living import living_mounts as found

    return [
        Mount(
            one.mounted.root, one.mounted.mountpoint, one.state,
            one.process.pid if one.process else None,
            one.process.age_s if one.process else None, one.condition,
            one.process.options.index if one.process else True,
        )
        for one in found(root)
    ]  # fmt: skip


def wait_until_unmounted(root: Path, maker: int) -> None:
    """Block until the root was mounted by the process `maker`, or by one that it waits for (or has
    long not been), and no mount of it is left."""
    from lsfs.mount.ending import wait_until_unmounted as wait

    wait(root, maker)


@dataclass(frozen=True, slots=True)
class MountWish:
    """What `lsfs mount` was asked for."""

    root: Path
    state: Path
    mountpoint: Path
    options: str


def check_mount(wish: MountWish) -> None:
    """That `mount` would begin well: the options, the folders, this machine's libfuse.

    Raises:
        UsageError: an option that there is not.
        LsfsError: it could not be mounted.
    """
    from lsfs.mount.libfuse import load
    from lsfs.mount.options import parse_options
    from lsfs.mount.refusals import check, check_helper

    chosen = parse_options(wish.options)
    check(wish.root, wish.state, wish.mountpoint, chosen)
    check_helper(load(chosen.library).major)


def check_apart(root: Path, mountpoint: Path) -> None:
    """That neither lies in the other.

    Raises:
        ConfigurationError: one does.
    """
    from lsfs.mount.refusals import check_apart as check

    check(root.resolve(), mountpoint.resolve())


def stays_in_foreground(options: str) -> bool:
    """Whether the options ask for it: what `debug` tells is for somebody who watches.

    Raises:
        UsageError: an option that there is not.
    """
    from lsfs.mount.options import parse_options

    return parse_options(options).debug


def is_indexed(options: str) -> bool:
    """Whether a mount with these options has its files indexed."""
    from lsfs.mount.options import parse_options

    return parse_options(options).index


def mount(config: Config, mountpoint: Path, options: str) -> Path | None:
    """Mount the root by a process of its own; where that writes its log.

    Raises:
        UsageError: an option that there is not.
        LsfsError: it cannot be mounted.
    """
    from lsfs.mount.background import log_file_of, mount_in_background
    from lsfs.mount.options import parse_options

    return log_file_of(mount_in_background(config, mountpoint, parse_options(options)))


def become_mount(config: Config, mountpoint: Path, options: str) -> NoReturn:
    """Turn this process into the mount's.

    Raises:
        LsfsError: it would not begin well.
    """
    from lsfs.mount.background import become_mount as turn
    from lsfs.mount.options import parse_options

    turn(config, mountpoint, parse_options(options))


def mount_meant(path: Path) -> tuple[Path, Path]:
    """The root and the mountpoint of the mount that `path` names, by either.

    Raises:
        MissingPathError: nothing of lsfs is mounted there.
    """
    from lsfs.mount.mountpoints import mount_meant as meant

    found = meant(path)
    return found.root, found.mountpoint


def unmount(mountpoint: Path, *, lazy: bool) -> None:
    """Take a mount down.

    Raises:
        MissingPathError: nothing of lsfs is mounted there.
        LockedError: programs still use it.
    """
    from lsfs.mount.mountpoints import mount_meant as meant
    from lsfs.mount.mountpoints import unmount as take_down

    take_down(meant(mountpoint), lazy=lazy)
