"""What a step chooses of what was found or shown before it: "the two oldest", "the biggest of
them", "the first three". Pure but for asking `Names`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.targets import Targets
from ..request.quoting import masked
from ..request.selection import Selection
from ..times.numbers import NUMBER, value
from .imperative import verb_of
from .orders import EXTREME
from .selection import select_for_act

_OF_THEM = (
    r"(?:\s+(?:of|among|amongst|from|in|out\s+of)\s+(?:them|those|these|(?:the|that|this)\s+(?:list|results?)|"
    r"(?:the|those|these)\s+(?:files|ones|pdfs)))"
)
_ENDS = (
    r"(?=\s*(?:$|[,;.!?])|\s+(?:into|to|onto|under|as|and|for|by|until|then|too|please|now|with|is|are|be|should)\b|"
    r"\s+(?:in|inside)\s)"
)
_NOUN = (
    r"(?!(?:of|in|from|to|into|about|that|which|version|versions|change|changes|edit|edits|undo)\b)"
    r"[\w-]+"
)
_CHOSEN = re.compile(
    rf"\b(?:(?:the|their)\s+(?:very\s+)?(?:(?P<count>{NUMBER})\s+)?|(?P<bare>{NUMBER})\s+)(?P<extreme>{EXTREME})"
    rf"(?:\s+{NUMBER})?(?P<noun>(?:\s+{_NOUN}){{1,2}}?)?(?P<of>{_OF_THEM})?{_ENDS}",
    re.I,
)
_PLACE = re.compile(
    rf"(?<!\bto\s)(?<!\bat\s)(?<!\bon\s)\bthe\s+(?P<side>first|top|last|bottom|second|third|fourth|fifth|\d{{1,3}}(?:st|nd|rd|th))(?:\s+(?P<count>{NUMBER}))?"
    rf"(?P<noun>\s+(?:ones?|files?|documents?|results?|hits?|pdfs?|photos?|pictures?|notes?|papers?))?(?P<of>{_OF_THEM})?{_ENDS}",
    re.I,
)
_ONES = re.compile(r"\s*(?:ones?)?", re.I)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The words of a choice, and what they choose; `is_bare`: by no kind of its own."""

    start: int
    end: int
    choice: Selection
    is_bare: bool


def choice_in(step: str, targets: Targets, now: datetime) -> Chosen | None:
    """The choice that a step makes, where it says of nothing else which files it is of."""
    match = _CHOSEN.search(masked(step))
    if match is None or _has_own(step, match.end()):
        return None
    said = step[match.start() : match.end("noun") if match["noun"] else match.end("extreme")]
    if match["of"] is None and match["noun"] is None:
        said = step[slice(*match.span())]
    is_bare = match["of"] is not None or _ONES.fullmatch(match["noun"] or "") is not None
    choice = select_for_act(_counted(said, match["noun"]), targets, now)
    if choice.query or choice.containing or not choice.limit:
        return None
    return Chosen(*match.span(), choice, is_bare)


def _counted(said: str, noun: str | None) -> str:
    """ "The two oldest" with a noun, as a selection is said."""
    if noun is None or re.fullmatch(r"\s+ones?", noun, re.I):
        said = said[: len(said) - len(noun or "")]
        return f"{said} {'files' if re.search(rf'{NUMBER}', said, re.I) else 'file'}"
    return said


def place_in(step: str, *, is_ranked: bool) -> Chosen | None:
    """The first, or the first few, that a step chooses; `is_ranked`: of what has an order.

    Raises:
        NotUnderstoodError: it is another place, which shows only once they are found.
    """
    match = _PLACE.search(masked(step))
    if match is None or _has_own(step, match.end()):
        return None
    if not is_ranked or match["side"].casefold() not in ("first", "top"):
        raise NotUnderstoodError(
            f"which is {step[slice(*match.span())].strip()!r} shows only once they are found",
            hint="ask for one thing after the other: `lsfs ask` alone opens a session",
        )
    limit = value(match["count"]) if match["count"] else 1
    return Chosen(*match.span(), Selection(limit=limit), is_bare=True)


def says_ones(step: str) -> bool:
    """Whether it speaks of "the one about cats"."""
    return _ABOUT_ONES.search(masked(step)) is not None


_ABOUT_ONES = re.compile(
    r"\bthe\s+(?:ones?\s+(?:about|on|that|which|with|called|named|from|by|mentioning|containing)|"
    r"(?:[\w.]+\s+){1,2}ones)\b",
    re.I,
)


def kept_to(operation: BaseOperation, target: Selector, shown: Sequence[str]) -> BaseOperation:
    """The operation on those of what was shown that its target selects."""
    if target.is_literal():
        return operation
    filters = target.filters.model_copy(update={"among": tuple(shown)})
    return operation.model_copy(update={"target": target.model_copy(update={"filters": filters})})


def _has_own(step: str, end: int) -> bool:
    """Whether what follows says of which files it chooses: "in Papers", unless they go there."""
    own = _DESCRIBED if verb_of(step) in CARRYING else _PLACED
    return own.search(masked(step), end) is not None


CARRYING = frozenset(
    "move put copy place mv cp drop store transfer link symlink create make shift".split()
)
"""What is said to be "in" a folder goes there."""
_DESCRIBED = re.compile(r"\b(?:from|about|that|which|named|called|containing)\s", re.I)
_PLACED = re.compile(rf"{_DESCRIBED.pattern}|\b(?:in|under|inside|within|at)\s", re.I)
