"""The mount's process: it mounts a root, serves it until it is unmounted, and cleans up.

Started as `python -m lsfs.mount.process` (see `background`), it loads nothing but the standard
library, the binding and the modules of lsfs that need no more: it must be ready in a moment and
stay small.

Threading: the main thread mounts and waits; a thread waits for signals; the session's are started
after everything else is set up. The guard is forked before any thread.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs import logfile
from lsfs.errors import ConfigurationError, LsfsError
from lsfs.paths import CATALOG_NAME, KEPT_NAME, NUDGE_NAME, SOCKET_NAME, SPOOL_NAME
from lsfs.spool import SpoolWriter

from .background import mount_in_background
from .guard import PROCESS_NAME, keep_guard, mounting, set_process_name
from .mountpoints import (
    SUBTYPE,
    MountedRoot,
    detach,
    mount_meant,
    mounts,
    root_of,
)
from .mountpoints import unmount as take_down
from .notify import notify
from .options import MountOptions, parse_options
from .refusals import check, check_helper

if TYPE_CHECKING:
    from .filesystem import Filesystem
    from .handles import Handles
    from .libfuse import Library
    from .record import Recorder
    from .session import Session, Tuning

__all__ = [
    "MountOptions", "MountedRoot", "mount_in_background", "mounts", "parse_options", "root_of",
    "unmount",
]  # fmt: skip

log = logging.getLogger(__name__)

_GRACE_S = 3.0
_THREADS = 8


def unmount(mountpoint: Path, *, lazy: bool = False) -> None:
    """Take the mount at `mountpoint` down; see `mountpoints`."""
    take_down(mount_meant(mountpoint), lazy=lazy)


class _Mount:
    """One mount, from the checks to the last line of the spool."""

    def __init__(self, root: Path, state: Path, mountpoint: Path, options: MountOptions) -> None:
        # absolute, because the working directory will be the root
        self._root, self._state = root.resolve(), state.absolute()
        self._options = options
        self._point = mountpoint.absolute()
        self._handles: Handles | None = None
        self._recorder: Recorder | None = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until unmounted; `ready` is called when the kernel knows the mount.

        Raises:
            LsfsError: it cannot be mounted; see `refusals.check` and `libfuse.load`.
        """
        from .libfuse import load

        library = load(self._options.library)
        check_helper(library.major)
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held_back() as stopping:
            with mounting(self._state):
                self._point = check(self._root, self._state, self._point, self._options)
                if self._options.auto_unmount:
                    keep_guard(self._point, self._state)
                session = self._mounted(library)
            self._stop_on(stopping)
            ready()
            session.serve(_THREADS)
            self._finish()
            session.close()

    def _mounted(self, library: Library) -> Session:
        _raise_open_files_limit()
        os.chdir(self._root)
        with _heard() as said:
            try:
                session = self._session(library)
            except ConfigurationError as error:
                reason = said() or "it does not say why"
                raise ConfigurationError(
                    f"{error.message}: {reason}", path=error.path, hint="see also `lsfs doctor`"
                ) from error
        os.umask(0)  # new files get their maker's; see `identity`
        return session

    def _session(self, library: Library) -> Session:
        from .passthrough import is_privileged
        from .session import Session, Tuning

        strict = self._options.strict
        tuning = Tuning(
            cached_s=0.0 if strict else 1.0, leaves_set_ids=not strict,
            passthrough=self._options.passthrough and is_privileged(),
        )  # fmt: skip
        given = [*self._mount_options(), *tuning.options(library.major)]
        return Session(library, self._filesystem(library, tuning), str(self._point), given)

    def _filesystem(self, library: Library, tuning: Tuning) -> Filesystem:
        from .answers import Answers
        from .backing import Backing
        from .calls import Parts
        from .filesystem import Filesystem
        from .handles import Handles
        from .identity import AsCaller, SetIds
        from .keep import CapturedStates, Keeper
        from .pages import Pages
        from .passthrough import Passthrough
        from .record import Recorder
        from .revival import Revival
        from .virtual import VirtualTree

        state = self._state
        captures = self._options.capture
        spool = SpoolWriter(state / SPOOL_NAME, state / NUDGE_NAME) if captures else None
        recorder = Recorder(spool, library.caller_pid)
        keeper = Keeper(state / KEPT_NAME, CapturedStates(state / CATALOG_NAME), recorder)
        handles = Handles(keeper, recorder)
        answers = Answers(state / SOCKET_NAME, Revival(self._root, state).ask)
        virtual = VirtualTree(self._root, state / "pinned.json", answers)
        self._handles, self._recorder = handles, recorder
        # where all files are shown as one user's, that one need not own those he makes
        serves_others = self._options.allow_other and self._options.uid is None
        as_caller = AsCaller(library, serves_others=serves_others)
        backing = Backing(serves_others=self._options.allow_other)
        set_ids = SetIds(library, serves_others=self._options.allow_other)
        parts = Parts(
            library, backing, as_caller, set_ids, Passthrough(), keeper, recorder, handles, virtual,
            Pages(),
        )  # fmt: skip
        return Filesystem(parts, tuning)

    def _mount_options(self) -> list[str]:
        source = str(self._root).replace("\\", "\\\\").replace(",", "\\,")
        given = [f"fsname={source}", f"subtype={SUBTYPE}", "default_permissions"]
        chosen = self._options
        given += [flag for flag in ("ro", "allow_other", "debug") if getattr(chosen, flag)]
        return [*given, *chosen.shown_as(), *chosen.kernel]

    def _stop_on(self, signals: frozenset[int]) -> None:
        """Unmount when one of these comes."""

        def wait() -> None:
            while signals:
                signal.sigwait(signals)
                self._stop()

        threading.Thread(target=wait, name="signals", daemon=True).start()

    def _stop(self) -> None:
        """Unmount. Programs with open files are served a moment longer, then cut off."""
        notify("STOPPING=1")
        failure = detach(self._point, lazy=True)
        if failure is not None:
            log.warning("cannot unmount %s: %s", self._point, failure)
        timer = threading.Timer(_GRACE_S, self._cut_off)
        timer.daemon = True
        timer.start()

    def _cut_off(self) -> None:
        self._finish()
        os._exit(0)  # the loops wait in the kernel for files that programs hold open

    def _finish(self) -> None:
        if self._handles is not None and self._recorder is not None:
            self._handles.release_all()
            self._recorder.close()


