"""libfuse through ctypes: finding it, its structs and prototypes, a mounted session and its loop.

fusepy (libfuse2) or mfusepy (libfuse3) find the library and know the structs of this machine; the
callbacks are our own, because the bindings' dispatch costs more than the calls it wraps.

Threading: `Session.serve` runs libfuse's single-threaded loop in several Python threads. On
libfuse's own threads CPython makes and destroys a thread state per request (cpython issue 146219).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from ctypes import c_char_p, c_int, c_int64, c_size_t, c_ssize_t, c_uint, c_uint32, c_uint64
from ctypes import c_void_p as pointer
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from lsfs.errors import ConfigurationError

from . import libc
from .options import LibraryChoice

MAX_WRITE_BYTES = {2: 128 * 1024, 3: 1024 * 1024}
SWITCH_INTERVAL_S = 0.0005
"""How long a Python thread keeps the interpreter while others wait; the default is 5 ms."""

# Bits of fuse_conn_info.capable and .want, the same in both libraries.
ASYNC_READ, ATOMIC_O_TRUNC, BIG_WRITES = 1 << 0, 1 << 3, 1 << 5
SPLICES = 7 << 7
READDIRPLUS = 1 << 13 | 1 << 14
PARALLEL_DIROPS = 1 << 18

# Of struct fuse_operations of libfuse2: paths may be NULL, utimens knows UTIME_OMIT.
_FLAGS_2 = 1 << 0 | 1 << 2

# Of struct fuse_buf.
_BUFFER_IS_DESCRIPTOR, _BUFFER_SEEKS = 1 << 1, 1 << 2

_ORDER_2 = """getattr readlink getdir mknod mkdir unlink rmdir symlink rename link chmod chown
truncate utime open read write statfs flush release fsync setxattr getxattr listxattr removexattr
opendir readdir releasedir fsyncdir init destroy access create ftruncate fgetattr lock utimens bmap
FLAGS ioctl poll write_buf read_buf flock fallocate""".split()
_ORDER_3 = """getattr readlink mknod mkdir unlink rmdir symlink rename link chmod chown truncate
open read write statfs flush release fsync setxattr getxattr listxattr removexattr opendir readdir
releasedir fsyncdir init destroy access create lock utimens bmap ioctl poll write_buf read_buf flock
fallocate copy_file_range lseek""".split()


class _Context(ctypes.Structure):
    _fields_ = (
        ("fuse", pointer), ("uid", c_uint), ("gid", c_uint), ("pid", c_int),
        ("private", pointer), ("umask", c_uint),
    )  # fmt: skip


class _ConnectionInfo2(ctypes.Structure):
    _fields_ = tuple(
        (name, c_uint)
        for name in (
            "major", "minor", "async_read", "max_write", "max_readahead", "capable", "want"
        )
    )  # fmt: skip


class _Buffer(ctypes.Structure):
    # the last field came with 3.17; earlier libraries do not look so far
    _fields_ = (
        ("size", c_size_t), ("flags", c_int), ("memory", pointer), ("fd", c_int),
        ("position", c_int64), ("memory_size", c_size_t),
    )  # fmt: skip


class _BufferVector(ctypes.Structure):
    _fields_ = (
        ("count", c_size_t), ("index", c_size_t), ("offset", c_size_t), ("first", _Buffer)
    )  # fmt: skip


class _Arguments(ctypes.Structure):
    _fields_ = (("argc", c_int), ("argv", pointer), ("allocated", c_int))


@dataclass(frozen=True)
class Caller:
    """Who made the request that this thread is answering; `pid` is 0 when the kernel did."""

    pid: int
    uid: int
    gid: int


class Library:
    """A loaded libfuse and the binding that found it."""

    def __init__(self, binding: Any) -> None:
        self.binding = binding
        self.c: Any = binding._libfuse
        self.version: tuple[int, int] = (
            getattr(binding, "fuse_version_major", 2), getattr(binding, "fuse_version_minor", 9)
        )  # fmt: skip
        self.major = self.version[0]
        self.file_info: Any = binding.fuse_file_info
        self.stat: Any = binding.c_stat
        context = ctypes.CFUNCTYPE(pointer)
        self._context = context(("fuse_get_context", self.c))

    def caller(self) -> Caller:
        """Only within a callback."""
        context = _Context.from_address(self._context())
        return Caller(context.pid, context.uid, context.gid)

    def caller_pid(self) -> int:
        """`caller().pid`, cheaper."""
        return int(_Context.from_address(self._context()).pid)

    def descriptor_vector(self, fd: int, size: int, offset: int) -> int:
        """The address of a fuse_bufvec naming `size` bytes of a descriptor; libfuse frees it."""
        # not the binding's struct: it has a pointer where C has the buffers themselves
        address = libc.calloc(1, ctypes.sizeof(_BufferVector))
        vector = _BufferVector.from_address(address)
        vector.count = 1
        buffer = vector.first
        buffer.size, buffer.fd, buffer.position = size, fd, offset
        buffer.flags = _BUFFER_IS_DESCRIPTOR | _BUFFER_SEEKS
        return address


def load(choice: LibraryChoice = "auto") -> Library:
    """fusepy where libfuse2 is found, else mfusepy on libfuse3, unless one is asked for.

    Raises:
        ConfigurationError: neither is there; says which package to install.
    """
    attempts = {"auto": (_fuse2, _fuse3), "fuse2": (_fuse2,), "fuse3": (_fuse3,)}[choice]
    reasons = []
    for attempt in attempts:
        try:
            return attempt()
        except (ImportError, OSError, AttributeError) as error:
            reasons.append(str(error))
    raise ConfigurationError(
        f"no usable libfuse: {'; '.join(reasons)}",
        hint="install it: apt install fuse3 libfuse2 (or libfuse2t64), dnf install fuse3 fuse-libs",
    )


def _fuse2() -> Library:
    return Library(_binding("fuse"))


def _fuse3() -> Library:
    # mfusepy takes libfuse2 first, and only this variable says otherwise
    with _variable("FUSE_LIBRARY_NAME", "fuse3"):
        library = Library(_binding("mfusepy"))
    if library.major != 3:
        raise OSError(f"mfusepy was loaded with libfuse{library.major} before")
    return library


def _binding(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(name)


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _prototypes(major: int) -> dict[str, tuple[Any, ...]]:
    """Result and arguments of each callback. libfuse3 adds handles, flags and init's config."""
    path, info, mode = c_char_p, pointer, c_uint
    handle = (info,) if major == 3 else ()
    flags = (c_uint,) if major == 3 else ()
    data = (path, pointer, c_size_t, c_int64, info)
    return {
        "getattr": (c_int, path, pointer, *handle), "fgetattr": (c_int, path, pointer, info),
        "readlink": (c_int, path, pointer, c_size_t), "mknod": (c_int, path, mode, c_uint64),
        "mkdir": (c_int, path, mode), "unlink": (c_int, path), "rmdir": (c_int, path),
        "symlink": (c_int, c_char_p, path), "rename": (c_int, path, path, *flags),
        "link": (c_int, path, path), "chmod": (c_int, path, mode, *handle),
        "chown": (c_int, path, c_uint, c_uint, *handle),
        "truncate": (c_int, path, c_int64, *handle), "ftruncate": (c_int, path, c_int64, info),
        "open": (c_int, path, info), "create": (c_int, path, mode, info),
        "read": (c_int, *data), "write": (c_int, *data), "read_buf": (c_int, *data),
        "statfs": (c_int, path, pointer), "release": (c_int, path, info),
        "flush": (c_int, path, info),
        "fsync": (c_int, path, c_int, info), "fsyncdir": (c_int, path, c_int, info),
        "setxattr": (c_int, path, c_char_p, pointer, c_size_t, c_int),
        "getxattr": (c_int, path, c_char_p, pointer, c_size_t),
        "listxattr": (c_int, path, pointer, c_size_t), "removexattr": (c_int, path, c_char_p),
        "readdir": (c_int, path, pointer, filler_type(major), c_int64, info, *flags),
        "utimens": (c_int, path, pointer, *handle),
        "fallocate": (c_int, path, c_int, c_int64, c_int64, info),
        "copy_file_range": (
            c_ssize_t, path, info, c_int64, path, info, c_int64, c_size_t, c_int
        ),
        "lseek": (c_int64, path, c_int64, c_int, info),
        "init": (pointer, pointer, *handle),
    }  # fmt: skip


