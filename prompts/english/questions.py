"""Several questions in one: "how big is plan.md, and what did I change in it?" Pure."""

from __future__ import annotations

import re

from ..request.quoting import masked
from .imperative import verb_of

_ASKS = (
    r"(?:how\s+(?:big|large|old|long|many)|when\s+(?:was|were|did|is)|what(?:['’]s|\s+(?:is|are|was|were|did|do|does|has|"
    r"have|changed|happened))|which\s+\w+|who\s+\w+|where\s+(?:is|are|was))\b"
)
_FIRST = re.compile(rf"{_ASKS}|(?:tell|show)\s+(?:me|us)\s+{_ASKS}", re.I)
_CUT = re.compile(
    rf"\s*[,;?]*\s*\b(?:and|then)\s+(?:also\s+)?(?:(?:tell|show)\s+(?:me|us)\s+)?(?={_ASKS})|\s*\?\s+(?={_ASKS})",
    re.I,
)


_THEN = re.compile(
    r"(?P<verb>(?:show|read|open|display)(?:\s+me)?)\s+(?P<first>.+?),?\s+(?:and\s+)?then\s+(?P<second>\S+(?:\s\S+){0,3})$",
    re.I,
)


def questions_of(text: str) -> list[str]:
    """The questions, in order; none where it is one, or something else. "Show me a, then b" asks
    twice to be shown."""
    bare = masked(text)
    if (then := _THEN.match(bare)) and verb_of(text[then.start("second") :]) is None:
        asked = (text[slice(*then.span(name))] for name in ("first", "second"))
        return [f"{then['verb']} {what}" for what in asked]
    if not _FIRST.match(bare):
        return []
    edges = [0, *(edge for match in _CUT.finditer(bare) for edge in match.span()), len(bare)]
    parts = [text[a:b].strip(" ,;?") for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return parts if len(parts) > 1 else []
