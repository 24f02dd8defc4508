"""What stands before an order and only says why: "The team is done with q3.docx, lock it down".

Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ..english.mood import has_condition, is_negated
from ..names.targets import Targets
from ..request.quoting import is_quotable, masked, quoted
from ..times.dates import find_span
from .parts import Part, blanked, parts_of
from .words import asked_by, says_nothing, words_of

_EDGE = re.compile(
    r"\s*[,;.!–—]\s+(?:(?:so|and|then|hence|therefore)\b,?\s+)?|\s+-\s+|"
    r"\s+so\s+(?=please|would|could|can)",
    re.I,
)
_NO_NEED = re.compile(
    r"\b(?:no longer|not|don['’]?t|do not|isn['’]t|is not)\s+(?:needed|wanted|need|required)\b"
    r"(?:\s+any\s?(?:more|longer))?|\bneed\s+no\s+(?:more|longer)\b|\bno\s+use\s+for\b",
    re.I,
)
_STATES = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|i|we|since|because|as|need|needed)\b|['’](?:s|m|re|ve)\b",
    re.I,
)
_MEANS = re.compile(r"\bmess\s+of\b|\bdone\s+with\b", re.I)
_IT = re.compile(r"\b(?:it|that(?:\s+(?:one|file))?|this(?:\s+(?:one|file))?)\b", re.I)


def without_preamble(text: str, targets: Targets, now: datetime) -> Iterator[str]:
    """The orders that are left without their first clauses, where those only tell something; "it"
    is the one thing that they name."""
    for edge in _EDGE.finditer(masked(text)):
        before, order = text[: edge.start()], text[edge.end() :]
        if not _only_tells(before):
            return
        named = parts_of(before, targets, frozenset())
        bare = blanked(before, named)
        if not named and says_nothing(before):
            yield order
        elif not named or find_span(bare, now) is not None or re.search(r"\d", bare):
            return
        elif len(named) == 1 and (it := _IT.search(masked(order))) and _is_meant(named[0], before):
            yield f"{order[: it.start()]}{quoted(named[0].path or '')}{order[it.end() :]}"


def _only_tells(before: str) -> bool:
    """Whether a clause states something, and neither limits an act nor asks for one."""
    bare = _NO_NEED.sub(" needed ", before)
    words = set(re.findall(r"[^\W\d_]+", masked(bare).casefold()))
    return (
        _STATES.search(bare) is not None
        and not (is_negated(bare) or has_condition(bare) or words & words_of("stays"))
        and not _DEPENDS.match(bare)
        and not any(asked_by(word) for word in words - {"made", "need", "call", "go", "gone"})
    )


_DEPENDS = re.compile(
    r"\W*(?:in\s+case|once|provided|providing|assuming|supposing|given|as\s+(?:long|soon|far)|"
    r"whe(?:n|re|ther)\w*|whatever|whichever|however|though|although|lest|if|unless|until|till|after|"
    r"before|the\s+(?:moment|minute|day)|by\s+the\s+time|is|are|was|were|has|have|had|do|does|did|"
    r"will|would|can|could|should|shall|may|might|must)\b",
    re.I,
)
"""It sets a condition, or asks."""


def _is_meant(part: Part, before: str) -> bool:
    """Whether a statement is on that, and not on something of it."""
    if part.path is None or not is_quotable(part.path):
        return False
    rest = blanked(before, [part])
    return part.role == "object" or _MEANS.search(rest) is not None
