"""The arguments of replacing text within files: old, new, and the place, wherever each stands.

The request is what stands around two quotes: before, between and after them. Of each the words that
say what is done are taken away; the one place that is left says in which files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from ..names.context import Context, literal
from ..request.quoting import Quote
from ..request.refusals import missing
from .described import is_selection
from .naming import named, target_of

EXAMPLE = "replace 'colour' with 'color' in plan.md"
_VERB = (
    r"(?:replace|change|substitute|swap|turn|correct|rename|convert|fix|update|edit|exchange|use|"
    r"put|write|switch|alter|modify|make)"
)
_WHAT = (
    r"(?:(?:every|each|all|any)\s*)?(?:the\s+)?(?:(?:occurrences?|instances?|mentions?|uses?)\s*"
    r"(?:of\s*)?)?(?:the\s+)?(?:(?:exact\s+)?(?:words?|phrase|texts?|strings?|terms?|names?|lines?|"
    r"variables?|expression|spelling|typos?|misspelling)\s*)?(?:that\s+says?\s*)?"
)
_BEFORE = re.compile(rf"(?:^|[\s,:]){_VERB}\s+{_WHAT}$|^{_WHAT}$", re.I)
_BETWEEN = re.compile(
    r"(?:^|\s)(?:(?:should|must)\s+(?:all\s+)?(?:be(?:come)?|read)|and\s+(?:replace|change)\s+\w+)?\s*"
    r"(?P<how>with|by|for|to|into|as|instead\s+of|in\s+place\s+of|rather\s+than|->|=>|→)?"
    rf"\s*{_WHAT}$",
    re.I,
)
_AFTER = re.compile(
    r"^\s*(?:everywhere|throughout(?=\s*(?:$|,|in\b))|instead|please)?(?=\s|$|,)", re.I
)
_PREPOSITION = re.compile(
    r"^(?:everywhere\s+|throughout\s+|all\s+over\s+(?=\S)|(?:where|that)\s+occurs?\s+)?(?:in(?:side)?|within|throughout|"
    r"across|of|from|under|everywhere\s+in)\s+",
    re.I,
)
_EVERYWHERE = re.compile(
    r"\b(?:throughout|across|everywhere\s+(?:in(?:side)?|under|within)|all\s+over)\s", re.I
)
"""Before a folder: in all of its files."""
_MANY_FOLDERS = re.compile(
    r"(?:(?:all|every|each|any|of|the|my|our)\s+)*(?:sub-?)?(?:folders|director(?:y|ies)|folder)",
    re.I,
)
_SWAPPED = re.compile(r"instead\s+of|in\s+place\s+of|rather\s+than", re.I)


def replace(text: str, found: Sequence[Quote], context: Context) -> BaseOperation:
    """The operation; `found` are the quotes of the old and the new text.

    Raises:
        NotUnderstoodError: more is said than a place, or less.
    """
    before, between, after = (
        text[: found[0].start], text[found[0].end : found[1].start], text[found[1].end :],
    )  # fmt: skip
    how = _BETWEEN.search(between)
    if how is None:
        raise missing("which text to replace by which", EXAMPLE)
    if re.match(r"for$", how["how"] or "", re.I) and re.search(r"\bsubstitut", before, re.I):
        raise missing("which of the two comes in the place of the other", EXAMPLE)
    old, new = found[0].text, found[1].text
    if how["how"] and _SWAPPED.match(how["how"]):
        old, new = new, old
    parts = (
        _BEFORE.sub(" ", before, count=1), between[: how.start()], _AFTER.sub("", after, count=1),
    )  # fmt: skip
    places = [place for part in parts if (place := part.strip(" ,.:;"))]
    if len(places) != 1:
        raise missing("in which file", EXAMPLE)
    place = _PREPOSITION.sub("", places[0])
    if _MANY_FOLDERS.fullmatch(place):
        raise missing("in which folder", EXAMPLE)
    is_everywhere = _EVERYWHERE.search(f"{before} {between} {after}")
    if is_everywhere and (folder := context.targets.directory(place, loose=False)):
        return plan.Replace(target=Selector(filters=Filters(under=folder)), old=old, new=new)
    if place == places[0] and place == parts[2].strip(" ,.:;"):
        raise missing("in which file", EXAMPLE)
    return plan.Replace(target=_files(place, context), old=old, new=new)


def is_called_folder_in(place: str) -> bool:
    """Whether it says that the place is a folder: "the Papers folder"."""
    return re.search(r"\b(?:folder|directory)\b", place, re.I) is not None


def _files(place: str, context: Context) -> Selector:
    if is_selection(place):
        return target_of(place, "search", context, EXAMPLE, careful=True)
    names = named(f"in {place}", "replace", context, careful=True)
    if not names:
        raise missing("in which file", EXAMPLE)
    folders = [name for name in names if context.targets.directory(name) == name]
    if len(names) == 1 and folders and is_called_folder_in(place):
        return Selector(filters=Filters(under=names[0]))
    if folders:
        raise NotUnderstoodError(
            f"{names[0]} is a folder", hint="say which files in it: all text files in it"
        )
    return literal(names)
