"""Commands that keep files as they are: lock, unlock."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .invocation import Invocation, lsfs_command


@lsfs_command("lock")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def lock(invocation: Invocation, paths: Sequence[str]) -> int:
    """Make files and folders read-only, for programs and for plans, until they are unlocked."""
    return _set(invocation, "lock", paths)


@lsfs_command("unlock")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def unlock(invocation: Invocation, paths: Sequence[str]) -> int:
    """Let their owner write to files and folders again."""
    return _set(invocation, "unlock", paths)


def _set(invocation: Invocation, op: str, paths: Sequence[str]) -> int:
    chosen = [invocation.path(path) for path in paths]
    return invocation.run({"op": op, "target": {"paths": chosen}})