@contextlib.contextmanager
def _held_back() -> Iterator[frozenset[int]]:
    """The signals that end a mount wait meanwhile, in every thread, to be waited for: a handler of
    Python's runs between two steps of the main thread, which may be about to wait for good. None
    of those that are ignored, as nohup(1) wants it."""
    if threading.current_thread() is not threading.main_thread():
        yield frozenset()
        return
    ending = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    chosen = frozenset(one for one in ending if signal.getsignal(one) != signal.SIG_IGN)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, chosen)
    try:
        yield chosen
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _raise_open_files_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextlib.contextmanager
def _heard() -> Iterator[Callable[[], str]]:
    """What C code and its children write to standard error meanwhile: passed on at the end, and
    given by the function in one line."""
    before, heard = os.dup(2), os.memfd_create("stderr")
    os.dup2(heard, 2)
    try:
        yield lambda: "; ".join(_text_of(heard).split("\n")).strip("; ")
    finally:
        os.dup2(before, 2)
        sys.stderr.write(_text_of(heard))
        sys.stderr.flush()
        os.close(before)
        os.close(heard)


def _text_of(fd: int) -> str:
    return os.pread(fd, 65536, 0).decode("utf-8", "replace")


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m lsfs.mount.process")
    parser.add_argument("root", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("mountpoint", type=Path)
    parser.add_argument("-o", dest="options", default="")
    parser.add_argument("--report", type=int, help="descriptor; detach, then say there how it went")
    parser.add_argument("--log", type=Path, help="the file that standard error is")
    given = parser.parse_args(arguments)
    report = _detached(given.report) if given.report is not None else _tell_starter
    set_process_name(PROCESS_NAME)
    logfile.log_to_stderr(logging.INFO, given.log)
    try:
        _Mount(given.root, given.state, given.mountpoint, parse_options(given.options)).run(
            lambda: report({"pid": os.getpid(), "root": str(given.root)})
        )
    except LsfsError as error:
        report({"error": _error_fields(error)})
        return error.exit_code
    return 0


def _detached(fd: int) -> Callable[[dict[str, Any]], None]:
    """Leave the starter: it waits for its child, which ends here, and reads the report."""
    if os.fork():
        os._exit(0)
    os.setsid()

    def report(message: dict[str, Any]) -> None:
        os.write(fd, json.dumps(message).encode("ascii") + b"\n")
        os.close(fd)

    return report


def _tell_starter(message: dict[str, Any]) -> None:
    """In the foreground: systemd hears that the mount is there, a person what went wrong."""
    if "error" not in message:
        notify("READY=1", f"STATUS=mounted {message['root']}")
        return
    hint = message["error"]["data"]["hint"]
    sys.stderr.write(f"lsfs: {message['error']['message']}\n" + (f"  {hint}\n" if hint else ""))


def _error_fields(error: LsfsError) -> dict[str, Any]:
    data = {"path": error.path, "hint": error.hint, "errno": error.errno}
    return {"code": error.rpc_code, "message": error.message, "data": data}


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
