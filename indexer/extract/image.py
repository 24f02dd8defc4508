"""Images: what they say of themselves (size, EXIF). No pixels are decoded."""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO

from .extracted import Extracted, Span, failed

_DESCRIPTION, _MAKE, _MODEL, _ARTIST, _DATE, _TAKEN = 0x010E, 0x010F, 0x0110, 0x013B, 0x0132, 0x9003
_EXIF_GROUP = 0x8769


def read_image(file: BinaryIO, type_: str | None) -> Extracted:
    """A line on format and size, and what EXIF tells: description, camera, artist, when taken."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a "decompression bomb" is one only when it is decoded
        try:
            with Image.open(file) as image:
                return _described(image, type_)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            return failed(type_, f"not a readable image: {error}")


def _described(image: Any, type_: str | None) -> Extracted:
    exif = image.getexif()
    taken = _text(exif.get_ifd(_EXIF_GROUP).get(_TAKEN)) or _text(exif.get(_DATE))
    camera = " ".join(part for part in (_text(exif.get(_MAKE)), _text(exif.get(_MODEL))) if part)
    description = _text(exif.get(_DESCRIPTION)) or _text(image.info.get("Description"))
    lines = [
        description, f"{image.format} image, {image.width} x {image.height} pixels",
        f"camera {camera}" if camera else None, f"taken {taken}" if taken else None,
    ]  # fmt: skip
    span = Span("\n".join(line for line in lines if line))
    return Extracted(
        type_,
        (span,),
        title=description,
        author=_text(exif.get(_ARTIST)),
        created=_exif_date(taken),
    )


def _text(value: object) -> str | None:
    return " ".join(value.replace("\0", " ").split()) or None if isinstance(value, str) else None


def _exif_date(taken: str | None) -> str | None:
    """ "2024:05:01 10:11:12" as ISO."""
    if not taken or len(taken) < 10:
        return None
    return taken[:10].replace(":", "-") + ("T" + taken[11:19] if len(taken) >= 19 else "")
