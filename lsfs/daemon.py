"""Reaching the engine of a root: through its daemon, or by opening the root in this process.

Also the daemon's life seen from outside: start it in the background, ask who it is, stop it.
It imports `lsfs.app` (the engine and all it needs) only when there is no daemon.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsfs import __version__, rooms
from lsfs.errors import ConfigurationError, LockedError, LsfsError, UnavailableError
from lsfs.location import Location
from lsfs.logfile import rotate_if_long
from lsfs.paths import SOCKET_NAME, is_same_place
from lsfs.rpc import RpcClient

if TYPE_CHECKING:
    import subprocess

log = logging.getLogger(__name__)

MOUNT = "mount"
"""What a daemon that goes with a mount says it was started by; it ends with the last mount."""

CALL_TIMEOUT_S = 3600.0  # a first index of a large folder is waited for through one call
PROBE_TIMEOUT_S = 2.0
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 20.0
LOCK_PATIENCE_S = 10.0
POLL_S = 0.02


class Caller(Protocol):
    """Whatever answers the methods of `App.call`; safe from many threads."""

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The method's result, plain JSON. Raises: LsfsError."""
        ...

    def close(self) -> None:
        """Let go of the root (own process) or of nothing (daemon)."""
        ...


class DaemonCaller:
    """Calls over the daemon's socket, one connection a call. `again`: where a call meets no daemon
    any more, and so nothing was done, the caller to go on with is asked for once."""

    def __init__(
        self, socket_file: Path, timeout_s: float = CALL_TIMEOUT_S,
        again: Callable[[], Caller] | None = None,
    ) -> None:  # fmt: skip
        self._client = RpcClient(socket_file, timeout_s)
        self._again = again
        self._next: Caller | None = None

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The daemon's answer."""
        if self._next is not None:
            return self._next.call(method, params)
        try:
            result: dict[str, Any] = self._client.call(method, params)
        except UnavailableError as error:
            met_none = isinstance(error.__cause__, ConnectionRefusedError | FileNotFoundError)
            if self._again is None or not met_none:
                raise
            self._next = self._again()
            return self._next.call(method, params)
        return result

    def close(self) -> None:
        """Let go of the root, where this process has opened it since."""
        if self._next is not None:
            self._next.close()


def connect(
    location: Location, *, starts: bool = True, tell: Callable[[str], None] = log.warning
) -> Caller:
    """The running daemon of the root, else the root opened in this process.

    A root that is mounted has lost its daemon then (killed, or stopped). It is started again, so
    that what the mount does goes on being taken in; not where `starts` is False. One that goes on
    from before an upgrade ends first, and is started again, if a mount had started it; of others
    `tell` that they are to be restarted.

    A lock held without a socket is most often a daemon starting or a short command ending: it is
    given LOCK_PATIENCE_S.

    Raises:
        LockedError: another process holds the root and answers on no socket.
        ConfigurationError: a setting is wrong.
        UnavailableError: a daemon from before an upgrade does not end.
    """
    deadline = time.monotonic() + LOCK_PATIENCE_S
    again = partial(connect, location, starts=starts, tell=tell)
    while True:
        if is_listening(location.socket) and not _has_ended_outdated(location, starts, tell):
            return DaemonCaller(location.socket, again=again)
        if starts and _start_for_mount(location):
            return DaemonCaller(location.socket, again=again)
        starts = False  # once is enough
        try:
            return OwnProcess(location)
        except LockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_S)


def _has_ended_outdated(location: Location, may_end: bool, tell: Callable[[str], None]) -> bool:
    """Whether a daemon of an older version was ours to end, and has, after what it was doing."""
    known = health(location.socket)
    version = known.get("version", "none that is known") if known else __version__
    if known is None or version == __version__:
        return False
    pid, unit, is_older = known["pid"], _unit_of(known["pid"]), _order(version) < _order()
    if may_end and is_older and unit is None and known["started_by"] == MOUNT:
        stop(location.socket)
        return True
    how = f"systemctl --user restart {unit}" if unit else "`lsfs stop`, and start it as before"
    if known["started_by"] == MOUNT and unit is None:
        how = "`lsfs stop`: the next command starts it"
    told = f"the daemon (pid {pid}) is of version {version}, this is lsfs {__version__}"
    tell(f"{told}; to restart it: {how}" if is_older else f"{told}: use one of the two")
    return False


def _order(version: str = __version__) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _unit_of(pid: int) -> str | None:
    """The unit of `lsfs mount --systemd` that the process belongs to."""
    try:
        found = _UNIT.search(Path(f"/proc/{pid}/cgroup").read_text())
    except OSError:  # it has ended
        return None
    return found[1] if found else None


