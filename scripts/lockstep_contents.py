"""Operations on open files, their bytes and their mappings (see `lockstep_table`)."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import stat

from lockstep_sides import MAPS, NAMES, PAGE, Draw, Facts, Side
from lockstep_table import call, operation

FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, FALLOC_ZERO_RANGE = 1, 2, 16


# --- opening and closing


@operation(14)
def open_file(side: Side, draw: Draw) -> object:
    slot, path = draw.slot(), draw.path(0.6)
    flags = draw.one_of((os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_RDWR))
    likely = {
        "O_CREAT": 0.6, "O_EXCL": 0.12, "O_TRUNC": 0.12, "O_APPEND": 0.25, "O_NOFOLLOW": 0.15,
        "O_DIRECTORY": 0.07, "O_DSYNC": 0.02,
    }  # fmt: skip
    for name, likelihood in likely.items():
        if draw.random.random() < likelihood:
            draw.said.append(name)
            flags |= getattr(os, name)
    # appending at any length is nothing that O_DIRECT allows
    direct = draw.chance(0.1) and draw.ability.direct and not flags & os.O_APPEND
    side.close(slot)
    flags |= os.O_NONBLOCK | (os.O_DIRECT if direct else 0)  # a FIFO would wait for its other end
    side.put(slot, os.open(side.at(path), flags, draw.mode()), direct=direct)
    return Facts.of(os.fstat(side.files[slot]))


@operation(2)
def open_beneath_a_handle(side: Side, draw: Draw) -> object:
    parent, slot = draw.handle(), draw.slot()
    name = draw.one_of(NAMES)
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o644, dir_fd=side.file(parent))
    side.close(slot)
    side.put(slot, fd, direct=False)
    return Facts.of(os.fstat(fd))


@operation(2)
def duplicate(side: Side, draw: Draw) -> object:
    slot, to = draw.handle(), draw.slot()
    fd = os.dup(side.file(slot))
    direct = slot in side.direct
    side.close(to)
    side.put(to, fd, direct=direct)
    return "done"


@operation(3)
def close(side: Side, draw: Draw) -> object:
    side.close(draw.slot())
    return "done"


# --- bytes


@operation(12)
def write_at(side: Side, draw: Draw) -> object:
    slot, place, size = draw.handle(), draw.place(), draw.length()
    fd = side.file(slot)
    if slot not in side.direct:
        return os.pwrite(fd, draw.data(size), place)
    place, size = draw.aligned(place), draw.aligned(size)
    with _buffer(size) as buffer:
        buffer[:size] = draw.data(size)
        with memoryview(buffer) as view, view[:size] as part:
            return os.pwritev(fd, [part], place)


@operation(10)
def read_at(side: Side, draw: Draw) -> object:
    slot, place, size = draw.handle(), draw.place(), draw.length()
    fd = side.file(slot)
    if slot not in side.direct:
        return os.pread(fd, size, place)
    place, size = draw.aligned(place), draw.aligned(size)
    with _buffer(size) as buffer:
        with memoryview(buffer) as view, view[:size] as part:
            count = os.preadv(fd, [part], place)
        return buffer[:count]


@operation(5)
def write_on(side: Side, draw: Draw) -> object:
    """At the file's position, or at its end for a handle that appends."""
    slot, size = draw.handle(), draw.length()
    fd = side.file(slot)
    if slot in side.direct:
        return "not aligned"
    os.fstat(fd)  # appending goes by the size that the kernel last heard of
    return os.write(fd, draw.data(size)), os.lseek(fd, 0, os.SEEK_CUR)


@operation(4)
def read_on(side: Side, draw: Draw) -> object:
    slot, size = draw.handle(), draw.length()
    fd = side.file(slot)
    return "not aligned" if slot in side.direct else os.read(fd, size)


@operation(3)
def seek(side: Side, draw: Draw) -> object:
    slot, place = draw.handle(), draw.place()
    whence = draw.one_of((os.SEEK_SET, os.SEEK_CUR, os.SEEK_END))
    fd = side.file(slot)
    if stat.S_ISDIR(os.fstat(fd).st_mode):
        return "positions of a directory are the filesystem's own"
    return os.lseek(fd, place, whence)


