"""watchdog's inotify observer, narrowed: fewer events, fewer watches, and no silence about losses.

Six events a created file overflow the kernel's queue (16,384) at a few thousand quick creates; of
those that matter here there are two or three. watchdog's own observer offers no hook for what this
needs - watching less than everything, reading a moment's events together, hearing of an overflow
and of a watch that was refused - so its parts are derived from. Written against watchdog 7.1;
tests/test_indexer_supervisor.py fails where another version differs.
"""

from __future__ import annotations

import errno
import logging
import os
import time
import warnings
from dataclasses import dataclass
from typing import Protocol

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter, InotifyWatchGroup
from watchdog.observers.inotify_c import (
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

EVENTS = [
    DirAttribEvent, DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileAttribEvent,
    FileClosedEvent, FileCreatedEvent, FileDeletedEvent, FileMovedEvent,
]  # fmt: skip
MASK = Mask(
    InotifyConstants.IN_CREATE | InotifyConstants.IN_DELETE | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE | InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_EXCL_UNLINK | InotifyConstants.IN_ONLYDIR
)  # fmt: skip
"""No IN_MODIFY: a file being written is looked at once, when its writer closes it."""
OF_A_FILE = (
    InotifyConstants.IN_CREATE | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_ATTRIB
)  # fmt: skip
"""Events that, unless of a folder, say all there is to say by themselves."""

TOGETHER_S = 0.05
"""Events are read this long after the first: woken for each, watchdog's threads take more of the
processor than the program that makes the files."""


log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what the events do not say."""

    def is_excluded(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a path (relative to the root) is not to be watched."""
        ...

    def saw(self, path: bytes) -> None:
        """Something happened to this file. Said at once: watchdog's two further threads, for what
        must be put together, would take more of the processor than making the file did."""
        ...

    def lost_events(self) -> None:
        """The kernel dropped events."""
        ...

    def out_of_watches(self, path: bytes) -> None:
        """This folder could not be watched."""
        ...


class Reader(InotifyFD):
    """Reads what the kernel has to tell, a moment's events together. An event that cannot be taken
    in counts as lost: the thread goes on."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def handle_event(self, event: InotifyEvent) -> None:
        try:
            super().handle_event(event)
        except Exception:  # the outer door of this thread
            log.exception("an event of the file system was not understood")
            self._listener.lost_events()

    def _check_inotify_fd(self) -> bool:
        has_events = super()._check_inotify_fd()
        if has_events:
            time.sleep(TOGETHER_S)
        return has_events


@dataclass(kw_only=True)
class NarrowGroup(InotifyWatchGroup):
    """The watches of a tree, less what is excluded."""

    listener: Listener

    def on_event(self, event: InotifyEvent) -> None:
        if event.is_directory or not event.mask & OF_A_FILE:
            super().on_event(event)
            if event.is_directory and event.mask & InotifyConstants.IN_ATTRIB:
                self._watch_what_opened(event)
            return
        with self._lock:
            path = self._build_event_source_path(event)
        if path is not None:
            self.listener.saw(path)

    def _watch_what_opened(self, event: InotifyEvent) -> None:
        """A folder that was closed to us has no watch, and nobody has seen what is in it."""
        with self._lock:
            path = self._build_event_source_path(event)
            if path is None or path in self._active_callbacks_by_path:
                return
            self._add_all_callbacks(path)
            is_open = path in self._active_callbacks_by_path
        if is_open:
            self.listener.lost_events()

    def on_queue_overflow(self) -> None:
        super().on_queue_overflow()
        self.listener.lost_events()

    def _add_callback(self, path: bytes) -> None:
        below = os.fsdecode(os.path.relpath(path, self.path))
        if path != self.path and self.listener.is_excluded(below, is_folder=True):
            return
        try:
            wd = self._inotify_fd.add_callback(path, self.event_mask, self._callback, self._id)
        except OSError as error:
            if path == self.path:
                raise
            if error.errno == errno.ENOSPC:
                self.listener.out_of_watches(path)
            return  # gone meanwhile: its parent's event tells
        if wd == -1:  # closed to us, of which watchdog makes no error
            return
        self._active_callbacks_by_path[path] = wd
        self._active_callbacks_by_watch[wd] = path

    def _remove_watch_internally(self, wd: WatchDescriptor) -> None:
        """A folder that was made anew has two watches for a moment, and either may end first."""
        path = self._active_callbacks_by_watch.pop(wd, None)
        if path is not None and self._active_callbacks_by_path.get(path) == wd:
            del self._active_callbacks_by_path[path]


class NarrowObserver(BaseObserver):
    """Runs emitters of its own kind, and the thread that reads for them."""

    def __init__(self, emitter: type[InotifyEmitter], listener: Listener) -> None:
        self.reader = Reader(listener)
        super().__init__(emitter, inotify_fd=self.reader)

    def on_thread_start(self) -> None:
        self.reader.start()
        super().on_thread_start()

    def on_thread_stop(self) -> None:
        super().on_thread_stop()
        self.reader.stop()
        self.reader.join()


def narrow_observer(
    root: bytes, handler: FileSystemEventHandler, listener: Listener
) -> NarrowObserver:
    """An observer of everything below `root`, not yet started.

    Raises:
        OSError: no inotify instance, or no watch for the root, is to be had (on `start`).
    """

    class Emitter(InotifyEmitter):
        def on_thread_start(self) -> None:
            self._inotify = NarrowGroup(
                self._inotify_fd, root, is_recursive=True, event_mask=MASK, listener=listener
            )

    # a folder made with folders in it is added twice, by its own event and by its parent's; which
    # comes second replaces the first, and where warnings are errors it ended watchdog's thread
    warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
    observer = NarrowObserver(Emitter, listener)
    observer.schedule(handler, root, recursive=True, event_filter=EVENTS)  # type: ignore[arg-type]
    return observer
