"""The describing thread: pictures to captions and recordings to transcripts, while no text waits.

A file is found by its tags before a model sees or hears it, and read once more then, as a whole, by
a process that has the model: what is stored of a file is always what one reading gave. One model is
loaded at a time, and let go when nothing waits for it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from lsfs.config import Config
from lsfs.errors import UnavailableError

from . import undescribed
from .connection import Connections, writing
from .cut import Cut
from .extract.extracted import Extracted, failed
from .extract.process import DescribingProcess, Reading
from .following import Follower
from .queue import Job
from .undescribed import Describer

log = logging.getLogger(__name__)

QUIET_S = 10.0
"""So long after the last file the process is ended."""
KILL_AGAIN_S = 0.1


@dataclass(frozen=True, slots=True)
class _Told:
    """What was read, and is yet to be stored."""

    job: Job
    model: str
    extracted: Extracted
    cut: Cut


class Describing(Follower):
    """`changing` is held while catalog and vectors are changed; `remove` forgets the vectors of
    chunks that are gone; `on_stored` is called when there is text without vectors."""

    def __init__(
        self, config: Config, connections: Connections, changing: threading.Lock,
        remove: Callable[[list[int]], None], on_stored: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__("describe", config)
        self._connections = connections
        self._changing = changing
        self._remove = remove
        self._on_stored = on_stored
        self._known = undescribed.describers(config.indexer)
        self._process: tuple[Describer, DescribingProcess] | None = None
        self._told: _Told | None = None
        self._gone: set[tuple[int, str]] = set()
        """Entries that were not where the catalog has them: it will learn of it."""

    def stop(self) -> None:
        """End at once: the file in hand waits in the catalog."""
        with self._change:
            self._is_over = True
            self._change.notify_all()
        while self.is_alive():
            process = self._process
            if process is not None:
                process[1].kill()
            self.join(KILL_AGAIN_S)  # it may have been about to start one

    def _load(self) -> None:
        """Have the catalog know the models, each of which is tried anew."""
        while not self._is_over and self._guarded(self._keep):
            pass

    def _keep(self) -> bool:
        undescribed.keep(self._connections.get(), self._known)
        return False

    def _is_left(self) -> bool:
        return undescribed.count(self._connections.get(), usable=True) > 0

    def _work(self) -> bool:
        """The next file, whichever model it waits for. What cannot be stored now is kept."""
        connection = self._connections.get()
        self._told = self._told or self._following(connection)
        if self._told is None or self._is_over:
            return False
        self._store(connection, self._told)
        self._told = None
        self._on_stored()
        return True

    def _following(self, connection: sqlite3.Connection) -> _Told | None:
        for by in self._known:
            if by.failure:
                continue
            try:
                while (job := undescribed.following(connection, by, self._gone)) is not None:
                    if told := self._read(job, by):
                        return told
                    self._gone.add((job.entry, job.path))
            except UnavailableError as error:
                self._give_up(connection, by, error.message)
        return None

    def _read(self, job: Job, by: Describer) -> _Told | None:
        """What it says of the file; None where that is not there."""
        process = self._process_of(by)
        try:
            reading = process.read(job.path, is_cut=True)
        except UnavailableError:
            raise
        except Exception as error:  # an outer door: this file is not described, all others are
            log.exception("describing %r failed", job.path)
            process.close()
            reading = Reading(failed(None, f"the model's answer makes no sense: {error}"))
        if reading.extracted is None:
            return None
        if reading.extracted.reason:
            log.info("%r: %s", job.path, reading.extracted.reason)
        return _Told(job, by.model, reading.extracted, reading.cut)

    def _process_of(self, by: Describer) -> DescribingProcess:
        if self._process is None or self._process[0].setting != by.setting:
            self._close()
            made = DescribingProcess(self._config.root, self._config.indexer, by.setting, by.model)
            self._process = by, made
        return self._process[1]

    def _give_up(self, connection: sqlite3.Connection, by: Describer, failure: str) -> None:
        """Not to be tried again before this worker ends."""
        if self._is_over:
            return
        log.error("%s", failure)
        self._close()
        self._known = [
            replace(one, failure=failure) if one.setting == by.setting else one
            for one in self._known
        ]
        undescribed.keep(connection, self._known)

    def _store(self, connection: sqlite3.Connection, told: _Told) -> None:
        with self._changing:
            with writing(connection):
                removed = undescribed.save(
                    connection, told.job, (told.extracted, told.cut), told.model
                )
            if removed:
                self._remove(removed)

    def _rest(self) -> None:
        """End the process, unless there is something for it soon."""
        with self._change:
            self._change.wait_for(lambda: self._is_over or self._may_begin(), QUIET_S)
            is_needed = not self._is_over and self._may_begin()
        if not is_needed:
            self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process[1].close()
