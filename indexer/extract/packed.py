"""Archives: the names of their members, and the text of those that can be read, one level deep.

Everything is unpacked in memory, within limits; nothing is ever written.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, cast

from lsfs.counting import counted, is_

from . import deadline
from .archives import MAX_RATIO, MIN_BOMB_BYTES
from .extracted import BombError, Extracted, Span, failed
from .source import Source

MAX_NAMES = 20_000
MAX_READ_BYTES = 64 * 2**20
"""Unpacked bytes of one archive that are read for their text."""
MAX_MEMBER_BYTES = 16 * 2**20
MAX_STREAM_BYTES = 1 << 30
"""Unpacked bytes of a compressed stream that are gone through, for names mostly."""
NAMES_A_SPAN = 40


def read_zip(source: Source) -> Extracted:
    """A zip archive, whatever its extension."""
    with zipfile.ZipFile(source.file) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member in members:
            _refuse_bomb(member.file_size, member.compress_size)
        found = _Members(source)
        for member in members:
            if member.flag_bits & 1:
                found.add_locked(member.filename)
            elif found.wants(member.filename, member.file_size):
                found.read(member.filename, _zip_member(archive, member))
        return found.extracted()


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | None:
    """None when it is damaged, or packed in a way Python does not know."""
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        return None


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > MIN_BOMB_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise BombError(f"a decompression bomb: {packed:,} bytes that unpack to {unpacked:,}")


def read_tar(source: Source) -> Extracted:
    """A tar archive that is not compressed."""
    return _tar(source, source.file)


def read_packed(source: Source) -> Extracted:
    """What gzip, bzip2, xz or zstandard packed: a tar archive, or one file."""
    size = source.file.seek(0, 2)
    source.file.seek(0)
    with _unpacked(source.file) as opened:
        stream = _Bounded(opened, size)
        start = stream.peek()
        if start[257:262] == b"ustar":
            return _tar(source, cast(BinaryIO, stream))
        return _single(source, stream)


def _unpacked(file: BinaryIO) -> IO[bytes]:
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if magic[:3] == b"BZh":
        return bz2.BZ2File(file)
    if magic == b"\xfd7zX":
        return lzma.LZMAFile(file)
    import zstandard

    return cast("IO[bytes]", zstandard.ZstdDecompressor().stream_reader(file))


class _Bounded(io.RawIOBase):
    """A stream that stops where a bomb shows, or time is over."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self._stream = stream
        self._packed = packed
        self._start = stream.read(512)
        self._count = 0

    def peek(self) -> bytes:
        """The first 512 bytes, which stay."""
        return self._start

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else MAX_STREAM_BYTES
        taken, self._start = self._start[:wanted], self._start[wanted:]
        taken += self._stream.read(wanted - len(taken))
        self._count += len(taken)
        _refuse_bomb(self._count, self._packed)
        if self._count > MAX_STREAM_BYTES or deadline.has_passed():
            raise EOFError(f"only its first {self._count >> 20} MiB were looked at")
        return taken


def _single(source: Source, stream: _Bounded) -> Extracted:
    """One file that was packed, read under the name it had."""
    data = b""
    reason = None
    while len(data) <= MAX_READ_BYTES:
        block = stream.read(1 << 20)
        if not block:
            break
        data += block
    else:
        data, reason = data[:MAX_READ_BYTES], f"only its first {MAX_READ_BYTES >> 20} MiB are read"
    name = PurePosixPath(source.name).stem
    inner = source.read_part(io.BytesIO(data), name)
    spans = (replace(span, place=replace(span.place, line_from=None, line_to=None))
             for span in inner.spans)  # fmt: skip
    return Extracted(
        source.type, (Span(name), *spans), title=inner.title, author=inner.author,
        created=inner.created, language=inner.language, reason=reason or inner.reason,
    )  # fmt: skip


def _tar(source: Source, file: BinaryIO) -> Extracted:
    found = _Members(source)
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                if member.isfile() and found.wants(member.name, member.size):
                    opened: Any = archive.extractfile(member)
                    found.read(member.name, opened.read())
    except (tarfile.TarError, EOFError, OSError, lzma.LZMAError) as error:
        if not found.names:
            return failed(source.type, f"damaged archive: {error}")
        found.broke_off = str(error) or "it is damaged or cut off"
    return found.extracted()


@dataclass(slots=True)
class _Members:
    """Names and texts gathered so far."""

    source: Source
    names: list[str] = field(default_factory=list)
    broke_off: str | None = None
    _spans: list[Span] = field(default_factory=list)
    _taken: int = 0
    _left_out: int = 0
    _locked: int = 0

    def wants(self, name: str, size: int) -> bool:
        """Note a member; whether it is to be read as well."""
        self.names.append(name)
        is_small = size <= MAX_MEMBER_BYTES and self._taken + size <= MAX_READ_BYTES
        if is_small and not deadline.has_passed():
            self._taken += size
            return size > 0
        self._left_out += 1
        return False

    def add_locked(self, name: str) -> None:
        """A member behind a password."""
        self.names.append(name)
        self._locked += 1

    def read(self, name: str, data: bytes | None) -> None:
        """Take in what the member noted last says; None when it is damaged. Its number is its
        `page` where it has none of its own, so that no chunk is of two members."""
        if data is None:
            self._left_out += 1
        else:
            number = len(self.names)
            for span in self.source.part_spans(data, name, name):
                page = span.place.page or number
                self._spans.append(Span(span.text, replace(span.place, page=page)))

    def extracted(self) -> Extracted:
        """The names first, then the texts."""
        spans = (*self._name_spans(), *self._spans)
        return Extracted(self.source.type, spans, reason=self._reason())

    def _name_spans(self) -> Iterator[Span]:
        names = self.names[:MAX_NAMES]
        for start in range(0, len(names), NAMES_A_SPAN):
            yield Span("\n".join(names[start : start + NAMES_A_SPAN]))

    def _reason(self) -> str | None:
        if self.broke_off:
            return self.broke_off
        members = counted(len(self.names), "member")
        if self._locked:
            return f"{self._locked} of {members} {is_(self._locked)} locked with a password"
        if self._left_out:
            return f"{self._left_out} of {members} {is_(self._left_out)} found by name only"
        return None
