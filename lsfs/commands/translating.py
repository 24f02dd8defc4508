"""The command that says in another language what a file says: translate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from lsfs.answers import exit_code
from lsfs.errors import ConfirmationError
from lsfs.translating import MOST_PASSAGES, joined, translated

from .invocation import Invocation, lsfs_command
from .progress import progress


@lsfs_command("translate")
@click.argument("path")
@click.option("--to", "language", required=True, metavar="LANGUAGE", help="Into which language.")
@click.option("--into", metavar="FILE", help="Write it into FILE instead of showing it.")
@click.option(
    "--from", "start", type=click.IntRange(1), default=1, metavar="N", help="From passage N on."
)
def translate(
    invocation: Invocation, path: str, language: str, into: str | None, start: int
) -> int:
    """Say in another language what PATH says, by the model that is set for it; -n N passages."""
    named = invocation.path(path)
    written = None if into is None else invocation.path(into)
    if written is not None:
        _check_can_be_written(invocation, written)
    wanted = range(start, start + (invocation.flags.limit or MOST_PASSAGES))
    answers: list[dict[str, Any]] = []
    try:
        with progress(invocation, "translating") as show:
            for answer in translated(lambda one: _run(invocation, one), named, language, wanted):
                answers.append(answer)
                row = answer["outcome"]["rows"][0]
                show(len(answers), min(len(wanted), max(1, row["passages"] - start + 1)))
    except BaseException:
        if answers and written is None and not invocation.flags.json:
            invocation.emit(joined(answers)["outcome"]["text"])  # what was had is not lost
            _say_how_to_go_on(invocation, answers[-1])
        raise
    whole = joined(answers)
    if written is None:
        code = invocation.finish(whole)
        _say_how_to_go_on(invocation, answers[-1])
        return code
    invocation.notices(whole["outcome"])
    _say_how_to_go_on(invocation, answers[-1])
    return invocation.run({"op": "write", "path": written, "text": whole["outcome"]["text"]})


def _run(invocation: Invocation, operation: Mapping[str, Any]) -> dict[str, Any]:
    return invocation.call("run", operations=[operation], actor="cli")


def _check_can_be_written(invocation: Invocation, path: str) -> None:
    """Before anything is translated.

    Raises:
        ConfirmationError: it would need a yes, and there is nobody to give it.
        LsfsError: it would be refused.
    """
    write = {"op": "write", "path": path, "text": ""}
    answer = invocation.call("run", operations=[write], actor="cli", dry_run=True)
    asks = bool(answer["outcome"]["reasons"]) and not invocation.flags.dry_run
    if exit_code(answer) == 0 and asks and not invocation.flags.yes and not invocation.may_ask():
        raise ConfirmationError(
            f"{path} is there already: writing over it needs a yes; nothing was done", path=path,
            hint="say yes with --yes, or name another file",
        )  # fmt: skip


def _say_how_to_go_on(invocation: Invocation, answer: Mapping[str, Any]) -> None:
    """Where not all of it was translated."""
    row = answer["outcome"]["rows"][0]
    if row["next"] is not None:
        invocation.say(
            f"translated up to passage {row['next'] - 1} of {row['passages']};"
            f" --from {row['next']} goes on"
        )
