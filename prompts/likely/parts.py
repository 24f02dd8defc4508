"""The names and texts in a request, each with the role it plays there.

A role is what the words right before a name make of it: acted on (nothing before it, or its verb),
where to ("into"), a new name ("as", "call it"), where from, of what, with what. Pure but for asking
`Names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from lsfs.errors import ConfirmationError

from ..names.places import KIND
from ..names.targets import Targets
from ..request.data import load
from ..request.kinds import take_kinds
from ..request.quoting import looks_like_file, quotes
from ..request.spoken import Spoken
from .words import words_of

Role = Literal["object", "to", "as", "from", "of", "on", "with"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is named or quoted at `start` to `end`. `by` is its preposition, `tie` the word before
    that; `is_listed`: it goes on the list of the part before it. `path` is what is there of that
    name, `doubt` why that is not certain."""

    start: int
    end: int
    said: str
    role: Role = "object"
    tie: str = ""
    by: str = ""
    is_listed: bool = False
    is_folder: bool = False
    is_quoted: bool = False
    path: str | None = None
    doubt: ConfirmationError | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is a quoted text, and no name of what is there or of a file."""
        return self.is_quoted and self.path is None and not looks_like_file(self.said)


def parts_of(text: str, targets: Targets, verbs: frozenset[str]) -> list[Part]:
    """The parts in their order; `verbs` are words that are no names where they lead.

    A bare word or two are a name where something is called so: its path, name, stem or words.
    """
    marked = _marked(text, targets)
    rest = blanked(text, marked)
    found = sorted([*marked, *_bare(rest, targets, verbs)], key=lambda part: part.start)
    looked_up = {part.start for part in found} - {part.start for part in marked}
    return [
        part if part.start in looked_up else _found(part, targets)
        for part in _with_roles(text, found)
    ]


def blanked(text: str, parts: Sequence[Part]) -> str:
    """The request with its parts blanked, as long as before."""
    for part in parts:
        text = text[: part.start] + "\0" * (part.end - part.start) + text[part.end :]
    return text


# -- what is named ---------------------------------------------------------------------------------


def _marked(text: str, targets: Targets) -> list[Part]:
    """Quotes, and what looks like a path."""
    mentioned = [span for span, _ in targets.mentioned(text)]
    spans = {span.start: Part(span.start, span.end, span.text) for span in mentioned}
    for quote in quotes(text):
        spans[quote.start] = Part(quote.start, quote.end, quote.text, is_quoted=True)
    return [_with_words(part, text) for part in spans.values()]


_WORDS_OF_NAME = re.compile(
    r"\b(?:call(?:ed)?(?:\s+(?:it|that))?|named?(?:\s+it)?|titled|dubbed)\s+((?:[\w-]+\s+){1,3})$",
    re.I,
)


def _with_words(part: Part, text: str) -> Part:
    """ "Call it budget 2027.xlsx": the whole of a new name."""
    before = None if part.is_quoted else _WORDS_OF_NAME.search(text[: part.start])
    grammar = _breaks() | words_of("nouns")
    if before is None or grammar & set(before[1].casefold().split()):
        return part
    start = before.start(1)
    return replace(part, start=start, said=text[start : part.end])


def _found(part: Part, targets: Targets) -> Part:
    """The part with what is there of its path or name."""
    if not part.said.strip() or "\n" in part.said:
        return part
    name = part.said.strip()
    if part.is_quoted and not targets.knows(name) and not looks_like_file(name):
        return part
    if part.role == "as":
        return replace(part, path=name if targets.is_there(name) else None)
    try:
        path = targets.existing(name, careful=True)
    except ConfirmationError as doubt:
        return replace(part, doubt=doubt)
    return replace(part, path=path if targets.is_there(path) else None)


_TOKEN = re.compile(r"\0+|[^\W_](?:[\w'’&+.-]*\w)?|[^\w\s]")
_MOST = 5


def _bare(rest: str, targets: Targets, verbs: frozenset[str]) -> Iterator[Part]:
    """What is named without marks, found in the runs of words between those of grammar."""
    run: list[re.Match[str]] = []
    before = ""
    leads = True
    for token in [*_TOKEN.finditer(rest), None]:
        word = token[0].casefold() if token else ""
        if token and word[0].isalnum() and word not in _breaks():
            run.append(token)
            continue
        if run:
            yield from _in_run(run, before, word, targets, verbs if leads else frozenset())
            leads = False
        run, before = [], word


def _in_run(
    run: Sequence[re.Match[str]], before: str, after: str, targets: Targets, verbs: frozenset[str]
) -> Iterator[Part]:
    """The longest names in a run, left to right where several are as long."""
    free = list(run[:8])
    while free and free[0][0].casefold() in verbs and before not in _determiners() | _towards():
        del free[0]
        before = ""
    for length in range(min(len(free), _MOST), 0, -1):
        for first in range(len(free) - length + 1):
            words = free[first : first + length]
            is_led = first == 0 and (before in _determiners() or before in _towards())
            towards = first == 0 and before in _prepositions()["to"]
            part = _named(words, targets, is_led=is_led, towards=towards)
            if part is not None:
                yield from _in_run(free[:first], before, "", targets, frozenset())
                yield part
                yield from _in_run(free[first + length :], "", after, targets, frozenset())
                return


def _named(
    words: Sequence[re.Match[str]], targets: Targets, *, is_led: bool, towards: bool
) -> Part | None:
    names = [word[0] for word in words]
    nouns = words_of("nouns")
    if all(name.casefold() in nouns for name in names):
        folder = targets.directory(names[0], loose=False) if towards and len(names) == 1 else None
        return Part(words[0].start(), words[0].end(), names[0], path=folder) if folder else None
    says_folder = names[-1].casefold() in ("folder", "directory")
    said = " ".join(names[:-1] if says_folder else names)
    part = Part(words[0].start(), words[-1].end(), said, is_folder=says_folder)
    if says_folder:
        folder = targets.directory(said, loose=False)
        return replace(part, path=folder) if folder else None
    if take_kinds(Spoken(said)) and not targets.knows(said):
        return None  # "zip files"
    if re.fullmatch(KIND, said, re.I) and not (is_led or targets.directory(said, loose=False)):
        return None  # "move photos": not photo.jpg alone
    if names[0].casefold() in nouns or (len(names) > 1 and names[-1].casefold() in _breaks()):
        return None
    if len(names) == 1 and not is_led and not targets.knows(said):
        return None
    try:
        path = targets.entry(said, careful=True, loose=False)
    except ConfirmationError as doubt:
        is_exact = targets.knows(said)
        return replace(part, doubt=doubt) if is_exact or is_led else None
    return replace(part, path=path) if path else None


# -- what it is there for --------------------------------------------------------------------------

_LISTED = re.compile(
    r"\W*(?:[,&+/]|\b(?:and|n|plus|also|as well as)\b)(?:\W|\b(?:and|n|also)\b)*", re.I
)
_NAMING = re.compile(
    r"\b(?:as|dubbed|titled|retitled|labelled|"
    r"(?:(?:by|under|with|to|of) )?(?:(?:the|its|a|new|file) )*name"
    r"(?: (?:is|be|to be|should be|it|of|being|to))?|"
    r"(?:to |now )?(?:call|name|rename|retitle|label|dub) (?:it|that|them|the copy|this)"
    r"(?: to| as)?|"
    r"(?:to |now |should |shall |must )?be (?:called|named)|known as|"
    r"go(?:es)? by(?: the name)?(?: of)?|"
    r"called|named|-?=?>)\W*$",
    re.I,
)
_FOLDER = re.compile(r"\b(?:folder|directory|dir|subfolder)\b", re.I)


def _with_roles(text: str, parts: Sequence[Part]) -> list[Part]:
    placed: list[Part] = []
    position = 0
    for part in parts:
        gap = text[position : part.start]
        words, nouns = _peeled(gap)
        says = bool(_FOLDER.search(" ".join(nouns))) or part.said.endswith("/")
        after = re.match(r"\W*(?:folder|directory|dir)\b", text[part.end :], re.I)
        part = replace(part, is_folder=part.is_folder or says or after is not None)
        role, by, tie = _role(gap, words)
        if placed and role == "object" and _LISTED.fullmatch(" ".join(words)):
            before = _listed_with(part, placed)
            role, by, tie = before.role, before.by, before.tie
            part = replace(part, is_listed=True)
        elif (not placed and _TOPIC.fullmatch(gap)) or (by == "to" and tie in _TIED_BY_TO):
            role, by, tie = ("object", "", "") if not tie else ("of", "of", tie)
        placed.append(replace(part, role=role, by=by, tie=tie))
        position = part.end
    return placed


_TOPIC = re.compile(
    r"\W*(?:about|regarding|concerning|re|as for)\s+(?:the\s+|my\s+)?(?:file\s+)?", re.I
)
_TIED_BY_TO = frozenset("link links shortcut shortcuts symlink symlinks access url".split())
""" "A link to X" is one of X."""


def _listed_with(part: Part, placed: Sequence[Part]) -> Part:
    """What a part is listed with: a file not with the folder that the file before it is in."""
    last = placed[-1]
    is_place = last.role in ("from", "of", "on") or last.by in ("in", "inside", "under", "within")
    if (
        len(placed) > 1
        and is_place
        and looks_like_file(part.said)
        and not looks_like_file(last.said)
    ):
        return placed[-2]
    return last


def _peeled(gap: str) -> tuple[list[str], list[str]]:
    """The words of a gap without the articles and nouns at its end, and those."""
    words = re.findall(r"[\w'’/-]+|->|=>|→|[,;:(&+]", gap)
    end = len(words)
    while end and words[end - 1].casefold() in _determiners() | words_of("nouns") | {":"}:
        end -= 1
    return words[:end], [word.casefold() for word in words[end:]]


def _role(gap: str, words: Sequence[str]) -> tuple[Role, str, str]:
    """The role, its preposition, and the word before that."""
    is_naming = _NAMING.search(gap) is not None and not _AS_WELL.search(gap)
    if is_naming and not _CALLED.search(gap):
        return "as", "", ""
    if not words:
        return "object", "", ""
    if words[-1].casefold() in ("called", "named", "titled"):
        words, _ = _peeled(" ".join(words[:-1]))
    last = words[-1].casefold() if words else ""
    for role, known in _prepositions().items():
        if last in known:
            return role, last, (words[-2].casefold() if len(words) > 1 else "")
    return "object", "", last


_AS_WELL = re.compile(r"\bas well as\W*$", re.I)
_CALLED = re.compile(
    r"\b(?:the|my|our|this|that)\s+(?!new\b)(?:\w+\s+)?(?:file|folder|directory|document|doc|note)s?\s+"
    r"(?:called|named|titled)\W*$", re.I,
)  # fmt: skip
"""What is there is mentioned, not named anew: "the file called draft"."""


@lru_cache(maxsize=1)
def _prepositions() -> dict[Role, frozenset[str]]:
    return {
        role: frozenset(words.split()) for role, words in load("likely")["prepositions"].items()
    }


@lru_cache(maxsize=1)
def _towards() -> frozenset[str]:
    return frozenset().union(*_prepositions().values())


@lru_cache(maxsize=1)
def _determiners() -> frozenset[str]:
    return frozenset(
        "the a an my our your his her their this that these those its new existing both".split()
    )


@lru_cache(maxsize=1)
def _breaks() -> frozenset[str]:
    """Words that are part of no name without marks."""
    return _towards() | _determiners() | words_of("grammar") | words_of("said")
