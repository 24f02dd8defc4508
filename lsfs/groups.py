"""Named sets of entries, in the catalog."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

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
        """Make or replace a group of the entries at `paths`, in order; of those that are gone, the
        last that were there."""
        with self._catalog.atomic():
            self.drop(name)
            self._catalog.execute(
                "INSERT INTO groups VALUES(?, ?, ?)", (name, time.time_ns(), query)
            )
            for position, path in enumerate(paths):
                entry = self._catalog.entry(path) or self._catalog.gone_entry(path)
                if entry:
                    self._catalog.execute(
                        "INSERT INTO group_members VALUES(?, ?, ?)", (name, position, entry.id)
                    )

    def drop(self, name: str) -> bool:
        """Forget a group; whether there was one."""
        return self._catalog.execute("DELETE FROM groups WHERE name = ?", (name,)).rowcount > 0

    def named(self, name: str) -> Group | None:
        """The group of that name."""
        return next(self._found("WHERE name = ?", name), None)

    def recalled(self, name: str) -> tuple[str, ...]:
        """What to `put` to have that group again: the paths of its members, with those that are
        gone, except where something else is now."""
        is_free = (
            "NOT EXISTS (SELECT 1 FROM entries AS other"
            " WHERE other.path = member.path AND other.gone_ns IS NULL)"
        )
        return self._members(name, f"gone_ns IS NULL OR {is_free}")

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
        return list(self._found("ORDER BY name"))

    def _found(self, which: str, *values: str) -> Iterator[Group]:
        found = self._catalog.rows(f"SELECT name, created_ns, query FROM groups {which}", values)
        for name, created, query in found:
            paths = self._members(name, "gone_ns IS NULL")
            yield Group(name=name, paths=paths, created_ns=created, query=query)

    def _members(self, name: str, which: str) -> tuple[str, ...]:
        found = self._catalog.rows(
            "SELECT path FROM group_members JOIN entries AS member ON member.id = entry"
            f" WHERE name = ? AND ({which}) ORDER BY position",
            (name,),
        )
        return tuple(os.fsdecode(path) for (path,) in found)
