"""What is left out of the index: by which rule, and what happens when the rules change."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faces import answer, lsfs
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import Indexed

from lsfs.config import Config, IndexerConfig
from lsfs.ignoring import Ignoring
from lsfs.indexer.connection import Connections
from lsfs.indexer.supervisor import Supervisor
from lsfs.indexer.texts import Texts
from lsfs.tree import Tree
from lsfs.worth import Worth

CACHE = "Signature: 8a477f597d28d172789f06886806bc55\n# made by a program\n"


def why(root: Path, path: str) -> str | None:
    with closing(Tree(root)) as tree:
        found = Ignoring(IndexerConfig(), tree).why(path)
    return found.reason if found else None


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, ".gitignore", "# built\nbuild/\n*.log\n!keep.log\n[\n\\#odd\n")
    write(tmp_path, "a/.gitignore", "/*.txt\n")
    write(tmp_path, ".lsfsignore", "!important.txt\nprivate/\n!node_modules\n!.env\n")
    write(tmp_path, "target/CACHEDIR.TAG", CACHE)
    write(tmp_path, "mine/CACHEDIR.TAG", "a text of that name")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("build/deep/x.txt", ".gitignore, line 2: build/"),
        ("a/build/x", ".gitignore, line 2: build/"),
        ("build", None),  # a file of that name is none: the pattern is of folders
        ("x.log", ".gitignore, line 3: *.log"),
        ("keep.log", None),
        ("build/keep.log", ".gitignore, line 2: build/"),  # its folder is left out
        ("#odd", ".gitignore, line 6: \\#odd"),
        ("a/b.txt", "a/.gitignore, line 1: /*.txt"),
        ("a/deeper/b.txt", None),
        ("a/important.txt", None),  # ours goes before git's
        ("private/x", ".lsfsignore, line 2: private/"),
        ("node_modules/x.js", None),
        ("a/.git/config", "the setting indexer.exclude: .git"),
        ("target/debug/x.rs", "target/CACHEDIR.TAG says so"),
        ("mine/x.rs", None),
        # no file of a folder gives a secret away
        ("a/.env", "a secret (setting indexer.secrets): .env"),
        (".ssh/config", "a secret"),
    ],
)
def test_by_which_rule(root: Path, path: str, by: str | None) -> None:
    found = why(root, path)
    assert found is None if by is None else found is not None and by in found


def test_rule_files_of_any_bytes_and_sizes(root: Path) -> None:
    (root / ".lsfsignore").write_bytes(b"\xff*.bin\n" + b"\0\n" + b"x" * 3_000_000)
    name = os.fsdecode(b"\xffa.bin")
    assert "%FF*.bin" in (why(root, name) or "")
    (root / ".gitignore").unlink()
    os.symlink("/etc/passwd", root / ".gitignore")  # not followed
    assert why(root, "x.log") is None
    os.mkfifo(root / "a" / ".lsfsignore")
    assert why(root, "a/deeper/b.txt") is None


def test_deep_trees(root: Path) -> None:
    assert why(root, "/".join("d" for _ in range(2000)) + "/x.log") is not None


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.text(max_size=12), max_size=6), name=st.text("ab/.*[]!\\ #", min_size=1))
def test_no_line_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], name: str
) -> None:
    root = tmp_path_factory.mktemp("odd")
    (root / ".gitignore").write_text("\n".join(lines), encoding="utf-8")
    assert isinstance(why(root, name.strip("/") or "x"), str | None)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Indexed]:
    with Indexed(tmp_path / "home", model="default") as indexed:
        indexed.write(".gitignore", "build/\n")
        indexed.write("build/report.txt", "the turbine of the power plant")
        indexed.write("src/report.txt", "the turbine of the other plant")
        indexed.write("node_modules/x/turbine.js", "turbine()")
        indexed.settle()
        yield indexed


def test_what_is_left_out_is_not_found_by_its_name_either(home: Indexed) -> None:
    assert home.found("turbine", mode="lexical") == ["src/report.txt"]
    assert home.found("turbine.js", mode="lexical") == ["src/report.txt"]


def test_rules_that_change_are_followed(home: Indexed) -> None:
    home.write(".gitignore", "src/\n")
    home.settle()
    assert home.found("turbine", mode="lexical") == ["build/report.txt"]
    os.rename(home.root / ".gitignore", home.root / "src" / ".gitignore")  # says src/src/ now
    home.settle()
    assert sorted(home.found("turbine", mode="lexical")) == ["build/report.txt", "src/report.txt"]
    os.rename(home.root / "src", home.root / "node_modules" / "src")
    home.settle()
    assert home.found("turbine", mode="lexical") == ["build/report.txt"]
    os.rename(home.root / "node_modules" / "src", home.root / "src")
    home.settle()
    assert len(home.found("turbine", mode="lexical")) == 2
    (home.root / "src" / ".gitignore").unlink()
    home.write("build/CACHEDIR.TAG", CACHE)
    home.settle()
    assert home.found("turbine", mode="lexical") == ["src/report.txt"]
    (names,) = home.rows("SELECT count(*) FROM documents WHERE status = 'excluded'")
    assert names == (3,)
    with closing(sqlite3.connect(home.config.catalog_file)) as catalog:  # words fit their rows
        catalog.execute("INSERT INTO names(names) VALUES ('integrity-check')")


def test_a_rule_that_comes_while_a_file_is_read_holds_for_it(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("d/plan.txt", "the words of the xylophone")
        home.write("d/plan.md", "the words of the glockenspiel")
        home.core.observer.scan()
        connections = Connections(home.config.catalog_file)
        texts = Texts(home.config, lambda ids: None, threading.Lock())
        texts.readers.hold()
        texts._give_out(connections.get())
        assert len(texts._read) == 2
        home.write("d/.gitignore", "*.txt\n")
        home.core.observer.reconcile(["d/.gitignore"])
        texts.nudge()
        texts.readers.go_on()
        while texts.step(connections.get()):
            assert not home.rows("SELECT 1 FROM chunks WHERE text LIKE '%xylophone%'")
        texts.interrupt()
        standing = [home.index.standing(path) for path in ("d/plan.txt", "d/plan.md")]
        assert [one and one["status"] for one in standing] == ["excluded", "ok"]
        assert home.rows("SELECT count(*) FROM queue") == [(0,)]
        connections.close()


@pytest.mark.parametrize(
    ("exclude", "left_out"),
    [
        (("build/",), {"build/x.py"}),
        (("/out",), {"out/x.py"}),
        (("docs/private",), {"docs/private/x.py"}),
        (("docs/**", "!docs/private/x.py"), {"docs/private/x.py"}),  # its folder is left out
        (("*.tmp", "!keep.tmp"), {"lose.tmp"}),
        (("[", "# a comment", ""), set()),
        ((), set()),
    ],
)
def test_a_setting_says_the_same_to_index_watcher_and_versions(
    tmp_path: Path, exclude: tuple[str, ...], left_out: set[str]
) -> None:
    paths = "build/x.py src/build a/out/x.py out/x.py docs/private/x.py private/x.py".split()
    paths += ["keep.tmp", "lose.tmp"]
    for path in paths:
        write(tmp_path, path, "text")
    indexer = IndexerConfig(exclude=exclude, secrets=())
    config = Config(root=tmp_path, state=tmp_path / ".lsfs", indexer=indexer)
    with closing(Tree(tmp_path)) as tree:
        ignoring = Ignoring(indexer, tree)
        assert {path for path in paths if ignoring.why(path)} == left_out
    supervisor = Supervisor(config, lambda paths: None, lambda: None)
    for is_excluded in (Worth(config).is_excluded, supervisor.is_excluded):
        assert set(filter(is_excluded, paths)) == left_out
    assert supervisor.is_excluded("build", is_folder=True) == (exclude == ("build/",))


def test_settings_that_change_are_followed(tmp_path: Path) -> None:
    with Indexed(tmp_path / "home", max_file_bytes=20) as small:
        small.write("long.txt", "a sentence that is longer than twenty bytes: zeppelin")
        small.write(".env", "zeppelin")
        small.settle()
        assert small.found("zeppelin", mode="lexical") == []
        assert small.index.failed()[0][0] == "long.txt"
    with Indexed(tmp_path / "home", max_file_bytes=2000) as large:
        large.settle()
        assert large.found("zeppelin", mode="lexical") == ["long.txt"]
        assert large.index.failed() == []
    (tmp_path / "home" / ".lsfs" / "config.toml").write_text("[indexer]\nsecrets = []\n")
    with Indexed(tmp_path / "home") as told:
        told.settle()
        found = told.found("zeppelin", mode="lexical", hidden="too")
        assert sorted(found) == [".env", "long.txt"]
        assert told.found("zeppelin", mode="lexical") == ["long.txt"]
        assert ".env" in told.found("zeppelin in .env", mode="lexical")


def test_hidden_files_leave_room_for_those_that_are_seen(tmp_path: Path) -> None:
    with Indexed(tmp_path / "home") as home:
        for number in range(150):
            home.write(f".store/{number}.txt", f"zebra {number}")
        home.write("seen.txt", "a long walk among many things, and at its end there was a zebra")
        home.settle()
        assert home.found("zebra", mode="lexical") == ["seen.txt"]
        assert len(home.found("zebra", mode="lexical", hidden="too", limit=50)) == 50


def test_status_says_why(root: Path) -> None:
    write(root, "notes.md", "# Title\n\nText.\n")
    write(root, "build/x.txt", "text")
    os.symlink("notes.md", root / "link")
    assert lsfs("init", root, cwd=root).returncode == 0
    assert lsfs("index", cwd=root).returncode == 0
    told = answer("status", "--why", "notes.md", cwd=root)
    assert (told["status"], told["left_out"], told["passages"], told["embedded"]) == (
        "ok",
        None,
        1,
        1,
    )
    assert told["title"] == "Title"
    told = answer("status", "--why", "build/x.txt", cwd=root)
    assert (told["status"], told["left_out"]) == ("excluded", told["reason"])
    folder = answer("status", "--why", "build", cwd=root)
    assert (folder["kind"], folder["files"]) == ("directory", {"excluded": 1})
    assert "line 2: build/" in folder["left_out"]
    shown = lsfs("status", "--why", "link", cwd=root).stdout
    assert shown == "index\tfound by name: a link\nwhy\ta symbolic link: not followed\n"
    assert lsfs("status", "--why", "nothing", cwd=root).returncode == 2
    assert answer("status", "--why", ".", cwd=root)["left_out"] is None
    write(root, ".lsfsignore", "!build\n")
    assert (
        lsfs("status", "--why", "build/x.txt", cwd=root).stdout
        == "index\twaiting to be looked at\n"
    )
