"""What was read of a file, cut into the chunks that are stored of it.

Done in the extraction process: it is a third of the work, and what a file does to it stays within
that process's limits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .chunk import chunked
from .extract.extracted import Extracted, place_fields
from .rendition import rendition


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as it is stored: `place` is JSON, `hash` as in `chunk.Piece`."""

    text: str
    heading: str
    place: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The passages of a file, in order, and the bytes of its text as `MNT/.lsfs/text` shows it."""

    passages: tuple[Passage, ...] = ()
    text_bytes: int = 0


NOTHING = Cut()


def cut(extracted: Extracted) -> Cut:
    """The spans as passages."""
    pieces = chunked(extracted.spans, extracted.title)
    text = rendition(((piece.text, piece.place) for piece in pieces), extracted.type)
    return Cut(
        tuple(
            Passage(
                piece.text, piece.place.heading or "", json.dumps(place_fields(piece.place)),
                piece.hash,
            )
            for piece in pieces
        ),
        len(text.encode()),
    )  # fmt: skip


def to_fields(done: Cut) -> dict[str, Any]:
    """The JSON form that crosses from the extraction process to the worker."""
    rows = [(one.text, one.heading, one.place, one.hash.hex()) for one in done.passages]
    return {"passages": rows, "text_bytes": done.text_bytes}


def from_fields(told: dict[str, Any]) -> Cut:
    """The inverse of `to_fields`."""
    rows = (
        Passage(text, heading, place, bytes.fromhex(hash_))
        for text, heading, place, hash_ in told["passages"]
    )
    return Cut(tuple(rows), told["text_bytes"])
