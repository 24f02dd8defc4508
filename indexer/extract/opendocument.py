"""OpenDocument text, sheets and slides (ISO/IEC 26300): content.xml of a zip."""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO

from lsfs.records import Place

from .archives import read_member, refuse_bomb
from .extracted import Blocks, Extracted, Span, failed

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_BREAKS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def read_opendocument(file: BinaryIO, type_: str | None) -> Extracted:
    """Headings, paragraphs, rows (with their sheet) and slides (as pages), in document order."""
    with zipfile.ZipFile(file) as archive:
        bomb = refuse_bomb(archive, type_)
        if bomb:
            return bomb
        manifest = archive.NameToInfo.get("META-INF/manifest.xml")
        if manifest and b"encryption-data" in read_member(archive, "META-INF/manifest.xml"):
            return failed(type_, "locked with a password")
        content = _xml(read_member(archive, "content.xml"))
        about = _xml(read_member(archive, "meta.xml")) if "meta.xml" in archive.NameToInfo else None
    spans = _sheets(content) if type_ == "spreadsheet" else _blocks(content)
    return Extracted(
        type_, tuple(spans), title=_field(about, f"{_DUBLIN}title"),
        author=_field(about, f"{_META}initial-creator") or _field(about, f"{_DUBLIN}creator"),
        created=_field(about, f"{_META}creation-date"),
        language=_field(about, f"{_DUBLIN}language"),
    )  # fmt: skip


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _blocks(content: Any) -> list[Span]:
    blocks = Blocks()
    for element in content.iter(f"{_TEXT}h", f"{_TEXT}p", f"{_DRAW}page"):
        if element.tag == f"{_DRAW}page":
            blocks.page = (blocks.page or 0) + 1
        elif element.tag == f"{_TEXT}h":
            blocks.add_heading(_text(element))
        else:
            blocks.add(_text(element))
    return blocks.spans


def _sheets(content: Any) -> list[Span]:
    spans = []
    for table in content.iter(f"{_TABLE}table"):
        sheet = table.get(f"{_TABLE}name")
        number = 1
        for row in table.iter(f"{_TABLE}table-row"):
            cells = [_text(cell) for cell in row if str(cell.tag).endswith("table-cell")]
            text = "\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t")
            if text.strip():
                spans.append(Span(text, Place(number, number, sheet=sheet)))
            number += int(row.get(f"{_TABLE}number-rows-repeated") or 1)
    return spans


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element.iterdescendants():
        parts.append(_BREAKS.get(str(child.tag), ""))
        parts.append(child.text or "")
        parts.append(child.tail or "")
    return "".join(parts)


def _field(about: Any, tag: str) -> str | None:
    element = next(about.iter(tag), None) if about is not None else None
    return element.text if element is not None and element.text else None
