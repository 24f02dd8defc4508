"""TAB in a session of `lsfs ask` completes paths of the root."""

from __future__ import annotations

from pathlib import Path

import pytest
from faces import lsfs, on_terminal

from lsfs.commands.completing import PathCompleter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("notes/plan.md", "notes/places to go.md", "My Photos/a.jpg", "Zoë's list.txt",
                 ".lsfs/catalog.db", ".config", "x\ny.txt"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("delete no", ["notes/"]),
        ("read notes/pl", ["'notes/places to go.md'", "notes/plan.md"]),
        ("move 'notes/plac", ["'notes/places to go.md'"]),
        ("move 'notes/places to g", ["go.md'"]),
        ("list My", ["'My Photos/"]),
        ("list 'My Photos/", ["Photos/a.jpg'"]),
        ("lock Zo", ['"Zoë\'s list.txt"']),
        ("read .", [".config"]),
        ("read .lsfs/", []),
        ("read ../", []),
        ("read /etc/pass", []),
        ("read x", []),
        ("read wed", ["Trips/wedding.jpg"]),
        ("read nothing", []),
        ("it's no", ["notes/"]),
        ("", ['"Zoë\'s list.txt"', "'My Photos/", "notes/"]),
    ],
)
def test_completions_of_the_last_word(root: Path, line: str, completed: list[str]) -> None:
    completer = PathCompleter(root)
    completer.shown = ("Trips/wedding.jpg",)
    begin = max(line.rfind(mark) for mark in " \t") + 1
    assert sorted(completer.completions(line, begin)) == sorted(completed)


def test_tab_in_a_session(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / "shopping list.txt").write_text("milk\n")
    assert lsfs("init", cwd=tmp_path).returncode == 0
    code, shown = on_terminal("ask", cwd=tmp_path, typed="read a\tsho\t\nexit\n")
    assert code == 0, shown
    assert "milk" in shown
