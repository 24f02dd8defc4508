"""The content store: bytes by their BLAKE3, each kept once.

A blob is a file STATE/blobs/ab/abcdef... : `HASH.zst` where zstd makes it smaller, plain `HASH`
where it does not. A blob is complete when it has its name (written aside, then renamed), so a
crash leaves at most a nameless temporary. Rows that name a blob are written after `sync`.

Threading: may be used from many threads and processes at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard
from blake3 import blake3

from lsfs.errors import NO_ROOM

BLOCK_BYTES = 1 << 20
PROBE_BYTES = 1 << 16
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


class BlobStore:
    """Bytes under `directory`, by hash."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._unsynced: list[Path] = []

    def put(self, stream: BinaryIO) -> str:
        """Keep the rest of `stream`; return its hash. Memory is bounded whatever the size."""
        first = stream.read(BLOCK_BYTES)
        compress = _is_compressible(first)
        hasher = blake3()
        descriptor, temporary = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=self._directory)
        try:
            with os.fdopen(descriptor, "wb") as file, _writer(file, compress) as sink:
                block = first
                while block:
                    hasher.update(block)
                    sink.write(block)
                    block = stream.read(BLOCK_BYTES)
            return self._settle(Path(temporary), hasher.hexdigest(), compress)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def adopt(self, file: Path) -> str:
        """Keep a file that nobody changes any more: a large one by a link, any other by a copy,
        or by a link where the disk has no room for the copy.

        The caller removes `file` once the store is synced and its row is written. One that its
        owner may not read becomes readable.
        """
        with _readable(file) as stream:
            state = os.fstat(stream.fileno())
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

    def _link(self, file: Path, digest: str) -> str:
        if not self.contains(digest):
            name = self._names(digest)[1]
            name.parent.mkdir(exist_ok=True)
            try:
                os.link(file, name)
            except OSError:
                with file.open("rb") as stream:
                    return self.put(stream)
            self._unsynced.append(name)
        return digest

    def is_right(self, digest: str) -> bool:
        """Whether the bytes are here and are those of the hash."""
        try:
            with self.open(digest) as stream:
                return hash_stream(stream) == digest
        except (OSError, zstandard.ZstdError):
            return False

    def contains(self, digest: str) -> bool:
        """Whether the bytes are here."""
        return any(file.exists() for file in self._names(digest))

    @contextlib.contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """The bytes, as a stream.

        Raises:
            FileNotFoundError: the store does not have them.
        """
        compressed, plain = self._names(digest)
        with plain.open("rb") if plain.exists() else compressed.open("rb") as file:
            if plain.exists():
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
        unsynced, self._unsynced = self._unsynced, []
        if len(unsynced) > SYNC_EACH:
            with _opened(self._directory, os.O_RDONLY | os.O_DIRECTORY) as fd:
                _libc.syncfs(fd)
            return
        for file in unsynced:
            with _opened(file, os.O_RDONLY) as fd:
                os.fdatasync(fd)

    def _names(self, digest: str) -> tuple[Path, Path]:
        shard = self._directory / digest[:2]
        return shard / f"{digest}.zst", shard / digest

    def _settle(self, temporary: Path, digest: str, compressed: bool) -> str:
        if self.contains(digest):
            temporary.unlink()
            return digest
        name = self._names(digest)[0 if compressed else 1]
        name.parent.mkdir(exist_ok=True)
        temporary.chmod(0o400)
        temporary.rename(name)
        self._unsynced.append(name)
        return digest


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


def _is_compressible(first: bytes) -> bool:
    probe = first[:PROBE_BYTES]
    return len(probe) > 64 and len(zstandard.compress(probe, 1)) < len(probe) * 0.9


@contextlib.contextmanager
def _writer(file: BinaryIO, compress: bool) -> Iterator[BinaryIO]:
    if not compress:
        yield file
        return
    with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as writer:
        yield writer


@contextlib.contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    fd = os.open(file, flags | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
