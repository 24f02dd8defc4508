"""Every word of an act went into the plan, or says nothing there: else more may be wanted.

`data/orders.toml` has the words that say nothing, in any order and in those of one intent. What
is asked of a part of a file, or of something beside it ("the title of plan.md"), is not asked of
the file. Pure.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable
from datetime import datetime

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..request.data import load
from ..request.quoting import PATH, QUOTED
from ..times.dates import find_moment
from ..times.numbers import NUMBER
from ..times.units import UNIT
from .imperative import verb_of, words_of
from .mood import IF_EMPTY
from .whole import strings


def refuse_unread_words(text: str, operation: BaseOperation, intent: str, now: datetime) -> None:
    """Refuse an act on what is named where a word of it went nowhere.

    Raises:
        NotUnderstoodError: one may say that something else is wanted.
    """
    target = getattr(operation, "target", None)
    if isinstance(target, Selector) and not target.is_literal():
        return
    if isinstance(operation, plan.MakeGroup | plan.Replace):
        return
    verb = set((verb_of(text) or "").split())
    refuse_other_things(text, operation, intent)
    bare = without_adjuncts(PATH.sub(" ", QUOTED.sub(" ", text)), operation)
    bare = without_time(bare, operation, now).casefold()
    said = {word for value in strings(operation.model_dump()) for word in _parts(value)}
    known = words_of("empty") | _of_intent("told", intent, operation) | said | verb
    for word in _WORD.findall(bare):
        if word.strip("'’-") not in known and not _is_part(word, said):
            raise NotUnderstoodError(
                f"I did not understand what {word!r} is to mean there",
                hint="leave it out, or put names and texts in quotes",
            )


_WORD = re.compile(r"(?<![\w-])[a-z][\w'’-]*")


def _of_intent(table: str, intent: str, operation: BaseOperation) -> frozenset[str]:
    """The words of a table for an intent, and for the operation that came of it."""
    lists = load("orders")[table]
    kinds = {"any", intent, str(getattr(operation, "op", ""))}
    return frozenset(word for kind in kinds for word in lists.get(kind, "").split())


# -- what says how, with whom, for how long --------------------------------------------------------

_PURPOSE = re.compile(r"\bfor\s+[^,;]+?(?=\s+(?:called|named|titled|in|inside|under)\b|\s*$)", re.I)
_NO_RECIPIENT = (
    r"(?!(?:no|none|nobody|no-one|me|us|myself|never|it|them|that|this|only|hardly|barely|almost|few|less|more|full|read|write|next|"
    r"first|last|as|long|now)\b)"
)
_WHO = (
    rf"(?:(?:my|the|our|a|an|his|her|all|both|some)\s+{_NO_RECIPIENT}[\w-]+|{_NO_RECIPIENT}[\w-]+)"
)
_RECIPIENT = re.compile(
    rf"\b(?:with|to|for)\s+{_WHO}(?:(?:\s+and|,)\s+{_WHO})*|"
    rf"(?<=^send )(?:{_WHO}(?:\s+and\s+{_WHO})*(?=\s+(?:an?|the)\s))",
    re.I,
)
_LASTS = (
    r"(?:(?:that|which|and|it)\s+)*(?:(?:is|(?:should|will|shall|must)(?:\s+be)?|stays?|be)\s+)?(?:valid|expires?|"
    r"expiring|good|open|available|active|lasts?|lasting|works?|working|expiry|limited)\s+"
)
_CLOCK = r"(?:\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\.?|o['’]?clock|h)?|midnight|noon)"
_DAY = (
    r"(?:tomorrow|tonight|(?:(?:next|this|coming)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    rf"(?:\s+(?:morning|evening|night)|\s*,?\s*(?:at\s+)?{_CLOCK})?"
)
_UNTIL = rf"(?:{_CLOCK}\s+(?:on\s+)?{_DAY}|{_DAY}|{_CLOCK})"
_LENGTH = rf"(?:{NUMBER}|an?)[\s-]*(?:{UNIT})(?:\s+only)?\b"
_EXPIRY = re.compile(
    rf"\b{_LASTS}(?:(?:in|after|on|of|to|by|for|until|till)\s+)?(?:{_LENGTH}|{_UNTIL})|"
    rf"\b(?:for\s+)?(?:the\s+next\s+)?(?<!\bin\s){_LENGTH}|"
    rf"\b(?:until|till)\s+(?:today\s+)?(?:at\s+)?{_UNTIL}",
    re.I,
)
_LOCKED_FOR = re.compile(
    r"(?:,?\s*\bso(?:\s+that)?\s+)?\b(?:nobody|no[- ]one)(?:\s+else)?\s+(?:can|could|may|should|"
    r"is\s+able\s+to)\s+.*|"
    r"\bfrom\s+now\s+on\b|\bany\s+(?:more|longer)\b",
    re.I,
)
_ALWAYS = re.compile(
    r"\b(?:at\s+once|for\s+good|for\s+ever|right\s+(?:now|away)|once\s+(?:more|again)|after\s+all|"
    r"(?:that|which)(?:['’]s|\s+is|\s+are))\b",
    re.I,
)


def without_adjuncts(text: str, operation: BaseOperation) -> str:
    """The order without phrases that say no more than it does."""
    text = _ALWAYS.sub(" ", text)
    match operation:
        case plan.Mkdir() | plan.Create():
            return _PURPOSE.sub(" ", text)
        case plan.Share():
            return _RECIPIENT.sub(" ", _EXPIRY.sub(" ", text) if operation.expires else text)
        case plan.Lock():
            return _LOCKED_FOR.sub(" ", text)
        case plan.Remove(if_empty=True):
            return IF_EMPTY.sub(" ", text)
        case _:
            return text


def without_time(text: str, operation: BaseOperation, now: datetime) -> str:
    """The order without the moment that went into the operation."""
    if not any(isinstance(getattr(operation, name, None), datetime) for name in ("to", "mtime")):
        return text
    moment = find_moment(text, now)
    return f"{text[: moment.start]} {_OWNED.sub('', text[moment.end :])}" if moment else text


_OWNED = re.compile(r"^['’]s\b")


# -- parts of a file, and what is beside it --------------------------------------------------------

_WITHIN = frozenset({"in", "inside", "within", "from", "under"})
_TIE = (
    r"(?:of|in(?:side)?(?:\s+of)?|within|from|on|to|for|about|with|after|before|behind|around|near|"
    r"beside|under|next\s+to|close\s+to|belonging\s+to)"
)
_OWN = (
    r"(?:(?:the|my|our|your|this|that)\s+)?"
    r"(?:(?:file|document|doc|folder|directory|(?:text|pdf)\s+file)\s+)?(?:(?:named|called)\s+)?"
)


def refuse_other_things(text: str, operation: BaseOperation, intent: str) -> None:
    """Refuse an act on something of a file, or beside it: "the title of plan.md", "plan.md's date".

    Raises:
        NotUnderstoodError: it is.
    """
    if not isinstance(operation, WHOLE_FILES):
        return
    _refuse_folder_for_kind(text, operation)
    pattern = _named(_paths(operation))
    verb = set((verb_of(text) or "").split())
    allowed = _of_intent("tied", intent, operation) | verb
    allowed |= {posixpath.basename(path).casefold() for path in _paths(operation)}
    for match in pattern.finditer(re.sub(r"[\"“”«»`]|(?<!\w)['‘]|['’](?!\w)", "", text)):
        is_place = (match["noun"] or "").casefold() in verb and match["tie"] in _WITHIN
        if is_place or match["own"] or (match["noun"] or "").casefold() not in allowed | {""}:
            thing = match["own"] or match["noun"]
            raise NotUnderstoodError(
                f"I can do that with whole files: {thing!r} is something else",
                hint="name the file, or say which by type, folder or time",
            )


def _refuse_folder_for_kind(text: str, operation: BaseOperation) -> None:
    """Refuse a folder "Photos" where "a photo" was said.

    Raises:
        NotUnderstoodError: it was.
    """
    bare = text.casefold()
    for path in _paths(operation):
        name = posixpath.basename(path).casefold()
        one = (
            rf"\b(?:an?|the|any|every|each|this|that|my|one)\s+{re.escape(name[:-1])}\b"
            r"(?!\s+(?:folder|directory))"
        )
        if name.endswith("s") and name not in bare and re.search(one, bare):
            raise NotUnderstoodError(
                f"{path} is a folder, and you speak of one {name[:-1]}", hint="name the file"
            )


WHOLE_FILES = (
    plan.Move, plan.Copy, plan.Link, plan.Remove, plan.Lock, plan.Unlock, plan.Share, plan.Touch,
    plan.Rollback,
)  # fmt: skip


def _paths(operation: BaseOperation) -> Iterable[str]:
    target, path = getattr(operation, "target", None), getattr(operation, "path", None)
    return target.paths if isinstance(target, Selector) else (path,) if path else ()


def _named(paths: Iterable[str]) -> re.Pattern[str]:
    """A file as it is named, with what it is tied to by "of" and the like."""
    names = {name for path in paths for name in (path, posixpath.basename(path), _stem(path))}
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
    return re.compile(
        rf"(?:\b(?P<noun>[\w'’-]+)\s+(?P<tie>{_TIE})\s+{_OWN})?(?<![\w-])(?:[\w.-]*/)*(?:{any_name})(?![\w-]|\.\w)"
        r"(?:['’]s\s+(?P<own>\w+))?",
        re.I,
    )


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _parts(value: str) -> list[str]:
    return re.findall(r"[^\W_]+", value.casefold())


def _is_part(word: str, said: set[str]) -> bool:
    """Whether it is, but for its ending or a slip, a word of the operation."""
    parts = _parts(re.sub(r"['’]s$", "", word))
    return all(
        part in said
        or any(
            len(part) > 2 and len(one) > 2 and (one.startswith(part) or part.startswith(one))
            for one in said
        )
        or bool(difflib.get_close_matches(part, said, 1, 0.75))
        for part in parts
    )
