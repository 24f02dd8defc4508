#!/usr/bin/env python3
"""Random operations on a mount and on a plain directory in lockstep, everything compared.

    python scripts/lockstep.py --mount library=fuse3,strict [--seed S] [--steps N]
    python scripts/lockstep.py DIR_A DIR_B [--seed S] [--steps N]

With --mount a folder is mounted with these options for the run. After each step the results of
both sides are compared, and every now and then both trees, contents and metadata, also behind the
mount. What is not compared, and why, stands at `Ability`, `Facts` and `Comparison`.

Exit code 0: equal throughout; 1: the first difference is told, with the operations before it.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import stat
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import lockstep_contents  # noqa: F401 - it fills the table
import lockstep_names  # noqa: F401
from lockstep_sides import DEFECTS, Ability, Draw, Facts, Side
from lockstep_table import OPERATIONS, Operation, outcome

from lsfs.config import Config
from lsfs.mount.libfuse import load
from lsfs.mount.options import MountOptions, option_text, parse_options
from lsfs.mount.process import mount_in_background, unmount

STEPS = 600
_BETWEEN_TREES = 40
_REMEMBERED = 25

Item = tuple[Facts, object, object]
Tree = dict[bytes, Item]


class Difference(AssertionError):
    """The two directories do not answer alike."""


@dataclass
class Comparison:
    """What counts as alike.

    Unless `exact`, the link count of a file that has had several names is not compared: the mount
    keeps attributes for a second, and a link made or removed changes what another name shows.
    """

    exact: bool
    knows_removed: bool = True
    """Off for a known defect: the link count of a file removed while open is not always 0."""
    linked: set[int] = field(default_factory=set)
    """Inodes of the plain directory that have had several names."""

    def note(self, seen: object) -> None:
        if not self.exact and isinstance(seen, Facts) and seen.links > 1 and seen.mode[0] != "d":
            self.linked.add(seen.inode)

    def are_alike(self, ours: object, plain: object) -> bool:
        """Whether two results are, `plain` being the plain directory's."""
        if isinstance(ours, Facts) and isinstance(plain, Facts):
            is_removed = plain.links == 0 and not self.knows_removed
            if is_removed or plain.inode in self.linked:
                ours = replace(ours, links=plain.links)
        return ours == plain

    def differing(self, ours: Tree, plain: Tree) -> list[str]:
        """One line for each path that is not alike."""
        lines = [f"{path!r} is on one side only" for path in sorted(ours.keys() ^ plain.keys())]
        for path in sorted(ours.keys() & plain.keys()):
            for one, other in zip(ours[path], plain[path], strict=True):
                if not self.are_alike(one, other):
                    lines.append(f"{path!r}: {_short(one)}, but {_short(other)} on the plain side")
        return lines


class Lockstep:
    """One run. `ours` is compared with `plain`, as is `behind`, where `ours` really lies."""

    def __init__(self, ours: Path, plain: Path, seed: int, *, behind: Path | None = None) -> None:
        self._sides = Side(os.fsencode(plain)), Side(os.fsencode(ours))
        self._behind = None if behind is None else os.fsencode(behind)
        self._random = random.Random(seed)
        self._seed = seed
        self._last: deque[str] = deque(maxlen=_REMEMBERED)
        self.ability = Ability(direct=_opens_direct(plain))
        self.comparison = Comparison(exact=True)
        self.replay = ""
        """The command that does the same again, for the report."""

    def run(self, steps: int) -> None:
        """Raises Difference at the first one."""
        acts, weights = zip(*OPERATIONS, strict=True)
        try:
            for step in range(steps):
                self._step(step, self._random.choices(acts, weights)[0])
                if step % _BETWEEN_TREES == _BETWEEN_TREES - 1:
                    self._compare_trees(step)
        finally:
            for side in self._sides:
                side.close_all()
        self._compare_trees(steps)

    def _step(self, step: int, act: Operation) -> None:
        plain, ours = self._sides
        known = list(self._noted(plain.top))
        seed, slots = self._random.getrandbits(64), sorted(plain.files)
        # to the kernel a file with several names may be open by another one in the mount
        held = _held(plain) | _held(ours)
        draws = [Draw(random.Random(seed), known, slots, held, self.ability) for _ in self._sides]
        wanted, met = outcome(act, plain, draws[0]), outcome(act, ours, draws[1])
        self.comparison.note(wanted)
        said = f"{step}: {act.__name__}({', '.join(map(_short, draws[0].said))})"
        self._last.append(f"{said} -> {_short(wanted)}")
        if not self.comparison.are_alike(met, wanted):
            self._fail([f"{said}: {_differ(met, wanted)}"])

    def _noted(self, top: bytes) -> Iterator[bytes]:
        for path, facts in _walk(top):
            self.comparison.note(facts)
            yield path

    def _compare_trees(self, step: int) -> None:
        plain, ours = (_tree(side.top) for side in self._sides)
        lines = self.comparison.differing(ours, plain)
        if self._behind is not None:
            behind = _tree(self._behind)
            lines += [f"behind the mount, {line}" for line in self._exactly(behind, plain)]
        if lines:
            self._fail([f"{step}: the trees differ", *lines])

    @staticmethod
    def _exactly(ours: Tree, plain: Tree) -> list[str]:
        return Comparison(exact=True).differing(ours, plain)

    def _fail(self, lines: list[str]) -> None:
        last = "\n  ".join(self._last)
        raise Difference(
            "\n".join([*lines, f"the last operations:\n  {last}", f"again: {self.replay}"])
        )


