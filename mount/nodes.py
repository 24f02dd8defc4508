"""What lstat says of a name in the virtual tree, and the errors that names there meet."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A name. `mode` includes the type; `target` is a symlink's text; `owner` (user, group) is the
    root's where it is None. Its bytes are those of `version`, or of the real file at `real`."""

    mode: int
    size: int = 0
    mtime_ns: int = 0
    target: bytes | None = None
    version: int | None = None
    owner: tuple[int, int] | None = None
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)
    real: bytes | None = None


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
