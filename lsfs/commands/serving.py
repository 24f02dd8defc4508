"""Commands that set up and run: init, serve, stop, status, index, and mount and umount."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsfs import daemon, render, rooms
from lsfs.counting import counted
from lsfs.errors import LockedError, LsfsError
from lsfs.location import find_location
from lsfs.logfile import log_to_stderr
from lsfs.paths import for_terminal
from lsfs.priority import lower_session

from .invocation import DONE, NOTHING_FOUND, PARTLY, Invocation, lsfs_command
from .mounting import mount, umount

if TYPE_CHECKING:
    from lsfs.config import Config
    from lsfs.service import App

__all__ = ["index", "init", "mount", "serve", "stop", "umount"]

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""A method of the daemon, or of the root in this process."""

POLL_S, SILENT_S, LOCK_PATIENCE_S = 0.2, 2.0, 10.0


@lsfs_command("init")
@click.argument("root", required=False, type=click.Path(path_type=Path))
def init(invocation: Invocation, root: Path | None) -> int:
    """Make ROOT (the working directory) an lsfs root. Its files are only looked at."""
    from lsfs.app import init_root

    chosen = root or invocation.flags.directory or Path()
    answer = init_root(chosen.absolute(), invocation.flags.state)
    if invocation.flags.json:
        invocation.emit_json(answer)
    else:
        state = answer.get("state")
        invocation.emit(f"{answer.get('root')} is an lsfs root; its state is in {state}")
        invocation.say("next: lsfs index, or lsfs mount ROOT MOUNTPOINT")
    return DONE


@lsfs_command("serve")
@click.argument("root", required=False, type=click.Path(path_type=Path))
@click.option("--http", metavar="HOST:PORT", help="Also serve HTTP there, for a bearer token.")
@click.option("--started-by", default="serve", hidden=True)
@click.option("--log", type=click.Path(path_type=Path), hidden=True)
def serve(
    invocation: Invocation, root: Path | None, http: str | None, started_by: str, log: Path | None
) -> int:
    """Run the daemon of ROOT in the foreground, until SIGTERM, Ctrl-C or `lsfs stop`.

    With --http, clients send the token that is in STATE/http-token while it runs.
    """
    from lsfs import server
    from lsfs.config import load_config

    starter = os.getppid()
    address = server.parse_http(http) if http else None
    location = find_location(root or invocation.flags.directory, invocation.flags.state)
    log_to_stderr(logging.DEBUG if invocation.flags.verbose else logging.INFO, log)
    app = _opened(load_config(location.root, location.state), started_by)
    lower_session()
    try:
        invocation.say(f"lsfs: serving {location.root} at {location.socket}")
        if address is not None:
            token = location.state / server.TOKEN_NAME
            invocation.say(f"lsfs: http://{http}/rpc, bearer token in {token}")
        if started_by == daemon.MOUNT:
            threading.Thread(
                target=_end_with_mount, args=(location.root, starter), daemon=True
            ).start()
        server.serve(app, location.state, started_by, address)
    finally:
        app.close()
    return DONE


def _opened(config: Config, started_by: str) -> App:
    """The root; where a mount wants a daemon the one of the mount before may be about to end."""
    from lsfs.app import open_app

    until = time.monotonic() + (LOCK_PATIENCE_S if started_by == daemon.MOUNT else 0.0)
    while True:
        try:
            return open_app(config, watch=True)
        except LockedError:
            if time.monotonic() > until:
                raise
            time.sleep(POLL_S)


def _end_with_mount(root: Path, starter: int) -> None:
    rooms.wait_until_unmounted(root, starter)
    os.kill(os.getpid(), signal.SIGTERM)


@lsfs_command("stop")
def stop(invocation: Invocation) -> int:
    """Stop the root's daemon. Mounts stay, and lose nothing."""
    pid = daemon.stop(invocation.location.socket)
    if pid is not None and (points := rooms.mountpoints_of(invocation.location.root)):
        invocation.say(
            f"still mounted at {for_terminal(str(points[0]))}: the next command that needs the"
            " daemon starts it again"
        )
    if invocation.flags.json:
        invocation.emit_json({"stopped": pid})
    elif pid is None:
        invocation.say(f"no daemon runs for {invocation.location.root}")
    else:
        invocation.emit(f"stopped the daemon (pid {pid})")
    return DONE if pid is not None else NOTHING_FOUND


@lsfs_command("index")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
def index(invocation: Invocation, paths: Sequence[str]) -> int:
    """Bring the index up to date with the tree, or with PATHs, and wait until it is."""
    wanted = [invocation.path(path) for path in paths]
    answer = _index_watched(invocation, wanted)
    coverage = answer["coverage"]
    if invocation.flags.json:
        invocation.emit_json(answer)
    else:
        told = render.unread(answer["failed"])
        invocation.emit(
            f"{coverage['indexed']} of {coverage['entries']} files indexed,"
            f" {coverage['embedded']} by meaning, {told or 'none unread'}"
        )
        if told:
            invocation.say("lsfs status --failed says which, and why")
    invocation.notices(answer)
    return PARTLY if coverage["pending"] else DONE


def _index_watched(invocation: Invocation, paths: Sequence[str]) -> dict[str, Any]:
    """The `index` call, with its progress on a terminal while it lasts."""
    if not sys.stderr.isatty() or invocation.flags.quiet:
        with _announced(invocation):
            return invocation.call("index", paths=list(paths), wait=True)
    return index_shown(invocation.caller.call, paths)


def index_shown(call: Call, paths: Sequence[str]) -> dict[str, Any]:
    """The `index` method, with its progress on stderr while it lasts."""
    answer = in_background(lambda: call("index", {"paths": list(paths), "wait": True}))
    _show_progress(call, answer)
    return answer.result()


@contextlib.contextmanager
def _announced(invocation: Invocation) -> Iterator[None]:
    """A line on stderr when what is within takes longer than SILENT_S."""
    ended = threading.Event()

    def announce() -> None:
        if not ended.wait(SILENT_S):
            with contextlib.suppress(LsfsError):  # a daemon that ends: the call itself says so
                invocation.say(_under_way(invocation.location.socket))

    threading.Thread(target=announce, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _under_way(socket: Path) -> str:
    if not daemon.is_listening(socket):
        return "indexing; the next command goes on with it if you stop waiting"
    now = daemon.DaemonCaller(socket).call("progress", {})
    left = counted(now["total"] - now["done"], "entry", "entries")
    what = f" {left}" if now["stage"] == "reading" else ""
    return f"indexing{what}; this goes on in the background if you stop waiting"


def in_background(call: Callable[[], dict[str, Any]]) -> Future[dict[str, Any]]:
    """Run `call` in a thread that Ctrl-C need not wait for (an executor's it would have to)."""
    answer: Future[dict[str, Any]] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except Exception as error:  # noqa: BLE001 - raised again where the answer is waited for
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer


def _show_progress(call: Call, answer: Future[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[eta]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("indexing", total=None, rate="", eta="")
        while not answer.done():
            now = call("progress", {})
            rate, eta = now.get("rate"), now.get("eta_s")
            progress.update(
                task,
                description=now.get("stage") or "indexing",
                completed=now.get("done") or 0,
                total=now.get("total") or None,
                rate=f"{rate:.1f}/s" if rate else "",
                eta=f"{render.duration(eta)} left" if eta else "",
            )
            wait([answer], POLL_S)
