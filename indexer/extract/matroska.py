"""Films in Matroska and WebM files (RFC 9559, over EBML, RFC 8794): title, tags, length, languages.

Only the elements that tell of the film are looked at; clusters of sound and pictures are skipped.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import BinaryIO

from lsfs.times import clock

from .extracted import Extracted, Span, failed
from .source import Source

_SEGMENT, _INFO, _TRACKS, _ENTRY, _TAGS, _TAG, _SIMPLE = (
    0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1254C367, 0x7373, 0x67C8,
)  # fmt: skip
_CHAPTERS, _EDITION, _ATOM, _DISPLAY, _CHAPTER_NAME = 0x1043A770, 0x45B9, 0xB6, 0x80, 0x85
_TITLE, _LENGTH, _SCALE, _DATE = 0x7BA9, 0x4489, 0x2AD7B1, 0x4461
_TAG_NAME, _TAG_TEXT, _TRACK_NAME = 0x45A3, 0x4487, 0x536E
_PARENTS = frozenset({
    _SEGMENT, _INFO, _TRACKS, _ENTRY, _TAGS, _TAG, _SIMPLE, _CHAPTERS, _EDITION, _ATOM, _DISPLAY,
})  # fmt: skip
_TEXTS = frozenset({_TITLE, _TAG_NAME, _TAG_TEXT, _TRACK_NAME, _CHAPTER_NAME})
_NUMBERS = frozenset({_LENGTH, _SCALE, _DATE})
MAX_ELEMENTS = 200_000
MAX_TEXT_BYTES = 100_000
_EPOCH = datetime(2001, 1, 1, tzinfo=timezone.utc)


def read_matroska(source: Source) -> Extracted:
    """One span: title, length, tags, names of tracks and chapters."""
    values: dict[int, bytes] = {}
    lines: list[str] = []
    name = ""
    for element, data in _elements(source.file):
        if element in _NUMBERS or element == _TITLE:
            values.setdefault(element, data)
        elif element == _TAG_NAME:
            name = _text(data).lower()
        elif element == _TAG_TEXT:
            lines.append(f"{name}: {_text(data)}")
        else:
            lines.append(_text(data))
    title = _text(values.get(_TITLE, b""))
    length_s = _length_s(values)
    if not (title or length_s or lines):
        return failed(source.type, "not a readable film: nothing is told of it")
    told = [title, f"video, {clock(round(length_s))}" if length_s else "", *lines]
    return Extracted(
        source.type, (Span("\n".join(line for line in told if line)),), title=title or None,
        created=_date(values.get(_DATE)),
    )  # fmt: skip


def _elements(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(id, content) of the elements that are wanted, in order; others are stepped over."""
    for _ in range(MAX_ELEMENTS):
        element, size = _number(file, keep_marker=True), _number(file, keep_marker=False)
        if element is None or size is None:
            return
        if element in _PARENTS:
            continue
        if element in _TEXTS or element in _NUMBERS:
            data = file.read(min(size, MAX_TEXT_BYTES))
            file.seek(max(0, size - len(data)), 1)
            yield element, data
        else:
            file.seek(size, 1)


def _number(file: BinaryIO, keep_marker: bool) -> int | None:
    """A number of variable length; None at the end of the file, or where there is none."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    value = first[0] if keep_marker else first[0] & (0xFF >> length)
    rest = file.read(length - 1)
    return int.from_bytes(bytes([value]) + rest, "big") if len(rest) == length - 1 else None


def _length_s(values: dict[int, bytes]) -> float:
    data = values.get(_LENGTH, b"")
    if len(data) not in (4, 8):
        return 0.0
    ticks = float(struct.unpack(">f" if len(data) == 4 else ">d", data)[0])
    scale_ns = int.from_bytes(values.get(_SCALE, b""), "big") or 1_000_000
    length_s = ticks * scale_ns / 1e9
    return length_s if 0 < length_s < 1e7 else 0.0


def _date(data: bytes | None) -> str | None:
    """Nanoseconds since 2001."""
    if data is None or len(data) != 8:
        return None
    try:
        since = timedelta(microseconds=int.from_bytes(data, "big", signed=True) // 1000)
        return (_EPOCH + since).isoformat()
    except OverflowError:
        return None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\0", "").strip()
