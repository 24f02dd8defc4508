"""Starting, finding, refusing and ending mounts, by real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mounting import Mounted, is_running, mounted
from waiting import wait_for

from lsfs.config import Config
from lsfs.errors import ConfigurationError, LockedError, MissingPathError, UsageError
from lsfs.mount.mountpoints import is_dead
from lsfs.mount.options import MountOptions, option_text, parse_options
from lsfs.mount.process import (
    MountedRoot,
    mount_in_background,
    mounts,
    root_of,
    unmount,
)  # fmt: skip
from lsfs.spool import read_lines, segments

LIBRARIES = [MountOptions(library="fuse2"), MountOptions(library="fuse3")]
both = pytest.mark.parametrize("options", LIBRARIES, ids=lambda options: options.library)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    root = tmp_path / "root"
    root.mkdir()
    return Config(root=root, state=root / ".lsfs")


@pytest.mark.usefixtures("fuse_required")
class TestLiving:
    @both
    def test_it_is_listed_and_found_from_inside(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        folder = tmp_path / "with space, comma"
        folder.mkdir()
        with mounted(folder, options) as mount:
            assert MountedRoot(mount.root, mount.point, os.geteuid()) in mounts()
            assert root_of(mount.point / "a/b") == (mount.root, "a/b")
            assert root_of(mount.point) == (mount.root, "")
            assert root_of(tmp_path) is None
            unmount(mount.point)
            wait_for(lambda: not is_running(mount.pid), message="the process to end")
            assert mount.point not in [known.mountpoint for known in mounts()]

    @both
    def test_a_second_mount_of_either_is_refused(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        with mounted(tmp_path, options) as mount:
            with pytest.raises(LockedError, match="is mounted there already"):
                mount_in_background(mount.config, mount.point, options)
            (tmp_path / "elsewhere").mkdir()
            with pytest.raises(LockedError, match="is mounted already, at"):
                mount_in_background(mount.config, tmp_path / "elsewhere", options)
            within = mount.point / "inner"
            within.mkdir()
            inner = Config(root=within, state=within / ".lsfs")
            with pytest.raises(ConfigurationError, match="lies in a mount"):
                mount_in_background(inner, tmp_path / "elsewhere", options)

    @both
    def test_a_busy_mount_names_who_holds_it(self, tmp_path: Path, options: MountOptions) -> None:
        with mounted(tmp_path, options) as mount:
            with subprocess.Popen(["sleep", "60"], cwd=mount.point) as holder:
                with pytest.raises(LockedError, match=rf"sleep \({holder.pid}\)"):
                    unmount(mount.point)
                holder.kill()
            unmount(mount.point)

    @both
    def test_sigterm_ends_it_though_a_file_is_open(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        with mounted(tmp_path, options) as mount:
            fd = os.open(mount.point / "f", os.O_WRONLY | os.O_CREAT)
            os.write(fd, b"x")
            os.kill(mount.pid, signal.SIGTERM)
            wait_for(lambda: not is_running(mount.pid), message="the process to end")
            assert mount.events("f") == ["dirty", "closed"]
            assert (mount.root / "f").read_bytes() == b"x"
            with pytest.raises(OSError, match=r"not connected|connection abort"):
                os.close(fd)

    @both
    def test_kill_leaves_no_dead_mount_and_a_readable_spool(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        with mounted(tmp_path, options) as mount:
            (mount.point / "f").write_bytes(b"x")
            mount.wait_closed("f")
            os.kill(mount.pid, signal.SIGKILL)
            wait_for(
                lambda: mount.point not in [known.mountpoint for known in mounts()],
                message="auto_unmount",
            )
            assert os.listdir(mount.point) == []
            assert mount.events("f")[-1] == "closed"

    @both
    def test_a_stale_mount_is_cleared_by_the_next(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        left = MountOptions(library=options.library, auto_unmount=False)
        with mounted(tmp_path, left) as mount:
            os.kill(mount.pid, signal.SIGKILL)
            wait_for(lambda: is_dead(mount.point), message="a stale mount")
            again = mount_in_background(mount.config, mount.point, options)
            (mount.point / "f").write_bytes(b"x")
            os.kill(again, signal.SIGTERM)
            wait_for(lambda: not is_running(again), message="the second to end")

    @both
    def test_it_serves_within_0_7_s_and_stays_small(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        started = time.monotonic()
        with mounted(tmp_path, options) as mount:
            os.listdir(mount.point)
            assert time.monotonic() - started < 2.0  # 0.7 s on an idle machine; CI is not idle
            assert resident_bytes(mount) < 60 * 2**20

    @both
    def test_read_only_and_strict(self, tmp_path: Path, options: MountOptions) -> None:
        chosen = MountOptions(library=options.library, ro=True, strict=True)
        with mounted(tmp_path, chosen) as mount:
            (mount.root / "f").write_bytes(b"x")
            assert (mount.point / "f").stat().st_size == 1
            (mount.root / "f").write_bytes(b"xyz")
            assert (mount.point / "f").stat().st_size == 3
            with pytest.raises(OSError, match="Read-only"):
                (mount.point / "g").touch()

    @both
    def test_another_user_may_use_it_when_asked(
        self, tmp_path: Path, options: MountOptions
    ) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root serves others without further configuration")
        chosen = MountOptions(library=options.library, allow_other=True)
        tmp_path.chmod(0o755)
        for folder in tmp_path.parents:
            if folder.stat().st_mode & 0o001 == 0 and folder.owner() == "root":
                folder.chmod(folder.stat().st_mode | 0o001)
        with mounted(tmp_path, chosen) as mount:
            (mount.root / "open").mkdir()
            (mount.root / "open").chmod(0o777)
            (mount.root / "secret").write_bytes(b"x")
            (mount.root / "secret").chmod(0o600)
            script = (
                f"echo x > {mount.point}/open/f; cat {mount.point}/secret; ls {mount.point}/.lsfs"
            )
            done = subprocess.run(
                ["sh", "-c", script], user=65534, group=65534, extra_groups=[],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (mount.root / "open/f").stat().st_uid == 65534, done.stderr
            assert done.stderr.count("Permission denied") == 2
            assert done.stdout == ""

    def test_without_capture_nothing_is_recorded(self, tmp_path: Path) -> None:
        with mounted(tmp_path, MountOptions(capture=False)) as mount:
            (mount.root / "f").write_bytes(b"old")
            (mount.point / "f").write_bytes(b"new")
            (mount.point / "f").unlink()
            assert segments(mount.config.spool_directory) == []


def resident_bytes(mount: Mounted) -> int:
    pages = Path(f"/proc/{mount.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE")


@pytest.mark.usefixtures("fuse_required")
def test_the_foreground_serves_until_sigint(tmp_path: Path) -> None:
    root, point = tmp_path / "root", tmp_path / "mnt"
    root.mkdir()
    point.mkdir()
    command = [
        sys.executable,
        "-m",
        "lsfs.mount.process",
        str(root),
        str(root / ".lsfs"),
        str(point),
    ]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1]) as process:
        wait_for(lambda: os.path.ismount(point), message="the mount")
        (point / "f").write_bytes(b"x")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    (segment,) = segments(root / ".lsfs/spool")
    assert [line.event for line, _ in read_lines(segment, 0)] == ["dirty", "closed"]


class TestRefusals:
    def refuse(self, config: Config, point: Path, kind: type[Exception], match: str) -> None:
        with pytest.raises(kind, match=match):
            mount_in_background(config, point, MountOptions())
        assert config.root not in [known.root for known in mounts()]

    def test_a_missing_mountpoint(self, config: Config, tmp_path: Path) -> None:
        self.refuse(config, tmp_path / "none", MissingPathError, "no such folder")

    def test_a_file(self, config: Config, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        self.refuse(config, tmp_path / "file", ConfigurationError, "not a folder")

    def test_a_folder_with_something_in_it(self, config: Config, tmp_path: Path) -> None:
        (tmp_path / "full/x").mkdir(parents=True)
        self.refuse(config, tmp_path / "full", ConfigurationError, "not empty")

    def test_a_mountpoint_in_the_root(self, config: Config) -> None:
        (config.root / "mnt").mkdir()
        self.refuse(config, config.root / "mnt", ConfigurationError, "must lie apart")

    def test_a_mountpoint_in_the_root_by_a_link(self, config: Config, tmp_path: Path) -> None:
        (config.root / "mnt").mkdir()
        (tmp_path / "link").symlink_to(config.root / "mnt")
        self.refuse(config, tmp_path / "link", ConfigurationError, "must lie apart")

    def test_a_foreign_mount(self, config: Config) -> None:
        self.refuse(config, Path("/proc"), LockedError, "something is mounted there")

    def test_unmounting_what_is_none_of_ours(self, tmp_path: Path) -> None:
        with pytest.raises(MissingPathError, match="not a mount of lsfs"):
            unmount(tmp_path)


class TestOptions:
    def test_they_are_read_and_written(self) -> None:
        options = MountOptions(ro=True, strict=True, auto_unmount=False, library="fuse3")
        assert parse_options(option_text(options)) == options
        assert parse_options("") == MountOptions()

    def test_an_unknown_one_is_refused(self) -> None:
        with pytest.raises(UsageError, match="'writeback'"):
            parse_options("ro,writeback")


def test_the_process_imports_nothing_heavy() -> None:
    """What it loads beyond the standard library: the binding and modules of lsfs."""
    code = (
        "import sys; import lsfs.mount.process, lsfs.mount.filesystem, lsfs.mount.answers;"
        "from lsfs.mount import libfuse;"
        "loaded = {name.split('.')[0] for name in sys.modules};"
        "print(*sorted(loaded - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert set(done.stdout.split()) <= {"__main__", "lsfs", "fuse", "mfusepy"}


@pytest.mark.usefixtures("fuse_required")
def test_relative_paths_and_a_private_state(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "mnt").mkdir()
    command = [sys.executable, "-m", "lsfs.mount.process", "root", "root/.lsfs", "mnt"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as process:
        wait_for(lambda: os.path.ismount(tmp_path / "mnt"), message="the mount")
        (tmp_path / "mnt/.lsfs/search/pinned").mkdir()
        process.terminate()
    assert os.listdir(tmp_path / "root") == [".lsfs"]
    for parent, folders, files in os.walk(tmp_path / "root/.lsfs"):
        for name in folders + files:
            assert os.lstat(os.path.join(parent, name)).st_mode & 0o022 == 0, name
