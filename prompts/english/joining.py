"""Putting the text of files into one: "merge todo.txt and plan.md into all.md"."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsfs import plan
from lsfs.plan import BaseOperation

from ..names.context import Context, literal
from ..request.refusals import missing
from .changes import split_destination
from .described import is_selection
from .naming import named, one, target_of

_ONE_FILE = re.compile(
    r"^(?:make|create|build|produce)\s+(?:one|a|a\s+single|a\s+new|the|a\s+combined)\s+"
    r"(?:(?:big|single|new|combined|text)\s+)*(?:file|document)\s+(?:called\s+|named\s+)?(?P<name>\S+)\s+"
    r"(?:out\s+of|from|of|by\s+(?:joining|merging|combining))\s+",
    re.I,
)


_INTO_ONE_FILE = re.compile(
    r"\b(into|in|as|to)\s+(?:just\s+)?(?:one|a|a\s+single|a\s+new|the)\s+(?:(?:big|single|new|combined|"
    r"text)\s+)*(?:file|document)\s+(?:called\s+|named\s+|with\s+the\s+name\s+)?(?=\S+$)",
    re.I,
)


def join(text: str, context: Context) -> BaseOperation:
    example = "merge todo.txt and plan.md into all.md"
    if onto := re.search(
        r"\b(?:join|append|attach|add|put)\s+(?:the\s+)?(?:contents? of\s+)?(?:file\s+)?(\S+ of "
        r"\S+|\S+)\s+(?:(?:to|onto|at)(?:\s+the\s+end\s+of)?)\s+(\S+ of \S+|\S+)$",
        text,
        re.I,
    ):
        second, first = (
            one(part, "join", context, example) for part in (onto[1], onto[2].rstrip("."))
        )
        return plan.Join(target=literal([first, second]), to=first)
    text = _INTO_ONE_FILE.sub(r"\1 ", text)
    if said := _ONE_FILE.match(text):
        text = f"join {text[said.end() :]} into {said['name']}"
    split = split_destination(text, context)
    if split is None or split[2]:
        raise missing("into which file", example)
    sources = [] if is_selection(split[0]) else named(split[0], "join", context, careful=False)
    if sources and len(sources) < 2:
        raise missing("which files to join", example)
    target = (
        literal(sources)
        if sources
        else target_of(split[0], "join", context, example, careful=False)
    )
    return plan.Join(target=target, to=split[1])


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {"join": join}
