"""What is named or quoted in a Chinese request, where words have no gaps. Pure but for `Names`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lsfs.errors import ConfirmationError

from ..chinese.text import HAN, pieces
from ..likely.parts import Part, blanked
from ..names.targets import Targets
from ..request.quoting import looks_like_file, masked

_RUN = re.compile(r"[A-Za-z][\w-]{3,}(?: [\w-]+){0,3}", re.A)
_WORD = re.compile(r"[A-Za-z][\w-]{3,}", re.A)
"""Words of more than three letters: shorter ones are names only exactly."""


def neutral(text: str, mentions: Sequence[Part]) -> str:
    """The wording alone: each name, quoted text and number as any other (`data/acts.zh.toml`)."""
    for part in sorted(mentions, key=lambda part: -part.start):
        kind = "folder/" if part.is_folder else "file.txt"
        word = " 'some text' " if part.is_text else kind
        text = text[: part.start] + word + text[part.end :]
    return " ".join(re.sub(r"\d+", "3", text).split()).strip(" 。.!！?？")


def chinese_mentions(text: str, targets: Targets) -> list[Part]:
    """Names with an ending or a slash, quotes, and bare names of what is there."""
    names = _names_in(text, targets)
    parts = list(_called(masked(text), [name for name in names if "." in name or " " in name]))
    text = blanked(text, parts)
    start = 0
    for piece, entity, is_name in pieces(text, targets):
        end = start + len(piece)
        if entity is None:
            bare = _called(piece, names)
            bare += _latin(blanked(piece, bare), targets)
            for part in bare:
                parts.append(replace(part, start=part.start + start, end=part.end + start))
        else:
            is_quoted = not is_name or entity.text != piece
            parts.append(Part(start, end, entity.text, is_quoted=is_quoted))
        start = end
    return [_found(part, targets) for part in sorted(parts, key=lambda part: part.start)]


def _names_in(text: str, targets: Targets) -> list[str]:
    """The names and stems of what is there that stand in the text, the longest first."""
    said = text.casefold()
    pairs = {said[at : at + 2] for at in range(len(said) - 1)}
    pairs = {pair for pair in pairs if re.fullmatch(f"[{HAN}]{{2}}", pair)}
    names = {path.rpartition("/")[2] for path in targets.holding(pairs)} if pairs else set()
    names |= {posixpath.splitext(name)[0] for name in names}
    return sorted(
        (name for name in names if len(name) > 1 and name.casefold() in said), key=len, reverse=True
    )


def _called(text: str, names: Sequence[str]) -> list[Part]:
    """Where these names stand, none of them within another."""
    found: list[Part] = []
    for name in names:
        for match in re.finditer(re.escape(name), text, re.I):
            start, end = match.span()
            if not any(part.start < end and start < part.end for part in found):
                found.append(Part(start, end, match[0]))
    return found


def _latin(text: str, targets: Targets) -> Iterator[Part]:
    """Latin words that certainly stand for an entry: "annual-report 那个文件"."""
    for run in _RUN.finditer(text):
        for word in (run, *_WORD.finditer(text, *run.span())):
            if targets.is_named(word[0]):
                yield Part(*word.span(), word[0])
                break


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
