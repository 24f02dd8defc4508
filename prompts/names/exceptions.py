"""What an act leaves alone: "delete all pdfs except cv.pdf". Only entries that are named, and are
there, can be left alone for certain. Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from lsfs.errors import ConfirmationError, NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..request.quoting import masked
from .context import Context
from .nearest import strip_nouns, unquoted
from .targets import split_list

_Parse = Callable[[str, Context], BaseOperation]


def with_exceptions(
    text: str, context: Context, parse: _Parse, openings: tuple[re.Pattern[str], ...]
) -> BaseOperation | None:
    """The act on all but the entries that `openings` find said; None where they find none, where
    something else is said, or where the rest only looks.

    Raises:
        NotUnderstoodError: the rest is not understood, or names what it is on.
        ConfirmationError: a name could be several things.
    """
    for opening in openings:
        match = opening.search(masked(text))
        if match is None:
            continue
        said = text[slice(*match.span("names"))]
        if not _entries(said, context, None, surely=False):
            return None
        start, end = match.span()
        rest = f"{text[:start]}{match.groupdict().get('joint') or ''} {text[end:]}".strip()
        return _but(parse(rest, context), said, context)
    return None


def _but(operation: BaseOperation, said: str, context: Context) -> BaseOperation | None:
    """The act on what it selects but for what is said.

    Raises:
        NotUnderstoodError: it selects nothing, or so many.
        ConfirmationError: a name is that of several.
    """
    target = getattr(operation, "target", None)
    if operation.effect == "read":
        return None
    if not isinstance(target, Selector) or target.is_literal():
        raise NotUnderstoodError(
            "I did not understand of what that is an exception",
            hint="say which files by type, folder or topic: delete all pdfs in inbox except a.pdf",
        )
    if target.limit is not None:
        raise NotUnderstoodError(
            f"I do not know whether {target.limit} are meant with what is left out, or without",
            hint="name the files, or say which by type, folder or topic",
        )
    left = _entries(said, context, target.filters.under)
    filters = target.filters.model_copy(update={"without": tuple(left)})
    return operation.model_copy(update={"target": target.model_copy(update={"filters": filters})})


def _entries(said: str, context: Context, folder: str | None, *, surely: bool = True) -> list[str]:
    """The entries that are named, rather those in that folder; none where a part names none. Not
    `surely`: a name may still be that of several.

    Raises:
        ConfirmationError: a name is that of several, `surely`.
    """
    parts = [said, *split_list(_CHINESE_AND.sub(", ", said))]
    found = [_entry(part, context, folder, surely=surely) for part in parts]
    if found[0] is not None:
        return [found[0]]
    return [path for path in found[1:] if path is not None] if None not in found[1:] else []


_CHINESE_AND = re.compile("\\s*[、和与及]\\s*")


def _entry(said: str, context: Context, folder: str | None, *, surely: bool) -> str | None:
    """The entry of that very name, with or without its ending."""
    targets = context.targets
    name = strip_nouns(re.sub(r"^(?:the|my|our)\s+", "", unquoted(said.strip()), flags=re.I))
    try:
        path = targets.in_folder(name, folder, careful=True) if folder and name else None
        path = path or (targets.entry(name, careful=True, loose=False) if name else None)
    except ConfirmationError:
        if surely:
            raise
        return name
    if path is None or not targets.is_there(path):
        return None
    base = posixpath.basename(path).casefold()
    names = (base, posixpath.splitext(base)[0], path.casefold())
    return path if name.casefold().strip("/") in names else None
