"""A root of a few files, and the `lsfs` command as a person runs it: a process of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waiting import wait_for

from lsfs import daemon

LSFS = (sys.executable, "-m", "lsfs.cli")
TIMEOUT_S = 60

FILES = {
    "notes/scheduling.md": "# Scheduling\n\nThe kernel scheduler gives every task a fair share.\n",
    "notes/garden.md": "# Garden\n\nTomatoes want sun, water and patience.\n",
    "recipes/bread.txt": "Flour, water, salt and yeast; knead and let it rise overnight.\n",
    "letter.txt": "Dear Anna,\nthank you for the invitation to the wedding.\n",
}


def make_files(root: Path) -> None:
    """Write FILES under `root`."""
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def environment(**extra: str) -> dict[str, str]:
    """The environment of a child."""
    return {**os.environ, **extra}


def lsfs(
    *arguments: str | os.PathLike[str], cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal."""
    return subprocess.run(
        [*LSFS, *arguments],
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=TIMEOUT_S,
    )


def answer(*arguments: str, cwd: Path, code: int = 0) -> Any:
    """The command's --json output."""
    done = lsfs(*arguments, "--json", cwd=cwd)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


def on_terminal(
    *arguments: str, cwd: Path, typed: str = "", env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run the command on a terminal of its own and type; its exit code and all it showed."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*LSFS, *arguments],
        cwd=cwd,
        env=environment(TERM="xterm", COLUMNS="100", **(env or {})),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        os.write(master, typed.encode())
        shown = _read_all(master)
        os.close(master)
        return process.wait(TIMEOUT_S), shown


def _read_all(master: int) -> str:
    """Everything until the other side is closed."""
    data = b""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 1.0)
        if not ready:
            continue
        try:
            part = os.read(master, 65536)
        except OSError:  # EIO: the last process closed its side
            break
        data += part
    return data.decode("utf-8", "replace")


@contextmanager
def serving(root: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`lsfs serve` for the root, up and answering; stopped by SIGTERM at the end."""
    process = subprocess.Popen(
        [*LSFS, "serve", str(root), *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(
            lambda: daemon.is_listening(root / ".lsfs" / "daemon.sock") or process.poll(),
            20,
            "the daemon's socket",
        )
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=TIMEOUT_S)
