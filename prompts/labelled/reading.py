"""Acts whose words were labelled: what is left over may not limit them, or be another act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pydantic import ValidationError

from lsfs.errors import ConfirmationError, LsfsError, NotUnderstoodError
from lsfs.plan import BaseOperation, Create, Mkdir, Remove
from lsfs.selector import Selector

from ..english.certainty import refuse_uncertain
from ..english.imperative import intents_of
from ..english.mistaken import refuse_folders_as_files
from ..english.slots import fill
from ..english.unread_words import refuse_other_things, without_time
from ..english.whole import refuse_lost_time
from ..likely.objects import Request, has_ending
from ..likely.parts import Part
from ..likely.refusals import STATED, WISHES, refuse_inside_things, refuse_unheld, refuse_words
from ..likely.words import asked_by, asks_for, learnt, told, words_of
from ..names.context import Context
from ..names.places import refuse_words_as_folders
from ..request.kinds import is_file_type
from ..request.quoting import quoted
from ..request.refusals import left_over, refuse_above, refuse_vague_act
from ..suggestions import not_understood
from ..times.dates import find_span
from .acts import FILLERS, operation_of
from .labeller import Slot, labelled, mentions_in
from .order import Grammar, Order

Ranked = Sequence[tuple[str, float]]

ENGLISH = Grammar(
    fill,
    {
        "remove set": "delete {what}", "move set": "move {what} to {to}",
        "copy set": "copy {what} to {to}", "lock set": "lock {what}",
        "unlock set": "unlock {what}", "touch set": "touch {what}",
        "group set": "group {what} as {name}", "rollback": "roll back {what} {when}",
        "folder": "restore the folder {what} to {when}",
        "touch": "set the modification time of {what} to {when}", "diff": "compare {what}",
        "diff with": "compare {what} {when}", "diff between": "compare {what} {when} and {other}",
        "change_summary": "what changed in {what} {when}", "share": "share {what} {when}",
        "share until": "share {what} until {when}", "translate": "translate {what} to {language}",
    },
    quoted,
)  # fmt: skip

SURE = 0.5
"""The chance that an intent and the slots of it need together."""
LEAST = 0.15
"""An intent of less is not tried."""


def labelled_act(text: str, context: Context, ranked: Ranked) -> BaseOperation:
    """The one operation that a request likely asks for; `ranked` are the intents (intent, chance).

    Raises:
        NotUnderstoodError: none is likely, or it says more than that.
        ConfirmationError: a name could be several things.
        PolicyError: it names a path outside.
    """
    refuse_above(text)
    context.targets.refuse_paths_outside(text)
    problem: LsfsError | None = None
    best: tuple[float, BaseOperation] | None = None
    for intent, chance in ranked:
        if chance < LEAST:
            break
        if intent not in FILLERS:
            continue
        try:
            sureness, operation = _filled(text, intent, chance, context)
        except (NotUnderstoodError, ConfirmationError) as error:
            problem = problem or error
            continue
        if best is None or chance * sureness > best[0]:
            best = chance * sureness, operation
    if best is not None and best[0] >= SURE:
        return best[1]
    raise problem or not_understood("I did not understand what to do", ranked)


def refuse_disputed(text: str, operation: BaseOperation, context: Context) -> None:
    """Refuse what was read otherwise where the labelled words surely make another such act.

    Raises:
        NotUnderstoodError: they do: "rhino log.txt" is more of a name than "log.txt".
    """
    name = str(operation.model_dump()["op"])
    for intent in _INTENTS.get(name, (name,)):
        slots, sureness = labelled(text, intent, mentions_in(text, intent, context.targets))
        try:
            other = operation_of(Order(text, intent, slots, context, ENGLISH))
        except (LsfsError, ValidationError):
            continue
        if sureness >= DISPUTED and type(other) is type(operation) and other != operation:
            raise not_understood("that can be read in two ways", [(intent, 1.0)])


_INTENTS: dict[str, tuple[str, ...]] = {"move": ("move", "rename")}
DISPUTED = 0.6
"""The chance that the slots of another reading need together."""


def _filled(text: str, intent: str, chance: float, context: Context) -> tuple[float, BaseOperation]:
    mentions = mentions_in(text, intent, context.targets)
    slots, sureness = labelled(text, intent, mentions)
    try:
        operation = operation_of(Order(text, intent, slots, context, ENGLISH))
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", [(intent, 1.0)]) from error
    for part in mentions:
        is_filled = any(slot.start < part.end and part.start < slot.end for slot in slots)
        if not is_filled and not (part.path and _is_same(part.path, operation)):
            raise left_over(part.said)
    rest = _rest(text, slots)
    _refuse_wrong_places(text, slots, intent)
    if operation.effect == "read":
        if "remove" in intents_of(text):  # "delete all versions of plan.md"
            raise not_understood("I did not understand what to delete", [("remove", 1.0)])
        _refuse_times(rest, operation, context)
    else:
        request = _as_request(text, slots, intent, context, chance)
        if not request.is_spoken():
            raise request.missing()
        _refuse_unmarked(slots, operation)
        refuse_unheld(request, operation)
        refuse_words(request, operation, chance)
        refuse_left_over(_without_only(text, slots, rest), intent)
        _refuse_tales(rest, intent)
        refuse_inside_things(rest, intent)
        refuse_lost_time(text, operation, context.now)
        refuse_uncertain(text, operation)
        refuse_other_things(text, operation, intent)
        refuse_vague_act(operation)
        _refuse_folders_for_files(text, slots, operation, context)
    return sureness, operation


def _refuse_wrong_places(text: str, slots: Sequence[Slot], intent: str) -> None:
    """Refuse slots that the words before them speak against: "out of Papers" is no goal.

    Raises:
        NotUnderstoodError: there is one.
    """
    for before, slot in pairwise([None, *slots]):
        if slot is None:
            continue
        lead = text[before.end if before else 0 : slot.start]
        place = _PLACE.search(lead)
        by = place[1].casefold().split()[0] if place else ""
        is_second = before is not None and before.role == "target" and slot.role == "target"
        is_wrong = (
            (slot.role == "to" and by in ("from", "out", "off"))
            or (slot.role == "from" and by in ("to", "into", "onto"))
            or (slot.role == "text" and by in ("in", "into", "inside", "under"))
            or (is_second and by and intent != "join")
        )
        is_after_goal = before is not None and before.role in ("to", "name")
        is_listed = slot.role in _ACTED_ON and _LISTED.fullmatch(lead) is not None
        if is_wrong or (is_after_goal and is_listed):
            raise left_over(slot.said)


_PLACE = re.compile(
    r"\b(from|out\s+of|off|to|into|onto|in|inside|under|of|on|at|within)\s+"
    r"(?:the\s+|my\s+|our\s+)?(?:(?:folder|directory)\s+)?$",
    re.I,
)
_LISTED = re.compile(r"\W*(?:and|plus)\s+(?:the\s+|my\s+)?", re.I)
_ACTED_ON = ("target", "set", "from")


def _refuse_times(rest: str, operation: BaseOperation, context: Context) -> None:
    """Refuse a look that says of when, where the operation does not hold a time.

    Raises:
        NotUnderstoodError: it does.
    """
    if SINCE.search(rest) or find_span(without_time(rest, operation, context.now), context.now):
        raise NotUnderstoodError("I did not understand which time that is", hint="leave it out")


SINCE = re.compile(r"\b(?:since|as\s+of|until|till)\b|\b(?:from|before|after)\s+[^\0]", re.I)


def _refuse_tales(rest: str, intent: str) -> None:
    """Refuse what states something, or wishes for something else than the act.

    Raises:
        NotUnderstoodError: it does.
    """
    if STATED.search(rest) or _OF_OTHERS.search(rest):
        raise not_understood("that states something", [(intent, 1.0)])
    if WISHES.search(rest) and not asks_for(intent, rest):
        raise not_understood("I am not sure that this is an order", [(intent, 1.0)])


def _refuse_folders_for_files(
    text: str, slots: Sequence[Slot], operation: BaseOperation, context: Context
) -> None:
    """See `refuse_words_as_folders`: "delete my music"."""
    target = getattr(operation, "target", None)
    paths = target.paths if isinstance(target, Selector) else ()
    folders = [path for path in paths if context.targets.directory(path) == path]
    refuse_folders_as_files(text, paths, context.targets)
    said = [slot.said for slot in slots if slot.role == "target" and not slot.is_quoted]
    bases = [path.rpartition("/")[2] for path in folders]
    if folders:
        refuse_words_as_folders(text, [*said, *bases], careful=isinstance(operation, Remove))


def _as_request(
    text: str, slots: Sequence[Slot], intent: str, context: Context, chance: float
) -> Request:
    """What the checks of the words that are left over look at."""
    parts = [
        Part(slot.start, slot.end, slot.said, is_quoted=slot.is_quoted)
        for slot in slots
        if slot.role not in ("when", "number", "language", "set")
    ]
    return Request(text, parts, intent, context, chance)


def _refuse_unmarked(slots: Sequence[Slot], operation: BaseOperation) -> None:
    """Refuse texts and new names that nothing marks: where they end is not certain.

    Raises:
        NotUnderstoodError: there is one.
    """
    for slot in slots:
        is_free = (
            slot.role in ("text", "old", "new")
            or (slot.role == "group" and slot.said[:1].isdigit())
            or (
                slot.role == "name"
                and not isinstance(operation, Mkdir)
                and (
                    " " in slot.said if isinstance(operation, Create) else not has_ending(slot.said)
                )
            )
        )
        said = slot.said.casefold().split()
        is_told = slot.role == "name" and any(word in ("is", "are", "was", "were") for word in said)
        if (is_free or is_told) and not slot.is_quoted:
            raise left_over(slot.said)


def _is_same(path: str, operation: BaseOperation) -> bool:
    return f"'{path}'" in str(operation.model_dump())


def _rest(text: str, slots: Sequence[Slot]) -> str:
    for slot in slots:
        text = text[: slot.start] + "\0" * (slot.end - slot.start) + text[slot.end :]
    return text


_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def _without_only(text: str, slots: Sequence[Slot], rest: str) -> str:
    """The rest without an "only" that goes with a slot: "only until Friday", "just this: ..."."""
    for slot in slots:
        only = _ONLY.search(rest[: slot.start]) if slot.role in ("when", "text") else None
        if only:
            rest = rest[: only.start()] + " " * (slot.start - only.start()) + rest[slot.start :]
    return rest


_ONLY = re.compile(
    r"\b(?:only|just|nothing but)(?:\s+(?:this|that|these words|the words))?\W*$", re.I
)


def refuse_left_over(rest: str, intent: str) -> None:
    """Refuse words that fill no slot where they limit or widen the act, or are those of another.

    Raises:
        NotUnderstoodError: there is one.
    """
    if number := re.search(r"(?<!\w)\d+(?!\w)", rest):
        raise left_over(number[0])
    if intent in _WRITES and (said := _SAYING.search(rest) or _ELSEWHERE.search(rest)):
        raise left_over(said[0].strip())
    if intent == "share" and (until := _UNTIL.search(rest)):
        raise left_over(until[0])
    known = told(intent) | learnt(intent, 5)
    first = next(
        (
            found.casefold()
            for found in _WORD.findall(rest)
            if found.casefold() not in words_of("said")
        ),
        "",
    )
    for word in (found.casefold().strip("'’-") for found in _WORD.findall(rest)):
        if word in words_of("limits") - told(intent) - _ASIDE and is_file_type(word) is None:
            raise left_over(word)
        intents = asked_by(word)
        is_first = word == first
        if intents and not is_first and intent not in intents and word not in known | _OPEN:
            raise left_over(word)


_WRITES = ("create", "write", "append")
_SAYING = re.compile(r"\b(?:saying|says|reading|reads|containing|contains)\b(?!\W*\0)", re.I)
_ELSEWHERE = re.compile(
    r"\b(?:under|below|above|beneath|beside|before|after)\s+\w|\bthrough\b", re.I
)
"""Not where texts go: "jot it down under groceries", "put a line through it"."""
_UNTIL = re.compile(r"\b(?:until|till|through|for)\s+(?!(?:me|us|you|this|now)\b)[^\0\W]\w*", re.I)
_OF_OTHERS = re.compile(
    r"\0\W*is\s+(?:dead|gone|broken)\b|^\W*no\s+\w+ing\b|"
    r",\s*(?:and\s+)?(?:all\s+|both\s+)?(?:the|my|our)\s+[^\W\d_]+(?:\s+(?:too|also|as\s+well))?\W*$|\band\s+back\b|\blet\s+me\b",
    re.I,
)
""" "No sharing of cv.pdf"; "move plan.md to archive, the invoices too"."""
_ASIDE = frozenset({"aside", "quick", "quickly", "already", "still", "any", "whatever"})
"""Words that limit what a rule reads, and nothing whose parts are all known."""
_OPEN = frozenset({"call", "name", "named", "called", "go", "gone"})
"""Words that give a name or a way, whatever is done."""
