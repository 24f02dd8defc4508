"""Watches the real directory for what others change, and says which paths to look at.

watchdog's handler does nothing but note paths; one thread hands on each that matters when it has
been quiet for QUIET_S, and MOST_WAIT_S after its first event if it never is: AT_ONCE together,
those that changed last first, so that somebody's save does not wait for what a copy of thousands of
files makes known. While more than AT_ONCE paths each APART_S become due, the oldest wait for the
end of that, or the rescan that MOST_PATHS of them ask for. It reports, it looks at nothing itself:
the observer compares each path with the catalog. Events are hints; after an overflow of the
kernel's queue, or more of them than should be held, a rescan is asked for.

Runs in the daemon, and imports nothing heavy but watchdog. Callbacks come from one thread, one at a
time.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable
from itertools import islice

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.api import BaseObserver

from lsfs.config import Config
from lsfs.errors import LsfsError
from lsfs.ignoring import Excluded
from lsfs.paths import STATE_NAME

log = logging.getLogger(__name__)

QUIET_S = 0.3
MOST_WAIT_S = 2.0
AT_ONCE = 100
APART_S = 0.1
"""Reports begin no sooner after each other: each makes durable what it found."""
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
"""How soon it is tried again when what was seen could not be looked at; each time twice as long."""
MOST_PATHS = 20_000
"""More waiting paths than this are cheaper, and surer, found by a rescan."""


class Supervisor:
    """Watches from `start` to `stop`. `notices` says what it cannot see."""

    def __init__(
        self, config: Config, on_changed: Callable[[set[str]], None], on_rescan: Callable[[], None]
    ) -> None:
        self._root = config.root
        self._excluded = Excluded(config.indexer.exclude)
        self._on_changed = on_changed
        self._on_rescan = on_rescan
        self._condition = threading.Condition()  # re-entrant
        self._paths: dict[bytes, tuple[float, float]] = {}  # first and last event, last ones last
        self._partners: dict[bytes, bytes] = {}  # of a rename: each name's other
        self._must_rescan = False
        self._lost_at = (0.0, 0.0)
        self._retry_s = FIRST_RETRY_S
        self._not_before = 0.0
        self._is_stopping = False
        self._observer: BaseObserver | None = None
        self._thread = threading.Thread(target=self._report, name="supervisor", daemon=True)
        self._limits: list[str] = []
        self._trouble: str | None = None

    @property
    def notices(self) -> list[str]:
        """What cannot be seen, or not be taken in at present."""
        return [*self._limits, *([self._trouble] if self._trouble else [])]

    def start(self) -> None:
        """Begin to watch. Where the system has no watches left it says so in `notices`, and only
        what lsfs does itself, the mounts and scans are seen."""
        self._thread.start()
        try:
            self._observer = self._watching()
            self._observer.start()
        except OSError as error:
            self._observer = None
            self._notice(
                f"changes made outside lsfs are not seen until the next scan: {error.strerror}"
                " (raise fs.inotify.max_user_watches and max_user_instances)"
            )

    def stop(self) -> None:
        """Stop watching; what was seen but not yet reported is left to the next scan."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()

    def saw(self, path: bytes) -> None:
        """An absolute path had an event. Called by watchdog's threads."""
        now = time.monotonic()
        with self._condition:
            self._noted()
            first, _ = self._paths.pop(path, (now, now))
            if len(self._paths) < MOST_PATHS:
                self._paths[path] = first, now
            else:
                self._lost(now)

    def saw_rename(self, path: bytes, to: bytes) -> None:
        """Both are reported together: one alone looks like a removal, or like something new."""
        with self._condition:
            self.saw(to)
            self.saw(path)
            self._partners |= {path: to, to: path}

    def lost_events(self) -> None:
        """Something was missed: look at everything."""
        with self._condition:
            self._noted()
            self._lost(time.monotonic())

    def out_of_watches(self, path: bytes) -> None:
        """A folder cannot be watched."""
        self._notice(
            "the system's inotify watches are used up: changes made outside lsfs are not seen in"
            f" every folder, {os.fsdecode(path)} the first (raise fs.inotify.max_user_watches)"
        )

    def is_excluded(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether it, or a folder on the way, is lsfs's own state or left out by configuration."""
        return STATE_NAME in path.split("/") or self._excluded.holds(path, is_folder=is_folder)

    def _noted(self) -> None:
        if not self._paths and not self._must_rescan:
            self._condition.notify()

    def _lost(self, now: float) -> None:
        self._lost_at = (self._lost_at[0] if self._must_rescan else now), now
        self._must_rescan = True

    def _notice(self, text: str) -> None:
        if not self._limits:
            self._limits.append(text)
            log.warning(text)

    def _watching(self) -> BaseObserver:
        handler = _Handler(self)
        root = os.fsencode(self._root)
        if is_linux():
            from .inotify import narrow_observer

            return narrow_observer(root, handler, self)
        from watchdog.observers import Observer

        observer = Observer()
        observer.schedule(handler, os.fsdecode(root), recursive=True)
        return observer

    def _report(self) -> None:
        while True:
            paths, must_rescan = self._next()
            if self._is_stopping:
                return
            try:
                if must_rescan:
                    self._on_rescan()
                elif paths:
                    self._on_changed(paths)
                self._retry_s, self._trouble = FIRST_RETRY_S, None
            except Exception as error:  # the outer door of this thread
                if isinstance(error, LsfsError):
                    log.error("looking at changes failed: %s", error.message)
                else:
                    log.exception("looking at changes failed")
                self._look_again_later(error)

    def _look_again_later(self, error: Exception) -> None:
        """The disk is full, or gone: what was seen must not be forgotten for that."""
        with self._condition:
            self._trouble = f"what changed cannot be taken in ({error}); it is tried again"
            self._lost(time.monotonic())
            self._not_before = time.monotonic() + self._retry_s
            self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)

    def _next(self) -> tuple[set[str], bool]:
        """Wait until something is due; what events named, and whether some were lost."""
        with self._condition:
            while not self._is_stopping:
                if not self._paths and not self._must_rescan:
                    self._condition.wait()
                    continue
                now = time.monotonic()
                due = max(self._next_due(), self._not_before)
                if now >= due:
                    break
                self._condition.wait(due - now)
            must_rescan, self._must_rescan = self._must_rescan, False
            self._not_before = time.monotonic() + APART_S
            seen = list(self._paths) if must_rescan else self._taken()
            for path in seen:
                del self._paths[path]
                self._partners.pop(path, None)
            if must_rescan:
                self._partners.clear()
        return self._that_matter(seen), must_rescan

    def _next_due(self) -> float:
        """When the first of what waits is to be reported; a rescan takes all others along."""
        waiting = [self._lost_at] if self._must_rescan else self._paths.values()
        return min(_due(*times) for times in waiting)

    def _taken(self) -> list[bytes]:
        """Those paths that are due, the last to change first."""
        now = time.monotonic()
        due = (path for path, times in reversed(self._paths.items()) if _due(*times) <= now)
        taken = dict.fromkeys(islice(due, AT_ONCE))
        partners = (self._partners.get(path) for path in [*taken])
        return [*(taken | dict.fromkeys(one for one in partners if one in self._paths))]

    def _that_matter(self, seen: Iterable[bytes]) -> set[str]:
        """Relative to the root: what is below it and not left out."""
        root = os.fsencode(self._root)
        below = (os.fsdecode(os.path.relpath(path, root)) for path in seen)
        return {
            path
            for path in below
            if path.split("/")[0] not in (".", "..") and not self.is_excluded(path)
        }


def _due(first_at: float, last_at: float) -> float:
    return min(last_at + QUIET_S, first_at + MOST_WAIT_S)


def is_linux() -> bool:
    """Asked at run time, so that the type checker reads the other branch too."""
    return platform.system() == "Linux"


class _Handler(FileSystemEventHandler):
    """Puts paths in the supervisor's set, nothing else."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def on_any_event(self, event: FileSystemEvent) -> None:
        path = os.fsencode(event.src_path)
        if not event.dest_path:
            self._supervisor.saw(path)
        elif not event.is_synthetic:  # else it is in a folder that was renamed: that tells it all
            self._supervisor.saw_rename(path, os.fsencode(event.dest_path))
