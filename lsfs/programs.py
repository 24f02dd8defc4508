"""What programs did through a mount, as rows of the journal.

Acts of one process that follow each other closely are one row, and so one undo; a file that it
saves again begins another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lsfs.journal import Done, Journal
from lsfs.paths import is_under
from lsfs.plan import Operation
from lsfs.records import Change, Entry
from lsfs.spool import SpoolLine

SAME_REQUEST_NS = 2_000_000_000
"""Acts of one process no further apart than this are one journal row (`rm -r` is one undo)."""

_Key = tuple[int, str, bool]
"""Process id, program, and whether it is about saves."""


class Acts:
    """What each process did in a batch."""

    def __init__(self) -> None:
        self._done: dict[_Key, Done] = {}

    def of(
        self, line: SpoolLine, *, is_save: bool = False
    ) -> list[tuple[Change, list[Operation], dict[str, str]]]:
        """The acts of the process that wrote the line, to append to."""
        fresh = Done(actor_of(line), line.at_ns, is_save)
        return self._done.setdefault((line.pid, line.program, is_save), fresh).acts

    def in_order(self) -> list[tuple[_Key, Done]]:
        """By the time each began."""
        return sorted(self._done.items(), key=lambda item: item[1].at_ns)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the journal that may go on, and the files that were saved in it."""

    id: int
    last_ns: int
    saved: set[str]


class Rows:
    """The rows that may go on."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: dict[tuple[int, str], _Row] = {}
        self._making: dict[tuple[int, str], set[str]] = {}

    def copy(self) -> Rows:
        """One that goes on by itself."""
        other = Rows(self._journal)
        other._open = {key: replace(row, saved=set(row.saved)) for key, row in self._open.items()}
        other._making = {key: set(made) for key, made in self._making.items()}
        return other

    def reserve(self, line: SpoolLine) -> int:
        """A row for what a program did, of which is yet to be found out what it was."""
        return self._journal.record(Done(actor_of(line), line.at_ns, is_save=True))

    def fill(self, row: int, acts: Acts) -> None:
        """Record what was found into a reserved row; without anything found, forget it."""
        for _, done in acts.in_order():
            self._journal.record(done, row)
        self._journal.drop_if_empty(row)

    def is_making(self, line: SpoolLine, before: Entry | None, after: Entry) -> bool:
        """Whether this is part of making a folder and what is in it (`cp -r`, `tar x`): those are
        one row."""
        made = self._making.setdefault((line.pid, line.program), set())
        if before is None and after.kind == "directory":
            made.add(after.path)
        return before is None and any(is_under(after.path, folder) for folder in made)

    def record(self, acts: Acts) -> None:
        """Add what was done to the rows that go on, or begin others."""
        for key, done in acts.in_order():
            self._record(key, done)

    def _record(self, key: _Key, done: Done) -> None:
        recent = {
            k: row
            for k, row in self._open.items()
            if abs(done.at_ns - row.last_ns) < SAME_REQUEST_NS
        }
        process = key[:2]
        row = recent.get(process)
        saved = {change.path for change, _, _ in done.acts} if done.is_save else set()
        if row is None or not saved.isdisjoint(row.saved) or self._journal.is_undone(row.id):
            recent[process] = _Row(self._journal.record(done), done.at_ns, saved)
        else:
            self._journal.record(done, row.id)
            row.saved.update(saved)  # a copy for each batch of many would cost more and more
            recent[process] = _Row(row.id, done.at_ns, row.saved)
        self._open = recent
        self._making = {k: v for k, v in self._making.items() if k in self._open}


def actor_of(line: SpoolLine) -> str:
    """Who did it, as versions and rows name it."""
    return f"mount:{line.program}" if line.program else "mount"
