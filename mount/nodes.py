"""What lstat says of a name in the virtual tree, and the errors that names there meet."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field

FOLDER_MODE, FILE_MODE = stat.S_IFDIR | 0o500, stat.S_IFREG | 0o400
"""For the owner alone, to read."""


@dataclass(frozen=True, slots=True)
class Node:
    """A name. `mode` includes the type; `target` is a symlink's text; `owner` (user, group) is the
    root's where it is None. Its bytes are those of `version`, of the real file at `real`, or of the
    text of what is at `text_of`."""

    mode: int
    size: int = 0
    mtime_ns: int = 0
    target: bytes | None = None
    version: int | None = None
    owner: tuple[int, int] | None = None
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)
    real: bytes | None = None
    text_of: str | None = None


def member(nodes: Mapping[str, Node], name: str) -> Node:
    """The node of a name.

    Raises:
        OSError: ENOENT.
    """
    node = nodes.get(name)
    if node is None:
        raise missing()
    return node


def missing() -> OSError:
    """There is no such name."""
    return OSError(errno.ENOENT, os.strerror(errno.ENOENT))
