"""A request of several steps: where it is cut, what later steps refer to, and the names that are
there once earlier ones are done.

"Find the newest pdf and summarise it": the second step takes over what the first selects. "Move
draft.txt to old and lock it": a literal name is followed to its new place. What is not certain is
not understood. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.ports import Names
from lsfs.selector import Filters, Selector

from .orders import verb_of
from .phrase import PATH, plain
from .wordings import masked

_STEP_WORDS = r"(?:then|afterwards?|after\s+that|(?<!the\s)(?<!my\s)next(?!\s+(?:week|month|year|day|time|to|hour|weekend|mon|tue|wed|thu|fri|sat|sun|\d|one))|finally|lastly|subsequently|thereafter)"
_CUT = re.compile(
    rf"(?P<sure>[\s,;.]+(?:and\s+)?(?:step\s+)?\d[.):]\s+|\s*;\s*(?:and\s+)?(?:{_STEP_WORDS}\b,?\s*)?|\s*[,.]?\s+(?:and\s+|but\s+)?"
    rf"{_STEP_WORDS}\b,?\s+|[.!]\s+(?:and\s+)?(?=[A-Z]))|"
    r"\s*,?\s*\band\s+(?:also\s+|please\s+)?|\s*,\s+(?:also\s+|please\s+)?",
    re.I,
)
_OPENING = re.compile(rf"^(?:(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|{_STEP_WORDS}|also|and|"
                      r"please|now)\b[\s,:]+|(?:step\s+)?\d[.):]\s+)+", re.I)  # fmt: skip
_CLOSING = re.compile(rf"[\s,]+(?:{_STEP_WORDS}|as\s+well|too)$", re.I)
_OBJECT = re.compile(
    r"\s+(?:up\s+|out\s+|back\s+)?(?:the|a|an|my|our|all|every|each|both|any|this|that|these|those|"
    r"it|them|me|us|everything|what|[\"'“‘`\d*]|(?:in|to)(?:to)?\b|from\b|under\b|[A-Z]|"
    r"(?:photos|pictures|images|pdfs|videos|e-?mails|files|documents|spreadsheets|folder|directory|"
    r"file|group|symlink)\b)",
)


def steps_of(text: str, is_name: Callable[[str], bool]) -> list[str]:
    """The steps of one request, each with a verb of its own; `is_name` says whether words name an
    entry.

    Raises:
        NotUnderstoodError: a step is announced ("then") and begins with no verb that is known.
    """
    text = _OPENING.sub("", text) if verb_of(plain(_OPENING.sub("", text))) else text
    if verb_of(text) is None:
        return [text]
    bare, start, steps = masked(text), 0, []
    for cut in _CUT.finditer(bare):
        rest = plain(_OPENING.sub("", text[cut.end() :]))
        if cut["sure"] and verb_of(rest) is None and not cut["sure"].strip(" ,;").isdigit():
            if re.search(r"\w", rest) and "." not in cut["sure"]:
                raise NotUnderstoodError(
                    f"I did not understand the step {rest!r}",
                    hint="begin each step with what to do, or ask for one after the other",
                )
        elif verb_of(rest) and (cut["sure"] or has_object(rest) or is_name(_words_after(rest))):
            steps.append(text[start : cut.start()])
            start = cut.end()
    steps.append(text[start:])
    return [_CLOSING.sub("", plain(_OPENING.sub("", step.strip(" ,;")))) for step in steps]


def has_object(text: str) -> bool:
    """Whether its verb is followed by what it acts on: "copy and paste" is no order."""
    rest = text[len(verb_of(text) or "") :]
    return bool(_OBJECT.match(rest) or PATH.match(rest.strip()))


def _words_after(text: str) -> str:
    rest = text[len(verb_of(text) or "") :].strip()
    return re.split(r"\s+(?:to|into|in|as|and|with)\s|,", rest)[0]


# -- what a step leaves ----------------------------------------------------------------------------


class NamesAfter:
    """`lsfs.ports.Names` as they will be once the steps that were noted are done."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._files: dict[str, None] = {}
        self._folders: dict[str, None] = {}
        self._away: set[str] = set()
        self._beside: dict[str, bool] = {}
        """Copies and links, and which are folders: a bare name still means what it meant."""

    def candidates(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        made = [*_called(name, self._files), *self._exactly(name, is_folder=False)]
        return [*made, *self._left(self._names.candidates(name))]

    def directories(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        made = [*_called(name, self._folders), *self._exactly(name, is_folder=True)]
        return [*made, *self._left(self._names.directories(name))]

    def gone(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._names.gone(name)

    def note(self, operation: BaseOperation) -> None:
        """Take in what an operation makes, and what it takes away."""
        match operation:
            case plan.Mkdir():
                self._add(operation.path, self._folders)
            case plan.Create() | plan.Write() | plan.Append():
                self._add(operation.path, self._files)
            case plan.Join():
                self._add(operation.to, self._files)
            case plan.Move() | plan.Copy() | plan.Link():
                self._relocate(operation)
            case plan.Remove():
                self._away.update(operation.target.paths)

    def _relocate(self, operation: plan.Move | plan.Copy | plan.Link) -> None:
        if operation.into and operation.to:
            self._add(operation.to, self._folders)
        for old, new in zip(operation.target.paths, new_places(operation), strict=True):
            is_folder = old in self.directories(old)
            if isinstance(operation, plan.Move):
                self._away.add(old)
                self._files.pop(old, None)
                self._folders.pop(old, None)
            if isinstance(operation, plan.Move):
                self._add(new, self._folders if is_folder else self._files)
            else:
                self._beside[new] = is_folder

    def _add(self, path: str, kind: dict[str, None]) -> None:
        kind[path] = None
        self._away.discard(path)
        while path := posixpath.dirname(path):
            self._folders[path] = None

    def _exactly(self, path: str, *, is_folder: bool) -> list[str]:
        return [path] if self._beside.get(path.strip("/")) is is_folder else []

    def _left(self, paths: Sequence[str]) -> Iterator[str]:
        made = {**self._files, **self._folders}
        for path in paths:
            above = (path[:end] for end, letter in enumerate(path) if letter == "/")
            if path not in made and path not in self._away and not self._away.intersection(above):
                yield path


def _called(name: str, paths: Sequence[str] | dict[str, None]) -> list[str]:
    wanted = name.strip().strip("/").casefold()
    return [
        path
        for path in paths
        if wanted in (path.casefold(), *_names_of(path)) or path.casefold().endswith(f"/{wanted}")
    ]


def _names_of(path: str) -> tuple[str, str]:
    last = posixpath.basename(path).casefold()
    return last, posixpath.splitext(last)[0]


def new_places(operation: plan.Move | plan.Copy | plan.Link) -> list[str]:
    """Where the literal paths of its target will be."""
    if not operation.into:
        return [operation.to] * len(operation.target.paths)
    return [
        posixpath.join(operation.to, posixpath.basename(path)) for path in operation.target.paths
    ]


@dataclass(frozen=True, slots=True)
class _Left:
    """What a step leaves to be spoken of: files, and the folder that "there" is."""

    files: Selector | None = None
    folder: str | None = None
    made_beside: Selector | None = None
    """Copies or links: "it" might be them, or what they are of."""


def _left_by(operation: BaseOperation) -> _Left:
    match operation:
        case plan.Search():
            return _Left(_found_by(operation), operation.filters.under)
        case plan.List():
            return _Left(Selector(filters=Filters(under=operation.path or None)), operation.path)
        case plan.Mkdir():
            return _Left(Selector(paths=(operation.path,)), operation.path)
        case plan.Join():
            return _Left(Selector(paths=(operation.to,)))
        case plan.Move():
            folder = operation.to if operation.into else None
            if not operation.target.is_literal():
                return _Left(operation.target, folder)
            return _Left(Selector(paths=tuple(new_places(operation))), folder)
        case plan.Copy() | plan.Link():
            folder = operation.to if operation.into else None
            made = Selector(paths=tuple(new_places(operation)))
            return _Left(None, folder, made if made.paths else None)
        case plan.Remove() | plan.MakeGroup() | plan.Similar():
            return _Left()
    target, path = (getattr(operation, name, None) for name in ("target", "path"))
    if isinstance(target, Selector):
        return _Left(target)
    return _Left(Selector(paths=(path,)) if path else None)


def _found_by(search: plan.Search) -> Selector:
    said = search.model_fields_set
    limit = search.limit if search.limit != plan.Search.model_fields["limit"].default else None
    return Selector(
        query=search.query or None if "query" in said else None, containing=search.containing,
        filters=search.filters, limit=limit, sort=search.sort,
    )  # fmt: skip


# -- what a step refers to -------------------------------------------------------------------------

_END = r"(?=\s*(?:$|[,;.])|\s+(?:in|into|to|onto|under|inside|with|as|for|from|by|until|there|back|up|again|using)\b)"
_THERE = re.compile(
    r"\b(?:(?P<into>in|into|inside|to|under|within)\s+)?(?P<word>there|(?:it|that(?:\s+(?:new\s+)?"
    rf"(?:folder|directory))?|(?:the|this)\s+(?:new\s+)?(?:folder|directory)))\b{_END}",
    re.I,
)
_ONE = re.compile(
    r"\b(?:it|that\s+(?:one|file|document|pdf|photo|copy)|(?:the|this)\s+(?:new\s+|merged\s+|"
    rf"combined\s+|joined\s+|resulting\s+)?(?:result|file|one|copy|document|folder)|this|that)\b{{end}}".replace("{end}", _END),
    re.I,
)
_MANY = re.compile(
    r"\b(?:all\s+of\s+(?:it|them|those|these)|them(?:\s+all)?|both(?:\s+of\s+them)?|(?:all\s+)?(?:those|these)"
    r"(?:\s+(?:files|ones|documents|pdfs|photos|pictures|papers|notes))?|(?:all\s+(?:the\s+)?|the\s+|your\s+)(?:results?|"
    r"hits|matches|findings|files|ones|found\s+(?:files|ones)|copies)|"
    rf"(?:all\s+)?(?:what(?:ever)?|those|the\s+(?:files|ones))\s+(?:you|was|is|were)\s+f(?:ind|ound))\b{_END}",
    re.I,
)
_STAND_IN = "what-was-meant.found"
_SEMANTIC_NEVER = (plan.Remove, plan.Replace, plan.Unlock)


class References:
    """What later steps of one request may speak of."""

    def __init__(self, names: NamesAfter) -> None:
        self._names = names
        self._left: list[tuple[BaseOperation, _Left]] = []

    def note(self, operation: BaseOperation) -> None:
        """Remember an operation, in the order of the steps."""
        self._names.note(operation)
        left = _left_by(operation)
        if isinstance(operation, plan.Search) and (path := self._sole(operation.query)):
            left = _Left(Selector(paths=(path,)))
        self._left.append((operation, left))

    def _sole(self, name: str) -> str | None:
        """The one file that a search names."""
        paths = self._names.candidates(name) if name else ()
        exact = [path for path in paths if name.casefold() in (path.casefold(), _names_of(path)[0])]
        return exact[0] if len(exact) == 1 else None

    def parsed(self, step: str, parse: Callable[[str], BaseOperation]) -> BaseOperation:
        """The operation of a step, with what it refers to put in.

        Raises:
            NotUnderstoodError: that is unclear, or not certain.
        """
        if not self._left:
            return parse(step)
        step, is_there = self._with_place(step)
        match = _MANY.search(masked(step)) or _ONE.search(masked(step))
        if match is None:
            return parse(step)
        files, is_moved = self._files(match[0], is_there)
        before, after = step[: match.start()], step[match.end() :]
        if files.is_literal() and len(files.paths) == 1:
            return parse(f"{before}{_quoted(files.paths[0])}{after}")
        stand_in = plan.Create(path=_STAND_IN)
        self._names.note(stand_in)
        operation = parse(f"{before}'{_STAND_IN}'{after}")
        if is_moved and operation.effect != "read":
            raise _unclear()
        return _put_in(operation, files)

    def _with_place(self, step: str) -> tuple[str, bool]:
        """The step with the folder that it calls "there" or "into it"; whether "there" is only
        where what it acts on has come to be."""
        for match in _THERE.finditer(masked(step)):
            word = match["word"].casefold()
            if word != "there" and not match["into"]:
                continue
            before, after = step[: match.start()].rstrip(), step[match.end() :]
            carries = verb_of(step) in ("move", "put", "copy", "place", "mv", "cp", "drop", "store",
                                        "transfer", "link", "symlink", "create", "make", "shift")  # fmt: skip
            if word == "there" and not carries:
                return f"{before}{after}", True
            folder = next((left.folder for _, left in reversed(self._left) if left.folder), None)
            if folder is None:
                if word == "there":
                    raise _unclear()
                return step, False
            how = "in" if verb_of(step) in ("create", "make") else "into"
            return f"{before} {how} {_quoted(folder + '/')}{after}", False
        return step, False

    def _files(self, said: str, is_there: bool) -> tuple[Selector, bool]:
        """What the words mean, and whether an earlier step has moved what it selects."""
        is_many = _MANY.fullmatch(said) is not None
        wants_copy = is_there or re.search(r"\bcop(?:y|ies)\b", said, re.I)
        for operation, left in reversed(self._left):
            files = left.made_beside if wants_copy and left.made_beside else left.files
            if files is None:
                if isinstance(operation, plan.Copy | plan.Link | plan.Remove):
                    break
                continue
            if _is_many(files) == is_many or re.search(r"\bresults?\b", said, re.I):
                return files, isinstance(operation, plan.Move) and not files.is_literal()
            if not (is_many and isinstance(operation, plan.Mkdir)):
                break
        raise _unclear()


def _is_many(files: Selector) -> bool:
    return len(files.paths) > 1 if files.is_literal() else files.limit != 1


def _put_in(operation: BaseOperation, files: Selector) -> BaseOperation:
    """The operation on what was meant, where a name stands in for it now."""
    target = getattr(operation, "target", None)
    if not isinstance(target, Selector) or target.paths != (_STAND_IN,):
        raise _unclear()
    if operation.effect != "read" and not files.is_literal() and files.query:
        if isinstance(operation, _SEMANTIC_NEVER):
            raise _unclear()
    if isinstance(operation, plan.Move | plan.Copy | plan.Link) and not operation.into:
        raise _unclear()
    changed = operation.model_copy(update={"target": files})
    if _STAND_IN in str(changed.model_dump()):
        raise _unclear()
    return changed


def _quoted(path: str) -> str:
    mark = '"' if "'" in path else "'"
    return f"{mark}{path}{mark}"


def _unclear() -> NotUnderstoodError:
    return NotUnderstoodError(
        "I do not know what you refer to",
        hint="name the files in each step, one step at a time",
    )
