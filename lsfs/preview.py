"""Plans in words: what would be done, before the yes, and groups as tables, before and after it.

Decides nothing, asks nothing and prints nothing, as `render` does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from lsfs import render
from lsfs.counting import counted
from lsfs.free_names import fitting
from lsfs.look import Json, Look, clipped
from lsfs.paths import for_terminal, name, parent

NAMES = 8
VALUE, LABEL = 72, 40  # characters
FIRST = 3
"""Files of a group that its line names."""


def outcome(answer: Json, look: Look) -> str:
    """What a plan brought about, or would."""
    result = answer["outcome"]
    if result["status"] == "planned":
        return plan(answer, look)
    if answer.get("steps") and result["status"] in ("done", "partial"):
        return _went(answer, look)
    operations = answer["plan"]["operations"]
    if result["status"] == "done" and (groups := _places(operations, _GROUPS)):
        return render.table(groups, look)
    return render.outcome(answer, look)


def plan(answer: Json, look: Look) -> str:
    """A resolved plan in words: every operation, how much it touches, the first names, and why
    it is asked about. Of many files for several groups or folders, a table of those."""
    if answer.get("steps"):
        lines = [line for step in _telling(answer["steps"]) for line in _step(step, look)]
    else:
        operations = answer["plan"]["operations"]
        lines = _spread(operations, look) or _each(operations, look)
    reasons = answer["outcome"].get("reasons")
    if reasons:
        lines.append(look.paint(f"({'; '.join(map(for_terminal, reasons))})", dim=True))
    return "\n".join(lines)


def _telling(steps: Sequence[Json]) -> list[Json]:
    """The steps that are told of: of the rounds of a loop, what they find, say and change."""
    loops = [step["step"] for step in steps if step["kind"] == "loop"]
    return [
        step
        for step in steps
        if step["kind"] in ("process", "loop", "terminal")
        or not any(f"{step['step']}.".startswith(f"{loop}.") for loop in loops)
    ]


def _step(step: Json, look: Look) -> list[str]:
    """A step of a program: what it says, what it came to, and what it would change."""
    lines = [f"{clipped(step['step'], LABEL)}. {_said(step)}{look.paint(_came_to(step), dim=True)}"]
    wanted = [one for one in step["operations"] if one["op"] not in _READS]
    if wanted:
        told = _spread(wanted, look) or _each(wanted, look)
    else:
        told = [look.name(path) for path in step["paths"][:NAMES]]
        if len(step["paths"]) > NAMES:
            told.append(f"... and {len(step['paths']) - NAMES} more")
        told += [clipped(line, VALUE) for line in (step["text"] or "").splitlines()[:FIRST]]
    return lines + [f"     {line}" for line in told]


def _said(step: Json) -> str:
    told = clipped(step["instruction"], VALUE) or "stop"
    match step["kind"]:
        case "decision":
            return told.rstrip("?") + "?"
        case "loop":
            return f"for each of: {told}"
        case _:
            return told


_READS = frozenset(
    "search list read stat history diff similar groups log summarize change_summary".split()
)


def _came_to(step: Json) -> str:
    """In a few words, what a step came to."""
    if step["skipped"]:
        return f"  (nothing to do: {for_terminal(step['skipped'])})"
    if step["answer"] is not None:
        return "  (yes)" if step["answer"] else "  (no)"
    if step["text"]:
        return f"  ({counted(len(step['text'].split()), 'word')})"
    count = len(step["paths"])
    is_about_files = count or step["kind"] == "loop"
    return f"  ({counted(count, 'file')})" if is_about_files else ""


def _went(answer: Json, look: Look) -> str:
    """How a program went, a row a step; the links it opened; of one that changed nothing, also
    what it says."""
    rows = [
        {
            "step": clipped(step["step"], LABEL), "what": _said(step),
            "came to": look.name(step["paths"][0])
            if len(step["paths"]) == 1 and not step["text"]
            else _came_to(step).strip(" ()"),
        }
        for step in _telling(answer["steps"])
    ]  # fmt: skip
    parts = [render.table(rows, look), *render.opened(answer["outcome"]["rows"])]
    if not answer["outcome"]["changes"]:
        parts += [look.name(row) for row in answer["outcome"]["rows"]]
        text = answer["outcome"]["text"]
        parts += [render.document(text, look)] if text else []
    return "\n".join(parts)


def _each(operations: Sequence[Json], look: Look) -> list[str]:
    lines: list[str] = []
    for _, run in groupby(_together(operations), key=lambda operation: operation["op"]):
        alike = list(run)
        for operation in alike[:NAMES]:
            lines += _operation(operation, look)
        if len(alike) > NAMES:
            verb = alike[0]["op"].replace("_", " ")
            lines.append(f"... and {len(alike) - NAMES} more to {verb}")
    return lines


def _together(operations: Sequence[Json]) -> list[Json]:
    """What goes into one folder, each by the name it has, told as one operation."""
    told: list[Json] = []
    for place, run in groupby(operations, key=_goes_to):
        alike = list(run)
        if place is None or len(alike) == 1:
            told += alike
            continue
        paths = [path for one in alike for path in one["target"]["paths"]]
        told.append({"op": alike[0]["op"], "target": {"paths": paths}, "to": place[1]})
    return told


def _goes_to(operation: Json) -> tuple[str, str] | None:
    """What is done and where to, of one that says nothing more."""
    if operation["op"] not in _TRANSFERS or operation.get("overwrite") or not operation.get("to"):
        return None
    if not _keeps_name(operation) or not parent(operation["to"]):
        return None
    return operation["op"], parent(operation["to"])


_GROUPS, _TRANSFERS = frozenset({"group", "drop_group"}), frozenset({"move", "copy", "link"})


def _spread(operations: Sequence[Json], look: Look) -> list[str]:
    """The table, where files go to several groups or folders, and it hides nothing; else nothing:
    what is overwritten, or called otherwise, is told of each."""
    if groups := _places(operations, _GROUPS):
        dropped = [one for one in operations if one["op"] == "drop_group"]
        return [*_each(dropped, look), render.table(groups, look)]
    transfers = [one for one in operations if one["op"] in _TRANSFERS]
    folders = _places(operations, _TRANSFERS | {"mkdir"})
    if not folders or len(transfers) <= NAMES or len({one["op"] for one in transfers}) > 1:
        return []
    if any(one.get("overwrite") or not _keeps_name(one) for one in transfers):
        return []
    return [f"{transfers[0]['op']} {len(transfers)} entries:", render.table(folders, look)]


def _keeps_name(transfer: Json) -> bool:
    """Whether it is called as before, or so with a number where that is taken."""
    to = name(transfer["to"])
    ends = ("", *re.findall(r" \(\d+\)", to))
    return all(
        to in {fitting("", name(path), end) for end in ends} for path in transfer["target"]["paths"]
    )


def _places(operations: Sequence[Json], kinds: frozenset[str]) -> list[dict[str, Any]]:
    """A row for each group or folder that files go to, where they are several and the plan holds
    nothing else."""
    if not {one["op"] for one in operations} <= kinds:
        return []
    found: dict[str, list[str]] = {}
    for one in operations:
        paths = (one.get("target") or {}).get("paths") or ()
        place = one.get("name") or parent(str(one.get("to", "")))
        found.setdefault(place, []).extend(paths)
    rows = [
        {
            "group" if kinds == _GROUPS else "folder": place or ".",
            "files": len(paths),
            "among them": clipped(", ".join(map(name, paths[:FIRST])), VALUE),
        }
        for place, paths in found.items()
        if paths
    ]
    return rows if len(rows) > 1 else []


def _operation(operation: Json, look: Look) -> list[str]:
    paths = list((operation.get("target") or {}).get("paths") or ())
    verb = operation["op"].replace("_", " ")
    details = "".join(
        _detail(key, operation[key], look) for key in _TOLD if operation.get(key) not in _UNTOLD
    )
    if not paths:
        return [verb + details]
    if len(paths) == 1:
        return [f"{verb} {look.path(paths[0])}{details}"]
    named = [f"    {look.path(path)}" for path in paths[:NAMES]]
    if len(paths) > NAMES:
        named.append(f"    ... and {len(paths) - NAMES} more")
    return [f"{verb} {len(paths)} entries{details}:", *named]


# What a preview tells of an operation, in this order.
_TOLD = (
    "path", "name", "query", "containing", "filters", "id", "versions", "version", "to", "form",
    "into", "overwrite", "old", "new", "text", "language", "mtime", "expires", "since",
)  # fmt: skip
_UNTOLD: tuple[object, ...] = (None, "", False, "virtual", {}, [])


def _detail(key: str, value: Any, look: Look) -> str:
    if key == "path":
        return f" {look.path(value)}"
    if render.is_moment(value):
        return f" {key} {render.moment(value)}"
    if key in {"to", "into"} and isinstance(value, str):
        return f" {key} {look.path(value)}"
    if value is True:
        return "" if key == "into" else f", {key}"
    if isinstance(value, Mapping):
        told = (_detail(name, part, look) for name, part in value.items() if part not in _EMPTY)
        return "".join(told)
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return f", {key.replace('_', ' ')}: {clipped(value, VALUE)}"


_EMPTY: tuple[object, ...] = (None, "", [], ())