def _held(side: Side) -> set[bytes]:
    """Relative paths of folders and special files that are open, and of all folders above them."""
    held = set()
    start = len(os.path.realpath(side.top)) + 1
    for fd in side.open():
        path = os.readlink(b"/proc/self/fd/%d" % fd)[start:]
        if stat.S_ISREG(os.fstat(fd).st_mode):
            path = os.path.dirname(path)
        while path:
            held.add(path)
            path = os.path.dirname(path)
    return held


def _walk(top: bytes, below: bytes = b"") -> Iterator[tuple[bytes, Facts]]:
    """Every path under `top`, relative, and its facts."""
    with os.scandir(os.path.join(top, below)) as found:
        names = sorted(entry.name for entry in found)
    for name in names:
        path = os.path.join(below, name)
        facts = Facts.of(os.lstat(os.path.join(top, path)))
        yield path, facts
        if facts.mode[0] == "d":
            yield from _walk(top, path)


def _tree(top: bytes) -> Tree:
    return {path: (facts, *_insides(os.path.join(top, path), facts)) for path, facts in _walk(top)}


def _insides(file: bytes, facts: Facts) -> tuple[object, object]:
    """Contents (or a link's target) and extended attributes."""
    if facts.mode[0] == "l":
        return os.readlink(file), {}
    names = os.listxattr(file, follow_symlinks=False)
    attributes = {name: os.getxattr(file, name, follow_symlinks=False) for name in names}
    if facts.mode[0] != "-":
        return None, attributes
    with open(file, "rb", buffering=0) as stream:
        return stream.readall(), attributes


def _differ(ours: object, plain: object) -> str:
    if isinstance(ours, bytes) and isinstance(plain, bytes):
        pairs = enumerate(zip(ours, plain, strict=False))
        at = next((at for at, (one, other) in pairs if one != other), min(len(ours), len(plain)))
        return f"{len(ours)} and {len(plain)} bytes, unlike from {at} on"
    return f"{_short(ours)}, but {_short(plain)} on the plain side"


def _short(value: object) -> str:
    text = repr(value).replace("n" * 255, "n*255")
    return text if len(text) <= 240 else f"{text[:100]}...{text[-20:]} ({len(text)})"


def _opens_direct(folder: Path) -> bool:
    file = folder / "direct"
    file.touch()
    try:
        os.close(os.open(file, os.O_RDWR | os.O_DIRECT))
    except OSError:
        return False
    finally:
        file.unlink()
    return True


def on_mount(root: Path, point: Path, plain: Path, options: MountOptions, seed: int) -> Lockstep:
    """A run in a mount of `root`, made with `options`; `plain` must lie on the same filesystem."""
    (root / "work").mkdir()
    run = Lockstep(point / "work", plain, seed, behind=root / "work")
    is_libfuse3 = options.library == "fuse3"
    run.ability = replace(
        run.ability, rename_flags=is_libfuse3,
        empty_chown=options.strict or not is_libfuse3 or load("fuse3").version < (3, 17),
        hard_links=is_libfuse3 and options.strict, avoided=frozenset(DEFECTS),
    )  # fmt: skip
    run.comparison = Comparison(exact=options.strict, knows_removed=False)
    chosen = option_text(options)
    run.replay = f"python scripts/lockstep.py --mount '{chosen}' --seed {seed}"
    return run


@contextmanager
def _mounted(options: MountOptions) -> Iterator[tuple[Path, Path, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="lockstep-"))
    made = folder / "root", folder / "mnt", folder / "plain"
    for one in made:
        one.mkdir()
    mount_in_background(Config(root=made[0], state=folder / "state"), made[1], options)
    try:
        yield made
    finally:
        unmount(made[1], lazy=True)
        shutil.rmtree(folder, ignore_errors=True)


def _runs(given: argparse.Namespace) -> Iterator[Lockstep]:
    if given.mount is None:
        ours, plain = given.folders
        yield Lockstep(ours, plain, given.seed)
        return
    options = parse_options(given.mount)
    with _mounted(options) as (root, point, plain):
        yield on_mount(root, point, plain, options, given.seed)


def main() -> int:
    parser = argparse.ArgumentParser(description="Random operations on two directories, compared.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--mount", metavar="OPTIONS")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    if (given.mount is None) != (len(given.folders) == 2):
        parser.error("give two empty folders, or --mount")
    print(f"seed {given.seed}, {given.steps} steps")
    try:
        for run in _runs(given):
            run.run(given.steps)
    except Difference as difference:
        print(difference)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
