"""Acts that are likely meant: by the nearest of many examples, and by the roles of their names.

Asked where the strict grammar does not understand. What comes of it is only proposed: the policy
asks about it. One `LikelyActs` may serve several threads.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from lsfs.errors import ConfirmationError, NotUnderstoodError, UnavailableError
from lsfs.plan import BaseOperation, List, Remove, Search
from lsfs.ports import Embedder
from lsfs.selector import Selector

from ..english.certainty import refuse_uncertain
from ..english.finding import names_things, seeks
from ..english.imperative import table, verb_of
from ..english.imperative import words_of as orders
from ..english.mistaken import refuse_folders_as_files
from ..english.mood import is_done_to_none
from ..english.politeness import plain
from ..english.references import Known, read_in_turn
from ..english.slots import fill
from ..english.unread_words import refuse_other_things
from ..english.whole import refuse_lost_time
from ..intents import LIKELY, STORIES, IntentClassifier
from ..labelled.reading import labelled_act, refuse_disputed
from ..names.context import Context
from ..names.places import refuse_words_as_folders
from ..names.targets import Targets
from ..request.quoting import blanked_names, masked
from ..request.refusals import refuse_above, refuse_vague_act
from ..suggestions import not_understood
from .acts import FILLERS
from .forms import cut_by_numbers, formed, of_several_steps
from .hidden_orders import may_order
from .kinds import with_roles_of_kinds
from .objects import Request, is_folder
from .parts import parts_of
from .refusals import STATED, WISHES, refuse_no_act, refuse_unheld, refuse_words
from .steps import in_turn, maybe_cut, surely_cut, uncourteous
from .stories import Order, without_stories
from .words import asked_by, asks_for, learnt, speaks_for, told

Ranked = Sequence[tuple[str, float]]
Parse = Callable[[str, Context], BaseOperation]

MOST_WORDS = 60
"""An order has no more, quotes aside."""
SURE = 0.6
"""The share that an intent needs of the chances of all that fit the parts of a request."""
LIKELY_ALONE = 0.4
"""The chance that it needs where no other fits."""
LEAST = 0.1
"""An intent of less is not tried."""
SURE_OF_ALL = 0.8
"""The chance that a look at nothing in particular needs: "what did you do"."""


@dataclass(frozen=True, slots=True)
class _Sure:
    """What the grammar reads, but for the whole request, which it has not understood."""

    parse: Parse
    request: str

    def read(self, step: str, context: Context) -> BaseOperation | None:
        """The operation of a step, None where it is not understood."""
        if step == self.request:
            return None
        try:
            return self.parse(step, context)
        except NotUnderstoodError:
            return None


class LikelyActs:
    """What requests likely ask for."""

    def __init__(self, embedder: Embedder, cache: Path | None) -> None:
        """See `IntentClassifier`."""
        self._intents = IntentClassifier(embedder, cache, LIKELY)
        self._stories = IntentClassifier(embedder, cache, STORIES)
        self._training = threading.Lock()

    def read(
        self, text: str, known: Known, surely: Parse, *, looks: bool = True
    ) -> tuple[BaseOperation, ...]:
        """The operations of a request's steps; `surely` reads a step by the grammar; `looks`: it
        may change nothing.

        Raises:
            NotUnderstoodError: a step is neither sure nor likely.
            ConfirmationError: a name could be several things.
            UnavailableError: the embedding model does not answer.
        """
        if len(masked(text).split()) > MOST_WORDS:
            raise not_understood("that is longer than orders are", ())
        if _WONDERS.match(masked(text)) or is_done_to_none(text):
            raise not_understood("I did not understand that as an order", ())
        targets = Targets(known.names)
        order = formed(of_several_steps(uncourteous(cut_by_numbers(text)), targets), targets)
        problem: NotUnderstoodError | None = None
        for rest in self._orders(order, targets, known.now):
            try:
                found = self._ordered(rest.text, known, _Sure(surely, plain(text)), targets)
                _refuse_for_others(found, rest)
                if rest.text != order or not looks:
                    _refuse_looks(found)
                return found
            except NotUnderstoodError as error:
                problem = problem or error
        raise problem or not_understood("I did not understand what to do", ())

    def rather(
        self, text: str, found: Sequence[BaseOperation], known: Known, surely: Parse
    ) -> tuple[BaseOperation, ...]:
        """The operations of an order that the grammar took for a search; none where it is one.

        Raises:
            UnavailableError: the embedding model does not answer.
        """
        if not may_order(text, found) and not self._is_act(text, found):
            return ()
        try:
            return self.read(text, known, surely, looks=False)
        except (NotUnderstoodError, ConfirmationError):
            return ()

    def asks_for_nothing(self, text: str, found: Sequence[BaseOperation]) -> bool:
        """Whether what would be searched for is hardly said to a file system: "ring the vet"."""
        if len(found) != 1 or not isinstance(found[0], Search) or not found[0].query:
            return False
        if seeks(plain(text)):
            return False
        return dict(self._maybe_ranked(plain(text))).get("none", 0.0) >= NOTHING

    def _is_act(self, text: str, found: Sequence[BaseOperation]) -> bool:
        """Whether what was read as a search by its words is hardly one."""
        if len(found) != 1 or not isinstance(found[0], Search | List) or not names_things(text):
            return False
        intent, chance = self._maybe_ranked(plain(text))[0]
        return chance >= NO_SEARCH and intent in _ACTS

    def _orders(self, order: str, targets: Targets, now: datetime) -> Iterator[Order]:
        """The whole order, and what is left of it without what only tells something."""
        yield Order(order)
        yield from without_stories(order, targets, now, self._nearness)

    def _nearness(self, clause: str) -> Ranked:
        with self._training:
            self._stories.ready()
        return self._stories.probabilities(clause)

    def _ordered(
        self, order: str, known: Known, sure: _Sure, targets: Targets
    ) -> tuple[BaseOperation, ...]:
        """The operations of an order, cut into steps in the first way that is understood."""
        refuse_no_act(order)
        problem: NotUnderstoodError | None = None
        for way in _ways_to_cut(plain(order)):
            steps = [part for step in way for part in formed(step, targets).split("; ")]
            try:
                found = read_in_turn(steps, known, partial(self._step, sure))
                _refuse_clauses(steps, found)
                return found
            except NotUnderstoodError as error:
                problem = problem or error
        raise problem or not_understood("I did not understand what to do", ())

    def _step(self, sure: _Sure, step: str, context: Context) -> BaseOperation:
        """A step as the grammar reads it; where that looks for something, rather as an act."""
        found = sure.read(step, context)
        if found is not None and (found.effect != "read" or verb_of(step) is not None):
            return found
        if (operation := self._of_set(sure, step, context)) is not None:
            return operation
        try:
            return labelled_act(step, context, self._ranked(step))
        except NotUnderstoodError:
            pass
        try:
            likely = self._likely(step, context)
            refuse_disputed(step, likely, context)
            return likely
        except NotUnderstoodError:
            if found is None:
                raise
            return found

    def _of_set(self, sure: _Sure, step: str, context: Context) -> BaseOperation | None:
        """An act on a described set by a verb that is not known; the grammar reads the rest."""
        described = _OF_SET.match(plain(step))
        if described is None or verb_of(plain(step)) is not None:
            return None
        ranked = self._ranked(step)
        intent, chance = ranked[0]
        rivals = sum(dict(ranked).get(other, 0.0) for other in ("none", "search"))
        known, verb = _VERBS.get(intent), described["verb"].casefold()
        if known is None or chance < max(SURE * (chance + rivals), LIKELY_ALONE):
            return None
        if verb in orders("others") or (intent != "move" and not speaks_for(intent, verb)):
            return None
        operation = sure.read(f"{known} {described['set']}", context)
        target = getattr(operation, "target", None)
        if getattr(operation, "op", "") != intent or not isinstance(target, Selector):
            return None
        return None if target.is_literal() else operation

    def _maybe_ranked(self, text: str) -> Ranked:
        """The intents; without the embedding model what the grammar reads stands."""
        try:
            return self._ranked(text)
        except UnavailableError:
            return [("search", 0.0)]

    def _ranked(self, step: str) -> Ranked:
        with self._training:
            self._intents.ready()
        return self._intents.probabilities(step)

    def _likely(self, step: str, context: Context) -> BaseOperation:
        return likely_act(step, context, self._ranked(step))


_WONDERS = re.compile(
    r"\W*(?:have|has|had)\s.*\b(?:been\b|\?\W*$)|"
    r"\W*(?:get|list|show|find)\s.*\b(?:deleted|removed|erased|moved|copied)\s+(?:in|on|since|before|after|last|this|"
    r"yesterday|today|between|during|by|from)\b",
    re.I | re.S,
)
"""Whether something has been done, or what was: in no form of it an order."""
_OF_SET = re.compile(
    r"(?P<verb>[a-z]+(?:\s+(?:up|off|out|away|over|down))?)\s+(?P<set>(?:all|every|each|everything|whatever|"
    r"any|(?:the|my|our)\s+(?:(?:\w+\s+)?(?:newest|oldest|latest|largest|biggest|smallest)|\w+s))\b.+)$",
    re.I | re.S,
)
_ACTS = frozenset(FILLERS) - {"undo", "redo"}
NOTHING = 0.6
"""The chance that nothing is asked for which a search needs not to be made."""
NO_SEARCH = 0.9
"""The chance of an act that a search needs to be read anew."""
_VERBS = {
    "move": "move", "copy": "copy", "remove": "delete", "lock": "lock", "unlock": "unlock",
    "link": "symlink",
}  # fmt: skip


def _ways_to_cut(text: str) -> Iterator[list[str]]:
    """From a few to many steps, each way once."""
    surely = surely_cut(text)
    maybe = [part for step in surely for part in maybe_cut(step)]
    ways = [surely, maybe, [part for step in maybe for part in in_turn(step)]]
    yield from (way for i, way in enumerate(ways) if way and way not in ways[:i])


def _refuse_clauses(steps: Sequence[str], found: Sequence[BaseOperation]) -> None:
    """Refuse steps that were cut and are none: a look without a verb for that, the same act twice.

    Raises:
        NotUnderstoodError: there are.
    """
    if len(steps) == 1:
        return
    is_read = any(
        operation.effect == "read" and not _looks(verb_of(plain(step)))
        for step, operation in zip(steps, found, strict=False)
    )
    targets = [(type(one), getattr(one, "target", getattr(one, "path", None))) for one in found]
    if is_read or len(steps) != len(found) or any(targets.count(one) > 1 for one in targets):
        raise not_understood("I did not understand each of the steps", ())


def _looks(verb: str | None) -> bool:
    """Whether a verb may ask for a look."""
    return verb is not None and not table("verbs").get(verb, ())


def _refuse_looks(found: Sequence[BaseOperation]) -> None:
    """Refuse what only looks, where a part of the request was left out.

    Raises:
        NotUnderstoodError: it does.
    """
    if all(operation.effect == "read" for operation in found):
        raise not_understood("I did not understand all of that", ())


def _refuse_for_others(found: Sequence[BaseOperation], order: Order) -> None:
    """Refuse other operations than those for which a part of the request may be left out.

    Raises:
        NotUnderstoodError: there is one, or none of those.
    """
    made = {str(getattr(operation, "op", "")) for operation in found}
    if order.only is not None and not order.only & made:
        raise not_understood("I did not understand all of that", ())


def likely_act(text: str, context: Context, ranked: Ranked) -> BaseOperation:
    """The one operation that a request likely asks for; `ranked` are the intents (intent, chance).

    Raises:
        NotUnderstoodError: none is likely, or it says more than that.
        ConfirmationError: a name could be several things.
        PolicyError: it names a path outside.
    """
    refuse_above(text)
    context.targets.refuse_paths_outside(text)
    fitting: list[tuple[float, BaseOperation]] = []
    rivals, problem = 0.0, None
    for intent, chance in _narrowed(ranked, text):
        if chance < LEAST:
            break
        if intent in ("none", "search"):
            rivals += chance
            continue
        try:
            fitting.append((chance, _filled(intent, text, context, chance)))
        except NotUnderstoodError as error:
            problem = problem or error
    total = rivals + sum(chance for chance, _ in fitting)
    if fitting and fitting[0][0] >= max(SURE * total, LIKELY_ALONE):
        return fitting[0][1]
    raise problem or not_understood("I did not understand what to do", ranked)


def _narrowed(ranked: Ranked, text: str) -> Ranked:
    """The chances of what its verbs may ask for, where these are of acts alone."""
    words = re.findall(r"[^\W\d_]+", blanked_names(text).casefold())
    asked = [asked_by(word) for word in words if word not in told(ranked[0][0])]
    few = [intents for intents in asked if 0 < len(intents) < FEW]
    every = frozenset.intersection(*few) if few else None
    likely = [(intent, chance) for intent, chance in ranked if every and intent in every]
    total = sum(chance for _, chance in likely)
    if total < FEW_CHANCES:
        return ranked
    return [(intent, chance / total) for intent, chance in likely]


FEW = 4
"""A verb of fewer intents says which is asked for."""
FEW_CHANCES = 0.05
"""Less is a wording of something else."""


def _filled(intent: str, text: str, context: Context, chance: float) -> BaseOperation:
    parts = parts_of(text, context.targets, learnt(intent))
    request = Request(text, parts, intent, context, chance)
    try:
        operation = _by_roles(request) or fill(intent, text, context)
    except ConfirmationError:  # asked only where all else is plain
        refuse_words(request, None, chance)
        raise
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", [(intent, 1.0)]) from error
    if operation.effect == "read" and not (parts or chance > SURE_OF_ALL):
        raise not_understood("I did not understand what to look at", [(intent, chance)])
    if operation.effect != "read" and STATED.search(request.rest):
        raise not_understood("that states something", [(intent, chance)])
    refuse_unheld(request, operation)
    refuse_words(request, operation, chance)
    if operation.effect == "read":
        return operation
    refuse_lost_time(text, operation, context.now)
    refuse_uncertain(text, operation)
    refuse_other_things(text, operation, intent)
    refuse_vague_act(operation)
    if WISHES.search(request.rest) and not asks_for(intent, request.rest):
        raise not_understood("I am not sure that this is an order", [(intent, chance)])
    _refuse_kinds_as_folders(request, operation)
    return operation


def _refuse_kinds_as_folders(request: Request, operation: BaseOperation) -> None:
    """See `refuse_words_as_folders`: "delete my music"."""
    target = getattr(operation, "target", None)
    paths = target.paths if isinstance(target, Selector) else ()
    folders = [path for path in paths if is_folder(path, request)]
    refuse_folders_as_files(request.text, paths, request.context.targets)
    said = [part.said for part in request.parts if part.path in folders and not part.is_quoted]
    bases = [path.rpartition("/")[2] for path in folders] if said else []
    refuse_words_as_folders(request.text, [*said, *bases], careful=isinstance(operation, Remove))


def _by_roles(request: Request) -> BaseOperation | None:
    """By the roles that the words give to the names; where these make no act, by what is named."""
    filler = FILLERS.get(request.intent)
    if filler is None:
        return None
    try:
        return filler(request)
    except NotUnderstoodError:
        other = with_roles_of_kinds(request)
        if other is None:
            raise
        return filler(other)
