"""Kill -9 at every statement of a plan: after the next start the tree is as before or as after."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest
from core import Core, snapshot

PLANS: dict[str, list[dict[str, object]]] = {
    "move-folder": [{"op": "move", "target": {"paths": ["notes"]}, "to": "archive/n"}],
    "remove": [{"op": "remove", "target": {"paths": ["notes", "bin.dat"]}}],
    "chain": [
        {"op": "mkdir", "path": "reading"},
        {"op": "move", "target": {"paths": ["notes/a.md", "bin.dat"]}, "to": "reading"},
        {"op": "append", "path": "reading/a.md", "text": "seen"},
        {"op": "write", "path": "notes/b.md", "text": "new words"},
    ],
}


def _make(root: Path) -> None:
    (root / "notes").mkdir(parents=True)
    (root / "notes" / "a.md").write_text("alpha\n")
    (root / "notes" / "b.md").write_text("beta\n")
    (root / "bin.dat").write_bytes(bytes(range(256)) * 40)


def _run_and_die(root: Path, plan: str, statement: int) -> None:
    """Run the plan; die the hardest way before its n-th SQL statement."""
    left = [statement]

    def count(_: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    core = Core(root)
    core.catalog.db.conn.set_trace_callback(count)
    core.run(PLANS[plan])
    os._exit(0)


def _survives(root: Path, plan: str, statement: int) -> bool:
    process = multiprocessing.get_context("fork").Process(
        target=_run_and_die, args=(root, plan, statement)
    )
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


@pytest.mark.parametrize("plan", PLANS)
def test_a_killed_plan_is_done_or_never_was(tmp_path: Path, plan: str) -> None:
    first, root = tmp_path / "first", tmp_path / "root"
    _make(first)
    before = snapshot(first)
    with Core(first) as core:
        core.run(PLANS[plan])
    after = {path: state[:-1] for path, state in snapshot(first).items()}
    statement = 0
    while True:
        statement += 1
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(_fresh(tmp_path), root, symlinks=True)
        finished = _survives(root, plan, statement)
        with Core(root) as core:
            core.engine.recover()
            core.observer.scan()
            found = {path: state[:-1] for path, state in snapshot(root).items()}
            assert found in ({p: s[:-1] for p, s in before.items()}, after), statement
            assert not core.journal.unfinished()
            for entry in core.catalog.entries_under(""):
                assert (root / entry.path).exists(), entry.path
        if finished:
            break
    assert statement > 20


def _fresh(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    if not source.exists():
        _make(source)
    return source
