"""Starting a mount's process: one of its own that reports how that went, or this one become it.

In the background the process detaches itself at once (the one started here ends and is waited for,
so that no child is left behind) and reports through a pipe, when the mount answers or with the
error. Either way the process is the same: small, and found by its command line (`living`).
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import lsfs
from lsfs.errors import ConfigurationError, UnavailableError
from lsfs.rpc import error_from

from .living import MODULE
from .options import MountOptions, option_text
from .refusals import check

if TYPE_CHECKING:
    from lsfs.config import Config

_READY_TIMEOUT_S = 20.0
_LOGS_KEPT = 10
_PACKAGE_FOLDER = Path(lsfs.__file__).resolve().parents[1]


def mount_in_background(config: Config, mountpoint: Path, options: MountOptions) -> int:
    """Mount the root by a process of its own; returns its pid once the mount answers.

    Raises:
        LsfsError: what went wrong in that process; its log is under STATE/log.
    """
    root, state = Path(config.root).resolve(), Path(config.state).absolute()
    point = check(root, state, mountpoint, options)
    log_file = _new_log_file(state / "log")
    reading, writing = os.pipe()
    command = [
        *_command(root, state, point, options), "--report", str(writing), "--log", str(log_file)
    ]  # fmt: skip
    with log_file.open("ab") as errors, open(reading, "rb") as report:
        try:
            subprocess.run(
                command, pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=errors,
                stderr=errors, cwd=_PACKAGE_FOLDER,  # -m finds this lsfs, and nothing of the user's
                check=False,
            )  # fmt: skip
        finally:
            os.close(writing)
        return _pid_from(_read_report(report.fileno()), log_file)


def become_mount(config: Config, mountpoint: Path, options: MountOptions) -> NoReturn:
    """Turn this process into the mount's, which ends when the mount does.

    Raises:
        LsfsError: it would not begin well; what goes wrong later that process says itself.
    """
    root, state = Path(config.root).resolve(), Path(config.state).absolute()
    point = check(root, state, mountpoint, options)
    command = _command(root, state, point, options)
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(_PACKAGE_FOLDER)
    os.execv(command[0], command)


def log_file_of(pid: int) -> Path | None:
    """Where a mount's process that was started in the background writes its log."""
    try:
        return Path(os.readlink(f"/proc/{pid}/fd/2"))
    except OSError:
        return None


def _command(root: Path, state: Path, point: Path, options: MountOptions) -> list[str]:
    return [
        sys.executable, "-m", MODULE, str(root), str(state), str(point), "-o", option_text(options)
    ]  # fmt: skip


def _read_report(fd: int) -> bytes:
    deadline = time.monotonic() + _READY_TIMEOUT_S
    data = b""
    while not data.endswith(b"\n"):
        if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            break
        block = os.read(fd, 65536)
        if not block:
            break
        data += block
    return data


def _pid_from(report: bytes, log_file: Path) -> int:
    if not report.endswith(b"\n"):
        last = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        said = f": {last[0]}" if last else ""
        raise UnavailableError(f"the mount process did not start{said}", hint=f"see {log_file}")
    answer = json.loads(report)
    if "error" in answer:
        raise error_from(answer["error"])
    return int(answer["pid"])


def _new_log_file(folder: Path) -> Path:
    """A log of its own for each mount; the oldest make room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        older = sorted(folder.glob("mount-*.log*"), key=lambda file: file.stat().st_mtime)
        for file in older[: -_LOGS_KEPT + 1]:
            file.unlink(missing_ok=True)
        name = f"mount-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        (folder / name).touch(mode=0o600)
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: no log can be written: {os.strerror(error.errno or 0).lower()}",
            path=str(folder), hint="check the permissions and the disk of the state directory",
        ) from error  # fmt: skip
    return folder / name
