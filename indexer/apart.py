"""What the Python processes of this room have in common."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import lsfs

FOLDER = Path(lsfs.__file__).resolve().parents[1]
"""Where each is started: `python -m` looks for modules in the current folder first, and that may be
the user's, with a numpy.py in it. So no path that is given to one may be relative."""


def end_with_parent() -> None:
    """From now on end at once when stdin closes: whoever has asked is gone then."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock this thread would hold when all is done
        pass
    os._exit(1)
