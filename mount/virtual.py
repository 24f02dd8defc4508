"""The virtual tree MNT/.lsfs: it is reached by name and never listed.

    search/QUERY/     ranked relative symlinks "01 name.md"; mkdir pins a query, rmdir forgets it
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

from lsfs.names import is_transient
from lsfs.paths import STATE_NAME, path_from_fields

from .answers import Answers, open_bytes
from .nodes import FILE_MODE, FOLDER_MODE, Node, member, missing
from .past import PastTrees
from .texts import TextTree

STATE_PREFIX = b"/" + os.fsencode(STATE_NAME)
_AFTER = len(STATE_PREFIX)
_NAME_BYTES = 255
_OWN_FOLDER, _LINK = stat.S_IFDIR | 0o700, stat.S_IFLNK | 0o777
_FIXED = (
    ("search", _OWN_FOLDER), ("history", FOLDER_MODE), ("at", FOLDER_MODE), ("text", FOLDER_MODE),
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
                return member(self._links(query), name)
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
            case ["search"]:
                listed = [(query, FOLDER_MODE) for query in self._pins.all()]
            case ["search", query]:
                listed = [(name, _LINK) for name in self._links(query)]
            case ["history", *rest]:
                listed = list(self._history_names("/".join(rest)))
            case ["at"]:
                listed = []  # every moment is there, by its name
            case ["at", *parts]:
                listed = self._past.names(parts)
            case ["text", *parts]:
                listed = self._texts.names(parts)
            case _:
                raise missing()
        return [(os.fsencode(name), mode) for name, mode in listed]

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
        """Forget a pinned query; one that is not pinned has nothing to forget."""
        match self._parts(path):
            case ["search", query]:
                self._pins.discard(query)
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
        return Node(_OWN_FOLDER, mtime_ns=self._born_ns)

    def _links(self, query: str) -> dict[str, Node]:
        links = {}
        hits = self._answers.hits(query)
        digits = max(2, len(str(len(hits))))
        for rank, hit in enumerate(hits, start=1):
            path = path_from_fields(dict(hit))
            target = os.fsencode(f"../../../{path}")
            name = _fitting(f"{rank:0{digits}} ", os.path.basename(path))
            links[name] = Node(_LINK, len(target), self._born_ns, target)
        return links

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

    def _history_names(self, path: str) -> Iterator[tuple[str, int]]:
        if self._kind(path) == stat.S_IFDIR:
            for entry in sorted(map(os.fsdecode, os.listdir(self._real(path)))):
                if not is_transient(entry) and not (path == "" and entry == STATE_NAME):
                    yield entry, FOLDER_MODE
            return
        for name, node in self._versions(path).items():
            yield name, node.mode

    def _versions(self, path: str) -> dict[str, Node]:
        extension = os.path.splitext(path)[1]
        versions = {}
        for version in reversed(self._answers.versions(path)):
            if version.get("kind", "file") != "file" or version.get("gap"):
                continue
            at = datetime.fromisoformat(str(version["at"]).replace("Z", "+00:00"))
            name = f"{at.astimezone():%Y-%m-%d %H.%M.%S} v{version['id']}"
            versions[_fitting(name, extension)] = _version_node(version, at)
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


def _fitting(start: str, name: str) -> str:
    """`start` + `name`, the middle of `name` cut where the kernel's limit asks for it."""
    if len(os.fsencode(start + name)) <= _NAME_BYTES:
        return start + name
    stem, extension = os.path.splitext(name)
    extension = extension if len(os.fsencode(extension)) < _NAME_BYTES // 4 else ""
    while len(os.fsencode(start + stem + extension)) > _NAME_BYTES:
        stem = stem[:-1]
    return start + stem + extension
