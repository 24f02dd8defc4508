"""Word, PowerPoint and Excel files of the XML kind."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from lsfs.records import Place

from .archives import refuse_bomb
from .extracted import Blocks, Extracted, Span

ROWS_A_SPAN = 10
MAX_CELLS = 2_000_000
"""Cells of a workbook looked at; a sheet may claim billions of empty ones."""


def read_docx(file: BinaryIO, type_: str | None) -> Extracted:
    """Paragraphs and tables in reading order, under their headings."""
    bomb = _bomb(file, type_)
    if bomb:
        return bomb
    import docx
    from docx.table import Table

    document = docx.Document(file)
    blocks = Blocks()
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            _add_table(item, blocks)
            continue
        style = (item.style.name if item.style is not None else None) or ""
        if style.startswith("Heading") or style == "Title":
            blocks.add_heading(item.text)
        else:
            blocks.add(item.text)
    return _with_properties(document.core_properties, type_, blocks.spans)


def _add_table(table: Any, blocks: Blocks) -> None:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:  # a merged cell is handed out once a column it spans
            if not cells or cells[-1] != cell.text:
                cells.append(cell.text)
        blocks.add("\t".join(" ".join(cell.split()) for cell in cells))


def read_pptx(file: BinaryIO, type_: str | None) -> Extracted:
    """Slides with their tables and notes; `page` is the slide."""
    bomb = _bomb(file, type_)
    if bomb:
        return bomb
    import pptx

    deck = pptx.Presentation(file)
    blocks = Blocks()
    for number, slide in enumerate(deck.slides, start=1):
        blocks.page = number
        title = slide.shapes.title
        blocks.heading = " ".join(title.text_frame.text.split())[:200] or None if title else None
        for text in _shape_texts(slide.shapes):
            blocks.add(text)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            blocks.add(slide.notes_slide.notes_text_frame.text)
    return _with_properties(deck.core_properties, type_, blocks.spans)


def _shape_texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if shape.shape_type is not None and hasattr(shape, "shapes"):
            yield from _shape_texts(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text.replace("\v", "\n")
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield "\t".join(" ".join(cell.text.split()) for cell in row.cells)


def read_xlsx(file: BinaryIO, type_: str | None) -> Extracted:
    """The values of every sheet, a row a line; lines are the sheet's rows."""
    bomb = _bomb(file, type_)
    if bomb:
        return bomb
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # unsupported extensions, odd styles: not about the text
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            spans = tuple(_sheet_spans(book))
        finally:
            book.close()
    return _with_properties(book.properties, type_, spans)


def _sheet_spans(book: Any) -> Iterator[Span]:
    budget = MAX_CELLS
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file claims of its size may be wrong either way
        rows: list[tuple[int, str]] = []
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            budget -= 1 + len(row)
            if budget < 0:
                break
            text = "\t".join(_cell(value) for value in row).rstrip("\t")
            if rows and (number >= rows[0][0] + ROWS_A_SPAN):
                yield _rows_span(rows, sheet.title)
                rows = []
            if text.strip():
                rows.append((number, text))
        if rows:
            yield _rows_span(rows, sheet.title)


def _rows_span(rows: list[tuple[int, str]], sheet: str) -> Span:
    by_number = dict(rows)
    first, last = rows[0][0], rows[-1][0]
    text = "\n".join(by_number.get(number, "") for number in range(first, last + 1))
    return Span(text, Place(first, last, sheet=sheet))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _bomb(file: BinaryIO, type_: str | None) -> Extracted | None:
    with zipfile.ZipFile(file) as archive:
        found = refuse_bomb(archive, type_)
    file.seek(0)
    return found


def _with_properties(properties: Any, type_: str | None, spans: Any) -> Extracted:
    created = properties.created
    return Extracted(
        type_, tuple(spans),
        title=properties.title or None,
        author=getattr(properties, "author", None) or getattr(properties, "creator", None) or None,
        created=created.isoformat() if created else None,
        language=properties.language or None,
    )  # fmt: skip
