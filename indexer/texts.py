"""Queue to text: names first, then what the files say, what changed last before all else.

Files are read by several processes at once; one thread, the draining one, gives them out and stores
what comes back, some at a time: a batch is one short transaction that stores results and removes
their queue rows, so a crash at any point loses nothing and does little twice. The passages of one
file are stored together, however many: 16 million characters of it are read at most, some tens of
thousands of passages, which take a few seconds.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from lsfs.config import Config
from lsfs.database import is_for_want_of_room
from lsfs.filetypes import extension
from lsfs.ignoring import is_rule_file
from lsfs.tree import Tree

from . import queue, store
from .connection import writing
from .extract.extracted import NAMED, Extracted, failed
from .extract.process import ExtractionProcess, Reading
from .queue import Job
from .readers import Readers, processors
from .reconsider import Judge, is_as_known

log = logging.getLogger(__name__)

AHEAD = 8
"""So many files for each process that reads are taken when no more are in hand."""
MOST_BYTES = 32 * 2**20
"""Of files of so many bytes, or as many as are read at once, the texts may be in memory; what is
urgent may have as much again."""
BATCH_PASSAGES = 1000
BATCH_S, URGENT_BATCH_S = 0.5, 0.15
"""A batch is stored with so many passages or after so long, whichever is first."""
URGENT_NS = 5_000_000_000
"""What was queued no longer ago is somebody's change: it is read before all that waits, also by a
process of its own where the others have files that take long."""
NAMES, FEW = 400, 32
"""So many new files are named in one transaction; so few are read as soon as named, where nothing
else is being read."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for a job: the write, made outside the transaction and run inside it.
    It returns the ids of removed chunks. `judged` is why the file is not read, as the rules were
    then."""

    job: Job
    write: Callable[[sqlite3.Connection], list[int]]
    judged: Extracted | None = None
    passages: int = 0


class Texts:
    """For one thread, the draining one, but for `nudge` and `interrupt`.

    `remove` forgets the vectors of chunks that are gone; `changing` is held from the change of the
    catalog until then.
    """

    def __init__(
        self, config: Config, remove: Callable[[list[int]], None], changing: threading.Lock
    ) -> None:
        self._remove = remove
        self._changing = changing
        self.judge = Judge(config.indexer, Tree(config.root))
        self._results: SimpleQueue[tuple[Job, Reading] | None] = SimpleQueue()
        limits = config.indexer.parse_memory_bytes, config.indexer.parse_timeout_s
        self.readers = Readers(
            lambda: ExtractionProcess(config.root, *limits),
            processors() if config.indexer.cpu_percent == 100 else 1,
            lambda job, reading: self._results.put((job, reading)),
        )
        self._hand: dict[int, Job] = {}
        self._read: set[int] = set()
        self._done: list[Step] = []
        self._done_passages, self._done_since = 0, 0.0
        self._innocent: list[Job] = []
        self._is_nudged = self._may_have_newcomers = True
        self._named_to = 0

    def nudge(self) -> None:
        """The queue has grown."""
        self._is_nudged = self._may_have_newcomers = True
        self._results.put(None)

    def interrupt(self) -> None:
        """End the reading at once; `step` returns soon."""
        self.readers.close()
        self._results.put(None)

    def step(self, connection: sqlite3.Connection) -> bool:
        """Some work: give files out, take in what was read, store it when it is time. False when
        nothing waits and nothing is in hand."""
        if self._innocent:
            queue.count_attempt(connection, self._innocent, by=-1)
            self._innocent = []
        is_naming = self._may_have_newcomers and self._name_newcomers(connection)
        self._give_out(connection)
        if self._read:
            self._gather(0.0 if is_naming or self._is_due() else self._patience_s())
        has_done = bool(self._hand)
        if self._is_due():
            self._store(connection)
        return is_naming or has_done

    # -- names -------------------------------------------------------------------------------------

    def _name_newcomers(self, connection: sqlite3.Connection) -> bool:
        """Make many new files findable by their names, long before all are read. Whether there may
        be more of them."""
        self._may_have_newcomers = False
        jobs = queue.newcomers(connection, self._named_to, NAMES)
        if not jobs or (len(jobs) < FEW and not self._read):
            return False
        named = [job for job in jobs if not _is_nameless(self.judge.of(job))]
        with writing(connection):
            for job in named:
                store.name_alone(connection, job.entry, job.path)
        self._named_to = jobs[-1].entry
        self._may_have_newcomers |= len(jobs) == NAMES
        return self._may_have_newcomers

    # -- what they say -----------------------------------------------------------------------------

    def _give_out(self, connection: sqlite3.Connection) -> None:
        is_nudged, self._is_nudged = self._is_nudged, False
        many = AHEAD * self.readers.count
        if any(job.attempts for job in self._hand.values()):
            return  # it is alone
        urgent_ns = time.time_ns() - URGENT_NS
        jobs: list[Job] = []
        if len(self._read) <= many:
            jobs = queue.take(connection, many, but=self._hand)
        elif is_nudged:
            jobs = queue.take(connection, many, but=self._hand, since_ns=urgent_ns)
        for job in jobs:
            is_urgent = job.at_ns > urgent_ns
            if not self._has_memory_for(job, is_urgent):
                break
            self._hand[job.entry] = job
            try:
                self._begin(connection, job, is_urgent=is_urgent)
            except Exception as error:
                del self._hand[job.entry]
                if not is_for_want_of_room(error):
                    queue.count_attempt(connection, [job])
                    self._give_up(connection, job)
                raise

    def _has_memory_for(self, job: Job, is_urgent: bool) -> bool:
        if len(self._read) <= self.readers.count:
            return True
        most_bytes = 2 * MOST_BYTES if is_urgent else MOST_BYTES
        return job.size + sum(self._hand[entry].size for entry in self._read) <= most_bytes

    def _begin(self, connection: sqlite3.Connection, job: Job, *, is_urgent: bool) -> None:
        """Have the file read, unless that is not needed."""
        known = store.document(connection, job.entry)
        if is_rule_file(job.path) or (known and is_rule_file(known.path)):
            self.judge.reconsider_around(connection, job, known)
        if not job.is_document:
            return self._is_done(Step(job, lambda c: store.purge(c, job.entry)))
        judged = self.judge.of(job)
        told = judged
        if job.attempts >= queue.MAX_ATTEMPTS:
            told = judged or failed(None, f"given up: it could not be indexed {job.attempts} times")
        elif known and _is_unchanged(job, known) and is_as_known(judged, known):
            return self._is_done(Step(job, lambda c: _renamed(c, job, known), judged))
        if told is not None:
            return self._is_done(Step(job, lambda c: store.save(c, job, told), judged))
        self._read.add(job.entry)
        self.readers.give(job, is_urgent=is_urgent)
        return None

    def _is_done(self, step: Step) -> None:
        if not self._done:
            self._done_since = time.monotonic()
        self._done.append(step)
        self._done_passages += step.passages

    def _gather(self, patience_s: float | None) -> None:
        """Take in what was read, once there is anything, or news of the queue; no more than makes a
        batch."""
        with contextlib.suppress(Empty):
            result = self._results.get(timeout=patience_s)
            while True:
                if result is not None:
                    self._take_in(*result)
                if self._done_passages >= BATCH_PASSAGES:
                    break
                result = self._results.get_nowait()

    def _take_in(self, job: Job, reading: Reading) -> None:
        self._read.discard(job.entry)
        extracted, cut = reading.extracted, reading.cut
        if extracted is None:  # gone since: the daemon will see it and say so
            return self._is_done(Step(job, lambda c: _unnamed(c, job.entry)))
        if extracted.reason:
            log.info("%r: %s", job.path, extracted.reason)
        count = len(cut.passages)
        save = Step(job, lambda c: store.save(c, job, extracted, cut), passages=count)
        return self._is_done(save)

    # -- storing -----------------------------------------------------------------------------------

    def _is_due(self) -> bool:
        if not self._done or not self._read:
            return bool(self._done)
        return self._done_passages >= BATCH_PASSAGES or not self._patience_s()

    def _patience_s(self) -> float | None:
        """How long the steps that are done may wait for others; None while there are none."""
        if not self._done:
            return None
        urgent_ns = time.time_ns() - URGENT_NS
        may_wait_s = BATCH_S
        if any(step.job.at_ns > urgent_ns for step in self._done):
            is_last = not any(self._hand[entry].at_ns > urgent_ns for entry in self._read)
            may_wait_s = 0.0 if is_last else URGENT_BATCH_S
        return max(0.0, self._done_since + may_wait_s - time.monotonic())

    def _store(self, connection: sqlite3.Connection) -> None:
        done, self._done, self._done_passages = self._done, [], 0
        for step in done:
            del self._hand[step.job.entry]
        steps = [step for step in done if self._is_as_judged(step)]
        jobs = [step.job for step in steps]
        queue.count_attempt(connection, jobs)
        try:
            self._write(connection, steps)
        except Exception as error:
            if is_for_want_of_room(error):  # no fault of theirs
                self._innocent = jobs
            elif len(jobs) == 1:
                self._give_up(connection, *jobs)
            raise

    def _is_as_judged(self, step: Step) -> bool:
        """Whether the rules have not changed meanwhile; if they have, its row is taken again."""
        return not step.job.is_document or self.judge.of(step.job) == step.judged

    def _give_up(self, connection: sqlite3.Connection, job: Job) -> None:
        """Forget a job of which not even that it is given up could be stored."""
        if job.attempts >= queue.MAX_ATTEMPTS:
            log.error("%r is given up, and not listed", job.path)
            with writing(connection):
                queue.finish(connection, job)

    def _write(self, connection: sqlite3.Connection, steps: list[Step]) -> None:
        removed: list[int] = []
        with self._changing:
            with writing(connection):
                for step in steps:
                    removed += step.write(connection)
                    queue.finish(connection, step.job)
            if removed:
                self._remove(removed)


def _is_nameless(judged: Extracted | None) -> bool:
    return judged is not None and judged.status == store.NAMELESS


def _is_unchanged(job: Job, known: store.Document) -> bool:
    """Whether the bytes are those that were read, by the reader that the name still promises: a
    rename changes ctime, nothing else does so without cause."""
    same = (job.size, job.mtime_ns, store.FINGERPRINT) == (
        known.size, known.mtime_ns, known.fingerprint,
    )  # fmt: skip
    is_of_same_kind = extension(job.path) == extension(known.path)
    is_same_or_renamed = job.ctime_ns == known.ctime_ns or job.path != known.path
    return same and is_of_same_kind and is_same_or_renamed


def _unnamed(connection: sqlite3.Connection, entry: int) -> list[int]:
    """Forget what was named and is gone before it was read; it may have been named meanwhile."""
    known = store.document(connection, entry)
    return store.purge(connection, entry) if known and known.status == NAMED else []


def _renamed(connection: sqlite3.Connection, job: Job, known: store.Document) -> list[int]:
    store.rename(connection, job, known)
    return []
