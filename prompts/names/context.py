"""What the grammars may consult."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lsfs.selector import Selector

from .targets import Targets


@dataclass(frozen=True, slots=True)
class Context:
    """What the grammars may consult: names of the tree, and the time."""

    targets: Targets
    now: datetime


def literal(paths: Sequence[str]) -> Selector:
    return Selector(paths=tuple(paths))
