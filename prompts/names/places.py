"""How a request says that a name is a folder's: "the folder X", "X/", "... in X". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.errors import NotUnderstoodError
from lsfs.paths import for_terminal

from ..request.quoting import QUOTED

_NOUN = r"(?:folder|directory|dir)"
_CALLED = r"(?:(?:named|called)\s+)?"
_SAYS = re.compile(
    rf"^\W*(?:(?:the|my|our|a)\s+)?{_NOUN}\s+{_CALLED}\S|\S\s+{_NOUN}\W*$|/\W*$", re.I
)
_BEFORE = re.compile(rf"\b{_NOUN}\s+{_CALLED}[\"'“‘«「`]?$", re.I)
_AFTER = re.compile(rf"[\"'”’»」`]?\s+{_NOUN}\b", re.I)

PLACE = re.compile(
    r"\s*\b(?:from|of|(?P<within>in|under|inside|within))\s+(?:(?:the|my|our)\s+)?"
    rf"(?P<before>{_NOUN}\s+)?{_CALLED}(?P<name>{QUOTED.pattern}|\S(?:.{{0,80}}?\S)??)"
    rf"(?P<after>\s+{_NOUN}\b)?"
    r"(?=\s*(?:$|[,;:.!?]*$|[,;:]\s)|\s+(?:to|into|onto|as|and|or|with|by|for|over|called|named|"
    r"until|in|from|since|back)\b)",
    re.I,
)
"""The place after a name: "in the folder X", "from X", "of my X folder"."""


CONTENTS_OF = re.compile(
    r"(?:(?:all\s+(?:of\s+)?)?(?:the\s+)?(?:(?:whole|entire)\s+)?contents?\s+of|(?:all|everything)\s+"
    r"(?:that(?:\s+is|'s)\s+)?(?:in|inside|from)|(?:all\s+(?:of\s+)?)?what(?:ever)?(?:\s+is|'s)\s+"
    r"(?:in|inside))\s+(?P<folder>.+)$",
    re.I,
)
"""All that is in a folder: "the contents of X", "everything in X", "what is in X"."""


def says_folder(name: str) -> bool:
    """Whether a name says that it is a folder's."""
    return bool(_SAYS.search(name))


def is_called_folder(text: str, start: int, end: int) -> bool:
    """Whether the name that stands there is called a folder by the words beside it."""
    return bool(_BEFORE.search(text[:start]) or _AFTER.match(text, end)) or says_folder(
        text[start:end]
    )


def no_folder(name: str) -> NotUnderstoodError:
    """The refusal of a folder that is not there."""
    return NotUnderstoodError(
        f"no folder here is called {for_terminal(name)!r}",
        hint="name it by its path; `lsfs restore PATH --to TIME` brings back one that is gone",
    )


KIND = (
    r"(?:files?|documents|photos|pictures|images|videos|music|songs|e-?mails|letters|notes|pdfs|"
    r"spreadsheets|presentations|slides|stuff|things|ones)"
)
"""Files of a kind, or of any."""

_GOES_ON = (
    r"(?:to|into|onto|in|inside|under|from|and|or|with|as|for|by|at|on|of|is|are|should|must|please|now|then|"
    r"again|back|up|off|out|over|away|down|here|there|too|also|entirely|completely|permanently|forever|"
    r"altogether|so|because|which|that|first|instead|itself|i|we|you)"
)
"""What may stand behind a name; another word makes it a part of a description."""


def refuse_words_as_folders(text: str, folders: Sequence[str], *, careful: bool) -> None:
    """A common word is no folder of that name: "delete old files", "delete my photos".

    Raises:
        NotUnderstoodError: it is taken for one; `careful`: also where it is spelt otherwise.
    """
    bare = QUOTED.sub(" ", text)
    if re.search(rf"\b{_NOUN}\b", bare, re.I):
        return
    for name in dict.fromkeys((*folders, *(path.rpartition("/")[2] for path in folders))):
        described = rf"(\s+(?:{KIND}\b|(?!{_GOES_ON}\b)[a-z]))?"
        said = re.search(rf"(?<![\w/-])({re.escape(name)})(?![\w/-]){described}", bare, re.I)
        if said and (said[2] or re.fullmatch(KIND, said[1]) or (careful and said[1] != name)):
            raise NotUnderstoodError(
                f"I did not understand whether you mean the folder {for_terminal(name)!r}",
                hint=f"for example: delete the folder {name}",
            )
