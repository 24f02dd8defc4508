"""Many at once: ten thousand open files, 64 threads, no descriptors left, no watches left."""

from __future__ import annotations

import errno
import os
import random
import resource
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from faces import lsfs
from storm_writer import NAMES, Writer, choose
from waiting import wait_for
from whole import Whole, whole

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(120)]
BOTH = pytest.mark.parametrize("library", ["fuse2", "fuse3"])
OPEN, FILES = 10_000, 100
THREADS, ACTS = 64, 6


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Let this process open as many files as the tests ask for."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < OPEN + 1000:
        pytest.skip(f"only {most} descriptors may be open (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


@BOTH
@pytest.mark.usefixtures("many_descriptors")
def test_ten_thousand_open_files(tmp_path: Path, library: str) -> None:
    with whole(tmp_path, options=f"library={library}") as home, ExitStack() as opened:
        files = [home.point / f"{number}.txt" for number in range(FILES)]
        for file in files:
            file.write_text("old\n")
        handles = [os.open(files[number % FILES], os.O_RDWR) for number in range(OPEN)]
        for handle in handles:
            opened.callback(os.close, handle)
        for number, handle in enumerate(handles[-FILES:]):
            os.pwrite(handle, b"%03d\n" % number, 0)
        for number, handle in enumerate(handles[:FILES]):
            assert os.pread(handle, 10, 0) == b"%03d\n" % number
        os.unlink(files[0])
        assert os.pread(handles[0], 10, 0) == b"000\n"
        assert (home.point / "1.txt").read_text() == "001\n"
        opened.close()
        home.settle()
        assert len(home.history("1.txt")) == 2
        assert len(home.history("0.txt")) == 2


def act(writer: Writer, seed: int) -> dict[str, str]:
    """A few acts in a folder of its own; what it must hold then."""
    chance = random.Random(seed)
    for number in range(ACTS):
        there = {name for name in os.listdir(writer.folder) if name in NAMES}
        chosen = choose(chance, there, seed * 1000 + number)
        getattr(writer, chosen.pop("act"))(**chosen)
        with open(writer.folder.parent / "shared.log", "ab", buffering=0) as shared:
            shared.write(b"%d %d\n" % (seed, number))
    return {file.name: file.read_text() for file in writer.folder.iterdir()}


@BOTH
def test_64_threads_at_once(tmp_path: Path, library: str) -> None:
    with whole(tmp_path, options=f"library={library}") as home:
        writers = [Writer(home.point / f"t{number}") for number in range(THREADS)]
        for writer in writers:
            writer.folder.mkdir()
        with ThreadPoolExecutor(THREADS) as pool:
            left = list(pool.map(act, writers, range(THREADS)))
        for number, files in enumerate(left):
            real = home.root / f"t{number}"
            assert {file.name: file.read_text() for file in real.iterdir()} == files
        told = sorted((home.root / "shared.log").read_text().splitlines())
        assert told == sorted(f"{one} {two}" for one in range(THREADS) for two in range(ACTS))
        home.settle()


class TestOutOfDescriptors:
    """The mount process may have 60."""

    UNDER = ("prlimit", "--nofile=60:60")

    def test_programs_are_told_and_go_on(self, tmp_path: Path) -> None:
        home = Whole(tmp_path, under=self.UNDER)
        with running(home), ExitStack() as opened:
            for number in range(100):
                (home.root / f"{number}.txt").write_text("old\n")
            with pytest.raises(OSError, match=os.strerror(errno.EMFILE)) as told:
                for number in range(100):
                    handle = os.open(home.point / f"{number}.txt", os.O_RDWR)
                    opened.callback(os.close, handle)
            assert told.value.errno == errno.EMFILE
            opened.close()
            wait_for(lambda: (home.point / "99.txt").read_text() == "old\n", message="to go on")
            (home.point / "99.txt").write_text("new\n")
            home.settle()

    def test_bytes_are_kept_all_the_same(self, tmp_path: Path) -> None:
        home = Whole(tmp_path, under=self.UNDER)
        with running(home), ExitStack() as opened:
            for number in range(100):
                (home.root / f"{number}.jpg").write_bytes(b"%d\n" % number)
            handles = []
            with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
                for number in range(100):
                    handles.append(os.open(home.point / f"{number}.jpg", os.O_RDWR))
                    opened.callback(os.close, handles[-1])
            os.pwrite(handles[-1], b"new", 0)
            opened.close()
            home.settle()
            assert len(home.history(f"{len(handles) - 1}.jpg")) == 2


@contextmanager
def running(home: Whole, *under: str) -> Iterator[None]:
    """Mounted, with a daemon that was started before: `under` is the daemon's alone, what stands in
    `home.under` the mount's."""
    lsfs("init", home.root, cwd=home.root)
    of_mount, home.under = home.under, ()
    home.start_daemon(*under)
    home.under = of_mount
    try:
        home.mount()
        yield
    finally:
        home.stop()


FEW_WATCHES = ("unshare", "--user", "--map-root-user", "sh", "-c")
LIMIT = 'echo 20 > /proc/sys/user/max_inotify_watches && exec "$@"'


def test_no_watches_left(tmp_path: Path) -> None:
    """The limit is the daemon's alone, in a user namespace of its own."""
    probe = subprocess.run([*FEW_WATCHES, LIMIT, "sh", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"no limit of watches can be set: {probe.stderr.decode()}")
    home = Whole(tmp_path)
    for number in range(50):
        (home.root / f"d{number:02d}").mkdir()
    with running(home, *FEW_WATCHES, LIMIT, "sh"):
        status = home.call("status")
        wait_for(lambda: home.call("status")["notices"], message="a notice")
        assert "fs.inotify.max_user_watches" in home.call("status")["notices"][0]
        told = lsfs("status", "-C", home.root, cwd=tmp_path)
        assert "watches are used up" in told.stdout + told.stderr
        (home.point / "d49" / "through.txt").write_text("seen\n")
        home.settle()
        assert len(home.history("d49/through.txt")) == 1
        (home.root / "d49" / "behind.txt").write_text("found\n")
        assert lsfs("index", "-C", home.root, cwd=tmp_path).returncode == 0
        assert len(home.history("d49/behind.txt")) == 1
        assert status["root"] == str(home.root)
