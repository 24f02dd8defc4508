"""Named sets of entries, in the catalog."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from lsfs.catalog import Catalog
from lsfs.records import Group


class Groups:
    """Those of one root."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def put(self, name: str, query: str | None, paths: Iterable[str]) -> None:
        """Make or replace a group of the entries at `paths`, in order."""
        with self._catalog.atomic():
            self.drop(name)
            self._catalog.execute(
                "INSERT INTO groups VALUES(?, ?, ?)", (name, time.time_ns(), query)
            )
            for position, path in enumerate(paths):
                entry = self._catalog.entry(path)
                if entry:
                    self._catalog.execute(
                        "INSERT INTO group_members VALUES(?, ?, ?)", (name, position, entry.id)
                    )

    def drop(self, name: str) -> bool:
        """Forget a group; whether there was one."""
        return self._catalog.execute("DELETE FROM groups WHERE name = ?", (name,)).rowcount > 0

    def all(self) -> list[Group]:
        """All groups with the members that are still there."""
        found = self._catalog.rows("SELECT name, created_ns, query FROM groups ORDER BY name")
        return [
            Group(name=name, paths=tuple(self._members(name)), created_ns=created, query=query)
            for name, created, query in found
        ]

    def _members(self, name: str) -> list[str]:
        found = self._catalog.rows(
            "SELECT path FROM group_members JOIN entries ON entries.id = entry"
            " WHERE name = ? AND gone_ns IS NULL ORDER BY position",
            (name,),
        )
        return [os.fsdecode(path) for (path,) in found]
