"""Completion of paths in a session of `lsfs ask`: what lies in the root, and what was shown last.

readline asks with the last word typed; a name with blanks is completed in quotes, which the words
before that one may have opened.
"""

from __future__ import annotations

import os
import re
import readline
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsfs.paths import STATE_NAME

_LAST_WORD = re.compile(r"""(?:(?<=\s)|^)(?:(?P<mark>["'])(?P<quoted>[^"']*)|(?P<bare>\S*))$""")
MOST = 200
"""Completions, beyond which a person types another letter."""


class PathCompleter:
    """Completes paths below `root`; `shown` are those of the last answer, which need no folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.shown: Sequence[str] = ()
        self._found: list[str] = []

    def install(self) -> None:
        """Make readline ask this one, at TAB."""
        readline.set_completer(self)
        readline.set_completer_delims(" \t\n")
        readline.parse_and_bind("tab: complete")

    def __call__(self, _text: str, state: int) -> str | None:
        """See `readline.set_completer`: the `state`th completion of the word at the cursor."""
        if state == 0:
            self._found = self.completions(
                readline.get_line_buffer()[: readline.get_endidx()], readline.get_begidx()
            )
        return self._found[state] if state < len(self._found) else None

    def completions(self, line: str, begin: int) -> list[str]:
        """What may stand for `line[begin:]`, the last word of the line."""
        match = _LAST_WORD.search(line)
        if match is None:
            return []
        mark = match["mark"] or ""
        typed = match["quoted"] if mark else match["bare"]
        return [
            _written(path, mark)[begin - match.start() :]
            for path in sorted(set(self._paths(typed)))[:MOST]
        ]

    def _paths(self, typed: str) -> Iterator[str]:
        folder, _, start = typed.rpartition("/")
        yield from (path for path in self.shown if _name(path).startswith(typed) and typed)
        if typed.startswith("/") or ".." in folder.split("/") or STATE_NAME in folder.split("/"):
            return
        try:
            entries = list(os.scandir(self._root / folder))
        except (OSError, ValueError):
            return
        for entry in entries:
            if entry.name.startswith(start) and entry.name.isprintable():
                if entry.name == STATE_NAME or (entry.name.startswith(".") and not start):
                    continue
                path = f"{folder}/{entry.name}" if folder else entry.name
                yield path + "/" if entry.is_dir(follow_symlinks=False) else path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _written(path: str, mark: str) -> str:
    """The path as a request names it; a folder's quote stays open for what lies in it."""
    if not mark and not re.search(r"[\s\"'“”‘’«»「」`]", path):
        return path
    mark = mark or ('"' if "'" in path else "'")
    return mark + path + ("" if path.endswith("/") else mark)
