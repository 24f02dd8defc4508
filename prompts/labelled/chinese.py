"""What is named or quoted in a Chinese request, where words have no gaps. Pure but for `Names`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsfs.errors import ConfirmationError

from ..chinese.text import HAN, pieces
from ..likely.parts import Part
from ..names.targets import Targets
from ..request.quoting import looks_like_file

_RUN = re.compile(f"[{HAN}A-Za-z0-9_ .-]+")
LONGEST = 12
"""Signs of a bare name that is looked up."""


def chinese_mentions(text: str, targets: Targets) -> list[Part]:
    """Names with an ending or a slash, quotes, and bare names of what is there."""
    parts: list[Part] = []
    start = 0
    for piece, entity, is_name in pieces(text, targets):
        end = start + len(piece)
        if entity is None:
            parts += _bare(text, start, end, targets)
        else:
            is_quoted = not is_name or entity.text != piece
            parts.append(_found(Part(start, end, entity.text, is_quoted=is_quoted), targets))
        start = end
    return parts


def _bare(text: str, start: int, end: int, targets: Targets) -> Iterator[Part]:
    """Entries that are there, the longest first."""
    for run in _RUN.finditer(text, start, end):
        at = run.start()
        while at < run.end() - 1:
            for last in range(min(run.end(), at + LONGEST), at + 1, -1):
                said = text[at:last]
                if said == said.strip() and re.search(f"[{HAN}]", said) and targets.knows(said):
                    yield _found(Part(at, last, said), targets)
                    at = last - 1
                    break
            at += 1


def _found(part: Part, targets: Targets) -> Part:
    """The part with what is there of its path or name."""
    from dataclasses import replace

    if part.is_quoted and not looks_like_file(part.said) and not targets.knows(part.said):
        return part
    try:
        path = targets.existing(part.said, careful=True)
    except ConfirmationError as doubt:
        return replace(part, doubt=doubt)
    is_there = targets.is_there(path)
    is_folder = is_there and targets.directory(path) == path
    return replace(part, path=path if is_there else None, is_folder=is_folder)
