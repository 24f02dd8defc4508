"""What an order says of a name that is taken: "..., and overwrite it". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation, Copy, Move

from .quoting import masked

Operations = tuple[BaseOperation, ...]
_WHAT = (
    r"(?:it|them|(?:the|any|an?)\s+(?:old|existing|present|other)(?:\s+(?:one|file|copy|version)s?)?|"
    r"what(?:['’]s|\s+is|ever\s+is)\s+there|the\s+(?:one|file)\s+(?:that\s+is\s+|that['’]s\s+)?there)"
)
_IF = r"(?:\s+if\s+(?:it|one|there)\s+(?:exists|is\s+(?:there|one))(?:\s+already)?)?"
_OVERWRITING = re.compile(
    rf"[\s,;]+(?:(?:and|but|then|please)\s+)*(?:overwrit(?:e|ing)(?:\s+{_WHAT})?|replac(?:e|ing)\s+{_WHAT}){_IF}"
    r"[\s.!]*$"
    r"|[\s,，。;；、]*(?:并且?|同时|直接|请)*(?:覆盖|替换)掉?(?:原来|已有|原有|现有|已存在|旧|它)的?(?:那个)?(?:文件)?[\s。！!]*$"
    r"|[\s,，。;；、]+(?:并且?|同时|直接|请)*覆盖[\s。！!]*$",
    re.I,
)


def written_over(text: str, read: Callable[[str], Operations]) -> Operations:
    """What `read` makes of the request; where it says that what is there may be overwritten, moves
    and copies that do so.

    Raises:
        NotUnderstoodError: it says so of another act.
    """
    match = _OVERWRITING.search(masked(text))
    if match is None or not match.start():
        return read(text)
    operations = read(text[: match.start()])
    if not all(isinstance(one, Move | Copy) for one in operations):
        raise NotUnderstoodError(
            "only what is moved or copied can overwrite something",
            hint="for example: copy draft.txt to archive and overwrite it",
        )
    return tuple(one.model_copy(update={"overwrite": True}) for one in operations)
