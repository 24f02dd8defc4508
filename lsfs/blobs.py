"""The content store: bytes by their BLAKE3, each kept once.

A blob is a file STATE/blobs/ab/abcdef... : `HASH.zst` where zstd makes it smaller, plain `HASH`
where it does not. What is larger than WHOLE_BYTES is cut into parts by its content (FastCDC: Xia et
al., "The Design of Fast Content-Defined Chunking", IEEE TPDS 2020), so that a small change of a
large file costs a part or two; the parts are blobs, and `HASH.parts` lists their hashes in order.
Large holes are not read: parts of zeros stand for them. A blob is complete when it has its name
(written aside, then renamed), so a crash leaves at most a nameless temporary. Rows that name a blob
are written after `sync`.

Threading: may be used from many threads and processes at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import io
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import zstandard
from blake3 import blake3
from pyfastcdc import FastCDC

from lsfs.errors import NO_ROOM

BLOCK_BYTES = 1 << 20
PROBE_BYTES = 1 << 16
WORTH_IT = 0.9
"""What is compressed must be smaller by a tenth."""
WHOLE_BYTES = 512 << 10
PART_BYTES = 64 << 10
"""What the parts of a file average."""
HUGE_BYTES, HUGE_PART_BYTES = 256 << 20, 1 << 20
"""From that size on the parts are larger, or a film would be a hundred thousand files."""
ZEROS_BYTES = 16 << 20
"""A hole is taken without reading it as far as it holds multiples of this."""
ZEROS = blake3(bytes(ZEROS_BYTES)).hexdigest()
ADOPT_BYTES = 16 << 20
"""A kept file at least this large is linked into the store as it is, not copied."""

TEMPORARY_PREFIX = "new-"
SYNC_EACH = 32

_libc = ctypes.CDLL(None, use_errno=True)


def hash_stream(stream: BinaryIO) -> str:
    """Hex BLAKE3 of the rest of `stream`."""
    hasher = blake3()
    while block := stream.read(BLOCK_BYTES):
        hasher.update(block)
    return hasher.hexdigest()


class Interrupted(Exception):
    """What is read is not wanted any more."""


class BlobStore:
    """Bytes under `directory`, by hash."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._unsynced: list[Path] = []
        self._unsynced_lock = threading.Lock()

    def put(self, stream: BinaryIO, goes_on: Callable[[], bool] = lambda: True) -> str:
        """Keep `stream` from where it stands; return the hash. Memory is bounded whatever the size.

        Raises:
            Interrupted: `goes_on` said no, which is asked for each part.
        """
        first = stream.read(WHOLE_BYTES + 1)
        if len(first) <= WHOLE_BYTES:
            return self._put_whole(first)
        source = _Source(first, stream)
        parts: list[str] = []
        for hole in [*_holes(stream, after=source.at + len(first)), None]:
            source.until = hole.start if hole else None
            for part in _chunker(stream).cut_stream(source):
                if not goes_on():
                    raise Interrupted
                parts.append(self._put_whole(part.data))
            for _ in range(len(hole) // ZEROS_BYTES if hole else 0):
                if not goes_on():
                    raise Interrupted
                zeros = bytes(ZEROS_BYTES)
                parts.append(ZEROS if self.contains(ZEROS) else self._put_whole(zeros))
                source.skip(zeros)
        digest = source.hasher.hexdigest()
        if not self.contains(digest):
            self._write("\n".join(parts).encode("ascii"), digest + ".parts")
        return digest

    def _put_whole(self, data: bytes | memoryview) -> str:
        digest = blake3(data).hexdigest()
        if not self.contains(digest):
            packed = zstandard.compress(data, 3) if _is_compressible(data) else data
            if len(packed) > len(data) * WORTH_IT:
                packed = data
            self._write(packed, digest if packed is data else digest + ".zst")
        return digest

    def _write(self, data: bytes | memoryview, file_name: str) -> None:
        descriptor, temporary = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=self._directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                os.fchmod(descriptor, 0o400)
            name = self._directory / file_name[:2] / file_name
            name.parent.mkdir(exist_ok=True)
            os.rename(temporary, name)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        self._is_new(name)

    def _is_new(self, file: Path) -> None:
        with self._unsynced_lock:
            self._unsynced.append(file)

    def adopt(self, file: Path) -> str:
        """Keep a file that nobody changes any more: a large one by a link, any other by a copy,
        or by a link where the disk has no room for the copy.

        The caller removes `file` once the store is synced and its row is written. One that its
        owner may not read becomes readable.
        """
        with _readable(file) as stream:
            state = os.fstat(stream.fileno())
            if state.st_nlink == 2 and (known := self._linked_before(file, stream)):
                return known
            # another hard link or a writer could still change the inode: only a copy is safe then
            is_ours_alone = state.st_nlink == 1 and not _is_open_to_write(stream)
            if state.st_size < ADOPT_BYTES or not is_ours_alone:
                try:
                    return self.put(stream)
                except OSError as error:
                    if error.errno not in NO_ROOM or not is_ours_alone:
                        raise
                stream.seek(0)
            digest = hash_stream(stream)
        return self._link(file, digest)

    def _linked_before(self, file: Path, stream: BinaryIO) -> str | None:
        """The hash of a file whose other name is a blob: whoever adopted it came to no end."""
        digest = hash_stream(stream)
        stream.seek(0)
        plain = self.plain_file(digest)
        return digest if plain and plain.samefile(file) else None

    def _link(self, file: Path, digest: str) -> str:
        if not self.contains(digest):
            name = self._directory / digest[:2] / digest
            name.parent.mkdir(exist_ok=True)
            try:
                os.link(file, name)
            except OSError:
                with file.open("rb") as stream:
                    return self.put(stream)
            self._is_new(name)
        return digest

    def is_right(self, digest: str) -> bool:
        """Whether the bytes are here and are those of the hash.

        Raises:
            OSError: they cannot be read now, which says nothing of them.
        """
        try:
            with self.open(digest) as stream:
                return hash_stream(stream) == digest
        except (FileNotFoundError, zstandard.ZstdError):
            return False

    def contains(self, digest: str) -> bool:
        """Whether the bytes are here."""
        return any(file.exists() for file in self._names(digest))

    def plain_file(self, digest: str) -> Path | None:
        """The file that holds the bytes as they are, if one does; it must not be changed."""
        plain = self._names(digest)[0]
        return plain if plain.exists() else None

    def parts_of(self, digest: str) -> list[str]:
        """The hashes of its parts; none for what is kept whole, or not here."""
        with contextlib.suppress(FileNotFoundError):
            return (self._directory / digest[:2] / f"{digest}.parts").read_text("ascii").split()
        return []

    @contextlib.contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """The bytes, as a stream.

        Raises:
            FileNotFoundError: the store does not have them.
        """
        if parts := self.parts_of(digest):
            with io.BufferedReader(_Joined(self, parts), BLOCK_BYTES) as joined:
                yield joined
            return
        plain, compressed, _ = self._names(digest)
        with plain.open("rb") if plain.exists() else compressed.open("rb") as file:
            if file.name == str(plain):
                yield file
            else:
                with zstandard.ZstdDecompressor().stream_reader(file) as reader:
                    yield reader

    def files(self, after: str = "") -> Iterator[tuple[str, Path]]:
        """Every blob behind the hash `after`, in order, with its file."""
        for shard in sorted(entry for entry in self._directory.iterdir() if entry.is_dir()):
            if shard.name >= after[:2]:
                for file in sorted(shard.iterdir()):
                    digest = file.name.partition(".")[0]
                    if digest > after:
                        yield digest, file

    def stored_bytes(self) -> int:
        """How much disk the store takes (blocks in use: a blob may have holes)."""
        return sum(
            entry.stat().st_blocks * 512 for shard in self._directory.iterdir() if shard.is_dir()
            for entry in os.scandir(shard)
        )  # fmt: skip

    def sweep(self) -> None:
        """Remove what a crash left half written; only where nobody else puts anything."""
        for file in self._directory.glob(f"{TEMPORARY_PREFIX}*"):
            file.unlink()

    def sync(self) -> None:
        """Make everything put so far survive a power cut: a few files each, many in one syncfs."""
        with self._unsynced_lock:
            unsynced, self._unsynced = self._unsynced, []
        if len(unsynced) > SYNC_EACH:
            with _opened(self._directory, os.O_RDONLY | os.O_DIRECTORY) as fd:
                _libc.syncfs(fd)
            return
        for file in unsynced:
            with _opened(file, os.O_RDONLY) as fd:
                os.fdatasync(fd)

    def _names(self, digest: str) -> tuple[Path, Path, Path]:
        shard = self._directory / digest[:2]
        return shard / digest, shard / f"{digest}.zst", shard / f"{digest}.parts"


class _Source:
    """A stream of which the first bytes were read already, hashed as it is read on; it ends at
    `until`, or with the stream."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self.hasher = blake3()
        self.until: int | None = None
        self.at = stream.tell() - len(first)
        self._first = first
        self._stream = stream

    def read(self, size: int) -> bytes:
        if self.until is not None:
            size = min(size, self.until - self.at)
        data, self._first = self._first[:size], self._first[size:]
        data = data or self._stream.read(size)
        self.hasher.update(data)
        self.at += len(data)
        return data

    def skip(self, zeros: bytes) -> None:
        """Go past so much as if it had been read."""
        self.hasher.update(zeros)
        self.at = self._stream.seek(self.at + len(zeros))


class _Joined(io.RawIOBase):
    """Parts one after the other, each opened when the one before it is through."""

    def __init__(self, store: BlobStore, parts: list[str]) -> None:
        self._store = store
        self._left = iter(parts)
        self._open = contextlib.ExitStack()
        self._part: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._part is None:
                digest = next(self._left, None)
                if digest is None:
                    return 0
                self._part = self._open.enter_context(self._store.open(digest))
            data = self._part.read(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            self._open.close()
            self._part = None

    def close(self) -> None:
        self._open.close()
        super().close()


def _chunker(stream: BinaryIO) -> FastCDC:
    try:
        is_huge = os.fstat(stream.fileno()).st_size >= HUGE_BYTES
    except OSError:  # no file
        is_huge = False
    return FastCDC(HUGE_PART_BYTES if is_huge else PART_BYTES)


def _holes(stream: BinaryIO, after: int) -> Iterator[range]:
    """The large holes of a file behind `after`, in order, each a multiple of ZEROS_BYTES."""
    try:
        fd = stream.fileno()
        size = os.fstat(fd).st_size
    except OSError:  # no file
        return
    end = after
    while end < size:
        start = _sought(fd, end, os.SEEK_HOLE) or size
        end = _sought(fd, start, os.SEEK_DATA) or size
        whole = (end - start) // ZEROS_BYTES * ZEROS_BYTES
        if whole > 0:
            yield range(start, start + whole)


def _sought(fd: int, at: int, what: int) -> int | None:
    """Where the next hole, or data, begins; None at the end. The descriptor stays where it is."""
    here = os.lseek(fd, 0, os.SEEK_CUR)
    try:
        return os.lseek(fd, at, what)
    except OSError:
        return None
    finally:
        os.lseek(fd, here, os.SEEK_SET)


def _readable(file: Path) -> BinaryIO:
    """The file, opened; a user who takes the right to read from a file still owns it."""
    try:
        return file.open("rb")
    except PermissionError:
        state = file.stat()
        if state.st_nlink > 1:  # its mode is seen under another name
            raise
        file.chmod(stat.S_IMODE(state.st_mode) | stat.S_IRUSR)
        return file.open("rb")


def _is_open_to_write(stream: BinaryIO) -> bool:
    """Whether anybody has the file open to write: then there are no read leases (fcntl(2))."""
    try:
        fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:  # or not ours to ask, or a filesystem that has none
        return error.errno == errno.EAGAIN
    return False


def _is_compressible(data: bytes | memoryview) -> bool:
    """Whether it is worth a try, by the start of what is long."""
    if len(data) <= PROBE_BYTES:
        return len(data) > 64
    return len(zstandard.compress(data[:PROBE_BYTES], 1)) < PROBE_BYTES * WORTH_IT


@contextlib.contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    fd = os.open(file, flags | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
