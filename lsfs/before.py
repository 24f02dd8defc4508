"""The state of a file before its metadata were changed, of which there is no version yet.

Files that nobody has written in are taken into the store when they are first changed. A change of
mode, owner or times leaves their bytes, so that with what the mount tells of the metadata the state
before can still be taken.
"""

from __future__ import annotations

import base64
import os

from lsfs.history import History
from lsfs.observer import OUTSIDE
from lsfs.seen import is_state
from lsfs.snapshot import Kept
from lsfs.spool import SpoolLine, Was
from lsfs.unread import LARGE_BYTES


def take_before(history: History, line: SpoolLine, *, comes_again: bool) -> None:
    """Make it a version of what is at the line's path. `comes_again`: later lines are about it,
    so that bytes may be others by now.

    Not of large files, which are read while nobody waits, nor where it is not certain that the
    bytes are what they were.
    """
    entry = history.catalog.entry(line.path)
    if entry is None or line.was is None or entry.kind != "file":
        return
    state = history.tree.there(line.path)
    if state is None or state.st_size >= LARGE_BYTES or history.catalog.newest_version(entry.id):
        return
    before = _with(state, line.was)
    has_moved_on = state.st_mtime_ns != line.was.mtime_ns and comes_again
    if has_moved_on or not is_state(entry, before):
        return
    kept = history.kept_from(line.path)
    if kept is not None:
        xattrs = {name: base64.b64decode(value) for name, value in line.was.xattrs.items()}
        taken = Kept(before, xattrs, kept.content, kept.gap)
        history.ingest(line.path, taken, OUTSIDE, line.was.ctime_ns, line.at_ns)


def _with(state: os.stat_result, was: Was) -> os.stat_result:
    """A stat with other metadata."""
    fields = list(state[:10])
    fields[0], fields[4], fields[5] = was.mode, was.uid, was.gid
    return os.stat_result(
        fields, {"st_mtime_ns": was.mtime_ns, "st_ctime_ns": was.ctime_ns, "st_atime_ns": 0}
    )
