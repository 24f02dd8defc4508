"""The engine's answers as frozen records, for Python callers.

The faces speak the JSON of docs/cli.md; this module turns it into `lsfs.records` and `Outcome`.
Standard library only, no behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from lsfs.answers import error_from_json
from lsfs.errors import LsfsError
from lsfs.paths import path_from_fields
from lsfs.records import Change, Coverage, Hit, Match, Place, SearchResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan.

    `status` is done, planned, needs_confirmation, refused, failed or partial. `rows` are the lines
    of a listing (list, stat, history, log, groups) or the sentences of a summary as plain dicts;
    `text` what a read, a diff or a summary says; `undo` the id that takes it all back. `token`
    binds a yes to `operations`. `notices` are remarks on it; `weak` says that nothing is clearly
    about what was searched for, and the hits are only the nearest. `steps` are those that a program
    in words ran, as plain dicts (docs/programs.md).
    """

    status: str
    operations: tuple[Mapping[str, Any], ...]
    request: str | None = None
    parser: str = "exact"
    token: str | None = None
    hits: tuple[Hit, ...] = ()
    changes: tuple[Change, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    text: str | None = None
    undo: int | None = None
    notices: tuple[str, ...] = ()
    weak: bool = False
    steps: tuple[Mapping[str, Any], ...] = ()
    error: LsfsError | None = field(default=None, compare=False)


def outcome_from_json(answer: Mapping[str, Any]) -> Outcome:
    """The `Outcome` in the answer of `ask` or `run`."""
    plan, outcome = answer["plan"], answer["outcome"]
    failure = outcome.get("error")
    return Outcome(
        status=outcome["status"],
        operations=tuple(plan["operations"]),
        request=answer.get("request"),
        parser=answer.get("parser", "exact"),
        token=plan.get("token"),
        hits=tuple(hit_from_json(hit) for hit in outcome.get("hits") or ()),
        changes=tuple(change_from_json(change) for change in outcome.get("changes") or ()),
        rows=tuple(outcome.get("rows") or ()),
        text=outcome.get("text"),
        undo=outcome.get("undo"),
        notices=tuple(outcome.get("notices") or ()),
        weak=bool(outcome.get("weak")),
        steps=tuple(answer.get("steps") or ()),
        error=error_from_json(failure) if failure else None,
    )


def search_from_json(answer: Mapping[str, Any]) -> SearchResult:
    """The `SearchResult` in the answer of `search` or `similar`."""
    return SearchResult(
        hits=tuple(hit_from_json(hit) for hit in answer["hits"]),
        mode=answer["mode"],
        coverage=Coverage(**answer["coverage"]),
        elapsed_ms=answer["elapsed_ms"],
        notices=tuple(answer.get("notices") or ()),
        weak=bool(answer.get("weak")),
    )


def hit_from_json(hit: Mapping[str, Any]) -> Hit:
    """One hit; its time keeps the microseconds that RFC 3339 text carries."""
    return Hit(
        path=path_from_fields(dict(hit)),
        score=hit["score"],
        size=hit["size"],
        mtime_ns=_nanoseconds(hit["mtime"]),
        matches=tuple(_match_from_json(match) for match in hit.get("matches") or ()),
        explain=hit.get("explain"),
        copies=tuple(path_from_fields(dict(copy)) for copy in hit.get("copies") or ()),
    )


def _match_from_json(match: Mapping[str, Any]) -> Match:
    first, last = match.get("lines") or (None, None)
    place = Place(
        line_from=first,
        line_to=last,
        page=match.get("page"),
        sheet=match.get("sheet"),
        heading=match.get("heading"),
        symbol=match.get("symbol"),
        columns=match.get("columns"),
        seconds=match.get("seconds"),
    )
    return Match(text=match["text"], place=place, score=match.get("score", 0.0))


def change_from_json(change: Mapping[str, Any]) -> Change:
    """One change of an outcome."""
    fields = dict(change)
    return Change(
        action=fields["action"],
        path=path_from_fields(fields),
        to=path_from_fields(fields, "to") if fields.get("to") is not None else None,
        version=fields.get("version"),
        sha256=fields.get("sha256"),
        size=fields.get("size"),
    )


def _nanoseconds(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000
