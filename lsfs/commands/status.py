"""`lsfs status`: the whole, what could not be read, why a file is found or not, as it goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import click

from lsfs import __version__, daemon, render
from lsfs.counting import counted
from lsfs.errors import UnavailableError, UsageError
from lsfs.paths import for_terminal

from .invocation import DONE, Invocation, lsfs_command

WATCH_S = 1.0


@lsfs_command("status")
@click.option("--failed", is_flag=True, help="List the files that could not be read, and why.")
@click.option("--why", metavar="PATH", help="How PATH stands in the index, and why.")
@click.option("--watch", is_flag=True, help="Go on showing it, until Ctrl-C.")
def status(invocation: Invocation, failed: bool, why: str | None, watch: bool) -> int:
    """Show the root, its daemon, mounts, index and versions."""
    invocation.may_start_daemon = False
    if why is not None:
        return _explain(invocation, why)
    if watch:
        return _watched(invocation)
    answer = invocation.call("failed" if failed else "status")
    if invocation.flags.json:
        invocation.emit_json(answer)
    elif failed:
        invocation.emit(render.table(answer["failed"], invocation.look(sys.stdout)))
    else:
        invocation.emit(_told(invocation, answer))
    invocation.notices(answer)
    return DONE


def _told(invocation: Invocation, answer: Mapping[str, Any]) -> str:
    unread = render.unread(invocation.call("failed")["failed"])
    return render.pairs(_status_lines(answer, unread), invocation.look(sys.stdout))


def _watched(invocation: Invocation) -> int:
    """The same, and how indexing goes on, as long as the daemon and the person last.

    Raises:
        UsageError: there is no terminal.
        UnavailableError: no daemon runs, so nothing goes on.
    """
    if not sys.stdout.isatty():
        raise UsageError("--watch needs a terminal", hint="lsfs status --json says it once")
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(), auto_refresh=False) as live:
        while daemon.is_listening(invocation.location.socket):
            answer = invocation.call("status")
            lines = [_told(invocation, answer), "", _going(invocation.call("progress"))]
            lines += [f"lsfs: {for_terminal(notice)}" for notice in answer["notices"]]
            live.update(Text.from_ansi("\n".join(lines)), refresh=True)
            time.sleep(WATCH_S)
    raise UnavailableError(
        f"no daemon runs for {invocation.location.root}, so nothing goes on",
        hint="lsfs mount, or lsfs serve",
    )


def _going(progress: Mapping[str, Any]) -> str:
    """How indexing goes on, in a line."""
    if progress["stage"] == "done":
        return "everything is indexed"
    rate, eta = progress["rate"], progress["eta_s"]
    told = [
        f"{progress['stage']} {progress['done']:,} of {progress['total']:,}",
        f"{rate:.1f} a second" if rate else "",
        f"{render.duration(eta)} left" if eta else "",
    ]
    return ", ".join(filter(None, told))


def _explain(invocation: Invocation, path: str) -> int:
    answer = invocation.call("why", path=invocation.path(path))
    if invocation.flags.json:
        invocation.emit_json(answer)
    else:
        invocation.emit(render.pairs(_standing(answer), invocation.look(sys.stdout)))
    return DONE


def _standing(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How a file or folder stands in the index."""
    if answer["kind"] == "directory":
        counts = sorted(answer["files"].items())
        files = ", ".join(f"{count} {_STANDING.get(status, status)}" for status, count in counts)
        facts = [("left out", answer["left_out"] or "no"), ("files", files or "none")]
        return [*facts, ("why", answer["reason"])] if answer.get("reason") else facts
    status, waiting = answer.get("status"), answer["waiting"]
    if status is None and answer["kind"] == "other":
        return [("index", "not at all: a pipe, a socket or a device")]
    told = _STANDING["waiting"] if waiting else _STANDING.get(str(status), str(status))
    known = [(key, answer.get(key)) for key in ("type", "title", "author", "created", "language")]
    passages = answer.get("passages")
    if passages:
        known.append(("passages", f"{passages}, {answer['embedded']} of them by meaning"))
    waits = "waits for a model to be seen or heard" if answer.get("undescribed") else None
    by = f"by {answer['described']}" if passages and answer.get("described") else None
    known.append(("described", waits or by))
    why = answer["left_out"] or answer.get("reason")
    return [(key, str(value)) for key, value in [("index", told), ("why", why), *known] if value]


_STANDING = {
    "ok": "found by words and meaning", "failed": "found by name: it could not be read",
    "skipped": "found by name: nothing reads this kind", "large": "found by name: too large",
    "link": "found by name: a link", "secret": "found by name: a secret", "excluded": "left out",
    "waiting": "waiting to be looked at",
}  # fmt: skip


def _status_lines(answer: Mapping[str, Any], unread: str | None) -> list[tuple[str, str]]:
    coverage, versions = answer["coverage"], answer["versions"]
    runs, mounts = answer.get("daemon"), answer.get("mounts") or []
    daemon_is = (
        f"pid {runs['pid']}, up {render.duration(runs['uptime_s'])}" if runs else "not running"
    )
    if answer["version"] != __version__:
        daemon_is += f", version {answer['version']}"
    waiting = coverage["undescribed"]
    undescribed = counted(waiting, "picture or recording", "pictures and recordings")
    model = " on ".join(str(answer[key]) for key in ("model", "device") if answer.get(key))
    return [
        ("root", str(answer["root"])),
        ("state", str(answer["state"])),
        ("daemon", daemon_is),
        ("mounts", ", ".join(_mount_told(one) for one in mounts) or "none"),
        ("indexed", f"{coverage['indexed']} of {coverage['entries']} files"),
        ("embedded", str(coverage["embedded"])),
        ("pending", str(coverage["pending"])),
        *([("undescribed", undescribed)] if waiting else []),
        ("links", f"{answer['links']} open (lsfs shares)" if answer["links"] else "none open"),
        ("unread", f"{unread} (lsfs status --failed)" if unread else "none"),
        ("model", model or "none"),
        ("versions", f"{versions['count']}, {render.size(versions['bytes'])}"
                     f" kept in {render.size(versions['stored_bytes'])}"),
    ]  # fmt: skip


def _mount_told(one: Mapping[str, Any]) -> str:
    facts = [
        f"pid {one['pid']}, up {render.duration(one['age_s'])}" if one.get("pid") else "",
        "" if one.get("condition", "live") == "live" else one["condition"],
    ]
    told = ", ".join(filter(None, facts))
    return f"{one['mountpoint']} ({told})" if told else str(one["mountpoint"])
