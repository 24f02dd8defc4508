"""Whom the mount acts for: new files belong to the caller, also when root serves others.

The kernel has judged every call by the caller's own identity before it comes here, groups and
capabilities included (`default_permissions`). So a thread that makes a file as its caller keeps the
capabilities of root meanwhile: judging again, without the caller's supplementary groups, would
refuse what the kernel has granted.

Threading: on Linux the filesystem user id, the capabilities and (after unshare(2), which `session`
sees to) the umask belong to a thread, so callbacks do not disturb one another.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
from collections.abc import Iterator

from . import libc
from .libfuse import Library

_MKDIR_CALLS = {"x86_64": (83, 258), "aarch64": (34,), "riscv64": (34,)}
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_FSETID = 1 << 4


class AsCaller:
    """`with as_caller:` makes files the caller's, with the caller's umask.

    The umask is applied by the real filesystem, because it must not be where a directory has a
    default ACL (acl(5)).
    """

    def __init__(self, library: Library, *, serves_others: bool) -> None:
        self._library = library
        self._is_needed = serves_others and os.geteuid() == 0
        self._own_group = os.getegid()
        self.applies_umask = False
        """Whether the kernel leaves it to us (FUSE_DONT_MASK)."""
        if self._is_needed:
            libc.prctl(libc.PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)

    def is_other(self) -> bool:
        """Whether the caller is not root, though this process is."""
        return self._is_needed and self._library.caller().uid != 0

    def __enter__(self) -> None:
        caller = self._library.caller()
        if self.applies_umask:
            os.umask(caller.umask)
        if self._is_needed:
            libc.setfsgid(caller.gid)
            libc.setfsuid(caller.uid)

    def __exit__(self, *_: object) -> None:
        if self._is_needed:
            libc.setfsuid(0)
            libc.setfsgid(self._own_group)
        if self.applies_umask:
            os.umask(0)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class SetIds:
    """Set-user-ID and set-group-ID bits, which a write by anybody but root must clear.

    With FUSE_HANDLE_KILLPRIV_V2 the kernel leaves that to the real filesystem, and saves a request
    before each write. The real filesystem spares root, as which this process may write for others.
    """

    def __init__(self, library: Library, *, serves_others: bool) -> None:
        self._library = library
        self._serves_others = serves_others
        self.is_ours = False
        """Whether this process must see to it."""
        self._header = _Header(_CAPABILITY_VERSION_3, 0)
        self._at = ctypes.addressof(self._header)
        self._all, self._without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()

    def start(self) -> None:
        """The kernel leaves it to us."""
        libc.capget(self._at, ctypes.addressof(self._all))
        ctypes.memmove(self._without, self._all, ctypes.sizeof(self._all))
        self._without[0] &= ~_CAP_FSETID  # effective, low half
        self.is_ours = self._serves_others and self._all[0] != self._without[0]

    @contextlib.contextmanager
    def cleared(self) -> Iterator[None]:
        """Within, this thread's writes clear the bits."""
        if not self.is_ours:
            yield
            return
        libc.capset(self._at, ctypes.addressof(self._without))
        try:
            yield
        finally:
            libc.capset(self._at, ctypes.addressof(self._all))

    def cleared_unless_root(self) -> contextlib.AbstractContextManager[None]:
        """The same, unless the caller is root."""
        if not self.is_ours or self._library.caller().uid == 0:
            return contextlib.nullcontext()
        return self.cleared()


def is_making_a_folder(pid: int) -> bool:
    """Whether a process waits in mkdir(2), as far as it shows; else whether it is mkdir(1)."""
    try:
        with open(f"/proc/{pid}/syscall", encoding="ascii") as stream:
            number = stream.read().split(" ", 1)[0]
        return number.isdigit() and int(number) in _MKDIR_CALLS.get(platform.machine(), ())
    except OSError:  # Yama shows it to parents only
        pass
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as stream:
            return stream.read().strip() == "mkdir"
    except OSError:
        return False
