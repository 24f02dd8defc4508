"""Text that a request dictates after a colon: "append to todo.txt: call mum, delete it". Pure.

It is quoted before anything else is read, so that nothing of it is taken for an order, a name or a
slip of the pen.
"""

from __future__ import annotations

import re

from ..request.quoting import blanked_names, masked, quoted_from

_WRITES = re.compile(
    r"\b(?:append|add|note(?:\s+down)?|write(?:\s+down)?|jot(?:\s+down)?|put|insert|log|record|enter|type|"
    r"scribble|stick|create|make|start|save)\b(?P<to>[^:\n]*):\s+(?P<text>\S.*)$",
    re.I | re.S,
)
_INTO_FILE = re.compile(
    r"\0|\b(?:file|notes?|list|todos?|to-?do|diary|journal|log|memo|line|sentence|words?|text)\b",
    re.I,
)
_LISTS = re.compile(
    r"\b(?:following|these)\s+(?:\w+\s+)?(?:files|folders|documents)\b|\b(?:folders?|groups?|collections?)\b|\bstep\s+\w+\s*$",
    re.I,
)


def quote_dictated(text: str) -> str:
    """The request with marks around the text after its colon, where it says to write that down."""
    match = _WRITES.search(masked(text))
    if match is None:
        return text
    to = blanked_names(text)[slice(*match.span("to"))]
    if not _INTO_FILE.search(to) or _LISTS.search(to):
        return text
    return quoted_from(text, match.start("text"))
