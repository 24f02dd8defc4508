"""Paths and names as text: inside lsfs, in JSON, and on a terminal.

Inside, a path is relative to the root and decoded with surrogateescape (see `lsfs.records`).
JSON shows a name that is not UTF-8 percent-escaped, with its exact bytes beside it in `path_b64`.
"""

from __future__ import annotations

import base64
import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from lsfs.errors import PolicyError, UsageError

STATE_NAME = ".lsfs"
"""The directory inside a root that holds lsfs's own state; no plan may touch it."""
CATALOG_NAME = "catalog.db"
"""The catalog within the state; where it is, there is a root."""
BLOBS_NAME = "blobs"
"""The content store within the state."""
SPOOL_NAME = "spool"
"""What the mounts did and the daemon has yet to take in, within the state."""
KEPT_NAME = "kept"
"""Bytes that mounts kept, within the state."""
SOCKET_NAME = "daemon.sock"
"""The daemon's socket within the state."""
NUDGE_NAME = "nudge.sock"
"""The daemon's socket for mounts that have news, within the state."""
OWNER_NAME = "root"
"""Names the root a state directory is of, for one kept elsewhere (`--state`)."""


def is_utf8(path: str) -> bool:
    """Whether the bytes behind a surrogate-escaped path are valid UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate stands for each byte that is not
        return False
    return True


def percent_escaped(path: str) -> str:
    """The path with each undecodable byte as %XX; unchanged when it is UTF-8."""
    if is_utf8(path):
        return path
    return "".join(
        f"%{ord(character) - 0xDC00:02X}" if is_byte(character) else character
        for character in path.replace("%", "%25")
    )


def path_fields(path: str, key: str = "path") -> dict[str, str]:
    """`{"path": ...}` for JSON, with `path_b64` beside it where the name is not UTF-8."""
    if is_utf8(path):
        return {key: path}
    encoded = base64.b64encode(os.fsencode(path)).decode("ascii")
    return {key: percent_escaped(path), f"{key}_b64": encoded}


def path_from_fields(fields: dict[str, str], key: str = "path") -> str:
    """The inverse of `path_fields`."""
    encoded = fields.get(f"{key}_b64")
    return os.fsdecode(base64.b64decode(encoded)) if encoded else fields[key]


def for_terminal(text: str) -> str:
    """Text safe to print: control characters, escapes and direction overrides made visible."""
    return "".join(
        character if unicodedata.category(character) not in _UNPRINTABLE else _visible(character)
        for character in percent_escaped(text)
    )


def for_pipe(path: str) -> str:
    """The same for what another program may read: bytes that are not UTF-8 stay as they are."""
    return "".join(
        character if is_byte(character) else for_terminal(character) for character in path
    )


def is_byte(character: str) -> bool:
    """Whether it stands for a byte that is not UTF-8."""
    return "\udc80" <= character <= "\udcff"


def may_stand_for(typed: str) -> Iterator[str]:
    """The other paths that are printed as `typed`."""
    plain = _ESCAPE.sub(lambda found: found.group().encode("ascii").decode("unicode_escape"), typed)
    exact = _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), os.fsencode(plain))
    for path in (plain, os.fsdecode(exact)):
        if path != typed and typed in (for_terminal(path), for_pipe(path)):
            yield path


_ESCAPE = re.compile(r"\\(?:[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})")
_PERCENT = re.compile(rb"%([0-9A-F]{2})")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _visible(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def normalise(path: str) -> str:
    """A request's path made relative to the root: "./a//b/" becomes "a/b", "/" and "." become "".

    Raises:
        UsageError: it holds a NUL, or what can be no file's name.
        PolicyError: it leaves the root, or names lsfs's own state.
    """
    if "\0" in path:
        raise UsageError("a path cannot hold a NUL character", path=path.replace("\0", "\\0"))
    if not _is_encodable(path):
        shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
        raise UsageError(f"{shown}: no file can have that name", path=shown)
    clean = posixpath.normpath("/" + path).lstrip("/") if _stays_inside(path) else None
    if clean is None:
        raise PolicyError(
            f"{path}: outside the root", path=path, hint="name a path inside the mounted folder"
        )
    if STATE_NAME in clean.split("/"):
        raise PolicyError(
            f"{path}: lsfs keeps its own state there; no plan may touch it", path=path
        )
    return clean


def below_top(path: str, tops: Iterable[str]) -> str | None:
    """The path of the tree that an absolute path of the machine, or one in a home ("~/x"), names,
    where the tree is seen at `tops`: the root and its mountpoints. None for all others."""
    whole = posixpath.normpath(os.path.expanduser(path)) if path[:1] in ("/", "~") else ""
    for top in tops if whole.startswith("/") else ():
        if whole == top:
            return ""
        if whole.startswith(f"{top.rstrip('/')}/"):
            return whole[len(top.rstrip("/")) + 1 :]
    return None


def _is_encodable(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _stays_inside(path: str) -> bool:
    depth = 0
    for part in path.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return False
    return True


def parent(path: str) -> str:
    """The directory that holds `path`; "" for something at the top."""
    return posixpath.dirname(path)


def folders_above(path: str) -> Iterator[str]:
    """The directories that `path` is in, innermost first, without the root."""
    while path := parent(path):
        yield path


def name(path: str) -> str:
    """The last part of the path."""
    return posixpath.basename(path)


def hidden_parts(path: str) -> list[str]:
    """The names in the path that begin with a dot."""
    return [part for part in path.split("/") if part.startswith(".")]


def moved(path: str, origin: str, to: str) -> str:
    """Where `path` is when `origin`, and what is below it, has moved to `to`."""
    return to + path[len(origin) :] if is_under(path, origin) else path


def is_same_place(one: Path, other: Path) -> bool:
    """Whether two paths of the system, with their links followed, are one; they need not exist."""
    return os.path.realpath(one) == os.path.realpath(other)


def is_under(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies below it."""
    return directory == "" or path == directory or path.startswith(directory + "/")


def below(path: str) -> tuple[bytes, bytes]:
    """Bounds (both excluded) of the paths below a folder: "/" is followed by "0" in byte order."""
    prefix = os.fsencode(path)
    return (prefix + b"/", prefix + b"0") if prefix else (b"", b"\xff" * 8)
