"""Zip containers (Office, OpenDocument, EPUB) opened with limits."""

from __future__ import annotations

import zipfile

from .extracted import Extracted, failed

MAX_UNPACKED_BYTES = 512 * 2**20
MAX_MEMBERS = 20_000
MAX_RATIO = 200
"""Unpacked to packed, above which a member larger than MIN_BOMB_BYTES is taken for a bomb."""
MIN_BOMB_BYTES = 32 * 2**20


def refuse_bomb(archive: zipfile.ZipFile, type_: str | None) -> Extracted | None:
    """A failure when the container would unpack to more than the limits; None when it is fine.

    The sizes are those of the directory; `zipfile` never reads past them.
    """
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        return failed(type_, f"unpacks to {total >> 20} MiB, more than {MAX_UNPACKED_BYTES >> 20}")
    if len(members) > MAX_MEMBERS:
        return failed(type_, f"holds {len(members)} parts, more than {MAX_MEMBERS}")
    return None


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one part."""
    return archive.read(name)
