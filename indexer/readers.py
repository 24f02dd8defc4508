"""Several extraction processes at once, each with its thread and its own limits.

As many as the machine has processors (MOST at most), and a spare one for what is urgent while all
others have files that take long. One alone does all there is while that is little: the others
start when there is more than one file to read, and end when nothing is left.

Threading: all but `close` is for one thread; `on_read` is called by others.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable

from lsfs.priority import lower_thread

from .extract.extracted import failed
from .extract.process import ExtractionProcess, Reading
from .queue import Job

log = logging.getLogger(__name__)

KILL_AGAIN_S = 0.1
MOST = 4
"""One thread stores what they read: more would wait for it."""


def processors() -> int:
    """How many files may be read at once here."""
    return max(1, min(len(os.sched_getaffinity(0)), MOST))


class Readers:
    """Reads files until `close`."""

    def __init__(
        self, make: Callable[[], ExtractionProcess], count: int,
        on_read: Callable[[Job, Reading], None],
    ) -> None:  # fmt: skip
        self._on_read = on_read
        self._processes = [make() for _ in range(count + 1)]
        self._urgent: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._idle: set[int] = set()
        self._change = threading.Condition()
        self._is_held = self._is_over = False
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"reader-{number}")
            for number in range(count + 1)
        ]
        for thread in self._threads:
            thread.daemon = True  # a worker that must end at once does not wait for a file
            thread.start()

    @property
    def count(self) -> int:
        """How many read what is not urgent."""
        return len(self._processes) - 1

    def give(self, job: Job, *, is_urgent: bool) -> None:
        """Have a file read; what is urgent before all that waits."""
        with self._change:
            (self._urgent if is_urgent else self._others).append(job)
            self._change.notify_all()

    def hold(self) -> None:
        """Begin no other file until `go_on`; returns when none is being read."""
        with self._change:
            self._is_held = True
            self._change.wait_for(lambda: self._is_over or len(self._idle) == len(self._threads))

    def go_on(self) -> None:
        """After `hold`."""
        with self._change:
            self._is_held = False
            self._change.notify_all()

    def rest(self) -> None:
        """Nothing is left: end the processes but one, which is to be quick with what comes."""
        for process in self._processes[1:]:
            process.close()

    def close(self) -> None:
        """End at once. What is read just now, and what waits, is not reported."""
        with self._change:
            self._is_over = True
            self._change.notify_all()
        for process, thread in zip(self._processes, self._threads, strict=True):
            while thread.is_alive():
                process.kill()
                thread.join(KILL_AGAIN_S)  # it may have been about to start one

    def _work(self, number: int) -> None:
        lower_thread()
        process = self._processes[number]
        while (job := self._next(number)) is not None:
            try:
                reading = process.read(job.path, is_cut=True)
            except Exception as error:  # an outer door: the file is not read, all others are
                log.exception("reading %r failed", job.path)
                process.close()
                reading = Reading(failed(None, f"the parser's answer makes no sense: {error}"))
            if not self._is_over:
                self._on_read(job, reading)
        process.close()

    def _next(self, number: int) -> Job | None:
        """The next file for a thread; None when it shall end."""
        with self._change:
            self._idle.add(number)
            self._change.notify_all()  # of `hold`
            self._change.wait_for(lambda: self._is_over or self._is_turn_of(number))
            self._idle.discard(number)
            if self._is_over:
                return None
            job = (self._urgent or self._others).popleft()
            self._change.notify_all()  # there may be another one for the threads after this
            return job

    def _is_turn_of(self, number: int) -> bool:
        """Whether there is work that none of the threads before it will take."""
        is_spare = number == self.count
        jobs = len(self._urgent) + (0 if is_spare else len(self._others))
        return not self._is_held and jobs > sum(1 for other in self._idle if other < number)
