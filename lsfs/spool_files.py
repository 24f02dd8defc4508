"""The spool's files as their reader sees them: how far each is read, and what crashes left."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from lsfs.catalog import Catalog
from lsfs.config import Config
from lsfs.spool import (
    OFFSET_KEYS,
    SpoolLine,
    is_finished,
    offset_key,
    process_of,
    read_lines,
    segments,
    writer_of,
)

log = logging.getLogger(__name__)
UNDER_WAY_S = 10.0
"""An act follows its line within microseconds, unless its process does not get to run."""
UNDER_WAY_POLL_S = 0.002


class SpoolFiles:
    """Those of one root."""

    def __init__(self, config: Config, catalog: Catalog) -> None:
        self._spool_directory = config.spool_directory
        self._kept_directory = config.kept_directory
        self._catalog = catalog

    def segments(self) -> list[Path]:
        """The spool's files, oldest first."""
        return segments(self._spool_directory)

    def offset(self, segment: Path) -> int:
        """How far it is read."""
        return int(self._catalog.setting(offset_key(segment)) or 0)

    def set_offset(self, segment: Path, offset: int) -> None:
        """It is read so far."""
        self._catalog.set_setting(offset_key(segment), str(offset))

    def is_through(self, segment: Path) -> bool:
        """Whether all of it is read, and no more will come. A line that the death of its writer cut
        off is none."""
        return is_finished(segment) and not any(read_lines(segment, self.offset(segment)))

    def forget(self, segment: Path) -> None:
        """Delete one that is read."""
        segment.unlink()
        self._catalog.set_setting(offset_key(segment), None)

    def wait_for_acts(self, lines: Iterable[SpoolLine], segment: Path) -> None:
        """A line that names kept bytes stands before its act, which may be about to take place."""
        for line in lines:
            deadline = time.monotonic() + UNDER_WAY_S
            while line.kept and not os.path.lexists(self.kept(line)) and not is_finished(segment):
                is_old = abs(time.time_ns() - line.at_ns) > UNDER_WAY_S * 1e9
                if is_old or time.monotonic() > deadline:
                    log.warning("nothing was kept for %r", line)
                    break
                time.sleep(UNDER_WAY_POLL_S)

    def kept(self, line: SpoolLine) -> Path:
        """Where the bytes are that the line names."""
        return self._kept_directory / (line.kept or "")

    def sweep(self) -> list[tuple[SpoolLine, str]]:
        """Remove kept files that no line still to be read names, as crashes leave them: of mounts
        that are gone, and of lines taken in by a daemon that died before it removed the files. The
        lines that are read already, each with its writer."""
        found = []
        for segment in self.segments():
            offset = self.offset(segment)
            for line, end in read_lines(segment, 0):
                if end > offset:
                    break
                found.append((line, writer_of(segment)))
                if line.kept:
                    self.kept(line).unlink(missing_ok=True)
        self.sweep_dead()
        self._catalog.forget_settings(OFFSET_KEYS, {offset_key(file) for file in self.segments()})
        return found

    def sweep_dead(self) -> None:
        """Remove what mounts that are gone have kept. A mount makes its segment before it keeps
        anything: so look in that order, backwards."""
        kept = list(self._kept_directory.iterdir())
        living = {process_of(segment) for segment in self.segments()}
        for file in kept:
            if process_of(file) not in living:
                file.unlink(missing_ok=True)
