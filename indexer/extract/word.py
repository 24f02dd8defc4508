"""Word documents (ISO/IEC 29500, WordprocessingML)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from .archives import refuse_bomb
from .extracted import Blocks, Extracted
from .properties import xml_of, zip_properties
from .source import Source

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _ROW, _CELL = f"{_WORD}p", f"{_WORD}tr", f"{_WORD}tc"
_TEXT = frozenset({f"{_WORD}t", f"{_MATH}t", f"{_DRAWING}t"})
_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
_ASIDE = ("/footnotes", "/endnotes", "/comments")
_ON_EVERY_PAGE = ("/header", "/footer")


def read_docx(source: Source) -> Extracted:
    """Paragraphs and tables in reading order under their headings, text boxes and formulas where
    they are anchored; then footnotes, endnotes, comments, and what stands on every page once."""
    with zipfile.ZipFile(source.file) as archive:
        bomb = refuse_bomb(archive, source.type)
        if bomb:
            return bomb
        about = zip_properties(archive)
    source.file.seek(0)
    import docx

    document = docx.Document(source.file)
    styles = {style.style_id: (style.name or "").lower() for style in document.styles}
    blocks = Blocks()
    _Walk(styles, blocks).over(document.element.body)
    blocks.heading = None
    for part in _other_parts(document.part, _ASIDE):
        _Walk({}, blocks).over(xml_of(part))
    edges = Blocks()
    for part in _other_parts(document.part, _ON_EVERY_PAGE):
        _Walk({}, edges).over(xml_of(part))
    for text in dict.fromkeys(span.text for span in edges.spans):
        blocks.add(text)
    return Extracted(source.type, tuple(blocks.spans), **about)


def _other_parts(part: Any, kinds: tuple[str, ...]) -> Iterator[bytes]:
    for relation in part.rels.values():
        if relation.reltype.endswith(kinds) and not relation.is_external:
            yield relation.target_part.blob


class _Walk:
    """One pass over a part. Paragraphs may stand inside one another (a text box in a paragraph),
    and rows as well: the innermost open one takes the text."""

    def __init__(self, styles: dict[str, str], blocks: Blocks) -> None:
        self._styles = styles
        self._blocks = blocks
        self._paragraphs: list[list[str]] = []
        self._rows: list[list[list[str]]] = []

    def over(self, root: Any) -> None:
        """Put the text below `root` into the blocks."""
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if element.tag == _FALLBACK:  # what stands there again for older programs
                    walk.skip_subtree()
                else:
                    self._begin(element)
            elif element.tag == _PARAGRAPH:
                self._end_paragraph(element)
            elif element.tag == _ROW:
                self._end_row()

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if tag == _PARAGRAPH:
            self._paragraphs.append([])
        elif tag == _ROW:
            self._rows.append([])
        elif tag == _CELL and self._rows:
            self._rows[-1].append([])
        elif self._paragraphs:
            if tag in _TEXT:
                self._paragraphs[-1].append(element.text or "")
            elif tag in _MARKS:
                self._paragraphs[-1].append(_MARKS[tag])

    def _end_paragraph(self, element: Any) -> None:
        text = "".join(self._paragraphs.pop())
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(text)
        elif self._is_heading(element):
            self._blocks.add_heading(text)
        else:
            self._blocks.add(text)

    def _end_row(self) -> None:
        cells = self._rows.pop()
        self._blocks.add("\t".join(" ".join(" ".join(cell).split()) for cell in cells))

    def _is_heading(self, paragraph: Any) -> bool:
        style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
        if style is not None:
            name = self._styles.get(style.get(f"{_WORD}val"), "")
            if name.startswith(("heading", "title")):
                return True
        level = paragraph.find(f"{_WORD}pPr/{_WORD}outlineLvl")
        return level is not None and level.get(f"{_WORD}val") != "9"
