"""What kind of file it is: by content first, by the name's extension second.

A kind names the reader (`dispatch`). A file whose content says nothing certain is taken for what
its name promises; without such a promise, for what it looks like.
"""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from lsfs.filetypes import extension, type_of
from lsfs.selector import FileType

from .decoding import looks_like_text
from .text_kinds import text_kind

HEAD_BYTES = 8192
Kind = tuple[str, "FileType | None"]
"""(reader, type)"""

_MAGIC: tuple[tuple[bytes, str, FileType], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image", "image"), (b"\xff\xd8\xff", "image", "image"),
    (b"GIF8", "image", "image"), (b"BM", "image", "image"),
    (b"II*\0", "image", "image"), (b"MM\0*", "image", "image"),
    (b"{\\rtf", "rtf", "document"),
    (b"ID3", "media", "audio"), (b"fLaC", "media", "audio"), (b"OggS", "media", "audio"),
    (b"\xff\xfb", "media", "audio"), (b"\xff\xf3", "media", "audio"),
    (b"\xff\xf2", "media", "audio"), (b"\xff\xfa", "media", "audio"),
    (b"0&\xb2u\x8ef\xcf\x11", "media", "video"), (b"\x1aE\xdf\xa3", "matroska", "video"),
    (b"\x1f\x8b", "packed", "archive"), (b"BZh", "packed", "archive"),
    (b"\xfd7zXZ\0", "packed", "archive"), (b"(\xb5/\xfd", "packed", "archive"),
    (b"7z\xbc\xaf'\x1c", "none", "archive"), (b"Rar!\x1a\x07", "none", "archive"),
    (b"SQLite format 3\0", "none", "data"), (b"PAR1", "none", "data"),
)  # fmt: skip

_RIFF: dict[bytes, Kind] = {
    b"WEBP": ("image", "image"), b"WAVE": ("media", "audio"), b"AVI ": ("none", "video"),
    b"AIFF": ("media", "audio"), b"AIFC": ("media", "audio"),
}  # fmt: skip

_ZIP_MEMBERS: tuple[tuple[str, str, FileType], ...] = (
    ("word/document.xml", "docx", "document"),
    ("ppt/presentation.xml", "pptx", "presentation"),
    ("xl/workbook.xml", "sheets", "spreadsheet"),
    ("xl/workbook.bin", "sheets", "spreadsheet"),
)

ZIP_READERS = {
    "docx": "docx", "pptx": "pptx", "xlsx": "sheets", "epub": "epub",
    "odt": "opendocument", "ods": "sheets", "odp": "opendocument",
}  # fmt: skip
"""Who is to say what is wrong with a container that does not open."""

_ZIP_MIMETYPES: tuple[tuple[str, str, FileType], ...] = (
    ("application/epub", "epub", "document"),
    ("application/vnd.oasis.opendocument.text", "opendocument", "document"),
    ("application/vnd.oasis.opendocument.spreadsheet", "sheets", "spreadsheet"),
    ("application/vnd.oasis.opendocument.presentation", "opendocument", "presentation"),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str, FileType], ...] = (
    ("EncryptedPackage", "encrypted", "document"),
    ("WordDocument", "doc", "document"),
    ("PowerPoint Document", "ppt", "presentation"),
    ("Workbook", "sheets", "spreadsheet"),
    ("Book", "sheets", "spreadsheet"),
    ("__properties_version1.0", "msg", "email"),
)


def detect(file: BinaryIO, name: str) -> Kind:
    """The kind of an open seekable file, whose position is put back to 0."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return _binary_kind(file, head, name) or text_kind(head, name) or ("none", type_of(name))


def _binary_kind(file: BinaryIO, head: bytes, name: str) -> Kind | None:
    if b"%PDF-" in head[:1024]:
        return "pdf", "pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(file, name)
    if head[:4] in (b"RIFF", b"FORM") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _iso_media_kind(head[8:12])
    if head[257:262] == b"ustar":
        return "tar", "archive"
    if head.startswith(_OLE):
        return _ole_kind(file, name)
    for magic, reader, type_ in _MAGIC:
        if head.startswith(magic) and not (len(magic) == 2 and looks_like_text(head)):
            return reader, type_
    return None


def _iso_media_kind(brand: bytes) -> Kind:
    """ISO base media files (MP4, M4A, HEIF, AVIF), by their brand."""
    if brand[:3] == b"avi":
        return "image", "image"
    if brand[:3] in (b"hei", b"hev", b"mif", b"msf"):
        return "none", "image"
    return "media", "audio" if brand[:3] in (b"M4A", b"M4B") else "video"


def _zip_kind(file: BinaryIO, name: str) -> Kind:
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
            mimetype = archive.read("mimetype")[:200].decode("ascii", "replace") if (
                "mimetype" in members and archive.getinfo("mimetype").file_size < 1000
            ) else ""  # fmt: skip
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return ZIP_READERS.get(extension(name), "zip"), type_of(name) or "archive"
    finally:
        file.seek(0)
    for member, reader, type_ in _ZIP_MEMBERS:
        if member in members:
            return reader, type_
    for prefix, reader, type_ in _ZIP_MIMETYPES:
        if mimetype.startswith(prefix):
            return reader, type_
    return "zip", "archive"


def _ole_kind(file: BinaryIO, name: str) -> Kind:
    """Compound files (MS-CFB): old Office, Outlook, and new Office behind a password."""
    import olefile

    try:
        with olefile.OleFileIO(file) as compound:
            found = next((row for row in _OLE_STREAMS if compound.exists(row[0])), None)
    except (OSError, ValueError, IndexError, KeyError):
        return "compound", type_of(name)
    finally:
        file.seek(0)
    if found is None:
        return "compound", type_of(name)
    return found[1], type_of(name) or found[2] if found[1] == "encrypted" else found[2]
