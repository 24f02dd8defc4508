"""The draining thread: queue to text, text to vectors.

Text goes first, so that a file is findable by its words at once; vectors follow while nothing else
waits. Each batch is one short transaction that stores results and removes their queue rows, so a
crash at any point loses nothing and does little twice.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from lsfs.config import Config
from lsfs.ignoring import is_rule_file
from lsfs.power import is_on_battery
from lsfs.priority import lower_thread
from lsfs.tree import Tree

from . import queue, store, upgrade
from .connection import Connections, writing
from .dense import Meaning
from .extract.extracted import Extracted, failed
from .extract.process import ExtractionProcess
from .queue import Job
from .reconsider import Judge, is_as_known
from .unembedded import Unembedded
from .vectors import VectorIndex

log = logging.getLogger(__name__)

TEXT_BATCH = 32
TEXT_BATCH_S = 0.5
"""A batch of texts is stored after so many files or so long, whichever is first."""
BACK_OFF_S = 1.0
BUILD_AGAIN_S = 600.0
"""How soon after a failure it is tried again to build the file of vectors."""
MAINS_S = 30.0
"""How soon it is looked again whether the machine is on the mains."""
ASKED_S = 5.0
"""Who waits until all is indexed asks again within this."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for a job: the write, made outside the transaction and run inside it.
    It returns the ids of removed chunks."""

    job: Job
    write: Callable[[sqlite3.Connection], list[int]]


class Drain(threading.Thread):
    """Runs until `stop`. `nudge` wakes it; everything else it learns from the catalog."""

    def __init__(self, config: Config, connections: Connections, meaning: Meaning) -> None:
        super().__init__(name="drain", daemon=True)
        self._config = config
        self._is_enabled = config.indexer.enabled
        self._connections = connections
        self._meaning = meaning
        self._process = ExtractionProcess(
            config.root, config.indexer.parse_memory_bytes, config.indexer.parse_timeout_s
        )
        self._judge = Judge(config.indexer, Tree(config.root))
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._idle = threading.Condition()
        self._is_idle = False
        self._building: threading.Thread | None = None
        self._build_from = 0.0
        self._has_loaded = False
        self._asked_at = -ASKED_S

    def nudge(self) -> None:
        """The queue has grown."""
        with self._idle:
            self._is_idle = False
        self._wake.set()

    def stop(self) -> None:
        """End after the batch in hand; returns when it has."""
        self._stopping.set()
        self._wake.set()
        self.join()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until all that is queued has text and vectors; False if it takes longer."""
        self._asked_at = time.monotonic()
        with self._idle:
            return self._idle.wait_for(lambda: self._is_idle, timeout_s)

    @property
    def is_at_rest(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        return self._is_idle and not self._wake.is_set() and not self._is_building()

    def run(self) -> None:
        """The loop; every failure is logged and tried again later, none ends the thread."""
        lower_thread()
        connection = self._connections.get()
        self._guarded(lambda: bool(upgrade.adopt_code(connection)))
        self._guarded(lambda: self._judge.adopt_settings(connection))
        threading.Thread(target=self._load, name="load-model", daemon=True).start()
        while not self._stopping.is_set():
            if not self._is_enabled or not self._guarded(lambda: self._batch(connection)):
                self._rest()
        self._process.close()

    def _batch(self, connection: sqlite3.Connection) -> bool:
        """One batch of work, and after it the pause that the settings want. Whether there was
        any."""
        started = time.monotonic()
        if not self._texts(connection):
            if self._waits_for_mains(connection):
                self._wake.wait(MAINS_S)
                self._wake.clear()
                return True
            if not self._vectors(connection):
                return False
        self._meaning.keep_memory()
        rest = 100 / self._config.indexer.cpu_percent - 1
        self._stopping.wait(rest * (time.monotonic() - started))
        return True

    def _waits_for_mains(self, connection: sqlite3.Connection) -> bool:
        """Whether vectors are left for later, because the machine runs on its battery and nobody
        waits for them."""
        if self._config.indexer.on_battery or time.monotonic() - self._asked_at < ASKED_S:
            return False
        return is_on_battery() and Unembedded.is_left(connection)

    def _guarded(self, act: Callable[[], bool]) -> bool:
        try:
            return act()
        except Exception:
            log.exception("indexing failed; trying again")
            self._stopping.wait(BACK_OFF_S)
            return True

    def _rest(self) -> None:
        with self._idle:
            if not self._wake.is_set():
                # all that can be done is done: without a model there will be no vectors
                self._is_idle = self._has_loaded
                self._idle.notify_all()
        if self._meaning.index is not None:
            self._build_when_due(self._meaning.index)
        if self._is_idle:
            self._meaning.rest()
        self._wake.wait()
        self._wake.clear()

    def _load(self) -> None:
        """Model, then the catalog brought to it, then the vectors."""
        try:
            self._meaning.load()
            if self._meaning.model is not None:
                self._meaning.open_index()
        except Exception:
            log.exception("the vectors cannot be opened; searching by words alone")
        self._has_loaded = True
        self._wake.set()

    # -- texts -------------------------------------------------------------------------------------

    def _texts(self, connection: sqlite3.Connection) -> bool:
        """One batch of the queue. Whether there was any."""
        jobs = queue.take(connection, TEXT_BATCH)
        started = time.monotonic()
        steps: list[Step] = []
        for job in jobs:
            if self._stopping.is_set() or time.monotonic() - started > TEXT_BATCH_S:
                break
            steps.append(self._step(connection, job))
        if len(steps) < len(jobs):
            queue.put_back(connection, jobs[len(steps) :])
        if steps:
            self._store(connection, steps)
        return bool(jobs)

    def _store(self, connection: sqlite3.Connection, steps: list[Step]) -> None:
        removed: list[int] = []
        with writing(connection):
            for step in steps:
                removed += step.write(connection)
                queue.finish(connection, step.job)
        if removed:
            self._meaning.remove(removed)

    def _step(self, connection: sqlite3.Connection, job: Job) -> Step:
        known = store.document(connection, job.entry)
        if is_rule_file(job.path) or (known and is_rule_file(known.path)):
            self._judge.reconsider_around(connection, job, known)
        if job.is_gone or job.kind in ("directory", "other"):
            return Step(job, lambda c: store.purge(c, job.entry))
        judged = self._judge.of(job)
        is_as_before = known and _is_unchanged(job, known) and is_as_known(judged, known)
        if known is not None and is_as_before:
            return Step(job, lambda c: _renamed(c, job, known))
        extracted = judged or self._read(job)
        if extracted is None:  # gone since: the daemon will see it and say so
            return Step(job, lambda c: [])
        return Step(job, lambda c: store.save(c, job, extracted))

    def _read(self, job: Job) -> Extracted | None:
        if job.attempts >= queue.MAX_ATTEMPTS:
            return failed(None, f"given up: the indexer died over it {job.attempts} times")
        reading = self._process.read(job.path)
        if reading.extracted is not None and reading.extracted.reason:
            log.info("%r: %s", job.path, reading.extracted.reason)
        return reading.extracted

    # -- vectors -----------------------------------------------------------------------------------

    def _vectors(self, connection: sqlite3.Connection) -> bool:
        """Embed the next chunks that have no vector. Whether there were any."""
        model, index = self._meaning.model, self._meaning.index
        if model is None or index is None:
            return False
        batch = Unembedded.next(connection, model.fingerprint, model.bulk)
        if batch is None:
            self._meaning.completed()
            return False
        vectors = batch.vectors(model)
        stored = batch.store(connection, model.fingerprint, vectors)
        index.add([batch.ids[i] for i in stored], vectors[stored])
        self._build_when_due(index)
        return True

    def _build_when_due(self, index: VectorIndex) -> None:
        """In a thread of its own: with many vectors it takes minutes."""
        if index.is_due() and not self._is_building() and time.monotonic() >= self._build_from:
            self._building = threading.Thread(
                target=self._build, args=(index,), name="build-vectors", daemon=True
            )
            self._building.start()

    def _is_building(self) -> bool:
        return self._building is not None and self._building.is_alive()

    def _build(self, index: VectorIndex) -> None:
        lower_thread()
        try:
            self._meaning.build(index)
        except Exception:
            log.exception("the file of vectors could not be built")
            self._build_from = time.monotonic() + BUILD_AGAIN_S


def _is_unchanged(job: Job, known: store.Document) -> bool:
    """Whether the bytes are those that were read: a rename changes ctime, nothing else does so
    without cause."""
    same = (job.size, job.mtime_ns, store.FINGERPRINT) == (
        known.size, known.mtime_ns, known.fingerprint,
    )  # fmt: skip
    return same and (job.ctime_ns == known.ctime_ns or job.path != known.path)


def _renamed(connection: sqlite3.Connection, job: Job, known: store.Document) -> list[int]:
    store.rename(connection, job, known)
    return []
