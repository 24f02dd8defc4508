"""The text of a document as one text, for programs that read text: `MNT/.lsfs/text/PATH.md`.

Where chunks know their lines, each stands on the line it has in the file, so that `grep -n` there
speaks of the file itself. Elsewhere pages, slides, sheets and times in recordings are told in a
line of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsfs.records import Place
from lsfs.times import clock

VERSION = "1"
"""Part of the index's fingerprint: the sizes of renditions are kept in the catalog."""

_PAGES = {"presentation": "slide", "code": "cell", "email": "message"}


def rendition(chunks: Iterable[tuple[str, Place]], type_: str | None) -> str:
    """The chunks in order, as Markdown; "" of none. `type_` is that of the document."""
    parts: list[str] = []
    line, told = 1, None
    for text, place in chunks:
        mark = _mark(place, type_)
        if mark is not None or place.line_from is None:
            lead = "\n\n" if parts else ""
            if mark is not None and mark != told:
                lead += f"[{mark}]\n\n"
            told = mark
        elif place.line_from > line or not parts:
            lead = "\n" * (place.line_from - line)
        else:  # a line that was too long for one chunk goes on
            lead = " "
        parts += [lead, text]
        line += lead.count("\n") + text.count("\n")
    return "".join(parts) + "\n" if parts else ""


def _mark(place: Place, type_: str | None) -> str | None:
    if place.seconds is not None:
        return clock(place.seconds)
    if place.sheet is not None:
        return f"sheet {place.sheet}"
    return None if place.page is None else f"{_PAGES.get(type_ or '', 'page')} {place.page}"
