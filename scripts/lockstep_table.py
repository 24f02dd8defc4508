"""The table of operations that `lockstep` picks from.

An operation draws its arguments from a `Draw` and does one thing to a `Side`. Both sides get a Draw
of the same seed, so they do the same; what is drawn is kept for the report. An operation's value is
compared, as is the errno of an OSError.
"""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from typing import Any

from lockstep_sides import Draw, Side

_libc = ctypes.CDLL(None, use_errno=True)

Operation = Callable[[Side, Draw], object]
OPERATIONS: list[tuple[Operation, int]] = []


def operation(weight: int) -> Callable[[Operation], Operation]:
    """Add a function to the table, to be picked in proportion to `weight`."""

    def add(act: Operation) -> Operation:
        OPERATIONS.append((act, weight))
        return act

    return add


def outcome(act: Operation, side: Side, draw: Draw) -> object:
    """The operation's value, or the name of the error it met."""
    try:
        return act(side, draw)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, error.errno)
    except ValueError as error:  # mmap of an empty file
        return str(error)


def call(name: str, *arguments: Any) -> int:
    """A function of libc that says by a negative value that it failed."""
    ctypes.set_errno(0)
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result
