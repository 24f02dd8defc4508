"""The light parts of the rooms that a thin client needs: mountpoints, and times in words.

Beside `lsfs.app` the only wiring: it lets a command that speaks to a daemon reach them without
importing the engine. Every import is made by the call that needs it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


def moment(text: str, *, end: bool = False) -> datetime:
    """A time as typed, ISO 8601 or words, zone-aware; of a span its start, or its end.

    Raises:
        UsageError: it names no time.
    """
    from lsfs.prompts.dates import parse_moment

    return parse_moment(text, datetime.now().astimezone(), end=end)


def mounted_root(folder: Path) -> Path | None:
    """The root that is mounted at exactly `folder`, None when none is."""
    from lsfs.mount.process import root_of

    return root_of(folder)


def stale_mounts() -> list[Path]:
    """Mountpoints of lsfs whose process is gone."""
    from lsfs.mount.process import stale_mounts as found

    return found()
