"""The real directory: every path goes through one directory-descriptor walk that follows no link.

So no path of a plan reaches outside the root, whatever symbolic links lie in it or are put there
while the plan runs (the walk opens each part with O_NOFOLLOW relative to the one before). This
module changes files and nothing else: it knows no catalog, version or journal.

Threading: a `Tree` may be used from many threads. It owns one descriptor, closed by `close`.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from lsfs.birth import birth_ns
from lsfs.errors import ConflictError, LsfsError, PolicyError, UsageError, from_os_error
from lsfs.paths import STATE_NAME
from lsfs.quietly import open_quietly
from lsfs.records import EntryKind, Metadata
from lsfs.syncing import FolderSync
from lsfs.walk import walk_below

COPY_BYTES = 1 << 20
TEMPORARY_PREFIX = ".lsfs-new-"
"""Names of files being written, before they are renamed into place."""

_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2
Expected = Callable[[os.stat_result], bool]
"""Whether a file that is about to go is the one, in the state, that was meant."""

_libc = ctypes.CDLL(None, use_errno=True)


def kind_of(state: os.stat_result) -> EntryKind:
    """The kind of entry that a stat describes."""
    if stat.S_ISREG(state.st_mode):
        return "file"
    if stat.S_ISDIR(state.st_mode):
        return "directory"
    return "symlink" if stat.S_ISLNK(state.st_mode) else "other"


class Tree:
    """Files and folders below `root`, by relative path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._fd = open_quietly(str(root), os.O_DIRECTORY)
        self.syncing = FolderSync()

    def close(self) -> None:
        """Close the root's descriptor."""
        os.close(self._fd)

    # -- looking -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """An open descriptor of the folder `path`, closed on leaving.

        Raises:
            PolicyError: a part of the path is a symbolic link.
            MissingPathError, TreeError: it cannot be opened.
        """
        fd = os.dup(self._fd)
        try:
            for part in filter(None, path.split("/")):
                below = self._step(fd, part, path)
                os.close(fd)
                fd = below
            yield fd
        finally:
            os.close(fd)

    def _step(self, fd: int, part: str, path: str) -> int:
        try:
            return open_quietly(part, os.O_DIRECTORY | os.O_NOFOLLOW, fd)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(part, fd):
                raise PolicyError(
                    f"{path}: {part} is a symbolic link", path=path, hint="name the real place"
                ) from error
            raise from_os_error(error, "open the folder of", path) from error

    @contextlib.contextmanager
    def _place(self, path: str, act: str) -> Iterator[tuple[int, str]]:
        """(descriptor of the parent, last part); OSErrors inside come out as ours."""
        directory, _, last = path.rpartition("/")
        with self.folder(directory) as fd:
            try:
                yield fd, last or "."
            except OSError as error:
                raise from_os_error(error, act, path) from error

    def stat(self, path: str) -> os.stat_result | None:
        """lstat of `path`, None when it (or a folder above it) is not there."""
        try:
            with self.folder(path.rpartition("/")[0]) as fd:
                return os.stat(path.rpartition("/")[2] or ".", dir_fd=fd, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise from_os_error(error, "look at", path or "the root") from error
        except LsfsError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    def there(self, path: str) -> os.stat_result | None:
        """The same, and None also where a link has taken the place of a folder above: what is
        behind it is elsewhere."""
        try:
            return self.stat(path)
        except PolicyError:
            return None

    def birth_ns(self, path: str) -> int | None:
        """When the inode at `path` came to be, in ns since the epoch; None where nobody knows."""
        with self._place(path, "look at") as (fd, name):
            return birth_ns(name, fd)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted, without lsfs's state."""
        with self.folder(path) as fd:
            return sorted(name for name in os.listdir(fd) if name != STATE_NAME)

    def walk(self, path: str = "") -> Iterator[tuple[str, os.stat_result]]:
        """`path` (but not the root) and everything below it, in the order of `lsfs.walk`."""
        state = self.there(path)
        if state is None:
            return
        if path:
            yield path, state
        if stat.S_ISDIR(state.st_mode):
            yield from walk_below(path, self.folder)

    def metadata(self, path: str) -> Metadata:
        """Mode, owner, mtime and extended attributes."""
        with self._place(path, "read the metadata of") as (fd, name):
            state = os.stat(name, dir_fd=fd, follow_symlinks=False)
            return Metadata(
                mode=stat.S_IMODE(state.st_mode), uid=state.st_uid, gid=state.st_gid,
                mtime_ns=state.st_mtime_ns, xattrs=xattrs_of(f"/proc/self/fd/{fd}/{name}"),
            )  # fmt: skip

    def link_target(self, path: str) -> str:
        """The text of a symbolic link."""
        with self._place(path, "read the link") as (fd, name):
            return os.readlink(name, dir_fd=fd)

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """The bytes of a regular file, for reading."""
        with self._place(path, "read") as (fd, name):
            opened = open_quietly(name, os.O_NOFOLLOW | os.O_NONBLOCK, fd)
            with os.fdopen(opened, "rb") as stream:
                if not stat.S_ISREG(os.fstat(opened).st_mode):
                    raise UsageError(f"{path} is not a regular file", path=path)
                yield stream

    # -- changing ----------------------------------------------------------------------------------

    def write(
        self, path: str, source: BinaryIO, metadata: Metadata | None = None,
        expected: Expected | None = None,
    ) -> None:  # fmt: skip
        """Make `path` hold exactly the bytes of `source`: written aside, synced, renamed.

        `metadata` is applied before the rename; without it, that of the file being replaced stays,
        and a new file gets the defaults. `expected` is asked about the file that was replaced, at
        the moment it was: when it says no, that file is put back.

        Raises:
            ConflictError: the replaced file was not as expected; nothing is changed.
        """
        with self._place(path, "write") as (fd, name):
            kept = metadata or self._metadata_or_none(path)
            temporary = TEMPORARY_PREFIX + secrets.token_hex(8)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            try:
                # nobody else may read it before it has the mode it ends with
                opened = os.open(temporary, flags, 0o600, dir_fd=fd)
                with os.fdopen(opened, "wb") as stream:
                    _copy_with_holes(source, stream)
                    if kept:
                        place = f"/proc/self/fd/{opened}"
                        _apply(place, kept, with_mtime=metadata is not None)
                    else:
                        os.fchmod(opened, 0o666 & ~_umask())
                    os.fsync(opened)
                _swap_in(fd, temporary, name, path, expected)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=fd)
                raise
            self.syncing.sync(fd)

    def _metadata_or_none(self, path: str) -> Metadata | None:
        state = self.stat(path)
        return self.metadata(path) if state and stat.S_ISREG(state.st_mode) else None

    def symlink(self, path: str, target: str) -> None:
        """Make a symbolic link that holds `target` as it is."""
        with self._place(path, "link") as (fd, name):
            os.symlink(target, name, dir_fd=fd)

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make one folder."""
        with self._place(path, "make the folder") as (fd, name):
            os.mkdir(name, mode, dir_fd=fd)

    def remove(self, path: str, expected: Expected | None = None) -> None:
        """Remove a file, a link, or an empty folder; `expected` as in `write`.

        Raises:
            ConflictError: the file was not as expected; it is still there.
        """
        state = self.stat(path)
        with self._place(path, "remove") as (fd, name):
            if state and stat.S_ISDIR(state.st_mode):
                os.rmdir(name, dir_fd=fd)
            else:
                _take_away(fd, name, path, expected)
            self.syncing.sync(fd)

    def sweep(self, folder: str) -> None:
        """Remove what a crash left half written in a folder."""
        with contextlib.suppress(LsfsError), self._place(f"{folder}/x", "sweep") as (fd, _):
            for name in os.listdir(fd):
                if name.startswith(TEMPORARY_PREFIX):
                    os.unlink(name, dir_fd=fd)

    def move(self, path: str, to: str) -> None:
        """Rename; fails when `to` is there (renameat2 with RENAME_NOREPLACE)."""
        with (
            self._place(path, "move") as (fd, name),
            self._place(to, "move to") as (to_fd, to_name),
        ):
            _rename_to_free(fd, name, to_fd, to_name)
            self.syncing.sync(to_fd)

    def set_metadata(self, path: str, metadata: Metadata) -> None:
        """Mode, owner (where permitted), xattrs and mtime, exactly; not of a symbolic link."""
        with self._place(path, "set the metadata of") as (fd, name), _itself(fd, name) as place:
            _apply(place, metadata, with_mtime=True)

    def set_times(self, path: str, atime_ns: int, mtime_ns: int) -> None:
        """Set the times of access and modification."""
        with self._place(path, "set the time of") as (fd, name):
            os.utime(name, ns=(atime_ns, mtime_ns), dir_fd=fd, follow_symlinks=False)

    def set_mode(self, path: str, mode: int) -> None:
        """Set the permission bits; a symbolic link has none and is refused."""
        with self._place(path, "set the mode of") as (fd, name), _itself(fd, name) as place:
            os.chmod(place, mode)


class _NoSuchRename(Exception):
    """The filesystem knows no rename of this kind (NFS, vfat, some FUSE)."""


def _rename2(fd: int, name: str, to_fd: int, to_name: str, flags: int) -> None:
    if not _libc.renameat2(fd, os.fsencode(name), to_fd, os.fsencode(to_name), flags):
        return
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        raise _NoSuchRename
    raise OSError(code, os.strerror(code))


def _rename_to_free(fd: int, name: str, to_fd: int, to_name: str) -> None:
    """Rename; EEXIST when something is there."""
    try:
        _rename2(fd, name, to_fd, to_name, _RENAME_NOREPLACE)
    except _NoSuchRename:
        with contextlib.suppress(FileNotFoundError):
            os.stat(to_name, dir_fd=to_fd, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.rename(name, to_name, src_dir_fd=fd, dst_dir_fd=to_fd)


def _swap_in(fd: int, new: str, name: str, path: str, expected: Expected | None) -> None:
    """Rename `new` to `name`. What was there is looked at only after the exchange, when nobody can
    reach it by its name any more: so no change to it is missed."""
    with contextlib.suppress(FileExistsError):
        _rename_to_free(fd, new, fd, name)
        return
    try:
        _rename2(fd, new, fd, name, _RENAME_EXCHANGE)
    except _NoSuchRename:
        _must_be(expected, os.stat(name, dir_fd=fd, follow_symlinks=False), path)
        os.rename(new, name, src_dir_fd=fd, dst_dir_fd=fd)
        return
    try:
        _must_be(expected, os.stat(new, dir_fd=fd, follow_symlinks=False), path)
    except ConflictError:
        _rename2(fd, new, fd, name, _RENAME_EXCHANGE)
        raise
    os.unlink(new, dir_fd=fd)


def _take_away(fd: int, name: str, path: str, expected: Expected | None) -> None:
    """Unlink, by way of another name, for the reason given in `_swap_in`."""
    aside = TEMPORARY_PREFIX + secrets.token_hex(8)
    _rename_to_free(fd, name, fd, aside)
    try:
        _must_be(expected, os.stat(aside, dir_fd=fd, follow_symlinks=False), path)
    except ConflictError:
        _rename_to_free(fd, aside, fd, name)
        raise
    os.unlink(aside, dir_fd=fd)


def _must_be(expected: Expected | None, state: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(state.st_mode) or (expected and not expected(state)):
        raise ConflictError(
            f"{path} changed at this very moment; nothing was done to it", path=path,
            hint="try again when nobody is writing to it",
        )  # fmt: skip


def _copy_with_holes(source: BinaryIO, target: BinaryIO) -> None:
    """Copy; blocks of zeros become holes, so that a sparse file comes back sparse."""
    zeros = bytes(COPY_BYTES)
    while block := source.read(COPY_BYTES):
        if block == zeros[: len(block)]:
            target.seek(len(block), os.SEEK_CUR)
        else:
            target.write(block)
    target.truncate()
    target.flush()


@contextlib.contextmanager
def _itself(directory: int, name: str) -> Iterator[str]:
    """A place that names exactly this entry, whatever its mode; never what a link points to.

    Raises:
        OSError: ELOOP for a symbolic link.
    """
    fd = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        if stat.S_ISLNK(os.fstat(fd).st_mode):
            raise OSError(errno.ELOOP, "a symbolic link")
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)


def _is_link(name: str, directory: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
    except OSError:
        return False


def xattrs_of(place: str) -> dict[str, bytes]:
    """The extended attributes of a file by name; none where the filesystem has none."""
    try:
        names = os.listxattr(place, follow_symlinks=False)
        return {name: os.getxattr(place, name, follow_symlinks=False) for name in names}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENODATA, errno.EPERM, errno.EACCES):
            return {}
        raise


def _apply(place: str, metadata: Metadata, *, with_mtime: bool) -> None:
    """Owner first (chown clears setuid bits), then mode, xattrs, and the time last."""
    with contextlib.suppress(PermissionError):
        os.chown(place, metadata.uid, metadata.gid)
    os.chmod(place, metadata.mode)
    for name, value in metadata.xattrs.items():
        with contextlib.suppress(PermissionError):
            os.setxattr(place, name, value)
    for name in _xattr_names(place) - metadata.xattrs.keys():
        with contextlib.suppress(PermissionError, FileNotFoundError):
            os.removexattr(place, name)
    if with_mtime:
        os.utime(place, ns=(metadata.mtime_ns, metadata.mtime_ns))


def _xattr_names(place: str) -> set[str]:
    try:
        return set(os.listxattr(place))
    except OSError:
        return set()


def _umask() -> int:
    """This process's umask, read without changing it."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("\nUmask:")[2].split()[0], 8)
