"""Files that are named by a day: "the meeting notes of 10 November" is meeting-2026-11-10.md.

Pure but for asking `Targets`.
"""

from __future__ import annotations

import posixpath
import re
from datetime import timedelta

from ..names.context import Context
from ..request.quoting import blanked_names, is_quotable, quoted
from ..times.dates import find_span
from .imperative import verb_of

_BEFORE = re.compile(
    r"(?P<the>\b(?:the|my|our)\s+)?(?P<noun>(?:[^\W\d_][\w'’-]*\s+){1,3})"
    r"(?:(?:of|from|dated|on|for)\s+)?(?:the\s+)?$",
    re.I,
)
_SEEKING = frozenset("find search locate seek look list show get fetch".split())
_DAY = timedelta(days=1)
_GIST = re.compile(r"\W*(?:gist|summary|tl;?dr)\b", re.I)


def with_dated_names(text: str, context: Context) -> str:
    """The request with the path of the one file that a noun and a day certainly stand for."""
    if verb_of(text) in _SEEKING or not (verb_of(text) or _GIST.match(text)):
        return text
    span = find_span(blanked_names(text), context.now)
    if span is None or span.after is None or span.before != span.after + _DAY:
        return text
    match = _BEFORE.search(text[: span.start])
    words = match["noun"].split() if match else []
    for first in range(len(words)):
        path = context.targets.sole_file(f"{' '.join(words[first:])} {span.after:%Y-%m-%d}")
        if match and path and is_quotable(path) and _is_dated(path, f"{span.after:%Y%m%d}"):
            start = match.start() if first == 0 else text.rindex(words[first], 0, span.start)
            return f"{text[:start]}{quoted(path)}{text[span.end :]}"
    return text


def _is_dated(path: str, day: str) -> bool:
    """Whether the file's name has that day, however it is parted."""
    return day in re.sub(r"(?<=\d)[-_. ](?=\d)", "", posixpath.basename(path))
