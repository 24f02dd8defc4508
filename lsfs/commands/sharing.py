"""Commands about links to files: share, shares, unshare."""

from __future__ import annotations

import sys
from typing import Any

import click

from lsfs import render, rooms
from lsfs.answers import DONE, NOTHING_FOUND

from .invocation import Invocation, lsfs_command


@lsfs_command("share")
@click.argument("path")
@click.option(
    "--expires", metavar="TIME", help='How long, or until when: 7d, "3 months", 2026-12-24.'
)
def share(invocation: Invocation, path: str, expires: str | None) -> int:
    """Open a link to the file PATH, for a week if not said otherwise, and print it."""
    operation: dict[str, Any] = {"op": "share", "path": invocation.path(path)}
    if expires is not None:
        operation["expires"] = rooms.expiry(expires).isoformat()
    return invocation.run(operation)


@lsfs_command("shares")
@click.option("--all", "ended", is_flag=True, help="Those that have ended, too.")
def shares(invocation: Invocation, ended: bool) -> int:
    """List the open links: to which file, until when, and how often they were fetched."""
    answer = invocation.call("shares", all=ended)
    rows = answer["shares"][: invocation.flags.limit]
    if invocation.flags.json:
        invocation.emit_json({"shares": rows})
    else:
        invocation.emit(render.links(rows, invocation.look(sys.stdout)))
    if not rows:
        invocation.say("no link" if ended else "no link is open")
    return DONE if rows else NOTHING_FOUND


@lsfs_command("unshare")
@click.argument("which", metavar="ID|PATH")
def unshare(invocation: Invocation, which: str) -> int:
    """Close the link that `lsfs shares` lists as ID, or all that are open to the file PATH."""
    if which.isdecimal():
        return invocation.run({"op": "unshare", "id": int(which)})
    return invocation.run({"op": "unshare", "path": invocation.path(which)})
