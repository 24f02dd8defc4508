"""What no plan does: things of other programs, and what says only what not to do. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from lsfs.errors import NotUnderstoodError

from ..request.data import load
from ..request.quoting import QUOTED
from .imperative import refuse_forbidden, refuse_other_work


def refuse_beyond(text: str) -> None:
    """Refuse what lsfs cannot do ("tidy my folders up"), and what it is told to leave.

    Raises:
        NotUnderstoodError: it is such.
    """
    refuse_forbidden(text)
    refuse_other_work(text)
    bare = QUOTED.sub(" x ", text)
    if match := _FOLDERS_CHOSEN.search(bare):
        raise NotUnderstoodError(
            f"lsfs chooses files, and no folders ({match[0].strip()})",
            hint="name the folder: how big is archive; delete the folder old if it is empty",
        )
    if any(pattern.match(bare) for pattern in _beyond()):
        raise NotUnderstoodError(
            "that is nothing that lsfs does",
            hint="it can find, read, summarise, move, copy, rename, group, lock, roll back, undo",
        )


_FOLDERS_CHOSEN = re.compile(
    r"\bempty\s+(?:sub-?)?(?:folders|directories|dirs)\b"
    r"|\b(?:biggest|largest|smallest|fullest|heaviest)\s+(?:sub-?)?(?:folders?|director(?:y|ies))\b"
    r"|^(?:which|what)\s+(?:sub-?)?(?:folder|directory)\s+(?:is|has|takes|holds|contains)\s+(?:up\s+)?(?:the\s+)?"
    r"(?:biggest|largest|smallest|fullest|most|least|fewest)\b",
    re.I,
)


@lru_cache(maxsize=1)
def _beyond() -> tuple[re.Pattern[str], ...]:
    words = load("asking")["beyond"]
    verbs = "|".join(words["verbs"].split())
    return (
        re.compile(
            rf"(?:{verbs})\s+(?:(?:up|out|off|on|down)\s+)?(?:my|the|our|this|that|these|those|me|us|some|an?|it|them|every\w*)\b",
            re.I,
        ),
        *(re.compile(pattern, re.I) for pattern in words["wordings"]),
    )
