"""Links to files for other people: which there are, until when, and the bytes behind one.

A link is of an entry, so it goes on giving the same file when that is renamed or saved anew. Who
has the link can read the file, and nothing else; what it ends with is a secret of 32 random bytes.
The secret itself is kept, not its hash alone: the catalog is its owner's, lies beside every version
of every file, and a link that cannot be shown again would have to be opened twice.

Nothing here listens: `lsfs.links` serves what `opened` gives, where a daemon runs.

Threading: safe from many threads. Links are opened and closed under the observer's lock.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO, Literal

from lsfs.catalog import Catalog
from lsfs.config import ShareConfig
from lsfs.errors import (
    LsfsError,
    MissingPathError,
    NothingFoundError,
    UsageError,
)
from lsfs.foreseen import Foreseen
from lsfs.link_address import LinkAddress
from lsfs.paths import is_under, name, path_fields, percent_escaped
from lsfs.plan import Operation, Plan, Share, Unshare
from lsfs.records import Change, Finding
from lsfs.seen import signed
from lsfs.shared_links import SharedLink, SharedLinks
from lsfs.times import nanoseconds, now, rfc3339
from lsfs.tree import Tree, kind_of

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
KNOWN_WITHIN_S, OPENED_WITHIN_S, LOOK_S = 5.0, 1.0, 0.02
FOUND_AGAIN_NS = 3_000_000_000
"""What went no longer ago may be found under another name at once."""
ONLY_HERE = "only this machine reaches it; the setting share.http opens links to the network"
NO_DAEMON = "no daemon runs: links work while one does (lsfs serve, or lsfs mount)"


class NoFileError(Exception):
    """A link gives no file: `why` it does not, and what to tell who followed it."""

    def __init__(self, why: Literal["unknown", "ended", "changing", "unreadable"], text: str):
        super().__init__(text)
        self.why = why
        self.text = text


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The file behind a link, its name and what it looked like when it was opened. Close it."""

    link: int
    name: str
    stream: BinaryIO
    state: os.stat_result
    close: Callable[[], None]


