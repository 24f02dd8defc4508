"""Folders with very many files, trees very deep, files very large: found, within bounds.

docs/benchmarks.md has the numbers of larger ones.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from faces import answer, serving
from indexing import Indexed
from waiting import wait_for

pytestmark = pytest.mark.timeout(1200)
FILES = 5_000
DEPTH = 500
WORKER_MB = 420
"""Of the worker with its model; what it takes must not depend on how many files there are."""
LARGE_MB = 600
"""The same with the text that is kept of one file in hand."""


def peak_mb(pid: int) -> int:
    """The most memory that a process has had."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) >> 10


def write_deep(root: Path, folders: Sequence[str], name: str, text: str) -> None:
    """A file below all of these, whose path may be longer than the kernel takes."""
    at = os.open(root, os.O_RDONLY)
    for folder in folders:
        os.mkdir(folder, dir_fd=at)
        below = os.open(folder, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    file = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=at)
    os.write(file, text.encode())
    os.close(file)
    os.close(at)


def test_a_folder_of_very_many_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "all").mkdir(parents=True)
    for number in range(FILES):
        (root / "all" / f"report-{number:06d}.txt").touch()
    (root / "all" / "zz.txt").write_text("the one that says marzipan\n")
    with Indexed(root) as home:
        home.index.start()
        pid = home.index.worker_pid
        home.index.drain(timeout_s=1000)
        assert pid is not None and pid == home.index.worker_pid
        assert home.index.coverage().indexed == FILES + 1
        last = f"report-{FILES - 1:06d}"
        assert home.found(last, mode="lexical")[0] == f"all/{last}.txt"
        assert home.found("marzipan")[0] == "all/zz.txt"
        assert peak_mb(pid) < WORKER_MB
        assert home.core.observer.scan() == 0
        (root / "all" / "report-000017.txt").unlink()
        (root / "all" / "new.txt").write_text("nougat\n")
        assert home.core.observer.scan() == 3  # and their folder
        home.index.drain(timeout_s=1000)
        assert home.found("nougat")[0] == "all/new.txt"


@pytest.mark.parametrize(
    "folders",
    [["d"] * DEPTH, [f"folder-{number}" for number in range(DEPTH)]],
    ids=["short names", "longer than PATH_MAX"],
)
def test_a_very_deep_tree(tmp_path: Path, folders: list[str]) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write_deep(root, folders, "pelican.txt", "a story about marzipan\n")
    write_deep(root, [], "top.txt", "nougat\n")
    path = "/".join([*folders, "pelican.txt"])
    with Indexed(root) as home:
        home.settle()
        assert home.index.failed() == []
        assert home.found("pelican", mode="lexical") == [path]
        assert home.found("marzipan", mode="lexical") == [path]
        assert path in home.found("marzipan")
        assert home.found("nougat", mode="lexical") == ["top.txt"]
        assert home.core.observer.scan() == 0
    if len(path) > 4096:
        return
    with serving(root):
        (hit,) = answer("search", "marzipan", "--mode", "lexical", cwd=root)["hits"]
        assert hit["path"] == path
        covered = answer("status", cwd=root)["coverage"]
        assert (covered["entries"], covered["embedded"], covered["failed"]) == (2, 2, 0)


@pytest.mark.parametrize("megabytes", [20, 100])
def test_a_very_long_log(tmp_path: Path, megabytes: int) -> None:
    """Of what is read as much as is kept of any file; what is larger is found by its name. What
    else there is waits for neither."""
    line = "2026-05-04 12:{0:02d} host service[{1}]: request {2} took {1} ms\n"
    block = "".join(line.format(n // 60 % 60, n, n * 31) for n in range(10_000))
    with Indexed(tmp_path) as home:
        with (home.root / "server.log").open("w") as file:
            file.write("the first line says walrus\n")
            for _ in range((megabytes << 20) // len(block)):
                file.write(block)
            file.write("the last line says narwhal\n")
        home.write("zz.txt", "a note about marzipan")
        home.core.observer.scan()
        home.index.start()
        pid = home.index.worker_pid
        wait_for(lambda: home.found("marzipan", mode="lexical"), 60, "the note")
        wait_for(lambda: home.index.coverage().pending == 0, 60, "all texts")
        ((status, reason),) = home.rows(
            "SELECT status, reason FROM documents WHERE path = ?", b"server.log"
        )
        if megabytes > 64:
            assert status == "large" and "max_file_bytes" in reason
            assert ("server.log", "too large", reason) in home.index.failed()
        else:
            assert status == "ok" and "only the first" in reason
            assert home.index.failed() == [("server.log", "read in part", reason)]
            assert home.found("walrus", mode="lexical") == ["server.log"]
        assert home.found("narwhal", mode="lexical") == []
        assert "server.log" in home.found("server", mode="lexical")
        assert pid is not None and peak_mb(pid) < LARGE_MB
