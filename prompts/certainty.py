"""What makes it uncertain that an act is asked for, or on what: then nothing is planned. Pure."""

from __future__ import annotations

import re

from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from .phrase import PATH, QUOTED

_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|i\s+(?:might|may|wonder|guess|suppose)|not\s+sure|"
    r"thinking\s+(?:of|about)|what\s+about|how\s+about)\b|"
    r"\b(?:after|before|while|once|as\s+soon\s+as|until)\s+(?:\w+ing\b|you\b|i\b|we\b|it\b|they\b)",
    re.I,
)
_AMOUNT = re.compile(
    r"\b(?:some|half|most|many|several|(?:a\s+)?few|part|parts|bits?|a\s+(?:bit|couple|lot|number))\s+of\b|"
    r"^\w+(?:\s+(?:up|away|out|back))?\s+(?:some|half|most|many|several|a\s+few|any)\s+\w+s\b|"
    r"\b(?:and|or)\s+(?:so\s+on|such|the\s+(?:other|others|rest|like)|stuff|things|others|"
    r"everything(?:\s+else)?|more|etc)\b|\betc\b|\.\.\.",
    re.I,
)
_OPEN_STATEMENT = re.compile(r"\b(?:should|must|shall|ought|supposed|belongs?)\b.*\?\s*$", re.I | re.S)


def refuse_uncertain(text: str, operation: BaseOperation) -> None:
    """Refuse an act whose wording hedges, gives a vague amount, or leaves a choice.

    Raises:
        NotUnderstoodError: it does.
    """
    bare = PATH.sub(" x ", QUOTED.sub(" ", text))
    if _HEDGED.search(bare):
        raise _refusal("I cannot hold to conditions and exceptions: say what to act on")
    if _AMOUNT.search(bare):
        raise _refusal("I do not know which and how many of them")
    target = getattr(operation, "target", None)
    chosen = isinstance(target, Selector) and not target.is_literal()
    if not chosen and re.search(r"\bor\b", bare) and " or " not in str(operation.model_dump()):
        raise _refusal("I do not know which of the two you mean")


def is_open_statement(text: str) -> bool:
    """Whether it wonders what should be ("draft.txt should go to old?")."""
    polite = re.match(r"\W*(?:can|could|would|will)\s+(?:you|u|we)\b", text, re.I)
    return not polite and _OPEN_STATEMENT.search(QUOTED.sub(" ", text)) is not None


def _refusal(message: str) -> NotUnderstoodError:
    return NotUnderstoodError(message, hint="name the files, or say which by type, folder or time")