@operation(3)
def seek_data_or_hole(side: Side, draw: Draw) -> object:
    """Whether the answer is true. Where allocated space counts as data, the page cache decides."""
    slot, place = draw.handle(), draw.place()
    whence = draw.one_of((os.SEEK_DATA, os.SEEK_HOLE))
    fd = side.file(slot)
    found = os.fstat(fd)
    if slot in side.direct or not stat.S_ISREG(found.st_mode):
        return "left out"
    try:
        at = os.lseek(fd, place, whence)
    except OSError as error:
        if error.errno != errno.ENXIO or whence != os.SEEK_DATA or place >= found.st_size:
            raise
        at = found.st_size
    os.lseek(fd, 0, os.SEEK_SET)
    span = (at - place, place) if whence == os.SEEK_DATA else (PAGE - at % PAGE, at)
    return place <= at <= found.st_size, any(os.pread(fd, *span))


@operation(3)
def truncate(side: Side, draw: Draw) -> None:
    os.truncate(side.at(draw.path()), draw.place())


@operation(3)
def truncate_handle(side: Side, draw: Draw) -> object:
    slot, size = draw.handle(), draw.place()
    os.ftruncate(side.file(slot), size)
    return os.fstat(side.files[slot]).st_size


@operation(4)
def allocate(side: Side, draw: Draw) -> object:
    slot, place, size = draw.handle(), draw.place(), draw.length()
    how = draw.one_of(
        (0, FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, FALLOC_ZERO_RANGE)
    )
    call("fallocate64", side.file(slot), how, ctypes.c_int64(place), ctypes.c_int64(size))
    return os.fstat(side.files[slot]).st_size


@operation(4)
def copy_range(side: Side, draw: Draw) -> object:
    slot, to, size = draw.handle(), draw.handle(), draw.length()
    place, place_to = draw.place(), draw.place()
    source, target = side.file(slot), side.file(to)
    if {slot, to} & side.direct:
        return "not aligned"
    return os.copy_file_range(source, target, size, place, place_to)


@operation(2)
def send(side: Side, draw: Draw) -> object:
    slot, to, size, place = draw.handle(), draw.handle(), draw.length(), draw.place()
    source, target = side.file(slot), side.file(to)
    if {slot, to} & side.direct:
        return "not aligned"
    if os.path.sameopenfile(source, target):
        return "it would read what it writes"
    os.fstat(source)  # it goes by the size that the kernel last heard of
    return os.sendfile(target, source, place, size)


@operation(1)
def make_durable(side: Side, draw: Draw) -> object:
    slot = draw.handle()
    if draw.chance(0.5):
        os.fdatasync(side.file(slot))
    else:
        os.fsync(side.file(slot))
    return "done"


# --- mappings


@operation(4)
def map_file(side: Side, draw: Draw) -> object:
    slot, which = draw.handle(), draw.random.randrange(MAPS)
    how = draw.one_of((mmap.MAP_SHARED, mmap.MAP_SHARED, mmap.MAP_PRIVATE))
    writable = draw.chance(0.8)
    fd = side.file(slot)
    side.unmap(which)
    access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
    side.maps[which] = mmap.mmap(fd, 0, how, access)
    side.mapped[which] = os.dup(fd)
    return len(side.maps[which])


@operation(5)
def write_mapped(side: Side, draw: Draw) -> object:
    """Always with msync: left dirty, a page gets its mtime when the kernel writes it back."""
    mapped, place, size = _mapped(side, draw)
    try:
        mapped[place : place + size] = draw.data(size)
    except TypeError:
        return "not writable"
    mapped.flush()
    return size


@operation(5)
def read_mapped(side: Side, draw: Draw) -> object:
    mapped, place, size = _mapped(side, draw)
    return mapped[place : place + size]


@operation(1)
def unmap(side: Side, draw: Draw) -> object:
    side.unmap(draw.random.randrange(MAPS))
    return "done"


def _mapped(side: Side, draw: Draw) -> tuple[mmap.mmap, int, int]:
    """A mapping and a span of it that the file still has: beyond its end is SIGBUS."""
    which, place, size = draw.random.randrange(MAPS), draw.place(), draw.length()
    if which not in side.maps:
        raise OSError(errno.EBADF, "nothing mapped")
    mapped = side.maps[which]
    end = min(len(mapped), mapped.size())
    place = min(place, end)
    return mapped, place, min(size, end - place)


def _buffer(size: int) -> mmap.mmap:
    """Memory that O_DIRECT takes."""
    return mmap.mmap(-1, max(size, PAGE))
