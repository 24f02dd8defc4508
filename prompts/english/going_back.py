"""The arguments of going back: a file to a version or a moment, a folder to a moment, the last act.

Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import ActKind

from ..names.context import Context
from ..names.places import is_called_folder
from ..request.quoting import blanked_names
from ..request.refusals import missing
from ..times.dates import find_moment, find_span, past
from ..times.numbers import NUMBER, value
from .mood import OTHER_ORDER
from .naming import one
from .whole import refuse_unread_time, unquoted_times

_LOOKING = re.compile(r"^(?:show|read|print|open|display|view|see|let me see|cat|list)\b", re.I)
_VERSIONS_BACK = re.compile(
    rf"\b({NUMBER})\s+(?:(?:previous|earlier|older|prior)\s+)?(?:versions?|revisions?|steps?|saves?)(?:\s+(?:ago|back|earlier))?\b|({NUMBER})\s*个?版本(?:之?前)?|\b(?:by|"
    rf"previous|last)\s+({NUMBER})\b",
    re.I,
)


def _rollback(text: str, context: Context) -> BaseOperation:
    if _LOOKING.match(text):
        raise NotUnderstoodError(
            "I can list the versions of a file or bring one back, not show an old one here",
            hint="history PATH lists them; roll back PATH by 1 version, and undo, shows one",
        )
    if _DID.match(text):
        raise NotUnderstoodError(
            "that tells what was done: nothing was done", hint="say what to do"
        )
    rest, at = _dated(text, context)
    if at is not None and _OF_THEN.search(blanked_names(text)):
        at = _before_then(text, context)
    path = _rolled_back(rest, context)
    versions, version = _version(blanked_names(rest))
    if at is not None and (versions or version):
        raise missing("whether you mean a version or a time", f"roll back {path} by 2 versions")
    if _is_folder(path, rest, context):
        if at is None:
            raise missing("to which moment", "restore Recipes to yesterday 18:00")
        return plan.Restore(path=path, to=at)
    if at is None and versions is None and version is None:
        if _ELSEWHEN.search(blanked_names(rest)) or _ELSEWHERE.search(_DONE_TO.sub(" ", rest)):
            raise NotUnderstoodError(
                "I did not understand to which version or time",
                hint=f"`lsfs history '{path}'` lists them; `lsfs rollback '{path}' --version ID`",
            )
        versions = 1
    return plan.Rollback(path=path, versions=versions, version=version, to=at)


def everything_back(text: str, context: Context) -> BaseOperation | None:
    """The root as it was, where that is all that is said: "put everything back to how it was at
    noon".

    Raises:
        UsageError: the moment is to come.
    """
    moment = find_moment(blanked_names(text), context.now) if _EVERYTHING.match(text) else None
    if moment is None:
        return None
    rest = f"{text[: moment.start]} {text[moment.end :]}"
    at = past(moment.at, moment.said, context.now)
    return plan.Restore(path="", to=at) if _EVERYTHING.fullmatch(rest) else None


_EVERYTHING = re.compile(
    r"\W*(?:restore|put|bring|take|set|roll|turn|reset|get|revert)\s+(?:back\s+)?(?:everything|all\s+(?:of\s+)?(?:my|the|our)\s+"
    r"(?:files|folders)|the\s+(?:whole|entire)\s+(?:root|tree|home(?:\s+folder)?|lot))\b(?:\s+(?:here|back|again))*"
    r"(?:\s+(?:to|as|like))?(?:\s+(?:how|the\s+way|what|where))?(?:\s+(?:it|they|things|everything)(?:\s+all)?\s+(?:was|were|looked|stood))?"
    r"(?:\s+(?:to|at|on|as\s+of))?\W*",
    re.I,
)
_DID = re.compile(
    r"\W*(?:i|we|you|he|she|they)\s+(?:just\s+|already\s+)?(?:put|set|brought|took|rolled|reverted|restored|"
    r"returned|turned)\b",
    re.I,
)
_OF_THEN = re.compile(
    r"\b(?:undo|discard|drop|take\s+back|throw\s+away|revert|lose)\b.*"
    r"\b(?:changes?|edits?|modifications?|what)\b",
    re.I,
)
"""What was done in a time is to go: back to before it, and not to its end."""


def _before_then(text: str, context: Context) -> datetime:
    span = find_span(blanked_names(unquoted_times(text, context.now)), context.now, clocks=True)
    if span is None or span.after is None:
        raise missing("back to which moment", "roll back plan.md to yesterday 18:00")
    return span.after


def _is_folder(path: str, text: str, context: Context) -> bool:
    """Whether it is one, or the request says so of what is gone."""
    if context.targets.directory(path) == path:
        return True
    mentions = re.finditer(re.escape(path), text)
    says_so = any(is_called_folder(text, match.start(), match.end()) for match in mentions)
    return (says_so or f"{path}/" in text) and not context.targets.is_file(path)


def _dated(text: str, context: Context) -> tuple[str, datetime | None]:
    """The request without the moment to go back to, and that.

    Raises:
        NotUnderstoodError: it speaks of a time that is not understood, or of two.
        UsageError: the moment is to come.
    """
    text = unquoted_times(text, context.now)
    moment = find_moment(blanked_names(text), context.now)
    rest = text if moment is None else f"{text[: moment.start]} {text[moment.end :]}"
    refuse_unread_time(_VERSIONS_BACK.sub(" ", rest), context.now)
    if moment is None:
        return rest, None
    return rest, past(moment.at, moment.said, context.now)


def _rolled_back(text: str, context: Context) -> str:
    """What is to be brought back: also a file that is gone."""
    bare = _VERSION_ID.sub(" ", text)
    gone = [context.targets.gone(name) for _, name in context.targets.mentioned(bare)]
    if len(gone) == 1 and gone[0] is None:
        span, _ = context.targets.mentioned(bare)[0]
        if _TOLD.search(bare):
            return context.targets.existing_at(bare, span, careful=True)
    return next((path for path in gone if path), None) or one(
        bare, "rollback", context, "roll back plan.md by 2 versions", careful=True
    )


_TOLD = re.compile(r"\b(?:i|we|you|somebody|someone)(?:\s+\w+)?\s+\w+(?:ed|ote|ost|oke)\b", re.I)


def _version(text: str) -> tuple[int | None, int | None]:
    """Which version a request names: how many back, or its id."""
    if match := _VERSION_ID.search(text):
        return None, int(match[1])
    match = _VERSIONS_BACK.search(text)
    return (value(match[1] or match[2] or match[3]) if match else None), None


_VERSION_ID = re.compile(
    r"\bversions?\s+(?:(?:with\s+)?(?:the\s+)?id\s+)?#?(\d{1,9})\b(?!\s*(?:ago|back|[-/.:]))", re.I
)
_DONE_TO = re.compile(r"\b(?:changes?|edits?|modifications?|did|done|happened)\s+to\s+", re.I)
_ELSEWHERE = re.compile(
    r"\b(?:in)?to\s+(?!(?:its?|how|what|me|us|normal|be|get|have)\b|(?:the\s+)?(?:previous|last|earlier|"
    r"old(?:er)?|prior)\s+(?:version|state)\b|the\s+(?:previous|last|earlier|old(?:er)?|"
    r"prior|version|state|way|one)\b|an?\s+(?:previous|earlier|older|prior)\b)[^\s,.]",
    re.I,
)
_ELSEWHEN = re.compile(
    r"\b(?:first|original|initial|oldest|very)\b|\bto\s+(?:before|after|when|\d)|"
    r"\b(?:at|when)\s+\S|最初|原始",
    re.I,
)


_LEAVES_IT = re.compile(r"(?:no,?\s+|ok(?:ay)?,?\s+|please\s+)*(?:cancel|abort|stop)[\s.!]*", re.I)


def _undo(text: str, context: Context) -> BaseOperation:
    if _LEAVES_IT.fullmatch(text):
        raise NotUnderstoodError(
            "nothing is under way", hint='say "undo" to turn back the last act'
        )
    if re.search(r"\?\s*no\b|(?<!\w)-\d", text, re.I):
        raise missing("what to turn back", "undo")
    if context.targets.mentioned(text):
        if re.match(
            r"(?:reverse|cancel)\b(?!.*\b(?:changes?|edits?|deletion|removal)\b)", text, re.I
        ):
            raise missing("what of it to turn back", "roll back plan.md by 2 versions")
        return _rollback(text, context)
    if re.search(
        r"\b(?:nothing|everything|all|since|ago|until|today|yesterday)\b|全部|所有", text, re.I
    ):
        raise NotUnderstoodError(
            "I can turn back one thing at a time, or a folder to a moment",
            hint='say "undo"; or `lsfs restore . --to "5 minutes ago"`, which shows its plan first',
        )
    if len(re.findall(r"\d+", text)) > 1 or re.search(
        rf"\b(?:last|previous)\s+(?!one\b)({NUMBER})\b|\b(?!one\b)({NUMBER})\s+(?:steps|actions|"
        rf"operations|changes)\b",
        text,
        re.I,
    ):
        raise NotUnderstoodError(
            "I can turn back one thing at a time",
            hint='say "undo", or "undo ID" with an id of the log',
        )
    number = re.search(
        r"\b(?:undo|id|number|operation|change|step|action|entry|no\.?|#)\s*#?(\d{1,9})\b",
        text,
        re.I,
    )
    if number:
        return plan.Undo(id=int(number[1]))
    return plan.Undo(kind=_kind_in(text))


_KINDS: dict[ActKind, str] = {
    "move": r"mov(?:e|ing)", "rename": r"renam(?:e|ing)", "copy": r"copy(?:ing)?",
    "remove": r"delet(?:e|ion|ing)|remov(?:e|al|ing)|erasure|trashing", "append": r"append(?:ing)?",
    "write": r"writ(?:e|ing)|overwrit(?:e|ing)", "replace": r"replac(?:e|ement|ing)",
    "create": r"creation|create", "join": r"join|merg(?:e|ing)|joining",
    "link": r"(?:sym)?link(?:ing)?", "unlock": r"unlock(?:ing)?", "lock": r"lock(?:ing)?",
    "group": r"group(?:ing)?", "share": r"shar(?:e|ing)",
    "rollback": r"roll(?:ing)?[ -]?back|restor(?:e|ation|ing)",
}  # fmt: skip
_OF_KIND = re.compile(
    r"\b(?:(?:the|that|my|this|your)\s+(?:very\s+)?(?:(?:last|latest|most\s+recent|previous|recent)\s+)?|last\s+)"
    rf"(?:file\s+)?(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _KINDS.items())})"
    r"(?=\s*(?:$|[,.!]|please\b))",
    re.I,
)


_SAYS_KIND = re.compile(
    r"\bundo\s+(?:the|that|my|this|your)\s+(?:(?:last|latest|most\s+recent|previous|recent)\s+)?"
    rf"(?:{'|'.join(_KINDS.values())})\b", re.I,
)  # fmt: skip
_AND = re.compile(r"\band\b(?!\s+(?:keep|please)\b)", re.I)


def _kind_in(text: str) -> ActKind | None:
    """What an undo is of: "the last move"."""
    kinds = [next(kind for kind in _KINDS if one[kind]) for one in _OF_KIND.finditer(text)]
    if len(kinds) > 1 or (not kinds and _SAYS_KIND.search(text)) or (kinds and _AND.search(text)):
        raise missing("which one thing to turn back", "undo the last move")
    return kinds[0] if kinds else None


def _redo(text: str, context: Context) -> BaseOperation:
    if OTHER_ORDER.match(text):
        raise missing("what to do", "redo")
    return plan.Redo()


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "rollback": _rollback, "undo": _undo, "redo": _redo,
}  # fmt: skip
