"""Write a sample home folder: some eighty believable documents in the formats people keep.

Tests, benchmarks and the README's examples all ask about this home. Two runs with the same `now` in
the same time zone write the same bytes with the same times.

It must not import lsfs: the sample is judged by lsfs, never made by it.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from sample_home_formats import render
from sample_home_manifest import Document, load_manifest, moment_of


class TargetError(Exception):
    """The directory cannot take the sample home; the message says why."""


def write_sample_home(directory: Path, now: datetime) -> list[Path]:
    """Write the sample home into `directory` and return its files in the order of the manifest.

    A naive `now` is local time.

    Raises:
        TargetError: `directory` is a file or holds something already; nothing was written.
    """
    claim(directory)
    paths = [write(directory, document, moment_of(document, now)) for document in load_manifest()]
    date_folders(directory)
    return paths


def claim(directory: Path) -> None:
    """Make the directory, or accept an empty one."""
    if directory.exists() and not directory.is_dir():
        raise TargetError(f"{directory} is not a directory; name a new or an empty one")
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise TargetError(f"{directory} is not empty; name a new or an empty directory")


def write(directory: Path, document: Document, moment: datetime) -> Path:
    """Write one document with its modification time and return its path."""
    path = directory / document.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(render(document, moment))
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def date_folders(directory: Path) -> None:
    """Date every folder like the newest thing in it, innermost first."""
    for folder, folders, files in os.walk(directory, topdown=False):
        newest = max(Path(folder, name).stat().st_mtime for name in folders + files)
        os.utime(folder, (newest, newest))


def parse_now(text: str) -> datetime:
    """Read `--now`; a day without a time means its noon, so that "today" has a morning."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not an ISO date: {text!r}; try 2026-11-23") from None
    return moment.replace(hour=12) if len(text) == len("2026-11-23") else moment


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Write a sample home folder to try lsfs on.")
    parser.add_argument("directory", type=Path, metavar="DIR", help="must be absent or empty")
    parser.add_argument("--now", type=parse_now, metavar="ISO-DATE", help="default: this moment")
    options = parser.parse_args(arguments)
    try:
        paths = write_sample_home(options.directory, options.now or datetime.now())
    except TargetError as error:
        print(f"sample_home: {error}", file=sys.stderr)
        return 2
    print(f"{len(paths)} files in {options.directory}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
