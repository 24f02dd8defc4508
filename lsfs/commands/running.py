"""`lsfs run`: a program in words, shown whole before it changes anything."""

from __future__ import annotations

import sys
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import click

from lsfs.look import clipped
from lsfs.preview import LABEL
from lsfs.program_text import MOST_BYTES, checked_text, load_text

from .invocation import Invocation, lsfs_command
from .serving import POLL_S, in_background

WORDS = 60  # characters


@lsfs_command("run")
@click.argument("program", metavar="PROGRAM.md")
def run(invocation: Invocation, program: str) -> int:
    """Run a program: numbered steps in plain words, in a Markdown file; - is stdin.

    All that its steps would change is shown as one plan, and is one undo.
    """
    flags = invocation.flags
    if program == "-":
        name, text = "stdin", checked_text(sys.stdin.buffer.read(MOST_BYTES + 1), "stdin")
    else:
        file = (flags.directory or Path()) / program
        name, text = file.name, load_text(file)
    asked = {"program": text, "name": name, "actor": "cli"}
    return invocation.settle(
        _watched(invocation, {**asked, "yes": flags.yes, "dry_run": flags.dry_run})
    )


def _watched(invocation: Invocation, asked: dict[str, Any]) -> dict[str, Any]:
    """The `run` call; on a terminal, which step it is at is shown while it lasts."""
    if not sys.stderr.isatty() or invocation.flags.quiet or invocation.flags.json:
        return invocation.call("run", **asked)
    from rich.console import Console
    from rich.text import Text

    answer = in_background(lambda: invocation.call("run", **asked))
    with Console(stderr=True).status("reading the program") as status:
        while not wait([answer], POLL_S).done:
            now = invocation.call("run_progress")
            if now:
                label, words = clipped(now["step"], LABEL), clipped(now["instruction"], WORDS)
                told = f"step {label} ({now['taken']}): {words}"
                status.update(Text(told))
    return answer.result()
