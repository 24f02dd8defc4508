"""Chinese acts whose words were labelled, for what the grammar does not understand."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from lsfs.errors import LsfsError, NotUnderstoodError
from lsfs.plan import BaseOperation, List, Redo, Search, Undo
from lsfs.ports import Embedder

from ..chinese.parser import LATER, forbids, read_chinese, refused
from ..chinese.search import likely_search
from ..chinese.steps import plainly
from ..chinese.text import phrase_of, simplified
from ..english.certainty import refuse_uncertain
from ..english.whole import refuse_lost_time
from ..intents import CHINESE, IntentClassifier
from ..likely.parts import Part, blanked
from ..names.context import Context
from ..names.exceptions import with_exceptions
from ..request.quoting import masked
from ..request.refusals import left_over, missing, refuse_above, refuse_vague_act
from ..suggestions import not_understood
from .acts import FILLERS, operation_of
from .chinese import chinese_mentions, neutral
from .chinese_checks import (
    LIMITS,
    TIMES,
    drops_an_act,
    refuse_left_over,
    refuse_parts,
    refuse_times,
    refuse_unmarked,
)
from .labeller import Slot, labelled
from .order import Grammar, Order

SURE = 0.5
"""The chance that an intent and the slots of it need together."""
LEAST = 0.3
"""An intent of less is not tried."""
MOST_SIGNS = 160
"""A request of more is no likely order."""
A_SEARCH = 0.9
"""The chance that a search needs whose words the grammar does not know for one."""
NO_SEARCH = 0.9
"""The chance of an act that a search needs to be read anew."""


def _read(intent: str, order: str, context: Context) -> BaseOperation:
    """The one act that the grammar makes of a plain order."""
    (operation, *more) = read_chinese(order, context)
    name = str(operation.model_dump()["op"])
    if more or name not in _MADE.get(intent, (intent,)):
        raise missing("which files or which time you mean", "删除 draft.txt")
    return operation


_MADE = {"rollback": ("rollback", "restore")}


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
    "“{}”".format,
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
        is_long = len(masked(text)) > MOST_SIGNS
        if not is_long and (others := self._but(text, context)) is not None:
            return (others,)
        try:
            sure = read_chinese(text, context, shown)
        except NotUnderstoodError as error:
            if is_long:
                raise
            in_steps = partial(read_chinese, shown=shown, likely=self.act)
            ways = (in_steps,) if _JOINS.search(simplified(text)) else (self._whole, in_steps)
            for way in ways:
                try:
                    found = way(text, context)
                except LsfsError:
                    continue
                if not drops_an_act(masked(simplified(text)), found):
                    return found
            raise error from error.__cause__
        found = sure if is_long else self._rather(text, context, sure) or sure
        if drops_an_act(masked(simplified(text)), found):
            raise not_understood("I did not understand what to do, or to what", ())
        return found

    def _but(self, text: str, context: Context) -> BaseOperation | None:
        """The one act on all but what is named, where it says so."""

        def one(rest: str, context: Context) -> BaseOperation:
            (operation, *more) = self.read(rest, context)
            if more:
                raise missing(
                    "of which step that is an exception", "删除 inbox 里的 pdf，除了 cv.pdf"
                )
            return operation

        try:
            return with_exceptions(text, context, one, _EXCEPT)
        except NotUnderstoodError:
            return None

    def _whole(self, text: str, context: Context) -> tuple[BaseOperation, ...]:
        operation = self.act(text, context)
        context.targets.is_likely = True
        return (operation,)

    def _rather(
        self, text: str, context: Context, sure: Sequence[BaseOperation]
    ) -> tuple[BaseOperation, ...]:
        """The act that a request is, which the grammar took for a look; none where it is one."""
        is_look = len(sure) == 1 and (isinstance(sure[0], List) or _has_topic(sure[0]))
        if not is_look:
            return ()
        mentions = chinese_mentions(text, context.targets)
        try:
            intent, chance = self.ranked(text, mentions)[0] if mentions else ("search", 1.0)
            return self._whole(text, context) if chance >= NO_SEARCH and intent in FILLERS else ()
        except LsfsError:
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
            if chance >= NO_SEARCH and intent in _ALONE and not mentions:
                return _alone(simplified(text), intent)
            if intent == "search" and chance >= A_SEARCH:
                return _sought(text, context)
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


def _has_topic(operation: BaseOperation) -> bool:
    return isinstance(operation, Search) and bool(operation.query)


def _sought(text: str, context: Context) -> BaseOperation:
    """The search that it is.

    Raises:
        NotUnderstoodError: it selects nothing.
    """
    phrase, _ = plainly(phrase_of(text, context.targets))
    operation = None if _JOINS.search(phrase.text) else likely_search(phrase, context)
    if operation is None or refused(phrase.text, operation):
        raise not_understood("I did not understand what to look for", ())
    return operation


def _filled(
    text: str, intent: str, chance: float, mentions: Sequence[Part], context: Context
) -> BaseOperation:
    slots, sureness = labelled(text, intent, mentions, "zh")
    if chance * sureness < SURE:
        raise not_understood("I am not sure what that is to do", [(intent, chance)])
    try:
        operation = operation_of(Order(text, intent, slots, context, GRAMMAR))
    except ValidationError as error:
        raise not_understood("a part of that makes no valid plan", [(intent, chance)]) from error
    for part in mentions:
        if not any(slot.start < part.end and part.start < slot.end for slot in slots):
            raise left_over(part.said)
    rest = simplified(_rest(text, slots))
    if intent in _GIVING_UP:
        rest = _NO_MORE.sub("\0", rest)
    if reason := refused(rest, operation):
        raise NotUnderstoodError(reason, hint="say what to do, and with which files")
    if operation.effect == "read":
        refuse_times(rest, intent)
    else:
        is_marked = all(_is_marked(slot) for slot in slots)
        refuse_left_over(rest, intent, chance if is_marked else 0.0)
        if forbids(rest) or LATER.search(rest) or text.rstrip().endswith(("?", "？", "吗")):
            raise not_understood("that asks about an act: nothing was done", ())
        refuse_parts(rest, intent)
        refuse_lost_time(text, operation, context.now)
        refuse_unmarked(text, slots, intent)
        refuse_uncertain(text, operation)
    refuse_vague_act(operation)
    return operation


def _is_marked(slot: Slot) -> bool:
    """Whether where it ends is certain: by an ending, by quotes, or as it names nothing."""
    is_name = slot.role in ("target", "from", "to")
    return not is_name or slot.is_quoted or "." in slot.said or slot.said.isascii()


def _rest(text: str, slots: Sequence[Slot]) -> str:
    return blanked(text, [Part(slot.start, slot.end, slot.said) for slot in slots])


def _alone(text: str, intent: str) -> BaseOperation:
    """An act that needs no name.

    Raises:
        NotUnderstoodError: it is said not to be done, or not now.
    """
    operation = _ALONE[intent]()
    is_limited = LIMITS.search(text) or TIMES.search(text)
    if refused(text, operation) or forbids(text) or LATER.search(text) or is_limited:
        raise not_understood("I am not sure that this is an order", [(intent, 1.0)])
    refuse_left_over(text, intent, 1.0)
    return operation


_ALONE: dict[str, type[Undo] | type[Redo]] = {"undo": Undo, "redo": Redo}
_GIVING_UP = ("write", "unshare", "drop_group", "unlock")
_NO_MORE = re.compile("(?:都|也)?不(?:再)?(?:要|需要|用)(?:再?分享(?:出去)?)?了")
_JOINS = re.compile("然后|接着|随后|最后|[,，;；。](?:再|并|也)")
_EXCEPT = (
    re.compile(
        "[,，]?\\s*(?<![删移清去解消排扣])除了?\\s*(?P<names>[^,，。;；]+?)\\s*"
        "(?:(?:以外|之外|外)的?|的?(?=其他|其它|所有|全部|文件|都|[,，]|$))[,，]?"
    ),
    re.compile(
        "[,，]\\s*(?:但是?|不过|可是)?(?:留着?|保留|别动|不要动|不动)\\s*(?P<names>[^,，。;；]+?)$"
    ),
)
""" "删除所有 pdf，除了 cv.pdf"."""
