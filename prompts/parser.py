"""Words to a plan: exact forms, then intent by examples and slots, then a language model.

Without a working embedding model the exact forms still work. A plan from here is only proposed:
the engine validates, resolves, judges and shows it. One parser may serve several threads once the
first request has been parsed (the classifier trains itself on that one, under a lock).
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from lsfs.errors import LsfsError, NotUnderstoodError, UnavailableError
from lsfs.plan import BaseOperation, Plan, Redo, Undo
from lsfs.ports import Embedder, LanguageModel, Names
from lsfs.worded import Program

from .chinese import text as chinese_text
from .chinese.language import is_chinese
from .chinese.parser import forbids
from .decisions import decide
from .english.beyond import refuse_beyond
from .english.certainty import is_open_statement, is_order, refuse_uncertain
from .english.clauses import unwrapped
from .english.dated import with_dated_names
from .english.dictated import quote_dictated
from .english.finding import asked_for, is_noun_phrase, names_things, only_looks, seeks
from .english.frames import read_frame, read_swap
from .english.grouping import makes_folders, only_reads
from .english.imperative import framed_intents, intents_of, without_gerund
from .english.leaving_out import OF_ACTS
from .english.mood import (
    corrects_itself,
    has_condition,
    is_done_to_none,
    is_negated,
    is_question_about,
    refuse_dropped,
    regrets,
    takes_undo_back,
    tells_of_past,
)
from .english.parents import with_parents
from .english.politeness import plain
from .english.questions import questions_of
from .english.reading import names_quoted, read_named
from .english.references import Known, read_in_turn
from .english.slots import fill, searched
from .english.spelling import spelt
from .english.spelt_names import spelt_names
from .english.steps import has_object, steps_of
from .english.summarizing import asks_about
from .english.texting import at_length
from .english.unread_words import refuse_unread_words
from .english.whole import refuse_half_names
from .english.word_order import as_order
from .english.wordings import plain_order
from .exact import exact_forms
from .intents import IntentClassifier, LastVectors
from .labelled.chinese_reading import ChineseActs
from .likely.reading import LikelyActs
from .models.proposals import Asked, propose
from .names.context import Context
from .names.exceptions import with_exceptions
from .names.names_after import NamesAfter
from .names.names_in import names_in
from .names.standing import Standing, is_or_was
from .names.targets import Targets
from .ordinals import is_about_acts, named
from .programs import read_program
from .request.how_many import counting, said_plainly
from .request.overwriting import written_over
from .request.quoting import PATH
from .request.refusals import refuse_above, refuse_vague_act
from .suggestions import checked, not_understood, refuse_to_chat
from .times.dates import parse_moment

_READS = frozenset(
    "search list read stat summarize change_summary similar groups history diff log "
    "translate".split()
)
_SURE_READ = 0.25
_SURE_CHANGE = 0.45
_SURE_DESTRUCTIVE = 0.6
_DESTRUCTIVE = frozenset({"remove", "write", "put_over", "replace", "share", "drop_group"})


class RequestParser:
    """Implements `lsfs.ports.Parser`."""

    def __init__(  # noqa: PLR0913 - by keyword, all of them
        self,
        *,
        embedder: Embedder,
        names: Names,
        model: LanguageModel | None,
        now: Callable[[], datetime],
        cache: Path | None,
        tops: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`now` gives zone-aware times; `cache` is a directory for the examples' vectors; `tops`
        where the tree is seen."""
        self._names = names
        self._model = model
        self._now = now
        self._tops = tops
        remembering = LastVectors(embedder)
        self._intents = IntentClassifier(remembering, cache)
        self._likely = LikelyActs(remembering, cache)
        self._chinese = ChineseActs(remembering, cache)
        self._training = threading.Lock()

    def parse(
        self, request: str, actor: str, shown: Sequence[str] = (), names: Names | None = None,
        folder: str | None = None,
    ) -> Plan:  # fmt: skip
        """See `lsfs.ports.Parser.parse`.

        Raises:
            NotUnderstoodError: no parser understood; `hint` names the nearest things it can do.
            ConfirmationError: a name could be several things; `hint` lists them.
            UsageError, PolicyError: the request is too long, or a value or path is impossible.
        """
        names, _ = names or self._names, checked(request)
        if folder is not None:
            standing = Standing(folder, names, self._tops)
            plan = standing.parsed(_dictated(request), shown, partial(self.parse, actor=actor))
            return plan.model_copy(update={"request": request})
        text, now = checked(request), self._now()
        context = Context(Targets(names), now)
        refuse_to_chat(text)
        exact = exact_forms(text, context.targets, now)
        if exact is not None:
            for one in exact:
                refuse_vague_act(one)
            return _plan(exact, request, "exact", actor)
        if regrets(text):
            return _plan((Undo(),), request, "likely", actor)
        shown = () if is_about_acts(text := _dictated(text)) else shown
        text = said_plainly(named(text, shown))
        try:
            if is_chinese(text):
                operations = written_over(
                    text, partial(self._chinese.read, context=context, shown=shown)
                )
                parser = "likely" if context.targets.is_likely else "grammar"
                return _plan(operations, request, parser, actor)
            return self._english(text, Known(names, shown, now), request, actor)
        except (NotUnderstoodError, UnavailableError) as error:
            if self._model is None or _forbids(text):
                raise self._honest(error) from error
        known, is_there = names_in(text, names), partial(is_or_was, names)
        looks = only_looks(plain(text)) or is_question_about(plain(text))
        operations = propose(self._model, Asked(text, known, now, is_there, looks))
        return _plan(operations, request, f"model:{self._model.name}", actor)

    def parse_alone(self, request: str) -> Plan:
        """`parse`, without the language model."""
        alone = copy.copy(self)
        alone._model = None
        return alone.parse(request, "program", folder="")

    def names(self) -> NamesAfter:
        """See `lsfs.ports.Parser.names`."""
        return NamesAfter(self._names)

    def program(self, text: str, name: str) -> Program:
        """See `lsfs.ports.Parser.program`."""
        return read_program(text, name, self)

    def decide(self, question: str, known: str) -> bool:
        """See `lsfs.ports.Parser.decide`."""
        if self._model is None:
            raise UnavailableError(
                "no language model is configured", hint="see docs/configuration.md"
            )
        return decide(self._model, question, known)

    @property
    def has_model(self) -> bool:
        """Whether open questions can be asked."""
        return self._model is not None

    def moment(self, text: str) -> datetime:
        """A time in words. Raises: UsageError."""
        return parse_moment(text, self._now())

    def _honest(self, error: LsfsError) -> LsfsError:
        """Without an embedding model: say that only exact forms are left."""
        if isinstance(error, UnavailableError):
            return NotUnderstoodError(
                "only exact forms are understood while the embedding model is away",
                hint=f"for example: history PATH, undo, log ({error.message})",
            )
        return error

    def _english(self, text: str, known: Known, request: str, actor: str) -> Plan:
        """What it surely asks for, else what it likely does.

        Raises:
            NotUnderstoodError: neither is known.
        """
        text = at_length(text, Targets(known.names))
        try:
            read = partial(self._by_examples, known=known)
            operations = written_over(spelt(plain(without_gerund(text))), read)
            is_none = is_open_statement(text) or is_done_to_none(text)
            if is_none and any(one.effect != "read" for one in operations):
                raise not_understood("that asks about an act, or for none: nothing was done", ())
            rather = self._likely.rather(text, operations, known, self._single)
        except NotUnderstoodError as error:
            try:
                operations = self._likely.read(text, known, self._single)
            except NotUnderstoodError:
                raise error from error.__cause__
            return _plan(operations, request, "likely", actor)
        if not rather and self._likely.asks_for_nothing(text, operations):
            raise not_understood("that is nothing that can be done with files", ())
        return _plan(rather or operations, request, "likely" if rather else "examples", actor)

    # -- by examples -------------------------------------------------------------------------------

    def _by_examples(self, text: str, known: Known) -> tuple[BaseOperation, ...]:
        """The operations of each step."""
        targets = Targets(known.names)
        if (swapped := read_swap(text, targets)) is not None:
            return swapped
        text = unwrapped(plain_order(text), targets)
        steps = questions_of(text) or steps_of(text, targets.is_named)
        return read_in_turn(steps, known, self._single)

    def _single(self, text: str, context: Context) -> BaseOperation:
        if takes_undo_back(text) and not only_looks(text):
            return Redo()
        if (framed := read_frame(text, context)) is not None:
            return framed
        if (others := with_exceptions(text, context, self._single, OF_ACTS)) is not None:
            return others
        text = as_order(plain_order(with_parents(text, context.targets)), context.targets)
        refuse_beyond(text)
        text = with_dated_names(text, context)
        text = names_quoted(spelt_names(text, context.targets), context.targets)
        if (read := read_named(text, context)) is not None:
            return read
        if (found := asked_for(text, context)) is not None:
            return _valid(lambda: searched(found, text, context.now), ())
        if asks_about(text, context):
            return _valid(lambda: fill("summarize", text, context), ())
        return self._by_nearness(text, context)

    def _by_nearness(self, text: str, context: Context) -> BaseOperation:
        ranked = self._ranked(text)
        if tells_of_past(text):
            ranked = [pair for pair in ranked if pair[0] in _READS | {"rollback", "undo", "none"}]
            ranked = [(intent, min(1.0, 2 * chance)) for intent, chance in ranked]
        intent, _ = ranked[0]
        if intent == "none" and not is_negated(text):
            intent = self._settled(text, ranked)
        self._refuse_no_order(text, intent, ranked)
        try:
            return self._settled_operation(text, context, ranked)
        except NotUnderstoodError:
            if _is_talk(ranked) or not names_things(text):
                raise
            return fill("search", text, context)

    def _settled_operation(
        self, text: str, context: Context, ranked: Sequence[tuple[str, float]]
    ) -> BaseOperation:
        intent, probability = self._settled(text, ranked), ranked[0][1]
        if intent not in _READS:
            refuse_above(text)
            context.targets.refuse_paths_outside(text)
        operation = self._filled(intent, text, context, ranked)
        refuse_dropped(text, operation)
        if operation.effect != "read":
            refuse_half_names(text, context.targets, operation, intent)
            refuse_uncertain(text, operation)
            refuse_unread_words(text, operation, intent, context.now)
            if not is_order(text, intent, operation):
                raise not_understood("I am not sure that this is an order", ranked)
            if probability < _needed(intent):
                raise not_understood("I am not sure what you want changed", ranked)
        refuse_vague_act(operation)
        return operation

    def _refuse_no_order(self, text: str, intent: str, ranked: Sequence[tuple[str, float]]) -> None:
        """Refuse what corrects itself, says what not to do, asks about it, or sets conditions."""
        if intent in _READS:
            problem = "that says what not to do: nothing was done" if is_negated(text) else None
        elif corrects_itself(text):
            problem = "that corrects itself: say it once more, from the start"
        elif _forbids(text) or is_question_about(plain(text)):
            problem = "that says what not to do, or asks about it: nothing was done"
        elif has_condition(text):
            problem = "I cannot hold to conditions and exceptions: say what to act on"
        else:
            problem = None
        if problem is not None:
            raise not_understood(problem, ranked)

    def _ranked(self, text: str) -> list[tuple[str, float]]:
        with self._training:
            self._intents.ready()
        ranked = _narrowed(self._intents.probabilities(text), text)
        likeliest = ranked[0][0]
        if not (only_looks(text) or (likeliest == "group" and only_reads(text))):
            return ranked
        if likeliest in _READS:
            return ranked
        reads = [(intent, chance) for intent, chance in ranked if intent in _READS]
        total = sum(chance for _, chance in reads)
        return [(intent, chance / total) for intent, chance in reads]

    def _settled(self, text: str, ranked: Sequence[tuple[str, float]]) -> str:
        """The intent to try; a bare noun phrase is a search, small talk is nothing."""
        intent, probability = ranked[0]
        if intent != "none" and probability >= (
            _SURE_READ if intent in _READS else _needed(intent)
        ):
            return "group" if intent in ("copy", "move") and makes_folders(text) else intent
        if not _is_talk(ranked) and is_noun_phrase(text):
            return "search"
        raise not_understood("I did not understand what to do", ranked)

    def _filled(
        self, intent: str, text: str, context: Context, ranked: Sequence[tuple[str, float]]
    ) -> BaseOperation:
        try:
            return _valid(lambda: fill(intent, text, context), ranked)
        except NotUnderstoodError:
            second, probability = ranked[1]
            if intent in _READS and second in _READS and probability >= 0.1:
                return fill(second, text, context)
            if (intent == "read" and not PATH.search(text)) or (intent in _READS and seeks(text)):
                return fill("search", text, context)
            raise


