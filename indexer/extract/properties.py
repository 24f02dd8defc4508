"""What Office and OpenDocument files say of themselves: title, author, created, language."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

from .archives import read_member
from .dates import iso_date
from .extracted import About

_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "docProps/core.xml": {
        "title": (f"{_DUBLIN}title",), "author": (f"{_DUBLIN}creator",),
        "created": (f"{_TERMS}created",), "language": (f"{_DUBLIN}language",),
    },
    "meta.xml": {
        "title": (f"{_DUBLIN}title",), "author": (f"{_META}initial-creator", f"{_DUBLIN}creator"),
        "created": (f"{_META}creation-date",), "language": (f"{_DUBLIN}language",),
    },
}  # fmt: skip


def xml_of(data: bytes) -> Any:
    """The root element. No entity is resolved, nothing is fetched, depth and size are bounded by
    libxml2.

    Raises:
        lxml.etree.XMLSyntaxError: it is not XML.
    """
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def zip_properties(archive: zipfile.ZipFile) -> About:
    """title, author, created, language of an Office or OpenDocument container; broken or missing
    ones are None."""
    from lxml.etree import XMLSyntaxError

    for part, fields in _PARTS.items():
        if part not in archive.NameToInfo:
            continue
        try:
            about = xml_of(read_member(archive, part))
        except XMLSyntaxError:
            continue
        return About(
            title=_first(about, fields["title"]), author=_first(about, fields["author"]),
            created=_first(about, fields["created"]), language=_first(about, fields["language"]),
        )  # fmt: skip
    return About()


def _first(about: Any, tags: tuple[str, ...]) -> str | None:
    texts = (element.text for tag in tags for element in about.iter(tag))
    return next((text for text in texts if text and text.strip()), None)


def compound_properties(file: BinaryIO) -> About:
    """title, author, created of a compound file (old Office)."""
    import olefile

    try:
        with olefile.OleFileIO(file) as compound:
            about = compound.get_metadata()
            encoding = f"cp{about.codepage}" if about.codepage else "cp1252"
            return About(
                title=_decoded(about.title, encoding),
                author=_decoded(about.author, encoding),
                created=iso_date(about.create_time),
            )
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        return About()
    finally:
        file.seek(0)


def _decoded(value: object, encoding: str) -> str | None:
    if not isinstance(value, bytes):
        return str(value) if value else None
    try:
        return value.decode("utf-8" if encoding == "cp65001" else encoding, "replace").strip("\0 ")
    except LookupError:
        return value.decode("cp1252", "replace").strip("\0 ")
