"""Where a request of several steps is cut: each has a verb of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsfs.errors import NotUnderstoodError

from ..request.quoting import PATH, masked
from .imperative import verb_of
from .politeness import plain

_STEP_WORDS = (
    r"(?:then|afterwards?|after\s+that|(?<!the\s)(?<!my\s)next(?!\s+(?:week|month|year|day|time|to|"
    r"hour|weekend|mon|tue|wed|thu|fri|sat|sun|\d|one))|finally|lastly|subsequently|thereafter)"
)
_CUT = re.compile(
    rf"(?P<sure>[\s,;.]+(?:and\s+)?(?:step\s+)?\d[.):]\s+|\s*(?:;|&&)\s*(?:and\s+)?(?:{_STEP_WORDS}\b,?\s*)?|\s*[,.]?\s+(?:and\s+|but\s+)?"
    rf"{_STEP_WORDS}\b,?\s+|[.!]\s+(?:and\s+)?(?=[A-Z]))|"
    r"\s*,?\s*(?:\b(?:and|but)|&)\s+(?:also\s+|please\s+)?|\s*,\s+(?:also\s+|please\s+)?",
    re.I,
)
_OPENING = re.compile(rf"^(?:(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|{_STEP_WORDS}|also|and|"
                      r"please|now)\b[\s,:]+|(?:step\s+)?\d[.):]\s+)+", re.I)  # fmt: skip
_CLOSING = re.compile(rf"[\s,]+(?:{_STEP_WORDS}|as\s+well|too)$", re.I)
_OBJECT = re.compile(
    r"\s+(?:up\s+|out\s+|back\s+)?(?:the|a|an|my|our|all|every|each|both|any|this|that|these|those|"
    r"it|them|me|us|everything|what|[\"'“‘`\d*]|(?:in|to)(?:to)?\b|from\b|under\b|[A-Z]|"
    r"(?:photos|pictures|images|pdfs|videos|e-?mails|files|documents|spreadsheets|folder|directory|"
    r"file|group|symlink)\b)",
)


def steps_of(text: str, is_name: Callable[[str], bool]) -> list[str]:
    """The steps of one request, each with a verb of its own; `is_name` says whether words name an
    entry.

    Raises:
        NotUnderstoodError: a step is announced ("then") and begins with no verb that is known.
    """
    text = _OPENING.sub("", text) if verb_of(plain(_OPENING.sub("", text))) else text
    if verb_of(text) is None:
        return [text]
    bare, start, steps = masked(text), 0, []
    for cut in _CUT.finditer(bare):
        rest = plain(_OPENING.sub("", text[cut.end() :]))
        if cut["sure"] and verb_of(rest) is None and is_name(rest):  # "then shopping list.txt"
            again = f"{verb_of(text[start:])} {rest}"
            return steps_of(f"{text[: cut.end()]}{again}", is_name)
        if cut["sure"] and verb_of(rest) is None and not cut["sure"].strip(" ,;").isdigit():
            if re.search(r"\w", rest) and "." not in cut["sure"]:
                raise NotUnderstoodError(
                    f"I did not understand the step {rest!r}",
                    hint="begin each step with what to do, or ask for one after the other",
                )
        elif (
            verb_of(text[start : cut.start()].strip())
            == text[start : cut.start()].strip().casefold()
        ):
            continue  # "read and delete plan.md"
        elif verb_of(rest) and (cut["sure"] or has_object(rest) or is_name(_words_after(rest))):
            steps.append(text[start : cut.start()])
            start = cut.end()
    steps.append(text[start:])
    steps = [part for step in steps for part in _gapped(step)]
    return [_CLOSING.sub("", plain(_OPENING.sub("", step.strip(" ,;")))) for step in steps]


_GAPPED = re.compile(
    r"(?P<one>[^;]+?\s(?P<how>to|into|with|in|as|by)\s[^;]+?),?\s+(?:and|&)\s+(?P<other>[^;]+?\s(?P=how)\s[^;]+)",
    re.I,
)
_MANY_PLACES = re.compile(r"\s(?:to|into|with|as|by)\s", re.I)


def _gapped(step: str) -> list[str]:
    """ "Move a.txt to old and b.txt to new" as two steps: the second takes over the verb."""
    verb = verb_of(step)
    if verb not in _CARRY_ON:
        return [step]
    match = _GAPPED.fullmatch(masked(step[len(verb) :]))
    if match is None or any(
        len(_MANY_PLACES.findall(match[part])) != 1 for part in ("one", "other")
    ):
        return [step]
    parts = [step[len(verb) :][slice(*match.span(part))].strip() for part in ("one", "other")]
    if any(is_pronoun in parts[1].split() for is_pronoun in ("it", "them")):
        return [step]
    return [f"{verb} {part}" for part in parts]


_CARRY_ON = frozenset("move mv put copy cp rename write overwrite append transfer shift".split())


def has_object(text: str) -> bool:
    """Whether its verb is followed by what it acts on: "copy and paste" is no order."""
    rest = text[len(verb_of(text) or "") :]
    return bool(_OBJECT.match(rest) or PATH.match(rest.strip()))


def _words_after(text: str) -> str:
    rest = text[len(verb_of(text) or "") :].strip()
    return re.split(r"\s+(?:to|into|in|as|and|with)\s|,", rest)[0]
