"""`lsfs gc`, `verify`, `restore`, `lock` and `unlock`, and odd names, each a process of its own."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path

import pytest
from faces import answer, lsfs, make_files, on_terminal, serving

import lsfs as lsfs_python

SETTINGS = (
    "[versions]\nkeep_all_days = 0\nkeep_daily_days = 0\nkeep_weekly_days = 0\nkeep_last = 1\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root in which one file has three versions, all of them old."""
    root = tmp_path / "root"
    make_files(root)
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    for number in range(3):
        (root / "many.txt").write_text(f"{number}\n" * 500)
        assert lsfs("history", "many.txt", cwd=root).returncode == 0
    with sqlite3.connect(root / ".lsfs" / "catalog.db") as catalog:
        catalog.execute("UPDATE versions SET at_ns = at_ns - ?", (10 * 86_400 * 10**9,))
    (root / ".lsfs" / "config.toml").write_text(SETTINGS)
    return root


def test_gc_tells_asks_and_acts(root: Path) -> None:
    told = answer("gc", "--dry-run", cwd=root)
    assert (told["dry_run"], told["versions"]) == (True, 2)
    assert told["freed_bytes"] > 0
    refused = lsfs("gc", cwd=root)
    assert refused.returncode == 6
    assert "needs a yes" in refused.stderr
    code, shown = on_terminal("gc", cwd=root, typed="n\n")
    assert code == 6 and "Do this?" in shown
    assert answer("gc", "--dry-run", cwd=root)["versions"] == 2
    done = lsfs("gc", "--yes", cwd=root)
    assert (done.returncode, done.stdout.startswith("let go of 2 versions")) == (0, True)
    assert len(answer("history", "many.txt", cwd=root)["outcome"]["rows"]) == 1
    assert lsfs("gc", cwd=root).returncode == 0  # nothing to ask about


