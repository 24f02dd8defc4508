"""Books made of HTML (EPUB 2 and 3)."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from .archives import read_member, refuse_bomb
from .extracted import Blocks, Extracted, failed
from .html import collect, parsed, text_of
from .properties import xml_of
from .source import Source

_CONTAINER = "META-INF/container.xml"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_ABOUT = ("title", "creator", "date", "language")
_ENCRYPTION = "META-INF/encryption.xml"


def read_epub(source: Source) -> Extracted:
    """The chapters in the order of the spine; `page` counts them from 1. A chapter's title is the
    heading of what stands before its own first heading."""
    with zipfile.ZipFile(source.file) as archive:
        bomb = refuse_bomb(archive, source.type)
        if bomb:
            return bomb
        opf = _package_path(archive)
        if opf is None:
            return failed(source.type, "an e-book without a package document")
        package = xml_of(read_member(archive, opf))
        blocks = Blocks()
        for number, chapter in enumerate(_chapters(package, opf), start=1):
            if chapter in archive.NameToInfo:
                tree = parsed(read_member(archive, chapter))
                if tree is not None:
                    blocks.page, blocks.heading = number, text_of(tree, ".//title")
                    collect(tree, blocks)
        is_locked = not blocks.spans and _ENCRYPTION in archive.NameToInfo
    about = {name: text_of(package, f".//{_DUBLIN}{name}") for name in _ABOUT}
    if is_locked:
        return failed(source.type, "locked by copy protection (DRM)")
    return Extracted(
        source.type, tuple(blocks.spans), title=about["title"], author=about["creator"],
        created=about["date"], language=about["language"],
    )  # fmt: skip


def _package_path(archive: zipfile.ZipFile) -> str | None:
    container = (
        xml_of(read_member(archive, _CONTAINER)) if _CONTAINER in archive.NameToInfo else None
    )
    if container is None:
        return None
    root = next(
        (e.get("full-path") for e in container.iter() if str(e.tag).endswith("}rootfile")), None
    )
    return root if root in archive.NameToInfo else None


def _chapters(package: Any, opf: str) -> list[str]:
    items = {item.get("id"): item.get("href") or "" for item in package.iter(f"{_PACKAGE}item")}
    order = [items.get(ref.get("idref"), "") for ref in package.iter(f"{_PACKAGE}itemref")]
    base = posixpath.dirname(opf)
    return [posixpath.normpath(posixpath.join(base, unquote(href))) for href in order if href]
