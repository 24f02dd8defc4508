"""Living with mounts by the command line: the list, daemons lost and found, options, the end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from disks import disk, remount
from faces import FILES, answer, lsfs, make_files, on_terminal
from mounting import is_running
from waiting import wait_for

from lsfs import daemon
from lsfs.backlog import backlog_bytes
from lsfs.mount.guard import PROCESS_NAME
from lsfs.mount.mountpoints import mounts

pytestmark = pytest.mark.usefixtures("fuse_required")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that is no root yet."""
    root = tmp_path / "root"
    make_files(root)
    return root


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Path]:
    """An empty folder; what is mounted there is taken down at the end."""
    point = tmp_path / "mnt"
    point.mkdir()
    yield point
    if any(known.mountpoint == point for known in mounts()):
        lsfs("umount", "-l", point, cwd=tmp_path)


def mount(root: Path, point: Path, *more: str) -> None:
    done = lsfs("mount", root, point, *more, cwd=root.parent)
    assert done.returncode == 0, done.stderr


def listed(root: Path) -> dict[str, Any]:
    """The line of `lsfs mount --json` about a root."""
    (one,) = [one for one in answer("mount", cwd=root)["mounts"] if one["root"] == str(root)]
    assert isinstance(one, dict)
    return one


def is_listed(root: Path) -> bool:
    return str(root) in lsfs("mount", cwd=root).stdout


def kill_daemon(root: Path) -> int:
    pid = listed(root)["daemon"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_running(pid), message="the daemon's end")
    return pid


def test_the_list(root: Path, point: Path) -> None:
    assert not is_listed(root)
    mount(root, point)
    one = listed(root)
    assert (one["mountpoint"], one["condition"]) == (str(point), "live")
    assert is_running(one["pid"])
    assert is_running(one["daemon"])
    assert 0 <= one["age_s"] < 60
    wait_for(lambda: listed(root)["backlog_bytes"] == 0, message="the spool to be read")
    line = next(line for line in lsfs("mount", cwd=root).stdout.splitlines() if str(root) in line)
    fields = line.split("\t")
    assert fields[:3] == [str(root), str(point), str(one["pid"])]
    assert fields[4:] == ["0 B", f"pid {one['daemon']}", "live"]
    code, shown = on_terminal("mount", cwd=root)
    assert code == 0
    assert "backlog" in shown
    status = answer("status", cwd=root)["mounts"]
    assert [(each["mountpoint"], each["pid"], each["condition"]) for each in status] == [
        (str(point), one["pid"], "live")
    ]


def test_nothing_mounted_is_nothing_found(tmp_path: Path) -> None:
    """In a namespace without mounts of lsfs, whatever else runs on this machine."""
    from namespaces import in_namespace

    done = in_namespace("""
        grep -o ' [^ ]* [^ ]* - fuse.lsfs' /proc/self/mountinfo | cut -d' ' -f2 | xargs -r umount -l
        lsfs mount || echo "code $?"; lsfs mount --json || echo "code $?"
    """)
    first, *rest = done.stdout.splitlines()
    assert first == "code 1"
    assert json.loads("\n".join(rest[:-1])) == {"mounts": []}
    assert "nothing is mounted" in done.stderr


@pytest.mark.parametrize("arguments", [["root"], ["-f"], ["-o", "ro"], ["a", "b", "c"]])
def test_half_a_command(root: Path, arguments: list[str]) -> None:
    done = lsfs("mount", *arguments, cwd=root.parent)
    assert done.returncode == 2
    assert "lsfs mount ROOT MOUNTPOINT" in done.stderr
    assert not (root / ".lsfs").exists()


def test_a_killed_daemon_comes_back_with_the_next_command(root: Path, point: Path) -> None:
    mount(root, point)
    killed = kill_daemon(root)
    (point / "fresh.txt").write_text("made while no daemon ran\n")
    wait_for(lambda: listed(root)["backlog_bytes"] > 0, message="a backlog")
    line = next(line for line in lsfs("mount", cwd=root).stdout.splitlines() if str(root) in line)
    assert "no daemon" in line
    assert answer("status", cwd=point)["daemon"] is None  # to look does not start it
    assert listed(root)["daemon"] is None

    rows = answer("history", "fresh.txt", cwd=point)["outcome"]["rows"]
    assert rows
    health = daemon.health(root / ".lsfs/daemon.sock")
    assert health is not None
    assert health["pid"] != killed
    assert health["started_by"] == "mount"
    assert backlog_bytes(root / ".lsfs") == 0


