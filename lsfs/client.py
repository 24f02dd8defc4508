"""The Python API: a root as an object.

    import lsfs
    with lsfs.open("~/Documents") as fs:
        for hit in fs.search("kernel scheduling").hits:
            print(hit.path, hit.score)
        fs.rollback("notes.md", versions=1)

It speaks to the root's daemon where one runs, else it opens the root in this process (then it holds
the root's lock until closed). Paths are relative to the root. What needs a yes raises
`ConfirmationError` unless `yes=True` is passed or `confirm` was given to `open`. Safe from threads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypedDict

from lsfs import daemon, results, rooms
from lsfs.answers import confirmation
from lsfs.errors import ConfirmationError, LsfsError, UsageError
from lsfs.given import Paths, moment, plain, target
from lsfs.location import Location, find_location
from lsfs.program_text import load_text
from lsfs.records import Coverage, SearchResult
from lsfs.results import Outcome
from lsfs.translating import MOST_PASSAGES, joined, translated

ACTOR = "python"


class Filters(TypedDict, total=False):
    """What a hit must meet: zone-aware times, sizes in bytes, `under` a folder, globs as text."""

    after: datetime
    before: datetime
    types: Sequence[str]
    extensions: Sequence[str]
    under: str
    name: str
    path: str
    size_min: int
    size_max: int
    author: str


class FileSystem:
    """One root. Close it, or use it as a context manager."""

    def __init__(
        self,
        caller: daemon.Caller,
        location: Location,
        confirm: Callable[[Outcome], bool] | None = None,
    ) -> None:
        self._caller = caller
        self._location = location
        self._confirm = confirm

    def __enter__(self) -> FileSystem:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"FileSystem({str(self._location.root)!r})"

    @property
    def root(self) -> Path:
        """The real directory."""
        return self._location.root

    def close(self) -> None:
        """Let go of the root."""
        self._caller.close()

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """A method of the engine as the daemon offers it, JSON in and out. Raises: LsfsError."""
        return self._caller.call(method, params)

    # -- find ----------------------------------------------------------------------------------

    def search(  # noqa: PLR0913 - by keyword, all but the first
        self,
        query: str = "",
        *,
        limit: int = 10,
        mode: str = "hybrid",
        containing: str | None = None,
        filters: Filters | None = None,
        clear: bool = False,
    ) -> SearchResult:
        """Entries by meaning and words, best first; `clear`: only those that are clearly about it.

        Raises:
            UsageError: no query, nothing it must contain and no filter.
        """
        asked = {"query": query, "limit": limit, "mode": mode, "filters": plain(filters or {})}
        asked |= {"containing": containing, "clear": clear}
        return results.search_from_json(self.call("search", asked))

    def similar(
        self, path: str, limit: int = 10, *, filters: Filters | None = None
    ) -> SearchResult:
        """The entries nearest in meaning to this one."""
        asked = {"path": path, "limit": limit, "filters": plain(filters or {})}
        return results.search_from_json(self.call("similar", asked))

    def ask(
        self, request: str, *, yes: bool = False, dry_run: bool = False,
        shown: Iterable[str] = (),
    ) -> Outcome:  # fmt: skip
        """Do what the words say. They may speak of paths that were `shown` before, in order: "the
        second one", "those".

        Raises:
            NotUnderstoodError: no parser made a plan of it.
            ConfirmationError: the plan needs a yes; nothing was done.
        """
        asked = {"request": request, "actor": ACTOR, "yes": yes, "dry_run": dry_run}
        return self._settled(self.call("ask", {**asked, "shown": list(shown)}))

    def run(
        self, what: Sequence[Mapping[str, Any]] | Path | str, *, yes: bool = False,
        dry_run: bool = False,
    ) -> Outcome:  # fmt: skip
        """Run operations (`{"op": "move", "target": {"paths": ["a"]}, "to": "b"}`) as one plan; or
        a program in words, the file at a `Path` or the text of a `str`: its steps are in `steps`.

        Raises:
            UsageError: not a valid operation, or no program; the message says which line.
            ConfirmationError: the plan needs a yes; nothing was done.
        """
        asked: dict[str, Any] = {"actor": ACTOR, "yes": yes, "dry_run": dry_run}
        if isinstance(what, Path):
            asked |= {"program": load_text(what), "name": what.name}
        elif isinstance(what, str):
            asked |= {"program": what}
        else:
            asked |= {"operations": plain(what)}
        return self._settled(self.call("run", asked))

    # -- read ----------------------------------------------------------------------------------

    def list(self, path: str = "") -> Outcome:
        """A folder's entries, as `rows`."""
        return self.run([{"op": "list", "path": path}])

    def read(self, paths: Paths) -> str:
        """What files say: their text, extracted where they are documents."""
        return self.run([{"op": "read", "target": target(paths)}]).text or ""

    def summarize(
        self,
        paths: Paths = (),
        sentences: int | None = None,
        *,
        about: str | None = None,
        words: int | None = None,
        top: int | None = None,
    ) -> Outcome:
        """What files and folders say, together, or the `top` ones that are found for `about`: a
        row a sentence, with `path`, `text`, its place, `also` (further places) and `by` (the model
        whose words they are, or None).

        Raises:
            NothingFoundError: no text of them is known.
        """  # fmt: skip
        chosen = target(paths) if paths else {"query": about, "limit": top}
        asked = {"sentences": sentences, "words": words, "about": about}
        return self.run([{"op": "summarize", "target": chosen, **asked}])

    def translate(
        self, path: str, to: str, *, start: int = 1, passages: int = MOST_PASSAGES
    ) -> Outcome:
        """What a file says, in another language ("French", "fr"), as `text`; the one row says how
        many `passages` it has, which comes `next` (None: that was all), and `by` which model.

        Raises:
            ConfigurationError: no model is set that could do it.
            NothingFoundError: no text of it is known.
            UsageError: no passage is asked for.
        """
        if passages < 1:
            raise UsageError(f"passages={passages}: at least one passage is translated", path=path)

        def run(operation: Mapping[str, Any]) -> dict[str, Any]:
            return self.call("run", {"operations": [operation], "actor": ACTOR})

        wanted = range(start, start + passages)
        return self._settled(joined([*translated(run, path, to, wanted)]))

    def history(self, path: str) -> tuple[Mapping[str, Any], ...]:
        """The versions of an entry, newest first; also of one that is gone."""
        return tuple(self.call("history", {"path": path})["versions"])

    def diff(
        self, path: str, a: int | datetime | None = None, b: int | datetime | None = None
    ) -> str:
        """A unified diff of two versions, each an id or a moment; by default the last two states,
        with `a` alone that and the present one. Of documents their text is compared."""
        sides = {
            f"{side}_{'time' if isinstance(given, datetime) else 'version'}": given
            for side, given in (("from", a), ("to", b))
        }
        return self.run([{"op": "diff", "path": path, **sides}]).text or ""

    def changes(
        self, path: str = "", since: datetime | None = None, until: datetime | None = None
    ) -> str:
        """What changed in a file or a folder, in words."""
        asked = {"op": "change_summary", "path": path, "since": since, "until": until}
        return self.run([asked]).text or ""

    def log(
        self, limit: int = 20, *, after: datetime | None = None, before: datetime | None = None,
        actor: str | None = None,
    ) -> tuple[Mapping[str, Any], ...]:  # fmt: skip
        """What was done, newest first: at or after a moment, before one, by `actor`."""
        sides = {"after": after, "before": before, "actor": actor}
        return self.run([{"op": "log", "limit": limit, **sides}]).rows

    def groups(self, name: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """The groups, or the members of one."""
        return self.run([{"op": "groups", "name": name}]).rows

    def shares(self, *, all: bool = False) -> tuple[Mapping[str, Any], ...]:
        """The open links, newest first; `all`: those that have ended, too."""
        return tuple(self.call("shares", {"all": all})["shares"])

    def status(self) -> dict[str, Any]:
        """Daemon, mounts, coverage, versions: what `lsfs status --json` shows."""
        return self.call("status", {})

    # -- change --------------------------------------------------------------------------------

    def create(self, path: str, text: str = "") -> Outcome:
        """Make a new file."""
        return self.run([{"op": "create", "path": path, "text": text}])

    def mkdir(self, path: str) -> Outcome:
        """Make a folder, with its parents."""
        return self.run([{"op": "mkdir", "path": path}])

    def write(self, path: str, text: str, *, yes: bool = False) -> Outcome:
        """Replace a file's whole content."""
        return self.run([{"op": "write", "path": path, "text": text}], yes=yes)

    def append(self, path: str, text: str, *, yes: bool = False) -> Outcome:
        """Add text at a file's end."""
        return self.run([{"op": "append", "path": path, "text": text}], yes=yes)

    def move(self, paths: Paths, to: str, *, yes: bool = False) -> Outcome:
        """Move or rename; several go into the folder `to`."""
        return self.run([{"op": "move", "target": target(paths), "to": to}], yes=yes)

    def copy(self, paths: Paths, to: str, *, yes: bool = False) -> Outcome:
        """Copy files or whole folders."""
        return self.run([{"op": "copy", "target": target(paths), "to": to}], yes=yes)

    def remove(self, paths: Paths, *, yes: bool = False) -> Outcome:
        """Remove; the bytes are kept and `undo` brings them back."""
        return self.run([{"op": "remove", "target": target(paths)}], yes=yes)

    def group(self, name: str, query: str, *, limit: int | None = None) -> Outcome:
        """Name the entries that `query` finds."""
        selected = {"query": query, "limit": limit}
        return self.run([{"op": "group", "name": name, "target": selected}], yes=True)

    def group_by(
        self, by: str = "topic", query: str | None = None, *, name: str | None = None,
        count: int | None = None, filters: Filters | None = None,
    ) -> Outcome:  # fmt: skip
        """Take the files that `query` and `filters` choose, by default all, apart into groups
        "NAME/LABEL": by topic (at most `count`), type, author, year, month, folder or language.

        Raises:
            NothingFoundError: there is no file to be grouped.
        """
        selected = {"query": query, "filters": plain(filters or {})}
        operation = {"op": "group", "name": name or by, "by": by, "target": selected}
        return self.run([{**operation, "count": count}], yes=True)

    def gather(
        self, into: str, query: str, *, form: str = "links", by: str | None = None,
        yes: bool = False,
    ) -> Outcome:  # fmt: skip
        """Bring what `query` finds into a folder, as "links", "copies" or "moves"; with `by` (see
        `group_by`) into a folder in it for each group."""
        operation = {"op": "group", "name": into, "into": into, "form": form, "by": by}
        return self.run([{**operation, "target": {"query": query}}], yes=yes)

    def forget_group(self, name: str) -> Outcome:
        """Forget a group, or all below that name; their entries stay."""
        return self.run([{"op": "drop_group", "name": name}])

    def rollback(
        self,
        path: str,
        *,
        versions: int | None = None,
        to: datetime | str | None = None,
        version: int | None = None,
        yes: bool = False,
    ) -> Outcome:
        """Bring an entry back: by a count of versions, to a moment, or to a version's id."""
        which = {"versions": versions, "to": moment(to), "version": version}
        given = {key: value for key, value in which.items() if value is not None}
        return self.run([{"op": "rollback", "path": path, **given}], yes=yes)

    def restore(self, path: str, to: datetime | str, *, yes: bool = False) -> Outcome:
        """Bring a whole folder back to how it was at a moment."""
        return self.run([{"op": "restore", "path": path, "to": moment(to)}], yes=yes)

    def share(
        self, path: str, expires: datetime | timedelta | str | None = None, *, yes: bool = False
    ) -> Outcome:
        """Open a link to a file, until a moment or for a time (as `lsfs share --expires` takes
        them); `rows[0]["link"]` is the link, `rows[0]["id"]` what closes it."""
        if isinstance(expires, str):
            expires = rooms.expiry(expires)
        elif isinstance(expires, timedelta):
            expires = datetime.now().astimezone() + expires
        return self.run([{"op": "share", "path": path, "expires": expires}], yes=yes)

    def unshare(self, which: int | str, *, yes: bool = False) -> Outcome:
        """Close the link of that id, or all that are open to the file of that path."""
        key = "id" if isinstance(which, int) else "path"
        return self.run([{"op": "unshare", key: which}], yes=yes)

    def undo(self, id: int | None = None, *, force: bool = False, yes: bool = False) -> Outcome:
        """Take back what was done: the last request, or the one of that id."""
        return self.run([{"op": "undo", "id": id, "force": force}], yes=yes)

    def redo(self, *, yes: bool = False) -> Outcome:
        """Take back the last undo."""
        return self.run([{"op": "redo"}], yes=yes)

    def index(self, paths: Paths = (), *, wait: bool = True) -> Coverage:
        """Bring the index up to date; waits until it is, unless told otherwise."""
        asked = [paths] if isinstance(paths, str) else [*paths]
        return Coverage(**self.call("index", {"paths": asked, "wait": wait})["coverage"])

    def _settled(self, answer: dict[str, Any]) -> Outcome:
        """The outcome, after the yes it may need.

        Raises:
            LsfsError: the plan needs a yes it did not get, was refused, or failed.
        """
        outcome = results.outcome_from_json(answer)
        if outcome.status == "needs_confirmation" and self._confirm and self._confirm(outcome):
            confirmed = self.call("run", confirmation(answer, ACTOR))
            outcome = results.outcome_from_json({**answer, **confirmed})
        if outcome.status == "needs_confirmation":
            raise ConfirmationError(
                "this plan needs a yes; nothing was done",
                hint="pass yes=True, or confirm= to lsfs.open; "
                + json.dumps(outcome.operations, default=str),
            )
        if outcome.error is not None:
            raise outcome.error
        if outcome.status in {"refused", "failed"}:
            raise LsfsError(f"the plan was {outcome.status}, and no reason was given")
        return outcome


def open(
    path: str | Path = ".",
    *,
    state: str | Path | None = None,
    confirm: Callable[[Outcome], bool] | None = None,
) -> FileSystem:
    """The root at `path`, or the one that holds it. `state` is where its state is, if not in it.

    `confirm` is shown a plan that needs a yes and answers it.

    Raises:
        NotARootError: there is no root (`lsfs init` makes one).
        LockedError: another process holds it and answers on no socket.
    """
    from lsfs.config import state_directory

    directory = state_directory(Path(), Path(state) if state is not None else None)
    chosen = directory if directory.is_absolute() else None  # relative: the default, in the root
    location = find_location(Path(path).expanduser(), chosen)
    return FileSystem(daemon.connect(location), location, confirm)
