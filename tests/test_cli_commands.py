"""The commands on a real root, each a process of its own: what they print, return, and change."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faces import FILES, LSFS, answer, environment, lsfs, make_files, on_terminal, serving
from waiting import wait_for

from lsfs.commands import serving as serving_commands

LETTER = FILES["letter.txt"]
ABSENT = "mortgage papers after an invitation by the notary"
"""What no file is about, though one has a word of it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fresh root."""
    root = tmp_path / "root"
    make_files(root)
    done = lsfs("init", root, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(root) in done.stdout
    return root


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root that is indexed, and only read; a daemon answers for it."""
    root = tmp_path_factory.mktemp("indexed") / "root"
    make_files(root)
    (root / os.fsdecode(b"caf\xe9.txt")).write_text("An espresso recipe with arabica beans.\n")
    assert lsfs("init", root, cwd=root).returncode == 0
    done = lsfs("index", cwd=root)
    assert done.returncode == 0, done.stderr
    with serving(root):
        yield root


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with a daemon; a test that changes it takes that back."""
    root = tmp_path_factory.mktemp("asked") / "root"
    make_files(root)
    assert lsfs("init", root, cwd=root).returncode == 0
    with serving(root):
        yield root


def change_letter(root: Path) -> None:
    """A second version of letter.txt, by another program."""
    assert lsfs("index", cwd=root).returncode == 0
    (root / "letter.txt").write_text("Dear Anna,\nwe cannot come.\n")
    assert lsfs("index", cwd=root).returncode == 0


# -- search ----------------------------------------------------------------------------------------


def test_search_json_has_the_promised_shape(indexed: Path) -> None:
    found = answer("search", "fair share for every task", cwd=indexed)
    assert set(found) == {"query", "mode", "hits", "weak", "coverage", "elapsed_ms", "notices"}
    assert found["weak"] is False
    counts = {"entries", "indexed", "embedded", "pending", "failed", "undescribed"}
    assert set(found["coverage"]) == counts
    best = found["hits"][0]
    assert best["path"] == "notes/scheduling.md"
    assert {"path", "score", "mtime", "size", "matches"} <= set(best)
    assert best["size"] == len(FILES["notes/scheduling.md"])
    assert {"lines", "page", "heading", "seconds", "text"} <= set(best["matches"][0])


def test_search_piped_prints_a_line_a_passage(indexed: Path) -> None:
    done = lsfs("search", "tomatoes", "--mode", "lexical", cwd=indexed)
    assert done.returncode == 0
    first = done.stdout.splitlines()[0]
    assert first.startswith("notes/garden.md:")
    assert "Tomatoes want sun" in first


def test_paths_are_as_one_would_type_them(indexed: Path) -> None:
    done = lsfs("search", "tomatoes", "--mode", "lexical", "-l", cwd=indexed / "recipes")
    assert done.stdout.splitlines()[0] == "../notes/garden.md"
    there = lsfs("-C", indexed, "search", "tomatoes", "--mode", "lexical", "-l", cwd=Path("/"))
    assert there.stdout.splitlines()[0] == "notes/garden.md"


def test_a_name_that_is_not_utf8(indexed: Path) -> None:
    hit = answer("search", "arabica espresso", "--mode", "lexical", cwd=indexed)["hits"][0]
    assert hit["path"] == "caf%E9.txt"
    assert hit["path_b64"] == "Y2Fm6S50eHQ="
    done = lsfs("search", "arabica espresso", "--mode", "lexical", "-0", cwd=indexed)
    assert os.fsencode(done.stdout) == b"caf\xe9.txt\0"


def test_a_line_is_a_name(indexed: Path) -> None:
    (indexed / "two\nlines.txt").write_text("The quarterly zeppelin timetable.\n")
    assert lsfs("index", cwd=indexed).returncode == 0
    asked = ("search", "zeppelin", "--mode", "lexical")
    assert lsfs(*asked, "-l", cwd=indexed).stdout == "two\\nlines.txt\n"
    assert lsfs(*asked, "-0", cwd=indexed).stdout == "two\nlines.txt\0"
    (indexed / "two\nlines.txt").unlink()
    assert lsfs("index", cwd=indexed).returncode == 0


def test_a_sign_is_no_option(indexed: Path) -> None:
    found = lsfs("search", "-path:recipes/** tomatoes", "-n1", "-l", "-in:recipes", cwd=indexed)
    assert found.stdout == "notes/garden.md\n"
    wrong = lsfs("search", "-draft", "tomatoes", cwd=indexed)
    assert (wrong.returncode, "lsfs search -- -draft" in wrong.stderr) == (2, True)
    found = lsfs("search", "-n1", "-l", "--", "-recipe tomatoes", cwd=indexed)
    assert found.stdout == "notes/garden.md\n"


def test_filters(indexed: Path) -> None:
    found = answer("search", "--ext", "md", "--path", "notes/**", "--sort", "name", cwd=indexed)
    assert [hit["path"] for hit in found["hits"]] == ["notes/garden.md", "notes/scheduling.md"]
    assert len(answer("search", "--ext", "md,txt", "-n", "2", cwd=indexed)["hits"]) == 2
    assert lsfs("search", "--ext", "pdf", cwd=indexed).returncode == 1
    assert lsfs("search", "--before", "2 weeks ago", "--ext", "md", cwd=indexed).returncode == 1
    assert lsfs("search", "--after", "yesterday", "--ext", "md", cwd=indexed).returncode == 0
    assert lsfs("search", "--size", "+1M", "--ext", "md", cwd=indexed).returncode == 1


def test_colour(indexed: Path) -> None:
    words = ("search", "tomatoes", "--mode", "lexical")
    code, shown = on_terminal(*words, cwd=indexed)
    assert code == 0
    assert "\x1b[1mTomatoes\x1b[0m" in shown
    _, plain = on_terminal(*words, cwd=indexed, env={"NO_COLOR": "1"})
    assert "Tomatoes" in plain
    assert "\x1b[" not in plain
    assert "\x1b[" not in lsfs(*words, cwd=indexed).stdout


def test_similar(indexed: Path) -> None:
    found = answer("similar", "notes/scheduling.md", "-n", "2", cwd=indexed)
    assert 0 < len(found["hits"]) <= 2
    paths = [hit["path"] for hit in found["hits"]]
    assert "notes/scheduling.md" not in paths
    done = lsfs("similar", "-l", "notes/scheduling.md", "-n", "2", cwd=indexed)
    assert done.stdout.splitlines() == paths


# -- what was --------------------------------------------------------------------------------------


def test_history_diff_rollback_undo_redo(root: Path) -> None:
    with serving(root):
        _there_and_back(root)


def _there_and_back(root: Path) -> None:
    change_letter(root)
    rows = answer("history", "letter.txt", cwd=root)["outcome"]["rows"]
    assert len(rows) == 2
    assert rows[0]["size"] < rows[1]["size"]
    assert "+we cannot come." in lsfs("diff", "letter.txt", cwd=root).stdout

    done = answer("rollback", "letter.txt", "--versions", "1", "-y", cwd=root)["outcome"]
    assert done["status"] == "done"
    assert (root / "letter.txt").read_text() == LETTER
    assert done["changes"][0]["path"] == "letter.txt"

    assert lsfs("undo", "-y", cwd=root).returncode == 0
    assert "cannot come" in (root / "letter.txt").read_text()
    assert lsfs("redo", "-y", cwd=root).returncode == 0
    assert (root / "letter.txt").read_text() == LETTER

    log = answer("log", cwd=root)["outcome"]["rows"]
    assert log[0]["id"] > log[-1]["id"]
    assert lsfs("log", "-n", "1", cwd=root).stdout.count("\n") == 1


def test_rollback_to_a_version_and_dry_run(root: Path) -> None:
    with serving(root):
        change_letter(root)
        oldest = answer("history", "letter.txt", cwd=root)["outcome"]["rows"][-1]["id"]
        back = ("rollback", "letter.txt", "--version", str(oldest))
        assert answer(*back, "--dry-run", cwd=root)["outcome"]["status"] == "planned"
        assert "cannot come" in (root / "letter.txt").read_text()
        assert lsfs(*back, "-y", cwd=root).returncode == 0
        assert (root / "letter.txt").read_text() == LETTER


# -- the yes ---------------------------------------------------------------------------------------


def test_without_a_terminal_the_plan_is_shown_and_nothing_done(asked: Path) -> None:
    done = lsfs("ask", "delete letter.txt", cwd=asked)
    assert done.returncode == 6
    assert "remove letter.txt" in done.stderr
    assert "--yes" in done.stderr
    assert (asked / "letter.txt").exists()
    told = answer("ask", "delete letter.txt", cwd=asked, code=6)
    assert told["outcome"]["status"] == "needs_confirmation"
    assert told["plan"]["token"]


def test_on_a_terminal_a_no_is_a_no(asked: Path) -> None:
    code, shown = on_terminal("ask", "delete letter.txt", cwd=asked, typed="\n")
    assert code == 6
    assert "remove letter.txt" in shown
    assert "[y/N]" in shown
    assert (asked / "letter.txt").exists()


def test_on_a_terminal_a_yes_is_a_yes_and_can_be_undone(asked: Path) -> None:
    code, shown = on_terminal("ask", "delete letter.txt", cwd=asked, typed="y\n")
    assert code == 0, shown
    assert "lsfs undo" in shown
    assert not (asked / "letter.txt").exists()
    assert lsfs("undo", "-y", cwd=asked).returncode == 0
    assert (asked / "letter.txt").read_text() == LETTER


def test_yes_needs_no_terminal(asked: Path) -> None:
    assert lsfs("ask", "delete letter.txt", "--yes", cwd=asked).returncode == 0
    assert not (asked / "letter.txt").exists()
    assert lsfs("undo", "-y", cwd=asked).returncode == 0


def test_ask_counts_from_the_working_directory(asked: Path) -> None:
    folder = asked / "deep" / "er"
    folder.mkdir(parents=True)
    assert lsfs("ask", "create todo.txt", cwd=folder).returncode == 0
    assert (folder / "todo.txt").exists() and not (asked / "todo.txt").exists()
    shown = lsfs("ask", "move todo.txt to done/", cwd=folder)
    assert shown.returncode == 0 and "move todo.txt -> done/todo.txt" in shown.stdout
    assert lsfs("ask", "move done/todo.txt to the root folder", cwd=folder).returncode == 0
    assert lsfs("ask", "remove ../../todo.txt", "--yes", cwd=folder).returncode == 0
    assert lsfs("ask", "remove the folder deep", "--yes", cwd=asked).returncode == 0


def test_a_session(asked: Path) -> None:
    typed = "delete letter.txt\ny\nundo\nexit\n"
    code, shown = on_terminal("ask", cwd=asked, typed=typed)
    assert code == 0, shown
    assert "remove" in shown
    assert (asked / "letter.txt").read_text() == LETTER  # "undo", in the session, brought it back
    assert (asked / ".lsfs" / "ask-history").read_text().startswith("delete letter.txt\n")


def test_a_session_speaks_of_what_it_has_shown(asked: Path) -> None:
    typed = "find the letter with the invitation to the wedding\ndelete the first one\ny\nexit\n"
    code, shown = on_terminal("ask", cwd=asked, typed=typed)
    assert code == 0, shown
    assert "remove letter.txt" in shown and not (asked / "letter.txt").exists()
    assert lsfs("undo", "-y", cwd=asked).returncode == 0


def test_in_a_session_it_is_what_was_made_or_touched(asked: Path) -> None:
    typed = (
        "create made.txt\nwrite 'hi' into it\nrename it to other.txt\nread it\ncopy it to deep/\n"
        "delete it\ndelete other.txt\ny\ndelete it\ndelete the folder deep\ny\nexit\n"
    )
    code, shown = on_terminal("ask", cwd=asked, typed=typed)
    assert code == 0, shown
    assert "move made.txt -> other.txt" in shown and "remove other.txt" in shown
    assert (
        shown.count("I did not understand which files you mean") == 2
    )  # after the copy, and when it is gone
    assert not (asked / "other.txt").exists() and not (asked / "deep").exists()


# -- nothing is about it ---------------------------------------------------------------------------


def test_what_is_only_nearest_is_shown_as_such(indexed: Path) -> None:
    done = lsfs("search", "-l", ABSENT, cwd=indexed)
    assert done.returncode == 0 and done.stdout
    assert "nothing here is clearly about that" in done.stderr
    assert lsfs("search", "-q", ABSENT, cwd=indexed).stderr == ""
    assert answer("search", ABSENT, cwd=indexed)["weak"] is True
    told = answer("ask", f"find files about {ABSENT}", cwd=indexed)["outcome"]
    assert told["weak"] is True and told["hits"] and "clearly" in told["notices"][0]


def test_a_plan_takes_nothing_that_is_only_nearest(asked: Path) -> None:
    before = sorted(asked.rglob("*.*"))
    for request in ("delete the files about", "summarize the files about"):
        done = lsfs(
            "ask",
            "--yes",
            f"{request} {ABSENT}",
            cwd=asked,
        )
        assert done.returncode == 1 and not done.stdout, (request, done.stdout)
        assert (
            "nothing here is clearly about 'mortgage papers after an invitation by the notary"
            in done.stderr
        )
    grouped = lsfs(
        "group", "mortgage papers notary invitation", "--into", "mortgage", "-y", cwd=asked
    )
    assert grouped.returncode == 1
    assert [path for path in before if not path.exists()] == []
    there = lsfs("ask", "delete the files about growing tomatoes", cwd=asked)
    assert there.returncode == 6 and "garden.md" in there.stderr


# -- groups, summaries -----------------------------------------------------------------------------


def test_groups(indexed: Path) -> None:
    made = lsfs("group", "tomatoes", "--into", "garden", "-n", "1", "-y", cwd=indexed)
    assert made.returncode == 0, made.stderr
    assert "garden" in lsfs("groups", cwd=indexed).stdout
    rows = answer("groups", "garden", cwd=indexed)["outcome"]["rows"]
    assert [row["path"] for row in rows] == ["notes/garden.md"]


def test_several_groups(indexed: Path) -> None:
    shown = lsfs("group", "--by", "folder", "--into", "mine", cwd=indexed)
    assert shown.returncode == 6
    assert "mine/notes\t2\tgarden.md, scheduling.md" in shown.stderr
    assert lsfs("group", "--by", "folder", "--into", "mine", "-y", cwd=indexed).returncode == 0
    assert lsfs("groups", "mine", cwd=indexed).stdout.startswith("mine/notes\t2\n")
    assert lsfs("groups", "mine", "--forget", cwd=indexed).returncode == 0
    assert lsfs("groups", "mine", cwd=indexed).returncode == 1


def test_files_as_links(indexed: Path) -> None:
    linked = lsfs(
        "group", "--in", "notes", "--into", "n", "--form", "links", "--folder", "read", "-y",
        cwd=indexed,
    )  # fmt: skip
    assert linked.returncode == 0, linked.stderr
    assert (indexed / "read" / "garden.md").is_symlink()
    assert lsfs("undo", "-y", cwd=indexed).returncode == 0
    assert not (indexed / "read").exists()


def test_summarize(indexed: Path) -> None:
    done = lsfs("summarize", "garden.md", cwd=indexed / "notes")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "garden.md:3: Tomatoes want sun, water and patience.\n"
    code, shown = on_terminal("summarize", "notes", "--color", "never", cwd=indexed)
    assert code == 0
    assert [line.strip() for line in shown.split("\n") if line.strip()] == [
        "Tomatoes want sun, water and patience.", "notes/garden.md:3",
        "The kernel scheduler gives every task a fair share.", "notes/scheduling.md:3",
    ]  # fmt: skip


def test_summarize_what_is_found(indexed: Path) -> None:
    told = answer("summarize", "--about", "tomatoes", "--top", "1", cwd=indexed)
    assert told["plan"]["operations"] == [
        {"op": "summarize", "target": {"paths": ["notes/garden.md"]}, "about": "tomatoes"}
    ]
    (row,) = told["outcome"]["rows"]
    assert row["path"] == "notes/garden.md" and row["lines"] == [3, 3]
    assert row["text"] == "Tomatoes want sun, water and patience."
    assert (row["by"], row["also"], row["page"]) == (None, [], None)
    assert told["outcome"]["text"] == f"{row['text']} (line 3)"
    asked = answer("ask", "summarize the notes about tomatoes", cwd=indexed)
    assert row["text"] in [one["text"] for one in asked["outcome"]["rows"]]
    assert asked["plan"]["operations"][0]["about"]


# -- the rest --------------------------------------------------------------------------------------


def test_status(indexed: Path) -> None:
    told = answer("status", cwd=indexed)
    assert told["root"] == str(indexed)
    assert told["coverage"]["indexed"] == len(FILES) + 1
    shown = lsfs("status", cwd=indexed).stdout
    assert f"{len(FILES) + 1} of" in shown
    assert f"pid {told['daemon']['pid']}" in shown
    assert answer("status", "--failed", cwd=indexed) == {"failed": []}


def test_status_and_its_list_of_unread_files_agree(root: Path) -> None:
    (root / "broken.pdf").write_bytes(b"%PDF-broken")
    (root / "bytes.bin").write_bytes(bytes(range(256)))
    done = lsfs("index", cwd=root)
    assert "1 failed, of the indexed 1 without a reader" in done.stdout
    assert "unread\t1 failed, of the indexed 1 without a reader" in lsfs("status", cwd=root).stdout
    listed = lsfs("status", "--failed", cwd=root).stdout.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [
        ["broken.pdf", "failed"], ["bytes.bin", "without a reader"]
    ]  # fmt: skip
    assert lsfs("search", "--path", "*.bin", "--size", "256", cwd=root).stdout == "bytes.bin\t256\n"


def test_why_in_words(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    assert lsfs("index", cwd=root).returncode == 0
    told = lsfs("status", "--why", "pipe", cwd=root).stdout
    assert told == "index\tnot at all: a pipe, a socket or a device\n"
    told = lsfs("status", "--why", "broken.jpg", cwd=root).stdout
    assert "why\tnot a readable image: damaged, or of an unknown format" in told


def test_index_says_that_it_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    place = SimpleNamespace(socket=tmp_path / "daemon.sock")
    run: Any = SimpleNamespace(location=place, say=said.append)
    monkeypatch.setattr(serving_commands, "SILENT_S", 0.0)
    with serving_commands._announced(run):
        wait_for(lambda: said, message="the remark")
    assert said == ["indexing; the next command goes on with it if you stop waiting"]
    monkeypatch.setattr(serving_commands, "SILENT_S", 60.0)
    with serving_commands._announced(run):
        pass
    assert len(said) == 1


def test_status_without_a_daemon(root: Path) -> None:
    assert answer("status", cwd=root)["daemon"] is None


def test_state_kept_elsewhere(tmp_path: Path) -> None:
    root, state = tmp_path / "root", tmp_path / "state"
    make_files(root)
    assert lsfs("init", root, "--state", state, cwd=tmp_path).returncode == 0
    assert not (root / ".lsfs").exists()
    told = lsfs("history", "letter.txt", cwd=root, env={"LSFS_STATE": str(state)})
    assert told.returncode == 0, told.stderr
    status = json.loads(lsfs("--state", state, "status", "--json", cwd=tmp_path).stdout)
    assert (status["root"], status["state"]) == (str(root), str(state))


def test_a_moved_root_keeps_its_history(root: Path) -> None:
    change_letter(root)
    moved = root.with_name("moved")
    shutil.move(root, moved)
    assert len(answer("history", "letter.txt", cwd=moved)["outcome"]["rows"]) == 2


def test_config_hides_secrets(root: Path) -> None:
    env = {"LSFS_MODEL_API_KEY": "sk-very-secret", "LSFS_INDEXER_BATCH_SIZE": "3"}
    plain, done = (lsfs("config", *flags, cwd=root, env=env) for flags in ([], ["--json"]))
    assert plain.returncode == done.returncode == 0
    assert "sk-very-secret" not in plain.stdout + plain.stderr + done.stdout + done.stderr
    assert json.loads(done.stdout)["indexer"]["batch_size"] == 3


def test_doctor(root: Path) -> None:
    done = lsfs("doctor", "--json", cwd=root)
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["python"]["state"] == checks["sqlite"]["state"] == "ok"
    assert done.returncode == (3 if any(c["state"] == "fail" for c in checks.values()) else 0)
    assert all(check["advice"] for check in checks.values() if check["state"] != "ok")
    assert "scans and pictures" in checks["ocr"]["found"]
    assert checks["captioner"]["found"] == "none is set (indexer.captioner)"


def test_doctor_names_the_models_that_describe(root: Path) -> None:
    env = {"LSFS_INDEXER_CAPTIONER": "/no/such", "LSFS_INDEXER_TRANSCRIBER": "openai/whisper-base"}
    done = lsfs("doctor", "--json", cwd=root, env=env)
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["captioner"]["state"] == "warn"
    assert checks["captioner"]["found"] == "/no/such: there is no such directory"
    hears = checks["transcriber"]
    if importlib.util.find_spec("av"):
        assert (hears["state"], hears["found"]) == ("ok", "openai/whisper-base")
    else:
        assert hears["state"] == "warn" and "lsfs[media]" in hears["advice"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, tmp_path: Path) -> None:
    assert "_LSFS_COMPLETE" in lsfs("completion", shell, cwd=tmp_path).stdout


def test_a_reader_that_goes_away(indexed: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(
            [*LSFS, "search", "water"],
            cwd=indexed, env=environment(), stdout=pipe, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 0
    assert "Broken" not in done.stderr
    assert "Traceback" not in done.stderr


def test_ask_says_no_more_than_asked_for(indexed: Path) -> None:
    many = answer("ask", "find letters and recipes", cwd=indexed)["outcome"]["hits"]
    one = answer("ask", "-n", "1", "find letters and recipes", cwd=indexed)["outcome"]["hits"]
    assert len(many) > len(one) == 1


def test_status_goes_on_as_long_as_a_daemon(root: Path) -> None:
    assert lsfs("status", "--watch", cwd=root).returncode == 2  # no terminal
    code, shown = on_terminal("status", "--watch", cwd=root)
    assert code == 70 and "no daemon runs" in shown
    with serving(root):
        assert lsfs("index", cwd=root).returncode == 0
        threading.Timer(3, lambda: lsfs("stop", cwd=root)).start()
        code, shown = on_terminal("status", "--watch", cwd=root)
    assert "everything is indexed" in shown and "versions" in shown


def test_a_plan_that_nobody_reads(asked: Path) -> None:
    """`lsfs ask --dry-run ... 2>&1 | head -1`: that is no "nothing found"."""
    request = "; ".join(f"create folder 'new {number}'" for number in range(9))
    for _ in range(5):
        asking = subprocess.Popen(
            [*LSFS, "ask", "--dry-run", request], cwd=asked, env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert asking.stdout is not None
        assert asking.stdout.read(1)
        asking.stdout.close()
        assert asking.wait(60) in (0, 141)


def test_an_act_leaves_alone_what_it_is_told_to(asked: Path) -> None:
    kept = {one.name for one in (asked / "notes").iterdir()} | {"deep"}
    (asked / "notes" / "deep").mkdir()
    (asked / "notes" / "deep" / "garden.md").write_text("kept as well\n")
    assert lsfs("index", cwd=asked).returncode == 0
    request = "delete everything in notes except notes/garden.md and notes/deep"
    done = answer("ask", "--yes", request, cwd=asked)
    assert done["outcome"]["status"] == "done"
    assert {one.name for one in (asked / "notes").iterdir()} == {"garden.md", "deep"}
    assert (asked / "notes" / "deep" / "garden.md").exists()
    assert lsfs("undo", "--yes", cwd=asked).returncode == 0
    assert {one.name for one in (asked / "notes").iterdir()} == kept
    shutil.rmtree(asked / "notes" / "deep")