class Sharing:
    """The links of one root."""

    def __init__(self, settings: ShareConfig, catalog: Catalog, tree: Tree) -> None:
        self._days = settings.days
        self._catalog = catalog
        self._tree = tree
        self._links = SharedLinks(catalog)
        self.place = LinkAddress(settings, catalog)
        self.have_served: Callable[[], str | None] = lambda: NO_DAEMON
        """Has open links answered from now on; why they are not."""
        self.take_in: Callable[[Sequence[str]], None] = lambda paths: None
        """Takes in what the mounts did, and reads large files at these paths that wait for it."""

    # -- what there is -----------------------------------------------------------------------------

    def rows(self, *, ended: bool = False) -> list[dict[str, Any]]:
        """The open links, newest first, with those that have `ended`, as plain JSON."""
        return [self._row(link) for link in self._links.all(ended=ended)]

    def count(self) -> int:
        """How many are open."""
        return self._links.count()

    def unserved(self) -> list[str]:
        """Why open links are not answered."""
        why = self.have_served() if self.count() else None
        return [why] if why else []

    def _row(self, link: SharedLink) -> dict[str, Any]:
        at = {
            key: None if moment is None else rfc3339(moment)
            for key, moment in (
                ("opened", link.opened_ns), ("expires", link.expires_ns),
                ("closed", link.closed_ns), ("fetched", link.fetched_ns),
            )
        }  # fmt: skip
        return {
            "id": link.id, **path_fields(link.path), "link": self.place.url(link.token, link.path),
            "state": link.state(), **at, "fetches": link.fetches,
        }  # fmt: skip

    # -- plans -------------------------------------------------------------------------------------

    def literals(
        self, operation: Share | Unshare, made: Collection[str] = ()
    ) -> list[Share | Unshare]:
        """`literal`; for a file whose links are to be closed, the closing of each that is open.

        Raises:
            MissingPathError: none is.
            LsfsError: as `literal`.
        """
        path = operation.path if isinstance(operation, Unshare) else None
        if path is None:
            return [self.literal(operation, made)]
        links = [link for link in self._links.all() if link.path == path]
        if not links:
            raise MissingPathError(f"no link to {path} is open", path=path, hint=_LISTED)
        return [Unshare(id=link.id) for link in links]

    def literal(self, operation: Share | Unshare, made: Collection[str] = ()) -> Share | Unshare:
        """The operation with all it leaves open filled in; `made` will be there when it is run. A
        link that was closed opens again also while its file is away: it gives nothing till then.

        Raises:
            MissingPathError: there is no such file, or no such link.
            UsageError: what is there is no file, the time is past, or the link is as is asked.
            TreeError: the file cannot be read.
            ConfigurationError: sharing is off.
        """
        if isinstance(operation, Unshare):
            link = self._named(operation.id)
            if link.closed_ns is not None:
                raise UsageError(f"link {link.id} is closed already", hint=_LISTED)
            return operation
        self.place.address()
        if operation.id is not None:
            link = self._named(operation.id)
            if link.closed_ns is None:
                raise UsageError(f"link {link.id} is not closed", hint=_LISTED)
            at = datetime.fromtimestamp(link.expires_ns / 1e9, timezone.utc).astimezone()
            operation = operation.model_copy(update={"path": link.path, "expires": at})
        elif operation.expires is None:
            at = (now() + timedelta(days=self._days)).replace(microsecond=0)
            operation = operation.model_copy(update={"expires": at})
        _check_time(operation)
        is_made = any(is_under(operation.path, one) for one in made)
        if operation.id is None and not is_made:
            self._check_file(operation.path)
        return operation

    def await_known(self, plan: Plan) -> None:
        """What a plan shares may have been made a moment ago: wait until the catalog has it."""
        shared = {one.path for one in plan.operations if isinstance(one, Share)}
        until = time.monotonic() + KNOWN_WITHIN_S
        while new := [path for path in shared if self._is_new(path)]:
            self.take_in(new)
            if time.monotonic() > until:
                return
            time.sleep(LOOK_S)

    def _is_new(self, path: str) -> bool:
        state = self._tree.there(path) if self._catalog.entry(path) is None else None
        return state is not None and kind_of(state) == "file"

    def _named(self, number: int | None) -> SharedLink:
        link = self._links.known(number)
        if link is None:
            which = "no link is named" if number is None else f"there is no link {number}"
            raise MissingPathError(which, hint=_LISTED)
        return link

    def _check_file(self, path: str) -> None:
        state = self._tree.stat(path)
        if state is None:
            raise MissingPathError(
                f"{path}: no such file or folder", path=path,
                hint=f"`lsfs search '{name(path)}'` finds files by name",
            )  # fmt: skip
        kind = kind_of(state)
        if kind != "file":
            told, hint = _NO_FILE[kind]
            raise UsageError(f"{path} is {told}: only files can be shared", path=path, hint=hint)
        with self._tree.open(path):
            return

    def still(self, inverse: Sequence[Operation], left: list[str]) -> list[Operation]:
        """Of what turns a plan back, without the links that are closed already, or over; why those
        are `left` as they are is added.

        Raises:
            NothingFoundError: nothing is left of it.
        """
        kept: list[Operation] = []
        foreseen = Foreseen(self._tree)
        for operation in inverse:
            foreseen.add(operation)
        for operation in inverse:
            try:
                if isinstance(operation, Share | Unshare):
                    operation = self.literal(operation)
                if isinstance(operation, Share):  # its file is where the others bring it
                    place = foreseen.now(operation.path) or operation.path
                    operation = operation.model_copy(update={"path": place})
                kept.append(operation)
            except (UsageError, MissingPathError) as error:
                left.append(f"left as it is: {error.message}")
        if left and not kept:
            raise NothingFoundError(f"there is nothing to turn back: {left[-1]}", hint=_LISTED)
        return kept

    def reasons(self, operations: Sequence[Operation]) -> Iterator[str]:
        """What literal operations open to whom, or close."""
        for operation in operations:
            if isinstance(operation, Share) and operation.expires is not None:
                until = f"{operation.expires.astimezone():%F %H:%M}"
                yield f"{self.place.who()} can read {operation.path} until {until}"
            elif isinstance(operation, Unshare) and (link := self._links.known(operation.id)):
                yield f"it closes the link to {link.path}"

    def inverse(self, operation: Share | Unshare) -> list[Operation]:
        """What turns it back: a closed link is opened again as it was."""
        if isinstance(operation, Share):
            return [Unshare(id=operation.id or self._links.next_id())]
        link = self._links.known(operation.id)
        is_open = link is not None and link.closed_ns is None
        return [Share(path=link.path, id=link.id)] if link and is_open else []

    def open(self, operation: Share) -> Change:
        """Open the link; one that was closed as it was, wherever its file is.

        Raises:
            LsfsError: the file cannot be shared, or the time of a new link is past by now.
        """
        if operation.id is not None:
            self._links.open_again(operation.id)
            return Change("share", self._named(operation.id).path)
        self._check_file(operation.path)
        _check_time(operation)
        entry = self._catalog.entry(operation.path)
        if entry is None or operation.expires is None:
            raise UsageError(
                f"{operation.path} is not known to lsfs yet", path=operation.path,
                hint="`lsfs status` says what it has yet to look at; try again then",
            )  # fmt: skip
        expires_ns = nanoseconds(operation.expires)
        self._links.add(entry.id, secrets.token_urlsafe(TOKEN_BYTES), expires_ns)
        return Change("share", operation.path)

    def close(self, number: int | None) -> Change:
        """Close a link; nothing, where it is not open."""
        link = self._links.known(number)
        self._links.close(number)
        return Change("unshare", link.path if link else "")

    def told(self, operation: Share) -> Finding:
        """The link that was opened last, or again."""
        link = self._links.known(operation.id) if operation.id else self._links.newest()
        assert link is not None, "it was opened just now"
        until = f"{datetime.fromtimestamp(link.expires_ns / 1e9).astimezone():%F %H:%M}"
        notices = [
            f"{self.place.who()} can read it until {until}; to close it: lsfs unshare {link.id}"
        ]
        if not link.is_there:
            notices.append(f"{percent_escaped(link.path)} is away: till it is back, nobody can")
        if self.place.is_local:
            notices.append(ONLY_HERE)
        return Finding(rows=(self._row(link),), notices=(*notices, *self.unserved()))

    # -- what a link gives -------------------------------------------------------------------------

    def opened(self, token: str) -> OpenedFile:
        """The file behind a link, as it is now.

        It is the entry that was shared: the inode that is opened must be the one the catalog knows.
        Where it is not, somebody has moved the file or saved it anew a moment ago. What a mount
        tells of that is taken in; what came from outside the daemon is about to see. To look at the
        path here, out of the order of what happened, could cost the entry its past.

        Raises:
            NoFileError: the link gives none.
        """
        link = self._by_token(token)
        found, until = self._file(link), time.monotonic() + OPENED_WITHIN_S
        while found is None and time.monotonic() < until:
            self.take_in(())
            link = self._by_token(token)
            found = self._file(link)
            if found is None:
                time.sleep(LOOK_S)
        if found is None:
            raise NoFileError(
                "changing", "The file has just been moved or changed. Try again in a moment."
            )
        return found

    def fetched(self, number: int) -> None:
        """Count that somebody began to read the file; a full disk keeps nobody from that."""
        try:
            self._links.fetched(number)
        except sqlite3.Error as error:
            log.warning("a fetch of link %d is not counted: %s", number, error)

    def _by_token(self, token: str) -> SharedLink:
        """Raises: NoFileError: there is none, or it has ended."""
        link = self._links.by_token(token)
        if link is None:
            raise NoFileError("unknown", "There is no such link.")
        match link.state():
            case "closed":
                raise NoFileError("ended", "This link was closed.")
            case "expired":
                raise NoFileError("ended", "This link has expired.")
        return link

    def _file(self, link: SharedLink) -> OpenedFile | None:
        """The entry's file, opened; None where something else is at its path.

        Raises:
            NoFileError: it is gone, or cannot be read.
        """
        if not link.is_there:
            if link.gone_ns is not None and time.time_ns() - link.gone_ns < FOUND_AGAIN_NS:
                return None
            raise NoFileError("ended", "The file of this link is not there any more.")
        with ExitStack() as stack:
            try:
                stream = stack.enter_context(self._tree.open(link.path))
            except LsfsError as error:
                if error.errno in (errno.EACCES, errno.EPERM):
                    raise NoFileError("unreadable", "The file cannot be read.") from error
                return None
            state = os.fstat(stream.fileno())
            if (signed(state.st_dev), signed(state.st_ino)) != (link.device, link.inode):
                return None
            return OpenedFile(link.id, name(link.path), stream, state, stack.pop_all().close)


_LISTED = "`lsfs shares --all` lists them"
_NO_FILE = {
    "directory": ("a folder", "share a file in it, or pack it first: tar -czf NAME.tar.gz FOLDER"),
    "symlink": ("a symbolic link", "share what it points to"),
    "other": ("no regular file", "share a file"),
}


def _check_time(operation: Share) -> None:
    if operation.expires is not None and operation.expires.timestamp() <= time.time():
        raise UsageError(
            f"a link that ends {operation.expires.astimezone():%F %H:%M} would be over already",
            path=operation.path, hint='say how long: --expires 7d, or "3 months"',
        )  # fmt: skip
