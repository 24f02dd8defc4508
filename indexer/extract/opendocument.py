"""OpenDocument text and slides (ISO/IEC 26300): content.xml of a zip."""

from __future__ import annotations

import zipfile
from typing import Any

from .archives import read_member, refuse_bomb
from .extracted import Blocks, Extracted, failed
from .properties import xml_of, zip_properties
from .source import Source

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_BREAKS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_MANIFEST = "META-INF/manifest.xml"
_MAX_FORMULAS = 200


def read_opendocument(source: Source) -> Extracted:
    """Headings, paragraphs, rows of tables and slides (as pages, with their notes), in order."""
    with zipfile.ZipFile(source.file) as archive:
        bomb = refuse_bomb(archive, source.type)
        if bomb:
            return bomb
        if is_locked(archive):
            return failed(source.type, "locked with a password")
        content = xml_of(read_member(archive, "content.xml"))
        about = zip_properties(archive)
        blocks = _blocks(content)
        for formula in _formulas(archive):
            blocks.add(formula)
    return Extracted(source.type, tuple(blocks.spans), **about)


def is_locked(archive: zipfile.ZipFile) -> bool:
    """Whether its parts are encrypted."""
    manifest = read_member(archive, _MANIFEST) if _MANIFEST in archive.NameToInfo else b""
    return b"encryption-data" in manifest


def _blocks(content: Any) -> Blocks:
    """Paragraphs within a row belong to the row."""
    blocks = Blocks()
    row = f"{_TABLE}table-row"
    for element in content.iter(f"{_TEXT}h", f"{_TEXT}p", f"{_DRAW}page", row):
        if element.tag == f"{_DRAW}page":
            blocks.page = (blocks.page or 0) + 1
            blocks.heading = None
        elif element.tag == row:
            cells = (_text(cell) for cell in element if str(cell.tag).endswith("table-cell"))
            blocks.add("\t".join(" ".join(cell.split()) for cell in cells))
        elif next(element.iterancestors(row), None) is not None:
            continue
        elif element.tag == f"{_TEXT}h" or _is_slide_title(element):
            blocks.add_heading(_text(element))
        else:
            blocks.add(_text(element))
    return blocks


def _is_slide_title(element: Any) -> bool:
    frame = next(element.iterancestors(f"{_DRAW}frame"), None)
    return frame is not None and frame.get(f"{_PRESENTATION}class") == "title"


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element.iterdescendants():
        parts.append(_BREAKS.get(str(child.tag), ""))
        parts.append(child.text or "")
        parts.append(child.tail or "")
    return "".join(parts)


def _formulas(archive: zipfile.ZipFile) -> list[str]:
    """Embedded formulas, as they were typed (StarMath)."""
    names = [name for name in archive.namelist() if name.count("/") == 1]
    contents = [name for name in names if name.endswith("/content.xml")][:_MAX_FORMULAS]
    roots = [xml_of(read_member(archive, name)) for name in contents]
    return [
        element.text or "" for root in roots for element in root.iter("{*}annotation")
    ]  # fmt: skip
