"""Chinese acts whose words were labelled, for what the grammar does not understand."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from lsfs.errors import ConfirmationError, NotUnderstoodError, UnavailableError
from lsfs.plan import BaseOperation, Search
from lsfs.ports import Embedder

from ..chinese.parser import LATER, forbids, read_chinese, refused
from ..chinese.text import HAN, simplified
from ..english.certainty import refuse_uncertain
from ..intents import CHINESE, IntentClassifier
from ..likely.parts import Part, blanked
from ..names.context import Context
from ..request.data import load
from ..request.marked import marked
from ..request.refusals import missing, refuse_above, refuse_vague_act
from ..suggestions import not_understood
from .acts import FILLERS, operation_of
from .chinese import chinese_mentions, neutral
from .labeller import Labeller, Slot, shipped
from .order import Grammar, Order

SURE = 0.5
"""The chance that an intent and the slots of it need together."""
LEAST = 0.3
"""An intent of less is not tried."""
NO_SEARCH = 0.9
"""The chance of an act that a search needs to be read anew."""


def _read(intent: str, order: str, context: Context) -> BaseOperation:
    """The one act that the grammar makes of a plain order."""
    (operation, *more) = read_chinese(order, context)
    if more or isinstance(operation, Search):
        raise missing("which files or which time you mean", "删除 draft.txt")
    return operation


GRAMMAR = Grammar(
    _read,
    {
        "remove set": "删除{what}", "move set": "把{what}移到{to}", "copy set": "把{what}复制到{to}",
        "lock set": "锁定{what}", "unlock set": "解锁{what}", "group set": "把{what}归为一组，叫{name}",
        "rollback": "把{what}恢复到{when}", "folder": "把{what}恢复到{when}",
        "touch": "把{what}的修改时间改成{when}", "diff": "比较{what}的两个版本",
        "diff with": "{what}和{when}比有什么不同", "diff between": "比较{what}{when}和{other}",
        "change_summary": "{what}{when}有什么变化", "share": "把{what}分享{when}",
        "share until": "分享{what}，有效期到{when}", "translate": "把{what}翻译成{language}",
    },
)  # fmt: skip


class ChineseActs:
    """What Chinese requests likely ask for. Any thread."""

    def __init__(self, embedder: Embedder, cache: Path | None) -> None:
        """See `IntentClassifier`."""
        self._intents = IntentClassifier(embedder, cache, CHINESE)
        self._training = threading.Lock()

    def read(
        self, text: str, context: Context, shown: Sequence[str] = ()
    ) -> tuple[BaseOperation, ...]:
        """The operations that a request asks for: surely, by the grammar, or likely.

        Raises:
            NotUnderstoodError: neither is known.
            ConfirmationError: a name could be several things.
        """
        try:
            sure = read_chinese(text, context, shown)
        except NotUnderstoodError as error:
            ways = (self._whole, partial(read_chinese, shown=shown, likely=self.act))
            for way in ways:
                try:
                    return way(text, context)
                except (NotUnderstoodError, UnavailableError):
                    continue
            raise error from error.__cause__
        return self._rather(text, context, sure) or sure

    def _whole(self, text: str, context: Context) -> tuple[BaseOperation, ...]:
        operation = self.act(text, context)
        context.targets.is_likely = True
        return (operation,)

    def _rather(
        self, text: str, context: Context, sure: Sequence[BaseOperation]
    ) -> tuple[BaseOperation, ...]:
        """The act that a request is, which the grammar took for a search; none where it is one."""
        if len(sure) != 1 or not isinstance(sure[0], Search) or not sure[0].query:
            return ()
        mentions = chinese_mentions(text, context.targets)
        try:
            intent, chance = self.ranked(text, mentions)[0] if mentions else ("search", 1.0)
            return self._whole(text, context) if chance >= NO_SEARCH and intent in FILLERS else ()
        except (NotUnderstoodError, ConfirmationError, UnavailableError):
            return ()

    def act(self, text: str, context: Context) -> BaseOperation:
        """The one operation that a step likely asks for.

        Raises:
            NotUnderstoodError: none is likely, or it says more than that.
            ConfirmationError: a name could be several things.
            PolicyError: it names a path outside.
            UnavailableError: the embedding model does not answer.
        """
        refuse_above(text)
        context.targets.refuse_paths_outside(text)
        mentions = chinese_mentions(text, context.targets)
        problem: NotUnderstoodError | None = None
        for intent, chance in self.ranked(text, mentions):
            if chance < LEAST or intent not in FILLERS:
                break
            try:
                return _filled(text, intent, chance, mentions, context)
            except NotUnderstoodError as error:
                problem = problem or error
        raise problem or not_understood("I did not understand what to do", ())

    def ranked(self, text: str, mentions: Sequence[Part]) -> Sequence[tuple[str, float]]:
        """(intent, chance), the likeliest first."""
        with self._training:
            self._intents.ready()
        return self._intents.probabilities(neutral(simplified(text), mentions))


def _filled(
    text: str, intent: str, chance: float, mentions: Sequence[Part], context: Context
) -> BaseOperation:
    slots, sureness = _labeller().slots(text, intent, mentions)
    if chance * sureness < SURE:
        raise not_understood("I am not sure what that is to do", [(intent, chance)])
    try:
        operation = operation_of(Order(text, intent, slots, context, GRAMMAR))
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", [(intent, chance)]) from error
    for part in mentions:
        if not any(slot.start < part.end and part.start < slot.end for slot in slots):
            raise _left_over(part.said)
    rest = simplified(_rest(text, slots))
    if reason := refused(rest, operation):
        raise NotUnderstoodError(reason, hint="say what to do, and with which files")
    _refuse_left_over(rest)
    if operation.effect != "read":
        if forbids(rest) or LATER.search(rest) or text.rstrip().endswith(("?", "？", "吗")):
            raise not_understood("that asks about an act: nothing was done", ())
        _refuse_unmarked(text, slots)
        refuse_uncertain(text, operation)
    refuse_vague_act(operation)
    return operation


@lru_cache(maxsize=1)
def _labeller() -> Labeller:
    return shipped("zh")


def _rest(text: str, slots: Sequence[Slot]) -> str:
    return blanked(text, [Part(slot.start, slot.end, slot.said) for slot in slots])


def _refuse_unmarked(text: str, slots: Sequence[Slot]) -> None:
    """Refuse texts without marks of which it is not certain where they end.

    Raises:
        NotUnderstoodError: there is one.
    """
    for slot in slots:
        is_whole = slot.end == len(text.rstrip(" 。！!")) or text[slot.end : slot.end + 1] in "，,。；;"
        if slot.role == "text" and not slot.is_quoted and not is_whole:
            raise _left_over(slot.said)


def _refuse_left_over(rest: str) -> None:
    """Refuse words that fill no slot where nobody says them beside an act.

    Raises:
        NotUnderstoodError: there are some.
    """
    for run in re.findall(f"[{HAN}A-Za-z]+", rest):
        for pair in map("".join, pairwise(run)):
            if pair not in _said_beside():
                raise _left_over(run)


@lru_cache(maxsize=1)
def _said_beside() -> frozenset[str]:
    """The pairs of signs that stand beside slots in the marked requests."""
    rests = [step.rest for step in marked("marked.zh") if step.intent != "none"]
    rests += [text for intent, texts in load("acts.zh").items() if intent not in ("none", "search") for text in texts]
    runs = (run for rest in rests for run in re.findall(f"[{HAN}A-Za-z]+", simplified(rest)))
    return frozenset("".join(pair) for run in runs for pair in pairwise(run))


def _left_over(word: str) -> NotUnderstoodError:
    return NotUnderstoodError(
        f"I did not understand what {word!r} is to mean there",
        hint="leave it out, or put names and texts in quotes",
    )
