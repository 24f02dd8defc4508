"""Spreadsheets of every kind (XLSX, XLSM, XLSB, XLS, ODS), through calamine."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from lsfs.records import Place

from . import deadline
from .archives import refuse_bomb
from .extracted import About, Extracted, Span, failed
from .opendocument import is_locked
from .properties import compound_properties, zip_properties
from .source import Source

ROWS_A_SPAN = 10
MAX_CELLS = 2_000_000
"""Cells of a workbook looked at; a sheet may claim billions of empty ones."""
MAX_HEADER_CELLS = 40


def read_sheets(source: Source) -> Extracted:
    """The values of every sheet, a row a line; lines are the sheet's rows, `columns` those in use,
    `heading` the row of names on top where there is one."""
    import python_calamine as calamine

    if zipfile.is_zipfile(source.file):
        with zipfile.ZipFile(source.file) as archive:
            refused = refuse_bomb(archive, source.type)
            if not refused and is_locked(archive):
                refused = failed(source.type, "locked with a password")
            about = zip_properties(archive)
        if refused:
            return refused
    else:
        about = compound_properties(source.file)
    source.file.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(source.file)
    except calamine.PasswordError:
        return failed(source.type, "locked with a password")
    except calamine.CalamineError as error:
        return failed(source.type, f"damaged spreadsheet: {error}")
    return _read(book, source.type, about)


def _read(book: Any, type_: str | None, about: About) -> Extracted:
    import python_calamine as calamine

    spans: list[Span] = []
    broken: list[str] = []
    budget = MAX_CELLS
    for name in book.sheet_names:
        if budget <= 0 or deadline.has_passed():
            return Extracted(type_, tuple(spans), **about, reason=f"read up to the sheet {name}")
        try:
            sheet = book.get_sheet_by_name(name)
        except calamine.CalamineError:  # a sheet of charts or macros has no cells
            broken.append(name)
            continue
        budget -= sheet.width * sheet.height
        spans += _sheet_spans(sheet, name)
    reason = f"no cells in: {', '.join(broken)}" if broken and not spans else None
    return Extracted(type_, tuple(spans), **about, reason=reason)


def _sheet_spans(sheet: Any, name: str) -> Iterator[Span]:
    if sheet.start is None:
        return
    columns = f"{column_name(sheet.start[1])}:{column_name(sheet.end[1])}"
    heading: str | None = None
    rows: dict[int, str] = {}
    for number, cells in enumerate(_rows(sheet), start=sheet.start[0] + 1):
        values = [_cell(value) for value in cells]
        if number == sheet.start[0] + 1:
            heading = header_of(values)
        if rows and number >= min(rows) + ROWS_A_SPAN:
            yield _span(rows, Place(sheet=name, columns=columns, heading=heading))
            rows = {}
        text = "\t".join(values).rstrip("\t")
        if text.strip():
            rows[number] = text
    if rows:
        yield _span(rows, Place(sheet=name, columns=columns, heading=heading))


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows from the first that is not empty on, at most as many as MAX_CELLS allows."""
    most = max(1, MAX_CELLS // max(1, sheet.width))
    yield from sheet.to_python(skip_empty_area=True, nrows=min(most, sheet.height))


def _span(rows: dict[int, str], place: Place) -> Span:
    first, last = min(rows), max(rows)
    text = "\n".join(rows.get(number, "") for number in range(first, last + 1))
    return Span(text, Place(first, last, sheet=place.sheet, columns=place.columns,
                            heading=place.heading))  # fmt: skip


def header_of(cells: list[str]) -> str | None:
    """The names of a table's columns, when its first row holds names: several, different, no
    numbers."""
    names = [cell for cell in cells if cell]
    if not 2 <= len(names) <= MAX_HEADER_CELLS or len(set(names)) < len(names):
        return None
    if any(len(name) > 60 or name.replace(".", "").replace("-", "").isdigit() for name in names):
        return None
    return ", ".join(names)[:200] if len(names) * 2 > len(cells) else None


def column_name(index: int) -> str:
    """ "A" for 0, "AB" for 27."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | time | timedelta):
        return str(value).removesuffix(" 00:00:00")
    return " ".join(str(value).split()) if value is not None else ""
