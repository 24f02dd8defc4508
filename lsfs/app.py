"""Wires a root together: the only module that knows the core and every room.

`open_app` takes the root's lock, recovers what a crash left, reads the spool and brings the catalog
in line with the tree. With `watch` (the daemon) the last two go on in the background, so that it
answers at once however much a mount has done without it; without (a single command) the catalog is
in line before it returns.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsfs.acts import Acts
from lsfs.blobs import BlobStore
from lsfs.catalog import Catalog
from lsfs.comparison import Comparison
from lsfs.config import Config, cache_directory, load_config
from lsfs.counting import counted
from lsfs.database import is_for_want_of_room
from lsfs.engine import Engine
from lsfs.errors import (
    ConfigurationError,
    LockedError,
    LsfsError,
    MissingPathError,
    NotARootError,
    UsageError,
)
from lsfs.history import History
from lsfs.journal import Journal
from lsfs.location import check_catalog
from lsfs.lock import RootLock
from lsfs.lookup import CatalogNames
from lsfs.observer import Observer
from lsfs.paths import CATALOG_NAME, OWNER_NAME, STATE_NAME
from lsfs.ports import LanguageModel, Parser, Translator, Workshop
from lsfs.reads import Reads, Told
from lsfs.replay import SpoolReader
from lsfs.reserve import Reserve
from lsfs.resolve import Resolver
from lsfs.rooms import living_mounts, moment, mount_with_other_state
from lsfs.running import Runner
from lsfs.seen import device_of_fine_times
from lsfs.service import App, Core, translated
from lsfs.sharing import Sharing
from lsfs.shown import Shown
from lsfs.summaries import Summaries
from lsfs.times import now
from lsfs.translations import Translations
from lsfs.tree import Tree
from lsfs.watch import Watch

if TYPE_CHECKING:
    from lsfs.indexer.client import WorkerIndex

log = logging.getLogger(__name__)


def init_root(root: Path, state: Path | None = None) -> dict[str, object]:
    """Make `root` an lsfs root; one that is one already stays as it is.

    Raises:
        LsfsError: it cannot be one (`check_new_root`).
        ConfigurationError: the state cannot be made.
    """
    config = check_new_root(root, state)
    fresh = not config.catalog_file.exists()
    try:
        for directory in (
            config.state, config.spool_directory, config.kept_directory, config.blobs_directory,
            config.log_directory,
        ):  # fmt: skip
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.state.chmod(stat.S_IRWXU)
        (config.state / ".gitignore").write_text("*\n", encoding="ascii")
        # state kept elsewhere says which root it is of (lsfs.location); beside the root nobody asks
        (config.state / OWNER_NAME).write_bytes(os.fsencode(config.root))
    except OSError as error:
        raise ConfigurationError(
            f"cannot make {config.state}: {os.strerror(error.errno or 0).lower()}",
            path=str(config.state), hint="--state DIR keeps lsfs's state elsewhere",
        ) from error  # fmt: skip
    Catalog(config.catalog_file).close()
    return {"root": str(config.root), "state": str(config.state), "created": fresh}


def check_new_root(root: Path, state: Path | None = None) -> Config:
    """The settings of a folder that is a root or may become one. Changes nothing.

    Raises:
        MissingPathError, UsageError: there is no folder there, or it lies in a root or a mount.
        LockedError: it is mounted, with its state elsewhere.
        ConfigurationError: it cannot be reached, or its catalog is lost.
    """
    try:
        mode = root.stat().st_mode
    except FileNotFoundError as error:
        raise MissingPathError(
            f"{root}: no such folder", path=str(root), hint=f"mkdir '{root}'"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{root} cannot be reached: {os.strerror(error.errno or 0).lower()}", path=str(root),
            hint="check the permissions of the folders above it",
        ) from error  # fmt: skip
    if not stat.S_ISDIR(mode):
        raise UsageError(f"{root} is a file, not a folder", path=str(root), hint="name a folder")
    config = load_config(root.resolve(), state)
    check_catalog(config.state)
    if not config.catalog_file.exists():
        _check_not_within(config.root)
        _check_no_other_state(config)
    return config


def _check_no_other_state(config: Config) -> None:
    """Nothing is made beside the state that a mount of the root writes."""
    other = mount_with_other_state(config.root, config.state)
    if other is not None:
        raise LockedError(
            f"{config.root} is mounted at {other[0]}, with its state in {other[1]}",
            path=str(config.root),
            hint=f"go on with that state (--state {other[1]}), or first: lsfs umount {other[0]}",
        )


def _check_not_within(folder: Path) -> None:
    """One root does not hold another: each would keep versions of the other's files."""
    from lsfs.mount.mountpoints import root_of

    mounted = root_of(folder)
    if mounted is not None:
        raise UsageError(
            f"{folder} lies in a mount of {mounted[0]}", path=str(folder),
            hint="it is looked after already; outside the mount any folder can be a root",
        )  # fmt: skip
    for above in folder.parents:
        if (above / STATE_NAME / CATALOG_NAME).exists():
            raise UsageError(
                f"{folder} lies in the lsfs root {above}", path=str(folder),
                hint=f"it is looked after already; or move {above / STATE_NAME} away first",
            )  # fmt: skip


