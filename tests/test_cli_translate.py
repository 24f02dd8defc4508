"""`lsfs translate` as a person uses it: shown, written, stopped, refused."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from endpoint import Endpoint, translating
from faces import FILES, LSFS, answer, environment, lsfs, make_files, on_terminal
from waiting import wait_for

LETTER = FILES["letter.txt"]
LONG = "\n\n".join(f"This is paragraph number {number} of a long text." for number in range(200))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint(translating(str.upper))
    yield server
    server.close()


@pytest.fixture
def root(tmp_path: Path, endpoint: Endpoint) -> Path:
    root = tmp_path / "root"
    make_files(root)
    (root / "long.txt").write_text(LONG)
    assert lsfs("init", root, cwd=tmp_path).returncode == 0
    model = f'[model]\nurl = "{endpoint.url}"\nname = "tiny"\n'
    (root / ".lsfs" / "config.toml").write_text(model)
    return root


def test_shown_written_and_taken_back(root: Path, endpoint: Endpoint) -> None:
    done = lsfs("translate", "letter.txt", "--to", "French", cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (0, LETTER.upper(), "")
    done = lsfs("translate", "../letter.txt", "--to", "fr", "--into", "fr.txt", cwd=root / "notes")
    assert done.returncode == 0 and "to take it back: lsfs undo" in done.stderr
    assert (root / "notes/fr.txt").read_text() == LETTER.upper()
    assert lsfs("undo", "--yes", cwd=root).returncode == 0
    assert not (root / "notes/fr.txt").exists()
    asked = len(endpoint.bodies)
    again = lsfs("translate", "letter.txt", "--to", "fr", "--into", "notes/garden.md", cwd=root)
    assert again.returncode == 6 and len(endpoint.bodies) == asked
    assert "--yes" in again.stderr and (root / "notes/garden.md").read_text() != LETTER.upper()
    lsfs("translate", "letter.txt", "--to", "fr", "--into", "notes/garden.md", "-y", cwd=root)
    assert (root / "notes/garden.md").read_text() == LETTER.upper()


def test_as_json_and_in_words(root: Path) -> None:
    told = answer("translate", "long.txt", "--to", "French", "-n", "3", cwd=root)
    (row,) = told["outcome"]["rows"]
    assert (row["next"], row["by"], told["outcome"]["status"]) == (4, "tiny", "done")
    assert LONG.upper().startswith(told["outcome"]["text"])
    done = lsfs("ask", "translate letter.txt into French", cwd=root)
    assert (done.returncode, done.stdout) == (0, LETTER.upper())


def test_a_part_says_how_to_go_on(root: Path) -> None:
    done = lsfs("translate", "long.txt", "--to", "French", "-n", "2", cwd=root)
    assert "translated up to passage 2 of" in done.stderr and "--from 3 goes on" in done.stderr
    rest = lsfs("translate", "long.txt", "--to", "French", "--from", "3", cwd=root)
    assert done.stdout.rstrip() + "\n\n" + rest.stdout.rstrip() == LONG.upper()


def test_on_a_terminal_it_shows_how_far_it_is(root: Path) -> None:
    code, shown = on_terminal("translate", "long.txt", "--to", "French", cwd=root)
    assert code == 0 and "translating" in shown
    assert "PARAGRAPH NUMBER 199" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["letter.txt"], 2, "--to"),
        (["letter.txt", "--to", "x\ny!"], 2, "name a language"),
        (["nowhere.txt", "--to", "French"], 2, "no such file"),
        (["notes", "--to", "French"], 2, "is a folder"),
        (["letter.txt", "--to", "French", "--from", "9"], 2, "none with number 9"),
        (["letter.txt", "--to", "French", "--into", "/etc/lsfs-test"], 8, "outside"),
        (["letter.txt", "--to", "French", "--into", ".lsfs/x"], 8, ".lsfs"),
    ],
)
def test_what_is_refused(root: Path, arguments: list[str], code: int, says: str) -> None:
    done = lsfs("translate", *arguments, cwd=root)
    assert (done.returncode, done.stdout) == (code, "") and says in done.stderr


def test_without_a_model_it_says_what_to_set(root: Path) -> None:
    (root / ".lsfs" / "config.toml").unlink()
    for command in (
        ["translate", "letter.txt", "--to", "fr"],
        ["ask", "translate letter.txt to French"],
    ):
        done = lsfs(*command, cwd=root)
        assert done.returncode == 3 and "model.translator" in done.stderr


def test_ctrl_c_keeps_what_was_had(root: Path, endpoint: Endpoint) -> None:
    stopped = threading.Event()

    def never(_request: dict[str, Any]) -> tuple[int, bytes]:
        stopped.set()
        endpoint.release.wait(30)
        return 200, b""

    endpoint.answers = [translating(str.upper), never]
    with subprocess.Popen(
        [*LSFS, "translate", "long.txt", "--to", "French"], cwd=root, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        wait_for(stopped.is_set, 30, "the second passage")
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert shown and LONG.upper().startswith(shown.rstrip())
    assert "--from 2 goes on" in told


def test_json_of_an_error(root: Path) -> None:
    done = lsfs("translate", "nowhere.txt", "--to", "French", "--json", cwd=root)
    assert json.loads(done.stdout)["error"]["kind"] == "missing"