_UNIT = re.compile(r"/(lsfs-[^/\n]+\.service)")


def _start_for_mount(location: Location) -> bool:
    """Start the daemon of a root that is mounted with this state; whether one answers now."""
    alive = [
        one for one in rooms.living_mounts(location.root)
        if one.condition != "stale" and is_same_place(one.state, location.state)
    ]  # fmt: skip
    if not alive:
        return False
    with contextlib.suppress(LsfsError):  # this command can do without: it opens the root itself
        starting = start(location.root, location.state, MOUNT, is_indexed=alive[0].is_indexed)
        wait_until_up(starting, location.state)
    return is_listening(location.socket)


class OwnProcess:
    """The root opened in this process, which holds its lock until `close`."""

    def __init__(self, location: Location) -> None:
        from lsfs.app import open_app
        from lsfs.config import load_config

        self._app = open_app(load_config(location.root, location.state), watch=False)

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The engine's answer; `status` says that no daemon runs."""
        answer = self._app.call(method, params)
        return {**answer, "daemon": None} if method == "status" else answer

    def close(self) -> None:
        """Let go of the root."""
        self._app.close()


def is_listening(socket_file: Path) -> bool:
    """Whether a daemon accepts connections on the socket."""
    return RpcClient(socket_file, PROBE_TIMEOUT_S).is_alive()


def health(socket_file: Path) -> dict[str, Any] | None:
    """`{"pid", "version", "uptime_s", "started_by"}` of the daemon, None when none answers."""
    if not is_listening(socket_file):
        return None
    try:
        return DaemonCaller(socket_file, PROBE_TIMEOUT_S).call("health", {})
    except UnavailableError:
        return None


def start(
    root: Path, state: Path, started_by: str, *, is_indexed: bool = True
) -> subprocess.Popen[bytes]:
    """Start a daemon in the background and return at once; `wait_until_up` waits for its socket.

    Its output goes to STATE/log/daemon.log. It outlives this process and its terminal.
    """
    import subprocess

    log = state / "log" / "daemon.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rotate_if_long(log)
    environment = dict(os.environ)
    if not is_indexed:
        environment["LSFS_INDEXER_ENABLED"] = "false"
    command = [sys.executable, "-m", "lsfs.cli", "serve", str(root), "--state", str(state)]
    with log.open("ab") as stream:
        return subprocess.Popen(
            [*command, "--started-by", started_by, "--log", str(log)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=Path(__file__).resolve().parent.parent,  # -m finds this lsfs, installed or not
            start_new_session=True,
        )


def wait_until_up(process: subprocess.Popen[bytes], state: Path) -> None:
    """Wait until the daemon that `start` began answers.

    Raises:
        UnavailableError: it does not answer within START_TIMEOUT_S.
        ConfigurationError: it ended instead.
    """
    socket_file = state / SOCKET_NAME
    ended_or_up = _wait(
        lambda: is_listening(socket_file) or process.poll() is not None, START_TIMEOUT_S
    )
    if is_listening(socket_file):
        return
    log = state / "log" / "daemon.log"
    if not ended_or_up:
        raise UnavailableError(
            f"the daemon did not answer within {START_TIMEOUT_S:.0f} s", hint=f"see {log}"
        )
    raise ConfigurationError(f"the daemon ended: {_last_line(log)}", hint=f"see {log}")


def stop(socket_file: Path) -> int | None:
    """Ask the daemon to stop and wait until its process is gone; its pid, None when none runs.

    Raises:
        UnavailableError: it is still there after STOP_TIMEOUT_S.
    """
    known = health(socket_file)
    if known is None:
        return None
    pid = int(known["pid"])
    with contextlib.suppress(UnavailableError):  # it may close the connection before it answers
        DaemonCaller(socket_file, PROBE_TIMEOUT_S).call("stop", {})
    wait_until_gone(pid)
    return pid


def wait_until_gone(pid: int) -> None:
    """Wait until a daemon that was told to stop has let go of its root.

    Raises:
        UnavailableError: it is still there after STOP_TIMEOUT_S.
    """
    if not _wait(lambda: not _is_running(pid), STOP_TIMEOUT_S):
        raise UnavailableError(
            f"the daemon (pid {pid}) is still running", hint="it finishes what it is doing first"
        )


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state != b"Z"  # a daemon whose parent has not reaped it yet is gone all the same


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line for line in lines if line.startswith("lsfs: ")]
    return (told or lines or ["no message"])[-1].removeprefix("lsfs: ")


def _wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
