"""What is changed behind the mount shows through it: at once with `strict`, else within a second.

Each change is first looked at through the mount, so that the kernel has something to remember.
"""

from __future__ import annotations

import functools
import mmap
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from children import outcome
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES
from waiting import wait_for

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

SOON_S = 1.5
"""A second, and something for a machine that has other things to do."""

BIG = bytes(range(256)) * 2048


@dataclass(frozen=True)
class Change:
    """`look` is done through the mount before and after `make`, which is done behind it."""

    prepare: Callable[[Path], object]
    make: Callable[[Path], object]
    look: Callable[[Path], object]


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def text(name: str = "f") -> Callable[[Path], object]:
    return lambda folder: (folder / name).read_bytes()


def write(data: bytes, name: str = "f") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def facts(folder: Path) -> tuple[int, ...]:
    found = os.lstat(folder / "f")
    return found.st_mode, found.st_size, found.st_uid, found.st_mtime_ns, found.st_ctime_ns


def replace_by_folder(folder: Path) -> None:
    os.unlink(folder / "f")
    os.makedirs(folder / "f/inner")


def replace_by_link(folder: Path) -> None:
    os.unlink(folder / "f")
    os.symlink("elsewhere", folder / "f")


def replace_by_rename(folder: Path) -> None:
    (folder / "new").write_bytes(b"another file")
    os.rename(folder / "new", folder / "f")


def folder_with_file(folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d/f").write_bytes(b"x")


def rename_folder(folder: Path) -> None:
    os.rename(folder / "d", folder / "e")


def overwrite_keeping_times(folder: Path) -> None:
    before = os.stat(folder / "f")
    (folder / "f").write_bytes(b"two")
    os.utime(folder / "f", ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES = {
    "content": Change(write(b"one"), write(b"two"), text()),
    "content of many pages": Change(write(BIG), write(BIG[::-1]), text()),
    "longer": Change(write(b"one"), write(b"one, longer"), text()),
    "shorter": Change(write(b"one, longer"), write(b"one"), text()),
    "size": Change(write(b"one"), lambda at: os.truncate(at / "f", 5000), facts),
    "mode": Change(write(b"one"), lambda at: os.chmod(at / "f", 0o751), facts),
    "times": Change(write(b"one"), lambda at: os.utime(at / "f", ns=(5, 7)), facts),
    "attribute": Change(
        write(b"one"), lambda at: os.setxattr(at / "f", "user.x", b"1"),
        lambda at: os.listxattr(at / "f"),
    ),
    "new name": Change(lambda at: None, write(b"one"), text()),
    "new name in a listing": Change(write(b"x", "other"), write(b"one"), names),
    "removed": Change(write(b"one"), lambda at: os.unlink(at / "f"), text()),
    "removed from a listing": Change(write(b"one"), lambda at: os.unlink(at / "f"), names),
    "a folder in its place": Change(
        write(b"one"), replace_by_folder, lambda at: outcome(lambda: os.listdir(at / "f"))
    ),
    "a link in its place": Change(write(b"one"), replace_by_link, lambda at: os.readlink(at / "f")),
    "another file in its place": Change(write(b"one"), replace_by_rename, text()),
    "folder renamed": Change(
        folder_with_file, rename_folder,
        lambda at: [outcome(functools.partial(text(one), at)) for one in ("d/f", "e/f")],
    ),
    "folder removed": Change(folder_with_file, lambda at: shutil.rmtree(at / "d"), text("d/f")),
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[(library, strict) for library in BOTH_LIBRARIES for strict in (False, True)],
    ids=lambda chosen: f"{chosen[0]}{'-strict' * chosen[1]}",
)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    library, strict = request.param
    with mounted_with(tmp_path_factory, MountOptions(library=library, strict=strict)) as made:
        yield made


@pytest.fixture
def folders(mount: Mounted, request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """A folder of this test, through the mount and behind it."""
    name = request.node.name.translate({ord("/"): "-"})
    (mount.root / name).mkdir()
    return mount.point / name, mount.root / name


def shows(mount: Mounted, seen: Callable[[], object], real: object, what: str) -> None:
    """What is seen through the mount is what is real: at once, or soon."""
    if mount.options.strict:
        same = seen() == real  # by itself: in CI pytest would take minutes to tell pages apart
        assert same, what
    else:
        wait_for(lambda: seen() == real, SOON_S, what)


def differs(request: pytest.FixtureRequest, when: bool, reason: str) -> None:
    """Where the mount is known to fall short."""
    if when:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_shows(mount: Mounted, folders: tuple[Path, Path], name: str) -> None:
    point, root = folders
    change = CHANGES[name]
    change.prepare(root)
    before = outcome(lambda: change.look(point))
    assert before == outcome(lambda: change.look(root))
    change.make(root)
    real = outcome(lambda: change.look(root))
    assert real != before, "the change is none"
    shows(mount, lambda: outcome(lambda: change.look(point)), real, name)


OPEN_CHANGES = {
    name: CHANGES[name] for name in ("content", "content of many pages", "longer", "shorter")
}


SAME_SIZE = ("content", "content of many pages")
PAGES_ARE_KEPT = "with libfuse2 the kernel keeps the pages of a file for as long as it is open"


@pytest.mark.parametrize("name", OPEN_CHANGES)
def test_a_change_shows_in_a_file_that_is_open(
    mount: Mounted, folders: tuple[Path, Path], name: str, request: pytest.FixtureRequest
) -> None:
    point, root = folders
    differs(request, mount.library == "fuse2" and name in SAME_SIZE, PAGES_ARE_KEPT)
    change = OPEN_CHANGES[name]
    change.prepare(root)
    with open(point / "f", "rb", buffering=0) as file:
        assert os.pread(file.fileno(), len(BIG) + 1, 0) == change.look(root)
        change.make(root)
        shows(mount, lambda: os.pread(file.fileno(), len(BIG) + 1, 0), change.look(root), name)


def test_a_change_shows_in_a_mapping(
    mount: Mounted, folders: tuple[Path, Path], request: pytest.FixtureRequest
) -> None:
    """When attributes are asked for: the kernel does not ask on its own for a page it has."""
    point, root = folders
    differs(request, mount.library == "fuse2", PAGES_ARE_KEPT)
    (root / "f").write_bytes(b"." * 8192)
    with (
        open(point / "f", "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as seen,
    ):
        assert seen[:4] == b"...."
        with open(root / "f", "r+b") as real:
            real.write(b"here")

        def look() -> bytes:
            os.fstat(file.fileno())
            os.pread(file.fileno(), 1, 5000)
            return seen[:4]

        shows(mount, look, b"here", "the mapping")
