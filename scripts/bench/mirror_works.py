"""What `mirror.py` times: what programs do in a folder, in an order in which each finds what those
before it left.

A work's `prepare` is not timed. Where a work is about bytes it drops the mount's own pages of the
file first, so that what is timed passes through the mount; the backing folder lies in memory.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import source_tree

BLOCK = random.Random(1).randbytes(2**20)
PAGE = 4096
WIDE = 20_000
Act = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Work:
    """`aim` is the most it should take, as a ratio to bindfs; `passthrough_aim` to the plain
    directory, where the kernel passes reads and writes through. `needs` names a program."""

    name: str
    run: Act
    aim: float | None = None
    passthrough_aim: float | None = None
    prepare: Act = lambda _: None
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    files: int
    mib: int
    pages: int


def fill(folder: Path) -> None:
    """What a place holds before the first round."""
    (folder / "wide").mkdir()
    for number in range(WIDE):
        os.close(os.open(folder / "wide" / f"{number:06d}", os.O_CREAT | os.O_WRONLY))
    source_tree.make(folder / "source")


def works(scale: Scale, outside: Path) -> Iterator[Work]:
    """The works, in order; `outside` is a plain folder beside the places, with the repository."""
    yield from _on_bytes(scale)
    yield from _on_many_files(scale.files)
    yield from _on_a_tree(outside)


# -- bytes ---------------------------------------------------------------------------------------


def _on_bytes(scale: Scale) -> Iterator[Work]:
    mib, pages = scale.mib, scale.pages
    yield Work(f"write {mib} MiB", lambda at: _write(at, mib), 1.25, 1.2)
    yield Work(f"read {mib} MiB", _read, 1.25, 1.2, _drop_pages)
    yield Work(f"{pages:,} random reads", lambda at: _read_pages(at, pages), 1.4, 1.2, _drop_pages)
    yield Work(f"{pages:,} random writes", lambda at: _write_pages(at, pages), 1.4, 1.2)


def _write(folder: Path, mib: int) -> None:
    with open(folder / "big", "wb", buffering=0) as file:
        for _ in range(mib):
            file.write(BLOCK)


def _read(folder: Path) -> None:
    with open(folder / "big", "rb", buffering=0) as file:
        while file.read(2**20):
            pass


def _drop_pages(folder: Path) -> None:
    with open(folder / "big", "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read_pages(folder: Path, pages: int) -> None:
    """Each page once, without read-ahead: no cache can answer."""
    with open(folder / "big", "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        for place in _places(file.fileno(), pages):
            os.pread(file.fileno(), PAGE, place)


def _write_pages(folder: Path, pages: int) -> None:
    with open(folder / "big", "r+b", buffering=0) as file:
        for number, place in enumerate(_places(file.fileno(), pages)):
            os.pwrite(file.fileno(), BLOCK[number : number + PAGE], place)


def _places(fd: int, pages: int) -> list[int]:
    there = os.fstat(fd).st_size // PAGE
    return [page * PAGE for page in random.Random(2).sample(range(there), min(pages, there))]


# -- many files ----------------------------------------------------------------------------------


def _on_many_files(files: int) -> Iterator[Work]:
    fifth = files // 5
    yield Work(f"create {files:,} files", lambda at: _create(at, files), 1.0, prepare=_make_many)
    yield Work(f"stat {files:,}", lambda at: _stat(at, files), 1.0)
    yield Work(f"ls -l {files:,}", lambda at: _run(["ls", "-l", "many"], at), 1.0)
    yield Work(f"readdir {WIDE:,}", lambda at: _run(["ls", "-f", "wide"], at), 3.0)
    yield Work(f"overwrite {fifth:,}", lambda at: _overwrite(at, fifth))
    yield Work(f"unlink {files:,}", lambda at: _unlink(at, files), 1.0)


def _make_many(folder: Path) -> None:
    shutil.rmtree(folder / "many", ignore_errors=True)
    (folder / "many").mkdir()


def _many(folder: Path, count: int) -> list[str]:
    return [f"{folder}/many/{number:06d}" for number in range(count)]


def _create(folder: Path, count: int) -> None:
    for file in _many(folder, count):
        fd = os.open(file, os.O_CREAT | os.O_WRONLY)
        os.write(fd, b"x" * 100)
        os.close(fd)


def _stat(folder: Path, count: int) -> None:
    for file in _many(folder, count):
        os.stat(file)


def _overwrite(folder: Path, count: int) -> None:
    for number, file in enumerate(_many(folder, count)):
        fd = os.open(file, os.O_TRUNC | os.O_WRONLY)
        os.write(fd, b"%100d" % number)
        os.close(fd)


def _unlink(folder: Path, count: int) -> None:
    for file in _many(folder, count):
        os.unlink(file)


# -- a tree --------------------------------------------------------------------------------------


def _on_a_tree(outside: Path) -> Iterator[Work]:
    repository = outside / "repository"
    yield Work("cp -r", lambda at: _run(["cp", "-r", "source", "copy"], at), 1.5, prepare=_uncopy)
    pack = ["tar", "cf", str(outside / "packed.tar"), "source"]  # tar reads nothing for /dev/null
    yield Work("tar cf", lambda at: _run(pack, at), 1.5)
    find = ["rg", "--no-config", "--no-ignore", "--count", source_tree.NEEDLE, "source"]
    yield Work("rg", lambda at: _run(find, at), 1.5, needs="rg")
    yield Work(
        "git clone", lambda at: source_tree.git(at, "clone", "--quiet", str(repository), "clone"),
        1.5, prepare=_unclone, needs="git",
    )  # fmt: skip
    yield Work("git status, cold", _git_status, 1.5, prepare=_forget_states, needs="git")
    yield Work("git status, warm", _git_status, 1.5, needs="git")


def _uncopy(folder: Path) -> None:
    shutil.rmtree(folder / "copy", ignore_errors=True)


def _unclone(folder: Path) -> None:
    shutil.rmtree(folder / "clone", ignore_errors=True)


def _forget_states(folder: Path) -> None:
    """An index that knows contents but no states, as after copying a clone: git reads each file."""
    (folder / "clone" / ".git" / "index").unlink()
    source_tree.git(folder / "clone", "read-tree", "HEAD")


def _git_status(folder: Path) -> None:
    source_tree.git(folder / "clone", "status", "--porcelain")


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
