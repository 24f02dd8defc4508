"""Named sets of entries, in the catalog."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from lsfs.catalog import Catalog
from lsfs.errors import NothingFoundError, UsageError
from lsfs.free_names import fits
from lsfs.records import Group

NAME_LENGTH = 1000
"""Characters of the longest name of a group."""


def check_name(name: str) -> None:
    """That a group can be called so: a name, or with slashes a path of names, as in the mount.

    Raises:
        UsageError: it cannot.
    """
    parts = name.split("/")
    is_path = all(part not in ("", ".", "..") and fits(part) for part in parts)
    if not is_path or len(name) > NAME_LENGTH or not name.isprintable():
        shown = ascii(name[:60]).strip("'")
        raise UsageError(
            f"no group can be called {shown!r}", hint='for example "taxes" or "topic/taxes"'
        )


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

    def named(self, name: str) -> Group | None:
        """The group of that name."""
        return next((group for group in self.all() if group.name == name), None)

    def below(self, name: str) -> list[Group]:
        """Those whose names begin with this one and a slash.

        Raises:
            NothingFoundError: there is none.
        """
        found = [group for group in self.all() if group.name.startswith(f"{name}/")]
        if not found:
            raise NothingFoundError(f"there is no group {name!r}", hint="`lsfs groups` lists them")
        return found

    def meant(self, name: str) -> list[str]:
        """The name, where a group has it; else the names of those below it.

        Raises:
            NothingFoundError: there is none.
        """
        return [name] if self.named(name) else [group.name for group in self.below(name)]

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
