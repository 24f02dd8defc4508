"""Commands about groups: group, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from lsfs.errors import UsageError

from .invocation import Invocation, QueryCommand, lsfs_command

CRITERIA = ("topic", "type", "author", "year", "month", "folder", "language")
FORMS = ("virtual", "links", "copies", "moves")


@lsfs_command("group", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("--into", "name", metavar="NAME", help="The group's name; of several, before theirs.")
@click.option("--by", type=click.Choice(CRITERIA), help="Several groups: by topic if not said.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="At most N topics.")
@click.option("--in", "under", metavar="DIR", help="Of the files in DIR alone.")
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="virtual",
    help="A name (virtual), or links, copies or moves in --folder.",
)
@click.option("--folder", metavar="DIR", help="Where links, copies or moves go.")
def group(invocation: Invocation, query: Sequence[str], **options: Any) -> int:
    """Name the files that QUERY finds (--into), or take them apart into groups (--by).

    QUERY is words and signs as for `search`; without it, all files. What would be done is shown
    first.
    """  # fmt: skip
    words = " ".join(query).strip()
    if query and not words:
        raise UsageError("an empty query", hint="say which files the group is to hold")
    if (options["form"] == "virtual") != (options["folder"] is None):
        raise UsageError("--form links, copies or moves and --folder DIR go together")
    operation: dict[str, Any] = {"op": "group", "form": options["form"]}
    operation["target"] = _target(invocation, words, options)
    if options["folder"] is not None:
        operation["into"] = invocation.path(options["folder"])
    return invocation.run({**operation, **_names(words, options)})


def _target(invocation: Invocation, words: str, options: Mapping[str, Any]) -> dict[str, Any]:
    target: dict[str, Any] = {"query": words or None, "limit": invocation.flags.limit}
    if options["under"] is not None:
        target["filters"] = {"under": invocation.path(options["under"])}
    return target


def _names(words: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the group, or the groups, are called."""
    name, by, count = options["name"], options["by"], options["count"]
    if name is not None and by is None and count is None:
        if not words and options["under"] is None:
            raise UsageError(
                "one group of all files says nothing", hint="say which: a QUERY, or --in DIR"
            )
        return {"name": name}
    by = by or "topic"
    if count is not None and by != "topic":
        raise UsageError("--count N goes with --by topic", hint="leave it out")
    return {"name": by if name is None else name, "by": by, "count": count}


@lsfs_command("groups")
@click.argument("name", required=False)
@click.option("--forget", is_flag=True, help="Forget the group NAME, or all below it.")
def groups(invocation: Invocation, name: str | None, forget: bool) -> int:
    """List the groups, those below NAME, or the files of the group NAME."""
    if not forget:
        return invocation.run({"op": "groups", "name": name})
    if not name:
        raise UsageError("--forget needs the NAME of a group", hint="`lsfs groups` lists them")
    return invocation.run({"op": "drop_group", "name": name})
