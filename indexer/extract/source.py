"""What a reader is handed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from .decoding import decode
from .extracted import Extracted, Span

ReadPart = Callable[[BinaryIO, str], Extracted]


@dataclass(frozen=True, slots=True)
class Source:
    """An open, seekable file at its start, what it is called, and what it was found to be.

    `kind` picked the reader, `type` is a `plan.FileType` or None. `read_part` reads a file found
    inside this one, by content and name; it never raises, and refuses what is nested deeper.
    """

    file: BinaryIO
    name: str
    kind: str
    type: str | None
    read_part: ReadPart

    def lines(self) -> list[str]:
        """The lines of a text file, without their ends."""
        return decode(self.file.read()).split("\n")

    def part_spans(self, data: bytes, name: str, heading: str) -> Iterator[Span]:
        """The spans of a file inside this one, under `heading` and their own. Its lines are not
        lines of this file, so they are not told."""
        for span in self.read_part(io.BytesIO(data), name).spans:
            own = span.place.heading
            full = f"{heading}: {own}" if own else heading
            place = replace(span.place, heading=full, line_from=None, line_to=None)
            yield Span(span.text, place)
