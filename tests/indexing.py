"""A folder, its catalog kept in line by the real observer, and a real worker that indexes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from core import Core

from lsfs.config import Config, load_config
from lsfs.indexer.client import WorkerIndex
from lsfs.plan import Search
from lsfs.selector import Filters

DRAIN_S = 90.0


class Indexed:
    """`write` acts on the tree as a program would; `settle` waits until the index has followed.

    `settings` are keys of the indexer section, and `search` those of that section, written to the
    root's file, where the worker reads them too.
    """

    def __init__(
        self, root: Path, search: Mapping[str, object] | None = None, **settings: object
    ) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.core = Core(root)
        lines = ["[indexer]", *(f"{key} = {_toml(value)}" for key, value in settings.items())]
        lines += ["[search]", *(f"{key} = {_toml(value)}" for key, value in (search or {}).items())]
        if settings or search:
            (root / ".lsfs" / "config.toml").write_text("\n".join(lines))
        self.config: Config = load_config(root)
        self.index = WorkerIndex(self.config)

    def __enter__(self) -> Indexed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.index.close()
        self.core.__exit__(kind, error, trace)

    def write(self, path: str, content: str | bytes, mtime: float | None = None) -> None:
        """A file with this content; folders are made."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if mtime is not None:
            os.utime(file, (mtime, mtime))

    def settle(self) -> None:
        """Scan the tree, and wait until everything is read and embedded."""
        self.core.observer.scan()
        self.index.drain(timeout_s=DRAIN_S)

    def found(self, query: str = "", **fields: Any) -> list[str]:
        """Paths of the hits, best first; `fields` are those of a search or of its filters."""
        filters = {key: fields.pop(key) for key in list(fields) if key in Filters.model_fields}
        request = Search(query=query, filters=Filters.model_validate(filters), **fields)
        return [hit.path for hit in self.index.search(request).hits]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the catalog."""
        return [tuple(row) for row in self.core.catalog.rows(sql, values)]


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
