"""Having the root's daemon started again when something in the mount asks for it and it is gone.

A command of its own does it, as every command does for a mounted root: this process stays small,
and its descriptors, its umask and the signals it holds back are not handed on.

Threading: `ask` from any thread; made before there are others.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import lsfs
from lsfs.paths import CATALOG_NAME

log = logging.getLogger(__name__)

_APART_S = 10.0
_COMMAND = """
import signal, sys
signal.pthread_sigmask(signal.SIG_SETMASK, ())
from lsfs.cli import main
sys.exit(main(sys.argv[1:]))
"""
_PACKAGE_FOLDER = Path(lsfs.__file__).resolve().parents[1]


class Revival:
    """Of the daemon of one root, with the umask that this process has now."""

    def __init__(self, root: Path, state: Path) -> None:
        self._catalog = state / CATALOG_NAME
        self._words = ["log", "-n", "1", "--root", str(root), "--state", str(state)]
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._lock = threading.Lock()
        self._not_before = 0.0

    def ask(self) -> None:
        """Have it started; returns at once. Asked again and again it is tried every _APART_S."""
        with self._lock:
            if time.monotonic() < self._not_before or not self._catalog.exists():
                return
            self._not_before = time.monotonic() + _APART_S
        threading.Thread(target=self._start, name="revival", daemon=True).start()

    def _start(self) -> None:
        log.info("the daemon is gone, and asked for: it is started again")
        done = subprocess.run(
            [sys.executable, "-c", _COMMAND, *self._words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, cwd=_PACKAGE_FOLDER, umask=self._umask, check=False,
        )  # fmt: skip
        if done.returncode not in (0, 1):  # 1: nothing was done yet
            log.warning("it could not be started: exit code %d", done.returncode)
