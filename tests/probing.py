"""Probes: acts done on a mount and on a plain directory side by side, whose outcomes are equal.

A test module makes a `Table`, adds functions to it, and runs each through `Table.compare`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import children
import pytest
from mounting import Mounted

from lsfs.mount.libfuse import load
from lsfs.mount.options import LibraryChoice

Probe = Callable[[Path], object]
Version = tuple[int, int]

BOTH_LIBRARIES: tuple[LibraryChoice, ...] = ("fuse2", "fuse3")


@dataclass(frozen=True)
class Deviation:
    """Where the mount answers otherwise, and why."""

    reason: str
    libraries: tuple[str, ...]
    since: Version
    until: Version

    def concerns(self, library: LibraryChoice) -> bool:
        return library in self.libraries and self.since <= load(library).version < self.until


@dataclass
class Table:
    """The probes of a module."""

    probes: list[Probe] = field(default_factory=list)
    deviations: dict[Probe, Deviation] = field(default_factory=dict)

    def probe(self, function: Probe) -> Probe:
        self.probes.append(function)
        return function

    def differs(
        self, reason: str, libraries: tuple[str, ...] = BOTH_LIBRARIES, *,
        since: Version = (0, 0), until: Version = (99, 0),
    ) -> Callable[[Probe], Probe]:  # fmt: skip
        """A probe whose outcomes are known not to be equal, with libraries of these versions."""

        def add(function: Probe) -> Probe:
            self.deviations[function] = Deviation(reason, libraries, since, until)
            return self.probe(function)

        return add

    def compare(
        self, act: Probe, mount: Mounted, plain: Path, request: pytest.FixtureRequest
    ) -> None:
        """Do it in a new folder on either side."""
        deviation = self.deviations.get(act)
        if deviation is not None and deviation.concerns(mount.library):
            request.applymarker(pytest.mark.xfail(reason=deviation.reason, strict=True))
        name = f"probe-{act.__name__}"
        wanted = outcome(act, plain / name)
        try:
            seen = outcome(act, mount.point / name)
        except pytest.skip.Exception as skipped:  # only a plain directory may call for it
            seen = str(skipped)
        assert seen == wanted, f"the mount: {_short(seen)}\na plain directory: {_short(wanted)}"


def each(table: Table) -> pytest.MarkDecorator:
    """Parametrizes a test with the probes of a table."""
    return pytest.mark.parametrize("act", table.probes, ids=lambda act: act.__name__)


def outcome(act: Probe, folder: Path) -> object:
    """What a probe returned, or the name of the errno it met."""
    folder.mkdir()
    return children.outcome(lambda: act(folder))


def error_of(act: children.Act) -> object:
    """For a step of a probe: what it returns, or the name of its errno."""
    return children.outcome(act)


def facts(path: Path) -> tuple[object, ...]:
    """What lstat says, without what cannot be equal."""
    return facts_of(os.lstat(path))


def facts_of(found: os.stat_result) -> tuple[object, ...]:
    return stat.filemode(found.st_mode), found.st_nlink, found.st_size, found.st_uid, found.st_gid


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 1000 else f"{text[:700]}...{text[-250:]}"
