"""What lines of the spool say of paths. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lsfs.paths import STATE_NAME, is_under, moved
from lsfs.spool import SpoolLine, line_from

OF_METADATA = ("metadata", "link")
"""Lines of acts that change no bytes."""


def lines_from(text: str) -> dict[str, SpoolLine]:
    """Path -> line, from the JSON of [path, line] pairs."""
    return {
        path: line_from(dict(zip(SpoolLine._fields, line, strict=True)))
        for path, line in json.loads(text)
    }


def tells_less(line: SpoolLine, than: SpoolLine) -> bool:
    """Whether a line does not say who changed a file, and the other does."""
    return line.event in OF_METADATA or (line.event == "moved" and than.event == "closed")


def renamed(path: str, line: SpoolLine) -> str:
    """Where what was at `path` is after a line."""
    if line.event not in ("moved", "exchanged"):
        return path
    to = line.to or line.path
    if line.event == "exchanged" and is_under(path, to):
        return moved(path, to, line.path)
    return moved(path, line.path, to)


def is_not_looked_after(line: SpoolLine) -> bool:
    """Whether a line is about lsfs's own state (of a root within this root), or about the root
    itself, which is no entry."""
    if not line.path:
        return True
    return STATE_NAME in line.path.split("/") or STATE_NAME in (line.to or "").split("/")


def origins(line: SpoolLine) -> Iterator[str]:
    """Paths from which it moves what is there."""
    if line.event in ("moved", "exchanged"):
        yield line.path
    if line.event == "exchanged" and line.to is not None:
        yield line.to


def named(line: SpoolLine) -> Iterator[str]:
    """Paths that it is about."""
    yield line.path
    if line.to is not None:
        yield line.to
