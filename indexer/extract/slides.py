"""PowerPoint files (ISO/IEC 29500, PresentationML)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from .archives import refuse_bomb
from .extracted import Blocks, Extracted
from .properties import zip_properties
from .source import Source


def read_pptx(source: Source) -> Extracted:
    """Slides with their tables, pictures' descriptions and notes; `page` is the slide."""
    with zipfile.ZipFile(source.file) as archive:
        bomb = refuse_bomb(archive, source.type)
        if bomb:
            return bomb
        about = zip_properties(archive)
    source.file.seek(0)
    import pptx

    deck = pptx.Presentation(source.file)
    blocks = Blocks()
    for number, slide in enumerate(deck.slides, start=1):
        blocks.page = number
        title = slide.shapes.title
        blocks.heading = " ".join(title.text_frame.text.split())[:200] or None if title else None
        for text in _shape_texts(slide.shapes):
            blocks.add(text)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            blocks.add(slide.notes_slide.notes_text_frame.text)
    return Extracted(source.type, tuple(blocks.spans), **about)


def _shape_texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shape_texts(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text.replace("\v", "\n")
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield "\t".join(" ".join(cell.text.split()) for cell in row.cells)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield _chart_text(shape.chart)
        else:
            yield from shape.element.xpath(".//p:cNvPr/@descr")


def _chart_text(chart: Any) -> str:
    title = chart.chart_title.text_frame.text if chart.has_title else ""
    return "\n".join([title, *(series.name for series in chart.series if series.name)])
