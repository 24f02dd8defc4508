"""What is asked of the index beside searching: how files stand in it, and what they say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lsfs.catalog import Catalog
from lsfs.config import Config
from lsfs.errors import LsfsError, MissingPathError, TreeError
from lsfs.ignoring import Ignoring
from lsfs.paths import is_under, path_fields
from lsfs.ports import Workshop
from lsfs.power import is_on_battery
from lsfs.records import Coverage
from lsfs.reserve import RESERVE_BYTES, free_bytes
from lsfs.tree import Tree, kind_of
from lsfs.wire import path_of

RULED = ("excluded", "secret")
"""How a file stands that a rule leaves out."""

PERHAPS_CLOSED = (
    "SELECT path FROM entries WHERE gone_ns IS NULL AND kind = 'directory' AND mode & 5 <> 5"
    " ORDER BY path"
)
"""Folders that not everybody may read and enter."""

Json = dict[str, Any]
Params = Mapping[str, Any]


class IndexMethods:
    """Methods of one root, by name; see `service.App.call`."""

    def __init__(self, config: Config, catalog: Catalog, tree: Tree, workshop: Workshop) -> None:
        self._config = config
        self._catalog = catalog
        self._tree = tree
        self._workshop = workshop
        self.by_name: dict[str, Callable[[Params], Json]] = {
            "failed": self._failed, "why": self._why, "text": self._text,
            "text_names": self._text_names, "progress": self._progress,
        }  # fmt: skip

    def notices(self) -> list[str]:
        """Why what is new may not be found."""
        settings, coverage = self._config.indexer, self._workshop.coverage()
        if not settings.enabled:
            return ["indexing is off (-o noindex, or the setting indexer.enabled)"]
        if free_bytes(self._config.state) < RESERVE_BYTES:
            return ["the disk of the state is full: what is new is not indexed until there is room"]
        return [*self._workshop.undescribable(), *self._later(coverage)]

    def _later(self, coverage: Coverage) -> list[str]:
        settings = self._config.indexer
        if settings.on_battery or coverage.embedded == coverage.indexed or not is_on_battery():
            return []
        told = "on battery: what is new is found by its words, and by its meaning later"
        return [f"{told} (setting indexer.on_battery)"]

    def _failed(self, _: Params) -> Json:
        """Files; and first the folders whose contents nobody can see, of these the topmost."""
        found = [*self._closed(), *self._workshop.failed()]
        rows = [
            {**path_fields(path), "status": status, "reason": reason}
            for path, status, reason in found
        ]
        return {"failed": rows}

    def _closed(self) -> Iterator[tuple[str, str, str]]:
        """(path, status, reason) of the folders that cannot be opened, but for those left out."""
        ignoring = Ignoring(self._config.indexer, self._tree)
        last = None
        for (name,) in self._catalog.rows(PERHAPS_CLOSED):
            path = os.fsdecode(name)
            if last is not None and is_under(path, last):
                continue
            reason = self._why_closed(path)
            if reason and not ignoring.why(path, is_folder=True):
                last = path
                yield path, "not opened", reason

    def _why_closed(self, folder: str) -> str | None:
        try:
            with self._tree.folder(folder) as fd:
                os.stat(".", dir_fd=fd)
        except (TreeError, OSError) as error:
            return f"a folder that cannot be opened: {os.strerror(error.errno or 0).lower()}"
        except LsfsError:  # it has gone meanwhile, or a link is there
            return None
        return None

    def _why(self, params: Params) -> Json:
        """How a file or folder stands in the index, and what leaves it out of it."""
        path = path_of(params)
        kind = kind_of(state_at(self._tree, path))
        ignoring = Ignoring(self._config.indexer, self._tree)
        rule = ignoring.why(path, is_folder=kind == "directory") if path else None
        standing = (
            {
                "files": dict(self._workshop.standing_below(path)),
                "reason": self._why_closed(path),
            }
            if kind == "directory"
            else dict(self._workshop.standing(path) or {"status": None, "waiting": True})
        )
        told = {**path_fields(path), "kind": kind, "left_out": rule.reason if rule else None}
        if standing.get("status") in RULED and not rule:  # nobody has looked since it changed
            standing |= {"waiting": True, "reason": None}
        return {**told, **standing}

    def _text(self, params: Params) -> Json:
        """What the file at `path` says, as one text."""
        path = path_of(params)
        text = self._workshop.rendered(path)
        if not text:
            raise MissingPathError(
                f"{path}: no text of it is known", path=path,
                hint=f"`lsfs status --why '{path}'` says why",
            )  # fmt: skip
        return {"text": text}

    def _text_names(self, params: Params) -> Json:
        """What has text in the folder `path`, and the folders in it ("bytes" is null)."""
        found = self._workshop.with_text(path_of(params))
        return {
            "names": [
                {**path_fields(one, "name"), "bytes": size if size >= 0 else None, "mtime_ns": time}
                for one, size, time in found
            ]
        }

    def _progress(self, _: Params) -> Json:
        return dict(self._workshop.progress())


def state_at(tree: Tree, path: str) -> os.stat_result:
    """What is at a path that was named.

    Raises:
        MissingPathError: nothing is.
    """
    state = tree.there(path)
    if state is None:
        raise MissingPathError(
            f"{path}: no such file or folder", path=path, hint="check the spelling"
        )
    return state
