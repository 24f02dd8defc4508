"""What is named or quoted in a Chinese request, where words have no gaps. Pure but for `Names`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lsfs.errors import ConfirmationError

from ..chinese.text import HAN, pieces
from ..likely.parts import Part, blanked
from ..names.targets import Targets
from ..request.quoting import looks_like_file, masked

_RUN = re.compile(f"[{HAN}A-Za-z0-9_ .-]+")
_ENDING = re.compile(r"(?<=[^\s.])\.[A-Za-z0-9]{1,5}(?![A-Za-z0-9])")
LONGEST = 12
"""Signs of a bare name that is looked up."""
LONGEST_WITH_BLANKS = 32


def neutral(text: str, mentions: Sequence[Part]) -> str:
    """The wording alone: each name, quoted text and number as any other (`data/acts.zh.toml`)."""
    for part in sorted(mentions, key=lambda part: -part.start):
        kind = "folder/" if part.is_folder else "file.txt"
        word = " 'some text' " if part.is_text else kind
        text = text[: part.start] + word + text[part.end :]
    return " ".join(re.sub(r"\d+", "3", text).split()).strip(" 。.!！?？")


def chinese_mentions(text: str, targets: Targets) -> list[Part]:
    """Names with an ending or a slash, quotes, and bare names of what is there."""
    parts = list(_wide(text, targets))
    text = blanked(text, parts)
    start = 0
    for piece, entity, is_name in pieces(text, targets):
        end = start + len(piece)
        if entity is None:
            parts += _bare(text, start, end, targets)
        else:
            is_quoted = not is_name or entity.text != piece
            parts.append(_found(Part(start, end, entity.text, is_quoted=is_quoted), targets))
        start = end
    return sorted(parts, key=lambda part: part.start)


def _wide(text: str, targets: Targets) -> Iterator[Part]:
    """Names of what is there that hold blanks: "水电费 10月.pdf"."""
    end = 0
    for ending in _ENDING.finditer(masked(text)):
        for start in range(max(end, ending.end() - LONGEST_WITH_BLANKS), ending.start()):
            said = text[start : ending.end()]
            if " " in said.strip() and said == said.strip() and targets.is_named(said):
                yield _found(Part(start, ending.end(), said), targets)
                end = ending.end()
                break


def _bare(text: str, start: int, end: int, targets: Targets) -> Iterator[Part]:
    """Entries that are there, the longest first."""
    for run in _RUN.finditer(text, start, end):
        at = run.start()
        while at < run.end() - 1:
            for last in range(min(run.end(), at + LONGEST), at + 1, -1):
                said = text[at:last]
                if said == said.strip() and _is_name(said, targets):
                    yield _found(Part(at, last, said), targets)
                    at = last - 1
                    break
            at += 1


def _is_name(said: str, targets: Targets) -> bool:
    if re.search(f"[{HAN}]", said):
        return targets.knows(said)
    return len(said) > MOST_LATIN and said[0].isalpha() and targets.is_named(said)


MOST_LATIN = 3
"""Letters of what is no name unless it is one exactly."""


def _found(part: Part, targets: Targets) -> Part:
    """The part with what is there of its path or name."""
    if part.is_quoted and not looks_like_file(part.said) and not targets.knows(part.said):
        return part
    try:
        path = targets.existing(part.said, careful=True)
    except ConfirmationError as doubt:
        return replace(part, doubt=doubt)
    is_there = targets.is_there(path)
    is_folder = is_there and targets.directory(path) == path
    return replace(part, path=path if is_there else None, is_folder=is_folder)
