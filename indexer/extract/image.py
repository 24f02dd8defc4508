"""Images: what they say of themselves (size, EXIF), and the text in them where it can be read."""

from __future__ import annotations

import warnings
from typing import Any

from . import ocr
from .dates import iso_date
from .extracted import Extracted, Span, failed, paragraphs
from .source import Source

MAX_PIXELS = 80_000_000
"""Pixels of an image that is decoded, for the text in it; a larger one is told of, not opened."""

_DESCRIPTION, _MAKE, _MODEL, _ARTIST, _DATE, _TAKEN = 0x010E, 0x010F, 0x0110, 0x013B, 0x0132, 0x9003
_EXIF_GROUP, _GPS_GROUP = 0x8769, 0x8825


def read_image(source: Source) -> Extracted:
    """What EXIF tells (description, camera, artist, when and where taken), format and size; then
    the text that was recognised."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a "decompression bomb" is one only when it is decoded
        Image.MAX_IMAGE_PIXELS = None
        try:
            with Image.open(source.file) as image:
                return _described(image, source.type)
        except UnidentifiedImageError:
            return failed(source.type, "not a readable image: damaged, or of an unknown format")
        except (OSError, SyntaxError, ValueError) as error:
            return failed(source.type, f"not a readable image: {error}")


def _described(image: Any, type_: str | None) -> Extracted:
    exif = _exif(image)
    taken = _text(exif.get_ifd(_EXIF_GROUP).get(_TAKEN)) or _text(exif.get(_DATE))
    camera = " ".join(part for part in (_text(exif.get(_MAKE)), _text(exif.get(_MODEL))) if part)
    description = _text(exif.get(_DESCRIPTION)) or _text(image.info.get("Description"))
    place = _where(exif.get_ifd(_GPS_GROUP))
    lines = [
        description, f"{image.format} image, {image.width} x {image.height} pixels",
        f"camera {camera}" if camera else None, f"taken {taken}" if taken else None,
        f"taken at {place}" if place else None,
    ]  # fmt: skip
    spans = [Span("\n".join(line for line in lines if line))]
    reason = None
    if ocr.is_installed():
        if image.width * image.height > MAX_PIXELS:
            reason = f"the text in it is not read: more than {MAX_PIXELS:,} pixels"
        else:
            spans += [Span(part) for part in paragraphs(ocr.text_of(image))]
    return Extracted(
        type_, tuple(spans), title=description, author=_text(exif.get(_ARTIST)),
        created=iso_date(taken), reason=reason,
    )  # fmt: skip


def _exif(image: Any) -> Any:
    """Of a PNG only what stands before its pixels: Pillow would decode them all to look behind."""
    from PIL import Image

    is_far = image.format == "PNG" and "exif" not in image.info
    return Image.Exif() if is_far else image.getexif()


def _text(value: object) -> str | None:
    return " ".join(value.replace("\0", " ").split()) or None if isinstance(value, str) else None


def _where(gps: Any) -> str | None:
    """ "48.1374 N, 11.5755 E"."""
    try:
        north, east = _degrees(gps[2]), _degrees(gps[4])
        return f"{north:.4f} {_text(gps[1]) or 'N'}, {east:.4f} {_text(gps[3]) or 'E'}"
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
