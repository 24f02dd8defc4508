"""Requests in the CLI's own words: "undo 12", "history PATH", "rollback PATH --versions 2"; and
questions about the open links, which name nothing.

Understood without any model, and only when the whole request has the form. Pure functions.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import datetime

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from .names.targets import Targets
from .request.quoting import looks_like_file, masked
from .times.dates import parse_moment


def exact_forms(text: str, targets: Targets, now: datetime) -> tuple[BaseOperation, ...] | None:
    """The operations that the request spells out, one after the other as in a shell ("rm a.txt;
    mkdir b"), None when one of them is no exact form.

    Raises:
        UsageError: the form is right but a value is not ("--to banana").
        ConfirmationError: a name could be several things.
    """
    edges = [0, *(edge for joint in _JOINT.finditer(masked(text)) for edge in joint.span())]
    steps = [text[a:b] for a, b in zip(edges[::2], [*edges[1::2], len(text)], strict=True)]
    operations: list[BaseOperation] = []
    for step in steps:
        if (operation := _exact_form(step, targets, now)) is None:
            return None
        if isinstance(operation, plan.Move | plan.Copy):
            into = operation.into or plan.Mkdir(path=operation.to) in operations
            operation = operation.model_copy(update={"into": into})
        operations.append(operation)
    return tuple(operations)


_JOINT = re.compile(r"\s*(?:;|&&|\n)\s*(?=\S)")


def _exact_form(text: str, targets: Targets, now: datetime) -> BaseOperation | None:
    if _OF_SHARES.fullmatch(text):
        return plan.Shares()
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if not words:
        return None
    if (sent := _redirected(text, targets)) is not None:
        return sent
    verb, *rest = words
    build = _FORMS.get(verb.casefold().rstrip(":"))
    if build is None or any(
        word.casefold() in _PROSE for word in rest if verb.casefold() not in _FREE
    ):
        return None
    return build(rest, targets, now)


_OF_SHARES = re.compile(
    r"\W*(?:please\s+)?(?:"
    r"(?:(?:list|show|see|display|give|tell)\s+(?:me\s+)?)?(?:all\s+)?(?:of\s+)?(?:my|the|our)?\s*"
    r"(?:(?:open|active|current)\s+(?:shares?|(?:share[sd]?\s+)?links)|shares|shared\s+(?:links|files)|share\s+links)"
    r"|(?:which|what)\s+(?:of\s+)?(?:(?:the|my|our)\s+)?(?:links|shares|files)\s+(?:are|do\s+i)\s+"
    r"(?:still\s+|currently\s+)?(?:open|active|shared?|sharing)"
    r"|what\s+(?:have\s+(?:i|we)\s+shared|did\s+(?:i|we)\s+share|am\s+i\s+sharing|(?:is|are)\s+(?:still\s+)?shared)"
    r"|(?:我|现在|目前|都|还|有|列出|查看|看看|显示|所有|全部|的)*(?:哪些|什么)?(?:文件)?(?:还|是|被|的)*"
    r"(?:链接|分享|共享)(?:了|过|链接|的|还|是|列表|着|中|都|有|文件|哪些|什么)*(?:开着|开放|打开|有效)?(?:的|着)?"
    r")\W*",
    re.I,
)

_FREE = {"search", "search:"}
_PROSE = frozenset(
    "the a an my to into in of and from as with by it that them all every please for".split()
)


_REDIRECTED = re.compile(r"(?P<what>(?:echo|cat)\s[^<>|;&]*?)\s*(?P<sign>>>?)\s*(?P<to>[^<>|;&]+)")


def _redirected(text: str, targets: Targets) -> BaseOperation | None:
    """As the shell has it: `echo hello > a.txt`, `echo on >> a.txt`, `cat a.txt b.txt > c.txt`."""
    match = _REDIRECTED.fullmatch(text.strip())
    to = shlex.split(match["to"]) if match else []
    if match is None or len(to) != 1:
        return None
    verb, *rest = shlex.split(match["what"])
    path, is_more = targets.known_or_new(to[0]), match["sign"] == ">>"
    if verb == "echo" and rest and not rest[0].startswith("-"):
        said = " ".join(rest)
        if is_more:
            return plan.Append(path=path, text=said, as_line=True)
        return plan.Write(path=path, text=said)
    sources = [_path([word], targets, careful=True) for word in rest]
    if verb != "cat" or is_more or len(sources) < 2 or not all(sources):
        return None
    return plan.Join(target=Selector(paths=tuple(one for one in sources if one)), to=path)


def _undo(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    if not rest:
        return plan.Undo()
    number, force = rest[0].lstrip("#"), rest[1:] == ["--force"]
    is_one = number.isdecimal() and (force or len(rest) == 1)
    return plan.Undo(id=int(number), force=force) if is_one else None


def _redo(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    return None if rest else plan.Redo()


def _log(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    return None if rest else plan.Log()


def _groups(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    return plan.Groups(name=rest[0] if rest else None) if len(rest) < 2 else None


def _path(rest: list[str], targets: Targets, *, careful: bool = False) -> str | None:
    """One argument that is a path of the tree, or at least looks like one."""
    if len(rest) != 1 or "*" in rest[0]:
        return None
    if looks_like_file(rest[0]):
        return targets.existing(rest[0], careful=careful) or None
    return targets.entry(rest[0], careful=careful)


def _history(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    path = _path(rest, targets)
    return plan.History(path=path) if path else None


def _diff(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    path, numbers = _path(rest[:1], targets), [int(n) for n in rest[1:3] if n.isdecimal()]
    if path is None or len(numbers) != len(rest) - 1:
        return None
    first, second = [*numbers, None, None][:2]
    return plan.Diff(path=path, from_version=first, to_version=second)


def _similar(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    path = _path(rest, targets)
    return plan.Similar(path=path) if path else None


def _read(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    path = _path(rest, targets)
    if path is None or targets.directory(path) == path:
        return None
    return plan.Read(target=Selector(paths=(path,)))


def _list(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    if not rest:
        return plan.List()
    folder = targets.directory(rest[0]) if len(rest) == 1 else None
    return plan.List(path=folder) if folder is not None else None


def _mkdir(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    rest = rest[1:] if rest[:1] == ["-p"] else rest
    if len(rest) != 1 or rest[0].startswith("-"):
        return None
    return plan.Mkdir(path=targets.within_root(rest[0]))


def _remove(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    paths = [_path([word], targets, careful=True) for word in rest if looks_like_file(word)]
    if not paths or not all(paths) or len(paths) != len(rest):
        return None
    return plan.Remove(target=Selector(paths=tuple(path for path in paths if path)))


def _move(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    return _relocate(plan.Move, rest, targets)


def _copy(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    return _relocate(plan.Copy, rest, targets)


def _relocate(
    kind: type[plan.Move] | type[plan.Copy], rest: list[str], targets: Targets
) -> BaseOperation | None:
    """`mv A B`: as the shell understands it, B a folder when it is one or ends in a slash."""
    if len(rest) < 2 or any(word.startswith("-") for word in rest):
        return None
    sources = [_path([word], targets, careful=True) for word in rest[:-1]]
    if not all(sources):
        return None
    found = targets.directory(rest[-1])
    folder = found if found == rest[-1].strip("/") else None
    into = folder is not None or rest[-1].endswith("/") or len(sources) > 1
    target = Selector(paths=tuple(path for path in sources if path))
    to = folder if folder is not None else targets.within_root(rest[-1])
    return kind(target=target, to=to, into=into)


def _search(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    """Only a quoted query is exact: words after `search` may hold filters."""
    return plan.Search(query=rest[0]) if len(rest) == 1 and " " in rest[0] else None


def _rollback(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    if len(rest) != 3 or rest[1] not in {"--versions", "--to", "--version"}:
        return None
    path = _path(rest[:1], targets)
    if path is None:
        return None
    if rest[1] == "--to":
        return _back_to(path, parse_moment(rest[2], now, end=True), targets)
    if not re.fullmatch(r"\d{1,9}", rest[2]):
        return None
    if rest[1] == "--version":
        return plan.Rollback(path=path, version=int(rest[2]))
    return plan.Rollback(path=path, versions=int(rest[2]))


def _restore(rest: list[str], targets: Targets, now: datetime) -> BaseOperation | None:
    path = "" if rest[:1] == ["."] else _path(rest[:1], targets)
    if len(rest) != 3 or rest[1] != "--to" or path is None:
        return None
    return plan.Restore(path=path, to=parse_moment(rest[2], now, end=True))


def _back_to(path: str, at: datetime, targets: Targets) -> BaseOperation:
    is_folder = targets.directory(path) == path
    return plan.Restore(path=path, to=at) if is_folder else plan.Rollback(path=path, to=at)


_FORMS: dict[str, Callable[[list[str], Targets, datetime], BaseOperation | None]] = {
    "undo": _undo, "redo": _redo, "log": _log, "groups": _groups, "history": _history,
    "diff": _diff,
    "similar": _similar, "read": _read, "cat": _read, "ls": _list, "list": _list, "mkdir": _mkdir,
    "rm": _remove, "mv": _move, "cp": _copy, "search": _search, "rollback": _rollback,
    "restore": _restore,
}  # fmt: skip
