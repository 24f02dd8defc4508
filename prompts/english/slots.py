"""The arguments of each operation: one small grammar an intent. This module reads; `going_back`
goes back, `changes` moves and removes, `grouping` makes groups, `writing` makes and writes.

The wording has decided the intent already; a grammar only looks for names, quotes, places and
numbers. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lsfs import plan
from lsfs.plan import BaseOperation

from ..names.context import Context, literal
from ..request.hints import hint_words
from ..request.languages import CHINESE_LANGUAGES, LANGUAGE
from ..request.quoting import PATH, QUOTED, blanked_names, quotes
from ..request.refusals import missing
from ..request.selection import Selection
from ..times.dates import Span, find_moment, find_span
from ..times.numbers import NUMBER, value
from . import access, changes, going_back, grouping, joining, similar, summarizing, writing
from .done import logged, speaks_of_acts
from .grouping import GROUP
from .mood import FOLDER_FIRST
from .naming import named, one, runs
from .orders import last_count
from .selection import select
from .whole import refuse_lost_time, refuse_unread_time, unquoted_times

Filler = Callable[[str, Context], BaseOperation]


def fill(intent: str, text: str, context: Context) -> BaseOperation:
    """The operation of `intent` with its slots filled from `text`.

    Raises:
        NotUnderstoodError: a slot is missing or too vague.
        ConfirmationError: a name could be several things.
        pydantic.ValidationError, PolicyError, UsageError: a value no operation takes.
    """
    if intent in ("move", "copy") and FOLDER_FIRST.match(text):
        raise missing("whether to make a folder", "make a folder called travel, then move it")
    operation = _FILLERS[intent](text, context)
    refuse_lost_time(text, operation, context.now)
    return operation


# -- reading ---------------------------------------------------------------------------------------


def _search(text: str, context: Context) -> BaseOperation:
    return _searched(select(text, context.targets, context.now), text)


def searched(found: Selection, text: str, now: datetime) -> BaseOperation:
    """The search for what `text` selects; see `fill`."""
    operation = _searched(found, text)
    refuse_lost_time(text, operation, now)
    return operation


def _searched(found: Selection, text: str) -> BaseOperation:
    """A folder alone is listed, or all in it is found.

    Raises:
        NotUnderstoodError: it selects nothing in particular.
    """
    if found.is_empty() and found.sort == "relevance":
        raise missing("what to look for", "find notes about scheduling from last week")
    return found.search(seeks=_SEEKS.search(text) is not None)


_SEEKS = re.compile(
    r"^(?:please\s+)?(?!.*\bwhat\b)(?:(?:find|search|locate|seek|look\s+(?:for|up))\b(?!\s+in\b)"
    r"|(?!(?:show|list|display|view|see)\b).*\b(?:all|every|each|everything|anything)\b)", re.I,
)  # fmt: skip


def _default(kind: type[BaseOperation], field: str) -> int:
    return int(kind.model_fields[field].default)


def _list(text: str, context: Context) -> BaseOperation:
    if speaks_of_acts(text):
        return _log(text, context)
    if group := re.search(rf"\bgroup\s+(?:called\s+|named\s+)?({GROUP})", text, re.I):
        return plan.Groups(name=group[1])
    for run in [name for _, name in context.targets.mentioned(text)] + runs(text, "list"):
        folder = context.targets.directory(run)
        if folder is not None:
            return plan.List(path=folder)
    if re.search(
        r"\b(?:here|everything|all files|all the files|root|top|current|this (?:folder|"
        r"directory))\b|^(?:ls|dir|list)$",
        text,
        re.I,
    ):
        return plan.List(path="")
    if select(text, context.targets, context.now).filters:
        return _search(text, context)
    return _read(re.sub(r"^list\b", "", text, flags=re.I), context)


def _read(text: str, context: Context) -> BaseOperation:
    if summarizing.asks_about(text, context):
        return fill("summarize", text, context)
    path = one(text, "read", context, "read todo.txt")
    if context.targets.directory(path) == path:
        return plan.List(path=path)
    return plan.Read(target=literal([path]))


def _stat(text: str, context: Context) -> BaseOperation:
    names = named(text, "stat", context, careful=False)
    if not names:
        raise missing("which file you mean", "how big is budget.xlsx")
    return plan.Stat(target=literal(names))


def _change_summary(text: str, context: Context) -> BaseOperation:
    rest, span = _timed(_IN_WORDS.sub(" ", text), context)
    if span is not None and span.is_named and _UP_TO_NOW.search(text):
        span = replace(span, before=None)
    if span is not None and not named(rest, "change_summary", context, careful=False):
        found = select(rest, context.targets, context.now)
        if found.filters.keys() - {"under"}:
            return _search(text, context)  # "which spreadsheets changed since Monday"
        if _asks_no_more(found.query or ""):
            return _changes(str(found.filters.get("under") or ""), span)
    path = one(rest, "change_summary", context, "summarise what changed in plan.md since Monday")
    return _changes(path, span)


_UP_TO_NOW = re.compile(
    r"^what\s+(?:is|has|have|are)\s+(?:been\s+)?changed\b(?!.*\s(?:to|until|till)\s).*\sfrom\s+\S+(?:\s+\S+)?$",
    re.I,
)
""" "What is changed in it from yesterday": since then."""
_IN_WORDS = re.compile(
    r"[,?;]?\s*\b(?:in|with)\s+(?:(?:plain|simple|a\s+few|your\s+own|normal)\s+)?words\b(?:\s+please)?|"
    r"[,;]\s*(?:on\s+a\s+|at\s+a\s+)?(?:high[\s-]level|briefly|roughly|in\s+short|in\s+a\s+nutshell|overall|at\s+a\s+glance|glance)$",
    re.I,
)


def _changes(path: str, span: Span | None) -> BaseOperation:
    since, until = (span.after, span.before) if span else (None, None)
    return plan.ChangeSummary(path=path, since=since, until=until)


def _asks_no_more(query: str) -> bool:
    """Whether what is left of a request asks what changed, and names nothing."""
    ignored = hint_words("change_summary") | hint_words("diff") | _ANYTHING
    return all(word in ignored for word in re.findall(r"\w+", query.casefold()))


_ANYTHING = frozenset(
    "what has have had been is are was were did do does new changed change here everything"
    " anything all the in of my files me tell show".split()
)


def _timed(text: str, context: Context) -> tuple[str, Span | None]:
    """The request without its time, and that; a date in a name is none.

    Raises:
        NotUnderstoodError: it speaks of a time that is not understood, or of two.
    """
    text = unquoted_times(text, context.now)
    span = find_span(blanked_names(text), context.now, clocks=True)
    rest = text if span is None else f"{text[: span.start]} {text[span.end :]}"
    refuse_unread_time(rest, context.now)
    return rest, span


def _groups(text: str, context: Context) -> BaseOperation:
    match = _GROUP_THEN_NAME.search(text) or _NAME_THEN_GROUP.search(text)
    if match is None:
        return plan.Groups()
    said = quotes(match[0])
    return plan.Groups(name=said[0].text if said else match["name"])


_GROUP_THEN_NAME = re.compile(
    rf"\bgroup\s+(?:called\s+|named\s+)?(?:{QUOTED.pattern}|(?P<name>{GROUP}))", re.I
)
_NAME_THEN_GROUP = re.compile(
    rf"\b(?:the|my|our)\s+(?:{QUOTED.pattern}|(?!file|current|new|same)(?P<name>{GROUP}))\s+group\b",
    re.I,
)


def _history(text: str, context: Context) -> BaseOperation:
    count = _LAST_VERSIONS.search(text)
    rest = f"{text[: count.start()]} versions {text[count.end() :]}" if count else text
    limit = max(1, value(count[1] or count[2])) if count else last_count(text)
    return plan.History(path=one(rest, "history", context, "history plan.md"), limit=limit)


_LAST_VERSIONS = re.compile(
    rf"\b(?:last|latest|newest|recent|first|top|previous|past)\s+({NUMBER})\s+(?:saved\s+|older\s+|past\s+)?"
    rf"(?:versions?|revisions?|states?|saves|edits|entries|changes)\b|"
    rf"\b({NUMBER})\s+(?:(?:most\s+)?(?:recent|latest|newest|last|past|previous))\s+(?:versions?|revisions?|states?|"
    rf"saves|edits|changes)\b",
    re.I,
)


def _diff(text: str, context: Context) -> BaseOperation:
    versions = [
        int(number) for match in _VERSIONS.finditer(text) for number in match.groups() if number
    ]
    rest, span = _timed(_VERSIONS.sub(" ", text), context)
    if span is not None and not versions and not _LINE_BY_LINE.search(text):
        return _change_summary(text, context)
    path = one(rest, "diff", context, "what changed in plan.md")
    if span is not None and span.before is not None and (span.is_named or span.after is None):
        moment = find_moment(blanked_names(text), context.now)
        at = moment.at if moment and span.is_named else span.before
        span = replace(span, after=at, before=None)  # "with yesterday's": as it was at its end
    first, second = [*versions, None, None][:2]
    since, until = (span.after, span.before) if span else (None, None)
    return plan.Diff(
        path=path, from_version=first, to_version=second, from_time=since, to_time=until
    )


_VERSIONS = re.compile(
    r"\b(?:versions?\s+|v\.?\s?)(?:id\s+)?(\d+)(?:\s+(?:(?:and|to|with|vs\.?|&)\s+)?(?:versions?\s+|v\.?\s?)?(\d{1,3}))?"
    r"(?![\w:.-])",
    re.I,
)
_LINE_BY_LINE = re.compile(r"\b(?:diff|compare|differ\w*|lines?)\b", re.I)


def _log(text: str, context: Context) -> BaseOperation:
    words = "" if speaks_of_acts(text) else text
    topics = [run for run in runs(words, "log") if not re.search(r"\d", run)]
    if any(re.search(rf"\b{re.escape(topic)}\s+logs\b", words, re.I) for topic in topics):
        return _search(text, context)  # "patrol logs, august"
    if any(context.targets.entry(topic, careful=False) for topic in topics):
        return _read(text, context)
    if any(" " in topic for topic in topics):
        return _search(text, context)
    return logged(text, context)


def _translate(text: str, context: Context) -> BaseOperation:
    match = LANGUAGE.search(PATH.sub(" ", text))
    if match is None:
        raise missing("into which language", "translate letter.docx into English")
    language = CHINESE_LANGUAGES.get(match[0]) or match[0].capitalize()
    rest, passages = _passages(text)
    path = one(rest, "translate", context, "translate letter.docx into English")
    said = plan.Translate(target=literal([path]), language=language)
    return said.model_copy(update=passages)


_PASSAGES = re.compile(
    rf"\s*,?\s*\b(?:only\s+|just\s+)?(?:the\s+)?(?:first\s+(?:(?P<first>{NUMBER})\s+)?(?:passages?|paragraphs?)|(?:passages?|"
    rf"paragraphs?)\s+(?P<start>\d+)\s*(?:to|until|-|–)\s*(?P<last>\d+))(?:\s+(?:of|from|in)\b)?(?:\s+only)?",
    re.I,
)


def _passages(text: str) -> tuple[str, dict[str, int]]:
    """The request without which passages are meant, and those."""
    match = _PASSAGES.search(text)
    if match is None:
        return text, {}
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    if match["start"] is None:
        return rest, {"limit": max(1, value(match["first"] or "one"))}
    start, last = max(1, int(match["start"])), int(match["last"])
    return rest, {"start": start, "limit": max(1, last - start + 1)}


_FILLERS: dict[str, Filler] = {
    "search": _search, "list": _list, "read": _read, "stat": _stat,
    "change_summary": _change_summary, "groups": _groups, "history": _history,
    "diff": _diff, "log": _log, "translate": _translate,
    **going_back.FILLERS,
    **access.FILLERS,
    **similar.FILLERS,
    **summarizing.FILLERS,
    **changes.FILLERS,
    **joining.FILLERS,
    **grouping.FILLERS,
    **writing.FILLERS,
}  # fmt: skip
