"""Reading without leaving a trace: programs tell by a file's access time whether it was read (new
mail, clean-up of temporary folders). Pure standard library; the mount process loads it.
"""

from __future__ import annotations

import os


def open_quietly(place: bytes | str, flags: int = 0, dir_fd: int | None = None) -> int:
    """A descriptor to read from that leaves the access time alone, where that is ours to ask for;
    `flags` beside O_RDONLY and O_CLOEXEC.

    Raises:
        OSError: it cannot be opened.
    """
    flags |= os.O_RDONLY | os.O_CLOEXEC
    try:
        return os.open(place, flags | os.O_NOATIME, dir_fd=dir_fd)
    except PermissionError:  # O_NOATIME is for the owner and root (open(2))
        return os.open(place, flags, dir_fd=dir_fd)
