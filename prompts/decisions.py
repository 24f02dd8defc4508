"""What a decision of a program asks, in words, as a condition that can be found out: how many files
were found, whether one is there, whether files meet what a search can filter by. All else is an
open question, put to a language model where there is one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from typing import Protocol

from lsfs.errors import LsfsError, UnavailableError
from lsfs.plan import Plan, Search
from lsfs.ports import LanguageModel
from lsfs.selector import Filters
from lsfs.worded import Condition, Count, Fits, Open, Sign, There

from .times.numbers import NUMBER, value

CAN_DECIDE = (
    "without a language model a decision can ask: whether nothing was found; whether there are more"
    " than N files; whether PATH exists; whether PATH has changed since TIME; whether it is what a"
    " search can filter by (a pdf, larger than 5 MB, older than 30 days)"
)


class Words(Protocol):
    """What understands the parts of a decision."""

    @property
    def has_model(self) -> bool:
        """Whether open questions can be asked."""
        ...

    def parse_alone(self, request: str) -> Plan:
        """`lsfs.ports.Parser.parse`, without a language model."""
        ...

    def moment(self, text: str) -> datetime:
        """A time in words."""
        ...


_NAME = r"\{\w+\}"
_THINGS = (
    r"(?:files?|notes?|documents?|results?|hits?|papers?|pictures?|photos?|pdfs?|of\s+them|[a-z]+s)"
)
_BE = r"(?:is|are|was|were)"
_WAS = rf"(?:(?:{_BE}|has\s+been|have\s+been)\s+)?(?:found|there|left)"
_PATH = r"(?P<path>\"[^\"]+\"|'[^']+'|`[^`]+`|[^\s]+)"

_NOTHING = re.compile(
    rf"(?:(?:nothing|none|no\s+(?:{_THINGS}))(?:\s+{_WAS})?|there\s+{_BE}\s+(?:nothing|none|no\s+{_THINGS})"
    rf"|{_BE}\s+(?:nothing|no\s+{_THINGS})\s+found|(?:it|the\s+search|that|this|you|we)\s+found\s+nothing"
    rf"|(?:it|that|they)\s+{_BE}\s+empty|{_BE}\s+(?:it|that|they)\s+empty)", re.I,
)  # fmt: skip
_SOMETHING = re.compile(
    rf"(?:(?:something|anything|any|some|(?:any|some)\s+{_THINGS}|{_THINGS}|a\s+file)\s+{_WAS}"
    rf"|{_BE}\s+(?:something|anything|any\s+{_THINGS}|any)\s+found"
    rf"|(?:there\s+{_BE}|{_BE}\s+there)\s+(?:something|anything|(?:any|some)\s+{_THINGS}|any))",
    re.I,
)  # fmt: skip
_EMPTY = re.compile(rf"(?:{_BE}\s+)?(?P<of>{_NAME})\s+(?:{_BE}\s+)?(?P<not>not\s+)?empty", re.I)
_SIGNS: dict[str, Sign] = {
    "more than": ">", "over": ">", ">": ">", "fewer than": "<", "less than": "<", "under": "<",
    "<": "<", "at least": ">=", ">=": ">=", "at most": "<=", "no more than": "<=",
    "not more than": "<=", "<=": "<=", "exactly": "=", "only": "=", "=": "=", "==": "=", "": "=",
}  # fmt: skip
_SIGN = "|".join(re.escape(one) for one in sorted(filter(None, _SIGNS), key=len, reverse=True))
_COUNT = re.compile(
    rf"(?:there\s+{_BE}\s+|{_BE}\s+there\s+|(?:it|the\s+search|we|you)\s+(?:has|have)?\s*found\s+)?"
    rf"(?P<sign>{_SIGN})?\s*(?P<number>{NUMBER})\s*{_THINGS}?(?:\s+(?:in|among)\s+(?P<of>{_NAME}))?"
    rf"(?:\s+{_WAS})?", re.I,
)  # fmt: skip
_COUNT_OF = re.compile(
    rf"(?:{_BE}\s+)?\{{(?P<of>\w+)\.count\}}\s*(?:{_BE}\s+)?(?P<sign>{_SIGN})?\s*(?P<number>{NUMBER})",
    re.I,
)
_HAS = re.compile(
    rf"(?P<of>{_NAME})\s+(?:has|have|holds?)\s+(?P<sign>{_SIGN})?\s*(?P<number>{NUMBER})\s*{_THINGS}?",
    re.I,
)
_THERE = re.compile(
    rf"(?:{_PATH}\s+(?:exists|{_BE}\s+there|{_BE}\s+(?P<not>not)\s+there|(?P<no>does\s*(?:n['’]t|not)\s+exist))"
    rf"|does\s+{_PATH.replace('path', 'asked')}\s+exist"
    rf"|(?:there\s+{_BE}|{_BE}\s+there)\s+(?:(?P<none>no)|an?|the)\s+(?:file|folder)\s+(?:called\s+|named\s+)?"
    rf"{_PATH.replace('path', 'called')})", re.I,
)  # fmt: skip
_CHANGED = re.compile(
    rf"(?:has\s+|was\s+)?{_PATH}\s+(?:has\s+|was\s+|{_BE}\s+)?(?P<not>not\s+)?(?:been\s+)?"
    r"(?:changed|modified|edited)\s+(?:since\s+)?(?P<since>.+)", re.I,
)  # fmt: skip
_FITS = re.compile(
    rf"(?:(?P<of>{_NAME}|it|they|this|that|the\s+file|{_PATH})\s+{_BE}|{_BE}\s+(?P<asked>{_NAME}|it|"
    rf"they|this|that|the\s+file))\s+(?P<not>not\s+)?(?P<what>.+)", re.I,
)  # fmt: skip
_BARE = frozenset({"it", "they", "this", "that", "the file", "them"})


def condition_of(words: str, known: Words) -> Condition:
    """The condition that a question, or the words after "if", ask for.

    Raises:
        UnavailableError: it is an open question, and there is no language model.
    """
    asked = " ".join(words.strip().rstrip("?.").split())
    for reading in _READINGS:
        found = reading(asked, known)
        if found is not None:
            return found
    if not known.has_model:
        raise UnavailableError(f"cannot decide {asked!r} without a language model", hint=CAN_DECIDE)
    return Condition(Open(asked))


def _of_count(asked: str, _: Words) -> Condition | None:
    if _NOTHING.fullmatch(asked):
        return Condition(Count(None, "=", 0))
    if _SOMETHING.fullmatch(asked):
        return Condition(Count(None, ">", 0))
    if match := _EMPTY.fullmatch(asked):
        return Condition(Count(match["of"].strip("{}"), "=", 0), bool(match["not"]))
    for pattern in (_COUNT_OF, _HAS, _COUNT):
        if match := pattern.fullmatch(asked):
            of = (match["of"] or "").strip("{}") or None
            sign = _SIGNS[" ".join((match["sign"] or "").casefold().split())]
            return Condition(Count(of, sign, value(match["number"])))
    return None


def _of_path(asked: str, _: Words) -> Condition | None:
    match = _THERE.fullmatch(asked)
    if match is None:
        return None
    path = match["path"] or match["asked"] or match["called"]
    is_negated = bool(match["not"] or match["no"] or match["none"])
    return Condition(There(path.strip("\"'`")), is_negated)


def _of_change(asked: str, known: Words) -> Condition | None:
    match = _CHANGED.fullmatch(asked)
    if match is None:
        return None
    try:
        since = known.moment(match["since"])
    except LsfsError:
        return None
    return Condition(Fits(_meant(match["path"]), Filters(after=since)), bool(match["not"]))


def _of_filters(asked: str, known: Words) -> Condition | None:
    """What a search for "files that are ..." filters by, and by nothing else."""
    match = _FITS.fullmatch(asked)
    if match is None:
        return None
    try:
        (operation,) = known.parse_alone(f"find files that are {match['what']}").operations
    except (LsfsError, ValueError):
        return None
    if not isinstance(operation, Search) or operation.query or operation.containing:
        return None
    if operation.filters.is_empty():
        return None
    return Condition(
        Fits(_meant(match["of"] or match["asked"]), operation.filters), bool(match["not"])
    )


_READINGS: tuple[Callable[[str, Words], Condition | None], ...] = (
    _of_count, _of_path, _of_change, _of_filters,
)  # fmt: skip


def _meant(said: str) -> str | None:
    return None if said.casefold() in _BARE else said.strip("\"'`")


def decide(model: LanguageModel, question: str, known: str) -> bool:
    """What the model says to the question; it is shown what is known as data.

    Raises:
        UnavailableError: it cannot be reached, or answers neither yes nor no.
    """
    system = resources.files("lsfs.prompts").joinpath("templates/decide.txt").read_text("utf-8")
    prompt = f"Question: {json.dumps(question, ensure_ascii=False)}\nKnown:\n{known}"
    schema = {
        "type": "object", "properties": {"answer": {"enum": ["yes", "no"]}},
        "required": ["answer"], "additionalProperties": False,
    }  # fmt: skip
    said = model.complete(system, prompt, schema)
    try:
        answer = json.loads(said[said.index("{") : said.rindex("}") + 1])["answer"]
    except (ValueError, KeyError, TypeError):
        answer = None
    if answer not in ("yes", "no"):
        raise UnavailableError(
            f"the language model {model.name} answered neither yes nor no to {question!r}",
            hint="ask what can be decided without one (docs/programs.md)",
        )
    return bool(answer == "yes")
