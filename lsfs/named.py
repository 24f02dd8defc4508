"""What a single operation names: the paths it is about, and whether a query chose them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsfs.errors import UsageError
from lsfs.plan import Copy, Join, Link, MakeGroup, Operation, Restore
from lsfs.selector import Selector

_PATH_FIELDS: tuple[str, ...] = ("path", "to")


def is_by_query(operation: Operation) -> bool:
    """Whether its target is anything but literal paths."""
    target = getattr(operation, "target", None)
    return isinstance(target, Selector) and not target.is_literal()


def refuse_root(operation: Operation) -> None:
    """The root itself is no entry: things go into it, and a restore is of what is in it.

    Raises:
        UsageError: the operation would change, copy or make the root itself.
    """
    if operation.effect == "read" or isinstance(operation, Restore):
        return
    target = getattr(operation, "target", None)
    sources = target.paths if isinstance(target, Selector) else ()
    made = operation.to if isinstance(operation, Join) else getattr(operation, "path", None)
    if made == "" or "" in sources:
        raise UsageError(
            f"{operation.op} cannot be of the root folder itself", path="",
            hint="name a file or a folder in it",
        )  # fmt: skip


def named(operation: Operation) -> Iterator[str]:
    """The literal paths an operation names."""
    target = getattr(operation, "target", None)
    if isinstance(target, Selector) and not isinstance(operation, Copy | Link | Join | MakeGroup):
        yield from target.paths
    for field in _PATH_FIELDS:
        value: Any = getattr(operation, field, None)
        if isinstance(value, str):
            yield value
