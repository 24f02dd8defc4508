"""No half names: what of a request would be dropped, cut or pointed elsewhere is refused instead.

Pure but for asking `Targets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lsfs.errors import NotUnderstoodError
from lsfs.paths import for_terminal
from lsfs.plan import BaseOperation

from ..names.targets import Targets
from ..request.hints import hint_words
from ..request.quoting import QUOTED, blanked_names
from ..request.refusals import quote_it
from ..times.dates import find_span, names_time
from ..times.unread_times import impossible_time, unread_time

_BEFORE = frozenset(
    "a an the my our your this that these those its all both every each of to into onto in inside "
    "within under on from for with by at as over and or plus & -> → = and/or also then back out up "
    "file files document documents doc docs pdfs note notes folder folders directory "
    "directories dir "
    "subfolder paper letter spreadsheet presentation script picture photo image pdf text email "
    "named called titled name names new empty blank fresh old entire whole copy copies link "
    "content contents version versions state end bottom top start beginning line lines entry "
    "path onto: rid away off down instead between against is was are be it them me us please "
    "contain contains containing hold holds has have saying says markdown plain root "
    "overwrote deleted removed lost moved renamed broke change edit modify alter "
    "throughout made "
    "yesterday today tomorrow week month year day hours minutes days weeks months".split()
)
_CJK = re.compile(r"[\u3400-\u9fff]")


def refuse_half_names(text: str, targets: Targets, operation: BaseOperation, intent: str) -> None:
    """Every unquoted name stands between words that can be no part of it, or is taken whole.

    Raises:
        NotUnderstoodError: a neighbouring word may belong to the name and went nowhere.
        ConfirmationError: less than half of a file's name was said.
    """
    said = list(strings(operation.model_dump()))
    targets.refuse_scant(said)
    spans = [span for span, _ in targets.mentioned(text)]
    known = _BEFORE.union(*(hint_words(verb) for verb in (intent, "remove", "move", "rename")))
    ends = {span.end for span in spans}
    for span in spans:
        if text[span.start] in "\"'“‘«「`":
            continue
        before = re.search(r"(\S+)\s+$", text[: span.start])
        if before and before.start() > 0 and before.end(1) not in ends:
            word = before[1]
            if not _is_apart(word, known) and not _holds(said, f"{word} {span.text}"):
                raise quote_it(f"{word} {span.text}")
        after = re.match(r"\s+(\S+)", text[span.end :])
        if after and "." not in span.text.rpartition("/")[2] and not span.text.endswith("/"):
            word = after[1].rstrip(".,;:!?")
            follows = any(other.start == span.end + after.start(1) for other in spans)
            if (
                not follows
                and not _is_apart(word, known)
                and not _holds(said, f"{span.text.lstrip('/')} {word}")
            ):
                raise quote_it(f"{span.text} {word}")


def _is_apart(word: str, known: Iterable[str]) -> bool:
    """Whether it cannot be a part of the name beside it."""
    bare = word.casefold().strip("(").rstrip(".")
    return (
        word[-1] in ",;:\"'”’»」`"
        or bool(_CJK.search(word))
        or word[0] in "\"'“‘«「`"
        or bare in known
    )


def _holds(said: Sequence[str], name: str) -> bool:
    return any(name in value for value in said)


def strings(value: Any) -> Iterable[str]:
    """All texts of a dumped operation."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def unquoted_times(text: str, now: datetime) -> str:
    """The request with blanks for the quotes around times: since "yesterday 18:00"."""
    return QUOTED.sub(
        lambda match: f" {match[0][1:-1]} " if names_time(match[0][1:-1], now) else match[0], text
    )


def refuse_unread_time(rest: str, now: datetime) -> None:
    """A request without the time that was taken from it speaks of no other.

    Raises:
        NotUnderstoodError: it does.
    """
    if unread := unread_time(blanked_names(rest), now):
        raise _time_not_understood(rest[unread].strip())


def refuse_lost_time(text: str, operation: BaseOperation, now: datetime) -> None:
    """Every time that the request names went into the operation, or is words of it.

    Raises:
        NotUnderstoodError: the operation takes no time, or none of that form.
    """
    fields, bare = operation.model_dump(), blanked_names(text)
    span = find_span(bare, now, clocks=True)
    rest = f"{bare[: span.start]} {bare[span.end :]}" if span else bare
    unread = impossible_time(rest)
    if unread and not _holds(list(strings({**fields, "query": "", "target": None})), unread):
        raise _time_not_understood(unread)
    if span is None or any(_moments(fields)):
        return
    said = text[span.start : span.end]
    kept = {word.casefold() for string in strings(fields) for word in _WORD.findall(string)}
    if not {word.casefold() for word in _WORD.findall(said)} <= kept | _PREPOSITIONS:
        raise NotUnderstoodError(
            f"I do not know what {said!r} is to mean there: that takes no time",
            hint='leave it out; a time belongs into "what changed in plan.md since 9:00"',
        )


_WORD = re.compile(r"[^\W_]+")
_PREPOSITIONS = frozenset("from in on of for at by the since before after until during".split())


def _time_not_understood(phrase: str) -> NotUnderstoodError:
    return NotUnderstoodError(
        f"I did not understand the time in {for_terminal(phrase)!r}",
        hint='for example: since 9:00, "yesterday 18:00", "5 minutes ago", 2026-11-20T18:00',
    )


def _moments(value: Any) -> Iterable[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _moments(item)