def test_verify(root: Path) -> None:
    done = lsfs("verify", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "all is there" in done.stdout
    blob = next(iter((root / ".lsfs" / "blobs").glob("??/*.zst")))
    blob.unlink()
    told = answer("verify", cwd=root, code=7 if not _is_current(root, blob) else 0)
    assert len(told["problems"]) + len(told["repaired"]) == 1
    assert lsfs("verify", cwd=root).returncode == 0


def _is_current(root: Path, blob: Path) -> bool:
    with sqlite3.connect(root / ".lsfs" / "catalog.db") as catalog:
        sql = "SELECT 1 FROM entries WHERE content = ? AND gone_ns IS NULL"
        return catalog.execute(sql, (blob.name.partition(".")[0],)).fetchone() is not None


def test_restore(root: Path) -> None:
    letter = (root / "letter.txt").read_text()
    then = datetime.now().astimezone().isoformat()
    time.sleep(0.05)
    (root / "letter.txt").unlink()
    (root / "new.txt").write_text("later\n")
    refused = lsfs("restore", ".", "--to", then, cwd=root)
    assert refused.returncode == 6
    assert "rollback letter.txt" in refused.stderr
    done = lsfs("restore", ".", "--to", then, "--yes", cwd=root)
    assert done.returncode == 0, done.stderr
    assert (root / "letter.txt").read_text() == letter
    assert not (root / "new.txt").exists()
    assert lsfs("undo", "--yes", cwd=root).returncode == 0
    assert (root / "new.txt").exists()
    assert not (root / "letter.txt").exists()


def test_hints_can_be_typed_where_one_stands(root: Path) -> None:
    (root / "deep er").mkdir()
    (root / "deep er" / "it's.txt").write_text("one\n")
    refused = lsfs("rollback", "it's.txt", "--versions", "7", cwd=root / "deep er")
    assert refused.returncode == 2
    assert "`lsfs history 'it'\"'\"'s.txt'` lists what there is" in refused.stderr


def test_gc_goes_by_the_settings_of_now(root: Path) -> None:
    """Whatever the daemon was started with: it would let go of what is to be kept by now."""
    with serving(root):
        (root / ".lsfs" / "config.toml").write_text("[versions]\nkeep_last = 99\n")
        assert answer("gc", "--dry-run", cwd=root)["versions"] == 0
        done = lsfs("gc", "--yes", cwd=root)
        assert (done.returncode, done.stdout[:20]) == (0, "nothing to let go of")
        with lsfs_python.open(root) as fs:
            assert fs.call("gc", {"dry_run": True})["versions"] == 0
            (root / ".lsfs" / "config.toml").write_text(SETTINGS)
            assert fs.call("gc", {"dry_run": True})["versions"] == 2
        env = {"LSFS_VERSIONS_KEEP_LAST": "2"}
        done = lsfs("gc", "--dry-run", cwd=root, env=env)
        assert done.stdout.startswith("would let go of 1 version ")


def test_settings_that_the_daemon_does_not_go_by_are_said(root: Path) -> None:
    said = "started with other settings (versions.keep_last); after `lsfs stop`"
    with serving(root):
        for command in ("status", "config"):
            assert "other settings" not in lsfs(command, cwd=root).stderr
        here = {"LSFS_VERSIONS_KEEP_LAST": "7"}
        assert said in lsfs("config", cwd=root, env=here).stderr
        (root / ".lsfs" / "config.toml").write_text(SETTINGS.replace("last = 1", "last = 5"))
        for command in ("status", "config"):
            assert said in lsfs(command, cwd=root).stderr
        assert any(said in notice for notice in answer("status", cwd=root)["notices"])
        (root / ".lsfs" / "config.toml").write_text("[versions")
        status = lsfs("status", cwd=root)
        assert (status.returncode, "cannot be read any more" in status.stderr) == (0, True)
    assert lsfs("config", cwd=root).returncode == 3
    (root / ".lsfs" / "config.toml").write_text(SETTINGS)
    assert "other settings" not in lsfs("config", cwd=root).stderr


def test_lock_and_unlock(root: Path) -> None:
    letter = root / "letter.txt"
    mode = letter.stat().st_mode
    done = lsfs("lock", "../letter.txt", cwd=root / "notes")
    assert done.returncode == 0, done.stderr
    assert letter.stat().st_mode & 0o222 == 0
    refused = lsfs("ask", "append 'x' to letter.txt", "--yes", cwd=root)
    assert refused.returncode == 8
    assert "letter.txt is read-only" in refused.stderr
    assert "lsfs unlock letter.txt" in refused.stderr
    assert lsfs("undo", "--yes", cwd=root).returncode == 0
    assert letter.stat().st_mode == mode
    assert lsfs("lock", "letter.txt", "many.txt", cwd=root).returncode == 6  # more than one
    assert lsfs("lock", "letter.txt", "notes", "--yes", cwd=root).returncode == 0
    assert (root / "notes").stat().st_mode & 0o222 == 0
    assert lsfs("unlock", "letter.txt", "notes", "--yes", cwd=root).returncode == 0
    assert letter.stat().st_mode & 0o200
    assert (root / "notes").stat().st_mode & 0o200
    assert lsfs("lock", "no-such-file", cwd=root).returncode == 2
    assert lsfs("lock", cwd=root).returncode == 2


def test_odd_names_are_typed_as_they_are_printed(root: Path) -> None:
    for folder in ("~", "~root"):
        (root / folder).mkdir()
    names = ["~/a.txt", "~root/b.txt", "new\nline.txt", os.fsdecode(b"bad\xff\xfe.txt"), "\\n.txt"]
    for name in names:
        (root / name).write_text(name.encode("utf-8", "backslashreplace").decode() + "\n")
    for name, typed in (
        *zip(names, names, strict=True), (names[2], "new\\nline.txt"), (names[3], "bad%FF%FE.txt")
    ):  # fmt: skip
        done = lsfs("history", typed, cwd=root)
        assert done.returncode == 0, done.stderr
        assert os.fsencode(done.stdout).rstrip(b"\n").endswith(os.fsencode(name)) or "\n" in name
    assert b"bad\xff\xfe.txt" in os.fsencode(lsfs("history", names[3], cwd=root).stdout)
    (root / "bad%FF%FE.txt").write_text("this one is called so\n")
    done = lsfs("history", "bad%FF%FE.txt", cwd=root)
    assert done.stdout.rstrip("\n").endswith("bad%FF%FE.txt")
    assert lsfs("history", "~/x", cwd=root).returncode == 2
