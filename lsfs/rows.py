"""Rows of the catalog as records."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from typing import Any

from lsfs.records import Entry, Metadata, Version

ENTRY_COLUMNS = (
    "id, path, kind, device, inode, size, mtime_ns, ctime_ns, mode, content, captured, gone_ns"
)
VERSION_COLUMNS = (
    "id, entry, path, at_ns, kind, size, mode, uid, gid, mtime_ns, xattrs, content, target,"
    " actor, gap"
)


def entry_from(row: Sequence[Any]) -> Entry:
    """A row of ENTRY_COLUMNS."""
    number, path, kind, device, inode, size, mtime, ctime, mode, content, captured, gone = row
    return Entry(
        id=number, path=os.fsdecode(path), kind=kind, device=device, inode=inode, size=size,
        mtime_ns=mtime, ctime_ns=ctime, mode=mode, content=content,
        captured=bool(captured), gone_ns=gone,
    )  # fmt: skip


def version_from(row: Sequence[Any]) -> Version:
    """A row of VERSION_COLUMNS."""
    (
        number, entry, path, at, kind, size, mode, uid, gid, mtime, xattrs, content, target, actor,
        gap,
    ) = row  # fmt: skip
    encoded = json.loads(xattrs) if xattrs != "{}" else {}  # of ten thousand files most have none
    values = {k: base64.b64decode(v) for k, v in encoded.items()}
    return Version(
        id=number, entry=entry, path=os.fsdecode(path), at_ns=at, kind=kind, size=size,
        metadata=Metadata(mode=mode, uid=uid, gid=gid, mtime_ns=mtime, xattrs=values),
        content=content, target=None if target is None else os.fsdecode(target), actor=actor,
        gap=gap,
    )  # fmt: skip
