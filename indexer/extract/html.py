"""HTML by heading."""

from __future__ import annotations

from typing import Any

from .decoding import decode, encoding_of
from .extracted import Blocks, Extracted
from .source import Source

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead title tr ul "
    "body html head option caption summary details".split()
)
_ROW_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe", "object"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def read_html(source: Source) -> Extracted:
    """Blocks of text under their headings; title, author, date and language from the head."""
    tree = parsed(source.file.read())
    if tree is None:
        return Extracted(source.type)
    blocks = Blocks()
    collect(tree, blocks)
    heading = next((span.place.heading for span in blocks.spans if span.place.heading), None)
    return Extracted(
        source.type, tuple(blocks.spans),
        title=text_of(tree, ".//title") or heading,
        author=_meta(tree, "author", "article:author", "dc.creator"),
        created=_meta(tree, "date", "article:published_time", "dc.date", "dcterms.created"),
        language=tree.get("lang"),
    )  # fmt: skip


def text_of_html(data: bytes) -> str:
    """The text of an HTML fragment, one block a line (bodies of messages)."""
    tree = parsed(data)
    if tree is None:
        return ""
    blocks = Blocks()
    collect(tree, blocks)
    return "\n".join(span.text for span in blocks.spans)


def parsed(data: bytes) -> Any:
    """The root element; None for an empty document. libxml2 bounds the depth (256)."""
    import lxml.html
    from lxml.etree import HTMLParser, ParserError

    parser = HTMLParser(encoding="utf-8", no_network=True)
    try:
        return lxml.html.document_fromstring(_text(data).encode("utf-8"), parser=parser)
    except ParserError:
        return None


def _text(data: bytes) -> str:
    """In UTF-8 where that fits, whatever the document declares; else as it declares."""
    from bs4.dammit import EncodingDetector

    declared = EncodingDetector.find_declared_encoding(
        data, is_html=True, search_entire_document=False
    )
    if not declared or encoding_of(data).startswith("utf"):
        return decode(data)
    try:
        return data.decode(declared, "replace")
    except LookupError:
        return decode(data)


def collect(tree: Any, blocks: Blocks) -> None:
    """Put the text below `tree` into `blocks`, without recursion."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else None
        if event == "start":
            if tag is None or tag in _SILENT:
                walk.skip_subtree()
                continue
            _flush_before(tag, parts, blocks)
            parts.append(element.text or "")
        else:
            if tag is not None and tag not in _SILENT:
                _flush_after(tag, parts, blocks)
            parts.append(element.tail or "")
    blocks.add(_joined(parts))


def _flush_before(tag: str, parts: list[str], blocks: Blocks) -> None:
    if tag in _ROW_CELLS:
        parts.append(" ")
    elif tag in _BLOCKS:
        blocks.add(_joined(parts))
        parts.clear()


def _flush_after(tag: str, parts: list[str], blocks: Blocks) -> None:
    if tag in _HEADINGS:
        blocks.add_heading(_joined(parts))
        parts.clear()
    elif tag in _BLOCKS and tag not in _ROW_CELLS:
        blocks.add(_joined(parts))
        parts.clear()


def _joined(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def text_of(tree: Any, path: str) -> str | None:
    """The text of the first element at `path`, None when there is none."""
    element = tree.find(path)
    text = " ".join("".join(element.itertext()).split()) if element is not None else ""
    return text[:300] or None


def _meta(tree: Any, *names: str) -> str | None:
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = (element.get("content") or "").strip()
        if name in names and content:
            return str(content[:300])
    return None
