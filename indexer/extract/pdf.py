"""PDF by page, through pdfium."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from lsfs.records import Place

from .extracted import Extracted, Span, failed

_DATE = re.compile(r"^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
_HYPHENATED = re.compile("[\u00ad\ufffe\u0002]\n?")


def read_pdf(file: BinaryIO, type_: str | None) -> Extracted:
    """One span a paragraph, with its page."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        locked = "assword" in str(error)
        return failed(type_, "locked with a password" if locked else f"not a readable PDF: {error}")
    try:
        return _read(document, type_)
    finally:
        document.close()


def _read(document: Any, type_: str | None) -> Extracted:
    spans: list[Span] = []
    broken = 0
    for number in range(1, len(document) + 1):
        text = _page_text(document, number - 1)
        broken += text is None
        spans += [
            Span(part.strip(), Place(page=number))
            for part in re.split(r"\n\s*\n", text or "")
            if part.strip()
        ]
    about = document.get_metadata_dict(skip_empty=True)
    reason = f"{broken} of {len(document)} pages cannot be read" if broken else None
    if not spans:
        reason = reason or "its pages hold no text (a scan?)"
    return Extracted(
        type_, tuple(spans), title=about.get("Title"), author=about.get("Author"),
        created=_date(about.get("CreationDate")), reason=reason, status="ok" if spans else "failed",
    )  # fmt: skip


def _page_text(document: Any, index: int) -> str | None:
    """The page's text; None when pdfium cannot load the page."""
    from pypdfium2 import PdfiumError

    try:
        page = document[index]
    except PdfiumError:
        return None
    try:
        text = page.get_textpage().get_text_range()
    except PdfiumError:
        return None
    finally:
        page.close()
    return _HYPHENATED.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def _date(text: str | None) -> str | None:
    match = _DATE.match(text or "")
    if not match:
        return None
    year, month, day, hour, minute = match.groups()
    date = f"{year}-{month or '01'}-{day or '01'}"
    return f"{date}T{hour}:{minute}" if hour and minute else date
