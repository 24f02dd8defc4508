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
from lsfs.plan import BaseOperation, Redo, Search, Undo
from lsfs.ports import Embedder

from ..chinese.parser import LATER, forbids, read_chinese, refused
from ..chinese.search import likely_search
from ..chinese.steps import plainly
from ..chinese.text import HAN, phrase_of, simplified, words
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
from .labeller import Slot, labelled
from .order import Grammar, Order

SURE = 0.5
"""The chance that an intent and the slots of it need together."""
LEAST = 0.3
"""An intent of less is not tried."""
A_SEARCH = 0.9
"""The chance that a search needs whose words the grammar does not know for one."""
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
        try:
            sure = read_chinese(text, context, shown)
        except NotUnderstoodError as error:
            in_steps = partial(read_chinese, shown=shown, likely=self.act)
            ways = (in_steps, self._whole) if _JOINS.search(text) else (self._whole, in_steps)
            for way in ways:
                try:
                    return way(text, context)
                except (NotUnderstoodError, ConfirmationError, UnavailableError):
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
            raise _left_over(part.said)
    rest = simplified(_rest(text, slots))
    if intent in _GIVING_UP:
        rest = _NO_MORE.sub("\0", rest)
    if reason := refused(rest, operation):
        raise NotUnderstoodError(reason, hint="say what to do, and with which files")
    if operation.effect == "read":
        _refuse_times(rest, operation, context)
    else:
        _refuse_left_over(rest, intent, chance)
        if forbids(rest) or LATER.search(rest) or text.rstrip().endswith(("?", "？", "吗")):
            raise not_understood("that asks about an act: nothing was done", ())
        _refuse_parts(rest, intent)
        _refuse_unmarked(text, slots, intent)
        refuse_uncertain(text, operation)
    refuse_vague_act(operation)
    return operation


def _rest(text: str, slots: Sequence[Slot]) -> str:
    return blanked(text, [Part(slot.start, slot.end, slot.said) for slot in slots])


def _refuse_unmarked(text: str, slots: Sequence[Slot], intent: str) -> None:
    """Refuse texts without marks of which it is not certain where they end.

    Raises:
        NotUnderstoodError: there is one.
    """
    for slot in slots:
        if slot.is_quoted or slot.role not in ("text", "old", "new", "name", "to"):
            continue
        lead = simplified(text[: slot.start]).rstrip()
        is_whole = slot.end == len(text.rstrip(" 。！!")) or text[slot.end : slot.end + 1] in "，,。；;"
        if slot.role == "text" and not (is_whole and _DICTATES.search(lead)):
            raise _left_over(slot.said)
        if slot.role == "text" and _SOMETHING.match(simplified(slot.said)):
            raise _left_over(slot.said)
        is_told = text[slot.end :].startswith("的") or _NO_NEW_NAME.search(simplified(slot.said))
        if slot.role == "name" and is_told:
            raise _left_over(slot.said)
        if slot.role == "to" and lead.endswith(("出", "从")):
            raise _left_over(slot.said)


_DICTATES = re.compile("(?:[写记录填条行句笔项：:，,]|内容[是为]?|补上|加上一?[条行句笔项])\\s*$")
_SOMETHING = re.compile("[点个些]|一[点个些段]")
_NO_NEW_NAME = re.compile("名字?$|的|日期|时间|^(?:跟|和|与)")


def _refuse_parts(rest: str, intent: str) -> None:
    """Refuse what is on a part of a file, on several acts, asked, corrected, or another's to do.

    Raises:
        NotUnderstoodError: it is.
    """
    of_it = _OF_IT.search(rest)
    if of_it and not re.match(_ITS.get(intent, "(?!)"), rest[of_it.end() :]):
        raise _left_over(of_it[0].strip("\0") + rest[of_it.end() :][:4])
    if intent == "replace" and _ITS_ALONE.search(rest):
        raise missing("what is to be replaced", "把 plan.md 里的“Q3”换成“Q4”")
    if not re.search(_NEEDS.get(intent, ""), rest) or re.search(words("unsupported"), rest):
        raise not_understood("I am not sure what that is to do", [(intent, 1.0)])
    if found := _LIMITS.search(rest):
        raise _left_over(found[0].strip("\0"))
    if intent in ("append", "write") and (place := _PLACES.search(rest)):
        raise _left_over(place[0])
    families = {name for name, verbs in _FAMILIES.items() if re.search(verbs, rest)}
    if len(families - _WITH.get(intent, frozenset())) > 1:
        raise missing("which of the acts you mean", "先说一件，再说另一件")


