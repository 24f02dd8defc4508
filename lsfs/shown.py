"""The bytes of a version as a mount can open them.

Small ones are given as they are. A large one is a file of the store where that holds it plain, else
one made for it under STATE/shown, where the oldest go when there is too much. A descriptor that is
open keeps its bytes.
"""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from pathlib import Path

from lsfs.blobs import BLOCK_BYTES
from lsfs.errors import MissingPathError
from lsfs.history import History

GIVEN_BYTES = 256 << 10
MOST_BYTES = 4 << 30
TEMPORARY = "new-"


class Shown:
    """Over one history; `directory` is made when it is needed, and emptied at the start."""

    def __init__(self, history: History, directory: Path) -> None:
        self._history = history
        self._directory = directory
        for left in directory.iterdir() if directory.is_dir() else ():
            left.unlink()

    def of(self, number: int) -> dict[str, str]:
        """`{"data": base64}` or `{"file": absolute path}`.

        Raises:
            MissingPathError: the version has no bytes in the store.
        """
        version = self._history.catalog.version(number)
        blobs = self._history.blobs
        if version is None or version.content is None or not blobs.contains(version.content):
            raise MissingPathError(f"version {number} has no bytes in the store")
        if version.size <= GIVEN_BYTES:
            with blobs.open(version.content) as stream:
                return {"data": base64.b64encode(stream.read()).decode("ascii")}
        return {"file": str(self.file(version.content))}

    def file(self, digest: str) -> Path:
        """A file of lsfs's state that holds exactly these bytes; it must not be changed."""
        return self._history.blobs.plain_file(digest) or self._made(digest)

    def _made(self, digest: str) -> Path:
        file = self._directory / digest
        if not file.exists():
            self._directory.mkdir(mode=0o700, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=self._directory)
            with self._history.blobs.open(digest) as source, os.fdopen(descriptor, "wb") as sink:
                while block := source.read(BLOCK_BYTES):
                    sink.write(block)
            os.rename(temporary, file)
            self._trim(file)
        return file

    def _trim(self, newest: Path) -> None:
        made = (file for file in self._directory.iterdir() if not file.name.startswith(TEMPORARY))
        oldest_first = sorted(made, key=lambda file: file.stat().st_mtime_ns)
        taken = sum(file.stat().st_size for file in oldest_first)
        for file in oldest_first:
            if taken <= MOST_BYTES:
                return
            if file != newest:
                with contextlib.suppress(FileNotFoundError):
                    taken -= file.stat().st_size
                    file.unlink()
