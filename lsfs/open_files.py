"""Which files programs are writing through a mount, by what the spool says, through renames."""

from __future__ import annotations

from collections.abc import Iterable

from lsfs.names import is_transient
from lsfs.paths import is_under, moved, name
from lsfs.spool import SpoolLine


class OpenFiles:
    """By path. A mount is known by its spool's name (`spool.writer_of`).

    The kernel reports the close of a file some time after the program's close, so a file may have
    been renamed by then; its `closed` line may still carry the name it was opened by.
    """

    def __init__(self) -> None:
        self._writers: dict[str, str] = {}
        self._renamed: dict[str, str] = {}

    def copy(self) -> OpenFiles:
        """One that goes on by itself."""
        other = OpenFiles()
        other._writers, other._renamed = dict(self._writers), dict(self._renamed)
        return other

    def paths(self) -> set[str]:
        """Paths that a program has changed through a mount and not closed yet."""
        return set(self._writers)

    def is_open(self, path: str) -> bool:
        """Whether it is one of them."""
        return path in self._writers

    @classmethod
    def following(cls, lines: Iterable[tuple[SpoolLine, str]]) -> OpenFiles:
        """What is open after lines, each with its writer."""
        made = cls()
        for line, writer in lines:
            made.follow(line, writer)
        return made

    def follow(self, line: SpoolLine, writer: str) -> str:
        """Take in what a line says of them; the path that its file has now."""
        match line.event:
            case "dirty":
                self.opened(line.path, writer)
            case "closed" | "removed":
                return self.closed(line.path)
            case "moved":
                self.moved(line.path, line.to or line.path)
            case "exchanged":
                self.exchanged(line.path, line.to or line.path)
        return line.path

    def opened(self, path: str, writer: str) -> None:
        """A file is being written."""
        self._writers[path] = writer
        self._renamed.pop(path, None)  # the name is another file's now

    def moved(self, path: str, to: str) -> None:
        """A file, or a folder that open files are in, was renamed. Of what stood at `to`, and of
        what has a passing name now, the mount will say nothing more."""
        self._writers.pop(to, None)
        for one in [one for one in self._writers if is_under(one, path)]:
            place = moved(one, path, to)
            writer = self._writers.pop(one)
            if not is_transient(name(place)):
                self._writers[place] = writer
                self._renamed[one] = place

    def exchanged(self, path: str, to: str) -> None:
        """Two files, or folders that open files are in, changed places."""
        aside = f"{path}\0"  # no name holds a NUL
        for one, other in ((path, aside), (to, path), (aside, to)):
            self.moved(one, other)

    def closed(self, path: str) -> str:
        """The path the file has now."""
        place = self._renamed.pop(path, path)
        self._writers.pop(place, None)
        return place

    def abandoned(self, writer: str) -> list[str]:
        """Paths a mount that is gone left open; they are forgotten."""
        left = [path for path, by in self._writers.items() if by == writer]
        for path in left:
            self.closed(path)
        return left
