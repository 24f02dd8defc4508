"""Plans on a real tree: what they do, what they keep, and that an undo restores it exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core, snapshot

from lsfs.engine import Consent
from lsfs.errors import (
    ConflictError,
    MissingPathError,
    NothingFoundError,
    PolicyError,
    TreeError,
    UsageError,
)
from lsfs.named import named


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "notes" / "old").mkdir(parents=True)
    (root / "notes" / "a.md").write_text("alpha\n")
    (root / "notes" / "old" / "b.md").write_text("beta\n")
    (root / "bin.dat").write_bytes(bytes(range(256)) * 40)
    os.symlink("notes/a.md", root / "link")
    os.chmod(root / "bin.dat", 0o640)
    os.utime(root / "notes" / "a.md", ns=(1_600_000_000_123_456_789,) * 2)
    with Core(root) as opened:
        yield opened


def paths(*names: str) -> dict[str, object]:
    return {"paths": list(names)}


CHANGES = [
    pytest.param([{"op": "create", "path": "deep/er/new.txt", "text": "hello"}], id="create"),
    pytest.param([{"op": "write", "path": "notes/a.md", "text": "other"}], id="write"),
    pytest.param([{"op": "append", "path": "notes/a.md", "text": "more"}], id="append"),
    pytest.param(
        [{"op": "replace", "target": paths("notes/a.md"), "old": "alpha", "new": "x"}], id="replace"
    ),
    pytest.param([{"op": "move", "target": paths("notes/a.md"), "to": "c.md"}], id="move"),
    pytest.param([{"op": "move", "target": paths("notes"), "to": "archive/n"}], id="move-folder"),
    pytest.param(
        [{"op": "move", "target": paths("bin.dat"), "to": "notes/a.md", "overwrite": True}],
        id="move-over",
    ),
    pytest.param([{"op": "copy", "target": paths("notes"), "to": "copy"}], id="copy-folder"),
    pytest.param([{"op": "remove", "target": paths("notes", "bin.dat")}], id="remove"),
    pytest.param([{"op": "remove", "target": paths("link")}], id="remove-link"),
    pytest.param([{"op": "mkdir", "path": "x/y/z"}], id="mkdir"),
    pytest.param(
        [{"op": "join", "target": paths("notes/a.md", "notes/old/b.md"), "to": "both.md"}],
        id="join",
    ),
    pytest.param(
        [{"op": "touch", "target": paths("bin.dat"), "mtime": "2020-01-02T03:04:05+00:00"}],
        id="touch",
    ),
    pytest.param([{"op": "lock", "target": paths("notes/a.md")}], id="lock"),
    pytest.param(
        [
            {"op": "mkdir", "path": "reading"},
            {"op": "move", "target": paths("notes/a.md", "bin.dat"), "to": "reading"},
            {"op": "append", "path": "reading/a.md", "text": "seen"},
        ],
        id="chain",
    ),
    pytest.param(
        [
            {"op": "copy", "target": paths("notes/a.md"), "to": "reading/a.md"},
            {"op": "move", "target": paths("reading/a.md"), "to": "reading/alpha.md"},
            {"op": "join", "target": paths("reading/alpha.md", "notes/old/b.md"), "to": "all.md"},
            {"op": "lock", "target": paths("all.md")},
        ],
        id="chain-of-what-it-makes",
    ),
]


@pytest.mark.parametrize("operations", CHANGES)
def test_undo_restores_content_modes_and_times(core: Core, operations: list[object]) -> None:
    before = snapshot(core.root)
    done = core.run(operations)
    assert done.status == "done"
    after = snapshot(core.root)
    assert after != before
    undone = core.run([{"op": "undo", "id": done.undo}])
    assert undone.status == "done"
    assert snapshot(core.root) == before
    core.run([{"op": "redo"}])
    assert snapshot(core.root, times=False) == strip(after)
    core.run([{"op": "undo", "id": done.undo}])
    assert snapshot(core.root) == before


def strip(tree: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    return {path: state[:-1] for path, state in tree.items()}


def test_an_outcome_reports_what_is_on_disk(core: Core) -> None:
    import hashlib

    outcome = core.run([{"op": "write", "path": "new.txt", "text": "häß\n"}])
    (change,) = outcome.changes
    data = (core.root / "new.txt").read_bytes()
    assert change.sha256 == hashlib.sha256(data).hexdigest()
    assert change.size == len(data)


def test_rollback_counts_contents_and_is_itself_undoable(core: Core) -> None:
    for text in ("one", "two", "three"):
        core.run([{"op": "write", "path": "f.txt", "text": text}])
    core.run([{"op": "lock", "target": paths("f.txt")}])
    core.run([{"op": "unlock", "target": paths("f.txt")}])
    core.run([{"op": "rollback", "path": "f.txt", "versions": 2}])
    assert (core.root / "f.txt").read_text() == "one"
    core.run([{"op": "undo"}])
    assert (core.root / "f.txt").read_text() == "three"
    with pytest.raises(MissingPathError, match="has not had"):
        core.run([{"op": "rollback", "path": "f.txt", "versions": 7}])


def test_a_removed_file_comes_back_by_rollback(core: Core) -> None:
    core.run([{"op": "remove", "target": paths("bin.dat")}])
    core.run([{"op": "rollback", "path": "bin.dat", "versions": 1}])
    assert (core.root / "bin.dat").read_bytes() == bytes(range(256)) * 40
    assert (core.root / "bin.dat").stat().st_mode & 0o777 == 0o640


def test_history_follows_a_rename(core: Core) -> None:
    core.run([{"op": "write", "path": "notes/a.md", "text": "second"}])
    core.run([{"op": "move", "target": paths("notes/a.md"), "to": "renamed.md"}])
    rows = core.run([{"op": "history", "path": "renamed.md"}]).findings[0].rows
    assert [(row["path"], row["size"]) for row in rows] == [("notes/a.md", 6), ("notes/a.md", 6)]
    assert rows[0]["id"] > rows[1]["id"]


def test_redo_turns_back_the_last_undo_only_once(core: Core) -> None:
    core.run([{"op": "touch", "target": paths("bin.dat")}])
    core.run([{"op": "undo"}])
    core.run([{"op": "redo"}])
    with pytest.raises(NothingFoundError, match="nothing to redo"):
        core.run([{"op": "redo"}])
    core.run([{"op": "undo"}])
    assert (core.root / "bin.dat").stat().st_size == 256 * 40


def test_several_files_ask_first_and_the_token_binds_the_yes(core: Core) -> None:
    remove = [{"op": "remove", "target": paths("notes/a.md", "bin.dat")}]
    shown = core.run(remove, Consent())
    assert shown.status == "needs_confirmation"
    assert (core.root / "bin.dat").exists()
    (core.root / "notes" / "a.md").write_text("changed after the plan was shown\n")
    with pytest.raises(ConflictError):
        core.run(remove, Consent(token=shown.plan.token))
    assert (core.root / "bin.dat").exists()
    again = core.run(remove, Consent())
    done = core.run(remove, Consent(token=again.plan.token))
    assert done.status == "done"
    assert not (core.root / "bin.dat").exists()


def test_one_named_file_runs_without_asking(core: Core) -> None:
    appended = core.run([{"op": "append", "path": "notes/a.md", "text": "x"}], Consent())
    assert appended.status == "done"
    moved = core.run([{"op": "move", "target": paths("bin.dat"), "to": "d.dat"}], Consent())
    assert moved.status == "done"


def test_overwriting_and_removing_ask(core: Core) -> None:
    for operation in (
        {"op": "write", "path": "notes/a.md", "text": "x"},
        {"op": "move", "target": paths("bin.dat"), "to": "notes/a.md", "overwrite": True},
        {"op": "remove", "target": paths("link")},
    ):
        assert core.run([operation], Consent()).status == "needs_confirmation"


def test_dry_run_does_nothing(core: Core) -> None:
    before = snapshot(core.root)
    outcome = core.run([{"op": "remove", "target": paths("notes")}], Consent(dry_run=True))
    assert outcome.status == "planned"
    assert snapshot(core.root) == before


def test_an_undo_never_takes_later_work_away(core: Core) -> None:
    done = core.run([{"op": "append", "path": "notes/a.md", "text": "mine"}])
    (core.root / "notes" / "a.md").write_text("later work\n")
    with pytest.raises(ConflictError, match="changed since"):
        core.run([{"op": "undo", "id": done.undo}])
    assert (core.root / "notes" / "a.md").read_text() == "later work\n"


def test_a_failing_plan_leaves_nothing_behind(core: Core) -> None:
    (core.root / "notes" / "a.md").chmod(0o444)
    before = snapshot(core.root)
    with pytest.raises(PolicyError, match="is read-only"):
        core.run(
            [
                {"op": "mkdir", "path": "fresh"},
                {"op": "move", "target": paths("bin.dat"), "to": "fresh"},
                {"op": "append", "path": "notes/a.md", "text": "more"},
            ]
        )
    assert snapshot(core.root) == before
    assert core.journal.newest(1)[0].state == "reversed"


def test_of_what_goes_together_one_fails(core: Core) -> None:
    for number in range(5):
        (core.root / "notes" / f"{number}.md").write_text(f"{number}\n")
    removed = core.run([{"op": "remove", "target": paths("notes", "notes/1.md")}])
    assert len(removed.changes) == 9
    gone = core.history.versions("notes/2.md")[0]
    (blob,) = core.config.blobs_directory.glob(f"??/{gone.content}*")
    blob.unlink()
    before = snapshot(core.root)
    asked = [{"op": "rollback", "path": f"notes/{n}.md", "versions": 1} for n in range(5)]
    with pytest.raises(MissingPathError, match=r"2\.md: version"):
        core.run(asked)
    assert snapshot(core.root) == before
    assert core.journal.newest(1)[0].state == "reversed"
    done = core.run(asked[3:])
    assert (core.root / "notes" / "4.md").read_text() == "4\n"
    core.run([{"op": "undo", "id": done.undo}])  # with the folder that was missing
    assert snapshot(core.root) == before


@pytest.mark.parametrize(
    "path", ["../outside", "/../../etc/passwd", "a/../../b", ".lsfs/catalog.db", "notes/.lsfs/x"]
)
def test_nothing_outside_the_root_or_in_the_state_is_touched(core: Core, path: str) -> None:
    with pytest.raises(PolicyError):
        core.run([{"op": "write", "path": path, "text": "x"}])


def test_a_link_leads_nowhere(core: Core, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    os.symlink(tmp_path / "secret", core.root / "way-out")
    with pytest.raises(PolicyError, match="symbolic link"):
        core.run([{"op": "write", "path": "way-out/x", "text": "x"}])
    assert not list((tmp_path / "secret").iterdir())


def test_protected_paths_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSFS_POLICY_PROTECT", "keep/*")
    root = tmp_path / "root"
    (root / "keep").mkdir(parents=True)
    (root / "keep" / "x").write_text("x")
    with Core(root) as core, pytest.raises(PolicyError, match="protected"):
        core.run([{"op": "remove", "target": paths("keep/x")}])


def test_locked_files_refuse_changes_until_unlocked(core: Core) -> None:
    core.run([{"op": "lock", "target": paths("notes/a.md")}])
    with pytest.raises(PolicyError, match="read-only"):
        core.run([{"op": "append", "path": "notes/a.md", "text": "x"}])
    core.run([{"op": "unlock", "target": paths("notes/a.md")}])
    core.run([{"op": "append", "path": "notes/a.md", "text": "x"}])


def test_nothing_to_undo_is_said(core: Core) -> None:
    with pytest.raises(NothingFoundError):
        core.run([{"op": "undo"}])


def test_names_that_are_not_utf8(core: Core) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (core.root / name).write_text("menu")
    core.run([{"op": "move", "target": paths(name), "to": "notes"}])
    assert (core.root / "notes" / name).read_text() == "menu"
    core.run([{"op": "undo"}])
    assert (core.root / name).read_text() == "menu"


def test_groups_are_virtual_and_undoable(core: Core) -> None:
    group = {"op": "group", "name": "mine", "target": paths("bin.dat", "notes/a.md")}
    core.run([group])
    listed = core.run([{"op": "groups", "name": "mine"}]).findings[0].rows
    assert [row["path"] for row in listed] == ["bin.dat", "notes/a.md"]
    core.run([{"op": "undo"}])
    with pytest.raises(NothingFoundError):
        core.run([{"op": "groups", "name": "mine"}])


def test_undoing_a_new_folder_spares_what_was_put_into_it(core: Core) -> None:
    done = core.run([{"op": "mkdir", "path": "fresh"}])
    (core.root / "fresh" / "work.txt").write_text("mine")
    with pytest.raises(TreeError, match="not empty"):
        core.run([{"op": "undo", "id": done.undo}])
    assert (core.root / "fresh" / "work.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("data", "after"),
    [
        ("Milch\n".encode("utf-16"), "Milch\nKäse\n".encode("utf-16")),
        ("Öl".encode(), "Öl\nKäse\n".encode()),
    ],
)
def test_text_is_added_in_the_files_own_encoding(core: Core, data: bytes, after: bytes) -> None:
    (core.root / "list.txt").write_bytes(data)
    core.run([{"op": "append", "path": "list.txt", "text": "Käse", "as_line": True}])
    assert (core.root / "list.txt").read_bytes() == after


def test_only_text_of_one_encoding_is_joined(core: Core) -> None:
    (core.root / "utf16.txt").write_bytes("Milch\n".encode("utf-16"))
    for other in ("bin.dat", "utf16.txt"):
        with pytest.raises(UsageError):
            core.run([{"op": "join", "target": paths("notes/a.md", other), "to": "both"}])
    assert not (core.root / "both").exists()


@pytest.mark.parametrize("data", [b"%PDF-1.4\0\1binary", "Öl".encode("latin-1")])
def test_text_is_never_put_into_what_it_would_scramble(core: Core, data: bytes) -> None:
    (core.root / "file").write_bytes(data)
    with pytest.raises(UsageError):
        core.run([{"op": "append", "path": "file", "text": "Käse"}])
    assert (core.root / "file").read_bytes() == data


def test_a_file_is_known_by_its_old_name(core: Core) -> None:
    core.run([{"op": "write", "path": "notes/a.md", "text": "second"}])
    core.run([{"op": "move", "target": {"paths": ["notes/a.md"]}, "to": "notes/renamed.md"}])
    (finding,) = core.run([{"op": "history", "path": "notes/a.md"}]).findings
    assert (finding.rows[0]["change"], finding.rows[0]["path"]) == (
        "is here now", "notes/renamed.md",
    )  # fmt: skip
    assert [row["path"] for row in finding.rows[1:]] == ["notes/a.md", "notes/a.md"]
    core.run([{"op": "rollback", "path": "notes/a.md", "versions": 1}])
    assert (core.root / "notes" / "a.md").read_text() == "second"
    core.run([{"op": "remove", "target": {"paths": ["notes/renamed.md"]}}])
    (finding,) = core.run([{"op": "history", "path": "notes/renamed.md"}]).findings
    assert finding.rows[0]["change"] == "removed"


def test_a_text_is_replaced_where_it_is(core: Core) -> None:
    """One of several files without it made the whole plan fail."""
    both = {"op": "replace", "target": paths("notes/a.md", "notes/old/b.md"), "new": "x"}
    done = core.run([{**both, "old": "beta"}])
    assert [change.path for change in done.changes] == ["notes/old/b.md"]
    assert done.notices == ("notes/a.md without 'beta': left as it is",)
    assert (core.root / "notes/a.md").read_text() == "alpha\n"
    with pytest.raises(NothingFoundError, match="none of 2 files contains 'beta'"):
        core.run([{**both, "old": "beta"}])
    chained = [{**both, "old": "alpha"}, {**both, "old": "x", "new": "y"}]
    core.run(chained)
    assert (core.root / "notes/a.md").read_text() == "y\n"


@pytest.mark.parametrize("op", ["write", "append"])
def test_text_is_not_written_into_a_folder(core: Core, op: str) -> None:
    with pytest.raises(UsageError, match="notes is a folder") as raised:
        core.run([{"op": op, "path": "notes", "text": "hi"}])
    assert raised.value.hint == "name a file in it, as 'notes/notes.txt'"


def test_what_is_named_twice_is_counted_once(core: Core) -> None:
    target = paths("notes/a.md", "notes/a.md")
    planned = core.run([{"op": "remove", "target": target}], Consent(dry_run=True))
    assert [[*named(one)] for one in planned.plan.operations] == [["notes/a.md"]]
    moved = core.run([{"op": "move", "target": target, "to": "elsewhere", "into": True}])
    assert moved.status == "done" and (core.root / "elsewhere" / "a.md").exists()


def test_two_files_swap_their_names_in_one_plan(core: Core) -> None:
    one, other = "notes/a.md", "notes/old/b.md"
    swap = [(one, "aside"), (other, one), ("aside", other)]
    moves = [{"op": "move", "target": paths(path), "to": to} for path, to in swap]
    assert core.run(moves, Consent(dry_run=True)).reasons == ("it touches 2 files",)
    before = snapshot(core.root)
    core.run(moves)
    assert [(core.root / path).read_text() for path in (one, other)] == ["beta\n", "alpha\n"]
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before
