"""Music, speech and films: what they say of themselves. Nothing is decoded."""

from __future__ import annotations

from lsfs.times import clock

from .dates import iso_date
from .extracted import Extracted, Span, failed
from .source import Source

_FIELDS = (
    ("title", "title"), ("artist", "artist"), ("album", "album"), ("album artist", "albumartist"),
    ("composer", "composer"), ("genre", "genre"), ("year", "year"), ("track", "track"),
    ("comment", "comment"),
)  # fmt: skip
_OTHERS = ("lyrics", "description", "synopsis", "show", "publisher", "copyright")


def read_media(source: Source) -> Extracted:
    """Tags (ID3, Vorbis, MP4, ASF, RIFF) and length as one span, lyrics as others."""
    from tinytag import TinyTag, TinyTagException

    try:
        tag = TinyTag.get(file_obj=source.file)
    except TinyTagException as error:
        return failed(source.type, f"not a readable recording: {error}")
    told = [(label, getattr(tag, name, None)) for label, name in _FIELDS]
    lines = [f"{label}: {value}" for label, value in told if value]
    if tag.duration:
        lines.append(f"{source.type}, {clock(round(tag.duration))}")
    spans = [Span("\n".join(lines))]
    for name in _OTHERS:
        spans += [Span(str(text)) for text in tag.other.get(name) or ()]
    return Extracted(
        source.type, tuple(spans), title=tag.title, author=tag.artist or tag.albumartist,
        created=iso_date(tag.year),
    )  # fmt: skip
