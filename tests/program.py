"""What a program does through a mount, without one: the acts, and the lines of the spool."""

from __future__ import annotations

import itertools
import os
import shutil
import time

from core import Core

from lsfs.spool import SpoolEvent, SpoolLine, SpoolWriter


class Program:
    """Does what a program does through a mount: the lines and acts in the mount's order."""

    def __init__(self, core: Core, name: str, pid: int) -> None:
        self._core = core
        self._name = name
        self._pid = pid
        self._writer = SpoolWriter(core.config.spool_directory, core.config.state / "nudge.sock")
        self._kept = itertools.count()

    def quit(self) -> None:
        self._writer.close()

    def tell(
        self, event: SpoolEvent, path: str, to: str | None = None, kept: str = "", since: int = 0
    ) -> None:
        """Write a line."""
        now = time.time_ns()
        self._writer.append(
            SpoolLine(event, path, now, to, kept or None, self._pid, self._name, since)
        )

    def _keep(self, path: str, *, link: bool = False) -> None:
        kept = f"{os.getpid()}-{self._pid}-{next(self._kept)}"  # as a mount names it
        place = self._core.config.kept_directory / kept
        since = (self._core.root / path).stat().st_ctime_ns
        (os.link if link else shutil.copy2)(self._core.root / path, place)
        self.tell("keep", path, kept=kept, since=since)

    def write(self, path: str, text: str | bytes) -> None:
        target = self._core.root / path
        if target.exists():
            self._keep(path)
        else:
            self.tell("created", path)
        self.tell("dirty", path)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        self.tell("closed", path)

    def move(self, path: str, to: str) -> None:
        if (self._core.root / to).is_file():
            self._keep(to, link=True)
        os.rename(self._core.root / path, self._core.root / to)
        self.tell("moved", path, to)

    def write_then_move(self, path: str, text: str, to: str) -> None:
        """The kernel reports the close after the rename."""
        self.tell("created", path)
        self.tell("dirty", path)
        (self._core.root / path).write_text(text)
        self.move(path, to)
        self.tell("closed", path)

    def remove(self, path: str) -> None:
        self._keep(path, link=True)
        os.unlink(self._core.root / path)
        self.tell("removed", path)

    def rmdir(self, path: str) -> None:
        os.rmdir(self._core.root / path)
        self.tell("rmdir", path)


def texts(core: Core, path: str) -> list[bytes]:
    """The contents of all versions of a path, oldest first."""
    contents = []
    for version in reversed(core.history.versions(path)):
        assert version.content is not None, version.gap
        with core.history.blobs.open(version.content) as stream:
            contents.append(stream.read())
    return contents