def open_app(config: Config, *, watch: bool) -> App:
    """Open a root.

    Raises:
        NotARootError: it has no catalog.
        ConfigurationError: it had one, and its versions are still there.
        LockedError: another process holds it.
    """
    check_catalog(config.state)
    if not config.catalog_file.exists():
        raise NotARootError(
            f"{config.root} is not an lsfs root", path=str(config.root),
            hint=f"lsfs init '{config.root}'",
        )  # fmt: skip
    reserve = Reserve(config.state)
    with translated(config):
        try:
            app = _opened(config, watch=watch)
        except (LsfsError, OSError, sqlite3.Error):
            if not reserve.is_needed():
                raise
            with reserve.spent():
                app = _opened(config, watch=watch)
        reserve.hold()
    return app


def _opened(config: Config, *, watch: bool) -> App:
    lock = RootLock(config.state, config.root)
    with contextlib.ExitStack() as undo:
        undo.callback(lock.release)
        app = _open(config, undo)
        app.is_watching = watch
        if watch:
            listening = _start_watch(config, app)
            undo.callback(listening.stop)
            app.watch_notices = lambda: listening.notices
        else:
            _catch_up(app)
        app.on_close.append(undo.pop_all().close)
    return app


def _catch_up(app: App) -> None:
    """As far as there is room: what is known already can be asked for, and gone back to."""
    try:
        app.catch_up()
        app.read_large()
    except (LsfsError, OSError, sqlite3.Error) as error:
        if not is_for_want_of_room(error):
            raise
        app.notices.append(f"what changed cannot be taken in ({error})")


def build_core(
    config: Config, workshop: Workshop, undo: contextlib.ExitStack, models: Models
) -> Core:
    """The parts of the root, wired; `undo` gets what closes them. Takes no lock, starts nothing."""
    from lsfs.prompts.summaries.group_names import GroupNamer
    from lsfs.prompts.summaries.summary import ExtractiveSummarizer, ModelSummarizer

    catalog = Catalog(config.catalog_file)
    undo.callback(catalog.close)
    tree = Tree(config.root)
    undo.callback(tree.close)
    blobs = BlobStore(config.blobs_directory)
    history = History(
        catalog, tree, blobs, most_bytes=config.versions.max_file_bytes,
        fine_device=device_of_fine_times(config.state),
    )  # fmt: skip
    journal = Journal(catalog)
    observer = Observer(config, catalog, tree, history)
    sharing = Sharing(config.share, catalog, tree)
    observer.on_queued = lambda: workshop.nudge() if catalog.has_queue() else None
    shown = Shown(history, config.state / "shown")
    summarizer = (
        ModelSummarizer(models.language, config.model.context_tokens)
        if models.language
        else ExtractiveSummarizer()
    )
    summaries = Summaries(catalog, workshop, summarizer, observer.is_excluded)
    translations = Translations(tree, workshop, models.translator, observer.is_excluded)
    comparison = Comparison(observer, history, shown, workshop, summarizer)
    namer = GroupNamer(models.language, config.model.context_tokens)
    resolver = Resolver(history, journal, workshop, namer, sharing)
    told = Told(comparison, summaries, translations)
    reads = Reads(history, journal, workshop, told, sharing)
    engine = Engine(resolver, reads, Acts(history, observer, sharing), journal, config.policy)
    runner = Runner(resolver, reads, config.run, observer.is_excluded)
    spool = SpoolReader(config, observer, history, journal)
    return Core(
        config, catalog, history, journal, observer, engine, runner, spool, shown, workshop, sharing
    )


