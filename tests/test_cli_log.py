"""`lsfs log`: of a time, and of one actor."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
from faces import answer, lsfs, make_files

import lsfs as package


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two acts of the command line, then one of Python, more than a second apart."""
    root = tmp_path_factory.mktemp("log") / "root"
    make_files(root)
    assert lsfs("init", cwd=root).returncode == 0
    for words in (("ask", "create b.txt"), ("ask", "rename b.txt to c.txt")):
        assert lsfs(*words, "--yes", cwd=root).returncode == 0
        time.sleep(1.1)
    with package.open(root) as fs:
        fs.run([{"op": "mkdir", "path": "made"}], yes=True)
    return root


def test_of_a_time(root: Path) -> None:
    rows = answer("log", cwd=root)["outcome"]["rows"]
    assert [row["actor"] for row in rows] == ["python", "cli", "cli"]
    made, renamed, created = (datetime.fromisoformat(row["at"]) for row in rows)
    since = answer("log", "--after", renamed.isoformat(), cwd=root)["outcome"]["rows"]
    assert [row["id"] for row in since] == [rows[0]["id"], rows[1]["id"]]
    until = answer("log", "--before", renamed.isoformat(), cwd=root)["outcome"]["rows"]
    assert [row["id"] for row in until] == [rows[2]["id"]]
    with package.open(root) as fs:
        (one,) = fs.log(after=renamed, before=made)
        assert one["id"] == rows[1]["id"]
        assert fs.log(after=made, before=created) == ()


def test_of_one_actor(root: Path) -> None:
    rows = answer("log", "--actor", "cli", "-n", "1", cwd=root)["outcome"]["rows"]
    assert [row["request"] for row in rows] == ["rename b.txt to c.txt"]
    none = lsfs("log", "--actor", "nobody", cwd=root)
    assert (none.returncode, none.stdout) == (1, "")


def test_in_words(root: Path) -> None:
    assert len(answer("ask", "what did I do today", cwd=root)["outcome"]["rows"]) == 3
    for words in ("what was done yesterday", "show the log of last week", "昨天做了什么操作"):
        assert lsfs("ask", words, cwd=root).returncode == 1, words


def test_what_is_no_time(root: Path) -> None:
    refused = lsfs("log", "--after", "soon enough", cwd=root)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "soon enough" in refused.stderr
