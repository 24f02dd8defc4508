"""An open file to its text: picks the reader, and bounds what comes back.

Runs in the extraction process. What a file says is data: nothing read here is acted upon.
"""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, cast

from lsfs.filetypes import extension, type_of
from lsfs.records import Place

from . import describer, language
from .dates import iso_date
from .extracted import Extracted, Span, failed, skipped
from .kinds import ZIP_READERS, detect
from .source import Source

VERSION = "4"
"""Part of the index's fingerprint: raise it when the same bytes would give other text or places."""

MAX_CHARACTERS = 16 * 2**20
"""Text kept of one file; the rest is left out with a reason."""

_READERS = {
    "text": "plain:read_text", "lines": "plain:read_lines", "table": "tables:read_table",
    "markdown": "sections:read_sections", "rst": "sections:read_sections",
    "org": "sections:read_sections", "asciidoc": "sections:read_sections",
    "latex": "sections:read_sections", "code": "code:read_code",
    "json": "data:read_data", "yaml": "data:read_data", "ini": "data:read_data",
    "xml": "data:read_data", "notebook": "data:read_notebook",
    "html": "html:read_html", "epub": "epub:read_epub", "pdf": "pdf:read_pdf",
    "docx": "word:read_docx", "pptx": "slides:read_pptx", "sheets": "sheets:read_sheets",
    "opendocument": "opendocument:read_opendocument", "rtf": "rtf:read_rtf",
    "doc": "legacy:read_legacy", "ppt": "legacy:read_legacy", "encrypted": "legacy:read_encrypted",
    "mail": "mail:read_mail", "mbox": "mail:read_mbox", "msg": "outlook:read_msg",
    "image": "image:read_image", "media": "media:read_media", "matroska": "matroska:read_matroska",
    "zip": "packed:read_zip", "tar": "packed:read_tar", "packed": "packed:read_packed",
}  # fmt: skip
"""kind -> module:function. A process that never meets a PDF never loads pdfium."""

_CONTAINERS = frozenset({"zip", "tar", "packed", "mbox"})
_PROSE = frozenset({"document", "pdf", "text", "web", "email", "presentation"})
"""Types whose language is worth a guess."""


def extract(file: BinaryIO, name: str, depth: int = 0) -> Extracted:
    """The text of an open, seekable file. `depth` counts the files it lies in.

    Raises whatever a parser raises on a broken file; the caller turns that into a failure.
    """
    if file.seek(0, 2) == 0:
        return Extracted(type_of(name))
    kind, type_ = detect(file, name)
    if depth and kind in _CONTAINERS:
        return skipped(type_, "an archive inside another file is found by its name")
    source = Source(
        file, name, kind, type_, lambda part, part_name: _part(part, part_name, depth + 1)
    )
    try:
        extracted = _reader(kind)(source)
        return bounded(extracted if depth else describer.described(source, extracted))
    except (zipfile.BadZipFile, KeyError) as error:
        return failed(type_, f"damaged {kind} file: {error}")


def _reader(kind: str) -> Callable[[Source], Extracted]:
    if kind not in _READERS:
        return _unread
    module, _, function = _READERS[kind].partition(":")
    found = getattr(importlib.import_module(f".{module}", __package__), function)
    return cast("Callable[[Source], Extracted]", found)


def _part(file: BinaryIO, name: str, depth: int) -> Extracted:
    if depth > 1:
        return skipped(None, "nested too deep")
    try:
        return extract(file, name, depth)
    except Exception as error:  # noqa: BLE001 - a broken part must not cost the whole
        return failed(None, f"{type(error).__name__}: {error}")


def _unread(source: Source) -> Extracted:
    kind, type_, ending = source.kind, source.type, extension(source.name)
    if ending in ZIP_READERS:
        return failed(type_, f"not a .{ending} file: its content is no zip archive")
    if kind == "compound":
        return skipped(type_, "a compound file of an unknown kind, or a damaged one")
    what = f"{type_} file" if type_ else "unknown binary data"
    return skipped(type_, f"no reader for this kind of file ({what})")


def bounded(extracted: Extracted) -> Extracted:
    """Clean characters, at most MAX_CHARACTERS of them; no blank spans. What the file says of
    itself in one form: the date as ISO 8601, the language as ISO 639-1."""
    spans: list[Span] = []
    left = MAX_CHARACTERS
    for span in extracted.spans:
        text = clean(span.text)[:left]
        left -= len(text)
        if text.strip():
            spans.append(Span(text, _clean_place(span.place)))
        if left <= 0:
            reason = f"only the first {MAX_CHARACTERS:,} characters are indexed"
            extracted = replace(extracted, reason=extracted.reason or reason)
            break
    tongue = language.declared(extracted.language)
    if tongue is None and extracted.type in _PROSE:
        tongue = language.guessed(span.text for span in spans)
    is_empty = not spans and extracted.status == "ok"
    return replace(
        extracted, spans=tuple(spans), title=_short(extracted.title),
        author=_short(extracted.author), created=iso_date(extracted.created), language=tongue,
        reason=_short(extracted.reason or ("it holds no text" if is_empty else None)),
    )  # fmt: skip


_REMOVED = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65279, 65534, 65535))


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which SQLite and terminals cannot carry."""
    text = text.translate(_REMOVED)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _clean_place(place: Place) -> Place:
    """What a file says of its places, in clean characters as well."""
    if not (place.sheet or place.heading or place.symbol):
        return place
    return replace(
        place, sheet=place.sheet and clean(place.sheet),
        heading=place.heading and clean(place.heading), symbol=place.symbol and clean(place.symbol),
    )  # fmt: skip


def _short(value: object) -> str | None:
    text = " ".join(clean(str(value)).split()) if value else ""
    return text[:300] or None
