"""The roles of names by what they are, where the words beside them do not tell.

Of a file that is there and a file name that is not, a copy can only be made of the one and be
called the other, wherever they stand: "I'm to change the budget, so make me a copy named
budget-old.xlsx".
Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from .objects import Request, has_ending, is_folder
from .parts import Part, Role

_Sorted = tuple[Sequence[Part], Sequence[Part], Sequence[Part], Sequence[Part]]
"""Files that are there, folders that are there, names of files that are not, texts."""


def with_roles_of_kinds(request: Request) -> Request | None:
    """The request with the roles that its names can only have; None where they could have others.

    Where something comes from is said by its word alone: such a folder goes nowhere.
    """
    sort = _SORTS.get(request.intent)
    if (
        sort is None
        or _THERE.search(request.rest)
        or any(part.doubt is not None for part in request.parts)
    ):
        return None
    moving = [part for part in request.parts if part.role not in ("from", "of")]
    kept = [part for part in request.parts if part.role in ("from", "of")]
    if any(_is_said_otherwise(part, request) for part in moving):
        return None
    kinds = _sorted([*request.parts] if not _folders(kept, request) else moving, request)
    return None if kinds is None else sort(request, kinds)


_THERE = re.compile(r"\bthere\b", re.I)


def _is_said_otherwise(part: Part, request: Request) -> bool:
    """Whether a file that is there is said to be a new name: "have it known as cv.pdf"."""
    is_file = part.path is not None and not is_folder(part.path, request)
    return is_file and part.role == "as"


def _folders(parts: Sequence[Part], request: Request) -> list[Part]:
    return [part for part in parts if part.path is not None and is_folder(part.path, request)]


def _sorted(parts: Sequence[Part], request: Request) -> _Sorted | None:
    folders = _folders(parts, request)
    files = [part for part in parts if part.path is not None and part not in folders]
    texts = [part for part in parts if part.is_text]
    new = [part for part in parts if part.path is None and not part.is_text]
    if not all(has_ending(part.said) for part in new):
        return None
    return files, folders, new, texts


def _with(request: Request, roles: Sequence[tuple[Sequence[Part], Role]]) -> Request:
    """The request whose parts have those roles; the others keep theirs."""
    given = {part.start: role for parts, role in roles for part in parts}
    return replace(
        request,
        parts=[
            replace(part, role=given[part.start], by="", tie="") if part.start in given else part
            for part in request.parts
        ],
    )


def _one(request: Request, kinds: _Sorted) -> Request | None:
    """One file, and nothing else; nothing in it, or of it."""
    files, folders, new, texts = kinds
    if len(files) != 1 or folders or new or texts:
        return None
    if files[0].role not in ("object", "as") and (
        files[0].by != "on" or request.intent == "remove"
    ):
        return None
    return _with(request, [(files, "object")])


def _gone(request: Request, kinds: _Sorted) -> Request | None:
    """Files to the one folder, which is not on their list."""
    files, folders, new, texts = kinds
    if not files or len(folders) != 1 or new or texts or _is_listed(folders[0], request):
        return None
    return _with(request, [(files, "object"), (folders, "to")])


def _is_listed(part: Part, request: Request) -> bool:
    after = [other for other in request.parts if other.start > part.start]
    return part.is_listed or bool(after and after[0].is_listed)


def _named(request: Request, kinds: _Sorted) -> Request | None:
    """A file and its new name, or that of its copy."""
    files, folders, new, texts = kinds
    if len(files) != 1 or len(new) != 1 or texts or len(folders) > 1:
        return None
    if folders and _is_listed(folders[0], request):
        return None
    return _with(request, [(files, "object"), (new, "as"), (folders, "to")])


def _copied(request: Request, kinds: _Sorted) -> Request | None:
    return _named(request, kinds) if kinds[2] else _gone(request, kinds)


def _written(request: Request, kinds: _Sorted) -> Request | None:
    """A text, and the one file for it."""
    files, folders, new, texts = kinds
    if len(texts) != 1 or len(files) + len(new) != 1 or folders:
        return None
    return _with(request, [(files, "object"), (new, "object"), (texts, "object")])


def _joined(request: Request, kinds: _Sorted) -> Request | None:
    """Files, and the new one that they become."""
    files, folders, new, texts = kinds
    if len(files) < 2 or len(new) != 1 or folders or texts:
        return None
    return _with(request, [(files, "object"), (new, "as")])


_SORTS: dict[str, Callable[[Request, _Sorted], Request | None]] = {
    "move": _gone, "rename": _named, "copy": _copied, "link": _copied, "join": _joined,
    "lock": _one, "unlock": _one, "touch": _one, "share": _one, "remove": _one, "rollback": _one,
    "write": _written, "append": _written,
}  # fmt: skip
