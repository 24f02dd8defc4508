"""An instruction of a program as a request: names in braces become what they stand for.

What files are called and what they say is data. A stand-in, which no file can be called after
beforehand, goes through the parser in its place, and `Wording.put_in` puts the value into the
operation that comes out. Touches nothing.
"""

from __future__ import annotations

import posixpath
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lsfs.errors import NotUnderstoodError, UsageError
from lsfs.foreseen import Files
from lsfs.plan import OPERATIONS, Operation, Search
from lsfs.worded import CONSTANTS

NAME = re.compile(r"\{([a-z]\w*)(?:\.(count|name|stem))?\}")
"""A name in braces, with what of it is meant."""
_POINTS = re.compile(
    r"\b(?:it|them|those|these|both|the\s+(?:first|last|\d+\w*)\s+(?:of\s+them|files?|ones?))\b",
    re.I,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|“[^”]*”")
_LOOKS = re.compile(r"\s*(?:please\s+)?(?:find|search|look|locate|list|show)\b", re.I)
_WRITES = re.compile(
    r"\s*(?:please\s+)?(?:write|append|save)\s+(?:the\s+(?:names|list)\s+of\s+)?$", re.I
)
_SAID = re.compile(
    r"(\s*(?:please\s+)?(?:write|append|save|add|put)\s+)(?:the|that|this)\s+"
    r"(?:summary|text|answer|result|differences|changes)\b", re.I,
)  # fmt: skip


Value = Files | str


@dataclass(slots=True)
class Values:
    """What is known by name; `found` is "them" and "it", `said` "the summary", which no model may
    see where it `is_private`."""

    constants: dict[str, str]
    names: dict[str, Value] = field(default_factory=dict)
    found: Files | None = None
    said: str | None = None
    is_private: bool = False

    def named(self, name: str) -> Value:
        """What the name stands for. Raises: UsageError."""
        if name in self.constants:
            return self.constants[name]
        if name not in self.names:
            raise UsageError(
                f"{{{name}}} stands for nothing yet", hint="the step that names it was not run"
            )
        return self.names[name]


def constants_of(now: datetime) -> dict[str, str]:
    """What `CONSTANTS` stand for."""
    year, week, _ = now.isocalendar()
    told = (f"{now:%Y-%m-%d}", f"{year}-W{week:02}", f"{now:%Y-%m}", f"{now:%Y}")
    return dict(zip(CONSTANTS, told, strict=True))


@dataclass(frozen=True, slots=True)
class Wording:
    """A request; `shown` are the paths it may speak of, `points` whether it must. `empty` names
    what it needs and is nothing: then there is nothing to do. `is_chosen`: a query chose these, or
    what a part of a name is of. `mark` is in all its stand-ins."""

    request: str
    shown: tuple[str, ...] = ()
    points: bool = False
    texts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    empty: str | None = None
    is_chosen: bool = False
    mark: str = ""

    def put_in(self, operations: Sequence[Operation]) -> tuple[Operation, ...]:
        """The operations with the values where their stand-ins are.

        Raises:
            NotUnderstoodError: a value went nowhere, or not where it can be.
        """
        if not self.texts and not self.parts:
            return tuple(operations)
        put: list[Operation] = [
            OPERATIONS.validate_python({"op": one.op, **self._put(one.model_dump())})
            for one in operations
        ]
        told = "\0".join(str(getattr(one, "text", "")) for one in put)
        if not all(text in told for text in self.texts):
            raise NotUnderstoodError(
                "a text can be written, saved or appended, and nothing else",
                hint="for example: write {summary} to weekly.md",
            )
        return tuple(put)

    def _put(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {key: self._value(value, is_text=key == "text") for key, value in fields.items()}

    def _value(self, value: Any, *, is_text: bool) -> Any:
        if isinstance(value, str):
            stand_in = rf"lsfs(text|name){self.mark}x(\d+)x(?:{re.escape(_ending(self.mark))})?"
            return re.sub(stand_in, lambda match: self._meant(match, is_text=is_text), value)
        if isinstance(value, dict):
            return {key: self._value(one, is_text=key == "text") for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(one, is_text=is_text) for one in value]
        return value

    def _meant(self, match: re.Match[str], *, is_text: bool) -> str:
        values = self.texts if match[1] == "text" else self.parts
        if match[1] == "text" and not is_text:
            return match[0]
        return values[int(match[2])] if int(match[2]) < len(values) else match[0]

    def check_pointed(self, operations: Sequence[Operation]) -> None:
        """That what it speaks of is what it acts on.

        Raises:
            NotUnderstoodError: it is not.
        """
        if not self.points or all(isinstance(one, Search) for one in operations):
            return
        acted = {path for one in operations for path in _paths_of(one)}
        if not acted.intersection(self.shown):
            raise NotUnderstoodError(
                "I cannot tell which files that is about",
                hint="begin with what to do, then {name} or `them`: copy {notes} to archive/",
            )


def _paths_of(operation: Operation) -> Sequence[str]:
    target = getattr(operation, "target", None)
    named = target.paths if target is not None else ()
    return (*named, getattr(operation, "path", ""), getattr(operation, "to", "") or "")


Where = Callable[[Files], tuple[str, ...]]
"""Where files are by now."""


def path_in(path: str, values: Values, where: Where) -> str:
    """A path with the names in it put in.

    Raises:
        UsageError: a name stands for nothing yet, for a text, or for several files.
    """

    def put(match: re.Match[str]) -> str:
        value = values.named(match[1])
        if isinstance(value, str):
            return value if match[1] in CONSTANTS else _sole(match[1], match[2], ())
        return _sole(match[1], match[2], where(value))

    return NAME.sub(put, path)


def worded(words: str, values: Values, where: Where) -> Wording:
    """An instruction as a request; `where` says where files are by now.

    Raises:
        UsageError: a name stands for nothing yet, or not for what is said of it.
    """
    return _Wording(values, where).of(words)


class _Wording:
    """One instruction on its way."""

    def __init__(self, values: Values, where: Where) -> None:
        self._values = values
        self._where = where
        self._texts: list[str] = []
        self._parts: list[str] = []
        self._shown: tuple[str, ...] | None = None
        self._empty: str | None = None
        self._is_chosen = False
        self._mark = str(secrets.randbelow(10**9))

    def of(self, words: str) -> Wording:
        if self._values.said is not None and (match := _SAID.match(words)):
            words = f"{match[1]}{self._text(self._values.said, 'it')}{words[match.end() :]}"
        request = NAME.sub(lambda match: self._put(match, words), words)
        points = self._shown is not None
        bare = _QUOTED.sub(" ", words)
        if self._shown is None and _POINTS.search(bare) and self._values.found is not None:
            self._shown = self._where(self._values.found)
            self._is_chosen |= self._values.found.is_chosen
            points = not _LOOKS.match(words)
            if not self._shown and points:
                self._empty = "nothing was found"
        return Wording(
            request, self._shown or (), points, tuple(self._texts), tuple(self._parts),
            self._empty, self._is_chosen, self._mark,
        )  # fmt: skip

    def _put(self, match: re.Match[str], words: str) -> str:
        name, part = match[1], match[2]
        value = self._values.named(name)
        before = words[: match.start()]
        if name in CONSTANTS:
            return _told(str(value), before)
        if isinstance(value, str):
            if part:
                raise UsageError(f"{{{name}}} is a text: it has no {part}")
            return self._text(value, f"{{{name}}}", is_quoted=before.count('"') % 2 == 1)
        paths = self._where(value)
        if part == "count":
            return _told(str(len(paths)), before)
        if not paths:
            self._empty = f"{{{name}}} is empty"
        if part:
            self._is_chosen |= value.is_chosen
            return self._part(name, part, paths)
        if _WRITES.match(before):
            return self._text("".join(f"{path}\n" for path in paths), f"{{{name}}}")
        if self._shown not in (None, paths):
            raise UsageError("one step can be about the files of one name", hint="make two of it")
        self._shown = paths
        self._is_chosen |= value.is_chosen
        return "it" if len(paths) == 1 else "them"

    def _text(self, text: str, called: str, *, is_quoted: bool = False) -> str:
        if not text.strip():
            self._empty = f"{called} says nothing"
        self._texts.append(text)
        stand_in = self._stand_in("text", len(self._texts) - 1)
        return stand_in if is_quoted else f"'{stand_in}'"

    def _part(self, name: str, part: str, paths: Sequence[str]) -> str:
        self._parts.append(_sole(name, part, paths) if paths else "")
        has_ending = posixpath.splitext(self._parts[-1])[1] != ""
        return self._stand_in("name", len(self._parts) - 1) + _ending(self._mark) * has_ending

    def _stand_in(self, kind: str, number: int) -> str:
        return f"lsfs{kind}{self._mark}x{number}x"


def _ending(mark: str) -> str:
    """That of a stand-in for a name that has one: no other is put behind it, nor is it a folder."""
    return f".x{mark[:7]}"


def _sole(name: str, part: str | None, paths: Sequence[str]) -> str:
    """The path of the one file, its name, or that without its ending. Raises: UsageError."""
    if len(paths) != 1:
        raise UsageError(
            f"{{{name}}} stands for {len(paths) or 'no'} files, where one is needed",
            hint=f"For each of {{{name}}}: ... {{file{f'.{part}' if part else ''}}}",
        )
    if part is None:
        return paths[0]
    called = posixpath.basename(paths[0])
    return posixpath.splitext(called)[0] if part == "stem" else called


def _told(value: str, before: str) -> str:
    """A date or a number, in quotes where it is what is written."""
    return f"'{value}'" if _WRITES.match(before) else value
