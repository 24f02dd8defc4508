"""What every command shares: the common flags, the way to the engine, and the way out.

Results go to stdout, everything else to stderr. A question is asked only where a person can answer
it: on a terminal, without --json. Faces stay thin: nothing here knows what files mean.
"""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from lsfs import errors, preview
from lsfs.answers import (
    DONE,
    NOTHING_FOUND,
    PARTLY,
    UNCONFIRMED,
    confirmation,
    error_from_json,
    error_to_json,
    exit_code,
)
from lsfs.daemon import Caller, connect
from lsfs.errors import ConfirmationError, LsfsError, TreeError, UsageError
from lsfs.location import Location, find_location
from lsfs.look import Look
from lsfs.paths import for_terminal

__all__ = [
    "DONE",
    "NOTHING_FOUND",
    "PARTLY",
    "Flags",
    "Invocation",
    "QueryCommand",
    "common_flags",
    "emit_bytes",
    "emit_json",
    "error_json",
    "flags_of",
    "lsfs_command",
    "report",
    "unexpected",
]

FLAGS = "lsfs.flags"
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Flags:
    """The common flags as given; None means not given."""

    directory: Path | None = None
    state: Path | None = None
    json: bool = False
    limit: int | None = None
    yes: bool = False
    dry_run: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    no_color: str = ""


@dataclass
class Invocation:
    """One run of a command."""

    flags: Flags
    may_start_daemon: bool = True
    """Whether a mount that has lost its daemon is given one by the first call."""
    _open: list[Caller] = field(default_factory=list)

    @cached_property
    def location(self) -> Location:
        """The root this command is about. Raises: NotARootError."""
        return find_location(self.flags.directory, self.flags.state)

    @cached_property
    def caller(self) -> Caller:
        """The daemon, or the root opened here; closed by `close`."""
        caller = connect(
            self.location,
            starts=self.may_start_daemon,
            tell=lambda text: self.say(f"lsfs: {for_terminal(text)}"),
        )
        self._open.append(caller)
        return caller

    def close(self) -> None:
        """Let go of the root."""
        while self._open:
            self._open.pop().close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A method of the engine."""
        try:
            return self.caller.call(method, params)
        except LsfsError as error:
            raise self._as_typed(error) from error

    def _as_typed(self, error: LsfsError) -> LsfsError:
        """With a hint that can be typed here: the engine names paths from the root."""
        if error.path and error.hint:
            here = shlex.quote(self.location.shown(error.path))
            error.hint = error.hint.replace(f"'{error.path}'", here)
        return error

    def path(self, text: str) -> str:
        """A typed path as the engine names it.

        Raises:
            UsageError: it is empty: an unset variable, not this folder.
            PolicyError: it lies outside the root.
        """
        if not text:
            raise UsageError("an empty path names nothing", hint='this folder is "."')
        return self.location.tree_path(text)

    # -- plans ---------------------------------------------------------------------------------

    def run(self, *operations: Mapping[str, Any]) -> int:
        """Run operations as one plan, with the yes it may need; show what became of it."""
        return self.settle(
            self.call(
                "run",
                operations=list(operations),
                actor="cli",
                yes=self.flags.yes,
                dry_run=self.flags.dry_run,
            )
        )

    def settle(self, answer: dict[str, Any]) -> int:
        """Ask for a yes where one is needed, show the outcome, and say the exit code."""
        if answer["outcome"]["status"] == "needs_confirmation" and self.may_ask():
            self.notices(answer["outcome"])
            if not self.confirms(answer):
                self.say("not confirmed; nothing was done")
                return UNCONFIRMED
            answer = {**answer, **self.call("run", **confirmation(answer, "cli"))}
        return self.finish(answer)

    def may_ask(self) -> bool:
        """Whether a person is there to answer a question."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.flags.json

    def confirms(self, answer: Mapping[str, Any]) -> bool:
        """Show the plan and ask."""
        return self.agrees(preview.plan(answer, self.look(sys.stderr)))

    def agrees(self, text: str) -> bool:
        """Show what would be done and ask; only y, yes, 是, 好 or 对 is a yes."""
        click.echo(text, err=True)
        click.echo("Do this? [y/N] ", nl=False, err=True)
        return _typed_line().strip().lower() in {"y", "yes", "是", "好", "对"}

    def finish(self, answer: dict[str, Any]) -> int:
        """Show an `ask` or `run` answer and turn its status into the exit code."""
        outcome = answer["outcome"]
        if self.flags.json:
            self.emit_json(answer)
        else:
            self.emit(preview.outcome(answer, self.look(sys.stdout)))
        if outcome["status"] == "needs_confirmation":
            self._explain_refusal(answer)
            return UNCONFIRMED
        self.notices(outcome)
        if outcome.get("error"):
            report(self._as_typed(error_from_json(outcome["error"])))
        elif outcome["status"] == "planned":
            self.say("only planned; nothing was done")
        elif outcome.get("undo"):
            self.say(f"to take it back: lsfs undo {outcome['undo']}")
        code = exit_code(answer)
        if code == NOTHING_FOUND and not outcome.get("error"):
            self.say("nothing found")
        return code

    def _explain_refusal(self, answer: Mapping[str, Any]) -> None:
        self.notices(answer["outcome"])
        if not self.flags.json:
            click.echo(preview.plan(answer, self.look(sys.stderr)), err=True)
        report(
            ConfirmationError(
                "this needs a yes, and there is no terminal to ask on; nothing was done",
                hint="say yes with --yes, or look at it first with --dry-run",
            )
        )

    # -- output --------------------------------------------------------------------------------

    def look(self, stream: Any) -> Look:
        """How text for a stream should look."""
        terminal = stream.isatty()
        color = terminal and not self.flags.no_color
        if self.flags.color != "auto":
            color = self.flags.color == "always"
        width = shutil.get_terminal_size().columns if terminal else 80
        return Look(terminal, color, width, self._shown)

    def _shown(self, path: str) -> str:
        return self.location.shown(path)

    def emit(self, text: str, end: str = "\n") -> None:
        """Write a result to stdout; nothing when there is none."""
        if text:
            emit_bytes(os.fsencode(text if text.endswith(end) else text + end))

    def emit_json(self, value: Mapping[str, Any]) -> None:
        """Write a result as JSON to stdout, readable, one object."""
        emit_json(value)

    def say(self, text: str) -> None:
        """A remark for a person, on stderr; -q silences it."""
        if not self.flags.quiet:
            click.echo(text, err=True)

    def notices(self, answer: Mapping[str, Any]) -> None:
        """The remarks an answer carries."""
        for notice in answer.get("notices") or ():
            self.say(f"lsfs: {for_terminal(notice)}")


