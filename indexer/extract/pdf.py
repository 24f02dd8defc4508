"""PDF by page, through pdfium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lsfs.counting import counted
from lsfs.records import Place

from . import deadline, ocr
from .dates import iso_date
from .extracted import Extracted, Span, failed, paragraphs
from .source import Source

MAX_OUTLINE = 5_000
"""Entries of an outline that are looked at."""
_HYPHENATED = re.compile("[\u00ad\ufffe\u0002]\n?")
_SCAN_SCALE = 150 / 72
"""Pixels to a point at which a scanned page is read: 150 a inch."""


def read_pdf(source: Source) -> Extracted:
    """One span a paragraph, with its page, under the nearest entry of the outline. Pages that are
    pictures alone are read where optical recognition is installed."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source.file)
    except pypdfium2.PdfiumError as error:
        locked = "assword" in str(error)
        reason = "locked with a password" if locked else f"not a readable PDF: {error}"
        return failed(source.type, reason)
    try:
        return _Pages(document).read(source.type)
    finally:
        document.close()


class _Pages:
    """What was found on the way: spans, and the numbers of pages that are broken or pictures."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._count = len(document)
        self._outline = _Outline(document)
        self._spans: list[Span] = []
        self._broken = 0
        self._scanned = 0
        self._recognised = 0

    def read(self, type_: str | None) -> Extracted:
        """All pages, as far as time allows."""
        last = 0
        for number in range(1, self._count + 1):
            if deadline.has_passed():
                break
            self._page(number)
            last = number
        about = self._document.get_metadata_dict(skip_empty=True)
        return Extracted(
            type_, tuple(self._spans), title=about.get("Title"), author=about.get("Author"),
            created=iso_date(about.get("CreationDate")), reason=self._reason(last),
            status="ok" if self._spans or not (self._scanned or self._broken) else "failed",
        )  # fmt: skip

    def _page(self, number: int) -> None:
        text = _page_text(self._document, number - 1)
        if text is None:
            self._broken += 1
            return
        parts = paragraphs(text)
        if not parts and _shows_something(self._document, number - 1):
            self._scanned += 1
            parts = self._recognise(number)
        for part, heading in self._outline.under(number, parts):
            self._spans.append(Span(part, Place(page=number, heading=heading)))

    def _recognise(self, number: int) -> list[str]:
        if not ocr.is_installed():
            return []
        page = self._document[number - 1]
        try:
            picture = page.render(scale=_scale(page), may_draw_forms=False).to_pil()
        finally:
            page.close()
        self._recognised += 1
        return paragraphs(ocr.text_of(picture))

    def _reason(self, last: int) -> str | None:
        """Why there is no text, or not all of it."""
        left = self._scanned - self._recognised
        if last < self._count:
            return f"only the first {last} of {self._count} pages were read in the time allowed"
        if self._broken:
            return f"{self._broken} of {counted(self._count, 'page')} cannot be read"
        if left:
            return f"a scan: {counted(left, 'page')} without text; {ocr.HOW_TO_INSTALL}"
        if self._spans:
            return None
        return "a scan in which no text was recognised" if self._scanned else "its pages are empty"


def _scale(page: Any) -> float:
    """150 dots an inch, less for pages so large that they would not fit into memory."""
    points = max(1.0, page.get_width() * page.get_height())
    return float(min(_SCAN_SCALE, (ocr.MAX_PIXELS / points) ** 0.5))


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


def _shows_something(document: Any, index: int) -> bool:
    page = document[index]
    try:
        return next(iter(page.get_objects(max_depth=2)), None) is not None
    finally:
        page.close()


class _Outline:
    """The bookmarks, by page. A page's paragraphs stand under the last one before them: those of
    the page take over where their title is found in it."""

    def __init__(self, document: Any) -> None:
        self._by_page: dict[int, list[str]] = {}
        self._heading: str | None = None
        for title, page in _bookmarks(document):
            self._by_page.setdefault(page, []).append(title)

    def under(self, page: int, parts: list[str]) -> Iterator[tuple[str, str | None]]:
        """(paragraph, heading) of a page; pages are to be asked for in order."""
        waiting = self._by_page.get(page, [])
        text = _letters("".join(parts))
        if waiting and _letters(waiting[0]) not in text:
            self._heading = waiting.pop(0)
        for part in parts:
            letters = _letters(part)
            while waiting and _letters(waiting[0]) in letters:
                self._heading = waiting.pop(0)
            yield part, self._heading
        if waiting:
            self._heading = waiting[-1]


def _letters(text: str) -> str:
    return "".join(text.lower().split())


def _bookmarks(document: Any) -> Iterator[tuple[str, int]]:
    """(title, page from 1) in the order of the outline, without those that lead nowhere."""
    from pypdfium2 import PdfiumError

    try:
        for bookmark in islice(document.get_toc(max_depth=6), MAX_OUTLINE):
            target = bookmark.get_dest()
            index = target.get_index() if target else None
            title = " ".join((bookmark.get_title() or "").split())[:200]
            if title and index is not None and index >= 0:
                yield title, index + 1
    except PdfiumError:  # an outline that bites its own tail: what came before is kept
        return