@pytest.mark.parametrize("library", ["fuse2", "fuse3"])
def test_a_look_into_the_virtual_tree_has_it_started_too(
    root: Path, point: Path, library: str
) -> None:
    mount(root, point, "-o", f"library={library}")
    assert answer("index", cwd=point)["coverage"]["pending"] == 0
    before = kill_daemon(root)
    assert json.loads((point / ".lsfs/status.json").read_bytes())["daemon"] is None
    with pytest.raises(BlockingIOError):
        os.listdir(point / ".lsfs/search/wedding")

    def found() -> list[str]:
        with contextlib.suppress(BlockingIOError):
            return os.listdir(point / ".lsfs/search/wedding")
        return []

    wait_for(lambda: "01 letter.txt" in found(), 20, "the answer")
    after = listed(root)["daemon"]
    assert after != before
    status = Path(f"/proc/{after}/status").read_text()
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    mine = dict(
        line.split(":\t", 1)
        for line in Path("/proc/self/status").read_text().splitlines()
        if ":\t" in line
    )
    assert (told["Umask"], told["SigBlk"]) == (mine["Umask"], "0" * 16)
    assert not any("fuse" in os.readlink(fd) for fd in Path(f"/proc/{after}/fd").iterdir())
    os.kill(after, signal.SIGTERM)  # it hears of it
    wait_for(lambda: not is_running(after), message="its end")


def test_a_stopped_daemon_too_and_stop_says_so(root: Path, point: Path) -> None:
    mount(root, point)
    done = lsfs("stop", cwd=point)
    assert "the next command that needs the daemon starts it again" in done.stderr
    assert listed(root)["daemon"] is None
    assert answer("log", cwd=point, code=1)["outcome"]["rows"] == []
    assert listed(root)["daemon"] is not None


def test_a_refused_mount_in_the_foreground_leaves_the_daemon(
    root: Path, point: Path, tmp_path: Path
) -> None:
    mount(root, point)
    before = listed(root)["daemon"]
    (tmp_path / "other").mkdir()
    done = lsfs("mount", "-f", "-o", "noindex", root, tmp_path / "other", cwd=root.parent)
    assert done.returncode != 0
    assert "mounted" in done.stderr
    assert listed(root)["daemon"] == before


def test_without_a_mount_no_daemon_is_started(root: Path) -> None:
    assert lsfs("init", root, cwd=root).returncode == 0
    assert lsfs("history", "letter.txt", cwd=root).returncode == 0
    assert daemon.health(root / ".lsfs/daemon.sock") is None


def test_unmounting_by_the_root_and_from_outside(root: Path, point: Path) -> None:
    mount(root, point)
    wrong = lsfs("umount", point / "notes", cwd=root)
    assert wrong.returncode == 2
    assert f"it lies in the mount {point}" in wrong.stderr
    assert lsfs("umount", root, cwd=root).stdout == f"unmounted {point}\n"
    assert daemon.health(root / ".lsfs/daemon.sock") is None

    mount(root, point)
    pid = listed(root)["daemon"]
    command = ["umount"] if os.geteuid() == 0 else ["fusermount3", "-u"]
    subprocess.run([*command, str(point)], check=True)
    wait_for(lambda: not is_running(pid), 20, "the daemon to end with its last mount")


def test_a_stale_mount_is_told_and_taken_down(root: Path, point: Path) -> None:
    mount(root, point, "-o", "noauto_unmount")
    os.kill(listed(root)["pid"], signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"], cwd=root) as unrelated:
        wait_for(lambda: listed(root)["condition"] == "stale", message="it to be stale")
        done = lsfs("mount", cwd=root)
        assert f"lsfs umount '{point}'" in done.stderr
        found = answer("doctor", cwd=root)["checks"]
        assert any(str(point) in check["found"] for check in found if check["check"] == "mounts")
        assert lsfs("umount", point, cwd=root).returncode == 0
        assert not is_listed(root)
        unrelated.kill()


def test_a_killed_mount_can_be_made_again_at_once(root: Path, point: Path) -> None:
    mount(root, point)
    (point / "kept.txt").write_text("written before the kill\n")
    os.kill(listed(root)["pid"], signal.SIGKILL)
    mount(root, point)
    assert (point / "kept.txt").read_text() == "written before the kill\n"
    assert answer("history", "kept.txt", cwd=point)["outcome"]["rows"]


def test_noindex(root: Path, point: Path) -> None:
    mount(root, point, "-o", "noindex")
    (point / "letter.txt").write_text("rewritten through the mount\n")
    wait_for(
        lambda: len(answer("history", "letter.txt", cwd=point)["outcome"]["rows"]) >= 2,
        message="versions all the same",
    )
    done = lsfs("index", cwd=point)
    assert done.returncode == 3
    assert "indexing is off" in done.stderr
    status = answer("status", cwd=point)
    assert status["coverage"]["indexed"] == 0
    assert status["coverage"]["pending"] == len(FILES)
    assert any("indexing is off" in notice for notice in status["notices"])
    kill_daemon(root)
    lsfs("log", cwd=point)  # has it started again, as the mount wants it
    assert lsfs("index", cwd=point).returncode == 3
    assert lsfs("umount", point, cwd=root).returncode == 0
    assert answer("index", cwd=root)["coverage"]["indexed"] == len(FILES)


def test_noindex_beside_a_daemon_that_indexes(root: Path, point: Path) -> None:
    from faces import serving

    assert lsfs("init", root, cwd=root).returncode == 0
    with serving(root):
        done = lsfs("mount", root, point, "-o", "noindex", cwd=root)
        assert done.returncode == 7
        assert "goes on indexing" in done.stderr
        assert lsfs("umount", point, cwd=root).returncode == 0


def test_the_log(root: Path, point: Path) -> None:
    done = lsfs("mount", root, point, "-v", cwd=root)
    log = next(file for file in (root / ".lsfs/log").glob("mount-*.log"))
    assert str(log) in done.stderr
    assert "daemon.log" in done.stderr


def test_debug_stays_in_the_foreground(root: Path, point: Path, tmp_path: Path) -> None:
    from faces import LSFS, environment

    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [*LSFS, "mount", "-o", "debug", root, point], env=environment(), stderr=said
        )
    try:
        wait_for(lambda: (point / "letter.txt").exists(), 20, "the mount")
        assert listed(root)["pid"] == process.pid
    finally:
        process.terminate()
    assert process.wait(30) == 0
    assert b"unique:" in (tmp_path / "said").read_bytes()


