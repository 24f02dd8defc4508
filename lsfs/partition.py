"""Takes a set of files apart into groups with names: by what they are about, or by what is known of
them. Finding topics may take seconds, and naming them longer: it is done before a plan is resolved,
under no lock, and gives plain groups of literal paths.

A file that belongs nowhere is in the group "other".
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lsfs.counting import counted
from lsfs.errors import NothingFoundError, PolicyError
from lsfs.free_names import FreeNames
from lsfs.groups import Groups
from lsfs.paths import parent
from lsfs.plan import DropGroup, MakeGroup, Operation, Plan
from lsfs.ports import Index, Namer
from lsfs.records import About, Topic
from lsfs.selector import Filters, Selector

OTHER = "other"
LABEL = 60
"""Characters of a label."""
SHOWN, SHOWN_LENGTH = 3, 300
"""So many files of a topic, and characters of each, are shown to whoever names it."""

Select = Callable[[Selector], Sequence[str]]
"""The paths that a selector chooses, best first."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A plan in which each group names its files; `is_chosen`: lsfs chose which go where."""

    plan: Plan
    is_chosen: bool = False
    notices: tuple[str, ...] = ()


class Partition:
    """Over one index and the groups of one root."""

    def __init__(self, index: Index, groups: Groups, namer: Namer) -> None:
        self._index = index
        self._groups = groups
        self._namer = namer

    def applied(self, plan: Plan, select: Select) -> Parted:
        """The plan with each group `by` a criterion taken apart.

        Raises:
            NothingFoundError: there is nothing to be grouped.
            PolicyError: it would move or copy everything.
            UnavailableError: topics cannot be found.
        """
        if not any(isinstance(one, MakeGroup) and one.by for one in plan.operations):
            return Parted(plan)
        notices: list[str] = []
        operations = tuple(
            part
            for one in plan.operations
            for part in (
                self._parts(one, select, notices)
                if isinstance(one, MakeGroup) and one.by
                else (one,)
            )
        )
        return Parted(plan.model_copy(update={"operations": operations}), True, tuple(notices))

    def _parts(self, group: MakeGroup, select: Select, notices: list[str]) -> Iterator[Operation]:
        files = self._files(group, select)
        if waiting := self._index.coverage().pending:
            files_are = counted(waiting, "file is", "files are")
            notices.append(f"{files_are} not indexed yet, and may be in no group")
        if not files:
            raise NothingFoundError("there is no file to be grouped")
        parts = self._by_topic(group, files, notices) if group.by == "topic" else _by(group, files)
        if group.form == "virtual":
            names = {f"{group.name}/{label}" for label in parts}
            known = (one.name for one in self._groups.all())
            before = (name for name in known if name.startswith(f"{group.name}/"))
            yield from (DropGroup(name=name) for name in before if name not in names)
        for label, paths in parts.items():
            into = None if group.into is None else posixpath.join(group.into, label)
            yield MakeGroup(
                name=f"{group.name}/{label}", target=Selector(paths=tuple(paths)),
                form=group.form, into=into,
            )  # fmt: skip

    def _files(self, group: MakeGroup, select: Select) -> Mapping[str, About]:
        """What is known of the files chosen, in their order."""
        target = group.target
        if target.is_vague() and group.form in ("moves", "copies"):
            raise PolicyError(
                f"this would make {group.form} of everything",
                hint="say which files: by name, folder, type, time or topic",
            )
        if target.is_vague() or target == Selector(filters=target.filters):
            return self._index.files(target.filters)
        known = self._index.files(Filters(hidden="too"))
        return {path: known[path] for path in select(target) if path in known}

    def _by_topic(
        self, group: MakeGroup, files: Mapping[str, About], notices: list[str]
    ) -> dict[str, list[str]]:
        topics = self._index.topics(list(files), group.count)
        passages = [[self._beginning(path) for path in one.paths[:SHOWN]] for one in topics]
        names = self._namer.names(topics, passages) if topics else []
        free, parts = FreeNames([OTHER]), {}
        for topic, name in zip(topics, names, strict=True):
            parts[free.take(_topic_label(name, topic))] = list(topic.paths)
        placed = {path for paths in parts.values() for path in paths}
        if rest := [path for path in files if path not in placed]:
            parts[OTHER] = rest
            share = "shares" if len(rest) == 1 else "share"
            told = f"{len(rest)} of {counted(len(files), 'file')} {share} no topic with others"
            notices.append(f"{told}: {OTHER}")
        return parts

    def _beginning(self, path: str) -> str:
        chunks = self._index.text(path)
        return chunks[0].text[:SHOWN_LENGTH] if chunks else ""


def _topic_label(name: str, topic: Topic) -> str:
    """A label for a topic; whoever named it is not trusted to have made a good name."""
    return _label(name) or _label(", ".join(topic.words)) or "topic"


def _label(text: str) -> str:
    """Text as it can stand in a path, and reads well there; "" where it says nothing."""
    label = _plain(text.replace("/", "-"))[:LABEL].strip(" .,;:-'\"")
    return label if any(map(str.isalnum, label)) else ""


def _plain(text: str) -> str:
    """On one line, without control characters."""
    plain = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join(plain.split())


def _by(group: MakeGroup, files: Mapping[str, About]) -> dict[str, list[str]]:
    """By what is known of each file, each value apart; in order, the files without one last."""
    told = _TOLD[group.by or ""]
    values: dict[str, list[str]] = {}
    for path, about in files.items():
        values.setdefault(told(path, about, group), []).append(path)
    rest = values.pop("", None)
    free = FreeNames([OTHER])
    parts = {free.take(_plain_path(value)): values[value] for value in sorted(values)}
    return {**parts, OTHER: rest} if rest else parts


def _plain_path(path: str) -> str:
    return "/".join(_plain(part) or "-" for part in path.split("/"))


def _folder(path: str, about: About, group: MakeGroup) -> str:
    """From the folder chosen on, if one was."""
    inside = posixpath.relpath(parent(path) or ".", group.target.filters.under or ".")
    return "" if inside == "." else inside


def _changed(form: str) -> Callable[[str, About, MakeGroup], str]:
    def told(path: str, about: About, group: MakeGroup) -> str:
        return datetime.fromtimestamp(about.mtime_ns // 10**9).astimezone().strftime(form)

    return told


_TOLD: Mapping[str, Callable[[str, About, MakeGroup], str]] = {
    "type": lambda path, about, group: about.type or "",
    "author": lambda path, about, group: _label(about.author or ""),
    "language": lambda path, about, group: _label(about.language or ""),
    "year": _changed("%Y"),
    "month": _changed("%Y-%m"),
    "folder": _folder,
}
