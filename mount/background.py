"""Starting a mount's process and hearing from it how that went.

The process detaches itself at once (the one started here ends and is waited for, so that no child
is left behind) and reports through a pipe, when the mount answers or with the error.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import lsfs
from lsfs.errors import UnavailableError
from lsfs.rpc import error_from

from .mountpoints import check
from .options import MountOptions, option_text

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
    point = check(root, mountpoint)
    log_file = _new_log_file(state / "log")
    reading, writing = os.pipe()
    command = [
        sys.executable, "-m", "lsfs.mount.process", str(root), str(state), str(point),
        "-o", option_text(options), "--report", str(writing),
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
    folder.mkdir(parents=True, exist_ok=True)
    older = sorted(folder.glob("mount-*.log"), key=lambda file: file.stat().st_mtime)
    for file in older[: -_LOGS_KEPT + 1]:
        file.unlink(missing_ok=True)
    return folder / f"mount-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
