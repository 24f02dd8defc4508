"""Words that could be taken for the names of other things than are meant. Pure but for asking
`Names`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.errors import NotUnderstoodError
from lsfs.paths import for_terminal

from ..names.places import KIND
from ..names.targets import Targets
from ..request.kinds import take_kinds
from ..request.quoting import QUOTED
from ..request.spoken import Spoken


def names_among(words: Sequence[str], intent: str, text: str, targets: Targets) -> list[str]:
    """Those of the words that may be names. For an act "photos" are files of a kind, and never
    photo.jpg alone. A folder of exactly that name is one; and so is photos.zip where words beside
    it say so ("the file photos", "the photos"), or the act is of one file."""
    if intent not in _ACTS:
        return list(words)
    return [
        word
        for word in words
        if not re.fullmatch(KIND, word, re.I)
        or targets.directory(word, loose=False)
        or (targets.knows(word) and _may_be_name(word, intent, text))
    ]


def _may_be_name(word: str, intent: str, text: str) -> bool:
    beside = rf"\b(?:file|the|my|our|this|that)\s+{re.escape(word)}\b|\b{re.escape(word)}\s+file\b"
    is_said = re.search(beside, text, re.I) is not None
    return is_said or intent in _OF_ONE or not take_kinds(Spoken(word))


_ACTS = frozenset("move rename copy remove replace lock unlock touch link share join group".split())
_OF_ONE = frozenset({"rename", "share"})


def refuse_folders_as_files(text: str, names: Sequence[str], targets: Targets) -> None:
    """What is called a file is no folder where a file is near.

    Raises:
        NotUnderstoodError: it is one.
    """
    if not _SAYS_FILE.search(QUOTED.sub(" ", text)) or _SAYS_FOLDER.search(text):
        return
    for name in names:
        near = targets.near(name)
        if near and targets.directory(name) == name:
            raise NotUnderstoodError(
                f"{for_terminal(name)} is a folder, and you speak of a file",
                hint=f"say 'the folder', or the path of the file: {', '.join(near)}",
            )


_SAYS_FILE = re.compile(r"\bfile\b", re.I)
_SAYS_FOLDER = re.compile(r"\b(?:folder|directory)\b", re.I)
