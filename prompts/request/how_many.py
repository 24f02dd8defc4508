"""Questions for a number: "how many pdfs are there", "count the photos", 有多少个文件. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.plan import BaseOperation, List, Search
from lsfs.selector import Filters

_NUMBER = re.compile(
    r"^(?:(?:what(?:['’]s|\s+is)|tell\s+me|count|give\s+me)\s+)?(?:the\s+)?(?:total\s+)?(?:number|count)\s+of\s+(?=\w)",
    re.I,
)
_MANY = re.compile(
    "(?:一共|总共|到底|大概)?有(?:多少|几)[个份张封篇首条](?!版本|月|星期|小时|礼拜)"
)


def said_plainly(text: str) -> str:
    """The question for a number in the words that are read best."""
    return _MANY.sub("有哪些", _NUMBER.sub("how many ", text), count=1)


_ASKED = re.compile(
    r"(?:please\s+|so\s+|and\s+|(?:can|could|would)\s+you\s+|tell\s+me\s+|say\s+|show\s+me\s+|do\s+you\s+know\s+)*"
    r"(?:how\s+many\b|count\s|(?:what(?:['’]s|\s+is)\s+)?the\s+(?:number|count)\s+of\s|number\s+of\s)"
    r"|.*有(?:多少|几)[个份张封篇首条]",
    re.I | re.S,
)


def counting(request: str, operations: Sequence[BaseOperation]) -> tuple[BaseOperation, ...]:
    """The same, a search or listing that is asked for a number as one that counts what it finds."""
    if len(operations) == 1 and _ASKED.match(request.strip()):
        (asked,) = operations
        if isinstance(asked, List):
            found = Filters(under=asked.path or None)
            return (Search(filters=found, sort="name", count=True),)
        if isinstance(asked, Search):
            is_about = bool(asked.query)
            return (asked.model_copy(update={"count": True, "clear": is_about}),)
    return tuple(operations)
