"""Acts whose words were labelled: what is left over may not limit them, or be another act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation

from ..english.certainty import refuse_uncertain
from ..likely.words import asked_by, learnt, told, words_of
from ..names.context import Context
from ..request.kinds import is_file_type
from ..request.refusals import refuse_above, refuse_vague_act
from ..suggestions import not_understood
from .acts import FILLERS, Order, operation_of
from .labeller import Labeller, Slot, mentions_in

Ranked = Sequence[tuple[str, float]]

SURE = 0.5
"""The chance that an intent and the slots of it need together."""
LEAST = 0.15
"""An intent of less is not tried."""


def labeller() -> Labeller:
    """The one that comes with lsfs."""
    data = Path(str(resources.files("lsfs.prompts").joinpath("data")))
    return Labeller(data / "slots.en.crf")


def labelled_act(
    text: str, context: Context, ranked: Ranked, labels: Labeller
) -> BaseOperation:
    """The one operation that a request likely asks for; `ranked` are the intents (intent, chance).

    Raises:
        NotUnderstoodError: none is likely, or it says more than that.
        ConfirmationError: a name could be several things.
        PolicyError: it names a path outside.
    """
    refuse_above(text)
    context.targets.refuse_paths_outside(text)
    problem: NotUnderstoodError | None = None
    best: tuple[float, BaseOperation] | None = None
    for intent, chance in ranked:
        if chance < LEAST:
            break
        if intent not in FILLERS:
            continue
        try:
            sureness, operation = _filled(text, intent, context, labels)
        except NotUnderstoodError as error:
            problem = problem or error
            continue
        if best is None or chance * sureness > best[0]:
            best = chance * sureness, operation
    if best is not None and best[0] >= SURE:
        return best[1]
    raise problem or not_understood("I did not understand what to do", ranked)


def _filled(
    text: str, intent: str, context: Context, labels: Labeller
) -> tuple[float, BaseOperation]:
    mentions = mentions_in(text, intent, context.targets)
    slots, sureness = labels.slots(text, intent, mentions)
    try:
        operation = operation_of(Order(text, intent, slots, context))
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", [(intent, 1.0)]) from error
    for part in mentions:
        if part.path and not any(slot.start < part.end and part.start < slot.end for slot in slots):
            if not _is_same(part.path, operation):
                raise _left_over(part.said)
    if operation.effect != "read":
        rest = _rest(text, slots)
        refuse_left_over(rest, intent, operation)
        refuse_uncertain(rest, operation)
        refuse_vague_act(operation)
    return sureness, operation


def _is_same(path: str, operation: BaseOperation) -> bool:
    return f"'{path}'" in str(operation.model_dump())


def _rest(text: str, slots: Sequence[Slot]) -> str:
    for slot in slots:
        text = text[: slot.start] + "\0" * (slot.end - slot.start) + text[slot.end :]
    return text


_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def refuse_left_over(rest: str, intent: str, operation: BaseOperation) -> None:
    """Refuse words that fill no slot where they limit or widen the act, or are those of another.

    Raises:
        NotUnderstoodError: there is one.
    """
    if number := re.search(r"(?<!\w)\d+(?!\w)", rest):
        raise _left_over(number[0])
    known = told(intent) | learnt(intent, 5)
    for word in (found.casefold().strip("'’-") for found in _WORD.findall(rest)):
        if word in words_of("limits") - known and is_file_type(word) is None:
            raise _left_over(word)
        intents = asked_by(word)
        if intents and intent not in intents and word not in known | _OPEN:
            raise _left_over(word)


_OPEN = frozenset({"call", "name", "named", "called", "go", "gone"})
"""Words that give a name or a way, whatever is done."""


def _left_over(word: str) -> NotUnderstoodError:
    return NotUnderstoodError(
        f"I did not understand what {word!r} is to mean there",
        hint="leave it out, or put names and texts in quotes",
    )
