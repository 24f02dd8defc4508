"""Questions to the daemon for the virtual tree: time-boxed, briefly remembered, few at a time.

A question that cannot be answered is an OSError within seconds, so that `ls` never hangs: EAGAIN
when there is no daemon (one is asked for), when it is too slow, or too many ask.

Threading: from any thread. At most `_AT_ONCE` threads of the mount wait for the daemon at a time,
so that slow searches leave the others to the mirror.
"""

from __future__ import annotations

import base64
import errno
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from lsfs.errors import LsfsError, UnavailableError
from lsfs.paths import path_fields, path_from_fields
from lsfs.rpc import RpcClient

T = TypeVar("T")

_TIMEOUT_S = 5.0
"""For what somebody waits for: a busy disk alone can keep the catalog for a second."""
_GLANCE_S = 1.0
"""For what is no more than a look: the status, whether one listens, a turn to ask."""
_SOON = {"patience_s": 0.5}
"""What the daemon is taking in at the moment is waited for no longer than this."""
_REMEMBERED_S = 2.0
_REMEMBERED = 256
_AT_ONCE = 3
_HITS = 50
_SAME_MOMENT_S = 600.0


class Answers:
    """What the daemon says, as plain values."""

    def __init__(self, socket_file: Path, on_absent: Callable[[], None]) -> None:
        """`on_absent` is called when a question finds no daemon; it returns at once."""
        self._on_absent = on_absent
        self._client = RpcClient(socket_file, _GLANCE_S)
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}
        self._moments: dict[str, tuple[float, int]] = {}
        self._asking = threading.BoundedSemaphore(_AT_ONCE)

    def must_be_there(self) -> None:
        """That a daemon listens.

        Raises:
            OSError: EAGAIN, none does.
        """
        if not self.remembered(("alive", ""), self._client.is_alive):
            self._on_absent()
            raise _refusal(errno.EAGAIN)

    def remembered(self, key: tuple[str, str], ask: Callable[[], T]) -> T:
        """What `ask` says, or said a moment ago.

        Raises:
            OSError: what `ask` raised.
        """
        now = time.monotonic()
        known = self._known.get(key)
        if known is None or known[0] < now:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = now + _REMEMBERED_S, _outcome(ask)
            self._known[key] = known
        if isinstance(known[1], OSError):
            raise OSError(known[1].errno, known[1].strerror)
        return known[1]  # type: ignore[no-any-return]

    def hits(self, query: str) -> list[str]:
        """The paths of what is found, best first."""
        asked = {"query": query, "limit": _HITS}
        return _paths(self._ask("search", query, asked)["hits"])

    def similar(self, path: str) -> list[str]:
        """The paths of the files nearest to this one, the nearest first."""
        asked = {**path_fields(path), "limit": _HITS}
        return _paths(self._ask("similar", path, asked)["hits"])

    def groups(self) -> list[str]:
        """The names of all groups."""
        asked = {"op": "groups"}
        rows = self.remembered(("groups", ""), lambda: self._plan(asked)["rows"])
        return [str(row["name"]) for row in rows]

    def members(self, group: str) -> list[str]:
        """The paths of a group's files, in their order. Not remembered."""
        return _paths(self._plan({"op": "groups", "name": group})["rows"])

    def forget_group(self, name: str) -> None:
        """Have it forgotten, as a plan that can be undone."""
        self._plan({"op": "drop_group", "name": name})
        self._known.clear()

    def _plan(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = {"operations": [operation], "actor": "mount"}
        outcome: Mapping[str, Any] = self._call("run", asked)["outcome"]
        return outcome

    def versions(self, path: str) -> list[Mapping[str, Any]]:
        """The versions of what is or was at `path`, newest first."""
        answer = self._ask("history", path, {**path_fields(path), **_SOON})
        return list(answer["versions"])

    def moment(self, text: str) -> int:
        """The moment that words name, in nanoseconds; it stays the same while it is asked for."""
        known = self._moments.get(text)
        now = time.monotonic()
        if known is None or known[0] < now:
            try:
                at_ns = int(self._call("moment", {"text": text})["at_ns"])
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                raise _refusal(errno.ENOENT) from error
            if len(self._moments) >= _REMEMBERED:
                self._moments.clear()
        else:
            at_ns = known[1]
        self._moments[text] = now + _SAME_MOMENT_S, at_ns
        return at_ns

    def was(self, path: str, at_ns: int) -> Mapping[str, Any]:
        """What was at `path`."""
        asked = {**path_fields(path), "at_ns": at_ns, **_SOON}
        return dict(self._ask("at", f"{at_ns} {path}", asked))

    def were(self, path: str, at_ns: int) -> Mapping[str, Mapping[str, Any]]:
        """What was in the folder `path`, by name."""

        def ask() -> dict[str, Mapping[str, Any]]:
            params = {**path_fields(path), "at_ns": at_ns, **_SOON}
            names = self._call("at_names", params)["names"]
            return {path_from_fields(dict(one), "name"): one for one in names}

        return self.remembered(("at_names", f"{at_ns} {path}"), ask)

    def known_to_be(self, path: str, at_ns: int) -> Mapping[str, Mapping[str, Any]] | None:
        """The same, if it was asked for a moment ago."""
        found = self._known.get(("at_names", f"{at_ns} {path}"))
        is_known = found is not None and found[0] > time.monotonic()
        return found[1] if found and is_known and not isinstance(found[1], OSError) else None

    def texts(self, folder: str) -> Mapping[str, Mapping[str, Any]]:
        """What has text in a folder, and the folders in it, by name."""

        def ask() -> dict[str, Mapping[str, Any]]:
            names = self._call("text_names", path_fields(folder))["names"]
            return {path_from_fields(dict(one), "name"): one for one in names}

        return self.remembered(("text_names", folder), ask)

    def open_text(self, path: str) -> int:
        """A descriptor to read a file's text from; the caller closes it. Not remembered."""
        answer = self._call("text", path_fields(path))
        return open_bytes(answer["text"].encode())

    def status(self) -> Mapping[str, Any]:
        """The daemon's account of itself."""
        answer: Mapping[str, Any] = self._ask("status", "", {}, _GLANCE_S)
        return answer

    def open_version(self, version: int) -> int:
        """A descriptor to read a version's bytes from; the caller closes it. Not remembered."""
        given = self._call("materialise", {"version": version})
        if "file" in given:
            return os.open(given["file"], os.O_RDONLY | os.O_CLOEXEC)
        return open_bytes(base64.b64decode(given["data"]))

    def _ask(
        self, method: str, key: str, params: Mapping[str, Any], timeout_s: float = _TIMEOUT_S
    ) -> Any:
        return self.remembered((method, key), lambda: self._call(method, params, timeout_s))

    def _call(self, method: str, params: Mapping[str, Any], timeout_s: float = _TIMEOUT_S) -> Any:
        if not self._asking.acquire(timeout=_GLANCE_S):
            raise _refusal(errno.EAGAIN)
        try:
            return self._client.call(method, params, timeout_s)
        except UnavailableError as error:
            if method != "status" and not isinstance(error.__cause__, TimeoutError):
                self._on_absent()
            raise _refusal(errno.EAGAIN) from error
        except LsfsError as error:
            raise _refusal(error.errno) from error
        finally:
            self._asking.release()


def _paths(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [path_from_fields(dict(row)) for row in rows if "path" in row]


def open_bytes(data: bytes) -> int:
    """A descriptor to read them from."""
    fd = os.memfd_create("lsfs", os.MFD_CLOEXEC)
    with open(fd, "wb", closefd=False) as file:
        file.write(data)
    return fd


def _outcome(ask: Callable[[], T]) -> T | OSError:
    try:
        return ask()
    except OSError as error:
        return error


def _refusal(code: int) -> OSError:
    return OSError(code, os.strerror(code))
