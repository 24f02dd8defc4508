"""Whether a request is in Chinese. Pure."""

from __future__ import annotations

import re

from ..request.quoting import PATH, QUOTED
from .text import HAN

_ENGLISH = re.compile(
    r"\s*(?:please|can|could|would|find|search|locate|list|show|read|open|summari[sz]e|sum|move|mv|put|copy|cp|"
    r"rename|delete|remove|rm|erase|trash|create|make|mkdir|write|append|add|replace|join|merge|group|"
    r"collect|translate|share|lock|unlock|restore|revert|roll|rollback|undo|redo|save|store|throw|get|"
    r"what|where|which|who|when|how|is|are|do|does|did|the|a|an|my|any|all|files?|notes?|i|give|tell|look|"
    r"history|diff|similar|compare|call|change)\b(?! ?[的里]|\.)",
    re.I,
)
_OF_ENGLISH = re.compile(
    r"\b(?:the|an?|to|into|in|from|on|of|about|for|with|by|as|at|and|or|my|all|every|this|that|it|them|is|are|me|"
    r"files?|folders?|notes?|photos?|papers?|documents?|last|since|before|after|between)\b",
    re.I,
)


def is_chinese(text: str) -> bool:
    """Whether the request itself is in Chinese, not only a name or a quote in it."""
    starts_in_english = _ENGLISH.match(text)
    bare = PATH.sub(" ", QUOTED.sub(" ", text)) if starts_in_english else text
    if not re.search(f"[{HAN}]", bare):
        return False
    if starts_in_english is None or re.search("[把将]|[的里]", bare):
        return True
    return _OF_ENGLISH.search(bare) is None
