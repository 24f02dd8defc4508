"""Does one thing again and again, killed before each of its calls that change something on disk.

Run with `deadly.c` preloaded: `dying.py SCENARIO FOLDER`. After each death the root is opened again
as a daemon opens it; what is wrong then is printed, and the exit status is 1. The last line says
how many calls there were.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from consistency import Checker
from core import Core, snapshot
from program import Program

from lsfs import replay
from lsfs.unread import LARGE_BYTES

NOT_YET = 1 << 60
Operations = Sequence[dict[str, Any]]


class Scenario(ABC):
    """What is done; `story` is what must not depend on when it was interrupted."""

    @abstractmethod
    def prepare(self, core: Core) -> None:
        """What went before, undisturbed."""

    @abstractmethod
    def act(self, core: Core) -> None:
        """What is interrupted."""

    @abstractmethod
    def wrong(self, core: Core, before: Any, after: Any, *, is_through: bool) -> str | None:
        """What is wrong with the root when it has been opened again."""

    @abstractmethod
    def seen(self, core: Core) -> Any:
        """What `wrong` compares, before and after."""


class OfPlan(Scenario):
    """A plan is as if it never was, times and attributes included, or it is done."""

    def __init__(self, *first: Operations, plan: Operations) -> None:
        self._first, self._plan = first, plan
        self._ready = plan

    def prepare(self, core: Core) -> None:
        moment = datetime.now().astimezone().isoformat()
        time.sleep(0.01)  # a tick of the clock by which files are dated
        for operations in self._first:
            core.run(operations)
        self._ready = [
            {**one, "to": moment} if one["op"] == "restore" else one for one in self._plan
        ]

    def act(self, core: Core) -> None:
        core.run(self._ready)

    def seen(self, core: Core) -> Any:
        return snapshot(core.root, folder_times=True)

    def wrong(self, core: Core, before: Any, after: Any, *, is_through: bool) -> str | None:
        found = snapshot(core.root, folder_times=True)
        if found == before and not is_through:
            return None
        if _without_times(found) == _without_times(after):
            return None
        paths = found.keys() | before.keys() | after.keys()
        compared = after if is_through else before
        differing = [path for path in paths if found.get(path) != compared.get(path)]
        return f"{'done' if is_through else 'killed'}, neither before nor after: {differing}"


class OfSpool(Scenario):
    """What a mount told is taken in once, whenever the daemon died: versions, who and journal. It
    is several batches, so that what lies ahead of one is in another."""

    def prepare(self, core: Core) -> None:
        replay.BATCH_LINES = 5
        editor, camera = Program(core, "editor", 4242), Program(core, "camera", 4343)
        editor.write("notes/a.md", "alpha 2\n")
        editor.write("notes/a.md", "alpha 3\n")
        editor.write_then_move("notes/b.tmp", "beta 2\n", "notes/b.md")
        editor.write("new.md", "new\n")
        camera.write("film", b"1" * LARGE_BYTES)
        camera.remove("bin.dat")
        editor.move("notes", "texts")
        editor.quit()
        camera.quit()

    def act(self, core: Core) -> None:
        core.spool.drain()
        core.spool.read_large()

    def seen(self, core: Core) -> Any:
        versions = core.catalog.rows(
            "SELECT entries.path, versions.path, versions.kind, versions.content, gap, actor"
            " FROM versions JOIN entries ON entries.id = entry ORDER BY entries.path, versions.id"
        )
        rows = core.journal.newest(1000)
        return {
            ("version", *row): count for row, count in Counter(versions).items()
        } | Counter(
            ("act", row.actor, one.action, one.path, one.to)
            for row in rows for one in row.changes
        )  # fmt: skip

    def wrong(self, core: Core, before: Any, after: Any, *, is_through: bool) -> str | None:
        found = self.seen(core)
        missing, more = after.items() - found.items(), found.items() - after.items()
        return f"missing: {missing}; too much: {more}" if missing or more else None


def _without_times(found: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    return {path: state[:-1] for path, state in found.items()}


def _target(*paths: str) -> dict[str, Any]:
    return {"paths": list(paths)}


REMOVE: Operations = [{"op": "remove", "target": _target("notes", "bin.dat")}]
WRITE: Operations = [{"op": "write", "path": "notes/a.md", "text": "other words"}]
CHAIN: Operations = [
    {"op": "mkdir", "path": "reading"},
    {"op": "move", "target": _target("notes/a.md", "bin.dat"), "to": "reading", "into": True},
    {"op": "append", "path": "reading/a.md", "text": "seen"},
    {"op": "write", "path": "notes/b.md", "text": "new words"},
]
PROGRAM: Operations = [  # as a program in words gathers them: later steps act on what earlier make
    {"op": "copy", "target": _target("notes/a.md"), "to": "reading/a.md"},
    {"op": "append", "path": "reading/a.md", "text": "seen"},
    {"op": "move", "target": _target("reading/a.md"), "to": "reading/alpha.md"},
    {"op": "move", "target": _target("bin.dat"), "to": "notes/bin.dat"},
    {"op": "write", "path": "list.md", "text": "alpha"},
    {"op": "lock", "target": _target("reading/alpha.md")},
]
MOVE_FOLDER: Operations = [{"op": "move", "target": _target("notes"), "to": "archive/n"}]

SCENARIOS: dict[str, Scenario] = {
    "move-folder": OfPlan(plan=MOVE_FOLDER),
    "remove": OfPlan(plan=REMOVE),
    "chain": OfPlan(plan=CHAIN),
    "program": OfPlan(plan=PROGRAM),
    "rollback": OfPlan(WRITE, plan=[{"op": "rollback", "path": "notes/a.md", "versions": 1}]),
    "restore": OfPlan(CHAIN, MOVE_FOLDER, plan=[{"op": "restore", "path": ""}]),
    "undo": OfPlan(CHAIN, plan=[{"op": "undo"}]),
    "redo": OfPlan(REMOVE, [{"op": "undo"}], plan=[{"op": "redo"}]),
    "spool": OfSpool(),
}


def _make(root: Path) -> None:
    (root / "notes").mkdir(parents=True)
    (root / "notes" / "a.md").write_text("alpha\n")
    (root / "notes" / "b.md").write_text("beta\n")
    (root / "bin.dat").write_bytes(bytes(range(256)) * 40)
    os.setxattr(root / "bin.dat", "user.from", b"a friend")


def _open_again(root: Path) -> Core:
    """As `lsfs.app` does."""
    core = Core.__new__(Core)
    core.open(root)
    core.history.blobs.sweep()
    core.spool.sweep()
    if core.journal.unfinished():
        core.spool.drain()
    core.engine.recover()
    core.spool.drain()
    core.observer.scan()
    core.spool.read_large()
    return core


def _round(scenario: Scenario, root: Path, calls: int) -> tuple[bool, Any]:
    """Prepare a fresh root, and act on it in another process that dies; whether it came through,
    and what was seen before."""
    shutil.rmtree(root, ignore_errors=True)
    _make(root)
    with Core(root) as core:
        scenario.prepare(core)
        before = scenario.seen(core)
    pid = os.fork()
    if not pid:
        core = Core.__new__(Core)
        core.open(root)
        ctypes.CDLL(None).deadly_after(ctypes.c_long(calls))
        scenario.act(core)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status not in (0, signal.SIGKILL):
        sys.exit(f"it ended by itself, with {status}")
    return status == 0, before


def main(name: str, folder: Path) -> None:
    """Kill at the first call, at the second, and so on, until it comes through."""
    scenario, problems = SCENARIOS[name], list[str]()
    _round(scenario, folder / "root", NOT_YET)
    with _open_again(folder / "root") as core:
        after = scenario.seen(core)
    for calls in itertools.count(1):
        is_through, before = _round(scenario, folder / "root", calls)
        with _open_again(folder / "root") as core:
            wrong = scenario.wrong(core, before, after, is_through=is_through)
            problems += [
                f"at {calls}: {one}" for one in (wrong, *Checker(core.root).problems()) if one
            ]
        if is_through or len(problems) > 5:
            break
    print(*problems, sep="\n")
    print(calls)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
