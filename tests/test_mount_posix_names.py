"""Names, links, renames and listings: the mount beside a plain directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from mounting import Mounted, mounted, mounted_with
from probing import BOTH_LIBRARIES, Probe, Table, each, error_of, facts, facts_of
from syscalls import (
    RENAME_EXCHANGE,
    RENAME_NOREPLACE,
    RENAME_WHITEOUT,
    link_descriptor,
    listing,
    renameat2,
)

from lsfs.mount.options import LibraryChoice, MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

table = Table()
probe, differs = table.probe, table.differs
MANY = 300_000


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(tmp_path_factory, MountOptions(library=request.param)) as made:
        yield made


@each(table)
def test_a_probe_answers_as_on_a_plain_directory(
    mount: Mounted, act: Probe, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table.compare(act, mount, tmp_path, request)


def two_files(folder: Path) -> tuple[Path, Path]:
    one, two = folder / "one", folder / "two"
    one.write_bytes(b"first")
    two.write_bytes(b"the second")
    return one, two


# --- renaming


@differs("libfuse2's rename has no flags, so the kernel refuses them with EINVAL", ("fuse2",))
def rename_without_replacing(folder: Path) -> object:
    one, two = two_files(folder)
    taken = error_of(lambda: renameat2(one, two, RENAME_NOREPLACE))
    free = error_of(lambda: renameat2(one, folder / "three", RENAME_NOREPLACE))
    return taken, free, sorted(os.listdir(folder)), two.read_bytes()


@differs("libfuse2's rename has no flags, so the kernel refuses them with EINVAL", ("fuse2",))
def rename_exchanging(folder: Path) -> object:
    one, two = two_files(folder)
    os.mkdir(folder / "d")
    renameat2(one, two, RENAME_EXCHANGE)
    renameat2(two, folder / "d", RENAME_EXCHANGE)
    missing = error_of(lambda: renameat2(one, folder / "none", RENAME_EXCHANGE))
    return one.read_bytes(), two.is_dir(), (folder / "d").read_bytes(), missing


@differs("libfuse2's rename has no flags, so the kernel refuses them with EINVAL", ("fuse2",))
def rename_exchanging_files_that_are_open(folder: Path) -> object:
    one, two = two_files(folder)
    with open(one, "r+b") as first, open(two, "r+b") as second:
        renameat2(one, two, RENAME_EXCHANGE)
        first.write(b"FIRST")
        second.write(b"THE")
    return one.read_bytes(), two.read_bytes()


@probe
def rename_with_flags_there_are_not(folder: Path) -> object:
    one, two = two_files(folder)
    return [
        error_of(lambda flags=flags: renameat2(one, two, flags))  # type: ignore[misc]
        for flags in (8, 1 << 30, RENAME_NOREPLACE | RENAME_EXCHANGE)
    ]


def test_a_whiteout_is_refused_or_made(mount: Mounted) -> None:
    """Never a plain rename: overlayfs counts on what it asked for."""
    folder = mount.point / "whiteout"
    folder.mkdir()
    one, two = two_files(folder)
    answer = error_of(lambda: renameat2(one, two, RENAME_WHITEOUT))
    if answer is None:
        assert stat.S_ISCHR(os.lstat(one).st_mode)
        assert two.read_bytes() == b"first"
    else:
        assert answer == "EINVAL"
        assert (one.read_bytes(), two.read_bytes()) == (b"first", b"the second")


@probe
def rename_of_an_open_file_onto_its_twin(folder: Path) -> object:
    one, two = folder / "one", folder / "two"
    one.write_bytes(b"bytes")
    os.link(one, two)
    with open(two, "rb"):
        os.rename(one, two)
    return sorted(os.listdir(folder)), two.read_bytes()


@probe
def rename_over_a_file_open_to_write(folder: Path) -> object:
    one, two = two_files(folder)
    with open(two, "r+b") as file:
        os.rename(one, two)
        file.write(b"lost")
        file.flush()
        return two.read_bytes(), os.fstat(file.fileno()).st_size, os.listdir(folder)


@probe
def rename_of_a_folder_with_open_files(folder: Path) -> object:
    os.makedirs(folder / "a/b")
    with open(folder / "a/b/f", "w+b") as file:
        os.rename(folder / "a", folder / "c")
        file.write(b"bytes")
        file.flush()
        os.truncate(folder / "c/b/f", 3)
        return (folder / "c/b/f").read_bytes(), os.fstat(file.fileno()).st_size


@probe
def renames_that_cannot_be(folder: Path) -> object:
    os.makedirs(folder / "a/b")
    one, _ = two_files(folder)
    return (
        error_of(lambda: os.rename(folder / "a", folder / "a/b/c")),
        error_of(lambda: os.rename(folder / "a/b", folder / "a")),
        error_of(lambda: os.rename(folder / "a", one)),
        error_of(lambda: os.rename(one / "x", folder / "x")),
        error_of(lambda: os.rename(folder / "none", one)),
        error_of(lambda: os.rename(folder / ".", folder / "x")),
        error_of(lambda: os.rename(folder / "a/..", folder / "x")),
        error_of(lambda: os.rename(one, folder / "x/")),
    )


# --- links and special files


@probe
def links_in_a_circle(folder: Path) -> object:
    os.symlink("b", folder / "a")
    os.symlink("a", folder / "b")
    os.symlink("self/x", folder / "self")
    names = "a", "b", "self", "a/x"
    return [error_of(lambda name=name: os.stat(folder / name)) for name in names]  # type: ignore[misc]


@probe
def a_long_chain_of_links(folder: Path) -> object:
    (folder / "0").write_bytes(b"x")
    for number in range(45):
        os.symlink(str(number), folder / str(number + 1))
    deep = error_of(lambda: (folder / "41").read_bytes())
    return (folder / "40").read_bytes(), deep


@probe
def a_hard_link_to_a_symbolic_one(folder: Path) -> object:
    os.symlink("nowhere", folder / "l")
    os.link(folder / "l", folder / "m", follow_symlinks=False)
    return os.readlink(folder / "m"), facts(folder / "m")


@probe
def links_that_cannot_be(folder: Path) -> object:
    one, two = two_files(folder)
    os.mkdir(folder / "d")
    return (
        error_of(lambda: os.link(folder / "d", folder / "e")),
        error_of(lambda: os.link(one, two)),
        error_of(lambda: os.link(folder / "none", folder / "e")),
        error_of(lambda: os.symlink("x", two)),
        error_of(lambda: os.symlink("", folder / "e")),
        error_of(lambda: os.symlink("x" * 5000, folder / "e")),
        error_of(lambda: os.readlink(one)),
    )


@probe
def a_link_target_as_long_as_there_is(folder: Path) -> object:
    os.symlink("x" * 4095, folder / "l")
    return len(os.readlink(folder / "l")), os.lstat(folder / "l").st_size


@probe
def a_link_by_descriptor(folder: Path) -> object:
    with open(folder / "f", "w+b", buffering=0) as file:
        file.write(b"bytes")
        link_descriptor(file.fileno(), folder / "g")
    return (folder / "g").read_bytes()


@differs("each name has attributes of its own, which are kept for a second")
def a_change_shows_through_the_other_name(folder: Path) -> object:
    one, two = folder / "one", folder / "two"
    one.write_bytes(b"x")
    os.link(one, two)
    os.stat(two)
    with open(one, "ab") as file:
        file.write(b"yz")
    os.chmod(one, 0o600)
    return facts(two), two.read_bytes()


@probe
def a_change_shows_through_a_new_name(folder: Path) -> object:
    """That nobody has looked at before."""
    (folder / "one").write_bytes(b"x")
    os.link(folder / "one", folder / "two")
    return facts(folder / "two")[0::2], (folder / "two").read_bytes()


@pytest.mark.skipif(os.geteuid() != 0, reason="devices are made by root")
@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK])
def test_special_files_are_made(mount: Mounted, tmp_path: Path, kind: int) -> None:
    found = []
    for folder in (mount.point, tmp_path):
        path = folder / f"special-{kind:o}"
        os.mknod(path, kind | 0o640, os.makedev(1, 3))
        state = os.lstat(path)
        found.append((stat.filemode(state.st_mode), state.st_rdev, state.st_size))
    assert found[0] == found[1]


@probe
def a_fifo_between_two_handles(folder: Path) -> object:
    os.mkfifo(folder / "fifo")
    reader = os.open(folder / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(folder / "fifo", os.O_WRONLY)
    try:
        os.write(writer, b"through")
        return os.read(reader, 100)
    finally:
        os.close(reader)
        os.close(writer)


@differs("the kernel opens it without the mount, which then knows nothing of it: ESTALE, ENOENT")
def a_fifo_removed_while_open(folder: Path) -> object:
    os.mkfifo(folder / "fifo")
    reader = os.open(folder / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    try:
        os.unlink(folder / "fifo")
        return facts_of(os.fstat(reader))
    finally:
        os.close(reader)


# --- names


@probe
def a_name_of_255_bytes_and_one_of_256(folder: Path) -> object:
    name = "ü" * 127 + "x"
    (folder / name).write_bytes(b"x")
    os.rename(folder / name, folder / ("y" * 255))
    answers = [
        error_of(lambda act=act: act(folder / ("y" * 256)))  # type: ignore[misc]
        for act in (os.stat, os.mkdir, os.unlink, os.rmdir, os.mkfifo, os.readlink, os.listdir)
    ]
    return answers, error_of(lambda: os.rename(folder / ("y" * 255), folder / ("z" * 256)))


@probe
def every_byte_in_a_name(folder: Path) -> object:
    for byte in set(range(1, 256)) - {ord("/"), ord(".")}:
        os.mkdir(os.path.join(bytes(folder), bytes([byte])))
    return sorted(os.listdir(bytes(folder)))


@probe
def a_path_longer_than_path_max(folder: Path) -> object:
    path = str(folder) + "/x" * 2500
    return error_of(lambda: os.stat(path)), error_of(lambda: os.mkdir(path))


@probe
def what_is_not_a_folder(folder: Path) -> object:
    one, _ = two_files(folder)
    return (
        error_of(lambda: os.stat(one / "x")),
        error_of(lambda: os.listdir(one)),
        error_of(lambda: os.rmdir(one)),
        error_of(lambda: os.open(one, os.O_DIRECTORY)),
        error_of(lambda: os.stat(f"{one}/")),
        error_of(lambda: os.open(folder, os.O_CREAT | os.O_WRONLY)),
        error_of(lambda: os.rmdir(folder / ".")),
        error_of(lambda: os.mkdir(one)),
    )


# --- listings


@probe
def positions_of_a_listing(folder: Path) -> object:
    for number in range(200):
        (folder / f"{number}").touch()
    with listing(folder) as names:
        before = [names.next() for _ in range(50)]
        here = names.tell()
        after = names.rest()
        names.seek(here)
        again = names.rest()
        names.rewind()
        return len({*before, *after}), after == again, before + after == names.rest()


@probe
def a_new_name_shows_after_rewinding(folder: Path) -> object:
    (folder / "a").touch()
    with listing(folder) as names:
        names.rest()
        (folder / "b").touch()
        os.unlink(folder / "a")
        names.rewind()
        return names.rest()


@probe
def removing_what_is_being_listed(folder: Path) -> object:
    """As rm -r does it: what is removed is not missed, nor anything else."""
    for number in range(700):
        (folder / f"{number:05d}").touch()
    seen = []
    with listing(folder) as names:
        while (name := names.next()) is not None:
            seen.append(name)
            os.unlink(folder / name)
    return len(seen), len(set(seen)), os.listdir(folder)


@probe
def removing_some_of_what_is_being_listed(folder: Path) -> object:
    for number in range(700):
        (folder / f"{number:05d}").touch()
    seen = []
    with listing(folder) as names:
        while (name := names.next()) is not None:
            seen.append(name)
            if len(seen) % 3 == 0:
                os.unlink(folder / name)
    return len(seen), len(set(seen)), len(os.listdir(folder))


@probe
def a_listing_of_a_removed_folder(folder: Path) -> object:
    os.mkdir(folder / "d")
    with listing(folder / "d") as names:
        os.rmdir(folder / "d")
        return names.rest()


@differs("libfuse has no path for it: ESTALE with 3, ENOENT with 2")
def attributes_of_a_removed_folder(folder: Path) -> object:
    os.mkdir(folder / "d")
    fd = os.open(folder / "d", os.O_RDONLY)
    try:
        os.rmdir(folder / "d")
        return facts_of(os.fstat(fd))[1]
    finally:
        os.close(fd)


@probe
def making_names_in_a_removed_folder(folder: Path) -> object:
    os.mkdir(folder / "d")
    fd = os.open(folder / "d", os.O_RDONLY)
    try:
        os.rmdir(folder / "d")
        return error_of(lambda: os.mkdir("x", dir_fd=fd))
    finally:
        os.close(fd)


@probe
def attributes_right_after_a_listing(folder: Path) -> object:
    """The kernel may have them with the names (READDIRPLUS), those that begin with a dot too."""
    names = [f"{dot}{number}" for number in range(30) for dot in ("", ".")]
    for number, name in enumerate(names):
        (folder / name).mkdir(0o700 + number % 64) if number % 3 else (folder / name).touch()
    with os.scandir(folder) as listing:
        return sorted((found.name, facts(folder / found.name)) for found in listing)


@probe
def the_links_of_a_folder(folder: Path) -> object:
    os.makedirs(folder / "a/b")
    os.mkdir(folder / "a/c")
    os.rmdir(folder / "a/b")
    return facts(folder / "a")[1], os.stat(folder / "a/..").st_ino == os.stat(folder).st_ino


def test_a_folder_of_300_000_entries(tmp_path: Path) -> None:
    """Listed whole and without a name twice. Made behind the mount, and where it is quickest."""
    shm = Path("/dev/shm")
    folder = shm / f"lsfs-test-{os.getpid()}" if os.access(shm, os.W_OK) else tmp_path / "many"
    many = folder / "root/many"
    many.mkdir(parents=True)
    os.close(os.open(many / "0", os.O_CREAT | os.O_WRONLY))
    try:
        _fill(many)
        for library in BOTH_LIBRARIES:
            _list_whole(folder, library)
    finally:
        _remove_tree(folder)


def _fill(many: Path) -> None:
    here = os.open(many, os.O_RDONLY)
    for number in range(1, MANY):
        os.mknod(f"{number}", 0o644, dir_fd=here)
    os.close(here)


def _list_whole(folder: Path, library: LibraryChoice) -> None:
    with mounted(folder, MountOptions(library=library, capture=False)) as mount:
        names = os.listdir(mount.point / "many")
        assert len(names) == MANY
        assert set(names) == set(map(str, range(MANY)))
        assert os.stat(mount.point / f"many/{MANY - 1}").st_size == 0


def _remove_tree(folder: Path) -> None:
    for parent, folders, files in os.walk(folder, topdown=False):
        here = os.open(parent, os.O_RDONLY)
        for name in files:
            os.unlink(name, dir_fd=here)
        for name in folders:
            os.rmdir(name, dir_fd=here)
        os.close(here)
    folder.rmdir()


def test_the_filesystem_is_described_as_it_is(mount: Mounted) -> None:
    seen, real = os.statvfs(mount.point / "."), os.statvfs(mount.root)
    names = "f_bsize f_frsize f_blocks f_files f_namemax".split()
    assert [getattr(seen, name) for name in names] == [getattr(real, name) for name in names]
    assert os.pathconf(mount.point, "PC_NAME_MAX") == os.pathconf(mount.root, "PC_NAME_MAX")


def test_a_folder_is_made_durable(mount: Mounted) -> None:
    for path in (mount.point, mount.point / "durable"):
        path.mkdir(exist_ok=True)
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.fdatasync(fd)
        os.close(fd)
