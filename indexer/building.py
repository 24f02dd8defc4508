"""Builds a file of vectors in a process of its own: it takes twice the file's size in memory, which
the worker would keep.

`python -m lsfs.indexer.building CATALOG FILE FINGERPRINT DIMENSION` writes the file and ends, at
once when its stdin closes: whoever wants the file is gone then.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lsfs.errors import UnavailableError

from . import apart
from .connection import Connections
from .vectors import write_file


def build_apart(catalog: Path, file: Path, fingerprint: str, dimension: int) -> None:
    """Build `file` from the vectors in the catalog; returns when it is there. The process is as
    nice as the calling thread.

    Raises:
        UnavailableError: it could not be built.
    """
    arguments = [str(catalog), str(file), fingerprint, str(dimension)]
    command = [sys.executable, "-m", "lsfs.indexer.building", *arguments]
    try:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=apart.FOLDER
        ) as process:
            status = process.wait()
    except OSError as error:
        raise UnavailableError(f"cannot start a process to build the vectors: {error}") from error
    if status != 0:
        raise UnavailableError(f"the process that builds the file of vectors ended with {status}")


def main() -> None:
    """Build, unless stdin closes first."""
    catalog, file, fingerprint, dimension = sys.argv[1:]
    apart.end_with_parent()
    connection = Connections(Path(catalog)).get()
    write_file(connection, Path(file), fingerprint, int(dimension))


if __name__ == "__main__":
    main()
