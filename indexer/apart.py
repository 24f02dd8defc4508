"""What the Python processes of this room have in common."""

from __future__ import annotations

import os
import select
import stat
import threading
from pathlib import Path

import lsfs

FOLDER = Path(lsfs.__file__).resolve().parents[1]
"""Where each is started: `python -m` looks for modules in the current folder first, and that may be
the user's, with a numpy.py in it. So no path that is given to one may be relative."""


def end_with_parent() -> None:
    """From now on end at once when stdin, a pipe, closes: whoever has asked is gone then. What
    comes through it is left to others. Without a pipe there is nobody."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        closing = select.poll()
        closing.register(0, 0)  # of the closing alone; and not read, lest others miss it
        closing.poll()
    os._exit(1)
