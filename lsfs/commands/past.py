"""Commands about what was: history, diff, rollback, restore, log, undo, redo."""

from __future__ import annotations

from typing import Any

import click

from lsfs.errors import UsageError
from lsfs.rooms import moment

from .invocation import Invocation, lsfs_command


@lsfs_command("history")
@click.argument("path")
def history(invocation: Invocation, path: str) -> int:
    """List the versions of PATH, newest first; also of a file that is gone."""
    limit = invocation.flags.limit
    return invocation.run({"op": "history", "path": invocation.path(path), "limit": limit})


@lsfs_command("diff")
@click.argument("path")
@click.argument("a", required=False)
@click.argument("b", required=False)
def diff(invocation: Invocation, path: str, a: str | None, b: str | None) -> int:
    """Compare two versions of PATH: each the id that history lists, or a time ("yesterday").

    Without A and B the last two states; with A alone, A and the present one. Of documents (PDF,
    Office) their text is compared.
    """
    sides = {**_version("from", a), **_version("to", b)}
    return invocation.run({"op": "diff", "path": invocation.path(path), **sides})


def _version(side: str, text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text.isdecimal():
        return {f"{side}_version": int(text)}
    return {f"{side}_time": moment(text, end=True).isoformat()}


@lsfs_command("rollback")
@click.argument("path")
@click.option("--versions", type=click.IntRange(1), metavar="N", help="N versions back.")
@click.option("--to", metavar="TIME", help='To how it was at TIME (ISO, or words: "yesterday").')
@click.option("--version", type=int, metavar="ID", help="To the version of that id.")
def rollback(
    invocation: Invocation, path: str, versions: int | None, to: str | None, version: int | None
) -> int:
    """Bring PATH back to an earlier version; that too can be undone."""  # fmt: skip
    which: dict[str, Any] = {"versions": versions, "to": to, "version": version}
    given = {key: value for key, value in which.items() if value is not None}
    if len(given) != 1:
        raise UsageError("say how far back: exactly one of --versions N, --to TIME, --version ID")
    if to is not None:
        given["to"] = moment(to, end=True).isoformat()
    return invocation.run({"op": "rollback", "path": invocation.path(path), **given})


@lsfs_command("restore")
@click.argument("path")
@click.option("--to", required=True, metavar="TIME", help="The moment, ISO or in words.")
def restore(invocation: Invocation, path: str, to: str) -> int:
    """Bring the whole folder PATH back to how it was at a moment; that too can be undone.

    What was deleted or changed since comes back, what was renamed gets its old name, what was not
    there then is removed, and kept like all that lsfs removes. "." is the whole root.
    """
    at = moment(to, end=True).isoformat()
    return invocation.run({"op": "restore", "path": invocation.path(path), "to": at})


@lsfs_command("log")
@click.option("--after", metavar="TIME", help='At or after TIME (ISO, or words: "last week").')
@click.option("--before", metavar="TIME", help="Before TIME.")
@click.option("--actor", metavar="NAME", help="By NAME alone, as the list has it.")
def log(invocation: Invocation, after: str | None, before: str | None, actor: str | None) -> int:
    """List what was done, newest first."""  # fmt: skip
    operation: dict[str, Any] = {"op": "log", "limit": invocation.flags.limit or 20}
    for side, text in (("after", after), ("before", before)):
        if text is not None:
            operation[side] = moment(text).isoformat()
    return invocation.run({**operation, "actor": actor})


@lsfs_command("undo")
@click.argument("id", required=False, type=int)
@click.option("--force", is_flag=True, help="Where files have changed since, keep both.")
def undo(invocation: Invocation, id: int | None, force: bool) -> int:
    """Take back the last thing that was done, or the one that log lists as ID.

    A file that has changed since is a conflict (exit code 9). With --force it is taken back all the
    same, and what it is now is kept beside it under another name.
    """
    return invocation.run({"op": "undo", "id": id, "force": force})


@lsfs_command("redo")
def redo(invocation: Invocation) -> int:
    """Take back the last undo."""
    return invocation.run({"op": "redo"})
