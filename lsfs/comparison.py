"""What differs between two versions of a file, or two moments of a folder: line by line (`diff`),
or in words (`change_summary`).

Text is compared as it is; of any other file the text that the index's readers find in it; of what
has none there are sizes and hashes.
"""

from __future__ import annotations

import difflib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from lsfs.catalog import KNOWN_SINCE
from lsfs.counting import counted
from lsfs.errors import (
    NothingFoundError,
    UnavailableError,
    UsageError,
)
from lsfs.filetypes import type_of
from lsfs.history import History
from lsfs.observer import OUTSIDE, Observer
from lsfs.past import Past, Was
from lsfs.paths import for_pipe, name, parent
from lsfs.plan import ChangeSummary, Diff
from lsfs.ports import Index, Summarizer, Telling
from lsfs.records import Version
from lsfs.same import same_bytes
from lsfs.selector import FileType
from lsfs.shown import Shown
from lsfs.times import nanoseconds, rfc3339

COMPARED_BYTES = 8 << 20
"""Largest version of which lines are compared."""
MOST_LISTED = 50
PATIENCE_S = 5.0
BY_LINES: frozenset[FileType | None] = frozenset({"code", "data", "spreadsheet"})


@dataclass(frozen=True, slots=True)
class _Text:
    """What a version says; `is_found`: by a reader in a file that is no text itself."""

    paragraphs: tuple[str, ...]
    is_found: bool = False


