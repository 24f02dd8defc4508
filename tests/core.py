"""A real core over a real folder, in this process: for tests of plans and versions."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lsfs.app import build_core, init_root, open_models
from lsfs.config import load_config
from lsfs.engine import Consent, Outcome
from lsfs.indexer.client import WorkerIndex
from lsfs.plan import OPERATIONS, Plan
from lsfs.ports import Parser
from lsfs.service import App

YES = Consent(yes=True)


def _no_parser() -> Parser:
    raise AssertionError("nothing is asked in words here")


class Core:
    """All of a root but its daemon; the worker starts with the first search."""

    def __init__(self, root: Path) -> None:
        init_root(root)
        self.open(root)
        self.observer.scan()

    def open(self, root: Path) -> None:
        """Wire the parts; nothing is looked at yet."""
        self.root = root
        self.config = load_config(root)
        self._end = contextlib.ExitStack()
        workshop = WorkerIndex(self.config)
        self._end.callback(workshop.close)
        models = open_models(self.config, self._end)
        core = build_core(self.config, workshop, self._end, models)
        self.app = App(core, _no_parser)
        self.catalog, self.history, self.journal = core.catalog, core.history, core.journal
        self.observer, self.engine, self.spool = core.observer, core.engine, core.spool
        self.acts, self.tree = core.engine.acts, core.history.tree
        self.observer.on_queued = lambda: None

    def run(self, operations: Sequence[Any], consent: Consent = YES) -> Outcome:
        """Run operations given as JSON."""
        literal = tuple(OPERATIONS.validate_python(operation) for operation in operations)
        return self.engine.run(Plan(operations=literal), consent, self.observer)

    def __enter__(self) -> Core:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.close()


def snapshot(
    root: Path, *, times: bool = True, folder_times: bool = False
) -> dict[str, tuple[object, ...]]:
    """Every entry with kind, mode, content or target, xattrs, and the mtime."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        relative = str(path.relative_to(root))
        if relative.split(os.sep)[0] == ".lsfs":
            continue
        state = path.lstat()
        content: object = None
        if stat.S_ISLNK(state.st_mode):
            content = os.readlink(path)
        elif stat.S_ISREG(state.st_mode):
            content = path.read_bytes()
        xattrs = {
            one: os.getxattr(path, one, follow_symlinks=False)
            for one in os.listxattr(path, follow_symlinks=False)
        }
        is_timed = folder_times or not stat.S_ISDIR(state.st_mode)
        mtime = state.st_mtime_ns if is_timed else None
        found[relative] = (state.st_mode, content, xattrs, *((mtime,) if times else ()))
    return found
