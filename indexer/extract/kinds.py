"""What kind of file it is: by content first, by the name's extension second.

A file whose content says nothing certain is taken for what its name promises.
"""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from lsfs.filetypes import extension, type_of
from lsfs.selector import FileType

from .decoding import looks_like_text

HEAD_BYTES = 8192

_EXTENSIONS: dict[str, tuple[str, FileType]] = {}
"""extension -> (reader, type unless the name promises another)"""


def _register(reader: str, type_: FileType, extensions: str) -> None:
    for known in extensions.split():
        _EXTENSIONS[known] = (reader, type_)


_register("markdown", "text", "md markdown mdown mkd")
_register("text", "text", "txt text rst org log adoc asciidoc nfo srt vtt")
_register("text", "document", "tex ltx bib")
_register("html", "web", "html htm xhtml")
_register("table", "spreadsheet", "csv tsv tab")
_register(
    "lines", "data", "json jsonl ndjson yaml yml toml ini cfg conf xml properties ics vcf plist"
)
_register("lines", "image", "svg")
_register("notebook", "code", "ipynb")
_register("mail", "email", "eml")
_register("code", "code", (
    "py pyi js mjs cjs ts tsx jsx c h cc cpp cxx hpp hh cs java kt kts go rs rb php pl pm sh bash "
    "zsh fish ps1 sql swift scala lua r jl hs ml clj ex exs erl dart vim el lisp scm asm s f90 f "
    "m mm proto cmake mk gradle groovy tf nix css scss less vue svelte bat awk zig nim v d "
    "diff patch"
))  # fmt: skip


def _promised(name: str) -> tuple[str, FileType] | None:
    """(reader, type) that the name promises for a text file."""
    found = _EXTENSIONS.get(extension(name))
    return (found[0], type_of(name) or found[1]) if found else None


_MAGIC: tuple[tuple[bytes, str, FileType], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image", "image"), (b"\xff\xd8\xff", "image", "image"),
    (b"GIF8", "image", "image"), (b"BM", "image", "image"),
    (b"II*\0", "image", "image"), (b"MM\0*", "image", "image"),
    (b"{\\rtf", "rtf", "document"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole", "document"),
    (b"ID3", "none", "audio"), (b"fLaC", "none", "audio"), (b"OggS", "none", "audio"),
    (b"\x1aE\xdf\xa3", "none", "video"),
    (b"\x1f\x8b", "none", "archive"), (b"BZh", "none", "archive"),
    (b"\xfd7zXZ\0", "none", "archive"),
    (b"(\xb5/\xfd", "none", "archive"), (b"7z\xbc\xaf'\x1c", "none", "archive"),
    (b"Rar!\x1a\x07", "none", "archive"), (b"SQLite format 3\0", "none", "data"),
)  # fmt: skip

_RIFF: dict[bytes, tuple[str, FileType]] = {
    b"WEBP": ("image", "image"),
    b"WAVE": ("none", "audio"),
    b"AVI ": ("none", "video"),
}

_ZIP_MEMBERS: tuple[tuple[str, str, FileType], ...] = (
    ("word/document.xml", "docx", "document"),
    ("ppt/presentation.xml", "pptx", "presentation"),
    ("xl/workbook.xml", "xlsx", "spreadsheet"),
)

_ZIP_READERS = {
    "docx": "docx", "pptx": "pptx", "xlsx": "xlsx", "epub": "epub",
    "odt": "opendocument", "ods": "opendocument", "odp": "opendocument",
}  # fmt: skip
"""Who is to say what is wrong with a container that does not open."""

_ZIP_MIMETYPES: tuple[tuple[str, str, FileType], ...] = (
    ("application/epub", "epub", "document"),
    ("application/vnd.oasis.opendocument.text", "opendocument", "document"),
    ("application/vnd.oasis.opendocument.spreadsheet", "opendocument", "spreadsheet"),
    ("application/vnd.oasis.opendocument.presentation", "opendocument", "presentation"),
)


def detect(file: BinaryIO, name: str) -> tuple[str, FileType | None]:
    """(reader, type) of an open seekable file, whose position is put back to 0."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return _binary_kind(file, head, name) or _text_kind(head, name) or ("none", type_of(name))


def _binary_kind(file: BinaryIO, head: bytes, name: str) -> tuple[str, FileType | None] | None:
    if b"%PDF-" in head[:1024]:
        return "pdf", "pdf"
    if head[:4] == b"PK\x03\x04":
        return _zip_kind(file, name)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return ("image", "image") if head[8:11] in (b"hei", b"avi", b"mif") else ("none", "video")
    if head[257:262] == b"ustar":
        return "none", "archive"
    for magic, reader, type_ in _MAGIC:
        if head.startswith(magic) and not (magic == b"BM" and looks_like_text(head)):
            return reader, (type_of(name) or type_) if reader == "ole" else type_
    return None


def _zip_kind(file: BinaryIO, name: str) -> tuple[str, FileType | None]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
            mimetype = archive.read("mimetype")[:200].decode("ascii", "replace") if (
                "mimetype" in members and archive.getinfo("mimetype").file_size < 1000
            ) else ""  # fmt: skip
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return _ZIP_READERS.get(extension(name), "none"), type_of(name) or "archive"
    finally:
        file.seek(0)
    for member, reader, type_ in _ZIP_MEMBERS:
        if member in members:
            return reader, type_
    for prefix, reader, type_ in _ZIP_MIMETYPES:
        if mimetype.startswith(prefix):
            return reader, type_
    return "none", "archive"


def _text_kind(head: bytes, name: str) -> tuple[str, FileType | None] | None:
    if not looks_like_text(head):
        return None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html", "web"
    promised = _promised(name)
    if promised:
        return promised
    if start.startswith((b"received:", b"return-path:", b"delivered-to:", b"message-id:")):
        return "mail", "email"
    if start.startswith(b"#!"):
        return "code", "code"
    if name.lower() in ("makefile", "dockerfile", "cmakelists.txt", "gnumakefile"):
        return "code", "code"
    return "text", "text"
