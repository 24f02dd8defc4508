"""Groups: one and several, as names and in folders, on a real core with a real index."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core import YES, Core, snapshot
from indexing import Indexed

from lsfs.engine import Consent, Outcome
from lsfs.errors import NothingFoundError, PolicyError, UsageError
from lsfs.gathering import gathered
from lsfs.plan import Copy, MakeGroup, Plan
from lsfs.selector import Selector

LATIN = os.fsdecode(b"caf\xe9.md")
TEXTS = {
    "bees/hive.md": "Honey bees live in a hive. The queen bee lays eggs, the workers make honey.\n",
    "bees/swarm.md": "In May the bees swarm: the old queen leaves the hive with half the bees.\n",
    "honey.txt": "Honey is what bees make of nectar; a beekeeper takes it from the hive.\n",
    "trains/steam.md": "The steam locomotive pulled the train; its boiler burnt coal.\n",
    "trains/rails.md": "A railway: trains run on rails, from station to station, by locomotive.\n",
    "timetable.txt": "The train leaves the station at nine, the next on this railway at ten.\n",
    LATIN: "Schedule a meeting on the tax return with the accountant.\n",
    "data.bin": "\0\1\2",
    ".env": "TOKEN=bees bees bees",
}
BEES = {"bees/hive.md", "bees/swarm.md", "honey.txt"}
ASK = Consent()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    with Indexed(tmp_path_factory.mktemp("groups")) as indexed:
        for path, text in TEXTS.items():
            indexed.write(path, text, mtime=1_600_000_000 if "trains/" in path else None)
        os.symlink("bees/hive.md", indexed.root / "link.md")
        indexed.settle()
        yield indexed


@pytest.fixture
def home(shared: Indexed) -> Iterator[Core]:
    """As it was, after each test."""
    before, done = snapshot(shared.root), shared.core.journal.newest(1)
    last = done[0].id if done else 0
    yield shared.core
    for row in shared.core.journal.newest(20):
        if row.id > last and row.state == "done" and row.undone_by is None and row.undoes is None:
            shared.core.run([{"op": "undo", "id": row.id}])
    assert snapshot(shared.root) == before
    assert all_groups(shared.core) == {}


def group(core: Core, consent: Consent = YES, **fields: Any) -> Outcome:
    operation = {"op": "group", "name": fields.get("by"), "target": {}, **fields}
    return core.run([operation], consent)


def all_groups(core: Core) -> dict[str, set[str]]:
    rows = core.run([{"op": "groups"}]).findings[0].rows
    return {row["name"]: members(core, row["name"]) for row in rows}


def members(core: Core, name: str) -> set[str]:
    rows = core.run([{"op": "groups", "name": name}]).findings[0].rows
    return {row["path"] for row in rows}


def test_by_topic_with_names_and_nothing_dropped(home: Core) -> None:
    shown = group(home, ASK, by="topic")
    assert shown.status == "needs_confirmation"
    assert shown.notices == ("2 of 8 files share no topic with others: other",)
    group(home, by="topic")
    made = all_groups(home)
    assert set(map(frozenset, made.values())) == {
        frozenset(BEES),
        frozenset({"trains/steam.md", "trains/rails.md", "timetable.txt"}),
        frozenset({"caf%E9.md", "data.bin"}),
    }
    assert made["topic/other"] == {"caf%E9.md", "data.bin"}
    (bees,) = [name for name, paths in made.items() if paths == BEES]
    assert {"bee", "bees", "honey", "hive"} & set(bees.removeprefix("topic/").split(", "))


def test_the_same_files_give_the_same(home: Core) -> None:
    first = group(home, ASK, by="topic").plan
    assert group(home, ASK, by="topic").plan.token == first.token


def test_as_many_topics_as_are_asked_for(home: Core) -> None:
    group(home, by="topic", count=1)
    assert len(all_groups(home)) <= 2
    group(home, by="topic", count=500)  # each alone: no topic at all
    assert set(all_groups(home)) == {"topic/other"}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("type", {"type/text", "type/other"}),
        ("folder", {"folder/bees", "folder/trains", "folder/other"}),
        ("author", {"author/other"}),
    ],
)
def test_by_what_is_known(home: Core, by: str, expected: set[str]) -> None:
    group(home, by=by)
    made = all_groups(home)
    assert set(made) == expected
    assert sum(len(paths) for paths in made.values()) == 8  # no link, no secret


def test_by_year_and_of_some_files_alone(home: Core) -> None:
    group(home, by="year", name="when", target={"filters": {"under": "trains"}})
    assert all_groups(home) == {"when/2020": {"trains/steam.md", "trains/rails.md"}}


def test_what_is_called_other_and_what_differs_unseen_stay_apart(tmp_path: Path) -> None:
    with Indexed(tmp_path) as indexed:
        for path in ("top.txt", "other/o.txt", "a b/c/x.txt", "a\u200db/c/x.txt"):
            indexed.write(path, path)
        indexed.settle()
        group(indexed.core, by="folder")
        assert all_groups(indexed.core) == {
            "folder/other": {"top.txt"},
            "folder/other (2)": {"other/o.txt"},
            "folder/a b/c": {"a b/c/x.txt"},
            "folder/a b/c (2)": {"a\u200db/c/x.txt"},
        }


def test_made_again_they_take_the_place_of_those_before(home: Core) -> None:
    group(home, by="folder", name="mine")
    group(home, by="type", name="mine")
    assert set(all_groups(home)) == {"mine/text", "mine/other"}
    home.run([{"op": "undo"}])
    assert set(all_groups(home)) == {"mine/bees", "mine/trains", "mine/other"}


def test_groups_are_listed_and_forgotten_below_a_name(home: Core) -> None:
    group(home, by="folder")
    listed = home.run([{"op": "groups", "name": "folder"}]).findings[0].rows
    assert [row["name"] for row in listed] == ["folder/bees", "folder/other", "folder/trains"]
    home.run([{"op": "drop_group", "name": "folder/bees"}])
    home.run([{"op": "drop_group", "name": "folder"}])
    assert all_groups(home) == {}
    with pytest.raises(NothingFoundError, match="no group 'folder'"):
        home.run([{"op": "drop_group", "name": "folder"}])


def test_links_lead_to_the_files_and_undo_removes_them(home: Core) -> None:
    (home.root / "reading").mkdir()
    (home.root / "reading" / "hive.md").write_text("mine")
    home.observer.scan()
    target = {"paths": ["bees/hive.md", "bees/swarm.md", LATIN]}
    fields: dict[str, Any] = {
        "name": "reading",
        "form": "links",
        "into": "reading",
        "target": target,
    }
    made = group(home, **fields)
    assert [change.action for change in made.changes] == ["link"] * 3
    assert os.readlink(home.root / "reading/hive (2).md") == "../bees/hive.md"
    assert (home.root / "reading" / LATIN).read_text() == TEXTS[LATIN]
    assert (home.root / "reading/hive.md").read_text() == "mine"
    again = group(home, **{**fields, "target": {"paths": ["bees/swarm.md", "honey.txt"]}})
    assert [change.to for change in again.changes] == ["reading/honey.txt"]
    for _ in range(2):
        home.run([{"op": "undo"}])
    assert os.listdir(home.root / "reading") == ["hive.md"]
    assert (home.root / "bees/hive.md").exists()
    (home.root / "reading/hive.md").unlink()
    (home.root / "reading").rmdir()
    home.observer.scan()


def test_links_to_files_of_one_name_are_made_once(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(folder)
    with Core(tmp_path) as core:
        fields: dict[str, Any] = {"name": "L", "form": "links", "into": "sets/L"}
        group(core, **fields, target={"paths": ["a/x.txt", "b/x.txt"]})
        with pytest.raises(NothingFoundError, match="there already"):
            group(core, **fields, target={"paths": ["a/x.txt", "b/x.txt"]})
        assert sorted(os.listdir(tmp_path / "sets/L")) == ["x (2).txt", "x.txt"]


def test_a_folder_is_sorted_within_itself(home: Core) -> None:
    fields: dict[str, Any] = {
        "by": "type",
        "form": "moves",
        "into": "",
        "target": {"filters": {"path": "*"}},
    }
    shown = group(home, ASK, **fields)
    assert shown.status == "needs_confirmation"
    done = home.engine.run(
        Plan(operations=shown.plan.operations), Consent(token=shown.plan.token), home.observer
    )
    assert {(change.path, change.to) for change in done.changes if change.action == "move"} == {
        ("honey.txt", "text/honey.txt"),
        ("timetable.txt", "text/timetable.txt"),
        (LATIN, f"text/{LATIN}"),
        ("data.bin", "other/data.bin"),
    }
    assert (home.root / "bees/hive.md").exists()


def test_what_is_refused(home: Core) -> None:
    with pytest.raises(PolicyError, match="moves of everything"):
        group(home, by="type", form="moves", into="x")
    for name in ("a//b", "../b", "a/", ".", "two\nlines", "x" * 300):
        with pytest.raises(UsageError, match="no group can be called"):
            group(home, name=name, target={"paths": ["honey.txt"]})
    with pytest.raises(NothingFoundError, match="no file"):
        group(home, by="type", target={"filters": {"extensions": ["nothing"]}})


def test_a_link_alone(home: Core) -> None:
    home.run([{"op": "link", "target": {"paths": ["bees"]}, "to": "new/deep/insects"}])
    assert os.readlink(home.root / "new/deep/insects") == "../../bees"


def test_same_names_in_one_folder_are_made_unique(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    long = "n" * 251 + ".txt"
    for folder in ("a", "b"):
        (tmp_path / folder / "x.txt").write_text(folder)
        (tmp_path / folder / long).write_text(folder)
    with Core(tmp_path) as core:
        paths = [f"{folder}/{name}" for name in ("x.txt", long) for folder in ("a", "b")]
        target = {"paths": paths}
        core.run([{"op": "group", "name": "all", "form": "copies", "target": target}])
        names = sorted(os.listdir(tmp_path / "all"))
        assert names == ["n" * 247 + " (2).txt", long, "x (2).txt", "x.txt"]
        assert (tmp_path / "all" / "x (2).txt").read_text() == "b"
        core.run([{"op": "undo"}])
        assert not (tmp_path / "all").exists()


def test_thousands_of_one_name_are_made_unique_at_once(core: Core) -> None:
    paths = tuple(f"{number}/README.md" for number in range(3000))
    begun_s = time.process_time()
    made = MakeGroup(name="all", form="copies", target=Selector(paths=paths))
    *_, last = gathered(core.tree, made)
    assert isinstance(last, Copy) and last.to == "all/README (3000).md"
    assert time.process_time() - begun_s < 2


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    for name in ("a.txt", "b.txt", "m.txt"):
        (tmp_path / name).write_text(name)
    with Core(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("others", [[], ["a.txt"]])
def test_a_forgotten_group_comes_back_with_the_members_that_are_gone(
    core: Core, others: list[str]
) -> None:
    group(core, name="g", target={"paths": ["m.txt", *others]})
    removed = core.run([{"op": "remove", "target": {"paths": ["m.txt"]}}])
    core.run([{"op": "drop_group", "name": "g"}])
    core.run([{"op": "undo"}])
    assert all_groups(core) == {"g": set(others)}
    core.run([{"op": "undo", "id": removed.undo}])
    assert all_groups(core) == {"g": {"m.txt", *others}}


def test_what_took_the_place_of_a_gone_member_is_none(core: Core) -> None:
    group(core, name="g", target={"paths": ["a.txt", "m.txt"]})
    core.run([{"op": "remove", "target": {"paths": ["m.txt"]}}])
    core.run([{"op": "move", "target": {"paths": ["b.txt"]}, "to": "m.txt"}])
    core.run([{"op": "drop_group", "name": "g"}])
    core.run([{"op": "undo"}])
    assert all_groups(core) == {"g": {"a.txt"}}


def test_a_group_made_over_one_whose_members_are_gone_is_taken_back(core: Core) -> None:
    group(core, name="g", target={"paths": ["m.txt"]})
    core.run([{"op": "remove", "target": {"paths": ["m.txt"]}}])
    made = group(core, name="g", target={"paths": ["a.txt"]})
    core.run([{"op": "undo", "id": made.undo}])
    assert all_groups(core) == {"g": set()}


def test_making_a_group_again_asks_nothing_of_the_others(core: Core) -> None:
    statements: list[str] = []
    asked = []
    for number in range(6):
        group(core, name=f"g{number}", target={"paths": ["a.txt"]})
        if number in (0, 5):
            core.catalog.db.conn.set_trace_callback(statements.append)
            group(core, name="g0", target={"paths": ["a.txt"]})
            core.catalog.db.conn.set_trace_callback(None)
            asked.append(sum("group" in one for one in statements))
            statements.clear()
    assert asked[0] == asked[1]
