"""The arguments of groups: which files, one group or several and by what, and in which form.

group everything about taxes as taxes          one, of a name
group my notes by topic [into 5 groups]        several
sort the files in Downloads into folders by type
group the papers about soup as links into reading/
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape
from typing import Any

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Criterion, Filters, Selector

from ..names.context import Context, literal
from ..names.places import no_folder
from ..request.quoting import quotes
from ..request.refusals import missing
from ..request.selection import Selection
from ..times.numbers import NUMBER, value
from .described import is_selection
from .naming import refuse_vague
from .selection import select_for_act
from .unread_topics import refuse_unread

GROUP = r"[\w-]+(?:/[\w ,-]*\w)?"
"""What a group is called, in a pattern."""
_NAME = r"(?:\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)|([\w-]+))"
_EXAMPLE = "group everything about taxes as taxes"
_GROUP_NAME = re.compile(
    r"\b(?:(?:in)?to\s+|as\s+)?(?:a\s+)?(?:new\s+)?(?:group|collection)\s+(?:named|"
    rf"called)\s+{_NAME}|"
    r"\b(?:named|called|as|under the name(?: of)?|into)\s+(?:(?:the\s+|a\s+)?"
    rf"group\s+)?{_NAME}\s*$|(?<=\s)group\s+(?!out\b){_NAME}\s+(?=of|from|out|with)",
    re.I,
)
_MAKING = (
    r"make|create|form|build|group|collect|gather|bundle|cluster|put|tag|sort|organi[sz]e|arrange|"
    r"divide|split|separate|classify|categori[sz]e|link|copy|move|order"
)
_SHOW = r"show(?:\s+me)?"
_VERB = re.compile(rf"^(?:{_MAKING}|{_SHOW})\b\s*(?:up\b)?\s*", re.I)
_MAKES = re.compile(
    rf"(?:{_MAKING})\b|{_SHOW}\b.*\b(?:grouped|sorted|groups|clusters|folders)\b", re.I
)
_CRITERIA: dict[str, Criterion] = {
    "topic": "topic", "topics": "topic", "theme": "topic", "themes": "topic", "subject": "topic",
    "subjects": "topic", "content": "topic", "contents": "topic", "meaning": "topic",
    "what they are about": "topic", "what they say": "topic",
    "type": "type", "file type": "type", "kind": "type", "format": "type",
    "author": "author", "writer": "author", "authors": "author", "sender": "author",
    "year": "year", "month": "month", "folder": "folder", "directory": "folder",
    "language": "language",
}  # fmt: skip
_BY_ANYWHERE = re.compile(
    r"(?:\s*[,;])?\s*\b(?:by|according to|based on|for each|per)\s+(?:the\s+|their\s+|its\s+)?"
    rf"({'|'.join(sorted(_CRITERIA, key=len, reverse=True))})\b",
    re.I,
)
_BY = re.compile(
    rf"{_BY_ANYWHERE.pattern}"
    r"(?=\s*(?:[,;]|$)|\s+(?:into|in|as|to|under|with|within|inside|using|named|called|from|all|"
    r"everything|the|my|our|these|those)\b)"
    r"|\bby\s+(?:the\s+)?(year|month)\s+(?:of\s+)?(?:they were\s+)?(?:change|changed|modified)\b",
    re.I,
)
_COUNT = re.compile(
    rf"\s*(?:\b(?:into|in|to|using|with)|[,;:])\s+(?:exactly\s+)?({NUMBER})\s+(?:\w+\s+)?(?:groups|topics|clusters|themes|piles|parts)\b",
    re.I,
)
_COUNT_FIRST = re.compile(
    rf"^(?:form|make|create|build)\s+({NUMBER})\s+(?:\w+\s+)?(?:groups|topics|clusters|piles)\s+(?:out\s+)?"
    r"(?:of|from|with)\s+",
    re.I,
)
_SEVERAL = re.compile(r"\s*\b(?:in|into)\s+(?:groups|clusters|topics|themes)\b", re.I)
_FOLDERS = re.compile(r"\s*\b(?:in|into)\s+(?:sub-?)?(?:folders|directories)\b", re.I)
_FORM = re.compile(
    r"\s*\b(?:as|with|using)\s+(?:symbolic\s+|relative\s+|sym)?(links|copies|moves)\b", re.I
)
_NAMED_LAST = re.compile(rf"(?<!folder)(?<!directory)\s+(?:as|called|named)\s+{_NAME}\s*$", re.I)
_FORM_FIRST = re.compile(r"\b(links|copies)\s+(?:to|of)\b", re.I)
_FOLDER = re.compile(
    r"\s*\b(?:into|in|under|inside|to)\s+(?:the\s+|a\s+)?(?:(?:new\s+)?(?:folder|directory)\s+"
    r"(?:named\s+|called\s+)?)?[\"']?([\w./-]*[\w-]/?)[\"']?(?:\s+(?:folder|directory))?\s*[.!?]?$",
    re.I,
)
_EVERYTHING = re.compile(
    r"^(?:(?:all|every)(?:\s+of)?\s*)?(?:(?:the|my|our|these|those)\s+)?"
    r"(?:files?|documents?|everything|stuff|things|folder|all)?(?:\s+here)?$",
    re.I,
)


def only_reads(text: str) -> bool:
    """Whether "by author" there says which files are looked for, and asks for no groups."""
    return _BY_ANYWHERE.search(text) is not None and _MAKES.match(text) is None


def makes_folders(text: str) -> bool:
    """Whether files shall go "into folders by year": into one for each year, not into a folder of
    that name."""
    return _FOLDERS.search(text) is not None and _BY.search(text) is not None


@dataclass(slots=True)
class _Said:
    """What is read of a request; `rest` is what is left of it: the files."""

    rest: str
    by: Criterion | None = None
    count: int | None = None
    form: str = "virtual"

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What the pattern finds, out of the rest."""
        match = pattern.search(self.rest)
        if match:
            self.rest = f"{self.rest[: match.start()]} {self.rest[match.end() :]}".strip()
        return match


