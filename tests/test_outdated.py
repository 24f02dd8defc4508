"""A daemon of another version than the command: a real one, from a copy of lsfs that says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faces import answer, lsfs, make_files
from waiting import wait_for
from whole import Whole, whole

import lsfs as package
from lsfs import daemon
from lsfs.location import find_location


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with an lsfs of an older and of a newer version."""
    return {
        version: _copy(tmp_path_factory.mktemp("lsfs"), version) for version in ("0.0.9", "99.0")
    }


def _copy(folder: Path, version: str) -> Path:
    shutil.copytree(Path(package.__file__).parent, folder / "lsfs")
    file = folder / "lsfs" / "__init__.py"
    file.write_text(file.read_text().replace(f'"{package.__version__}"', f'"{version}"'))
    return folder


@contextmanager
def serving(copy: Path, root: Path, started_by: str = "serve") -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of that copy, which is gone at the end."""
    words = ["-m", "lsfs.cli", "serve", str(root), "--started-by", started_by]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    with subprocess.Popen([sys.executable, *words], cwd=copy, env=environment) as process:
        try:
            daemon.wait_until_up(process, root / ".lsfs")
            yield process
        finally:
            process.terminate()


def health(root: Path) -> dict[str, Any]:
    known = daemon.health(root / ".lsfs" / "daemon.sock")
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("version", "told"), [("0.0.9", "to restart it: `lsfs stop`"), ("99.0", "use one of the two")]
)
def test_one_that_a_person_started_is_told_of(
    tmp_path: Path, copies: dict[str, Path], version: str, told: str
) -> None:
    make_files(tmp_path)
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    with serving(copies[version], tmp_path) as process:
        done = lsfs("ask", "list notes", cwd=tmp_path)
        assert (done.returncode, "garden.md" in done.stdout) == (0, True)
        assert done.stderr.count("\n") == 1 and told in done.stderr
        assert f"(pid {process.pid}) is of version {version}" in done.stderr
        assert lsfs("-q", "ask", "list notes", cwd=tmp_path).stderr == ""
        assert answer("status", cwd=tmp_path)["version"] == version
        assert f", version {version}" in lsfs("status", cwd=tmp_path).stdout
        assert health(tmp_path)["pid"] == process.pid


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Whole]:
    make_files(tmp_path / "root")
    with whole(tmp_path) as mounted:
        daemon.stop(mounted.state / "daemon.sock")
        yield mounted


def test_one_that_a_mount_started_is_replaced_after_what_it_does(
    home: Whole, copies: dict[str, Path]
) -> None:
    with serving(copies["0.0.9"], home.root, daemon.MOUNT) as old:
        assert health(home.root)["version"] == "0.0.9"
        assert answer("status", cwd=home.root)["daemon"]["pid"] == old.pid  # looks, ends nothing
        made = home.root / "new.txt"
        plan = [{"op": "create", "path": "new.txt", "text": "made by the old one\n"}]
        under_way = threading.Thread(
            target=lambda: daemon.DaemonCaller(home.root / ".lsfs" / "daemon.sock").call(
                "run", {"operations": plan}
            )
        )
        under_way.start()
        done = lsfs("ask", "list notes", cwd=home.root)
        under_way.join()
        assert (done.returncode, done.stderr) == (0, "")
        assert made.read_text() == "made by the old one\n"
        wait_for(lambda: old.poll() is not None, 10, "the old daemon ends")
        now = health(home.root)
        assert (now["version"], now["started_by"]) == (package.__version__, daemon.MOUNT)
        assert lsfs("undo", "--yes", cwd=home.root).returncode == 0
        assert not made.exists() and home.is_mounted()


def test_a_daemon_that_ended_a_moment_ago_is_done_without(tmp_path: Path) -> None:
    """It was found listening, and is gone when it is called: the command goes on without it."""
    make_files(root := tmp_path / "root")
    assert lsfs("init", cwd=root).returncode == 0
    process = daemon.start(root, root / ".lsfs", "serve")
    daemon.wait_until_up(process, root / ".lsfs")
    caller = daemon.connect(find_location(root))
    process.kill()
    process.wait(20)
    assert caller.call("search", {"query": "wedding"})["mode"]
    caller.close()
