"""One opened root as the faces see it: methods by name, plain JSON in and out.

`App.call` is the whole interface of a root. The daemon serves it on a socket, the CLI and the
Python API call it in their own process when no daemon runs.

Threading: `call` may be used from many threads.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from lsfs import __version__
from lsfs.backlog import backlog_bytes
from lsfs.catalog import Catalog
from lsfs.config import Config, VersionsConfig, differing, load_config, told_of
from lsfs.counting import counted
from lsfs.database import as_room_allows
from lsfs.engine import Consent, Engine, Outcome
from lsfs.errors import (
    ConfigurationError,
    LsfsError,
    UnavailableError,
    UsageError,
    from_os_error,
)
from lsfs.history import History
from lsfs.index_methods import IndexMethods, state_at
from lsfs.journal import Journal
from lsfs.observer import Observer
from lsfs.past_methods import PastMethods
from lsfs.plan import (
    MakeGroup,
    Plan,
    Redo,
    Restore,
    Rollback,
    Search,
    Similar,
    Summarize,
    Translate,
    Undo,
)  # fmt: skip
from lsfs.ports import Parser, Workshop
from lsfs.replay import SpoolReader
from lsfs.reserve import RESERVE_BYTES, Reserve, free_bytes
from lsfs.run_method import (
    Within,
    consent_of,
    folder_of,
    limited,
    plan_of,
    progress,
    run_program,
    shown_of,
)  # fmt: skip
from lsfs.running import Runner
from lsfs.sharing import Sharing
from lsfs.shown import Shown
from lsfs.upkeep import Upkeep
from lsfs.wire import (
    coverage_json,
    outcome_json,
    path_of,
    paths_of,
    search_json,
    usage_error,
)

CATCH_UP_S = 60.0
"""How long a command without a daemon lets the worker index what is new, before it answers."""
PATIENCE_S = 5.0
"""How long a question waits for what is being taken in; then it is answered from what is known."""
GOES_BACK = (Undo, Redo, Rollback, Restore)
READS_TEXT = (Summarize, Translate)

Json = dict[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Core:
    """The parts of one opened root, wired to each other."""

    config: Config
    catalog: Catalog
    history: History
    journal: Journal
    observer: Observer
    engine: Engine
    runner: Runner
    spool: SpoolReader
    shown: Shown
    workshop: Workshop
    sharing: Sharing


class App:
    """One opened root. Built by `lsfs.app.open_app`; `close` lets go of it."""

    def __init__(self, core: Core, parser: Callable[[], Parser]) -> None:
        self.config = core.config
        self._engine = core.engine
        self._runner = core.runner
        self._history = core.history
        self._spool = core.spool
        self._observer = core.observer
        self._workshop = core.workshop
        self.sharing = core.sharing
        self.sharing.take_in = self._take_in_at
        self._make_parser = parser
        self._parser: Parser | None = None
        self._started = time.monotonic()
        self.is_watching = False
        self.notices: list[str] = []
        self.watch_notices: Callable[[], list[str]] = list
        self.mounts: Callable[[], list[Json]] = list
        self.tell_mounts: Callable[[Sequence[str]], None] = lambda paths: None
        self._about_index = IndexMethods(
            core.config, core.catalog, core.history.tree, core.workshop
        )
        self._upkeep = Upkeep(core.history, core.observer, Reserve(core.config.state))
        self.moment: Callable[[str], datetime] = datetime.fromisoformat
        """What a time in words names."""
        self.on_close: list[Callable[[], None]] = []
        self.on_hasten: list[Callable[[], None]] = []
        self.enter: Callable[[str], None] = self._observer.enter
        self._enter: Callable[[str], None] = self._observer.enter
        self._methods: dict[str, Callable[[Params], Json]] = {
            "search": self._search, "similar": self._similar, "ask": self._ask, "run": self._run,
            "run_progress": lambda _: progress(self._runner), "status": self._status,
            "index": self._index, "gc": self._gc, "verify": self._verify, "moment": self._moment,
            "settings": self._settings,
            "shares": lambda given: {"shares": self.sharing.rows(ended=bool(given.get("all")))},
            **self._about_index.by_name,
            **PastMethods(core.history, core.shown, self._take_in).by_name,
        }  # fmt: skip

    def call(self, method: str, params: Params) -> Json:
        """The method's result.

        Raises:
            UsageError: no such method, or parameters that do not fit.
            LsfsError: what the method raises.
        """
        function = self._methods.get(method)
        if function is None:
            raise UsageError(
                f"there is no method {method!r}", hint=", ".join(sorted(self._methods))
            )
        with translated(self.config):
            return function(Within(self.tops, self._is_there).of(params))

    def close(self) -> None:
        """Stop the background work and let go of the root; what is unread waits in the spool."""
        self._spool.is_ending = True
        for end in reversed(self.on_close):
            end()
        self.on_close.clear()

    def _is_there(self, path: str) -> bool:
        return self._history.catalog.entry(path) is not None

    def tops(self) -> list[str]:
        """Where the tree is seen: the root, and where it is mounted."""
        return [str(self.config.root), *(str(one["mountpoint"]) for one in self.mounts())]

    def hasten(self) -> None:
        """Have nobody wait for the index, or a model, any longer."""
        for hasten in self.on_hasten:
            hasten()

    # -- what the daemon hears ---------------------------------------------------------------------

    def read_spool(self) -> None:
        """Take in what the mounts did."""
        self._spool.drain()

    def catch_up(self) -> None:
        """Take in what the mounts did, then compare the whole tree with the catalog."""
        self.read_spool()
        self._observer.scan()

    def read_large(self) -> None:
        """Read the large files that wait for it."""
        self._spool.read_large()

    def on_put_off(self, tell: Callable[[], None]) -> None:
        """`tell` when there is a large file to be read; also of what waits already."""
        self._observer.unread.on_put_off = tell
        if self._observer.unread.all():
            tell()

    def changed_outside(self, paths: set[str]) -> None:
        """Look at paths the watcher saw change. What a mount did is attributed to it first, and
        what it is still writing is left until it is closed."""
        self.read_spool()
        for folder in self._observer.reconcile_alone(sorted(paths)):
            self._enter(folder)

    def on_new_folder(self, tell: Callable[[str], None]) -> None:
        """`tell` of each folder that came from outside, to be entered by another thread."""
        self._enter = tell

    # -- methods -----------------------------------------------------------------------------------

    def _search(self, params: Params) -> Json:
        request = Search.model_validate({**params, "op": "search"})
        self._let_index_catch_up()
        return search_json(request.query, self._workshop.search(request))

    def _similar(self, params: Params) -> Json:
        asked = {key: value for key, value in params.items() if key != "path_b64"}
        request = Similar.model_validate({**asked, "op": "similar", "path": path_of(params)})
        self._let_index_catch_up()
        return search_json("", self._workshop.similar(request))

    def _let_index_catch_up(self) -> None:
        """Without a daemon nothing was indexed since the last command: do that first. On a full
        disk that would wait for room."""
        if not self.is_watching and free_bytes(self.config.state) >= RESERVE_BYTES:
            with contextlib.suppress(UnavailableError):  # the answer says how far the index is
                self._workshop.drain(timeout_s=CATCH_UP_S)

    def _ask(self, params: Params) -> Json:
        request = params.get("request")
        if not isinstance(request, str) or not request.strip():
            raise UsageError(
                "the request is empty", hint='try: lsfs ask "find notes on scheduling"'
            )
        parser = self._ready_parser()
        plan = parser.parse(
            request, str(params.get("actor", "rpc")), shown_of(params), folder=folder_of(params)
        )
        return self._outcome(limited(plan, params.get("limit")), params)

    def _ready_parser(self) -> Parser:
        """With all taken in and indexed that words may speak of."""
        self._take_in()
        self._let_index_catch_up()
        if self._parser is None:
            self._parser = self._make_parser()
        return self._parser

    def _run(self, params: Params) -> Json:
        if "program" in params:
            return run_program(self._runner, self._ready_parser(), params, self._ran)
        return self._outcome(plan_of(params), params)

    def _outcome(self, plan: Plan, params: Params) -> Json:
        outcome = self._ran(plan, consent_of(params))
        return outcome_json(plan.request, plan.parser, outcome)

    def _ran(self, plan: Plan, consent: Consent) -> Outcome:
        if any(isinstance(one, MakeGroup) and one.by for one in plan.operations):
            self._let_index_catch_up()
        if not plan.changes_something():
            self._take_in()
            if any(isinstance(operation, READS_TEXT) for operation in plan.operations):
                self._let_index_catch_up()
            return self._engine.run(plan, consent, self._observer)
        with contextlib.suppress(LsfsError):  # the disk is full: with what is known, then
            self.sharing.await_known(plan)
            if any(isinstance(operation, GOES_BACK) for operation in plan.operations):
                self.read_large()  # what was done last may be among what waits to be read
        outcome = self._engine.run(plan, consent, self._observer, self.read_spool)
        self.tell_mounts([path for one in outcome.changes for path in (one.path, one.to) if path])
        return outcome

    def _take_in(self, patience_s: float | None = None) -> None:
        """What the mounts did, as far as it can be had in the time that a question has, and there
        is room for it."""
        with as_room_allows():
            self._spool.drain(PATIENCE_S if patience_s is None else float(patience_s))

    def _take_in_at(self, paths: Sequence[str]) -> None:
        """The same, and the large files at these paths, which are read for it."""
        self._take_in()
        self._spool.read_large(paths)

    def _gc(self, params: Params) -> Json:
        """By the settings that are in force now, or those given; or of `paths` all but what is."""
        dry_run, given = bool(params.get("dry_run")), params.get("versions")
        policy = VersionsConfig.model_validate(given) if given else self._set_now().versions
        with as_room_allows():
            self._upkeep.with_reserve(self._spool.drain)
        now = datetime.now().astimezone()
        collected = self._upkeep.gc(now, policy, paths_of(params), dry_run=dry_run)
        return {"dry_run": dry_run, **asdict(collected)}

    def _set_now(self) -> Config:
        return load_config(self.config.root, self.config.state)

    def _settings(self, _: Params) -> Json:
        """Those that it was opened with, and the names of those that are set otherwise by now."""
        changed = differing(self.config, self._set_now())
        return {"settings": self.config.model_dump(mode="json"), "changed": changed}

    def _verify(self, params: Params) -> Json:
        """A part of it: `after` is what the answer before said, "" at first."""
        self._take_in()
        after = str(params.get("after", ""))
        total = {} if after else {"total": self._upkeep.total()}
        return {**total, **asdict(self._upkeep.verify(after))}

    def _moment(self, params: Params) -> Json:
        """The moment that `text` names: a state to go back to, so of a span its end."""
        found = self.moment(str(params.get("text", "")))
        return {"at_ns": int(found.timestamp() * 1e9)}

    def _status(self, _: Params) -> Json:
        count, size = self._history.catalog.version_totals()
        return {
            "root": str(self.config.root), "state": str(self.config.state), "version": __version__,
            "daemon": {"pid": os.getpid(), "uptime_s": round(time.monotonic() - self._started, 1)},
            "mounts": self.mounts(), "coverage": coverage_json(self._workshop.coverage()),
            "queue": self._history.catalog.queue_length(),
            "links": self.sharing.count(),
            "spool_bytes": backlog_bytes(self.config.state), "model": self.config.indexer.model,
            "device": self.config.indexer.device,
            "versions": {
                "count": count, "bytes": size, "stored_bytes": self._history.blobs.stored_bytes()
            },
            "notices": [
                *self._about_index.notices(), *self._set_otherwise(), *self._gaps(),
                *self._large(), *self.sharing.unserved(), *self.notices, *self.watch_notices(),
            ],
        }  # fmt: skip

    def _set_otherwise(self) -> list[str]:
        try:
            changed = differing(self.config, self._set_now())
        except ConfigurationError as error:
            return [f"the settings cannot be read any more: {error.message}"]
        return told_of(changed)

    def _gaps(self) -> list[str]:
        count = self._history.catalog.gaps()
        what = counted(count, "state of a file", "states of files")
        return [f"{what} could not be kept: `lsfs history` says why"] if count else []

    def _large(self) -> list[str]:
        count = len(self._observer.unread.all())
        what = counted(count, "large file is", "large files are")
        return [f"{what} still to be read for a version"] if count else []

    def _index(self, params: Params) -> Json:
        paths = paths_of(params)
        if not self.config.indexer.enabled:
            raise ConfigurationError(
                f"indexing is off for {self.config.root}",
                hint="set indexer.enabled = true; after `lsfs mount -o noindex`: mount it without",
            )
        for path in paths:
            state_at(self._history.tree, path)
        self._spool.drain()
        if paths and "" not in paths:
            self._observer.reconcile(paths)
        else:
            self._observer.scan()
        if params.get("wait", True):
            self._spool.read_large(paths or [""])  # before that they are not queued
            self._workshop.drain()
        return {
            "coverage": coverage_json(self._workshop.coverage()), **self.call("failed", {}),
            "notices": list(self._workshop.undescribable()),
        }  # fmt: skip


@contextlib.contextmanager
def translated(config: Config) -> Iterator[None]:
    """What the system or the catalog refuses within, as an error for a person."""
    try:
        yield
    except ValidationError as error:
        raise usage_error(error) from error
    except OSError as error:
        raise from_os_error(error, "use", _place(error)) from error
    except sqlite3.Error as error:
        raise UnavailableError(
            f"the catalog {config.catalog_file} does not answer: {error}",
            hint="is the disk full? `lsfs gc` lets go of old versions, `lsfs gc PATH` of those of a"
            " file or folder; `lsfs doctor` looks; your files are not affected",
        ) from error


def _place(error: OSError) -> str:
    return os.fsdecode(error.filename) if error.filename else "the disk"