def _group(text: str, context: Context) -> BaseOperation:
    said = _Said(text.strip().rstrip(".!?"))
    if count := said.take(_COUNT_FIRST):
        said.count = min(max(value(count[1]), 1), 1000)
    if by := said.take(_BY):
        said.by = _CRITERIA[(by[1] or by[2]).casefold()]
    if count := said.take(_COUNT):
        said.count = min(max(value(count[1]), 1), 1000)
    if said.take(_SEVERAL) or said.count:
        said.by = said.by or "topic"
    if said.take(_FOLDERS):
        return _sorted(said, context)
    if form := said.take(_FORM) or said.take(_FORM_FIRST):
        if not _MAKES.match(text):
            raise missing("where to make them", "link the pdfs in Papers into reading")
        said.form = form[1].casefold()
    return _several(said, context) if said.by else _one(said, context)


def _sorted(said: _Said, context: Context) -> BaseOperation:
    """A folder's own files into folders in it: what its folders hold stays there."""
    folder, found = _folder_alone(said.rest, context), Selection()
    if folder is None:
        found = select_for_act(_files(said.rest), context.targets, context.now)
        folder = found.filters.pop("under", None)
    if folder is None:
        raise missing("in which folder", "sort the files in Downloads into folders by type")
    found.filters["path"] = f"{escape(folder)}/*"
    by = said.by or "topic"
    return plan.MakeGroup(
        name=by, by=by, count=said.count, into=folder, target=found.selector(),
        form="copies" if re.match(r"copy\b", said.rest, re.I) else "moves",
    )  # fmt: skip


def _several(said: _Said, context: Context) -> BaseOperation:
    if said.count is not None and said.by != "topic":
        raise missing("how many groups that would be", "group my notes into 5 topics")
    fields: dict[str, Any] = {"by": said.by, "count": said.count, "form": said.form}
    if said.form == "virtual":
        name = said.take(_GROUP_NAME)
        fields["name"] = _name_in(name) if name else said.by
    else:
        example = "group the papers about soup by year as links into reading/"
        fields["name"] = fields["into"] = _folder(said, context, example)
    return plan.MakeGroup.model_validate({**fields, "target": _target(said, context)})


def _one(said: _Said, context: Context) -> BaseOperation:
    if said.form != "virtual":
        name = said.take(_NAMED_LAST)
        into = _folder(said, context, "group the papers about soup as links into reading/")
        target = _target(said, context)
        fields = {"name": _name_in(name) if name else into, "into": into, "form": said.form}
        return plan.MakeGroup.model_validate({**fields, "target": target})
    name = said.take(_GROUP_NAME)
    if name is None and (by := re.search(r"\bby\s+(?:the\s+)?([a-z]+)$", said.rest)):
        raise missing(f"how to group by {by[1]}", "group my notes by topic, type, author or year")
    if name is None:
        raise missing("the name of the group", _EXAMPLE)
    return plan.MakeGroup(name=_name_in(name), target=_target(said, context))


