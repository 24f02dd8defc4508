"""Every kind of bad input: a clear message, the promised exit code, and nothing lost."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import FILES, LSFS, environment, lsfs, make_files, serving

from lsfs.commands.invocation import unexpected
from lsfs.location import check_catalog
from lsfs.lock import RootLock


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root that the tests here only fail at."""
    root = tmp_path_factory.mktemp("bad") / "root"
    make_files(root)
    assert lsfs("init", root, cwd=root).returncode == 0
    return root


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Path]:
    """The root with a daemon that answers for it."""
    with serving(root):
        yield root


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A root of its own."""
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_is_lost(root: Path) -> Iterator[None]:
    """After each test every file is what it was."""
    yield
    for name, text in FILES.items():
        assert (root / name).read_text() == text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["search", ""], 2, "an empty query"),
        (["search"], 2, "an empty query"),
        (["search", "  ", "--type", "pdf"], 2, "an empty query"),
        (["search", "x", "--mode", "psychic"], 2, "psychic"),
        (["search", "x", "--size", "big"], 2, "--size big"),
        (["search", "x", "--after", "the day after never"], 2, "names no time"),
        (["search", "x", "--limit", "0"], 2, "0"),
        (["search", "x", "--frobnicate"], 2, "--frobnicate"),
        (["frobnicate"], 2, "frobnicate"),
        (["ask", ""], 2, "an empty request"),
        (["ask"], 2, "an empty request"),
        (["history"], 2, "PATH"),
        (["history", "no/such/file.txt"], 2, "no/such/file.txt"),
        (["history", ""], 2, "an empty path"),
        (["index", "no/such/file.txt"], 2, "no/such/file.txt: no such file or folder"),
        (["index", "letter.txt", ""], 2, "an empty path"),
        (["similar", "tomatoes in the sun"], 2, "tomatoes in the sun"),
        (["summarize", "nowhere.md"], 2, "nowhere.md"),
        (["summarize"], 2, "nothing to summarise"),
        (["summarize", "--about", " "], 2, "an empty --about"),
        (["summarize", "letter.txt", "--about", "x", "--top", "3"], 2, "--top"),
        (["summarize", "letter.txt", "-n", "51"], 2, "at most 50"),
        (["diff", "letter.txt", "one"], 2, "one"),
        (["rollback", "letter.txt"], 2, "exactly one of"),
        (["rollback", "letter.txt", "--versions", "1", "--version", "2"], 2, "exactly one of"),
        (["rollback", "letter.txt", "--versions", "99"], 2, "letter.txt"),
        (["rollback", "letter.txt", "--to", "2101-01-01"], 2, "lies in the future"),
        (["restore", "notes", "--to", "soon"], 2, "names no time"),
        (["restore", "notes", "--to", "2999-01-01"], 2, "future"),
        (["restore", "notes", "--to", "tomorrow"], 2, "lies in the future"),
        (["restore", "notes", "--to", "25:00"], 2, "names no time"),
        (["rollback", "letter.txt", "--to", "12:60"], 2, "names no time"),
        (["search", "x", "--before", "99:99"], 2, "names no time"),
        (["ask", "restore notes to yesterday 25:00"], 2, "yesterday 25:00"),
        (["ask", "what changed in letter.txt since banana"], 2, "since banana"),
        (["init", "notes"], 2, "lies in the lsfs root"),
        (["undo", "4711"], 2, "4711"),
        (["group", ""], 2, "an empty query"),
        (["group", "--into", "g"], 2, "one group of all files"),
        (["group", "--by", "size"], 2, "size"),
        (["group", "--by", "type", "--count", "3"], 2, "--by topic"),
        (["group", "--in", "nowhere", "--by", "type"], 1, "no file to be grouped"),
        (["group", "letter", "--into", "../g"], 2, "no group can be called"),
        (["group", "--by", "type", "--form", "moves", "--folder", "x"], 8, "moves of everything"),
        (["groups", "--forget"], 2, "NAME"),
        (["groups", "nothing"], 1, "no group 'nothing'"),
        (["groups", "nothing", "--forget"], 1, "no group 'nothing'"),
        (["group", "x", "--into", "g", "--form", "links"], 2, "--folder"),
        (
            ["group", "--by", "type", "--in", "notes", "--form", "links", "--folder", "letter.txt"],
            2,
            "letter.txt is a file",
        ),
        (["history", "../../etc/passwd"], 8, "outside the root"),
        (["history", "/etc/passwd"], 8, "outside the root"),
        (["history", ".lsfs/catalog.db"], 8, ".lsfs"),
        (["serve", "--http", "nowhere"], 2, "HOST:PORT"),
    ],
)
def test_malformed_commands(served: Path, arguments: list[str], code: int, message: str) -> None:
    done = lsfs(*arguments, cwd=served)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("lsfs: ")
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_an_error_is_json_when_json_is_asked_for(served: Path) -> None:
    done = lsfs("history", "no-such-file", "--json", cwd=served)
    error = json.loads(done.stdout)["error"]
    assert done.returncode == error["exit_code"] == 2
    assert error["kind"] == "missing"
    assert "no-such-file" in error["message"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [("delete /etc/passwd", "refused"), ("delete nothing-like-it", "failed")],
)
def test_a_request_that_fails_has_an_outcome(served: Path, request_: str, status: str) -> None:
    done = lsfs("ask", request_, "--json", cwd=served)
    answer = json.loads(done.stdout)
    assert answer["outcome"]["status"] == status
    assert answer["outcome"]["error"]["message"] in done.stderr
    found = json.loads(lsfs("ask", "log", "--json", cwd=served).stdout)
    assert answer.keys() - {"error"} == found.keys()
    assert answer["outcome"].keys() == found["outcome"].keys()
    assert answer["outcome"]["changes"] == []
    assert done.returncode == answer["error"]["exit_code"]


def test_a_folder_that_is_no_root(tmp_path: Path) -> None:
    done = lsfs("search", "x", cwd=tmp_path)
    assert done.returncode == 4
    assert "lsfs init" in done.stderr


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_root_that_is_missing_or_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    for arguments in (["init", name], ["mount", name, "mnt"]):
        done = lsfs(*arguments, cwd=tmp_path)
        assert done.returncode == 2, done.stderr
        assert name in done.stderr
    for arguments in (["-C", name, "status"], ["serve", name]):
        done = lsfs(*arguments, cwd=tmp_path)
        assert done.returncode == 4, done.stderr
        assert name in done.stderr
    assert (tmp_path / "file.txt").read_text() == "x"


def test_a_state_directory_that_holds_nothing(root: Path, tmp_path: Path) -> None:
    assert lsfs("--state", tmp_path / "none", "status", cwd=root).returncode == 4


def test_a_root_locked_by_another_process(fresh: Path) -> None:
    lock = RootLock(fresh / ".lsfs", fresh)
    try:
        done = lsfs("search", "x", cwd=fresh)
    finally:
        lock.release()
    assert done.returncode == 5
    assert "in use" in done.stderr


def test_a_second_daemon(served: Path) -> None:
    assert lsfs("serve", cwd=served).returncode == 5


def test_a_setting_that_is_wrong(root: Path) -> None:
    done = lsfs("config", cwd=root, env={"LSFS_INDEXER_DEVICE": "abacus"})
    assert done.returncode == 3
    assert "indexer.device" in done.stderr


def test_a_catalog_that_is_none(fresh: Path) -> None:
    (fresh / ".lsfs" / "catalog.db").write_bytes(b"this is no database" * 100)
    done = lsfs("log", cwd=fresh)
    assert done.returncode == 3
    assert "catalog.db" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["this is no database", "", None])
def test_doctor_sees_a_catalog_that_is_broken_empty_or_missing(
    fresh: Path, text: str | None
) -> None:
    lose_catalog(fresh, text)
    done = lsfs("doctor", "--json", cwd=fresh)
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["catalog"]["state"] == "fail"
    assert "backup" in checks["catalog"]["advice"]
    assert done.returncode == 3


@pytest.mark.parametrize("text", ["", None])
@pytest.mark.parametrize("command", ["status", "log", "init"])
def test_a_lost_catalog_is_told_of_and_never_made_anew(
    fresh: Path, text: str | None, command: str
) -> None:
    lose_catalog(fresh, text)
    before = set((fresh / ".lsfs").rglob("*"))
    done = lsfs(command, cwd=fresh)
    assert done.returncode == 3, done.stderr
    assert "cannot be reached" in done.stderr
    assert "backup" in done.stderr
    assert set((fresh / ".lsfs").rglob("*")) <= before | {fresh / ".lsfs" / "lock"}
    shutil.move(fresh / ".lsfs", fresh / "old-state")
    assert lsfs("init", cwd=fresh).returncode == 0


def lose_catalog(root: Path, text: str | None) -> None:
    """A root with versions whose catalog is overwritten, or gone (None)."""
    (root / "note.txt").write_text("hello")
    assert lsfs("history", "note.txt", cwd=root).returncode == 0
    catalog = root / ".lsfs" / "catalog.db"
    for file in root.glob(".lsfs/catalog.db*"):
        file.unlink()
    if text is not None:
        catalog.write_text(text)


def test_a_fresh_state_has_lost_nothing(fresh: Path) -> None:
    check_catalog(fresh / ".lsfs")
    (fresh / ".lsfs" / "catalog.db").unlink()
    check_catalog(fresh / ".lsfs")  # nothing was kept yet: nothing is lost


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_folder_that_may_not_be_entered(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "x").mkdir(parents=True)
    closed.chmod(0o700)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", *LSFS, "init", closed / "x"],
        cwd="/", env=environment(PYTHONPATH=os.fspath(Path(__file__).parents[1])),
        capture_output=True, text=True,
    )  # fmt: skip
    if "No module" in done.stderr or "setpriv" in done.stderr:
        pytest.skip("another user cannot run this lsfs")
    assert done.returncode == 3, done.stderr
    assert "permission denied" in done.stderr
    assert str(closed / "x") in done.stderr


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_a_refusal_of_the_system_is_no_internal_error(number: int) -> None:
    for error in (OSError(number, os.strerror(number), "/x/y"), OSError(number, "?")):
        told = unexpected(error)
        assert told.kind in ("tree", "missing")
        assert "internal" not in told.message
    assert unexpected(ValueError("x")).kind == "internal"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed(served: Path, closed: str) -> None:
    for words in ("status", "search wedding", "ask 'find wedding'"):
        command = f"exec {shlex.join(LSFS)} {words} {closed}"
        done = subprocess.run(["sh", "-c", command], cwd=served, capture_output=True, text=True)
        assert (done.returncode, "lsfs: internal" in done.stderr) == (0, False), done.stderr


def test_a_full_disk_behind_stdout(served: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*LSFS, "status"], cwd=served, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 70
    assert done.stderr == "lsfs: cannot write the output: no space left on device\n"
    assert "internal" not in done.stderr


def test_what_follows_two_dashes_is_words(served: Path) -> None:
    before = (served / "letter.txt").read_text()
    for flag in ("--yes", "-y", "--json", "--dry-run"):
        done = lsfs("ask", "--", "delete", flag, "letter.txt", cwd=served)
        assert done.returncode in (2, 6) and done.stdout == "", (flag, done.stderr)
        done = lsfs("ask", "--", "delete", "no such.txt", flag, cwd=served)
        assert done.returncode in (2, 6) and done.stdout == "", (flag, done.stderr)
    assert (served / "letter.txt").read_text() == before
