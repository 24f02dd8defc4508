"""A source checkout of real files: those of this machine's Python, its packages, headers, manuals.

Which files there are depends on the machine; of each kind as many are taken as a checkout in
several languages might have, evenly from all, in the folders they lie in.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

PLACES = (
    *dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    "/usr/lib/python3", "/usr/include", "/usr/lib/node_modules", "/usr/share",
)  # fmt: skip
SHARES: dict[str, tuple[str, ...]] = {
    "python": ("py", "pyi"), "c": ("c", "h", "cc", "cpp", "hpp", "cuh"), "web": ("js", "ts", "mjs"),
    "prose": ("md", "rst", "txt"), "data": ("json", "yaml", "yml", "toml", "xml", "cfg", "ini"),
    "pages": ("html", "css", "svg"), "scripts": ("sh", "pl", "pm", "cmake", "sql", "lua"),
}  # fmt: skip
PERCENT = {
    "python": 40, "c": 22, "web": 9, "prose": 12, "data": 8, "pages": 4, "scripts": 5
}  # fmt: skip
LEFT_OUT = ("node_modules", "__pycache__", "build", "dist", "target", "site-packages")
"""Folders that no index takes in, or a place of its own."""
LARGEST_BYTES = 500_000


def make(folder: Path, files: int) -> int:
    """Copy so many files into `folder`, which is made; the bytes they have.

    Raises:
        SystemExit: this machine has not so many.
    """
    found = _found()
    chosen = [
        file for kind, percent in PERCENT.items()
        for file in _evenly(found[kind], files * percent // 100)
    ]  # fmt: skip
    chosen += _evenly(sorted(set(found["python"] + found["c"]) - set(chosen)), files - len(chosen))
    if len(chosen) < files:
        raise SystemExit(f"this machine has only {len(chosen)} such files")
    for file in chosen:
        place = next(place for place in PLACES if file.startswith(f"{place}/"))
        target = folder / f"from{PLACES.index(place)}" / os.path.relpath(file, place)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return sum(os.path.getsize(file) for file in chosen)


def _found() -> dict[str, list[str]]:
    kinds = {suffix: kind for kind, suffixes in SHARES.items() for suffix in suffixes}
    found: dict[str, dict[tuple[int, int], str]] = {kind: {} for kind in SHARES}  # by inode
    for place in PLACES:
        for file, state in _files(place):
            kind = kinds.get(file.rpartition(".")[2])
            if kind and 0 < state.st_size <= LARGEST_BYTES:
                found[kind].setdefault((state.st_dev, state.st_ino), file)
    return {kind: sorted(files.values()) for kind, files in found.items()}


def _files(place: str) -> Iterator[tuple[str, os.stat_result]]:
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in names:
            file = os.path.join(folder, name)
            if not os.path.islink(file) and os.access(file, os.R_OK):
                yield file, os.stat(file)


def _evenly(files: list[str], count: int) -> list[str]:
    step = max(1.0, len(files) / max(1, count))
    return [files[int(number * step)] for number in range(min(count, len(files)))]
