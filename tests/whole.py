"""The whole of lsfs on a root as a person has it: `lsfs mount`, its daemon and its worker."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from consistency import Checker
from faces import LSFS, lsfs
from mounting import is_running
from waiting import wait_for

from lsfs import daemon
from lsfs.mount.process import mounts
from lsfs.rpc import RpcClient

SETTLED_S = 30.0


class Whole:
    """A root and a mountpoint in `folder`; `mount` brings it up, `stop` takes it down."""

    def __init__(
        self,
        folder: Path,
        *,
        options: str = "",
        state: Path | None = None,
        under: Sequence[str] = (),
    ) -> None:
        """`under` is put before each command: `prlimit --nofile=100` and the like."""
        self.root, self.point = folder / "root", folder / "mnt"
        self.state = state or self.root / ".lsfs"
        self._options = options
        self._folder = folder
        self.under = under
        for made in (self.root, self.point):
            made.mkdir(exist_ok=True)

    def mount(self) -> None:
        """`lsfs mount`, which starts the daemon unless it runs."""
        done = subprocess.run(
            self.mount_command(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)

    def mount_command(self, *flags: str) -> list[str]:
        """The words of `lsfs mount`."""
        options = ("-o", self._options) if self._options else ()
        elsewhere = ("--state", str(self.state)) if self.state.parent != self.root else ()
        places = (str(self.root), str(self.point))
        return [*self.under, *LSFS, "mount", *places, *flags, *options, *elsewhere]

    def start_daemon(self, *under: str) -> None:
        """Start a daemon that a mount leaves as it is; `under` as for all."""
        words = ["serve", str(self.root), "--state", str(self.state)]
        log = self.state / "log" / "daemon.log"
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as stream:
            process = subprocess.Popen(
                [*self.under, *under, *LSFS, *words], stdin=subprocess.DEVNULL,
                stdout=stream, stderr=stream, start_new_session=True,
            )  # fmt: skip
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
        if part == "daemon":  # its socket takes connections for a moment longer
            socket_file = self.state / "daemon.sock"
            wait_for(lambda: not daemon.is_listening(socket_file), 20, "its socket to close")

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
def whole(
    folder: Path, *, options: str = "", state: Path | None = None, under: Sequence[str] = ()
) -> Iterator[Whole]:
    """A mounted root, taken down at the end."""
    made = Whole(folder, options=options, state=state, under=under)
    try:
        made.mount()
        yield made
    finally:
        made.stop()
