"""A mount namespace of its own for a script: what it mounts ends with it, and an ordinary user in
it can run this Python and open /dev/fuse, whatever the machine allows."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
STAGE = "/mnt"
"""An empty folder in the namespace that everybody may enter."""

_PRELUDE = """
set -eu
cd /
lsfs() { "$PYTHON" -m lsfs.cli "$@"; }
as_nobody() { HOME=$STAGE XDG_CONFIG_HOME=$STAGE setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
lsfs_as_nobody() { as_nobody "$PYTHON" -m lsfs.cli "$@"; }
shows() { "$PYTHON" -m lsfs.cli mount --json | "$PYTHON" -c '
import json, sys
print([one for one in json.load(sys.stdin)["mounts"] if one["mountpoint"] == sys.argv[1]][0][sys.argv[2]])
' "$@"; }
mount -t tmpfs -o mode=755 tmpfs "$STAGE"
trap 'findmnt -rn -t fuse.lsfs -o TARGET | grep "^$STAGE/" | xargs -r umount -l' EXIT
"""  # noqa: E501 - shell
_FUSE_FOR_ALL = """
mknod -m 666 "$STAGE/fuse" c 10 229
mount --bind "$STAGE/fuse" /dev/fuse
"""


def in_namespace(script: str) -> subprocess.CompletedProcess[str]:
    """Run a bash script after the prelude; $STAGE is an empty folder. Its output is for asserts."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("a mount namespace needs root, unshare and setpriv")
    environment = {
        **os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(CHECKOUT), "STAGE": STAGE,
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return subprocess.run(
        ["unshare", "-m", "bash", "-c", _PRELUDE + _reachable() + _FUSE_FOR_ALL + script],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100,
        check=False,
    )  # fmt: skip


def _reachable() -> str:
    """Lets everybody in to this Python, its packages and the checkout: what bars the way is covered
    by a folder that holds them alone."""
    needed = dict.fromkeys([sys.base_prefix, os.path.realpath(sys.prefix), str(CHECKOUT)])
    barred = {path: gate for path in needed if (gate := _gate(Path(path))) is not None}
    lines = [
        f'mkdir -p "$STAGE/kept{at}"; mount --bind "{path}" "$STAGE/kept{at}"'
        for at, path in enumerate(barred)
    ]
    lines += [
        f'mount -t tmpfs -o mode=755 tmpfs "{gate}"' for gate in dict.fromkeys(barred.values())
    ]
    lines += [
        f'mkdir -p "{path}"; mount --bind "$STAGE/kept{at}" "{path}"'
        for at, path in enumerate(barred)
    ]
    return "\n".join(lines) + "\n"


def _gate(path: Path) -> Path | None:
    """The topmost folder on the way that others may not enter."""
    for folder in reversed([path, *path.parents]):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None
