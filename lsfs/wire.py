"""Answers as the JSON of the public contract (docs/cli.md): plain dicts, ready for `json.dumps`."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ValidationError

from lsfs.engine import Outcome
from lsfs.errors import UsageError
from lsfs.past import Was
from lsfs.paths import name, path_fields, path_from_fields, percent_escaped
from lsfs.places import place_json
from lsfs.plan import List, Operation, Plan
from lsfs.records import Change, Coverage, Finding, Hit, Match, SearchResult
from lsfs.times import rfc3339

TYPES = {
    "file": stat.S_IFREG, "directory": stat.S_IFDIR, "symlink": stat.S_IFLNK, "other": stat.S_IFIFO,
}  # fmt: skip
"""Kinds as the type bits of st_mode."""


def search_json(query: str, result: SearchResult) -> dict[str, Any]:
    """A search result."""
    return {
        "query": percent_escaped(query), "mode": result.mode,
        "hits": [hit_json(hit) for hit in result.hits],
        "weak": result.weak, "coverage": coverage_json(result.coverage),
        "elapsed_ms": round(result.elapsed_ms, 3), "notices": list(result.notices),
    }  # fmt: skip


def hit_json(hit: Hit) -> dict[str, Any]:
    """One hit with its passages."""
    fields: dict[str, Any] = {
        **path_fields(hit.path), "score": round(hit.score, 4), "mtime": rfc3339(hit.mtime_ns),
        "size": hit.size, "matches": [_match_json(match) for match in hit.matches],
    }  # fmt: skip
    if hit.explain is not None:
        fields["explain"] = hit.explain
    if hit.copies:
        fields["copies"] = [path_fields(path) for path in hit.copies]
    return fields


def _match_json(match: Match) -> dict[str, Any]:
    return {**place_json(match.place), "text": match.text, "score": round(match.score, 4)}


def was_json(was: Was) -> dict[str, Any]:
    """What was at a path, for a mount: `mode` includes the type, `name` stands for itself; without
    a `version` its bytes are those of the file that is at `now`, or not known."""
    now = {} if was.now is None else path_fields(was.now, "now")
    fields: dict[str, Any] = {**path_fields(name(was.path), "name"), **now}
    version = was.version
    if version is None:
        return {**fields, "mode": TYPES[was.kind] | (0o755 if was.kind == "directory" else 0o400)}
    data = version.metadata
    fields.update(
        mode=TYPES[was.kind] | data.mode, size=version.size, uid=data.uid, gid=data.gid,
        mtime_ns=data.mtime_ns, version=None if version.content is None else version.id,
    )  # fmt: skip
    if version.target is not None:  # what few have is said of those alone: folders may be wide
        fields["target"] = os.fsencode(version.target).hex()
    if data.xattrs:
        fields["xattrs"] = {k: base64.b64encode(v).decode() for k, v in data.xattrs.items()}
    return fields


def coverage_json(coverage: Coverage) -> dict[str, int]:
    """How far the index is."""
    return asdict(coverage)


def change_json(change: Change) -> dict[str, Any]:
    """One change."""
    fields: dict[str, Any] = {"action": change.action, **path_fields(change.path)}
    fields.update({"to": None} if change.to is None else path_fields(change.to, "to"))
    fields.update(version=change.version, sha256=change.sha256, size=change.size)
    return fields


def plan_json(plan: Plan) -> dict[str, Any]:
    """The literal plan and the token that binds a yes to it."""
    return {
        "operations": [operation_json(operation) for operation in plan.operations],
        "token": plan.token,
        "touches": len(plan.touched),
        "undoes": plan.undoes,
        "forced": plan.forced,
    }


def operation_json(operation: Operation) -> dict[str, Any]:
    """An operation without the fields that hold their defaults; names kept exactly."""
    return {"op": operation.op, **_plain(operation)}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = value.model_dump(mode="python", exclude_defaults=True)
        return {key: _plain(one) for key, one in fields.items()}
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def outcome_json(request: str | None, parser: str, outcome: Outcome) -> dict[str, Any]:
    """What `ask` and every command that runs a plan answers."""
    return {
        "request": request, "parser": parser, "plan": plan_json(outcome.plan),
        "outcome": {
            "status": outcome.status,
            "hits": [hit_json(hit) for found in outcome.findings for hit in _hits(found)],
            "weak": any(found.result and found.result.weak for found in outcome.findings),
            "changes": [change_json(change) for change in outcome.changes],
            "rows": [row for found in outcome.findings for row in found.rows],
            "text": "\n\n".join(f.text for f in outcome.findings if f.text is not None) or None,
            "reasons": list(outcome.reasons),
            "notices": [*outcome.notices, *_notices(outcome)],
            "error": None,
            "undo": outcome.undo,
        },
    }  # fmt: skip


def _notices(outcome: Outcome) -> list[str]:
    searched = [n for found in outcome.findings if found.result for n in found.result.notices]
    return [*searched, *(notice for found in outcome.findings for notice in found.notices)]


def _hits(finding: Finding) -> tuple[Hit, ...]:
    return finding.result.hits if finding.result else ()


def path_of(params: Mapping[str, Any]) -> str:
    """The path that parameters name: `path`, or its exact bytes in `path_b64`."""
    given = {key: str(value) for key, value in params.items() if key in ("path", "path_b64")}
    return List.model_validate({"path": path_from_fields({"path": "", **given})}).path


def paths_of(params: Mapping[str, Any]) -> list[str]:
    """The list `paths` among the parameters; empty when there is none. Raises: UsageError."""
    given = params.get("paths", [])
    if not isinstance(given, list):
        raise UsageError("`paths` is a list of paths")
    return [path_of({"path": one}) for one in given]


def number_of(params: Mapping[str, Any], key: str) -> int:
    """A whole number among the parameters. Raises: UsageError."""
    number = params.get(key)
    if not isinstance(number, int):
        raise UsageError(f"`{key}` is a whole number")
    return number


def usage_error(error: ValidationError) -> UsageError:
    """What is wrong with parameters, the first of it."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "request"
    return UsageError(f"{place}: {first['msg'].removeprefix('Value error, ')}")
