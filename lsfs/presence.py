"""Whether files are still where they were, and still the same ones: the kernel tells.

Watched are the folder of each file (for names that go, come or change hands; no event comes of
writing to a file) and every folder above it (for moves of the whole). Where no inotify is to be had
the files are looked at every LOOK_S.

Threading: one thread a `watched`, which ends with it. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

LOOK_S = 20.0

_MOVED_FROM, _MOVED_TO, _DELETE, _DELETE_SELF, _MOVE_SELF = 0x40, 0x80, 0x200, 0x400, 0x800
_SELF = _DELETE_SELF | _MOVE_SELF
_NAMES = _MOVED_FROM | _MOVED_TO | _DELETE | _SELF

_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def watched(files: Sequence[Path], on_gone: Callable[[Path], None]) -> Iterator[None]:
    """While this lasts, `on_gone` is called (once, from another thread) with the first of the files
    that is gone or has become another file."""
    known = [(file, _identity(file)) for file in files]
    ended, end = os.pipe()
    told = _inotify(files)
    listener = threading.Thread(target=_listen, args=(known, told, ended, on_gone), name="presence")
    listener.start()
    try:
        yield
    finally:
        os.write(end, b"!")
        listener.join()
        for fd in (ended, end, *([] if told is None else [told])):
            os.close(fd)


_Identity = tuple[int, int] | None


def _listen(
    known: list[tuple[Path, _Identity]],
    told: int | None,
    ended: int,
    on_gone: Callable[[Path], None],
) -> None:
    waited_for = [ended] if told is None else [ended, told]
    while True:
        lost = next((file for file, identity in known if _identity(file) != identity), None)
        if lost is not None:
            on_gone(lost)
            return
        ready, _, _ = select.select(waited_for, [], [], LOOK_S if told is None else None)
        if ended in ready:
            return
        if told is not None:
            os.read(told, 65536)  # which event it was does not matter


def _inotify(files: Sequence[Path]) -> int | None:
    """A descriptor that can be read when one of the files may be gone; None when there is none."""
    try:
        fd: int = _libc.inotify_init1(os.O_CLOEXEC)
    except AttributeError:  # not Linux
        return None
    if fd < 0:
        return None
    folders = {folder: _SELF for file in files for folder in file.absolute().parents}
    folders |= {file.absolute().parent: _NAMES for file in files}
    for folder, mask in folders.items():
        if _libc.inotify_add_watch(fd, os.fsencode(folder), ctypes.c_uint32(mask)) < 0:
            os.close(fd)
            return None
    return fd


def _identity(file: Path) -> _Identity:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