def filler_type(major: int) -> Any:
    """The function with which readdir hands over one name: buffer, name, stat, offset[, flags]."""
    return ctypes.CFUNCTYPE(
        c_int, pointer, c_char_p, pointer, c_int64, *((c_int,) if major == 3 else ())
    )


@dataclass(frozen=True)
class Tuning:
    """What is asked of the kernel for the mount. Timeouts in seconds."""

    entry_timeout_s: float = 1.0
    attr_timeout_s: float = 1.0

    def options(self, major: int) -> list[str]:
        """For libfuse2, which takes on its command line what libfuse3 takes in init."""
        if major == 3:
            return []
        return [
            "use_ino", "auto_cache", "big_writes", f"max_write={MAX_WRITE_BYTES[2]}",
            f"entry_timeout={self.entry_timeout_s}", f"attr_timeout={self.attr_timeout_s}",
        ]  # fmt: skip

    def apply(self, library: Library, connection: int, config: int | None) -> None:
        """Within init: `connection` and `config` are the addresses libfuse passes."""
        if library.major == 2:
            info = _ConnectionInfo2.from_address(connection)
            wanted = ASYNC_READ | ATOMIC_O_TRUNC | BIG_WRITES
            info.want = info.want & ~SPLICES | info.capable & wanted
            info.max_write = MAX_WRITE_BYTES[2]
            return
        info = library.binding.fuse_conn_info.from_address(connection)
        info.max_write = MAX_WRITE_BYTES[3]
        wanted = ASYNC_READ | ATOMIC_O_TRUNC | PARALLEL_DIROPS
        # from 3.17 on the bits live in 64-bit fields, and setting both is an error there
        suffix = "_ext" if hasattr(info, "want_ext") else ""
        want, capable = getattr(info, f"want{suffix}"), getattr(info, f"capable{suffix}")
        setattr(info, f"want{suffix}", want & ~(SPLICES | READDIRPLUS) | capable & wanted)
        settings = library.binding.fuse_config.from_address(config)
        settings.use_ino = settings.auto_cache = 1
        settings.entry_timeout, settings.attr_timeout = self.entry_timeout_s, self.attr_timeout_s


