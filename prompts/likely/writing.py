"""What is made or written by an act that is likely meant, from the roles of its names and texts.

Pure but for asking `Names`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from lsfs import plan
from lsfs.plan import BaseOperation

from ..english.changes import refuse_no_name
from ..english.writing import AT_END, ELSEWHERE, is_state
from ..names.context import literal
from .objects import Filler, Request, has_ending, is_folder, path_of
from .parts import Part


def _create(request: Request) -> BaseOperation:
    place, texts = _place(request), request.texts()
    names = [part for part in request.those("object", "as") if part is not place]
    if (
        len(names) != 1
        or names[0].path
        or len(texts) > 1
        or any(text.role == "to" for text in texts)
        or (not texts and _HOLDS.search(request.rest))
        or request.those("from")
        or not has_ending(names[0].said)
    ):
        raise request.missing()
    return plan.Create(
        path=_put(names[0].said, place, request), text=texts[0].said if texts else ""
    )


_HOLDS = re.compile(
    r"\b(?:say(?:s|ing)?|read(?:s|ing)|contain(?:s|ing)|hold(?:s|ing)|(?:write|jot|type|note|put|set)\s+down)\b",
    re.I,
)


def _mkdir(request: Request) -> BaseOperation:
    place = _place(request)
    names = [part.said for part in request.parts if part is not place]
    if not names and (said := _NEW.search(request.rest) or _NEW_FOLDER.search(request.rest)):
        names = [said[1].strip()]
    if len(names) != 1 or has_ending(names[0]) or is_state(names[0]):
        raise request.missing()
    refuse_no_name(names[0])
    return plan.Mkdir(path=_put(names[0], place, request))


_END = (
    r"(?=\s*(?:$|[,.;:!?\0])|\s(?:in|inside|under|within|into|for|with|to|on|at|and|so|then|please|pls|"
    r"thanks|would|mate|dear)\b)"
)
_NEW = re.compile(
    r"\b(?:called|named|titled|dubbed|labelled|call (?:it|that|this)|name (?:it|is|be|being)|"
    r"by (?:the )?name(?: of)?)\s+"
    rf"((?:[\w.&'’+-]+\s?){{1,4}}?){_END}", re.I,
)  # fmt: skip
_NEW_FOLDER = re.compile(
    r"\b(?:folder|directory|dir|subfolder)\s+(?!(?:for|in|under|inside|to|of|that|is|on|at|and)\b)"
    rf"([\w&'’+-]+){_END}",
    re.I,
)


def _place(request: Request) -> Part | None:
    """The folder in which something is made.

    Raises:
        NotUnderstoodError: it is none, or there are two.
    """
    places = [part for part in request.those("to", "on", "of") if part.path or not part.is_text]
    places += [part for part in request.those("object") if part.path and part.start == 0]
    if len(places) > 1:
        raise request.missing()
    return places[0] if places else None


def _put(name: str, place: Part | None, request: Request) -> str:
    name = request.context.targets.within_root(name)
    if place is None:
        return name
    folder = path_of(place, request)
    if "/" in name or request.context.targets.directory(folder) != folder:
        raise request.missing()
    return posixpath.join(folder, name)


def _replace(request: Request) -> BaseOperation:
    texts = request.texts()
    if len(texts) != 2:
        raise request.missing()
    how = request.text[texts[0].end : texts[1].start]
    files = replace(request, parts=[part for part in request.parts if not part.is_text])
    paths = [path_of(part, request) for part in files.parts]
    if len(paths) != 1 or files.those("as") or is_folder(paths[0], request):
        raise request.missing()
    old, new = (text.said for text in texts)
    if _STANDS_FOR.search(how):
        old, new = new, old
    elif not (
        _BECOMES.search(how)
        or (how.strip() == "for" and _SWAPS.search(request.rest))
        or _INSTEAD.search(request.text[: texts[0].start])
    ):
        raise request.missing()
    return plan.Replace(target=literal(paths), old=old, new=new)


_STANDS_FOR = re.compile(
    r"\b(?:instead\s+of|in\s+place\s+of|rather\s+than|where(?:ver)?\s+it\s+(?:now\s+)?(?:says|has))\W*$",
    re.I,
)
""" "Write 'new' instead of 'old'"."""
_INSTEAD = re.compile(
    r"\b(?:instead\s+of|in\s+place\s+of|where(?:ver)?\s+it\s+(?:now\s+)?says)\W*$", re.I
)
_SWAPS = re.compile(r"\b(?:swap|change|exchange|switch|trade)\b", re.I)
_BECOMES = re.compile(
    r"\b(?:with|by|to|into|becomes?|say|says|read|be|->|→)"
    r"(?:\s+(?:the|a|words?|text|word|phrase|it))*\W*$",
    re.I,
)


def _join(request: Request) -> BaseOperation:
    named = [*request.those("as"), *request.those("to")]
    sources = [part for part in request.parts if part.role in ("object", "of", "from", "with")]
    paths = [path_of(part, request) for part in sources if not part.is_text]
    targets = request.context.targets
    if len(named) != 1 or any(targets.directory(path) == path for path in paths):
        raise request.missing()
    to = named[0].path or targets.known_or_new(named[0].said)
    if len(paths) == 1 and named[0].path is not None:
        return plan.Join(target=literal([to, paths[0]]), to=to)
    if len(paths) < 2 or not has_ending(to):
        raise request.missing()
    return plan.Join(target=literal(paths), to=to)


def _written(request: Request) -> tuple[str, str]:
    """The text, and the file that it goes to."""
    texts, files = request.texts(), [part for part in request.parts if not part.is_text]
    if len(texts) != 1 or len(files) != 1 or request.those("from", "as"):
        raise request.missing()
    if _ELSE.search(request.rest) or not request.is_spoken():
        raise request.missing()
    part, targets = files[0], request.context.targets
    path = part.path or targets.known_or_new(part.said)
    if part.doubt is not None and not has_ending(part.said):
        raise part.doubt
    if targets.directory(path) == path or not (part.path or has_ending(path)):
        raise request.missing()
    return path, texts[0].said


_ELSE = re.compile(r"\b(?:out|off|from|through|under|beneath|below|above)\b", re.I)
"""It takes away, or says where else in the file."""


def _write(request: Request) -> BaseOperation:
    if AT_END.search(request.rest):
        raise request.missing()
    path, text = _written(request)
    return plan.Write(path=path, text=text)


def _append(request: Request) -> BaseOperation:
    if ELSEWHERE.search(request.rest):
        raise request.missing()
    path, text = _written(request)
    return plan.Append(path=path, text=text, as_line=True)


FILLERS: dict[str, Filler] = {
    "create": _create, "mkdir": _mkdir, "replace": _replace, "join": _join, "write": _write,
    "append": _append,
}  # fmt: skip
