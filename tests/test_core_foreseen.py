"""Plans that are followed before they are run: what is refused while planning, what is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core, snapshot

from lsfs.engine import Consent
from lsfs.errors import MissingPathError, UsageError
from lsfs.foreseen import Foreseen
from lsfs.plan import Mkdir, Move
from lsfs.selector import Selector


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    (root / "notes" / "old").mkdir(parents=True)
    (root / "notes" / "a.md").write_text("alpha\n")
    (root / "bin.dat").write_bytes(bytes(range(256)))
    with Core(root) as opened:
        yield opened


def paths(*names: str) -> dict[str, object]:
    return {"paths": list(names)}


def move(path: str, to: str, **more: object) -> dict[str, object]:
    return {"op": "move", "target": paths(path), "to": to, **more}


def copy(path: str, to: str, **more: object) -> dict[str, object]:
    return {"op": "copy", "target": paths(path), "to": to, **more}


IN_THE_WAY: list[tuple[list[dict[str, object]], str]] = [
    ([move("bin.dat", "notes/a.md")], "notes/a.md is there already"),
    ([copy("bin.dat", "notes/a.md")], "notes/a.md is there already"),
    ([move("notes/a.md", "more")], "more/a.md is there already"),
    ([move("more/a.md", "a.md"), move("notes/a.md", "a.md")], "a.md is there already"),
    ([copy("notes/a.md", "new/x"), copy("bin.dat", "new/x")], "new/x is there already"),
    ([move("notes", "new"), copy("bin.dat", "new/a.md")], "new/a.md is there already"),
    ([move("bin.dat", "a.md", overwrite=True), move("a.md", "more")], "more/a.md is there"),
    ([copy("notes", "more")], "more/notes is there already"),
    ([copy("notes", "more", overwrite=True)], "more/notes is a folder"),
    ([{"op": "link", "target": paths("bin.dat"), "to": "notes/a.md"}], "is there already"),
    ([{"op": "create", "path": "notes/a.md"}], "notes/a.md is there already"),
    ([{"op": "create", "path": "x"}, {"op": "create", "path": "x"}], "x is there already"),
    ([{"op": "mkdir", "path": "notes/a.md"}], "is a file, not a folder"),
    ([{"op": "mkdir", "path": "notes/a.md/b"}], "is a file, not a folder"),
    ([move("bin.dat", "notes/a.md/bin.dat")], "notes/a.md is a file, not a folder"),
    ([move("bin.dat", "x"), {"op": "create", "path": "x/y"}], "x is a file, not a folder"),
    ([{"op": "join", "target": paths("notes/a.md", "more/a.md"), "to": "notes"}], "is a folder"),
    ([{"op": "mkdir", "path": "x"}, {"op": "write", "path": "x", "text": "y"}], "x is a folder"),
    ([{"op": "remove", "target": paths("notes")}, move("notes/a.md", "x")], "not there any more"),
    ([move("bin.dat", "x"), copy("bin.dat", "y")], "bin.dat is not there any more"),
]


@pytest.mark.parametrize(("plan", "why"), IN_THE_WAY)
@pytest.mark.parametrize("consent", [Consent(dry_run=True), Consent(), Consent(yes=True)])
def test_what_cannot_be_done_is_refused_while_it_is_planned(
    core: Core, plan: list[dict[str, object]], why: str, consent: Consent
) -> None:
    (core.root / "more" / "notes").mkdir(parents=True)
    (core.root / "more" / "a.md").write_text("another\n")
    rows, before = len(core.journal.newest(9)), snapshot(core.root)
    with pytest.raises((UsageError, MissingPathError), match=why) as refused:
        core.run(plan, consent)
    assert refused.value.exit_code == 2 and refused.value.hint
    assert (len(core.journal.newest(9)), snapshot(core.root)) == (rows, before)


@pytest.mark.parametrize(
    ("plan", "changed"),
    [
        ([move("bin.dat", "notes/a.md", overwrite=True)], {"notes/a.md": "bin.dat"}),
        ([copy("bin.dat", "notes/a.md", overwrite=True)], {"notes/a.md": "bin.dat"}),
        ([move("bin.dat", "x"), move("notes/a.md", "bin.dat")], {"bin.dat": "notes/a.md"}),
        ([{"op": "mkdir", "path": "x"}, move("bin.dat", "x")], {"x/bin.dat": "bin.dat"}),
        ([move("notes", "x"), move("bin.dat", "x")], {"x/bin.dat": "bin.dat"}),
        ([move("notes", "x"), {"op": "create", "path": "notes"}], {"x/a.md": "notes/a.md"}),
    ],
)
def test_what_is_shown_is_done(
    core: Core, plan: list[dict[str, object]], changed: dict[str, str]
) -> None:
    was = {path: (core.root / path).read_bytes() for path in ("bin.dat", "notes/a.md")}
    before, shown = snapshot(core.root), core.run(plan, Consent(dry_run=True)).plan
    done = core.run(plan, Consent(token=shown.token))
    assert done.plan.operations == shown.operations
    for path, origin in changed.items():
        assert (core.root / path).read_bytes() == was[origin]
    core.run([{"op": "undo"}])
    assert snapshot(core.root) == before


def test_a_thousand_moves_are_followed_in_no_time(core: Core) -> None:
    foreseen = Foreseen(core.tree)
    foreseen.note(Mkdir(path="new"))
    began = time.perf_counter()
    for number in range(1000):
        (core.root / f"{number}.txt").touch()
        foreseen.note(Move(target=Selector(paths=(f"{number}.txt",)), to=f"new/{number}.txt"))
    assert time.perf_counter() - began < 0.5
    assert foreseen.kind("new/7.txt") == "file" and foreseen.kind("7.txt") is None