class Session:
    """A mounted filesystem. `operations` has a method for each callback it answers.

    Made and closed by one thread; `serve` blocks until the filesystem is unmounted.
    """

    def __init__(
        self, library: Library, operations: object, mountpoint: str, options: Sequence[str]
    ) -> None:
        """Mounts.

        Raises:
            ConfigurationError: libfuse refused; it has said why on standard error.
        """
        self._library = library
        self._callbacks: list[Any] = []
        self._mountpoint = os.fsencode(mountpoint)
        self._table = self._operations_table(operations)
        open_session = self._open_3 if library.major == 3 else self._open_2
        arguments = ["lsfs", "-o", ",".join(options)]
        self._fuse = open_session([os.fsencode(argument) for argument in arguments])
        if not self._fuse:
            raise ConfigurationError(
                f"libfuse could not mount {mountpoint}",
                path=mountpoint,
                hint="the line above says why; see also `lsfs doctor`",
            )

    def serve(self, threads: int) -> None:
        """Answer the kernel until the filesystem is unmounted."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        loop, get_session = self._library.c.fuse_session_loop, self._library.c.fuse_get_session
        get_session.restype, get_session.argtypes, loop.argtypes = pointer, (pointer,), (pointer,)
        session = get_session(self._fuse)
        serving = [
            threading.Thread(target=loop, args=(session,), name=f"fuse-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in serving:
            thread.start()
        for thread in serving:
            thread.join()

    def close(self) -> None:
        """Free libfuse's session, unmounting first where that has not happened."""
        c = self._library.c
        if self._library.major == 2:
            c.fuse_teardown.argtypes = (pointer, pointer)
            c.fuse_teardown(self._fuse, self._mounted_at)
            return
        for end in (c.fuse_unmount, c.fuse_destroy):
            end.argtypes = (pointer,)
            end(self._fuse)

    def _operations_table(self, operations: object) -> Any:
        prototypes = _prototypes(self._library.major)
        addresses = []
        for name in _ORDER_3 if self._library.major == 3 else _ORDER_2:
            method = getattr(operations, name, None)
            if name == "FLAGS":
                addresses.append(_FLAGS_2)
            elif method is None or name not in prototypes:
                addresses.append(0)
            else:
                callback = ctypes.CFUNCTYPE(*prototypes[name])(method)
                self._callbacks.append(callback)  # C holds no reference
                addresses.append(ctypes.cast(callback, pointer).value or 0)
        return (c_uint64 * len(addresses))(*addresses)

    def _open_2(self, arguments: list[bytes]) -> int | None:
        setup = self._library.c.fuse_setup
        setup.restype = pointer
        setup.argtypes = (c_int, pointer, pointer, c_size_t, pointer, pointer, pointer)
        arguments = [*arguments, b"-f", self._mountpoint]
        argv = (c_char_p * len(arguments))(*arguments)
        self._mounted_at, threaded = pointer(), c_int()
        return setup(  # type: ignore[no-any-return]
            len(arguments), ctypes.addressof(argv), ctypes.addressof(self._table),
            ctypes.sizeof(self._table), ctypes.addressof(self._mounted_at),
            ctypes.addressof(threaded), None,
        )  # fmt: skip

    def _open_3(self, arguments: list[bytes]) -> int | None:
        c = self._library.c
        argv = (c_char_p * len(arguments))(*arguments)
        given = _Arguments(len(arguments), ctypes.addressof(argv), 0)
        table = (ctypes.addressof(self._table), ctypes.sizeof(self._table))
        if self._library.version >= (3, 17):
            version = (c_uint32 * 4)(*self._library.version, 0, 0)
            last: tuple[int | None, ...] = (ctypes.addressof(version), None)
            new = c._fuse_new_31
            new.argtypes = (pointer, pointer, c_size_t, pointer, pointer)
        else:
            new, last = c.fuse_new, (None,)
            new.argtypes = (pointer, pointer, c_size_t, pointer)
        new.restype = pointer
        fuse = new(ctypes.addressof(given), *table, *last)
        c.fuse_mount.argtypes = (pointer, c_char_p)
        if fuse and c.fuse_mount(fuse, self._mountpoint):
            c.fuse_destroy.argtypes = (pointer,)
            c.fuse_destroy(fuse)
            return None
        return fuse  # type: ignore[no-any-return]