def _open(config: Config, undo: contextlib.ExitStack) -> App:
    from lsfs.indexer.client import WorkerIndex
    from lsfs.mount.refresh import Refresher

    index = WorkerIndex(config, moment)
    undo.callback(index.close)
    ends_models = undo.enter_context(contextlib.ExitStack())
    models = open_models(config, ends_models)
    core = build_core(config, index, undo, models)
    with core.observer.lock:
        core.history.blobs.sweep()
        core.spool.sweep()
        if core.journal.unfinished():
            core.spool.drain()  # a plan is turned back from the states that the mounts left
        recovered = core.engine.recover()
    app = App(core, lambda: _parser(CatalogNames(core.catalog), index, models.language, app.tops))
    app.on_hasten += [index.hasten, ends_models.close]
    if recovered:
        plans_were = counted(recovered, "plan was", "plans were")
        app.notices.append(f"{plans_were} interrupted by a crash, and turned back")
    app.mounts = lambda: _mounts(config)
    app.tell_mounts = Refresher(config.root).tell
    app.moment = lambda text: moment(text, end=True)
    return app


def _start_watch(config: Config, app: App) -> Watch:
    from lsfs.indexer.supervisor import Supervisor

    return Watch(config, app, Supervisor)


def _parser(
    names: CatalogNames, index: WorkerIndex, model: LanguageModel | None,
    tops: Callable[[], Sequence[str]],
) -> Parser:  # fmt: skip
    from lsfs.prompts.parser import RequestParser

    return RequestParser(
        embedder=index, names=names, model=model, now=now, cache=cache_directory(), tops=tops
    )


@dataclass(frozen=True, slots=True)
class Models:
    """The models that are set for words."""

    language: LanguageModel | None
    translator: Translator | None


def open_models(config: Config, undo: contextlib.ExitStack) -> Models:
    """Those that are set; `undo` gets what ends them, and has nobody wait for their answers.
    Nothing is loaded, and nobody asked, yet."""
    language = _language_model(config, undo)
    return Models(language, _translator(config, undo, language))


def _language_model(config: Config, undo: contextlib.ExitStack) -> LanguageModel | None:
    if config.model.url:
        from lsfs.prompts.models.remote import RemoteModel

        remote = RemoteModel(config.model)
        undo.callback(remote.close)
        return remote
    if config.model.local:
        from lsfs.prompts.models.model_process import ModelProcess

        model = ModelProcess(config.model)
        undo.callback(model.close)
        return model
    return None


def _translator(
    config: Config, undo: contextlib.ExitStack, model: LanguageModel | None
) -> Translator | None:
    """By the translation model where one is set, else by the language model."""
    from lsfs.prompts.models.model_process import TranslationProcess
    from lsfs.prompts.translation.translator import (
        ByLanguageModel,
        ByTranslationModel,
        PassageTranslator,
    )

    if config.model.translator:
        process = TranslationProcess(config.model)
        undo.callback(process.close)
        by_model = ByTranslationModel(process.name, process.translate)
        return PassageTranslator(by_model, config.model.context_tokens)
    if model is None:
        return None
    return PassageTranslator(ByLanguageModel(model), config.model.context_tokens)


def _mounts(config: Config) -> list[dict[str, object]]:
    return [
        {
            "mountpoint": str(one.mountpoint), "pid": one.pid, "condition": one.condition,
            "age_s": None if one.age_s is None else round(one.age_s, 1),
        }
        for one in living_mounts(config.root)
    ]  # fmt: skip
