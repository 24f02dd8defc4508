"""A request that is made in a folder of the root. Pure but for asking `Names`.

A name is found anywhere, but what is in that folder comes first. Paths, and new files and folders,
count from it: one that is not there, and whose first folder is nowhere, is made in it. What says
the root folder, or has a slash in front, counts from the root.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Collection, Sequence

from lsfs import plan
from lsfs.paths import below_top
from lsfs.plan import Operation, Plan
from lsfs.ports import Names
from lsfs.selector import Selector

from ..request.quoting import PATH, QUOTED, masked, quoted
from .here import with_here

Look = Callable[[str], Sequence[str]]


class NamesFrom:
    """`lsfs.ports.Names` as seen from a folder: what is there hides what is called so in the root,
    but for a name with a slash in front."""

    def __init__(self, names: Names, folder: str) -> None:
        self._names = names
        self._folder = folder

    def candidates(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._seen(name, self._names.candidates)

    def directories(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._seen(name, self._names.directories)

    def holding(self, words: Collection[str], *, folders: bool) -> Sequence[str]:
        """See `ports.Names`."""
        return self._names.holding(words, folders=folders)

    def gone(self, name: str) -> Sequence[str]:
        """See `ports.Names`."""
        return self._seen(name, self._names.gone)

    def came_from(self, path: str) -> str | None:
        """See `ports.Names`."""
        return self._names.came_from(path)

    def _seen(self, name: str, look: Look) -> Sequence[str]:
        bare = name.strip().strip("/")
        if not bare or name.strip().startswith("/"):
            return look(name)
        here = posixpath.join(self._folder, bare)
        if here in look(here):
            return [here]
        found = look(name)
        return [path for path in found if path != bare] if is_there(self._names, here) else found


def is_there(names: Names, path: str) -> bool:
    """Whether a file or folder is at exactly this path."""
    return path in names.candidates(path) or path in names.directories(path)


def is_or_was(names: Names, path: str) -> bool:
    """Whether something is, or was, at exactly this path."""
    return is_there(names, path) or path in names.gone(path)


class Standing:
    """One request made in `folder`, a path of the tree, and what counts from there."""

    def __init__(
        self, folder: str, names: Names, tops: Callable[[], Sequence[str]] = tuple
    ) -> None:
        """`tops` are where the tree is seen on the machine."""
        self._folder = folder
        self._names = names
        self._tops = tops
        self._of_root: list[str] = []
        """Paths that were said to count from the root."""
        self._made: dict[str, str] = {}
        """Where what earlier steps make is made."""

    def parsed(self, request: str, shown: Sequence[str], parse: Callable[..., Plan]) -> Plan:
        """The plan of the request, as `parse` reads words, with what was `shown` and the `names`
        that they may mean."""
        said = _HERE.sub(self._here, request)
        named = with_here(said, self._folder, shown)
        text = self._counted(named)
        if not self._folder:
            asked = parse(text, shown=shown if named == said else (), names=self._names)
            return asked.model_copy(update={"request": request})
        seen = NamesFrom(self._names, self._folder)
        if not all(path in (*seen.candidates(path), *seen.directories(path)) for path in shown):
            shown = ()  # what is called so here would be taken for one of them
        asked = parse(text, shown=shown, names=seen)
        self._of_root += [match["path"] for match in _FROM_ROOT.finditer(text)]
        says_root = _ROOT.search(masked(text)) is not None
        operations = [self._placed(one, text, says_root=says_root) for one in asked.operations]
        return Plan.model_validate({**dict(asked), "operations": operations, "request": request})

    # -- what is said ------------------------------------------------------------------------------

    def _counted(self, text: str) -> str:
        """The request with paths that count from the folder said from the root, and with what is
        printed escaped as a name."""
        tops = self._tops() if _ABSOLUTE.search(text) else ()
        parts: list[str] = []
        end = 0
        for quote in QUOTED.finditer(text):
            before = text[: quote.start()]
            is_text = _WRITES.search(before) and not _PLACED.search(before)
            parts += [
                self._bare(text[end : quote.start()], tops),
                quote[0] if is_text else self._in_quotes(quote[0], tops),
            ]
            end = quote.end()
        return "".join([*parts, self._bare(text[end:], tops)])

    def _bare(self, text: str, tops: Sequence[str]) -> str:
        """What stands outside of quotes: a text in them stays as it is."""
        for top in tops:
            text = self._without(top, text)
        text = _ESCAPED.sub(r'"\g<0>"', text)
        if not self._folder:
            return text
        return PATH.sub(self._below, _DOTTED.sub(self._up, text))

    def _without(self, top: str, text: str) -> str:
        """The text with what is below an absolute path as it counts from the folder."""
        home = os.path.expanduser("~")
        in_home = f"~{top[len(home) :]}" if top.startswith(f"{home}/") else top
        for said in {top, in_home}:
            if said in text:
                place = rf"(?<![A-Za-z0-9_./~-]){re.escape(said)}"
                text = re.sub(f"{place}{_BELOW}", self._below_top, text)
                text = re.sub(rf"{place}/*(?![^\s.,;:!?]|[.]\w)", "the root folder", text)
        return text

    def _below_top(self, match: re.Match[str]) -> str:
        if self._folder:
            return "../" * len(self._folder.split("/")) + match["below"]
        is_known = is_there(self._names, match["below"].rstrip("/.,;:!?"))
        return f"/{match['below']}" if is_known else f"./{match['below']}"

    def _in_quotes(self, quote: str, tops: Sequence[str]) -> str:
        path = below_top(quote[1:-1], tops)
        if path is not None:
            self._of_root.append(path)
            lead = "/" if is_there(self._names, path) else "./"
            return f"{quote[0]}{lead}{path}{quote[-1]}" if path else "the root folder"
        if not self._folder:
            return quote
        inside = _DOTTED.fullmatch(quote[1:-1])
        said = f"{self._up(inside)}{quote[-1]}" if inside else quote[1:]
        return f"{quote[0]}{self._from(said)}"

    def _below(self, match: re.Match[str]) -> str:
        return self._from(match[0])

    def _from(self, said: str) -> str:
        """A path of several names (a mark may follow) which is there, as one of the root."""
        name = said.rstrip("\"'”’»」`").rstrip("/")
        here = posixpath.join(self._folder, name)
        if said[:1] in "/~" or "/" not in said or not is_there(self._names, here):
            return said
        return posixpath.join(self._folder, said)

    def _here(self, match: re.Match[str]) -> str:
        is_chinese = match["zh"] is not None
        if is_chinese and match[0] not in masked(match.string)[slice(*match.span())]:
            return match[0]  # in quotes
        root = "根目录" if is_chinese else "the root folder"
        name = quoted(f"{self._folder}/", is_chinese=is_chinese) if self._folder else root
        return f"{match['zh']}{name}" if is_chinese else f"{match['carried']} into {name}"

    def _up(self, match: re.Match[str]) -> str:
        """ "./a", "../a" and "..", where they stay in the root."""
        folder = posixpath.normpath(posixpath.join(self._folder, match["up"]))
        name = match["name"] or ""
        if folder.startswith(".."):
            return match[0]
        if folder != ".":
            return posixpath.join(folder, name)
        self._of_root.append(name)
        if not name:
            return name
        return f"/{name}" if is_there(self._names, name.rstrip("/")) else f"./{name}"

    # -- what is planned ---------------------------------------------------------------------------

    def _placed(self, operation: Operation, text: str, *, says_root: bool) -> Operation:
        """The operation with its new places where they are to be."""
        changes: dict[str, object] = {}
        target = getattr(operation, "target", None)
        if isinstance(target, Selector):
            paths = tuple(map(self._now_at, target.paths))
            chosen = target.model_copy(update={"paths": paths})
            if operation.effect != "read":
                chosen = self._globbed(chosen, text)
            changes["target"] = chosen
        if isinstance(operation, plan.List) and not operation.path and not says_root:
            changes["path"] = self._folder
        for field in ("path", "to", "into"):
            path = getattr(operation, field, None)
            if isinstance(path, str) and path:
                is_new = isinstance(operation, _MAKES) and not says_root
                changes[field] = self._place(operation, path) if is_new else self._now_at(path)
        return operation.model_copy(update=changes)

    def _place(self, operation: Operation, path: str) -> str:
        if (now := self._now_at(path)) != path or self._stays(operation, path):
            return now
        self._made[path] = self._new(path)
        return self._made[path]

    def _stays(self, operation: Operation, path: str) -> bool:
        """Whether it is there, a name beside what it is of, or where that was before."""
        if isinstance(operation, plan.Move) and path in map(
            self._names.came_from, operation.target.paths
        ):
            return True
        if isinstance(operation, plan.Move | plan.Copy) and not operation.into:
            folders = {posixpath.dirname(one) for one in operation.target.paths}
            return folders == {posixpath.dirname(path)}
        is_made = isinstance(operation, plan.Create | plan.Mkdir)
        return not is_made and is_there(self._names, path)

    def _new(self, path: str) -> str:
        """Where a path that is not there is to be made: in the deepest of its folders that is
        there, from the folder first; else from that."""
        here = posixpath.join(self._folder, path)
        is_of_root = any(one.strip("/").startswith(path) for one in self._of_root)
        if is_of_root or path.startswith(f"{self._folder}/"):
            return path
        above = posixpath.dirname(path)
        while above:
            if is_there(self._names, posixpath.join(self._folder, above)):
                return here
            if is_there(self._names, above):
                return path
            above = posixpath.dirname(above)
        return here

    def _now_at(self, path: str) -> str:
        """The path, where an earlier step has made it or a folder above it elsewhere."""
        for said, made in self._made.items():
            if path == said or path.startswith(f"{said}/"):
                return made + path[len(said) :]
        return path

    def _globbed(self, target: Selector, text: str) -> Selector:
        """A pattern that was typed is of the folder, as in a shell."""
        filters = target.filters
        pattern = filters.path or filters.name
        if filters.under is not None or not pattern or "*" not in pattern or pattern not in text:
            return target
        changed: dict[str, object] = {"under": self._folder}
        if filters.path:
            changed = {"path": posixpath.join(self._folder, filters.path)}
        return target.model_copy(update={"filters": filters.model_copy(update=changed)})


_MAKES = (
    plan.Create, plan.Mkdir, plan.Write, plan.Append, plan.Move, plan.Copy, plan.Link, plan.Join,
    plan.MakeGroup,
)  # fmt: skip
_LETTERS = r"[\w./@+()#%\\-]"
_ESCAPED = re.compile(
    rf"(?<![^\s\u3400-\u9fff]){_LETTERS}*(?:\\(?:x[0-9a-f]{{2}}|u[0-9a-f]{{4}}|[nrt])|%[0-9A-F]{{2}}(?={_LETTERS}*\.\w))"
    rf"{_LETTERS}*(?=$|[\s,;])"
)
_MARK = r"[^\s\"'“‘「『《(\u3400-\u9fff]"
_DOTTED = re.compile(
    rf"(?<!{_MARK})(?P<up>\.\.?(?:/+\.\.?)*)(?:/+(?P<name>[^\s\"'”’」》]*)|(?=\s|$))"
)
_FROM_ROOT = re.compile(rf"(?<!{_MARK})/(?P<path>[^\s\"'”’」》]+)")
_ROOT = re.compile(
    r"\b(?:root|top(?:[- ]level)?|main)\s+(?:folder|directory|level)\b"
    r"|\b(?:in|to|into|at|under)\s+(?:the\s+)?(?:root|top(?:[- ]level)?)(?![\w./-])"
    r"|(?:根|顶层|最上层)(?:文件夹|目录)",
    re.I,
)
_HERE = re.compile(
    r"^(?P<carried>(?:please\s+)?(?:move|mv|put|copy|cp|bring|place|link|fetch|get)\s.*?)\s+(?:(?:in|into|to)\s+)?"
    r"(?:here|(?:the\s+current|this)\s+(?:folder|directory))(?=[\s.!]*$)"
    r"|(?P<zh>[移挪搬放拷制贴]到?)(?:这里|这儿|这边|(?:当前|这个?|本)(?:文件夹|目录))",
    re.I | re.S,
)
_ABSOLUTE = re.compile(rf"(?:(?<!{_MARK})|[\"'“‘「『《\u3400-\u9fff])[/~]")
_BELOW = r"/+(?P<below>[^\s/\u3400-\u9fff]\S*)"
_PLACED = re.compile(
    r"(?:\b(?:to|into|in|onto|from|of|at|files?|folder)\s*|[到入里给在把将从])$", re.I
)
_WRITES = re.compile(
    r"\b(?:write|append|add|insert|replace|create|say|with)\b|[写加记]|替换|改成", re.I
)
