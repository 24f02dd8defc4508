"""A real core over a real folder: for tests of plans and versions."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lsfs.acts import Acts
from lsfs.app import init_root
from lsfs.blobs import BlobStore
from lsfs.catalog import Catalog
from lsfs.config import load_config
from lsfs.engine import Consent, Engine, Outcome
from lsfs.history import History
from lsfs.indexer.client import WorkerIndex
from lsfs.journal import Journal
from lsfs.observer import Observer
from lsfs.plan import OPERATIONS, Plan
from lsfs.prompts.summary import ExtractiveSummarizer
from lsfs.reads import Reads
from lsfs.replay import SpoolReader
from lsfs.resolve import Resolver
from lsfs.tree import Tree


class Core:
    """Engine, observer, spool reader and all below, on `root`; the worker starts with the first search."""

    def __init__(self, root: Path) -> None:
        init_root(root)
        self.root = root
        self.config = load_config(root)
        self.catalog = Catalog(self.config.catalog_file)
        self.tree = Tree(root)
        self.history = History(self.catalog, self.tree, BlobStore(self.config.blobs_directory))
        self.journal = Journal(self.catalog)
        self.observer = Observer(self.config, self.catalog, self.tree, self.history)
        index = WorkerIndex(self.config)
        self.acts = Acts(self.history, self.observer)
        self.engine = Engine(
            Resolver(self.history, self.journal, index),
            Reads(self.history, self.journal, index, ExtractiveSummarizer()),
            self.acts,
            self.journal,
            self.config.policy,
        )
        self.spool = SpoolReader(self.config, self.observer, self.history, self.journal)
        self.observer.scan()

    def run(self, operations: Sequence[Any], consent: Consent = Consent(yes=True)) -> Outcome:  # noqa: B008
        """Run operations given as JSON."""
        literal = tuple(OPERATIONS.validate_python(operation) for operation in operations)
        return self.engine.run(Plan(operations=literal), consent, self.observer)

    def __enter__(self) -> Core:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.catalog.close()
        self.tree.close()


def snapshot(root: Path, *, times: bool = True) -> dict[str, tuple[object, ...]]:
    """Every entry with kind, mode, content or target, xattrs; and the mtime of files."""
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
        mtime = state.st_mtime_ns if stat.S_ISREG(state.st_mode) else None
        found[relative] = (state.st_mode, content, *((mtime,) if times else ()))
    return found
