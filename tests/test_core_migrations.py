"""A catalog of an older lsfs, or whose migration was killed: it opens, with all there was."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from deadly import deadly
from faces import answer, lsfs

from lsfs.database import connect
from lsfs.schema import MIGRATIONS, migrate

NOT_YET = 1 << 60
OLDEST = 2
"""The first that was ever in use had the tables of the index."""
ROWS = """
INSERT INTO entries(id, path, kind, device, inode, size, mtime_ns, ctime_ns, mode, content, gone_ns)
    VALUES (1, x'61', 'directory', 1, 11, 0, 100, 100, 16877, NULL, NULL),
           (2, x'612f6e2e747874', 'file', 1, 12, 9, 200, 210, 33188, 'ab', NULL),
           (3, x'6f6c642e747874', 'file', 1, 13, 5, 300, 310, 33188, 'cd', 400);
INSERT INTO versions(entry, path, at_ns, kind, size, mode, uid, gid, mtime_ns, content, actor)
    VALUES (2, x'612f6e2e747874', 210, 'file', 9, 33188, 0, 0, 200, 'ab', 'mount'),
           (3, x'6f6c642e747874', 310, 'file', 5, 33188, 0, 0, 300, 'cd', 'outside');
INSERT INTO journal(at_ns, actor, parser, operations, state)
    VALUES (500, 'cli', 'exact', '[]', 'done');
INSERT INTO journal_steps(journal, step, act, inverse) VALUES (1, 0, '{}', '[]');
INSERT INTO groups VALUES ('trip', 1, NULL);
INSERT INTO group_members VALUES ('trip', 0, 2);
INSERT INTO queue(entry, at_ns) VALUES (2, 1);
INSERT INTO documents(entry, status, path, size, mtime_ns, ctime_ns, fingerprint)
    VALUES (2, 'ok', x'612f6e2e747874', 9, 200, 210, 'f');
INSERT INTO chunks(id, entry, sequence, text, place, hash, embedded)
    VALUES (7, 2, 0, 'lentil soup', '{}', x'01', 1);
INSERT INTO passages(rowid, text, heading) VALUES (7, 'lentil soup', '');
INSERT INTO vectors(chunk, model, vector) VALUES (7, 'm', zeroblob(768));
"""  # fmt: skip
TABLES = (
    "entries", "versions", "journal", "journal_steps", "groups", "group_members", "queue",
    "documents", "chunks", "vectors",
)  # fmt: skip


def make_old(file: Path, version: int) -> None:
    """A catalog as the code of that schema left it, with rows in every table."""
    with closing(connect(file)) as connection:
        connection.create_function("folder_of", 1, os.path.dirname, deterministic=True)
        for number, script in enumerate(MIGRATIONS[:version], start=1):
            connection.executescript(f"BEGIN;{script};PRAGMA user_version = {number};COMMIT;")
            if number == OLDEST:
                connection.executescript(ROWS)


def shape(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Tables with their columns, and indexes; nothing of how they came to be."""
    found = set()
    for kind, name in connection.execute("SELECT type, name FROM sqlite_schema").fetchall():
        columns = connection.execute(f"SELECT name, type, pk FROM pragma_table_info('{name}')")
        found.add((kind, name, *map(str, columns.fetchall())))
    return found


def contents(connection: sqlite3.Connection) -> dict[str, object]:
    """What must be the same whichever version it comes from."""
    found: dict[str, object] = {
        table: connection.execute(f"SELECT * FROM {table}").fetchall()
        for table in (*TABLES, "places")
    }
    found["words"] = connection.execute(
        "SELECT rowid FROM passages WHERE passages MATCH 'lentil'"
    ).fetchall()
    found["check"] = connection.execute("PRAGMA integrity_check").fetchall()
    found["references"] = connection.execute("PRAGMA foreign_key_check").fetchall()
    return found


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, object]:
    """Shape and contents after every migration without a fault."""
    file = tmp_path_factory.mktemp("newest") / "catalog.db"
    make_old(file, OLDEST)
    with closing(connect(file)) as connection:
        migrate(connection)
        assert contents(connection)["entries"]
        return shape(connection), contents(connection)


@pytest.mark.parametrize("version", range(OLDEST, len(MIGRATIONS) + 1))
def test_a_catalog_of_any_version_opens_with_all_its_rows(
    tmp_path: Path, version: int, newest: tuple[object, object]
) -> None:
    file = tmp_path / "catalog.db"
    make_old(file, version)
    with closing(connect(file)) as connection:
        migrate(connection)
        assert (shape(connection), contents(connection)) == newest
    with closing(connect(tmp_path / "fresh.db")) as fresh:
        migrate(fresh)
        assert shape(fresh) == newest[0]


def test_a_migration_that_is_killed_at_any_call_is_finished_later(
    tmp_path: Path, newest: tuple[object, object]
) -> None:
    command = [sys.executable, __file__, str(tmp_path)]
    done = subprocess.run(
        command, env={**os.environ, **deadly(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout) > 2 * (len(MIGRATIONS) - OLDEST)
    for file in tmp_path.glob("left-*.db"):
        with closing(connect(file)) as connection:
            migrate(connection)
            assert (shape(connection), contents(connection)) == newest, file.name


def test_an_old_root_is_opened_as_any_other(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("lentil soup\n")
    assert lsfs("init", root, cwd=root).returncode == 0
    for file in root.glob(".lsfs/catalog.db*"):
        file.unlink()
    make_old(root / ".lsfs" / "catalog.db", OLDEST)
    assert lsfs("history", "a.txt", cwd=root).returncode == 0
    assert answer("status", cwd=root)["coverage"]["entries"] == 1
    # what the catalog had of files that are gone is still there
    told = lsfs("history", "old.txt", cwd=root)
    assert told.returncode == 0 and "outside" in told.stdout, told


@pytest.mark.parametrize("command", ["status", "log", "init"])
def test_a_catalog_of_a_newer_lsfs_is_left_alone(tmp_path: Path, command: str) -> None:
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    catalog = tmp_path / ".lsfs" / "catalog.db"
    with closing(connect(catalog)) as connection:
        connection.execute("PRAGMA user_version = 99")
    done = lsfs(command, cwd=tmp_path)
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert "newer lsfs" in done.stderr and "Traceback" not in done.stderr
    with closing(connect(catalog)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)


def _killed(folder: Path) -> int:
    """A copy of an old catalog for each call at which its migration dies; how many there were."""
    old = folder / "old.db"
    make_old(old, OLDEST)
    for calls in range(1, NOT_YET):
        file = folder / f"left-{calls}.db"
        shutil.copy(old, file)
        pid = os.fork()
        if not pid:
            with closing(connect(file)) as connection:
                ctypes.CDLL(None).deadly_after(ctypes.c_long(calls))
                migrate(connection)
                ctypes.CDLL(None).deadly_after(ctypes.c_long(NOT_YET))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if status != signal.SIGKILL:
            return calls if status == 0 else -1
    return -1


if __name__ == "__main__":
    print(_killed(Path(sys.argv[1])))
