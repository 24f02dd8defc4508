"""The tree and the catalog side by side: what differs. Pure; it looks at nothing itself.

Both come in the byte order of their paths, so that neither is ever held whole. The catalog may
change under the comparison: a difference found is a reason to look again, not a fact.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsfs.seen import Seen, seen_of


@dataclass(frozen=True, slots=True)
class Appeared:
    """In the tree, not in the catalog."""

    path: str
    state: os.stat_result


@dataclass(frozen=True, slots=True)
class Changed:
    """In both, and not the same."""

    path: str


@dataclass(frozen=True, slots=True)
class Vanished:
    """In the catalog, not in the tree."""

    path: str


Difference = Appeared | Changed | Vanished


def differences(
    tree: Iterable[tuple[str, os.stat_result]], catalog: Iterable[tuple[bytes, Seen]]
) -> Iterator[Difference]:
    """What differs, in the order of the paths; both must come in that order."""
    rows = iter(catalog)
    row = next(rows, None)
    for path, state in tree:
        place = os.fsencode(path)
        while row is not None and row[0] < place:
            yield Vanished(os.fsdecode(row[0]))
            row = next(rows, None)
        if row is None or row[0] != place:
            yield Appeared(path, state)
            continue
        if row[1] != seen_of(state):
            yield Changed(path)
        row = next(rows, None)
    while row is not None:
        yield Vanished(os.fsdecode(row[0]))
        row = next(rows, None)
