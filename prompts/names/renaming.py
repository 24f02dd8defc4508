"""A new name for an entry. Pure functions."""

from __future__ import annotations

import posixpath


def renamed(old: str, new: str, *, exactly: bool = False) -> str:
    """A new name beside the old one, with its ending where it has none, or `exactly` as it is."""
    if not exactly and "." not in posixpath.basename(new) and "." in posixpath.basename(old):
        new += posixpath.splitext(old)[1]
    return new if "/" in new or new in {".", ".."} else posixpath.join(posixpath.dirname(old), new)
