"""The mount's process: it mounts a root, serves it until it is unmounted, and cleans up.

`mount` serves in this process, `mount_in_background` starts one of its own by
`python -m lsfs.mount.process`, which loads nothing but the standard library, the binding and the
modules of lsfs that need no more: it must be ready in a moment and stay small.

Threading: `mount` belongs to the main thread (signals); it starts the session's threads after
everything else is set up, and nothing forks once they run.
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

from lsfs.errors import LsfsError
from lsfs.paths import CATALOG_NAME, SOCKET_NAME
from lsfs.spool import SpoolWriter

from .background import mount_in_background
from .mountpoints import SUBTYPE, MountedRoot, check, detach, mounts, root_of, stale_mounts, unmount
from .options import MountOptions, parse_options

if TYPE_CHECKING:
    from lsfs.config import Config

    from .filesystem import Filesystem
    from .handles import Handles
    from .libfuse import Library
    from .record import Recorder
    from .session import Session, Tuning

__all__ = [
    "MountOptions", "MountedRoot", "mount", "mount_in_background", "mounts", "parse_options",
    "root_of", "stale_mounts", "unmount",
]  # fmt: skip

log = logging.getLogger(__name__)

NUDGE_NAME = "nudge.sock"
_GRACE_S = 3.0
_THREADS = 8


def mount(config: Config, mountpoint: Path, options: MountOptions) -> None:
    """Mount the root and serve it in the foreground until it is unmounted.

    Raises:
        LsfsError: it cannot be mounted; see `mountpoints.check` and `libfuse.load`.
    """
    _Mount(Path(config.root), Path(config.state), mountpoint, options).run(lambda: None)


class _Mount:
    """One mount, from the checks to the last line of the spool."""

    def __init__(self, root: Path, state: Path, mountpoint: Path, options: MountOptions) -> None:
        # absolute, because the working directory will be the root
        self._root, self._state = root.resolve(), state.absolute()
        self._options = options
        self._point = check(self._root, mountpoint)
        self._handles: Handles | None = None
        self._recorder: Recorder | None = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until unmounted; `ready` is called when the kernel knows the mount."""
        from .libfuse import load

        library = load(self._options.library)
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        _raise_open_files_limit()
        os.chdir(self._root)
        session = self._session(library)
        os.umask(0)  # the kernel applies the caller's
        with self._stopping_on_signals():
            ready()
            session.serve(_THREADS)
            self._finish()
            session.close()

    def _session(self, library: Library) -> Session:
        from .passthrough import is_privileged
        from .session import Session, Tuning

        cached_s = 0.0 if self._options.strict else 1.0
        passthrough = self._options.passthrough and is_privileged()
        tuning = Tuning(cached_s, cached_s, passthrough)
        given = [*self._mount_options(), *tuning.options(library.major)]
        return Session(library, self._filesystem(library, tuning), str(self._point), given)

    def _filesystem(self, library: Library, tuning: Tuning) -> Filesystem:
        from .answers import Answers
        from .calls import Parts
        from .filesystem import Filesystem
        from .handles import Handles
        from .identity import AsCaller, SetIds
        from .keep import CapturedStates, Keeper
        from .passthrough import Passthrough
        from .record import Recorder
        from .virtual import VirtualTree

        state = self._state
        captures = self._options.capture
        spool = SpoolWriter(state / "spool", state / NUDGE_NAME) if captures else None
        recorder = Recorder(spool, library.caller_pid)
        keeper = Keeper(state / "kept", CapturedStates(state / CATALOG_NAME), recorder)
        handles = Handles(keeper, recorder)
        virtual = VirtualTree(self._root, state / "pinned.json", Answers(state / SOCKET_NAME))
        self._handles, self._recorder = handles, recorder
        as_caller = AsCaller(library, serves_others=self._options.allow_other)
        parts = Parts(
            library, as_caller, SetIds(library), Passthrough(), keeper, recorder, handles, virtual
        )
        return Filesystem(parts, tuning)

    def _mount_options(self) -> list[str]:
        source = str(self._root).replace("\\", "\\\\").replace(",", "\\,")
        given = [f"fsname={source}", f"subtype={SUBTYPE}", "default_permissions"]
        chosen = self._options
        flags = ("ro", "allow_other", "auto_unmount", "debug")
        return given + [flag for flag in flags if getattr(chosen, flag)]

    @contextlib.contextmanager
    def _stopping_on_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        """Unmount. Programs with open files are served a moment longer, then cut off."""
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


def _raise_open_files_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m lsfs.mount.process")
    parser.add_argument("root", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("mountpoint", type=Path)
    parser.add_argument("-o", dest="options", default="")
    parser.add_argument("--report", type=int, help="descriptor; detach, then say there how it went")
    given = parser.parse_args(arguments)
    report = _detached(given.report) if given.report is not None else _to_stderr
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        _Mount(given.root, given.state, given.mountpoint, parse_options(given.options)).run(
            lambda: report({"pid": os.getpid()})
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


def _to_stderr(message: dict[str, Any]) -> None:
    if "error" in message:
        sys.stderr.write(f"lsfs: {message['error']['message']}\n")


def _error_fields(error: LsfsError) -> dict[str, Any]:
    data = {"path": error.path, "hint": error.hint, "errno": error.errno}
    return {"code": error.rpc_code, "message": error.message, "data": data}


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
