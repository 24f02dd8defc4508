"""The text of a program in words, and what can be none. Standard library only."""

from __future__ import annotations

import os
from pathlib import Path

from lsfs.errors import MissingPathError, UsageError

MOST_BYTES = 64 * 1024
"""Of a program, which is written by hand."""


def load_text(file: Path) -> str:
    """The text of a program's file.

    Raises:
        MissingPathError, UsageError: there is none, it is no text, or too long for a program.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingPathError(f"{file}: no such file", path=str(file)) from error
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UsageError(
            f"{file} cannot be read as a program: {reason}", path=str(file),
            hint="name a file of numbered steps (docs/programs.md)",
        ) from error  # fmt: skip
    return checked_text(data, str(file))


def checked_text(data: bytes, name: str) -> str:
    """Bytes as a program's text. Raises: UsageError."""
    hint = "a program is a short text of numbered steps (docs/programs.md)"
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name} is longer than {MOST_BYTES} bytes", path=name, hint=hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is no text in UTF-8", path=name, hint=hint) from error
    if "\0" in text:
        raise UsageError(f"{name} is no text: it holds a NUL", path=name, hint=hint)
    if not text.strip():
        raise UsageError(f"{name} is empty", path=name, hint=hint)
    return text
