"""How this process reaches a path of the mount in the real directory.

Paths are used relative to the working directory, which must be the root. Beyond PATH_MAX they are
walked with O_PATH descriptors; so are all of them where others are served, because whoever can
change the real directory too could have put a link where the kernel, within the second for which it
remembers names, has judged a folder. No callback follows a link in the last place.

Files removed while open live on here, by descriptor, until libfuse removes the name it gave them:
nothing that libfuse calls `.fuse_hidden*` is ever made in the real directory, so their folder can
be removed, and a crash leaves none behind.

Threading: from any thread; the descriptors of long paths belong to the thread that walked them.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import time

from . import libc
from .virtual import STATE_PREFIX, is_virtual

HIDDEN_PREFIX = b".fuse_hidden"
HIDDEN_BY_LIBFUSE = re.compile(rb"\.fuse_hidden[0-9a-f]{16}")
"""What libfuse itself calls a file that is removed while open (lib/fuse.c, hidden_name)."""
_SHORT = 4000  # with room below PATH_MAX for "." and a name
_DESCRIPTORS = b"/proc/self/fd/%d"
_ONE_RENAME_S = 0.01


class Backing:
    """Real paths of paths in the mount."""

    def __init__(self, *, serves_others: bool) -> None:
        self._serves_others = serves_others
        self.removed: dict[bytes, tuple[int, bool]] = {}
        """Name libfuse gave -> (O_PATH descriptor, whether the file had other names)."""
        self._just_removed: dict[int, tuple[bytes, float, int]] = {}
        self._walked: dict[int, list[int]] = {}

    def real(self, path: bytes) -> bytes:
        """A path that system calls take; valid until this thread calls `done`.

        Raises:
            OSError: EROFS for the virtual tree; ESTALE where a link has taken a folder's place, at
                which the kernel looks again.
        """
        if self.removed:
            found = self.removed_file(path)
            if found is not None:
                return _DESCRIPTORS % found[0]
        if path.startswith(STATE_PREFIX) and is_virtual(path):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if self._serves_others or len(path) >= _SHORT:
            return self._walk(path)
        return b"." + path

    def removed_file(self, path: bytes) -> tuple[int, bool] | None:
        """The entry of `removed` that `path` names."""
        return self.removed.get(path.rpartition(b"/")[2])

    def adopt(self, hidden: bytes, fd: int, path: bytes, *, has_other_names: bool) -> None:
        """Take over an O_PATH descriptor of the file at `path`, which is removed but still open."""
        self.removed[hidden.rpartition(b"/")[2]] = fd, has_other_names
        self._just_removed[threading.get_ident()] = path, time.monotonic(), fd

    def holds(self, real: bytes) -> bool:
        """Whether a removed file lives on under this name."""
        try:
            state = os.lstat(real)
        except OSError:
            return False
        # a copy: other threads let files go meanwhile
        return any(_is_same(fd, state) for fd, _ in list(self.removed.values()))

    def was_just_removed(self, path: bytes, twin: bytes) -> bool:
        """Whether this thread has removed the file at `path` a moment ago, as the first half of a
        rename by libfuse, and `twin` is another name of it."""
        removed, moment, fd = self._just_removed.pop(threading.get_ident(), (b"", 0.0, -1))
        if removed != path or time.monotonic() - moment > _ONE_RENAME_S:
            return False
        try:
            return _is_same(fd, os.lstat(twin))
        except OSError:
            return False

    def drop(self, path: bytes) -> bool:
        """Let a removed file go; False when `path` is none."""
        found = self.removed.pop(path.rpartition(b"/")[2], None)
        if found is None:
            return False
        os.close(found[0])
        return True

    def drop_unreachable(self, handle: int) -> None:
        """Let the removed file behind an open handle go: its folder is gone."""
        state = os.fstat(handle)
        for name, (fd, _) in list(self.removed.items()):
            if os.path.sameopenfile(fd, handle) and state.st_nlink == 0:
                self.drop(name)

    def is_walking(self) -> bool:
        """Whether any thread has descriptors to give back."""
        return bool(self._walked)

    def done(self) -> None:
        """Close what this thread walked."""
        for fd in self._walked.pop(threading.get_ident(), ()):
            os.close(fd)

    def _walk(self, path: bytes) -> bytes:
        walked = self._walked.setdefault(threading.get_ident(), [])
        folder, rest = libc.AT_FDCWD, path[1:]
        while len(rest) >= _SHORT or (self._serves_others and b"/" in rest):
            cut = rest.rindex(b"/", 0, _SHORT)
            try:
                folder = libc.open_folder_beneath(folder, rest[:cut])
            except OSError as error:
                if error.errno == errno.ELOOP:
                    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE)) from error
                raise
            walked.append(folder)
            rest = rest[cut + 1 :]
        return b"." + path if not walked else _DESCRIPTORS % folder + b"/" + rest


def _is_same(fd: int, state: os.stat_result) -> bool:
    try:
        return os.path.samestat(state, os.fstat(fd))
    except OSError:  # let go a moment ago
        return False


def is_descriptor(real: bytes) -> bool:
    """Whether a path is an open file itself, and not a name in a folder that was walked to."""
    return os.path.dirname(real) == os.path.dirname(_DESCRIPTORS)