def test_state_kept_elsewhere(root: Path, point: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    mount(root, point, "--state", state)
    assert not (root / ".lsfs").exists()
    one = listed(root)
    assert is_running(one["daemon"])
    wait_for(lambda: listed(root)["backlog_bytes"] == 0, message="the spool to be read")
    assert lsfs("umount", root, cwd=tmp_path).returncode == 0
    wait_for(lambda: not is_running(one["daemon"]), message="the daemon's end")


def test_inside_a_mount_its_own_state_is_meant(root: Path, point: Path, tmp_path: Path) -> None:
    """Also where the root cannot be written, and when the daemon is gone."""
    state = tmp_path / "state"
    with disk(tmp_path / "disk", 8) as small:
        make_files(small)
        remount(small, "ro")
        mount(small, point, "--state", str(state))
        assert answer("status", cwd=point / "notes")["state"] == str(state)
        assert answer("index", cwd=point)["coverage"]["entries"] == len(FILES)
        kill_daemon(small)
        assert answer("search", "wedding", cwd=point)["hits"][0]["path"] == "letter.txt"
        assert is_running(listed(small)["daemon"])
        assert lsfs("umount", point, cwd=tmp_path).returncode == 0
    mount(root, point, "--state", str(tmp_path / "other"))
    assert answer("index", cwd=point)["coverage"]["entries"] == len(FILES)
    assert answer("search", "wedding", cwd=point)["hits"][0]["path"] == "letter.txt"
    refused = lsfs("init", root, cwd=tmp_path)
    assert refused.returncode == 5
    assert f"is mounted at {point}, with its state in {tmp_path / 'other'}" in refused.stderr
    assert lsfs("init", root, "--state", tmp_path / "other", cwd=tmp_path).returncode == 0
    assert not (root / ".lsfs").exists()


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    root, point = (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)) for name in _ODD)
    make_files(root)
    point.mkdir()
    mount(root, point)
    found = answer("mount", cwd=tmp_path)["mounts"]
    (one,) = [one for one in found if one["root"] == f"{tmp_path}/r%FF o,ot"]
    assert "root_b64" in one
    assert lsfs("umount", point, cwd=tmp_path).returncode == 0
    assert list(point.iterdir()) == []


_ODD = (b"r\xff o,ot", b"m\\n\xfet")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_name_that_another_user_takes_is_not_believed(root: Path, point: Path) -> None:
    """Any program may call itself lsfs-mount and show any command line."""
    mount(root, point)
    served = listed(root)["pid"]
    with tempfile.TemporaryDirectory() as everybodys:
        os.chmod(everybodys, 0o755)
        program = shutil.copy("/bin/sh", Path(everybodys) / PROCESS_NAME)
        pretending = ["lsfs.mount.process", str(root), "/tmp/elsewhere", str(point)]
        with subprocess.Popen(
            [program, "-c", "echo; read wait", *pretending], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, user=65534, group=65534, extra_groups=[],
        ) as other:  # fmt: skip
            assert other.stdout is not None
            other.stdout.readline()
            found = listed(root)
            assert other.stdin is not None
            other.stdin.close()
    assert found["pid"] == served


def test_an_unset_variable_is_no_folder(root: Path, point: Path) -> None:
    done = lsfs("mount", "", point, cwd=root)
    assert done.returncode == 2
    assert "an empty name" in done.stderr
    assert all(one.mountpoint != point for one in mounts())
