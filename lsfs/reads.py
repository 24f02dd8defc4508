"""The operations that only look: each literal operation to what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from lsfs.beneath import beneath
from lsfs.comparison import Comparison, as_text
from lsfs.counting import counted
from lsfs.errors import MissingPathError, NotAvailableError, NothingFoundError
from lsfs.filetypes import type_of
from lsfs.groups import Groups as GroupStore
from lsfs.history import History
from lsfs.journal import Journal, JournalEntry
from lsfs.paths import name, path_fields
from lsfs.plan import (
    ChangeSummary,
    Diff,
    Groups,
    List,
    Log,
    Operation,
    Read,
    Search,
    Shares,
    Similar,
    Stat,
    Summarize,
    Translate,
)
from lsfs.plan import History as HistoryOperation
from lsfs.ports import Index
from lsfs.records import Change, Finding, Version
from lsfs.retention import LET_GO
from lsfs.same import is_touched, same_bytes
from lsfs.sharing import Sharing
from lsfs.summaries import Summaries
from lsfs.times import nanoseconds, rfc3339
from lsfs.translations import Translations
from lsfs.tree import kind_of

READ_BYTES = 1 << 20
"""Most of a file that `read` shows."""
COUNTED_MOST = 1000
"""As many as one search answers with."""


@dataclass(frozen=True, slots=True)
class Told:
    """What says in words what files say, or how they differ."""

    comparison: Comparison
    summaries: Summaries
    translations: Translations


class Reads:
    """Answers for the read operations."""

    def __init__(
        self, history: History, journal: Journal, index: Index, told: Told, sharing: Sharing,
    ) -> None:  # fmt: skip
        self._history = history
        self._journal = journal
        self._index = index
        self._told = told
        self._sharing = sharing
        self._tree = history.tree

    def find(self, operation: Operation) -> Finding:  # noqa: C901 - a case an operation
        """What the operation finds.

        Raises:
            NothingFoundError, MissingPathError, NotAvailableError, UsageError.
        """
        match operation:
            case Search(count=True):
                return self._counted(operation)
            case Search():
                return Finding(result=self._index.search(operation))
            case Similar():
                return Finding(result=self._index.similar(operation))
            case List(path=path):
                return Finding(rows=tuple(self._listing(path)))
            case Stat(target=target):
                return Finding(rows=tuple(map(self._whole_row, target.paths)))
            case Read(target=target):
                return Finding(text="\n".join(self._text(path) for path in target.paths))
            case HistoryOperation(path=path, limit=limit):
                return Finding(rows=tuple(islice(self._story(path), limit)))
            case Diff():
                return Finding(text=self._told.comparison.diff(operation))
            case ChangeSummary():
                return Finding(text=self._told.comparison.summary(operation))
            case Groups(name=group):
                return Finding(rows=tuple(self._groups(group)))
            case Log():
                return Finding(rows=tuple(_log_row(row) for row in self._done(operation)))
            case Shares():
                return Finding(rows=tuple(self._sharing.rows()))
            case Summarize():
                return self._told.summaries.find(operation)
            case Translate():
                return self._told.translations.find(operation)
            case _:
                raise NotAvailableError(
                    f"{operation.op} is not available in this version of lsfs",
                    hint="see the CHANGELOG for what is",
                )

    def _done(self, asked: Log) -> Sequence[JournalEntry]:
        return self._journal.newest(
            asked.limit, after_ns=nanoseconds(asked.after) if asked.after else 0,
            before_ns=nanoseconds(asked.before) if asked.before else None, actor=asked.actor,
        )  # fmt: skip

    def _story(self, path: str) -> Iterator[dict[str, Any]]:
        """The versions; before them, where the entry is gone, since when, or where it is now."""
        entry = self._history.entry(path)
        if entry.gone_ns is not None or entry.path != path:
            change = "is here now" if entry.gone_ns is None else "removed"
            at = None if entry.gone_ns is None else rfc3339(entry.gone_ns)
            yield {
                "id": None, "at": at, "size": None, "kind": entry.kind, "mode": None, "actor": None,
                "change": change, "gap": None, **path_fields(entry.path),
            }  # fmt: skip
        yield from version_rows(self._history.versions(path))

    def _listing(self, path: str) -> Iterator[dict[str, Any]]:
        for one in self._tree.names(path):
            yield self._stat_row(f"{path}/{one}" if path else one)

    def _stat_row(self, path: str) -> dict[str, Any]:
        state = self._tree.stat(path)
        if state is None:
            raise MissingPathError(f"{path}: no such file or folder", path=path)
        return {
            **path_fields(path), "kind": kind_of(state), "type": type_of(path),
            "size": state.st_size, "mtime": rfc3339(state.st_mtime_ns),
            "mode": f"{state.st_mode & 0o7777:04o}",
        }  # fmt: skip

    def _whole_row(self, path: str) -> dict[str, Any]:
        """The row, of a folder with the size of all that is in it, and how many files that is."""
        row = self._stat_row(path)
        if row["kind"] != "directory":
            return row
        files, size = beneath(self._history.catalog, path)
        return {**row, "size": size, "files": files}

    def _counted(self, search: Search) -> Finding:
        """All that is found, and how many that is; no number where nothing is clearly about it."""
        found = self._index.search(search.model_copy(update={"limit": COUNTED_MOST}))
        if found.weak:
            return Finding(result=found)
        count = len(found.hits)
        more = " or more" if count == COUNTED_MOST else ""
        return Finding(result=found, text=f"{counted(count, 'file')}{more}\n")

    def _text(self, path: str) -> str:
        """The file itself where it is text, else what the indexer read in it."""
        with self._tree.open(path) as stream:
            data = stream.read(READ_BYTES + 1)
        more = "\n[...]\n" if len(data) > READ_BYTES else ""
        plain = as_text(data[:READ_BYTES])
        if plain is not None:
            return plain + more
        chunks = self._index.text(path)
        if not chunks:
            raise NothingFoundError(
                f"{path} holds no text that lsfs can read", path=path,
                hint="`lsfs status --failed` says why a file could not be read",
            )  # fmt: skip
        return "\n\n".join(chunk.text for chunk in chunks) + "\n"

    def _groups(self, group: str | None) -> Iterator[dict[str, Any]]:
        groups = GroupStore(self._history.catalog)
        chosen = groups.named(group) if group is not None else None
        if chosen is not None:
            yield from (self._stat_row(path) for path in chosen.paths)
            return
        for one in groups.all() if group is None else groups.below(group):
            yield {"name": one.name, "entries": len(one.paths), "query": one.query}


def version_rows(versions: Sequence[Version]) -> Iterator[dict[str, Any]]:
    """Versions, newest first, as rows, each with what changed in a few words. Of those that differ
    in their times alone the first is listed."""
    for version, before in pairwise([*versions, None]):
        if version is None or (before and is_touched(before, version)) or version.gap == LET_GO:
            continue
        yield {
            "id": version.id, "at": rfc3339(version.at_ns), "size": version.size,
            "kind": version.kind, "mode": f"{version.metadata.mode:04o}", "actor": version.actor,
            "change": _what_changed(before, version), "gap": version.gap,
            **path_fields(version.path),
        }  # fmt: skip


def _what_changed(before: Version | None, version: Version) -> str:
    if version.gap:
        return f"not kept: {version.gap}"
    if before is None:
        return "first seen"
    moved = f", was {name(before.path)}" if name(before.path) != name(version.path) else ""
    if same_bytes(before, version):
        return "metadata" + moved
    return f"content {version.size - before.size:+d} bytes" + moved


def _log_row(row: JournalEntry) -> dict[str, Any]:
    return {
        "id": row.id, "at": rfc3339(row.at_ns), "actor": row.actor, "request": row.request,
        "state": "undone" if row.undone_by else row.state, "undoes": row.undoes,
        "what": _described(row.changes), "changes": len(row.changes),
    }  # fmt: skip


def _described(changes: Sequence[Change]) -> str:
    if not changes:
        return "nothing"
    first = changes[0]
    text = f"{first.action} {first.path}" + (f" -> {first.to}" if first.to else "")
    return text + (f" and {len(changes) - 1} more" if len(changes) > 1 else "")
