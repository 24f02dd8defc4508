"""How much of a root's spool the daemon has yet to take in, read without the daemon.

The daemon notes in the catalog how far it has read each segment. Reads only; safe from any thread.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from lsfs.paths import CATALOG_NAME, SPOOL_NAME
from lsfs.spool import offset_key, segments

_BUSY_TIMEOUT_S = 1.0


def backlog_bytes(state: Path) -> int | None:
    """Bytes that wait; None when that is not ours to read, or the catalog does not answer."""
    directory = state / SPOOL_NAME
    try:
        os.scandir(directory).close()  # where it may not be read, `segments` finds none
        read = _offsets(state / CATALOG_NAME)
        return sum(
            max(0, file.stat().st_size - read.get(offset_key(file), 0))
            for file in segments(directory)
        )
    except (OSError, sqlite3.Error):
        return None


def _offsets(catalog: Path) -> dict[str, int]:
    address = f"{catalog.as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_S)
    with contextlib.closing(connection):
        rows = connection.execute("SELECT key, value FROM meta WHERE key LIKE 'spool:%'")
        return {key: int(value) for key, value in rows}
