"""libfuse through ctypes: finding it, its structs and the prototypes of its callbacks.

fusepy (libfuse2) or mfusepy (libfuse3) find the library and know the structs of this machine; the
callbacks are our own, because the bindings' dispatch costs more than the calls it wraps.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import warnings
from collections.abc import Iterator
from ctypes import c_char_p, c_int, c_int64, c_size_t, c_ssize_t, c_uint, c_uint64
from ctypes import c_void_p as pointer
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from lsfs.errors import ConfigurationError

from . import libc
from .options import LibraryChoice

# Of struct fuse_operations of libfuse2: paths may be NULL, utimens knows UTIME_OMIT.
FLAGS_2 = 1 << 0 | 1 << 2

STAT_BYTES = 144  # on 64-bit Linux; less elsewhere

# Of struct fuse_buf.
_BUFFER_IS_DESCRIPTOR, _BUFFER_SEEKS = 1 << 1, 1 << 2

ORDER_2 = """getattr readlink getdir mknod mkdir unlink rmdir symlink rename link chmod chown
truncate utime open read write statfs flush release fsync setxattr getxattr listxattr removexattr
opendir readdir releasedir fsyncdir init destroy access create ftruncate fgetattr lock utimens bmap
FLAGS ioctl poll write_buf read_buf flock fallocate""".split()
ORDER_3 = """getattr readlink mknod mkdir unlink rmdir symlink rename link chmod chown truncate
open read write statfs flush release fsync setxattr getxattr listxattr removexattr opendir readdir
releasedir fsyncdir init destroy access create lock utimens bmap ioctl poll write_buf read_buf flock
fallocate copy_file_range lseek""".split()


class Context(ctypes.Structure):
    _fields_ = (
        ("fuse", pointer), ("uid", c_uint), ("gid", c_uint), ("pid", c_int),
        ("private", pointer), ("umask", c_uint),
    )  # fmt: skip


class ConnectionInfo2(ctypes.Structure):
    _fields_ = tuple(
        (name, c_uint)
        for name in (
            "major", "minor", "async_read", "max_write", "max_readahead", "capable", "want"
        )
    )  # fmt: skip


class Buffer(ctypes.Structure):
    # the last field came with 3.17; earlier libraries do not look so far
    _fields_ = (
        ("size", c_size_t), ("flags", c_int), ("memory", pointer), ("fd", c_int),
        ("position", c_int64), ("memory_size", c_size_t),
    )  # fmt: skip


class BufferVector(ctypes.Structure):
    _fields_ = (
        ("count", c_size_t), ("index", c_size_t), ("offset", c_size_t), ("first", Buffer)
    )  # fmt: skip


class Arguments(ctypes.Structure):
    _fields_ = (("argc", c_int), ("argv", pointer), ("allocated", c_int))


@dataclass(frozen=True)
class Caller:
    """Who made the request that this thread is answering; `pid` is 0 when the kernel did."""

    pid: int
    uid: int
    gid: int
    umask: int


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
        context = Context.from_address(self._context())
        return Caller(context.pid, context.uid, context.gid, context.umask)

    def caller_pid(self) -> int:
        """`caller().pid`, cheaper."""
        return c_int.from_address(self._context() + Context.pid.offset).value

    def whole_stat(self) -> Any:
        """A struct stat as large as C's: fusepy leaves out what is reserved, and libfuse copies."""
        return self.stat.from_buffer(bytearray(max(ctypes.sizeof(self.stat), STAT_BYTES)))

    def session_fd(self) -> int:
        """The descriptor of /dev/fuse behind the request. Only within a callback, libfuse3."""
        self.c.fuse_get_session.restype, self.c.fuse_get_session.argtypes = pointer, (pointer,)
        self.c.fuse_session_fd.argtypes = (pointer,)
        fuse = Context.from_address(self._context()).fuse
        return int(self.c.fuse_session_fd(self.c.fuse_get_session(fuse)))

    def descriptor_vector(self, fd: int, size: int, offset: int) -> int:
        """The address of a fuse_bufvec naming `size` bytes of a descriptor; libfuse frees it."""
        # not the binding's struct: it has a pointer where C has the buffers themselves
        address = libc.calloc(1, ctypes.sizeof(BufferVector))
        vector = BufferVector.from_address(address)
        vector.count = 1
        buffer = vector.first
        buffer.size, buffer.fd, buffer.position = size, fd, offset
        buffer.flags = _BUFFER_IS_DESCRIPTOR | _BUFFER_SEEKS
        return address


def load(choice: LibraryChoice = "auto") -> Library:
    """mfusepy on libfuse3, else fusepy on libfuse2, unless one is asked for.

    Raises:
        ConfigurationError: neither is there; says which package to install.
    """
    attempts = {"auto": (_fuse3, _fuse2), "fuse2": (_fuse2,), "fuse3": (_fuse3,)}[choice]
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


def prototypes(major: int) -> dict[str, tuple[Any, ...]]:
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
        "ioctl": (c_int, path, c_uint, pointer, info, c_uint, pointer),
        "opendir": (c_int, path, info), "releasedir": (c_int, path, info),
        "init": (pointer, pointer, *handle),
    }  # fmt: skip


def filler_type(major: int) -> Any:
    """The function with which readdir hands over one name: buffer, name, stat, offset[, flags].

    It takes no time, so it is called without letting go of the interpreter.
    """
    return ctypes.PYFUNCTYPE(
        c_int, pointer, pointer, pointer, c_int64, *((c_int,) if major == 3 else ())
    )
