"""Texts without quotes that can be nothing but texts: "replace foo by bar in plan.md", "add eggs to
the shopping list". Pure but for asking `Names`.
"""

from __future__ import annotations

import re

from lsfs.filetypes import type_of

from ..names.targets import Targets
from ..request.quoting import PATH, QUOTED, masked, quoted
from .imperative import words_of

_WORDS_FOR_WORDS = re.compile(
    r"^(?P<verb>(?:replace|substitute(?!.*\sfor\s)|swap)\s+(?:(?:every|each|all|any)\s+)?(?:(?:occurrences?|"
    r"instances?)\s+of\s+)?|change\s+(?:every|each|all|any)\s+(?:occurrences?|instances?)\s+of\s+|change\s+(?:(?:every|each|all|any)\s+)?"
    r"(?=(?:the\s+)?(?:words?|name|occurrences?)\s|\S+\s+(?:to|into)\s+\S+\s+in\s+\S+\.\w+$))"
    r"(?:the\s+)?(?:(?:words?|term|name|string|text|variable)\s+)?(?P<old>[\w'-]+)\s+"
    r"(?P<how>with|by|for|to|into)\s+(?:the\s+)?(?:(?:words?|term|name)\s+)?(?P<new>[\w'-]+)\s+"
    r"(?P<place>(?:in|throughout|within|everywhere\s+in|across)\s.+)$",
    re.I,
)
_TEXT_TO_FILE = re.compile(
    r"^(?P<verb>(?:add|append|jot\s+down|jot|note\s+down|write\s+down|put)(?:\s+down)?)\s+"
    r"(?P<text>.+?)\s+(?P<to>to|on|onto|into|in|at\s+the\s+(?:end|bottom)\s+of)\s+(?P<file>.+)$",
    re.I,
)
_NO_TEXT = re.compile(
    r"^(?:(?:a|an|the|another|some|this|that|these|those|one|more|it|them|something|anything|my|"
    r"new|all|everything|every|each|any|file|folder|text|note|line|comment|paragraph)\b\s*)+|"
    r"\b(?:links?|group|folder|directory|copy|copies|contents?)\b",
    re.I,
)


def quoted_words(text: str, targets: Targets) -> str:
    """Quotes around words that can be nothing but text: "replace foo by bar in plan.md"."""
    if '"' in masked(text):
        return text
    if place := _PLACE_FIRST.match(text):
        text = f"{place['rest']} {place['place']}"
    if (match := _WORDS_FOR_WORDS.match(text)) and not PATH.search(text[: match.start("place")]):
        swap = "with" if match["how"].casefold() in ("for", "into", "to") else match["how"]
        return f"replace '{match['old']}' {swap} '{match['new']}' {match['place']}"
    match = _WORD_FOR_WORD.match(text)
    if match and targets.sole_file(match["file"]) and not targets.sole_file(match["old"]):
        return f"replace '{match['old']}' with '{match['new']}' in {match['file']}"
    return _quoted_line(text, targets)


_PLACE_FIRST = re.compile(
    r"^(?P<place>in\s+[^,;:]+?),\s+(?P<rest>(?:replace|swap|change|substitute)\s+[\w'-]+\s+(?:with|by|for|to)\s+[\w'-]+)$",
    re.I,
)
_WORD_FOR_WORD = re.compile(
    r"^(?:change|correct|fix)\s+(?P<old>(?-i:[A-Z0-9])[\w'’-]*)\s+(?:in)?to\s+"
    r"(?P<new>(?-i:[A-Z0-9])[\w'’-]*)\s+in\s+(?P<file>[^,;]+)$", re.I
)  # fmt: skip
""" "Change Monday to Tuesday in the plan", a file that is there."""
_FILE_COLON_TEXT = re.compile(
    r"^(?:note|jot|jot\s+down|note\s+down|add|append|write\s+down|put)(?:\s+down)?\s+(?:(?:in|into|to|"
    r"on|onto|at\s+the\s+(?:end|bottom)\s+of)\s+)(?P<file>[^:]+?)\s*:\s+(?P<text>\S.*)$",
    re.I,
)


def _quoted_line(text: str, targets: Targets) -> str:
    """ "add eggs to the shopping list": words that name nothing, and a file that is there."""
    if match := _FILE_COLON_TEXT.match(text):
        path = targets.sole_file(match["file"])
        return f"append {_in_quotes(match['text'])} to {quoted(path)}" if path else text
    match = _TEXT_TO_FILE.match(text)
    if match is None or PATH.search(match["text"]) or _NO_TEXT.search(match["text"]):
        return text
    if match["verb"].casefold() == "put" and match["to"].casefold() not in ("on", "onto"):
        return text
    said = match["text"].strip(" ,:")
    path = targets.sole_file(match["file"])
    names = any(targets.sole_file(part) or targets.directory(part) for part in _listed(said))
    if path is None or names or not _takes_lines(match["verb"], path, said):
        return text
    return f"append {_in_quotes(said)} to {quoted(path)}"


def stuck_on(text: str, targets: Targets) -> str:
    """ "stick milk on the shopping list", "chuck 'new clippers' on my todo": verbs of texts and of
    files, where what is put on a list that is there can be nothing but a text."""
    match = _STUCK.match(text)
    path = targets.sole_file(match["file"]) if match else None
    if match is None or path is None:
        return text
    if match["quoted"]:
        return f"append {match['quoted']} to {quoted(path)}"
    said = match["text"]
    names = any(targets.sole_file(part) or targets.directory(part) for part in _listed(said))
    is_no_text = PATH.search(said) or _NO_TEXT.search(said) or names
    if is_no_text or not _takes_lines("put", path, said):
        return text
    return f"append {_in_quotes(said)} to {quoted(path)}"


_STUCK = re.compile(
    r"^(?:stick|chuck|pop|bung|whack|slap|tack|throw|scribble|pen)\s+"
    rf"(?:(?P<quoted>{QUOTED.pattern})|(?P<text>[^\"']+?))\s+(?:on|onto)\s+(?P<file>[^,;]+)$",
    re.I,
)


def _takes_lines(verb: str, path: str, said: str) -> bool:
    """Whether those words can be meant as a line of that file, and not as a property of it."""
    if type_of(path) != "text" or said.split()[-1].casefold() in words_of("features"):
        return False
    is_noted = verb.casefold().startswith(("jot", "note", "write"))
    return is_noted or not words_of("lists").isdisjoint(re.findall(r"[a-z-]+", path.casefold()))


def _in_quotes(said: str) -> str:
    return f'"{said}"' if "'" in said else f"'{said}'"


def _listed(said: str) -> list[str]:
    return [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", said) if part]
