"""What is left when a process is killed: no dead mount, and none of another's taken down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mounting import is_running, mounted
from waiting import wait_for

from lsfs.errors import LockedError, LsfsError
from lsfs.mount.background import mount_in_background
from lsfs.mount.ending import wait_until_unmounted
from lsfs.mount.living import living_mounts
from lsfs.mount.mountpoints import mounts, unmount
from lsfs.mount.options import LibraryChoice, MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")
both = pytest.mark.parametrize("library", ["fuse2", "fuse3"])


def is_mounted(point: Path) -> bool:
    return any(known.mountpoint == point for known in mounts())


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


@both
def test_a_killed_mount_goes_though_it_is_in_use(tmp_path: Path, library: LibraryChoice) -> None:
    with (
        mounted(tmp_path, MountOptions(library=library)) as mount,
        subprocess.Popen(["sleep", "60"], cwd=mount.point) as holder,
    ):
        os.kill(mount.pid, signal.SIGKILL)
        wait_for(lambda: not is_mounted(mount.point), message="the guard")
        holder.kill()


@both
def test_a_mount_made_at_once_after_a_kill_stays(tmp_path: Path, library: LibraryChoice) -> None:
    """The guard of the killed one must not take its successor down; nor does it stand in its way,
    though the kernel still answers from what it remembers of the dead mount."""
    options = MountOptions(library=library)
    with mounted(tmp_path, options) as mount:
        for round_number in range(8):
            (guard,) = children_of(mount.pid)
            os.kill(mount.pid, signal.SIGKILL)
            mount.pid = mount_in_background(mount.config, mount.point, options)
            wait_for(lambda one=guard: not is_running(one), message="the guard's end")  # type: ignore[misc]
            (mount.point / "f").write_text(str(round_number))
            assert [known.mountpoint for known in mounts()].count(mount.point) == 1


def test_a_guard_ends_with_an_orderly_unmount(tmp_path: Path) -> None:
    with mounted(tmp_path, MountOptions()) as mount:
        (guard,) = children_of(mount.pid)
        (known,) = [known for known in mounts() if known.mountpoint == mount.point]
        unmount(known)
        wait_for(lambda: not is_running(mount.pid) and not is_running(guard), message="both ends")


def test_a_guard_holds_nothing_of_its_starter(tmp_path: Path) -> None:
    """Else whoever reads the starter's output to its end would wait for ever."""
    with mounted(tmp_path, MountOptions()) as mount:
        (guard,) = children_of(mount.pid)
        wait_for(lambda: Path(f"/proc/{guard}/comm").read_text() == "lsfs-guard\n")
        held = wait_for(lambda: [os.readlink(fd) for fd in Path(f"/proc/{guard}/fd").iterdir()])
        assert sorted(held)[:3] == ["/dev/null"] * 3
        assert len(held) == 4
        assert os.getsid(guard) == guard


def test_two_mounts_of_a_root_at_once(tmp_path: Path) -> None:
    """One of them is made, the other refused."""
    with mounted(tmp_path, MountOptions()) as mount:
        (known,) = [known for known in mounts() if known.mountpoint == mount.point]
        unmount(known)
        wait_for(lambda: not is_running(mount.pid), message="its end")
        points = [tmp_path / f"at{number}" for number in range(4)]
        for point in points:
            point.mkdir()

        def attempt(point: Path) -> int | LsfsError:
            try:
                return mount_in_background(mount.config, point, MountOptions())
            except LsfsError as error:
                return error

        with ThreadPoolExecutor(len(points)) as pool:
            results = list(pool.map(attempt, points))
        pids = [result for result in results if isinstance(result, int)]
        try:
            assert len(pids) == 1, results
            refused = [result for result in results if isinstance(result, LsfsError)]
            assert all(isinstance(error, LockedError) for error in refused), refused
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGTERM)
                wait_for(lambda one=pid: not is_running(one), message="its end")  # type: ignore[misc]


def test_a_dead_mount_of_the_root_elsewhere_is_cleared(tmp_path: Path) -> None:
    left = MountOptions(auto_unmount=False)
    with mounted(tmp_path, left) as mount:
        os.kill(mount.pid, signal.SIGKILL)
        (tmp_path / "elsewhere").mkdir()
        pid = mount_in_background(mount.config, tmp_path / "elsewhere", MountOptions())
        assert not is_mounted(mount.point)
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not is_running(pid), message="its end")


def test_it_shows_in_the_list_how_a_mount_is(tmp_path: Path) -> None:
    with mounted(tmp_path, MountOptions(index=False)) as mount:
        (one,) = living_mounts(mount.root)
        assert one.condition == "live"
        assert one.process is not None
        assert one.process.pid == mount.pid
        assert 0 <= one.process.age_s < 60
        assert one.process.options == MountOptions(index=False)
        assert one.state == mount.config.state
        (guard,) = children_of(mount.pid)
        for pid in (guard, mount.pid):
            os.kill(pid, signal.SIGSTOP)
        assert living_mounts(mount.root)[0].condition == "silent"
        os.kill(mount.pid, signal.SIGKILL)
        wait_for(lambda: not is_running(mount.pid), message="its end")
        (one,) = living_mounts(mount.root)
        assert (one.condition, one.process) == ("stale", None)
        os.kill(guard, signal.SIGCONT)
        wait_for(lambda: not is_mounted(mount.point), message="the guard")
        assert living_mounts(mount.root) == []


def test_a_silent_mount_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "silent").mkdir()
    (tmp_path / "other").mkdir()
    with mounted(tmp_path / "silent", MountOptions()) as silent:
        os.kill(silent.pid, signal.SIGSTOP)
        try:
            with mounted(tmp_path / "other", MountOptions()) as other:
                assert (other.point / "f").write_bytes(b"x") == 1
        finally:
            os.kill(silent.pid, signal.SIGCONT)


def test_the_end_of_the_last_mount_is_heard(tmp_path: Path) -> None:
    with mounted(tmp_path, MountOptions()) as mount:
        waiting = threading.Thread(target=wait_until_unmounted, args=(mount.root, os.getpid()))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        subprocess.run([*_UMOUNT, str(mount.point)], check=True)
        waiting.join(10)
        assert not waiting.is_alive()


def test_a_mount_that_came_and_went_unseen_has_ended(tmp_path: Path) -> None:
    maker = subprocess.Popen(["sleep", "100"])
    waiting = threading.Thread(target=wait_until_unmounted, args=(tmp_path, maker.pid))
    waiting.start()
    waiting.join(1.5)
    assert waiting.is_alive()
    maker.kill()
    waiting.join(10)
    assert not waiting.is_alive()
    maker.wait()
    wait_until_unmounted(tmp_path, maker.pid)


_UMOUNT = ["umount"] if os.geteuid() == 0 else ["fusermount3", "-u"]


def test_what_libfuse_says_is_in_the_refusal(tmp_path: Path) -> None:
    """A mount that only the kernel refuses: here for an option it does not know on this fs."""
    (tmp_path / "root").mkdir()
    (tmp_path / "mnt").mkdir()
    script = (
        "import sys; from lsfs.mount import process, options\n"
        "options.KERNEL_FLAGS += ('warp',)\n"
        "sys.exit(process._main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "root", "root/.lsfs", "mnt", "-o", "warp,library=fuse3"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "libfuse could not mount" in done.stderr
    assert "warp" in done.stderr.splitlines()[-2]
