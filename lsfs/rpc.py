"""A JSON-RPC 2.0 client of the daemon, over its unix socket (`POST /rpc`).

Standard library only, because the mount process and every warm command load it; `http.client` is
imported by the first call. It must not start a daemon: an absent one is an `UnavailableError`.

An error reply becomes the error of `lsfs.errors` with that code; `data` of the reply may carry
`path`, `hint` and, for a `TreeError`, `errno`.

Threading: any number of threads may call at once; each call has a connection of its own.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lsfs.errors import LsfsError, TreeError, UnavailableError

_ADDRESS_BYTES = 100
"""A unix socket's address holds 108 bytes; longer paths are reached through /proc/self/fd."""


_OF_PLANS = ("run", "ask")
_HALF_DONE = "the next command turns back what was done by half; `lsfs log` says what was done"


class RpcClient:
    """Calls methods of the daemon that listens at `socket_file`."""

    def __init__(self, socket_file: Path, timeout_s: float = 60.0) -> None:
        self._file = socket_file
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, timeout_s: float | None = None
    ) -> Any:
        """The method's result. `timeout_s` bounds each wait on the socket, default the client's.

        Raises:
            UnavailableError: no daemon, or it did not answer in time.
            LsfsError: what the daemon raised, as the class of its code.
        """
        request = {
            "jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": dict(params or {})
        }  # fmt: skip
        body = json.dumps(request).encode("ascii")
        reply = self._post(method, body, timeout_s or self._timeout_s)
        if "error" in reply:
            raise error_from(reply["error"])
        return reply.get("result")

    def is_alive(self) -> bool:
        """Whether something accepts connections at the socket (it may still be busy)."""
        try:
            connect(self._file, min(self._timeout_s, 1.0)).close()
        except OSError:
            return False
        return True

    def _post(self, method: str, body: bytes, timeout_s: float) -> Mapping[str, Any]:
        import http.client

        connection, was_there = http.client.HTTPConnection("lsfs"), False
        try:
            connection.sock = connect(self._file, timeout_s)
            was_there = True
            connection.request("POST", "/rpc", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return _reply_of(response.status, response.read())
        except TimeoutError as error:
            raise UnavailableError(
                f"the lsfs daemon did not answer within {timeout_s:g} s",
                hint="it may be busy: see `lsfs status`",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._nobody(error, method if was_there else None) from error
        finally:
            connection.close()

    def _nobody(self, error: Exception, method: str | None) -> UnavailableError:
        """`method`: what the daemon was doing when it ended; None when there was none."""
        if method is None:
            told = f"no lsfs daemon answers at {self._file}: {error}"
            return UnavailableError(told, hint="start one: lsfs serve")
        return UnavailableError(
            f"the lsfs daemon ended before it had answered: {error}",
            hint=_HALF_DONE if method in _OF_PLANS else "run it again; your files are not affected",
        )


def connect(file: Path, timeout_s: float) -> socket.socket:
    """A stream connected to the unix socket `file`, of any path length; the caller closes it.

    Raises:
        OSError: nobody listens there.
    """
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        stream.settimeout(timeout_s)
        _connect(stream, file)
    except OSError:
        stream.close()
        raise
    return stream


def _connect(stream: socket.socket, file: Path) -> None:
    if len(os.fsencode(file)) <= _ADDRESS_BYTES:
        stream.connect(os.fspath(file))
        return
    directory = os.open(file.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        stream.connect(f"/proc/self/fd/{directory}/{file.name}")
    finally:
        os.close(directory)


def _reply_of(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        reply = json.loads(body)
    except ValueError as error:
        raise UnavailableError(f"the lsfs daemon answered HTTP {status} without JSON") from error
    if not isinstance(reply, dict):
        raise UnavailableError(f"the lsfs daemon answered HTTP {status} with no JSON-RPC reply")
    return reply


def error_from(fields: Mapping[str, Any]) -> LsfsError:
    message = str(fields.get("message", "unknown error"))
    data = fields.get("data")
    details = data if isinstance(data, Mapping) else {}
    path, hint = details.get("path"), details.get("hint")
    kind = _BY_CODE.get(fields.get("code", 0), LsfsError)
    if issubclass(kind, TreeError):
        return kind(message, path=path, hint=hint, errno_code=details.get("errno") or errno.EIO)
    return kind(message, path=path, hint=hint)


def _error_classes(kind: type[LsfsError]) -> Iterator[type[LsfsError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _error_classes(narrower)


_BY_CODE = {kind.rpc_code: kind for kind in _error_classes(LsfsError)}
