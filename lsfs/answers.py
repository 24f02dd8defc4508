"""Reading the engine's JSON answers: the error in one, its exit code, and the yes to a plan.

Standard library only, and little of it: every command passes through here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from lsfs.errors import LsfsError
from lsfs.paths import path_from_fields

DONE, NOTHING_FOUND, UNCONFIRMED, PARTLY = 0, 1, 6, 7
_QUESTIONS = {"search", "list", "history", "similar", "groups", "log", "shares", "stat"}


def exit_code(answer: Mapping[str, Any]) -> int:
    """The exit code that an `ask` or `run` answer means."""
    outcome = answer["outcome"]
    match outcome["status"]:
        case "partial":
            return PARTLY
        case "needs_confirmation":
            return UNCONFIRMED
        case "planned":
            return DONE
        case "done":
            return NOTHING_FOUND if _is_empty(answer) else DONE
    return error_from_json(outcome.get("error") or {}).exit_code


def _is_empty(answer: Mapping[str, Any]) -> bool:
    """Whether everything asked was a question, and nothing answers it."""
    outcome = answer["outcome"]
    found = any(outcome.get(key) for key in ("hits", "rows", "text", "changes"))
    asked = {operation["op"] for operation in answer["plan"]["operations"]}
    return not found and bool(asked) and asked <= _QUESTIONS


def listed_by(answer: Mapping[str, Any], shown: Sequence[str]) -> list[str]:
    """The paths that it lists, to be spoken of by their places. A look at one file, or at some of
    those that were `shown` before, is no new list."""
    outcome = answer.get("outcome") or {}
    rows = [*(outcome.get("hits") or ()), *(outcome.get("rows") or ())]
    found = dict.fromkeys(path_from_fields(dict(one)) for one in rows if "path" in one)
    is_list = not _operations(answer) <= _LOOKS_AT or not (
        len(found) == 1 or found.keys() <= set(shown)
    )
    return list(found) if is_list else []


def only_looks(answer: Mapping[str, Any]) -> bool:
    """Whether it changes nothing."""
    return _operations(answer) <= _LOOKS


def _operations(answer: Mapping[str, Any]) -> set[str]:
    return {operation["op"] for operation in (answer.get("plan") or {}).get("operations", ())}


_LOOKS_AT = {"stat", "history", "read", "summarize", "change_summary", "diff", "translate"}
_LOOKS = _LOOKS_AT | _QUESTIONS


def touched_by(answer: Mapping[str, Any]) -> list[str]:
    """What was read, made or changed, where it is now: "it" from then on. After a copy or a link
    nothing is, as that could be what was copied; nor after what removes, or turns back."""
    operations = answer["plan"]["operations"] if answer.get("plan") else ()
    if any(operation["op"] in _LEAVE_NO_IT for operation in operations) or _is_undo(answer):
        return []
    paths: dict[str, None] = {}
    for operation in operations:
        made = operation.get("to") if operation["op"] in ("move", "join") else None
        made = made or operation.get("path")
        paths |= dict.fromkeys([made] if made else operation.get("target", {}).get("paths", ()))
    return list(paths)


_LEAVE_NO_IT = {"copy", "link", "remove", "undo", "redo", "group", "drop_group", "search", "list"}


def _is_undo(answer: Mapping[str, Any]) -> bool:
    return answer["plan"].get("undoes") is not None


def confirmation(answer: Mapping[str, Any], actor: str) -> dict[str, Any]:
    """The parameters of the `run` that says yes to the plan in `answer`, and to nothing else."""
    return {
        "operations": _agreed(answer["plan"]),
        "token": answer["plan"]["token"],
        "request": answer.get("request"),
        "parser": answer.get("parser", "exact"),
        "actor": actor,
        "yes": True,
        "dry_run": False,
    }


def _agreed(plan: Mapping[str, Any]) -> list[Any]:
    """What was shown; of an undo that it is one, else the engine would take it for new work."""
    undoes = plan.get("undoes")
    if undoes is None:
        return list(plan["operations"])
    return [{"op": "undo", "id": undoes, "force": plan.get("forced", False)}]


def error_classes() -> dict[str, type[LsfsError]]:
    """Every class of the error tree by its `kind`."""
    found: dict[str, type[LsfsError]] = {}
    waiting: list[type[LsfsError]] = [LsfsError]
    while waiting:
        known = waiting.pop()
        found[known.kind] = known
        waiting += known.__subclasses__()
    return found


def error_from_json(error: Mapping[str, Any]) -> LsfsError:
    """The error an outcome carries, ready to be raised."""
    known = error_classes().get(error.get("kind", ""), LsfsError)
    message = error.get("message", "no reason was given")
    return known(message, path=error.get("path"), hint=error.get("hint"))


def error_to_json(error: LsfsError) -> dict[str, Any]:
    """The error as JSON shows it."""
    path = error.path
    return {
        "kind": error.kind,
        "message": error.message,
        "path": os.fsencode(path).decode("utf-8", "backslashreplace") if path else path,
        "hint": error.hint,
    }
