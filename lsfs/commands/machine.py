"""Commands about this machine and its settings: doctor, config, completion."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from lsfs import daemon, render
from lsfs.errors import ConfigurationError, LsfsError, NotARootError
from lsfs.paths import for_terminal

from .invocation import DONE, Invocation, emit_bytes, lsfs_command

MARKS = {"ok": "green", "warn": "yellow", "fail": "red"}


@lsfs_command("doctor")
def doctor(invocation: Invocation) -> int:
    """Check what lsfs needs of this machine, and say what to do about what is missing."""
    from .checks import all_checks

    try:
        location = invocation.location
    except NotARootError:
        location = None
    found = all_checks(location)
    if invocation.flags.json:
        rows = [{"check": one.name, "state": one.state, "found": one.found, "advice": one.advice}
                for one in found]  # fmt: skip
        invocation.emit_json({"checks": rows})
    else:
        look = invocation.look(sys.stdout)
        for one in found:
            mark = look.paint(one.state.ljust(5), fg=MARKS[one.state])
            invocation.emit(f"{mark} {one.name}: {for_terminal(one.found)}")
            if one.advice:
                invocation.emit(f"      {one.advice}")
    failed = any(one.state == "fail" for one in found)
    return ConfigurationError.exit_code if failed else DONE


@lsfs_command("config")
def config(invocation: Invocation) -> int:
    """Show the settings in force. Secrets are hidden."""
    from lsfs.config import load_config, told_of, user_config_file

    location = invocation.location
    known = load_config(location.root, location.state).model_dump(mode="json")
    if invocation.flags.json:
        invocation.emit_json(known)
    else:
        look = invocation.look(sys.stdout)
        invocation.emit(render.pairs(_settings(known), look))
        file = location.state / "config.toml"
        invocation.say(f"read from {user_config_file()}, then {file}, LSFS_*")
    invocation.notices({"notices": told_of(_otherwise_in_daemon(location.socket, known))})
    return DONE


def _otherwise_in_daemon(socket: Path, known: Mapping[str, Any]) -> set[str]:
    """The settings that the daemon which runs does not go by: changed since, or (what it cannot
    see) set in this environment alone. A mount without an index has its own way to say so."""
    try:
        answer = daemon.DaemonCaller(socket, daemon.PROBE_TIMEOUT_S).call("settings", {})
    except LsfsError:  # none runs, or one of another version
        return set()
    started_with, now = dict(_settings(answer["settings"])), dict(_settings(known))
    here = {key for key, value in now.items() if started_with.get(key) != value}
    return here - {"indexer.enabled"} | set(answer["changed"])


def _settings(known: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in known.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value if isinstance(value, str) else json.dumps(value)


@lsfs_command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), default="bash")
def completion(invocation: Invocation, shell: str) -> int:
    """Print the completion script of a shell: eval "$(lsfs completion bash)"."""
    from click.shell_completion import get_completion_class

    known = get_completion_class(shell)
    assert known is not None
    root = click.get_current_context().find_root().command
    emit_bytes((known(root, {}, "lsfs", "_LSFS_COMPLETE").source() + "\n").encode())
    return DONE