def _typed_line() -> str:
    """A line from the terminal, and not a byte more: in a session the rest is readline's."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(sys.stdin.fileno(), 1)):
        line += byte
    return line.decode("utf-8", "replace")


def emit_json(value: Mapping[str, Any]) -> None:
    """Write JSON to stdout; a lone surrogate becomes the escape JSON has for it."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    emit_bytes(text.encode("utf-8", "backslashreplace"))


def emit_bytes(data: bytes) -> None:
    """Write to stdout at once; a reader that went away (`| head`) ends the command quietly."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # what is left in the buffer must not fail once more when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise click.exceptions.Exit(DONE) from None
        reason = os.strerror(error.errno or 0).lower()
        raise TreeError(
            f"cannot write the output: {reason}", errno_code=error.errno or errno.EIO
        ) from error


def report(error: LsfsError) -> None:
    """An error for a person, on stderr."""
    click.echo(f"lsfs: {for_terminal(error.message)}", err=True)
    if error.hint:
        click.echo(f"  {for_terminal(error.hint)}", err=True)


def unexpected(error: Exception) -> LsfsError:
    """An error nobody expected, as one that can be shown."""
    told = errors.unexpected(error)
    if told.kind == "internal":
        told.hint = "this is a fault in lsfs; run it again with -v for the traceback"
    return told


def error_json(error: LsfsError) -> dict[str, Any]:
    """What --json prints when a command fails: the error, and the outcome it amounts to, so that
    whoever reads outcomes finds the same fields whether a plan was run or not."""
    told = error_to_json(error)
    status = {"policy": "refused", "partial": "partial"}.get(error.kind, "failed")
    outcome: dict[str, Any] = {
        "status": status, "hits": [], "weak": False, "changes": [], "rows": [], "text": None,
        "reasons": [], "notices": [], "error": told, "undo": None,
    }  # fmt: skip
    return {
        "request": None,
        "parser": None,
        "plan": None,
        "outcome": outcome,
        "error": {**told, "exit_code": error.exit_code},
    }


# -- flags -----------------------------------------------------------------------------------------


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    # one dictionary for the group and the command: `lsfs -C DIR search` is `lsfs search -C DIR`
    if value in (None, False):
        return
    known = context.meta.setdefault(FLAGS, {})
    source = context.get_parameter_source(parameter.name or "")
    if source is not click.core.ParameterSource.ENVIRONMENT or parameter.name not in known:
        known[parameter.name] = value


def _common(*names: str, **settings: Any) -> Callable[[Command], Command]:
    return click.option(*names, expose_value=False, callback=_remember, **settings)


_COMMON: Sequence[Callable[[Any], Any]] = (
    _common("-C", "--root", "directory", metavar="DIR", type=click.Path(path_type=Path),
            help="Run as if started in DIR: the root, or a folder in it or in a mount of it."),
    _common("--state", metavar="DIR", envvar="LSFS_STATE", type=click.Path(path_type=Path),
            help="Where the root's state is, when not in ROOT/.lsfs (also LSFS_STATE)."),
    _common("--json", is_flag=True, help="Print the result as JSON."),
    _common("-n", "--limit", metavar="N", type=click.IntRange(1), help="At most N results."),
    _common("-y", "--yes", is_flag=True, help="Confirm what would be asked."),
    _common("--dry-run", is_flag=True, help="Only show what would be done."),
    _common("-q", "--quiet", is_flag=True, help="No remarks on stderr."),
    _common("-v", "--verbose", is_flag=True, help="More on stderr; tracebacks of internal errors."),
    _common("--color", type=click.Choice(["auto", "always", "never"]),
            help="Colour the output (auto: on a terminal; NO_COLOR is honoured)."),
    _common("--no-color-wish", "no_color", envvar="NO_COLOR", hidden=True),
)  # fmt: skip


def common_flags(command: Command) -> Command:
    """Add the flags that every command has."""
    for flag in reversed(_COMMON):
        command = flag(command)
    return command


def flags_of(context: click.Context) -> Flags:
    """The common flags given so far."""
    given = dict(context.meta.get(FLAGS, {}))
    if given.get("state"):
        given["state"] = Path(given["state"]).expanduser().absolute()
    if given.get("directory"):
        given["directory"] = Path(given["directory"]).expanduser()
    return Flags(**given)


class QueryCommand(click.Command):
    """Takes `-type:pdf` for the sign of a query that it is, not for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Signs stand behind the options."""
        if "--" not in args and any(one[:1] == "-" and ":" in one for one in args):
            from lsfs.query import is_leaving_out

            signs = [one for one in args if is_leaving_out(one)]
            args = [one for one in args if one not in signs] + ["--", *signs]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise UsageError(
                error.format_message(),
                hint=f"words that begin with - go behind --: lsfs {self.name} -- -draft report",
            ) from error


def lsfs_command(
    name: str, cls: type[click.Command] = click.Command
) -> Callable[[Callable[..., int]], click.Command]:
    """A command with the common flags: its function takes an `Invocation`, returns an exit code."""

    def decorate(function: Callable[..., int]) -> click.Command:
        @wraps(function)
        def run(**arguments: Any) -> int:
            invocation = Invocation(flags_of(click.get_current_context()))
            try:
                return function(invocation, **arguments)
            finally:
                invocation.close()

        # flags of the command itself, added beneath this decorator, come first in its help
        return click.command(name, cls=cls)(_append_flags(run))

    return decorate


def _append_flags(run: Callable[..., int]) -> Callable[..., int]:
    own = list(getattr(run, "__click_params__", []))
    run.__dict__["__click_params__"] = []
    common_flags(run)
    run.__dict__["__click_params__"] += own
    return run
