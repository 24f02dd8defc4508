"""Quotes and paths within a request. Pure functions, any thread."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lsfs.errors import NotUnderstoodError

QUOTED = re.compile(
    r"\"([^\"]*)\"|“([^”]*)”|(?<!\w)'((?:[^']|'(?=\w))*)'(?!\w)|‘([^’]*)’|«([^»]*)»|「([^」]*)」|"
    r"`([^`]*)`"
)
"""A quoted text in any of the usual marks; an apostrophe within a word is no mark."""


PATH = re.compile(
    r"(?<![\w.@/~])(?!\d{1,2}/\d{1,2}/\d{2,4}(?![\w/.-]))(?:~?/)?(?:[\w\udc80-\udcff.@+()#-]+/)+(?:[\w\udc80-\udcff.@+()#-]*[\w\udc80-\udcff)])?|"
    r"(?<![\w.@/~-])/[\w\udc80-\udcff.@+-]+|"
    r"(?<![\w\udc80-\udcff@/-])(?<!\d:)(?<!\w['’])(?!(?<=\d\s)[ap]\.m\b)[A-Za-z0-9_\u00c0-\uffff][\w\udc80-\udcff@+()#-]*(?:\.[\w\udc80-\udcff-]+)*\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,8}(?![\w/])|"
    r"(?<![\w.@/~-])(?<!\b[Aa]ll\s)(?<!\b[Ee]very\s)(?<!\b[Aa]ny\s)(?<!\b[Ee]ach\s)\.[a-z][\w.-]+(?![\w.-])"
    r"(?!\s+(?:files?|images?|photos?|pictures?|documents?|videos?|ones?)\b)"
)
"""What looks like a file: a word with a slash in it, or one that ends in an extension."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted text and where it stands, marks included."""

    start: int
    end: int
    text: str


def quotes(text: str) -> list[Quote]:
    """The quoted texts in order; empty ones too."""
    return [
        Quote(m.start(), m.end(), next(group for group in m.groups() if group is not None))
        for m in QUOTED.finditer(text)
    ]


def looks_like_file(text: str) -> bool:
    """Whether a quoted text is a file name: short, one line, with an extension or a slash."""
    return bool(re.fullmatch(r"[^\n\"]{0,200}(?:\.[A-Za-z0-9]{1,8}|/[^\n\"]*)", text.strip()))


def blanked_names(text: str) -> str:
    """The request with paths and quotes blanked, as long as before."""
    return PATH.sub(_blank, QUOTED.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def masked(text: str) -> str:
    """The request with quoted texts blanked, as long as before."""
    return QUOTED.sub(lambda m: f'"{chr(0) * (len(m[0]) - 2)}"', text)


def quoted(path: str, *, is_chinese: bool = False) -> str:
    """A path as a request names it.

    Raises:
        NotUnderstoodError: its name would not stay within its quotes.
    """
    if not is_quotable(path):
        raise NotUnderstoodError(
            f"the name {path!r} cannot stand in a request", hint="act on its folder, or rename it"
        )
    mark = '"' if "'" in path or is_chinese else "'"
    return f"{mark}{path}{mark}"


def is_quotable(path: str) -> bool:
    """Whether a name stays one between quotes: a name is never read as words of a request."""
    return "\n" not in path and not ("'" in path and '"' in path)


_MARKS = (('"', '"'), ("“", "”"), ("«", "»"), ("「", "」"), ("`", "`"))


def quoted_from(text: str, start: int) -> str:
    """The request with marks around what begins at `start`, where that has none yet."""
    body = text[start:]
    if masked(body)[0] in "\"'“‘«「`":
        return text
    for opening, closing in _MARKS:
        if opening not in body and closing not in body:
            return f"{text[:start]}{opening}{body}{closing}"
    return text
