"""The folder MNT/.lsfs/text: TEXT/PATH.md is what the document at PATH says, as far as it is known.

Files of which the index has text, and all folders; so `grep -r` reads PDF and Office files.

Threading: from any thread. Failures are OSErrors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from .answers import Answers
from .nodes import FILE_MODE, FOLDER_MODE, Node, missing

_EXTENSION = ".md"
_MOST_BYTES = 255 - len(_EXTENSION)


class TextTree:
    """Asked of the daemon."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def node(self, parts: list[str]) -> Node:
        """What is at a path below the folder.

        Raises:
            OSError: ENOENT, or what keeps the daemon from answering.
        """
        for name, node in self._nodes("/".join(parts[:-1])):
            if name == parts[-1]:
                return node
        raise missing()

    def names(self, parts: list[str]) -> list[tuple[str, int]]:
        """Names in a folder with their modes."""
        return [(name, node.mode) for name, node in self._nodes("/".join(parts))]

    def _nodes(self, folder: str) -> Iterator[tuple[str, Node]]:
        for name, about in self._answers.texts(folder).items():
            size, mtime_ns = about["bytes"], int(about["mtime_ns"])
            if size is None:
                yield name, Node(FOLDER_MODE, mtime_ns=mtime_ns)
                continue
            path = f"{folder}/{name}".lstrip("/")
            # the kernel's limit leaves some names no room for an extension
            fits = len(os.fsencode(name)) <= _MOST_BYTES
            shown = name + _EXTENSION if fits else name
            yield shown, Node(FILE_MODE, int(size), mtime_ns, text_of=path)
