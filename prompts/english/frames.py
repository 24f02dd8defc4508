"""Acts that their whole wording decides: back to where it was, up, swap, duplicate, back up.

Each names its files by themselves and leaves no word unread, so that nothing else is to be decided.
Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lsfs.plan import BaseOperation, Read, Undo

from ..names.context import Context, literal
from ..names.relative import backed_up, duplicated, moved_back, moved_out, moved_up, swapped
from ..names.targets import Targets, split_list
from ..request.quoting import masked
from ..request.refusals import missing
from ..times.numbers import NUMBER
from .going_back import everything_back
from .mood import makes_many

_Builder = Callable[[Sequence[str], re.Match[str], Context], BaseOperation]
_MOVE = r"(?:move|mv|shift|transfer|carry)"
_PLACE = (
    r"(?:to\s+)?(?:where\s+(?:it|they)\s+(?:was|were|used\s+to\s+be|came\s+from|had\s+been)"
    r"(?:\s+(?:before|earlier|originally|first))?"
    r"|(?:in(?:to)?\s+|to\s+)?(?:its|their|(?P<the>the))\s+(?P<which>old|original|previous|former|earlier)\s+"
    r"(?:place|places|location|folder|folders|directory|spot|position|name))"
)
_LEVEL = r"(?:one|a)\s+(?:level|folder|directory|step)"
_END = r"\s*[.!]*$"


def read_frame(text: str, context: Context) -> BaseOperation | None:
    """The operation of a step that is such an act as a whole; None where it is none.

    Raises:
        NotUnderstoodError: it is, and cannot be done so.
        ConfirmationError: a name could be several things.
    """
    if makes_many(text):
        raise missing("which folders to make", "make a folder called travel")
    if (back := everything_back(text, context)) is not None:
        return back
    if both := _UNDO_BOTH.match(text):
        return Undo(id=int(both["id"]) if both["id"] else None, force=True)
    for pattern, build in _FRAMES:
        match = pattern.match(masked(text))
        if match is None or _names_folder(match, context.targets):
            continue
        if names := named_whole(text[slice(*match.span("what"))], context.targets):
            return build(names, match, context)
    return None


def _names_folder(match: re.Match[str], targets: Targets) -> bool:
    """Whether "the old folder" is one that is called so, which "its old folder" is not."""
    which = match.groupdict().get("which") if match.groupdict().get("the") else None
    return bool(which) and targets.directory(str(which), loose=False) is not None


def named_whole(said: str, targets: Targets) -> list[str] | None:
    """The entries of a list of names, each once; None where a part of it is none."""
    found = [targets.entry(part, careful=True, loose=False) for part in split_list(said)]
    names = [path for path in found if path is not None]
    return list(dict.fromkeys(names)) if names and len(names) == len(found) else None


def _out(names: Sequence[str], match: re.Match[str], context: Context) -> BaseOperation:
    said = match.string[slice(*match.span("folder"))]
    return moved_out(names, context.targets.directory(said, loose=False))


_UNDO_BOTH = re.compile(
    r"^undo\s+(?:(?:number\s+|no\.?\s*|#)?(?P<id>\d{1,9})|it|that|the\s+last\s+(?:one|thing|change))"
    rf"\s*,?\s+(?:and\s+|but\s+)?keep(?:ing)?\s+(?:them\s+)?both(?:\s+versions)?{_END}", re.I,
)  # fmt: skip
_ALONE = r"(?P<what>(?:(?!\s(?:to|in|into|as|under|inside|at|called|named|with|from)\s).)+?)"
_FRAMES: tuple[tuple[re.Pattern[str], _Builder], ...] = tuple(
    (re.compile(rf"^{source}{_END}", re.I | re.S), build)
    for source, build in (
        (
            rf"{_MOVE}\s+(?P<what>.+?)\s+back(?:\s+{_PLACE})?",
            lambda names, _, context: moved_back(names, context.targets),
        ),
        (
            rf"(?:put|bring|take|get|send|return|rename)\s+(?P<what>.+?)\s+(?:back\s+)?{_PLACE}",
            lambda names, _, context: moved_back(names, context.targets),
        ),
        (
            rf"(?:undo|reverse|revert)\s+the\s+(?:move|moving|renam(?:e|ing))\s+of\s+{_ALONE}",
            lambda names, _, context: moved_back(names, context.targets),
        ),
        (
            rf"(?:{_MOVE}|put|bring|take)\s+(?P<what>.+?)\s+(?:{_LEVEL}\s+up|up(?:\s+{_LEVEL})?)",
            lambda names, *_: moved_up(names),
        ),
        (
            rf"(?:{_MOVE}|put|bring|take)\s+(?P<what>.+?)\s+out\s+of\s+(?:the\s+(?:folder\s+)?)?"
            r"(?P<folder>[\w./-]+)(?:\s+folder)?",
            _out,
        ),
        (
            rf"duplicate\s+{_ALONE}(?:\s+(?:in\s+place|right\s+(?:there|beside\s+it)|in\s+the\s+"
            r"same\s+folder))?",
            lambda names, _, context: duplicated(names, context.targets),
        ),
        (
            r"(?:show|print|display|read|see|give|open)\s+(?:me\s+)?(?:the\s+)?(?:(?:very\s+)?(?:first|last|top|"
            rf"bottom|final)\s+)?(?:{NUMBER}\s+)?lines?(?:\s+\d+\s*(?:to|-|–|until)\s*\d+)?\s+(?:of|in|from)\s+{_ALONE}",
            lambda names, *_: Read(target=literal(names)),
        ),
        (rf"(?:back\s?up)\s+{_ALONE}", lambda names, _, context: backed_up(names, context.targets)),
    )
)


# -- swapping --------------------------------------------------------------------------------------

_NAMES_OF = r"(?:(?:the\s+)?(?:file\s?)?names?\s+(?:of\s+)?)?"
_SWAPS = (
    re.compile(
        rf"^(?:swap|exchange|switch|interchange)\s+{_NAMES_OF}(?P<a>.+?)\s+(?:and|with|for)\s+"
        rf"(?P<b>.+?)(?:\s+around)?{_END}", re.I,
    ),
    re.compile(
        rf"^(?:rename|move|mv)\s+(?P<a>.+?)\s+(?:to|as|into)\s+(?P<b>.+?)\s*,?\s+and\s+"
        rf"(?:(?:rename|move|mv)\s+)?(?P<b2>.+?)\s+(?:to|as|into)\s+(?P<a2>.+?){_END}", re.I,
    ),
)  # fmt: skip


def read_swap(text: str, targets: Targets) -> tuple[BaseOperation, ...] | None:
    """The moves by which two files change their names; None where a request is no such.

    Raises:
        NotUnderstoodError: one of them is a folder.
        ConfirmationError: a name could be several things.
    """
    for pattern in _SWAPS:
        match = pattern.match(masked(text))
        if match is None:
            continue
        said = {name: text[slice(*match.span(name))].strip() for name in match.groupdict()}
        is_same = said.get("a2", said["a"]) == said["a"] and said.get("b2", said["b"]) == said["b"]
        one, other = (named_whole(said[name], targets) for name in ("a", "b"))
        if is_same and one and other and len(one) == len(other) == 1 and one != other:
            return swapped(one[0], other[0], targets)
    return None
