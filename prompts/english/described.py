"""Files that an act describes rather than names, and what is too little to describe them. Pure."""

from __future__ import annotations

import re

from ..request.data import load
from ..request.quoting import PATH, QUOTED
from ..request.refusals import missing
from ..request.selection import Selection

_SELECTING = re.compile(
    r"\b(?:about|related to|regarding|concerning|relating to|dealing with|mention\w*|"
    r"contain(?:s|ing)|older than|newer than|"
    r"larger than|bigger than|smaller than|newest|oldest|largest|biggest|smallest|most recent|"
    r"all(?: of)?(?: the| my)?(?= \.?\w)|every|each|any|"
    r"everything|files (?:from|in|by|on)|"
    r"(?:photos?|pictures?|pics|images|screenshots|pdfs|spreadsheets|sheets|e-?mails|mails|messages|"
    r"videos|clips|movies|songs|recordings|notes|papers|documents|presentations|slides|decks|"
    r"scripts|articles|archives)"
    r" (?:from|in|by|on|of|that|i)|top \w+|most)\b",
    re.I,
)


def is_selection(text: str) -> bool:
    """Whether the target is described ("all pdfs about ...") rather than named."""
    unquoted = QUOTED.sub(" x ", text)
    if any(not m[0].endswith("/") and "." in m[0] for m in PATH.finditer(unquoted)):
        return bool(re.search(r"\b(?:contain(?:s|ing)|mention\w*)\b", unquoted, re.I))
    return bool(_SELECTING.search(PATH.sub(" x ", unquoted)))


def refuse_too_little(found: Selection, clean: str, intent: str, example: str) -> None:
    """Refuse words that leave open which files an act is on.

    Raises:
        NotUnderstoodError: "three files in Recipes", "all passwords", "all pdfs but a.pdf".
    """
    if found.query and _is_bare(clean, found):
        raise missing(
            f"which files {found.query!r} are", f"{example}, or 'files about {found.query}'"
        )
    if re.search(r'(?<!\S)-["\w]', found.query or ""):
        raise missing("what to leave alone: only what is named can be", example)
    is_any = bool(found.limit) and found.sort in ("relevance", "name") and not found.query
    if is_any and intent not in ("summarize", "translate"):
        raise missing(f"which {found.limit} of them", f"{example}, or 'the newest three pdfs'")


_ONLY_ALL = re.compile(
    r"(?:(?:all|every|each|any|both|everything|anything)\b\s*)(?:of\s+)?(?:(?:the|my|our|these|those)\s+)?",
    re.I,
)


def _is_bare(clean: str, found: Selection) -> bool:
    """Whether "all" is all that says that files are meant: "delete all passwords", where "all notes
    about passwords", "all invoices" say it."""
    said = _ONLY_ALL.match(clean)
    if said is None or found.is_marked or found.filters or found.containing:
        return False
    nouns = load("kinds")["generic"]
    known = {noun for group in ("files", "writings", "subjects", "kinds") for noun in nouns[group]}
    words = re.findall(r"[^\W_]+", clean.casefold())
    return known.isdisjoint({*words, *(word.removesuffix("s") for word in words)})
