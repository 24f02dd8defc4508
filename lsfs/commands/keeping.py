"""Commands that look after the store: gc, verify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from lsfs import render
from lsfs.answers import DONE, PARTLY, UNCONFIRMED
from lsfs.counting import counted
from lsfs.errors import ConfirmationError
from lsfs.paths import for_terminal

from .invocation import Invocation, lsfs_command
from .progress import progress


@lsfs_command("gc")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
def gc(invocation: Invocation, paths: Sequence[str]) -> int:
    """Let go of old versions, as the settings under [versions] say; --dry-run only tells.

    Of PATHs (files and folders, also removed ones) it lets all versions go but the present state.
    What a version was is remembered, its bytes are not. That cannot be undone, so it asks first.
    """
    from lsfs.config import load_config

    # by what `lsfs config` shows here and now, whatever the daemon was started with
    kept = load_config(invocation.location.root, invocation.location.state).versions
    named = [invocation.path(path) for path in paths]
    asked = {"versions": kept.model_dump(mode="json"), "paths": named}
    answer = invocation.call("gc", dry_run=True, **asked)
    if not invocation.flags.dry_run and (answer["versions"] or answer["blobs"]):
        if not invocation.flags.yes:
            if not invocation.may_ask():
                raise ConfirmationError(
                    f"this {_told(answer)}, for good: it needs a yes; nothing was done",
                    hint="say yes with --yes, or look at it first with --dry-run",
                )
            if not invocation.agrees(f"this {_told(answer)}, for good"):
                invocation.say("not confirmed; nothing was done")
                return UNCONFIRMED
        answer = invocation.call("gc", dry_run=False, **asked)
    if invocation.flags.json:
        invocation.emit_json(answer)
    else:
        invocation.emit(_told(answer))
    return DONE


def _told(answer: Mapping[str, Any]) -> str:
    count, kept = answer["versions"], answer["kept_versions"]
    if not count and not answer["blobs"]:
        return f"nothing to let go of: {counted(kept, 'version is', 'versions are')} kept"
    verb, freed = (
        "would let go" if answer["dry_run"] else "let go",
        render.size(answer["freed_bytes"]),
    )
    going = f"{counted(count, 'version')} ({freed})" if count else f"{freed} that no version needs"
    return f"{verb} of {going} and keeps {kept}"


@lsfs_command("verify")
def verify(invocation: Invocation) -> int:
    """Look whether every version is there, byte for byte, and repair what can be repaired.

    Exit code 7 when something is lost.
    """
    told: dict[str, Any] = {"checked": 0, "problems": [], "repaired": []}
    with progress(invocation, "verifying") as show:
        after: str | None = ""
        while after is not None:
            part = invocation.call("verify", after=after)
            after = part["after"]
            told["total"] = part.get("total", told.get("total"))
            for key in ("checked", "problems", "repaired"):
                told[key] += part[key]
            show(told["checked"], told["total"])
    if invocation.flags.json:
        invocation.emit_json(told)
    else:
        lines = [f"repaired: {line}" for line in told["repaired"]] + told["problems"]
        right = "all is there" if not told["problems"] else f"{len(told['problems'])} problems"
        lines.append(f"{told['checked']} blobs looked at: {right}")
        invocation.emit("\n".join(map(for_terminal, lines)))
    return PARTLY if told["problems"] else DONE
