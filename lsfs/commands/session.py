"""`lsfs ask` on a terminal without a request: one after another, with a history of their own. A
request may speak of what the one before has shown: "delete the second one"."""

from __future__ import annotations

import contextlib
import readline
import sys
from pathlib import Path

from lsfs.errors import LsfsError

from .completing import PathCompleter
from .finding import ask_once
from .invocation import DONE, Invocation, report, unexpected

HISTORY_LINES = 1000
HISTORY_NAME = "ask-history"
ENOUGH = {"exit", "quit", "bye", "q"}


def converse(invocation: Invocation) -> int:
    """Ask until the person has had enough; an error ends a request, never the session."""
    history = invocation.location.state / HISTORY_NAME
    with contextlib.suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(HISTORY_LINES)
    invocation.say(f"asking {invocation.location.root}; Ctrl-D or `exit` ends it")
    completer = PathCompleter(invocation.location.root)
    completer.install()
    shown: list[str] = []
    try:
        while (words := _next_request()) is not None:
            if words:
                completer.shown = shown = _one(invocation, words, shown) or shown
    finally:
        _keep(history)
    return DONE


def _next_request() -> str | None:
    """What was typed, stripped; None at the end."""
    try:
        words = input("lsfs> ").strip()
    except EOFError:
        sys.stderr.write("\n")
        return None
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return ""
    return None if words.lower() in ENOUGH else words


def _one(invocation: Invocation, words: str, shown: list[str]) -> list[str]:
    """The paths that the answer shows."""
    try:
        return ask_once(invocation, words, shown)[1]
    except LsfsError as error:
        report(error)
    except Exception as error:  # noqa: BLE001 - an outer door as well: the session goes on
        report(unexpected(error))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    return []


def _keep(history: Path) -> None:
    with contextlib.suppress(OSError):  # a full disk costs the history, not the session
        readline.write_history_file(history)
        history.chmod(0o600)
