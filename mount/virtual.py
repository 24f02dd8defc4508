"""The virtual tree MNT/.lsfs: it is reached by name and never listed.

    search/QUERY/     ranked relative symlinks "01 name.md"; mkdir pins a query, rmdir forgets it
    similar/PATH/     the nearest files; folders as they stand (`linked`)
    groups/NAME/      a group's files; rmdir forgets the group (`linked`)
    history/PATH/     folders as they stand; a file is a folder of its versions, newest last
    at/TIME/          the whole tree as it was then (`past`)
    text/PATH.md      what a document says (`texts`)
    status.json       the daemon's status

Everything in it belongs to the owner of the root and is closed to others, because versions and
search results would show them what the files themselves do not. It knows the real tree only by
lstat and listing, and asks the daemon for the rest (`answers`).

Threading: from any thread. Failures are OSErrors.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lsfs.free_names import fitting
from lsfs.names import is_transient
from lsfs.paths import STATE_NAME

from .answers import Answers, open_bytes
from .linked import LINK, OWN_FOLDER, LinkFolders
from .nodes import FILE_MODE, FOLDER_MODE, Node, member, missing
from .past import PastTrees
from .texts import TextTree

STATE_PREFIX = b"/" + os.fsencode(STATE_NAME)
_AFTER = len(STATE_PREFIX)
_FIXED = (
    ("search", OWN_FOLDER), ("similar", FOLDER_MODE), ("groups", OWN_FOLDER),
    ("history", FOLDER_MODE), ("at", FOLDER_MODE), ("text", FOLDER_MODE),
    ("status.json", FILE_MODE),
)  # fmt: skip


def is_virtual(path: bytes) -> bool:
    """Whether a path of the mount lies in the virtual tree."""
    return path.startswith(STATE_PREFIX) and path[_AFTER : _AFTER + 1] in (b"", b"/")


class VirtualTree:
    """Answers for paths below `.lsfs`, given as the mount sees them (bytes, from "/.lsfs")."""

    def __init__(self, root: Path, pins_file: Path, answers: Answers) -> None:
        self._root = os.fsencode(root)
        self._answers = answers
        self._past = PastTrees(self._root, answers)
        self._texts = TextTree(answers)
        self._linked = LinkFolders(answers)
        self._pins = _Pins(pins_file)
        self._born_ns = time.time_ns()

    def node(self, path: bytes) -> Node:
        """The node at `path`.

        Raises:
            OSError: ENOENT, or what keeps the daemon from answering.
        """
        match self._parts(path):
            case []:
                return self._folder()
            case [name] if name in dict(_FIXED):
                mode = dict(_FIXED)[name]
                size = len(self._status()) if mode == FILE_MODE else 0
                return Node(mode, size, self._born_ns)
            case ["search", query]:
                return self._query_folder(query)
            case ["search", query, name]:
                return member(self._linked.found(query), name)
            case ["similar", *rest]:
                return self._similar_node("/".join(rest))
            case ["groups", *parts]:
                return self._linked.group_node(parts)
            case ["history", *rest]:
                return self._history_node("/".join(rest))
            case ["at", *parts]:
                return self._past.node(parts)
            case ["text", *parts]:
                return self._texts.node(parts)
        raise missing()

    def names(self, path: bytes) -> list[tuple[bytes, int]]:
        """Names in a folder with their modes (the type is what matters)."""
        match self._parts(path):
            case []:
                listed = list(_FIXED)
            case ["similar" | "history", *rest] if self._kind("/".join(rest)) == stat.S_IFDIR:
                listed = list(self._real_names("/".join(rest)))
            case ["search" | "similar" | "groups" as tree, *rest]:
                listed = self._link_names(tree, rest)
            case ["history", *rest]:
                versions = self._versions("/".join(rest))
                listed = [(name, node.mode) for name, node in versions.items()]
            case ["at"]:
                listed = []  # every moment is there, by its name
            case ["at", *parts]:
                listed = self._past.names(parts)
            case ["text", *parts]:
                listed = self._texts.names(parts)
            case _:
                raise missing()
        return [(os.fsencode(name), mode) for name, mode in listed]

    def _link_names(self, tree: str, parts: list[str]) -> list[tuple[str, int]]:
        if tree == "groups":
            return self._linked.group_names(parts)
        if tree == "search" and not parts:
            return [(query, FOLDER_MODE) for query in self._pins.all()]
        if tree == "search" and len(parts) > 1:
            raise missing()
        links = self._linked.found(parts[0]) if tree == "search" else self._similar(parts)
        return [(name, LINK) for name in links]

    def _similar(self, parts: list[str]) -> dict[str, Node]:
        if self._kind("/".join(parts)) != stat.S_IFREG:
            raise missing()
        return self._linked.similar("/".join(parts))

    def open(self, path: bytes, flags: int) -> int:
        """A descriptor of the bytes at `path`, for reading; the caller closes it."""
        if flags & os.O_ACCMODE != os.O_RDONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        node = self.node(path)
        if not stat.S_ISREG(node.mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if node.version is not None:
            return self._answers.open_version(node.version)
        if node.real is not None:
            return os.open(node.real, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if node.text_of is not None:
            return self._answers.open_text(node.text_of)
        if self._parts(path) != ["status.json"]:  # of what was there nothing was ever kept
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return open_bytes(self._status())

    def mkdir(self, path: bytes) -> None:
        """Pin a query."""
        match self._parts(path):
            case ["search", query]:
                self._pins.add(query)
            case _:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def rmdir(self, path: bytes) -> None:
        """Forget a pinned query (one that is not pinned has nothing to forget), or a group."""
        match self._parts(path):
            case ["search", query]:
                self._pins.discard(query)
            case ["groups", *parts] if self._linked.is_group(parts):
                self._answers.forget_group("/".join(parts))
            case ["groups", *parts] if parts and self._linked.group_names(parts):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
            case _:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def is_unpinned_query(self, path: bytes) -> bool:
        """Whether `path` is a query folder that exists only because it was named."""
        match self._parts(path):
            case ["search", query]:
                return query not in self._pins.all()
        return False

    def _parts(self, path: bytes) -> list[str]:
        return [part for part in os.fsdecode(path[_AFTER:]).split("/") if part]

    def _folder(self) -> Node:
        return Node(FOLDER_MODE, mtime_ns=self._born_ns)

    def _query_folder(self, query: str) -> Node:
        if query not in self._pins.all():
            self._answers.must_be_there()
        return Node(OWN_FOLDER, mtime_ns=self._born_ns)

    def _similar_node(self, path: str) -> Node:
        if path == "" or self._kind(path) is not None:
            return self._folder()
        *folder, name = path.split("/")
        return member(self._similar(folder), name)

    def _status(self) -> bytes:
        try:
            status = dict(self._answers.status())
        except OSError as error:
            status = {"daemon": None, "error": error.strerror}
        return json.dumps(status, indent=2, ensure_ascii=False).encode() + b"\n"

    # -- history -----------------------------------------------------------------------------------

    def _history_node(self, path: str) -> Node:
        if path == "" or self._kind(path) is not None:
            return self._folder()
        parent, _, name = path.rpartition("/")
        if self._kind(parent) == stat.S_IFDIR:
            self._versions(path)  # of a file that is gone; ENOENT when there never was one
            return self._folder()
        return member(self._versions(parent), name)

    def _real_names(self, path: str) -> Iterator[tuple[str, int]]:
        for entry in sorted(map(os.fsdecode, os.listdir(self._real(path)))):
            if not is_transient(entry) and not (path == "" and entry == STATE_NAME):
                yield entry, FOLDER_MODE

    def _versions(self, path: str) -> dict[str, Node]:
        extension = os.path.splitext(path)[1]
        versions = {}
        for version in reversed(self._answers.versions(path)):
            if version.get("kind", "file") != "file" or version.get("gap"):
                continue
            at = datetime.fromisoformat(str(version["at"]).replace("Z", "+00:00"))
            name = f"{at.astimezone():%Y-%m-%d %H.%M.%S} v{version['id']}"
            versions[fitting(name, extension)] = _version_node(version, at)
        return versions

    def _kind(self, path: str) -> int | None:
        """The type of what stands at a path of the real tree, None when nothing does."""
        if path.split("/", 1)[0] == STATE_NAME:
            return None
        try:
            return stat.S_IFMT(os.lstat(self._real(path)).st_mode)
        except OSError:
            return None

    def _real(self, path: str) -> bytes:
        return self._root + b"/" + os.fsencode(path)


class _Pins:
    """Pinned queries, in a JSON file of the state directory, newest last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._queries: list[str] = []
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._queries = list(json.loads(file.read_text(encoding="ascii")))

    def all(self) -> tuple[str, ...]:
        return tuple(self._queries)

    def add(self, query: str) -> None:
        with self._lock:
            if query in self._queries:
                raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
            self._save([*self._queries, query])

    def discard(self, query: str) -> None:
        with self._lock:
            if query in self._queries:
                self._save([other for other in self._queries if other != query])

    def _save(self, queries: list[str]) -> None:
        temporary = self._file.with_suffix(".new")
        with open(temporary, "w", encoding="ascii", opener=_for_owner) as file:
            json.dump(queries, file)
        temporary.replace(self._file)
        self._queries = queries


def _for_owner(file: str, flags: int) -> int:
    return os.open(file, flags | os.O_CLOEXEC, 0o600)


def _version_node(version: Mapping[str, Any], at: datetime) -> Node:
    return Node(
        FILE_MODE, int(version["size"]), int(at.timestamp() * 1e9), version=int(version["id"])
    )
