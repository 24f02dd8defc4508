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
    rf"(?P<sure>[\s,;.]+(?:and\s+)?(?:step\s+)?\d[.):]\s+|\s*;\s*(?:and\s+)?(?:{_STEP_WORDS}\b,?\s*)?|\s*[,.]?\s+(?:and\s+|but\s+)?"
    rf"{_STEP_WORDS}\b,?\s+|[.!]\s+(?:and\s+)?(?=[A-Z]))|"
    r"\s*,?\s*\band\s+(?:also\s+|please\s+)?|\s*,\s+(?:also\s+|please\s+)?",
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
        if cut["sure"] and verb_of(rest) is None and not cut["sure"].strip(" ,;").isdigit():
            if re.search(r"\w", rest) and "." not in cut["sure"]:
                raise NotUnderstoodError(
                    f"I did not understand the step {rest!r}",
                    hint="begin each step with what to do, or ask for one after the other",
                )
        elif verb_of(rest) and (cut["sure"] or has_object(rest) or is_name(_words_after(rest))):
            steps.append(text[start : cut.start()])
            start = cut.end()
    steps.append(text[start:])
    return [_CLOSING.sub("", plain(_OPENING.sub("", step.strip(" ,;")))) for step in steps]


def has_object(text: str) -> bool:
    """Whether its verb is followed by what it acts on: "copy and paste" is no order."""
    rest = text[len(verb_of(text) or "") :]
    return bool(_OBJECT.match(rest) or PATH.match(rest.strip()))


def _words_after(text: str) -> str:
    rest = text[len(verb_of(text) or "") :].strip()
    return re.split(r"\s+(?:to|into|in|as|and|with)\s|,", rest)[0]
