"""Reading bytes as a file of a given name, and looking at what came out."""

from __future__ import annotations

import io

from lsfs.indexer.extract.dispatch import extract
from lsfs.indexer.extract.extracted import Extracted
from lsfs.records import Place


def read(data: bytes, name: str) -> Extracted:
    return extract(io.BytesIO(data), name)


def texts(extracted: Extracted) -> list[str]:
    return [span.text for span in extracted.spans]


def place_of(extracted: Extracted, text: str) -> Place:
    """The place of the one span that holds `text`."""
    (place,) = [span.place for span in extracted.spans if text in span.text]
    return place


def assert_lines_are_exact(extracted: Extracted, text: str) -> None:
    """Every span with a line range holds exactly those lines of the file."""
    lines = text.split("\n")
    assert extracted.spans
    for span in extracted.spans:
        first, last = span.place.line_from, span.place.line_to
        assert first is not None and last is not None
        assert span.text == "\n".join(lines[first - 1 : last])
