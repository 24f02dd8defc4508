"""Files that editors put aside under another name before they write them anew.

vim and emacs rename FILE to FILE~, write a new FILE, and may remove FILE~: to a person that is one
file that was saved. It is told from a rename by what comes after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from lsfs.lines import named
from lsfs.names import is_backup
from lsfs.paths import name
from lsfs.spool import SpoolLine

SAVING_S, POLL_S = 0.3, 0.01
"""How long after it has put the old file aside an editor has begun to write the new one."""


class Aside:
    """Backup -> the file whose old state it is."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}

    def copy(self) -> Aside:
        """One that goes on by itself."""
        other = Aside()
        other._files = dict(self._files)
        return other

    def puts(
        self, line: SpoolLine, then: Sequence[SpoolLine], comes_again: Callable[[str], bool]
    ) -> bool:
        """Whether a line puts a file aside; from then on that is known. `then` are the lines read
        after it, `comes_again` says of a path whether others are about it."""
        to = line.to or ""
        if line.event != "moved" or not is_backup(name(to), name(line.path)):
            return False
        if not any(line.path in named(one) for one in then):
            while not comes_again(line.path):
                if abs(time.time_ns() - line.at_ns) > SAVING_S * 1e9:
                    return False
                time.sleep(POLL_S)
        self._files[to] = line.path
        return True

    def original(self, path: str) -> str:
        """The file whose old state is at a path: itself, where it is no backup."""
        return self._files.get(path, path)

    def after(self, touched: dict[str, SpoolLine]) -> dict[str, SpoolLine]:
        """The backups after the files: until those are looked at they look the same."""
        backups = {backup: touched[of] for backup, of in self._files.items() if of in touched}
        return {**touched, **{one: line for one, line in backups.items() if one not in touched}}

    def drop(self, path: str) -> None:
        """It is a file like others now, or gone."""
        self._files.pop(path, None)
