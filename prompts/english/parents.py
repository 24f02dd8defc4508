"""The folder that something is in: "the folder of plan.md", "the folder that plan.md is in".

Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re

from ..names.targets import Targets
from ..request.quoting import PATH, QUOTED, quoted, quotes

_X = rf"(?P<what>{QUOTED.pattern}|{PATH.pattern})"
_IS = r"(?:is|lies|lives|sits|is\s+stored|is\s+kept|is\s+found)"
_FOLDER = r"(?:the\s+)?(?:(?:whole|parent|containing|enclosing)\s+)?(?:folder|directory)"
_OF = tuple(
    re.compile(source, re.I)
    for source in (
        rf"\b{_FOLDER}\s+(?:(?:that|which)\s+)?(?:the\s+file\s+)?{_X}\s+{_IS}\s+in\b",
        rf"\b{_FOLDER}\s+(?:where|in\s+which)\s+(?:the\s+file\s+)?{_X}\s+{_IS}(?:\s+in)?\b",
        rf"\b{_FOLDER}\s+(?:containing|holding|that\s+(?:contains|holds|has))\s+"
        rf"(?:the\s+file\s+)?{_X}(?:\s+in\s+it)?",
        # to act on it is not plain enough
        r"(?P<look>^(?:list|show|open|see|browse|what(?:['’]s|\s+is)\s+in)\s+)"
        rf"{_FOLDER}\s+of\s+(?:the\s+file\s+)?{_X}",
        rf"(?<![\w.])(?:the\s+)?{_X}['’]s\s+(?:parent\s+)?(?:folder|directory)\b",
    )
)
_BESIDE = re.compile(
    r"^(?:(?:list|show|find|see)\s+(?:me\s+)?|what\s+(?:are|is)\s+)?(?:all\s+)?(?:the\s+)?(?:other\s+)?"
    rf"(?:files|things|documents)\s+(?:that\s+(?:are|lie)\s+)?(?:next\s+to|beside|alongside|in\s+the\s+same\s+"
    rf"(?:folder|directory)\s+as)\s+(?:the\s+file\s+)?{_X}\s*[.?!]*$",
    re.I,
)


def with_parents(text: str, targets: Targets) -> str:
    """The request with the names of such folders; what lies beside a file is what lies there.

    Raises:
        ConfirmationError: a name could be several things.
    """
    if match := _BESIDE.match(text):
        path = _file(match["what"], targets)
        return f"list {_folder(path)}" if path is not None else text
    for pattern in _OF:
        while match := pattern.search(text):
            path = _file(match["what"], targets)
            if path is None:
                break
            look = match.groupdict().get("look") or ""
            text = f"{text[: match.start()]}{look}{_folder(path)}{text[match.end() :]}"
    return text


def _file(said: str, targets: Targets) -> str | None:
    """The file, or folder, of that name."""
    inside = quotes(said)
    name = inside[0].text if inside else said
    return targets.entry(name, careful=True, loose=False) if not name.endswith("/") else None


def _folder(path: str) -> str:
    above = posixpath.dirname(path)
    return f"the folder {quoted(f'{above}/')}" if above else "the root folder"
