"""Whom the mount acts for: new files belong to the caller, also when root serves others.

Threading: the filesystem user id of Linux belongs to a thread, so callbacks do not disturb one
another.
"""

from __future__ import annotations

import os
import platform

from . import libc
from .libfuse import Library

_MKDIR_CALLS = {"x86_64": (83, 258), "aarch64": (34,), "riscv64": (34,)}


class AsCaller:
    """`with as_caller:` makes files the caller's; nothing to do where all callers are one user."""

    def __init__(self, library: Library, *, serves_others: bool) -> None:
        self._library = library
        self._is_needed = serves_others and os.geteuid() == 0
        self._own_group = os.getegid()

    def __enter__(self) -> None:
        if self._is_needed:
            caller = self._library.caller()
            libc.setfsgid(caller.gid)
            libc.setfsuid(caller.uid)

    def __exit__(self, *_: object) -> None:
        if self._is_needed:
            libc.setfsuid(0)
            libc.setfsgid(self._own_group)


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
