"""An open file to its text: picks the reader, and bounds what comes back.

Runs in the extraction process. What a file says is data: nothing read here is acted upon.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from lsfs.filetypes import type_of

from .extracted import Extracted, Span, failed, skipped
from .kinds import detect

VERSION = "1"
"""Part of the index's fingerprint: raise it when the same bytes would give other text or places."""

MAX_CHARACTERS = 16 * 2**20
"""Text kept of one file; the rest is left out with a reason."""

Reader = Callable[[BinaryIO, "str | None"], Extracted]


def extract(file: BinaryIO, name: str, depth: int = 0) -> Extracted:
    """The text of an open, seekable file.

    Raises whatever a parser raises on a broken file; the caller turns that into a failure.
    """
    if file.seek(0, 2) == 0:
        return Extracted(type_of(name))
    kind, type_ = detect(file, name)
    reader = _reader(kind, depth)
    if reader is None:
        return _unread(kind, type_)
    try:
        return bounded(reader(file, type_))
    except (zipfile.BadZipFile, KeyError) as error:
        return failed(type_, f"damaged {kind} file: {error}")


def _reader(kind: str, depth: int) -> Reader | None:
    """Imports happen here, so that a process that never meets a PDF never loads pdfium."""
    from . import image, mail, markup, office, opendocument, pdf, plain, rtf

    def read_mail(file: BinaryIO, type_: str | None) -> Extracted:
        return mail.read_mail(file, type_, lambda part, name: _attachment(part, name, depth + 1))

    readers: dict[str, Reader] = {
        "markdown": plain.read_markdown, "text": plain.read_text, "table": plain.read_lines,
        "lines": plain.read_lines, "code": plain.read_code, "notebook": plain.read_notebook,
        "html": markup.read_html, "epub": markup.read_epub, "pdf": pdf.read_pdf,
        "docx": office.read_docx, "pptx": office.read_pptx, "xlsx": office.read_xlsx,
        "opendocument": opendocument.read_opendocument, "rtf": rtf.read_rtf,
        "image": image.read_image, "mail": read_mail,
    }  # fmt: skip
    return readers.get(kind)


def _attachment(file: BinaryIO, name: str, depth: int) -> Extracted:
    if depth > 1:
        return skipped(None, "nested too deep")
    try:
        return extract(file, name, depth)
    except Exception as error:  # noqa: BLE001 - a broken attachment must not cost the message
        return failed(None, f"{type(error).__name__}: {error}")


def _unread(kind: str, type_: str | None) -> Extracted:
    if kind == "ole":
        return skipped(type_, "a legacy Office, Outlook or encrypted file: no reader for it yet")
    what = f"{type_} file" if type_ else "unknown binary data"
    return skipped(type_, f"no reader for this kind of file ({what})")


def bounded(extracted: Extracted) -> Extracted:
    """Clean characters, at most MAX_CHARACTERS of them; no blank spans."""
    spans: list[Span] = []
    left = MAX_CHARACTERS
    for span in extracted.spans:
        text = clean(span.text)[:left]
        left -= len(text)
        if text.strip():
            spans.append(replace(span, text=text))
        if left <= 0:
            reason = f"only the first {MAX_CHARACTERS:,} characters are indexed"
            extracted = replace(extracted, reason=extracted.reason or reason)
            break
    fields = {name: _short(getattr(extracted, name)) for name in _FIELDS}
    return replace(extracted, spans=tuple(spans), **fields)  # type: ignore[arg-type]


_FIELDS = ("title", "author", "created", "language", "reason")
_REMOVED = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65279, 65534, 65535))


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which SQLite and terminals cannot carry."""
    text = text.translate(_REMOVED)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _short(value: object) -> str | None:
    text = " ".join(clean(str(value)).split()) if value else ""
    return text[:300] or None
