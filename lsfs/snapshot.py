"""States of files as they are taken: with their bytes in the store, or why they are not. Pure."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from lsfs.records import Metadata, Version
from lsfs.seen import came_to_be_ns, clamped, seen_of
from lsfs.tree import kind_of


@dataclass(frozen=True, slots=True)
class Kept:
    """A state a mount kept, its bytes in the store, or why they are not."""

    state: os.stat_result
    xattrs: dict[str, bytes]
    content: str | None
    gap: str | None = None


class ChangedMeanwhile(Exception):
    """The file changed between two looks at it."""


class Snapshot:
    """A state with its bytes in the store."""

    def __init__(
        self, state: os.stat_result, xattrs: dict[str, bytes] | None = None, *,
        content: str | None = None, target: str | None = None, gap: str | None = None,
    ) -> None:  # fmt: skip
        self.kind = kind_of(state)
        self.size = state.st_size
        self.metadata = Metadata(
            mode=stat.S_IMODE(state.st_mode), uid=state.st_uid, gid=state.st_gid,
            mtime_ns=clamped(state.st_mtime_ns), xattrs=xattrs or {},
        )  # fmt: skip
        self.since_ns = came_to_be_ns(state)
        self.content = content
        self.target = target
        self.gap = gap


def came_to_be(snapshot: Snapshot, newest: Version | None, now_ns: int) -> int:
    """Since when a state is what it is. Of the first one seen the file's own time is believed."""
    if newest is None:
        return min(snapshot.metadata.mtime_ns, snapshot.since_ns)
    # a version of a time to come is of a clock that has been set back
    earliest = newest.at_ns + 1 if newest.at_ns < now_ns else 0
    return max(snapshot.since_ns, earliest)


def must_be_same(one: os.stat_result, other: os.stat_result) -> None:
    if seen_of(one) != seen_of(other):
        raise ChangedMeanwhile
