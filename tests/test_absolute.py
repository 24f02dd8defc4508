"""Absolute paths of the machine that lie in the root, or in a mount of it, name what is there: for
commands, for requests and for Python alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faces import lsfs, make_files
from whole import Whole, whole

import lsfs as package
from lsfs.errors import ConfirmationError, MissingPathError, NotUnderstoodError, PolicyError
from lsfs.paths import below_top

GARDEN = "notes/garden.md"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/r/a/b.md", "a/b.md"), ("/r", ""), ("/r/", ""), ("/r//a/../b", "b"), ("/m n/x", "x"),
        ("~/docs/x", "x"), ("/r2/a", None), ("/r/../etc", None), ("r/a", None), ("/a/b.md", None),
        ("", None), ("~nobody/x", None),
    ],
)  # fmt: skip
def test_where_a_path_lies(monkeypatch: pytest.MonkeyPatch, path: str, found: str | None) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert below_top(path, ["/r", "/m n", "/home/me/docs"]) == found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("home")
    make_files(folder / "root")
    (folder / "root" / "deep").mkdir()
    (folder / "root" / "deep" / "only here.md").write_text("deep\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        )
        patch.setenv("HOME", str(folder))
        with whole(folder) as mounted:
            yield mounted


def planned(home: Whole, request: str, folder: str = "") -> dict[str, Any]:
    told = home.call("ask", request=request, folder=folder, dry_run=True)
    (operation,) = told["plan"]["operations"]
    return {key: value for key, value in operation.items() if key not in ("into", "as_line")}


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("delete {}/notes/garden.md", {"op": "remove", "target": {"paths": [GARDEN]}}),
    ("delete '{}/notes/garden.md'", {"op": "remove", "target": {"paths": [GARDEN]}}),
    ("删除{}/notes/garden.md", {"op": "remove", "target": {"paths": [GARDEN]}}),
    ("create {}/new.md", {"op": "create", "path": "new.md"}),
    ("create folder {}/new/sub", {"op": "mkdir", "path": "new/sub"}),
    (
        "move {}/letter.txt to {}/notes/",
        {"op": "move", "target": {"paths": ["letter.txt"]}, "to": "notes/letter.txt"},
    ),
    (
        "move {}/notes/garden.md to {}",
        {"op": "move", "target": {"paths": [GARDEN]}, "to": "garden.md"},
    ),
    (
        "append 'see {}/letter.txt' to {}/notes/garden.md",
        {"op": "append", "path": GARDEN, "text": "see {}/letter.txt"},
    ),
    (
        "write to letter.txt: see {}/notes/garden.md",
        {"op": "write", "path": "letter.txt", "text": "see {}/notes/garden.md"},
    ),
]


@pytest.mark.parametrize(("request_", "plan"), REQUESTS)
@pytest.mark.parametrize("folder", ["", "notes"])
def test_requests(home: Whole, request_: str, plan: dict[str, Any], folder: str) -> None:
    for top in (str(home.root), str(home.point), "~/root", "~/mnt"):
        said = request_.replace("{}", top)
        text = {"text": plan["text"].replace("{}", top)} if "text" in plan else {}
        assert planned(home, said, folder) == {**plan, **text}, said


@pytest.mark.parametrize("folder", ["", "notes"])
def test_a_name_that_is_not_there_is_not_taken_from_elsewhere(home: Whole, folder: str) -> None:
    for place in (f"{home.root}/'", "./'", "../'"):
        name = f"delete '{place[:-1]}only here.md'"
        with pytest.raises((ConfirmationError, MissingPathError, NotUnderstoodError)):
            home.call("ask", request=name, folder=folder, yes=True)
        assert (home.root / "deep" / "only here.md").exists()


def test_elsewhere_is_still_outside(home: Whole) -> None:
    for path in (f"{home.root}2/x.md", "/etc/passwd", "~/x.md", f"{home.root}/../x.md"):
        with pytest.raises(PolicyError):
            home.call("ask", request=f"delete {path}")


def test_commands_and_python(home: Whole) -> None:
    text = (home.root / GARDEN).read_text()
    with package.open(home.root) as fs:
        for top in (str(home.root), str(home.point), "~/root", "~/mnt"):
            assert fs.read(f"{top}/{GARDEN}") == fs.read(f"/{GARDEN}") == text
            assert "notes/garden.md" in [row["path"] for row in fs.list(f"{top}/notes").rows]
            with pytest.raises(ConfirmationError):
                fs.ask(f"delete {top}/{GARDEN}")
        with pytest.raises(PolicyError):
            fs.ask("delete /etc/passwd")
    for place in (home.root, home.point):
        done = lsfs("history", place / GARDEN, cwd=home.root)
        assert (done.returncode, "first seen" in done.stdout) == (0, True), done.stderr
