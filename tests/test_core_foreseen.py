"""Plans that are followed before they are run: what is refused while planning, what is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from core import Core, snapshot

from lsfs import render
from lsfs.beneath import beneath
from lsfs.engine import Consent
from lsfs.errors import MissingPathError, NothingFoundError, UsageError
from lsfs.foreseen import Foreseen
from lsfs.look import Look
from lsfs.plan import Mkdir, Move
from lsfs.selector import Selector
from lsfs.wire import outcome_json

PLAIN = Look(terminal=False, color=False, width=80, shown=str)


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


def test_a_folder_that_is_there_is_said_to_be(core: Core) -> None:
    for consent in (Consent(dry_run=True), Consent()):
        told = core.run([{"op": "mkdir", "path": "notes"}], consent)
        assert (told.changes, told.notices) == ((), ("notes is there already",))
    made = core.run([{"op": "mkdir", "path": "new/notes"}], Consent())
    assert (len(made.changes), made.notices) == (2, ())


# -- sizes of folders, numbers of what is found ----------------------------------------------------


def test_a_folder_has_the_size_of_what_is_in_it(core: Core) -> None:
    (core.root / "notes" / "old" / ".hidden").write_text("12345")
    (core.root / "notes" / "link").symlink_to("a.md")
    core.observer.scan()
    rows = [
        row
        for found in core.run([{"op": "stat", "target": paths("notes", "notes/a.md")}]).findings
        for row in found.rows
    ]
    assert [(row["size"], row.get("files")) for row in rows] == [(6 + 5, 2), (6, None)]
    (core.root / "notes" / "a.md").unlink()
    core.observer.scan()
    (row,) = core.run([{"op": "stat", "target": paths("notes")}]).findings[0].rows
    assert (row["size"], row["files"]) == (5, 1)


def test_a_hundred_thousand_files_are_summed_in_milliseconds(core: Core) -> None:
    state = (core.root / "bin.dat").stat()
    with core.catalog.atomic():
        for number in range(100_000):
            core.catalog.add_entry(f"many/{number % 99}/{number}", "file", state, 0)
    best = min(_timed(lambda: beneath(core.catalog, "many")) for _ in range(5))
    assert beneath(core.catalog, "many") == (100_000, 100_000 * state.st_size)
    assert best < 0.1
    assert beneath(core.catalog, "no such") == (0, 0)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("search", "told", "found"),
    [
        ({"filters": {"under": "notes"}}, "2 files\n", ["notes/a.md", "notes/old/b.md"]),
        ({"filters": {"extensions": ["dat"]}}, "1 file\n", ["bin.dat"]),
        ({"filters": {"extensions": ["mp3"]}}, "0 files\n", []),
        ({"filters": {"under": "notes", "hidden": "too"}}, "3 files\n", None),
        ({"filters": {"under": "notes", "hidden": "only"}}, "1 file\n", ["notes/.x.md"]),
    ],
)
def test_what_is_found_is_counted(
    core: Core, search: dict[str, object], told: str, found: list[str] | None
) -> None:
    (core.root / "notes" / "old" / "b.md").write_text("beta\n")
    (core.root / "notes" / ".x.md").write_text("hidden\n")
    core.observer.scan()
    plan = [{"op": "search", "sort": "name", "limit": 1, "count": True, **search}]
    (finding,) = core.run(plan).findings
    assert finding.text == told and finding.result is not None
    if found is not None:
        assert [hit.path for hit in finding.result.hits] == found
    shown = render.outcome(outcome_json(None, "exact", core.run(plan)), PLAIN)
    assert shown.startswith(told)


def test_selections_leave_hidden_files(core: Core) -> None:
    for name in (".DS_Store", ".git/config", "notes/.hidden", "notes/.git/config"):
        (core.root / name).parent.mkdir(exist_ok=True)
        (core.root / name).write_text("hidden\n")
    core.observer.scan()

    def moved(target: dict[str, object]) -> set[str]:
        plan = [{"op": "move", "target": target, "to": "elsewhere", "into": True}]
        return {
            path
            for operation in core.run(plan, Consent(dry_run=True)).plan.operations
            if isinstance(operation, Move)
            for path in operation.target.paths
        }

    assert moved({"filters": {"under": "notes"}}) == {"notes/a.md"}
    assert moved({"sort": "newest", "limit": 1, "filters": {"size_max": 9}}) == {"notes/a.md"}
    assert moved({"filters": {"name": ".h*"}}) == {"notes/.hidden"}
    assert moved({"filters": {"under": "notes/.git"}}) == {"notes/.git/config"}
    assert moved({"filters": {"path": "notes/.git/*"}}) == {"notes/.git/config"}
    with pytest.raises(NothingFoundError):
        moved({"filters": {"name": "*h*d*"}})
    assert moved({"filters": {"under": "notes", "hidden": "only"}}) == {
        "notes/.hidden", "notes/.git/config",
    }  # fmt: skip
    assert moved(paths("notes/.hidden", "notes")) == {"notes/.hidden", "notes"}
