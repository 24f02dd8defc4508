"""A mounted session: what is asked of the kernel for it, and the loop that answers it.

Threading: `Session.serve` runs libfuse's single-threaded loop in several Python threads. On
libfuse's own threads CPython makes and destroys a thread state per request (cpython issue 146219).
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Sequence
from ctypes import c_char_p, c_int, c_size_t, c_uint32, c_uint64
from ctypes import c_void_p as pointer
from dataclasses import dataclass
from typing import Any

from lsfs.errors import ConfigurationError

from . import libc
from .libfuse import FLAGS_2, ORDER_2, ORDER_3, Arguments, ConnectionInfo2, Library, prototypes

MAX_WRITE_BYTES = {2: 128 * 1024, 3: 1024 * 1024}
SWITCH_INTERVAL_S = 0.0005
"""How long a Python thread keeps the interpreter while others wait; the default is 5 ms."""

# Bits of fuse_conn_info.capable and .want, the same in both libraries as far as both have them.
ASYNC_READ, ATOMIC_O_TRUNC, BIG_WRITES = 1 << 0, 1 << 3, 1 << 5
DONT_MASK = 1 << 6
SPLICES = 7 << 7
IOCTL_DIR = 1 << 11
READDIRPLUS = 1 << 13 | 1 << 14
PARALLEL_DIROPS = 1 << 18
POSIX_ACL = 1 << 19
HANDLE_KILLPRIV_V2 = 1 << 21
PASSTHROUGH = 1 << 29
_BACKING_MAY_BE_STACKED = 1


@dataclass(frozen=True)
class Tuning:
    """What is asked of the kernel for the mount."""

    cached_s: float = 1.0
    """For how long the kernel may keep what names and attributes are."""
    leaves_set_ids: bool = True
    """Whether the kernel may leave it to the real filesystem to clear set-user-ID bits, and save a
    request a write. It does not tell of chown(2) without a new owner, which clears them too."""
    passthrough: bool = False

    def options(self, major: int) -> list[str]:
        """For libfuse2, which takes on its command line what libfuse3 takes in init."""
        if major == 3:
            return []
        return [
            "use_ino", "big_writes", f"max_write={MAX_WRITE_BYTES[2]}",
            f"entry_timeout={self.cached_s}", f"attr_timeout={self.cached_s}",
        ]  # fmt: skip

    def apply(self, library: Library, connection: int, config: int | None) -> int:
        """Within init: `connection` and `config` are the addresses libfuse passes.

        Returns:
            The capabilities that are on now.
        """
        if library.major == 2:
            return _negotiate_2(ConnectionInfo2.from_address(connection))
        granted = self._negotiate_3(library.binding.fuse_conn_info.from_address(connection))
        settings = library.binding.fuse_config.from_address(config)
        settings.use_ino = 1
        settings.entry_timeout = settings.attr_timeout = self.cached_s
        return granted

    def _negotiate_3(self, info: Any) -> int:
        info.max_write = MAX_WRITE_BYTES[3]
        wanted = ASYNC_READ | ATOMIC_O_TRUNC | PARALLEL_DIROPS | DONT_MASK | POSIX_ACL | IOCTL_DIR
        wanted |= READDIRPLUS
        # from 3.17 on the bits live in 64-bit fields, and setting both is an error there
        suffix = ""
        if hasattr(info, "want_ext"):
            suffix = "_ext"
            wanted |= HANDLE_KILLPRIV_V2 if self.leaves_set_ids else 0
            if self.passthrough:
                wanted |= PASSTHROUGH
                info.max_backing_stack_depth = _BACKING_MAY_BE_STACKED
        want, capable = getattr(info, f"want{suffix}"), getattr(info, f"capable{suffix}")
        granted = int(want & ~SPLICES | capable & wanted)
        setattr(info, f"want{suffix}", granted)
        return granted


def _negotiate_2(info: ConnectionInfo2) -> int:
    wanted = ASYNC_READ | ATOMIC_O_TRUNC | BIG_WRITES | DONT_MASK | IOCTL_DIR
    info.want = info.want & ~SPLICES | info.capable & wanted
    info.max_write = MAX_WRITE_BYTES[2]
    return int(info.want)


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
            threading.Thread(
                target=_answer, args=(loop, session), name=f"fuse-{number}", daemon=True
            )
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
        signatures = prototypes(self._library.major)
        addresses = []
        for name in ORDER_3 if self._library.major == 3 else ORDER_2:
            method = getattr(operations, name, None)
            if name == "FLAGS":
                addresses.append(FLAGS_2)
            elif method is None or name not in signatures:
                addresses.append(0)
            else:
                callback = ctypes.CFUNCTYPE(*signatures[name])(method)
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
        given = Arguments(len(arguments), ctypes.addressof(argv), 0)
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


def _answer(loop: Callable[[int], int], session: int) -> None:
    """The life of a serving thread. Its umask and working directory are its own; where they cannot
    be it does not serve, or files would get another caller's umask."""
    if libc.unshare(libc.CLONE_FS):
        failure = -libc.failure()
        raise OSError(failure, f"unshare(CLONE_FS): {os.strerror(failure)}")
    loop(session)
