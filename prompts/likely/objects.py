"""What an act is on, where it goes and under which name, from the roles of the parts of a request.

Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsfs.plan import BaseOperation

from ..names.context import Context
from ..names.places import no_folder
from ..request.refusals import missing
from ..suggestions import EXAMPLES
from .parts import Part, Role, blanked
from .words import speaks_for, told


@dataclass(frozen=True, slots=True)
class Request:
    """A request of one act: its words, its parts, what it likely asks for."""

    text: str
    parts: Sequence[Part]
    intent: str
    context: Context
    chance: float
    """That of the intent."""

    @property
    def rest(self) -> str:
        """The words without the names and texts."""
        return blanked(self.text, self.parts)

    def those(self, *roles: Role) -> list[Part]:
        """The names in these roles."""
        return [part for part in self.parts if part.role in roles and not part.is_text]

    def texts(self) -> list[Part]:
        """The quoted texts that are no names."""
        return [part for part in self.parts if part.is_text]

    def is_spoken(self) -> bool:
        """Whether a word says the intent, or the whole hardly means another."""
        is_whole = self.chance >= BY_THE_WHOLE and self.intent not in _TOLD_BY_A_WORD
        return is_whole or speaks_for(self.intent, self.rest)

    def missing(self) -> Exception:
        """The refusal where a part is missing or too many."""
        return missing("which is meant to be what in that", EXAMPLES.get(self.intent, "undo"))


_TOLD_BY_A_WORD = frozenset({"remove", "share", "unshare", "touch", "drop_group", "lock", "unlock"})
"""Acts that nothing but their word tells from others: "test link 2", "touch up beach.jpg"."""
BY_THE_WHOLE = 0.97
"""The chance that an intent needs which no word says."""

Filler = Callable[[Request], BaseOperation]


def path_of(part: Part, request: Request) -> str:
    """What is there of that name.

    Raises:
        ConfirmationError: that is not certain.
        NotUnderstoodError: nothing is.
    """
    if part.doubt is not None:
        raise part.doubt
    if part.path is None:
        raise missing("which file you mean", EXAMPLES[request.intent])
    if part.is_folder and not is_folder(part.path, request):
        raise no_folder(part.said)
    return part.path


def objects_of(request: Request, *, goes: bool = False) -> list[str]:
    """What the act is on; "X from FOLDER", "X in FOLDER" is X there. `goes`: "in" says where to.

    Raises:
        NotUnderstoodError: nothing, or more is named than that.
    """
    objects, places = _told_apart(request, goes=goes)
    paths: list[str] = []
    for part in objects:
        after = [place for place in places if place.start > part.start]
        before = [other for other in objects if other.start > part.start]
        place = after[0] if after and not (before and before[0].start < after[0].start) else None
        place = place or (places[0] if len(places) == 1 else None)
        paths.append(_path_in(part, place, request) if place else path_of(part, request))
    is_list = all(part.is_listed for part in objects[1:])
    if not paths or not is_list or len(places) > len(objects):
        raise request.missing()
    return list(dict.fromkeys(paths))


def _told_apart(request: Request, *, goes: bool) -> tuple[list[Part], list[Part]]:
    """The parts that are acted on, and those that only say where these are."""
    own = request.those("object")
    tied = [part for part in request.those("of", "on") if part.tie in told(request.intent)]
    source = [part for part in request.those("from") if request.intent == "copy" and part.path]
    objects = own or tied or [part for part in source if not is_folder(str(part.path), request)]
    within = [] if goes else [part for part in request.those("to") if part.by in _WITHIN]
    others = [*request.those("of", "on", "from"), *within]
    return objects, [part for part in others if part not in objects]


_WITHIN = frozenset({"in", "inside", "within", "under"})


def _path_in(part: Part, place: Part, request: Request) -> str:
    """What a folder holds of that name.

    Raises:
        NotUnderstoodError: the place is none, or holds nothing such.
    """
    folder, targets = path_of(place, request), request.context.targets
    if not is_folder(folder, request):
        raise request.missing()
    if part.path and part.path.startswith(f"{folder}/"):
        return part.path
    if "/" not in part.said and (path := targets.in_folder(part.said, folder, careful=True)):
        return path
    raise request.missing()


def destination_of(request: Request) -> tuple[str, bool] | None:
    """Where to, and whether that is a folder; None where nothing is said of it."""
    towards = request.those("to")
    if len(towards) > 1:
        raise request.missing()
    if not towards:
        return None
    part, targets = towards[0], request.context.targets
    folder = targets.directory(part.said) if part.path is None else part.path
    if folder is not None and targets.directory(folder) == folder:
        return folder, True
    if part.doubt is not None and not has_ending(part.said):
        raise part.doubt
    is_new_folder = part.is_folder or part.said.endswith("/")
    if not is_new_folder and not has_ending(part.said):
        raise request.missing()
    if not part.is_quoted:
        targets.refuse_slip(part.said)
    return targets.within_root(part.said), is_new_folder


def has_ending(name: str) -> bool:
    """Whether a name ends as that of a file does."""
    return bool(re.search(r"\.\w{1,8}$", name))


def new_name_of(request: Request) -> str | None:
    """The name that it is to have; None where none is said."""
    quoted = [part for part in request.texts() if part.role in ("as", "to")]
    named = [*request.those("as"), *quoted]
    if len(named) > 1 or any(part.path for part in named):
        raise request.missing()
    return request.context.targets.within_root(named[0].said) if named else None


def one_of(request: Request) -> str:
    """The one thing that the act is on.

    Raises:
        NotUnderstoodError: there is none, or more than one.
    """
    paths = objects_of(request)
    if len(paths) != 1:
        raise request.missing()
    return paths[0]


def refuse_more(request: Request, *roles: Role) -> None:
    """Refuse names in roles that the act has no use for, where to is one.

    Raises:
        NotUnderstoodError: there are.
    """
    going = [part for part in request.those("to") if part.by not in _WITHIN]
    if request.those(*roles) or going or request.texts():
        raise request.missing()


def is_folder(path: str, request: Request) -> bool:
    """Whether a folder is at that path."""
    return request.context.targets.directory(path) == path