_OF_IT = re.compile("\0\\s*(?:文件|文档)?(?:里面?|里头|中|内)?的(?=[^\0])")
_ITS = {
    "rename": "名|文件名|标题", "touch": "修改时间|时间戳|修改日期", "unlock": "锁|只读", "lock": "锁",
    "unshare": "分享(?!按|对)|链接(?!在)|共享|公开", "share": "分享链接|链接(?!在)|共享链接",
    "write": "内容|全部|原|旧", "rollback": "内容|旧|老|上|第|版", "copy": "副本|拷贝|备份|一",
    "link": "快捷|软链|链接", "drop_group": "组|分组", "replace": "所有|全部|每",
}  # fmt: skip
_ITS_ALONE = re.compile("\0\\s*的\\s*\0")
_NEEDS = {
    "touch": "时间|日期|touch", "unshare": "分享|链接|共享|公开|link|share", "drop_group": "组|类",
    "share": "分享|链接|共享|link|share", "lock": "锁|只读|改|lock", "unlock": "锁|只读|lock",
    "remove": "删|扔|丢|清|撇|除|没|去|不要|不用|干掉|垃圾|回收|弄走|处理|抹|毙|甩|撤|delete|remove",
}  # fmt: skip
"""What an act is asked for by that nothing else tells from others."""
_LIMITS = re.compile(
    "标记|昨天|前天|上周|已经|标签|格式|编码|权限|作者|密码|列表里|第[一二三四五六七八九十\\d]|不对|算了|不算|[,，]不(?=[,，]|$)|还是|在哪|哪里|哪儿|多久|多少|怎么|谁|别|(.)不\\1(?!$|[?？吧啊呀])|"
    "[一二两三四五六七八九十几半\\d]+个?(?:小时|分钟|天|次|周|月|步|份|行|页|遍)|一半|所有|全部操作|"
    "\\b(?:don'?t|not|never|no)\\b", re.I,
)  # fmt: skip
_PLACES = re.compile("开头|前面|中间|顶部|最前|第.{1,3}[行段页]|标题|上面")
_FAMILIES = {
    "remove": "删|扔|丢掉", "move": "移[到至动入进]|挪|搬", "copy": "复制|拷|备份", "rename": "改名|重命名|更名",
    "lock": "(?<!解)(?<!开)锁(?!定?解)", "rollback": "恢复|还原|回滚|退回", "share": "分享|共享",
    "translate": "翻译", "join": "合并|拼",
}  # fmt: skip
_WITH = {
    "unlock": frozenset({"lock"}), "join": frozenset({"copy"}), "link": frozenset({"share"}),
    "move": frozenset(), "rename": frozenset({"rename"}),
}  # fmt: skip


def _alone(text: str, intent: str) -> BaseOperation:
    """An act that needs no name.

    Raises:
        NotUnderstoodError: it is said not to be done, or not now.
    """
    operation = _ALONE[intent]()
    is_limited = _LIMITS.search(text) or TIMES.search(text)
    if refused(text, operation) or forbids(text) or LATER.search(text) or is_limited:
        raise not_understood("I am not sure that this is an order", [(intent, 1.0)])
    _refuse_left_over(text, intent, 1.0)
    return operation


_ALONE = {"undo": Undo, "redo": Redo}
_GIVING_UP = ("write", "unshare", "drop_group", "unlock")
_NO_MORE = re.compile("(?:都|也)?不(?:再)?(?:要|需要|用)(?:再?分享(?:出去)?)?了")
_JOINS = re.compile("然后|接着|随后|最后|[,，;；。](?:再|并|也)")


def _refuse_times(rest: str, operation: BaseOperation, context: Context) -> None:
    """Refuse a look that says of when, where the operation does not hold a time.

    Raises:
        NotUnderstoodError: it does.
    """
    if re.search(words("unsupported"), rest):
        raise not_understood("that is nothing that lsfs does", ())
    if TIMES.search(rest):
        raise NotUnderstoodError("I did not understand which time that is", hint="leave it out")


TIMES = re.compile("[昨今明前后去上下这本][天日周月年晚早午]|星期|礼拜|[年月周天日][前后以]|版本|以来|之[前后]")


def _refuse_left_over(rest: str, intent: str, chance: float) -> None:
    """Refuse words that fill no slot where nobody says them beside an act, but for a few by which
    the act is as sure.

    Raises:
        NotUnderstoodError: there are more.
    """
    few = FEW if chance >= NO_SEARCH and intent in _KEEPING else 0
    for run in _RUN.findall(rest):
        strange = [pair for pair in _pairs(run) if pair not in _said_beside()]
        few -= len(strange)
        said = "".join(map("".join, strange))
        if few < 0 or _TELLING & set(said) or re.search("[a-z]", said):
            raise _left_over(run)


_RUN = re.compile(f"[{HAN}A-Za-z]+")
_SIGN = re.compile(f"[{HAN}]|[A-Za-z]+")


def _pairs(run: str) -> list[tuple[str, str]]:
    """The pairs of signs and Latin words that stand side by side; a Latin word is one by itself."""
    signs = _SIGN.findall(run.casefold())
    return [*pairwise(signs), *((sign, "") for sign in signs if sign[0].isascii())]


FEW = 2
"""Pairs of signs that may be strange."""
_KEEPING = frozenset("append create mkdir copy rename move link join replace group undo redo".split())
"""Acts that lose nothing."""
_TELLING = frozenset("不没未无勿莫非被让叫要想会才若如假差像跟和与从除")
"""Signs of what is not to be done, is only told, or is not all."""


@lru_cache(maxsize=1)
def _said_beside() -> frozenset[tuple[str, str]]:
    """The pairs of signs that stand beside slots in the marked requests."""
    rests = [step.rest for step in marked("marked.zh") if step.intent != "none"]
    acts = load("acts.zh").items()
    rests += [
        re.sub("[A-Za-z]+", "\0", text)
        for intent, texts in acts
        if intent not in ("none", "search")
        for text in texts
    ]
    runs = (run for rest in rests for run in _RUN.findall(simplified(rest)))
    return frozenset(pair for run in runs for pair in _pairs(run))


def _left_over(word: str) -> NotUnderstoodError:
    return NotUnderstoodError(
        f"I did not understand what {word!r} is to mean there",
        hint="leave it out, or put names and texts in quotes",
    )
