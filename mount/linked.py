"""Folders of links in the virtual tree: what a search found, a group, what is near a file.

    search/QUERY/     ranked: "01 name.md"
    similar/PATH/     folders as they stand; a file is a folder of its nearest, ranked
    groups/NAME/      the files of a group, each by its name; a name with slashes is folders

Links are relative and lead to the files in the mount. Failures are OSErrors; from any thread.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Sequence

from lsfs.free_names import FreeNames, fitting

from .answers import Answers
from .nodes import FOLDER_MODE, Node, member, missing

OWN_FOLDER, LINK = stat.S_IFDIR | 0o700, stat.S_IFLNK | 0o777


class LinkFolders:
    """Asked of the daemon."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._born_ns = time.time_ns()

    def found(self, query: str) -> dict[str, Node]:
        """The links to what a search finds."""
        return self._ranked(self._answers.hits(query), depth=3)

    def similar(self, path: str) -> dict[str, Node]:
        """The links to the files nearest to the one at `path`."""
        return self._ranked(self._answers.similar(path), depth=3 + path.count("/"))

    def group_node(self, parts: Sequence[str]) -> Node:
        """A folder of groups, a group, or a link in one."""
        if not parts or self._groups("/".join(parts)):
            return Node(OWN_FOLDER, mtime_ns=self._born_ns)
        return member(self._members(parts[:-1]), parts[-1])

    def group_names(self, parts: Sequence[str]) -> list[tuple[str, int]]:
        """The groups below a name, and the links to its own files."""
        name = "/".join(parts)
        groups = self._groups(name)
        if parts and not groups:
            raise missing()
        folders = [(folder, FOLDER_MODE) for folder in _next(groups, name)]
        return folders + [(link, LINK) for link in self._members(parts)]

    def is_group(self, parts: Sequence[str]) -> bool:
        """Whether there is a group of exactly that name."""
        return bool(parts) and "/".join(parts) in self._answers.groups()

    def _groups(self, name: str) -> list[str]:
        """The group of that name, and those below it."""
        known = self._answers.groups()
        return [one for one in known if not name or one == name or one.startswith(f"{name}/")]

    def _members(self, parts: Sequence[str]) -> dict[str, Node]:
        """The links to a group's own files, made once while they are remembered."""
        if not self.is_group(parts):
            return {}
        name = "/".join(parts)

        def links() -> dict[str, Node]:
            free, depth = FreeNames(_next(self._groups(name), name)), 2 + len(parts)
            return {
                free.take(os.path.basename(path)): self._link(path, depth)
                for path in self._answers.members(name)
            }

        return self._answers.remembered(("links", name), links)

    def _ranked(self, paths: Sequence[str], depth: int) -> dict[str, Node]:
        digits = max(2, len(str(len(paths))))
        return {
            fitting(f"{rank:0{digits}} ", os.path.basename(path)): self._link(path, depth)
            for rank, path in enumerate(paths, start=1)
        }

    def _link(self, path: str, depth: int) -> Node:
        target = os.fsencode("../" * depth + path)
        return Node(LINK, len(target), self._born_ns, target)


def _next(groups: Iterable[str], name: str) -> list[str]:
    """The names that follow `name` in those of groups below it, each once."""
    start = f"{name}/" if name else ""
    rest = (one[len(start) :] for one in groups if one.startswith(start))
    return list(dict.fromkeys(one.split("/")[0] for one in rest))