class Comparison:
    """Compares what one history has."""

    def __init__(
        self, observer: Observer, history: History, shown: Shown, index: Index,
        summarizer: Summarizer,
    ) -> None:  # fmt: skip
        self._observer = observer
        self._history = history
        self._past = Past(history.catalog)
        self._shown = shown
        self._index = index
        self._summarizer = summarizer

    def diff(self, operation: Diff) -> str:
        """A unified diff, of the text or of the text found in the files; else figures.

        Raises:
            MissingPathError, UsageError: there is no such version, or it is a folder.
            NothingFoundError: there is nothing to compare with.
        """
        path = operation.path
        self._must_be_a_file(path)
        newer = self._newer(path, operation.to_version, operation.to_time)
        older: Version | None
        if operation.from_version is not None:
            older = self._history.pick(path, back=None, to=None, number=operation.from_version)
        elif operation.from_time is not None:
            older = self._at(path, operation.from_time)
        else:
            older = self._before(path, newer)
            if older is None:
                raise NothingFoundError(f"{path} has one version only, there is nothing to compare")
        one, other = self._text(older), self._text(newer)
        if one is None or other is None:
            return _figures(older, newer)
        labels = _label(older), _label(newer)
        before, after = ("\n".join(text.paragraphs).splitlines() for text in (one, other))
        lines = difflib.unified_diff(before, after, *labels, lineterm="")
        return "\n".join(lines)

    def summary(self, operation: ChangeSummary) -> str:
        """What changed, in words.

        Raises:
            MissingPathError, NothingFoundError: nothing was ever there, or nothing is known of it.
            UsageError: a folder, and no moment to compare it with; or a span that ends first.
        """
        path, since, until = operation.path, operation.since, operation.until
        if until is not None and until.timestamp() >= time.time():
            until = None
        if since is not None and since.timestamp() >= (until or _now()).timestamp():
            raise UsageError("that time ends before it begins, or is still to come")
        if self._is_folder(path):
            if since is None:
                raise UsageError(
                    f"since when? {path or 'the root'} is a folder", path=path,
                    hint='for example: lsfs ask "what changed since yesterday"',
                )  # fmt: skip
            return self._folder_summary(path, since, until)
        return self._file_summary(path, since, until)

    def _file_summary(self, path: str, since: datetime | None, until: datetime | None) -> str:
        entry = self._history.entry(path)
        if entry.gone_ns is not None and (until is None or entry.gone_ns <= nanoseconds(until)):
            return f"{for_pipe(path)} was removed, {rfc3339(entry.gone_ns)}"
        newer = self._newer(path, None, until)
        older = self._before(path, newer) if since is None else self._at(path, since)
        if older is None and since is None:
            return (
                f"{for_pipe(path)} has not changed since lsfs first saw it, {rfc3339(newer.at_ns)}"
            )
        head = self._headline(path, older, newer, since)
        return "\n".join([head, self._in_words(older, newer)])

    # -- versions ----------------------------------------------------------------------------------

    def _is_folder(self, path: str) -> bool:
        return not path or self._history.entry(path).kind == "directory"

    def _must_be_a_file(self, path: str) -> None:
        if self._is_folder(path):
            raise UsageError(
                f"{path or 'the root'} is a folder", path=path,
                hint=f'lsfs ask "what changed in {path or "."} since yesterday" compares folders',
            )  # fmt: skip

    def _newer(self, path: str, number: int | None, moment: datetime | None) -> Version:
        if number is None and moment is None:
            return self._present(path)
        return self._history.pick(path, back=None, to=moment, number=number)

    def _present(self, path: str) -> Version:
        """The newest version; what is there now is taken first, where that can be had soon."""
        if self._observer.lock.acquire(timeout=PATIENCE_S):
            try:
                state = self._observer.state_of(path)
                if state is not None and not self._observer.unread.is_waiting(path, state):
                    self._history.capture(path, OUTSIDE)
            finally:
                self._observer.lock.release()
        newest = next(self._versions(path), None)
        if newest is None:
            raise NothingFoundError(f"lsfs keeps no version of {path}", path=path)
        return newest

    def _versions(self, path: str) -> Iterator[Version]:
        return self._history.catalog.versions(self._history.entry(path).id)

    def _at(self, path: str, moment: datetime) -> Version | None:
        """The version of what is or was at `path`; None: there was none, or it was gone then."""
        entry = self._history.entry(path)
        if self._past.was_gone(entry.id, nanoseconds(moment)):
            return None
        return self._history.catalog.newest_version(entry.id, nanoseconds(moment))

    def _before(self, path: str, newer: Version) -> Version | None:
        """The version before `newer` with other bytes."""
        older = (one for one in self._versions(path) if one.id < newer.id)
        return next((one for one in older if not same_bytes(one, newer)), None)

    def _text(self, version: Version | None) -> _Text | None:
        if version is None:
            return _Text(())
        if version.kind == "symlink":
            return _Text((f"-> {version.target}",))
        if version.content is None or version.size > COMPARED_BYTES:
            return None
        with self._history.blobs.open(version.content) as stream:
            plain = as_text(stream.read())
        return _Text((plain,)) if plain is not None else self._found_in(version)

    def _found_in(self, version: Version) -> _Text | None:
        assert version.content is not None
        try:
            found = self._index.extract(self._shown.file(version.content), name(version.path))
        except UnavailableError:
            return None  # its size and hash are known all the same
        return _Text(tuple(found), is_found=True) if found else None

    # -- in words ----------------------------------------------------------------------------------

    def _headline(
        self, path: str, older: Version | None, newer: Version, moment: datetime | None
    ) -> str:
        since_id = older.id if older else 0
        later = takewhile(lambda one: one.id > since_id, self._versions(path))
        between = [one for one in later if one.id <= newer.id]
        by = ", ".join(dict.fromkeys(one.actor for one in reversed(between)))
        count = f"{counted(len(between), 'version')} by {by}"
        since = f"since {rfc3339(nanoseconds(moment) if moment else older.at_ns if older else 0)}"
        is_new = "" if older else ", new"
        return f"{for_pipe(path)}, {since}{is_new}: {count if between else 'no version'}"

    def _in_words(self, older: Version | None, newer: Version) -> str:
        if older is not None and same_bytes(older, newer):
            return "nothing changed in what it says"
        one, other = self._text(older), self._text(newer)
        if one is None or other is None:
            return _figures(older, newer)
        before, after = ("\n\n".join(text.paragraphs) for text in (one, other))
        telling = Telling(
            by_lines=type_of(newer.path) in BY_LINES, numbered=not other.is_found,
            private=self._observer.is_excluded(newer.path),
        )  # fmt: skip
        return self._summarizer.changes(before, after, telling)

    def _tree(self, path: str, at_ns: int) -> dict[int, Was]:
        """What was in a folder, whatever it was called then."""
        place: str | None = path
        if path:
            place = self._past.place_of(self._history.entry(path).id, at_ns)
        return {} if place is None else {w.entry: w for w in self._past.below(place, at_ns)}

    def _folder_summary(self, path: str, since: datetime, until: datetime | None) -> str:
        known_ns = int(self._history.catalog.setting(KNOWN_SINCE) or 0)
        then_ns = max(nanoseconds(since), known_ns)
        now_ns = max(nanoseconds(until) if until else time.time_ns(), then_ns)
        then, now = self._tree(path, then_ns), self._tree(path, now_ns)
        lines = sorted(_tree_changes(then, now), key=lambda line: line[1])
        counts = Counter(verb for verb, _ in lines)
        head = ", ".join(f"{count} {verb}" for verb, count in counts.items()) or "nothing changed"
        span = f"since {rfc3339(then_ns)}" + (f" until {rfc3339(now_ns)}" if until else "")
        if then_ns == known_ns:
            span += ", when lsfs began to look after it"
        shown = [f"{verb:9}{for_pipe(what)}" for verb, what in lines[:MOST_LISTED]]
        rest = [f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
        return "\n".join([f"{for_pipe(path) or 'the root'}, {span}: {head}", *shown, *rest])


def _now() -> datetime:
    return datetime.now().astimezone()


def _tree_changes(then: dict[int, Was], now: dict[int, Was]) -> Iterator[tuple[str, str]]:
    """(verb, what) of each change; of what came or went with its folder that alone."""
    entries = {was.path: entry for entry, was in then.items()}
    for entry, was in then.items():
        is_now = now.get(entry)
        if is_now is None:
            continue
        folder = now.get(entries.get(parent(was.path), 0))
        went_along = folder is not None and f"{folder.path}/{name(was.path)}" == is_now.path
        if is_now.path != was.path and not went_along:
            yield "renamed", f"{was.path} -> {is_now.path}"
        if was.kind != "directory" and not _is_same(was, is_now):
            yield "changed", is_now.path + _grown(was.version, is_now.version)
    for verb, one, other in (("removed", then, now), ("new", now, then)):
        apart = {was.path for entry, was in one.items() if entry not in other}
        for path, count in Counter(_topmost(path, apart) for path in apart).items():
            yield verb, path + (f" and {count - 1} in it" if count > 1 else "")


def _topmost(path: str, among: set[str]) -> str:
    """The uppermost of the folders above that are among them, or the path itself."""
    while parent(path) in among:
        path = parent(path)
    return path


def _is_same(was: Was, is_now: Was) -> bool:
    if was.version is None or is_now.version is None:
        return was.now is not None
    return same_bytes(was.version, is_now.version)


def _grown(older: Version | None, newer: Version | None) -> str:
    return f" ({newer.size - older.size:+d} bytes)" if older and newer else ""


def as_text(data: bytes) -> str | None:
    """UTF-8 text, None for anything else; a character cut at the end is dropped."""
    if b"\0" in data:
        return None
    for cut in range(4):
        try:
            return data[: len(data) - cut].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                return None
    return None


def _label(version: Version | None) -> str:
    if version is None:
        return "/dev/null"
    return f"{for_pipe(version.path)}\t{rfc3339(version.at_ns)} (version {version.id})"


def _figures(older: Version | None, newer: Version) -> str:
    """What is said of two versions of which one cannot be shown line by line."""
    known = [version for version in (older, newer) if version]
    are_kept = all(version.content or version.kind != "file" for version in known)
    why = "not text:" if are_kept else "not kept, so not compared:"
    return "\n".join([why, *map(_in_figures, known)])


def _in_figures(version: Version) -> str:
    known = f"BLAKE3 {version.content}" if version.content else version.gap or "not kept"
    return f"{_label(version)}: {version.size} bytes, {known}"
