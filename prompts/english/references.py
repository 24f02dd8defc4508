"""What later steps of a request speak of: "it", "them", "there", "the copy".

"Find the newest pdf and summarise it": the second step takes over what the first selects. "Move
draft.txt to old and lock it": a literal name is followed to its new place. What is not certain is
not understood. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.filetypes import type_of
from lsfs.plan import BaseOperation
from lsfs.ports import Names
from lsfs.selector import Selector

from ..names.choosing import chosen_of
from ..names.context import Context
from ..names.names_after import NamesAfter
from ..names.outcomes import NEVER_BY_MEANING, Found, Left, found_by, left_by
from ..names.targets import Targets
from ..request.quoting import is_quotable, masked, quoted
from ..request.selection import Selection
from ..times.numbers import NUMBER, value
from .among import CARRYING, Chosen, choice_in, kept_to, place_in, says_ones
from .imperative import intents_of, verb_of

_END = (
    r"(?=\s*(?:$|[,;.])|\s+(?:in|into|to|onto|under|inside|with|as|for|from|by|until|there|back|up|"
    r"again|using|since|before|after|last|this|yesterday|today|during|is|are|exists?|read-?only|"
    r"writ(?:e)?able)\b)"
)
_THERE = re.compile(
    r"(?<!\blink\s)(?<!\bshortcut\s)(?<!\balias\s)\b(?:(?P<into>in|into|inside|to|under|within)\s+)?(?P<word>there|(?:it|that(?:\s+(?:new\s+)?"
    rf"(?:folder|directory))?|(?:the|this)\s+(?:new\s+)?(?:folder|directory)))\b{_END}",
    re.I,
)
_ONE = re.compile(
    r"\b(?:it|that\s+(?:one|file|document|pdf|photo|copy)|(?:the|this)\s+(?:new\s+|merged\s+|"
    r"combined\s+|joined\s+|resulting\s+)?(?:result|file|one|copy|document)|this|that)\b{end}".replace(
        "{end}", _END
    ),
    re.I,
)
_ITS = re.compile(
    r"\b(?:its|their)\s+(?P<noun>history|versions|contents?|text|summary|size|properties)\b", re.I
)
_ORIGINAL = re.compile(
    rf"\bthe\s+original(?:\s+(?:file|one))?\b{_END}|(?<=\bin\s)the\s+original\b", re.I
)
_RENAMED = re.compile(r"^(?:rename|retitle)\s+(?:it|that|this)\s+(?=\S+\.\w+$|['\"])", re.I)
_WHAT_IS_IN = re.compile(
    r"\bwhat(?:\s+else)?(?:['’]s|\s+is)\s+in(?:side)?\s+(?:there|it|that\s+folder)\b", re.I
)
_KINDS = {
    "photo": "image", "picture": "image", "pic": "image", "image": "image", "pdf": "pdf",
    "video": "video", "clip": "video", "song": "audio", "recording": "audio", "email": "email",
    "spreadsheet": "spreadsheet", "sheet": "spreadsheet", "presentation": "presentation",
}  # fmt: skip
_KIND = re.compile(rf"\b(?:the|this|that)\s+(?P<kind>{'|'.join(_KINDS)})\b{_END}", re.I)
_FROM = re.compile(
    r"\b(?:it|that|this)\s+from\s+(?:(?:its|the)\s+(?:original|old|first|former|previous)\s+(?:place|folder|"
    r"location|spot|directory)|(?:the\s+)?(?:folder\s+)?(?P<where>[\w./-]+)(?:\s+folder)?)$", re.I
)  # fmt: skip
_FOLDER = re.compile(
    rf"(?<!\bto\s)\b(?:the|that|this)\s+(?:new\s+|whole\s+)?(?:folder|directory)\b(?!\s+(?:of|in|from|with|as)\b){_END}",
    re.I,
)
_LOOKS = re.compile(r"(?:list|show|see|open|browse|display|what(?:'s|\s+is))\b", re.I)
_MANY = re.compile(
    rf"\b(?:all\s+of\s+(?:it|them|those|these)|all\s+{NUMBER}|(?:all\s+(?:of\s+)?)?the\s+above|them(?:\s+all)?|both(?:\s+of\s+them)?|(?:all\s+)?(?:those|these)(?:\s+{NUMBER})?"
    r"(?:\s+(?:files|ones|documents|pdfs|photos|pictures|papers|notes))?|(?:all\s+(?:the\s+)?|the\s+|your\s+)(?:results?|"
    r"hits|matches|findings|files|ones|found\s+(?:files|ones)|copies)|"
    rf"(?:all\s+)?(?:what(?:ever)?|those|the\s+(?:files|ones))\s+(?:you|was|is|were)\s+f(?:ind|ound))\b{_END}",
    re.I,
)
_WHATEVER = re.compile(r"\b(?:everything|anything|whatever|those|the\s+ones)\b", re.I)
_STAND_IN = "what-was-meant.found"


@dataclass(frozen=True, slots=True)
class Known:
    """What a request may speak of: the names of the tree, what was shown before, and the time."""

    names: Names
    shown: Sequence[str]
    now: datetime


_MADE = re.compile(r"^(?P<verb>create|make|add|new)\s+(?P<path>[\w/-]+)$", re.I)
_SPEAKS_OF_IT = re.compile(r"\b(?:there|(?:in|into|inside|to)\s+it)\b", re.I)
""" "Create archive/2026 and copy budget.xlsx there": what things go into is a folder."""
_Parse = Callable[[str], BaseOperation]


def read_in_turn(
    steps: Sequence[str], known: Known, parse: Callable[[str, Context], BaseOperation]
) -> tuple[BaseOperation, ...]:
    """The operations of the steps, where later ones may speak of what earlier ones leave.

    Raises:
        NotUnderstoodError: one is not understood, or an undo is not alone.
    """
    steps = [
        _MADE.sub(r"\g<verb> the folder \g<path>", step) if _SPEAKS_OF_IT.search(after) else step
        for step, after in zip(steps, [*steps[1:], ""], strict=True)
    ]
    names = NamesAfter(known.names)
    references = References(names, known.shown, known.now)
    operations: list[BaseOperation] = []
    for step in steps:
        operation = references.parsed(
            step, lambda said: parse(said, Context(Targets(names), known.now))
        )
        is_once = operation.effect == "read" or isinstance(operation, plan.Lock | plan.Unlock)
        if len(steps) > 1 and operation.effect == "read" and _orders(step):
            raise _unclear(f"I did not understand the step {step!r}")
        if is_once and operation in operations[-1:]:
            continue  # "when was it changed, and how large is it": asked in two ways
        operations.append(operation)
        references.note(operation)
    if len(operations) > 1 and any(isinstance(one, plan.Undo | plan.Redo) for one in operations):
        raise NotUnderstoodError("an undo stands alone", hint="ask for one thing after the other")
    return tuple(operations)


def _orders(step: str) -> bool:
    """Whether its verb asks for an act alone."""
    intents = intents_of(step)
    return bool(intents) and intents.isdisjoint(_READING | {"groups", "log", "none"})


class References:
    """What later steps of one request may speak of."""

    def __init__(self, names: NamesAfter, shown: Sequence[str], now: datetime) -> None:
        """`shown` are paths that were shown before the request."""
        self._names = names
        self._now = now
        self._left: list[tuple[BaseOperation, Left]] = []
        self._found: Found | None = None
        if shown:
            self._left.append((plan.List(), Left(Selector(paths=tuple(shown)))))
            self._found = Found(Selector(paths=tuple(shown)), is_shown=True)

    def note(self, operation: BaseOperation) -> None:
        """Remember an operation, in the order of the steps."""
        self._names.note(operation)
        left = left_by(operation)
        if isinstance(operation, plan.Search) and (path := self._sole(operation.query)):
            left = Left(Selector(paths=(path,)))
        self._left.append((operation, left))
        self._found = found_by(operation, self._found)

    def _sole(self, name: str) -> str | None:
        """The one file that a search names."""
        paths = self._names.candidates(name) if name else ()
        exact = [
            path
            for path in paths
            if name.casefold() in (path.casefold(), posixpath.basename(path).casefold())
        ]
        return exact[0] if len(exact) == 1 else None

    def parsed(self, step: str, parse: _Parse) -> BaseOperation:
        """The operation of a step, with what it refers to put in.

        Raises:
            NotUnderstoodError: that is unclear, or not certain.
        """
        if not self._left:
            return parse(step)
        step = _RENAMED.sub(r"\g<0>to ", step)
        step, is_there = self._with_place(step)
        step = _ITS.sub(r"the \g<noun> of it", self._with_folder(step))
        last, _ = self._left[-1]
        if isinstance(last, plan.Copy) and _is_named(last.target):
            source = last.target.paths[0]
            if original := _ORIGINAL.search(masked(step)) or self._from(step, source):
                before, after = step[: original.start()], step[original.end() :]
                return parse(f"{before}{quoted(source)}{after}")
        if chosen := self._chosen(step):
            words, files = chosen
            return self._put(step, (words.start, words.end), files, parse)
        match = _MANY.search(masked(step)) or _ONE.search(masked(step)) or self._of_kind(step)
        if match is None or _is_of_place(step, match):
            return self._of_found(step, parse(step))
        files, is_moved = self._files(match[0], is_there)
        operation = self._put(step, match.span(), files, parse)
        if is_moved and operation.effect != "read":
            raise _unclear()
        return operation

    def _from(self, step: str, source: str) -> re.Match[str] | None:
        """Where it says of what was copied "it from FOLDER", the one that it was copied from."""
        match = _FROM.search(masked(step))
        if match is None or match["where"] is None:
            return match
        folder = Targets(self._names).directory(match["where"], loose=False)
        return match if folder == posixpath.dirname(source) else None

    def _of_kind(self, step: str) -> re.Match[str] | None:
        """ "The picture", where the step before leaves one and that is a picture."""
        match, files = _KIND.search(masked(step)), self._left[-1][1].files
        if match is None or files is None or not _is_named(files):
            return None
        return match if type_of(files.paths[0]) == _KINDS[match["kind"].casefold()] else None

    def _put(
        self, step: str, span: tuple[int, int], files: Selector, parse: _Parse
    ) -> BaseOperation:
        """The operation of a step with the files in the place of the words that mean them."""
        before, after = step[: span[0]], step[span[1] :]
        if _is_named(files):
            return _not_in_query(parse(f"{before}{quoted(files.paths[0])}{after}"), files.paths[0])
        stand_in = plan.Create(path=_STAND_IN)
        self._names.note(stand_in)
        return _put_in(parse(f"{before}'{_STAND_IN}'{after}"), files)

    def _of_found(self, step: str, operation: BaseOperation) -> BaseOperation:
        """An act on "everything older than a year": on that of what was found, where some was.

        Raises:
            NotUnderstoodError: that cannot be chosen before it is found.
        """
        target, found = getattr(operation, "target", None), self._found
        if isinstance(target, Selector) and found and found.is_shown and says_ones(step):
            return kept_to(operation, target, found.files.paths)
        if operation.effect == "read" or not isinstance(target, Selector):
            return operation
        if found is None or found.is_shown or not _WHATEVER.search(masked(step)):
            return operation
        filters = target.filters
        is_placed = filters.under is not None or filters.path
        if is_placed or target.is_literal() or target.query or target.containing:
            return operation
        said = {key: value for key, value in dict(filters).items() if value}
        choice = Selection(filters=said, sort=target.sort, limit=target.limit)
        return operation.model_copy(update={"target": chosen_of(found.files, choice)})

    def _chosen(self, step: str) -> tuple[Chosen, Selector] | None:
        """The words by which a step chooses of what was found or shown before, and what that is.

        Raises:
            NotUnderstoodError: they choose of nothing, or of what is not known yet.
        """
        words, found = choice_in(step, Targets(self._names), self._now), self._found
        if words is not None and words.is_bare and (found is None or found.is_lost):
            raise _unclear()
        found = None if found is None or found.is_lost else found
        if found is not None and not found.is_shown:
            words = words or place_in(step, is_ranked=found.is_ranked)
        if found is None or words is None:
            return None
        if found.is_shown and not _is_of_shown(step, is_bare=words.is_bare):
            return None
        return words, chosen_of(found.files, words.choice)

    def _with_place(self, step: str) -> tuple[str, bool]:
        """The step with the folder that it calls "there" or "into it"; whether "there" is only
        where what it acts on has come to be."""
        if _WHAT_IS_IN.search(masked(step)) and (folder := self._folder()):
            return f"list {quoted(folder + '/')}", False
        for match in _THERE.finditer(masked(step)):
            word = match["word"].casefold()
            if word != "there" and not match["into"]:
                continue
            before, after = step[: match.start()].rstrip(), step[match.end() :]
            carries = verb_of(step) in CARRYING
            if word == "there" and not carries:
                return f"{before}{after}", True
            if (folder := self._folder()) is None:
                if word == "there":
                    raise _unclear()
                return step, False
            how = "in" if verb_of(step) in ("create", "make") else "into"
            return f"{before} {how} {quoted(folder + '/')}{after}", False
        return step, False

    def _folder(self) -> str | None:
        """Where things went last, or were made."""
        return next((left.folder for _, left in reversed(self._left) if left.folder), None)

    def _with_folder(self, step: str) -> str:
        """The step with the name of "the folder": what was made, or, to look at, where things went.

        Raises:
            NotUnderstoodError: it is to be changed, and is not one that was just made.
        """
        match = _FOLDER.search(masked(step))
        if match is None:
            return step
        operation, left = self._left[-1]
        is_made = isinstance(operation, plan.Mkdir)
        if not left.folder or not (is_made or _LOOKS.match(step)) or not is_quotable(left.folder):
            raise _unclear()
        return f"{step[: match.start()]}{quoted(left.folder + '/')}{step[match.end() :]}"

    def _files(self, said: str, is_there: bool) -> tuple[Selector, bool]:
        """What the words mean, and whether an earlier step has moved what it selects."""
        is_many = _MANY.fullmatch(said) is not None
        wants_copy = is_there or re.search(r"\bcop(?:y|ies)\b", said, re.I)
        for operation, left in reversed(self._left):
            files = left.made_beside if wants_copy and left.made_beside else left.files
            if wants_copy and isinstance(operation, plan.List):
                break
            if files is None:
                if isinstance(operation, plan.Copy | plan.Link | plan.Remove):
                    break
                continue
            if (count := _counted(said)) and len(files.paths) not in (0, count):
                break
            is_shown = isinstance(operation, plan.List) and files.is_literal()
            fits = _is_many(files) == is_many or (is_many and is_shown)
            if fits or re.search(r"\bresults?\b", said, re.I):
                return files, isinstance(operation, plan.Move) and not files.is_literal()
            if not (is_many and isinstance(operation, plan.Mkdir)):
                break
        raise _unclear()


def _is_of_place(step: str, match: re.Match[str]) -> bool:
    """Whether "the files" are those of a folder named then: "move the files in Papers to old"."""
    place = _IN_PLACE.match(masked(step), match.end())
    is_there = place is not None and (place["on"] or verb_of(step) not in CARRYING)
    return is_there and _THE_FILES.fullmatch(match[0]) is not None


_THE_FILES = re.compile(r"(?:all\s+(?:the\s+)?|the\s+)(?:files|ones)", re.I)
_IN_PLACE = re.compile(
    r"\s+(?:in|from|under|inside|within)\s+(?!there\b|it\b)\S.*?(?P<on>\s(?:in)?to\s|$)",
    re.I | re.S,
)


def _is_of_shown(step: str, *, is_bare: bool) -> bool:
    """Whether a choice is of what was shown: one by no kind of its own where nothing is looked for,
    or what is acted on."""
    if verb_of(step) in _SEEKING:
        return False
    intents = intents_of(step)
    return is_bare or (bool(intents) and intents.isdisjoint(_READING))


_SEEKING = frozenset("find search locate seek look".split())
_READING = frozenset("search list read stat summarize history diff similar translate".split())


def _counted(said: str) -> int | None:
    """How many "those three" are; both are two."""
    said = re.sub(r"\bboth\b", "those two", said, flags=re.I)
    match = re.search(rf"\b(?:those|these|all)\s+({NUMBER})\b", said, re.I)
    return value(match[1]) if match else None


def _is_many(files: Selector) -> bool:
    return len(files.paths) > 1 if files.is_literal() else files.limit != 1


def _is_named(files: Selector) -> bool:
    """Whether it is one file that a request can name."""
    return files.is_literal() and len(files.paths) == 1 and is_quotable(files.paths[0])


def _not_in_query(operation: BaseOperation, path: str) -> BaseOperation:
    """The operation; a name within a topic ("about soup and this"), or as a text ("save it as
    a.txt" of a summary), is unclear."""
    if path == getattr(operation, "text", None):
        raise _unclear("I cannot write what was shown into a file")
    target = getattr(operation, "target", None)
    if isinstance(target, Selector) and path in (target.query or ""):
        raise _unclear()
    return operation


def _put_in(operation: BaseOperation, files: Selector) -> BaseOperation:
    """The operation on what was meant, where a name stands in for it now."""
    target = getattr(operation, "target", None)
    if not isinstance(target, Selector) or target.paths != (_STAND_IN,):
        raise _unclear()
    if files.query and isinstance(operation, NEVER_BY_MEANING):
        raise _unclear()
    if isinstance(operation, plan.Move | plan.Copy | plan.Link) and not operation.into:
        raise _unclear()
    changed = operation.model_copy(update={"target": files})
    if _STAND_IN in str(changed.model_dump()):
        raise _unclear()
    return changed


def _unclear(problem: str = "I do not know what you refer to") -> NotUnderstoodError:
    return NotUnderstoodError(problem, hint="name the files in each step, one step at a time")
