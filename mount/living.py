"""What is known of the mounts that are there: whose process serves them, since when, and how well.

The process is found by its name and its command line, which say all that there is to know: nothing
is written down that could be left behind. Only root's and the mount's own user's are believed: any
program may take a name. A mount of another PID namespace shows no process. Standard library only;
safe from any thread.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lsfs.errors import UsageError
from lsfs.paths import STATE_NAME

from .guard import PROCESS_NAME
from .mountpoints import MountedRoot, is_dead, mounts
from .options import MountOptions, parse_options

MODULE = "lsfs.mount.process"
ANSWER_TIMEOUT_S = 1.0

Condition = Literal["live", "stale", "silent"]
"""stale: its process is gone. silent: it does not answer within ANSWER_TIMEOUT_S."""


@dataclass(frozen=True, slots=True)
class MountProcess:
    """A process that serves a mount. `age_s` since it was started."""

    pid: int
    user: int
    age_s: float
    state: Path
    mountpoint: Path
    options: MountOptions


@dataclass(frozen=True, slots=True)
class LivingMount:
    """A line of the mount table, and what is known of it. Without a process (it is gone, or not
    ours to see) the state is taken to be in the root."""

    mounted: MountedRoot
    process: MountProcess | None
    condition: Condition

    @property
    def state(self) -> Path:
        """Where the root's state is."""
        return _state(self.mounted, self.process)


def living_mounts(root: Path | None = None) -> list[LivingMount]:
    """All mounts of lsfs, or those of one root, in the order they were made."""
    return [
        LivingMount(mounted, process, _condition(mounted.mountpoint))
        for mounted, process in _served()
        if root in (None, mounted.root)
    ]


def states() -> list[tuple[MountedRoot, Path]]:
    """All mounts, and where the state of each is. The mounts themselves are asked nothing."""
    return [(mounted, _state(mounted, process)) for mounted, process in _served()]


def _state(mounted: MountedRoot, process: MountProcess | None) -> Path:
    return process.state if process else mounted.root / STATE_NAME


def _served() -> list[tuple[MountedRoot, MountProcess | None]]:
    """All mounts, each with the process that serves it."""
    known = mounts()
    # of a mount that was detached lazily the process goes on: the youngest is the one of the table
    oldest_first = sorted(_processes(), key=lambda process: -process.age_s) if known else []
    return [(mounted, _server(mounted, oldest_first)) for mounted in known]


def _server(mounted: MountedRoot, oldest_first: Sequence[MountProcess]) -> MountProcess | None:
    serving = [
        process
        for process in oldest_first
        if process.mountpoint == mounted.mountpoint and process.user in (0, mounted.user)
    ]
    return serving[-1] if serving else None


def _condition(point: Path) -> Condition:
    found: list[bool] = []
    asking = threading.Thread(target=lambda: found.append(is_dead(point)), daemon=True)
    asking.start()
    asking.join(ANSWER_TIMEOUT_S)
    if not found:
        return "silent"
    return "stale" if found[0] else "live"


def _processes() -> Iterator[MountProcess]:
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):  # it ended, or is another user's
                if (found := _process(Path(entry.path))) is not None:
                    yield found


def _process(folder: Path) -> MountProcess | None:
    if (folder / "comm").read_bytes().rstrip(b"\n") != PROCESS_NAME.encode():
        return None
    arguments = [os.fsdecode(part) for part in (folder / "cmdline").read_bytes().split(b"\0")]
    given = arguments[arguments.index(MODULE) + 1 :]
    state, point = Path(given[1]), Path(given[2])
    user = folder.stat().st_uid
    return MountProcess(int(folder.name), user, _age_s(folder), state, point, _options(given[3:]))


def _options(arguments: Sequence[str]) -> MountOptions:
    with contextlib.suppress(UsageError):  # of an lsfs of another version
        return parse_options(arguments[arguments.index("-o") + 1] if "-o" in arguments else "")
    return MountOptions()


def _age_s(folder: Path) -> float:
    fields = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
    started_s = int(fields.split()[19]) / os.sysconf("SC_CLK_TCK")
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started_s)
