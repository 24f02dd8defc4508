"""The whole of lsfs on a root as a person has it: `lsfs mount`, its daemon and its worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from consistency import Checker
from faces import lsfs
from mounting import is_running
from waiting import wait_for

from lsfs import daemon
from lsfs.mount.process import mounts
from lsfs.rpc import RpcClient

SETTLED_S = 30.0


class Whole:
    """A root and a mountpoint in `folder`; `mount` brings it up, `stop` takes it down."""

    def __init__(self, folder: Path, *, options: str = "", state: Path | None = None) -> None:
        self.root, self.point = folder / "root", folder / "mnt"
        self.state = state or self.root / ".lsfs"
        self._options = options
        self._folder = folder
        for made in (self.root, self.point):
            made.mkdir(exist_ok=True)

    def mount(self) -> None:
        """`lsfs mount`, which starts the daemon unless it runs."""
        options = ("-o", self._options) if self._options else ()
        elsewhere = ("--state", self.state) if self.state.parent != self.root else ()
        done = lsfs("mount", self.root, self.point, *options, *elsewhere, cwd=self._folder)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)

    def start_daemon(self) -> None:
        """Start a daemon, as `lsfs mount` does."""
        process = daemon.start(self.root, self.state, "mount")
        try:
            daemon.wait_until_up(process, self.state)
        finally:
            process.returncode = 0  # it outlives us: nobody waits for it

    def call(self, method: str, /, **params: object) -> Any:
        """Ask the daemon."""
        return RpcClient(self.state / "daemon.sock").call(method, params)

    def stop(self) -> None:
        """Unmount, end the daemon, whatever became of them."""
        for pid in (self.pid_of("mount"), self.pid_of("daemon")):
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        lsfs("umount", "--lazy", self.point, cwd=self._folder)
        daemon.stop(self.state / "daemon.sock")
        for part in ("mount", "daemon"):
            if self.pid_of(part) is not None:  # a mount: in another's mount namespace it lives on
                self.kill(part, signal.SIGTERM)

    def pid_of(self, part: str) -> int | None:
        """The process that is the "mount", "daemon" or "worker" of this root."""
        module, marks = _PARTS[part]
        wanted = [str(self.root), *marks]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with suppress(OSError):
                arguments = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
                is_it = module in arguments and all(word in arguments for word in wanted)
                if is_it and is_running(int(pid)):
                    return int(pid)
        return None

    def pid(self, part: str) -> int:
        """The same, waited for."""
        return wait_for(lambda: self.pid_of(part), 20, f"the {part}") or 0

    def kill(self, part: str, number: int = signal.SIGKILL) -> None:
        """Kill it and wait until it is gone."""
        pid = self.pid(part)
        os.kill(pid, number)
        wait_for(lambda: not is_running(pid), 20, f"the {part} to end")

    def is_mounted(self) -> bool:
        """Whether the kernel knows the mount, alive or dead."""
        return any(known.mountpoint == self.point for known in mounts())

    def history(self, path: str) -> list[Mapping[str, Any]]:
        """Versions as the daemon tells them, newest first."""
        versions: list[Mapping[str, Any]] = self.call("history", path=path)["versions"]
        return versions

    def settle(self, checker: Checker | None = None) -> None:
        """Wait until the daemon has taken in everything and nothing is wrong."""
        looking = checker or Checker(self.root, self.state)
        last: list[str] = []

        def is_right() -> bool:
            last[:] = looking.problems()
            return not last

        try:
            wait_for(is_right, SETTLED_S, "a consistent state")
        except AssertionError as error:
            raise AssertionError("\n".join(last[:20])) from error


_PARTS = {
    "mount": ("lsfs.mount.process", ()),
    "daemon": ("lsfs.cli", ("serve",)),
    "worker": ("lsfs.indexer.worker", ()),
}


@contextmanager
def whole(folder: Path, *, options: str = "", state: Path | None = None) -> Iterator[Whole]:
    """A mounted root, taken down at the end."""
    made = Whole(folder, options=options, state=state)
    try:
        made.mount()
        yield made
    finally:
        made.stop()
