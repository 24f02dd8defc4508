"""How often files are opened, by whomever: what an indexer reads shows in this."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import wait_for
from watchdog.events import FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer


class Opened(FileSystemEventHandler):
    """How often each file was opened."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self.counts[os.fsdecode(event.src_path)] += 1


@contextmanager
def opened_below(folder: Path) -> Iterator[Opened]:
    """Counts until it ends, and then all that was opened before."""
    handler, observer = Opened(), Observer()
    last = folder / ".last.swp"  # a name that lsfs passes over
    last.touch()
    observer.schedule(handler, str(folder), recursive=True, event_filter=[FileOpenedEvent])
    observer.start()
    try:
        yield handler
        last.read_bytes()
        wait_for(lambda: handler.counts.pop(str(last), 0), 30, "the last event")
    finally:
        observer.stop()
        observer.join()
        last.unlink()
