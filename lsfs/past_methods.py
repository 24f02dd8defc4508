"""Methods about what was: the versions of a file and their bytes, a file or folder at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsfs.catalog import KNOWN_SINCE
from lsfs.errors import MissingPathError
from lsfs.history import History
from lsfs.past import Past
from lsfs.reads import version_rows
from lsfs.shown import Shown
from lsfs.times import rfc3339
from lsfs.wire import number_of, path_of, was_json

Json = dict[str, Any]
Params = Mapping[str, Any]


class PastMethods:
    """By name. `take_in` what the mounts did, in so many seconds (None: a question's time)."""

    def __init__(
        self, history: History, shown: Shown, take_in: Callable[[float | None], None]
    ) -> None:
        self._history = history
        self._past = Past(history.catalog)
        self._shown = shown
        self._take_in = take_in
        self.by_name: dict[str, Callable[[Params], Json]] = {
            "history": self._history_of, "materialise": self._materialise, "at": self._at,
            "at_names": self._at_names,
        }  # fmt: skip

    def _history_of(self, params: Params) -> Json:
        self._take_in(params.get("patience_s"))
        path = path_of(params)
        return {"versions": list(version_rows(self._history.versions(path)))}

    def _materialise(self, params: Params) -> Json:
        return dict(self._shown.of(number_of(params, "version")))

    def _at(self, params: Params) -> Json:
        """What was at `path` at `at_ns`."""
        path, at_ns = self._place_in_time(params)
        was = self._past.at(path, at_ns)
        if was is None:
            raise MissingPathError(f"{path}: nothing was there then", path=path)
        return was_json(was)

    def _place_in_time(self, params: Params) -> tuple[str, int]:
        self._take_in(params.get("patience_s"))
        path, at_ns = path_of(params), number_of(params, "at_ns")
        known_ns = int(self._history.catalog.setting(KNOWN_SINCE) or 0)
        if at_ns < known_ns:  # an empty folder would be a lie
            raise MissingPathError(
                f"lsfs has looked after this folder since {rfc3339(known_ns)}", path=path
            )
        return path, at_ns

    def _at_names(self, params: Params) -> Json:
        """What was in the folder `path` at `at_ns`."""
        path, at_ns = self._place_in_time(params)
        was = self._past.at(path, at_ns)
        if was is None or was.kind != "directory":
            raise MissingPathError(f"{path}: no folder was there then", path=path)
        return {"names": [was_json(one) for one in self._past.names(path, at_ns)]}
