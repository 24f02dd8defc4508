"""The whole path on a real mount: fresh answers, versions, and processes that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faces import answer, lsfs, make_files
from waiting import wait_for

from lsfs import daemon

pytestmark = [pytest.mark.usefixtures("fuse_required"), pytest.mark.timeout(180)]
FRESH_S = 5.0
"""A change is findable within this, on an idle machine."""


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A mounted, indexed root; its mountpoint. The root is beside it as `root`."""
    root, mountpoint = tmp_path / "root", tmp_path / "mnt"
    make_files(root)
    mountpoint.mkdir()
    done = lsfs("mount", root, mountpoint, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert lsfs("index", cwd=root).returncode == 0
    yield mountpoint
    lsfs("umount", "--lazy", mountpoint, cwd=tmp_path)
    lsfs("stop", "-C", root, cwd=tmp_path)


def found(mountpoint: Path, query: str) -> list[str]:
    """The paths a search answers with."""
    done = lsfs("search", query, "--json", "--mode", "lexical", cwd=mountpoint)
    return [hit["path"] for hit in json.loads(done.stdout)["hits"]] if done.stdout else []


def versions(mountpoint: Path, path: str) -> list[Any]:
    """The rows of `lsfs history`, newest first."""
    rows: list[Any] = answer("history", path, cwd=mountpoint)["outcome"]["rows"]
    return rows


def test_a_change_is_findable_at_once_and_a_removed_file_gone(mounted: Path) -> None:
    root = mounted.parent / "root"
    (mounted / "through.txt").write_text("A wombat digs at night.\n")
    (root / "behind.txt").write_text("A platypus lays eggs.\n")
    wait_for(lambda: found(mounted, "wombat") == ["through.txt"], timeout_s=FRESH_S)
    wait_for(lambda: found(mounted, "platypus") == ["behind.txt"], timeout_s=FRESH_S)
    (mounted / "through.txt").write_text("An echidna digs by day.\n")
    wait_for(lambda: found(mounted, "echidna") == ["through.txt"], timeout_s=FRESH_S)
    assert found(mounted, "wombat") == []
    assert lsfs("ask", "delete through.txt", "--yes", cwd=mounted).returncode == 0
    assert found(mounted, "echidna") == []
    os.unlink(root / "behind.txt")
    wait_for(lambda: found(mounted, "platypus") == [], timeout_s=FRESH_S)


def test_versions_survive_a_killed_daemon(mounted: Path) -> None:
    root = mounted.parent / "root"
    known = daemon.health(root / ".lsfs" / "daemon.sock")
    assert known is not None
    (mounted / "diary.txt").write_text("one\n")
    pid = int(known["pid"])
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{pid}/fd/0").exists())  # until then it may still be called
    for text in ("two\n", "three\n"):
        (mounted / "diary.txt").write_text(text)
    assert (root / "diary.txt").read_text() == "three\n"
    rows = versions(root, "diary.txt")
    assert [row["size"] for row in rows] == [6, 4, 4]
    assert lsfs("rollback", "diary.txt", "--versions", "2", cwd=root).returncode == 0
    assert (root / "diary.txt").read_text() == "one\n"


def test_search_answers_again_after_the_worker_is_killed(mounted: Path) -> None:
    subprocess.run(["pkill", "-9", "-f", f"lsfs.indexer.worker.*{mounted.parent}"], check=True)
    wait_for(lambda: "notes/garden.md" in found(mounted, "tomatoes"), timeout_s=20)


def test_history_and_searches_are_folders_in_the_mount(mounted: Path) -> None:
    (mounted / "letter.txt").write_text("Dear Ben,\n")
    wait_for(lambda: len(versions(mounted, "letter.txt")) == 2, timeout_s=FRESH_S)
    shown = sorted((mounted / ".lsfs" / "history" / "letter.txt").iterdir())
    assert [file.read_text() for file in shown] == [
        "Dear Anna,\nthank you for the invitation to the wedding.\n",
        "Dear Ben,\n",
    ]
    hits = list((mounted / ".lsfs" / "search" / "kernel scheduling").iterdir())
    assert (mounted / "notes" / "scheduling.md").read_text() in {hit.read_text() for hit in hits}
    status = json.loads((mounted / ".lsfs" / "status.json").read_text())
    assert status["root"] == str(mounted.parent / "root")
    assert ".lsfs" not in os.listdir(mounted)


def test_an_undo_brings_back_a_tree_a_program_removed(mounted: Path) -> None:
    before = (mounted / "notes" / "garden.md").read_bytes()
    subprocess.run(["rm", "-r", mounted / "notes"], check=True)
    assert lsfs("undo", "--yes", cwd=mounted).returncode == 0
    assert (mounted / "notes" / "garden.md").read_bytes() == before
    assert (mounted / "notes" / "scheduling.md").exists()


def test_a_huge_file_costs_nothing_and_is_found_by_name(mounted: Path) -> None:
    root = mounted.parent / "root"
    with (root / "holiday-film.txt").open("wb") as stream:
        stream.truncate(2 * 2**30)
    assert lsfs("index", cwd=mounted).returncode == 0
    assert found(mounted, "holiday film") == ["holiday-film.txt"]
    assert "holiday-film.txt" in lsfs("status", "--failed", cwd=mounted).stdout
    blobs = sum(f.stat().st_blocks * 512 for f in (root / ".lsfs" / "blobs").rglob("*"))
    assert blobs < 2**20


def test_a_copied_folder_is_one_undo(mounted: Path) -> None:
    subprocess.run(["cp", "-r", mounted / "notes", mounted / "copy"], check=True)
    wait_for(lambda: len(versions(mounted, "copy/garden.md")) == 1, timeout_s=FRESH_S)
    assert lsfs("undo", "--yes", cwd=mounted).returncode == 0
    wait_for(lambda: not (mounted / "copy").exists(), timeout_s=2)  # the kernel's cache: a second
    assert (mounted / "notes" / "garden.md").exists()