def _name_in(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _folder(said: _Said, context: Context, example: str) -> str:
    """Where links, copies or moves go: the folder that the request ends with."""
    match = said.take(_FOLDER)
    if match is None:
        raise missing("into which folder", example)
    name = match[1].rstrip("/")
    return context.targets.directory(name) or context.targets.within_root(name)


def _files(said: str) -> str:
    """Without the verb and what leads from it to the files."""
    rest = _LEFT_OVER.sub("", _VERB.sub("", said.strip()))
    return re.sub(r"^(?:out\s+of|of|from|with|all\s+of)\s+", "", rest.strip(), flags=re.I)


_LEFT_OVER = re.compile(
    r"^(?:me\s+)?(?:groups|clusters|collections)\b|^an?\s+(?:new\s+)?(?:group|collection)\s+(?=of|out|from|with)|"
    r"\s+(?:grouped|sorted)$",
    re.I,
)


def _folder_alone(said: str, context: Context) -> str | None:
    """The folder whose files are meant, all of them: "the files in Downloads", "Downloads"."""
    rest = _files(said)
    inside = re.fullmatch(
        r"(?:(?:all|every|everything|files?|documents?|the|my|of|things|stuff)\s+)*"
        r"(?:in|from|of|under|inside)\s+(.+)", rest, re.I,
    )  # fmt: skip
    return context.targets.directory(inside[1] if inside else rest, loose=False)


_KINDS = re.compile(
    r"(?:(?:all|every|the|my|our|of)\s+)*(?:photos|pictures|images|videos|music|songs|e-?mails|"
    r"spreadsheets|presentations|slides|pdfs|code|archives)"
)


_PARTING = re.compile(r"(?:split|divide|separate|break|sort|arrange|order)\b", re.I)


def _target(said: _Said, context: Context) -> Selector:
    rest = _files(said.rest)
    names = (
        []
        if is_selection(rest)
        else [
            context.targets.existing_at(rest, span, careful=False)
            for span, _ in context.targets.mentioned(rest)
        ]
    )
    if said.by and len(names) == 1 and context.targets.is_file(names[0]):
        raise missing("which files: one alone makes no groups", "group my notes by topic")
    if names and _PARTING.match(said.rest):
        raise missing("into which groups", "group my notes by topic")
    if names:
        return literal(names)
    folder = None if _KINDS.fullmatch(rest) else _folder_alone(said.rest, context)
    if folder is not None:
        return Selector(filters=Filters(under=folder))
    if said.by and said.form in ("virtual", "links") and _EVERYTHING.match(rest):
        return Selector()
    place = re.search(r"\b(?:in|from|under|inside)\s+(\S+/\S*)$", rest)
    if place and context.targets.directory(place[1]) is None:
        raise no_folder(place[1])
    found = select_for_act(rest, context.targets, context.now)
    refuse_vague(found, _EXAMPLE)
    refuse_unread(found, rest)
    if found.is_empty():
        raise missing("what belongs to the group", _EXAMPLE)
    return found.selector()


_OF_PEOPLE = frozenset(
    "photo photos picture pictures pic pics image images selfie selfies shot shots portrait video"
    " videos chat chats mail mails email emails project work policy".split()
)
""" "The group photo" is no group."""
_TIES = frozenset("of in for from with about on and or to".split())


def _drop_group(text: str, context: Context) -> BaseOperation:
    match = re.search(
        r"\b(?:groups?\s+(?:named\s+|called\s+)?|"
        rf"ungroup\s+)(?:\"([^\"]+)\"|'([^']+)'(?!\w)|({GROUP}))",
        text,
        re.I,
    ) or re.search(r"\b(?:the|my)\s+([\w-]+)\s+group$", text, re.I)
    name = _name_in(match) if match else ""
    is_cut = any(name in one.text and name != one.text for one in quotes(text))
    if not name or is_cut or name in _OF_PEOPLE | _TIES:
        raise missing("which group", "forget the group taxes")
    return plan.DropGroup(name=name)


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "group": _group, "drop_group": _drop_group,
}  # fmt: skip