def _dictated(text: str) -> str:
    return chinese_text.quote_dictated(text) if is_chinese(text) else quote_dictated(text)


def _forbids(text: str) -> bool:
    """Whether it says what is not to be done."""
    return is_negated(text) or (is_chinese(text) and forbids(text))


def _is_talk(ranked: Sequence[tuple[str, float]]) -> bool:
    return dict(ranked).get("none", 0.0) > 0.97


def _plan(operations: Sequence[BaseOperation], request: str, parser: str, actor: str) -> Plan:
    return Plan.model_validate(
        {
            "operations": counting(request, operations),
            "request": request,
            "parser": parser,
            "actor": actor,
        }
    )


def _narrowed(ranked: list[tuple[str, float]], text: str) -> list[tuple[str, float]]:
    """The chances of what the verb that the request begins with may ask for, where that is known
    and the wording does not speak against it."""
    framed = framed_intents(text)
    asked = framed or intents_of(text)
    likely = [(intent, chance) for intent, chance in ranked if intent in asked]
    total = sum(chance for _, chance in likely)
    is_open = total < _OPEN and (len(asked) > 1 or "none" in asked)
    if not total or (not framed and (is_open or not has_object(text))):
        return ranked
    return [(intent, chance / total) for intent, chance in likely] + [
        (intent, 0.0) for intent, _ in ranked if intent not in asked
    ]


_OPEN = 0.15
"""Less of the chances is a wording of something else."""


def _valid(
    filled: Callable[[], BaseOperation], ranked: Sequence[tuple[str, float]]
) -> BaseOperation:
    try:
        return filled()
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", ranked) from error


def _needed(intent: str) -> float:
    return _SURE_DESTRUCTIVE if intent in _DESTRUCTIVE else _SURE_CHANGE
