"""The systemd unit and the notify protocol: what a service of Type=notify owes its manager."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import LSFS, environment, lsfs, make_files
from waiting import wait_for

from lsfs import rooms
from lsfs.commands.unit import quoted, unit_name, unit_text
from lsfs.errors import UsageError
from lsfs.mount.notify import notify

PLACES = ["/home/u/mnt", "/", "/home/u/a b%c$d", "/x/.hidden/ü", '/with"quote\\and backslash']


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    """A manager's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.settimeout(30)
        bound.bind(str(tmp_path / "n"))
        yield bound


@pytest.mark.parametrize("abstract", [False, True])
def test_notifications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        address = f"\0lsfs-test-{os.getpid()}" if abstract else str(tmp_path / "n")
        bound.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address.replace("\0", "@"))
        notify("READY=1", "STATUS=mounted /ü")
        assert bound.recv(100) == "READY=1\nSTATUS=mounted /ü".encode()


@pytest.mark.parametrize("address", ["", "relative", "/nobody/listens", "@nobody-listens"])
def test_nobody_to_notify(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


@pytest.mark.usefixtures("fuse_required")
def test_a_mount_is_ready_when_it_is_there(tmp_path: Path, listening: socket.socket) -> None:
    root, point = tmp_path / "root", tmp_path / "mnt"
    make_files(root)
    point.mkdir()
    process = subprocess.Popen(
        [*LSFS, "mount", "-q", "--foreground", root, point],
        env=environment(NOTIFY_SOCKET=str(tmp_path / "n")),
    )
    try:
        said = listening.recv(1000).decode()
        assert said == f"READY=1\nSTATUS=mounted {root}"
        assert os.path.ismount(point)
        assert lsfs("umount", point, cwd=tmp_path).returncode == 0  # ExecStop
        assert process.wait(30) == 0
    finally:
        process.kill()


@pytest.mark.usefixtures("fuse_required")
def test_it_says_that_it_stops(tmp_path: Path, listening: socket.socket) -> None:
    root, point = tmp_path / "root", tmp_path / "mnt"
    make_files(root)
    point.mkdir()
    process = subprocess.Popen(
        [*LSFS, "mount", "-q", "-f", root, point],
        env=environment(NOTIFY_SOCKET=str(tmp_path / "n")),
    )
    assert b"READY=1" in listening.recv(1000)
    process.terminate()
    assert listening.recv(1000) == b"STOPPING=1"
    assert process.wait(30) == 0


@pytest.mark.parametrize("place", PLACES)
def test_the_unit_is_as_systemd_reads_it(tmp_path: Path, place: str) -> None:
    wish = rooms.MountWish(Path("/home/u/Documents"), Path(), Path(place), "strict")
    text = unit_text(wish, Path("/the state"))
    unit = configparser.RawConfigParser(delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text)
    assert unit["Service"]["Type"] == "notify"
    start = shlex.split(unit["Service"]["ExecStart"].replace("%%", "%").replace("$$", "$"))
    assert start[-9:] == [
        "mount", "--foreground", "--state", "/the state", "-o", "strict", "--",
        "/home/u/Documents", place,
    ]  # fmt: skip
    file = tmp_path / unit_name(Path("/plain"))
    file.write_text(text)
    if shutil.which("systemd-analyze"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert file.name not in done.stderr


@pytest.mark.parametrize("place", PLACES)
def test_its_name_is_as_systemd_escapes(place: str) -> None:
    program = shutil.which("systemd-escape")
    if program is None:
        pytest.skip("there is no systemd-escape to compare with")
    done = subprocess.run([program, "--path", place], capture_output=True, text=True, check=True)
    assert unit_name(Path(place)) == f"lsfs-{done.stdout.strip()}.service"


@pytest.mark.parametrize("argument", ["two\nlines", "\udcff", "\x1b[m"])
def test_what_cannot_stand_in_a_unit(argument: str) -> None:
    with pytest.raises(UsageError, match="cannot stand"):
        quoted(argument)


def test_the_command_writes_it(tmp_path: Path) -> None:
    make_files(tmp_path / "root")
    (tmp_path / "a b").mkdir()
    where = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = lsfs("mount", "--systemd", "root", "a b", cwd=tmp_path, env=where)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "config/systemd/user").iterdir()
    assert done.stdout == f"systemctl --user enable --now '{file.name}'\n"
    assert f'"{tmp_path}/a b"' in file.read_text()
    assert not (tmp_path / "root/.lsfs").exists()
    assert lsfs("mount", "--systemd", "root", "none", cwd=tmp_path, env=where).returncode == 2
    wrong = lsfs("mount", "--systemd", "root", "a b", "-o", "warp", cwd=tmp_path, env=where)
    assert wrong.returncode == 2
    wait_for(lambda: len(list((tmp_path / "config/systemd/user").iterdir())) == 1)
