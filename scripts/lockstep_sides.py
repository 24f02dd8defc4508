"""What `lockstep` runs on: two sides, what both are able to do, and arguments drawn by chance."""

from __future__ import annotations

import errno
import mmap
import os
import random
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

SLOTS = 6
MAPS = 2
PAGE = mmap.PAGESIZE
NAMES = (b"a", b"b", b"c", b"d", b"e\xff\n", b"f~", b"4913", b"n" * 255)
FURTHEST = 160_000
LARGEST = 50_000
RECENT_NS = 1_500_000_000 * 10**9
"""Times that operations set lie before it; the clock's lie after it and are not compared."""


@dataclass(frozen=True)
class Ability:
    """What both directories can do, so that what one of them cannot is left out."""

    rename_flags: bool = True
    """libfuse2's rename has no flags, and the kernel refuses them with EINVAL."""
    hard_links: bool = True
    """To the kernel each name of a file in a mount is a file of its own, with attributes and pages
    of its own: what is done through one name shows through another when these are asked for anew,
    a second later by default, at the next call with libfuse3 and `strict`. FIFOs are never linked:
    each name would be a pipe of its own."""
    empty_chown: bool = True
    """Whether chown(2) that names neither owner nor group takes set-user-ID bits off. The kernel
    does not pass it on where it leaves these bits to the mount (libfuse 3.17, unless `strict`)."""
    direct: bool = True
    """Whether the plain directory opens files with O_DIRECT (an old tmpfs does not)."""
    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)
    avoided: frozenset[str] = frozenset()
    """Known defects of the mount, of `DEFECTS`, for as long as they last."""


DEFECTS = {
    "nameless": "nothing is known of what is open when its folder is removed, nor of a folder or "
    "FIFO that is removed while open",
}


@dataclass(frozen=True)
class Facts:
    """What stat(2) says that must be the same on both sides.

    Left out: the mtime of a FIFO (what passes through it never reaches the mount), the size of a
    directory (the filesystem's own affair), st_blocks (delayed allocation), atime (relatime) and
    ctime (cannot be set).
    """

    mode: str
    size: int
    owner: tuple[int, int]
    mtime: int | str
    links: int
    inode: int = field(compare=False)

    @classmethod
    def of(cls, found: os.stat_result) -> Facts:
        is_folder = stat.S_ISDIR(found.st_mode)
        return cls(
            mode=stat.filemode(found.st_mode),
            size=0 if is_folder else found.st_size,
            owner=(found.st_uid, found.st_gid),
            mtime=_moment(found),
            links=found.st_nlink,
            inode=found.st_ino,
        )


def _moment(found: os.stat_result) -> int | str:
    if stat.S_ISFIFO(found.st_mode):
        return "any"
    return found.st_mtime_ns if found.st_mtime_ns < RECENT_NS else "recent"


@dataclass
class Side:
    """A directory and what is open in it: descriptors and mappings by slot."""

    top: bytes
    files: dict[int, int] = field(default_factory=dict)
    direct: set[int] = field(default_factory=set)
    maps: dict[int, mmap.mmap] = field(default_factory=dict)
    mapped: dict[int, int] = field(default_factory=dict)
    """Descriptors of what is mapped."""

    def at(self, path: bytes) -> bytes:
        return os.path.join(self.top, path)

    def resolved(self, path: bytes) -> bytes:
        """The path without the symbolic links of its folders, relative to the top."""
        parent, name = os.path.split(self.at(path))
        top = os.path.realpath(self.top)
        return os.path.join(os.path.realpath(parent), name)[len(top) + 1 :]

    def file(self, slot: int) -> int:
        """The descriptor in a slot. Raises EBADF when there is none."""
        if slot not in self.files:
            raise OSError(errno.EBADF, "nothing open")
        return self.files[slot]

    def open(self) -> list[int]:
        """All descriptors, those of mappings too."""
        return [*self.files.values(), *self.mapped.values()]

    def put(self, slot: int, fd: int, *, direct: bool) -> None:
        """Take over a descriptor; what was in the slot must be closed."""
        self.files[slot] = fd
        if direct:
            self.direct.add(slot)

    def close(self, slot: int) -> None:
        self.direct.discard(slot)
        fd = self.files.pop(slot, None)
        if fd is not None:
            os.close(fd)

    def unmap(self, which: int) -> None:
        if which in self.maps:
            self.maps.pop(which).close()
            os.close(self.mapped.pop(which))

    def close_all(self) -> None:
        for which in list(self.maps):
            self.unmap(which)
        for slot in list(self.files):
            self.close(slot)


@dataclass
class Draw:
    """Arguments by chance, the same on both sides; `said` tells which."""

    random: random.Random
    known: Sequence[bytes]
    slots: Sequence[int]
    """Those that hold something."""
    held: Collection[bytes]
    """Folders that are open or hold, or held, what is; and special files that are open."""
    ability: Ability
    said: list[object] = field(default_factory=list)

    def _say(self, value: T) -> T:
        self.said.append(value)
        return value

    def avoids(self, defect: str) -> bool:
        return defect in self.ability.avoided

    def keeps(self, side: Side, path: bytes) -> bool:
        """Whether a path must not be removed, for the sake of a known defect."""
        return self.avoids("nameless") and side.resolved(path) in self.held

    def one_of(self, values: Sequence[T]) -> T:
        return self._say(self.random.choice(values))

    def chance(self, likelihood: float) -> bool:
        return self._say(self.random.random() < likelihood)

    def path(self, likelihood_known: float = 0.8) -> bytes:
        """A path, most often of something that is there."""
        if self.known and self.random.random() < likelihood_known:
            return self._say(self.random.choice(self.known))
        parents = [path for path in self.known if path.count(b"/") < 2 and len(path) < 600]
        parent = self.random.choice([b"", *parents])
        return self._say(os.path.join(parent, self.random.choice(NAMES)))

    def new_path(self) -> bytes:
        return self.path(0.25)

    def slot(self) -> int:
        return self._say(self.random.randrange(SLOTS))

    def handle(self) -> int:
        """A slot, most often one that holds something."""
        if self.slots and self.random.random() < 0.9:
            return self._say(self.random.choice(self.slots))
        return self.slot()

    def place(self) -> int:
        """An offset; near the edge of a page half of the time."""
        at = self.random.randrange(FURTHEST)
        if self.random.random() < 0.5:
            at = max(0, at // PAGE * PAGE + self.random.choice((-1, 0, 0, 1, -FURTHEST)))
        return self._say(at)

    def length(self) -> int:
        return self._say(self.random.choice((0, 1, 511, PAGE, self.random.randrange(LARGEST))))

    def aligned(self, number: int) -> int:
        """What O_DIRECT takes on a plain filesystem."""
        return self._say(number // PAGE * PAGE)

    def data(self, size: int) -> bytes:
        word = self.random.randbytes(32)
        return (word * (size // 32 + 1))[:size]

    def name_of_attribute(self) -> str:
        return self.one_of(("user.one", "user.two", "user.three"))

    def moment_ns(self) -> int:
        return self._say(self.random.randrange(-(10**18), RECENT_NS))

    def mode(self) -> int:
        """Folders stay open to their owner, or a run without root's powers ends in them."""
        return self.one_of((0o700, 0o755, 0o777, 0o4755, 0o2775, 0o1711, 0o6710))
