"""What of a file can stand in a summary of it: its sentences, with their places; where it has none,
its first lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from lsfs.filetypes import extension, type_of
from lsfs.ports import Text
from lsfs.records import Chunk, Place, Source

from .own_text import own_text, without_marks
from .sentences import CASED, WORD, cut, plain, split_sentences

WHOLE, LINE, LINE_IN_PROSE = 1.0, 0.5, 0.1
"""What a sentence is worth, a line that is none, and such a line where most are sentences."""
FEW, SHORT = 4, 0.09
"""Of fewer words a line is no text, and a sentence worth least, unless it is asked about."""
PROSE = 5
"""From so many whole sentences on a file may be prose."""
LEADING = 12
"""Lines that stand for a file without sentences."""
SHORT_LINES = 45
"""Characters: lines that are shorter on average are no paragraph that was wrapped."""
LONGEST_JOINED = 4000
"""Characters: no sentence goes on for longer."""
SHARE_OF_WIDTH = 0.75
"""A line that is shorter than this share of the longest, before one that begins anew, is a heading
or ends a paragraph."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or line that may be chosen."""

    text: str
    source: Source
    worth: float = WHOLE


def candidates(text: Text) -> list[Candidate]:
    """The sentences of a file, in order, none twice; else its first lines; nothing of no text."""
    own = own_text(text.path, text.chunks)
    chunks = [replace(chunk, text=said) for chunk, said in zip(text.chunks, own, strict=True)]
    found = {one.text: one for one in reversed(list(_sentences(text.path, _joined(chunks))))}
    return _weighed([*reversed(found.values())]) or list(_leading(text))


def _weighed(found: list[Candidate]) -> list[Candidate]:
    """In prose a line that is no sentence is a heading, a caption or a cell."""
    whole = sum(one.worth == WHOLE for one in found)
    if whole < max(PROSE, len(found) / 2):
        return found
    return [one if one.worth == WHOLE else replace(one, worth=LINE_IN_PROSE) for one in found]


def _joined(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks, those as one between which a sentence goes on."""
    held: Chunk | None = None
    for chunk in chunks:
        gap = _gap(held, chunk) if held else None
        if held and gap is not None:
            place = replace(held.place, line_to=chunk.place.line_to)
            held = replace(chunk, text=f"{held.text}{gap}{chunk.text}", place=place)
            continue
        if held:
            yield held
        held = chunk
    if held:
        yield held


def _gap(one: Chunk, other: Chunk) -> str | None:
    """What stands between two chunks with a sentence that goes on; None where none does."""
    a, b = one.place, other.place
    if other.sequence != one.sequence + 1:
        return None
    is_cut = one.text and not _STOP.search(one.text.rstrip()) and other.text[:1].islower()
    if not is_cut or len(one.text) > LONGEST_JOINED or (a.page, a.sheet) != (b.page, b.sheet):
        return None
    if a.line_to is None or b.line_from is None:
        return "\n"
    return {0: " ", 1: "\n"}.get(b.line_from - a.line_to)


def _sentences(path: str, chunks: Iterable[Chunk]) -> Iterator[Candidate]:
    is_by_lines = type_of(path) == "presentation" or extension(path) == "log"
    is_cased = False
    for chunk in chunks:
        is_cased = is_cased or CASED.search(chunk.text) is not None
        for offset, raw in split_sentences(chunk.text):
            for at, part in _parts(raw, is_by_lines=is_by_lines):
                text = plain(without_marks(path, part))
                worth = _worth(part, text, is_cased=is_cased)
                if worth:
                    place = _place_of(chunk, offset + at, part)
                    yield Candidate(cut(text), Source(path, place), worth)


def _parts(raw: str, *, is_by_lines: bool) -> Iterator[tuple[int, str]]:
    """(offset, part): a wrapped paragraph whole, without the heading above it; the lines of what is
    no paragraph one by one."""
    lines = raw.split("\n")
    is_wrapped = not is_by_lines and (
        len(raw) > SHORT_LINES * len(lines) or _STOP.search(raw) is not None
    )
    width = max(map(len, lines))
    held: list[str] = []
    at = start = 0
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if held or line.strip():
            held.append(line)
        else:
            start += len(line) + 1
        at += len(line) + 1
        is_short = len(line) < SHARE_OF_WIDTH * width and following.lstrip()[:1].isupper()
        if held and (not is_wrapped or is_short or at > len(raw)):
            part = "\n".join(held)
            yield start + len(part) - len(part.lstrip()), part.strip()
            held, start = [], at


def _worth(raw: str, text: str, *, is_cased: bool) -> float:
    """What it is worth: nothing for headings, rows of tables, lines of symbols and boilerplate.
    Where capitals are written, a whole sentence begins with one."""
    found = WORD.findall(text)
    letters = sum(map(len, found))
    if raw[0] in "#|" or letters <= 0.5 * len(text.replace(" ", "")) or _BOILERPLATE.search(text):
        return 0.0
    is_part = is_cased and text[0].islower()
    is_whole = _STOP.search(text) and not is_part and not _POINTER.match(text)
    if len(found) < FEW:
        return SHORT if is_whole else 0.0
    return WHOLE if is_whole else LINE


def _leading(text: Text) -> Iterator[Candidate]:
    """The first lines that say anything, the first worth most; of a spreadsheet those of each
    sheet."""
    found: Counter[str | None] = Counter()
    for chunk in text.chunks:
        sheet, offset = chunk.place.sheet, 0
        for line in chunk.text.split("\n"):
            shown = plain(without_marks(text.path, line.replace("|", " ")))
            is_said = any(character.isalpha() for character in shown)
            if is_said and found[sheet] < LEADING and found.total() < 4 * LEADING:
                found[sheet] += 1
                place = _place_of(chunk, offset, line)
                yield Candidate(cut(shown), Source(text.path, place), LINE / found[sheet])
            offset += len(line) + 1


def _place_of(chunk: Chunk, offset: int, raw: str) -> Place:
    """Exact lines where the chunk's text is line for line the file's, else the chunk's place."""
    place = chunk.place
    if place.line_from is None or place.line_to is None:
        return place
    if chunk.text.rstrip("\n").count("\n") > place.line_to - place.line_from:
        return place
    first = place.line_from + chunk.text.count("\n", 0, offset)
    return replace(place, line_from=first, line_to=first + raw.count("\n"))


_POINTER = re.compile(r"(?:see|for (?:more|further) (?:information|details)|click|visit)\b", re.I)
_STOP = re.compile(r"[.!?…。！？।؟][\"'”’»)\]」』]*$")
_BOILERPLATE = re.compile(
    r"all rights reserved|©|\(c\) (?:19|20)\d\d|\bcopyright (?:19|20)\d\d|permission (?:is hereby "
    r"granted|to make digital)|licensed under|without warranty|click here|(?:uses?|accept) cookies|"
    r"(?:\. ?){5}|…{2}",
    re.IGNORECASE,
)
