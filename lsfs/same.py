"""Which versions are the same, and which are other ones. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable

from lsfs.records import Version
from lsfs.seen import clamped


def is_same(one: Version, other: Version, exact: bool) -> bool:
    """Whether two versions are one state; times count where it shall be `exact`."""

    def key(version: Version) -> tuple[object, ...]:
        data = version.metadata
        time_of = data.mtime_ns if exact else 0
        return (
            version.kind, version.content, version.target, version.gap, data.mode, data.uid,
            data.gid, data.xattrs, time_of,
        )  # fmt: skip

    return key(one) == key(other)


def has_times(version: Version, state: os.stat_result) -> bool:
    """Whether the version has the modification time of a stat."""
    return version.metadata.mtime_ns == clamped(state.st_mtime_ns)


def is_touched(one: Version, other: Version) -> bool:
    """Whether two versions differ in their times alone."""
    return is_same(one, other, exact=False)


def same_bytes(one: Version, other: Version) -> bool:
    """Whether two versions differ in metadata at most."""
    return (one.kind, one.content, one.target) == (other.kind, other.content, other.target)


def contents_back(versions: Iterable[Version], back: int, is_there: bool) -> Version | None:
    """The `back`-th distinct content behind the newest, which counts when the file is gone; of
    versions that come newest first."""
    last: Version | None = None
    left = back if is_there else back - 1
    for version in versions:
        if version.gap and (last or not is_there):
            continue  # a state that cannot come back is no state to go back to
        if last is None or not same_bytes(last, version):
            if left == 0:
                return version
            last, left = version, left - 1
    return None
