"""The arguments of operations on who may change or see a file, and on links and times: lock,
unlock, share, unshare, link, touch."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation

from ..names.context import Context
from ..request.quoting import PATH, QUOTED, blanked_names
from ..request.refusals import missing
from ..times.dates import find_moment, find_span
from ..times.expiry import find_expiry
from .changes import relocated
from .described import is_selection
from .imperative import ENDS_SHARE
from .naming import one, target_of

_LOCKING = re.compile(
    r"^(?:make|set|turn|put|take)\s+(?:the\s+)?(?:(?:write[- ]?)?(?:lock|protection)\s+"
    r"(?:off|from|on|of)\s+)?|"
    r"^(?:remove|lift|release|drop|clear|add|put)\s+(?:the\s+|a\s+)?(?:write[- ]?)?"
    r"(?:lock|protection)\s+(?:off|from|on|of|to)\s+|"
    r"^(?:protect|prevent|keep|allow|let)\s+(?:(?:any\s+)?(?:changes|edits|writing|editing)\s+(?:to|of|in|on)\s+)?|"
    r"\s+(?:to\s+(?:be\s+)?)?(?:read[- ]?only|write[- ]?protected|writ(?:e)?able|editable|locked|"
    r"unlocked)\b|"
    r"\s+(?:from|against)\s+(?:being\s+)?(?:(?:accidental(?:ly)?|unwanted|further|any)\s+)?(?:changes?|changed|edits?|edited|editing|writing|"
    r"modified|modifications?|overwritten|any\s+changes?)\b|"
    r"\s+(?:again|any\s?more|any\s+longer|from\s+now\s+on)$",
    re.I,
)


def _protected(text: str) -> str:
    """The request with a plain verb before what is to be locked or unlocked."""
    return f"lock {_LOCKING.sub(' ', text).strip()}"


_UNLOCKING = re.compile(
    r"^(?:remove|lift|release|take|drop|clear|cancel|end|get\s+rid\s+of)\b.*\b(?:lock|protection)\b|"
    r"\b(?:writ(?:e)?able|editable|unlock\w*|unprotect\w*|unfreeze)\b",
    re.I,
)


def _lock(text: str, context: Context) -> BaseOperation:
    if _UNLOCKING.search(PATH.sub(" ", QUOTED.sub(" ", text))):
        return _unlock(text, context)
    target = target_of(_protected(text), "lock", context, "lock cv.pdf", careful=False)
    return plan.Lock(target=target)


def _unlock(text: str, context: Context) -> BaseOperation:
    target = target_of(_protected(text), "unlock", context, "unlock cv.pdf", careful=False)
    return plan.Unlock(target=target)


_ENDS = re.compile(r"^(?:no\s+longer|quit)\b|^(?:stop|end|un-?share|revoke|close)\b", re.I)
_CLOSES = re.compile(rf"{ENDS_SHARE}\b|no\s+longer\b", re.I)


def _share(text: str, context: Context) -> BaseOperation:
    bare = PATH.sub(" ", QUOTED.sub(" ", text))
    if _ENDS.search(bare):
        return _unshare(text, context)
    if _LINK_IN.search(bare) and _is_for_folder(text, context):
        return _link(text, context)
    if is_selection(text) and not re.search(r"\b(?:folder|directory)\b", bare, re.I):
        raise missing("which one file or folder you mean", "share budget.xlsx for 7 days")
    path = one(text, "share", context, "share budget.xlsx for 7 days")
    if "@" in path and not context.targets.is_there(path):
        raise missing("which file you mean", "share budget.xlsx for 7 days")
    return plan.Share(path=path, expires=find_expiry(bare, context.now))


_LINK_IN = re.compile(r"\blinks?\b.*\b(?:in|into|inside|under)\s", re.I)


def _is_for_folder(text: str, context: Context) -> bool:
    places = re.finditer(r"\b(?:in|into|inside|under)\s+(?:(?:the|my)\s+)?([^,;]+?)$", text, re.I)
    return any(context.targets.directory(place[1], loose=False) for place in places)


def _unshare(text: str, context: Context) -> BaseOperation:
    bare = PATH.sub(" ", QUOTED.sub(" ", text))
    numbers = re.findall(r"(?<![\w.])#?(\d{1,9})(?![\w.]*\w)", bare)
    if _CLOSES.match(text) and len(numbers) == 1 and bare == text:
        return plan.Unshare(id=int(numbers[0]))
    if _CLOSES.match(text) and not numbers and not is_selection(text):
        return plan.Unshare(path=one(text, "unshare", context, "unshare plan.md", careful=True))
    raise NotUnderstoodError(
        "I did not understand which share to close",
        hint="`lsfs shares` lists them with their numbers; for example: unshare 4",
    )


# -- links and times -------------------------------------------------------------------------------

_LINKING = re.compile(
    r"^(?:(?:make|create|put|place|add|set\s+up|i\s+need|i\s+want)\s+)?(?:an?\s+|the\s+)?"
    r"(?:(?:relative|new)\s+)?(?:(?:sym(?:bolic)?[- ]?\s?|soft\s?)?links?|shortcuts?)\s+(?:(?:to|"
    r"of|for)\s+)?|"
    r"^ln\s+-s\s+",
    re.I,
)


def _link(text: str, context: Context) -> BaseOperation:
    text = _LINKING.sub("link ", text)
    if shell := re.fullmatch(r"link\s+(\S+)\s+(\S+)", text):
        text = f"link {shell[1]} to {shell[2]}"
    target, to, into = relocated(text, "link", context)
    return plan.Link(target=target, to=to, into=into)


_TOUCHING = re.compile(
    r"^(?:touch|(?:set|update|change|refresh|bump|reset)\s+(?:the\s+)?(?:(?:modification|access|"
    r"last\s+modified|modified|change)\s+)?(?:times?(?:\s?stamps?)?|dates?|mtime)\s+(?:of|on|for)|"
    r"give)\s+(?:the\s+(?:file|document)\s+)?",
    re.I,
)


def _touch(text: str, context: Context) -> BaseOperation:
    """A file that is there gets a new time; "touch new.txt" makes one."""
    if re.match(r"(?:touch\s+up|mark|note)\b", text, re.I):
        raise missing("what to do with it", "touch plan.md")
    rest = _TOUCHING.sub("", text, count=1)
    moment = find_moment(blanked_names(rest), context.now)
    at = moment.at if moment else None
    if moment is not None:
        span = find_span(blanked_names(rest), context.now, clocks=True)
        at = span.after if span and span.after else at  # "to yesterday": when it began
        rest = f"{rest[: moment.start]} {rest[moment.end :]}"
    rest = re.sub(
        r"\s+to\s*(?:now|the\s+(?:current|present)\s+time)?\s*$", "", rest.strip(), flags=re.I
    )
    target = target_of(f"touch {rest}", "touch", context, "touch plan.md", careful=True)
    new = len(target.paths) == 1 and not context.targets.is_there(target.paths[0])
    if new and moment is None and rest.strip() == target.paths[0]:
        return plan.Create(path=target.paths[0])
    if new:
        raise missing("which file you mean", "touch plan.md")
    return plan.Touch(target=target, mtime=at)


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "lock": _lock, "unlock": _unlock, "share": _share, "unshare": _unshare, "link": _link,
    "touch": _touch,
}  # fmt: skip
