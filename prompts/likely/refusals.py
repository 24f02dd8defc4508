"""What keeps a request from being an act that is likely meant. Pure functions, any thread.

What the grammar refuses for a reason is refused here as well: what says not to do it, asks about
it, sets conditions, tells of the past, corrects itself. Of the rest every word must be one that
says nothing more: what could limit or widen the act, or be another, is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from lsfs.filetypes import type_of
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..english.beyond import refuse_beyond
from ..english.certainty import is_open_statement
from ..english.imperative import verb_of
from ..english.imperative import words_of as orders
from ..english.mood import has_condition, is_negated, is_question_about, tells_of_past
from ..english.politeness import plain
from ..english.unread_words import without_adjuncts, without_time
from ..english.whole import strings
from ..request.kinds import is_file_type
from ..request.quoting import QUOTED
from ..request.refusals import left_over
from ..suggestions import not_understood
from ..times.dates import find_span
from ..times.numbers import NUMBER, value
from ..times.units import UNIT
from .objects import Request
from .parts import Part
from .words import asked_by, learnt, told, unknown_words, verbs_of, words_of


def refuse_no_act(text: str) -> None:
    """Refuse what orders nothing, whatever it is about.

    Raises:
        NotUnderstoodError: it says what not to do, asks, sets conditions, tells of the past ...
    """
    refuse_beyond(text)
    bare = QUOTED.sub(" x ", text)
    if (
        is_negated(text) or has_condition(text) or is_question_about(plain(text))
        or is_open_statement(text) or tells_of_past(text) or _tells(bare)
        or CORRECTED.search(bare)
    ):  # fmt: skip
        raise not_understood("I did not understand that as an order", ())


_TELLS = re.compile(
    r"\b(?:i|we|you|he|she|they|people|who)\s+(?:\w+ing|(?!need)\w+ed|was|were|had|will|shall|am|are|is)\b|"
    r"^\W*(?:(?:and|so|but|well|ok|okay)\W+)*(?:(?:i|we)\s+(?!(?:would|want|wanna|need|wish|should|must|could|can|may|might|require|have|do|"
    r"really|just|kindly|no|don|d|ask|beg|gotta|no|prefer|demand)\b)|(?:he|she|they)\s|you\s+(?!(?:can|could|may|might|should|must|please)\b))\w|"
    r"\b(?:is|are|was|were|has|have|had|gets?|got|been)\s+(?:been\s+|being\s+)?(?!(?:needed|wanted|required|requested|necessary)\b)\w+ed\b|"
    r"\b(?:i|we|you|they)\s+(?:have|had)\s+\S+\s+\w+ed\W*$|"
    r"^\W*(?!(?:please|ok|okay|hey)\b)(?P<label>[\w-]+)\s*:",
    re.I,
)
CORRECTED = re.compile(
    r"\bfor now\b|\bnvm\b|\bnever\s?mind\b|\b(?:jk|just kidding|only joking)\b|"
    r"(?:\.\.+|,|-|;)\s*(?:no|wait|or rather|scratch that)\b|\bi mean\b",
    re.I,
)


def _tells(bare: str) -> bool:
    """Whether it tells of something, or is a note of it ("todo: delete draft.txt")."""
    return any(
        not found["label"] or verb_of(found["label"]) is None for found in _TELLS.finditer(bare)
    )


STATED = re.compile(
    r"\0\W*(?:is|are|was|were|lives?|lived|sits?|sat)\s+(?:(?:now|already|still|all)\s+)*(?:in|inside|under|at|on|read-only|locked|empty)\b|"
    r"\0\W*(?:used\s+to|might|may)\b|^\W*(?:in|inside|under|on)\s+(?:the\s+)?\0+\s+(?:is|are|was|were|lies?)\b",
    re.I,
)
""" "draft.txt is in archive", where "should be" is an order."""
WISHES = re.compile(r"\b(?:need|want|like|have)s?\b", re.I)
"""What else than an act may be wished for: "I need cv.pdf in archive"."""


def refuse_unheld(request: Request, operation: BaseOperation) -> None:
    """Refuse names and texts that went nowhere.

    Raises:
        NotUnderstoodError: the operation does not hold one.
    """
    held = list(strings(operation.model_dump()))
    for part in request.parts:
        if not any(_holds(value, part) for value in held):
            raise left_over(part.said)


def refuse_words(request: Request, operation: BaseOperation | None, chance: float) -> None:
    """Refuse words and numbers beside the names that the operation does not hold.

    Raises:
        NotUnderstoodError: there are, and they could limit or widen the act.
    """
    rest, fields = request.rest, {}
    if operation is not None:
        rest = _without_expiry(rest, operation, request.context.now)
        rest = without_time(without_adjuncts(rest, operation), operation, request.context.now)
        fields = operation.model_dump()
    rest = _KIND.sub(" ", rest)
    for number in re.findall(r"(?<!\w)\d+(?!\w)", rest):
        if number not in re.findall(r"\d+", str(fields)):
            raise left_over(number)
    held = strings(fields)
    known = frozenset(word for value in held for word in re.findall(r"[^\W_]+", value.casefold()))
    is_plain = _is_plain(request, chance)
    if not is_plain:
        _refuse_other_verbs(rest, request.intent)
        refuse_inside_things(request.rest, request.intent)
    if name := _NAME.search(rest):
        raise left_over(name[0])
    limits, unknown = unknown_words(rest, request.intent, known | _counted(operation))
    if is_plain:
        limits = [word for word in limits if word not in _WHOLLY]
    limits = [word for word in limits if not _is_kind(word, operation)]
    is_told = not unknown or _is_new_verb(unknown, rest, chance)
    if limits or not is_told:
        raise left_over((limits or unknown)[0])


def _is_kind(word: str, operation: BaseOperation | None) -> bool:
    """Whether all that it is on is of that kind: "the beach photo" of Photos/beach.jpg."""
    target = getattr(operation, "target", None)
    paths = target.paths if isinstance(target, Selector) else ()
    path = getattr(operation, "path", None)
    kind = is_file_type(word)
    return kind is not None and all(type_of(str(one)) == kind for one in paths or (path,))


def _is_plain(request: Request, chance: float) -> bool:
    """Whether the names and texts alone say all of a renaming or a replacing: a file that is there
    and a new name of the same ending, or two texts and a file."""
    names = [part for part in request.parts if not part.is_text]
    there = [part for part in names if part.path is not None]
    if chance < PLAIN or len(there) != 1 or _GERUND.search(request.rest):
        return False
    if request.intent == "replace":
        return len(names) == 1 and len(request.texts()) == 2
    endings = {part.said.rpartition(".")[2].casefold() for part in names if part not in there}
    is_new = len(names) == 2 and not request.texts()
    return request.intent == "rename" and is_new and endings == {_ending(str(there[0].path))}


def _ending(path: str) -> str:
    return path.rpartition(".")[2].casefold()


PLAIN = 0.9
"""The chance that a renaming or replacing needs whose names and texts say all."""
_WHOLLY = frozenset("all every everything each any already still has".split())
_GERUND = re.compile(r"\b(?:re)?(?:nam|titl|call|chang|replac|swapp|correct)ing\b", re.I)
""" "Postpone renaming a.md to b.md"."""
_KIND = re.compile(
    r"\b(?:pdfs?|photos|pictures|images|papers|notes|songs|videos|ones)\s+(?=\0)", re.I
)
"""What the names are that follow."""


def _counted(operation: BaseOperation | None) -> frozenset[str]:
    """The word for as many as there are: "the two papers X and Y"."""
    target = getattr(operation, "target", None)
    count = len(target.paths) if isinstance(target, Selector) else 0
    return frozenset(word for word in _NUMBERS if value(word) == count)


_NUMBERS = "two three four five six seven eight nine ten".split()


def _without_expiry(rest: str, operation: BaseOperation, now: datetime) -> str:
    """The words without those that say until when a share is open."""
    if getattr(operation, "expires", None) is None:
        return rest
    rest = _LASTS.sub(" ", rest)
    span = find_span(rest, now, clocks=True)
    return rest if span is None else f"{rest[: span.start]} {rest[span.end :]}"


_LASTS = re.compile(
    rf"\b(?:dies?|lasts?|lasting|valid(?:ity)?|expir\w+|runs?\s+out|ends?|during)\b|"
    rf"\b(?:in|within|after|for)\s+(?:{NUMBER}|an?)[\s-]*(?:{UNIT})\b", re.I,
)  # fmt: skip


def _refuse_other_verbs(rest: str, intent: str) -> None:
    """Refuse the words of other acts alone: "copied" where to move is read.

    Raises:
        NotUnderstoodError: there is one.
    """
    for word in re.findall(r"[^\W\d_]+", rest.casefold()):
        intents = asked_by(word)
        is_other = intents and intent not in intents and word not in learnt(intent, 5) | _OPEN
        if (is_other or word in orders("others")) and word not in told(intent):
            raise left_over(word)


_OPEN = frozenset({"call", "name", "named", "called", "go", "gone"})
"""Words that give a name or a way, whatever is done."""


def refuse_inside_things(rest: str, intent: str) -> None:
    """Refuse who else shall do it, and what is in, of or from what is no name: "from the list".

    Raises:
        NotUnderstoodError: there is such a thing.
    """
    for match in _IN_THING.finditer(rest):
        word = match[1].casefold()
        if word not in (told(intent) | learnt(intent) | verbs_of(intent)) - words_of("nouns"):
            raise left_over(match[1])
    subject = _SUBJECT.match(rest)
    if subject and subject[1].casefold() not in words_of("said") | words_of("nouns"):
        raise left_over(subject[1])


_NAME = re.compile(r"(?<=[a-z\0,] )(?!I\b|PDF|OK|ASAP)[A-Z][\w-]+")
"""What is written as a name, and names nothing here."""
_SUBJECT = re.compile(
    r"^\W*(?:(?:the|my|our|his|her|an?)\s+)?([^\W\d_]+)\s+(?:will|shall|would|can|could|may|might|must|"
    r"should|wants?|wanted|needs?|likes?|has|have|had|is|are|was|were)\b", re.I,
)  # fmt: skip
_IN_THING = re.compile(
    r"\b(?:from|of|off|in|into|onto|to|at|on|inside|under)\s+(?:the|my|our|an?|this|that|its|your)\s+"
    r"([^\W\d_][\w-]*)\b(?!-)(?!\W*(?:(?:called|named)\W*)?\0)", re.I,
)  # fmt: skip
VERY_SURE = 0.75
"""The chance that an intent needs where its verb is a new one."""


def _is_new_verb(unknown: Sequence[str], rest: str, chance: float) -> bool:
    """Whether the one word that nobody knows stands where the verb does, and all else is plain."""
    if len(unknown) > 1 or chance < VERY_SURE:
        return False
    if verb_of(unknown[0]) is not None:  # one that asks for something else
        return False
    word = re.escape(unknown[0])
    verb = (
        rf"(?:^|,|\bto\b|\bplease\b)\W*(?:{_LEADS}\W+)*{word}(?=\W*\0|\W+(?:{_HEADS})\b)|"
        rf"\0\W*{word}\W+(?:it|them|this|that)\b"
    )
    return re.search(verb, rest, re.I) is not None


_LEADS = "(?:" + "|".join(sorted(words_of("said"), key=len, reverse=True)) + ")"
_HEADS = (
    "the|a|an|my|our|this|that|it|them|these|those|up|down|off|out|away|over|into|to|in|both|copy|"
    r"links?\W+#?\d+|fresh|new|another|file|folder|directory"
)


def _holds(value: str, part: Part) -> bool:
    said = part.said.strip().strip("/")
    return bool(said) and (said in value or value == part.path or value.startswith(f"{part.path}/"))
