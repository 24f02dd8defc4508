"""The `lsfs` command: finds the command's module, runs it, and turns every error into an exit code.

It imports click and nothing of weight; each command imports what it needs. `main` is the outer
door: no traceback passes it, except one of an internal error under -v.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from itertools import takewhile

import click

from lsfs import __version__
from lsfs.commands.invocation import (
    common_flags,
    emit_json,
    error_json,
    report,
    unexpected,
)
from lsfs.errors import LsfsError, UsageError

INTERRUPTED, READER_GONE, TERMINATED = 130, 141, 143

MODULES = {
    "serving": ("init", "mount", "umount", "serve", "stop", "index"),
    "status": ("status",),
    "finding": ("search", "ask", "similar", "summarize"),
    "running": ("run",),
    "translating": ("translate",),
    "grouping": ("group", "groups"),
    "past": ("history", "diff", "rollback", "restore", "log", "undo", "redo"),
    "locking": ("lock", "unlock"),
    "sharing": ("share", "shares", "unshare"),
    "keeping": ("gc", "verify"),
    "evaluating": ("eval",),
    "machine": ("doctor", "config", "completion"),
}
"""Commands by the module of lsfs.commands that holds them; each is a function of its name there."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of MODULES: first steps first."""
        return [name for names in MODULES.values() for name in names]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command, or None."""
        for module, names in MODULES.items():
            if name in names:
                found = getattr(importlib.import_module(f"lsfs.commands.{module}"), name)
                assert isinstance(found, click.Command)
                return found
        return None

    def invoke(self, context: click.Context) -> object:
        """Run the command. Where the reader of what it says is gone (`2>&1 | head`) it ends as
        programs do then; click would call that 1, which is "nothing found"."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            for stream in (sys.stdout, sys.stderr):  # what is left must not fail once more
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise click.exceptions.Exit(READER_GONE) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lsfs", message="%(prog)s %(version)s")
@common_flags
def cli() -> None:
    """A file system that understands what its files say.

    Mount a folder, use it with every program you have, search it by meaning, ask it in words, and
    take anything back.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    _open_closed_streams()
    wanted = list(sys.argv[1:] if arguments is None else arguments)
    if wanted and wanted[0].startswith("/"):  # no command: how mount.fuse(8) runs a filesystem
        from lsfs.commands import fstab

        return fstab.main(wanted)
    try:
        return int(cli.main(wanted, prog_name="lsfs", standalone_mode=False) or 0)
    except click.ClickException as error:
        return _fail(_usage_error(error), wanted)
    except LsfsError as error:
        return _fail(error, wanted)
    except click.Abort:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the outer door: reported and translated
        return _fail(unexpected(error), wanted)


def _open_closed_streams() -> None:
    """A stream that the program was started without (`>&-`) goes nowhere: else the next file that
    is opened, the catalog perhaps, has its number and gets what is written to it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, stream)


def _terminate(number: int, frame: object) -> None:
    raise SystemExit(TERMINATED)


def _usage_error(error: click.ClickException) -> LsfsError:
    context = getattr(error, "ctx", None)
    hint = f"see `{context.command_path} --help`" if context is not None else None
    return UsageError(error.format_message(), hint=hint)


def _fail(error: LsfsError, arguments: Sequence[str]) -> int:
    """Say what went wrong; with --json also as JSON on stdout."""
    flags = set(takewhile(lambda one: one != "--", arguments))
    if "--json" in flags:
        emit_json(error_json(error))
    report(error)
    is_unexpected = error.kind == "internal" or isinstance(sys.exc_info()[1], OSError)
    if is_unexpected and {"-v", "--verbose"} & flags:
        traceback.print_exc()
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
