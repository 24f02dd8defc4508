"""Answers as text: stable lines for pipes, readable and safe on a terminal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lsfs import preview, render
from lsfs.look import Look, place, short_place
from lsfs.paths import may_stand_for
from lsfs.places import place_in_words, place_json
from lsfs.records import Place

PIPE = Look(terminal=False, color=False, width=80, shown=str)
SCREEN = Look(terminal=True, color=True, width=80, shown=str)


def hit(path: str = "a.md", **match: Any) -> dict[str, Any]:
    """A hit with one passage."""
    return {
        "path": path, "score": 0.5, "mtime": "2026-11-20T10:00:00+00:00", "size": 1234,
        "matches": [{"lines": None, "page": None, "heading": None, "text": "x", **match}],
    }  # fmt: skip


def found(*hits: dict[str, Any], query: str = "") -> dict[str, Any]:
    """A search answer."""
    return {"query": query, "hits": list(hits)}


@pytest.mark.parametrize(
    ("match", "line"),
    [
        ({"lines": [3, 4], "text": "two\n lines"}, "a.md:3: two lines"),
        ({"lines": [3, 5], "text": "other\n\nbees and wasps"}, "a.md:5: bees and wasps"),
        ({"lines": [3, 9], "text": "reflowed\nbees"}, "a.md:3: bees"),
        ({"page": 4}, "a.md:p4: x"),
        ({"sheet": "Q1"}, "a.md:Q1: x"),
        ({"seconds": 0.0}, "a.md:0:00: x"),
        ({"seconds": 3750.9}, "a.md:1:02:30: x"),
        ({}, "a.md: x"),
    ],
)
def test_a_passage_for_a_pipe(match: dict[str, Any], line: str) -> None:
    assert render.search(found(hit(**match), query="the bee"), PIPE) == line


def test_nothing_in_a_file_or_its_name_reaches_the_terminal_raw() -> None:
    evil = hit("a\x1b[2Jb.md", text="bell\x07 \x1b]0;title\x07 \u202egnp.exe", heading="\x9b31m")
    for look in (PIPE, Look(terminal=True, color=False, width=80, shown=str)):
        shown = render.search(found(evil, query="bell"), look)
        assert not any(ord(character) < 32 and character != "\n" for character in shown)
        assert "\u202e" not in shown
        assert "\x9b" not in shown
    assert "\x1b" not in render.document("ok\tfine\n\x1b[31mred", SCREEN)
    assert render.document("\x1b[31mred\n", PIPE) == "\x1b[31mred\n"


def test_a_hit_without_a_passage_is_its_path_and_what_was_asked_about() -> None:
    bare = {**hit(), "matches": []}
    assert render.search(found(bare), PIPE) == "a.md"
    assert render.search(found(bare), PIPE, ["size", "mtime"]) == "a.md\t1234\t" + bare["mtime"]


@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        ({}, []),
        ({"sort": "relevance", "filters": {"size_min": None}}, []),
        ({"sort": "largest"}, ["size"]),
        ({"sort": "newest", "filters": {"size_max": 0}}, ["size", "mtime"]),
        ({"filters": {"before": "2026-11-20T10:00:00+00:00"}}, ["mtime"]),
    ],
)
def test_what_a_request_asks_about(request_: dict[str, Any], facts: list[str]) -> None:
    assert render.facts_asked([request_]) == facts


def test_unread_files_are_counted_by_what_is_wrong() -> None:
    assert render.unread([]) is None
    rows = [{"status": status} for status in ("failed", "too large", "too large", "read in part")]
    assert render.unread(rows) == "1 failed, of the indexed 2 too large, 1 read in part"
    assert render.unread([{"status": "not opened"}]) == "1 not opened"


def test_words_of_the_query_are_bold_in_other_forms_too() -> None:
    shown = render.search(found(hit(text="Scheduling tasks"), query="schedule"), SCREEN)
    assert "\x1b[1mScheduling\x1b[0m tasks" in shown


@pytest.mark.parametrize(
    ("query", "text", "bold"),
    [
        ("what is the budget for tax", "The budget is for taxes", ["budget", "taxes"]),
        ("预算会议", "年度预算和会议", ["预算", "会议"]),
        ("火", "一团火", ["火"]),
        ("config", "loadConfigFrom(reconfigure)", ["ConfigFrom"]),
        ("figuration", "reconfiguration", ["figuration"]),
        ("plan ext:md -draft in:notes", "a draft plan in md notes", ["plan"]),
        ('"the plan"', "the plan", ["plan"]),
        ("the", "the cat", ["the"]),
        ("vitamin c", "cats climb for vitamins; C is one", ["vitamins", "C"]),
        ("ids of io", "userIds, my_id, idle ion, loadIoMap", ["Ids", "Io"]),
        ("re:invent error:timeout", "a timeout at re:invent", ["timeout", "re", "invent"]),
        ("(-v flag) -foo:bar", "the flag -v of bar", ["flag", "v", "bar"]),
    ],
)
def test_what_is_bold(query: str, text: str, bold: list[str]) -> None:
    shown = render.search(found(hit(text=text), query=query), SCREEN)
    assert re.findall("\x1b\\[1m([^\x1b]*)\x1b", shown)[-len(bold) :] == bold


def test_copies_are_counted_and_the_first_are_named() -> None:
    copies = [{"path": f"old/{number}\x07.md"} for number in range(4)]
    shown = render.search(found({**hit(), "copies": copies}), SCREEN)
    assert "5 copies, also old/0\\x07.md, old/1\\x07.md, old/2\\x07.md" in shown
    assert "old/3" not in shown and "\x07" not in shown


def planned(*operations: dict[str, Any], reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    """An answer that asks for a yes."""
    return {
        "plan": {"operations": list(operations), "token": "t"},
        "outcome": {"status": "needs_confirmation", "reasons": list(reasons)},
    }


def test_a_plan_over_many_files_shows_the_first_and_counts_the_rest() -> None:
    paths = [f"f{number}" for number in range(30)]
    shown = preview.plan(
        planned({"op": "remove", "target": {"paths": paths}}, reasons=("it removes",)), PIPE
    ).splitlines()
    assert shown[0] == "remove 30 entries:"
    assert [line.strip() for line in shown[1:9]] == paths[:8]
    assert shown[9].strip() == "... and 22 more"
    assert shown[10] == "(it removes)"


def test_many_operations_of_a_kind_are_counted() -> None:
    moves = [
        {"op": "move", "target": {"paths": [f"f{number}"]}, "to": f"d/f{number}"}
        for number in range(30)
    ]
    shown = preview.plan(planned({"op": "mkdir", "path": "d"}, *moves), PIPE).splitlines()
    assert shown[:3] == ["mkdir d", "move 30 entries to d:", "    f0"]
    assert shown[-1] == "    ... and 22 more"
    assert len(shown) == 11
    moves[3]["to"] = "d/other"
    shown = preview.plan(planned(*moves), PIPE).splitlines()
    assert shown[:5] == [
        "move 3 entries to d:",
        "    f0",
        "    f1",
        "    f2",
        "move f3 to d/other",
    ]
    renames = [
        {"op": "move", "target": {"paths": [f"f{number}"]}, "to": f"g{number}"}
        for number in range(30)
    ]
    shown = preview.plan(planned(*renames), PIPE).splitlines()
    assert shown[0] == "move f0 to g0" and shown[-1] == "... and 22 more to move"


def test_several_groups_and_folders_are_tables() -> None:
    groups = [
        {"op": "group", "name": f"topic/{name}", "target": {"paths": [f"x/{name}.md", "y.md"]}}
        for name in ("bees", "trains")
    ]
    dropped = {"op": "drop_group", "name": "topic/old"}
    shown = preview.plan(planned(dropped, *groups), PIPE).splitlines()
    assert shown == [
        "drop group, name: topic/old", "topic/bees\t2\tbees.md, y.md",
        "topic/trains\t2\ttrains.md, y.md",
    ]  # fmt: skip
    moves = [
        {"op": "move", "target": {"paths": [f"f{number}"]}, "to": f"d{number % 2}/f{number}"}
        for number in range(10)
    ]
    assert preview.plan(planned(*moves), PIPE).splitlines() == [
        "move 10 entries:", "d0\t5\tf0, f2, f4", "d1\t5\tf1, f3, f5",
    ]  # fmt: skip
    moves[9]["to"] = "d1/f9 (2)"
    assert len(preview.plan(planned(*moves), PIPE).splitlines()) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"to": "d0/x0.bin"}, "move f0 to d0/x0.bin"),
        ({"overwrite": True}, "move f0 to d0/f0, overwrite"),
    ],
)
def test_no_table_hides_another_name_or_what_is_overwritten(
    change: dict[str, Any], told: str
) -> None:
    moves = [
        {"op": "move", "target": {"paths": [f"f{number}"]}, "to": f"d{number % 2}/f{number}"}
        for number in range(10)
    ]
    moves[0].update(change)
    shown = preview.plan(planned(*moves), PIPE).splitlines()
    assert shown[0] == told
    assert shown[-1] == "... and 2 more to move"


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        ({"op": "move", "target": {"paths": ["a"]}, "to": "b/a"}, "move a to b/a"),
        ({"op": "write", "path": "a", "text": "one\ntwo"}, "write a, text: one two"),
        ({"op": "rollback", "path": "a", "versions": 2}, "rollback a, versions: 2"),
        ({"op": "drop_group", "name": "g"}, "drop group, name: g"),
        ({"op": "undo", "id": 7}, "undo, id: 7"),
    ],
)
def test_an_operation_in_words(operation: dict[str, Any], line: str) -> None:
    assert preview.plan(planned(operation), PIPE) == line


def test_rows() -> None:
    rows = [
        {"id": 2, "at": "2026-11-20T10:00:00+00:00", "size": 1234, "path": "b\nc", "request": None},
        {"id": 1, "at": "2026-11-19T10:00:00+00:00", "size": 99, "path": "a", "request": None},
    ]
    assert render.table(rows, PIPE).splitlines() == [
        "2\t2026-11-20T10:00:00+00:00\t1234\tb\\nc",
        "1\t2026-11-19T10:00:00+00:00\t99\ta",
    ]
    shown = render.table(rows, SCREEN)
    assert "1.2 kB" in shown
    assert "request" not in shown


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_960_000, "10 MB"), (999_600, "1.0 MB")],
)
def test_sizes(count: int, text: str) -> None:
    assert render.size(count) == text


def test_bytes_of_a_name_stay_what_they_are_on_a_pipe() -> None:
    name = "100%/caf\udce9\tnew\nline\u202e.txt"
    assert PIPE.path(name) == "100%/caf\udce9\\tnew\\nline\\u202e.txt"
    assert SCREEN.path(name) == "100%25/caf%E9\\tnew\\nline\\u202e.txt"


@pytest.mark.parametrize(
    "name",
    [
        "bad\udcff\udcfe.txt", "new\nline.txt", "100%/caf\udce9\r\t.txt", "\x1b[2J",
        "\u202egnp.exe", "\U000e0001", "\x85", "\xad", "\udc80\x80\u2028",
    ],
)  # fmt: skip
def test_what_is_printed_can_be_typed_back(name: str) -> None:
    for look in (PIPE, SCREEN):
        printed = look.path(name)
        assert printed == name or name in may_stand_for(printed)


@pytest.mark.parametrize(
    "typed", ["a%41.txt", "%00", "back\\slash", "\\x41", "\\U00110000", "x%ff"]
)
def test_what_is_never_printed_so_stands_for_nothing_else(typed: str) -> None:
    assert list(may_stand_for(typed)) == []


def test_cells_are_told_as_spreadsheets_tell_them() -> None:
    match = {"text": "rent 900", "sheet": "Costs", "columns": "B:D", "lines": [3, 4]}
    assert short_place(match, 3) == "Costs!B3:D4:"
    assert place({**match, "columns": "B"}, 3) == "sheet Costs!B3:B4: "
    assert short_place({"text": "x", "sheet": "Costs"}, None) == "Costs:"


def test_a_time_in_a_recording_is_told_as_players_tell_it() -> None:
    assert place({"text": "rosebud", "seconds": 750.4}, None) == "12:30: "
    assert place_in_words(Place(seconds=59.9)) == "0:59"
    told = place_json(Place(seconds=12.5))
    assert told["seconds"] == 12.5 and told["page"] is None
