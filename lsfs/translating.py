"""A whole file in another language, asked for a passage at a time: so that who asks sees how far it
is, and stops it by not asking any more. Standard library only, as all that a thin client needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MOST_PASSAGES = 500
"""Of a file, unless more are asked for: some two hundred pages."""

Json = dict[str, Any]


def translated(
    run: Callable[[Mapping[str, Any]], Json], path: str, language: str, passages: range
) -> Iterator[Json]:
    """The answers to `translate` operations, a passage each, in order.

    `run` runs one operation; `passages` are the numbers, from 1, of those that are wanted.
    """
    asked = {"op": "translate", "target": {"paths": [path]}, "language": language, "limit": 1}
    for number in passages:
        answer = run({**asked, "start": number})
        yield answer
        if answer["outcome"]["rows"][0]["next"] is None:
            return


def joined(answers: Sequence[Json]) -> Json:
    """The answers to all passages as the answer to one operation."""
    first, last = answers[0], answers[-1]
    (row,), (end,) = first["outcome"]["rows"], last["outcome"]["rows"]
    operation = {**first["plan"]["operations"][0], "limit": len(answers)}
    outcome = {
        **first["outcome"], "text": "".join(one["outcome"]["text"] or "" for one in answers),
        "rows": [{**row, "next": end["next"]}],
        "notices": list(
            dict.fromkeys(notice for one in answers for notice in one["outcome"]["notices"])
        ),
    }  # fmt: skip
    return {**first, "plan": {**first["plan"], "operations": [operation]}, "outcome": outcome}
