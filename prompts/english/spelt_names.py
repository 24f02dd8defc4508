"""Folders that are called as words of the grammar are ("New", "It", "Everything"): spelt as they
are, capital and all, or in quotes, they are names. Pure but for asking `Targets`.
"""

from __future__ import annotations

import re

from ..names.targets import Targets
from ..request.quoting import QUOTED, masked, quoted

_WORDS = (
    "it this that these those them one there here some all any both each every everything anything "
    "nothing stuff things new old fresh same other last first next latest newest top main root "
    "copy move find delete archive trash bin now today whole entire"
).split()
_NOUN = r"(?:folder|directory)"
_SAID = re.compile(
    rf"(?<=\s)(?:(?:the|my|our)\s+)?(?:{_NOUN}\s+)?"
    rf"(?P<name>(?-i:[A-Z])(?i:[a-z]*))(?P<noun>\s+{_NOUN})?(?![\w./'’-])"
)


def spelt_names(text: str, targets: Targets) -> str:
    """The request with such names as paths of folders, in quotes."""
    bare = masked(text)
    for match in reversed(list(_SAID.finditer(bare))):
        text = _as_path(text, match.span(), match["name"], targets)
    for match in reversed(list(QUOTED.finditer(text))):
        name = next(group for group in match.groups() if group is not None)
        text = _as_path(text, match.span(), name, targets)
    return text


def _as_path(text: str, span: tuple[int, int], name: str, targets: Targets) -> str:
    if name.casefold() not in _WORDS:
        return text
    folder = targets.directory(name, loose=False)
    if folder is None or folder.rpartition("/")[2] != name:
        return text
    return f"{text[: span[0]]}{quoted(f'{folder}/')}{text[span[1] :]}"
